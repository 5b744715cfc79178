"""EntropyDiscretizer from end to end: frames, weights, folds, pipelines, threads, and back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from preprocessing.data import CRITERIA, ENCODINGS, SUPERVISED, assert_same, dense, mixed_frame
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris

from sklearn_infotheory.measures import entropy, mutual_information
from sklearn_infotheory.preprocessing import EntropyDiscretizer

IRIS, SPECIES = load_iris(return_X_y=True)
each_encoding = pytest.mark.parametrize("encode", ENCODINGS)
each_criterion = pytest.mark.parametrize("criterion", CRITERIA)
CROSS_FITTED = ("woe", "target_mean")


# What is fitted


def test_iris():
    discretizer = EntropyDiscretizer(candidate_cost="samples").fit(IRIS, SPECIES)
    np.testing.assert_allclose(discretizer.bin_edges_[2], [-np.inf, 2.4, 4.75, np.inf])
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
        complete = not X.iloc[:, j].isna().any()
        assert discretizer.n_bins_[j] == len(np.unique(bins[:, j])) + complete
    assert discretizer.information_[-1] == 0
    assert discretizer.n_bins_[-1] == 2  # that of the constant, and that of missing values


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


def test_places_of_cuts_among_distinct_values_cost_less_where_values_tie():
    X, y = mixed_frame(missing=False)
    kept = ("number", "ties", "level")
    samples, candidates = (
        EntropyDiscretizer("kononenko", candidate_cost=cost).fit(X[list(kept)], y)
        for cost in ("samples", "candidates")
    )
    tables = [(samples.binning_table(name), candidates.binning_table(name)) for name in kept]
    root = [[table[table["row"] == "accepted cut"].iloc[0] for table in pair] for pair in tables]
    n = len(y)
    n_values = X["ties"].nunique()
    difference = root[1][0]["threshold"] - root[1][1]["threshold"]
    assert difference == pytest.approx(np.log((n - 1) / (n_values - 1)) / n)
    assert root[0][0]["threshold"] == pytest.approx(root[0][1]["threshold"])  # no ties
    assert root[2][0]["threshold"] == root[2][1]["threshold"]  # a category


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


@pytest.mark.parametrize("n_classes", [3, 4, 7])
@pytest.mark.parametrize("criterion", SUPERVISED)
def test_categories_of_many_classes_are_grouped(criterion, n_classes):
    """No direction separates such classes best: any first component may leave some of them tied."""
    y = np.repeat(np.arange(n_classes), 120)
    X = pd.DataFrame({"level": np.where(np.arange(len(y)) % 2, "x", "y")})
    X["level"] += y.astype(str)
    discretizer = EntropyDiscretizer(criterion).fit(X, y)
    groups = sorted(discretizer.groups_[0])
    assert groups == [(f"x{c}", f"y{c}") for c in range(n_classes)]


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
        ("onehot", "bin", [0, 0, 0, 1]),
        ("onehot-dense", "ignore", [0, 0, 0]),
        ("thermometer", "bin", [0, 0, 1]),
        ("thermometer", "ignore", [0, 0]),
        ("interval", "bin", ["missing"]),
        ("interval", "ignore", [None]),
        ("woe", "bin", [0, 0, 0]),
        ("woe", "ignore", [np.nan] * 3),
        ("target_mean", "bin", [1 / 3, 1 / 3, 1 / 3]),
        ("target_mean", "ignore", [np.nan] * 3),
        ("self_information", "bin", [-np.log(1 / 4 / 151)]),
        ("self_information", "ignore", [np.nan]),
    ],
)
def test_missing_values_first_seen_in_transform(encode, policy, expected):
    x = IRIS[:, [3]]
    discretizer = EntropyDiscretizer(
        candidate_cost="samples", encode=encode, missing_values=policy
    ).fit(x, SPECIES)
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

    assert names("onehot")[:3] == ["number_0", "number_1", "number_missing"]
    assert names("thermometer")[:3] == ["number_1", "number_missing", "level_1"]
    assert names("woe") == [f"{column}_{k}" for column in columns for k in range(3)]
    assert names("ordinal") == columns


def test_intervals_are_ordered_categories_in_pandas():
    discretizer = EntropyDiscretizer(encode="interval", candidate_cost="samples").set_output(
        transform="pandas"
    )
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
    assert discretizer.n_bins_.tolist() == [501]
    bins = discretizer.transform(np.append(x, [[np.nan]], axis=0))
    assert bins[:-1, 0].tolist() == [k // 2 for k in range(1000)]
    assert bins[-1, 0] == 500


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.int64])
@pytest.mark.parametrize("encode", ["ordinal", "onehot", "thermometer"])
def test_dtype(dtype, encode):
    discretizer = EntropyDiscretizer(encode=encode, dtype=dtype).fit(IRIS, SPECIES)
    assert discretizer.transform(IRIS).dtype == dtype


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


@pytest.mark.parametrize("seed", [1, 4, 7])
def test_no_bins_for_a_continuous_target_have_no_level(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, 3))
    y = rng.normal(size=60) + 0.4 * X[:, 0]
    discretizer = EntropyDiscretizer("modl").fit(X, y)
    assert "dropped cut" in set(discretizer.binning_table(0)["row"])
    assert discretizer.n_bins_[0] == 1
    assert discretizer.level_[0] == 0
    found = EntropyDiscretizer("mdlp").fit(X, y)
    assert np.isnan(found.level_[0])
    assert np.isnan(found.criterion_cost_[0])
