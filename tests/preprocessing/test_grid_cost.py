"""The price of a cut on a grid of halves, against a twin in exact arithmetic; noise is not cut."""

from __future__ import annotations

import math
from fractions import Fraction

import naive
import numpy as np
import pytest
from preprocessing.data import mixed_frame

from sklearn_infotheory.preprocessing import EntropyDiscretizer
from sklearn_infotheory.preprocessing._mdl import make_blocks, partition

TESTS = {"mdlp": naive.mdlp_test, "kononenko": naive.kononenko_test}
LEVELS = 6  # all cuts of which are tried, beside the one of least class entropy


def nearest(sums, wanted):
    """Return the inner bound nearest to so much weight, the upper one of equally near ones."""
    return min(range(1, len(sums) - 1), key=lambda cut: (abs(sums[cut] - wanted), -cut))


def log_place(sums, cut, n_values):
    """Price of a cut, from the weights before each block."""
    low, high = (Fraction(sums[cut - 1] + sums[cut], 2), Fraction(sums[cut] + sums[cut + 1], 2))
    level = 1
    while math.floor(high * 2**level / sums[-1]) == math.floor(low * 2**level / sums[-1]):
        level += 1
    by_value = math.log(max(n_values - 1, 1))
    on_grid = math.log(level * (level + 1)) + min((level - 1) * math.log(2), by_value)
    return math.log(2) + min(by_value, on_grid)


def grid_cuts(blocks, test, start=0, stop=None):
    """List the accepted cuts of some blocks, in any order."""
    stop = len(blocks) if stop is None else stop
    if stop - start < 2:
        return []
    counts = [block.counts for block in blocks[start:stop]]
    sums = [0, *(int(total) for total in np.cumsum([sum(c.values()) for c in counts]))]
    n_values = sum(block.n_values for block in blocks[start:stop])
    sides = {
        cut: (naive.add_counts(counts[:cut]), naive.add_counts(counts[cut:]))
        for cut in range(1, len(counts))
    }
    entropy = {
        cut: -sum(sum(side.values()) * naive._entropy_of(side) for side in pair)
        for cut, pair in sides.items()
    }
    tried = {naive.lowest_best(entropy)}
    for level in range(1, LEVELS + 1):
        if 2**level <= 2 * len(counts):
            parts = range(1, 2**level, 2)
            tried |= {nearest(sums, Fraction(sums[-1] * k, 2**level)) for k in parts}
    parent, n = naive.add_counts(counts), sums[-1]
    net = {}
    for cut in sorted(tried):
        gain, threshold = test(parent, *sides[cut], log_place(sums, cut, n_values))
        net[cut] = (gain - threshold) * n
    cut = naive.lowest_best(net)
    if net[cut] <= 1e-9:
        return []
    cut += start
    return [cut, *grid_cuts(blocks, test, start, cut), *grid_cuts(blocks, test, cut, stop)]


@pytest.mark.parametrize("criterion", TESTS)
@pytest.mark.parametrize("seed", range(60))
def test_twin(criterion, seed):
    rng = np.random.default_rng(seed)
    n, n_classes = int(rng.integers(4, 160)), int(rng.integers(2, 4))
    y = rng.integers(0, n_classes, n)
    x = np.round(rng.normal(size=n) + rng.choice([0, 1, 3]) * y, int(rng.integers(0, 3)))
    blocks = make_blocks(x, y, n_classes)
    found = partition(blocks, criterion, candidate_cost="grid")
    slow = naive.make_blocks(x, y)
    assert sorted(grid_cuts(slow, TESTS[criterion])) == found.cuts.tolist()


def test_a_cut_in_the_middle_costs_the_same_for_any_number_of_samples():
    def threshold(n):
        x, y = np.arange(float(n)), np.arange(n) >= n // 2
        blocks = make_blocks(x, y.astype(int), 2, merge_pure=False)
        test = partition(blocks, "mdlp", candidate_cost="grid").tests[0]
        assert test["cut"] == n // 2
        return n * test["threshold"]

    assert threshold(64) == pytest.approx(threshold(4096))
    place = math.log(2) + math.log(2)  # whether there is a cut, and level 1 of the grid
    assert threshold(64) == pytest.approx(place + math.log(7) - 2 * math.log(2))


def test_weak_columns_are_cut_that_were_not():
    rng = np.random.default_rng(0)
    cut = {"grid": 0, "samples": 0}
    for _ in range(50):
        y = rng.integers(0, 2, 1000)
        x = (rng.normal(size=1000) + 0.25 * y)[:, None]
        for cost in cut:
            cut[cost] += EntropyDiscretizer(candidate_cost=cost).fit(x, y).n_bins_[0] > 1
    assert cut["grid"] > cut["samples"] + 5


def test_default_and_json():
    X, y = mixed_frame()
    discretizer = EntropyDiscretizer(missing_values="bin").fit(X, y)
    assert discretizer.candidate_cost == "grid"
    again = EntropyDiscretizer.from_dict(discretizer.to_dict())
    assert again.candidate_cost == "grid"
