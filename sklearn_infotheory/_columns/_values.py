"""Columns with names for messages, read one after the other on threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns._coder import columns_in_blocks
from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._columns._frames import Table
from sklearn_infotheory._threads import map_chunks


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

    def read(self, features: NDArray[np.intp]) -> Iterator[tuple[int, Column]]:
        """Yield features with their columns."""
        for j, column in columns_in_blocks(self.table, features):
            yield int(j), replace(column, name=self.names[j])

    def one(self, feature: int) -> Column:
        """Read a single column."""
        return next(self.read(np.array([feature])))[1]

    def for_each(self, work: Callable[[int, Column], None], n_threads: int) -> None:
        """Call ``work`` with every feature and its column, each chunk of features in a thread."""

        def chunk_work(chunk: NDArray[np.intp]) -> None:
            # Sums of huge values overflow and empty bins are 0 / 0 where that is seen to later.
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                for j, column in self.read(chunk):
                    work(j, column)

        map_chunks(chunk_work, np.arange(self.table.n_features), n_threads)
