"""Categories that fit has not seen, bins of missing and special values, fixed cuts and groups."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from preprocessing.data import CRITERIA, ENCODINGS, SUPERVISED, assert_same, dense, mixed_frame
from sklearn.naive_bayes import CategoricalNB
from sklearn.pipeline import make_pipeline

from sklearn_infotheory.preprocessing import EntropyDiscretizer

each_encoding = pytest.mark.parametrize("encode", ENCODINGS)
each_criterion = pytest.mark.parametrize("criterion", CRITERIA)
TOWNS = pd.DataFrame({"town": ["a"] * 30 + ["b"] * 20 + ["c"]})
SOLD = np.array([0] * 27 + [1] * 3 + [0] * 2 + [1] * 18 + [1])
NEW = pd.DataFrame({"town": ["a", "b", "c", "never"]})


def fitted(handle_unknown, encode="target_mean", **parameters):
    return EntropyDiscretizer(encode=encode, handle_unknown=handle_unknown, **parameters).fit(
        TOWNS, SOLD
    )


@pytest.mark.parametrize("label", [0, 1])
def test_unknown_categories_do_not_depend_on_the_label_of_one_row(label):
    y = np.append(SOLD[:-1], label)
    mean = EntropyDiscretizer(encode="target_mean").fit(TOWNS, y).transform(NEW)[:, 0]
    assert mean[2:] == pytest.approx(y.mean())
    assert mean[0] < 0.2 < 0.8 < mean[1]
    assert (EntropyDiscretizer(encode="woe").fit(TOWNS, y).transform(NEW)[2:] == 0).all()


def test_unknown_categories_of_numbers_and_of_several_classes():
    rng = np.random.default_rng(0)
    X, y = mixed_frame()
    new = X.iloc[:1].assign(level="never")
    three = EntropyDiscretizer(encode="target_mean", missing_values="bin").fit(X, y)
    start = three.get_feature_names_out().tolist().index("level_0")
    np.testing.assert_allclose(three.transform(new)[0, start : start + 3], np.bincount(y) / len(y))
    number = y + rng.normal(size=len(y))
    mean = EntropyDiscretizer(encode="target_mean", missing_values="bin").fit(X, number)
    assert mean.transform(new)[0, 2] == pytest.approx(number.mean())


def test_policies_for_unknown_categories():
    means = {policy: fitted(policy).transform(NEW)[:, 0] for policy in ("prior", "largest", "own")}
    assert means["largest"][3] == means["largest"][2] == means["largest"][1]  # joined by its label
    own = fitted("own")
    assert own.n_bins_.tolist() == [3]
    assert own.groups_[0] == (("a",), ("b",), ())
    assert means["own"][3] == pytest.approx((1 + SOLD.mean()) / 2)  # one row, smoothed
    assert fitted("own", "interval").transform(NEW)[3, 0] == "{other}"


def test_own_group_exists_even_if_fit_saw_no_rare_category():
    own = EntropyDiscretizer(encode="onehot-dense", handle_unknown="own").fit(TOWNS[:-1], SOLD[:-1])
    assert own.transform(NEW)[3].tolist() == [0, 0, 1]
    woe = EntropyDiscretizer(encode="woe", handle_unknown="own").fit(TOWNS[:-1], SOLD[:-1])
    assert woe.transform(NEW)[3, 0] == pytest.approx(0, abs=1e-12)


@each_encoding
@each_criterion
def test_errors_for_unknown_categories_only(encode, criterion):
    discretizer = fitted("error", encode, criterion=criterion)
    discretizer.transform(TOWNS)  # with the town that occurs once
    with pytest.raises(ValueError, match=r"holds 'never' in row 3 .* handle_unknown='error'"):
        discretizer.transform(NEW)
    again = EntropyDiscretizer.from_dict(json.loads(json.dumps(discretizer.to_dict())))
    assert_same(again.transform(TOWNS), discretizer.transform(TOWNS))
    table = discretizer.binning_table("town")
    assert table["interval"].str.contains("c").any()
    assert "other" not in " ".join(table["interval"])


def test_ordered_categories_that_are_unknown():
    sizes = pd.Categorical(["s", "m", "l"] * 20, ["s", "m", "l"], ordered=True)
    X, y = pd.DataFrame({"size": sizes}), [0, 1, 1] * 20
    new = pd.DataFrame({"size": pd.Categorical(["s", "xl"], ["s", "xl"], ordered=True)})
    own = EntropyDiscretizer(handle_unknown="own").fit(X, y)
    assert own.groups_[0] == (("s",), ("m", "l"), ())
    assert own.transform(new)[:, 0].tolist() == [0, 2]
    with pytest.raises(ValueError, match="holds 'xl' in row 1"):
        EntropyDiscretizer(handle_unknown="error").fit(X, y).transform(new)


@each_encoding
def test_bins_of_missing_values_are_there_before_any_is_missing(encode):
    X, y = mixed_frame(missing=False)
    discretizer = EntropyDiscretizer(encode=encode, missing_values="bin").fit(X, y)
    width = discretizer.transform(X).shape[1]
    gone = X.mask(np.ones(X.shape, bool))
    for name in X:
        gone[name] = gone[name].astype("str" if X[name].dtype.kind in "OU" else float)
    output = dense(discretizer.transform(gone))
    assert output.shape[1] == width == len(discretizer.get_feature_names_out())
    if encode == "thermometer":
        assert (output.sum(axis=1) == X.shape[1]).all()
        missing = [name.endswith("_missing") for name in discretizer.get_feature_names_out()]
        assert (output[:, missing] == 1).all()


def test_naive_bayes_predicts_with_missing_values_that_fit_did_not_see():
    X, y = mixed_frame(missing=False)
    numbers = X[["number", "ties"]]
    discretizer = EntropyDiscretizer(missing_values="bin")
    bins = EntropyDiscretizer(missing_values="bin").fit(numbers, y).n_bins_
    model = make_pipeline(discretizer, CategoricalNB(min_categories=bins)).fit(numbers, y)
    assert model.predict(numbers.mask(np.ones(numbers.shape, bool))).shape == (400,)


# Special values


@each_criterion
@each_encoding
def test_special_values_have_bins_of_their_own(criterion, encode):
    X, y = mixed_frame()
    rng = np.random.default_rng(1)
    X["number"] = X["number"].where(rng.random(400) < 0.8, -99.0)
    special = {"number": [-99, -98], "level": ["d"]}
    parameters = {"criterion": criterion, "encode": encode, "missing_values": "bin"}
    discretizer = EntropyDiscretizer(special_values=special, **parameters).fit(X, y)
    kept = X["number"] != -99
    alone = EntropyDiscretizer(**parameters).fit(X.loc[kept, ["number"]], y[kept])
    np.testing.assert_array_equal(discretizer.bin_edges_[0], alone.bin_edges_[0])
    assert discretizer.n_bins_[0] == alone.n_bins_[0] + 2
    ordinal = EntropyDiscretizer(criterion, special_values=special, missing_values="bin").fit(X, y)
    codes = ordinal.transform(X)
    assert (codes[~kept.to_numpy(), 0] == discretizer.n_bins_[0] - 3).all()
    assert (codes[X["number"].isna(), 0] == discretizer.n_bins_[0] - 1).all()
    assert (codes[X["level"] == "d", 2] == discretizer.n_bins_[2] - 2).all()
    again = EntropyDiscretizer.from_dict(json.loads(json.dumps(discretizer.to_dict())))
    assert_same(again.transform(X), discretizer.transform(X))
    assert again.get_params()["special_values"] == special


@each_encoding
def test_special_values_come_back(encode):
    X, y = mixed_frame()
    X.loc[:50, "number"] = -99.0
    discretizer = EntropyDiscretizer(
        encode=encode, special_values={"number": [-99]}, missing_values="bin"
    ).fit(X[["number"]], y)
    back = discretizer.inverse_transform(discretizer.transform(X[["number"]]))
    assert (back[:51, 0] == -99).all()


def test_special_values_stand_in_labels():
    X, y = mixed_frame(missing=False)
    X.loc[:50, "number"] = -99.0
    discretizer = EntropyDiscretizer(encode="interval", special_values={0: [-99]}).fit(X, y)
    assert discretizer.transform(X)[0, 0] == "special -99"
    assert "special -99" in discretizer.binning_table(0)["interval"].tolist()


def test_more_special_bins_than_a_byte_counts():
    X = np.arange(1000.0)[:, None]
    special = {0: [float(k) for k in range(10)]}
    discretizer = EntropyDiscretizer("equal_entropy", max_bins=254, special_values=special).fit(X)
    codes = discretizer.transform(X)[:, 0]
    assert codes[:10].tolist() == [*range(254, 264)]
    assert codes[10:].max() == 253


# What the user fixes


@each_criterion
def test_fixed_cuts_and_groups(criterion):
    X, y = mixed_frame()
    groups = [["red", "d"], ["it's"]]
    parameters = {"criterion": criterion, "missing_values": "bin"}
    discretizer = EntropyDiscretizer(
        cuts={"number": [1, 0.5, 2]}, category_groups={"level": groups}, **parameters
    ).fit(X, y)
    assert discretizer.bin_edges_[0].tolist() == [-np.inf, 0.5, 1, 2, np.inf]
    assert discretizer.groups_[2] == (("red", "d"), ("it's",))
    free = EntropyDiscretizer(**parameters).fit(X, y)
    for j in (1, 3, 4, 5, 6):
        assert_same(discretizer.transform(X)[:, [j]], free.transform(X)[:, [j]])
    expected = np.digitize(X["number"], [0.5, 1, 2], right=True)
    there = X["number"].notna()
    assert (discretizer.transform(X)[there, 0] == expected[there]).all()
    again = EntropyDiscretizer.from_dict(json.loads(json.dumps(discretizer.to_dict())))
    assert_same(again.fit(X, y).transform(X), discretizer.transform(X))


def test_fixed_cuts_of_dates_booleans_and_large_whole_numbers():
    days = pd.date_range("2020-01-01", periods=100).tz_localize("UTC")
    wide = 2**60 + np.arange(100)
    X = pd.DataFrame({"day": days, "wide": wide, "wait": days - days[0]})
    discretizer = EntropyDiscretizer(
        "equal_entropy",
        cuts={"day": ["2020-02-01"], "wide": [2**60 + 10], "wait": ["5 days"]},
    ).fit(X)
    codes = discretizer.transform(X)
    assert codes.sum(axis=0).tolist() == [68, 89, 94]
    assert np.isfinite(discretizer.inverse_transform(codes)).all()


def test_groups_and_what_is_in_none_of_them():
    groups = {"town": [["a"], ["b"]]}
    means = {
        policy: fitted(policy, category_groups=groups).transform(NEW)[:, 0]
        for policy in ("prior", "largest", "own")
    }
    assert means["prior"][2:] == pytest.approx(SOLD.mean())
    assert means["largest"][2] == means["largest"][3] == means["largest"][0]
    assert means["own"][2] == means["own"][3] not in means["own"][:2]
    with pytest.raises(ValueError, match="holds 'c', which no group of category_groups lists"):
        fitted("error", category_groups=groups)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"cuts": {"size": [1]}}, r"cuts has the key 'size': 'size' is none of the features"),
        ({"cuts": {"town": [1]}}, "which holds categories. Use category_groups"),
        ({"cuts": {1: 5}}, r"cuts must hold a list for each feature; got 5. Pass \[5\]"),
        ({"cuts": {1: ["x"]}}, "which holds numbers: could not convert"),
        ({"cuts": {1: [np.nan]}}, "Pass finite numbers"),
        ({"cuts": {1: [1], "n": [2]}}, "cuts names 'n' twice"),
        ({"category_groups": {"n": [["a"]]}}, "which holds numbers. Use cuts"),
        ({"category_groups": {"town": [["a"], ["a"]]}}, "a category can be in one group only"),
        ({"category_groups": {"town": [[]]}}, "Each group needs a category"),
        ({"category_groups": {"town": [["a"]]}, "cuts": {"town": [1]}}, "Fix one of the two"),
        ({"special_values": {"n": -1}}, "special_values must hold a list"),
    ],
)
def test_wrong_options(parameters, message):
    X = TOWNS.assign(n=np.arange(51.0))
    with pytest.raises(ValueError, match=message):
        EntropyDiscretizer(**parameters).fit(X, SOLD)


@pytest.mark.parametrize("criterion", SUPERVISED)
def test_special_values_change_nothing_for_who_has_none(criterion):
    X, y = mixed_frame()
    plain = EntropyDiscretizer(criterion, missing_values="bin").fit(X, y)
    absent = EntropyDiscretizer(criterion, missing_values="bin", special_values={0: [1e9]})
    np.testing.assert_array_equal(absent.fit(X, y).bin_edges_[0], plain.bin_edges_[0])
    assert (absent.information_ == plain.information_).all()


def test_intervals_are_an_enum_in_polars():
    pl = pytest.importorskip("polars")
    X, y = mixed_frame()
    discretizer = EntropyDiscretizer(encode="interval", missing_values="bin")
    frame = discretizer.set_output(transform="polars").fit(X, y).transform(X)
    assert frame.columns == X.columns.tolist()
    assert all(isinstance(dtype, pl.Enum) for dtype in frame.dtypes)
    assert frame["number"].dtype.categories.to_list()[-1] == "missing"
