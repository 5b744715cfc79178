"""Predictions of estimators, with one column for each class of all the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import check_is_fitted


def aligned(proba: NDArray[Any], seen: NDArray[Any], classes: NDArray[Any]) -> NDArray[Any]:
    """Return columns for `classes`; those that were not seen in training get 0."""
    places = np.searchsorted(classes, seen)
    if len(seen) and (places.max() >= len(classes) or (classes[places] != seen).any()):
        raise ValueError(
            f"The estimator has the classes {seen.tolist()}, which are not all among "
            f"{classes.tolist()}. Pass all classes as labels."
        )
    out = np.zeros((len(proba), len(classes)))
    out[:, places] = proba
    return out


def check_classifier(estimator: BaseEstimator) -> None:
    """Raise for what is not a fitted classifier with probabilities."""
    check_is_fitted(estimator)
    if not hasattr(estimator, "predict_proba"):
        raise ValueError(
            f"{type(estimator).__name__} has no predict_proba. Wrap it in "
            "sklearn.calibration.CalibratedClassifierCV, or choose another classifier."
        )


def name_of(estimator: BaseEstimator) -> str:
    """Return the name of a classifier; of a pipeline, that of its last step."""
    last = estimator[-1] if isinstance(estimator, Pipeline) else estimator
    return type(last).__name__


def classes_of(estimator: BaseEstimator, y: Any) -> NDArray[Any]:
    """Return the classes of an estimator and of labels, sorted."""
    return np.union1d(estimator.classes_, np.asarray(y))


def folds_of(cv_results: Any, X: Any, y: Any) -> Iterator[tuple[Any, Any, Any, Any, Any]]:
    """Yield the estimator, and the training and test data, of each split of a cross-validation."""
    missing = {"estimator", "indices"} - set(cv_results)
    if missing:
        raise ValueError(
            f"cv_results must hold 'estimator' and 'indices'; {sorted(missing)} is missing. Pass "
            "return_estimator=True and return_indices=True to cross_validate."
        )
    indices = cv_results["indices"]
    for estimator, *rows in zip(
        cv_results["estimator"], indices["train"], indices["test"], strict=True
    ):
        check_classifier(estimator)
        train, test = rows
        yield (
            estimator,
            _safe_indexing(X, train),
            _safe_indexing(y, train),
            _safe_indexing(X, test),
            _safe_indexing(y, test),
        )


def held_out_predictions(cv_results: Any, X: Any, y: Any) -> tuple[Any, Any, NDArray[Any]]:
    """Return labels and predictions of all test folds, one below the other, and the classes."""
    classes = np.unique(np.asarray(y))
    pairs = [
        (np.asarray(y_test), aligned(estimator.predict_proba(X_test), estimator.classes_, classes))
        for estimator, _, _, X_test, y_test in folds_of(cv_results, X, y)
    ]
    return np.concatenate([p[0] for p in pairs]), np.vstack([p[1] for p in pairs]), classes
