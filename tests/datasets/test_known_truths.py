"""The truths of generated data, by quadrature or enumeration, and the data beside them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import integrate, stats

from sklearn_infotheory import estimate_mutual_information
from sklearn_infotheory import measures as m
from sklearn_infotheory.datasets import (
    make_drift,
    make_information_classification,
    make_information_pair,
    make_information_regression,
)
from sklearn_infotheory.datasets._pairs import PAIRS

STRENGTHS = [0.0, 0.3, 0.8, 0.95]


def plugin(a, b):
    """Return the information of two columns of codes, from their table."""
    table = np.zeros((int(a.max()) + 1, int(b.max()) + 1))
    np.add.at(table, (a.astype(int), b.astype(int)), 1)
    return m.mutual_information(table, normalize=True)


@pytest.mark.parametrize("strength", STRENGTHS)
def test_normal_pair_by_quadrature(strength):
    joint = stats.multivariate_normal([0, 0], [[1, strength], [strength, 1]])
    grid = np.linspace(-8, 8, 801)
    density = joint.pdf(np.stack(np.meshgrid(grid, grid), axis=-1))
    one = stats.norm.pdf(grid)
    terms = density * np.log(np.maximum(density, 1e-300) / np.outer(one, one))
    expected = terms.sum() * (grid[1] - grid[0]) ** 2
    assert_allclose(make_information_pair("normal", 1, strength=strength).information, expected,
                    atol=1e-6)  # fmt: skip


@pytest.mark.parametrize("strength", [0.3, 0.5, 0.8])
def test_additive_noise_by_quadrature(strength):
    a = (1 - strength) / strength

    def surprisal(y):
        density = (min(y, 1) - max(y - a, 0)) / a
        return -density * np.log(density) if density > 0 else 0.0

    ends = sorted({0, min(1, a), max(1, a), 1 + a})
    h = sum(integrate.quad(surprisal, *pair)[0] for pair in itertools.pairwise(ends))
    found = make_information_pair("additive_noise", 1, strength=strength).information
    assert_allclose(found, h - np.log(a), atol=1e-9)


@pytest.mark.parametrize("strength", STRENGTHS)
def test_mixture_by_quadrature(strength):
    centre = 3 * strength

    def surprisal(x):
        p = 0.5 * (stats.norm.pdf(x, centre) + stats.norm.pdf(x, -centre))
        return -p * np.log(p) if p > 0 else 0.0

    h = integrate.quad(surprisal, -15, 15, limit=300, points=[-centre, centre])[0]
    found = make_information_pair("mixture", 1, strength=strength).information
    assert_allclose(found, h - stats.norm.entropy(), atol=1e-8)


@pytest.mark.parametrize("strength", STRENGTHS)
def test_pairs_of_bits_by_enumeration(strength):
    e = (1 - strength) / 2
    channel = np.array([[1 - e, e], [e, 1 - e]]) / 2
    erasure = np.array([[strength, 0, 1 - strength], [0, strength, 1 - strength]]) / 2
    xor = np.array([[1 - e, e], [e, 1 - e], [e, 1 - e], [1 - e, e]]) / 4
    for kind, table in (("binary_symmetric", channel), ("erasure", erasure), ("xor", xor)):
        found = make_information_pair(kind, 1, strength=strength)
        assert_allclose(found.information, m.mutual_information(table), atol=1e-12)


def test_mixed_pair_by_its_parts():
    pair = make_information_pair("mixed", 1, strength=0.9, base=2)
    signs = 1 - m.entropy([0.9, 0.1], base=2)
    numbers = m.gaussian_mutual_information([[1, 0.9], [0.9, 1]], 0, 1, base=2)
    assert_allclose(pair.information, 1 + 0.5 * numbers + 0.5 * signs, rtol=1e-12)


@pytest.mark.parametrize("kind", ["binary_symmetric", "erasure", "xor"])
def test_drawn_bits_have_the_information(kind):
    pair = make_information_pair(kind, 40_000, random_state=0)
    x = pair.x[:, 0] * 2 + pair.x[:, 1] if kind == "xor" else pair.x
    assert_allclose(plugin(x, pair.y), pair.information, atol=0.01)
    if kind == "xor":
        assert plugin(pair.x[:, 0], pair.y) < 0.001


@pytest.mark.parametrize("kind", ["normal", "additive_noise", "mixture", "mixed"])
def test_drawn_numbers_have_the_information(kind):
    pair = make_information_pair(kind, 4000, strength=0.7, random_state=0)
    found = estimate_mutual_information(pair.x, pair.y)
    assert abs(found.value - pair.information) < 4 * found.standard_error
    assert found.standard_error < 0.05


def test_equal_seeds_give_equal_data():
    for kind in PAIRS:
        first, second = (make_information_pair(kind, 50, random_state=1) for _ in range(2))
        assert (first.x == second.x).all()
        assert (first.y == second.y).all()


@pytest.fixture(scope="module")
def classes():
    return make_information_classification(
        60_000, n_informative=2, n_redundant=2, n_noise=1, synergy=True,
        n_classes=3, error=0.3, redundant_error=0.1, random_state=0,
    )  # fmt: skip


def test_tables_of_classes_agree_with_each_other(classes):
    tables = classes.tables
    assert_allclose(tables.sum(axis=(2, 3, 4)), 1, rtol=1e-12)
    assert_allclose(tables, tables.transpose(1, 0, 2, 4, 3), atol=1e-15)
    assert_allclose(tables.sum(axis=-1), tables[:, :1].sum(axis=-1) + 0 * tables.sum(axis=-1))
    assert_allclose(np.diag(classes.redundancy), np.log(3), rtol=1e-12)
    assert_allclose(np.diag(classes.joint_relevance), classes.relevance, atol=1e-12)


def test_truth_of_classes_by_closed_form_and_by_the_draws(classes):
    informative = np.log(3) - m.entropy([0.7, 0.15, 0.15])
    # Two symmetric channels in a row.
    stay = 0.7 * 0.9 + 0.3 * 0.05
    redundant = np.log(3) - m.entropy([stay, (1 - stay) / 2, (1 - stay) / 2])
    expected = [informative] * 2 + [redundant] * 2 + [0, 0, 0]
    assert_allclose(classes.relevance, expected, atol=1e-12)
    assert_allclose(classes.joint_relevance[4, 5], np.log(3), rtol=1e-12)
    X, y, p = classes.data, classes.target, classes.data.shape[1]
    for i, j in itertools.product(range(p), repeat=2):
        assert_allclose(plugin(X[:, i], X[:, j]), classes.redundancy[i, j], atol=0.01)
        both = X[:, i] * 3 + X[:, j]
        assert_allclose(plugin(both, y), classes.joint_relevance[i, j], atol=0.01)


def test_truth_of_regression():
    data = make_information_regression(100_000, random_state=0, base=2)
    assert_allclose(np.cov(np.column_stack([data.data, data.target]).T), data.covariance, atol=0.03)
    # y = x1 + 2/3 x2 + 1/3 x3 + noise: given all features only the noise is left.
    variance = 1 + 4 / 9 + 1 / 9 + 1
    assert_allclose(data.information, 0.5 * np.log2(variance), rtol=1e-12)
    assert_allclose(data.relevance[0], 0.5 * np.log2(variance / (variance - 1)), rtol=1e-12)
    assert_allclose(data.redundancy[0, 3], 0.5 * np.log2(1 + 1 / 0.25), rtol=1e-12)
    assert (data.relevance[-3:] == 0).all()


@pytest.mark.parametrize("kind", ["mean", "scale"])
def test_divergence_of_numbers_by_quadrature(kind):
    data = make_drift(2, 3, n_features=2, kind=kind, size=0.7)
    p, q = (stats.norm(0.7) if kind == "mean" else stats.norm(0, np.exp(0.7))), stats.norm()
    for first, second, found in (
        (p, q, data.divergence),
        (q, p, data.reverse_divergence),
    ):
        kl = integrate.quad(
            lambda x, f=first, s=second: f.pdf(x) * (f.logpdf(x) - s.logpdf(x)), -30, 30, limit=300
        )[0]
        assert_allclose(found, [kl, 0], atol=1e-9)


def test_divergence_of_categories_by_enumeration_and_draws():
    data = make_drift(50_000, 50_000, kind="category", size=1.0, random_state=0, base=2)
    first = np.e / (3 + np.e)
    after = np.append(first, np.full(3, (1 - first) / 3))
    assert_allclose(data.divergence[0], m.kl_divergence(after, np.full(4, 0.25), base=2))
    for column, shares in ((data.reference[:, 0], np.full(4, 0.25)), (data.batch[:, 0], after)):
        assert_allclose(np.bincount(column.astype(int)) / 50_000, shares, atol=0.01)
    assert data.drifted.tolist() == [True, False, False, False, False]
    assert not make_drift(size=0).drifted.any()


def test_what_is_refused():
    with pytest.raises(ValueError, match="need an informative one"):
        make_information_classification(n_informative=0)
    with pytest.raises(ValueError, match="at least one feature"):
        make_information_classification(n_informative=0, n_redundant=0, n_noise=0)
    with pytest.raises(ValueError, match="at most n_features"):
        make_drift(n_features=1, n_drifted=2)
