"""Do the calibration test and the intervals of the decomposition hold their level? Simulated.

Run with ``python -m pytest -m slow tests/validation/test_metrics_level.py -s``.
"""

from __future__ import annotations

import numpy as np
import pytest

from sklearn_infotheory.metrics import (
    calibration_test,
    compare_cross_entropy,
    cross_entropy_decomposition,
)
from sklearn_infotheory.metrics._calibration import _test
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
    p_values, by_class = np.empty(SIZE_REPETITIONS), []
    for i in range(SIZE_REPETITIONS):
        y, proba = sample(rng, n, n_classes, (1.0, 0.2)[i % 2], 1.0)
        p_values[i] = _test(proba, y.astype(np.intp), np.ones(n))[-1]
        if i < 400:
            test = calibration_test(y, proba, labels=np.arange(n_classes))
            assert test.p_value == pytest.approx(p_values[i], abs=1e-9)
            by_class.append((test.class_p_values < 0.05).mean())
    size = (p_values < 0.05).mean()
    print(f"\n| {n_classes} | {n} | {size:.4f} | {np.mean(by_class):.4f} |")
    assert 0.04 <= size <= 0.06


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
