"""Rows of equal condition, numbered so that they can be numbered alike in all parts of the data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._types import Ints

CELLS_A_SAMPLE = 16  # beyond them, only the occupied cells are counted


@dataclass(frozen=True)
class Marks:
    """Which bits some, and which all, values of y have in each cell; parts are joined by ``+``."""

    some: NDArray[np.int32]
    all: NDArray[np.int32]

    def __add__(self, other: Marks) -> Marks:
        return Marks(self.some | other.some, self.all & other.all)

    def numbers(self) -> NDArray[np.int32]:
        """Number the cells in which y takes more than one value; -1 for all others."""
        is_mixed = (self.some != self.all) & (self.all >= 0)
        return np.where(is_mixed, np.cumsum(is_mixed) - 1, -1).astype(np.int32)


@dataclass(frozen=True)
class Strata:
    """Samples labelled by what the picked features say.

    A stratum in which y takes one value tells nothing of y: its rows are left out.

    Attributes
    ----------
    rows : ndarray of uint32
        The rows that are left.
    labels : ndarray of int32
        The stratum of each, 0 .. n_strata - 1.
    n_strata : int
    """

    rows: NDArray[np.uint32]
    labels: NDArray[np.int32]
    n_strata: int

    @classmethod
    def whole(cls, rows: NDArray[Any]) -> Strata:
        """Return one stratum of these rows."""
        return cls(rows.astype(np.uint32), np.zeros(len(rows), np.int32), 1)

    def takes_much_room(self, n_cells: int) -> bool:
        """Whether tables of so many cells, one for each stratum, have far more cells than rows."""
        return self.n_strata * n_cells > CELLS_A_SAMPLE * len(self.rows)

    @cached_property
    def in_order(self) -> tuple[NDArray[np.uint32], Ints]:
        """The rows of one stratum after the other, and where each begins, with the last end."""
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.labels, minlength=self.n_strata))])
        return self.rows[np.argsort(self.labels, kind="stable")], starts

    def refine(self, codes: NDArray[np.uint8], n_levels: int, y: NDArray[np.uint16]) -> Strata:
        """Split every stratum by one more column."""
        if self.takes_much_room(n_levels):
            strata, codes = self._of_occupied_cells(codes, n_levels)
            n_levels = 1
        else:
            strata = self
        return strata.relabel(codes, n_levels, strata.mark(codes, n_levels, y).numbers())

    def _of_occupied_cells(
        self, codes: NDArray[np.uint8], n_levels: int
    ) -> tuple[Strata, NDArray[np.uint8]]:
        """Number the cells that occur, and have no other condition left."""
        cells = self.labels.astype(np.int64) * n_levels + codes[self.rows]
        occupied, labels = np.unique(cells, return_inverse=True)
        return Strata(self.rows, labels.astype(np.int32), len(occupied)), np.zeros_like(codes)

    def mark(self, codes: NDArray[np.uint8], n_levels: int, y: NDArray[np.uint16]) -> Marks:
        """Look in which strata and levels y takes more than one value."""
        from sklearn_infotheory._kernels._strata import mark_strata

        some = np.zeros(self.n_strata * n_levels, np.int32)
        marks = Marks(some, ~some)
        mark_strata(self.rows, self.labels, codes, n_levels, y, marks.some, marks.all)
        return marks

    def relabel(
        self, codes: NDArray[np.uint8], n_levels: int, numbers: NDArray[np.int32]
    ) -> Strata:
        """Label the rows by these numbers of their stratum and level; -1 leaves them out."""
        from sklearn_infotheory._kernels._strata import relabel_rows

        rows, labels = np.empty_like(self.rows), np.empty_like(self.labels)
        n_rows = relabel_rows(self.rows, self.labels, codes, n_levels, numbers, rows, labels)
        return Strata(rows[:n_rows], labels[:n_rows], int(numbers.max(initial=-1)) + 1)
