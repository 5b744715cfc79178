"""When "auto" stops: which test admits a pick, and in which order candidates are tested."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_iris

from sklearn_infotheory import MutualInfoSelector
from sklearn_infotheory.feature_selection._binned import relate_binned
from sklearn_infotheory.feature_selection._rankings import make_ranking
from sklearn_infotheory.feature_selection._stopping import EitherTest, ScreenedTest


def sum_of(n_real, n=2000, n_columns=20, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, n_columns))
    return X, (X[:, :n_real].sum(axis=1) + rng.logistic(size=n) > 0).astype(int)


def related(X, y, **options):
    settings = {"categorical": None, "n_bins": "auto", "target": "auto", "n_jobs": None}
    return relate_binned(X, y, None, **{**settings, **options})


def test_many_picks_do_not_end_the_search():
    X, y = sum_of(10, n=5000)
    selector = MutualInfoSelector().fit(X, y)
    assert sorted(selector.selected_) == list(range(10))
    assert set(selector.path_["test"]) <= {"score", "screened"}
    assert (selector.path_["p_value"] <= 0.05 / (2 * 20)).all()


def test_noise_stops_at_once():
    rng = np.random.default_rng(0)
    for y in (rng.integers(0, 3, 500), rng.normal(size=500)):
        assert MutualInfoSelector().fit(rng.normal(size=(500, 30)), y).n_features_ == 0


@pytest.mark.parametrize(
    ("parameters", "test"),
    [
        ({"criterion": "cmi"}, "joint"),
        ({"criterion": "jmi3"}, "joint"),
        ({"initial": "pair"}, "joint"),
        ({"method": "gaussian"}, "partial"),
        ({"n_features_to_select": 3}, "screened"),
        ({"n_features_to_select": 3, "criterion": "mim"}, "screened"),
        ({"n_features_to_select": 3, "criterion": "cmim"}, "screened"),
        ({"alpha": 1.0}, "screened"),
    ],
)
def test_which_test_decides(parameters, test):
    X, y = load_iris(return_X_y=True)
    path = MutualInfoSelector(**parameters).fit(X, y).path_
    assert set(path["test"]) == {test}


def test_neighbours_stop_as_bins_do():
    X, y = sum_of(3, n=600, n_columns=6)
    selector = MutualInfoSelector(method="knn").fit(X, y)
    assert sorted(selector.selected_) == [0, 1, 2]
    assert set(selector.path_["test"]) <= {"score", "screened"}


def test_the_screened_test_is_the_largest_of_all_picks():
    X, y = sum_of(4)
    relations = related(X, y)
    screened = ScreenedTest(relations)
    for pick in (0, 1, 5):
        screened.add(pick)
    for feature in (2, 7):
        given = [
            relations.conditional_relevance(
                np.array([feature]), relations.refine(relations.all_samples(), pick)
            )[1][0]
            for pick in (0, 1, 5)
        ]
        assert screened.p_value(feature, 1.0) == pytest.approx(max(given), rel=1e-9)
        ranking = make_ranking("jmi", relations, 1.0)
        for pick in (0, 1, 5):
            ranking.add(pick)
        # Most often the rough p-values find the largest; they never go beyond it.
        assert screened.of_pick(feature, ranking)[0] <= max(given) * (1 + 1e-9)
    assert screened.p_value(7, 0.0) > 0


@pytest.mark.parametrize("criterion", ["mim", "jmi", "cmim", "jmim", "mrmr", "disr"])
def test_candidates_are_tested_in_the_order_of_their_scores(criterion):
    X, y = sum_of(5, n=1000, n_columns=40, seed=1)
    relations = related(X, y)
    ranking = make_ranking(criterion, relations, 1.0)
    ranking.add(0)
    test = EitherTest(relations, 0.05)
    candidates = np.arange(1, 40)
    order = np.concatenate(list(test._in_blocks(ranking, candidates)))
    scores = ranking.exact_scores(order)
    assert sorted(order) == candidates.tolist()
    assert (np.diff(scores) <= 1e-12).all()


def test_order_of_rows_and_threads_do_not_matter():
    X, y = sum_of(6, n=1500)
    X = pd.DataFrame(X, columns=[f"c{j}" for j in range(20)])
    X.loc[::7, "c3"] = np.nan
    X["text"] = np.where(X["c1"] > 0, "a", "b")
    order = np.random.default_rng(0).permutation(len(X))
    first = MutualInfoSelector().fit(X, y).path_
    for same in (
        MutualInfoSelector().fit(X.iloc[order], y[order]),
        MutualInfoSelector(n_jobs=2).fit(X, y),
    ):
        for name in first.dtype.names:
            np.testing.assert_array_equal(same.path_[name], first[name])


def test_weights_of_zero_and_two():
    X, y = sum_of(4, n=900)
    weights = np.tile([0.0, 1.0, 2.0], 300)
    weighted = MutualInfoSelector().fit(X, y, sample_weight=weights)
    rows = np.repeat(np.arange(900), weights.astype(int))
    repeated = MutualInfoSelector().fit(X[rows], y[rows])
    assert weighted.selected_.tolist() == repeated.selected_.tolist()


def test_tolerance_stops_where_the_gain_is_small():
    X, y = sum_of(3, n=20_000, n_columns=8)
    y = np.where(np.random.default_rng(1).random(len(y)) < 0.05, X[:, 7] > 0, y).astype(int)
    everything = MutualInfoSelector().fit(X, y)
    assert set(everything.selected_) == {0, 1, 2, 7}
    large = MutualInfoSelector(tolerance=0.02).fit(X, y)
    assert set(large.selected_) == {0, 1, 2}
    in_bits = MutualInfoSelector(tolerance=0.02 / np.log(2), base=2).fit(X, y)
    assert in_bits.selected_.tolist() == large.selected_.tolist()
    assert MutualInfoSelector(tolerance=1.0).fit(X, y).n_features_ == 0


def test_breast_cancer_keeps_more_than_two_columns():
    X, y = load_breast_cancer(return_X_y=True)
    assert 5 <= MutualInfoSelector().fit(X, y).n_features_ <= 15


@pytest.mark.parametrize("y", [np.tile([0, 1], 10), np.r_[np.zeros(19), 1], np.arange(20) / 3])
def test_few_rows(y):
    X = np.random.default_rng(0).normal(size=(20, 4))
    selector = MutualInfoSelector().fit(X, y)
    assert selector.n_features_ <= 2
