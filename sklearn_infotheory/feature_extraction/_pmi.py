"""Pointwise mutual information of the cells of a sparse table, chunk by chunk."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sklearn_infotheory._types import Floats

CELLS_PER_CHUNK = 1 << 16  # temporary arrays of a chunk stay in the cache, and cost no memory


class Margins(NamedTuple):
    """What is known of the columns.

    Attributes
    ----------
    counts : ndarray of shape (n_columns,)
        Their sums.
    total : float
        Sum of all counts.
    log_shares : ndarray of shape (n_columns,)
        Logarithms of the smoothed shares in nats; -inf for empty columns.
    some_are_empty : bool
        Whether a column is empty.
    """

    counts: Floats
    total: float
    log_shares: Floats
    some_are_empty: bool


class Formula(NamedTuple):
    """What is computed of a cell; see PMITransformer."""

    measure: str
    shift: float
    min_count: float
    discount: bool
    nats_per_unit: float


def make_margins(counts: Floats, smoothing: float) -> Margins:
    """Raise the counts of columns to a power and normalise (Levy, Goldberg and Dagan 2015)."""
    with np.errstate(divide="ignore"):
        logs = smoothing * np.log(counts)
    largest = logs.max(initial=-np.inf)
    total = float(counts.sum())
    if total > 0:
        logs = logs - (largest + np.log(np.exp(logs - largest).sum()))
    return Margins(counts, total, logs, bool((counts == 0).any()))


def fill_pmi(
    table: sparse.csr_matrix, margins: Margins, formula: Formula, out: NDArray[Any]
) -> None:
    """Write the value of each stored cell, which is positive, to ``out``."""
    row_sums = np.asarray(table.sum(axis=1, dtype=np.float64)).ravel()
    n_rows, start = table.shape[0], 0
    while start < n_rows:
        # As many rows as fit; a row that is longer than a chunk is a chunk.
        limit = table.indptr[start] + CELLS_PER_CHUNK
        stop = int(np.searchsorted(table.indptr, limit, side="right")) - 1
        stop = min(max(stop, start + 1), n_rows)
        cells = slice(int(table.indptr[start]), int(table.indptr[stop]))
        lengths = np.diff(table.indptr[start : stop + 1])
        sums = np.repeat(row_sums[start:stop], lengths)
        out[cells] = _values(table.data[cells], sums, table.indices[cells], margins, formula)
        start = stop


def _values(
    counts: NDArray[Any], row_sums: Floats, columns: NDArray[Any], margins: Margins, f: Formula
) -> Floats:
    # PMI(r, c) = log p(c | r) - log p(c): no margin of other rows enters, so new rows have one too.
    conditional = np.divide(counts, row_sums, dtype=np.float64)
    log_conditional = np.log(conditional, out=conditional)
    value = log_conditional - margins.log_shares[columns]
    if margins.some_are_empty:  # their PMI would be infinite
        value[margins.counts[columns] == 0] = 0.0
    if f.measure == "npmi":
        value = _normalize(value, log_conditional, row_sums, margins.total)
    else:
        value -= np.log(f.shift)
        value /= f.nats_per_unit
    if f.discount:
        value *= _discounts(counts, np.minimum(row_sums, margins.counts[columns]))
    if f.measure == "ppmi":
        np.maximum(value, 0.0, out=value)
    unknown = counts < f.min_count
    if margins.some_are_empty:
        unknown |= margins.counts[columns] == 0
    value[unknown] = 0.0
    return value


def _normalize(value: Floats, log_conditional: Floats, row_sums: Floats, total: float) -> Floats:
    """Divide by -log p(r, c) (Bouma 2009); a cell that is the whole table has 1, the limit."""
    with np.errstate(divide="ignore", invalid="ignore"):
        surprisal = -(log_conditional + np.log(np.minimum(row_sums / total, 1.0)))
        normalized = value / surprisal
    normalized[surprisal <= 0] = 1.0
    # Rows that were not fitted, and smoothed margins, are not of this table: the bound is kept.
    return np.clip(normalized, -1.0, 1.0, out=normalized)


def _discounts(counts: NDArray[Any], least_margin: Floats) -> Floats:
    """Weigh down small counts (Pantel and Lin 2002, section 3)."""
    return (counts * least_margin) / ((counts + 1.0) * (least_margin + 1.0))
