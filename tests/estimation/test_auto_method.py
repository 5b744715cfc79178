"""What "auto" chooses, and the standard errors of what neighbours find."""

import numpy as np
import pytest

from sklearn_infotheory.estimation import estimate_mutual_information
from sklearn_infotheory.estimation._auto_method import choose_method, smooth_statistic
from sklearn_infotheory.estimation._neighbors._mixed_terms import mixed_terms
from sklearn_infotheory.estimation._neighbors._neighbor_terms import ksg_terms, ross_terms
from sklearn_infotheory.estimation._neighbors._standard_errors import (
    knn_standard_error,
    mixed_standard_error,
)
from sklearn_infotheory.estimation._variables import normal_scores, read_variable

N = 400


def choice(x, y):
    return choose_method(read_variable(x, "x"), read_variable(y, "y"))


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def normals(rng):
    return rng.normal(size=(3, N))


def test_counts_for_two_discrete_sides(rng):
    x, y = rng.integers(0, 3, (2, N))
    assert choice(x, y) == choice(np.array(list("abc"))[x], y) == "discrete"


def test_correlation_for_gaussian_pairs(normals):
    x, y, _ = normals
    for rho in (0.0, 0.3, 0.7, 0.95):
        assert choice(x, rho * x + np.sqrt(1 - rho * rho) * y) == "gaussian"


def test_neighbors_for_what_correlation_does_not_see(normals):
    x, y, _ = normals
    angle = 3 * x
    assert choice(x, x * x + y) == "knn"
    assert choice(np.cos(angle) + 0.2 * y, np.sin(angle)) == "knn"
    assert choice(x, x * np.abs(y)) == "knn"
    assert choice(np.arange(N), np.arange(N) + 50 * np.sign(y)) == "knn"


def test_neighbors_alone_see_what_runs_fast():
    x = np.arange(N, dtype=float)
    y = np.sin(x / 12)
    assert smooth_statistic(normal_scores(x), normal_scores(y)) < 10
    assert choice(x, y) == "knn"


def test_neighbors_for_classes_but_where_nothing_is_found(normals, rng):
    x, _, _ = normals
    classes = rng.integers(0, 3, N)
    assert choice(x, classes) == choice(classes, x) == "gaussian_mixture"
    assert choice(x + classes, classes) == choice(classes, x + classes) == "knn"
    assert choice(x * (1 + classes), classes) == "knn"
    assert choice(x, np.arange(N) // 2 * (np.arange(N) % 2)) == "knn"  # nearly all alone
    assert choice(x, np.zeros(N)) == "knn"


def test_neighbors_for_the_rest(normals):
    x, y, z = normals
    assert choice(np.maximum(x, 0), y) == "knn"
    assert choice(x.round(1), y) == "knn"
    assert choice(np.stack([x, z], axis=1), y) == "knn"
    assert choice(x[:9], y[:9]) == "knn"


@pytest.mark.parametrize("n", [10, 50, 99, 100, 1000, 1001, 3000])
def test_neighbors_for_a_monotone_function_of_a_column(n):
    """Whatever rounding makes of a correlation of one."""
    x = np.random.default_rng(n).normal(size=n)
    values = {
        (estimate.value, estimate.method)
        for y in (x, -x, np.exp(x), 2 * x + 1, -(x**3))
        for estimate in (estimate_mutual_information(x, y), estimate_mutual_information(y, x))
    }
    knn = estimate_mutual_information(x, x, method="knn").value
    assert values == {(knn, "ksg1")}
    swapped = np.sort(x)
    swapped[[0, 1]] = swapped[[1, 0]]
    nearly = estimate_mutual_information(np.sort(x), swapped)
    assert nearly.method == "ksg1"
    assert nearly.value == pytest.approx(knn, abs=5 / n)


def test_few_ties_do_not_matter(normals):
    x, y, _ = normals
    assert len(np.unique(x.round(2))) < N
    assert choice(x.round(2), y) == "gaussian"


def test_choice_is_the_same_for_rows_maps_and_sides(rng):
    for _ in range(20):
        x, noise = rng.normal(size=(2, 60))
        y = x + noise + 0.5 * rng.uniform(size=60) * noise**2
        rows = rng.permutation(60)
        expected = choice(x, y)
        assert choice(y, x) == choice(x[rows], y[rows]) == expected
        assert choice(np.exp(x), y**3) == choice(-x, y) == expected


def test_smooth_statistic_is_to_the_bit_the_same(normals, rng):
    x, y = (normal_scores(column) for column in normals[:2])
    rows = rng.permutation(N)
    expected = smooth_statistic(x, y)
    assert smooth_statistic(y, x) == smooth_statistic(x[rows], y[rows]) == expected


def test_smooth_statistic_is_like_chi_square(rng):
    pairs = [rng.normal(size=(2, 100)) for _ in range(300)]
    found = [smooth_statistic(normal_scores(x), normal_scores(0.6 * x + y)) for x, y in pairs]
    assert 4.5 < np.median(found) < 6.5  # 5.35 of six degrees
    assert np.mean(np.array(found) > 16.8) <= 0.03


def test_auto_says_what_it_used(normals, rng):
    x, y, _ = normals
    assert estimate_mutual_information(x, x + y).method == "gaussian"
    assert estimate_mutual_information(x, x * x + y).method == "ksg1"
    assert estimate_mutual_information(x + (y > 0), y > 0).method == "ross"
    expected = estimate_mutual_information(x, x + y, method="gaussian")
    assert estimate_mutual_information(x, x + y).value == expected.value


def test_interval_of_a_chosen_model_reaches_as_far_as_neighbors(normals):
    x, y, _ = normals
    chosen, gaussian, knn = (
        estimate_mutual_information(x, x + y, method=method).confidence_interval()
        for method in ("auto", "gaussian", "knn")
    )
    assert chosen == (gaussian.low, max(gaussian.high, knn.high))


def test_standard_error_is_that_of_the_terms_and_wider():
    terms = np.array([0.0, 1.0, 2.0, 5.0] * 100)
    alone = terms.std(ddof=1) / np.sqrt(len(terms))
    for estimator, least in (("ksg", 1.16), ("ross", 1.08), ("frenzel_pompe", 1.33)):
        few, many = (knn_standard_error(terms, estimator, k) for k in (3, 30))
        assert least * alone < few < many
    assert knn_standard_error(terms, "ksg", 3) == pytest.approx(alone * (1.16 + 6 * 3 / 400))
    assert knn_standard_error(terms, "ksg", 400) == pytest.approx(alone * (1.16 + 6 * 0.15))


def test_standard_error_looks_at_the_classes(rng):
    x, classes = rng.normal(size=N), rng.integers(0, 8, N)
    terms, sizes = ross_terms(x, classes, 3), np.bincount(classes)[classes]
    found = knn_standard_error(terms, "ross", 3, sizes)
    assert found > knn_standard_error(terms, "ross", 3)
    variables = read_variable(x, "x"), read_variable(classes, "y")
    assert mixed_standard_error(terms, variables, 3) == pytest.approx(found)


def test_standard_error_of_the_chain_rule(normals):
    x, y = np.maximum(normals[0], 0), np.maximum(normals[0] + normals[1], 0)
    variables = [read_variable(x, "x"), read_variable(y, "y")]
    terms = mixed_terms(variables, 3, "normal_scores")
    factors = np.ones(N)
    for signs in {*zip((x > 0).tolist(), (y > 0).tolist(), strict=True)}:
        rows = ((x > 0) == signs[0]) & ((y > 0) == signs[1])
        least, slope = ((1, 0), (1.08, 2.5), (1.16, 6.0))[sum(signs)]
        factors[rows] = least + slope * 3 / rows.sum()
    expected = np.sqrt((((terms - terms.mean()) * factors) ** 2).sum() / N / (N - 1))
    assert mixed_standard_error(terms, variables, 3) == pytest.approx(expected)
    exchanged = mixed_standard_error(terms, variables[::-1], 3)
    assert exchanged == mixed_standard_error(terms, variables, 3)


def test_standard_error_of_one_sample_and_of_none():
    assert np.isnan(knn_standard_error(np.array([1.0]), "ksg", 3))
    assert knn_standard_error(np.ones(10), "ksg", 3) == 0


def test_standard_error_does_not_see_the_order(rng):
    terms = ksg_terms(*rng.normal(size=(2, N)), 3)
    expected = knn_standard_error(terms, "ksg", 3)
    assert knn_standard_error(rng.permutation(terms), "ksg", 3) == expected
