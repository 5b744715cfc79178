"""Speed of cutting columns, as ratios to sorting them.

Run with ``python -m pytest -m benchmark tests/benchmarks``; one thread.
"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from timing import seconds

from sklearn_infotheory.preprocessing._mdl import make_blocks, partition

pytestmark = pytest.mark.benchmark

SIZES = [100_000, 1_000_000]
COLUMNS = ["noise", "steps", "slope", "alternating", "alternating in three", "uneven"]


def column(kind, n):
    """Return continuous values, and classes with few or with as many cuts as possible."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    rank = np.argsort(np.argsort(x))
    match kind:
        case "noise":
            y = rng.integers(0, 3, n)
        case "steps":
            y = np.where(rng.random(n) < 0.7, np.clip(x + 1.5, 0, 2), rng.integers(0, 3, n))
        case "slope":
            y = (rng.random(n) < 1 / (1 + np.exp(-2 * x))).astype(int) + (rng.random(n) < 0.1)
        case "alternating":  # nearly each run is a bin, split off from an end
            y = rank // 30 % 2
        case "alternating in three":
            y = rank // 30 % 3
        case "uneven":
            y = np.repeat(np.arange(n // 5) % 3, rng.integers(5, 60, n // 5))[rank]
    return x, y.astype(np.uint16), int(y.max()) + 1


def cut(x, y, n_classes, criterion="mdlp"):
    return partition(make_blocks(x, y, n_classes), criterion)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("kind", COLUMNS)
def test_mdlp_against_sorting(compare, kind, n):
    x, y, n_classes = column(kind, n)
    n_cuts = len(cut(x, y, n_classes).cuts)
    compare(
        f"mdlp, {n:,} values, {kind}, {n_cuts:,} cuts, against 8 argsort",
        lambda: cut(x, y, n_classes),
        lambda: np.argsort(x),
        1,
        peer_factor=8,
    )


def breast_cancer():
    X, y = load_breast_cancer(return_X_y=True)
    return [np.ascontiguousarray(column) for column in X.T], y.astype(np.uint16)


@pytest.mark.parametrize("criterion", ["mdlp", "kononenko"])
def test_all_columns_of_a_small_table(note, criterion):
    columns, y = breast_cancer()

    def ours():
        for x in columns:
            cut(x, y, 2, criterion)

    ours()
    best = 1e3 * min(seconds(ours) for _ in range(20))
    note(f"{criterion}, breast cancer 569 x 30", f"{best:.1f} ms", "", "", "<= 4 ms")
    assert best <= 4


def test_modl_of_small_columns(note):
    columns, y = breast_cancer()
    times = []
    for x in columns:
        assert cut(x, y, 2, "modl").is_exact
        times.append(1e3 * min(seconds(lambda x=x: cut(x, y, 2, "modl")) for _ in range(5)))
    note("modl, 569 rows, slowest of 30 columns", f"{max(times):.1f} ms", "", "", "<= 10 ms")
    assert max(times) <= 10


@pytest.mark.parametrize("kind", COLUMNS)
def test_modl_of_long_columns(note, kind):
    x, y, n_classes = column(kind, 100_000)
    cut(x, y, n_classes, "modl")
    best = min(seconds(lambda: cut(x, y, n_classes, "modl")) for _ in range(3))
    ratio = best / min(seconds(lambda: np.argsort(x)) for _ in range(5))
    what = f"modl, 100,000 values, {kind}, against argsort"
    note(what, f"{1e3 * best:.0f} ms", "", f"{ratio:.0f} x slower", "<= 200 x")
    assert ratio <= 200
