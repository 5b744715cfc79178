"""From the values of a column of categories to groups of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns import Categories, Groups
from sklearn_infotheory._columns._codebook import MAX_LISTED
from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._columns._learning import learn_categories
from sklearn_infotheory._counts._class_counts import sum_by_code
from sklearn_infotheory._types import Weights
from sklearn_infotheory.preprocessing._binning_target import BinningTarget
from sklearn_infotheory.preprocessing._column_binning import Trials, as_objects
from sklearn_infotheory.preprocessing._mdl import Blocks, Partition
from sklearn_infotheory.preprocessing._rule import (
    BinningRule,
    Outcome,
    best_option,
    tested_outcome,
    untested,
)

MOST_GROUPS = 255


def learn_groups(
    column: Column, target: BinningTarget, weights: Weights, rule: BinningRule
) -> Outcome:
    """Group the categories of a column without missing values.

    Categories that occur once count as one, as do later those that training did not have. There
    may be many categories, but no more than 255 groups of them.
    """
    book = learn_categories(column, weights, MAX_LISTED)
    n_listed = len(book.categories)
    cells = book.encode(column)
    cells[cells == book.other_code] = n_listed  # nothing is missing
    weight = np.bincount(cells, weights, minlength=n_listed + 1).astype(np.float64)
    levels = np.flatnonzero(weight > 0)
    if rule.unknown == "own":
        levels = levels[levels < n_listed]
    if len(levels) == 0:
        return untested(Groups(book.categories, (n_listed,), (), 0), as_objects([None]))
    if len(levels) > MOST_GROUPS:
        rule = replace(rule, max_bins=min(rule.max_bins or MOST_GROUPS, MOST_GROUPS))
    if rule.is_supervised:
        order, found = _join_neighbours(cells, levels, target, weights, rule)
        cuts = found.cuts
    else:
        (order, cuts), found = _pool_rarest(levels, weight[levels], rule), None
    groups = _make_groups(book.categories, order, cuts, weight)
    unlisted = column.take(cells == n_listed).objects()
    typical = _typical_categories(groups, weight, unlisted)
    trials = Trials.none()
    if found is not None:
        places = (found.tests[name].astype(np.float64) for name in ("start", "stop", "cut"))
        trials = Trials.of(found.tests, *places)
    if rule.unknown == "own":
        groups, typical = with_own_group(groups), as_objects([*typical, None])
    elif rule.unknown == "error":
        groups, trials = _list_all(groups, trials, unlisted, column.name)
    if found is None:
        return replace(untested(groups, typical), trials=trials)
    return tested_outcome(groups, typical, trials, found)


def with_own_group(groups: Groups) -> Groups:
    """Add a group, behind the others, for all categories that are not listed."""
    order, cuts = (*groups.order, len(groups.categories)), (*groups.cuts, len(groups.order))
    return Groups(groups.categories, order, cuts, len(cuts))


def _list_all(
    groups: Groups, trials: Trials, unlisted: NDArray[Any], name: str
) -> tuple[Groups, Trials]:
    """List the categories that occur once as well, in the place that they had together."""
    once = [*dict.fromkeys(unlisted.tolist())]
    n = len(groups.categories)
    if n + len(once) > MAX_LISTED:
        raise ValueError(
            f"{name[0].upper()}{name[1:]} has {n + len(once):,} categories, of which "
            f"handle_unknown='error' would list at most {MAX_LISTED:,}. Use another policy."
        )
    if not once:
        return groups, trials
    place = groups.order.index(n)
    order = (*groups.order[:place], *range(n, n + len(once)), *groups.order[place + 1 :])

    def shift(position: NDArray[Any]) -> NDArray[Any]:
        return position + (len(once) - 1) * (position > place)

    cuts = tuple(shift(np.array(groups.cuts, int)).tolist())
    moved = replace(trials, low=shift(trials.low), high=shift(trials.high), cut=shift(trials.cut))
    return Groups((*groups.categories, *once), order, cuts, groups.other_bin), moved


def fixed_groups(
    column: Column, groups: tuple[tuple[Any, ...], ...], weights: Weights, rule: BinningRule
) -> Outcome:
    """Make groups of the categories that the user put together."""
    categories = tuple(category for group in groups for category in group)
    cuts = tuple(np.cumsum([len(group) for group in groups])[:-1].tolist())
    made = Groups(categories, tuple(range(len(categories))), cuts, 0)
    if rule.unknown == "error" and not made.is_listed(column).all():
        row = int(np.argmin(made.is_listed(column)))
        raise ValueError(
            f"{column.name[0].upper()}{column.name[1:]} holds {column.objects()[row]!r}, which no "
            "group of category_groups lists, and handle_unknown='error'. List it, or use another "
            "policy."
        )
    cells = Categories(categories).encode(column)
    weight = np.bincount(cells, weights, minlength=len(categories) + 2).astype(np.float64)
    bounds = [0, *cuts, len(categories)]
    heaviest = int(np.argmax([weight[a:b].sum() for a, b in pairwise(bounds)]))
    made = replace(made, other_bin=heaviest)
    typical = _typical_categories(made, weight, np.empty(0, object))
    if rule.unknown == "own":
        made, typical = with_own_group(made), as_objects([*typical, None])
    return untested(made, typical)


def _join_neighbours(
    cells: NDArray[Any],
    levels: NDArray[np.intp],
    target: BinningTarget,
    weights: Weights,
    rule: BinningRule,
) -> tuple[NDArray[np.intp], Partition]:
    """Put the levels in an order, and let the criterion cut it."""
    n_cells = int(cells.max()) + 1
    tables = [labels.count(cells, n_cells, weights)[levels] for labels in target.candidates]
    if target.values is None:
        scores = _principal_scores(tables[0])
    else:
        sums = sum_by_code(cells, n_cells, target.values, weights)[levels]
        scores = (sums / tables[0].sum(axis=1))[:, None]
    spread = np.ptp(scores[:, 0])
    # Rounding must not decide a tie: those go by the next component, and at last by name.
    rounded = np.round(scores / spread, 9) if spread > 0 else np.zeros_like(scores)
    order = np.lexsort(rounded.T[::-1])
    places = np.arange(len(levels), dtype=np.float64)
    options = []
    for table in tables:
        blocks = Blocks(places, places, np.ascontiguousarray(table[order]))
        options.append((blocks, rule.partition(blocks, unordered=True)))
    return levels[order], best_option(options, target.kind == "continuous")[1]


def _principal_scores(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Principal components of the class shares of the levels, one column per component.

    For two classes the first is the share of the second class, whose order contains the best
    division in two (Breiman et al., 1984, theorem 4.5); for more classes, see Coppersmith, Hong and
    Hosking (1999). Where classes play like parts, as in a table of three classes of which each has
    categories of its own, the first component is not unique and can be equal for categories of two
    classes. The others tell these apart, so that categories of like shares stay neighbours.
    """
    weight = counts.sum(axis=1)
    centred = counts / weight[:, None] - counts.sum(axis=0) / weight.sum()
    _, _, directions = np.linalg.svd(np.sqrt(weight)[:, None] * centred, full_matrices=False)
    # The last class whose part is not small says which end comes first.
    parts = np.abs(directions)
    is_large = parts > 0.5 * parts.max(axis=1, keepdims=True)
    last = directions.shape[1] - 1 - is_large[:, ::-1].argmax(axis=1)
    signs = np.sign(directions[np.arange(len(directions)), last])
    return centred @ (directions * signs[:, None]).T


def _pool_rarest(
    levels: NDArray[np.intp], weight: NDArray[np.float64], rule: BinningRule
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give each level a bin, but pool the rarest, for which there is no bin or which are too few.

    Bins are in the order of names, with the pool at the end.
    """
    by_weight = np.argsort(-weight, kind="stable")
    n_kept = int((weight >= rule.min_samples_bin).sum())
    if rule.max_bins is not None and len(levels) > rule.max_bins:
        n_kept = min(n_kept, rule.max_bins - 1)
    # The pool needs its samples as well.
    while 0 < n_kept < len(levels) and weight[by_weight[n_kept:]].sum() < rule.min_samples_bin:
        n_kept -= 1
    kept, pool = np.sort(by_weight[:n_kept]), np.sort(by_weight[n_kept:])
    order = levels[np.concatenate([kept, pool]).astype(np.intp)]
    n_bins = n_kept + (len(pool) > 0)
    return order, np.arange(1, n_bins)


def _make_groups(
    categories: tuple[Any, ...],
    order: NDArray[np.intp],
    cuts: NDArray[np.intp],
    weight: NDArray[np.float64],
) -> Groups:
    """Say where values go that are not listed: with their like, or to the largest group."""
    parts = np.split(order, cuts)
    with_other = [i for i, part in enumerate(parts) if len(categories) in part]
    heaviest = int(np.argmax([weight[part].sum() for part in parts]))
    other = with_other[0] if with_other else heaviest
    return Groups(categories, tuple(order.tolist()), tuple(np.asarray(cuts).tolist()), other)


def _typical_categories(
    groups: Groups, weight: NDArray[np.float64], unlisted: NDArray[Any]
) -> NDArray[Any]:
    """The most frequent category of each group; of unlisted ones the first by name."""
    place = {category: i for i, category in enumerate(groups.categories)}
    typical: list[Any] = []
    for names in groups.groups:
        if names:
            typical.append(max(names, key=lambda name: weight[place[name]]))
        else:
            typical.append(min(unlisted, key=lambda name: (isinstance(name, str), name)))
    return as_objects(typical)
