"""From bins to numbers: each encoding is a table with one row per bin.

The row after the bins of values is that of missing values. Where the table needs no fit beyond the
counts of a column, encoding is a look-up, and decoding a search for the nearest row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.utils.validation import check_array

from sklearn_infotheory._columns._cell_names import MISSING
from sklearn_infotheory._columns._column import Column
from sklearn_infotheory.preprocessing._column_binning import ColumnBinning, as_objects

Encoding = Literal[
    "ordinal",
    "onehot",
    "onehot-dense",
    "thermometer",
    "interval",
    "woe",
    "target_mean",
    "self_information",
]
CROSS_FITTED = frozenset({"woe", "target_mean"})  # these look at y
WHOLE_NUMBERS = frozenset({"ordinal", "onehot", "onehot-dense", "thermometer"})
_ROWS_AT_A_TIME = 4096
WITH_A_COLUMN_FOR_EACH_BIN = _ZEROS_IF_MISSING = frozenset(
    {"onehot", "onehot-dense", "thermometer"}
)


@dataclass(frozen=True)
class EncodingRule:
    """What bins are to become.

    Attributes
    ----------
    encode : str
    smooth : float
        Weight of the pseudo-samples that each bin gets, in the shares of all samples.
    nats_per_unit : float
    """

    encode: Encoding
    smooth: float = 1.0
    nats_per_unit: float = 1.0

    def table(self, column: ColumnBinning) -> NDArray[Any]:
        """Make the table of a column: of bins of values, then missing, by outputs.

        A last row is that of unknown categories, if they are encoded apart from all bins.
        """
        table = _TABLES[self.encode](column, self)
        if column.missing == "ignore" and self.encode not in _ZEROS_IF_MISSING:
            table[-1] = None if self.encode == "interval" else np.nan
        if self.encode in CROSS_FITTED and column.has_prior:
            table = np.vstack([table, _nothing_known(column, self)])
        return table

    def codes(self, binning: ColumnBinning, column: Column) -> NDArray[Any]:
        """Return the row of the table for each value of a column."""
        return binning.encode(column, unknown_apart=self.encode in CROSS_FITTED)

    def suffixes(self, column: ColumnBinning, classes: NDArray[Any]) -> list[str]:
        """What to append to the name of the column for each of its outputs."""
        if self.encode in ("onehot", "onehot-dense"):
            bins = range(column.n_present)
        elif self.encode == "thermometer":
            bins = range(1, column.n_present)
        if self.encode in WITH_A_COLUMN_FOR_EACH_BIN:
            return [*(f"_{k}" for k in bins), *[f"_{MISSING}"] * column.has_missing_bin]
        if self.encode in CROSS_FITTED and column.sums is None and len(classes) > 2:
            return [f"_{name}" for name in classes]
        return [""]


# Tables


def _ordinal(column: ColumnBinning, rule: EncodingRule) -> NDArray[np.float64]:
    return np.arange(column.n_present + 1, dtype=np.float64)[:, None]


def _onehot(column: ColumnBinning, rule: EncodingRule) -> NDArray[np.float64]:
    return np.eye(column.n_present + 1, column.n_bins)


def _thermometer(column: ColumnBinning, rule: EncodingRule) -> NDArray[np.float64]:
    """One where the bin lies above each cut; then whether it is a special one, or missing."""
    n_cells = column.cells.n_bins
    table = np.zeros((column.n_present + 1, column.n_bins - 1))
    table[:n_cells, : n_cells - 1] = np.tri(n_cells, n_cells - 1, -1)
    table[n_cells:, n_cells - 1 :] = np.eye(len(column.special) + 1, column.n_bins - n_cells)
    return table


def _interval(column: ColumnBinning, rule: EncodingRule) -> NDArray[Any]:
    return as_objects([*column.labels_of_present(), MISSING])[:, None]


def _prior(column: ColumnBinning) -> NDArray[np.float64]:
    total = column.weights.sum()
    n_classes = column.counts.shape[1]
    return column.counts.sum(axis=0) / total if total > 0 else np.full(n_classes, 1 / n_classes)


def _told_classes(n_classes: int) -> list[int]:
    """The second of two classes, or all."""
    return [1] if n_classes == 2 else list(range(n_classes))


def _woe(column: ColumnBinning, rule: EncodingRule) -> NDArray[np.float64]:
    """Log odds of a class in the bin, less its log odds among all samples."""
    prior = _prior(column)
    told = _told_classes(len(prior))
    counts, others = column.counts, column.weights[:, None] - column.counts
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(counts + rule.smooth * prior) - np.log(others + rule.smooth * (1 - prior))
        evidence = odds - (np.log(prior) - np.log1p(-prior))
    # A class that no sample has, or all have, gets no evidence; a single bin gives none.
    evidence[:, (prior == 0) | (prior == 1) | (column.n_filled <= 1)] = 0.0
    return evidence[:, told] / rule.nats_per_unit


def _target_mean(column: ColumnBinning, rule: EncodingRule) -> NDArray[np.float64]:
    """Mean of a number, or share of a class, drawn towards that of all samples."""
    weight = column.weights[:, None] + rule.smooth
    if column.sums is not None:
        return (column.sums[:, None] + rule.smooth * _mean(column)) / weight
    prior = _prior(column)
    return ((column.counts + rule.smooth * prior) / weight)[:, _told_classes(len(prior))]


def _mean(column: ColumnBinning) -> float:
    assert column.sums is not None
    total = column.weights.sum()
    return float(column.sums.sum() / total) if total > 0 else 0.0


def _nothing_known(column: ColumnBinning, rule: EncodingRule) -> NDArray[np.float64]:
    """Encode what no sample says anything about: by all of them."""
    if rule.encode == "woe":
        return np.zeros((1, len(_told_classes(column.counts.shape[1]))))
    if column.sums is not None:
        return np.array([[_mean(column)]])
    prior = _prior(column)
    return prior[None, _told_classes(len(prior))]


def _self_information(column: ColumnBinning, rule: EncodingRule) -> NDArray[np.float64]:
    weight = column.weights
    share = (weight + rule.smooth / column.n_bins) / (weight.sum() + rule.smooth)
    return -np.log(share)[:, None] / rule.nats_per_unit + 0.0  # no negative zero


_TABLES: dict[str, Callable[[ColumnBinning, EncodingRule], NDArray[Any]]] = {
    "ordinal": _ordinal,
    "onehot": _onehot,
    "onehot-dense": _onehot,
    "thermometer": _thermometer,
    "interval": _interval,
    "woe": _woe,
    "target_mean": _target_mean,
    "self_information": _self_information,
}
ENCODINGS = tuple(_TABLES)


# There and back


def write_encoded(codes: NDArray[Any], table: NDArray[Any], out: NDArray[Any]) -> None:
    """Write the rows of the table that ``codes`` name to ``out``."""
    if table.shape[1] == 1 and np.array_equal(table[:, 0], np.arange(len(table))):
        out[:, 0] = codes
        return
    places = codes.astype(np.intp, copy=False)
    for k, column in enumerate(table.T):
        ones = np.flatnonzero(column)
        if len(ones) == 1 and table.dtype == np.float64 and column[ones[0]] == 1:
            np.equal(codes, ones[0], out=out[:, k])  # three times as fast as a look-up
        else:
            np.take(column.astype(out.dtype), places, out=out[:, k], mode="clip")


def categorical_frame(
    labels: NDArray[Any], columns: Sequence[ColumnBinning], index: Any
) -> pd.DataFrame:
    """Make ordered categorical columns of labels, with all bins in their order."""
    series = {}
    for j, column in enumerate(columns):
        series[j] = pd.Categorical(labels[:, j], categories=column.labels(), ordered=True)
    return pd.DataFrame(series, index=index if isinstance(index, pd.Index) else None)


def enum_frame(labels: NDArray[Any], columns: Sequence[ColumnBinning]) -> Any:
    """Make columns of polars Enum, with all bins in their order."""
    import polars as pl

    return pl.DataFrame(
        [
            pl.Series(str(j), labels[:, j].tolist(), pl.Enum(column.labels()))
            for j, column in enumerate(columns)
        ]
    )


def one_hot_matrix(codes: NDArray[Any], n_bins: NDArray[np.intp], dtype: Any) -> Any:
    """Make a CSR matrix from codes (samples by features); codes beyond the bins leave no entry."""
    n_samples, n_features = codes.shape
    if n_samples * n_features > np.iinfo(codes.dtype).max:
        codes = codes.astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(n_bins)])
    indices = codes + offsets[:-1].astype(codes.dtype)
    indptr = np.arange(n_samples + 1, dtype=codes.dtype) * n_features
    outside = codes >= n_bins
    if outside.any():
        indptr[1:] = np.cumsum(n_features - outside.sum(axis=1))
        flat = indices[~outside]
    else:
        flat = indices.ravel()
    shape = (n_samples, int(offsets[-1]))
    return sp.csr_matrix((np.ones(len(flat), dtype), flat, indptr), shape=shape)


def nearest_rows(
    encoded: NDArray[np.float64], table: NDArray[np.float64], n_allowed: int
) -> NDArray[np.intp]:
    """Find the nearest of the first ``n_allowed`` rows of a table; the lowest of equally near ones.

    Samples with NaN get the last of these rows.
    """
    rows = np.flatnonzero(~np.isnan(table[:n_allowed]).any(axis=1))
    nearest = np.full(len(encoded), n_allowed - 1)
    there = np.flatnonzero(~np.isnan(encoded).any(axis=1))
    for start in range(0, len(there), _ROWS_AT_A_TIME):
        some = there[start : start + _ROWS_AT_A_TIME]
        nearest[some] = rows[np.argmin(_distances(encoded[some], table[rows]), axis=1)]
    return nearest


def _distances(encoded: NDArray[np.float64], table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances to the rows of a table, up to what is the same for all rows."""
    if table.shape[1] == 1:
        return np.abs(encoded - table.T)
    return (table**2).sum(axis=1) - 2 * encoded @ table.T


# From encoded bins back to values


def decode(encoded: Any, columns: Sequence[ColumnBinning], encoding: EncodingRule) -> NDArray[Any]:
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
    table = table[: column.n_present + 1]
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
