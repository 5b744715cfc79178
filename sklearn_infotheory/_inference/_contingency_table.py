"""Counts of two discrete variables, in strata of a third one, and the test of independence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import kl_div

from sklearn_infotheory._columns._frames import of_positive_weight
from sklearn_infotheory._counts import n_log_n_table
from sklearn_infotheory._inference._independence_tests import (
    exact_two_by_two_p_values,
    g_test_p_values,
)
from sklearn_infotheory._types import Codes, Floats

_SPARSE = 4  # up to so many codes a sample, counting is faster than sorting


@dataclass(frozen=True)
class ContingencyTable:
    """Counts of two discrete variables x and y, in strata of a third one.

    Only what occurs is held, so that identifiers need no more room than other columns. No sum over
    it depends on the order of the rows, the names of the levels, or which variable is called x.

    Attributes
    ----------
    cells : ndarray of float64, shape (n_cells,)
        The count of each cell (x, y, stratum).
    margins : ndarray of float64, shape (3, n_cells)
        The counts of (x, stratum), of (y, stratum) and of the stratum of each cell.
    rows, columns, strata : ndarray of float64
        All counts of (x, stratum), of (y, stratum), and of strata.
    row_strata, column_strata : ndarray of int
        The stratum of each.
    n_levels : tuple of int
        How many levels x and y have, over all strata.
    """

    cells: Floats
    margins: Floats
    rows: Floats
    columns: Floats
    strata: Floats
    row_strata: Codes
    column_strata: Codes
    n_levels: tuple[int, int]

    @classmethod
    def from_codes(
        cls, x: ArrayLike, y: ArrayLike, z: ArrayLike | None = None, weights: Floats | None = None
    ) -> ContingencyTable:
        """Count codes (whole numbers, not negative); a weight of k counts as k repetitions."""
        x, y = np.asarray(x, np.intp), np.asarray(y, np.intp)
        z = np.zeros(len(x), np.intp) if z is None else np.asarray(z, np.intp)
        weights, *codes = of_positive_weight(weights, x, y, z)
        (n_x, x), (n_y, y), (n_z, z) = map(_numbered, codes)
        n_rows, row = _numbered(z * n_x + x)
        n_columns, column = _numbered(z * n_y + y)
        n_cells, cell = _numbered(row * n_y + y)
        rows, columns = sums_of(row, n_rows, weights), sums_of(column, n_columns, weights)
        strata, cells = sums_of(z, n_z, weights), sums_of(cell, n_cells, weights)
        of_cell = _one_of_each(cell, n_cells)
        margins = np.stack([rows[row[of_cell]], columns[column[of_cell]], strata[z[of_cell]]])
        order = np.lexsort((margins[0] * margins[1] / margins[2], cells))
        row_strata = z[_one_of_each(row, n_rows)]
        column_strata = z[_one_of_each(column, n_columns)]
        return cls(
            cells[order], margins[:, order], rows, columns, strata, row_strata, column_strata,
            (n_x, n_y),
        )  # fmt: skip

    @classmethod
    def from_table(cls, table: ArrayLike) -> ContingencyTable:
        """Take a table of counts, of shape (n_x, n_y) or (n_x, n_y, n_z)."""
        counts = np.asarray(table, np.float64)
        occupied = np.nonzero(counts)
        x, y, *z = occupied
        return cls.from_codes(x, y, z[0] if z else None, counts[occupied])

    @cached_property
    def n(self) -> float:
        """The number of samples, or the sum of their weights."""
        return float(np.sort(self.strata).sum())

    @cached_property
    def is_whole(self) -> bool:
        return not (self.cells % 1).any()

    @cached_property
    def expected(self) -> Floats:
        """What each cell would hold on average if x and y were independent in each stratum."""
        expected: Floats = self.margins[0] * self.margins[1] / self.margins[2]
        return expected

    @property
    def n_level_pairs(self) -> int:
        """How many cells there could be: pairs of levels that occur in one stratum."""
        return int(np.bincount(self.row_strata) @ np.bincount(self.column_strata))

    @property
    def is_degenerate(self) -> bool:
        """Whether x or y is constant in every stratum."""
        levels = np.minimum(np.bincount(self.row_strata), np.bincount(self.column_strata))
        return bool(levels.max() == 1)

    @cached_property
    def information(self) -> float:
        """The plug-in information in nats: not a difference of entropies, which would cancel."""
        # kl_div is x log(x / y) - x + y, which is never negative. Over all cells, - x + y adds up
        # to nothing; those that did not occur have y alone.
        terms = kl_div(self.cells, self.expected).sum()
        unseen = self.n - self.expected.sum() if self.n_level_pairs > len(self.cells) else 0.0
        return max(float(terms + unseen), 0.0) / self.n

    @cached_property
    def null_moments(self) -> tuple[float, float, float]:
        """Mean, variance and degrees of freedom of G under independence, the margins fixed."""
        from sklearn_infotheory._kernels._margin_moments import null_moments_of_margins

        # G adds up over strata, which are independent given their margins, and so do its moments.
        table = n_log_n_table(self.strata.max())
        rows = _distinct_margins(self.rows, self.row_strata)
        columns = _distinct_margins(self.columns, self.column_strata)
        out = np.empty((len(self.strata), 3))
        null_moments_of_margins(self.strata, *rows, *columns, table, out)
        mean, variance, freedom = np.sort(out, axis=0).sum(axis=0).tolist()
        return mean, variance, freedom

    @property
    def p_value(self) -> float:
        """Of independence in every stratum: exact of two by two levels, else of the G-test."""
        mean, variance, freedom = self.null_moments
        if freedom == 1 and self.is_whole and len(self.strata) == 1:
            # Every cell tells the whole table: one that does not depend on the names.
            cells = [(k, *sorted(m)) for k, m in zip(self.cells, self.margins[:2].T, strict=True)]
            k, r, c = (np.array([number]) for number in min(cells))
            return float(exact_two_by_two_p_values(k, self.n, r, c)[0])
        g = 2 * self.n * self.information
        g, mean, variance, freedom = np.array([g, mean, variance, freedom], float)[:, np.newaxis]
        return float(g_test_p_values(g, mean, variance, freedom)[0])


def sums_of(codes: Codes, n_codes: int, weights: Floats | None) -> Floats:
    """Sum the weights of each code, to the same bits for every order of the rows."""
    if weights is None:
        return np.bincount(codes, minlength=n_codes).astype(np.float64)
    if (weights % 1 != 0).any():  # sums of fractions depend on their order
        order = np.lexsort((weights, codes))
        codes, weights = codes[order], weights[order]
    return np.asarray(np.bincount(codes, weights, n_codes), np.float64)


def _numbered(codes: Codes) -> tuple[int, Codes]:
    """Number the codes that occur 0, 1, 2, ..., in their order."""
    if codes.max() > _SPARSE * len(codes):
        distinct, numbers = np.unique(codes, return_inverse=True)
        return len(distinct), numbers
    numbers = np.cumsum(np.bincount(codes) > 0) - 1
    return int(numbers[-1]) + 1, numbers[codes]


def _one_of_each(codes: Codes, n_codes: int) -> Codes:
    """Return a row of each code."""
    rows = np.empty(n_codes, np.intp)
    rows[codes] = np.arange(len(codes))
    return rows


def _distinct_margins(margins: Floats, strata: Codes) -> tuple[Floats, Floats, Codes]:
    """Return the distinct margins of each stratum, how often each occurs, where strata begin."""
    order = np.lexsort((margins, strata))
    margins, strata = margins[order], strata[order]
    is_new = np.append(True, (np.diff(margins) != 0) | (np.diff(strata) != 0))
    first = np.flatnonzero(is_new)
    times = np.diff(np.append(first, len(margins))).astype(np.float64)
    starts = np.searchsorted(strata[first], np.arange(strata[-1] + 2))
    return margins[first], times, starts
