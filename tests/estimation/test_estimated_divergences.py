"""Divergences of two samples of any kind."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import psi

from sklearn_infotheory.estimation import (
    estimate_jensen_shannon_divergence,
    estimate_kl_divergence,
    estimate_mutual_information,
)
from sklearn_infotheory.measures import jensen_shannon_divergence, kl_divergence

both = pytest.mark.parametrize(
    "estimate", [estimate_kl_divergence, estimate_jensen_shannon_divergence]
)


def normal(seed, n, mean=0.0, scale=1.0):
    return mean + scale * np.random.default_rng(seed).normal(size=n)


LAWS = {  # draws of both sides, the divergence
    "same": (lambda s: normal(s, 2000), lambda s: normal(s + 50, 1000), 0.0),
    "shifted": (lambda s: normal(s, 2000), lambda s: normal(s + 50, 2000, 1.0), 0.5),
    "wider": (lambda s: normal(s, 2000), lambda s: normal(s + 50, 500, 0, 2), np.log(2) - 0.375),
    "censored": (
        lambda s: np.maximum(normal(s, 2000), 0),
        lambda s: np.maximum(normal(s + 50, 2000, 0.5), 0),
        # of the atoms, and of what is left of two normal laws above zero
        0.5 * np.log(0.5 / 0.30853754) + (0.0625 - 0.5 * 0.39894228),
    ),
    "rounded": (
        lambda s: normal(s, 2000).round(1),
        lambda s: normal(s + 50, 2000, 1.0).round(1),
        0.5,
    ),
    "counts": (
        lambda s: np.random.default_rng(s).poisson(2, 2000),
        lambda s: np.random.default_rng(s + 50).poisson(3, 2000),
        2 * np.log(2 / 3) + 1,
    ),
}


@pytest.mark.parametrize("law", LAWS)
def test_truth_of_kl(law):
    first, second, truth = LAWS[law]
    found = [estimate_kl_divergence(first(seed), second(seed)) for seed in range(5)]
    mean = np.mean([float(estimate) for estimate in found])
    error = np.mean([estimate.standard_error for estimate in found])
    assert abs(mean - truth) < 0.02 + 3 * error / np.sqrt(5)
    assert abs(float(found[0]) - truth) < 3.5 * error + 0.02


def test_truth_of_jensen_shannon():
    grid = np.linspace(-9, 10, 40_001)
    p, q = np.exp(-(grid**2) / 2), np.exp(-((grid - 1) ** 2) / 2)
    truth = float(jensen_shannon_divergence(p, q, normalize=True))
    for n in (300, 3000):
        found = [
            float(estimate_jensen_shannon_divergence(normal(seed, 3000), normal(seed + 50, n, 1.0)))
            for seed in range(8)
        ]
        assert np.mean(found) == pytest.approx(truth, abs=0.015)


def test_jensen_shannon_is_the_information_about_the_sample():
    x, y = normal(0, 500), normal(1, 500, 1.0)
    sample = np.repeat([0, 1], 500)
    expected = estimate_mutual_information(np.append(x, y), sample, method="ross")
    found = estimate_jensen_shannon_divergence(x, y)
    assert found.value == pytest.approx(expected.value, abs=1e-12)
    x, y = np.maximum(x, 0), np.maximum(y, 0)
    found = estimate_jensen_shannon_divergence(x, y)
    expected = estimate_mutual_information(np.append(x, y), sample, method="knn")
    assert found.value == pytest.approx(expected.value, abs=0.01)


@both
def test_monotone_maps_and_the_order_of_rows_change_nothing(estimate):
    for x, y in (
        (normal(0, 300), normal(1, 200, 1.0)),
        (normal(0, 300).round(1), normal(1, 200, 1.0).round(1)),
        (np.maximum(normal(0, 300), 0), np.maximum(normal(1, 200, 1.0), 0)),
    ):
        expected = estimate(x, y)
        assert estimate(np.exp(x), np.exp(y)).value == expected.value
        order, other = (np.random.default_rng(0).permutation(n) for n in (300, 200))
        again = estimate(x[order], y[other])
        assert again.value == expected.value
        assert again.standard_error == expected.standard_error


def test_jensen_shannon_is_symmetric_and_bounded():
    x, y = normal(0, 300), normal(1, 100, 1.0)
    here, there = (estimate_jensen_shannon_divergence(*pair) for pair in ((x, y), (y, x)))
    assert here.value == there.value
    far = estimate_jensen_shannon_divergence(x, y + 100, base=2)
    assert 0.98 < far.value <= 1
    letters = estimate_jensen_shannon_divergence(["a"] * 20 + ["b"] * 20, ["c"] * 10, base=2)
    assert 0.9 < letters.value <= 1


def test_infinity_stays():
    assert float(estimate_kl_divergence(["a", "b"], ["a", "a"])) == np.inf
    assert float(estimate_kl_divergence(["a", "a"], ["a", "b"])) < np.inf
    x = normal(0, 200)
    assert float(estimate_kl_divergence(np.maximum(x, 0), x)) == np.inf
    missing = np.where(x > 1, np.nan, x)
    assert float(estimate_kl_divergence(missing, x)) == np.inf
    infinite = estimate_kl_divergence(missing, x)
    assert np.isnan(infinite.standard_error)
    assert infinite.p_value < 1e-6


def test_counts_by_their_definition():
    x, y = np.array(list("aaabbc")), np.array(list("aabbbbcc"))
    n, m = np.array([3, 2, 1]), np.array([2, 4, 2])
    expected = n @ (psi(n) - psi(6) + psi(9) - psi(m + 1)) / 6
    assert float(estimate_kl_divergence(x, y)) == pytest.approx(expected)
    many = estimate_kl_divergence(np.repeat(x, 2000), np.repeat(y, 2000))
    assert float(many) == pytest.approx(float(kl_divergence(n / 6, m / 8)), abs=1e-3)


@both
def test_nothing_to_tell(estimate):
    constant = estimate(np.zeros(20), np.zeros(30))
    assert constant.value == 0
    assert constant.p_value == 1
    p = [estimate(normal(s, 150), normal(s + 1000, 100)).p_value for s in range(200)]
    assert np.mean(np.array(p) < 0.05) < 0.09


@both
def test_several_columns(estimate):
    x, y = np.random.default_rng(0).normal(size=(2, 1000, 2))
    assert abs(float(estimate(x, y))) < 0.1
    letters = np.random.default_rng(1).choice(list("ab"), (2, 1000))
    first = pd.DataFrame({"number": x[:, 0], "letter": letters[0]})
    second = pd.DataFrame({"number": y[:, 0] * (letters[1] == "a"), "letter": letters[1]})
    assert abs(float(estimate(first[:500], first[500:]))) < 0.1
    assert float(estimate(first, second)) > 0.1


@both
@pytest.mark.parametrize("n", [1, 2, 3])
def test_tiny_samples(estimate, n):
    for x, y in ((normal(0, n), normal(1, 3)), (normal(0, 3), normal(1, n))):
        assert np.isfinite(estimate(x, y).value)


@both
def test_wrong_input_is_said(estimate):
    with pytest.raises(ValueError, match="holds numbers and that of y categories"):
        estimate([1.0, 2.0], ["a", "b"])
    with pytest.raises(ValueError, match="x has 2 columns"):
        estimate(np.ones((3, 2)), [1.0])
    with pytest.raises(ValueError, match="'n_neighbors' parameter"):
        estimate([1.0], [2.0], n_neighbors=0)
