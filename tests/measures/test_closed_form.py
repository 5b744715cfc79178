"""Closed forms against quadrature, sums over all outcomes, and each other."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import integrate, stats

from sklearn_infotheory import measures as m
from sklearn_infotheory.measures._closed_form import FAMILIES

# Two sets of parameters of each family on the line, and the same distributions in scipy.
LINE = {
    "normal": (
        ({"mean": 0.3, "scale": 0.7}, stats.norm(0.3, 0.7)),
        ({"mean": -0.5, "scale": 1.4}, stats.norm(-0.5, 1.4)),
        (-np.inf, np.inf),
    ),
    "laplace": (
        ({"mean": 0.3, "scale": 0.7}, stats.laplace(0.3, 0.7)),
        ({"mean": -0.5, "scale": 1.4}, stats.laplace(-0.5, 1.4)),
        (-40, 40),
    ),
    "exponential": (
        ({"scale": 0.7}, stats.expon(scale=0.7)),
        ({"scale": 2.5}, stats.expon(scale=2.5)),
        (0, 30),
    ),
    "gamma": (
        ({"shape": 2.3, "scale": 0.7}, stats.gamma(2.3, scale=0.7)),
        ({"shape": 1.4, "scale": 1.9}, stats.gamma(1.4, scale=1.9)),
        (0, 40),
    ),
    "beta": (
        ({"a": 2.3, "b": 1.7}, stats.beta(2.3, 1.7)),
        ({"a": 1.2, "b": 3.4}, stats.beta(1.2, 3.4)),
        (0, 1),
    ),
}
each_on_the_line = pytest.mark.parametrize("family", LINE)


def mean_under(p, function, limits):
    """Integrate p(x) f(x), with the kink of a Laplace density as a limit of a part."""
    inner = [-0.5, 0.3] if limits == (-40, 40) else []
    places = [limits[0], *inner, limits[1]]

    def integrand(x):
        density = p.pdf(x)
        return density * function(x) if density > 0 else 0.0

    parts = [
        integrate.quad(integrand, *ends, limit=400, epsabs=1e-12)[0]
        for ends in itertools.pairwise(places)
    ]
    return sum(parts)


@each_on_the_line
def test_entropy_is_the_integral(family):
    (parameters, p), _, limits = LINE[family]
    expected = mean_under(p, lambda x: -p.logpdf(x), limits)
    assert_allclose(m.parametric_entropy(family, parameters), expected, atol=1e-9)
    assert_allclose(m.parametric_entropy(family, parameters), p.entropy(), atol=1e-10)


@each_on_the_line
def test_divergence_and_cross_entropy_are_the_integrals(family):
    (first, p), (second, q), limits = LINE[family]
    kl = mean_under(p, lambda x: p.logpdf(x) - q.logpdf(x), limits)
    assert_allclose(m.parametric_kl_divergence(family, first, second), kl, atol=1e-9)
    crossed = mean_under(p, lambda x: -q.logpdf(x), limits)
    assert_allclose(m.parametric_cross_entropy(family, first, second), crossed, atol=1e-9)
    bits = m.parametric_kl_divergence(family, first, second, base=2)
    assert_allclose(bits, kl / np.log(2), atol=1e-9)


@pytest.mark.parametrize("rate", [1e-9, 0.3, 3.0, 80.0, 9_999.0])
def test_poisson_entropy_is_the_sum(rate):
    k = np.arange(int(rate + 50 * np.sqrt(rate) + 50))
    p = stats.poisson(rate).pmf(k)
    expected = -(p[p > 0] * np.log(p[p > 0])).sum()
    assert_allclose(m.parametric_entropy("poisson", {"rate": rate}), expected, rtol=1e-8)


def test_poisson_entropy_is_smooth_where_the_expansion_begins():
    rates = np.array([9_999.0, 10_000.0, 10_001.0, 10_002.0])
    steps = np.diff(m.parametric_entropy("poisson", {"rate": rates}))
    assert_allclose(steps, 0.5 * np.diff(np.log(rates)), rtol=1e-4)


def test_poisson_divergence_is_the_sum():
    k = np.arange(200)
    p, q = stats.poisson(3.0), stats.poisson(5.5)
    expected = (p.pmf(k) * (p.logpmf(k) - q.logpmf(k))).sum()
    found = m.parametric_kl_divergence("poisson", {"rate": 3.0}, {"rate": 5.5})
    assert_allclose(found, expected, rtol=1e-12)


def test_categorical_is_that_of_probabilities():
    p, q = [0.1, 0.5, 0.4], [0.2, 0.2, 0.6]
    as_family = {"probabilities": p}, {"probabilities": q}
    assert m.parametric_entropy("categorical", as_family[0]) == m.entropy(p)
    assert m.parametric_kl_divergence("categorical", *as_family) == m.kl_divergence(p, q)


def test_dirichlet_of_three_against_a_simulation_and_scipy():
    p, q = np.array([2.0, 3.0, 1.5]), np.array([1.0, 1.2, 4.0])
    found = m.parametric_entropy("dirichlet", {"concentration": p})
    assert_allclose(found, stats.dirichlet(p).entropy(), rtol=1e-12)
    draws = np.random.default_rng(0).dirichlet(p, 20_000).T
    terms = stats.dirichlet(p).logpdf(draws) - stats.dirichlet(q).logpdf(draws)
    kl = m.parametric_kl_divergence("dirichlet", {"concentration": p}, {"concentration": q})
    assert abs(kl - terms.mean()) < 4 * terms.std() / np.sqrt(20_000)


def test_multivariate_normal_against_the_textbook():
    rng = np.random.default_rng(0)
    roots = rng.normal(size=(2, 3, 3))
    s, t = roots @ roots.swapaxes(1, 2) + 0.1 * np.eye(3)
    shift = np.array([0.5, -1.0, 2.0])
    inverse = np.linalg.inv(t)
    logs = np.linalg.slogdet(t)[1] - np.linalg.slogdet(s)[1]
    expected = 0.5 * (np.trace(inverse @ s) - 3 + shift @ inverse @ shift + logs)
    p, q = {"mean": np.zeros(3), "covariance": s}, {"mean": shift, "covariance": t}
    assert_allclose(m.parametric_kl_divergence("multivariate_normal", p, q), expected, rtol=1e-10)
    entropy = stats.multivariate_normal(np.zeros(3), s).entropy()
    assert_allclose(m.parametric_entropy("multivariate_normal", p), entropy, rtol=1e-12)
    assert_allclose(m.gaussian_entropy(s), entropy, rtol=1e-12)


def test_diagonal_normal_is_multivariate_normal():
    p, q = ({"mean": np.full(2, a), "scale": np.array([b, 2.0])} for a, b in ((0, 1), (1, 3)))
    full = [{"mean": side["mean"], "covariance": np.diag(side["scale"] ** 2)} for side in (p, q)]
    expected = m.parametric_kl_divergence("multivariate_normal", *full)
    assert_allclose(m.parametric_kl_divergence("diagonal_normal", p, q), expected, rtol=1e-12)
    expected = m.parametric_entropy("multivariate_normal", full[0])
    assert_allclose(m.parametric_entropy("diagonal_normal", p), expected, rtol=1e-12)


def test_leading_axes_are_a_batch():
    p = {"mean": np.zeros((4, 1, 2)), "covariance": np.eye(2)}
    q = {"mean": np.ones((3, 2)), "covariance": 2 * np.eye(2)}
    assert m.parametric_kl_divergence("multivariate_normal", p, q).shape == (4, 3)
    assert m.parametric_entropy("poisson", {"rate": np.ones((2, 5))}).shape == (2, 5)
    assert m.gaussian_entropy(np.stack([np.eye(3)] * 5), given=[0]).shape == (5,)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_distribution_does_not_diverge_from_itself(family):
    values = {"mean": np.zeros(2), "covariance": [[2.0, 0.5], [0.5, 1.0]], "a": 2.0, "b": 0.5}
    values |= {"probabilities": [0.3, 0.7], "concentration": [0.4, 2.0], "rate": 4.0}
    values |= {"shape": 3.0, "scale": np.array([0.5, 2.0])}
    p = {name: values[name] for name in FAMILIES[family].parameters}
    assert_allclose(m.parametric_kl_divergence(family, p, p), 0, atol=1e-14)


def test_information_of_normal_variables_is_a_sum_of_entropies():
    root = np.random.default_rng(1).normal(size=(5, 5))
    s = root @ root.T + 0.2 * np.eye(5)
    found = m.gaussian_mutual_information(s, [0, 1], [2, 3])
    parts = [m.gaussian_entropy(s[np.ix_(c, c)]) for c in ([0, 1], [2, 3], [0, 1, 2, 3])]
    assert_allclose(found, parts[0] + parts[1] - parts[2], rtol=1e-10)
    given = m.gaussian_mutual_information(s, 0, 2, given=[4])
    inner = s[np.ix_([0, 2, 4], [0, 2, 4])]
    rest = m.gaussian_entropy(s[np.ix_([0, 4], [0, 4])], given=1)
    assert_allclose(given, rest - m.gaussian_entropy(inner, given=[1, 2]), rtol=1e-10)
    # The chain rule: I(X; Y, Z) = I(X; Z) + I(X; Y | Z).
    chain = m.gaussian_mutual_information(s, 0, 4) + given
    assert_allclose(m.gaussian_mutual_information(s, 0, [2, 4]), chain, rtol=1e-10)


@pytest.mark.parametrize("rho", [1e-9, 0.3, 0.999999])
def test_information_of_two_normal_variables(rho):
    expected = -0.5 * np.log1p(-(rho**2))
    found = m.gaussian_mutual_information([[4.0, 2 * rho], [2 * rho, 1.0]], 0, 1)
    assert_allclose(found, expected, rtol=1e-9)


def test_divergence_to_standard_normal_is_the_general_one():
    mean, logs = np.array([0.2, -1.0]), np.array([0.5, -2.0])
    p = {"mean": mean, "scale": np.exp(logs / 2)}
    expected = m.parametric_kl_divergence("normal", p, {"mean": 0, "scale": 1}).sum()
    assert_allclose(m.gaussian_kl_to_standard_normal(mean, logs), expected, rtol=1e-12)


def test_a_singular_covariance_is_named():
    # The third column is the sum of the others, up to rounding.
    x = np.random.default_rng(0).normal(size=(50, 2)) * [1e-6, 1e6]
    covariance = np.cov(np.column_stack([x, x @ [1e12, 1]]).T)
    for call in (m.gaussian_entropy, lambda c: m.gaussian_mutual_information(c, 0, 1)):
        with pytest.raises(ValueError, match=r"singular within rounding.*drop it, or add its"):
            call(covariance)
    assert np.isfinite(m.gaussian_entropy(np.diag([1e-200, 1e200])))  # units do not matter


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: m.parametric_entropy("cauchy", {}), "family must be one of"),
        (lambda: m.parametric_entropy("normal", {"mean": 0}), "must name mean, scale; got mean"),
        (lambda: m.parametric_entropy("gamma", {"shape": 1, "scale": 0}), "scale of parameters"),
        (lambda: m.parametric_entropy("normal", {"mean": np.nan, "scale": 1}), "must be finite"),
        (lambda: m.gaussian_entropy([1.0, 2.0]), "square matrix"),
        (lambda: m.gaussian_entropy([[1.0, 0.5], [0.1, 1.0]]), "symmetric"),
        (lambda: m.gaussian_entropy([[0.0]]), "constant columns"),
        (lambda: m.gaussian_entropy(np.eye(2), given=[0, 1]), "leave a column free"),
        (lambda: m.gaussian_mutual_information(np.eye(2), 0, 0), "different columns"),
        (lambda: m.gaussian_mutual_information(np.eye(2), 0, 2), "between 0 and 1"),
        (lambda: m.gaussian_kl_to_standard_normal([np.inf], [0]), "Clip the output"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
