"""Recalibrated predictions and the terms of a loss against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from metrics import naive_metrics as naive
from metrics.forecasts import CASES
from numpy.testing import assert_allclose
from scipy.optimize import minimize

from sklearn_infotheory.metrics._recalibration import (
    Bins,
    Isotonic,
    Temperature,
    entropy_of,
    losses_of_rows,
    mean_loss,
    normalized,
)

CLOSE = {"rtol": 1e-11, "atol": 1e-12}

each_case = pytest.mark.parametrize("case", CASES)
each_number = pytest.mark.parametrize("n_bins", [1, 4])


def rows_of(bins):
    """Return the rows of each bin."""
    return [np.flatnonzero(bins == b) for b in range(bins.max() + 1)]


def redrawn(targets, seed=0):
    """Return targets of rows that were drawn again: some twice, some never."""
    return targets * np.random.default_rng(seed).poisson(1, (len(targets), 1))


@each_case
def test_losses(case):
    proba, targets = CASES[case]
    assert_allclose(mean_loss(targets, proba), naive.mean_loss(targets, proba), **CLOSE)
    pairs = zip(targets, proba, strict=True)
    expected = [naive.loss_of_row(t, p) for t, p in pairs]
    assert_allclose(losses_of_rows(targets, proba), expected, **CLOSE)
    assert_allclose(normalized(targets), [naive.distribution(t) for t in targets], **CLOSE)
    shares = targets.sum(axis=0) / targets.sum()
    assert_allclose(entropy_of(shares), naive.entropy(shares), **CLOSE)


@each_case
@each_number
def test_terms_of_bins(case, n_bins):
    proba, targets = CASES[case]
    method = Bins(proba, targets, n_bins)
    groups = rows_of(method.bins)
    assert_allclose(method.measure(targets), naive.terms_of_bins(groups, targets, proba), **CLOSE)
    again = redrawn(targets)
    if again.sum():
        assert_allclose(method.measure(again), naive.terms_of_bins(groups, again, proba), **CLOSE)


@each_case
@each_number
def test_bins_recalibrate(case, n_bins):
    proba, targets = CASES[case]
    method = Bins(proba, targets, n_bins)
    groups, weights = rows_of(method.bins), targets.sum(axis=1)
    found = method.recalibrate(targets)
    assert_allclose(found, naive.recalibrated_in_bins(groups, targets, proba), **CLOSE)
    expected = [naive._mean_prediction(rows, targets, proba) for rows in groups]
    mass = np.array([weights[rows].sum() for rows in groups])
    least = (mass[:, None] * np.array(expected)).min()
    assert method.smallest_expectation(targets) == pytest.approx(least, rel=1e-11)
    means = np.array(expected)[method.bins]
    pairs = zip(targets, proba, means, strict=True)
    within = [naive.loss_of_row(t, p) - naive.loss_of_row(t, m) for t, p, m in pairs]
    assert_allclose(method.losses_within(targets), within, **CLOSE)
    assert_allclose(
        np.average(within, weights=weights), method.measure(targets)[3], rtol=1e-9, atol=1e-12
    )


@each_case
def test_bins_are_cut_anew(case):
    proba, targets = CASES[case]
    weights = np.random.default_rng(1).integers(0, 3, len(proba)) + 0.0
    weights[0] = 1.0
    found = Bins(proba, targets, 4).recut(weights)
    expected = naive.partition(proba, np.where(weights > 0, weights, 1e-12), 4)
    assert {tuple(rows) for rows in rows_of(found.bins)} == {tuple(rows) for rows in expected}


@each_case
def test_isotonic(case):
    proba, targets = CASES[case]
    method = Isotonic(proba)
    for observed in (targets, redrawn(targets)):
        if observed.sum():
            fitted = naive.isotonic(observed, proba)
            assert_allclose(method.recalibrate(observed), fitted, **CLOSE)
            expected = naive.terms_of_map(fitted, observed, proba)
            assert_allclose(method.measure(observed), expected, **CLOSE)


def loss_of(parameters, targets, proba):
    """Return the mean loss after recalibration."""
    return naive.mean_loss(targets, naive.scaled(parameters, proba))


SMOOTH = [case for case in CASES if "classes" in case and "0 and 1" not in case]


@pytest.mark.parametrize("case", SMOOTH)
def test_temperature_is_of_maximum_likelihood(case):
    proba, targets = CASES[case]
    start = np.eye(proba.shape[1])[0]
    best = minimize(loss_of, start, (targets, proba), tol=1e-10)
    fitted = Temperature(proba, targets).recalibrate(targets)
    assert_allclose(fitted, naive.scaled(best.x, proba), atol=1e-4)
    assert naive.mean_loss(targets, fitted) <= best.fun + 1e-9
    # Where the likelihood has its maximum, predicted and observed shares of each class agree.
    weights = targets.sum(axis=1)
    assert_allclose(weights @ fitted, targets.sum(axis=0), atol=1e-5)


@each_case
def test_temperature_never_loses(case):
    proba, targets = CASES[case]
    method = Temperature(proba, targets)
    for observed in (targets, redrawn(targets)):
        if observed.sum():
            fitted = method.recalibrate(observed)
            assert_allclose(fitted.sum(axis=1), 1, rtol=1e-12)
            expected = naive.terms_of_map(fitted, observed, proba)
            assert_allclose(method.measure(observed), expected, **CLOSE)
    terms = method.measure(targets)
    assert terms[2] >= -1e-12  # reliability: recalibration by these targets cannot cost anything


@pytest.mark.parametrize("least", [1e-9, 1e-15, 1e-100])
@pytest.mark.parametrize("n_wrong", [1, 5, 25])
@pytest.mark.parametrize("n_classes", [2, 4])
def test_predictions_that_are_sure_and_wrong(least, n_wrong, n_classes):
    """Of predictions 0 and 1 and no others, recalibration returns the shares of the right ones."""
    codes = np.arange(100) % n_classes
    proba = np.maximum(np.eye(n_classes)[codes], least)
    codes[:n_wrong] = (codes[:n_wrong] + 1) % n_classes
    targets = np.eye(n_classes)[codes]
    fitted = Temperature(proba, targets).recalibrate(targets)
    best = minimize(loss_of, np.zeros(n_classes), (targets, np.maximum(proba, 1e-9)), tol=1e-10)
    assert naive.mean_loss(targets, fitted) <= best.fun + 1e-6
    assert_allclose(fitted.sum(axis=0), targets.sum(axis=0), atol=1e-4)


def test_constant_predictions_that_are_sure_and_wrong():
    targets = np.eye(3)[np.arange(30) % 3]
    proba = np.full((30, 3), [1e-15, 0.9, 0.1])
    method = Temperature(proba, targets)
    assert_allclose(method.recalibrate(targets), np.full((30, 3), 1 / 3), atol=1e-9)
    assert method.measure(targets)[1] == pytest.approx(0, abs=1e-12)  # no resolution
