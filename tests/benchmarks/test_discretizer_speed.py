"""Speed of EntropyDiscretizer, as ratios to KBinsDiscretizer and to sorting the columns.

Run with ``python -m pytest -m benchmark tests/benchmarks``; one thread unless said.
"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import KBinsDiscretizer
from timing import seconds

from sklearn_infotheory.preprocessing import EntropyDiscretizer

pytestmark = pytest.mark.benchmark


def columns(n, p):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, n)
    return rng.normal(size=(n, p)) + 0.5 * y[:, None], y


def of_equal_count(n_bins, encode):
    return KBinsDiscretizer(n_bins, encode=encode, quantile_method="averaged_inverted_cdf")


@pytest.mark.parametrize("encode", ["ordinal", "onehot", "onehot-dense"])
@pytest.mark.parametrize("n_bins", [5, 10])
def test_transform(compare, encode, n_bins):
    X, _ = columns(100_000, 20)
    discretizer = EntropyDiscretizer("equal_entropy", max_bins=n_bins, encode=encode).fit(X)
    peer = of_equal_count(n_bins, encode).fit(X)
    compare(
        f"transform 100,000 x 20 to {n_bins} bins, {encode}, against KBinsDiscretizer",
        lambda: discretizer.transform(X),
        lambda: peer.transform(X),
        3,
        rounds=9,
    )


def test_fit_of_many_rows(compare):
    X, y = columns(100_000, 20)
    compare(
        "fit 100,000 x 20, mdlp, against 10 argsort of each column",
        lambda: EntropyDiscretizer().fit(X, y),
        lambda: [np.argsort(column) for column in X.T],
        1,
        peer_factor=10,
    )


def test_fit_of_a_small_table(note):
    X, y = load_breast_cancer(return_X_y=True)
    discretizer = EntropyDiscretizer().fit(X, y)
    milliseconds = 1e3 * min(seconds(lambda: discretizer.fit(X, y)) for _ in range(50))
    note("fit 569 x 30, mdlp, best of 50", f"{milliseconds:.1f} ms", "", "", "<= 8 ms")


def test_two_threads(compare):
    X, y = columns(100_000, 50)
    compare(
        "fit 100,000 x 50, mdlp, two threads against one",
        lambda: EntropyDiscretizer(n_jobs=2).fit(X, y),
        lambda: EntropyDiscretizer().fit(X, y),
        1.7,
        rounds=7,
    )
