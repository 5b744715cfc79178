"""Speed and memory of information from neighbours, as ratios to scikit-learn.

Run with ``OMP_NUM_THREADS=1 python -m pytest -m benchmark tests/benchmarks``; one thread.
"""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression
from timing import seconds

from sklearn_infotheory.estimation._neighbors._neighbor_terms import ksg_value, ross_value
from sklearn_infotheory.estimation._neighbors._sorted_columns import SortedColumn
from sklearn_infotheory.feature_selection import mutual_info

pytestmark = pytest.mark.benchmark

N = 100_000
KINDS = ("normal", "log-normal", "clustered", "tied", "heavily tied")


def numbers(kind, n=N):
    """One column of numbers and another that depends on it."""
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=(2, n))
    y = 0.75 * x + 0.66 * noise
    match kind:
        case "log-normal":
            return np.exp(2 * x), np.exp(2 * y)
        case "clustered":
            places = rng.integers(0, 20, (2, n))
            return places[0] + 0.01 * x, places[1] + 0.01 * y
        case "tied":
            return np.round(x, 2), np.round(y, 2)
        case "heavily tied":
            return np.round(x, 1), np.round(y, 1)
    return x, y


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_classes", [2, 10])
def test_classification(compare, kind, n_classes):
    x, y = numbers(kind)
    classes = np.digitize(y, np.quantile(y, np.arange(1, n_classes) / n_classes))
    X, few = np.stack([x] * 5, axis=1), x[:, np.newaxis]
    compare(
        f"100,000 x 5 {kind}, {n_classes} classes, knn, against kNN (1 column, times 5)",
        lambda: mutual_info(X, classes, method="knn"),
        lambda: mutual_info_classif(few, classes),
        40,
        rounds=5,
        peer_factor=5,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_regression(compare, kind):
    x, y = numbers(kind)
    X, few = np.stack([x] * 5, axis=1), x[:, np.newaxis]
    compare(
        f"100,000 x 5 {kind}, a number for target, knn, against kNN (1 column, times 5)",
        lambda: mutual_info(X, y, method="knn", target="continuous"),
        lambda: mutual_info_regression(few, y),
        8,
        rounds=3,
        peer_factor=5,
    )


@pytest.mark.parametrize("kind", ["normal", "clustered", "tied"])
def test_a_million_samples(note, kind):
    def measure(n):
        x, y = numbers(kind, n)
        classes, closed = (y > 0).astype(np.int64), kind == "tied"

        def run():
            columns = [SortedColumn.of(a, "normal_scores") for a in (x, y)]
            ross_value(columns[0], classes, 3, closed=closed)
            ksg_value(*columns, 3, closed=closed)

        run()
        time = seconds(run)
        tracemalloc.start()
        run()
        peak = tracemalloc.get_traced_memory()[1] / n
        tracemalloc.stop()
        return time, peak

    (small, bytes_of_small), (large, bytes_of_large) = measure(N), measure(10 * N)
    what = f"1,000,000 {kind}, Ross and KSG, against 100,000"
    growth = f"{large / small:.1f} x, {bytes_of_large:.0f} bytes a sample"
    note(what, f"{large:.2f} s", f"{small:.2f} s", growth, "<= 20 x; memory linear")
    assert bytes_of_large <= 1.2 * bytes_of_small
    assert large <= 20 * small
