"""From encoded bins back to values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.utils.validation import check_array

from sklearn_infotheory._columns._cell_names import MISSING
from sklearn_infotheory.preprocessing._column_binning import ColumnBinning, as_objects
from sklearn_infotheory.preprocessing._encoding import EncodingRule, nearest_rows


def decode(encoded: Any, columns: list[ColumnBinning], encoding: EncodingRule) -> NDArray[Any]:
    """Put the representative of each bin in its place; float64 where all columns are numbers."""
    tables = [encoding.table(column) for column in columns]
    encoded = _check_encoded(encoded, encoding, sum(table.shape[1] for table in tables))
    dtype = object if any(column.cells.is_category for column in columns) else np.float64
    out = np.empty((encoded.shape[0], len(columns)), dtype)
    start = 0
    for j, (column, table) in enumerate(zip(columns, tables, strict=True)):
        part = encoded[:, start : start + table.shape[1]]
        start += table.shape[1]
        codes = _codes_of(part.toarray() if sp.issparse(part) else part, table, column, encoding)
        out[:, j] = _values_of_rows(column)[codes]
    return out


def _check_encoded(encoded: Any, encoding: EncodingRule, n_outputs: int) -> Any:
    is_label = encoding.encode == "interval"
    encoded = check_array(
        encoded,
        accept_sparse="csc",
        dtype=object if is_label else np.float64,
        ensure_all_finite=False if is_label else "allow-nan",
        ensure_min_features=0,
    )
    if encoded.shape[1] != n_outputs:
        raise ValueError(
            f"X has {encoded.shape[1]} columns, but transform gives {n_outputs}. "
            "Pass what transform returned."
        )
    return encoded


def _codes_of(
    encoded: NDArray[Any], table: NDArray[Any], column: ColumnBinning, encoding: EncodingRule
) -> NDArray[np.intp]:
    """Tell the bins, or the row of missing values where there may be any."""
    may_be_missing = column.missing in ("bin", "ignore")
    n_allowed = len(table) if may_be_missing else len(table) - 1
    if encoding.encode == "interval":
        return _codes_of_labels(encoded[:, 0], table[:, 0], may_be_missing)
    if not may_be_missing and np.isnan(encoded).any():
        raise ValueError(
            f"Input contains NaN, which transform does not give with missing_values="
            f"{column.missing!r}. Pass what transform returned."
        )
    return nearest_rows(encoded, table, n_allowed)


def _codes_of_labels(
    labels: NDArray[Any], names: NDArray[Any], may_be_missing: bool
) -> NDArray[np.intp]:
    codes = pd.Index(names[:-1]).get_indexer(pd.Index(labels, dtype=object))
    if may_be_missing:
        codes[pd.isna(labels) | (labels == MISSING)] = len(names) - 1
    if (codes < 0).any():
        unknown = labels[np.flatnonzero(codes < 0)[0]]
        raise ValueError(
            f"{unknown!r} is not the label of a bin. The labels are {names[:-1].tolist()!r}."
        )
    return codes


def _values_of_rows(column: ColumnBinning) -> NDArray[Any]:
    """Representatives of the bins, then what stands for missing values."""
    if column.cells.is_category:
        return as_objects([*column.representatives, None])
    return np.append(column.representatives, np.nan)
