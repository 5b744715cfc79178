"""How columns become cells: learned once on the reference, applied to every batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns import Codebook
from sklearn_infotheory._columns._coder import encode_columns
from sklearn_infotheory._columns._frames import open_table
from sklearn_infotheory._columns._kinds import (
    IN_WORDS,
    any_present,
    are_text,
    cell_names,
    column_kinds,
)

if TYPE_CHECKING:
    from sklearn_infotheory.drift._label import LabelCells

MAX_PAIRS = 4950  # all pairs of 100 columns


@dataclass(frozen=True)
class Coding:
    """Codebooks of the columns, and the coarser cells in which pairs are counted.

    Attributes
    ----------
    codebooks : tuple of Codebook
    kinds : tuple of str
        What was in each column: "value", "date" or "duration".
    coarse : tuple of tuple of int
        For each column, the coarse cell of each cell; empty if pairs are not counted.
    label : LabelCells or None
        How y is coded.
    """

    codebooks: tuple[Codebook, ...]
    kinds: tuple[str, ...]
    coarse: tuple[tuple[int, ...], ...] = ()
    label: LabelCells | None = None

    @property
    def n_coarse(self) -> NDArray[np.int64]:
        """Number of coarse cells of each column."""
        return np.array([max(cells) + 1 for cells in self.coarse], np.int64)

    @property
    def n_cells(self) -> NDArray[np.int64]:
        """Number of cells of each column."""
        return np.array([book.n_cells for book in self.codebooks], np.int64)

    def cell_names(self, feature: int) -> tuple[str, ...]:
        """Name the cells of a column; those of dates and durations by what these are."""
        return cell_names(self.codebooks[feature], self.kinds[feature])

    def encode(self, X: Any, names: list[str], n_threads: int) -> NDArray[np.uint8]:
        """Code some rows of X: one row of codes for each column."""
        self._check_kinds(X, names)
        categorical = np.array([book.is_category for book in self.codebooks])
        return encode_columns(open_table(X, categorical), self.codebooks, n_threads)

    def _check_kinds(self, X: Any, names: list[str]) -> None:
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
                f"Column {names[j]!r} held {was} in the reference, and now holds {now}. Convert "
                "it to what it was, or fit the reference again."
            )

    def encode_coarsely(self, codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Turn codes into those of the coarse cells."""
        coarse = np.empty_like(codes)
        for j, cells in enumerate(self.coarse):
            np.take(np.array(cells, np.uint8), codes[j], out=coarse[j])
        return coarse


def pairs_of(n_features: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the pairs of columns to count: all, or for many columns those nearest to each other."""
    if n_features * (n_features - 1) // 2 <= MAX_PAIRS:
        first, second = np.triu_indices(n_features, 1)
        return first.astype(np.int64), second.astype(np.int64)
    reach = max(MAX_PAIRS // n_features, 1)
    first = np.repeat(np.arange(n_features), reach)
    second = first + np.tile(np.arange(1, reach + 1), n_features)
    return first[second < n_features], second[second < n_features]
