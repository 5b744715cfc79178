"""Steps between values and bins, against their definitions in plain loops."""

from __future__ import annotations

from math import comb, factorial, log

import numpy as np
import pytest

from sklearn_infotheory.preprocessing._binning_target import PARTS, continuous_target, read_target
from sklearn_infotheory.preprocessing._grouping import _pool_rarest, _principal_scores
from sklearn_infotheory.preprocessing._learned_column import _most_similar_bin
from sklearn_infotheory.preprocessing._rule import BinningRule, _cost_of_grid


def cost_of_grid(counts):
    """Theorem 1 of Boullé and Hue (2006), factor by factor."""
    n, n_bins, n_parts = int(counts.sum()), *counts.shape
    cost = 2 * log(n) + log(comb(n + n_bins - 1, n_bins - 1))
    for row in counts.astype(int):
        n_i = int(row.sum())
        cost += log(comb(n_i + n_parts - 1, n_parts - 1)) + log(factorial(n_i))
        cost -= sum(log(factorial(int(count))) for count in row)
    return cost + sum(log(factorial(int(count))) for count in counts.sum(axis=0))


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (3, 2), (5, 10)])
def test_cost_of_grid(shape):
    counts = np.random.default_rng(0).integers(0, 9, shape).astype(float)
    counts[0, 0] += 1
    assert _cost_of_grid(counts) == pytest.approx(cost_of_grid(counts))


def information(counts):
    joint = counts / counts.sum()
    independent = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    there = joint > 0
    return (joint[there] * np.log(joint[there] / independent[there])).sum()


def test_missing_values_join_the_bin_that_loses_least_information():
    rng = np.random.default_rng(1)
    for _ in range(200):
        counts = rng.integers(1, 20, (rng.integers(2, 6), rng.integers(2, 5))).astype(float)
        kept = []
        for i in range(len(counts) - 1):
            merged = counts[:-1].copy()
            merged[i] += counts[-1]
            kept.append(information(merged))
        assert kept[_most_similar_bin(counts)] == pytest.approx(max(kept))


def test_missing_values_join_the_largest_of_equals():
    assert _most_similar_bin(np.array([[5.0], [9.0], [9.0], [3.0]])) == 1
    assert _most_similar_bin(np.array([[5.0, 1.0], [2.0, 9.0], [0.0, 0.0]])) == 1


def test_order_of_levels_of_two_classes_is_that_of_the_share():
    counts = np.random.default_rng(2).integers(1, 30, (12, 2)).astype(float)
    scores = _principal_scores(counts)[:, 0]
    shares = counts[:, 1] / counts.sum(axis=1)
    np.testing.assert_array_equal(np.argsort(scores), np.argsort(shares))


def test_order_of_levels_is_that_of_the_principal_components():
    rng = np.random.default_rng(3)
    for _ in range(50):
        counts = rng.integers(1, 30, (8, 4)).astype(float)
        weight = counts.sum(axis=1)
        shares = counts / weight[:, None]
        mean = np.average(shares, axis=0, weights=weight)
        covariance = np.cov(shares.T, aweights=weight, bias=True)
        directions = np.linalg.eigh(covariance)[1][:, ::-1]
        expected = (shares - mean) @ directions
        scores = _principal_scores(counts)
        np.testing.assert_allclose(np.abs(scores), np.abs(expected), atol=1e-10)
        assert not np.ptp(np.sign(scores * expected)[:, :-1], axis=0).any()  # the last one is zero


def test_pool_of_rare_levels():
    levels, weight = np.array([0, 1, 2, 4]), np.array([5.0, 1.0, 9.0, 2.0])

    def pool(max_bins=None, least=1):
        rule = BinningRule("equal_entropy", max_bins, least, "error")
        order, cuts = _pool_rarest(levels, weight, rule)
        return [part.tolist() for part in np.split(order, cuts)]

    assert pool() == [[0], [1], [2], [4]]
    assert pool(max_bins=3) == [[0], [2], [1, 4]]
    assert pool(least=3) == [[0], [2], [1, 4]]
    assert pool(least=4) == [[2], [0, 1, 4]]  # the pool needs four samples as well
    assert pool(least=10) == [[0, 1, 2, 4]]


def test_parts_of_a_continuous_target_have_equal_counts():
    y = np.random.default_rng(4).normal(size=1000)
    target = continuous_target(y, None)
    assert [labels.n_classes for labels in target.candidates] == list(PARTS)
    for labels in target.candidates:
        counts = np.bincount(labels.codes)
        assert np.ptp(counts) <= 1
        assert (np.diff(labels.codes[np.argsort(y)].astype(int)) >= 0).all()
    assert target.counted.n_classes == len(target.classes) == 10


def test_parts_of_a_target_with_ties_and_weights():
    y = np.array([0.5] * 60 + [1.5] * 30 + [2.5] * 10)
    target = continuous_target(y, None)
    assert target.counted.n_classes == 3
    assert target.classes.tolist() == ["(-inf, 0.5]", "(0.5, 1.5]", "(1.5, inf)"]
    weighted = continuous_target(np.array([0.5, 1.5, 2.5]), np.array([60.0, 30.0, 10.0]))
    assert weighted.classes.tolist() == target.classes.tolist()


def test_classes_keep_their_type_and_order():
    for y in (np.array([3, 1, 2, 1]), np.array(["b", "a", "c", "a"]), np.array([True, False])):
        target = read_target(y, "auto", None)
        assert target.classes.tolist() == np.unique(y).tolist()
        assert target.classes.dtype == y.dtype
        assert (target.classes[target.counted.codes] == y).all()
    part = read_target(np.array([0, 1, 2, 2]), "auto", None).take(np.array([0, 2, 3]), None)
    assert part.counted.n_classes == 3
    assert part.candidates[0].n_classes == 2
    assert part.candidates[0].codes.tolist() == [0, 1, 1]
