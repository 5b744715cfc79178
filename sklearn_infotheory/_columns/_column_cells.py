"""The cells of all columns: learned once on a reference, applied to every batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns._codebook import Codebook
from sklearn_infotheory._columns._coder import columns_in_blocks, encode_columns
from sklearn_infotheory._columns._frames import open_table, slice_rows
from sklearn_infotheory._columns._kinds import (
    IN_WORDS,
    any_present,
    are_text,
    cell_names,
    column_kinds,
)
from sklearn_infotheory._columns._level_keys import Occurrences, count_levels
from sklearn_infotheory._threads import map_chunks
from sklearn_infotheory._types import Weights

ROWS_OF_A_CHUNK = 1 << 16  # codes of a chunk stay small, however long the batch is


@dataclass(frozen=True)
class EncodedChunk:
    """The cells of some rows.

    Attributes
    ----------
    rows : slice
    codes : ndarray of shape (n_features, n_rows)
    levels : dict from int to Occurrences
        All levels of those columns whose cells do not tell all levels apart.
    """

    rows: slice
    codes: NDArray[np.uint8]
    levels: dict[int, Occurrences] = field(default_factory=dict)


@dataclass(frozen=True)
class ColumnCells:
    """Codebooks of the columns, and the coarser cells in which pairs are counted.

    Attributes
    ----------
    names : tuple of str
    codebooks : tuple of Codebook
    kinds : tuple of str
        What was in each column: "value", "date" or "duration".
    coarse : tuple of tuple of int
        For each column, the coarse cell of each cell; empty if pairs are not counted.
    by_level : tuple of int
        Columns of categories not all of which have a cell: their levels are counted besides.
    """

    names: tuple[str, ...]
    codebooks: tuple[Codebook, ...]
    kinds: tuple[str, ...]
    coarse: tuple[tuple[int, ...], ...] = ()
    by_level: tuple[int, ...] = ()

    @property
    def n_cells(self) -> NDArray[np.int64]:
        """Number of cells of each column."""
        return np.array([book.n_cells for book in self.codebooks], np.int64)

    @property
    def are_categories(self) -> NDArray[np.bool_]:
        """Which columns are categories."""
        return np.array([book.is_category for book in self.codebooks], bool)

    def cell_names(self, feature: int) -> tuple[str, ...]:
        """Name the cells of a column; those of dates and durations by what these are."""
        return cell_names(self.codebooks[feature], self.kinds[feature])

    def encode(self, X: Any, n_threads: int) -> NDArray[np.uint8]:
        """Code some rows of X: one row of codes for each column."""
        self._check_kinds(X)
        return encode_columns(open_table(X, self.are_categories), self.codebooks, n_threads)

    def encode_in_chunks(self, X: Any, weights: Weights, n_threads: int) -> Iterator[EncodedChunk]:
        """Code X chunk by chunk, and count levels."""
        n_samples = X.shape[0]
        for start in range(0, n_samples, ROWS_OF_A_CHUNK):
            rows = slice(start, min(start + ROWS_OF_A_CHUNK, n_samples))
            part = slice_rows(X, rows)
            self._check_kinds(part)
            of_rows = None if weights is None else weights[rows]
            yield self._encode_chunk(part, rows, of_rows, n_threads)

    def _encode_chunk(self, X: Any, rows: slice, weights: Weights, n_threads: int) -> EncodedChunk:
        table = open_table(X, self.are_categories)
        codes = np.empty((table.n_features, table.n_samples), np.uint8)
        levels: dict[int, Occurrences] = {}

        def work(features: NDArray[np.intp]) -> None:
            for j, column in columns_in_blocks(table, features):
                codes[j] = self.codebooks[j].encode(column)
                if j in self.by_level:
                    levels[int(j)] = count_levels(column, weights)

        map_chunks(work, np.arange(table.n_features), n_threads)
        return EncodedChunk(rows, codes, levels)

    def _check_kinds(self, X: Any) -> None:
        """Raise where dates were expected and something else came, or the reverse; or text.

        As numbers, dates would fall into some bin. A column without any value may have any dtype.
        """
        for j, (got, is_text) in enumerate(zip(column_kinds(X), are_text(X), strict=True)):
            was, now = IN_WORDS[self.kinds[j]], IN_WORDS[got]
            if was == now and is_text and not self.codebooks[j].is_category:
                was, now = "numbers", "text"
            if was == now or not any_present(X, j):
                continue
            raise ValueError(
                f"Column {self.names[j]!r} held {was} in the reference, and now holds {now}. "
                "Convert it to what it was, or fit the reference again."
            )
