"""The label as one column of cells."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns import CategoryCodebook, Codebook
from sklearn_infotheory._columns._frames import Column, open_table
from sklearn_infotheory._columns._learning import learn_bins, learn_categories
from sklearn_infotheory._columns._target import TargetKind, _is_continuous
from sklearn_infotheory._columns._validation import check_target
from sklearn_infotheory._types import Weights

_MAX_BINS = 10


def read_label(y: Any, estimator_name: str) -> Column:
    """Validate y and read it as a column; several outputs are read as their combinations."""
    y = check_target(y, estimator_name)
    if y.dtype.kind == "U":
        y = y.astype(object)
    if y.ndim == 2 and y.shape[1] > 1:
        joined = [", ".join(map(str, outputs)) for outputs in y.tolist()]
        return Column(np.array(joined, dtype=object), True)
    return open_table(y.reshape(-1, 1), None).column(0)


def learn_label(column: Column, kind: TargetKind, weights: Weights) -> Codebook:
    """Learn the cells of y: its classes, or bins of a continuous y."""
    if column.is_category:
        if kind == "continuous":
            raise ValueError(
                "target='continuous' needs numbers, but y holds strings or other categories. "
                "Use target='discrete' or 'auto'."
            )
        return learn_categories(column.values, weights)
    distinct = np.unique(column.values)
    if kind == "continuous" or (kind == "auto" and _is_continuous(distinct)):
        return learn_bins(column.values, weights, _MAX_BINS)
    return learn_categories(_as_objects(column.values), weights)


def encode_label(column: Column, book: Codebook) -> NDArray[np.uint8]:
    """Code y by cells learned before."""
    if isinstance(book, CategoryCodebook):
        values = column.values if column.is_category else _as_objects(column.values)
        return book.encode(values)
    if column.is_category:
        raise ValueError(
            "y was a continuous number in the reference, and now holds strings or other "
            "categories. Pass numbers."
        )
    return book.encode(np.ascontiguousarray(column.values))


def _as_objects(values: NDArray[np.float64]) -> NDArray[Any]:
    """Write whole numbers as such, so that classes read 0, 1, 2 and not 0.0, 1.0, 2.0."""
    whole = (values == np.floor(values)).all() and (np.abs(values) < 2**53).all()
    return (values.astype(np.int64) if whole else values).astype(object)
