"""Bad input gives a clear error or a defined result, and never a wrong number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from preprocessing.data import CRITERIA, ENCODINGS, SUPERVISED, dense
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import NotFittedError

from sklearn_infotheory.preprocessing import EntropyDiscretizer

IRIS, SPECIES = load_iris(return_X_y=True)
each_criterion = pytest.mark.parametrize("criterion", CRITERIA)
each_encoding = pytest.mark.parametrize("encode", ENCODINGS)


def with_value(value):
    X = IRIS.copy()
    X[3, 1] = value
    return X


def as_frames(X):
    names = [f"f{j}" for j in range(X.shape[1])]
    return pd.DataFrame(X, columns=names), pl.DataFrame(X, schema=names)


@each_criterion
def test_nan_under_error(criterion):
    discretizer = EntropyDiscretizer(criterion)
    X = with_value(np.nan)
    with pytest.raises(ValueError, match=r"NaN .* in column 1, .*Use missing_values='bin'"):
        discretizer.fit(X, SPECIES)
    for frame in as_frames(X):
        with pytest.raises(ValueError, match="in column 'f1', and missing_values='error'"):
            discretizer.fit(frame, SPECIES)


def test_nan_under_error_first_seen_in_transform():
    discretizer = EntropyDiscretizer().fit(IRIS, SPECIES)
    with pytest.raises(ValueError, match="in column 1, and missing_values='error'"):
        discretizer.transform(with_value(np.nan))
    level = pd.DataFrame({"level": list("ab") * 50})
    discretizer = EntropyDiscretizer().fit(level, [0, 1] * 50)
    with pytest.raises(ValueError, match="in column 'level', and missing_values='error'"):
        discretizer.transform(pd.DataFrame({"level": ["a", None]}))


@pytest.mark.parametrize("policy", ["error", "bin", "ignore", "merge"])
@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinity(policy, value):
    X = with_value(value)
    discretizer = EntropyDiscretizer(missing_values=policy)
    for data in (X, *as_frames(X), X.astype(object)):
        with pytest.raises(
            ValueError, match=r"infinity .* in column ('f)?1.*, row .*means of bins"
        ):
            discretizer.fit(data, SPECIES)
    discretizer.fit(IRIS, SPECIES)
    largest = np.finfo(float).max
    if policy == "error":
        with pytest.raises(ValueError, match=r"infinity .* 'ignore' it falls in an outer bin"):
            discretizer.transform(X)
        return
    for data in (X, X.astype(object)):
        expected = discretizer.transform(np.clip(X, -largest, largest))
        np.testing.assert_array_equal(discretizer.transform(data), expected)


def test_huge_values_are_not_infinite():
    X = np.array([-1.5e308, -1.2e308, 1.2e308, 1.5e308] * 10)[:, None]
    discretizer = EntropyDiscretizer().fit(X, X[:, 0] > 0)
    assert discretizer.bin_edges_[0].tolist() == [-np.inf, 0, np.inf]


@each_criterion
@each_encoding
def test_constant_columns_are_one_bin(criterion, encode):
    X = np.column_stack([np.ones(150), IRIS[:, 3]])
    discretizer = EntropyDiscretizer(criterion, encode=encode, random_state=0)
    output = dense(discretizer.fit_transform(X, SPECIES))
    assert discretizer.n_bins_[0] == 1
    assert discretizer.information_[0] == 0
    constant = {"onehot": 1, "onehot-dense": 1, "ordinal": 0, "woe": 0, "self_information": 0}
    if encode in constant:
        assert (output[:, 0] == constant[encode]).all()


@each_criterion
def test_one_class(criterion):
    discretizer = EntropyDiscretizer(criterion).fit(IRIS, np.ones(150))
    assert (discretizer.information_ == 0).all()
    if criterion in SUPERVISED:
        assert (discretizer.n_bins_ == 1).all()
    for encode in ("woe", "target_mean"):
        output = EntropyDiscretizer(criterion, encode=encode).fit_transform(IRIS, np.ones(150))
        assert (output == (encode == "target_mean")).all()


@pytest.mark.parametrize("criterion", SUPERVISED)
def test_y_missing_for_a_supervised_criterion(criterion):
    with pytest.raises(ValueError, match=r"requires y .* use criterion='equal_entropy' or"):
        EntropyDiscretizer(criterion).fit(IRIS)


@pytest.mark.parametrize("encode", ["woe", "target_mean"])
def test_y_missing_for_an_encoding_of_the_target(encode):
    with pytest.raises(ValueError, match=f"encode='{encode}' looks at the target"):
        EntropyDiscretizer("equal_entropy", encode=encode).fit(IRIS)


def test_strings_without_categorical_features():
    X = np.array([["1", "u"], ["2", "v"]] * 20)
    y = [0, 1] * 20
    with pytest.raises(ValueError, match=r"does not hold numbers.* '1' in row 0"):
        EntropyDiscretizer(categorical_features=None).fit(X, y)
    with pytest.raises(ValueError, match=r"Column 'b' does not hold numbers.*'u'"):
        EntropyDiscretizer(categorical_features=[0]).fit(pd.DataFrame(X, columns=["a", "b"]), y)
    discretizer = EntropyDiscretizer().fit(X, y)
    assert discretizer.groups_.tolist() == [(("1",), ("2",)), (("u",), ("v",))]
    numbers = EntropyDiscretizer().fit(IRIS, SPECIES)
    with pytest.raises(ValueError, match="does not hold numbers"):
        numbers.transform(np.full((2, 4), "u"))


@each_criterion
def test_fewer_samples_than_min_samples_bin(criterion):
    with pytest.raises(ValueError, match="min_samples_bin=151 is larger than the 150 samples"):
        EntropyDiscretizer(criterion, min_samples_bin=151).fit(IRIS, SPECIES)
    assert (
        EntropyDiscretizer(criterion, min_samples_bin=150).fit(IRIS, SPECIES).n_bins_ == 1
    ).all()


@each_encoding
def test_unseen_categories(encode):
    X = pd.DataFrame({"level": ["a"] * 30 + ["b"] * 20})
    discretizer = EntropyDiscretizer(encode=encode).fit(X, [0] * 30 + [1] * 20)
    unseen = dense(discretizer.transform(pd.DataFrame({"level": ["never", "a"]})))
    if encode == "woe":
        assert unseen[0] == 0
    elif encode == "target_mean":
        assert unseen[0] == pytest.approx(20 / 50)
    else:
        assert (unseen[0] == unseen[1]).all()  # the largest group


@each_criterion
@each_encoding
def test_columns_without_any_value(criterion, encode):
    X = np.column_stack([np.full(150, np.nan), IRIS[:, 3]])
    frame = pd.DataFrame({"empty": pd.Series([None] * 150, dtype="str"), "x": IRIS[:, 3]})
    for policy in ("bin", "ignore", "merge"):
        for data in (X, frame):
            discretizer = EntropyDiscretizer(
                criterion, encode=encode, missing_values=policy, random_state=0
            )
            output = discretizer.fit_transform(data, SPECIES)
            assert discretizer.information_[0] == 0
            assert output.shape[0] == 150
            assert len(discretizer.inverse_transform(output)) == 150
            discretizer.binning_table(0)
    assert discretizer.transform(frame.fillna({"empty": "new"})).shape == output.shape


@each_criterion
def test_one_sample(criterion):
    discretizer = EntropyDiscretizer(criterion).fit(IRIS[:1], SPECIES[:1])
    assert (discretizer.n_bins_ == 1).all()
    assert (discretizer.transform(IRIS) == 0).all()


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"criterion": "chi2"}, "criterion"),
        ({"encode": "binary"}, "encode"),
        ({"max_bins": 1}, "max_bins"),
        ({"min_samples_bin": 0}, "min_samples_bin"),
        ({"candidate_cost": "values"}, "candidate_cost"),
        ({"missing_values": "drop"}, "missing_values"),
        ({"smooth": 0}, "smooth"),
        ({"cv": 1}, "cv"),
        ({"dtype": np.uint8}, "dtype"),
        ({"base": 1}, "base"),
        ({"categorical_features": [7]}, "index outside of X"),
        ({"dtype": np.int64, "encode": "woe"}, "dtype=int64 cannot hold encode='woe'"),
        ({"dtype": np.int32, "missing_values": "ignore"}, "gives fractions or NaN"),
    ],
)
def test_bad_parameters(parameters, problem):
    with pytest.raises(ValueError, match=problem):
        EntropyDiscretizer(**parameters).fit(IRIS, SPECIES)


def test_woe_of_a_continuous_target():
    X, y = load_diabetes(return_X_y=True)
    with pytest.raises(ValueError, match="encode='woe' needs classes, but y is continuous"):
        EntropyDiscretizer(encode="woe").fit(X, y)


@pytest.mark.parametrize(
    ("weights", "problem"),
    [
        (np.zeros(150), "All weights in sample_weight are zero"),
        (np.linspace(-1, 1, 150), "Negative values in data passed to `sample_weight`"),
        (np.ones(149), "sample_weight.shape == \\(149,\\)"),
    ],
)
def test_bad_weights(weights, problem):
    with pytest.raises(ValueError, match=problem):
        EntropyDiscretizer().fit(IRIS, SPECIES, sample_weight=weights)


@pytest.mark.parametrize(
    ("y", "problem"),
    [
        (SPECIES[:-1], "inconsistent numbers of samples"),
        (np.where(SPECIES == 1, np.nan, 1.0), "Input y contains NaN"),
        (np.array(["a", None, "b"], dtype=object)[SPECIES], "y contains NaN or another missing"),
        (np.column_stack([SPECIES, SPECIES]), "y should be a 1d array"),
    ],
)
def test_bad_y(y, problem):
    with pytest.raises(ValueError, match=problem):
        EntropyDiscretizer().fit(IRIS, y)


def test_splits_that_leave_samples_out():
    splits = [(np.arange(75), np.arange(75, 150))]
    with pytest.raises(ValueError, match="does not put each sample in exactly one test fold"):
        EntropyDiscretizer(encode="woe", cv=splits).fit_transform(IRIS, SPECIES)


@pytest.mark.parametrize(
    ("encode", "kind"),
    [("woe", "discrete"), ("target_mean", "discrete"), ("target_mean", "continuous")],
)
def test_a_fold_with_all_the_weight(encode, kind):
    discretizer = EntropyDiscretizer(encode=encode, target=kind)
    weights = (np.arange(150) == 3).astype(float)
    with pytest.raises(ValueError, match="All samples of positive weight are in one fold of cv"):
        discretizer.fit_transform(IRIS, SPECIES, sample_weight=weights)
    discretizer.fit(IRIS, SPECIES, sample_weight=weights)
    assert np.isfinite(discretizer.transform(IRIS)).all()


def test_sparse_lazy_and_empty():
    with pytest.raises(TypeError, match=r"[Ss]parse"):
        EntropyDiscretizer().fit(sp.csr_matrix(IRIS), SPECIES)
    with pytest.raises(TypeError, match=r"X is a lazy frame .* Pass a data frame"):
        EntropyDiscretizer().fit(pl.DataFrame(IRIS).lazy(), SPECIES)
    for data in (np.ones((0, 3)), pd.DataFrame({"a": []})):
        with pytest.raises(ValueError, match=r"Found array with 0"):
            EntropyDiscretizer().fit(data, [])


def test_columns_that_do_not_fit():
    discretizer = EntropyDiscretizer().fit(IRIS, SPECIES)
    with pytest.raises(ValueError, match="expecting 4 features"):
        discretizer.transform(IRIS[:, :3])
    with pytest.raises(ValueError, match="X has 3 columns, but transform gives 4"):
        discretizer.inverse_transform(IRIS[:, :3])
    with pytest.raises(ValueError, match="NaN, which transform does not give"):
        discretizer.inverse_transform(np.full((1, 4), np.nan))
    labels = EntropyDiscretizer(encode="interval").fit(IRIS, SPECIES)
    with pytest.raises(ValueError, match="'wide' is not the label of a bin"):
        labels.inverse_transform([["wide"] * 4])
    for method in ("binning_table", "to_sql", "to_dict", "inverse_transform"):
        arguments = [] if method == "to_dict" else [0]
        with pytest.raises(NotFittedError):
            getattr(EntropyDiscretizer(), method)(*arguments)


def test_the_data_of_the_caller_stay_as_they_are():
    X = with_value(np.nan)
    weights = np.arange(150.0) % 3
    kept = X.copy(), SPECIES.copy(), weights.copy()
    X.flags.writeable = False
    discretizer = EntropyDiscretizer(missing_values="merge")
    discretizer.fit(X, SPECIES, sample_weight=weights).inverse_transform(discretizer.transform(X))
    for data, copy in zip((X, SPECIES, weights), kept, strict=True):
        np.testing.assert_array_equal(data, copy)
