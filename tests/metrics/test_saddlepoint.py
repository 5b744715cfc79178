"""Tails of the excess loss against plain loops, and against all outcomes."""

from __future__ import annotations

import numpy as np
import pytest
from metrics import naive_metrics as naive

from sklearn_infotheory.metrics import calibration_test
from sklearn_infotheory.metrics._calibration_moments import Rows, p_value_of_loss, sums_of
from sklearn_infotheory.metrics._probabilities import Predictions
from sklearn_infotheory.metrics._saddlepoint import _ExcessLoss, _saddlepoint


def predictions_of(proba, codes, weights):
    classes = np.arange(proba.shape[1])
    return Predictions(proba, codes, None, np.asarray(weights, dtype=float), classes)


def p_value_of(proba, codes, weights):
    """Return the p-value of the loss."""
    predictions = predictions_of(proba, codes, weights)
    return p_value_of_loss(sums_of(predictions), Rows(predictions))


def excess_of(proba, codes, weights):
    return sums_of(predictions_of(proba, codes, weights)).loss[0]


def sample(seed, n, n_classes, concentration=1.0):
    rng = np.random.default_rng(seed)
    proba = rng.dirichlet(np.full(n_classes, concentration), n)
    codes = (rng.random(n)[:, None] > proba.cumsum(axis=1)[:, :-1]).sum(axis=1)
    return proba, codes, rng


@pytest.mark.parametrize("n_classes", [2, 3, 6])
@pytest.mark.parametrize("weighted", [False, True])
def test_formula(n_classes, weighted):
    for seed in range(6):
        proba, codes, rng = sample(seed, 30, n_classes, concentration=(0.3, 1.0, 10.0)[seed % 3])
        weights = rng.integers(1, 4, 30) if weighted else np.ones(30)
        excess, p_value = excess_of(proba, codes, weights), p_value_of(proba, codes, weights)
        assert excess == pytest.approx(naive.excess_loss(proba, codes, weights), rel=1e-10)
        expected = naive.saddlepoint_p_value(excess, proba, weights)
        assert p_value == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_probabilities_of_zero():
    for seed in range(10):
        proba, _, rng = sample(seed, 20, 4)
        proba[rng.random(proba.shape) < 0.3] = 0.0
        proba[:, 0] += 0.01
        proba /= proba.sum(axis=1, keepdims=True)
        codes = np.array([rng.choice(4, p=p) for p in proba])
        found = excess_of(proba, codes, np.ones(20)), p_value_of(proba, codes, np.ones(20))
        expected = naive.saddlepoint_p_value(found[0], proba, np.ones(20))
        assert found[1] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("n", "n_classes"), [(1, 3), (2, 2), (2, 5), (5, 3), (9, 2)])
def test_extremes_have_their_own_probability(n, n_classes):
    """All labels the likeliest, or all the least likely: there is no saddlepoint there."""
    for seed in range(10):
        proba, _, rng = sample(seed, n, n_classes)
        weights = np.ones(n, dtype=int)
        for codes in (proba.argmax(axis=1), proba.argmin(axis=1)):
            found = p_value_of(proba, codes, weights)
            assert found == pytest.approx(naive.exact_p_value(proba, codes, weights), rel=1e-9)
        if n < 5:
            weights = rng.integers(1, 3, n)
            found = p_value_of(proba, codes, weights)
            assert found == pytest.approx(naive.exact_p_value(proba, codes, weights), rel=1e-9)


def test_extremes_that_several_classes_share():
    proba = np.array([[0.4, 0.4, 0.2], [0.1, 0.1, 0.8]])
    least_likely = [2, 0]  # probability .2 and .1 + .1
    assert calibration_test(least_likely, proba, labels=[0, 1, 2]).loss_p_value == pytest.approx(
        0.08
    )
    rows_without_spread = np.vstack([proba, [[1 / 3] * 3] * 4, [[0.5, 0.5, 0.0]]])
    codes = [*least_likely, 0, 1, 2, 0, 1]
    assert calibration_test(codes, rows_without_spread).loss_p_value == pytest.approx(0.08)


@pytest.mark.parametrize(("n", "p"), [(20, 0.95), (100, 0.99), (1000, 0.999)])
def test_a_sure_classifier_that_is_always_right_is_not_refuted(n, p):
    proba = np.tile([1 - p, p], (n, 1))
    found = calibration_test(np.ones(n, int), proba, labels=[0, 1])
    assert found.statistic < 0
    assert found.loss_p_value == pytest.approx(2 * p**n)


def test_levels_hold_in_small_samples():
    """Twice the smaller tail, over all outcomes of few rows: no p-value comes too often."""
    proba = np.array([[0.7, 0.3], [0.6, 0.4], [0.85, 0.15], [0.55, 0.45], [0.9, 0.1]])
    outcomes = np.array(list(np.ndindex(*[2] * 5)))
    chances = np.prod(np.where(outcomes == 0, proba[:, 0], proba[:, 1]), axis=1)
    p_values = np.array([p_value_of(proba, codes, np.ones(5)) for codes in outcomes])
    for level in (0.01, 0.05, 0.1, 0.2):
        assert chances[p_values <= level].sum() <= 1.3 * level


@pytest.mark.parametrize("n_classes", [50, 1500])
def test_many_classes_some_of_them_impossible(n_classes):
    """The powers of near classes are far from 1, and must not all underflow."""
    proba, _, _ = sample(0, 6, n_classes, concentration=1000.0)
    proba[:, 1::3] = 0.0
    proba /= proba.sum(axis=1, keepdims=True)
    codes = proba.argmax(axis=1)
    codes[0] = 0
    assert 0 <= p_value_of(proba, codes, np.ones(6)) < 0.05


def test_the_mean_has_no_tail():
    """An excess of 0 is where the formula is 0 / 0."""
    proba = np.array([[0.8, 0.2]] * 5)
    found = calibration_test([0, 0, 0, 0, 1], proba)
    assert found.statistic == pytest.approx(0, abs=1e-12)
    assert found.loss_p_value == 1


def test_the_saddlepoint_is_found_to_the_last_digit():
    """A tolerance of 0 is never met: steps end, and are then as near as numbers can be."""
    proba, codes, _ = sample(0, 30, 3)
    logs, entropies = np.log(proba), np.array([naive.entropy(p) for p in proba])
    law = _ExcessLoss(proba, logs, entropies, np.ones(30))
    excess = naive.excess_loss(proba, codes, np.ones(30))
    t = _saddlepoint(law, excess, tolerance=0.0)
    assert law.cumulants(t)[1] == pytest.approx(excess, rel=1e-12)
    expected = naive.cumulants(t, proba, np.ones(30))
    np.testing.assert_allclose(law.cumulants(t), expected, rtol=1e-11)
