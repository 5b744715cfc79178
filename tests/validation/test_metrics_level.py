"""Do the calibration test and the intervals of the decomposition hold their level? Simulated.

Run with ``python -m pytest -m slow tests/validation/test_metrics_level.py -s``.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2, norm

from sklearn_infotheory.metrics import (
    calibration_test,
    compare_cross_entropy,
    cross_entropy_decomposition,
    cross_entropy_loss,
)
from sklearn_infotheory.metrics._calibration_moments import (
    Rows,
    p_value_of_loss,
    p_values_of_counts,
    sums_of,
)
from sklearn_infotheory.metrics._probabilities import Predictions
from sklearn_infotheory.metrics._recalibration import TERMS, Bins, Temperature

pytestmark = pytest.mark.slow

REPETITIONS = 400  # the standard error of a coverage of 0.95 is 0.011
SIZE_REPETITIONS = 6000  # the standard error of a size of 0.05 is 0.003


def laws(rng, n, n_classes, concentration, power):
    """Return laws of labels, and predictions that are these to a power: 1 is calibrated."""
    law = np.maximum(rng.dirichlet(np.full(n_classes, concentration), n), 1e-4)
    law /= law.sum(axis=1, keepdims=True)
    return law, law**power / (law**power).sum(axis=1, keepdims=True)


def sample(rng, n, n_classes, concentration, power):
    """Return labels and predictions."""
    law, proba = laws(rng, n, n_classes, concentration, power)
    y = (rng.random(n)[:, None] > law.cumsum(axis=1)[:, :-1]).sum(axis=1)
    return y, proba


@pytest.mark.parametrize("n_classes", [2, 4, 10])
@pytest.mark.parametrize("n", [100, 1000])
def test_size_of_the_calibration_test(n, n_classes):
    rng = np.random.default_rng(n + n_classes)
    tests = []
    for i in range(SIZE_REPETITIONS):
        y, proba = sample(rng, n, n_classes, (1.0, 0.2)[i % 2], 1.0)
        predictions = Predictions(proba, y.astype(np.intp), None, None, np.arange(n_classes))
        sums, rows = sums_of(predictions), Rows(predictions)
        shares = p_values_of_counts(sums, rows)
        loss = p_value_of_loss(sums, rows)
        tests.append([loss, *(shares[1:] if n_classes == 2 else shares)])
        if i < 100:
            whole = calibration_test(y, proba, labels=np.arange(n_classes))
            assert whole.p_value == pytest.approx(min(1, len(tests[-1]) * min(tests[-1])))
    rejected = np.array(tests) < 0.05
    together = (np.min(tests, axis=1) * rejected.shape[1] < 0.05).mean()
    loss, share = rejected[:, 0].mean(), rejected[:, 1:].mean()
    print(f"\n| {n_classes} | {n} | {loss:.4f} | {share:.4f} | {together:.4f} |")
    assert 0.04 <= loss <= 0.06
    assert 0.04 <= share <= 0.06
    assert together <= 0.06


# What is wrong with the predictions of two classes, whose true log-odds are standard normal times
# 1.5, n = 1000: a shift of the log-odds, and a factor that makes them too sure or not sure enough.
WRONG = [(0.0, 1.0), (0.1, 1.0), (0.2, 1.0), (0.3, 1.0)]
WRONG += [(0.0, 1.15), (0.0, 1.3), (0.0, 0.8), (0.2, 1.2)]


def rejections(y, p):
    """Return which tests reject at .05."""
    test = calibration_test(y, p)
    brier = ((y - p) * (1 - 2 * p)).sum()
    spiegelhalter = brier / np.sqrt(((1 - 2 * p) ** 2 * p * (1 - p)).sum())
    of_sum = (y - p).sum() / np.sqrt((p * (1 - p)).sum())
    logits = test.slope * np.log(p / (1 - p)) + test.shifts[1]
    fitted = cross_entropy_loss(y, logits, scale="logit", reduction="sum")
    ratio = 2 * (cross_entropy_loss(y, p, reduction="sum") - fitted)
    p_values = [
        test.p_value,
        test.loss_p_value,
        test.share_p_values[1],
        2 * norm.sf(abs(spiegelhalter)),
        chi2.sf(ratio, 2),
        2 * norm.sf(abs(of_sum)),
    ]
    return np.array(p_values) < 0.05


@pytest.mark.parametrize(("shift", "factor"), WRONG)
def test_power_of_the_calibration_test(shift, factor):
    rng = np.random.default_rng(int(100 * shift + 10 * factor))
    found = []
    for _ in range(1000):
        logits = 1.5 * rng.standard_normal(1000)
        y = (rng.random(1000) < 1 / (1 + np.exp(-logits))).astype(int)
        found.append(rejections(y, 1 / (1 + np.exp(-factor * logits - shift))))
    power = np.mean(found, axis=0)
    cells = " | ".join(f"{share:.3f}" for share in power)
    print(f"\n| {shift} | {factor} | {cells} |")
    if (shift, factor) == (0.0, 1.0):
        assert power[0] <= 0.06 + 0.014
    else:  # the correction for two tests costs little
        assert power[0] >= max(power[1:3]) - 0.12


SETTINGS = [
    ("binned", 2, 300, 1.0),
    ("binned", 2, 300, 1.5),
    ("binned", 4, 1000, 1.0),
    ("binned", 4, 1000, 1.5),
    ("binned", 10, 1000, 1.0),
    ("isotonic", 2, 300, 1.0),
    ("recalibration", 2, 300, 1.0),
    ("recalibration", 2, 300, 1.5),
    ("recalibration", 4, 1000, 1.0),
    ("recalibration", 4, 1000, 1.5),
]


def truth_of_bins(rng, y, proba, n_bins, draw):
    """Return the terms of the bins of this sample, from other rows and the laws of their labels."""
    law, other = draw(rng, 20_000)
    n_classes = proba.shape[1]
    # Rows of next to no weight do not move the cuts.
    targets = np.vstack([np.eye(n_classes)[y], 1e-12 * law])
    bins = Bins(np.vstack([proba, other]), targets, n_bins)
    targets[: len(y)] = 0.0
    return dict(zip(TERMS, bins.measure(1e12 * targets), strict=True))


@pytest.mark.parametrize(("method", "n_classes", "n", "power"), SETTINGS)
def test_coverage_of_the_decomposition(method, n_classes, n, power):
    rng = np.random.default_rng(n + n_classes)

    def draw(rng, n):
        return laws(rng, n, n_classes, 0.5, power)

    law, proba = draw(rng, 400_000)
    # What the increasing fit converges to is the truth, a power of the predictions.
    truth = dict(zip(TERMS, Temperature(proba, law).measure(law), strict=True))
    covered = dict.fromkeys(TERMS, 0)
    for _ in range(REPETITIONS):
        y, proba = sample(rng, n, n_classes, 0.5, power)
        if method == "binned":
            truth = truth_of_bins(rng, y, proba, 8, draw)
        found = cross_entropy_decomposition(
            y, proba, method=method, n_bins=8, labels=np.arange(n_classes), n_bootstrap=150
        )
        for term, (low, high) in found.intervals.items():
            covered[term] += low - 1e-9 <= truth[term] <= high + 1e-9
    shares = {term: count / REPETITIONS for term, count in covered.items()}
    cells = " | ".join(f"{shares[term]:.3f}" for term in TERMS)
    print(f"\n| {method} | {n_classes} | {n} | {power} | {cells} |")
    slack = 2 * np.sqrt(0.05 * 0.95 / REPETITIONS)
    for term in TERMS:
        if term != "remainder" or method == "binned":  # it is 0 by definition without bins
            assert 0.92 - slack <= shares[term] <= 0.98 + slack


def test_coverage_of_the_paired_comparison():
    rng = np.random.default_rng(0)
    large_y, large = sample(rng, 500_000, 3, 0.7, 1.0)
    sharper = large**1.3 / (large**1.3).sum(axis=1, keepdims=True)
    truth = compare_cross_entropy(large_y, large, sharper).difference
    covered = 0
    for _ in range(1000):
        y, proba = sample(rng, 300, 3, 0.7, 1.0)
        other = proba**1.3 / (proba**1.3).sum(axis=1, keepdims=True)
        low, high = compare_cross_entropy(y, proba, other, labels=[0, 1, 2]).interval
        covered += low <= truth <= high
    print(f"\npaired interval, n = 300, three classes: covers {covered / 1000:.3f}")
    assert 0.92 <= covered / 1000 <= 0.98
