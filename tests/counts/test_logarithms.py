"""Tables of n log n and log n!: what they hold, and how long they are."""

import math

import numpy as np
import pytest

from sklearn_infotheory._counts import (
    log_factorial_table,
    n_log_n_table,
    short_log_factorial_table,
    sum_n_log_n,
)


@pytest.mark.parametrize("largest", [0, 1, 7, 100, 4095.5])
def test_tables_reach_as_far_as_counts_go(largest):
    whole = range(int(largest) + 1)
    n_log_n, factorials = n_log_n_table(largest), log_factorial_table(largest)
    np.testing.assert_allclose(
        n_log_n[: len(whole)], [n * math.log(n or 1) for n in whole], rtol=1e-14
    )
    np.testing.assert_allclose(
        factorials[: len(whole)], [math.lgamma(n + 1) for n in whole], rtol=1e-14
    )
    assert len(n_log_n) == len(factorials) > largest


@pytest.mark.parametrize("table", [n_log_n_table, log_factorial_table])
def test_tables_are_shared_and_bounded(table):
    assert table(40) is table(50)
    assert len(table(1e300)) == len(table(1 << 20)) == 1 << 20


def test_the_short_table_is_of_the_same_numbers():
    short = short_log_factorial_table()
    np.testing.assert_allclose(short, log_factorial_table(len(short))[: len(short)], rtol=1e-14)


def test_zero_adds_nothing():
    assert sum_n_log_n(np.array([0.0, 1.0, 0.0, 4.0])) == pytest.approx(4 * math.log(4))
    assert sum_n_log_n(np.empty(0)) == 0
