"""The score test against its definition, written with all rows and regressors side by side."""

import numpy as np
import pytest
from scipy import stats

from sklearn_infotheory._inference._score_test import (
    ScoreTest,
    response_of_numbers,
    responses_of_classes,
    scored_column,
)


def draw(n, seed=0, n_columns=5, missing=False):
    """Codes of numbers and of one category, all related to the first column."""
    rng = np.random.default_rng(seed)
    Z = rng.normal(size=(n, n_columns)) + 0.7 * rng.normal(size=(n, 1))
    codes = [np.digitize(z, np.quantile(z, np.arange(1, 20) / 20)).astype(np.uint8) for z in Z.T]
    codes[-1] = np.digitize(Z[:, -1], [-1, 0, 0.5]).astype(np.uint8)
    if missing:
        codes[1][rng.random(n) < 0.2] = 20
    columns = [column(c, 4 if j == n_columns - 1 else 20) for j, c in enumerate(codes)]
    return Z, columns


def column(codes, n_levels, weights=None):
    is_category = n_levels == 4
    return scored_column(
        codes, n_levels + 1, weights, is_category=is_category, missing=n_levels, n_groups=5
    )


def twin(response, is_class, picks, candidate, weights=None):
    """Regress, multiply residuals, and test their sums by two variances."""
    n = len(response)
    w = np.ones(n) if weights is None else weights
    D = np.column_stack([np.ones(n), *(pick.regressors[pick.codes] for pick in picks)])
    X = candidate.directions[candidate.codes]
    penalty = np.eye(D.shape[1])
    penalty[0, 0] = 1e-8
    b = np.zeros(D.shape[1])
    if is_class:
        for _ in range(200):
            p = 1 / (1 + np.exp(-(D @ b)))
            hessian = D.T @ (D * (w * p * (1 - p))[:, None]) + penalty
            b = b + np.linalg.solve(hessian, D.T @ (w * (response - p)) - penalty @ b)
        p = 1 / (1 + np.exp(-(D @ b)))
        spread, r = p * (1 - p), response - p
    else:
        b = np.linalg.solve(D.T @ (D * w[:, None]) + penalty, D.T @ (w * response))
        spread, r = np.ones(n), response - D @ b
    gram = D.T @ (D * (w * spread)[:, None])
    inverse = np.linalg.inv(gram + penalty)
    slopes = inverse @ D.T @ (X * (w * spread)[:, None])
    rest = X - D @ slopes
    sums, total = rest.T @ (w * r), w.sum()
    free = total - np.trace(inverse @ gram)
    scale = 1.0 if is_class else (w * r * r).sum() / free
    by_model = scale * (
        X.T @ (X * (w * spread)[:, None]) - (D.T @ (X * (w * spread)[:, None])).T @ slopes
    )
    by_rows = (rest.T @ (rest * (w * r * r)[:, None]) - np.outer(sums, sums) / total) * total / free
    found = []
    for variance in (by_model, by_rows):
        freedom = X.shape[1]
        f = sums @ np.linalg.solve(variance, sums) / freedom * (free - freedom) / free
        found.append(stats.f.sf(f, freedom, free - freedom))
    return max(found)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("is_class", [False, True])
@pytest.mark.parametrize("n_picks", [0, 1, 3])
def test_p_values_equal_the_twin(n_picks, is_class, weighted):
    n = 400
    Z, columns = draw(n, missing=True)
    rng = np.random.default_rng(1)
    weights = rng.integers(1, 4, n).astype(float) if weighted else None
    y = Z[:, 0] + 0.3 * Z[:, 3] + rng.logistic(size=n)
    response = (y > 0).astype(float) if is_class else response_of_numbers(y, weights)
    test = ScoreTest(response[np.newaxis], is_class, weights)
    for pick in columns[:n_picks]:
        test.add(pick)
    found = test.p_values(columns[n_picks:])
    expected = [
        twin(response, is_class, columns[:n_picks], candidate, weights)
        for candidate in columns[n_picks:]
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-12)
    assert (found < 0.9).any()


def test_weights_are_repetitions():
    n = 300
    Z, columns = draw(n)
    weights = np.random.default_rng(0).integers(0, 4, n)
    rows = np.repeat(np.arange(n), weights)
    y = (Z[:, 0] + np.random.default_rng(2).logistic(size=n) > 0).astype(float)
    found = []
    for codes_of, w, response in (
        (lambda c: c.codes, weights.astype(float), y),
        (lambda c: c.codes[rows], None, y[rows]),
    ):
        parts = [
            column(np.ascontiguousarray(codes_of(c)), 4 if j == 4 else 20, w)
            for j, c in enumerate(columns)
        ]
        test = ScoreTest(response[np.newaxis], True, w)
        test.add(parts[0])
        found.append(test.p_values(parts[1:]))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-6)


@pytest.mark.parametrize("is_class", [False, True])
def test_order_of_rows_and_threads_change_no_bit(is_class):
    n = 500
    Z, columns = draw(n)
    y = Z[:, 0] + np.random.default_rng(1).logistic(size=n)
    response = (y > 0).astype(float) if is_class else response_of_numbers(y, None)
    order = np.random.default_rng(3).permutation(n)
    found = []
    for rows, n_threads in ((np.arange(n), 1), (order, 1), (np.arange(n), 2)):
        parts = [
            column(np.ascontiguousarray(c.codes[rows]), 4 if j == 4 else 20)
            for j, c in enumerate(columns)
        ]
        test = ScoreTest(response[np.newaxis, rows], is_class, None, n_threads)
        for pick in parts[:2]:
            test.add(pick)
        found.append(test.p_values(parts[2:]).tolist())
    assert found[0] == found[1] == found[2]


def test_level_only_saves_work():
    Z, columns = draw(600)
    y = (Z[:, 0] + np.random.default_rng(1).logistic(size=600) > 0).astype(float)
    test = ScoreTest(y[np.newaxis], True)
    test.add(columns[0])
    exact, rough = test.p_values(columns[1:]), test.p_values(columns[1:], level=1e-3)
    np.testing.assert_array_equal(exact <= 1e-3, rough <= 1e-3)
    np.testing.assert_array_equal(exact[rough <= 1e-3], rough[rough <= 1e-3])


def test_an_allowed_gain_makes_p_values_larger():
    Z, columns = draw(2000)
    y = (Z[:, 0] + np.random.default_rng(1).logistic(size=2000) > 0).astype(float)
    test = ScoreTest(y[np.newaxis], True)
    found = [test.p_values(columns[:1], gain=gain)[0] for gain in (0, 0.01, 0.05, 1.0)]
    assert found == sorted(found)
    assert found[0] < 1e-10
    assert found[-1] > 0.9


def test_several_classes_are_combined():
    codes = np.array([0, 1, 2] * 100 + [3], np.uint16)
    responses = responses_of_classes(codes, 4, None)
    assert responses.shape == (3, 301)  # a class of one row is left out
    two = responses_of_classes(codes[:-1] // 2, 2, None)
    assert two.shape == (1, 300)
    assert responses_of_classes(np.zeros(9, np.uint16), 1, None).shape == (0, 9)
    _, columns = draw(301)
    test = ScoreTest(responses, True)
    assert ((test.p_values(columns) > 0) & (test.p_values(columns) <= 1)).all()
    nothing = ScoreTest(np.empty((0, 301)), True)
    assert nothing.p_values(columns).tolist() == [1.0] * 5


def test_what_cannot_be_tested_has_a_p_value_of_one():
    constant = column(np.zeros(50, np.uint8), 20)
    few = np.arange(8, dtype=np.uint8)
    y = np.tile([0.0, 1.0], 25)
    assert ScoreTest(y[np.newaxis], True).p_values([constant]).tolist() == [1.0]
    test = ScoreTest(y[np.newaxis, :8], True)
    test.add(column(few, 20))
    assert test.p_values([column(few[::-1].copy(), 20)]).tolist() == [1.0]
