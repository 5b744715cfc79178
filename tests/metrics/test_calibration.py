"""The calibration test: values by definition and by enumeration, extremes, errors."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sklearn_infotheory.metrics import calibration_test


def test_statistic_by_definition():
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(4), 50)
    y = rng.integers(0, 4, 50)
    excess = -np.log(proba[np.arange(50), y]) + (proba * np.log(proba)).sum(axis=1)
    mean_log = (proba * np.log(proba)).sum(axis=1)
    variance = (proba * np.log(proba) ** 2).sum(axis=1) - mean_log**2
    found = calibration_test(y, proba, base=2)
    assert found.statistic == pytest.approx(excess.sum() / np.sqrt(variance.sum()), rel=1e-12)
    assert found.excess_loss == pytest.approx(excess.mean() / np.log(2), rel=1e-12)
    assert found.excess_loss / found.standard_error == pytest.approx(found.statistic)
    assert found.unit == "bits"


def test_p_value_by_enumeration():
    # All 2^12 outcomes of unequal predictions: the saddlepoint is near the exact tails.
    proba = np.random.default_rng(3).uniform(0.05, 0.45, 12)
    outcomes = np.array(list(itertools.product([0, 1], repeat=12)))
    logits = np.log(proba / (1 - proba))
    sums = -(outcomes - proba) @ logits
    chances = np.prod(np.where(outcomes, proba, 1 - proba), axis=1)
    for row in (0b000000000111, 0b110000001011, 0b000000000001):
        excess = sums[row]
        tails = chances[sums >= excess - 1e-9].sum(), chances[sums <= excess + 1e-9].sum()
        middle = min(tails) - chances[row] / 2  # a continuous law stands for the middle of a step
        found = calibration_test(outcomes[row], proba, labels=[0, 1])
        assert found.p_value == pytest.approx(2 * middle, rel=0.15, abs=0.01)


def test_direction_and_classes():
    rng = np.random.default_rng(0)
    law = rng.dirichlet(np.ones(3), 3000)
    y = (rng.random(3000)[:, None] > law.cumsum(axis=1)[:, :-1]).sum(axis=1)
    for power, sign in ((2.0, 1), (0.5, -1)):
        proba = law**power / (law**power).sum(axis=1, keepdims=True)
        found = calibration_test(y, proba)
        assert sign * found.statistic > 5
        assert (sign * found.class_statistics > 3).all()
        assert found.p_value < 1e-6
    frame = found.to_frame()
    assert frame["class"].tolist() == ["all", 0, 1, 2]
    assert frame["statistic"].iloc[0] == found.statistic


def test_two_classes_are_one_test():
    rng = np.random.default_rng(1)
    p = rng.random(100)
    found = calibration_test((rng.random(100) < p).astype(int), p)
    np.testing.assert_allclose(found.class_statistics, found.statistic)
    np.testing.assert_allclose(found.class_p_values, found.p_value)


def test_a_weight_is_that_many_repetitions():
    rng = np.random.default_rng(2)
    proba, y = rng.dirichlet(np.ones(3), 40), rng.integers(0, 3, 40)
    weights = rng.integers(0, 4, 40)
    weighted = calibration_test(y, proba, labels=[0, 1, 2], sample_weight=weights)
    repeated = calibration_test(y.repeat(weights), proba.repeat(weights, axis=0), labels=[0, 1, 2])
    assert weighted.statistic == pytest.approx(repeated.statistic)
    assert weighted.p_value == pytest.approx(repeated.p_value, rel=1e-6)


def test_extremes():
    refuted = calibration_test([1, 0], [[1.0, 0.0], [0.5, 0.5]])
    assert refuted.statistic == np.inf
    assert refuted.p_value == 0
    sure = calibration_test([0, 1], [[1.0, 0.0], [0.0, 1.0]])
    assert (sure.statistic, sure.p_value) == (0, 1)
    uniform = calibration_test([0, 0, 0, 1], np.full((4, 2), 0.5))
    assert (uniform.statistic, uniform.p_value) == (0, 1)
    best = calibration_test(np.zeros(500, int), np.full((500, 2), [0.7, 0.3]), labels=[0, 1])
    assert best.statistic < -10
    assert 0 <= best.p_value < 1e-20


def test_soft_targets_are_refused():
    with pytest.raises(ValueError, match="soft targets"):
        calibration_test([[0.2, 0.8], [0.6, 0.4]], [[0.5, 0.5], [0.5, 0.5]])
