"""What is counted in the bins of a column, and where its missing values go."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from sklearn_infotheory._types import Weights
from sklearn_infotheory.preprocessing._cells import Column, Groups
from sklearn_infotheory.preprocessing._column_binning import (
    ColumnBinning,
    MissingPolicy,
)
from sklearn_infotheory.preprocessing._rule import Outcome
from sklearn_infotheory.preprocessing._target import BinningTarget, Labels

_NO_WEIGHTS = np.empty(0)


def count_table(
    codes: NDArray[Any], n_codes: int, labels: Labels, weights: Weights
) -> NDArray[np.float64]:
    """Count classes for each code."""
    joint = codes.astype(np.intp)
    if labels.n_classes > 1:
        joint = joint * labels.n_classes + labels.codes
    counts = np.bincount(joint, weights, minlength=n_codes * labels.n_classes)
    return counts.astype(np.float64).reshape(n_codes, labels.n_classes)


def sum_by_code(
    codes: NDArray[Any], n_codes: int, values: NDArray[np.float64], weights: Weights
) -> NDArray[np.float64]:
    """Sum weighted values for each code."""
    weighted = values if weights is None else values * weights
    return np.bincount(codes, weighted, minlength=n_codes).astype(np.float64, copy=False)


def count_outcome(
    outcome: Outcome,
    column: Column,
    target: BinningTarget,
    weights: Weights,
    missing: MissingPolicy,
) -> ColumnBinning:
    """Count the target in each bin, and decide where missing values go."""
    cells = outcome.cells
    n_bins = cells.n_bins
    codes = cells.code(column)
    if column.missing is not None:
        codes[column.missing] = n_bins
    counts, representatives = _counts_and_typical_values(outcome, codes, column, target, weights)
    sums = None
    if target.values is not None:
        sums = sum_by_code(codes, n_bins + 1, target.values, weights)
    missing_code = _settle_missing(counts, sums, missing)
    return ColumnBinning(
        cells,
        missing,
        missing_code,
        counts,
        sums,
        representatives,
        outcome.trials,
        outcome.cost,
        outcome.level,
        outcome.is_exact,
        target.kind != "none",
    )


def _counts_and_typical_values(
    outcome: Outcome, codes: NDArray[Any], column: Column, target: BinningTarget, weights: Weights
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Count the classes in each bin; numbers are summed in the same pass, for their means."""
    labels, n_codes = target.counted, outcome.cells.n_bins + 1
    if outcome.representatives is not None:
        return count_table(codes, n_codes, labels, weights), outcome.representatives
    from sklearn_infotheory._kernels._bins import add_up_bins

    counts, sums = np.zeros((n_codes, labels.n_classes)), np.zeros(n_codes)
    given = _NO_WEIGHTS if weights is None else weights
    values = np.ascontiguousarray(column.values, np.float64)
    add_up_bins(codes, labels.codes, values, given, counts, sums)
    weight = counts.sum(axis=1)
    means = sums[:-1] / weight[:-1]
    if not np.isfinite(means).all() and weight[:-1].all():  # sums of huge values overflow
        scale = np.nanmax(np.abs(values))
        means = sum_by_code(codes, n_codes, values / scale, weights)[:-1] / weight[:-1] * scale
    assert not isinstance(outcome.cells, Groups)
    _keep_inside(means, outcome.cells.cuts)
    return counts, means


def _keep_inside(means: NDArray[np.float64], cuts: NDArray[np.float64]) -> None:
    """See that no rounding carries a mean out of its bin, which holds its upper bound only."""
    np.minimum(means[:-1], cuts, out=means[:-1])
    np.maximum(means[1:], np.nextafter(cuts, np.inf), out=means[1:])


def _settle_missing(
    counts: NDArray[np.float64], sums: NDArray[np.float64] | None, policy: MissingPolicy
) -> int:
    """Return the bin of missing values; move what was counted as missing to where it belongs."""
    own = len(counts) - 1
    if policy == "merge":
        code = _most_similar_bin(counts)
        counts[code] += counts[own]
        if sums is not None:
            sums[code] += sums[own]
    if policy in ("merge", "ignore"):
        counts[own] = 0.0
        if sums is not None:
            sums[own] = 0.0
    return code if policy == "merge" else own


def _most_similar_bin(counts: NDArray[np.float64]) -> int:
    """The bin that loses least information with the missing values; the largest without any.

    Among bins that lose equally little, as without a target, the largest.
    """
    bins, missing = counts[:-1], counts[-1]
    weight = bins.sum(axis=1)
    if missing.sum() == 0:
        return int(np.argmax(weight))
    loss = _n_entropy(bins + missing) - _n_entropy(bins) - _n_entropy(missing)
    least = loss <= loss.min() + 1e-9 * counts.sum()
    return int(np.argmax(np.where(least, weight, -1.0)))


def _n_entropy(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Entropy of the classes, times their weight."""
    total = counts.sum(axis=-1)
    return xlogy(total, total) - xlogy(counts, counts).sum(axis=-1)
