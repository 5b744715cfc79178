"""From the values of a column to its bins."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns._learning import between_neighbours, count_categories
from sklearn_infotheory._types import Weights
from sklearn_infotheory.preprocessing._cells import Column, Groups, Intervals
from sklearn_infotheory.preprocessing._column_binning import ColumnBinning, as_objects
from sklearn_infotheory.preprocessing._counting import count_outcome
from sklearn_infotheory.preprocessing._grouping import learn_groups
from sklearn_infotheory.preprocessing._mdl import Blocks, Partition, make_blocks
from sklearn_infotheory.preprocessing._rule import (
    BinningRule,
    Outcome,
    best_option,
    tested_outcome,
    untested,
)
from sklearn_infotheory.preprocessing._target import BinningTarget, Labels
from sklearn_infotheory.preprocessing._tried_cuts import Trials


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
