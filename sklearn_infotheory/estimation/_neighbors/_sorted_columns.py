"""Columns that are sorted once for all that is measured in them, and the plane of two of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._types import Floats, Ints
from sklearn_infotheory.estimation._variables import (
    Transform,
    check_transform,
    normal_score_table,
)

Index = tuple[Ints, float, float]


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
    order: Ints

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
    def codes(self) -> Ints:
        """Numbers of the distinct values, in ascending order."""
        is_new = np.concatenate([np.zeros(1, bool), self.values[1:] != self.values[:-1]])
        return np.cumsum(is_new[: len(self)])

    @cached_property
    def ranks(self) -> Ints:
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

    def count_near(self, reaches: Floats, *, closed: bool = False) -> Ints:
        """Count the others nearer than a reach of each value; ``closed`` counts the end too."""
        from sklearn_infotheory._kernels._sorted_neighbors import count_all_near

        counts = np.empty(len(self), np.int64)
        count_all_near(self.values, self.index, reaches, closed, counts)
        return counts

    def count_near_and_tied(self, reaches: Floats) -> tuple[Ints, Ints]:
        """Count the others nearer than a reach of each value, and those just as far."""
        from sklearn_infotheory._kernels._sorted_neighbors import count_near_and_tied

        nearer, tied = np.empty(len(self), np.int64), np.empty(len(self), np.int64)
        count_near_and_tied(self.values, self.index, reaches, nearer, tied)
        return nearer, tied


def _sort(column: Floats) -> tuple[Floats, Ints]:
    """Sort a column and its rows, twice as fast as ``argsort`` does.

    Numbers alone are sorted faster than with their rows. So the lowest bits of each are replaced by
    its row, and put right afterwards: without ties, or with whole ones, that is little.
    """
    from sklearn_infotheory._kernels._sorted_neighbors import pack_keys, unpack_keys

    n, column = len(column), np.ascontiguousarray(column)
    keys, n_low = np.empty(n, np.uint64), max(n - 1, 1).bit_length()
    pack_keys(column.view(np.uint64), n_low, keys)
    keys.sort()  # the order of the bits of doubles is that of the numbers, once the sign is turned
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


@dataclass(frozen=True)
class Plane:
    """The k-th neighbours of samples by the larger of their differences in x and y.

    Arrays are in the order of the *places*: slab by slab of x, each in the order of y. ``rows`` are
    the rows there.

    Attributes
    ----------
    x, y : SortedColumn
    k : int
        Less than the number of samples.
    """

    x: SortedColumn
    y: SortedColumn
    k: int

    @cached_property
    def _size(self) -> int:
        """A slab is about as wide as the distance of the k-th neighbour of independent columns."""
        return max(int(np.sqrt(len(self.x) * self.k)), 1)

    @cached_property
    def _places(self) -> Ints:
        """The positions in x and in y."""
        from sklearn_infotheory._kernels._plane_neighbors import lay_out_slabs

        places = np.empty((2, len(self.x)), np.int64)
        lay_out_slabs(self.x.ranks, self.orders[1], self._size, places)
        return places

    @cached_property
    def orders(self) -> tuple[Ints, Ints]:
        """The rows in the order of x and in that of y; equal samples stand together in the latter.

        They have the same neighbours, which are looked for once.
        """
        from sklearn_infotheory._kernels._plane_neighbors import sort_ties

        # Only where both columns have ties can samples be equal.
        order = self.y.order
        if self.x.has_ties and self.y.has_ties:
            order = np.empty_like(order)
            sort_ties(self.x.order, self.y.ranks, self.y.codes, order)
        return self.x.order, order

    @property
    def rows(self) -> Ints:
        return self.orders[1][self._places[1]]

    @cached_property
    def _points(self) -> tuple[Floats, Floats]:
        return self.x.values[self._places[0]], self.y.values[self._places[1]]

    @cached_property
    def _ends(self) -> Floats:
        """The least and the greatest x of each slab."""
        starts = np.arange(0, len(self.x), self._size)
        stops = np.minimum(starts + self._size, len(self.x))
        return np.stack([self.x.values[starts], self.x.values[stops - 1]])

    @cached_property
    def distances(self) -> Floats:
        """The distance of the k-th neighbour."""
        from sklearn_infotheory._kernels._plane_neighbors import find_distances

        distances = np.empty(len(self.x))
        find_distances(self._points, self._ends, self._size, self.k, distances)
        return distances

    def counts(self, side: int) -> Ints:
        """Count who is nearer than the k-th neighbour in x (side 0) or y (side 1) alone.

        In the order of that column.
        """
        column = (self.x, self.y)[side]
        return column.count_near(self.distances_by(side))

    def distances_by(self, side: int) -> Floats:
        """The distances in the order of x (side 0) or y (side 1)."""
        ordered = np.empty(len(self.x))
        ordered[self._places[side]] = self.distances
        return ordered

    def look_around(self) -> tuple[Ints, Ints, Floats]:
        """Count who is nearer than the k-th neighbour and as near; see ``Surroundings``."""
        from sklearn_infotheory._kernels._plane_neighbors import look_around

        n, distances = len(self.x), self.distances
        joint, sides = np.empty((n, 4), np.int64), np.empty((2, n, 4), np.int64)
        reaches = np.empty((2, n))
        look_around(self._points, self._ends, self._size, self.k, distances, joint, sides, reaches)
        is_cell = distances == 0
        joint[is_cell, 3] = self._n_equal(is_cell)
        for side, column in enumerate((self.x, self.y)):
            counts = column.count_near_and_tied(self.distances_by(side))
            for number, count in enumerate(counts):
                sides[side, :, number] = count[self._places[side]]
        return joint, sides, reaches

    def _n_equal(self, chosen: NDArray[np.bool_]) -> Ints:
        """Count the other samples that are equal to those chosen, which are all of them or none."""
        if not chosen.any():
            return np.empty(0, np.int64)
        columns, places = (self.x, self.y), self._places[:, chosen]
        x, y = (column.codes[p] for column, p in zip(columns, places, strict=True))
        _, cell, counts = np.unique(x * len(self.x) + y, return_inverse=True, return_counts=True)
        return counts[cell] - 1
