"""What the terms are too large by: against plain loops, and against the mean of many samples."""

from __future__ import annotations

import numpy as np
import pytest
from metrics import naive_metrics as naive
from metrics.forecasts import CASES
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_infotheory.metrics import _decomposition_bias as bias
from sklearn_infotheory.metrics._recalibration import Bins, Isotonic, Temperature

CLOSE = {"rtol": 1e-10, "atol": 1e-12}

each_case = pytest.mark.parametrize("case", CASES)


def rows_of(bins):
    """Return the rows of each bin."""
    return [np.flatnonzero(bins == b) for b in range(bins.max() + 1)]


@each_case
@pytest.mark.parametrize("n_bins", [1, 3, 8])
def test_bias_of_bins(case, n_bins):
    proba, targets = CASES[case]
    method = Bins(proba, targets, n_bins)
    expected = naive.bias_of_bins(rows_of(method.bins), targets, proba)
    found = bias.bias_of_bins(method, targets)
    assert_allclose(found, expected, **CLOSE)
    assert found[0] - found[1] + found[2] + found[3] == pytest.approx(0, abs=1e-15)


@each_case
def test_bias_of_temperature(case):
    proba, targets = CASES[case]
    found = bias.bias_of_temperature(Temperature(proba, targets), targets)
    assert_allclose(found, naive.bias_of_temperature(targets), **CLOSE)
    assert found[0] == bias.bias_of_uncertainty(targets)


def test_temperature_has_as_many_parameters_as_classes():
    """Labels have half a parameter of optimism in N each (Wilks 1938)."""
    targets = np.eye(4).repeat(25, axis=0)
    proba = np.full((100, 4), 0.25)
    found = bias.bias_of_temperature(Temperature(proba, targets), targets)
    assert_allclose(found, [-3 / 200, 1 / 200, 4 / 200, 0, 0], atol=1e-15)


@pytest.mark.parametrize("spread", [0.0, 0.4])
def test_bias_is_that_of_many_samples(spread):
    """Labels drawn from the predictions: the mean excess of the plug-in terms, simulated."""
    rng = np.random.default_rng(0)
    centers = np.repeat([[0.6, 0.3, 0.1], [0.2, 0.3, 0.5]], 200, axis=0)
    proba = centers * np.exp(spread * rng.normal(size=centers.shape))
    proba /= proba.sum(axis=1, keepdims=True)
    method = Bins(proba, np.eye(3)[np.arange(400) % 3], 2)
    draws = [np.eye(3)[bias.draw_labels(proba, np.random.RandomState(i))] for i in range(2000)]
    measured = np.array([method.measure(targets) for targets in draws])
    expanded = np.array([bias.bias_of_bins(method, targets) for targets in draws[:100]])
    excess = measured.mean(axis=0) - method.measure(proba)
    error = measured.std(axis=0) / np.sqrt(len(draws))
    # Rows are fixed here, and the uncertainty is that of labels of random rows.
    assert abs(excess[2] - expanded[:, 2].mean()) < 3 * error[2] + 1e-4
    assert expanded[:, 2].mean() > 10 * error[2]


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize(
    "weights", [[1, 1, 1, 1], [0, 3, 0, 5], [0.2, 0.1, 0, 0], [0.4, 2.2, 9, 0]]
)
def test_resampled_rows(labels, weights):
    world = np.array([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0], [1 / 3, 1 / 3, 1 / 3], [0.9, 0.0, 0.1]])
    weights = np.array(weights, dtype=float)
    for seed in range(20):
        draws = [np.random.RandomState(seed) for _ in range(2)]
        found = bias.resampled(world, weights, labels, draws[0])
        assert_allclose(found, naive.resampled(world, weights, labels, draws[1]), rtol=1e-15)
        assert found.sum() == pytest.approx(max(1, round(weights.sum())))
        assert not found[weights == 0].any()


def test_drawn_labels():
    proba = np.random.default_rng(0).dirichlet(np.ones(4), 500)
    proba[0], proba[1] = [0, 0, 0, 1], [1, 0, 0, 0]
    found = bias.draw_labels(proba, np.random.RandomState(3))
    pairs = zip(proba, np.random.RandomState(3).random_sample(500), strict=True)
    assert_array_equal(found, [naive.draw_label(p, u) for p, u in pairs])


def test_draws_have_the_kind_and_the_mean_of_the_targets():
    rng = np.random.default_rng(0)
    world = rng.dirichlet(np.full(3, 5.0), 50)
    labels = np.eye(3)[rng.integers(0, 3, 50)]
    drawn = [bias.draw(world, labels, np.random.RandomState(i)) for i in range(1500)]
    assert set(np.unique(drawn)) == {0.0, 1.0}
    assert_allclose(np.mean(drawn, axis=0), world, atol=0.06)
    # The residuals of soft targets change their signs, each with the probability 1/2.
    soft = world + 0.03 * (rng.random((50, 3)) - 0.5)
    soft /= soft.sum(axis=1, keepdims=True)
    drawn = np.array([bias.draw(world, soft, np.random.RandomState(i)) for i in range(40)])
    assert_allclose(abs(drawn - world), np.broadcast_to(abs(soft - world), drawn.shape), atol=1e-12)
    assert_allclose(drawn.mean(axis=0), world, atol=0.02)


def test_simulated_bias_of_bins_is_the_mean_excess():
    """The score has no bias, and the terms that make it up have biases that cancel."""
    proba, targets = CASES["random, 3 classes"]
    proba, targets = proba[:15], targets[:15]
    method, seed = Bins(proba, targets, 3), 5
    found = bias.simulated_bias_of_bins(method, proba, targets, np.random.RandomState(seed))
    random_state, weights = np.random.RandomState(seed), targets.sum(axis=1)
    excesses = []
    for _ in range(bias.N_DRAWS):
        drawn = np.array(naive.resampled(proba, weights, True, random_state))
        groups = rows_of(method.recut(drawn.sum(axis=1)).bins)
        truth = naive.terms_of_bins(groups, weights[:, None] * proba, proba)
        excesses.append(np.subtract(naive.terms_of_bins(groups, drawn, proba), truth))
    expected = np.mean(excesses, axis=0)
    assert_allclose(found[1:3], expected[1:3], rtol=1e-9)
    assert found[0] == bias.bias_of_uncertainty(targets)
    assert found[4] == 0
    assert found[0] - found[1] + found[2] + found[3] == pytest.approx(0, abs=1e-15)


def test_simulated_bias_of_a_fit_is_the_mean_excess():
    proba, targets = CASES["weights, 3 classes"]
    method, seed = Isotonic(proba), 5
    found = bias.simulated_bias_of_fit(method, proba, targets, np.random.RandomState(seed))
    random_state, weights = np.random.RandomState(seed), targets.sum(axis=1)
    reliabilities = []
    for _ in range(bias.N_DRAWS):
        drawn = weights[:, None] * bias.draw(proba, targets, random_state)
        reliabilities.append(naive.terms_of_map(naive.isotonic(drawn, proba), drawn, proba)[2])
    world = weights[:, None] * proba
    truth = naive.terms_of_map(naive.isotonic(world, proba), world, proba)[2]
    assert found[2] == pytest.approx(np.mean(reliabilities) - truth, rel=1e-9)
    assert found[0] == bias.bias_of_uncertainty(targets)
    assert found[1] == found[0] + found[2]
    assert found[3] == found[4] == 0
