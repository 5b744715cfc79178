"""The cells of all columns: learned once on a reference, applied to every batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns._codebook import Codebook, Intervals
from sklearn_infotheory._columns._coder import columns_in_blocks, encode_columns
from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._columns._frames import open_table, slice_rows
from sklearn_infotheory._columns._kinds import (
    IN_WORDS,
    any_present,
    are_text,
    cell_names,
    column_kinds,
    names_with_outer_cells,
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
    values : dict from int to ndarray
        The values of those columns of which more than cells is counted.
    """

    rows: slice
    codes: NDArray[np.uint8]
    levels: dict[int, Occurrences] = field(default_factory=dict)
    values: dict[int, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Encoding:
    """How a chunk is encoded, see ``ColumnCells.encode_in_chunks``."""

    weights: Weights
    n_threads: int
    problems: dict[int, str]
    go_on: bool
    summarize: Callable[[int, Any, Weights], Any] | None


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
    by_value : tuple of int
        Columns of numbers of which extremes and repetitions are counted besides.
    """

    names: tuple[str, ...]
    codebooks: tuple[Codebook, ...]
    kinds: tuple[str, ...]
    coarse: tuple[tuple[int, ...], ...] = ()
    by_level: tuple[int, ...] = ()
    by_value: tuple[int, ...] = ()

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
        book, kind = self.codebooks[feature], self.kinds[feature]
        if isinstance(book, Intervals):
            return names_with_outer_cells(book, kind)
        return cell_names(book, kind)

    def encode(self, X: Any, n_threads: int) -> NDArray[np.uint8]:
        """Code some rows of X: one row of codes for each column."""
        self._raise(self._problems(X))
        return encode_columns(open_table(X, self.are_categories), self.codebooks, n_threads)

    def encode_in_chunks(
        self,
        X: Any,
        weights: Weights,
        n_threads: int,
        broken: dict[int, str] | None = None,
        summarize: Callable[[int, Any, Weights], Any] | None = None,
    ) -> Iterator[EncodedChunk]:
        """Code X chunk by chunk, and count levels.

        Parameters
        ----------
        broken : dict from int to str, or None
            Receives the columns that cannot be read, and why; None to raise then.
        summarize : callable or None
            What is wanted of the columns of ``by_value``: called with column, values and weights.
        """
        n_samples = X.shape[0]
        for start in range(0, n_samples, ROWS_OF_A_CHUNK):
            rows = slice(start, min(start + ROWS_OF_A_CHUNK, n_samples))
            part = slice_rows(X, rows)
            problems = self._problems(part, start)
            of_rows = None if weights is None else weights[rows]
            how = _Encoding(of_rows, n_threads, problems, broken is not None, summarize)
            yield self._encode_chunk(part, rows, how)
            if broken is not None:
                broken.update(problems)

    def _encode_chunk(self, X: Any, rows: slice, how: _Encoding) -> EncodedChunk:
        """Code a chunk; columns that have problems get any code, if it goes on."""
        problems = how.problems
        if not how.go_on:
            self._raise(problems)
        table = open_table(X, self.are_categories)
        codes = np.zeros((table.n_features, table.n_samples), np.uint8)
        levels: dict[int, Occurrences] = {}
        values: dict[int, Any] = {}

        def encode(j: int, column: Column) -> None:
            codes[j] = self.codebooks[j].encode(column)
            if j in self.by_level:
                levels[j] = count_levels(column, how.weights)
            elif how.summarize is not None and j in self.by_value:
                values[j] = how.summarize(j, np.asarray(column.values, np.float64), how.weights)

        def work(features: NDArray[np.intp]) -> None:
            for j, column in columns_in_blocks(table, features):
                encode(int(j), column)

        def work_with_problems(features: NDArray[np.intp]) -> None:
            for j in features.tolist():
                try:
                    if j not in problems:
                        encode(j, table.column(j))
                except (ValueError, TypeError) as error:
                    problems[j] = str(error)

        features = np.arange(table.n_features)
        map_chunks(work_with_problems if how.go_on else work, features, how.n_threads)
        return EncodedChunk(rows, codes, levels, values)

    def _raise(self, problems: dict[int, str]) -> None:
        for problem in problems.values():
            raise ValueError(problem)

    def _problems(self, X: Any, first_row: int = 0) -> dict[int, str]:
        """Say which columns hold dates where others were expected, or the reverse; or text.

        As numbers, dates would fall into some bin. A column without any value may have any dtype.
        """
        problems = {}
        for j, (got, is_text) in enumerate(zip(column_kinds(X), are_text(X), strict=True)):
            was, now = IN_WORDS[self.kinds[j]], IN_WORDS[got]
            if was == now and is_text and not self.codebooks[j].is_category:
                was, now = "numbers", f"text{_first_text(X, j, first_row, float)}"
            if was == now or not any_present(X, j):
                continue
            if was == IN_WORDS["date"] and is_text:
                now = f"text{_first_text(X, j, first_row, np.datetime64)}"
            problems[j] = (
                f"Column {self.names[j]!r} held {was} in the reference, and now holds {now}. "
                "Convert it to what it was, or fit the reference again."
            )
        return problems


def _first_text(X: Any, feature: int, first_row: int, read: Callable[[str], object]) -> str:
    """Name the first text that cannot be read as what is expected, and its row; else the first."""
    column = nw.from_native(X, eager_only=True).to_numpy()[:, feature].tolist()
    texts = [(row, value) for row, value in enumerate(column) if isinstance(value, str)]
    if not texts:
        return ""
    row, value = next((pair for pair in texts if not _can(read, pair[1])), texts[0])
    return f", such as {value[:40]!r} in row {row + first_row} (counted from 0)"


def _can(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True
