"""Predictions of an estimator, and the columns of the classes that the data hold besides."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from sklearn_infotheory.metrics._class_labels import UNKNOWN, check_labels, encode_labels, places_of
from sklearn_infotheory.metrics._outputs import is_list_of_outputs
from sklearn_infotheory.metrics._probabilities import (
    Predictions,
    as_columns,
    as_numbers,
    checked,
    class_codes,
    read_predictions,
)


class Output(NamedTuple):
    """One output of a classifier: what happened, what was predicted, and for which classes."""

    target: Any
    proba: Any
    classes: NDArray[Any]
    labels: Any = None  # of the columns of a target with soft targets


def predict(estimator: BaseEstimator, X: Any) -> Any:
    """Return predicted probabilities of what is a classifier that has them."""
    name = type(estimator).__name__
    if not hasattr(estimator, "predict_proba"):
        raise AttributeError(
            f"{name} has no predict_proba, and cross-entropy needs probabilities. If it is a "
            f"classifier, wrap it: sklearn.calibration.CalibratedClassifierCV({name}(...))."
        )
    if not hasattr(estimator, "classes_"):
        raise AttributeError(
            f"{name} has no classes_, which says what the columns of predict_proba are. Fit it, "
            "or give it that attribute."
        )
    return estimator.predict_proba(X)


def split_outputs(estimator: BaseEstimator, target: Any, proba: Any, labels: Any) -> list[Output]:
    """Return the outputs of a classifier: one, or those of a multi-output or multilabel one."""
    classes = estimator.classes_
    several = is_list_of_outputs(proba) or isinstance(classes, list)
    if not several and not _is_multilabel(estimator, target, proba):
        return [Output(target, proba, np.asarray(classes), labels)]
    if labels is not None:
        raise ValueError("labels=... names classes of soft targets, which need a single output.")
    columns = target.reshape(len(target), -1).T
    if not is_list_of_outputs(proba):  # the probability of the second class of each output
        proba = list(np.asarray(proba).T[:, :, np.newaxis])
    each = [np.asarray(c) for c in classes] if several else [np.array([0, 1])] * len(proba)
    if not len(columns) == len(proba) == len(each):
        raise ValueError(
            f"y_true must have one column for each of {len(proba)} outputs; got {len(columns)}."
        )
    return [Output(*output) for output in zip(columns, proba, each, strict=True)]


def _is_multilabel(estimator: BaseEstimator, target: Any, proba: Any) -> bool:
    """Tell yes-or-no outputs, each with a probability of its own, from one-hot rows."""
    if target.ndim != 2 or np.shape(proba) != target.shape or target.dtype.kind not in "biuf":
        return False
    if not ((target == 0) | (target == 1)).all():
        return False
    is_one_hot = (np.count_nonzero(target, axis=1) == 1).all()
    is_distribution = np.allclose(np.sum(proba, axis=1), 1, atol=1e-3)
    return bool(getattr(estimator, "multilabel_", False) or not (is_one_hot and is_distribution))


def with_unseen_classes(output: Output) -> Predictions:
    """Return valid predictions of all classes: those of the classifier, then others that happened.

    The others have probability 0.
    """
    classes = output.classes
    proba = as_columns(as_numbers(output.proba, "predict_proba"), len(classes))
    if output.target.ndim == 1:
        codes, _ = encode_labels(output.target, classes)
        others = pd.unique(output.target[codes == UNKNOWN])
        target = output.target
    else:
        columns = classes if output.labels is None else check_labels(output.labels)
        others = columns[places_of(columns, classes) == UNKNOWN]
        target = as_numbers(output.target, "y_true")
        _check_width(target, len(columns))
    labels = _joined(classes, others)
    if len(others):
        proba = np.hstack([proba, np.zeros((len(proba), len(others)), proba.dtype)])
    if output.target.ndim == 2 and output.labels is not None:
        target = _in_columns(target, places_of(columns, labels), len(labels))
    return checked(read_predictions(target, proba, labels=labels))


def _joined(classes: NDArray[Any], others: Any) -> NDArray[Any]:
    if not len(others):
        return classes
    joined = np.empty(len(classes) + len(others), dtype=object)
    joined[:] = [*classes.tolist(), *np.asarray(others).tolist()]
    return joined


def _check_width(target: NDArray[Any], n_labels: int) -> None:
    if target.shape[1] != n_labels:
        raise ValueError(
            "Soft targets must have one column for each class of the classifier, or for each of "
            f"labels=...; got {target.shape[1]} columns and {n_labels} labels. Pass the labels of "
            "all columns: the training data may have lacked some."
        )


def _in_columns(target: NDArray[Any], places: NDArray[np.intp], n: int) -> NDArray[Any]:
    moved = np.zeros((len(target), n), target.dtype)
    moved[:, places] = target
    return moved


def holds_unseen(predictions: Predictions, n_seen: int) -> NDArray[np.bool_]:
    """Tell the samples whose class, or a class of whose soft target, the classifier lacks."""
    if predictions.targets is not None:
        return np.any(predictions.targets[:, n_seen:] > 0, axis=1)
    return class_codes(predictions) >= n_seen


def raise_unseen(predictions: Predictions, missed: NDArray[np.bool_], n_seen: int) -> None:
    """Raise for the first sample of a class that the classifier lacks."""
    row = int(np.argmax(missed))
    if predictions.targets is not None:
        column = n_seen + int(np.argmax(predictions.targets[row, n_seen:] > 0))
    else:
        column = int(class_codes(predictions)[row])
    raise ValueError(
        f"y_true holds {predictions.classes.tolist()[column]!r} in row {row}, a label that the "
        f"classifier was not trained with: its classes are {predictions.classes[:n_seen].tolist()}"
        ". Stratify the folds, or set unseen='floor'."
    )
