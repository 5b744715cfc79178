"""Does "auto" hold its level? Simulated; the figures are printed, and kept in docs/validation.md.

Run with ``python -m pytest -m slow tests/validation -s``.
"""

from __future__ import annotations

import numpy as np
import pytest

from sklearn_infotheory.feature_selection import MutualInfoSelector

pytestmark = pytest.mark.slow

ALPHA, DATA_SETS, N, P = 0.05, 400, 500, 50
TOLERATED = ALPHA + 2 * np.sqrt(ALPHA * (1 - ALPHA) / DATA_SETS)
CATEGORIES = [j for j in range(P) if j % 3]

TARGETS = {
    "two equal classes": lambda rng: rng.integers(0, 2, N),
    "two classes, 10 %": lambda rng: (rng.random(N) < 0.1).astype(int),
    "three classes": lambda rng: rng.choice(3, N, p=[0.6, 0.3, 0.1]),
    "ten classes": lambda rng: rng.integers(0, 10, N),
    "continuous": lambda rng: rng.normal(size=N),
}


def noise(rng):
    """Continuous columns, and categories of 2 to 30 levels, equally frequent or by Zipf's law."""
    columns = []
    for j in range(P):
        levels = rng.integers(2, 31)
        zipf = 1 / np.arange(1, levels + 1)
        columns.append(
            (
                rng.normal(size=N),
                rng.integers(0, levels, N).astype(float),
                rng.choice(levels, N, p=zipf / zipf.sum()).astype(float),
            )[j % 3]
        )
    return np.column_stack(columns)


def select(X, y, **parameters):
    selector = MutualInfoSelector(alpha=ALPHA, categorical_features=CATEGORIES, **parameters)
    return selector.fit(X, y).selected_


def informative(y, rng):
    """A column that knows about four in five of the targets."""
    return np.where(rng.random(N) < 0.8, y, rng.permutation(y)) + 0.1 * rng.normal(size=N)


@pytest.mark.parametrize("initial", ["single", "pair"])
@pytest.mark.parametrize("target", TARGETS)
def test_noise_is_left_alone(target, initial):
    any_pick = false_pick = found = 0
    repetitions = DATA_SETS if initial == "single" else 100
    for seed in range(repetitions):
        rng = np.random.default_rng(seed)
        X, y = noise(rng), TARGETS[target](rng)
        any_pick += len(select(X, y, initial=initial)) > 0
        X[:, 0] = informative(y, rng)
        selected = select(X, y, initial=initial)
        found += 0 in selected
        false_pick += bool((selected != 0).any())
    shares = np.array([any_pick, false_pick, found]) / repetitions
    print(
        f"\n{target}, {initial}: takes any of 50 noise features {shares[0]:.4f}, "
        f"any of 49 beside a real one {shares[1]:.4f}, finds the real one {shares[2]:.3f} "
        f"({repetitions} data sets)"
    )
    tolerated = ALPHA + 2 * np.sqrt(ALPHA * (1 - ALPHA) / repetitions)
    assert shares[0] <= tolerated
    assert shares[1] <= tolerated
    assert shares[2] >= 0.95


@pytest.mark.parametrize("n_real", [2, 4])
@pytest.mark.parametrize("criterion", ["jmi", "cmim", "mim"])
def test_level_over_several_steps(criterion, n_real):
    """Real features, each with information of its own, make the search go on for longer."""
    false_pick = steps = 0
    for seed in range(DATA_SETS):
        rng = np.random.default_rng(seed)
        X = noise(rng)
        real = rng.integers(0, 2, (N, n_real))
        X[:, 1 : 3 * n_real : 3] = real
        y = (real.sum(axis=1) + rng.normal(size=N) * 0.5 > n_real / 2).astype(int)
        selected = select(X, y, criterion=criterion)
        steps += len(selected)
        false_pick += bool(set(selected) - set(range(1, 3 * n_real, 3)))
    print(
        f"\n{n_real} real features, {criterion}: any false pick {false_pick / DATA_SETS:.4f}, "
        f"{steps / DATA_SETS:.2f} picks on average"
    )
    assert false_pick / DATA_SETS <= TOLERATED


def test_identifiers_are_never_selected():
    """Columns in which each name occurs once, twice or three times."""
    picked = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        X = np.column_stack([rng.permutation(N) // times for times in (1, 2, 3)]).astype(object)
        y = rng.integers(0, 2, N)
        picked += MutualInfoSelector(categorical_features=[0, 1, 2]).fit(X, y).n_features_ > 0
    print(f"\nidentifiers: selected in {picked / 200:.4f} of 200 data sets")
    assert picked / 200 <= 0.05
