"""Columns of more blocks than the exact criteria take, and blocks without weight."""

from __future__ import annotations

import numpy as np
import pytest

from sklearn_infotheory.preprocessing import _mdl
from sklearn_infotheory.preprocessing._mdl import CRITERIA, make_blocks, partition


def alternating(n, run):
    """Return values of alternating classes, each run of them a bin of its own."""
    return make_blocks(np.arange(n, dtype=float), (np.arange(n) // run % 2).astype(np.uint16), 2)


def test_modl_finds_more_bins_than_it_merges_down_to():
    blocks = alternating(60_000, 30)
    assert len(blocks.counts) > _mdl.MOST_BLOCKS
    found = partition(blocks, "modl")
    assert not found.is_exact
    np.testing.assert_array_equal(found.cuts, np.arange(1, 2000))
    np.testing.assert_array_equal(partition(blocks, "mdlp").cuts, found.cuts)


@pytest.mark.parametrize("max_bins", [1, 7, 500, 1500])
def test_modl_of_many_blocks_keeps_to_max_bins(max_bins):
    assert len(partition(alternating(60_000, 30), "modl", max_bins=max_bins).cuts) == max_bins - 1


def test_modl_of_many_blocks_keeps_to_min_samples_bin():
    rng = np.random.default_rng(0)
    counts = np.zeros((3000, 2))
    counts[np.arange(3000), np.arange(3000) // 2 % 2] = 20
    counts += rng.integers(0, 2, counts.shape)
    free = partition(counts, "modl")
    found = partition(counts, "modl", min_samples_bin=60)
    assert len(free.cuts) > 1000
    weights = np.add.reduceat(counts.sum(axis=1), np.r_[0, found.cuts])
    assert weights.min() >= 60


@pytest.mark.parametrize("seed", range(3))
def test_modl_heuristic_comes_close_to_the_optimum(monkeypatch, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=1500)
    y = np.where(rng.random(1500) < 0.6, np.floor(3 * x) % 3, rng.integers(0, 3, 1500))
    blocks = make_blocks(x, y.astype(np.uint16), 3)
    exact = partition(blocks, "modl")
    monkeypatch.setattr(_mdl, "MOST_BLOCKS", 100)
    monkeypatch.setattr(_mdl, "MOST_MERGED", 50)
    near = partition(blocks, "modl")
    assert exact.is_exact
    assert not near.is_exact
    assert exact.cost - 1e-9 <= near.cost <= exact.cost * 1.002


def test_groupings_of_many_levels():
    rng = np.random.default_rng(0)
    counts = np.array([[30, 10]] * 900 + [[10, 30]] * 900) + rng.integers(0, 3, (1800, 2))
    found = partition(counts.astype(float), "modl", unordered=True)
    assert found.cuts.tolist() == [900]
    assert not found.is_exact


def test_histograms_choose_from_some_candidates():
    values = np.random.default_rng(0).normal(size=3000)
    blocks = make_blocks(values, np.zeros(3000, np.uint16), 1, merge_pure=False)
    found = partition(blocks, "mdl_histogram")
    assert not found.is_exact
    assert 3 <= len(found.cuts) <= 15
    ends = np.r_[0, found.cuts, 3000]
    assert set(found.tests["start"]) | set(found.tests["stop"]) == set(ends.tolist())
    uniform = make_blocks(np.arange(3000.0), np.zeros(3000, np.uint16), 1, merge_pure=False)
    assert partition(uniform, "mdl_histogram").cuts.tolist() == []


def test_histograms_need_the_values():
    with pytest.raises(TypeError, match="needs Blocks"):
        partition(np.ones((3, 1)), "mdl_histogram")


@pytest.mark.parametrize("criterion", CRITERIA[:4])
def test_blocks_without_weight(criterion):
    counts = np.array([[0.0, 0], [30, 1], [0, 0], [0, 40], [0, 0]])
    found = partition(counts, criterion)
    assert found.cuts.tolist() == [2]
    assert np.isfinite(found.tests["gain"]).all()
    for empty in (np.zeros((3, 2)), np.zeros((0, 2))):
        found = partition(empty, criterion)
        assert len(found.cuts) == len(found.tests) == 0


def test_equal_entropy_of_very_many_bins():
    n = 30_000  # a table of cuts by places would take gigabytes
    blocks = make_blocks(np.arange(n, dtype=float), np.zeros(n, np.uint16), 1, merge_pure=False)
    found = partition(blocks, "equal_entropy", max_bins=n // 2)
    np.testing.assert_array_equal(found.cuts, np.arange(2, n, 2))
