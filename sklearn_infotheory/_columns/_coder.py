"""Learn the codebooks of all columns of X, and code X by them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sklearn_infotheory._columns._codebook import MAX_VALUES, Categories, Codebook, Intervals
from sklearn_infotheory._columns._codes import DenseCodes, SparseCodes
from sklearn_infotheory._columns._column import Column, column_of_array
from sklearn_infotheory._columns._frames import (
    Table,
    is_data_frame,
    numeric_array,
    open_table,
)
from sklearn_infotheory._columns._learning import (
    MAX_DISTINCT_KEPT,
    SAMPLES_A_DISTINCT_VALUE,
    BinStrategy,
    between_neighbours,
    learn_categories,
    learn_nested_bins,
)
from sklearn_infotheory._threads import map_chunks
from sklearn_infotheory._types import Weights

_COLUMNS_OF_A_BLOCK = 8  # a row of so many doubles is one cache line
_MOST_POOLED = 0.1  # of the rows, before that is worth a warning
_ROUNDING = 1e-12  # a smaller share of the sum of the weights is what rounding leaves of nothing


@dataclass
class ColumnCoder:
    """Learns one codebook a column.

    Parameters
    ----------
    n_bins : int
        The most bins a numeric column gets.
    strategy : {"quantile", "uniform"}
        Bins of equal count, or of equal width.
    categorical : ndarray of bool or None
        Which columns are categories; None lets the dtypes decide.
    n_threads : int
    n_fine : int or None
        If given, finer bins of numeric columns are learned as well, for their scores.

    Attributes
    ----------
    codebooks : list of Codebook
    fine_bins : dict of int to Intervals
        The finer bins, of the columns that have some.
    """

    n_bins: int
    strategy: BinStrategy = "quantile"
    categorical: NDArray[np.bool_] | None = None
    n_threads: int = 1
    n_fine: int | None = None
    codebooks: list[Codebook] = field(default_factory=list)
    fine_bins: dict[int, Intervals] = field(default_factory=dict)

    def fit_encode(self, X: Any, weights: Weights = None) -> DenseCodes | SparseCodes:
        """Learn the codebooks, and return the codes of X."""
        if sp.issparse(X):
            return self._fit_encode_sparse(X, weights)
        if not is_data_frame(X) and X.dtype.kind in "iu" and self.categorical is None:
            return self._fit_encode_integers(
                X.astype(X.dtype.newbyteorder("="), copy=False), weights
            )
        table = open_table(X, self.categorical)
        codes = np.empty((table.n_features, table.n_samples), np.uint8)
        self._learn_and_encode(table, range(table.n_features), weights, codes)
        return DenseCodes(codes, _count_levels(codes))

    def encode(self, X: Any) -> DenseCodes:
        """Code a dense X by the codebooks learned before."""
        table = open_table(X, self.categorical)
        codes = encode_columns(table, self.codebooks, self.n_threads)
        return DenseCodes(codes, np.array([book.n_cells for book in self.codebooks]))

    def _learn(self, column: Column, weights: Weights, feature: int) -> Codebook:
        if column.is_category:
            return learn_categories(column, weights)
        values = column.values
        if column.missing is not None:
            present = ~column.missing
            values, weights = values[present], None if weights is None else weights[present]
        bins, fine = learn_nested_bins(values, weights, self.n_bins, self.n_fine, self.strategy)
        if fine is not None:
            self.fine_bins[feature] = fine
        return bins

    def _learn_and_encode(
        self, table: Table, features: Sequence[int], weights: Weights, codes: NDArray[np.uint8]
    ) -> None:
        """Fill the rows of ``codes`` and the codebooks of ``features``."""
        self.codebooks = self.codebooks or [Intervals(())] * table.n_features

        pooled: dict[str, float] = {}

        def work(chunk: NDArray[np.intp]) -> None:
            for j, column in columns_in_blocks(table, chunk):
                book = self._learn(column, weights, int(j))
                codes[j] = book.encode(column)
                self.codebooks[j] = book
                if isinstance(book, Categories) and book.is_full:
                    pooled[column.name] = float(
                        np.average(codes[j] == book.other_code, weights=weights)
                    )

        map_chunks(work, np.asarray(features, np.intp), self.n_threads)
        warn_of_pooled(pooled)

    def _fit_encode_integers(self, X: NDArray[Any], weights: Weights) -> DenseCodes:
        """Code an integer array; columns of few small values are read in one pass."""
        from sklearn_infotheory._kernels._coding import transpose_small_integers

        n_samples, n_features = X.shape
        words = np.empty((n_features, -(-n_samples // 8)), np.uint64)
        present, union = np.zeros((2, n_features), np.uint64)
        transpose_small_integers(X, words, present, union)
        codes = np.ascontiguousarray(words.view(np.uint8)[:, :n_samples])
        most = min(MAX_DISTINCT_KEPT, max(self.n_bins, n_samples // SAMPLES_A_DISTINCT_VALUE))
        self.codebooks = [Intervals(())] * n_features
        n_levels = np.empty(n_features, np.int64)
        others: list[int] = []
        books: dict[int, tuple[Intervals, NDArray[np.float64]]] = {}
        for j, (mask, highest) in enumerate(zip(present.tolist(), union.tolist(), strict=True)):
            if weights is not None or highest > 63 or mask.bit_count() > most:
                others.append(j)
                continue
            if mask not in books:
                values = np.array([v for v in range(64) if mask >> v & 1], np.float64)
                books[mask] = Intervals(between_neighbours(values)), values
            self.codebooks[j], values = books[mask]
            n_levels[j] = len(values)
            if values[-1] >= len(values):
                codes[j] = np.searchsorted(values, np.arange(64)).astype(np.uint8)[codes[j]]
        if others:
            self._learn_and_encode(open_table(X, None), others, weights, codes)
            n_levels[others] = _count_levels(codes[others])
        return DenseCodes(codes, n_levels)

    def _fit_encode_sparse(self, X: Any, weights: Weights) -> SparseCodes:
        """Code the stored entries of a sparse matrix; zeros enter the codebook by their number."""
        if self.categorical is not None and self.categorical.any():
            raise ValueError(
                "A sparse X holds counts or other numbers, and cannot have categorical_features. "
                "Use categorical_features=None, or pass a dense array or a data frame."
            )
        X = X.tocsc()
        if not X.has_canonical_format:
            X = X.copy()
            X.sum_duplicates()
        values = np.empty(X.nnz, np.uint8)
        unstored = np.empty(X.shape[1], np.uint8)
        n_levels = np.empty(X.shape[1], np.int64)
        total = float(X.shape[0]) if weights is None else float(weights.sum())
        for j in range(X.shape[1]):
            stored = slice(X.indptr[j], X.indptr[j + 1])
            entries = np.asarray(X.data[stored], np.float64)
            counts = np.ones(len(entries)) if weights is None else weights[X.indices[stored]]
            zero = total - counts.sum()
            if zero < _ROUNDING * total:
                zero = 0.0
            with_zero = Column(np.append(entries, 0.0))
            book = self._learn(with_zero, np.append(counts, zero), j)
            self.codebooks.append(book)
            coded = book.encode(with_zero)
            values[stored], unstored[j] = coded[:-1], coded[-1]
            n_levels[j] = coded.max() + 1
        indptr, indices = X.indptr.astype(np.int64), X.indices.astype(np.int64)
        return SparseCodes(indptr, indices, values, unstored, n_levels, X.shape[0])


def warn_of_pooled(shares: dict[str, float]) -> None:
    """Warn of columns of so many categories that the rarer ones, pooled, are many rows."""
    found = {name: share for name, share in sorted(shares.items()) if share > _MOST_POOLED}
    if found:
        listed = ", ".join(f"{name} ({share:.0%})" for name, share in found.items())
        warnings.warn(
            f"Only the {MAX_VALUES} most frequent categories of a column have a cell of their own. "
            f"The others are one cell, which holds more than a tenth of the rows of {listed}. "
            "Group the categories first, for instance by EntropyDiscretizer, or drop the column if "
            "it is an identifier.",
            UserWarning,
            stacklevel=2,
        )


def _count_levels(codes: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Count levels up to the last cell that some sample is in."""
    return codes.max(axis=1, initial=0).astype(np.int64) + 1


def encode_columns(
    table: Table, codebooks: Sequence[Codebook], n_threads: int
) -> NDArray[np.uint8]:
    """Code all columns by codebooks: one row of codes for each."""
    codes = np.empty((table.n_features, table.n_samples), np.uint8)

    def work(features: NDArray[np.intp]) -> None:
        for j, column in columns_in_blocks(table, features):
            codes[j] = codebooks[j].encode(column)

    map_chunks(work, np.arange(table.n_features), n_threads)
    return codes


def columns_in_blocks(table: Table, features: NDArray[np.intp]) -> Any:
    """Yield (feature, column), copying a few columns of a row-major array at a time."""
    array = numeric_array(table)
    if array is None or array.flags.f_contiguous:
        for j in features:
            yield j, table.column(j)
        return
    for start in range(0, len(features), _COLUMNS_OF_A_BLOCK):
        block = features[start : start + _COLUMNS_OF_A_BLOCK]
        adjacent = block[-1] - block[0] == len(block) - 1
        part = array[:, block[0] : block[-1] + 1] if adjacent else array[:, block]
        decided = table.categorical
        is_wide = array.dtype.kind in "iu" and array.dtype.itemsize == 8  # and may be beyond 2**53
        as_floats = (decided is None or not decided[block].any()) and not is_wide
        dtype = np.float64 if as_floats else None
        for j, values in zip(block, np.array(part.T, dtype=dtype, order="C"), strict=True):
            is_category = None if decided is None else bool(decided[j])
            yield j, column_of_array(values, is_category, f"column {j}")
