"""Null moments from margins alone, against those of whole tables."""

import naive
import numpy as np
import pytest
from kernels.calls import LONG_TABLE, g_test_of_table

from sklearn_infotheory._kernels._margin_moments import null_moments_of_margins


def moments_of_margins(tables):
    """Return a row for each table: mean, variance, freedom."""
    sides = []
    for axis in (1, 0):
        margins = [np.unique(t.sum(axis)[t.sum(axis) > 0], return_counts=True) for t in tables]
        starts = np.cumsum([0, *(len(values) for values, _ in margins)])
        values, times = (np.concatenate(part).astype(float) for part in zip(*margins, strict=True))
        sides.append((values, times, starts))
    out = np.full((len(tables), 3), -1.0)
    n = np.array([float(t.sum()) for t in tables])
    null_moments_of_margins(n, *sides[0], *sides[1], LONG_TABLE, out)
    return out


def tables():
    rng = np.random.default_rng(0)
    shapes = [(2, 2), (2, 5), (5, 2), (3, 4), (4, 3), (4, 4), (1, 3), (3, 1), (9, 9), (1, 1)]
    return [rng.poisson(2.0, shape) + 1 for shape in shapes] + [np.eye(2, dtype=int)]


def test_they_are_those_of_the_table():
    found = moments_of_margins(tables())
    for row, table in zip(found, tables(), strict=True):
        wide = table.shape[1] > table.shape[0]
        _, mean, variance, freedom = g_test_of_table(table.T if wide else table)
        assert row[0] == pytest.approx(mean, rel=1e-12)
        assert row[2] == freedom
        if table.shape[0] != table.shape[1]:  # else either side may be the rows
            assert row[1] == pytest.approx(variance, rel=1e-12)
        if freedom:
            expected = naive.expected_g_statistic(table.sum(axis=1), table.sum(axis=0))
            assert row[0] == pytest.approx(expected)


def test_transposed_tables_have_the_same_moments_to_the_bit():
    transposed = [table.T for table in tables()]
    np.testing.assert_array_equal(moments_of_margins(tables()), moments_of_margins(transposed))


def test_one_sample_has_none():
    assert (moments_of_margins([np.array([[0.4, 0.1], [0.2, 0.2]])]) == 0).all()
