"""From what ``fit`` and ``transform`` are given to columns, a target and weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_consistent_length

from sklearn_infotheory._columns._frames import (
    open_table,
    resolve_categorical,
    rows_of_positive_weight,
)
from sklearn_infotheory._columns._validation import check_weights
from sklearn_infotheory._columns._values import Columns
from sklearn_infotheory.preprocessing._encoding import CROSS_FITTED, WHOLE_NUMBERS
from sklearn_infotheory.preprocessing._mdl import CRITERIA, SUPERVISED
from sklearn_infotheory.preprocessing._target import check_single_target, no_target, read_target
from sklearn_infotheory.preprocessing._training import TrainingData

DTYPES = ("float64", "float32", "int64", "int32")  # of what transform returns


def open_columns(estimator: Any, X: Any, categorical: NDArray[np.bool_] | None) -> Columns:
    """Give access to the columns of a validated X; ``categorical`` None lets dtypes decide."""
    names = getattr(estimator, "feature_names_in_", range(estimator.n_features_in_))
    return Columns(open_table(X, categorical), [f"column {name!r}" for name in names])


def read_training_data(estimator: Any, X: Any, y: Any, sample_weight: Any) -> TrainingData:
    """Read columns, target and weights; leave rows of weight zero out."""
    names = getattr(estimator, "feature_names_in_", None)
    categorical = resolve_categorical(
        estimator.categorical_features, estimator.n_features_in_, names
    )
    columns = open_columns(estimator, X, categorical)
    weights = check_weights(sample_weight, X)
    rows = rows_of_positive_weight(weights)
    if rows is not None and weights is not None:
        weights = weights[rows]
    if y is None:
        target = no_target(columns.table.n_samples if rows is None else len(rows))
    else:
        labels = check_single_target(y, type(estimator).__name__)
        check_consistent_length(X, labels)
        target = read_target(labels if rows is None else labels[rows], estimator.target, weights)
    data = TrainingData(columns, rows, target, weights)
    _check_data(estimator, data)
    return data


def check_parameters(estimator: Any, y: Any) -> None:
    """Raise for parameters that do not go together, or with the absence of y."""
    _check_y_is_there(estimator, y)
    check_dtype(estimator)


def check_dtype(estimator: Any) -> None:
    """Raise for whole numbers as the type of an encoding that gives others."""
    encode, missing = estimator.encode, estimator.missing_values
    is_whole = encode in WHOLE_NUMBERS and not (encode == "ordinal" and missing == "ignore")
    if estimator.dtype in (np.int64, np.int32) and not is_whole:
        raise ValueError(
            f"dtype={estimator.dtype.__name__} cannot hold encode={encode!r} with "
            f"missing_values={missing!r}, which gives fractions or NaN or labels. "
            "Use dtype=None."
        )


def _check_y_is_there(estimator: Any, y: Any) -> None:
    if y is not None:
        return
    if estimator.criterion in SUPERVISED:
        free = " or ".join(repr(name) for name in CRITERIA if name not in SUPERVISED)
        why, mend = f"criterion={estimator.criterion!r}", f"criterion={free}"
    elif estimator.encode in CROSS_FITTED:
        why, mend = f"encode={estimator.encode!r}", "another encoding"
    else:
        return
    raise ValueError(
        f"{type(estimator).__name__} requires y to be passed, but the target y is None. "
        f"{why} looks at the target; without one, use {mend}."
    )


def _check_data(estimator: Any, data: TrainingData) -> None:
    """Raise for parameters that do not go with the data."""
    if data.target.kind == "continuous" and estimator.encode == "woe":
        raise ValueError(
            "encode='woe' needs classes, but y is continuous. Use encode='target_mean', or "
            "target='discrete' if the numbers in y are classes."
        )
    least, weights = estimator.min_samples_bin, data.weights
    n_samples = len(data.target.counted.codes) if weights is None else weights.sum()
    if least > 1 and n_samples < least:
        raise ValueError(
            f"min_samples_bin={least} is larger than the {n_samples:g} samples (sum of weights) "
            f"in X. Pass at most {n_samples:g}, or more samples."
        )
