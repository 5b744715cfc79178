"""Check X, y and weights, in the same words for every estimator."""

from __future__ import annotations

from collections import Counter
from numbers import Integral
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_sample_weight, check_array, validate_data

from sklearn_infotheory._columns._frames import is_data_frame
from sklearn_infotheory._columns._in_memory import check_in_memory
from sklearn_infotheory._types import Weights


def check_features(
    estimator: BaseEstimator,
    X: Any,
    *,
    reset: bool,
    accept_sparse: bool | tuple[str, ...] = False,
    ensure_all_finite: bool = False,
) -> Any:
    """Validate arrays by scikit-learn's rules; frames keep their columns as they are.

    Missing and infinite values are looked at column by column, where they can be named.
    What was fitted on an array returns arrays, so a frame is then read as an array.
    """
    check_in_memory(X)
    if reset:
        estimator._fitted_on_frame = is_data_frame(X)
    if not (estimator._fitted_on_frame and is_data_frame(X)):
        return validate_data(
            estimator,
            X,
            reset=reset,
            dtype=None,
            accept_sparse=accept_sparse,
            ensure_all_finite=ensure_all_finite,
        )
    check_frame(X, "X")
    validate_data(estimator, X, reset=reset, skip_check_array=True)
    return X


def check_frame(X: Any, name: str) -> None:
    """Raise for frames without rows or columns, or with two columns of one name."""
    n_samples, n_features = X.shape
    if n_samples == 0 or n_features == 0:
        raise ValueError(
            f"Found array with {n_samples} sample(s) and {n_features} feature(s) (shape={X.shape}) "
            "while a minimum of 1 is required of each. Pass a data frame that is not empty."
        )
    names = list(X.column_names if hasattr(X, "column_names") else X.columns)
    duplicates = sorted(str(name) for name, times in Counter(names).items() if times > 1)
    if duplicates:
        raise ValueError(
            f"{name} has several columns named {', '.join(map(repr, duplicates))}. Column names "
            "must be unique, because they decide which column is which. Rename the columns."
        )


def check_target(y: Any, estimator_name: str) -> NDArray[Any]:
    """Validate y: one or more outputs, labels or numbers, nothing missing."""
    if y is None:
        raise ValueError(
            f"{estimator_name} requires y to be passed, but the target y is None. "
            "Pass the labels or numbers that the features are to inform about."
        )
    check_in_memory(y, "y")
    if is_data_frame(y):
        y = _outputs_of_frame(y)
    elif isinstance(y, list | tuple):
        y = _with_types_kept(y)
    y = check_array(y, accept_sparse="csr", ensure_2d=False, dtype=None, input_name="y")
    return y.toarray() if hasattr(y, "toarray") else y


def _with_types_kept(y: Any) -> Any:
    """Turn a list that mixes numbers and text into objects: numpy would make text of all."""
    try:
        is_text = np.asarray(y).dtype.kind in "US"
    except ValueError:  # rows of different lengths, of which check_array says so
        return y
    return np.asarray(y, dtype=object) if is_text else y


def _outputs_of_frame(y: Any) -> Any:
    """Return a frame of one dtype as it is, and other ones as an array of objects.

    numpy has no common type of, for instance, dates and numbers, so each output is looked at later.
    """
    if hasattr(y, "iloc"):  # the names of outputs play no part, and may be the same
        y = y.set_axis([str(j) for j in range(y.shape[1])], axis=1)
    frame = nw.from_native(y, eager_only=True)
    dtypes = frame.schema.dtypes()
    if len(set(dtypes)) == 1 or all(dtype.is_numeric() for dtype in dtypes):
        return y
    outputs = np.empty(frame.shape, dtype=object)
    for j, column in enumerate(frame.iter_columns()):
        outputs[:, j] = column.to_list()
    return outputs


def check_weights(sample_weight: ArrayLike | None, X: Any) -> Weights:
    """Validate weights; return None where each is one."""
    if sample_weight is None:
        return None
    check_in_memory(sample_weight, "sample_weight")
    sample_weight = np.asarray(sample_weight)
    if sample_weight.ndim == 1 and not sample_weight.any():
        raise ValueError(
            "All weights in sample_weight are zero, so that no sample is left. "
            "Give at least one sample a positive weight."
        )
    weights = _check_sample_weight(sample_weight, X, dtype=np.float64)
    if (weights < 0).any():
        raise ValueError(
            "Negative values in data passed to `sample_weight`: a weight says how often a sample "
            f"counts, so it must be at least 0; the smallest is {weights.min():g}."
        )
    return None if (weights == 1).all() else weights


def find_feature(feature: int | str, feature_names: NDArray[Any]) -> int:
    """Find the place of a feature by its index or its name."""
    names = feature_names.tolist()
    if isinstance(feature, str):
        if feature not in names:
            raise ValueError(f"{feature!r} is none of the features {names!r}.")
        return names.index(feature)
    if not isinstance(feature, Integral) or isinstance(feature, bool):
        raise TypeError(
            f"feature must be an index or a name; got {feature!r}. "
            f"Pass an index from 0 to {len(names) - 1}, or one of the names {names!r}."
        )
    if not -len(names) <= feature < len(names):
        raise ValueError(
            f"feature={feature} is out of range: there are {len(names)} features. "
            f"Pass an index from 0 to {len(names) - 1}, or a name."
        )
    return int(feature)
