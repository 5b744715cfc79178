"""Codes to counts: the only thing that crosses chunks, threads, processes and machines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple
from numpy.typing import NDArray

from sklearn_infotheory._columns import Codebook, DenseCodes, SparseCodes
from sklearn_infotheory._threads import map_chunks

_MAX_CELLS = 1 << 16  # what 16-bit lanes can number
_CELLS_IN_L1 = 1 << 13  # two tables of 32-bit counts of so many cells stay close to the core
_CELLS_AT_ONCE = 1 << 17  # of the tables whose sums of n log n are wanted
_MAX_PAIR = 256
_MAX_LOGARITHMS = 1 << 17

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NO_WEIGHTS: NDArray[np.float64] = np.empty(0)


@dataclass(frozen=True)
class JointCounts:
    """Counts of the combinations of the cells of some columns.

    Adding two tables gives the table of both data sets; the codebooks must agree.

    Attributes
    ----------
    counts : ndarray of int64 or float64
        One axis a column; float64 when samples are weighted.
    codebooks : tuple of Codebook
        What the cells of each axis mean.
    """

    counts: NDArray[Any]
    codebooks: tuple[Codebook, ...]

    def __post_init__(self) -> None:
        cells = tuple(book.n_cells for book in self.codebooks)
        if self.counts.shape != cells:
            raise ValueError(
                f"The counts have the shape {self.counts.shape}, but the codebooks have {cells} "
                "cells. Count codes made by these codebooks."
            )

    def __add__(self, other: JointCounts) -> JointCounts:
        if self.codebooks != other.codebooks:
            raise ValueError(
                "Tables can be added only if their codebooks are the same. Code both data sets by "
                "one codebook, learned once."
            )
        return JointCounts(self.counts + other.counts, self.codebooks)

    @property
    def n_samples(self) -> float:
        """Number of samples, or the sum of their weights."""
        return self.counts.sum().item()

    def margin(self, *axes: int) -> JointCounts:
        """Sum the table over all columns but those named, which stay in their order."""
        named = normalize_axis_tuple(axes, self.counts.ndim)
        away = tuple(axis for axis in range(self.counts.ndim) if axis not in named)
        kept = tuple(book for axis, book in enumerate(self.codebooks) if axis in named)
        return JointCounts(self.counts.sum(axis=away), kept)

    @classmethod
    def from_codes(
        cls,
        codes: list[NDArray[np.uint8]],
        codebooks: tuple[Codebook, ...],
        weights: NDArray[np.float64] | None = None,
    ) -> JointCounts:
        """Count the combinations of one or more columns of codes."""
        shape = tuple(book.n_cells for book in codebooks)
        cell = np.ravel_multi_index([np.asarray(c, np.intp) for c in codes], shape)
        counts = np.bincount(cell, weights=weights, minlength=int(np.prod(shape)))
        return cls(counts.reshape(shape), codebooks)


@dataclass(frozen=True)
class FeatureTables:
    """The table (z, x) of every feature x, laid end to end.

    Attributes
    ----------
    counts : ndarray of float64
        Flat; the table of feature j begins at ``offsets[j]``, one row of ``n_levels[j]`` for
        each z.
    offsets, n_levels : ndarray of int64
    n_z : int
    """

    counts: NDArray[np.float64]
    offsets: NDArray[np.int64]
    n_levels: NDArray[np.int64]
    n_z: int

    def table(self, feature: int) -> NDArray[np.float64]:
        """Return the table of one feature, of shape (n_levels, n_z)."""
        start, levels = self.offsets[feature], self.n_levels[feature]
        return self.counts[start : start + levels * self.n_z].reshape(self.n_z, levels).T


@dataclass(frozen=True)
class FeatureCounter:
    """Counts features against anything, many features in one pass.

    Parameters
    ----------
    codes : DenseCodes or SparseCodes
    weights : ndarray of float64
        Empty for a weight of one each.
    typical_condition : int
        About how many values the variable has that features are counted against; columns are
        packed so that such tables stay in the L1 cache.
    n_threads : int
    """

    codes: DenseCodes | SparseCodes
    weights: NDArray[np.float64]
    typical_condition: int
    n_threads: int = 1

    def tables(self, z: NDArray[Any], n_z: int) -> FeatureTables:
        """Count every feature against z."""
        n_levels = self.codes.n_levels
        sizes = n_levels * n_z
        offsets = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        out = np.zeros(int(sizes.sum()))
        if isinstance(self.codes, SparseCodes):
            z_counts = self._counts_of(z, n_z)

            def count_sparse(features: Ints) -> None:
                self._sparse_tables(features, z, z_counts, offsets[features], out)

            map_chunks(count_sparse, np.arange(self.codes.n_features), self.n_threads)
            return FeatureTables(out, offsets, n_levels, n_z)
        packed = self._packed
        fits = packed.n_cells * n_z <= _MAX_CELLS
        lanes = packed.lanes(z, 1, 0)

        def count(rows: Ints) -> None:
            first, second = offsets[packed.first[rows]], offsets[packed.second[rows]]
            self._packed_tables(rows, lanes, n_z, first, second, out)

        map_chunks(count, np.flatnonzero(fits), self.n_threads)
        for j in packed.members(~fits):
            out[offsets[j] : offsets[j] + sizes[j]] = self._plain_table(j, z, n_z)
        return FeatureTables(out, offsets, n_levels, n_z)

    def sums(
        self, features: NDArray[np.intp], w: NDArray[Any], n_w: int, y: NDArray[Any], n_y: int
    ) -> NDArray[np.float64]:
        """Sum n log n over the cells (w, y, x), and over (w, x), for every wanted feature x.

        Returns
        -------
        ndarray of shape (n_wanted, 2)
        """
        found = np.empty((self.codes.n_features, 2))
        if isinstance(self.codes, SparseCodes):
            self._sparse_sums(features, w.astype(np.int64) * n_y + y, n_w, n_y, found)
            return found[features]
        fits = self._packed.n_cells[self._packed.row_of[features]] * (n_w * n_y) <= _MAX_CELLS
        if fits.any():
            rows = np.unique(self._packed.row_of[features[fits]])
            self._packed_sums(rows, self._packed.lanes(w, n_y, y), n_w, n_y, found)
        for j in features[~fits]:
            found[j] = self._plain_sums(j, w, y, n_y)
        return found[features]

    def sums_of(self, tables: FeatureTables) -> Floats:
        """Sum n log n over the cells (z, x), and over x, of every table."""
        found = np.empty((self.codes.n_features, 2))
        features = np.arange(self.codes.n_features)
        self._sums_of(features, tables.offsets, tables.counts, 1, tables.n_z, found)
        return found

    @cached_property
    def _packed(self) -> _PackedColumns:
        assert isinstance(self.codes, DenseCodes)
        return _PackedColumns.pack(self.codes, self.typical_condition, self.n_threads)

    @cached_property
    def n_log_n(self) -> NDArray[np.float64]:
        """n log n of 0, 1, 2, ..., as far as counts are likely to go."""
        return n_log_n_table(max(min(self.codes.n_samples, _MAX_LOGARITHMS) + 1, 2))

    def _scratch(self, rows: NDArray[np.int64], n_z: int) -> tuple[NDArray[Any], ...]:
        """Room for the counts of two packed columns, and for z in two scales."""
        dtype = np.float64 if self.weights.size else np.uint32
        tables = np.empty((4, int(self._packed.n_cells[rows].max()) * n_z), dtype)
        lanes = np.zeros((2, self._packed.words.shape[1] + 4), np.uint16)
        return (*tables, *lanes)

    def _packed_tables(
        self,
        rows: Ints,
        lanes: NDArray[np.uint16],
        n_z: int,
        first: Ints,
        second: Ints,
        out: Floats,
    ) -> None:
        """Write the tables of the members of packed columns to where they begin in ``out``."""
        from sklearn_infotheory._kernels._joint_counts import packed_tables

        packed = self._packed
        packed_tables(
            packed.words, rows, packed.n_first, packed.n_second, lanes, n_z, self.weights,
            self.codes.n_samples, self._scratch(rows, n_z), first, second, out,
        )  # fmt: skip

    def _packed_sums(
        self, rows: Ints, lanes: NDArray[np.uint16], n_w: int, n_y: int, found: Floats
    ) -> None:
        packed = self._packed

        def work(rows: Ints) -> None:
            for part in _parts(rows, (packed.n_first + packed.n_second)[rows] * (n_w * n_y)):
                features = np.concatenate([packed.first[part], packed.second[part]])
                present = features >= 0
                sizes = np.where(present, self.codes.n_levels[features], 0) * (n_w * n_y)
                offsets = np.cumsum(sizes) - sizes
                out = np.empty(int(sizes.sum()))
                self._packed_tables(
                    part, lanes, n_w * n_y, offsets[: len(part)], offsets[len(part) :], out
                )
                self._sums_of(features[present], offsets[present], out, n_w, n_y, found)

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

    def _sparse_sums(
        self, features: NDArray[np.intp], z: Ints, n_w: int, n_y: int, found: Floats
    ) -> None:
        z_counts = self._counts_of(z, n_w * n_y)

        def work(features: NDArray[np.intp]) -> None:
            for part in _parts(features, self.codes.n_levels[features] * (n_w * n_y)):
                sizes = self.codes.n_levels[part] * (n_w * n_y)
                offsets, out = np.cumsum(sizes) - sizes, np.empty(int(sizes.sum()))
                self._sparse_tables(part, z, z_counts, offsets, out)
                self._sums_of(part, offsets, out, n_w, n_y, found)

        map_chunks(work, features, self.n_threads)

    def _sums_of(
        self, features: Ints, offsets: Ints, tables: Floats, n_w: int, n_y: int, found: Floats
    ) -> None:
        """Write the sums over the tables of these features to their rows of ``found``."""
        from sklearn_infotheory._kernels._joint_counts import sums_of_tables

        n_levels, sums = self.codes.n_levels[features], np.empty((len(features), 2))
        by_x = np.empty(int(n_levels.max()))
        sums_of_tables(tables, offsets, n_levels, n_w, n_y, self.n_log_n, by_x, sums)
        found[features] = sums

    def _plain_table(self, feature: int, z: NDArray[Any], n_z: int) -> Floats:
        """Count without packing, where a table has more cells than 16 bits can number."""
        levels = int(self.codes.n_levels[feature])
        return self._counts_of(
            z.astype(np.int64) * levels + self.codes.column(feature), n_z * levels
        )

    def _plain_sums(
        self, feature: int, w: NDArray[Any], y: NDArray[Any], n_y: int
    ) -> tuple[float, float]:
        """Count only the occupied cells, of which there may be few in a huge table."""
        coarse = w.astype(np.int64) * int(self.codes.n_levels[feature]) + self.codes.column(feature)
        sums = []
        for cells in (coarse * n_y + y, coarse):
            occupied, place = np.unique(cells, return_inverse=True)
            sums.append(sum_n_log_n(self._counts_of(place, len(occupied))))
        return sums[0], sums[1]

    def _counts_of(self, z: NDArray[Any], n_z: int) -> NDArray[np.float64]:
        weights = self.weights if self.weights.size else None
        return np.bincount(z, weights=weights, minlength=n_z).astype(np.float64)


def _parts(items: Ints, n_cells: Ints) -> list[Ints]:
    """Split the items so that the tables of a part stay small; one item at least in each."""
    return np.split(items, np.flatnonzero(np.diff(np.cumsum(n_cells) // _CELLS_AT_ONCE)) + 1)


@lru_cache(maxsize=8)
def n_log_n_table(length: int) -> NDArray[np.float64]:
    """Tabulate n log n of 0, 1, 2, ..., for the kernels to look up."""
    n = np.arange(length, dtype=np.float64)
    return n * np.log(np.maximum(n, 1))


def sum_n_log_n(counts: NDArray[np.float64]) -> float:
    """Sum n log n over the positive counts."""
    positive = counts[counts > 0]
    return float(positive @ np.log(positive))


@dataclass(frozen=True)
class _PackedColumns:
    """Pairs of code columns in 16-bit lanes; see ``_kernels/_joint_counts.py``."""

    words: NDArray[np.uint16]
    first: NDArray[np.int64]
    second: NDArray[np.int64]  # -1 where a column is alone
    n_first: NDArray[np.int64]
    n_second: NDArray[np.int64]
    row_of: NDArray[np.int64]  # of each feature
    place_of: NDArray[np.int64]  # 0 or 1 of each feature

    @property
    def n_cells(self) -> NDArray[np.int64]:
        return self.n_first * self.n_second

    def lanes(self, w: NDArray[Any], n_y: int, y: NDArray[Any] | int) -> NDArray[np.uint16]:
        """Bring w * n_y + y into 16-bit lanes, filled up with zeros to whole words."""
        lanes = np.zeros(self.words.shape[1], np.uint16)
        z = lanes[: len(w)]
        np.multiply(w, n_y, out=z, casting="unsafe", dtype=np.uint16)
        np.add(z, y, out=z, casting="unsafe", dtype=np.uint16)
        return lanes

    def members(self, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        """List the features in these rows."""
        second = self.second[rows]
        return np.concatenate([self.first[rows], second[second >= 0]])

    @classmethod
    def pack(cls, codes: DenseCodes, typical_condition: int, n_threads: int) -> _PackedColumns:
        """Pack neighbours whose table against a typical condition stays in the L1 cache."""
        from sklearn_infotheory._kernels._coding import pack_pairs

        most = min(_MAX_PAIR, _CELLS_IN_L1 // max(typical_condition, 1))
        first, second = _pair_up(codes.n_levels, most)
        n_first = codes.n_levels[first]
        n_second = np.where(second < 0, 1, codes.n_levels[np.maximum(second, 0)])
        n_words = -(-codes.n_samples // 4) * 4
        words = np.zeros((len(first), n_words), np.uint16)

        def work(rows: NDArray[np.int64]) -> None:
            packed = words[rows[0] : rows[-1] + 1]
            pack_pairs(codes.values, first[rows], second[rows], n_first[rows], packed)

        map_chunks(work, np.arange(len(first)), n_threads)
        row_of = np.empty(codes.n_features, np.int64)
        place_of = np.zeros(codes.n_features, np.int64)
        row_of[first] = np.arange(len(first))
        paired = second >= 0
        row_of[second[paired]] = np.flatnonzero(paired)
        place_of[second[paired]] = 1
        return cls(words, first, second, n_first, n_second, row_of, place_of)


def _pair_up(n_levels: NDArray[np.int64], most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair columns, sorted by their levels, whose product of levels is at most ``most``.

    A column of one level is never the second of a pair: the kernels take that for no second.
    """
    order = np.argsort(n_levels, kind="stable")
    first, second = [], []
    i = 0
    while i < len(order):
        a = order[i]
        b = order[i + 1] if i + 1 < len(order) else -1
        if b >= 0 and n_levels[b] > 1 and n_levels[a] * n_levels[b] <= most:
            i += 2
        else:
            b = -1
            i += 1
        first.append(a)
        second.append(b)
    return np.array(first, np.int64), np.array(second, np.int64)
