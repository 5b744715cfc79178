"""method="knn": the estimates of ``estimation``, pair by pair, and counts for the tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris, load_wine

from sklearn_infotheory.estimation._information_of_variables import Settings, find_information
from sklearn_infotheory.estimation._variables import read_variable
from sklearn_infotheory.feature_selection import MutualInfoSelector, mutual_info
from sklearn_infotheory.feature_selection._criteria import PAIR_CRITERIA
from sklearn_infotheory.feature_selection._methods import relate

RHO = 0.75
TRUTH = -0.5 * np.log(1 - RHO**2)


def related(X, y, weights=None, method="knn", n_neighbors=3, categorical=None):
    return relate(
        X, y, weights, method=method, categorical=categorical, names=None, n_bins="auto",
        n_neighbors=n_neighbors, target="auto", n_jobs=1,
    )  # fmt: skip


def kinds_of_columns(n, seed=0):
    """Continuous, skewed, rounded, counted, zero-inflated, constant and missing."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    base = rng.normal(size=(7, n)) + 0.7 * y
    X = np.stack(
        [
            base[0],
            np.exp(base[1]),
            np.round(base[2], 1),
            rng.poisson(1 + y).astype(float),
            np.where(rng.random(n) < 0.4, 0.0, base[3]),
            np.ones(n),
            np.where(rng.random(n) < 0.3, np.nan, base[4]),
        ],
        axis=1,
    )
    return X, y, base[5]


def targets(n):
    _, classes, numbers = kinds_of_columns(n)
    rng = np.random.default_rng(1)
    return {
        "classes": classes,
        "numbers": numbers,
        "rounded numbers": np.round(numbers, 1),
        "censored numbers": np.maximum(numbers, 0.0) + 0.0,
        "two outputs": np.c_[numbers, rng.normal(size=n)],
    }


# --- The numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [5, 60, 500])
@pytest.mark.parametrize("target", targets(5))
@pytest.mark.parametrize("k", [1, 3])
def test_relevance_is_the_estimate(n, target, k):
    X, y = kinds_of_columns(n)[0], targets(n)[target]
    is_discrete = True if target == "classes" else None
    variable = read_variable(y, "y", discrete=is_discrete)
    wanted = [
        find_information(read_variable(x, "x"), variable, None, Settings("knn", k)) for x in X.T
    ]
    relations = related(X, y, n_neighbors=k)
    if relations.binned.target.is_binned == (target != "classes"):
        np.testing.assert_allclose(relations.relevance, [w.value for w in wanted], atol=1e-12)
        errors = [w.standard_error for w in wanted]
        np.testing.assert_allclose(relations.standard_errors, errors, atol=1e-12)
    assert relations.relevance[5] == 0


@pytest.mark.parametrize("target", ["classes", "numbers"])
def test_pairs_are_the_estimates(target):
    X, y = kinds_of_columns(120)[0], targets(120)[target]
    relations = related(X, y)
    variable = read_variable(y, "y", discrete=True if target == "classes" else None)
    columns = [read_variable(x, "x") for x in X.T]
    pair = relations.pair(np.arange(7), 1)
    for j in range(7):
        for name, given in (("redundancy", None), ("conditional_redundancy", variable)):
            wanted = find_information(columns[j], columns[1], given, Settings("knn")).value
            assert getattr(pair, name)[j] == pytest.approx(wanted, abs=1e-12)
    # Of both columns in one space, where the sum of the four estimates has twice the variance.
    for j in range(7):
        both = find_information(read_variable(X[:, [j, 1]], "x"), variable, None, Settings("knn"))
        assert pair.joint_relevance[j] == pytest.approx(both.value, abs=1e-12)
    assert (pair.joint_entropy > 0).all()


def test_the_joint_estimate_has_the_smaller_variance():
    found = []
    for seed in range(15):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(300, 2))
        relations = related(X, X.sum(axis=1) + rng.normal(size=300))
        pair = relations.pair(np.array([0]), 1)
        in_sum = relations.relevance[1] + pair.conditional_relevance
        found.append((pair.joint_relevance[0], in_sum[0]))
    joint, in_sum = np.array(found).T
    assert joint.mean() == pytest.approx(0.5 * np.log(3), abs=0.05)
    assert joint.std() < 0.9 * in_sum.std()


def test_truth():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5000, 2))
    y = RHO * x[:, 0] + np.sqrt(1 - RHO**2) * rng.normal(size=5000)
    selector = MutualInfoSelector(1, method="knn").fit(np.exp(x), y**3)
    np.testing.assert_allclose(selector.relevance_, [TRUTH, 0], atol=0.03)
    assert abs(selector.relevance_[0] - TRUTH) <= 4 * selector.relevance_standard_error_[0]
    classes = rng.integers(0, 2, 5000)
    numbers = np.exp(rng.normal(size=5000) + 2 * classes)
    information, p_values = mutual_info(numbers[:, np.newaxis], classes, method="knn")
    np.testing.assert_allclose(information, 0.3368308, atol=0.03)
    assert p_values[0] < 1e-100


def test_tests_are_those_of_counts():
    X, classes, numbers = kinds_of_columns(300)
    for y in (classes, numbers):
        ours, counted = (MutualInfoSelector(3, method=m).fit(X, y) for m in ("knn", "binned"))
        np.testing.assert_array_equal(ours.p_values_, counted.p_values_)
        np.testing.assert_array_equal(
            mutual_info(X, y, method="knn")[1], mutual_info(X, y, method="binned")[1]
        )


# --- Laws -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["classes", "numbers"])
def test_rows_have_no_order_and_threads_no_say(target):
    X, y = kinds_of_columns(200)[0], targets(200)[target]
    first = MutualInfoSelector(4, method="knn").fit(X, y)
    order = np.random.default_rng(0).permutation(200)
    for again in (
        MutualInfoSelector(4, method="knn").fit(X[order], y[order]),
        MutualInfoSelector(4, method="knn", n_jobs=2).fit(X, y),
        MutualInfoSelector(4, method="knn").fit(np.sign(X) * X**2 * 3, y),
    ):
        np.testing.assert_array_equal(first.selected_, again.selected_)
        np.testing.assert_array_equal(first.scores_, again.scores_)
        np.testing.assert_array_equal(first.relevance_, again.relevance_)


def test_whole_weights_are_repetitions():
    X, y, _ = kinds_of_columns(80)
    weights = np.arange(80) % 3
    rows = np.repeat(np.arange(80), weights)
    with pytest.warns(UserWarning, match="weights above 1 make the information .* too high"):
        weighted = MutualInfoSelector(3, method="knn").fit(X, y, sample_weight=weights)
    repeated = MutualInfoSelector(3, method="knn").fit(X[rows], y[rows])
    np.testing.assert_array_equal(weighted.relevance_, repeated.relevance_)
    np.testing.assert_array_equal(weighted.scores_, repeated.scores_)
    np.testing.assert_allclose(weighted.p_values_, repeated.p_values_, rtol=1e-9)


def test_weights_of_zero_and_one_leave_samples_out():
    X, y, _ = kinds_of_columns(80)
    kept = np.arange(80) % 3 > 0
    weighted = mutual_info(X, y, method="knn", sample_weight=kept)
    np.testing.assert_array_equal(weighted[0], mutual_info(X[kept], y[kept], method="knn")[0])


def test_relevance_is_no_more_than_the_entropy_of_the_classes():
    rng = np.random.default_rng(0)
    y = (rng.random(2000) < 0.05).astype(int)
    X = np.c_[y + 0.01 * rng.normal(size=2000), y, rng.integers(0, 2, 2000)]
    share = y.mean()
    entropy = -share * np.log(share) - (1 - share) * np.log(1 - share)
    information, _ = mutual_info(X, y, method="knn")
    assert (information <= entropy + 1e-15).all()
    assert information[0] == pytest.approx(entropy, rel=0.02)


# --- Columns of any kind --------------------------------------------------------------------------


def test_categories_and_missing_values_are_atoms():
    X, y = load_iris(return_X_y=True)
    frame = pd.DataFrame(
        {
            "length": pd.Series(X[:, 2]).where(np.arange(150) % 7 > 0),
            "size": pd.cut(X[:, 0], 3, labels=["s", "m", "l"]),
            "species": np.array(["a", "b", "c"])[y],
            "noise": np.random.default_rng(0).permutation(150),
        }
    )
    selector = MutualInfoSelector(4, method="knn").fit(frame, y)
    assert selector.selected_[0] == 2
    assert selector.relevance_[2] == pytest.approx(np.log(3), abs=1e-9)
    assert selector.relevance_.argmin() == 3
    coded = np.c_[X[:, 2], y.astype(float)]
    as_category = mutual_info(coded, y, method="knn", categorical_features=[1])[0]
    np.testing.assert_allclose(as_category[1], np.log(3), atol=1e-9)


def test_pair_finds_xor():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 5))
    y = (X[:, 1] > 0) ^ (X[:, 3] > 0)
    selector = MutualInfoSelector(2, method="knn", initial="pair").fit(X, y)
    assert set(selector.selected_.tolist()) == {1, 3}


@pytest.mark.parametrize("criterion", PAIR_CRITERIA)
def test_every_pair_criterion_selects(criterion):
    X, y = load_wine(return_X_y=True)
    X = np.hstack([X[:, [6, 9, 12]], np.random.default_rng(0).normal(size=(len(X), 3))])
    selector = MutualInfoSelector(3, method="knn", criterion=criterion).fit(X, y)
    assert np.isfinite(selector.scores_).all()
    assert selector.selected_[0] == 0
    if criterion in ("jmi", "cmim", "jmim", "disr"):
        assert set(selector.selected_.tolist()) == {0, 1, 2}


def test_auto_stops_by_counts():
    X, y = load_wine(return_X_y=True)
    noise = np.random.default_rng(0).normal(size=(len(X), 5))
    selector = MutualInfoSelector(method="knn").fit(np.hstack([X, noise]), y)
    assert 2 <= selector.n_features_ <= 13
    assert (selector.selected_ < 13).all()


@pytest.mark.parametrize("n", [1, 2, 4])
def test_few_rows(n):
    X, y, numbers = kinds_of_columns(n)
    for target in (y, numbers):
        assert np.isfinite(MutualInfoSelector(3, method="knn").fit(X, target).scores_).all()


# --- Errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("criterion", ["cmi", "jmi3"])
def test_criteria_of_more_than_two_features(criterion):
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match=f"criterion='{criterion}' compares more than two"):
        MutualInfoSelector(2, method="knn", criterion=criterion).fit(X, y)


def test_weights_that_are_not_whole():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match=r"whole numbers as weights.* holds 0\.5"):
        MutualInfoSelector(2, method="knn").fit(X, y, sample_weight=np.full(150, 0.5))
