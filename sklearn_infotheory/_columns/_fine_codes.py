"""Codes of columns as fine as scores need them, made when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns._codebook import Codebook, Intervals
from sklearn_infotheory._columns._codes import DenseCodes, SparseCodes
from sklearn_infotheory._columns._frames import Table

_MOST_BYTES = 1 << 27  # of codes that are kept


@dataclass(frozen=True)
class FineColumn:
    """One column in codes of a byte.

    Attributes
    ----------
    codes : ndarray of uint8 of shape (n_samples,)
    n_levels : int
    is_category : bool
        Whether the order of the levels means nothing.
    missing : int
        The level of missing values, whether there are any or not.
    """

    codes: NDArray[np.uint8]
    n_levels: int
    is_category: bool
    missing: int


@dataclass(frozen=True)
class FineCodes:
    """The columns of X, in their cells or in finer bins.

    Parameters
    ----------
    table : Table or None
        Where values are read for the finer bins; None if there are no finer bins.
    codes : DenseCodes or SparseCodes
    codebooks : sequence of Codebook
    fine_bins : dict of int to Intervals
    """

    table: Table | None
    codes: DenseCodes | SparseCodes
    codebooks: Sequence[Codebook]
    fine_bins: dict[int, Intervals]
    _kept: dict[int, FineColumn] = field(default_factory=dict)

    def column(self, feature: int) -> FineColumn:
        """Code a column, or return it as it was coded before."""
        if feature not in self._kept:
            if len(self._kept) >= max(_MOST_BYTES // max(self.codes.n_samples, 1), 1):
                del self._kept[next(iter(self._kept))]
            self._kept[feature] = self._code(feature)
        return self._kept[feature]

    def _code(self, feature: int) -> FineColumn:
        book: Any = self.fine_bins.get(feature)
        if book is None or self.table is None:
            book, codes = self.codebooks[feature], self.codes.column(feature)
        else:
            codes = book.encode(self.table.column(feature))
        return FineColumn(codes, book.n_cells, book.is_category, book.missing_code)
