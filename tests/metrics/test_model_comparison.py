"""The comparison of two models: t-tests by scipy and by definition, folds, errors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import ShuffleSplit, StratifiedKFold, cross_val_predict, cross_validate
from sklearn.naive_bayes import GaussianNB

from sklearn_infotheory.metrics import compare_cross_entropy, cross_entropy_loss


def two_models(n=80, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 3, n), rng.dirichlet(np.ones(3), n), rng.dirichlet(np.ones(3), n)


def test_paired_test_is_that_of_scipy():
    y, a, b = two_models()
    losses = [cross_entropy_loss(y, p, reduction="none") for p in (a, b)]
    expected = stats.ttest_rel(*losses)
    found = compare_cross_entropy(y, a, b, confidence_level=0.9)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.degrees_of_freedom == expected.df
    np.testing.assert_allclose(found.interval, expected.confidence_interval(0.9))
    assert found.loss_a - found.loss_b == pytest.approx(found.difference)
    assert found.method == "paired t-test"


def test_the_other_way_round_and_units():
    y, a, b = two_models()
    there, back = compare_cross_entropy(y, a, b), compare_cross_entropy(y, b, a, base=2)
    assert there.difference == pytest.approx(-back.difference * np.log(2))
    assert there.p_value == pytest.approx(back.p_value)
    assert (there.unit, back.unit) == ("nats", "bits")


def test_a_weight_is_that_many_repetitions():
    y, a, b = two_models()
    weights = np.random.default_rng(0).integers(0, 3, len(y))
    weighted = compare_cross_entropy(y, a, b, labels=[0, 1, 2], sample_weight=weights)
    parts = (values.repeat(weights, axis=0) for values in (y, a, b))
    repeated = compare_cross_entropy(*parts, labels=[0, 1, 2])
    assert weighted.p_value == pytest.approx(repeated.p_value)


def test_equal_models_do_not_differ():
    y, a, _ = two_models()
    found = compare_cross_entropy(y, a, a)
    assert (found.difference, found.p_value, found.statistic) == (0, 1, 0)


def test_corrected_resampled_t_test_by_definition():
    X, y = load_iris(return_X_y=True)
    splits = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))
    a, b = (
        cross_val_predict(model, X, y, cv=splits, method="predict_proba")
        for model in (GaussianNB(), LogisticRegression(C=0.01))
    )
    differences = np.array(
        [cross_entropy_loss(y[t], a[t]) - cross_entropy_loss(y[t], b[t]) for _, t in splits]
    )
    error = np.sqrt((1 / 5 + 30 / 120) * differences.var(ddof=1))
    found = compare_cross_entropy(y, a, b, splits=splits)
    np.testing.assert_allclose(found.fold_differences, differences)
    assert found.standard_error == pytest.approx(error)
    expected = 2 * stats.t.sf(abs(differences.mean()) / error, 4)
    assert found.p_value == pytest.approx(expected)
    assert found.method == "corrected resampled t-test"


def test_repeated_splits_from_cross_validate():
    X, y = load_iris(return_X_y=True)
    cv = ShuffleSplit(12, test_size=0.2, random_state=0)
    parts = []
    for model in (GaussianNB(), LogisticRegression(C=0.01)):
        results = cross_validate(model, X, y, cv=cv, return_estimator=True, return_indices=True)
        tests = results["indices"]["test"]
        fitted = results["estimator"]
        parts.append([m.predict_proba(X[t]) for m, t in zip(fitted, tests, strict=True)])
    found = compare_cross_entropy(y, *parts, splits=results["indices"], base=2)
    assert found.n_samples == 12 * 30
    assert found.degrees_of_freedom == 11
    assert found.difference < 0
    assert found.to_frame().shape == (1, 7)


def test_folds_may_lack_classes():
    y, a, b = two_models(60)
    y = np.sort(y)
    splits = [(np.arange(20, 60), np.arange(20)), (np.arange(40), np.arange(40, 60))]
    names = np.array(["a", "b", "c"])[y]
    assert np.isfinite(compare_cross_entropy(names, a, b, splits=splits).p_value)


@pytest.mark.parametrize("form", [np.column_stack, lambda columns: columns[1]])
def test_folds_of_soft_targets(form):
    _, a, b = two_models(60)
    a, b = (p[:, :2] / p[:, :2].sum(axis=1, keepdims=True) for p in (a, b))
    t = np.random.default_rng(1).random(60)
    target = form([1 - t, t])
    splits = [(np.arange(20, 60), np.arange(20)), (np.arange(40), np.arange(40, 60))]
    found = compare_cross_entropy(target, a, b, splits=splits)
    losses = [[cross_entropy_loss(target[rows], p[rows]) for p in (a, b)] for _, rows in splits]
    np.testing.assert_allclose(found.fold_differences, [x - y for x, y in losses], rtol=1e-12)


def test_weights_of_samples_in_folds():
    y, a, b = two_models(60)
    weights = np.random.default_rng(2).integers(0, 3, 60)
    splits = [(np.arange(20, 60), np.arange(20)), (np.arange(40), np.arange(40, 60))]
    found = compare_cross_entropy(y, a, b, splits=splits, sample_weight=weights)
    expected = [
        cross_entropy_loss(y[rows], a[rows], labels=[0, 1, 2], sample_weight=weights[rows])
        - cross_entropy_loss(y[rows], b[rows], labels=[0, 1, 2], sample_weight=weights[rows])
        for _, rows in splits
    ]
    np.testing.assert_allclose(found.fold_differences, expected, rtol=1e-12)
    assert found.n_samples == weights[:20].sum() + weights[40:].sum()


def test_a_constant_difference_has_no_error():
    y = np.zeros(4, int)
    a, b = np.full((4, 2), [0.5, 0.5]), np.full((4, 2), [0.25, 0.75])
    found = compare_cross_entropy(y, a, b, labels=[0, 1])
    assert found.difference == pytest.approx(-np.log(2))
    assert (found.standard_error, found.statistic, found.p_value) == (0, -np.inf, 0)


@pytest.mark.parametrize(
    ("splits", "message"),
    [
        ([(np.arange(40), np.arange(40, 80))], "At least 2 splits"),
        ([(np.arange(40), np.arange(40, 80)), (np.arange(40), [])], "split 1"),
        ({"train": [], "tests": []}, "keys 'train' and 'test'"),
        ([(np.arange(40), np.arange(40, 80))] * 2, "proba_a must be a list"),
    ],
)
def test_bad_splits(splits, message):
    y, a, b = two_models()
    with pytest.raises(ValueError, match=message):
        compare_cross_entropy(y, a, b, splits=splits)


def test_infinite_losses_are_refused():
    proba = [[1.0, 0.0], [0.5, 0.5]]
    with pytest.raises(ValueError, match="row 0"):
        compare_cross_entropy([1, 0], proba, [[0.5, 0.5]] * 2)
    found = compare_cross_entropy([1, 0], proba, [[0.5, 0.5]] * 2, zero=1e-3)
    assert found.loss_a == pytest.approx(-np.log([1e-3, 0.5]).mean())
    with pytest.raises(ValueError, match="At least 2 samples"):
        compare_cross_entropy([1], [[0.5, 0.5]], [[0.4, 0.6]], labels=[0, 1])
