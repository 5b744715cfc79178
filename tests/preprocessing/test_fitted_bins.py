"""What a fitted discretizer tells about its bins, and how it travels."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pandas as pd
import pytest
from preprocessing.data import CRITERIA, ENCODINGS, SUPERVISED, assert_same, mixed_frame
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from sklearn_infotheory.measures import entropy
from sklearn_infotheory.preprocessing import EntropyDiscretizer

IRIS, SPECIES = load_iris(return_X_y=True)
each_encoding = pytest.mark.parametrize("encode", ENCODINGS)
each_criterion = pytest.mark.parametrize("criterion", CRITERIA)
CROSS_FITTED = ("woe", "target_mean")


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
    discretizer = EntropyDiscretizer(candidate_cost="samples").fit(IRIS[:, [3]], SPECIES)
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
    with pytest.raises(ValueError, match="no description of an EntropyDiscretizer"):
        EntropyDiscretizer.from_dict({"kind": "recipe"})


def test_sql_names():
    discretizer = EntropyDiscretizer(candidate_cost="samples").fit(IRIS, SPECIES)
    sql = discretizer.to_sql(3, "width", alias="bin")
    assert sql.splitlines() == [
        "CASE",
        '  WHEN "width" IS NULL THEN NULL',
        '  WHEN "width" <= 0.8e0 THEN 0',
        '  WHEN "width" <= 1.75e0 THEN 1',
        '  WHEN "width" <= 1.7976931348623157e308 THEN 2',
        '  WHEN 1.0e0 / "width" = 0 THEN 2',
        "  ELSE NULL",
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
        counts = np.bincount(bins[:, j].astype(int), minlength=len(rows))
        np.testing.assert_array_equal(rows["count"], counts)
        rows = rows[counts > 0]
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
    table = EntropyDiscretizer(base=2, candidate_cost="samples").fit(x, y).binning_table(0)
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
    table = (
        EntropyDiscretizer(max_bins=2, candidate_cost="samples").fit(IRIS, SPECIES).binning_table(3)
    )
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


@pytest.mark.parametrize("feature", [None, 1.0, True, [0]])
def test_features_are_indices_or_names(feature):
    discretizer = EntropyDiscretizer().fit(IRIS, SPECIES)
    with pytest.raises(TypeError, match="feature must be an index or a name"):
        discretizer.binning_table(feature)


CLASSES = {
    "numpy integers as objects": np.array([np.int64(3), np.int64(4), np.int64(5)], dtype=object),
    "booleans and strings": np.array([True, "b", "c"], dtype=object),
    "dates": np.array(["2020-01-01", "2021-01-01", "2022-01-01"], "M8[ns]"),
    "small integers": np.array([0, 1, 255], np.uint8),
}


@pytest.mark.parametrize("kind", CLASSES)
def test_classes_of_any_kind_in_json(kind):
    classes = CLASSES[kind]
    discretizer = EntropyDiscretizer(encode="target_mean").fit(IRIS, classes[SPECIES])
    again = EntropyDiscretizer.from_dict(json.loads(json.dumps(discretizer.to_dict())))
    np.testing.assert_array_equal(again.classes_, discretizer.classes_)
    assert again.classes_.dtype == discretizer.classes_.dtype
    assert again.get_feature_names_out().tolist() == discretizer.get_feature_names_out().tolist()
