"""P-values of G: edges, order, agreement with chi-square of large counts; standard errors."""

import naive
import numpy as np
import pytest
from kernels.calls import g_tests_of_tables
from scipy.stats import chi2_contingency, hypergeom

from sklearn_infotheory._counts import FeatureTables
from sklearn_infotheory._inference._independence_tests import (
    exact_two_by_two_p_values,
    g_test_p_values,
    mutual_information_standard_errors,
)


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
    g, mean, variance, freedom = g_tests_of_tables([table]).T
    assert g[0] == pytest.approx(peer.statistic, rel=1e-6)
    assert mean[0] == pytest.approx(peer.dof, rel=1e-3)
    assert freedom[0] == peer.dof
    p = g_test_p_values(g, mean, variance, freedom)[0]
    if margins == "equal":
        assert p == pytest.approx(peer.pvalue, abs=1e-3)
    elif peer.pvalue < 0.2:  # the scale of the variance errs to the safe side
        assert peer.pvalue - 1e-3 < p < peer.pvalue + 0.05


def exact_p_value(k, n, r, c):
    k, r, c = np.array([[k], [r], [c]], float)
    return exact_two_by_two_p_values(k, n, r, c)[0]


@pytest.mark.parametrize(
    ("n", "r", "c"),
    [(2, 1, 1), (8, 4, 4), (20, 10, 10), (23, 5, 11), (23, 18, 21), (90, 1, 30), (300, 140, 40)],
)
def test_exact_p_value_sums_all_tables_as_extreme(n, r, c):
    ks = np.arange(max(0, r + c - n), min(r, c) + 1)
    pmf = hypergeom.pmf(ks, n, r, c)
    gs = np.array([naive.g_statistic([[k, r - k], [c - k, n - r - c + k]]) for k in ks])
    for k, g in zip(ks, gs, strict=True):
        expected = min(1.0, pmf[gs >= g - 1e-9].sum())
        found = exact_p_value(k, n, r, c)
        assert found == pytest.approx(expected, rel=1e-9)


def test_exact_p_value_of_large_counts():
    n, r, c, k = 100_000, 3000, 5000, 190
    ks = np.arange(min(r, c) + 1)
    gs = np.array([naive.g_statistic([[j, r - j], [c - j, n - r - c + j]]) for j in range(80, 220)])
    pmf = hypergeom.pmf(ks, n, r, c)
    as_extreme = np.ones(len(ks), bool)
    as_extreme[80:220] = gs >= gs[k - 80] - 1e-9
    expected = pmf[as_extreme].sum()
    assert 0 < expected < 0.01
    assert exact_p_value(k, n, r, c) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("k", "n", "r", "c"), [(3, 15, 5.5, 7), (2.5, 9, 5, 5), (3, 14.5, 5, 7)])
def test_only_whole_counts_are_tested_exactly(k, n, r, c):
    assert np.isnan(exact_p_value(k, n, r, c))
    assert 0 < exact_p_value(2 * k, 2 * n, 2 * r, 2 * c) <= 1
    # ... and one table does not spoil its neighbours.
    both = exact_two_by_two_p_values(*np.array([[0.5, 3]]), 8, *np.array([[4.0, 4], [4, 4]]))
    assert np.isnan(both[0])
    assert both[1] == exact_p_value(3, 8, 4, 4)


def end_to_end(tables):
    """Lay tables (x, y) end to end as (y, x)."""
    n_levels = np.array([len(table) for table in tables])
    sizes = n_levels * tables[0].shape[1]
    counts = np.concatenate([table.T.ravel() for table in tables]).astype(float)
    return FeatureTables(counts, np.cumsum(sizes) - sizes, n_levels, tables[0].shape[1])


@pytest.mark.parametrize("scale", [1.0, 0.4])
def test_standard_errors_by_the_delta_method(scale):
    """The standard deviation of ln p(x,y) / (p(x) p(y)) over the samples, over the root of n."""
    rng = np.random.default_rng(0)
    shares = [[0.2, 0.8], [1.0], [0.1, 0.0, 0.4, 0.5], [0.6, 0.4]]
    tables = [np.stack([rng.multinomial(n, p) for n in [30, 0, 12, 18]], axis=1) for p in shares]
    found = mutual_information_standard_errors(
        end_to_end([scale * table for table in tables]), scale * tables[0].sum(axis=0)
    )
    for table, error in zip(tables, found, strict=True):
        x, y = (np.repeat(axis.ravel(), table.ravel()) for axis in np.indices(table.shape))
        expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / 60
        pointwise = np.log(table[x, y] / expected[x, y])
        assert error == pytest.approx(pointwise.std() / np.sqrt(scale * 60), abs=1e-9)


def test_many_tables_take_several_rounds():
    table = np.random.default_rng(0).poisson(0.5, (20, 20))
    columns = table.sum(axis=0)
    alone = mutual_information_standard_errors(end_to_end([table]), columns)
    many = mutual_information_standard_errors(end_to_end([table] * 1000), columns)
    np.testing.assert_array_equal(many, np.repeat(alone, 1000))
