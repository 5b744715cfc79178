"""Size of the G-test with null moments of its own margins, far into the tail."""

from __future__ import annotations

import numpy as np
import pytest

from sklearn_infotheory.feature_selection import mutual_info

pytestmark = pytest.mark.slow

REPETITIONS = 20_000
LEVELS = {
    "2 equal": lambda n: np.arange(n) % 2,
    "10 equal": lambda n: np.arange(n) % 10,
    "30 equal": lambda n: np.arange(n) % 30,
    "30 by Zipf": lambda n: zipf(30, n),
    "n / 5 equal": lambda n: np.arange(n) % (n // 5),
    "30 rare and one": lambda n: np.maximum(30 - np.arange(n) // 2, 0),
}
CLASSES = {
    "2 equal": lambda n: np.arange(n) % 2,
    "2, 10 %": lambda n: (np.arange(n) < n // 10).astype(int),
    "2, 2 %": lambda n: (np.arange(n) < max(2, n // 50)).astype(int),
    "4 equal": lambda n: np.arange(n) % 4,
    "8 by Zipf": lambda n: zipf(8, n),
}


def zipf(k, n):
    """A column of n with k levels whose frequency falls as 1 / rank."""
    share = np.cumsum(1 / np.arange(1, k + 1))
    return np.searchsorted(share / share[-1], (np.arange(n) + 0.5) / n)


@pytest.mark.parametrize("n", [100, 500])
@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("levels", LEVELS)
def test_size(levels, classes, n):
    rng = np.random.default_rng(0)
    x, y = LEVELS[levels](n), CLASSES[classes](n)
    p_values = []
    for _ in range(REPETITIONS // 500):
        X = rng.permuted(np.tile(x, (500, 1)), axis=1).T
        p_values.append(mutual_info(X, y, categorical_features=range(500), target="discrete")[1])
    p = np.concatenate(p_values)
    sizes = {alpha: (p <= alpha).mean() for alpha in (0.05, 0.01, 0.001)}
    row = ", ".join(f"{alpha:g}: {size:.4f}" for alpha, size in sizes.items())
    print(f"\nn={n}, {levels} levels, {classes} classes; share of p <= {row}")
    assert sizes[0.05] <= 0.06
    assert sizes[0.01] <= 0.013
    assert sizes[0.001] <= 0.002
