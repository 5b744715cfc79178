"""Predictions of several outputs, as one `Predictions` each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_infotheory.metrics._class_labels import check_labels
from sklearn_infotheory.metrics._probabilities import Predictions, as_target, read_predictions
from sklearn_infotheory.metrics._scale import Scale


def read_outputs(
    y_true: Any,
    y_proba: Any,
    labels: Any = None,
    sample_weight: ArrayLike | None = None,
    scale: Scale = "probability",
) -> list[Predictions]:
    """Read one or several outputs; rows of probabilities are not checked yet."""
    if is_list_of_outputs(y_proba):
        return _read_list(y_true, list(y_proba), labels, sample_weight, scale)
    y = as_target(y_true)
    if _is_multilabel(y, y_proba):
        columns = np.asarray(y_proba)
        if labels is not None and len(check_labels(labels)) != y.shape[1]:
            raise ValueError(
                "labels must have one label for each output of a multilabel y_true; got "
                f"{len(labels)} labels and {y.shape[1]} outputs."
            )
        single = [columns[:, [j]] for j in range(y.shape[1])]
        return _read_list(y, single, [[0, 1]] * y.shape[1], sample_weight, scale)
    return [
        read_predictions(y_true, y_proba, labels=labels, sample_weight=sample_weight, scale=scale)
    ]


def is_list_of_outputs(y_proba: Any) -> bool:
    """Tell a list of two-dimensional arrays, as predict_proba of several outputs returns it."""
    return isinstance(y_proba, list | tuple) and all(np.ndim(p) == 2 for p in y_proba)


def _is_multilabel(y: Any, y_proba: Any) -> bool:
    """Tell 0/1 indicators of several labels, not one in every row, from one-hot rows."""
    if y.ndim != 2 or np.shape(y_proba) != y.shape or y.dtype.kind not in "biuf":
        return False
    return bool(((y == 0) | (y == 1)).all() and (np.count_nonzero(y, axis=1) != 1).any())


def _read_list(
    y_true: Any, y_proba: list[Any], labels: Any, weight: Any, scale: Scale
) -> list[Predictions]:
    y = np.asarray(y_true)
    y = y.reshape(-1, 1) if y.ndim == 1 else y
    if labels is None:
        labels = [[0, 1] if _is_indicator(y) else None] * len(y_proba)
    if not (y.ndim == 2 and y.shape[1] == len(y_proba) == len(labels)):
        raise ValueError(
            "y_true must have one column for each output of y_proba, and labels one list of "
            f"labels for each; got shape {y.shape}, {len(y_proba)} outputs and {len(labels)} lists."
        )
    outputs = zip(y.T, y_proba, labels, strict=True)
    return [
        read_predictions(c, p, labels=k, sample_weight=weight, scale=scale) for c, p, k in outputs
    ]


def _is_indicator(y: Any) -> bool:
    """Tell outputs of 0 and 1; where all are 1, the other class might as well be 2."""
    return y.dtype.kind in "iuf" and bool(((y == 0) | (y == 1)).all() and (y == 0).any())
