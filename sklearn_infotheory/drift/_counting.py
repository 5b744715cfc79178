"""All that is kept of data: counts of cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns._frames import is_data_frame
from sklearn_infotheory._threads import map_chunks
from sklearn_infotheory._types import Weights
from sklearn_infotheory.drift._coding import Coding, pairs_of

ROWS_OF_A_CHUNK = 1 << 16  # codes of a chunk stay small, however long the batch is
_NO_WEIGHTS = np.empty(0)


@dataclass(frozen=True)
class Counts:
    """Counts of cells, or sums of weights.

    Attributes
    ----------
    n_samples : float
    features : list of ndarray of shape (n_cells,)
        One a column.
    pairs : list of ndarray of shape (n_coarse, n_coarse)
        One a pair of columns, in the order of ``pairs_of``; empty if pairs are not counted.
    label : ndarray or None
        Counts of the cells of y.
    concept : list of ndarray of shape (n_cells, n_cells of y)
        For each column, its table with y; empty without y.
    """

    n_samples: float
    features: list[NDArray[np.float64]]
    pairs: list[NDArray[np.float64]]
    label: NDArray[np.float64] | None
    concept: list[NDArray[np.float64]]

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
        )


def _sum(
    ours: list[NDArray[np.float64]], others: list[NDArray[np.float64]]
) -> list[NDArray[np.float64]]:
    return [a + b for a, b in zip(ours, others, strict=True)]


def count_batch(
    coding: Coding,
    X: Any,
    label_codes: NDArray[np.uint8] | None,
    weights: Weights,
    names: list[str],
    n_threads: int,
    *,
    with_pairs: bool,
) -> Counts:
    """Code and count X in chunks of rows."""
    counter = Counter(coding, n_threads, with_pairs, label_codes is not None)
    n_samples = X.shape[0]
    for start in range(0, n_samples, ROWS_OF_A_CHUNK):
        rows = slice(start, min(start + ROWS_OF_A_CHUNK, n_samples))
        codes = coding.encode(slice_rows(X, rows), names, n_threads)
        counter.add(codes, _part(label_codes, rows), _part(weights, rows))
    return counter.counts()


def slice_rows(X: Any, rows: slice) -> Any:
    """Return consecutive rows of an array or a frame, without a copy where possible."""
    if rows.start == 0 and rows.stop == X.shape[0]:
        return X
    if is_data_frame(X):
        return nw.from_native(X, eager_only=True)[rows].to_native()
    return X[rows]


def _part(values: Any, rows: slice) -> Any:
    return None if values is None else values[rows]


class Counter:
    """Adds up counts of chunks of codes.

    Parameters
    ----------
    coding : Coding
    n_threads : int
    with_pairs : bool
        Whether to count pairs of columns, if the coding has coarse cells.
    with_label : bool
    """

    def __init__(self, coding: Coding, n_threads: int, with_pairs: bool, with_label: bool) -> None:
        self._coding, self._n_threads = coding, n_threads
        self._n_samples = 0.0
        self._features = [np.zeros(n) for n in coding.n_cells]
        self._pairs = self._concept = None
        if with_pairs and coding.coarse:
            self._pairs = _PairTables(*pairs_of(len(coding.coarse)), coding.n_coarse)
        if with_label and coding.label is not None:
            n = len(coding.codebooks)
            levels = np.append(coding.n_cells, coding.label.n_cells)
            self._concept = _PairTables(np.arange(n), np.full(n, n), levels)
            self._label = np.zeros(coding.label.n_cells)

    def add(
        self, codes: NDArray[np.uint8], label: NDArray[np.uint8] | None, weights: Weights
    ) -> None:
        """Count the columns of ``codes``, one row each."""
        self._n_samples += codes.shape[1] if weights is None else float(weights.sum())

        def count(features: NDArray[np.intp]) -> None:
            for j in features:
                counts = self._features[j]
                counts += np.bincount(codes[j], weights, minlength=len(counts))

        map_chunks(count, np.arange(len(codes)), self._n_threads)
        if self._pairs is not None:
            self._pairs.add(self._coding.encode_coarsely(codes), weights, self._n_threads)
        if self._concept is not None and label is not None:
            self._label += np.bincount(label, weights, minlength=len(self._label))
            self._concept.add(np.vstack([codes, label]), weights, self._n_threads)

    def counts(self) -> Counts:
        """Return what was counted."""
        labelled = self._concept is not None
        return Counts(
            self._n_samples,
            self._features,
            [] if self._pairs is None else self._pairs.tables(),
            self._label if labelled else None,
            self._concept.tables() if self._concept is not None else [],
        )


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

    def tables(self) -> list[NDArray[np.float64]]:
        shapes = zip(
            self._n_levels[self._first].tolist(),
            self._n_levels[self._second].tolist(),
            strict=True,
        )
        return [
            self._counts[start : start + a * b].reshape(a, b)
            for start, (a, b) in zip(self._offsets.tolist(), shapes, strict=True)
        ]


def empty_counts(coding: Coding) -> Counts:
    """Return the counts of no rows."""
    return Counter(coding, 1, True, coding.label is not None).counts()
