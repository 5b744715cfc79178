"""G and its null moments against sums over the hypergeometric law."""

import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from kernels.calls import (
    LONG_TABLE,
    NO_TABLE,
    g_test_of_table,
    g_tests_of_tables,
    sums_of_tables,
)
from kernels.null_moments import moments_by_definition
from scipy.special import xlogy

from sklearn_infotheory._kernels._independence import cell_moments


@pytest.mark.parametrize("table", [NO_TABLE, LONG_TABLE], ids=["computed", "looked up"])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize(
    ("n", "r", "c"),
    [
        (2, 1, 1),
        (3, 2, 2),
        (7, 1, 3),
        (7, 3, 1),
        (9, 8, 8),
        (30, 10, 15),
        (33, 32, 17),
        (200, 3, 150),
        (256, 128, 128),  # the largest expected count that is summed
        (5000, 300, 1000),
        (100_000, 5, 70_000),
    ],
)
def test_cell_moments_equal_the_sum_over_the_law(n, r, c, both, table):
    found = cell_moments(float(n), float(r), float(c), both, table)
    np.testing.assert_allclose(found, moments_by_definition(n, r, c, both), rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize(
    ("n", "r", "c"),
    [
        (262, 131, 131),
        (300, 150, 145),
        (1000, 300, 217),
        (5000, 150, 2300),
        (100_000, 2560, 2600),
        (1_000_000, 50_000, 1300),
    ],
)
def test_series_of_the_moments_meets_their_sum(n, r, c, both):
    mean, variance = moments_by_definition(n, r, c, both)
    found = cell_moments(float(n), float(r), float(c), both, NO_TABLE)
    assert found[0] != mean  # the series, not the sum
    assert found[0] == pytest.approx(mean, rel=1e-4)
    assert found[1] == pytest.approx(variance, rel=0.05)


@pytest.mark.parametrize("both", [False, True])
def test_rounding_of_fractional_margins_changes_nothing(both):
    """The support of a cell ends at 0, r, c and r + c - n, and those may be whole but for rounding.

    Moments would jump there if one more value, or one less, was taken for possible.
    """
    rng = np.random.default_rng(0)
    for _ in range(200):
        r, c = rng.uniform(0.1, 6, 2)
        r, c = rng.choice([(r, c), (np.ceil(r), c), (r, np.ceil(c))])
        n = r + c + rng.choice([0, -1.0, 0.5]) * (min(r, c) > 1)
        if n < 2:
            continue
        off = 1 + rng.choice([-4e-16, 0, 4e-16], 3)
        expected = cell_moments(n, r, c, both, LONG_TABLE)
        found = cell_moments(n * off[0], r * off[1], c * off[2], both, LONG_TABLE)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
        assert np.isfinite(expected).all()


@pytest.mark.parametrize("whole", [False, True], ids=["computed", "looked up"])
@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (2, 3), (4, 5)])
@pytest.mark.parametrize("n", [2, 20, 32, 33, 200])
def test_table_has_the_g_and_the_expected_g_of_its_definition(n, shape, whole):
    rng = np.random.default_rng(n)
    for _ in range(10):
        table = rng.multinomial(n, rng.dirichlet(np.ones(np.prod(shape)))).reshape(shape)
        g, mean, variance, freedom = g_test_of_table(table, whole=whole)
        n_rows, n_columns = table.any(axis=1).sum(), table.any(axis=0).sum()
        assert g == pytest.approx(naive.g_statistic(table), rel=1e-9, abs=1e-11)
        expected = naive.expected_g_statistic(table.sum(axis=1), table.sum(axis=0))
        assert mean == pytest.approx(expected, rel=1e-7, abs=1e-10)
        assert variance >= 0
        assert freedom == (n_rows - 1) * (n_columns - 1)
        assert g_test_of_table(table, False, whole) == (g, 0, 0, freedom)


counts = st.integers(0, 40) | st.floats(1e-3, 3) | st.sampled_from([1e-9, 1e6])
tables = hnp.array_shapes(min_dims=2, max_dims=2, max_side=4).flatmap(
    lambda shape: hnp.arrays(np.float64, shape, elements=counts)
)


@settings(deadline=None, max_examples=100)
@given(tables.filter(np.any), st.booleans())
def test_g_is_never_negative_and_its_moments_are_finite(table, is_independent):
    if is_independent:
        table = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    g, mean, variance, freedom = g_test_of_table(table)
    assert 0 <= g < np.inf
    assert freedom >= 0
    assert -1e-14 * table.sum() <= mean < np.inf  # below zero by rounding only
    assert 0 <= variance < np.inf
    assert g == pytest.approx(naive.g_statistic(table), rel=1e-6, abs=1e-9 * max(1, table.sum()))


def test_fractional_weights_scale_g_even_below_two_samples():
    table = np.array([[3.0, 1.0], [1.0, 3.0]])
    for scale in (1.0, 0.3, 1 / 8, 1e-6):
        assert g_test_of_table(scale * table)[0] == pytest.approx(scale * naive.g_statistic(table))
    assert g_test_of_table(table / 8)[1:] == (0, 0, 0)  # one sample cannot be reshuffled


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("wanted", [[0, 1, 2, 3, 4], [3, 1]])
def test_many_tables_in_one_call(whole, wanted):
    """Levels that are not occupied count for nothing."""
    rng = np.random.default_rng(0)
    shares = [[0.5, 0.5], [0.4, 0, 0.6], [0.2, 0.3, 0.5], [1.0], [0.0, 1.0]]
    tables = [draw_table(rng, [20, 0, 11], p) for p in shares]
    for j, row in zip(wanted, g_tests_of_tables(tables, wanted, whole), strict=True):
        table = tables[j][tables[j].any(axis=1)][:, [0, 2]]
        np.testing.assert_allclose(row, g_test_of_table(table), rtol=1e-9, atol=1e-12)
        assert row[3] == len(table) - 1


def draw_table(rng, column_sums, shares):
    return np.stack([rng.multinomial(n, shares) for n in column_sums], axis=1)


@pytest.mark.parametrize("scale", [1.0, 0.4])
def test_sums_over_finished_tables(scale):
    rng = np.random.default_rng(0)
    shares = [[0.2, 0.8], [1.0], [0.1, 0.0, 0.4, 0.5]]
    tables = [scale * draw_table(rng, [30, 0, 12, 18], p) for p in shares]
    for table, row in zip(tables, sums_of_tables(tables), strict=True):
        rows = table.sum(axis=1)
        expected = xlogy(table, table).sum(), xlogy(rows, rows).sum()
        np.testing.assert_allclose(row, expected, rtol=1e-12)
