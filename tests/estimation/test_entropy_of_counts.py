"""Estimators of entropy against published values, their definitions and their laws."""

import math
import warnings

import numpy as np
import pytest
from estimation import naive_entropy as naive
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_infotheory.estimation._discrete._chao_wang_jost import _tail, entropies_without_one
from sklearn_infotheory.estimation._discrete._entropy_of_counts import (
    DISCRETE_METHODS,
    NEEDS_WHOLE_COUNTS,
    auto_discrete_method,
    entropy_of_counts,
)

# Checked against independent programs.
REFERENCE = {
    (1, 2, 3, 2, 1): {
        "plugin": 1.522955,
        "miller_madow": 1.745177,
        "chao_shen": 1.876548,
        "grassberger88": 1.876292,
        "grassberger03": 1.912032,
        "james_stein": 1.609438,
        "jackknife": 1.886844,
        "zhang": 1.773413,
        "chao_wang_jost": 1.847870,
    },
    (4, 2, 3, 1, 2): {
        "plugin": 1.517106,
        "miller_madow": 1.683773,
        "chao_shen": 1.704728,
        "grassberger88": 1.669067,
        "grassberger03": 1.699714,
        "zhang": 1.700433,
        "jackknife": 1.752768,
        "chao_wang_jost": 1.716545,
    },
}
NSB_REFERENCE = [
    ((1, 2, 3, 2, 1), 5, 1.509, None, 1e-3),
    ((1, 2, 3, 2, 1), 10, 1.89573, None, 1e-3),
    (
        (4, 12, 4, 5, 3, 1, 5, 1, 2, 2, 2, 2, 11, 3, 4, 12, 12, 1, 2),
        100,
        2.8060922529931225,
        0.11945501149743358,
        1e-4,
    ),
]
each_method = pytest.mark.parametrize("method", DISCRETE_METHODS)
lists_of_counts = st.lists(st.integers(1, 30), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("counts", "method", "expected"),
    [(counts, *item) for counts, row in REFERENCE.items() for item in row.items()],
)
def test_published_values(counts, method, expected):
    assert entropy_of_counts(counts, method)[0] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("counts", "n_states", "mean", "sd", "tolerance"), NSB_REFERENCE)
def test_published_values_of_nsb(counts, n_states, mean, sd, tolerance):
    value, error = entropy_of_counts(counts, "nsb", n_states)
    assert value == pytest.approx(mean, abs=tolerance)
    assert sd is None or error == pytest.approx(sd, abs=tolerance)


@pytest.mark.parametrize("method", [m for m in DISCRETE_METHODS if m != "nsb"])
@pytest.mark.parametrize("more_states", [None, 0, 7])
@given(counts=lists_of_counts)
@settings(max_examples=40, deadline=None)
def test_definitions(method, more_states, counts):
    n_states = None if more_states is None else len(counts) + more_states
    expected = getattr(naive, method)(counts, n_states)
    if (n_states or len(counts)) == 1:
        expected = 0.0
    if n_states is not None:
        expected = min(expected, math.log(n_states))
    assert entropy_of_counts(counts, method, n_states)[0] == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("counts", [[1], [2, 1], [10, 1], [5], [3, 3, 3], [1] * 6, [40, 1, 1, 2]])
@pytest.mark.parametrize("more_states", [1, 20])
def test_nsb_is_the_quadrature(counts, more_states):
    n_states = len(counts) + more_states
    # The naive range leaves out a tail of about e^-10.
    expected = pytest.approx(naive.nsb(counts, n_states), abs=2e-4)
    assert entropy_of_counts(counts, "nsb", n_states) == expected


@each_method
@given(counts=lists_of_counts, order=st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_order_and_empty_states_change_nothing(method, counts, order):
    shuffled = [*counts, 0, 0]
    order.shuffle(shuffled)
    assert entropy_of_counts(shuffled, method) == entropy_of_counts(counts, method)


@each_method
@given(counts=lists_of_counts, more_states=st.integers(0, 50))
@settings(max_examples=30, deadline=None)
def test_bounds(method, counts, more_states):
    n_states = len(counts) + more_states
    value, error = entropy_of_counts(counts, method, n_states)
    assert value <= math.log(n_states)
    assert error >= 0
    if method in ("plugin", "james_stein", "nsb", "chao_shen", "zhang", "chao_wang_jost"):
        assert value >= -1e-12
    if method not in ("plugin", "james_stein", "nsb", "grassberger88", "grassberger03"):
        assert entropy_of_counts(counts, method)[0] >= naive.plugin(counts) - 1e-12


@each_method
@pytest.mark.parametrize("n", [1, 2, 3, 10, 1_000_000])
def test_constant_has_none(method, n):
    assert entropy_of_counts([n], method) == (0.0, 0.0)
    assert entropy_of_counts([0, n], method, n_states=1) == (0.0, 0.0)


@each_method
def test_many_samples_give_the_truth(method):
    p = np.array([0.4, 0.3, 0.2, 0.05, 0.05])
    truth = -(p @ np.log(p))
    value, error = entropy_of_counts(p * 1e7, method)
    assert value == pytest.approx(truth, abs=1e-5)
    assert 0 < error < 1e-3


@each_method
def test_nothing_overflows_or_warns(method):
    rng = np.random.default_rng(0)
    heavy = np.minimum(rng.zipf(1.5, 100_000), 10**9)
    examples = [
        np.ones(1_000_000),
        np.bincount(rng.integers(0, 1_000_000, 1_000_000)),
        [10**9, 1, 1],
        [10**15, 2],
        np.unique(heavy, return_counts=True)[1],
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for counts in examples:
            value, error = entropy_of_counts(counts, method, 2_000_000)
            assert -1e-9 <= value <= math.log(2_000_000)
            assert np.isfinite(error)


def test_nsb_finds_uniform_and_peaked_laws():
    rng = np.random.default_rng(0)
    counts = np.bincount(rng.integers(0, 1_000_000, 1_000_000))
    value, error = entropy_of_counts(counts, "nsb", 1_000_000)
    assert abs(value - math.log(1e6)) < 3 * error < 0.01
    assert entropy_of_counts([1_000_000], "nsb", 1_000_000)[0] < 1e-4


@pytest.mark.parametrize("n", [2, 3, 10, 100, 10_000])
@pytest.mark.parametrize("n_a", [0.2, 0.99, 1.01, 1.9])
def test_unseen_series(n, n_a):
    a = n_a / n
    j = np.arange(int(60 / a))
    assert _tail(n, a) == pytest.approx(((1 - a) ** (j + 1) / (n + j)).sum(), rel=1e-8)


@pytest.mark.parametrize(("n", "a"), [(100, 2e-4), (10_000, 2e-8), (1_000_000, 1e-7)])
def test_unseen_series_close_to_its_pole(n, a):
    r = np.arange(1, n)
    expected = (1 - a) ** (1 - n) * (-math.log(a) - ((1 - a) ** r / r).sum())
    assert _tail(n, a) == pytest.approx(expected, rel=1e-8)


@given(counts=lists_of_counts)
@settings(max_examples=60, deadline=None)
def test_entropies_without_one(counts):
    if sum(counts) < 2:
        return
    distinct, times = np.unique(counts, return_counts=True)
    found = entropies_without_one(distinct.astype(float), times.astype(float))
    for count, value in zip(distinct, found, strict=True):
        fewer = naive.without_one(counts, counts.index(count))
        assert value == pytest.approx(naive.chao_wang_jost(fewer), abs=1e-9)


@pytest.mark.parametrize("method", ["plugin", "chao_wang_jost"])
def test_standard_error_is_the_spread(method):
    rng, p = np.random.default_rng(0), 1 / np.arange(1, 31)
    draws = rng.multinomial(1000, p / p.sum(), size=400)
    values, errors = np.array([entropy_of_counts(counts, method) for counts in draws]).T
    assert errors.mean() == pytest.approx(values.std(), rel=0.1)


@pytest.mark.parametrize("method", sorted(set(DISCRETE_METHODS) - NEEDS_WHOLE_COUNTS))
def test_fractional_weights(method):
    near = entropy_of_counts([4.001, 2, 3], method, 4)[0]
    assert near == pytest.approx(entropy_of_counts([4, 2, 3], method, 4)[0], abs=1e-3)


@pytest.mark.parametrize("method", sorted(NEEDS_WHOLE_COUNTS))
def test_whole_counts_are_asked_for(method):
    with pytest.raises(ValueError, match=r"needs whole counts.*plugin"):
        entropy_of_counts([4.5, 2], method)
    assert entropy_of_counts([4.0, 2.0], method)[0] > 0


def test_auto_needs_no_whole_counts():
    assert auto_discrete_method(is_whole=True) == "chao_wang_jost"
    assert auto_discrete_method(is_whole=False) not in NEEDS_WHOLE_COUNTS


@pytest.mark.parametrize("counts", [[], [0, 0], [-1, 2], [np.nan], [np.inf, 1]])
def test_bad_counts(counts):
    with pytest.raises(ValueError, match="counts must be finite"):
        entropy_of_counts(counts, "plugin")


def test_bad_method_and_states():
    with pytest.raises(ValueError, match="Pass one of plugin"):
        entropy_of_counts([1, 2], "best")
    with pytest.raises(ValueError, match="less than the 3 states"):
        entropy_of_counts([1, 2, 1], "nsb", 2)
