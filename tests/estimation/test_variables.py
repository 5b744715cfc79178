"""Columns of any kind as variables."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.special import ndtri
from scipy.stats import rankdata

from sklearn_infotheory.estimation._variables import (
    combine,
    normal_score_table,
    normal_scores,
    read_columns,
    read_pooled,
    read_variable,
    renumber,
    transformed,
)

NUMBERS = np.random.default_rng(0).normal(size=200)


def test_missing_numbers_are_an_atom():
    values = NUMBERS.copy()
    values[:7] = np.nan
    variable = read_variable(values, "x")
    assert variable.kind == "mixed"
    assert variable.n_atoms == 1
    assert (variable.atoms == 0).sum() == 7
    np.testing.assert_array_equal(variable.values[:, 0], values)


def test_missing_categories_are_one_more():
    variable = read_variable(["b", None, "a", "b", np.nan], "x")
    assert variable.kind == "discrete"
    np.testing.assert_array_equal(variable.atoms, [1, 2, 0, 1, 2])


def test_all_missing_is_constant():
    assert read_variable([None] * 4, "x").is_constant
    assert read_variable([np.nan] * 4, "x").is_constant


@pytest.mark.parametrize(
    "make",
    [
        lambda x: pd.Series(x, name="a"),
        lambda x: pl.Series("a", x),
        lambda x: pa.chunked_array([pa.array(x)]),
        lambda x: pd.DataFrame({"a": x}),
        lambda x: pl.DataFrame({"a": x}),
        lambda x: pa.table({"a": x}),
        lambda x: x[:, np.newaxis],
        lambda x: x.tolist(),
        lambda x: x.astype(object),
    ],
)
@pytest.mark.parametrize("values", [NUMBERS, np.arange(200) % 3 == 1, np.array(list("abca") * 50)])
def test_containers_make_no_difference(make, values):
    expected, found = read_variable(values, "x"), read_variable(make(values), "x")
    np.testing.assert_array_equal(found.atoms, expected.atoms)
    np.testing.assert_array_equal(found.values, expected.values)
    assert (found.n_atoms, found.is_rounded) == (expected.n_atoms, expected.is_rounded)


def test_dates_are_numbers():
    variable = read_variable(pd.Series(pd.date_range("2020-01-01", periods=50)), "x")
    assert variable.kind == "continuous"


def test_objects_that_are_dates_are_numbers():
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=j) for j in range(9)]
    moments = [dt.datetime(day.year, day.month, day.day) for day in days]
    durations = [day - days[0] for day in days]
    for values in (days, moments, [*days[:-1], None], durations, pd.Series(days, dtype=object)):
        variable = read_variable(values, "x")
        assert not variable.is_discrete
        assert variable.n_atoms == sum(value is None for value in values)
    np.testing.assert_array_equal(
        read_variable(days, "x").values, read_variable(pd.Series(pd.to_datetime(days)), "x").values
    )


def test_masked_values_are_missing():
    masked = np.ma.masked_array(NUMBERS, mask=NUMBERS > 1)
    expected = read_variable(np.where(NUMBERS > 1, np.nan, NUMBERS), "x")
    np.testing.assert_array_equal(read_variable(masked, "x").values, expected.values)


def test_numbers_can_be_declared():
    whole = np.arange(200) % 40
    assert read_variable(whole, "x").kind == "continuous"
    assert read_variable(whole, "x", discrete=True).n_atoms == 40
    few = read_variable(np.arange(200) % 4, "x", discrete=False)
    assert few.kind == "continuous"
    assert few.is_rounded
    with pytest.raises(ValueError, match="cannot be continuous"):
        read_variable(["a", "b"], "x", discrete=False)


def test_columns_are_joined():
    letters = np.array(list("ab") * 100)
    frame = pd.DataFrame({"letter": letters, "number": NUMBERS})
    frame.loc[:9, "number"] = np.nan
    variable = read_variable(frame, "x")
    assert variable.kind == "mixed"
    assert variable.n_atoms == 2  # a letter, and no number
    assert variable.n_labels == 4  # the numbers of each letter
    assert variable.values.shape == (200, 1)
    for letter in "ab":
        labels = variable.atoms[letters == letter]
        assert len(set(labels[5:])) == 1
        assert labels[5] >= variable.n_atoms > labels[0]


def test_two_columns_of_numbers_are_continuous():
    variable = read_variable(np.stack([NUMBERS, NUMBERS**2], axis=1), "x")
    assert variable.is_continuous
    assert variable.values.shape == (200, 2)


def test_columns_can_stay_apart():
    columns = read_columns(pd.DataFrame({"a": NUMBERS, "b": ["u", "v"] * 100}), "X")
    assert [column.kind for column in columns] == ["continuous", "discrete"]


def test_weights_count_where_atoms_are_looked_for():
    values = np.append(NUMBERS, 5.0)
    weights = np.append(np.ones(200), 30.0)
    assert read_variable(values, "x", weights=weights).n_atoms == 1
    weights[:100] = 0
    assert read_variable(values, "x", weights=weights).n_samples == 101


def test_samples_are_pooled():
    variable, n = read_pooled(["a", "b"], ["b", "c", "c"])
    assert n == 2
    np.testing.assert_array_equal(variable.atoms, [0, 1, 1, 2, 2])
    with pytest.raises(ValueError, match="x has 1 columns and y has 2"):
        read_pooled(NUMBERS, np.ones((5, 2)))
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    with pytest.raises(ValueError, match=r"those of y \['b', 'a'\]. Pass the same columns"):
        read_pooled(frame, frame[["b", "a"]])
    with pytest.raises(ValueError, match="holds numbers and that of y categories"):
        read_pooled(NUMBERS, ["a", "b"])


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (np.ones((2, 2, 2)), r"one axis \(samples\) or two"),
        (3.0, "an object of type float"),
        ({"a": [1, 2]}, "an object of type dict"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "x has several columns named 'a'"),
        ([], "0 samples"),
        (np.ones((3, 0)), "0 columns"),
        ([[1], [1, 2]], "different lengths"),
        ([1.0, np.inf], "contains infinity"),
        ([1j, 2], "Complex data not supported"),
        (pd.DataFrame({"a": [1.0, np.inf]}), "contains infinity"),
    ],
)
def test_what_cannot_be_read_is_said(bad, message):
    with pytest.raises(ValueError, match=message):
        read_variable(bad, "x")


def test_lazy_frames_and_sparse_matrices_are_refused():
    with pytest.raises(TypeError, match="lazy frame"):
        read_variable(pl.LazyFrame({"a": [1, 2]}), "x")
    from scipy.sparse import csr_array

    with pytest.raises(TypeError, match="sparse"):
        read_variable(csr_array(np.eye(2)), "x")


@pytest.mark.parametrize("decimals", [0, 1, 8])
def test_normal_scores_are_those_of_mid_ranks(decimals):
    values = NUMBERS.round(decimals)
    expected = ndtri(rankdata(values) / 201)
    np.testing.assert_allclose(normal_scores(values), expected, atol=1e-14)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 1001])
def test_normal_scores_are_antisymmetric_to_the_bit(n):
    table = normal_score_table(n)
    assert len(table) == 2 * n - 1
    np.testing.assert_array_equal(table, -table[::-1])


def test_normal_scores_do_not_change_with_monotone_maps():
    values = NUMBERS.round(1)
    np.testing.assert_array_equal(normal_scores(values), normal_scores(np.exp(values)))
    np.testing.assert_array_equal(normal_scores(values), -normal_scores(-(values**3)))


def test_transforms_leave_missing_values_out():
    values = np.append(NUMBERS, np.nan)
    for transform in ("normal_scores", "standardize"):
        found = transformed(values, transform)
        assert np.isnan(found[-1])
        np.testing.assert_array_equal(found[:-1], transformed(NUMBERS, transform))
    assert transformed(values, None) is values
    with pytest.raises(ValueError, match="transform must be"):
        transformed(values, "ranks")


def test_standardize():
    found = transformed(1e6 + 3 * NUMBERS, "standardize")
    assert abs(found.mean()) < 1e-6
    assert abs(found.std() - 1) < 1e-9
    np.testing.assert_array_equal(transformed(np.ones(3), "standardize"), np.zeros(3))
    for factor in (2.0**1000, 2.0**-1000):
        expected = transformed(NUMBERS, "standardize")
        np.testing.assert_array_equal(transformed(factor * NUMBERS, "standardize"), expected)


def test_codes_are_numbered_in_order():
    np.testing.assert_array_equal(renumber(np.array([7, 3, 7, 900])), [1, 0, 1, 2])
    first, second = np.array([0, 2, 2, 0]), np.array([5, 0, 1, 5])
    np.testing.assert_array_equal(combine(first, second), [0, 1, 2, 0])
