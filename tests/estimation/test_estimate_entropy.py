"""estimate_entropy: known truths, laws, and every kind of column."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from estimation import naive_entropy
from scipy import stats

from sklearn_infotheory.estimation import estimate_entropy
from sklearn_infotheory.estimation._discrete._entropy_of_counts import DISCRETE_METHODS

NORMAL = 0.5 * math.log(2 * math.pi * math.e)
CONTINUOUS = ("kozachenko_leonenko", "gaussian")
rng = np.random.default_rng(0)
LETTERS = rng.choice(list("abcdef"), 200, p=[0.4, 0.3, 0.1, 0.1, 0.05, 0.05])
NORMALS = rng.normal(size=500)
RAIN = np.where(rng.random(500) < 0.4, 0.0, rng.exponential(size=500))


def test_defaults():
    assert estimate_entropy(LETTERS).method == "chao_wang_jost"
    assert estimate_entropy(LETTERS, sample_weight=np.full(200, 0.5)).method == "miller_madow"
    assert estimate_entropy(NORMALS).method == "kozachenko_leonenko"
    estimate = estimate_entropy(LETTERS)
    assert np.isnan(estimate.p_value)
    assert estimate.n_samples == 200


@pytest.mark.parametrize("method", [m for m in DISCRETE_METHODS if m != "nsb"])
def test_methods_that_count_read_every_number_as_a_category(method):
    x = NORMALS.round(1)
    counts = pd.Series(x).value_counts().tolist()
    expected = getattr(naive_entropy, method)(counts)
    assert float(estimate_entropy(x, method=method)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("law", "truth"),
    [
        (stats.norm(), NORMAL),
        (stats.norm(5, 100), NORMAL + math.log(100)),
        (stats.uniform(), 0.0),
        (stats.expon(), 1.0),
        (stats.lognorm(1), NORMAL),
        (stats.t(3), float(stats.t(3).entropy())),
        (stats.gamma(3, scale=1e-3), float(stats.gamma(3, scale=1e-3).entropy())),
    ],
)
def test_differential_entropies(law, truth):
    estimate = estimate_entropy(law.rvs(10_000, random_state=0))
    assert abs(estimate.value - truth) < max(3 * estimate.standard_error, 0.01)


@pytest.mark.parametrize("digits", [0, 1, 2, 3])
@pytest.mark.parametrize("n", [300, 3000])
def test_rounded_numbers_have_the_entropy_of_the_numbers(n, digits):
    x = np.random.default_rng(1).normal(size=n) * 3
    whole, rounded = (estimate_entropy(v, discrete=False) for v in (x, x.round(digits)))
    assert abs(rounded.value - NORMAL - math.log(3)) < 4 * whole.standard_error


def test_several_columns():
    x = np.random.default_rng(0).multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 5000)
    truth = 2 * NORMAL + math.log(0.6) + math.log(1000)
    for method in CONTINUOUS:
        estimate = estimate_entropy(x * [1, 1000], method=method)
        assert abs(estimate.value - truth) < 4 * estimate.standard_error
    rounded = estimate_entropy(x.round(1) * [1, 1000])
    assert rounded.value == pytest.approx(truth, abs=0.08)


def test_joint_categories_are_cells():
    x = np.random.default_rng(0).integers(0, 3, (300, 2))
    cells = x[:, 0] * 3 + x[:, 1]
    assert estimate_entropy(x).value == estimate_entropy(cells.astype(str)).value


@pytest.mark.parametrize("method", CONTINUOUS)
def test_mixed_columns_are_atoms_and_a_density(method):
    x = np.random.default_rng(0).normal(size=20_000)
    x[np.random.default_rng(1).random(20_000) < 0.3] = 0.0
    truth = -0.3 * math.log(0.3) - 0.7 * math.log(0.7) + 0.7 * NORMAL
    estimate = estimate_entropy(x, method=method)
    assert abs(estimate.value - truth) < 3 * estimate.standard_error
    with_missing = estimate_entropy(np.where(x == 0, np.nan, x), method=method)
    assert with_missing.value == pytest.approx(estimate.value)


@pytest.mark.parametrize("x", [LETTERS, NORMALS, NORMALS.round(1), RAIN], ids=len)
def test_row_order_changes_no_bit(x):
    shuffled = np.random.default_rng(2).permutation(x)
    first, second = estimate_entropy(x), estimate_entropy(shuffled)
    assert (first.value, first.standard_error) == (second.value, second.standard_error)


@pytest.mark.parametrize("method", ["kozachenko_leonenko", "gaussian"])
@pytest.mark.parametrize("exponent", [-1000, 1020])
def test_units_of_any_size(method, exponent):
    x = np.random.default_rng(0).normal(size=200)
    expected = estimate_entropy(x, method=method).value + exponent * np.log(2)
    found = estimate_entropy(np.ldexp(x, exponent), method=method)
    assert found.value == pytest.approx(expected, abs=1e-9)


def test_scale_and_shift():
    first = estimate_entropy(NORMALS)
    assert estimate_entropy(NORMALS * 8).value == pytest.approx(first.value + math.log(8))
    assert estimate_entropy(NORMALS - 3).value == pytest.approx(first.value)
    assert estimate_entropy(-NORMALS).value == pytest.approx(first.value)


@pytest.mark.parametrize("x", [[3.0] * 7, ["a"] * 4, [None, None], [np.nan], [1.5], [True]])
@pytest.mark.parametrize("method", ["auto", *DISCRETE_METHODS])
def test_constants_have_none(x, method):
    estimate = estimate_entropy(x, method=method)
    assert (estimate.value, estimate.standard_error) == (0.0, 0.0)
    assert estimate.confidence_interval() == (0.0, 0.0)


def test_missing_values_are_one_more_category():
    x = ["a", "b", None, "a", None, "b", "c"] * 5
    named = [letter or "missing" for letter in x]
    assert estimate_entropy(x).value == estimate_entropy(named).value
    assert estimate_entropy([1, np.nan, 2, np.nan] * 9).value == pytest.approx(
        estimate_entropy(["1", "?", "2", "?"] * 9).value
    )


@pytest.mark.parametrize(
    "made",
    [
        list,
        pd.Series,
        lambda x: pd.Series(x, dtype="category"),
        pl.Series,
        lambda x: pd.DataFrame({"a": x}),
        lambda x: pl.DataFrame({"a": x}),
        lambda x: np.array(x)[:, None],
    ],
)
def test_containers(made):
    x = LETTERS.tolist()
    assert estimate_entropy(made(x)).value == estimate_entropy(LETTERS).value


@pytest.mark.parametrize("method", DISCRETE_METHODS)
def test_weights_are_repetitions(method):
    weights = np.random.default_rng(0).integers(0, 4, 200)
    weighted = estimate_entropy(LETTERS, method=method, sample_weight=weights)
    repeated = estimate_entropy(np.repeat(LETTERS, weights), method=method)
    assert (weighted.value, weighted.n_samples) == (repeated.value, repeated.n_samples)
    ones = estimate_entropy(LETTERS, method=method, sample_weight=np.ones(200))
    assert ones.value == estimate_entropy(LETTERS, method=method).value


@pytest.mark.parametrize("method", ["auto", *DISCRETE_METHODS])
def test_base_and_states(method):
    bits = estimate_entropy(LETTERS, method=method, base=2)
    nats = estimate_entropy(LETTERS, method=method)
    assert bits.value == pytest.approx(nats.value / math.log(2))
    assert bits.standard_error == pytest.approx(nats.standard_error / math.log(2))
    assert bits.confidence_interval().high == pytest.approx(
        nats.confidence_interval().high / math.log(2)
    )
    bounded = estimate_entropy(LETTERS, method=method, n_states=6, base=6)
    assert bounded.value <= 1
    assert bounded.confidence_interval(0.999).high <= 1


@pytest.mark.parametrize(
    ("x", "options", "words"),
    [
        (LETTERS, {"method": "gaussian"}, "x is discrete"),
        ([1, 2] * 20, {"method": "kozachenko_leonenko"}, "discrete=False"),
        (NORMALS, {"n_states": 9}, "n_states is for discrete columns"),
        (NORMALS, {"sample_weight": np.arange(500)}, "sample_weight is for discrete columns"),
        (NORMALS, {"method": "zhang", "discrete": False}, "holds continuous numbers"),
        (LETTERS, {"discrete": False}, "cannot be continuous"),
        (LETTERS, {"n_states": 3}, "less than the 6 states"),
        (LETTERS, {"sample_weight": np.ones(3)}, "inconsistent numbers"),
        (LETTERS, {"sample_weight": np.full(200, 0.5), "method": "zahl"}, "method"),
        (LETTERS, {"sample_weight": np.full(200, 0.5), "method": "chao_shen"}, "whole counts"),
        (LETTERS, {"base": 1}, "base"),
        (LETTERS, {"n_states": 0}, "n_states"),
        ([1.0, np.inf], {}, "infinity"),
        ([1j, 2], {}, "Complex"),
        ([], {}, "minimum of 1"),
    ],
)
def test_bad_input(x, options, words):
    with pytest.raises(ValueError, match=words):
        estimate_entropy(x, **options)


def test_lonely_numbers_beside_atoms():
    estimate = estimate_entropy([0.0] * 30 + [1.5], discrete=None)
    assert np.isfinite(estimate.value)
