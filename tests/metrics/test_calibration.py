"""The calibration test: values by definition and by enumeration, extremes, errors."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize
from scipy.optimize._numdiff import approx_derivative

from sklearn_infotheory.metrics import _calibration_fit, calibration_test, cross_entropy_loss
from sklearn_infotheory.metrics._calibration_moments import Rows, sums_of
from sklearn_infotheory.metrics._probabilities import check_predictions
from sklearn_infotheory.metrics._saddlepoint import p_value_of_cumulants, two_sided_p_value


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
        assert found.loss_p_value == pytest.approx(2 * middle, rel=0.15, abs=0.01)


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
    assert frame["class"].tolist() == ["all", "all", 0, 1, 2]
    assert frame["statistic"].iloc[1] == found.statistic
    assert frame["p_value"].iloc[0] == found.p_value == frame["corrected_p_value"].min()
    assert found.class_losses()["class"].tolist() == [0, 1, 2]


def test_two_classes_are_one_test():
    rng = np.random.default_rng(1)
    p = rng.random(100)
    found = calibration_test((rng.random(100) < p).astype(int), p)
    np.testing.assert_allclose(found.class_statistics, found.statistic)
    np.testing.assert_allclose(found.class_p_values, found.loss_p_value)
    np.testing.assert_allclose(found.share_p_values[0], found.share_p_values[1])
    smallest = min(found.loss_p_value, found.share_p_values[1])
    assert found.p_value == pytest.approx(min(1, 2 * smallest))


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
    assert (uniform.statistic, uniform.loss_p_value) == (0, 1)
    best = calibration_test(np.zeros(500, int), np.full((500, 2), [0.7, 0.3]), labels=[0, 1])
    assert best.statistic < -10
    assert 0 <= best.p_value < 1e-20


@pytest.mark.parametrize("n_classes", [2, 3, 7])
def test_every_sum_by_definition(n_classes):
    rng = np.random.default_rng(n_classes)
    proba = rng.dirichlet(np.full(n_classes, 0.5), 400)
    proba[:20] = np.eye(n_classes)[rng.integers(0, n_classes, 20)]  # sure, and right
    y = (rng.random(400)[:, None] > proba.cumsum(axis=1)[:, :-1]).sum(axis=1)
    found = calibration_test(y, proba, labels=range(n_classes))
    onehot = np.eye(n_classes)[y]
    spread = (proba * (1 - proba)).sum(axis=0)
    z = (onehot - proba).sum(axis=0) / np.sqrt(spread)
    np.testing.assert_allclose(found.share_statistics, z, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found.excess_shares, (onehot - proba).mean(axis=0), atol=1e-13)
    for k in range(n_classes):
        pair = np.column_stack([1 - proba[:, k], proba[:, k]])
        alone = calibration_test(onehot[:, k].astype(int), pair, labels=[0, 1])
        assert found.class_statistics[k] == pytest.approx(alone.statistic, rel=1e-10)
        assert found.class_p_values[k] == pytest.approx(alone.loss_p_value, rel=1e-2)
        assert found.share_p_values[k] == pytest.approx(alone.share_p_values[1], rel=1e-10)


def test_four_cumulants_are_the_saddlepoint_of_large_samples():
    rng, n_quick = np.random.default_rng(0), 0
    for _ in range(30):
        proba = rng.dirichlet(np.full(3, rng.uniform(0.3, 3)), 4000)
        wrong = proba ** rng.uniform(0.8, 1.25)
        wrong /= wrong.sum(axis=1, keepdims=True)
        y = (rng.random(4000)[:, None] > proba.cumsum(axis=1)[:, :-1]).sum(axis=1)
        predictions = check_predictions(y, wrong, labels=[0, 1, 2])
        sums, rows = sums_of(predictions), Rows(predictions)
        pairs = [(sums.loss, rows.of_losses())]
        pairs += [(sums.counts[k], rows.of_labels(k)) for k in range(3)]
        pairs += [(sums.class_losses[k], rows.of_class_losses(k)) for k in range(3)]
        for cumulants, (p, values, means, weights) in pairs:
            quick = p_value_of_cumulants(cumulants)
            slow = two_sided_p_value(*cumulants[:2], p, -values, means, weights)
            if quick is None:  # far out, or too skew
                continue
            n_quick += 1
            assert quick == pytest.approx(slow, rel=1e-3, abs=1e-12)
    assert n_quick > 120


def test_cumulants_of_few_samples_are_not_used():
    assert p_value_of_cumulants(np.array([1.0, 1.0, 0.5, 0.0])) is None
    assert p_value_of_cumulants(np.array([10.0, 1.0, 0.03, 0.0])) is None
    assert p_value_of_cumulants(np.array([3.0, 1.0, 0.0, 0.05])) is None


def test_shares_by_enumeration():
    proba = np.random.default_rng(5).uniform(0.05, 0.6, 12)
    outcomes = np.array(list(itertools.product([0, 1], repeat=12)))
    chances = np.prod(np.where(outcomes, proba, 1 - proba), axis=1)
    counts = outcomes.sum(axis=1)
    for count in range(1, 9):
        y = np.arange(12) < count
        tails = chances[counts >= count].sum(), chances[counts <= count].sum()
        middle = min(tails) - chances[counts == count].sum() / 2
        found = calibration_test(y, proba).share_p_values[1]
        assert found == pytest.approx(min(1, 2 * middle), rel=0.1, abs=0.02)


def test_a_wrong_prevalence_is_seen():
    rng = np.random.default_rng(0)
    logits = rng.standard_normal(4000)
    y = rng.random(4000) < 1 / (1 + np.exp(-logits - 0.3))
    found = calibration_test(y, 1 / (1 + np.exp(-logits)))
    assert found.loss_p_value > 1e-3
    assert found.p_value < 1e-6
    assert found.slope == pytest.approx(1, abs=4 * found.slope_error)
    assert found.shifts[0] == 0
    assert found.shifts[1] == pytest.approx(0.3, abs=4 * found.shift_errors[1])


@pytest.mark.parametrize("n_classes", [2, 4])
def test_slope_and_shifts_are_the_maximum_likelihood(n_classes):
    rng = np.random.default_rng(1)
    proba = rng.dirichlet(np.ones(n_classes), 500)
    law = proba**0.6 * np.arange(1, n_classes + 1)
    law /= law.sum(axis=1, keepdims=True)
    y = (rng.random(500)[:, None] > law.cumsum(axis=1)[:, :-1]).sum(axis=1)

    def loss(parameters):
        powers = parameters[0] * np.log(proba) + np.concatenate([[0.0], parameters[1:]])
        return cross_entropy_loss(y, powers, scale="logit", reduction="sum")

    best = minimize(loss, np.eye(n_classes)[0], tol=1e-12)
    found = calibration_test(y, proba)
    assert found.slope == pytest.approx(best.x[0], abs=1e-4)
    np.testing.assert_allclose(found.shifts[1:], best.x[1:], atol=1e-4)
    hessian = approx_derivative(lambda x: approx_fprime(x, loss, 1e-5), best.x, rel_step=1e-3)
    errors = np.sqrt(np.diag(np.linalg.inv(hessian)))
    np.testing.assert_allclose([found.slope_error, *found.shift_errors[1:]], errors, rtol=0.02)


def test_one_step_with_all_rows_is_the_fit_to_all_rows(monkeypatch):
    rng = np.random.default_rng(2)
    proba = rng.dirichlet(np.ones(3), 20_000)
    law = proba**0.7 / (proba**0.7).sum(axis=1, keepdims=True)
    y = (rng.random(20_000)[:, None] > law.cumsum(axis=1)[:, :-1]).sum(axis=1)
    predictions = check_predictions(y, proba)
    whole = _calibration_fit.fit_slope_and_shifts(predictions)
    monkeypatch.setattr(_calibration_fit, "_VALUES_OF_A_START", 6000)
    quick = _calibration_fit.fit_slope_and_shifts(predictions)
    assert quick.slope != whole.slope
    assert quick.slope == pytest.approx(whole.slope, abs=0.1 * whole.slope_error)
    np.testing.assert_allclose(quick.shifts, whole.shifts, atol=0.1 * whole.shift_errors.max())
    assert quick.slope_error == pytest.approx(whole.slope_error, rel=0.05)
    changed = np.where(np.arange(20_000) % 10 == 0, 2 - y, y)  # the start sees changed rows only
    mixed = check_predictions(changed, proba)
    found = _calibration_fit.fit_slope_and_shifts(mixed)
    monkeypatch.setattr(_calibration_fit, "_VALUES_OF_A_START", 10**9)
    whole = _calibration_fit.fit_slope_and_shifts(mixed)
    assert found.slope == pytest.approx(whole.slope, abs=0.02)


def test_classes_that_are_separated_have_no_finite_fit():
    found = calibration_test([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])
    assert np.isfinite([found.slope, *found.shifts]).all()
    assert found.p_value > 0.05


def test_soft_targets_are_refused():
    with pytest.raises(ValueError, match="soft targets"):
        calibration_test([[0.2, 0.8], [0.6, 0.4]], [[0.5, 0.5], [0.5, 0.5]])
