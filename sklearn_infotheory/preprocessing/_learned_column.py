"""From the values of a column to its bins, and what is counted in them."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from sklearn_infotheory._columns._column import ValueKind
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
    code_rows,
    with_special,
)
from sklearn_infotheory.preprocessing._grouping import fixed_groups, learn_groups, with_own_group
from sklearn_infotheory.preprocessing._mdl import Blocks, Partition, make_blocks
from sklearn_infotheory.preprocessing._readable_cuts import readable_cuts
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
    rule = rule.for_samples(len(column.values) if weights is None else float(weights.sum()))
    special = rule.options.special_of(column)
    rows = _rows_to_learn_from(column, special)
    if rows is None:
        present, present_target, present_weights = column, target, weights
    else:
        present = column.take(rows)
        present_weights = None if weights is None else weights[rows]
        present_target = target.take(rows, present_weights)
    outcome = _learn(present, present_target, present_weights, rule)
    return count_outcome(outcome, column, target, weights, rule, special)


def _rows_to_learn_from(column: Column, special: tuple[Any, ...]) -> NDArray[np.intp] | None:
    """List the rows whose values are neither missing nor special; None where all are."""
    if column.missing is None and not special:
        return None
    there = np.ones(len(column.values), bool) if column.missing is None else ~column.missing
    for value in special:
        there &= ~column.rows_equal_to(value)
    return np.flatnonzero(there)


def _learn(
    present: Column, present_target: BinningTarget, present_weights: Weights, rule: BinningRule
) -> Outcome:
    """Find the bins of the values that are there."""
    if rule.options.cuts is not None:
        return untested(Intervals(rule.options.cuts_of(present)), _middles_of_whole(present, rule))
    if rule.options.groups is not None:
        return fixed_groups(present, rule.options.groups_of(present), present_weights, rule)
    if present.is_ordered:
        outcome = _learn_ordered(present, present_target, present_weights, rule)
    elif present.is_category:
        outcome = learn_groups(present, present_target, present_weights, rule)
    elif present.values.dtype.kind in "iu":
        outcome = _learn_whole(present.values, present_target, present_weights, rule)
    else:
        outcome = _learn_intervals(
            present.values, present_target, present_weights, rule, present.kind
        )
    return outcome


def _learn_intervals(
    values: NDArray[np.float64],
    target: BinningTarget,
    weights: Weights,
    rule: BinningRule,
    kind: ValueKind | None = None,
) -> Outcome:
    """Cut numbers; those of a ``kind`` at places that people can read."""
    if len(values) == 0:
        return untested(Intervals(()))
    options = []
    for labels in _what_to_tell_apart(target, rule):
        blocks = make_blocks(
            values, labels.codes, labels.n_classes, weights, merge_pure=rule.is_supervised
        )
        options.append((blocks, rule.partition(blocks)))
    blocks, found = best_option(options, target.kind == "continuous" and rule.is_supervised)
    if rule.criterion == "mdl_histogram":
        kind = None  # its densities are those of bins with cuts in the middle
    cuts, trials = _cuts_and_trials(blocks, found, kind)
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
    return replace(found, cells=cells, representatives=_middles(distinct, cells), trials=trials)


def _middles(distinct: NDArray[Any], cells: Intervals) -> NDArray[Any]:
    """The middle one of the distinct whole numbers of each bin; a bound of a bin without any."""
    starts = np.searchsorted(cells.code(Column(distinct)), np.arange(cells.n_bins + 1))
    typical: list[int] = []
    for k, (start, stop) in enumerate(pairwise(starts.tolist())):
        if stop > start:
            typical.append(int(distinct[(start + stop) // 2]))
        else:  # between cuts that the user fixed
            typical.append(math.floor([*cells.edges, cells.edges[-1] + 1][k]))
    return as_objects(typical)


def _middles_of_whole(column: Column, rule: BinningRule) -> NDArray[Any] | None:
    """Whole numbers beyond 2**53 have no mean that could stand for their bin."""
    cells = Intervals(rule.options.cuts_of(column))
    if column.values.dtype.kind not in "iu" or not cells.is_whole:
        return None
    return _middles(np.unique(column.values), cells)


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
    if rule.unknown == "own":
        groups = with_own_group(groups)
        parts.append(np.empty(0, int))
    typical = [categories[part[np.argmax(counts[part])]] if len(part) else None for part in parts]
    tried = places.trials
    low, high, cut = (position(end).astype(float) for end in (tried.low, tried.high, tried.cut))
    trials = replace(tried, low=low, high=high, cut=cut)
    return replace(places, cells=groups, representatives=as_objects(typical), trials=trials)


def _what_to_tell_apart(target: BinningTarget, rule: BinningRule) -> tuple[Labels, ...]:
    if rule.is_supervised:
        return target.candidates
    return (Labels(np.zeros(len(target.counted.codes), np.uint16), 1),)


def _cuts_and_trials(
    blocks: Blocks, found: Partition, kind: ValueKind | None
) -> tuple[NDArray[np.float64], Trials]:
    """Translate cuts, and what was tried, from blocks to values."""
    tests, n_blocks = found.tests, len(blocks.lowest)
    if n_blocks == 1:
        return np.empty(0), Trials.none()
    n = len(tests)
    before = np.concatenate([tests["start"], tests["stop"], tests["cut"], found.cuts])
    inner, place = np.unique(np.clip(before, 1, n_blocks - 1), return_inverse=True)
    points = blocks.cut_points(inner)
    if kind is not None:
        points = readable_cuts(blocks.highest[inner - 1], blocks.lowest[inner], points, kind)
    values = points[place]
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
    rule: BinningRule,
    special: tuple[Any, ...],
) -> ColumnBinning:
    """Count the target in each bin, and decide where missing values go."""
    cells = outcome.cells
    own = cells.n_bins + len(special)
    codes = code_rows(column, cells, special, own)
    outcome = replace(outcome, special=special)
    counts, representatives = _counts_and_typical_values(outcome, codes, column, target, weights)
    sums = None
    if target.values is not None:
        sums = sum_by_code(codes, own + 1, target.values, weights)
    missing_code = _settle_missing(counts, sums, rule.missing, cells.n_bins)
    return ColumnBinning(
        cells,
        rule.missing,
        missing_code,
        counts,
        sums,
        representatives,
        outcome.trials,
        outcome.cost,
        outcome.level,
        outcome.is_exact,
        target.kind != "none",
        "boolean" if column.is_boolean else column.kind,
        special,
        rule.unknown,
    )


def _counts_and_typical_values(
    outcome: Outcome, codes: NDArray[Any], column: Column, target: BinningTarget, weights: Weights
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Count the classes in each bin; numbers are summed in the same pass, for their means."""
    labels, n_codes = target.counted, outcome.cells.n_bins + len(outcome.special) + 1
    if outcome.representatives is not None:
        typical = with_special(outcome.representatives, outcome.special)
        return labels.count(codes, n_codes, weights), typical
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
    _keep_inside(means[: outcome.cells.n_bins], outcome.cells.cuts)
    return counts, with_special(means[: outcome.cells.n_bins], outcome.special)


def _keep_inside(means: NDArray[np.float64], cuts: NDArray[np.float64]) -> None:
    """See that no rounding carries a mean out of its bin, which holds its upper bound only."""
    np.minimum(means[:-1], cuts, out=means[:-1])
    np.maximum(means[1:], np.nextafter(cuts, np.inf), out=means[1:])


def _settle_missing(
    counts: NDArray[np.float64],
    sums: NDArray[np.float64] | None,
    policy: MissingPolicy,
    n_cells: int,
) -> int:
    """Return the bin of missing values; move what was counted as missing to where it belongs."""
    own = len(counts) - 1
    if policy == "merge":
        code = _most_similar_bin(counts[[*range(n_cells), own]])
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
