"""Labels of any kind to the columns of the predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

UNKNOWN = -1

_ROWS_OF_A_BLOCK = 1 << 16


def encode_labels(y: Any, labels: Any, n_columns: int = 0) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the class of each sample, as a place in the classes, and the classes.

    Classes are `labels` in the order given, or the sorted distinct values of `y`. A value that is
    not among `labels` gets UNKNOWN. If 0 .. `n_columns` - 1 all occur, this is fastest.
    """
    expected = np.arange(n_columns) if labels is None else check_labels(labels)
    if isinstance(y, np.ndarray) and y.dtype.kind in "iu" and _are_places(expected):
        codes = np.require(y, np.intp, ["C", "A", "W"])
        if _are_in(codes, len(expected), all_occur=labels is None):
            return codes, expected
    codes, values = _factorize(y)
    if labels is None and len(values) != n_columns and isinstance(y, pd.Categorical):
        # A category that does not occur has a column all the same, in the order that columns have.
        labels = _sorted(y.categories) if len(y.categories) == n_columns else None
    if labels is None:
        is_bool = getattr(values, "dtype", None) == np.bool_
        labels = [False, True] if is_bool else _sorted(values)
    classes = check_labels(labels)
    places = places_of(values, classes)
    for start in range(0, len(codes), _ROWS_OF_A_BLOCK):  # in place: numpy copies indices of int32
        block = slice(start, start + _ROWS_OF_A_BLOCK)
        codes[block] = places[codes[block]]
    return codes, classes


def _are_in(codes: NDArray[Any], n: int, *, all_occur: bool) -> bool:
    """Tell whether all codes are in 0 .. n - 1, and each of these among them if asked for."""
    from sklearn_infotheory._kernels._labels import mark_present

    present = np.zeros(n, dtype=bool)
    return bool(mark_present(codes, present) and (present.all() or not all_occur))


def check_labels(labels: Any) -> NDArray[Any]:
    """Return `labels` as an array, one different label a column."""
    classes = labels if isinstance(labels, np.ndarray) else np.asarray(_as_index(labels))
    if classes.ndim != 1 or not len(classes) or pd.isna(classes).any():
        raise ValueError(
            "labels must be a list of one label for each column of y_proba, none of them missing; "
            f"got {labels!r}."
        )
    if len(set(classes.tolist())) < len(classes):
        raise ValueError(
            f"labels must be different from each other; got {classes.tolist()}. "
            "Give each column of y_proba a label of its own."
        )
    return classes


def places_of(values: Any, classes: NDArray[Any]) -> NDArray[np.intp]:
    """Return the place of each value in `classes`, or UNKNOWN; 1, 1.0 and True are the same."""
    place = {label: i for i, label in enumerate(_as_index(classes).tolist())}
    found = [place.get(value, UNKNOWN) for value in _as_index(values).tolist()]
    return np.array(found, dtype=np.intp)


def plain_value(values: Any, row: int) -> Any:
    """Return a value as messages show it: 3, not np.int64(3)."""
    return _as_index(values[row : row + 1]).tolist()[0]


def _are_places(classes: NDArray[Any]) -> bool:
    return classes.dtype.kind in "iu" and bool((classes == np.arange(len(classes))).all())


def _as_index(values: Any) -> pd.Index:
    return pd.Index(values, tupleize_cols=False)


def _factorize(y: Any) -> tuple[NDArray[Any], Any]:
    """Return codes in order of appearance, and the distinct values."""
    if isinstance(y, np.ndarray) and y.dtype.kind in "US" and y.dtype.itemsize:
        return _factorize_strings(y)
    codes, values = pd.factorize(y if isinstance(y, np.ndarray) else pd.Series(y))
    if codes.min() < 0:
        raise ValueError(
            "y_true must not contain NaN or another missing value; got one in row "
            f"{int(np.argmin(codes))}. Drop these samples, or give them a class of their own."
        )
    return codes, values


def _factorize_strings(y: NDArray[Any]) -> tuple[NDArray[Any], list[Any]]:
    """Hash the characters of strings of fixed width, without making Python strings of them."""
    from sklearn_infotheory._kernels._labels import code_strings

    character = np.uint8 if y.dtype.kind == "S" else np.uint32
    y = np.require(y, requirements=["C", "A", "W"])
    characters = y.view(character).reshape(len(y), -1)
    codes, capacity, n_distinct = np.empty(len(y), np.int32), 256, -1
    while n_distinct < 0:
        first_rows = np.empty(capacity, np.intp)
        n_distinct = code_strings(characters, np.full(2 * capacity, -1), first_rows, codes)
        capacity *= 16
    return codes, y[first_rows[:n_distinct]].tolist()


def _sorted(values: Any) -> NDArray[Any]:
    found = np.asarray(_as_index(values))
    try:
        return np.sort(found)
    except TypeError as error:
        kinds = sorted({type(value).__name__ for value in found})
        raise TypeError(
            f"y_true mixes labels that have no order, of types {', '.join(kinds)}, so that the "
            "columns of y_proba cannot be told from them. Pass labels=..., in the order of the "
            "columns."
        ) from error
