"""Tables of every feature with the target, also given a condition; many features in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns import DenseCodes, SparseCodes
from sklearn_infotheory._counts._logarithms import n_log_n_table, sum_n_log_n
from sklearn_infotheory._counts._packed import PackedColumns
from sklearn_infotheory._counts._strata import CELLS_A_SAMPLE
from sklearn_infotheory._threads import map_chunks
from sklearn_infotheory._types import Floats, Ints

_MAX_CELLS = 1 << 16  # what 16-bit lanes can number
_CELLS_AT_ONCE = 1 << 17  # of the tables whose sums of n log n are wanted

NO_WEIGHTS: NDArray[np.float64] = np.empty(0)


@dataclass(frozen=True)
class FeatureTables:
    """The table (y, x) of every feature x, laid end to end.

    Attributes
    ----------
    counts : ndarray of float64
        Flat; the table of feature j begins at ``offsets[j]``, one row of ``n_levels[j]`` for
        each y.
    offsets, n_levels : ndarray of int64
    n_y : int
    """

    counts: NDArray[np.float64]
    offsets: NDArray[np.int64]
    n_levels: NDArray[np.int64]
    n_y: int

    def __add__(self, other: FeatureTables) -> FeatureTables:
        """Add the counts of other rows, coded and labelled alike."""
        if self.n_y != other.n_y or not np.array_equal(self.n_levels, other.n_levels):
            raise ValueError("Tables of other columns or another target cannot be added.")
        return replace(self, counts=self.counts + other.counts)

    def table(self, feature: int) -> NDArray[np.float64]:
        """Return the table of one feature, of shape (n_levels, n_y)."""
        start, levels = self.offsets[feature], self.n_levels[feature]
        return self.counts[start : start + levels * self.n_y].reshape(self.n_y, levels).T

    def first_cells(self, features: Ints) -> Floats:
        """Return the first cell of the first occupied row and column, and the margins of both.

        Returns
        -------
        ndarray of shape (3, n_wanted)
            The counts of the cell, of the row (x) and of the column (y). There is no more to know
            of a table of two rows and two columns.
        """
        found = np.empty((3, len(features)))
        for places, tables in self.stacks(features):
            rows, columns, each = tables.sum(axis=1), tables.sum(axis=2), np.arange(len(places))
            x, y = (rows > 0).argmax(axis=1), (columns > 0).argmax(axis=1)
            found[:, places] = tables[each, y, x], rows[each, x], columns[each, y]
        return found

    def stacks(self, features: Ints) -> Iterator[tuple[Ints, Floats]]:
        """Yield the tables of equal shape, not too many at once, with their places in ``features``.

        The tables are of shape (n_tables, n_y, n_levels).
        """
        for levels in np.unique(self.n_levels[features]):
            same = np.flatnonzero(self.n_levels[features] == levels)
            size = levels * self.n_y
            for places in _parts(same, np.full(len(same), size)):
                cells = self.offsets[features[places], None] + np.arange(size)
                yield places, self.counts[cells].reshape(-1, self.n_y, levels)


@dataclass(frozen=True)
class FeatureCounter:
    """Counts features against the target and conditions, many features in one pass.

    Parameters
    ----------
    codes : DenseCodes or SparseCodes
    weights : ndarray of float64
        Empty for a weight of one each.
    y : ndarray of int
        Codes 0 .. n_y - 1 of the target.
    n_y : int
    typical_condition : int
        About how many values a condition has; columns are packed so that such tables stay in the
        L1 cache.
    n_threads : int
    """

    codes: DenseCodes | SparseCodes
    weights: NDArray[np.float64]
    y: NDArray[Any]
    n_y: int
    typical_condition: int
    n_threads: int = 1

    def tables(self) -> FeatureTables:
        """Count every feature against the target."""
        sizes = self.codes.n_levels * self.n_y
        offsets, out = np.cumsum(sizes) - sizes, np.empty(int(sizes.sum()))
        everything = np.arange(self.codes.n_features)
        if isinstance(self.codes, SparseCodes):
            y_counts = self._counts_of(self.y, self.n_y)

            def count_sparse(features: Ints) -> None:
                self._sparse_tables(features, self.y, y_counts, offsets[features], out)

            map_chunks(count_sparse, everything, self.n_threads)
            return FeatureTables(out, offsets, self.codes.n_levels, self.n_y)
        packed, nothing = self._packed, np.zeros(self.codes.n_samples, np.uint16)

        def count(rows: Ints) -> None:
            members = packed.members[rows]
            begins = np.where(members < 0, -1, offsets[members])
            self._packed_tables(rows, nothing, 1, begins, out)

        map_chunks(count, np.arange(len(packed.members)), self.n_threads)
        return FeatureTables(out, offsets, self.codes.n_levels, self.n_y)

    def sums(self, features: NDArray[np.intp], w: NDArray[Any], n_w: int) -> NDArray[np.float64]:
        """Sum n log n over the cells (w, y, x), and over (w, x), for every wanted feature x.

        Returns
        -------
        ndarray of shape (n_wanted, 2)
        """
        found = np.empty((self.codes.n_features, 2))
        if isinstance(self.codes, SparseCodes):
            self._sparse_sums(features, w.astype(np.int64) * self.n_y + self.y, n_w, found)
            return found[features]
        n_cells = self._packed.n_cells[self._packed.place[features]] * n_w
        most = max(_MAX_CELLS, CELLS_A_SAMPLE * self.codes.n_samples)
        fits = (n_cells <= _MAX_CELLS) & (n_cells * self.n_y <= most)
        if fits.any():
            rows = np.unique(self._packed.place[features[fits]])
            self._packed_sums(rows, w.astype(np.uint16, copy=False), n_w, found)
        for j in features[~fits]:
            found[j] = self._plain_sums(j, w)
        return found[features]

    def sums_of(self, tables: FeatureTables) -> Floats:
        """Sum n log n over the cells (y, x), and over x, of every table."""
        found = np.empty((self.codes.n_features, 2))
        features = np.arange(self.codes.n_features)
        self._sums_of(features, tables.offsets, tables.counts, 1, found)
        return found

    @cached_property
    def _packed(self) -> PackedColumns:
        assert isinstance(self.codes, DenseCodes)
        return PackedColumns.pack(
            self.codes, self.y, self.n_y, self.typical_condition, self.n_threads
        )

    @property
    def count_type(self) -> type[np.float64 | np.uint32]:
        """The type of counts in kernels."""
        return np.float64 if self.weights.size else np.uint32

    @cached_property
    def n_log_n(self) -> NDArray[np.float64]:
        """n log n of 0, 1, 2, ..., as far as counts are likely to go."""
        return n_log_n_table(self.codes.n_samples)

    def _packed_tables(
        self, rows: Ints, w: NDArray[np.uint16], n_w: int, offsets: Ints, out: Floats
    ) -> None:
        """Write the tables of the members of packed columns to where they begin in ``out``."""
        from sklearn_infotheory._kernels._joint_counts import packed_tables

        packed = self._packed
        counts = np.empty(4 * int(packed.n_cells[rows].max()) * n_w, self.count_type)
        scaled = np.zeros(packed.lanes.shape[1] + 1, np.uint16)
        packed_tables(
            (packed.lanes, packed.n_levels, packed.has_runs), rows,
            (packed.order, packed.starts, packed.lane_starts), w, n_w, self.weights,
            (counts, scaled), offsets, out,
        )  # fmt: skip

    def _packed_sums(self, rows: Ints, w: NDArray[np.uint16], n_w: int, found: Floats) -> None:
        packed, n_z = self._packed, n_w * self.n_y

        def work(rows: Ints) -> None:
            for part in _parts(rows, packed.n_levels[rows].sum(axis=1) * n_z):
                members = packed.members[part]
                present = members >= 0
                sizes = np.where(present, packed.n_levels[part], 0).ravel() * n_z
                ends = np.cumsum(sizes)
                offsets = np.where(present, (ends - sizes).reshape(members.shape), -1)
                out = np.empty(int(ends[-1]))
                self._packed_tables(part, w, n_w, offsets, out)
                self._sums_of(members[present], offsets[present], out, n_w, found)

        map_chunks(work, rows, self.n_threads)

    def _sparse_tables(
        self, features: Ints, z: Ints, z_counts: Floats, offsets: Ints, out: Floats
    ) -> None:
        from sklearn_infotheory._kernels._sparse_counts import sparse_tables

        codes = self.codes
        assert isinstance(codes, SparseCodes)
        sparse_tables(
            codes.indptr, codes.indices, codes.values, codes.unstored, codes.n_levels,
            features, z.astype(np.int64), z_counts, self.weights, offsets, out,
        )  # fmt: skip

    def _sparse_sums(self, features: NDArray[np.intp], z: Ints, n_w: int, found: Floats) -> None:
        n_z = n_w * self.n_y
        z_counts = self._counts_of(z, n_z)

        def work(features: NDArray[np.intp]) -> None:
            for part in _parts(features, self.codes.n_levels[features] * n_z):
                sizes = self.codes.n_levels[part] * n_z
                offsets, out = np.cumsum(sizes) - sizes, np.empty(int(sizes.sum()))
                self._sparse_tables(part, z, z_counts, offsets, out)
                self._sums_of(part, offsets, out, n_w, found)

        map_chunks(work, features, self.n_threads)

    def _sums_of(
        self, features: Ints, offsets: Ints, tables: Floats, n_w: int, found: Floats
    ) -> None:
        """Write the sums over the tables of these features to their rows of ``found``."""
        from sklearn_infotheory._kernels._joint_counts import sums_of_tables

        n_levels, sums = self.codes.n_levels[features], np.empty((len(features), 2))
        by_x = np.empty(int(n_levels.max()))
        sums_of_tables(tables, offsets, n_levels, n_w, self.n_y, self.n_log_n, by_x, sums)
        found[features] = sums

    def _plain_sums(self, feature: int, w: NDArray[Any]) -> tuple[float, float]:
        """Count the occupied cells only, where a table has too many to number or to look at."""
        coarse = w.astype(np.int64) * int(self.codes.n_levels[feature]) + self.codes.column(feature)
        sums = []
        for cells in (coarse * self.n_y + self.y, coarse):
            occupied, place = np.unique(cells, return_inverse=True)
            sums.append(sum_n_log_n(self._counts_of(place, len(occupied))))
        return sums[0], sums[1]

    def _counts_of(self, z: NDArray[Any], n_z: int) -> NDArray[np.float64]:
        weights = self.weights if self.weights.size else None
        return np.bincount(z, weights=weights, minlength=n_z).astype(np.float64)


def _parts(items: Ints, n_cells: Ints) -> list[Ints]:
    """Split the items so that the tables of a part stay small; one item at least in each."""
    return np.split(items, np.flatnonzero(np.diff(np.cumsum(n_cells) // _CELLS_AT_ONCE)) + 1)
