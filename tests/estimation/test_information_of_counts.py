"""Information from counts: its laws, its test, and its interval."""

import math

import naive
import numpy as np
import pytest
from estimation import naive_entropy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from sklearn_infotheory._inference._contingency_table import ContingencyTable
from sklearn_infotheory._inference._independence_tests import g_test_p_values
from sklearn_infotheory.estimation._discrete._entropy_of_counts import (
    DISCRETE_METHODS,
    NEEDS_WHOLE_COUNTS,
)
from sklearn_infotheory.estimation._discrete._information_of_counts import (
    NULL_CORRECTED,
    discrete_mutual_information,
)

METHODS = (NULL_CORRECTED, *DISCRETE_METHODS)
each_method = pytest.mark.parametrize("method", METHODS)


@st.composite
def samples(draw, n_columns=2):
    n = draw(st.integers(1, 60))
    levels = st.integers(0, draw(st.integers(0, 5)))
    return [np.array(draw(st.lists(levels, min_size=n, max_size=n))) for _ in range(n_columns)]


def found(x, y, z=None, weights=None, method="auto", **options):
    """Return value, error, p-value and the ends of an interval."""
    counts = ContingencyTable.from_codes(x, y, z, weights)
    estimate = discrete_mutual_information(counts, method, **options)
    return (*estimate[:3], *estimate.interval(0.95))


def dependent(n=300, levels=4, seed=0):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, levels, (2, n))
    return x, np.where(rng.random(n) < 0.4, x, y)


@given(data=samples(3))
@settings(max_examples=80, deadline=None)
def test_plugin_is_the_definition(data):
    x, y, z = data
    assert found(x, y, method="plugin")[0] == pytest.approx(
        naive.mutual_information(x, y), abs=1e-12
    )
    assert found(x, y, z, method="plugin")[0] == pytest.approx(
        naive.conditional_mutual_information(x, y, z), abs=1e-12
    )


@pytest.mark.parametrize("method", [m for m in DISCRETE_METHODS if m != "nsb"])
@given(data=samples(2))
@settings(max_examples=20, deadline=None)
def test_it_is_a_sum_of_entropies(method, data):
    entropy = getattr(naive_entropy, method)
    sides = [list(naive.joint_counts(*codes).values()) for codes in (data[:1], data[1:], data)]
    n_states = [None, None, len(sides[0]) * len(sides[1]) if method == "james_stein" else None]
    expected = 0.0
    if min(map(len, sides)) > 1:
        terms = [entropy(list(map(int, c)), k) for c, k in zip(sides, n_states, strict=True)]
        bound = min(naive.entropy(data[0]), naive.entropy(data[1]))
        expected = min(terms[0] + terms[1] - terms[2], bound)
    assert found(*data, method=method)[0] == pytest.approx(expected, abs=1e-9)


@each_method
@given(data=samples(3), order=st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_rows_names_and_sides_change_no_bit(method, data, order):
    x, y, z = data
    rows = list(range(len(x)))
    order.shuffle(rows)
    names = [order.sample(range(1000), 6) for _ in range(3)]
    a, b, c = (np.array(name)[codes[rows]] for name, codes in zip(names, data, strict=True))
    assert found(b, a, method=method) == found(x, y, method=method)
    assert found(b, a, c, method=method) == found(x, y, z, method=method)


def test_sides_of_the_same_margins_in_other_numbers_change_no_bit():
    x, y = np.repeat(range(5), [1, 1, 2, 3, 3]), np.repeat(range(5), [1, 2, 2, 2, 3])
    for seed in range(20):
        shuffled = np.random.default_rng(seed).permutation(y)
        assert found(x, shuffled) == found(shuffled, x)


@each_method
@given(data=samples(3))
@settings(max_examples=15, deadline=None)
def test_bounds(method, data):
    x, y, z = data
    for condition, given_ in ((None, []), (z, z)):
        value, error, p, low, high = found(x, y, condition, method=method)
        bound = min(naive.conditional_mutual_information(a, a, given_) for a in (x, y))
        assert value <= bound + 1e-12
        assert error >= 0
        assert 0 <= p <= 1
        assert 0 <= low <= high <= math.log(max(len(set(x)), len(set(y)))) + 1e-12


@each_method
@pytest.mark.parametrize("n", [1, 2, 50])
def test_constants_tell_nothing(method, n):
    x = np.arange(n) % 7
    nothing = (0.0, 0.0, 1.0, 0.0, 0.0)
    assert found(np.zeros(n, int), x, method=method) == nothing
    assert found(x, np.full(n, 9), method=method) == nothing
    assert found(x, x, x, method=method) == nothing
    if n > 2:
        assert found(x * 0, x, method=method, n_states=(4, 9)) == nothing


@each_method
def test_a_weight_is_so_many_repetitions(method):
    x, y = dependent(60)
    weights = np.random.default_rng(1).integers(0, 4, 60).astype(float)
    repeated = np.repeat(np.stack([x, y]), weights.astype(int), axis=1)
    assert found(x, y, weights=weights, method=method) == found(*repeated, method=method)


@pytest.mark.parametrize("method", sorted(set(METHODS) - NEEDS_WHOLE_COUNTS))
def test_fractional_weights(method):
    x, y = dependent(200)
    weights = np.random.default_rng(1).random(200)
    first = found(x, y, weights=weights, method=method)
    rows = np.random.default_rng(2).permutation(200)
    assert found(y[rows], x[rows], weights=weights[rows], method=method) == first
    near = found(x, y, weights=np.where(np.arange(200) == 0, 1 + 1e-9, 1.0), method="plugin")
    assert near[0] == pytest.approx(found(x, y, method="plugin")[0], abs=1e-6)


@pytest.mark.parametrize("method", sorted(NEEDS_WHOLE_COUNTS))
def test_whole_counts_are_asked_for(method):
    with pytest.raises(ValueError, match="needs whole counts"):
        found([0, 1, 1], [0, 1, 0], weights=np.array([0.5, 1, 1]), method=method)


@pytest.mark.parametrize("table", [[[3, 1], [1, 4]], [[10, 2], [0, 7]], [[5, 5], [5, 5]]])
def test_two_by_two_is_tested_exactly(table):
    p = discrete_mutual_information(ContingencyTable.from_table(table)).p_value
    margins = np.sum(table, axis=0), np.sum(table, axis=1)
    if (margins[0] == margins[0][0]).all() or table[1][0] == 0:
        assert p == pytest.approx(fisher_exact(table)[1])
    flipped = ContingencyTable.from_table(np.transpose(table)[::-1])
    assert discrete_mutual_information(flipped).p_value == p


def test_g_test_sums_over_the_strata():
    rng = np.random.default_rng(0)
    table = rng.poisson(3.0, (3, 4, 5)) + 1
    counts = ContingencyTable.from_table(table)
    g, mean = naive.conditional_g_statistic(table), naive.expected_conditional_g_statistic(table)
    assert 2 * counts.n * counts.information == pytest.approx(g)
    assert counts.null_moments[0] == pytest.approx(mean)
    assert counts.null_moments[2] == 3 * 2 * 5
    test = [np.array([v]) for v in (g, *counts.null_moments)]
    assert discrete_mutual_information(counts).p_value == pytest.approx(g_test_p_values(*test)[0])


@pytest.mark.parametrize("shape", [(2, 2), (3, 4), (10, 10), (30, 40)])
def test_default_has_no_bias_at_independence(shape):
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, shape[0], 400), rng.integers(0, shape[1], 400)
    values = [found(x, rng.permutation(y))[0] for _ in range(200)]
    assert abs(np.mean(values)) < 4 * np.std(values) / math.sqrt(200)


def test_interval_reaches_zero_where_nothing_is_found():
    rng = np.random.default_rng(0)
    for _ in range(50):
        x, y = rng.integers(0, 3, (2, 200))
        _, _, p, low, high = found(x, y)
        assert high > 0
        if p > 0.1:
            assert low == 0


def test_wider_levels_hold_narrower_ones():
    x, y = dependent()
    estimate = discrete_mutual_information(ContingencyTable.from_codes(x, y))
    ends = np.array([estimate.interval(level) for level in (0.5, 0.8, 0.95, 0.999)])
    assert (np.diff(ends[:, 0]) < 0).all()
    assert (np.diff(ends[:, 1]) > 0).all()
    assert ends[0, 0] < estimate.value < ends[0, 1]


def test_identifiers_need_no_table():
    n = 100_000
    x, y = np.arange(n), np.random.default_rng(0).permutation(n)
    value, _, p, low, _ = found(x, y)
    assert value == pytest.approx(0, abs=1e-9)
    assert p > 0.4
    assert low == 0
    value, _, p, _, _ = found(x, y % 3)
    assert abs(value) < 1e-6
    assert p > 0.4


def test_weak_dependence_keeps_its_digits():
    counts = np.array([[2500001, 2499999], [2499999, 2500001]], float)
    expected = 1 / 2500000**2 / 2
    assert ContingencyTable.from_table(counts).information == pytest.approx(expected, rel=1e-3)
    assert ContingencyTable.from_table(counts * 0 + 7).information == 0
