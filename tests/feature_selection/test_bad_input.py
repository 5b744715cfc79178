"""Bad input gives a clear error or a defined result, and never a wrong number."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from sklearn.datasets import load_iris

from sklearn_infotheory.feature_selection import MutualInfoSelector, mutual_info

IRIS, SPECIES = load_iris(return_X_y=True)


def frame(**columns):
    base = {"a": np.arange(150.0), "b": IRIS[:, 2]}
    return pd.DataFrame({**base, **columns})


def test_more_features_than_there_are():
    with pytest.warns(UserWarning, match=r"=5 is larger than the 4 features in X, all of which"):
        selector = MutualInfoSelector(5).fit(IRIS, SPECIES)
    assert selector.n_features_ == 4


def test_constant_y_informs_about_nothing():
    y = np.ones(150, int)
    selector = MutualInfoSelector(2).fit(IRIS, y)
    assert selector.selected_.tolist() == [0, 1]
    assert (selector.relevance_ == 0).all()
    assert (selector.p_values_ == 1).all()
    assert MutualInfoSelector().fit(IRIS, y).n_features_ == 0


def test_constant_and_all_missing_columns_inform_about_nothing():
    X = np.column_stack([np.ones(150), np.full(150, np.nan), IRIS[:, 2]])
    selector = MutualInfoSelector(3).fit(X, SPECIES)
    assert selector.selected_[0] == 2
    assert (selector.relevance_[:2] == 0).all()
    assert (selector.p_values_[:2] == 1).all()
    data = frame(empty=None, gone=pd.Series([pd.NA] * 150, dtype="Int64"))
    assert MutualInfoSelector().fit(data, SPECIES).get_feature_names_out().tolist()[0] == "a"


def test_one_row_and_one_column():
    one_row = MutualInfoSelector(1).fit(IRIS[:1], SPECIES[:1])
    assert (one_row.relevance_ == 0).all()
    one_column = MutualInfoSelector().fit(IRIS[:, [2]], SPECIES)
    assert one_column.selected_.tolist() == [0]
    assert MutualInfoSelector(initial="pair").fit(IRIS[:, [2]], SPECIES).n_features_ == 1


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"tolerance": -1}, "tolerance"),
        ({"n_features_to_select": 0}, "n_features_to_select"),
        ({"n_features_to_select": 1.5}, "n_features_to_select"),
        ({"criterion": "mifs2"}, "criterion"),
        ({"method": "normal"}, "method"),
        ({"n_neighbors": 0}, "n_neighbors"),
        ({"n_bins": 1}, "n_bins"),
        ({"n_bins": 255}, "n_bins"),
        ({"alpha": 2}, "alpha"),
        ({"base": 1}, "base"),
        ({"initial": "triple"}, "initial"),
        ({"categorical_features": [7]}, "index outside of X"),
        ({"categorical_features": ["a"]}, "X has no column names"),
        ({"categorical_features": [True, False]}, "boolean mask"),
    ],
)
def test_bad_parameters(parameters, problem):
    with pytest.raises(ValueError, match=problem):
        MutualInfoSelector(**parameters).fit(IRIS, SPECIES)


@pytest.mark.parametrize(
    ("weights", "problem"),
    [
        (np.zeros(150), "All weights in sample_weight are zero"),
        (np.linspace(-1, 1, 150), "Negative values in data passed to `sample_weight`"),
        (np.ones(149), "sample_weight.shape == \\(149,\\)"),
        (np.full(150, np.nan), "NaN"),
        (np.ones((150, 2)), "1D array"),
    ],
)
def test_bad_weights(weights, problem):
    for X in (IRIS, pd.DataFrame(IRIS)):
        with pytest.raises(ValueError, match=problem):
            MutualInfoSelector(1).fit(X, SPECIES, sample_weight=weights)


@pytest.mark.parametrize(
    ("y", "problem"),
    [
        (None, "requires y to be passed"),
        (SPECIES[:-1], "inconsistent numbers of samples"),
        (np.where(SPECIES == 1, np.nan, 1.0), "Input y contains NaN"),
        (np.where(SPECIES == 1, np.inf, 1.0), "Input y contains infinity"),
        (np.array(["a", None, "b"], dtype=object)[SPECIES], "y contains NaN or another missing"),
    ],
)
def test_bad_y(y, problem):
    for X in (IRIS, pd.DataFrame(IRIS)):
        with pytest.raises(ValueError, match=problem):
            MutualInfoSelector(1).fit(X, y)


def test_continuous_target_of_strings():
    with pytest.raises(ValueError, match="target='continuous' needs numbers"):
        MutualInfoSelector(1, target="continuous").fit(IRIS, SPECIES.astype(str).astype(object))


def test_lazy_frame():
    with pytest.raises(TypeError, match=r"X is a lazy frame .* Pass a data frame"):
        MutualInfoSelector(1).fit(pl.DataFrame(IRIS).lazy(), SPECIES)


@pytest.mark.parametrize("method", ["binned", "gaussian"])
def test_weights_of_next_to_nothing(method):
    weights = np.full(150, 1 / 150)
    with pytest.warns(UserWarning, match=r"sample_weight adds up to 1\. .* Rescale the weights"):
        _, p = mutual_info(IRIS, SPECIES, method=method, sample_weight=weights)
    assert (p > 0.5).all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mutual_info(IRIS, SPECIES, method=method, sample_weight=weights * 75)


def test_categories_in_a_sparse_matrix():
    with pytest.raises(ValueError, match="A sparse X holds counts"):
        MutualInfoSelector(1, categorical_features=[0]).fit(sp.csr_matrix(IRIS), SPECIES)


def test_infinite_values():
    X = IRIS.copy()
    X[3, 1] = np.inf
    largest = np.where(np.isinf(X), np.finfo(float).max, X)
    for data in (X, pd.DataFrame(X), pl.DataFrame(X), X.astype(object)):
        for method in ("gaussian", "knn"):
            with pytest.raises(ValueError, match=r"infinity.*in column .*row 3.*method='binned'"):
                MutualInfoSelector(1, method=method).fit(data, SPECIES)
        # Bins look at the order only.
        np.testing.assert_array_equal(mutual_info(data, SPECIES), mutual_info(largest, SPECIES))
    sparse = sp.csr_matrix(X)
    np.testing.assert_array_equal(mutual_info(sparse, SPECIES), mutual_info(largest, SPECIES))


def test_unhashable_and_complex_values():
    with pytest.raises(TypeError, match="column 'c' must be a string, a number"):
        MutualInfoSelector(1).fit(frame(c=[[1, 2]] * 150), SPECIES)
    with pytest.raises(TypeError, match="must be a string, a number"):
        MutualInfoSelector(1).fit(frame(c=[{"k": 1}] * 150).to_numpy(), SPECIES)
    with pytest.raises(ValueError, match="Complex data not supported"):
        MutualInfoSelector(1).fit(frame(c=np.ones(150) * 1j), SPECIES)


def test_strings_that_categorical_features_leaves_out():
    data = frame(c=["u", "v", "w"] * 50)
    with pytest.raises(ValueError, match="Column 'c' does not hold numbers"):
        MutualInfoSelector(1, categorical_features=["a"]).fit(data, SPECIES)
    with pytest.raises(ValueError, match=r"columns that X does not have: \['z'\]"):
        MutualInfoSelector(1, categorical_features=["z"]).fit(data, SPECIES)
    assert MutualInfoSelector(1, categorical_features=["c"]).fit(data, SPECIES).n_features_ == 1


@pytest.mark.parametrize(
    ("X", "error", "problem"),
    [
        (frame().iloc[:, [0, 1, 0]], ValueError, "X has several columns named 'a'. Column names"),
        (frame().iloc[:, :0], ValueError, r"150 sample\(s\) and 0 feature\(s\)"),
        (frame().iloc[:0], ValueError, r"0 sample\(s\) and 2 feature\(s\)"),
        (pl.DataFrame(), ValueError, r"0 sample\(s\) and 0 feature\(s\)"),
        (pl.DataFrame(IRIS).lazy(), TypeError, r"X is a lazy frame .* Pass a data frame"),
        (IRIS[:, 0], ValueError, "Expected 2D array, got 1D array"),
        (frame()["a"], ValueError, "Expected a 2-dimensional container"),
        (None, ValueError, "Expected 2D array, got scalar array"),
    ],
    ids=["twice", "no column", "no row", "nothing", "lazy", "vector", "series", "none"],
)
def test_the_function_refuses_what_the_selector_refuses(X, error, problem):
    y = SPECIES if getattr(X, "shape", (1,))[0] else SPECIES[:0]
    for method in ("binned", "gaussian", "knn"):
        with pytest.raises(error, match=problem):
            mutual_info(X, y, method=method)
    with pytest.raises(error, match=problem):
        MutualInfoSelector(1).fit(X, y)


def test_lazy_and_missing_targets():
    for fit in (mutual_info, MutualInfoSelector(1).fit):
        with pytest.raises(TypeError, match="y is a lazy frame"):
            fit(IRIS, pl.DataFrame({"y": SPECIES}).lazy())
        with pytest.raises(ValueError, match="requires y to be passed, but the target y is None"):
            fit(IRIS, None)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_empty_frames(shape):
    data = pd.DataFrame(np.ones(shape), columns=list("abc")[: shape[1]])
    for X in (data, pl.from_pandas(data) if shape[1] else data, data.to_numpy()):
        with pytest.raises(ValueError, match=r"Found array with 0|0 feature\(s\)|0 sample\(s\)"):
            MutualInfoSelector(1).fit(X, np.arange(shape[0]))


def test_column_names_at_transform():
    selector = MutualInfoSelector(1).fit(frame(), SPECIES)
    twice = pd.concat([frame(), frame()[["a"]]], axis=1)
    with pytest.raises(ValueError, match="several columns named 'a'"):
        selector.transform(twice)
    with pytest.raises(ValueError, match="several columns named 'a'"):
        MutualInfoSelector(1).fit(twice, SPECIES)
    with pytest.raises(ValueError, match=r"missing:\n- b"):
        selector.transform(frame()[["a"]])
    with pytest.raises(ValueError, match=r"same order"):
        selector.transform(frame()[["b", "a"]])
    with pytest.raises(ValueError, match="expecting 4 features"):
        MutualInfoSelector(1).fit(IRIS, SPECIES).transform(IRIS[:, :3])


def test_the_data_of_the_caller_stay_as_they_are():
    X = IRIS.copy()
    X[::7, 0] = np.nan
    weights = np.random.default_rng(0).integers(0, 3, 150).astype(float)
    kept = X.copy(), SPECIES.copy(), weights.copy()
    for data in (X, X.T):
        data.flags.writeable = False
    MutualInfoSelector(2).fit(X, SPECIES, sample_weight=weights).transform(X)
    np.testing.assert_array_equal(X, kept[0])
    np.testing.assert_array_equal(SPECIES, kept[1])
    np.testing.assert_array_equal(weights, kept[2])
