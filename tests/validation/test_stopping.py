"""Do the tests behind "auto" hold their level, and do they find what is there? Simulated.

How the settings and the tests were chosen stands beside the figures, in
docs/validation_selection.md. Run with ``python -m pytest -m slow tests/validation -s``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sklearn_infotheory.feature_selection import MutualInfoSelector
from sklearn_infotheory.feature_selection._binned import relate_binned
from sklearn_infotheory.feature_selection._stopping import AdditiveTest, ScreenedTest

pytestmark = pytest.mark.slow

REPETITIONS, NOISE = 250, 20
SETTINGS = [
    (n, n_picks, kind, target)
    for n in (200, 500, 2000)
    for n_picks in (0, 4, 8)
    for kind, target in (
        ("numbers", "two classes"),
        ("mixed", "three classes"),
        ("categories", "two classes"),
        ("numbers", "number"),
        ("skew", "ten classes"),
        ("numbers", "rare class"),
        ("mixed", "heavy tails"),
    )
]
CUTS = {"two classes": [0], "three classes": [-1, 1], "ten classes": np.linspace(-2.5, 2.5, 9)}


def columns_of(rng, n, n_columns, kind):
    """Draw normal numbers, and what is seen of them."""
    Z = rng.normal(size=(n, n_columns))
    seen = {}
    for j in range(n_columns):
        if kind == "numbers" or (kind == "mixed" and j % 2 == 0):
            seen[f"c{j}"] = Z[:, j]
        elif kind == "skew":
            seen[f"c{j}"] = np.exp(2 * Z[:, j])
        else:
            seen[f"c{j}"] = np.array(list("abcd"), object)[np.digitize(Z[:, j], [-0.8, 0, 0.8])]
    return Z, pd.DataFrame(seen)


def target_of(rng, signal, target):
    if target == "number":
        return signal + rng.normal(size=len(signal))
    if target == "heavy tails":
        return signal + rng.standard_t(2, size=len(signal))
    noisy = signal + rng.logistic(size=len(signal))
    return (noisy > 4.2).astype(int) if target == "rare class" else np.digitize(noisy, CUTS[target])


def p_values_of_noise(n, n_picks, kind, target, repetitions=REPETITIONS):
    """Test columns of noise given picks that are informative, by both tests."""
    found = []
    for seed in range(repetitions):
        rng = np.random.default_rng(seed)
        Z, X = columns_of(rng, n, n_picks + NOISE, kind)
        signal = Z[:, :n_picks].sum(axis=1) * 1.5 / max(np.sqrt(n_picks), 1)
        y = target_of(rng, signal, target)
        relations = relate_binned(
            X, y, None, categorical=None, n_bins="auto", target="auto", n_jobs=None
        )
        additive, screened = AdditiveTest(relations), ScreenedTest(relations)
        for j in range(n_picks):
            additive.add(j)
            screened.add(j)
        noise = np.arange(n_picks, n_picks + NOISE)
        found.append([additive.p_values(noise), [screened.p_value(j, 1.0) for j in noise]])
    return np.concatenate(np.array(found), axis=1)


@pytest.mark.parametrize(("n", "n_picks", "kind", "target"), SETTINGS)
def test_p_values_of_noise(n, n_picks, kind, target):
    found = p_values_of_noise(n, n_picks, kind, target)
    shares = {level: (found <= level).mean(axis=1) for level in (0.05, 0.01, 0.001)}
    cells = " ".join(f"{share:.4f}" for k in (0, 1) for share in (s[k] for s in shares.values()))
    print(f"\n| {n} | {n_picks} | {kind} | {target} | {cells.replace(' ', ' | ')} |")
    assert (shares[0.05] <= 0.06).all()
    assert (shares[0.01] <= 0.014).all()
    several = 2 * np.sqrt(0.001 / found.shape[1])  # two standard errors of a share of .001
    assert (shares[0.001] <= 0.002 + several).all()


def pure_noise(rng, n, target):
    X = rng.normal(size=(n, 30))
    X[:, ::3] = rng.integers(0, 5, (n, 10))
    y = rng.normal(size=n) if target == "number" else rng.integers(0, int(target[0]), n)
    return X, y


@pytest.mark.parametrize("target", ["2 classes", "5 classes", "number"])
@pytest.mark.parametrize("n", [200, 500, 2000])
def test_paths_of_pure_noise(n, target):
    data_sets = 400
    any_pick = 0
    for seed in range(data_sets):
        X, y = pure_noise(np.random.default_rng(seed), n, target)
        any_pick += MutualInfoSelector().fit(X, y).n_features_ > 0
    share = any_pick / data_sets
    print(f"\n| {n} | {target} | {share:.4f} |")
    assert share <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / data_sets)


def linear(rng, n=1000):
    X = rng.normal(size=(n, 50))
    return X, (0.7 * X[:, :8].sum(axis=1) + rng.logistic(size=n) > 0).astype(int)


def bent(rng, n=2000):
    X = rng.normal(size=(n, 50))
    parts = [np.sin(2 * X[:, j]) if j % 2 else X[:, j] ** 2 - 1 for j in range(8)]
    return X, 0.7 * np.sum(parts, axis=0) + 1.5 * rng.normal(size=n)


def three_classes(rng, n=2000):
    X = rng.normal(size=(n, 50))
    signal = 0.7 * X[:, :8].sum(axis=1) + rng.logistic(size=n)
    return X, np.digitize(signal, [-1, 1])


def copies(rng, n=2000):
    """Two causes and noisy copies of both; the rest is noise."""
    X = rng.normal(size=(n, 20))
    for j in range(2, 8):
        X[:, j] = X[:, j % 2] + 0.3 * rng.normal(size=n)
    return X, (1.5 * X[:, :2].sum(axis=1) + rng.logistic(size=n) > 0).astype(int)


def mixture(rng, n=2000):
    """As copies, and a noisy sum of both causes, beside which each cause alone adds little."""
    X, y = copies(rng, n)
    X[:, 8] = X[:, 0] + X[:, 1] + 0.3 * rng.normal(size=n)
    return X, y


@pytest.mark.parametrize(
    ("draw", "n_real", "wanted"),
    [
        (linear, 8, 7.0),
        (bent, 8, 6.5),
        (three_classes, 8, 7.5),
        (copies, 2, 1.9),
        (mixture, 2, 0.0),
    ],
)
def test_power_of_paths(draw, n_real, wanted):
    repetitions = 50
    real = redundant = noise = with_noise = 0.0
    for seed in range(repetitions):
        X, y = draw(np.random.default_rng(seed))
        picks = MutualInfoSelector().fit(X, y).selected_
        n_copies = ((picks >= n_real) & (picks < 9)).sum() if n_real == 2 else 0
        n_noise = len(picks) - (picks < n_real).sum() - n_copies
        real += (picks < n_real).sum() / repetitions
        redundant += n_copies / repetitions
        noise += n_noise / repetitions
        with_noise += (n_noise > 0) / repetitions
    print(
        f"\n| {draw.__name__} | {n_real} | {real:.2f} | {redundant:.2f} | {noise:.3f} "
        f"| {with_noise:.2f} |"
    )
    assert real >= wanted


def test_hundred_thousand_rows_show_all_ten_columns():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100_000, 100))
    y = (X[:, :10].sum(axis=1) + rng.normal(0, 3, 100_000) > 0).astype(int)
    assert sorted(MutualInfoSelector().fit(X, y).selected_) == list(range(10))
