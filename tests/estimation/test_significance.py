"""P-values of G: edges, order, and the agreement with chi-square where counts are large."""

import naive
import numpy as np
import pytest
from kernels.calls import g_tests_of_tables
from scipy.stats import chi2_contingency

from sklearn_infotheory.estimation._significance import g_test_p_values


def p_value(g, mean, variance, freedom):
    return g_test_p_values(*(np.array([v], float) for v in (g, mean, variance, freedom)))[0]


@pytest.mark.parametrize(("mean", "freedom"), [(0, 0), (0, 3), (1.5, 0)])
def test_what_could_not_vary_is_not_significant(mean, freedom):
    assert p_value(50.0, mean, 1.0, freedom) == 1
    # ... and does not spoil its neighbours.
    p = g_test_p_values(*np.array([[50.0, 5], [mean, 5], [1, 10], [freedom, 5]]))
    assert p[0] == 1
    assert p[1] == p_value(5, 5, 10, 5) < 1


@pytest.mark.parametrize("variance", [0.0, 4.0, 50.0])
def test_larger_g_is_less_likely(variance):
    g = np.linspace(0, 60, 200)
    p = g_test_p_values(g, np.full(200, 6.0), np.full(200, variance), np.full(200, 5.0))
    assert p[0] == 1
    assert (np.diff(p) < 0).all()
    assert p[-1] > 0
    assert p_value(-1e-12, 6, variance, 5) == 1  # a rounding error below zero


def test_more_variance_is_heavier_in_the_tail():
    p = [p_value(25, 5, variance, 5) for variance in (0, 10, 11, 40)]
    assert p[0] == p[1] < p[2] < p[3]  # never below the variance of chi-square


@pytest.mark.parametrize("class_sizes", [(50, 50), (10, 90), (40, 30, 20, 10)])
def test_identifier_column_is_unremarkable(class_sizes):
    """Its G is the largest there is, and the same whatever the permutation of y."""
    y = np.repeat(np.arange(len(class_sizes)), class_sizes)
    g = naive.g_statistic(naive.contingency_table(np.arange(len(y)), y))
    mean = naive.expected_g_statistic(np.ones(len(y)), class_sizes)
    assert mean == pytest.approx(g)
    freedom = (len(y) - 1) * (len(class_sizes) - 1)
    assert p_value(g, mean, 0.0, freedom) == pytest.approx(0.5, abs=0.05)


def large_table(shape, effect, margins):
    """Draw a million samples whose rows and columns depend on each other a little."""
    rng = np.random.default_rng(0)
    concentration = {"equal": 1e9, "unequal": 3.0}[margins]
    rows, columns = (rng.dirichlet(np.full(size, concentration)) for size in shape)
    pattern = rng.permuted(np.linspace(-1, 1, np.prod(shape))).reshape(shape)
    shares = np.outer(rows, columns) * (1 + effect * pattern)
    return rng.multinomial(1_000_000, (shares / shares.sum()).ravel()).reshape(shape).astype(float)


@pytest.mark.parametrize("margins", ["equal", "unequal"])
@pytest.mark.parametrize("shape", [(2, 3), (3, 2), (3, 4), (6, 5)])
@pytest.mark.parametrize("effect", [0.0, 0.004, 0.01])
def test_large_counts_give_the_g_test(shape, effect, margins):
    table = large_table(shape, effect, margins)
    peer = chi2_contingency(table, correction=False, lambda_="log-likelihood")
    g, mean, variance, freedom, exact = g_tests_of_tables([table]).T
    assert g[0] == pytest.approx(peer.statistic, rel=1e-6)
    assert mean[0] == pytest.approx(peer.dof, rel=1e-3)
    assert freedom[0] == peer.dof
    assert np.isnan(exact[0])
    p = g_test_p_values(g, mean, variance, freedom)[0]
    if margins == "equal":
        assert p == pytest.approx(peer.pvalue, abs=1e-3)
    elif peer.pvalue < 0.2:  # the scale of the variance errs to the safe side
        assert peer.pvalue - 1e-3 < p < peer.pvalue + 0.05
