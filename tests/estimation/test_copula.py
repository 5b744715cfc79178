"""Information of the Gaussian copula, against closed forms and slow twins."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sklearn_infotheory.estimation._copula import (
    gaussian_class_information,
    gaussian_conditional_mutual_information,
    gaussian_entropy,
    gaussian_mutual_information,
)


def pair(rho, n, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return x, rho * x + np.sqrt(1 - rho**2) * rng.normal(size=n)


def log_det_information(x, y):
    """The difference of three logarithms of determinants."""
    det = [np.linalg.slogdet(np.atleast_2d(np.cov(v, rowvar=False)))[1] for v in (x, y)]
    return (det[0] + det[1] - np.linalg.slogdet(np.cov(np.c_[x, y], rowvar=False))[1]) / 2


@pytest.mark.parametrize("rho", [0.0, 0.3, -0.75, 0.99])
def test_closed_form(rho):
    x, y = pair(rho, 20_000)
    found = gaussian_mutual_information(x, y)
    assert found.value == pytest.approx(
        -0.5 * np.log(1 - rho**2), abs=4 * found.standard_error + 1e-3
    )
    low, high = found.interval(0.99)
    assert low <= -0.5 * np.log(1 - rho**2) <= high
    assert found.p_value == pytest.approx(stats.pearsonr(x, y).pvalue, rel=1e-6, abs=1e-12)


def test_several_columns_are_those_of_determinants():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5000, 3))
    y = np.c_[x[:, 0] + rng.normal(size=5000), x[:, 1] * x[:, 2]]
    found = gaussian_mutual_information(x, y)
    assert found.value == pytest.approx(log_det_information(x, y), abs=2e-3)
    turned = gaussian_mutual_information(x @ rng.normal(size=(3, 3)), 7 - 2 * y[:, ::-1])
    assert turned.value == pytest.approx(found.value, abs=1e-9)


def test_condition_is_partial_correlation():
    rng = np.random.default_rng(1)
    z = rng.normal(size=4000)
    x, y = z + rng.normal(size=4000), z + rng.normal(size=4000)
    found = gaussian_conditional_mutual_information(x, y, z)
    r = np.corrcoef(np.stack([v - z * (v @ z) / (z @ z) for v in (x, y)]))[0, 1]
    assert found.value == pytest.approx(-0.5 * np.log(1 - r**2), abs=3e-4)
    assert found.p_value > 0.001
    assert gaussian_mutual_information(x, y).p_value < 1e-50
    assert gaussian_conditional_mutual_information(x, y, x).value == 0


@pytest.mark.parametrize("n", [4, 6, 20])
@pytest.mark.parametrize("columns", [1, 2])
def test_no_bias_where_there_is_nothing(n, columns):
    if n < 2 * columns + 1:
        pytest.skip("too few samples")
    rng = np.random.default_rng(0)
    found = [
        gaussian_mutual_information(rng.normal(size=(n, columns)), rng.normal(size=(n, columns)))
        for _ in range(1500)
    ]
    values = np.array([f.value for f in found])
    assert abs(values.mean()) <= 4 * values.std() / np.sqrt(len(values))
    assert np.mean([f.p_value <= 0.05 for f in found]) == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize("rho", [0.0, 0.2, 0.8])
def test_coverage(rho):
    truth = -0.5 * np.log(1 - rho**2)
    covered = 0
    for seed in range(400):
        low, high = gaussian_mutual_information(*pair(rho, 200, seed)).interval(0.95)
        covered += low <= truth <= high
    assert 0.91 <= covered / 400 <= 0.985


def test_terms():
    x, y = pair(0.6, 1000)
    found = gaussian_mutual_information(x, y)
    assert found.terms.mean() == pytest.approx(found.value, abs=1e-12)
    density = stats.multivariate_normal(np.zeros(2), np.cov(np.stack([x, y]), bias=True))
    x0, y0 = x - x.mean(), y - y.mean()
    terms = density.logpdf(np.c_[x0, y0]) - stats.norm.logpdf(x0, 0, x0.std())
    terms -= stats.norm.logpdf(y0, 0, y0.std())
    np.testing.assert_allclose(found.terms - found.terms[0], terms - terms[0], atol=1e-9)


def test_classes():
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 2, 20_000)
    found = gaussian_class_information(rng.normal(size=20_000) + 2 * classes, classes)
    assert found.value == pytest.approx(0.3368308, abs=4 * found.standard_error)
    assert found.terms.mean() == pytest.approx(found.value, abs=1e-12)
    apart = gaussian_class_information(rng.normal(size=20_000) + 20 * classes, classes)
    assert apart.value <= np.log(2)
    assert apart.value == pytest.approx(np.log(2), abs=1e-3)
    nothing = gaussian_class_information(rng.normal(size=20_000), classes)
    assert abs(nothing.value) <= 1e-3
    assert nothing.p_value > 0.001


def test_p_value_of_classes_is_an_f_test():
    rng = np.random.default_rng(3)
    classes = rng.integers(0, 4, 200)
    x = rng.normal(size=200) + 0.2 * classes
    wanted = stats.f_oneway(*(x[classes == c] for c in range(4))).pvalue
    assert gaussian_class_information(x, classes).p_value == pytest.approx(wanted, rel=1e-9)


def test_edges():
    x, y = pair(0.5, 50)
    constant = np.ones(50)
    assert gaussian_mutual_information(x, constant).value == 0
    assert gaussian_mutual_information(x[:1], y[:1]).value == 0
    assert gaussian_mutual_information(x, x).value == np.inf
    assert gaussian_class_information(constant, np.arange(50) % 2).value == 0
    assert gaussian_class_information(x, np.zeros(50, int)).value == 0
    assert np.isfinite(gaussian_class_information(x, np.arange(50)).value)
    with pytest.raises(ValueError, match=r"2 samples are too few .* 3 are the least"):
        gaussian_mutual_information(x[:2], y[:2])


def test_order_of_rows_and_of_sides_change_no_bit():
    x, y = pair(0.5, 500)
    order = np.random.default_rng(0).permutation(500)
    classes = (y > 0).astype(int)
    assert gaussian_mutual_information(x, y).value == gaussian_mutual_information(y, x).value
    for a, b in (
        (gaussian_mutual_information(x, y), gaussian_mutual_information(x[order], y[order])),
        (
            gaussian_class_information(x, classes),
            gaussian_class_information(x[order], classes[order]),
        ),
    ):
        assert (a.value, a.p_value, a.standard_error) == (b.value, b.p_value, b.standard_error)
    assert gaussian_entropy(x) == gaussian_entropy(x[order])


def test_entropy():
    rng = np.random.default_rng(0)
    value, error = gaussian_entropy(3 * rng.normal(size=20_000))
    assert value == pytest.approx(0.5 * np.log(2 * np.pi * np.e * 9), abs=4 * error)
    assert error == pytest.approx(np.sqrt(0.5 / 20_000), rel=0.05)
    small = [gaussian_entropy(rng.normal(size=(5, 2)))[0] for _ in range(3000)]
    assert np.mean(small) == pytest.approx(np.log(2 * np.pi * np.e), abs=4 * np.std(small) / 54)
    x = rng.normal(size=30)
    assert gaussian_entropy(np.c_[x, 2 * x])[0] == -np.inf
    assert gaussian_entropy(np.ones(9))[0] == -np.inf


@pytest.mark.parametrize("n", [10, 500, 20_000])
def test_a_column_tells_infinitely_much_about_itself(n):
    x = np.random.default_rng(n).normal(size=n)
    for y in (x, -3 * x + 1, x / 3):
        found = gaussian_mutual_information(x, y)
        assert found.value == np.inf
        assert np.isnan(found.standard_error)
        assert found.interval(0.95) == (np.inf, np.inf)
        assert found.p_value < 1e-9
