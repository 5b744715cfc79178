"""What every estimator of the package shares."""

from __future__ import annotations

from typing import ClassVar

from sklearn.base import BaseEstimator


class InformationEstimator(BaseEstimator):
    """A scikit-learn estimator whose HTML representation links to this package's documentation."""

    _doc_link_module: ClassVar[str] = "sklearn_infotheory"
    _doc_link_template: ClassVar[str] = (
        "https://sklearn-infotheory.readthedocs.io/en/stable/api/"
        "{estimator_module}.{estimator_name}.html"
    )
