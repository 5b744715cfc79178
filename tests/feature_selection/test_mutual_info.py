"""mutual_info as a function, and as a score function of scikit-learn's selectors."""

from __future__ import annotations

from functools import partial

import naive
import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_iris
from sklearn.feature_selection import (
    SelectFdr,
    SelectFpr,
    SelectFwe,
    SelectKBest,
    SelectPercentile,
    mutual_info_classif,
)

from sklearn_infotheory.feature_selection import mutual_info


def test_equals_scikit_learn_on_discrete_features():
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 5, (300, 6)), rng.integers(0, 3, 300)
    X[:, 0] = y + rng.integers(0, 2, 300)
    scores, _ = mutual_info(X, y)
    np.testing.assert_allclose(scores, mutual_info_classif(X, y, discrete_features=True))
    np.testing.assert_allclose(mutual_info(X, y, base=2)[0], scores / np.log(2))


def test_p_value_of_a_two_by_two_table_is_exact():
    x = np.repeat([0, 0, 1, 1], [9, 3, 2, 8])
    y = np.repeat([0, 1, 0, 1], [9, 3, 2, 8])
    _, p = mutual_info(x[:, None], y)
    tables = np.arange(1, 12)
    g = [naive.g_statistic(np.array([[k, 12 - k], [11 - k, k - 1]])) for k in tables]
    law = stats.hypergeom(22, 12, 11).pmf(tables)
    assert p[0] == pytest.approx(law[np.array(g) >= g[8] - 1e-9].sum())


def test_p_value_of_a_large_table_is_that_of_the_g_test():
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 4, 20_000), rng.integers(0, 3, 20_000)
    _, p = mutual_info(x[:, None], y)
    table = naive.contingency_table(x, y)
    expected = stats.chi2_contingency(table, lambda_="log-likelihood", correction=False).pvalue
    assert p[0] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_p_value_of_a_sparse_table_is_that_of_permutations(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 25, 120), (rng.random(120) < 0.2).astype(int)
    _, p = mutual_info(x[:, None], y, n_bins=30)
    expected = naive.permutation_p_value(x, y, n_permutations=4000, rng=rng)
    # The gamma law errs to the safe side in sparse tables: compare on the scale of the tail.
    assert 0.8 * expected < p[0] < 1.6 * expected + 0.1


@pytest.mark.parametrize(
    "selector",
    [
        SelectKBest(mutual_info, k=2),
        SelectPercentile(mutual_info, percentile=50),
        SelectFpr(mutual_info, alpha=1e-6),
        SelectFdr(mutual_info, alpha=1e-6),
        SelectFwe(partial(mutual_info, n_bins=4, base=2), alpha=1e-6),
    ],
    ids=lambda selector: type(selector).__name__,
)
def test_score_function_of_scikit_learn(selector):
    X, y = load_iris(return_X_y=True)
    noise = np.random.default_rng(0).normal(size=(len(X), 4))
    support = selector.fit(np.hstack([X, noise]), y).get_support()
    assert support[2]
    assert support[3]
    assert not support[4:].any()


def test_constant_feature_tells_nothing():
    y = np.zeros(100_000, int)
    y[:100] = 1
    scores, p_values = mutual_info(np.ones((100_000, 1)), y)
    assert scores[0] == 0
    assert p_values[0] == 1


def test_information_is_bounded_by_the_entropies():
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(200, 8)), rng.integers(0, 2, 200)
    X[:, 0] = y
    scores, _ = mutual_info(X, y)
    h = naive.entropy(y)
    assert (scores >= 0).all()
    assert (scores <= h + 1e-12).all()
    assert scores[0] == pytest.approx(h)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"n_bins": 1}, "n_bins"),
        ({"base": 1}, "base"),
        ({"target": "class"}, "target"),
        ({"categorical_features": ["a"]}, "no column names"),
    ],
)
def test_bad_arguments(arguments, problem):
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match=problem):
        mutual_info(X, y, **arguments)
