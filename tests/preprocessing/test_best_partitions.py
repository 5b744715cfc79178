"""Criteria that find the best of all partitions, against their twins."""

from __future__ import annotations

import math
from itertools import pairwise

import naive
import numpy as np
import pytest
from preprocessing.samples import (
    BATCH_SIZE,
    BATCHES,
    Sample,
    blocks_of,
    cost_of,
    counts_of,
    random_levels,
    random_limits,
    samples,
    unsupervised_blocks,
)

from sklearn_infotheory.preprocessing._mdl import (
    make_blocks,
    partition,
)


@pytest.mark.parametrize("batch", BATCHES)
def test_modl_equals_the_twin(batch):
    for seed, sample, limits in samples(batch, most_values=9):
        blocks = blocks_of(sample)
        slow = naive.make_blocks(*sample[:3])
        best, cost = naive.modl_partitions([block.counts for block in slow], False, *limits)
        found = partition(blocks, "modl", **limits._asdict())
        assert found.is_exact
        assert found.cost == pytest.approx(cost, rel=1e-10, abs=1e-10), seed
        assert tuple(found.cuts.tolist()) == best[0], seed
        one_bin = naive.modl_cost(*sample[:2], [], sample.weights)
        level = 1 - cost / one_bin if abs(one_bin) > 1e-12 else 0.0
        assert found.level == pytest.approx(level, abs=1e-9), seed
        cuts = blocks.cut_points(found.cuts)
        again = naive.modl_cost(*sample[:2], cuts, sample.weights)
        assert found.cost == pytest.approx(again, rel=1e-10, abs=1e-10), seed


@pytest.mark.parametrize("batch", BATCHES)
def test_modl_cuts_only_at_boundary_points(batch):
    for seed, sample, _ in samples(batch, most_values=8):
        found = partition(blocks_of(sample), "modl")
        _, cost = naive.modl_cuts(*sample[:3], merge_pure=False)
        assert found.cost == pytest.approx(cost, rel=1e-10, abs=1e-10), seed


@pytest.mark.parametrize("batch", BATCHES)
def test_modl_grouping_equals_the_twin(batch):
    for seed in range(batch * BATCH_SIZE, (batch + 1) * BATCH_SIZE):
        counts, limits = random_levels(seed, 8), random_limits(seed)
        best, cost = naive.modl_partitions(counts_of(counts), True, *limits)
        found = partition(counts, "modl", unordered=True, **limits._asdict())
        assert found.cost == pytest.approx(cost, rel=1e-10, abs=1e-10), seed
        assert tuple(found.cuts.tolist()) == best[0], seed


@pytest.mark.parametrize("batch", BATCHES)
def test_equal_entropy_equals_the_twin(batch):
    for seed, sample, limits in samples(batch, most_values=9):
        blocks = unsupervised_blocks(sample)
        weights = blocks.counts.sum(axis=1).tolist()
        n_bins = limits.max_bins or 10
        best, _ = naive.equal_entropy_partitions(weights, n_bins, limits.min_samples_bin)
        found = partition(blocks, "equal_entropy", **limits._asdict())
        assert tuple(found.cuts.tolist()) == best[0], seed


@pytest.mark.parametrize("batch", BATCHES)
def test_histogram_equals_the_twin(batch):
    for seed, sample, limits in samples(batch, most_values=9, whole=True):
        blocks = unsupervised_blocks(sample)
        slow = naive.make_blocks(
            sample.x, np.zeros(len(sample.x)), sample.weights, merge_pure=False
        )
        best, cost = naive.nml_histogram_partitions(slow, *limits)
        found = partition(blocks, "mdl_histogram", **limits._asdict())
        assert found.cost == pytest.approx(cost, rel=1e-9, abs=1e-9), seed
        assert tuple(found.cuts.tolist()) == best[0], seed


def least_cost(interval_cost, prior, n_blocks, max_bins):
    costs = naive.least_costs(n_blocks, interval_cost, max_bins)
    return min(prior(i) + cost for i, cost in enumerate(costs, start=1) if math.isfinite(cost))


@pytest.mark.parametrize("seed", range(8))
def test_optima_of_more_bins_than_can_be_tried(seed):
    rng = np.random.default_rng(seed)
    n_values = 45
    x = rng.integers(0, n_values, 900).astype(float)
    y = np.where(rng.random(900) < 0.9, x * [5, 9, 15, 22][seed % 4] // n_values % 2, 1)
    weights = rng.choice([0.5, 1, 2.5], 900) if seed % 2 else None
    sample = Sample(x, y.astype(np.uint16), weights, 2)
    blocks = blocks_of(sample)
    parts = naive.modl_parts(counts_of(blocks.counts))
    found = partition(blocks, "modl")
    expected = least_cost(*parts, len(blocks.counts), None)
    assert found.cost == pytest.approx(expected, rel=1e-11)
    found_cost = cost_of(*parts, found.cuts.tolist(), len(blocks.counts))
    assert found_cost == pytest.approx(expected, rel=1e-11)
    blocks = unsupervised_blocks(sample)
    parts = naive.equal_entropy_parts(blocks.counts.sum(axis=1).tolist())
    for n_bins in (3, 7, 20):
        cuts = partition(blocks, "equal_entropy", max_bins=n_bins).cuts.tolist()
        expected = least_cost(*parts, n_values, n_bins)
        assert cost_of(*parts, cuts, n_values) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_optimal_histograms_of_more_bins_than_can_be_tried(seed):
    rng = np.random.default_rng(seed)
    clusters = rng.integers(0, 4, 160) * 100.0
    x = np.unique(np.round(clusters + rng.normal(size=160) * 2 ** rng.integers(0, 4, 160)))
    x = np.repeat(x, rng.integers(1, 4, len(x)))
    blocks = unsupervised_blocks(Sample(x, x, None, 1))
    parts = naive.nml_histogram_parts(naive.make_blocks(x, np.zeros(len(x)), merge_pure=False))
    found = partition(blocks, "mdl_histogram")
    expected = least_cost(*parts, len(blocks.counts), 12)
    assert 1 <= len(found.cuts) < 12
    assert found.cost == pytest.approx(expected, rel=1e-9)
    cost = cost_of(*parts, found.cuts.tolist(), len(blocks.counts))
    assert cost == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_equal_entropy_among_heavy_values(seed):
    rng = np.random.default_rng(seed)
    weights = rng.pareto(0.7, 150) + 0.1
    weights = weights if seed % 2 else np.ceil(weights)
    blocks = make_blocks(np.arange(150.0), np.zeros(150, np.uint16), 1, weights, merge_pure=False)
    for n_bins, min_samples_bin in ((2, 1), (6, 1), (10, 12.5)):
        parts = naive.equal_entropy_parts(weights.tolist(), min_samples_bin)
        cuts = partition(
            blocks, "equal_entropy", max_bins=n_bins, min_samples_bin=min_samples_bin
        ).cuts.tolist()
        expected = least_cost(*parts, 150, n_bins)
        assert cost_of(*parts, cuts, 150) == pytest.approx(expected, rel=1e-12)


def test_histogram_of_many_values_finds_the_steps_of_a_density():
    rng = np.random.default_rng(0)
    n = 30_000
    uniform = rng.random(n)
    steps = np.where(rng.random(n) < 0.6, 0.3 * uniform, 0.3 + 0.7 * uniform)
    for x, true_cuts in ((uniform, []), (steps, [0.3])):
        blocks = unsupervised_blocks(Sample(x, np.zeros(n, np.uint16), None, 1))
        found = partition(blocks, "mdl_histogram")
        assert not found.is_exact
        np.testing.assert_allclose(blocks.cut_points(found.cuts), true_cuts, atol=0.003)


def test_modl_of_many_blocks_is_at_least_as_short_as_the_truth():
    rng = np.random.default_rng(0)
    n = 20_000
    x = rng.random(n)
    truth = np.array([0.2, 0.35, 0.7, 0.72])
    shares = np.array([0.1, 0.6, 0.3, 0.9, 0.5])
    y = (rng.random(n) < shares[np.searchsorted(truth, x)]).astype(np.uint16)
    blocks = make_blocks(x, y, 2)
    found = partition(blocks, "modl")
    assert not found.is_exact
    assert found.cost == pytest.approx(naive.modl_cost(x, y, blocks.cut_points(found.cuts)))
    assert found.cost <= naive.modl_cost(x, y, truth)
    noise = partition(make_blocks(x, rng.permutation(y), 2), "modl")
    assert noise.cuts.tolist() == []
    assert noise.level == 0


@pytest.mark.parametrize("seed", range(3))
def test_modl_heuristic_is_optimal_against_merging_moving_and_splitting(seed):
    rng = np.random.default_rng(seed)
    n = 8000
    x = rng.normal(size=n)
    y = np.where(rng.random(n) < 0.3, rng.integers(0, 3, n), np.floor(2 * x) % 3)
    blocks = make_blocks(x, y.astype(np.uint16), 3)
    found = partition(blocks, "modl")
    assert not found.is_exact
    interval_cost, prior = fast_modl_parts(blocks.counts)
    bounds = [0, *found.cuts.tolist(), len(blocks.counts)]
    cost = prior(len(bounds) - 1) + sum(interval_cost(*bin) for bin in pairwise(bounds))
    assert found.cost == pytest.approx(cost)
    fewer, more = (
        prior(len(bounds) - 2) - prior(len(bounds) - 1),
        prior(len(bounds)) - prior(len(bounds) - 1),
    )
    for start, cut, stop in zip(bounds, bounds[1:], bounds[2:], strict=False):
        two_bins = interval_cost(start, cut) + interval_cost(cut, stop)
        assert interval_cost(start, stop) + fewer >= two_bins - 1e-9
        moved = [
            interval_cost(start, place) + interval_cost(place, stop)
            for place in range(start + 1, stop)
        ]
        assert min(moved) >= two_bins - 1e-9
    for start, stop in pairwise(bounds):
        split = [
            interval_cost(start, place) + interval_cost(place, stop)
            for place in range(start + 1, stop)
        ]
        assert min(split, default=math.inf) + more >= interval_cost(start, stop) - 1e-9


def fast_modl_parts(counts):
    """Return the parts of the MODL cost, with the counts of an interval by prefix sums."""
    below = np.vstack([np.zeros(counts.shape[1]), counts.cumsum(axis=0)])

    def interval_cost(start, stop):
        inside = dict(enumerate((below[stop] - below[start]).tolist()))
        return naive.modl_interval_cost(inside, counts.shape[1])

    return interval_cost, lambda n_bins: naive.modl_prior(n_bins, counts.sum())
