"""Laws that all criteria keep, and the table of what they tried."""

from __future__ import annotations

import math

import naive
import numpy as np
import pytest
from preprocessing.samples import (
    BATCH_SIZE,
    BATCHES,
    Limits,
    Sample,
    blocks_for,
    blocks_of,
    cost_of,
    counts_of,
    random_levels,
    random_sample,
)

from sklearn_infotheory.preprocessing._mdl import (
    CRITERIA,
    SUPERVISED,
    TEST_DTYPE,
    partition,
)

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
