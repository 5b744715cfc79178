"""What is counted in the bins of a column, and where its missing values go."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from sklearn_infotheory._columns._learning import Weights
from sklearn_infotheory.preprocessing._cells import Cells, Intervals, Values
from sklearn_infotheory.preprocessing._column_binning import (
    ColumnBinning,
    MissingPolicy,
)
from sklearn_infotheory.preprocessing._rule import Outcome
from sklearn_infotheory.preprocessing._target import BinningTarget, Labels


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
    column: Values,
    target: BinningTarget,
    weights: Weights,
    missing: MissingPolicy,
) -> ColumnBinning:
    """Count the target in each bin, and decide where missing values go."""
    cells = outcome.cells
    n_bins = cells.n_bins
    codes = cells.code(column.values)
    if column.missing is not None:
        codes[column.missing] = n_bins
    counts = count_table(codes, n_bins + 1, target.counted, weights)
    sums = None
    if target.values is not None:
        sums = sum_by_code(codes, n_bins + 1, target.values, weights)
    representatives = outcome.representatives
    if representatives is None:
        representatives = _means(outcome.cells, codes, column, weights, counts.sum(axis=1))
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


def _means(
    cells: Cells,
    codes: NDArray[Any],
    column: Values,
    weights: Weights,
    weight: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Weighted means of the bins of values; NaN for the only bin of a column without values."""
    assert isinstance(cells, Intervals)
    values = column.values
    if column.missing is not None:
        values = np.where(column.missing, 0.0, values)
    means = sum_by_code(codes, len(weight), values, weights)[:-1] / weight[:-1]
    if not np.isfinite(means).all() and weight[:-1].all():  # sums of huge values overflow
        scale = np.abs(values).max()
        sums = sum_by_code(codes, len(weight), values / scale, weights)
        means = sums[:-1] / weight[:-1] * scale
    # Rounding must not carry a mean out of its bin, which holds its upper bound, not its lower.
    np.minimum(means[:-1], cells.cuts, out=means[:-1])
    np.maximum(means[1:], np.nextafter(cells.cuts, np.inf), out=means[1:])
    return means
