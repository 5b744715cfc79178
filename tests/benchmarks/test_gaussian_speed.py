"""Speed of method="gaussian", as a ratio to one matrix product and the ranks.

Run with ``OMP_NUM_THREADS=1 python -m pytest -m benchmark tests/benchmarks``.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

from sklearn_infotheory.feature_selection import MutualInfoSelector, mutual_info

pytestmark = pytest.mark.benchmark

N, P = 100_000, 200


def numbers(target):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, P))
    X[:, 1:] += 0.5 * X[:, :-1]
    y = X[:, :10].sum(axis=1) + rng.normal(size=N)
    return X, y if target == "numbers" else (y > 0).astype(int)


def ranks_and_product(X):
    """What any method for correlations of ranks has to do: sort each column, and one product."""
    ranks = np.empty(X.shape)
    for j in range(X.shape[1]):
        ranks[np.argsort(X[:, j]), j] = np.arange(len(X))
    return np.corrcoef(ranks, rowvar=False)


@pytest.mark.parametrize("target", ["numbers", "classes"])
@pytest.mark.parametrize("criterion", ["jmi", "cmi"])
def test_selection(compare, target, criterion):
    X, y = numbers(target)
    compare(
        f"gaussian, {criterion}, {target}, 100,000 x 200, k=20, against ranks and one product",
        lambda: MutualInfoSelector(20, method="gaussian", criterion=criterion).fit(X, y),
        lambda: ranks_and_product(X),
        1 / 3,
        rounds=3,
    )


def test_relevance(compare):
    X, y = numbers("numbers")
    few = X[:, :20].copy()
    compare(
        "gaussian mutual_info, 100,000 x 20, against ranks of scipy",
        lambda: mutual_info(few, y, method="gaussian"),
        lambda: rankdata(few, axis=0),
        1 / 3,
        rounds=3,
    )
