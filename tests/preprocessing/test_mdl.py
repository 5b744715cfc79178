"""Blocks and the criteria that partition them: each against its twin, and against its laws."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_infotheory.preprocessing._mdl import (
    CRITERIA,
    SUPERVISED,
    TEST_DTYPE,
    make_blocks,
    partition,
)

SPLITS = {"mdlp": naive.mdlp_test, "kononenko": naive.kononenko_test}
UNSUPERVISED = [criterion for criterion in CRITERIA if criterion not in SUPERVISED]
BATCHES = range(20)
BATCH_SIZE = 100  # 2,000 data sets in all


class Sample(NamedTuple):
    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None
    n_classes: int


class Limits(NamedTuple):
    min_samples_bin: float
    max_bins: int | None


def random_weights(rng, n):
    """Return none, whole or fractional weights; some of them 0, not all."""
    kind = rng.integers(5)
    if kind < 2:
        return None
    weights = [rng.integers(0, 4, n), rng.choice([0, 0.25, 1.5, 3], n), rng.exponential(2, n)][
        kind - 2
    ].astype(float)
    weights[rng.integers(n)] = 2.0
    return weights


def random_sample(seed, most_values=60, whole=False):
    """Return one to 120 rows with ties; y random, by x, or of one class only, of up to 12."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 121))
    n_values = int(rng.choice([1, 2, 5, 9, 30, 60]))
    x = rng.integers(0, min(n_values, most_values), n) * rng.choice([1.0, 0.3, -7.25])
    n_classes = int(rng.choice([1, 2, 2, 3, 5, 12]))
    y = rng.integers(0, n_classes, n)
    by_x = (np.argsort(np.argsort(x)) * n_classes // n + rng.integers(0, 2)) % n_classes
    y = np.where(rng.random(n) < rng.choice([0, 0.5, 0.8, 1]), by_x, y)
    weights = random_weights(rng, n)
    if whole and weights is not None:
        weights = np.ceil(weights)
    return Sample(x, y.astype(np.uint16), weights, n_classes)


def random_limits(seed):
    rng = np.random.default_rng([seed, 1])
    min_samples_bin = float(rng.choice([1, 1, 1, 2, 3.5, 10]))
    max_bins = [None, None, 1, 2, 3, 4][rng.integers(6)]
    return Limits(min_samples_bin, max_bins)


def samples(batch, **options):
    for seed in range(batch * BATCH_SIZE, (batch + 1) * BATCH_SIZE):
        yield seed, random_sample(seed, **options), random_limits(seed)


def blocks_of(sample, merge_pure=True):
    x, y, weights, n_classes = sample
    return make_blocks(x, y, n_classes, weights, merge_pure=merge_pure)


def unsupervised_blocks(sample):
    no_classes = np.zeros(len(sample.x), np.uint16)
    return blocks_of(sample._replace(y=no_classes, n_classes=1), merge_pure=False)


def blocks_for(criterion, sample):
    return blocks_of(sample) if criterion in SUPERVISED else unsupervised_blocks(sample)


def counts_of(counts):
    """Return the rows of an array of counts as {class: weight}."""
    return [{j: float(c) for j, c in enumerate(row) if c > 0} for row in np.asarray(counts)]


def random_levels(seed, most_levels):
    """Return counts of classes in levels, in order of the share of the first class."""
    rng = np.random.default_rng([seed, 2])
    n_levels, n_classes = rng.integers(1, most_levels + 1), rng.integers(1, 5)
    shares = rng.dirichlet(np.full(n_classes, 0.5), n_levels)
    counts = np.array([rng.multinomial(rng.integers(1, 40), share) for share in shares])
    counts = counts[np.argsort(counts[:, 0] / counts.sum(axis=1), kind="stable")]
    return np.ascontiguousarray(counts * rng.choice([1.0, 1.0, 0.75]))


def assert_same_tests(found, expected, message=""):
    """Compare the table of tested splits with the twin's, in any order."""
    found = np.sort(found, order=["start", "stop"])
    expected = sorted(expected)
    for name in ("start", "stop", "cut", "accepted"):
        names = [getattr(test, name) for test in expected]
        np.testing.assert_array_equal(found[name], names, f"{name}, {message}")
    for name in ("gain", "threshold"):
        numbers = [getattr(test, name) for test in expected]
        np.testing.assert_allclose(
            found[name], numbers, rtol=1e-11, atol=1e-11, err_msg=f"{name}, {message}"
        )


# --- Blocks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("merge_pure", [True, False])
def test_blocks_equal_the_twin(merge_pure, batch):
    for seed, sample, _ in samples(batch):
        found = blocks_of(sample, merge_pure)
        expected = naive.make_blocks(*sample[:3], merge_pure)
        assert found.lowest.tolist() == [block.lowest for block in expected], seed
        assert found.highest.tolist() == [block.highest for block in expected], seed
        counts = np.zeros((len(expected), sample.n_classes))
        for row, block in zip(counts, expected, strict=True):
            row[list(block.counts)] = list(block.counts.values())
        np.testing.assert_allclose(found.counts, counts, rtol=1e-12, err_msg=str(seed))
        assert found.counts.flags.c_contiguous
        assert found.counts.dtype == np.float64


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.int64])
def test_blocks_of_any_integer_codes(dtype):
    sample = random_sample(3)
    found, expected = blocks_of(sample._replace(y=sample.y.astype(dtype))), blocks_of(sample)
    np.testing.assert_array_equal(found.counts, expected.counts)


def test_blocks_leave_their_input_alone():
    x, y, weights = np.array([3.0, 1.0, 2.0]), np.array([1, 0, 1], np.uint16), np.ones(3)
    for array in (x, y, weights):
        array.flags.writeable = False
    assert make_blocks(x, y, 2, weights).counts.tolist() == [[1, 0], [0, 2]]
    strided = np.repeat(x, 2)[::2]
    assert make_blocks(strided, np.repeat(y, 3)[::3], 2).counts.tolist() == [[1, 0], [0, 2]]


def test_zero_and_minus_zero_are_one_value():
    blocks = make_blocks(np.array([0.0, -0.0, 1.0]), np.array([0, 1, 1], np.uint16), 2)
    assert blocks.counts.tolist() == [[1, 1], [0, 1]]


finite = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def two_values(draw):
    low = draw(finite)
    high = draw(finite | st.just(math.nextafter(low, math.inf)) | st.just(-low))
    return sorted((low, high))


@settings(deadline=None, max_examples=300)
@given(two_values())
def test_a_cut_point_lies_in_the_middle_and_separates(pair):
    low, high = pair
    if low == high or math.isinf(high):
        return
    blocks = make_blocks(np.array([high, low]), np.array([0, 1], np.uint16), 2)
    (cut,) = blocks.cut_points(np.array([1]))
    assert low <= cut < high
    middle = naive.midpoint(low, high)
    assert abs(cut - middle) <= math.ulp(max(abs(low), abs(high)))


@pytest.mark.parametrize(
    ("low", "high", "cut"),
    [
        (1.0, 2.0, 1.5),
        (1.0, math.nextafter(1.0, 2.0), 1.0),
        (math.nextafter(1.0, 0.0), 1.0, math.nextafter(1.0, 0.0)),
        (-1.7e308, 1.7e308, 0.0),
        (-1.7976931348623157e308, 1.7976931348623157e308, 0.0),
        (1.6e308, 1.7e308, 1.65e308),
        (0.0, 5e-324, 0.0),
        (-5e-324, 0.0, -5e-324),
    ],
)
def test_cut_points_at_the_limits_of_floats(low, high, cut):
    blocks = make_blocks(np.array([low, high]), np.array([0, 1], np.uint16), 2)
    assert blocks.cut_points(np.array([1])).tolist() == [pytest.approx(cut, rel=1e-15, abs=0)]


# --- Splitting from the top ------------------------------------------------------------------


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("distinct_values", [False, True])
@pytest.mark.parametrize("criterion", SPLITS)
def test_splits_equal_the_twin(criterion, distinct_values, batch):
    for seed, sample, limits in samples(batch):
        blocks = blocks_of(sample)
        found = partition(
            blocks, criterion, n_candidates_as_cost=distinct_values, **limits._asdict()
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


# --- The best of all partitions --------------------------------------------------------------


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


def cost_of(interval_cost, prior, cuts, n_blocks):
    bins = naive.intervals(cuts, n_blocks)
    return prior(len(bins)) + sum(interval_cost(*bin) for bin in bins)


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


# --- Laws ------------------------------------------------------------------------------------


def informed_sample(seed, n=400):
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(size=n), 2)
    y = np.where(rng.random(n) < 0.7, np.clip(np.floor(2 * x + 2), 0, 3), rng.integers(0, 4, n))
    return Sample(x, y.astype(np.uint16), None, 4)


def cut_points(criterion, sample, **options):
    blocks = blocks_for(criterion, sample)
    return blocks.cut_points(partition(blocks, criterion, **options).cuts)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_order_of_rows_and_names_of_labels_do_not_matter(criterion):
    sample = informed_sample(0)
    expected = cut_points(criterion, sample)
    assert len(expected)
    order = np.random.default_rng(0).permutation(len(sample.x))
    shuffled = sample._replace(x=sample.x[order], y=sample.y[order])
    assert cut_points(criterion, shuffled).tolist() == expected.tolist()
    renamed = sample._replace(y=np.array([5, 1, 0, 3], np.uint16)[sample.y], n_classes=7)
    assert cut_points(criterion, renamed).tolist() == expected.tolist()


@pytest.mark.parametrize("criterion", CRITERIA)
def test_affine_maps_move_the_cuts_along(criterion):
    sample = informed_sample(1)
    sample = sample._replace(x=np.round(sample.x * 100))
    blocks = blocks_for(criterion, sample)
    expected = partition(blocks, criterion)
    for slope, offset in ((2.0, 0.0), (3.0, -700.0), (2.0**-40, 0.0), (2.0**900, 0.0)):
        mapped = blocks_for(criterion, sample._replace(x=sample.x * slope + offset))
        found = partition(mapped, criterion)
        np.testing.assert_array_equal(found.cuts, expected.cuts)
        np.testing.assert_allclose(found.cost, expected.cost, rtol=1e-10)
        cuts = blocks.cut_points(expected.cuts) * slope + offset
        np.testing.assert_allclose(mapped.cut_points(found.cuts), cuts, rtol=1e-14)


@pytest.mark.parametrize("criterion", SUPERVISED)
def test_monotone_maps_leave_the_bins_alone(criterion):
    sample = informed_sample(2)
    expected = partition(blocks_of(sample), criterion)
    found = partition(blocks_of(sample._replace(x=np.exp(3 * sample.x))), criterion)
    np.testing.assert_array_equal(found.cuts, expected.cuts)
    np.testing.assert_array_equal(found.tests, expected.tests)


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize("limits", [Limits(1, None), Limits(40, None), Limits(1, 3)])
def test_whole_weights_are_repetitions(limits, criterion):
    sample = informed_sample(3)
    weights = np.random.default_rng(0).integers(0, 4, len(sample.x))
    weighted = sample._replace(weights=weights.astype(float))
    repeated = sample._replace(x=np.repeat(sample.x, weights), y=np.repeat(sample.y, weights))
    found = [
        partition(blocks_for(criterion, which), criterion, **limits._asdict())
        for which in (weighted, repeated)
    ]
    np.testing.assert_array_equal(found[0].cuts, found[1].cuts)
    np.testing.assert_array_equal(found[0].tests, found[1].tests)
    assert found[0].cost == pytest.approx(found[1].cost, nan_ok=True)
    assert found[0].level == pytest.approx(found[1].level, nan_ok=True)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_fractional_weights_join_whole_ones_smoothly(criterion):
    sample = informed_sample(4)
    whole = sample._replace(weights=np.full(len(sample.x), 2.0))
    nearly = sample._replace(weights=np.full(len(sample.x), 2.0 + 1e-9))
    found = [partition(blocks_for(criterion, which), criterion) for which in (whole, nearly)]
    np.testing.assert_array_equal(found[0].cuts, found[1].cuts)
    assert found[0].cost == pytest.approx(found[1].cost, rel=1e-4, nan_ok=True)
    for name in ("gain", "threshold"):
        np.testing.assert_allclose(found[0].tests[name], found[1].tests[name], atol=1e-6)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_columns_that_cannot_be_cut(criterion):
    one_row = Sample(np.array([3.0]), np.array([0], np.uint16), None, 1)
    constant = Sample(np.full(50, 3.0), np.arange(50, dtype=np.uint16) % 2, None, 2)
    light = Sample(np.arange(3.0), np.array([0, 1, 1], np.uint16), np.full(3, 1e-3), 2)
    for sample in (one_row, constant, light):
        found = partition(blocks_for(criterion, sample), criterion)
        assert found.cuts.tolist() == []
        assert len(found.tests) == 0
        assert not math.isinf(found.cost)


@pytest.mark.parametrize("criterion", SUPERVISED)
def test_one_class_is_one_bin(criterion):
    for n_classes in (1, 3):
        sample = Sample(np.arange(30.0), np.zeros(30, np.uint16), None, n_classes)
        found = partition(blocks_of(sample), criterion)
        assert found.cuts.tolist() == []
        assert len(found.tests) == 0
        if criterion == "modl":
            assert found.level == 0


@pytest.mark.parametrize("criterion", CRITERIA)
def test_max_bins(criterion):
    for seed in range(5):
        sample = informed_sample(seed)
        blocks = blocks_for(criterion, sample)
        costs = []
        for max_bins in range(1, 15):
            found = partition(blocks, criterion, max_bins=max_bins)
            assert len(found.cuts) < max_bins
            if criterion == "equal_entropy":
                assert len(found.cuts) == max_bins - 1
            costs.append(found.cost)
        assert (np.diff(costs) <= 1e-9).all() or np.isnan(costs).all()
        if criterion != "equal_entropy":
            np.testing.assert_array_equal(found.cuts, partition(blocks, criterion).cuts)


def test_equal_entropy_gives_ten_bins_and_no_more_than_there_are_values():
    x = np.arange(100.0)
    assert cut_points("equal_entropy", Sample(x, x, None, 1)).tolist() == [
        9.5 + 10 * i for i in range(9)
    ]
    few = Sample(np.repeat(np.arange(4.0), [1, 90, 3, 6]), x, None, 1)
    assert cut_points("equal_entropy", few).tolist() == [0.5, 1.5, 2.5]
    continuous = Sample(np.random.default_rng(0).normal(size=20_001), np.zeros(20_001), None, 1)
    cuts = cut_points("equal_entropy", continuous, max_bins=7)
    counts = np.bincount(np.searchsorted(cuts, continuous.x))
    assert set(counts.tolist()) <= {20_001 // 7, 20_001 // 7 + 1}


@pytest.mark.parametrize("min_samples_bin", [1, 2.5, 30, 200, 201, 1000])
@pytest.mark.parametrize("criterion", CRITERIA)
def test_min_samples_bin(criterion, min_samples_bin):
    for weights in (None, np.random.default_rng(0).exponential(1, 400)):
        sample = informed_sample(5)._replace(weights=weights)
        blocks = blocks_for(criterion, sample)
        found = partition(blocks, criterion, min_samples_bin=min_samples_bin)
        below = np.r_[0, blocks.counts.sum(axis=1).cumsum()]
        heaviness = np.diff(below[np.r_[0, found.cuts, -1]])
        assert len(heaviness) == 1 or heaviness.min() >= min_samples_bin - 1e-9


# --- The table of tested splits --------------------------------------------------------------


@pytest.mark.parametrize("criterion", CRITERIA)
def test_accepted_means_more_gain_than_the_threshold(criterion):
    for seed in range(200):
        found = partition(blocks_for(criterion, random_sample(seed)), criterion)
        tests = found.tests
        assert tests.dtype == TEST_DTYPE
        assert (tests["gain"] > tests["threshold"])[tests["accepted"]].all()
        rejected = tests[~tests["accepted"]]
        assert (rejected["gain"] <= rejected["threshold"] + 1e-11).all()
        assert (tests["start"] < tests["cut"]).all()
        assert (tests["cut"] < tests["stop"]).all()
        assert found.cuts.dtype == np.intp
        if criterion in ("mdlp", "kononenko"):
            assert found.cuts.tolist() == sorted(tests["cut"][tests["accepted"]])
            assert math.isnan(found.cost)
        if criterion != "modl":
            assert math.isnan(found.level)


@pytest.mark.parametrize("batch", BATCHES[:5])
@pytest.mark.parametrize("unordered", [False, True])
def test_modl_table_says_what_one_cut_more_or_less_costs(unordered, batch):
    for seed in range(batch * BATCH_SIZE, (batch + 1) * BATCH_SIZE):
        if unordered:
            counts = random_levels(seed, 8)
            found = partition(counts, "modl", unordered=True)
        else:
            blocks = blocks_of(random_sample(seed))
            counts = blocks.counts
            found = partition(blocks, "modl")
        present = counts_of(counts)
        parts = naive.modl_parts(present, unordered)
        cuts, n_blocks = found.cuts.tolist(), len(counts)
        bins = naive.intervals(cuts, n_blocks)
        accepted = found.tests[found.tests["accepted"]]
        assert sorted(accepted["cut"].tolist()) == cuts
        for test in accepted:
            i = cuts.index(test["cut"])
            assert (test["start"], test["stop"]) == (bins[i][0], bins[i + 1][1])
            n = counts[test["start"] : test["stop"]].sum()
            without = cost_of(*parts, cuts[:i] + cuts[i + 1 :], n_blocks) - found.cost
            assert n * (test["gain"] - test["threshold"]) == pytest.approx(without, abs=1e-8)
        best_extra = {}  # {bin: (how much longer it is to cut it too, where)}
        for start, stop in bins:
            extra = {
                cut: cost_of(*parts, sorted([*cuts, cut]), n_blocks) - found.cost
                for cut in range(start + 1, stop)
            }
            extra = {cut: length for cut, length in extra.items() if math.isfinite(length)}
            if extra:
                best_extra[start, stop] = min(extra.values()), extra
        rejected = found.tests[~found.tests["accepted"]]
        spans = zip(rejected["start"].tolist(), rejected["stop"].tolist(), strict=True)
        assert sorted(spans) == sorted(best_extra), seed
        for test in rejected:
            least, extra = best_extra[test["start"], test["stop"]]
            n = counts[test["start"] : test["stop"]].sum()
            assert n * (test["threshold"] - test["gain"]) == pytest.approx(least, abs=1e-8)
            assert extra[test["cut"]] == pytest.approx(least, abs=1e-8)


def test_unknown_criterion():
    blocks = blocks_of(random_sample(0))
    with pytest.raises(ValueError, match=r"chimerge.*mdl_histogram"):
        partition(blocks, "chimerge")
