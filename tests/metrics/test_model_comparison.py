"""The comparison of two models: t-tests by scipy and by definition, folds, errors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import ShuffleSplit, StratifiedKFold, cross_val_predict, cross_validate
from sklearn.naive_bayes import GaussianNB

from sklearn_infotheory.metrics import compare_cross_entropy, cross_entropy_loss
from sklearn_infotheory.metrics._empirical_likelihood import (
    Sample,
    likelihood_interval,
    likelihood_ratio,
)


def two_models(n=80, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 3, n), rng.dirichlet(np.ones(3), n), rng.dirichlet(np.ones(3), n)


def test_paired_test_of_few_samples_is_that_of_scipy():
    y, a, b = two_models(12, seed=3)
    losses = [cross_entropy_loss(y, p, reduction="none") for p in (a, b)]
    expected = stats.ttest_rel(*losses)
    found = compare_cross_entropy(y, a, b, confidence_level=0.9)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.degrees_of_freedom == expected.df
    np.testing.assert_allclose(found.interval, expected.confidence_interval(0.9), rtol=0.25)
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
    found = compare_cross_entropy(y, a, b, splits=splits, fold_test="corrected_resampled")
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


# --- Empirical likelihood --------------------------------------------------------------------


def naive_ratio(values, counts, possible, mean):
    """Maximise the likelihood of the sample among distributions with this mean."""
    every = np.concatenate([values, possible])
    n = counts.sum()

    def loss(p):
        return -2 * (counts * np.log(n * p[: len(values)] / counts)).sum()

    constraints = [
        {"type": "eq", "fun": lambda p: p.sum() - 1},
        {"type": "eq", "fun": lambda p: p @ every - mean},
    ]
    start = np.full(len(every), 1 / len(every))
    found = optimize.minimize(
        loss, start, bounds=[(1e-9, 1)] * len(every), constraints=constraints, method="SLSQP",
        options={"maxiter": 2000, "ftol": 1e-12},
    )  # fmt: skip
    return found.fun


@pytest.mark.parametrize("possible", [[], [6.0], [-2.0, 0.5]])
def test_likelihood_ratio_is_the_largest(possible):
    rng = np.random.default_rng(0)
    sample = Sample(rng.exponential(size=10), rng.integers(1, 3, 10) * 1.0, np.array(possible))
    for mean in (0.3, 0.6, 1.0, 1.5, 2.0):
        expected = naive_ratio(sample.values, sample.weights, sample.possible, mean)
        assert likelihood_ratio(sample, mean) == pytest.approx(expected, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("possible", [[], [9.0], [-9.0], [-9.0, 9.0]])
@pytest.mark.parametrize("n", [3, 30, 3000])
def test_ends_of_the_interval_have_the_wanted_ratio(n, possible):
    rng = np.random.default_rng(n)
    sample = Sample(rng.standard_normal(n) ** 3, np.ones(n), np.array(possible))
    for squared in (0.5, 3.84, 20.0):
        low, high = likelihood_interval(sample, squared)
        assert low <= sample.values.mean() <= high
        for end in (low, high):
            if sample.values.min() * 1.001 < end < sample.values.max() * 0.999 or possible:
                found = likelihood_ratio(sample, end)
                assert found == pytest.approx(squared, rel=1e-3) or end in sample.values


def test_interval_and_p_value_agree():
    for seed in range(40):
        y, a, b = two_models(60, seed)
        found = compare_cross_entropy(y, a, b)
        low, high = found.interval
        assert (found.p_value < 0.05) == (low > 0 or high < 0)
        assert low <= found.difference <= high
        losses = [cross_entropy_loss(y, p, reduction="none") for p in (a, b)]
        assert found.p_value == pytest.approx(stats.ttest_rel(*losses).pvalue, abs=0.1)
        assert found.method in ("empirical likelihood", "paired t-test")


def test_all_differences_of_one_sign():
    y = np.zeros(30, int)
    a, b = np.linspace(0.4, 0.5, 30), np.linspace(0.7, 0.9, 30)
    found = compare_cross_entropy(y, 1 - a, 1 - b, labels=[0, 1])
    assert found.interval[0] > 0
    assert 0 < found.p_value < 1e-3  # class 1 might have occurred
    some = compare_cross_entropy(np.arange(120) % 2, [0.5] * 120, [[0.7, 0.3], [0.2, 0.8]] * 60)
    assert 0 < some.p_value < 1e-15


def test_a_class_that_did_not_occur_widens_the_interval_on_its_side():
    y = np.zeros(50, int)
    rng = np.random.default_rng(0)
    a = rng.uniform(0.02, 0.04, 50)
    found = compare_cross_entropy(y, a, a / 3, labels=[0, 1])  # b never believed in class 1
    assert found.difference > 0
    assert found.interval[0] < 0  # one event would have been dear
    assert found.interval[1] < 2 * found.difference


# --- Folds and groups ------------------------------------------------------------------------


def fold_models():
    X, y = load_iris(return_X_y=True)
    splits = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))
    parts = [
        cross_val_predict(model, X, y, cv=splits, method="predict_proba")
        for model in (GaussianNB(), LogisticRegression(C=0.01))
    ]
    return y, *parts, splits


def test_folds_of_one_cross_validation_are_samples():
    y, a, b, splits = fold_models()
    found = compare_cross_entropy(y, a, b, splits=splits)
    pooled = compare_cross_entropy(y, a, b)
    assert found.interval == pytest.approx(pooled.interval, rel=1e-9)
    assert found.p_value == pytest.approx(pooled.p_value, rel=1e-6)
    assert len(found.fold_differences) == 5
    same = compare_cross_entropy(y, a, b, splits=splits, fold_test="central_limit")
    assert same.p_value == found.p_value


def test_repeated_splits_are_no_samples():
    y, a, b, splits = fold_models()
    twice = [splits[0], *splits]
    parts = [[p[test] for _, test in twice] for p in (a, b)]
    assert compare_cross_entropy(y, *parts, splits=twice).method == "corrected resampled t-test"
    with pytest.raises(ValueError, match="test no sample twice"):
        compare_cross_entropy(y, *parts, splits=twice, fold_test="central_limit")
    with pytest.raises(ValueError, match="GroupKFold"):
        compare_cross_entropy(y, *parts, splits=twice, groups=np.arange(len(y)))


def test_groups_by_definition():
    y, a, b = two_models(90)
    groups = np.repeat(np.arange(30), 3)
    found = compare_cross_entropy(y, a, b, groups=groups)
    difference = np.subtract(*(cross_entropy_loss(y, p, reduction="none") for p in (a, b)))
    residuals = (difference - difference.mean()).reshape(30, 3).sum(axis=1)
    error = np.sqrt(30 / 29 * (residuals**2).sum()) / 90
    assert found.standard_error == pytest.approx(error)
    assert found.degrees_of_freedom == 29
    assert found.method == "clustered t-test"
    reach = stats.t.ppf(0.975, 29) * error
    assert found.interval == pytest.approx((difference.mean() - reach, difference.mean() + reach))
    splits = [(np.arange(45, 90), np.arange(45)), (np.arange(45), np.arange(45, 90))]
    folded = compare_cross_entropy(y, a, b, groups=groups.astype(str), splits=splits)
    assert folded.standard_error == pytest.approx(error)


def test_bad_groups():
    y, a, b = two_models(20)
    with pytest.raises(ValueError, match=r"groups must name the group.*got shape \(3,\)"):
        compare_cross_entropy(y, a, b, groups=[0, 1, 2])
    with pytest.raises(ValueError, match="At least 2 groups"):
        compare_cross_entropy(y, a, b, groups=np.zeros(20))
