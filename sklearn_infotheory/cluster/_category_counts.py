"""Categories with a target: which combination of categories a row is, and its counts with y."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import scipy.sparse as sp

from sklearn_infotheory._columns import ColumnCoder, encode_target
from sklearn_infotheory._columns._frames import is_data_frame
from sklearn_infotheory._types import Codes, Weights

_BINS_OF_A_NUMBER = 10  # that a continuous y is cut into


def is_frame_of_categories(X: Any) -> bool:
    """Tell whether X is a data frame with columns that are no numbers; raise if only some are."""
    if not is_data_frame(X):
        return False
    schema = nw.from_native(X, eager_only=True).schema
    numbers = [name for name, dtype in schema.items() if dtype.is_numeric() or dtype == nw.Boolean]
    if numbers and len(numbers) < len(schema):
        raise ValueError(
            "X mixes categories and numbers: "
            f"{', '.join(map(repr, numbers[:5]))} hold numbers. Pass numbers alone (each row is a "
            "distribution over the columns), or categories alone (each row is a sample): turn "
            "numbers into categories first, for instance by EntropyDiscretizer(encode='interval')."
        )
    return not numbers


@dataclass
class CategoryCounts:
    """Counts of combinations of categories, with the classes of y.

    Attributes
    ----------
    coder : ColumnCoder
        The codebooks of the columns.
    combinations : ndarray of shape (n_combinations, n_features)
        The codes that occur.
    table : csr_array of shape (n_combinations, n_classes)
        Counts, or sums of weights.
    """

    coder: ColumnCoder
    combinations: Codes
    table: sp.csr_array

    @classmethod
    def count(
        cls, X: Any, y: Any, weights: Weights, n_threads: int
    ) -> tuple[CategoryCounts, Codes]:
        """Learn the codebooks, and return the counts and the combination of each row."""
        coder = ColumnCoder(1, categorical=np.ones(X.shape[1], bool), n_threads=n_threads)
        coder.fit_encode(X, weights)
        combinations, numbers = np.unique(_codes_of(coder, X), axis=0, return_inverse=True)
        target = encode_target(y, "auto", _BINS_OF_A_NUMBER, weights)
        counts = np.ones(len(numbers)) if weights is None else weights
        cells = (numbers.ravel(), target.codes.astype(np.int64))
        shape = (len(combinations), target.n_classes)
        table = sp.coo_array((counts, cells), shape=shape).tocsr()
        return cls(coder, combinations, table), numbers.ravel()

    def rows_of(self, X: Any) -> sp.csr_array:
        """Return the counts of the combination of each row; a new combination has none."""
        codes = _codes_of(self.coder, X)
        known = {row.tobytes(): i for i, row in enumerate(self.combinations)}
        numbers = np.array([known.get(row.tobytes(), -1) for row in codes])
        rows = self.table[np.maximum(numbers, 0)]
        rows.data[np.repeat(numbers < 0, np.diff(rows.indptr))] = 0
        return rows


def _codes_of(coder: ColumnCoder, X: Any) -> Codes:
    """Code a frame: one row of codes for each of its rows."""
    return np.ascontiguousarray(coder.encode(X).values.T)
