"""Columns that are sorted once, for all that is measured in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory.estimation._variables import (
    Transform,
    check_transform,
    normal_score_table,
)

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]
Index = tuple[Positions, float, float]


@dataclass(frozen=True)
class SortedColumn:
    """A column of finite numbers in ascending order.

    Attributes
    ----------
    values : ndarray of shape (n_samples,)
        In ascending order.
    order : ndarray of int64, shape (n_samples,)
        The row of each value.
    """

    values: Floats
    order: Positions

    @classmethod
    def of(cls, column: Floats, transform: Transform = None) -> SortedColumn:
        """Sort a column, and transform it as :func:`transformed` does."""
        check_transform(transform)
        values, order = _sort(np.asarray(column, np.float64))
        if transform == "normal_scores":
            values = _scores_of_sorted(values)
        elif transform == "standardize" and len(values):
            scale = values.std()
            values = (values - values.mean()) / (scale if scale > 0 else 1.0)
        return cls(values, order)

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def has_ties(self) -> bool:
        return bool((self.values[1:] == self.values[:-1]).any())

    @property
    def codes(self) -> Positions:
        """Numbers of the distinct values, in ascending order."""
        is_new = np.concatenate([np.zeros(1, bool), self.values[1:] != self.values[:-1]])
        return np.cumsum(is_new[: len(self)])

    @cached_property
    def ranks(self) -> Positions:
        """The position of each row."""
        ranks = np.empty(len(self), np.int64)
        ranks[self.order] = np.arange(len(self))
        return ranks

    @cached_property
    def index(self) -> Index:
        """What finds positions by value; see ``_kernels/_sorted_neighbors.py``."""
        from sklearn_infotheory._kernels._sorted_neighbors import index_column

        starts = np.empty(len(self) + 1, np.int64)
        return (starts, *index_column(self.values, starts))

    def count_near(self, reaches: Floats, *, closed: bool = False) -> Positions:
        """Count the others nearer than a reach of each value; ``closed`` counts the end too."""
        from sklearn_infotheory._kernels._sorted_neighbors import count_all_near

        counts = np.empty(len(self), np.int64)
        count_all_near(self.values, self.index, reaches, closed, counts)
        return counts

    def count_near_and_tied(self, reaches: Floats) -> tuple[Positions, Positions]:
        """Count the others nearer than a reach of each value, and those just as far."""
        from sklearn_infotheory._kernels._sorted_neighbors import count_near_and_tied

        nearer, tied = np.empty(len(self), np.int64), np.empty(len(self), np.int64)
        count_near_and_tied(self.values, self.index, reaches, nearer, tied)
        return nearer, tied


def _sort(column: Floats) -> tuple[Floats, Positions]:
    """Sort a column and its rows, twice as fast as ``argsort`` does.

    Numbers alone are sorted faster than with their rows. So the lowest bits of each are replaced by
    its row, and put right afterwards: without ties, or with whole ones, that is little.
    """
    from sklearn_infotheory._kernels._sorted_neighbors import pack_keys, unpack_keys

    n, column = len(column), np.ascontiguousarray(column)
    keys, n_low = np.empty(n, np.uint64), max(n - 1, 1).bit_length()
    pack_keys(column.view(np.uint64), n_low, keys)
    keys.sort()
    values, order = np.empty(n), np.empty(n, np.int64)
    if not unpack_keys(keys, n_low, column, order, values):
        order = np.argsort(column).astype(np.int64, copy=False)
        values = column[order]
    return values, order


def _scores_of_sorted(values: Floats) -> Floats:
    """Return the normal quantiles of the mid-ranks of sorted numbers."""
    n = len(values)
    table = normal_score_table(n)
    is_new = values[1:] != values[:-1]
    if is_new.all():
        return np.ascontiguousarray(table[::2])
    starts = np.flatnonzero(np.concatenate([[True], is_new]))
    counts = np.diff(starts, append=n)
    return np.repeat(table[2 * starts + counts - 1], counts)
