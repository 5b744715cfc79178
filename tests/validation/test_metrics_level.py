"""Do the calibration test and the intervals of the decomposition hold their level? Simulated.

Run with ``python -m pytest -m slow tests/validation/test_metrics_level.py -s``.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, stdtrit
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


# Events of 3 %: log-odds -4.1 + 1.2 x with x standard normal. Model a is the truth.
RARE = {
    "constant": lambda x, noise: np.full(len(x), 0.03),
    "too sure": lambda x, noise: expit(1.5 * (-4.1 + 1.2 * x)),
    "shifted": lambda x, noise: expit(-3.5 + 1.2 * x),
    "of noise": lambda x, noise: expit(-4.1 + 1.2 * noise),
    "not sure enough": lambda x, noise: expit(0.6 * (-4.1 + 1.2 * x) - 0.3),
}


@pytest.mark.parametrize("n", [50, 100, 300])
@pytest.mark.parametrize("other", RARE)
def test_coverage_of_rare_events(other, n):
    rng = np.random.default_rng(n)
    x, noise = rng.standard_normal((2, 1_000_000))
    a, b = expit(-4.1 + 1.2 * x), RARE[other](x, noise)
    truth = (a * np.log(b / a) + (1 - a) * np.log((1 - b) / (1 - a))).mean()
    covered, by_t = 0, 0
    for _ in range(1000):
        x, noise = rng.standard_normal((2, n))
        a, b = expit(-4.1 + 1.2 * x), RARE[other](x, noise)
        y = (rng.random(n) < a).astype(int)
        found = compare_cross_entropy(y, a, b, labels=[0, 1])
        covered += found.interval[0] <= truth <= found.interval[1]
        reach = stdtrit(n - 1, 0.975) * found.standard_error
        by_t += abs(found.difference - truth) <= reach
    print(f"\n| {other} | {n} | {by_t / 1000:.3f} | {covered / 1000:.3f} |")
    assert 0.9 <= covered / 1000 <= 0.995
    assert covered / 1000 >= by_t / 1000 - 0.03


def fitted_logits(X, y):
    """Fit a logistic regression with a ridge of 1 by Newton's method."""
    X = np.column_stack([np.ones(len(X)), X])
    beta = np.zeros(X.shape[1])
    ridge = np.diag([1e-6, *np.ones(X.shape[1] - 1)])
    for _ in range(8):
        p = expit(X @ beta)
        hessian = (X * (p * (1 - p))[:, None]).T @ X + ridge
        beta += np.linalg.solve(hessian, X.T @ (y - p) - ridge @ beta)
    return beta


@pytest.mark.parametrize("weaker", [0.8, 0.4, 0.0])
def test_ten_folds(weaker):
    """Two logistic regressions that see half of the columns each, n = 300, in ten folds.

    The truth is the mean difference of the models that were trained, from their errors on 20,000
    other samples. A share of 1 - coverage is the size; power is that of a difference of 0.
    """
    rng = np.random.default_rng(int(10 * weaker))
    effects = np.array([0.8, 0.8, weaker, weaker])
    large = rng.standard_normal((20_000, 4))
    large_law = expit(large @ effects)
    splits = [(np.flatnonzero(np.arange(300) % 10 != i), np.arange(300)[i::10]) for i in range(10)]
    results = []
    for _ in range(400):
        X = rng.standard_normal((300, 4))
        y = (rng.random(300) < expit(X @ effects)).astype(int)
        probabilities, risks = np.empty((2, 300)), np.zeros(2)
        for train, test in splits:
            for j, columns in enumerate(([2, 3], [0, 1])):
                beta = fitted_logits(X[train][:, columns], y[train])
                probabilities[j, test] = expit(beta[0] + X[test][:, columns] @ beta[1:])
                q = expit(beta[0] + large[:, columns] @ beta[1:])
                risks[j] += -(large_law * np.log(q) + (1 - large_law) * np.log1p(-q)).mean() / 10
        truth = risks[0] - risks[1]
        row = []
        for name in ("central_limit", "corrected_resampled"):
            found = compare_cross_entropy(y, *probabilities, splits=splits, fold_test=name)
            row += [found.interval[0] <= truth <= found.interval[1], found.p_value < 0.05]
        results.append(row)
    cells = " | ".join(f"{share:.3f}" for share in np.mean(results, axis=0))
    print(f"\n| {weaker} | {cells} |")
    assert 0.92 <= np.mean(results, axis=0)[0] <= 0.98


@pytest.mark.parametrize("size", [1, 5])
def test_coverage_of_groups(size):
    """Forty groups share a part of the log-odds, which neither model knows."""
    rng = np.random.default_rng(size)
    covered = np.zeros(2)
    truth_rng = np.random.default_rng(99)
    u, x = truth_rng.standard_normal(2_000_000), truth_rng.standard_normal(2_000_000)
    law, a, b = expit(x + 1.5 * u), expit(0.8 * x), np.full(2_000_000, 0.5)
    truth = (law * np.log(b / a) + (1 - law) * np.log((1 - b) / (1 - a))).mean()
    for _ in range(1000):
        u = rng.standard_normal(40).repeat(size)
        x = rng.standard_normal(40).repeat(size)
        y = (rng.random(40 * size) < expit(x + 1.5 * u)).astype(int)
        a, b = expit(0.8 * x), np.full(40 * size, 0.5)
        for i, groups in enumerate((None, np.arange(40).repeat(size))):
            found = compare_cross_entropy(y, a, b, groups=groups, labels=[0, 1])
            covered[i] += found.interval[0] <= truth <= found.interval[1]
    print(f"\n| {size} | {covered[0] / 1000:.3f} | {covered[1] / 1000:.3f} |")
    assert 0.92 <= covered[1] / 1000 <= 0.98
