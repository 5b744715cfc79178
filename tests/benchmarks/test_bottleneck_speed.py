"""Speed of the sequential bottleneck, as a ratio to IBM's sIB in C++ and to k-means.

Run with ``OMP_NUM_THREADS=1 python -m pytest -m benchmark tests/benchmarks``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from real_data import read_real_data
from sklearn.cluster import KMeans

from sklearn_infotheory.cluster import InformationBottleneck

pytestmark = pytest.mark.benchmark


def documents(name):
    data = read_real_data(name)
    rows, _ = pd.factorize(data["doc"])
    columns, _ = pd.factorize(data["term"])
    return sp.csr_matrix((data["count"].to_numpy(np.float64), (rows, columns)))


@pytest.mark.parametrize(
    ("name", "n_clusters"), [("sib_newsgroups_counts", 4), ("newsgroups_mini_counts", 20)]
)
def test_against_ibm(compare, name, n_clusters):
    sib = pytest.importorskip("sib", reason="needs the package sib-clustering")
    X = documents(name)
    compare(
        f"sequential bottleneck, {name}, 10 starts, against sib-clustering",
        lambda: InformationBottleneck(n_clusters, random_state=0).fit(X),
        lambda: sib.SIB(n_clusters, n_init=10, n_jobs=1, random_state=0).fit(X),
        1.0,
        rounds=3,
    )


def topics(n, m, k):
    """Documents of 100 words from a vocabulary by Zipf's law; three in ten are of their topic."""
    rng = np.random.default_rng(0)
    common = 1 / np.arange(1, m + 1)
    common /= common.sum()
    topic = rng.integers(0, k, n)
    words = np.empty((n, 100), np.intp)
    for t in range(k):
        shares = np.cumsum(0.7 * common + 0.3 * rng.permutation(common))
        rows = np.flatnonzero(topic == t)
        words[rows] = np.searchsorted(shares / shares[-1], rng.random((len(rows), 100)))
    rows = np.repeat(np.arange(n), 100)
    return sp.csr_matrix((np.ones(len(rows)), (rows, words.ravel())), shape=(n, m))


def test_against_k_means(compare):
    X = topics(20_000, 10_000, 20)
    compare(
        "sequential bottleneck, sparse 20,000 x 10,000, k=20, one start, against KMeans",
        lambda: InformationBottleneck(20, n_init=1, random_state=0).fit(X),
        lambda: KMeans(20, n_init=1, random_state=0).fit(X),
        1 / 3,
        rounds=1,
    )
