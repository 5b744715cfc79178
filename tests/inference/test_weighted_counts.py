"""Sums of sampling weights as effective counts."""

import numpy as np
import pytest
from scipy.special import chdtrc

from sklearn_infotheory._inference._weighted_counts import (
    WeightedSums,
    effective_counts,
    effective_size,
    weighted_p_values,
    with_common_squares,
)


def sums_of(cells, weights, n_cells=4):
    return WeightedSums.of(
        np.bincount(cells, weights, n_cells), np.bincount(cells, weights**2, n_cells)
    )


def draw(n, seed, weights):
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, 4, n)
    return sums_of(cells, weights(cells, rng))


def covariance(p, s):
    """What V is, written from its definition: variances of sums of w (1[cell] - p)."""
    V = np.zeros((len(p), len(p)))
    for cell, weight in enumerate(s):
        deviation = (np.arange(len(p)) == cell) - p
        V += weight * np.outer(deviation, deviation)
    return V


def test_equal_weights_are_counts():
    a, b = np.array([30.0, 20, 0, 50]), np.array([3.0, 4, 1, 2])
    ours, others = WeightedSums.of(7 * a, 49 * a), WeightedSums.of(0.1 * b, 0.01 * b)
    for pair in ((ours, others), with_common_squares(ours, others, (100, 10))):
        reference, batch, evenness = effective_counts(*pair)
        np.testing.assert_allclose(reference, a)
        np.testing.assert_allclose(batch, b)
        assert evenness == pytest.approx(1)


def test_sizes_and_evenness_are_those_of_the_eigenvalues():
    ours = draw(500, 0, lambda cells, rng: 1.0 + cells)
    others = draw(90, 1, lambda cells, rng: rng.exponential(size=len(cells)) + cells)
    reference, batch, evenness = effective_counts(ours, others)
    sizes = [effective_size(of.sums.sum(), of.squares.sum()) for of in (ours, others)]
    p = ours.shares * sizes[0] + others.shares * sizes[1]
    p /= p.sum()
    root = np.diag(p**-0.5)
    parts = [root @ covariance(p, p * of.ratios / of.sums.sum()) @ root for of in (ours, others)]
    assert reference.sum() == pytest.approx(3 / np.trace(parts[0]))
    assert batch.sum() == pytest.approx(3 / np.trace(parts[1]))
    eigenvalues = np.linalg.eigvalsh(sum(parts))
    assert evenness == pytest.approx(eigenvalues.sum() ** 2 / (eigenvalues**2).sum() / 3)
    assert 0 < evenness < 1


def test_scale_of_weights_does_not_matter():
    ours, others = (draw(n, n, lambda c, rng: rng.exponential(size=len(c))) for n in (400, 60))
    times = WeightedSums(1000 * others.sums, 1000 * others.ratios)
    for n_rows in (None, (400, 60)):
        pairs = [(ours, others), (ours, times)]
        if n_rows is not None:
            pairs = [with_common_squares(*pair, n_rows) for pair in pairs]
        for a, b in zip(*(effective_counts(*pair) for pair in pairs), strict=True):
            np.testing.assert_allclose(a, b)


def test_weights_of_another_kind_keep_their_squares():
    ours = draw(400, 0, lambda cells, rng: np.ones(len(cells)))
    heavy = draw(60, 1, lambda cells, rng: rng.exponential(size=len(cells)) ** 4)
    assert with_common_squares(ours, heavy, (400, 60))[1] is heavy
    empty = WeightedSums.of(np.zeros(4), np.zeros(4))
    assert with_common_squares(ours, empty, (400, 0))[1] is empty


def test_one_cell_and_no_rows():
    one = WeightedSums.of(np.array([6.0, 0]), np.array([12.0, 0]))
    none = WeightedSums.of(np.zeros(2), np.zeros(2))
    np.testing.assert_allclose(effective_counts(one, one)[0], [3, 0])
    for a in effective_counts(one, none)[1:]:
        assert np.all(np.isin(a, [0, 1]))


def test_p_values():
    g, mean = np.array([9.0, 9.0, 0.0]), np.array([3.0, 3.0, 0.0])
    p = weighted_p_values(g, mean, np.array([0.5, 1.0, 0.5]), np.array([0.1, 0.2, 1.0]))
    np.testing.assert_allclose(p, [chdtrc(1.5, 4.5), 0.2, 1.0])
