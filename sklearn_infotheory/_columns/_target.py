"""The target as one column of codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._columns._frames import Table, is_data_frame, open_table
from sklearn_infotheory._columns._learning import learn_bins, sorting_order
from sklearn_infotheory._types import Weights

TargetKind = Literal["auto", "discrete", "continuous"]

MAX_DISCRETE_NUMBERS = 100  # a numeric target of more distinct values is read as continuous
MAX_CLASSES = 1 << 16
MAX_JOINT_CLASSES = 32  # of several outputs; the rarer combinations share the last class


@dataclass(frozen=True)
class EncodedTarget:
    """Codes 0 .. n_classes - 1 of the target, and whether it was cut into bins.

    ``numbers`` are the values of a single output that was cut; else None.
    """

    codes: NDArray[np.uint16]
    n_classes: int
    is_binned: bool
    numbers: NDArray[np.float64] | None = None


def encode_target(y: Any, kind: TargetKind, n_bins: int, weights: Weights) -> EncodedTarget:
    """Code a target of any kind: labels, numbers, a label indicator or several outputs.

    A continuous target is cut into at most ``n_bins`` bins.
    """
    columns = read_outputs(y)
    outputs = [_encode_output(column, kind, n_bins, weights) for column in columns]
    is_binned = any(binned for _, binned in outputs)
    if len(outputs) == 1:
        codes = outputs[0][0]
    else:
        _, codes = np.unique(np.stack([c for c, _ in outputs]), axis=1, return_inverse=True)
        codes = _pool_rare(codes.ravel(), weights)
    n_classes = int(codes.max()) + 1
    if n_classes > MAX_CLASSES:
        raise ValueError(
            f"y has {n_classes} classes, more than the {MAX_CLASSES} that can be told apart. "
            "Use target='continuous' if y is a number, and drop y if it is an identifier."
        )
    numbers = columns[0].floats() if is_binned and len(columns) == 1 else None
    return EncodedTarget(codes.astype(np.uint16), n_classes, is_binned, numbers)


def open_target(y: Any) -> Table:
    """Open a target, each output as a column."""
    if is_data_frame(y):
        return open_table(y, None)
    array = np.asarray(y)
    if array.dtype.kind == "U":
        array = array.astype(object)
    return open_table(array.reshape(-1, 1) if array.ndim < 2 else array, None)


def read_outputs(y: Any) -> list[Column]:
    """Read each output as a column, in which nothing is missing or infinite.

    Dates and durations are numbers, of microseconds.
    """
    table = open_target(y)
    columns = [table.column(j) for j in range(table.n_features)]
    for column in columns:
        if column.missing is not None:
            raise ValueError(
                "Input y contains NaN or another missing value. Drop these samples, or give them a "
                "class of their own."
            )
        if not column.is_category and not np.isfinite(column.values).all():
            raise ValueError(
                "Input y contains infinity or a value too large for dtype('float64'). "
                "Replace it by a finite number."
            )
    return columns


def is_read_as_continuous(column: Column, kind: TargetKind, distinct: NDArray[Any]) -> bool:
    """Decide, or raise, whether an output of these distinct values is cut into bins."""
    if column.is_category and kind == "continuous":
        raise ValueError(
            "target='continuous' needs numbers, but y holds strings or other categories. "
            "Use target='discrete' or 'auto'."
        )
    if kind == "auto":
        return not column.is_category and _is_continuous(distinct)
    return kind == "continuous"


def _encode_output(
    column: Column, kind: TargetKind, n_bins: int, weights: Weights
) -> tuple[NDArray[np.int64], bool]:
    codes, classes = distinct_values(column)
    if is_read_as_continuous(column, kind, classes):
        return learn_bins(column.values, weights, n_bins).encode(column).astype(np.int64), True
    rank = np.empty(len(classes), np.int64)
    rank[sorting_order(classes)] = np.arange(len(classes))  # the order of rows must not matter
    return rank[codes], False


def distinct_values(column: Column) -> tuple[NDArray[Any], NDArray[Any]]:
    """Number the values of a column by those that occur; -1 where one is missing."""
    if column.categories is None:
        return pd.factorize(column.values)
    codes, places = pd.factorize(column.values)  # a dictionary may list what does not occur
    occurring = column.categories[places[places >= 0]]
    if len(occurring) == len(places):
        return codes, occurring
    at = int(np.flatnonzero(places < 0)[0])  # the place of missing values
    return np.where(codes == at, -1, codes - (codes > at)), occurring


def _is_continuous(distinct: NDArray[np.float64]) -> bool:
    """Tell numbers with a fraction, or more whole numbers than a classification has classes."""
    return len(distinct) > MAX_DISCRETE_NUMBERS or bool((distinct != np.floor(distinct)).any())


def _pool_rare(codes: NDArray[np.int64], weights: Weights) -> NDArray[np.int64]:
    """Keep the most frequent classes, ties to the first, and pool the rest."""
    frequency = np.bincount(codes, weights=weights)
    if len(frequency) <= MAX_JOINT_CLASSES:
        return codes
    rank = np.empty(len(frequency), np.int64)
    rank[np.argsort(-frequency, kind="stable")] = np.arange(len(frequency))
    return np.minimum(rank[codes], MAX_JOINT_CLASSES - 1)
