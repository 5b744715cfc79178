"""Data whose information is known exactly, to check estimators and examples against the truth."""

from typing import TYPE_CHECKING

from sklearn_infotheory._lazy import load_on_first_use

if TYPE_CHECKING:
    from sklearn_infotheory.datasets._classification import make_information_classification
    from sklearn_infotheory.datasets._drift import make_drift
    from sklearn_infotheory.datasets._pairs import make_information_pair
    from sklearn_infotheory.datasets._regression import make_information_regression
else:
    __getattr__, __dir__ = load_on_first_use(
        __name__,
        {
            "make_drift": "_drift",
            "make_information_classification": "_classification",
            "make_information_pair": "_pairs",
            "make_information_regression": "_regression",
        },
    )

__all__ = [
    "make_drift",
    "make_information_classification",
    "make_information_pair",
    "make_information_regression",
]
