"""What MutualInfoSelector promises its users."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys

import naive
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp
import sklearn
from real_data import read_real_data
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

from sklearn_infotheory.feature_selection import MutualInfoSelector

FITTED = ("scores_", "relevance_", "p_values_", "ranking_", "selected_", "support_")


def same(a, b):
    for name in FITTED:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    for name in a.path_.dtype.names:
        np.testing.assert_array_equal(a.path_[name], b.path_[name])


def same_but_for_rounding(a, b):
    for name in FITTED:
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=1e-9, atol=1e-12)


def mixed_frame(seed=0):
    """A small frame of many kinds of columns made of the iris, with missing values."""
    X, y = load_iris(return_X_y=True, as_frame=True)
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "length": X["petal length (cm)"].where(rng.random(len(X)) > 0.1),
            "size": pd.cut(X["sepal length (cm)"], 3, labels=["s", "m", "l"]),
            "wide": X["sepal width (cm)"] > 3,
            "colour": pd.Series(rng.choice(["red", "blue", None], len(X)), dtype=object),
            "id": [f"flower {i}" for i in range(len(X))],
            "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.permutation(len(X)), "D"),
            "count": pd.array(rng.integers(0, 5, len(X)), dtype="Int64"),
        }
    )
    frame.loc[3, "count"] = pd.NA
    return frame, np.array(["setosa", "versicolor", "virginica"], dtype=object)[y]


# --- The selection ------------------------------------------------------------------------------


def test_auto_takes_what_is_significant_and_leaves_noise():
    X, y = load_wine(return_X_y=True)
    noise = np.random.default_rng(0).normal(size=(len(X), 30))
    selector = MutualInfoSelector().fit(np.hstack([X, noise]), y)
    assert 2 <= selector.n_features_ <= 13
    assert (selector.selected_ < 13).all()


def test_auto_selects_nothing_from_noise_and_says_so():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 5)), rng.integers(0, 2, 200)
    selector = MutualInfoSelector().fit(X, y)
    assert selector.n_features_ == len(selector.path_) == 0
    for data in (X, pd.DataFrame(X)):
        with pytest.warns(UserWarning, match="none has significant information"):
            assert MutualInfoSelector().fit(data, y).transform(data).shape == (200, 0)


def test_auto_skips_a_copy():
    X, y = load_breast_cancer(return_X_y=True)
    selector = MutualInfoSelector().fit(np.hstack([X[:, [22]], X, X[:, [22]]]), y)
    assert 0 in selector.selected_
    assert not {23, 31} & set(selector.selected_)


def test_identifier_is_not_selected():
    frame, y = mixed_frame()
    selector = MutualInfoSelector().fit(frame, y)
    assert "length" in selector.get_feature_names_out()
    identifier = frame.columns.get_loc("id")
    assert selector.relevance_[identifier] == 0
    assert not selector.support_[identifier]
    # Pairs of equal names are not pooled; still nothing is learned from them.
    frame["id"] = [f"flower {i // 2}" for i in np.random.default_rng(0).permutation(len(frame))]
    assert MutualInfoSelector().fit(frame, y).p_values_[identifier] > 0.01


@pytest.mark.parametrize("n_features_to_select", [3, "auto"])
def test_pair_start_finds_xor(n_features_to_select):
    for seed in range(20):
        rng = np.random.default_rng(seed)
        X = rng.integers(0, 2, (2000, 10))
        y = X[:, 3] ^ X[:, 8]
        selector = MutualInfoSelector(n_features_to_select, initial="pair").fit(X, y)
        assert {3, 8} <= set(selector.selected_)
        if n_features_to_select == "auto":
            assert selector.n_features_ == 2


def test_attributes_agree_with_each_other():
    X, y = load_breast_cancer(return_X_y=True)
    selector = MutualInfoSelector(6, base=2).fit(X, y)
    path = pd.DataFrame(selector.path_)
    assert selector.selected_.tolist() == path["feature"].tolist()
    assert selector.ranking_[selector.selected_].tolist() == list(range(1, 7))
    assert sorted(selector.ranking_) == list(range(1, 31))
    np.testing.assert_array_equal(selector.get_support(indices=True), sorted(selector.selected_))
    np.testing.assert_array_equal(selector.scores_[selector.selected_], path["score"])
    np.testing.assert_array_equal(selector.relevance_[selector.selected_], path["relevance"])
    rest = np.argsort(selector.ranking_)[6:]
    assert (np.diff(selector.scores_[rest]) <= 0).all()
    nats = MutualInfoSelector(6).fit(X, y)
    np.testing.assert_allclose(selector.scores_ * np.log(2), nats.scores_)
    for name in ("score", "relevance", "redundancy", "complementarity"):
        np.testing.assert_allclose(path[name] * np.log(2), nats.path_[name])
    np.testing.assert_array_equal(path["p_value"], nats.path_["p_value"])


def test_path_is_what_it_says():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 400)
    X = np.column_stack([y ^ (rng.random(400) < share) for share in (0.2, 0.3, 0.35)])
    X = X.astype(int)
    path = MutualInfoSelector(3, criterion="cmim").fit(X, y).path_
    last, picked = X[:, path["feature"][2]], X[:, path["feature"][:2]].T
    redundancy = np.mean([naive.mutual_information(last, w) for w in picked])
    within = np.mean([naive.conditional_mutual_information(last, w, y) for w in picked])
    assert path["redundancy"][2] == pytest.approx(redundancy)
    assert path["complementarity"][2] == pytest.approx(within)
    p_values = [
        naive.permutation_p_value(last, y, w, n_permutations=4000, rng=np.random.default_rng(1))
        for w in picked
    ]
    assert path["p_value"][2] == pytest.approx(max(p_values), rel=0.3, abs=1e-3)
    assert path["test"].tolist() == ["screened"] * 3
    mim = MutualInfoSelector(3, criterion="mim").fit(X, y).path_
    assert np.isnan(mim["redundancy"]).all()


def naive_joint(columns):
    return columns[0] * 10 + columns[1]


@pytest.mark.parametrize("n", [1, 3, 0.5, 1.0])
def test_number_of_features(n):
    X, y = load_iris(return_X_y=True)
    expected = n if isinstance(n, int) else int(n * 4)
    selector = MutualInfoSelector(n).fit(X, y)
    assert selector.n_features_ == expected
    assert selector.transform(X).shape == (150, expected)


# --- Targets ------------------------------------------------------------------------------------


def test_label_names_do_not_matter():
    X, y = load_iris(return_X_y=True)
    reference = MutualInfoSelector(3).fit(X, y)
    for labels in (["c", "a", "b"], [10.0, -3.0, 7.0], [True, "x", 2]):
        renamed = np.array([labels[k] for k in y], dtype=object)
        same_but_for_rounding(reference, MutualInfoSelector(3).fit(X, renamed))
    same_but_for_rounding(reference, MutualInfoSelector(3).fit(X, pd.Categorical(renamed)))


def test_continuous_target():
    X, y = load_diabetes(return_X_y=True)
    selector = MutualInfoSelector().fit(X, y)
    assert set(selector.selected_) & {2, 8}  # body mass index and s5
    binned = MutualInfoSelector().fit(X, y + 0.25)
    same(selector, binned)
    as_classes = MutualInfoSelector(2, target="discrete").fit(X, np.round(y, -2))
    assert as_classes.n_features_ == 2


def test_several_outputs_and_label_indicators():
    X, y = load_iris(return_X_y=True)
    indicator = np.eye(3, dtype=int)[y]
    reference = MutualInfoSelector(2).fit(X, y)
    same_but_for_rounding(reference, MutualInfoSelector(2).fit(X, indicator))
    same_but_for_rounding(reference, MutualInfoSelector(2).fit(X, sp.csr_matrix(indicator)))
    both = np.column_stack([y, X[:, 0] > 5.8])
    assert 0 in MutualInfoSelector(2).fit(X, both).selected_


# --- Data ---------------------------------------------------------------------------------------


def test_frames_of_every_library_agree():
    frame, y = mixed_frame()
    reference = MutualInfoSelector(4).fit(frame, y)
    for other in (pl.from_pandas(frame), pa.Table.from_pandas(frame)):
        selector = MutualInfoSelector(4).fit(other, y)
        same(reference, selector)
        out = selector.transform(other)
        assert type(out) is type(other)
        names = out.column_names if isinstance(out, pa.Table) else out.columns
        assert list(names) == list(selector.get_feature_names_out())


def test_transform_keeps_frame_and_dtypes():
    frame, y = mixed_frame()
    before = frame.copy()
    out = MutualInfoSelector(4).fit(frame, y).transform(frame)
    pd.testing.assert_frame_equal(out, frame[out.columns])
    pd.testing.assert_frame_equal(frame, before)
    as_polars = (
        MutualInfoSelector(2).set_output(transform="polars").fit(frame[["length", "wide"]], y)
    )
    assert isinstance(as_polars.transform(frame[["length", "wide"]]), pl.DataFrame)


def test_missing_values_are_a_value():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 500)
    x = np.where(y == 1, np.nan, rng.normal(size=500))
    selector = MutualInfoSelector().fit(np.column_stack([rng.normal(size=500), x]), y)
    assert selector.selected_.tolist() == [1]
    assert selector.relevance_[1] == pytest.approx(naive.entropy(y))


def test_sparse_counts_equal_dense_ones():
    rng = np.random.default_rng(0)
    X = rng.poisson(0.3, (300, 40)) * (rng.random((300, 40)) < 0.4)
    y = rng.integers(0, 2, 300)
    X[:, 5] += y
    dense = MutualInfoSelector(5).fit(X.astype(float), y)
    for container in (sp.csr_matrix, sp.csc_array):
        sparse = MutualInfoSelector(5).fit(container(X), y)
        np.testing.assert_array_equal(sparse.selected_, dense.selected_)
        np.testing.assert_allclose(sparse.scores_, dense.scores_, atol=1e-12)
        out = sparse.transform(container(X))
        assert sp.issparse(out)
        np.testing.assert_array_equal(out.toarray(), X[:, dense.support_])


def test_integers_and_floats_agree():
    rng = np.random.default_rng(0)
    X, y = rng.integers(-3, 40, (400, 12)), rng.integers(0, 2, 400)
    X[:, :4] %= 4
    reference = MutualInfoSelector(6).fit(X.astype(float), y)
    for dtype in (np.int8, np.int32, np.int64):
        same(reference, MutualInfoSelector(6).fit(X.astype(dtype), y))
        same(reference, MutualInfoSelector(6).fit(np.asfortranarray(X.astype(dtype)), y))


@pytest.mark.parametrize("criterion", ["jmi", "cmim", "mrmr", "cmi"])
def test_rows_threads_and_monotone_maps_change_nothing(criterion):
    X, y = load_breast_cancer(return_X_y=True)
    reference = MutualInfoSelector(8, criterion=criterion).fit(X, y)
    order = np.random.default_rng(0).permutation(len(y))
    same(reference, MutualInfoSelector(8, criterion=criterion, n_jobs=2).fit(X, y))
    for other in (
        MutualInfoSelector(8, criterion=criterion).fit(X[order], y[order]),
        MutualInfoSelector(8, criterion=criterion).fit(np.log(X + 1), y),
        MutualInfoSelector(8, criterion=criterion).fit(pd.DataFrame(X), pd.Series(y)),
    ):
        np.testing.assert_array_equal(other.selected_, reference.selected_)
        np.testing.assert_allclose(other.scores_, reference.scores_, atol=1e-12)
        np.testing.assert_allclose(other.p_values_, reference.p_values_, rtol=1e-6)


def test_zero_weight_is_absence():
    X, y = load_iris(return_X_y=True)
    y[:3] = [7, 8, 9]  # classes that only absent samples have
    weights = (np.arange(len(y)) % 3 > 0).astype(float)
    weights[:3] = 0
    kept = weights > 0
    b = MutualInfoSelector(3).fit(X[kept], y[kept])
    for data in (X, pd.DataFrame(X), pl.DataFrame(X), sp.csc_matrix(X)):
        a = MutualInfoSelector(3).fit(data, y, sample_weight=weights)
        np.testing.assert_allclose(a.scores_, b.scores_, atol=1e-12)
        np.testing.assert_allclose(a.p_values_, b.p_values_, rtol=1e-9)


def test_category_of_one_sample_in_training_and_unseen_ones_later():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 100)
    frame = pd.DataFrame({"a": np.where(y == 1, "yes", "no"), "b": rng.normal(size=100)})
    selector = MutualInfoSelector(1).fit(frame, y)
    later = pd.DataFrame({"a": ["never seen", None], "b": [0.0, np.nan]})
    pd.testing.assert_frame_equal(selector.transform(later), later[["a"]])


# --- scikit-learn around it ---------------------------------------------------------------------


def test_pipeline_and_grid_search_on_a_mixed_frame():
    frame, y = mixed_frame()
    frame = frame.drop(columns=["id", "day"])
    for name in ("size", "colour"):
        frame[name] = frame[name].astype("category")
    pipeline = make_pipeline(
        MutualInfoSelector(),
        HistGradientBoostingClassifier(max_iter=10, categorical_features="from_dtype"),
    )
    grid = {
        "mutualinfoselector__criterion": ["jmi", "cmim"],
        "mutualinfoselector__n_features_to_select": ["auto", 1, 2],
    }
    search = GridSearchCV(pipeline, grid, cv=3, n_jobs=2).fit(frame, y)
    assert search.best_score_ > 0.85
    assert not np.isnan(search.cv_results_["mean_test_score"]).any()


def test_pipeline_and_grid_search_on_adult():
    data = read_real_data("adult").sample(6000, random_state=0).drop(columns="split")
    y = data.pop("income")
    weights = data.pop("fnlwgt")
    for name in data.select_dtypes(exclude="number"):
        data[name] = data[name].astype("category")
    assert data.isna().to_numpy().any()
    pipeline = make_pipeline(
        MutualInfoSelector(), HistGradientBoostingClassifier(max_iter=20, random_state=0)
    )
    grid = {
        "mutualinfoselector__criterion": ["jmi", "mrmr"],
        "mutualinfoselector__n_features_to_select": ["auto", 6],
    }
    search = GridSearchCV(pipeline, grid, cv=3, scoring="roc_auc").fit(data, y)
    assert search.best_score_ > 0.87
    unweighted = MutualInfoSelector().fit(data, y)
    weighted = MutualInfoSelector().fit(data, y, sample_weight=weights / weights.mean())
    for selector in (unweighted, weighted):
        picked = selector.feature_names_in_[selector.selected_]
        assert picked[:2].tolist() == ["relationship", "education"]
    assert not np.allclose(weighted.relevance_, unweighted.relevance_, rtol=1e-3)


def test_sample_weight_is_routed():
    X, y = load_iris(return_X_y=True)
    weights = np.random.default_rng(0).integers(0, 3, len(y)).astype(float)
    with sklearn.config_context(enable_metadata_routing=True):
        selector = MutualInfoSelector(2).set_fit_request(sample_weight=True)
        model = LogisticRegression(max_iter=500).set_fit_request(sample_weight=True)
        pipeline = make_pipeline(selector, model).fit(X, y, sample_weight=weights)
    direct = MutualInfoSelector(2).fit(X, y, sample_weight=weights)
    same(pipeline[0], direct)


def test_pickle_clone_and_search_in_processes():
    X, y = load_iris(return_X_y=True)
    selector = MutualInfoSelector(2, criterion="cmim").fit(X, y)
    again = pickle.loads(pickle.dumps(selector))
    same(selector, again)
    np.testing.assert_array_equal(again.transform(X), selector.transform(X))
    assert clone(selector).get_params() == selector.get_params()
    assert not hasattr(clone(selector), "selected_")
    pipeline = make_pipeline(selector, LogisticRegression(max_iter=500))
    assert cross_val_score(pipeline, X, y, n_jobs=2).mean() > 0.9


def test_inverse_transform_puts_columns_back():
    X, y = load_iris(return_X_y=True)
    selector = MutualInfoSelector(2).fit(X, y)
    back = selector.inverse_transform(selector.transform(X))
    np.testing.assert_array_equal(back[:, selector.support_], X[:, selector.support_])
    assert (back[:, ~selector.support_] == 0).all()


def test_html_representation_links_and_explains_parameters():
    X, y = load_iris(return_X_y=True)
    html = MutualInfoSelector(2).fit(X, y)._repr_html_()
    assert "sklearn_infotheory.feature_selection.MutualInfoSelector.html" in html
    if sklearn.__version__ >= "1.8":
        assert "How candidates X are scored" in html


def test_verbose_prints_one_line_a_pick(capsys):
    X, y = load_iris(return_X_y=True, as_frame=True)
    MutualInfoSelector(2, verbose=1, base=2).fit(X, y)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert "pick 1: 'petal" in lines[0]
    assert "bits" in lines[0]
    MutualInfoSelector(2).fit(X, y)
    assert capsys.readouterr().out == ""


def test_callbacks_see_every_pick_and_can_stop():
    pytest.importorskip("sklearn.callback", reason="callbacks came with scikit-learn 1.9")

    class StopAfterTwo:
        def __init__(self):
            self.picks = 0

        def setup(self, estimator, context):
            pass

        def on_fit_task_begin(self, estimator, context):
            pass

        def on_fit_task_end(self, estimator, context):
            self.picks += context.task_name == "pick"
            return self.picks == 2

        def teardown(self, estimator, context):
            pass

    X, y = load_iris(return_X_y=True)
    callback = StopAfterTwo()
    selector = MutualInfoSelector(4).set_callbacks(callback).fit(X, y)
    assert callback.picks == selector.n_features_ == 2


# --- The package --------------------------------------------------------------------------------


def test_import_is_light():
    code = (
        "import json, sys; import sklearn; before = set(sys.modules); import sklearn_infotheory;"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    loaded = {name.split(".")[0] for name in json.loads(out)}
    assert not loaded & {"pandas", "narwhals", "matplotlib", "scipy"}


@pytest.mark.parametrize("method", ["binned", "gaussian", "knn"])
@pytest.mark.parametrize("initial", ["single", "pair"])
def test_a_level_of_one_admits_every_candidate(method, initial):
    X, y = load_iris(return_X_y=True)
    X = np.hstack([X, np.random.default_rng(0).normal(size=(150, 3)), np.ones((150, 1))])
    every = MutualInfoSelector(8, method=method, initial=initial).fit(X, y)
    admitted = MutualInfoSelector(alpha=1, method=method, initial=initial).fit(X, y)
    np.testing.assert_array_equal(admitted.path_, every.path_)
