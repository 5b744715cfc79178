"""From the values of a column to its bins, and what is counted in them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from sklearn_infotheory._columns._learning import between_neighbours, count_categories
from sklearn_infotheory._counts._class_counts import sum_by_code
from sklearn_infotheory._types import Weights
from sklearn_infotheory.preprocessing._binning_target import BinningTarget, Labels
from sklearn_infotheory.preprocessing._column_binning import (
    Column,
    ColumnBinning,
    Groups,
    Intervals,
    MissingPolicy,
    Trials,
    as_objects,
)
from sklearn_infotheory.preprocessing._grouping import learn_groups
from sklearn_infotheory.preprocessing._mdl import Blocks, Partition, make_blocks
from sklearn_infotheory.preprocessing._rule import (
    BinningRule,
    Outcome,
    best_option,
    tested_outcome,
    untested,
)


def learn_column(
    column: Column, target: BinningTarget, weights: Weights, rule: BinningRule
) -> ColumnBinning:
    """Find the bins of a column, and count in them."""
    if column.missing is None:
        present, present_target, present_weights = column, target, weights
    else:
        rows = np.flatnonzero(~column.missing)
        present = column.take(rows)
        present_weights = None if weights is None else weights[rows]
        present_target = target.take(rows, present_weights)
    if column.is_ordered:
        outcome = _learn_ordered(present, present_target, present_weights, rule)
    elif column.is_category:
        outcome = learn_groups(present, present_target, present_weights, rule)
    elif column.values.dtype.kind in "iu":
        outcome = _learn_whole(present.values, present_target, present_weights, rule)
    else:
        outcome = _learn_intervals(present.values, present_target, present_weights, rule)
    return count_outcome(outcome, column, target, weights, rule.missing)


def _learn_intervals(
    values: NDArray[np.float64], target: BinningTarget, weights: Weights, rule: BinningRule
) -> Outcome:
    if len(values) == 0:
        return untested(Intervals(()))
    options = []
    for labels in _what_to_tell_apart(target, rule):
        blocks = make_blocks(
            values, labels.codes, labels.n_classes, weights, merge_pure=rule.is_supervised
        )
        options.append((blocks, rule.partition(blocks)))
    blocks, found = best_option(options, target.kind == "continuous" and rule.is_supervised)
    cuts, trials = _cuts_and_trials(blocks, found)
    return tested_outcome(Intervals(tuple(cuts.tolist())), None, trials, found)


def _learn_whole(
    values: NDArray[Any], target: BinningTarget, weights: Weights, rule: BinningRule
) -> Outcome:
    """Cut whole numbers beyond 2**53, whose places among those that occur are small numbers."""
    distinct, places = np.unique(values, return_inverse=True)
    smallest, between = int(distinct[0]), between_neighbours(distinct)
    by_width = rule.criterion == "mdl_histogram"
    learned_from = values - distinct[0] if by_width else places
    found = _learn_intervals(learned_from.astype(np.float64), target, weights, rule)

    def whole(cuts: Any) -> list[Any]:
        places = np.asarray(cuts).tolist()
        if by_width:
            return [cut if math.isinf(cut) else math.floor(cut) + smallest for cut in places]
        return [cut if math.isinf(cut) else between[int(cut)] for cut in places]

    tried = found.trials
    low, high, cut = (np.array(whole(part), float) for part in (tried.low, tried.high, tried.cut))
    trials = replace(tried, low=low, high=high, cut=cut)
    cells = Intervals(tuple(whole(found.cells.cuts)))
    middles = as_objects([int(part[len(part) // 2]) for part in _values_by_bin(distinct, cells)])
    return replace(found, cells=cells, representatives=middles, trials=trials)


def _values_by_bin(distinct: NDArray[Any], cells: Intervals) -> list[NDArray[Any]]:
    return np.split(distinct, np.flatnonzero(np.diff(cells.code(Column(distinct)))) + 1)


def _learn_ordered(
    column: Column, target: BinningTarget, weights: Weights, rule: BinningRule
) -> Outcome:
    """Cut the categories between neighbours, as if their places were numbers."""
    assert column.categories is not None
    categories = tuple(column.categories.tolist())
    places = _learn_intervals(column.values.astype(np.float64), target, weights, rule)

    def position(cuts: NDArray[np.float64]) -> NDArray[np.intp]:
        # The cut between places 1 and 2 is 1.5, and its group begins at 2.
        return (np.floor(np.clip(cuts, -1, len(categories) - 1)) + 1).astype(np.intp)

    cuts = position(np.asarray(places.cells.cuts))
    counts = count_categories(column, weights)
    parts = np.split(np.arange(len(categories)), cuts)
    heaviest = int(np.argmax([counts[part].sum() for part in parts]))
    groups = Groups(categories, tuple(range(len(categories))), tuple(cuts.tolist()), heaviest)
    typical = [categories[part[np.argmax(counts[part])]] if len(part) else None for part in parts]
    tried = places.trials
    low, high, cut = (position(end).astype(float) for end in (tried.low, tried.high, tried.cut))
    trials = replace(tried, low=low, high=high, cut=cut)
    return replace(places, cells=groups, representatives=as_objects(typical), trials=trials)


def _what_to_tell_apart(target: BinningTarget, rule: BinningRule) -> tuple[Labels, ...]:
    if rule.is_supervised:
        return target.candidates
    return (Labels(np.zeros(len(target.counted.codes), np.uint16), 1),)


def _cuts_and_trials(blocks: Blocks, found: Partition) -> tuple[NDArray[np.float64], Trials]:
    """Translate cuts, and what was tried, from blocks to values."""
    tests, n_blocks = found.tests, len(blocks.lowest)
    if n_blocks == 1:
        return np.empty(0), Trials.none()
    n = len(tests)
    before = np.concatenate([tests["start"], tests["stop"], tests["cut"], found.cuts])
    values = blocks.cut_points(np.minimum(np.maximum(before, 1), n_blocks - 1))
    values[before == 0] = -np.inf
    values[before == n_blocks] = np.inf
    trials = Trials.of(tests, values[:n], values[n : 2 * n], values[2 * n : 3 * n])
    return values[3 * n :], trials


# --- What is counted in the bins, and where missing values go ---------------------------------

_NO_WEIGHTS = np.empty(0)


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
        return labels.count(codes, n_codes, weights), outcome.representatives
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
