"""Divisions of sequences of blocks: each kernel against its definition."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from kernels.block_counts import KINDS, cumulated, random_counts

from sklearn_infotheory._kernels import _divisions, _equal_weights

NO_TABLE = np.empty(0)


def all_divisions(n_blocks, most):
    for n_bins in range(1, most + 1):
        yield from combinations(range(1, n_blocks), n_bins - 1)


@pytest.mark.parametrize("whole", [False, True])
def test_best_division_equals_trying_all(whole):
    rng = np.random.default_rng(int(whole))
    for _ in range(200):
        n_blocks = int(rng.integers(1, 9))
        most = int(rng.integers(1, n_blocks + 1))
        lengths = rng.normal(size=(n_blocks, n_blocks + 1))
        priors = np.cumsum(rng.exponential(rng.choice([0.01, 1]), most))
        if rng.random() < 0.3:
            priors = priors[::-1].copy()
        lengths[(rng.random(lengths.shape) < 0.2) & (np.arange(n_blocks + 1) < n_blocks)] = np.inf
        if whole:  # many equal divisions
            lengths, priors = np.round(lengths), np.round(priors)
        costs = {
            cuts: priors[len(cuts)] + sum(lengths[a, b] for a, b in pairwise((0, *cuts, n_blocks)))
            for cuts in all_divisions(n_blocks, most)
        }
        least = min(costs.values())
        expected = next(cuts for cuts, cost in costs.items() if cost <= least + 1e-12)
        cuts = np.full(n_blocks, -1)
        n_bins, cost = _divisions.best_division(lengths, priors, cuts)
        assert cost == pytest.approx(least, abs=1e-12)
        assert tuple(cuts[: n_bins - 1].tolist()) == expected


def modl_problem(counts):
    sums, totals, _ = cumulated(counts)
    table = np.empty(64)
    _divisions.log_factorials(table)
    return _divisions.MODL, sums, totals, totals, float(counts.shape[1]), table


def modl_length(counts):
    """ln C(N + J - 1, J - 1) + ln(N! / prod_j N_j!) of one bin."""
    n, rest = counts.sum(), counts.shape[1] - 1
    n_j = counts.sum(axis=0)
    places = math.lgamma(n + rest + 1) - math.lgamma(n + 1) - math.lgamma(rest + 1)
    return places + math.lgamma(n + 1) - sum(math.lgamma(c + 1) for c in n_j)


@pytest.mark.parametrize("least", [0.0, 6.0])
@pytest.mark.parametrize("kind", KINDS)
def test_lengths_of_bins(kind, least):
    counts = random_counts(kind, 12, 3, 0)
    lengths = np.full((12, 13), np.nan)
    _divisions.all_lengths(modl_problem(counts), least, lengths)
    for start, stop in combinations(range(13), 2):
        light = counts[start:stop].sum() < least and stop - start < 12
        expected = np.inf if light else modl_length(counts[start:stop])
        assert lengths[start, stop] == pytest.approx(expected, abs=1e-9)
    bounds = np.array([0, 2, 7, 12])
    total = sum(modl_length(counts[a:b]) for a, b in pairwise(bounds))
    assert _divisions.division_length(modl_problem(counts), bounds) == pytest.approx(total)


def test_lengths_of_bins_of_a_histogram():
    counts = np.array([[4.0], [1.0], [5.0]])
    sums, totals, _ = cumulated(counts)
    bounds = np.array([-1.0, 0.0, 1.0, 9.0])
    problem = _divisions.HISTOGRAM, sums, totals, bounds, 1.0, NO_TABLE
    lengths = np.full((3, 4), np.nan)
    _divisions.all_lengths(problem, 0.0, lengths)
    assert lengths[0, 1] == pytest.approx(-4 * math.log(4 / (10 * 0.1)))
    assert lengths[1, 3] == pytest.approx(-6 * math.log(6 / (10 * 0.9)))
    assert lengths[0, 3] == 0


def greedy_merges(counts, priors, n_left):
    """Return the starts after merging the cheapest neighbours again and again, and the best."""
    bounds, costs = list(range(len(counts) + 1)), {}
    while True:
        parts = [modl_length(counts[a:b]) for a, b in pairwise(bounds)]
        costs[len(parts)] = sum(parts) + priors[len(parts) - 1]
        if len(parts) == n_left:
            return bounds[:-1], min(costs, key=costs.get)
        deltas = [
            modl_length(counts[bounds[k] : bounds[k + 2]]) - parts[k] - parts[k + 1]
            for k in range(len(parts) - 1)
        ]
        del bounds[int(np.argmin(deltas)) + 1]


@pytest.mark.parametrize("n_left", [1, 5, 60])
@pytest.mark.parametrize("seed", range(3))
def test_greedy_merges_equal_the_definition(n_left, seed):
    counts = np.random.default_rng(seed).exponential(2, (60, 3))  # no ties
    priors = np.linspace(0, 90, 60)
    starts = np.full(60, -1)
    best = _divisions.merge_greedily(modl_problem(counts), priors, n_left, starts)
    expected, expected_best = greedy_merges(counts, priors, n_left)
    assert starts[:n_left].tolist() == expected
    assert best == expected_best


@pytest.mark.parametrize("kind", ["noise", "pure", "steps"])
def test_an_improved_division_is_a_local_optimum(kind):
    counts = random_counts(kind, 120, 3, 1)
    problem = modl_problem(counts)
    priors = np.log(np.arange(1, 41)) * 4
    for start in (np.array([0, 120]), np.arange(0, 121, 5)):
        bounds = np.full(41, -1)
        bounds[: len(start)] = start
        n_bins = _divisions.improve_division(problem, priors, 3.0, bounds, len(start) - 1)
        found = bounds[: n_bins + 1].tolist()

        def cost(bounds):
            parts = [counts[a:b] for a, b in pairwise(bounds)]
            if len(parts) > 1 and min(part.sum() for part in parts) < 3:
                return math.inf
            return sum(map(modl_length, parts)) + priors[len(parts) - 1]

        others = [found[:k] + found[k + 1 :] for k in range(1, n_bins)]
        others += [sorted({*found, cut}) for cut in range(1, 120)]
        others += [
            [*found[:k], cut, *found[k + 1 :]]
            for k in range(1, n_bins)
            for cut in range(found[k - 1] + 1, found[k + 1])
        ]
        least = min(cost(other) for other in others)
        assert cost(found) <= least + 1e-9
        assert cost(found) <= cost(start.tolist()) + 1e-9


# --- Bins of equal weight --------------------------------------------------------------------


def least_sum(weights, n_bins, least):
    """Least sum of n log n over all divisions into so many bins, by dynamic programming."""
    totals = np.r_[0, np.cumsum(weights)]
    best = np.r_[0, np.full(len(weights), np.inf)]
    for _ in range(n_bins):
        parts = totals[None, :] - totals[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.where(parts >= max(least, 1e-12), parts * np.log(parts), np.inf)
        best = (best[:, None] + values).min(axis=0)
    return best[-1]


@pytest.mark.parametrize("least", [0.0, 4.0])
@pytest.mark.parametrize("seed", range(6))
def test_equal_bins_have_the_largest_entropy(seed, least):
    rng = np.random.default_rng(seed)
    for n_blocks in (3, 40, 150):
        weights = rng.integers(1, 4, n_blocks).astype(float)
        if seed % 3 == 1:
            weights[rng.integers(n_blocks, size=2)] = rng.integers(1, n_blocks, 2)
        elif seed % 3 == 2:
            weights = rng.exponential(2, n_blocks)
        totals = np.r_[0, np.cumsum(weights)]
        most = _equal_weights.most_bins(totals, least)
        for n_bins in {1, 2, 7, n_blocks // 2, n_blocks}:
            n_bins = min(n_bins, most)
            cuts = np.full(n_bins - 1, -1)
            _equal_weights.divide_equally(totals, n_bins, least, NO_TABLE, cuts)
            parts = np.diff(totals[np.r_[0, cuts, n_blocks]])
            heavy = 0.0 if n_bins == 1 else least * (1 - 1e-9)
            assert parts.min() >= heavy
            expected = least_sum(weights, n_bins, heavy)
            assert (parts * np.log(parts)).sum() == pytest.approx(expected, rel=1e-12)


def test_equal_bins_of_equal_blocks_are_lowest():
    for n_blocks, n_bins in ((10, 4), (100, 7), (5, 5)):
        cuts = np.full(n_bins - 1, -1)
        _equal_weights.divide_equally(np.arange(n_blocks + 1.0), n_bins, 1.0, NO_TABLE, cuts)
        size, larger = divmod(n_blocks, n_bins)
        sizes = [size] * (n_bins - larger) + [size + 1] * larger
        assert np.diff(np.r_[0, cuts, n_blocks]).tolist() == sizes


@pytest.mark.parametrize(("least", "n_bins"), [(0.0, 4), (1.0, 4), (3.0, 2), (5.0, 2), (99.0, 1)])
def test_most_bins_of_a_weight(least, n_bins):
    assert _equal_weights.most_bins(np.array([0.0, 4.0, 5.0, 6.0, 10.0]), least) == n_bins
