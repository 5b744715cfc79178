"""The values of columns with what is missing marked, read one column after the other on threads."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklearn_infotheory._columns._coder import columns_in_blocks
from sklearn_infotheory._columns._frames import Table
from sklearn_infotheory._threads import map_chunks


@dataclass(frozen=True)
class Values:
    """The values of a column, and where they are missing (None where nowhere)."""

    values: NDArray[Any]
    is_category: bool
    missing: NDArray[np.bool_] | None

    def take(self, rows: Any) -> Values:
        """Return some of the rows."""
        missing = None if self.missing is None else self.missing[rows]
        if missing is not None and not missing.any():
            missing = None
        return Values(self.values[rows], self.is_category, missing)


def find_missing(values: NDArray[Any], is_category: bool, name: str) -> Values:
    """Mark missing values, and raise for infinite ones."""
    if is_category:
        missing = pd.isna(values)
        return Values(values, True, missing if missing.any() else None)
    with np.errstate(over="ignore", invalid="ignore"):
        total = values.sum()
    if math.isfinite(total):  # the quick way: any NaN or infinity would show in the sum
        return Values(values, False, None)
    if np.isinf(values).any():
        raise ValueError(
            f"Input X contains infinity or a value too large for dtype('float64'), in {name}. "
            "Replace it by a finite number, or by a missing value."
        )
    missing = np.isnan(values)
    return Values(values, False, missing if missing.any() else None)


@dataclass(frozen=True)
class Columns:
    """The columns of X, read one after the other.

    Attributes
    ----------
    table : Table
    names : list of str
        What error messages call the columns.
    """

    table: Table
    names: list[str]

    def read(self, features: NDArray[np.intp]) -> Iterator[tuple[int, Values]]:
        """Yield features with their values."""
        for j, column in columns_in_blocks(self.table, features):
            yield int(j), find_missing(column.values, column.is_category, self.names[j])

    def for_each(self, work: Callable[[int, Values], None], n_threads: int) -> None:
        """Call ``work`` with every feature and its values, each chunk of features in a thread."""

        def chunk_work(chunk: NDArray[np.intp]) -> None:
            # Sums of huge values overflow and empty bins are 0 / 0 where that is seen to later.
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                for j, values in self.read(chunk):
                    work(j, values)

        map_chunks(chunk_work, np.arange(self.table.n_features), n_threads)
