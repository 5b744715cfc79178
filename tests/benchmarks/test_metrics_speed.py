"""Speed and memory of the cross-entropy loss, as ratios to scikit-learn's log_loss.

Run with ``OMP_NUM_THREADS=1 python -m pytest -m benchmark tests/benchmarks``; one thread. Checks of
the input are part of what is timed, on both sides.
"""

from __future__ import annotations

import statistics
import tracemalloc

import numpy as np
import pytest
from sklearn.metrics import log_loss
from timing import seconds

from sklearn_infotheory.metrics import cross_entropy_loss

pytestmark = pytest.mark.benchmark

EPS = float(np.finfo(np.float64).eps)
SIZES = [(1_000_000, 2, 15), (1_000_000, 10, 30), (100_000, 100, 60)]


def problem(n, n_classes):
    rng = np.random.default_rng(0)
    return rng.integers(0, n_classes, n), rng.dirichlet(np.ones(n_classes), n)


@pytest.mark.parametrize(("n", "n_classes", "wanted"), SIZES)
def test_integer_labels(compare, n, n_classes, wanted):
    y, p = problem(n, n_classes)
    assert cross_entropy_loss(y, p, zero=EPS) == pytest.approx(log_loss(y, p), rel=1e-12)
    compare(
        f"cross_entropy_loss, {n:,} x {n_classes}, integer labels",
        lambda: cross_entropy_loss(y, p),
        lambda: log_loss(y, p),
        wanted,
    )


@pytest.mark.parametrize("kind", ["fixed width", "objects"])
@pytest.mark.parametrize(("n", "n_classes", "_"), SIZES)
def test_text_labels(compare, n, n_classes, _, kind):
    y, p = problem(n, n_classes)
    labels = np.array([f"class {k:03d}" for k in range(n_classes)])
    text = labels[y] if kind == "fixed width" else labels.astype(object)[y]
    assert cross_entropy_loss(text, p, zero=EPS) == pytest.approx(log_loss(text, p), rel=1e-12)
    compare(
        f"cross_entropy_loss, {n:,} x {n_classes}, text labels, {kind}",
        lambda: cross_entropy_loss(text, p),
        lambda: log_loss(text, p),
        5,
        rounds=3,
    )


@pytest.mark.parametrize(("n", "n_classes", "_"), SIZES)
def test_against_the_sum_of_all_probabilities(note, n, n_classes, _):
    """How near the loss is to reading its input once; only reported."""
    y, p = problem(n, n_classes)
    cross_entropy_loss(y, p)
    pairs = [(seconds(lambda: cross_entropy_loss(y, p)), seconds(p.sum)) for _ in range(9)]
    own, bound = (1e3 * statistics.median(times) for times in zip(*pairs, strict=True))
    what = f"cross_entropy_loss, {n:,} x {n_classes}, against y_proba.sum()"
    note(what, f"{own:.1f} ms", f"{bound:.1f} ms", f"{bound / own:.2f} x", "")


@pytest.mark.parametrize("kind", ["integers", "text", "float32", "columns first", "weights"])
@pytest.mark.parametrize(("n", "n_classes", "_"), SIZES)
def test_memory(note, n, n_classes, _, kind):
    y, p = problem(n, n_classes)
    options = {"sample_weight": np.linspace(1, 2, n)} if kind == "weights" else {}
    y = np.array([f"class {k:03d}" for k in range(n_classes)])[y] if kind == "text" else y
    p = {"float32": np.float32(p), "columns first": np.asfortranarray(p)}.get(kind, p)
    cross_entropy_loss(y, p, **options)
    tracemalloc.start()
    cross_entropy_loss(y, p, **options)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    share = peak / p.nbytes
    what = f"peak extra memory, {n:,} x {n_classes}, {kind}"
    note(what, f"{peak / 1e6:.1f} MB", f"{p.nbytes / 1e6:.0f} MB", f"{share:.3f}", "<= 0.5")
    assert share <= 0.5
