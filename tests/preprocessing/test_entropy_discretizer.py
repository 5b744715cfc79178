"""EntropyDiscretizer from end to end: frames, weights, folds, pipelines, threads, and back."""

from __future__ import annotations

import json
import pickle
import sqlite3

import numpy as np
import pandas as pd
import polars as pl
import pytest
from preprocessing.data import CRITERIA, ENCODINGS, SUPERVISED, dense, mixed_frame
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline

from sklearn_infotheory.measures import entropy, mutual_information
from sklearn_infotheory.preprocessing import EntropyDiscretizer
from sklearn_infotheory.preprocessing._sql import identifier

IRIS, SPECIES = load_iris(return_X_y=True)
each_encoding = pytest.mark.parametrize("encode", ENCODINGS)
each_criterion = pytest.mark.parametrize("criterion", CRITERIA)
CROSS_FITTED = ("woe", "target_mean")


def assert_same(first, second, exact=True):
    """Compare outputs of any kind."""
    first, second = dense(first), dense(second)
    assert first.shape == second.shape
    if exact or first.dtype == object:
        np.testing.assert_array_equal(first, second)
    else:
        np.testing.assert_allclose(first, second, rtol=1e-10, atol=1e-12)


# What is fitted


def test_iris():
    discretizer = EntropyDiscretizer().fit(IRIS, SPECIES)
    np.testing.assert_allclose(discretizer.bin_edges_[2], [-np.inf, 2.45, 4.75, np.inf])
    np.testing.assert_allclose(discretizer.bin_edges_[3], [-np.inf, 0.8, 1.75, np.inf])
    assert discretizer.n_bins_.tolist() == [3, 3, 3, 3]
    assert discretizer.classes_.tolist() == [0, 1, 2]
    assert discretizer.is_exact_.all()
    assert discretizer.groups_.tolist() == [None] * 4
    assert np.isnan(discretizer.criterion_cost_).all()
    assert np.isnan(discretizer.level_).all()


@each_criterion
@pytest.mark.parametrize("base", [None, 2])
def test_information_is_that_of_the_bins(criterion, base):
    X, y = mixed_frame()
    discretizer = EntropyDiscretizer(criterion, base=base, missing_values="bin").fit(X, y)
    bins = discretizer.transform(X)
    for j, information in enumerate(discretizer.information_):
        joint = pd.crosstab(bins[:, j], y).to_numpy() / len(y)
        assert information == pytest.approx(mutual_information(joint, base=base), abs=1e-12)
        assert discretizer.n_bins_[j] == len(np.unique(bins[:, j]))
    assert discretizer.information_[-1] == 0
    assert discretizer.n_bins_[-1] == 1


@pytest.mark.parametrize("criterion", ["equal_entropy", "mdl_histogram"])
def test_without_y_information_is_the_entropy_of_the_bins(criterion):
    discretizer = EntropyDiscretizer(criterion, base=2).fit(IRIS)
    bins = discretizer.transform(IRIS)
    for j, information in enumerate(discretizer.information_):
        share = np.unique(bins[:, j], return_counts=True)[1] / 150
        assert information == pytest.approx(entropy(share, base=2))
    assert not hasattr(discretizer, "classes_")


def test_modl_has_cost_and_level():
    discretizer = EntropyDiscretizer("modl").fit(IRIS, SPECIES)
    np.testing.assert_allclose(discretizer.level_[3], 0.685465606315028)
    np.testing.assert_allclose(discretizer.criterion_cost_[3], 54.711827739966324)
    in_bits = EntropyDiscretizer("modl", base=2).fit(IRIS, SPECIES)
    np.testing.assert_allclose(in_bits.criterion_cost_, discretizer.criterion_cost_ / np.log(2))
    np.testing.assert_allclose(in_bits.level_, discretizer.level_)


@each_criterion
def test_limits_on_bins_hold(criterion):
    X, y = mixed_frame(missing=False)
    few = EntropyDiscretizer(criterion, max_bins=2).fit(X, y)
    assert few.n_bins_.max() == 2
    large = EntropyDiscretizer(criterion, min_samples_bin=60).fit(X, y)
    for j in range(X.shape[1]):
        assert large.binning_table(j).query("row == 'bin'")["count"].min() >= 60


# Categories


def test_categories_are_grouped_by_their_class_shares():
    shares = {"a": 0.1, "b": 0.12, "c": 0.8, "d": 0.82}
    level = np.repeat(list(shares), 100)
    y = np.concatenate([np.arange(100) < 100 * share for share in shares.values()]).astype(int)
    order = np.random.default_rng(0).permutation(400)
    for criterion in SUPERVISED:
        X = pd.DataFrame({"level": level[order]})
        discretizer = EntropyDiscretizer(criterion).fit(X, y[order])
        assert discretizer.groups_[0] == (("a", "b"), ("c", "d"))
        assert discretizer.bin_edges_[0] is None


@pytest.mark.parametrize("criterion", SUPERVISED)
def test_categories_of_many_classes_are_grouped(criterion):
    y = np.repeat([0, 1, 2], 120)
    X = pd.DataFrame({"level": np.where(np.arange(360) % 2, "x", "y")})
    X["level"] += y.astype(str)
    discretizer = EntropyDiscretizer(criterion).fit(X, y)
    groups = sorted(discretizer.groups_[0])
    assert groups == [("x0", "y0"), ("x1", "y1"), ("x2", "y2")]


def test_unlisted_categories():
    level = ["a"] * 50 + ["b"] * 40 + [f"once {k}" for k in range(30)]
    y = [0] * 50 + [1] * 70
    discretizer = EntropyDiscretizer(encode="interval").fit(pd.DataFrame({"level": level}), y)
    assert discretizer.groups_[0] == (("a",), ("b",))
    new = pd.DataFrame({"level": ["a", "b", "once 3", "never"]})
    labels = discretizer.transform(new)[:, 0]
    assert labels.tolist() == ["{a}", "{b, other}", "{b, other}", "{b, other}"]
    without = EntropyDiscretizer().fit(pd.DataFrame({"level": level[:90]}), y[:90])
    assert without.transform(new)[:, 0].tolist() == [0, 1, 0, 0]  # to the largest group


def test_numeric_categories_and_masks():
    X = np.column_stack([np.tile([3, 1, 2, 1], 50), np.arange(200)])
    y = (X[:, 0] == 2).astype(int)
    discretizer = EntropyDiscretizer(categorical_features=[0]).fit(X, y)
    assert discretizer.groups_[0] == ((1, 3), (2,))
    assert discretizer.bin_edges_[1] is not None
    assert discretizer.transform(np.array([[2, 5], [3, 5]]))[:, 0].tolist() == [1, 0]


@pytest.mark.parametrize("criterion", ["equal_entropy", "mdl_histogram"])
def test_categories_without_y_stay_apart_up_to_max_bins(criterion):
    X = pd.DataFrame({"level": ["c"] * 50 + ["a"] * 40 + ["b"] * 5 + ["d"] * 5})
    assert EntropyDiscretizer(criterion).fit(X).groups_[0] == (("a",), ("b",), ("c",), ("d",))
    three = EntropyDiscretizer(criterion, max_bins=3).fit(X)
    assert three.groups_[0] == (("a",), ("c",), ("b", "d"))
    ten = EntropyDiscretizer(criterion, min_samples_bin=45).fit(X)
    assert ten.groups_[0] == (("c",), ("a", "b", "d"))


# Missing values


def test_missing_values_have_a_bin():
    X, y = mixed_frame()
    discretizer = EntropyDiscretizer(missing_values="bin").fit(X, y)
    bins = discretizer.transform(X)
    for j in (0, 2):
        missing = X.iloc[:, j].isna()
        assert (bins[missing, j] == discretizer.n_bins_[j] - 1).all()
        assert (bins[~missing, j] < discretizer.n_bins_[j] - 1).all()


def test_missing_values_merge_with_their_like():
    x = np.concatenate([np.arange(100.0), np.full(20, np.nan)])
    y = np.concatenate([np.arange(100) >= 60, np.ones(20)]).astype(int)
    discretizer = EntropyDiscretizer(missing_values="merge").fit(x[:, None], y)
    assert discretizer.n_bins_.tolist() == [2]
    assert discretizer.transform(x[:, None])[-1, 0] == 1
    assert discretizer.binning_table(0)["count"][:2].tolist() == [60, 60]
    unseen = EntropyDiscretizer(missing_values="merge").fit(x[:100, None], y[:100])
    assert unseen.transform([[np.nan]])[0, 0] == 0  # the largest
    without = EntropyDiscretizer("equal_entropy", max_bins=3, missing_values="merge")
    assert without.fit(np.append(x, [1.0] * 50)[:, None]).transform([[np.nan]])[0, 0] == 0


def test_missing_values_are_ignored():
    X, y = mixed_frame()
    discretizer = EntropyDiscretizer(missing_values="ignore").fit(X, y)
    there = X["number"].notna()
    alone = EntropyDiscretizer().fit(X.loc[there, ["number"]], y[there])
    np.testing.assert_array_equal(discretizer.bin_edges_[0], alone.bin_edges_[0])
    assert discretizer.information_[0] == pytest.approx(alone.information_[0])
    assert np.isnan(discretizer.transform(X)[~there, 0]).all()


@pytest.mark.parametrize(
    ("encode", "policy", "expected"),
    [
        ("ordinal", "bin", [3]),
        ("ordinal", "ignore", [np.nan]),
        ("onehot", "bin", [0, 0, 0]),
        ("onehot-dense", "ignore", [0, 0, 0]),
        ("thermometer", "bin", [0, 0]),
        ("thermometer", "ignore", [0, 0]),
        ("interval", "bin", ["missing"]),
        ("interval", "ignore", [None]),
        ("woe", "bin", [0, 0, 0]),
        ("woe", "ignore", [np.nan] * 3),
        ("target_mean", "bin", [1 / 3, 1 / 3, 1 / 3]),
        ("target_mean", "ignore", [np.nan] * 3),
        ("self_information", "bin", [-np.log(1 / 3 / 151)]),
        ("self_information", "ignore", [np.nan]),
    ],
)
def test_missing_values_first_seen_in_transform(encode, policy, expected):
    x = IRIS[:, [3]]
    discretizer = EntropyDiscretizer(encode=encode, missing_values=policy).fit(x, SPECIES)
    row = dense(discretizer.transform([[np.nan]]))[0].tolist()
    if encode == "interval":
        assert row == expected
    else:
        np.testing.assert_allclose(row, expected, atol=1e-12)
    assert discretizer.transform(x).shape[1] == len(expected)


# Frames, names, containers


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
@pytest.mark.parametrize("encode", ["ordinal", "onehot", "interval", "woe"])
def test_frames_of_any_library_give_the_same(library, encode):
    X, y = mixed_frame()
    other = pl.from_pandas(X) if library == "polars" else pl.from_pandas(X).to_arrow()
    discretizer = EntropyDiscretizer(encode=encode, missing_values="bin")
    expected = clone(discretizer).fit(X, y).transform(X)
    assert_same(discretizer.fit(other, y).transform(other), expected)
    assert discretizer.feature_names_in_.tolist() == X.columns.tolist()


@each_encoding
def test_set_output_and_names(encode):
    X, y = mixed_frame()
    X.index = pd.RangeIndex(1000, 1000 + len(X))
    discretizer = EntropyDiscretizer(encode=encode, missing_values="bin").fit(X, y)
    names = discretizer.get_feature_names_out()
    expected = dense(discretizer.transform(X))
    assert len(names) == expected.shape[1]
    assert len(set(names)) == len(names)
    if encode == "onehot":
        return
    frame = discretizer.set_output(transform="pandas").transform(X)
    assert frame.columns.tolist() == names.tolist()
    assert frame.index.equals(X.index)
    np.testing.assert_array_equal(frame.to_numpy(), expected)
    polars = discretizer.set_output(transform="polars").transform(X)
    assert polars.columns == names.tolist()


def test_names_say_the_bins():
    X, y = mixed_frame()
    columns = ["number", "level"]

    def names(encode):
        discretizer = EntropyDiscretizer(encode=encode, missing_values="bin", max_bins=2)
        return discretizer.fit(X[columns], y).get_feature_names_out().tolist()

    cut = EntropyDiscretizer(missing_values="bin", max_bins=2).fit(X[columns], y).bin_edges_[0][1]
    assert names("onehot")[:3] == [
        f"number_(-inf, {cut:.6g}]",
        f"number_({cut:.6g}, inf)",
        "number_missing",
    ]
    assert names("thermometer")[:2] == [f"number>{cut:.6g}", "number_missing"]
    assert names("thermometer")[2].startswith("level>={")
    assert names("woe") == [f"{column}_{k}" for column in columns for k in range(3)]
    assert names("ordinal") == columns


def test_intervals_are_ordered_categories_in_pandas():
    discretizer = EntropyDiscretizer(encode="interval").set_output(transform="pandas")
    frame = discretizer.fit(IRIS, SPECIES).transform(IRIS)
    labels = ["(-inf, 0.8]", "(0.8, 1.75]", "(1.75, inf)"]
    assert frame["x3"].cat.categories.tolist() == labels
    assert frame["x3"].cat.ordered
    assert (frame["x3"].cat.codes.to_numpy() == np.searchsorted([0.8, 1.75], IRIS[:, 3])).all()
    assert clone(discretizer).fit_transform(IRIS, SPECIES).equals(frame)


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("encode", ["interval", "ordinal", "woe"])
def test_inverse_transform_of_frames(library, encode):
    X, y = mixed_frame()
    discretizer = EntropyDiscretizer(encode=encode, missing_values="bin").fit(X, y)
    expected = discretizer.inverse_transform(discretizer.transform(X))
    frame = discretizer.set_output(transform=library).transform(X)
    assert pd.DataFrame(discretizer.inverse_transform(frame)).equals(pd.DataFrame(expected))


def test_html_representation_of_a_fitted_discretizer():
    X, y = mixed_frame()
    discretizer = EntropyDiscretizer(missing_values="bin").fit(X, y)
    assert "EntropyDiscretizer" in discretizer._repr_html_()


def test_labels_tell_close_cuts_apart():
    x = 1 + np.array([0, 1, 2, 3]) * 1e-9
    discretizer = EntropyDiscretizer("equal_entropy", encode="onehot", max_bins=4).fit(x[:, None])
    assert len(set(discretizer.get_feature_names_out())) == 4


def test_more_bins_than_a_byte_counts():
    x = np.arange(1000.0)[:, None]
    discretizer = EntropyDiscretizer("equal_entropy", max_bins=500, missing_values="bin").fit(x)
    assert discretizer.n_bins_.tolist() == [500]
    bins = discretizer.transform(np.append(x, [[np.nan]], axis=0))
    assert bins[:-1, 0].tolist() == [k // 2 for k in range(1000)]
    assert bins[-1, 0] == 500


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.int64])
@pytest.mark.parametrize("encode", ["ordinal", "onehot", "thermometer"])
def test_dtype(dtype, encode):
    discretizer = EntropyDiscretizer(encode=encode, dtype=dtype).fit(IRIS, SPECIES)
    assert discretizer.transform(IRIS).dtype == dtype


# Weights, threads, order


@each_encoding
@each_criterion
def test_weights_are_repetitions(encode, criterion):
    X, y = mixed_frame(200)
    weights = np.random.default_rng(1).integers(0, 4, 200)
    rows = np.repeat(np.arange(200), weights)
    discretizer = EntropyDiscretizer(criterion, encode=encode, missing_values="merge")
    weighted = clone(discretizer).fit(X, y, sample_weight=weights)
    repeated = clone(discretizer).fit(X.iloc[rows], y[rows])
    for j in range(X.shape[1]):
        np.testing.assert_array_equal(weighted.bin_edges_[j], repeated.bin_edges_[j])
    assert weighted.groups_.tolist() == repeated.groups_.tolist()
    np.testing.assert_allclose(weighted.information_, repeated.information_, atol=1e-12)
    assert_same(weighted.transform(X), repeated.transform(X), exact=False)
    back = weighted.inverse_transform(weighted.transform(X))
    expected = repeated.inverse_transform(repeated.transform(X))
    is_category = [books is not None for books in weighted.groups_]
    np.testing.assert_array_equal(back[:, is_category], expected[:, is_category])
    is_number = np.logical_not(is_category)
    np.testing.assert_allclose(
        back[:, is_number].astype(float), expected[:, is_number].astype(float)
    )


@each_encoding
def test_threads_do_not_matter(encode):
    X, y = mixed_frame()
    discretizer = EntropyDiscretizer(encode=encode, missing_values="bin", random_state=0)
    one = clone(discretizer).fit(X, y)
    three = clone(discretizer).set_params(n_jobs=3).fit(X, y)
    assert_same(one.transform(X), three.transform(X))
    assert_same(one.fit_transform(X, y), three.fit_transform(X, y))
    assert json.dumps(one.to_dict()["columns"]) == json.dumps(three.to_dict()["columns"])


@each_criterion
def test_row_order_and_class_names_do_not_matter(criterion):
    X, y = mixed_frame()
    order = np.random.default_rng(2).permutation(len(y))
    first = EntropyDiscretizer(criterion, missing_values="merge").fit(X, y)
    second = clone(first).fit(X.iloc[order], np.array(["u", "v", "w"])[y][order])
    assert second.classes_.tolist() == ["u", "v", "w"]
    assert_same(first.transform(X), second.transform(X))


# Cross-fitting


@pytest.mark.parametrize("encode", CROSS_FITTED)
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_cross_fitting_leaves_each_fold_out(encode, n_classes, weighted):
    X, y = mixed_frame(n_classes=n_classes)
    weights = np.random.default_rng(3).integers(0, 3, len(y)) if weighted else None
    discretizer = EntropyDiscretizer(encode=encode, missing_values="bin", random_state=4)
    crossed = discretizer.fit_transform(X, y, sample_weight=weights)
    by_hand = np.full_like(crossed, np.nan)
    for train, test in StratifiedKFold(5, shuffle=True, random_state=4).split(X, y):
        part = clone(discretizer)
        part.fit(
            X.iloc[train], y[train], sample_weight=weights if weights is None else weights[train]
        )
        by_hand[test] = part.transform(X.iloc[test])
    np.testing.assert_allclose(crossed, by_hand, rtol=1e-12)
    plain = clone(discretizer).fit(X, y, sample_weight=weights).transform(X)
    assert not np.allclose(crossed, plain)
    assert_same(discretizer.transform(X), plain)  # what is kept is learned from all


def test_cross_fitting_of_a_continuous_target():
    X, y = load_diabetes(return_X_y=True)
    discretizer = EntropyDiscretizer(encode="target_mean", cv=KFold(3))
    crossed = discretizer.fit_transform(X, y)
    by_hand = np.empty_like(crossed)
    for train, test in KFold(3).split(X):
        by_hand[test] = clone(discretizer).fit(X[train], y[train]).transform(X[test])
    np.testing.assert_allclose(crossed, by_hand)


def test_a_fold_without_a_class_still_has_its_column():
    X, y = mixed_frame(60, missing=False)
    y[y == 2] = 1
    y[:5] = 2
    splits = [(np.arange(5, 60), np.arange(5)), (np.arange(5), np.arange(5, 60))]
    for encode in CROSS_FITTED:
        crossed = EntropyDiscretizer(encode=encode, cv=splits).fit_transform(X, y)
        assert crossed.shape == (60, 3 * X.shape[1])
        assert np.isfinite(crossed).all()


def test_cross_fitting_hides_noise():
    rng = np.random.default_rng(5)
    X = pd.DataFrame({"id": [f"i{k}" for k in rng.integers(0, 60, 300)]})
    y = rng.integers(0, 2, 300)
    discretizer = EntropyDiscretizer("equal_entropy", encode="target_mean", random_state=0)
    honest = np.corrcoef(discretizer.fit_transform(X, y)[:, 0], y)[0, 1]
    boasting = np.corrcoef(discretizer.transform(X)[:, 0], y)[0, 1]
    assert boasting > 0.3
    assert honest < 0.1


# A continuous target


@pytest.mark.parametrize("criterion", SUPERVISED)
def test_continuous_target(criterion):
    rng = np.random.default_rng(6)
    x = rng.uniform(0, 1, (600, 3))
    y = np.where(x[:, 0] < 0.3, 0.0, np.where(x[:, 0] < 0.7, 5.0, 1.0)) + rng.normal(0, 0.3, 600)
    discretizer = EntropyDiscretizer(criterion, encode="target_mean").fit(x, y)
    assert discretizer.n_bins_.tolist() == [3, 1, 1]
    np.testing.assert_allclose(discretizer.bin_edges_[0][1:-1], [0.3, 0.7], atol=0.01)
    assert discretizer.information_[0] > 0.6
    assert (discretizer.information_[1:] == 0).all()
    means = sorted(np.unique(discretizer.transform(x)[:, 0]))
    np.testing.assert_allclose(means, [0, 1, 5], atol=0.1)
    assert not hasattr(discretizer, "classes_")
    assert discretizer.binning_table(0)["mean"].notna().sum() == 3


def test_continuous_target_groups_categories_by_their_mean():
    rng = np.random.default_rng(7)
    level = rng.integers(0, 4, 500)
    X = pd.DataFrame({"level": np.array(list("abcd"))[level]})
    y = np.array([1.0, 3.0, 1.05, 3.05])[level] + rng.normal(0, 0.2, 500)
    assert EntropyDiscretizer("modl").fit(X, y).groups_[0] == (("a", "c"), ("b", "d"))


def test_weights_are_repetitions_for_a_continuous_target():
    X, y = load_diabetes(return_X_y=True)
    weights = np.random.default_rng(8).integers(0, 3, len(y))
    rows = np.repeat(np.arange(len(y)), weights)
    weighted = EntropyDiscretizer(encode="target_mean").fit(X, y, sample_weight=weights)
    repeated = EntropyDiscretizer(encode="target_mean").fit(X[rows], y[rows])
    np.testing.assert_allclose(weighted.transform(X), repeated.transform(X))
    np.testing.assert_allclose(weighted.information_, repeated.information_)


# There and back, and elsewhere


@each_encoding
@pytest.mark.parametrize("policy", ["bin", "ignore", "merge"])
def test_inverse_transform(encode, policy):
    X, y = mixed_frame()
    discretizer = EntropyDiscretizer("kononenko", encode=encode, missing_values=policy).fit(X, y)
    output = discretizer.transform(X)
    back = pd.DataFrame(discretizer.inverse_transform(output), columns=X.columns)
    assert np.isfinite(back["noise"].to_numpy(float)).all()
    if policy == "merge":
        assert back.notna().all(axis=None)
    elif (encode, policy) != ("thermometer", "ignore"):  # there missing is the lowest bin
        assert (back.isna() == X.isna()).all(axis=None)
    assert_same(discretizer.transform(back), output)


def test_inverse_transform_gives_means_and_most_frequent_categories():
    X = pd.DataFrame({"x": [1.0, 2, 4, 10, 11], "level": list("aabcc")})
    y = [0, 0, 0, 1, 1]
    weights = np.array([1, 1, 2, 3, 1]) * 10
    discretizer = EntropyDiscretizer().fit(X, y, sample_weight=weights)
    back = discretizer.inverse_transform(discretizer.transform(X))
    assert back[[0, -1], 0].tolist() == [2.75, 10.25]
    assert back[[0, -1], 1].tolist() == ["a", "c"]


def test_inverse_transform_takes_the_nearest_bin():
    discretizer = EntropyDiscretizer().fit(IRIS[:, [3]], SPECIES)
    middle = discretizer.inverse_transform([[0], [1], [2]])[:, 0]
    back = discretizer.inverse_transform([[-7], [0.5], [0.6], [1.4], [99]])[:, 0]
    np.testing.assert_array_equal(back, middle[[0, 0, 1, 1, 2]])


def test_inverse_transform_of_huge_values_is_finite_and_in_the_bin():
    x = np.array([-1.7e308, -1.6e308, 1.6e308, 1.7e308])[:, None].repeat(20, axis=0)
    y = (x[:, 0] > 0).astype(int)
    discretizer = EntropyDiscretizer().fit(x, y)
    back = discretizer.inverse_transform(discretizer.transform(x))
    assert np.isfinite(back).all()
    np.testing.assert_allclose(np.unique(back), [-1.65e308, 1.65e308])


@each_encoding
@pytest.mark.parametrize("policy", ["error", "bin", "ignore", "merge"])
def test_json_there_and_back(encode, policy):
    X, y = mixed_frame(missing=policy != "error")
    discretizer = EntropyDiscretizer(
        "modl", encode=encode, missing_values=policy, base=2, categorical_features=[2, 3]
    ).fit(X, np.array(["u", "v", "w"])[y])
    text = json.dumps(discretizer.to_dict(), allow_nan=False)
    restored = EntropyDiscretizer.from_dict(json.loads(text))
    assert_same(restored.transform(X), discretizer.transform(X))
    output = discretizer.transform(X)
    assert pd.DataFrame(restored.inverse_transform(output)).equals(
        pd.DataFrame(discretizer.inverse_transform(output))
    )
    for j, name in enumerate(X.columns):
        pd.testing.assert_frame_equal(restored.binning_table(j), discretizer.binning_table(name))
        assert restored.to_sql(name) == discretizer.to_sql(j)
    assert restored.get_feature_names_out().tolist() == discretizer.get_feature_names_out().tolist()
    np.testing.assert_array_equal(restored.information_, discretizer.information_)
    np.testing.assert_array_equal(restored.level_, discretizer.level_)
    assert restored.classes_.tolist() == ["u", "v", "w"]
    assert json.dumps(restored.to_dict()) == text


def test_description_of_something_else():
    with pytest.raises(ValueError, match="Pass what to_dict returned"):
        EntropyDiscretizer.from_dict({"kind": "recipe"})


def run_sql(discretizer, X):
    """Evaluate the expressions of all features in SQLite."""
    data = X.astype(object).where(X.notna(), None)
    connection = sqlite3.connect(":memory:")
    columns = ", ".join(identifier(name) for name in X.columns)
    connection.execute(f"CREATE TABLE t ({columns})")
    marks = ", ".join("?" * X.shape[1])
    connection.executemany(f"INSERT INTO t VALUES ({marks})", data.to_numpy().tolist())
    expressions = ", ".join(discretizer.to_sql(name) for name in X.columns)
    return connection.execute(f"SELECT {expressions} FROM t ORDER BY rowid").fetchall()


@each_encoding
@pytest.mark.parametrize("policy", ["bin", "ignore", "merge"])
def test_sql_gives_what_transform_gives(encode, policy):
    X, y = mixed_frame()
    X.columns = ['a "number"', *X.columns[1:]]
    discretizer = EntropyDiscretizer("kononenko", encode=encode, missing_values=policy).fit(X, y)
    in_sql = run_sql(discretizer, X)
    if encode in ("onehot", "onehot-dense", "thermometer"):
        discretizer = discretizer.set_params(encode="ordinal")
    expected = discretizer.transform(X)
    if encode == "interval":
        assert in_sql == [tuple(row) for row in expected.tolist()]
    else:
        np.testing.assert_array_equal(np.array(in_sql, dtype=np.float64), expected)


def test_sql_names():
    discretizer = EntropyDiscretizer().fit(IRIS, SPECIES)
    sql = discretizer.to_sql(3, "width", alias="bin")
    assert sql.splitlines() == [
        "CASE",
        '  WHEN "width" IS NULL THEN NULL',
        '  WHEN "width" <= 0.8 THEN 0',
        '  WHEN "width" <= 1.75 THEN 1',
        "  ELSE 2",
        'END AS "bin"',
    ]
    several = EntropyDiscretizer(encode="woe").fit(IRIS, SPECIES).to_sql("x3")
    assert several.count("CASE") == 3
    assert 'END AS "x3_2"' in several


@each_criterion
def test_clone_and_pickle(criterion):
    X, y = mixed_frame()
    discretizer = EntropyDiscretizer(criterion, missing_values="bin").fit(X, y)
    again = pickle.loads(pickle.dumps(discretizer))
    assert_same(again.transform(X), discretizer.transform(X))
    assert_same(clone(discretizer).fit(X, y).transform(X), discretizer.transform(X))


def test_pipeline_and_grid_search():
    X, y = mixed_frame()
    pipeline = make_pipeline(
        EntropyDiscretizer(missing_values="bin", random_state=0), LogisticRegression(max_iter=500)
    )
    grid = {
        "entropydiscretizer__criterion": ["mdlp", "equal_entropy"],
        "entropydiscretizer__encode": ["onehot", "woe"],
    }
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
    assert search.best_score_ > 0.7
    columns = make_column_transformer((EntropyDiscretizer(), ["noise", "ties"]))
    assert columns.fit_transform(X, y).shape == (400, 2)


# Tables


@pytest.mark.parametrize("criterion", SUPERVISED)
def test_binning_table(criterion):
    X, y = mixed_frame()
    discretizer = EntropyDiscretizer(criterion, missing_values="bin", base=2).fit(X, y)
    bins = discretizer.transform(X)
    for j, name in enumerate(X.columns):
        table = discretizer.binning_table(name)
        rows = table[table["row"] == "bin"]
        assert len(rows) == discretizer.n_bins_[j]
        np.testing.assert_array_equal(rows["count"], np.bincount(bins[:, j].astype(int)))
        assert rows["share"].sum() == pytest.approx(1)
        assert rows["information"].sum() == pytest.approx(discretizer.information_[j])
        shares = rows[[f"share of {k}" for k in range(3)]].to_numpy()
        np.testing.assert_allclose(shares, pd.crosstab(bins[:, j], y, normalize="index"))
        np.testing.assert_allclose(rows["entropy"], entropy(shares, axis=1, base=2))
        cuts = table[table["row"] != "bin"]
        np.testing.assert_allclose(cuts["deficit"], cuts["threshold"] - cuts["gain"])
        assert ((cuts["gain"] > cuts["threshold"]) == (cuts["row"] == "accepted cut")).all()
        accepted = cuts[cuts["row"] == "accepted cut"]["cut"].tolist()
        if discretizer.groups_[j] is None:
            assert sorted(accepted) == discretizer.bin_edges_[j][1:-1].tolist()


def test_binning_table_says_why_there_are_no_cuts():
    x = np.arange(7.0)[:, None]
    y = [0] * 6 + [1]
    table = EntropyDiscretizer(base=2).fit(x, y).binning_table(0)
    assert table["row"].tolist() == ["bin", "rejected cut"]
    cut = table.iloc[1]
    assert cut["interval"] == "(-inf, inf)"
    assert cut["cut"] == 5.5
    gain = entropy([6 / 7, 1 / 7], base=2)
    assert cut["gain"] == pytest.approx(gain)
    assert cut["threshold"] == pytest.approx((np.log2(6) + np.log2(7) - 2 * gain) / 7)
    assert cut["deficit"] > 0


def test_binning_table_tells_which_cuts_gave_way():
    full = EntropyDiscretizer().fit(IRIS, SPECIES)
    assert not (full.binning_table(3)["row"] == "dropped cut").any()
    table = EntropyDiscretizer(max_bins=2).fit(IRIS, SPECIES).binning_table(3)
    assert table[table["row"] == "accepted cut"]["cut"].tolist() == [0.8]
    assert table[table["row"] == "dropped cut"]["cut"].tolist() == [1.75]


def test_binning_table_of_categories_names_both_sides():
    X, y = mixed_frame(missing=False)
    table = EntropyDiscretizer().fit(X, y).binning_table("level")
    accepted = table[table["row"] == "accepted cut"]
    assert (accepted["cut"].str.count(r"\|") == 1).all()
    assert set(accepted["interval"]) >= {"{blue, green, it's, red}"}


def test_feature_that_is_not_there():
    discretizer = EntropyDiscretizer().fit(IRIS, SPECIES)
    with pytest.raises(ValueError, match=r"'petals' is none of the features \['x0'"):
        discretizer.binning_table("petals")
    with pytest.raises(ValueError, match="Pass an index from 0 to 3, or a name"):
        discretizer.to_sql(4)
