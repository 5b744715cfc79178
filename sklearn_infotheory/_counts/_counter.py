"""Counts of columns, of pairs of columns and with a target: all that is kept of data."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._counts._level_counts import LevelCounts
from sklearn_infotheory._counts._value_summary import ValuesOfBatch, ValueSummary
from sklearn_infotheory._threads import map_chunks
from sklearn_infotheory._types import Floats, Weights

MAX_PAIRS = 4950  # all pairs of 100 columns
_NO_WEIGHTS = np.empty(0)

Codes = NDArray[np.unsignedinteger]
T = TypeVar("T", LevelCounts, ValueSummary)
Levels = Mapping[int, LevelCounts]  # of some columns


@dataclass(frozen=True)
class Counts:
    """Counts of cells, or sums of weights.

    Attributes
    ----------
    n_samples : float
    features : list of ndarray of shape (n_cells,)
        One per column.
    pairs : list of ndarray of shape (n_coarse, n_coarse)
        One per pair of columns, in the order of ``pairs_of``; empty if pairs are not counted.
    label : ndarray or None
        Counts of the cells of y.
    concept : list of ndarray of shape (n_cells, n_cells of y)
        For each column, its table with y; empty without y.
    levels : mapping from int to LevelCounts
        All levels of those columns whose cells do not tell all levels apart.
    label_levels : LevelCounts or None
        The same of y.
    values : mapping from int to ValueSummary
        Extremes and repetitions of those columns of numbers of which they are counted.
    batch_values : mapping from int to ValuesOfBatch
        The same of a batch, beside its reference.
    squares : Counts or None
        Sums of the squares of weights that are no repetitions; None where they are, or are one.
    n_rows : float
        Number of rows with such weights; else 0.
    """

    n_samples: float
    features: list[Floats]
    pairs: list[Floats]
    label: Floats | None
    concept: list[Floats]
    levels: Levels = field(default_factory=dict)
    label_levels: LevelCounts | None = None
    squares: Counts | None = None
    n_rows: float = 0.0
    values: Mapping[int, ValueSummary] = field(default_factory=dict)
    batch_values: Mapping[int, ValuesOfBatch] = field(default_factory=dict)

    def __add__(self, other: Counts) -> Counts:
        label = None
        if self.label is not None and other.label is not None:
            label = self.label + other.label
        return Counts(
            self.n_samples + other.n_samples,
            _sum(self.features, other.features),
            _sum(self.pairs, other.pairs),
            label,
            _sum(self.concept, other.concept),
            _sum_by_column(self.levels, other.levels),
            _sum_optional(self.label_levels, other.label_levels),
            self._sum_squares(other),
            self.n_rows + other.n_rows,
            _sum_by_column(self.values, other.values),
        )

    def _sum_squares(self, other: Counts) -> Counts | None:
        if self.squares is None and other.squares is None:
            return None
        return self.of_squares + other.of_squares

    def without(self, features: Container[int]) -> Counts:
        """Return the counts of a batch that lacks some columns."""
        if self.squares is not None:
            return replace(replace(self, squares=None).without(features),
                           squares=self.squares.without(features))  # fmt: skip
        first, second = pairs_of(len(self.features))
        pairs = zip(self.pairs, first.tolist(), second.tolist(), strict=False)
        return replace(
            self,
            features=[_nothing_of(c, j in features) for j, c in enumerate(self.features)],
            pairs=[_nothing_of(c, i in features or j in features) for c, i, j in pairs],
            concept=[_nothing_of(c, j in features) for j, c in enumerate(self.concept)],
            levels={j: c for j, c in self.levels.items() if j not in features},
            batch_values={j: c for j, c in self.batch_values.items() if j not in features},
        )

    @property
    def of_squares(self) -> Counts:
        """Sums of squared weights; of weights that are one, their sums."""
        return replace(self, squares=None) if self.squares is None else self.squares


def _sum(ours: list[Floats], others: list[Floats]) -> list[Floats]:
    return [a + b for a, b in zip(ours, others, strict=True)]


def _nothing_of(counts: Floats, is_missing: bool) -> Floats:
    return np.zeros_like(counts) if is_missing else counts


def _sum_by_column(ours: Mapping[int, T], others: Mapping[int, T]) -> Mapping[int, T]:
    if not ours or not others:  # those of no rows
        return ours or others
    return {j: ours[j] + others[j] for j in ours}


def _sum_optional(ours: LevelCounts | None, others: LevelCounts | None) -> LevelCounts | None:
    return others if ours is None else ours if others is None else ours + others


def pairs_of(n_features: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the pairs of columns to count: all, or for many columns those nearest to each other."""
    if n_features * (n_features - 1) // 2 <= MAX_PAIRS:
        first, second = np.triu_indices(n_features, 1)
        return first.astype(np.int64), second.astype(np.int64)
    reach = max(MAX_PAIRS // n_features, 1)
    first = np.repeat(np.arange(n_features), reach)
    second = first + np.tile(np.arange(1, reach + 1), n_features)
    return first[second < n_features], second[second < n_features]


class Counter:
    """Adds up counts of chunks of codes.

    Parameters
    ----------
    n_cells : ndarray of int64 of shape (n_features,)
    coarse : sequence of sequence of int, default=()
        For each column, the coarse cell of each cell; empty if pairs are not to be counted.
    n_label_cells : int, default=0
        Number of cells of y; 0 if it is not to be counted.
    n_threads : int, default=1
    """

    def __init__(
        self,
        n_cells: NDArray[np.int64],
        coarse: Sequence[Sequence[int]] = (),
        n_label_cells: int = 0,
        n_threads: int = 1,
    ) -> None:
        self._n_threads = n_threads
        self._n_samples = 0.0
        self._levels: dict[int, LevelCounts] = {}
        self._label_levels: LevelCounts | None = None
        self._features = [np.zeros(n) for n in n_cells]
        self._coarse = [np.array(cells, np.uint8) for cells in coarse]
        self._pairs = self._concept = None
        if coarse:
            self._pairs = _PairTables(*pairs_of(len(coarse)), count_coarse(coarse))
        if n_label_cells:
            n = len(n_cells)
            levels = np.append(n_cells, n_label_cells)
            self._concept = _PairTables(np.arange(n), np.full(n, n), levels)
            self._label = np.zeros(n_label_cells)

    def add(self, codes: Codes, label: Codes | None, weights: Weights) -> None:
        """Count the columns of ``codes``, one row each."""
        self._n_samples += codes.shape[1] if weights is None else float(weights.sum())

        def count(features: NDArray[np.intp]) -> None:
            for j in features:
                counts = self._features[j]
                counts += np.bincount(codes[j], weights, minlength=len(counts))

        map_chunks(count, np.arange(len(codes)), self._n_threads)
        if self._pairs is not None:
            self._pairs.add(self._coarsely(codes), weights, self._n_threads)
        if self._concept is not None and label is not None:
            self._label += np.bincount(label, weights, minlength=len(self._label))
            self._concept.add(np.vstack([codes, label]), weights, self._n_threads)

    def add_levels(self, levels: Levels, label: LevelCounts | None = None) -> None:
        """Add the levels of columns, and of y, which are counted where values are seen."""
        for j, counts in levels.items():
            self._levels[j] = self._levels[j] + counts if j in self._levels else counts
        self._label_levels = _sum_optional(self._label_levels, label)

    def _coarsely(self, codes: Codes) -> NDArray[np.uint8]:
        """Turn codes into those of the coarse cells."""
        coarse = np.empty(codes.shape, np.uint8)
        for j, cells in enumerate(self._coarse):
            np.take(cells, codes[j], out=coarse[j])
        return coarse

    def counts(self) -> Counts:
        """Return what was counted."""
        labelled = self._concept is not None
        return Counts(
            self._n_samples,
            self._features,
            [] if self._pairs is None else self._pairs.tables(),
            self._label if labelled else None,
            self._concept.tables() if self._concept is not None else [],
            self._levels,
            self._label_levels,
        )


def count_coarse(coarse: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """Return the number of coarse cells of each column."""
    return np.array([max(cells) + 1 for cells in coarse], np.int64)


class _PairTables:
    """Tables of pairs of columns, laid end to end."""

    def __init__(
        self, first: NDArray[np.int64], second: NDArray[np.int64], n_levels: NDArray[np.int64]
    ) -> None:
        self._first, self._second, self._n_levels = first, second, n_levels
        sizes = n_levels[first] * n_levels[second]
        self._offsets = np.cumsum(sizes) - sizes
        self._counts = np.zeros(int(sizes.sum()))

    def add(self, codes: NDArray[np.uint8], weights: Weights, n_threads: int) -> None:
        from sklearn_infotheory._kernels._pair_counts import count_pairs

        weights = _NO_WEIGHTS if weights is None else weights

        def work(pairs: NDArray[np.intp]) -> None:
            columns, levels = (self._first[pairs], self._second[pairs]), self._n_levels
            count_pairs(codes, *columns, levels, self._offsets[pairs], weights, self._counts)

        map_chunks(work, np.arange(len(self._first)), n_threads)

    def tables(self) -> list[Floats]:
        shapes = zip(
            self._n_levels[self._first].tolist(),
            self._n_levels[self._second].tolist(),
            strict=True,
        )
        return [
            self._counts[start : start + a * b].reshape(a, b)
            for start, (a, b) in zip(self._offsets.tolist(), shapes, strict=True)
        ]
