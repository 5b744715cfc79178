"""The terms of the loss: values, identities, bias, weights, soft targets, errors."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from sklearn_infotheory._inference._noncentral_chi_square import divergence_interval
from sklearn_infotheory.measures import entropy, kl_divergence
from sklearn_infotheory.metrics import cross_entropy_decomposition, cross_entropy_loss
from sklearn_infotheory.metrics._decomposition import MethodName
from sklearn_infotheory.metrics._prediction_bins import default_n_bins, partition
from sklearn_infotheory.metrics._recalibration import TERMS

METHODS = get_args(MethodName)
each_method = pytest.mark.parametrize("method", METHODS)


def data(n=300, n_classes=3, power=1.0, seed=0):
    rng = np.random.default_rng(seed)
    law = np.maximum(rng.dirichlet(np.ones(n_classes), n), 1e-3)
    law /= law.sum(axis=1, keepdims=True)
    y = (rng.random(n)[:, None] > law.cumsum(axis=1)[:, :-1]).sum(axis=1)
    return y, law**power / (law**power).sum(axis=1, keepdims=True)


def plain(y, proba, **options):
    return cross_entropy_decomposition(y, proba, n_bootstrap="none", **options)


def values(found):
    return np.array([getattr(found, term) for term in TERMS])


def test_isotonic_reference_value():
    found = plain(
        [0, 0, 0, 1, 1, 1], [0.4, 0.3, 0.2, 0.1, 0.5, 0.9], method="isotonic", debias=False
    )
    expected = [0.6931472, 0.3182571, 0.3237327, 0.0, 0.6986228]
    np.testing.assert_allclose(values(found), expected, atol=1e-7)


def test_binned_terms_by_definition():
    # Two distinct predictions, so that the bins are these and nothing is left within.
    y = np.array([0, 0, 1, 2, 2, 2, 1, 0])
    proba = np.array([[0.6, 0.3, 0.1]] * 4 + [[0.2, 0.3, 0.5]] * 4)
    found = plain(y, proba, n_bins=2, debias=False)
    shares = [np.bincount(part, minlength=3) / 4 for part in (y[:4], y[4:])]
    overall = np.bincount(y) / 8
    assert found.n_bins == 2
    assert found.uncertainty == pytest.approx(entropy(overall), abs=1e-14)
    expected = np.mean([kl_divergence(s, overall) for s in shares])
    assert found.resolution == pytest.approx(expected, abs=1e-14)
    expected = np.mean([kl_divergence(s, p) for s, p in zip(shares, proba[[0, 4]], strict=True)])
    assert found.reliability == pytest.approx(expected, abs=1e-14)
    assert found.remainder == pytest.approx(0, abs=1e-14)


@each_method
@pytest.mark.parametrize("n_classes", [2, 3, 5])
@pytest.mark.parametrize("debias", [False, True])
def test_terms_sum_to_the_score(method, n_classes, debias):
    y, proba = data(n_classes=n_classes, power=1.5)
    found = plain(y, proba, method=method, debias=debias, base=2)
    total = found.uncertainty - found.resolution + found.reliability + found.remainder
    assert total == pytest.approx(found.score, abs=1e-13)
    assert found.score == pytest.approx(cross_entropy_loss(y, proba, base=2), abs=1e-13)


def test_bias_is_the_textbook_one_where_cells_are_full():
    # 4 predictions of 3 classes, 250 samples each: (K - 1) / 2N and so on.
    laws = np.array([[0.6, 0.2, 0.2], [0.2, 0.6, 0.2], [0.2, 0.1, 0.7], [0.2, 0.2, 0.6]])
    rng = np.random.default_rng(0)
    proba = laws.repeat(250, axis=0)
    y = (rng.random(1000)[:, None] > proba.cumsum(axis=1)[:, :-1]).sum(axis=1)
    found = plain(y, proba, n_bins=4)
    unit = 2 / 2000
    expected = [-unit, 3 * unit, 4 * unit, 0.0, 0.0]
    np.testing.assert_allclose([found.bias[t] for t in TERMS], expected, atol=1e-12)


@each_method
def test_calibrated_predictions_cost_nothing_on_average(method):
    found = [plain(*data(n=300, seed=s, n_classes=2), method=method) for s in range(25)]
    costs = np.array([f.reliability for f in found])
    assert abs(costs.mean()) < 3 * costs.std() / 5
    raw = [plain(*data(n=300, seed=s, n_classes=2), method=method, debias=False) for s in range(9)]
    assert np.mean([f.reliability for f in raw]) > 0.002


@each_method
def test_miscalibration_is_found(method):
    found = cross_entropy_decomposition(
        *data(n=800, power=2.5), method=method, n_bootstrap=60, base=2
    )
    low, high = found.intervals["reliability"]
    assert 0 < low < found.reliability < high


@pytest.mark.parametrize("method", ["binned", "recalibration"])
def test_a_weight_is_that_many_repetitions(method):
    y, proba = data(n=120)
    weights = np.random.default_rng(1).integers(0, 4, 120)
    weighted = plain(y, proba, method=method, n_bins=3, sample_weight=weights, debias=False)
    repeated = plain(
        y.repeat(weights), proba.repeat(weights, axis=0), method=method, n_bins=3, debias=False
    )
    np.testing.assert_allclose(values(weighted), values(repeated), atol=1e-10)
    assert weighted.n_samples == repeated.n_samples == weights.sum()


@each_method
def test_row_order_does_not_matter(method):
    y, proba = data(n=100)
    order = np.random.default_rng(0).permutation(100)
    a = plain(y, proba, method=method, debias=False)
    b = plain(y[order], proba[order], method=method, debias=False)
    np.testing.assert_allclose(values(a), values(b), atol=1e-10)


@each_method
def test_soft_targets(method):
    y, proba = data(n=300)
    rng = np.random.default_rng(2)
    targets = proba * rng.uniform(0.8, 1.2, proba.shape)
    targets /= targets.sum(axis=1, keepdims=True)
    found = cross_entropy_decomposition(targets, proba, method=method, n_bootstrap=30)
    assert found.score == pytest.approx(cross_entropy_loss(targets, proba), abs=1e-13)
    total = found.uncertainty - found.resolution + found.reliability + found.remainder
    assert total == pytest.approx(found.score, abs=1e-13)
    # Soft targets vary less than labels, and so the bias is smaller.
    labels = plain(y, proba, method=method)
    assert abs(found.bias["reliability"]) < abs(labels.bias["reliability"])


def test_equal_data_give_equal_intervals_and_units_convert():
    y, proba = data()
    a, b = (cross_entropy_decomposition(y, proba, n_bootstrap=40, base=base) for base in (None, 2))
    np.testing.assert_allclose(values(b) * np.log(2), values(a), atol=1e-14)
    frame_a, frame_b = a.to_frame(), b.to_frame()
    np.testing.assert_allclose(frame_b * np.log(2), frame_a, atol=1e-14)
    assert list(frame_a.index) == list(TERMS)
    assert (a.unit, b.unit) == ("nats", "bits")


def test_a_missing_class_and_one_class_are_finite():
    _, proba = data(n=60)
    for method in METHODS:
        found = cross_entropy_decomposition(
            np.zeros(60, int), proba, labels=[0, 1, 2], method=method, n_bootstrap=20
        )
        assert np.isfinite(values(found)).all()
        assert found.uncertainty == 0


@each_method
def test_a_single_class_has_nothing_to_tell(method):
    found = cross_entropy_decomposition(
        ["a"] * 5, np.ones((5, 1)), labels=["a"], method=method, n_bootstrap=20
    )
    assert values(found).tolist() == [0.0] * 5
    assert set(found.intervals.values()) == {(0.0, 0.0)}


def test_zero_probability_of_what_happened():
    y, proba = [0, 1, 1], [[1.0, 0.0], [1.0, 0.0], [0.5, 0.5]]
    with pytest.raises(ValueError, match="row 1"):
        cross_entropy_decomposition(y, proba)
    found = plain(y, proba, zero=1e-3, n_bins=1)
    assert found.score == pytest.approx(cross_entropy_loss(y, proba, zero=1e-3))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"method": "quantile"}, "method"),
        ({"n_bins": 0}, "n_bins"),
        ({"confidence_level": 1.0}, "confidence_level"),
        ({"n_bootstrap": 3}, "n_bootstrap"),
        ({"zero": "inf"}, "zero"),
    ],
)
def test_bad_parameters(change, message):
    y, proba = data(n=20)
    with pytest.raises(ValueError, match=message):
        cross_entropy_decomposition(y, proba, **change)


def test_bins_of_two_classes_are_intervals_of_equal_count():
    p = np.random.default_rng(0).permutation(100) / 100
    bins = partition(np.column_stack([1 - p, p]), np.ones(100), 7)
    counts = np.bincount(bins)
    assert len(counts) == 7
    assert counts.min() >= 14
    assert counts.max() <= 15
    order = np.argsort(p)
    assert (np.diff(bins[order]) != 0).sum() == 6  # each bin is one stretch


def test_equal_predictions_share_a_bin():
    proba = np.repeat([[0.5, 0.5], [0.1, 0.9]], [90, 10], axis=0)
    assert len(set(partition(proba, np.ones(100), 8))) == 2
    assert default_n_bins(1000, 2) == 10
    assert default_n_bins(100, 10) == 2


def test_interval_of_a_divergence():
    # Ten degrees of freedom in 1000 samples: a chi-square that is not significant covers 0.
    bias, variance = 10 / 2000, 2 * 10 / 2000**2
    low, high = divergence_interval(0.0, bias, variance, 0.95, 0.0)
    assert low == 0 < high
    low, high = divergence_interval(18.31 / 2000 - bias + 1e-3, bias, variance, 0.95, 0.0)
    assert 0 < low < high
    low, high = divergence_interval(1.0, bias, 4 / 2000, 0.95, 1.0)  # far away: nearly normal
    np.testing.assert_allclose(
        [low, high], 1 + np.array([-1, 1]) * 1.96 * np.sqrt(4 / 2000), atol=0.006
    )
    low, high = divergence_interval(-1.0, bias, variance, 0.95, 0.0)
    assert low == 0 < high
