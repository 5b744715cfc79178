"""Criteria that split from the top, against their twins."""

from __future__ import annotations

import math

import naive
import numpy as np
import pytest
from preprocessing.samples import (
    BATCH_SIZE,
    BATCHES,
    SPLITS,
    assert_same_tests,
    blocks_of,
    counts_of,
    random_levels,
    random_limits,
    samples,
)

from sklearn_infotheory.preprocessing._mdl import (
    make_blocks,
    partition,
)


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("distinct_values", [False, True])
@pytest.mark.parametrize("criterion", SPLITS)
def test_splits_equal_the_twin(criterion, distinct_values, batch):
    for seed, sample, limits in samples(batch):
        blocks = blocks_of(sample)
        found = partition(
            blocks,
            criterion,
            candidate_cost="candidates" if distinct_values else "samples",
            **limits._asdict(),
        )
        slow = naive.make_blocks(*sample[:3])
        tests = naive.block_split_tests(
            slow, SPLITS[criterion], distinct_values, limits.min_samples_bin
        )
        assert_same_tests(found.tests, tests, seed)
        cuts = naive.accepted_cuts(tests, limits.max_bins)
        assert found.cuts.tolist() == cuts, seed
        np.testing.assert_allclose(
            blocks.cut_points(found.cuts), naive.cut_values(slow, cuts), rtol=1e-15
        )


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("criterion", SPLITS)
def test_groupings_equal_the_twin(criterion, batch):
    for seed in range(batch * BATCH_SIZE, (batch + 1) * BATCH_SIZE):
        counts, limits = random_levels(seed, 15), random_limits(seed)
        found = partition(counts, criterion, unordered=True, **limits._asdict())
        tests = naive.level_split_tests(
            counts_of(counts), SPLITS[criterion], limits.min_samples_bin
        )
        assert found.cuts.tolist() == naive.accepted_cuts(tests, limits.max_bins), seed
        assert_same_tests(found.tests, tests, seed)


def long_column(kind, seed):
    """Return whole columns of some hundred blocks, which small data sets never have."""
    rng = np.random.default_rng(seed)
    n = 600
    x = np.arange(n, dtype=float)
    match kind:
        case "noise":
            y = rng.integers(0, 3, n)
        case "steps":
            y = (rng.random(n) < 0.1 + 0.8 * (x * 6 // n % 2)).astype(int)
        case "many classes":
            y = (x * 40 // n).astype(int) ^ rng.integers(0, 2, n)
        case "alternating":  # single blocks are peeled off the ends
            x = np.repeat(np.arange(60.0), 35)
            y = np.arange(len(x)) // 35 % 2
        case "alternating in three":
            x = np.repeat(np.arange(60.0), 40)
            y = np.array([0, 1, 2, 1])[np.arange(len(x)) // 40 % 4]
        case "mirrored":  # every split from the top has an equal
            half = rng.integers(0, 3, n // 2) * (x[: n // 2] > rng.integers(50, 250))
            y = np.r_[half, half[::-1]]
        case "rare class":
            y = np.zeros(n, int)
            y[rng.choice(n, 5, replace=False)] = 1
    return x, y.astype(np.uint16), int(y.max()) + 1


LONG = [
    "noise",
    "steps",
    "many classes",
    "alternating",
    "alternating in three",
    "mirrored",
    "rare class",
]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", LONG)
@pytest.mark.parametrize("criterion", SPLITS)
def test_long_columns_equal_the_twin(criterion, kind, weighted):
    for seed in range(2):
        x, y, n_classes = long_column(kind, seed)
        weights = None
        if weighted:
            half = np.random.default_rng(seed).choice([0.0, 0.5, 1.0, 2.25, 7.1], len(x) // 2)
            weights = np.r_[half, half[::-1]]
        found = partition(make_blocks(x, y, n_classes, weights), criterion)
        tests = naive.block_split_tests(naive.make_blocks(x, y, weights), SPLITS[criterion])
        assert_same_tests(found.tests, tests, f"{kind}, seed {seed}")


@pytest.mark.parametrize("min_samples_bin", [1, 50])
@pytest.mark.parametrize("n_classes", [2, 3, 7])
@pytest.mark.parametrize("kind", ["steps", "alternating", "continuous"])
def test_each_split_of_a_large_column_is_the_best(kind, n_classes, min_samples_bin):
    rng = np.random.default_rng(n_classes)
    n = 30_000
    x = rng.normal(size=n)
    y = rng.integers(0, n_classes, n)
    if kind == "steps":
        y = np.where(rng.random(n) < 0.7, np.floor(x * 9).astype(int) % n_classes, y)
    elif kind == "alternating":
        y = np.argsort(np.argsort(x)) // 33 % n_classes
    blocks = make_blocks(x, y.astype(np.uint16), n_classes)
    found = partition(blocks, "mdlp", min_samples_bin=min_samples_bin)
    assert len(found.tests)
    below = np.vstack([np.zeros(n_classes), blocks.counts.cumsum(axis=0)])
    for test in found.tests:
        left = below[test["start"] + 1 : test["stop"]] - below[test["start"]]
        parent = below[test["stop"]] - below[test["start"]]
        right = parent - left
        allowed = np.minimum(left.sum(axis=1), right.sum(axis=1)) >= min_samples_bin
        information = np.where(
            allowed, total_entropy(parent) - total_entropy(left) - total_entropy(right), -np.inf
        )
        best = information.max()
        place = test["cut"] - test["start"] - 1
        assert information[place] >= best - 1e-9 * (1 + abs(best))
        assert test["gain"] == pytest.approx(best / parent.sum(), abs=1e-11)


def total_entropy(counts):
    """N Ent(S) of each row of counts."""
    n = counts.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(counts > 0, counts * np.log(counts), 0).sum(axis=-1)
        return np.where(n > 0, n * np.log(n), 0) - terms


@pytest.mark.parametrize(("a", "cuts"), [(5, [4.5]), (6, [])])
def test_one_sample_of_another_class(a, cuts):
    x, y = np.arange(a + 1.0), np.array([0] * a + [1], np.uint16)
    blocks = make_blocks(x, y, 2)
    found = partition(blocks, "mdlp")
    assert blocks.cut_points(found.cuts).tolist() == cuts
    n, H = a + 1, naive.entropy(y)
    (test,) = found.tests
    assert test["gain"] == pytest.approx(H)
    assert test["threshold"] == pytest.approx((math.log(n - 1) + math.log(7) - 2 * H) / n)
    assert test["accepted"] == bool(cuts)


def test_equal_lengths_are_not_a_gain():
    # C(4, 1) 3!/2! = 12 = 2 C(3, 1) C(2, 1): Kononenko's two descriptions are equally long.
    blocks = make_blocks(np.arange(3.0), np.array([0, 0, 1], np.uint16), 2)
    found = partition(blocks, "kononenko")
    assert found.cuts.tolist() == []
    assert found.tests["accepted"].tolist() == [False]


def test_equal_candidates_go_to_the_lowest():
    y = np.repeat(np.array([0, 1, 0], np.uint16), 30)
    for criterion in SPLITS:
        found = partition(make_blocks(np.arange(90.0), y, 2), criterion)
        assert found.cuts.tolist() == [1, 2]
        first = found.tests[found.tests["stop"] - found.tests["start"] == 3]
        assert first["cut"].tolist() == [1]


def test_equal_splits_are_taken_from_the_lowest():
    # The outer bins of the first split are alike, so that a third bin may be cut from either.
    y = np.repeat(np.array([0, 1, 2, 3, 1, 0], np.uint16), [40, 40, 40, 40, 40, 40])
    blocks = make_blocks(np.arange(240.0), y, 4)
    for max_bins in (1, 2, 3, 4, 5, 6):
        for criterion, test in SPLITS.items():
            found = partition(blocks, criterion, max_bins=max_bins)
            tests = naive.split_tests(
                counts_of(blocks.counts), test, lambda start, stop, n: math.log(n - 1)
            )
            assert found.cuts.tolist() == naive.accepted_cuts(tests, max_bins)
            assert len(found.cuts) == max_bins - 1


@pytest.mark.parametrize("n_classes", [646, 647, 648, 2000])
@pytest.mark.parametrize("criterion", SPLITS)
def test_more_classes_than_a_power_of_three_can_hold(criterion, n_classes):
    y = np.tile(np.arange(n_classes), 6).astype(np.uint16)
    x = (y >= n_classes // 2).astype(float)
    found = partition(make_blocks(x, y, n_classes), criterion)
    assert np.isfinite(found.tests["threshold"]).all()
    expected = naive.block_split_tests(naive.make_blocks(x, y), SPLITS[criterion])
    assert_same_tests(found.tests, expected)


def test_more_levels_than_a_power_of_two_can_hold():
    counts = np.tile(np.array([[9.0, 1.0]]), (1500, 1))
    counts[700:] = counts[700:, ::-1]
    levels = counts_of(counts)
    sides = [naive.add_counts(part) for part in (levels, levels[:700], levels[700:])]
    for criterion, test in SPLITS.items():
        found = partition(counts, criterion, unordered=True)
        assert found.cuts.tolist() == [700]
        first = found.tests[found.tests["stop"] - found.tests["start"] == 1500]
        expected = test(*sides, math.log(2**1499 - 1))
        np.testing.assert_allclose(first[["gain", "threshold"]].item(), expected, rtol=1e-11)
