"""Encodings against their formulas, evaluated bin by bin."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
import scipy.sparse as sp
from preprocessing.data import ENCODINGS
from sklearn.preprocessing import TargetEncoder

from sklearn_infotheory._columns._cell_names import group_labels, interval_labels
from sklearn_infotheory.preprocessing import EntropyDiscretizer
from sklearn_infotheory.preprocessing._column_binning import (
    ColumnBinning,
    Groups,
    Intervals,
    Trials,
    as_objects,
)
from sklearn_infotheory.preprocessing._encoding import (
    EncodingRule,
    nearest_rows,
    one_hot_matrix,
    write_encoded,
)


def column(counts, missing="bin", sums=None):
    """Return a column with these counts: bins of values, then missing."""
    counts = np.array(counts, float)
    cuts = np.arange(1.0, len(counts) - 1)
    return ColumnBinning(
        Intervals(tuple(cuts.tolist())),
        missing,
        len(counts) - 1,
        counts,
        None if sums is None else np.array(sums, float),
        np.zeros(len(counts) - 1),
        Trials.none(),
        np.nan,
        np.nan,
        True,
    )


BINARY = column([[30, 10], [5, 25], [0, 8], [4, 2]])
THREE = column([[30, 10, 1], [5, 25, 0], [0, 8, 9], [4, 2, 6]])
SEEN_COMPLETE = column([[30, 10], [5, 25], [0, 8], [0, 0]])


@pytest.mark.parametrize("smooth", [0.5, 1.0, 20.0])
@pytest.mark.parametrize("unit", [1.0, log(2)])
def test_woe(smooth, unit):
    table = EncodingRule("woe", smooth, unit).table(BINARY)
    p = 45 / 84
    for row, (n_0, n_1) in zip(table, BINARY.counts, strict=True):
        odds = (n_1 + smooth * p) / (n_0 + smooth * (1 - p))
        assert row.tolist() == [pytest.approx((log(odds) - log(p / (1 - p))) / unit)]


def test_woe_is_the_log_odds_of_the_smoothed_share():
    share = EncodingRule("target_mean", 3.0).table(THREE)
    prior = THREE.counts.sum(axis=0) / THREE.counts.sum()
    expected = np.log(share / (1 - share)) - np.log(prior / (1 - prior))
    np.testing.assert_allclose(EncodingRule("woe", 3.0).table(THREE), expected)


def test_woe_is_finite_and_zero_where_nothing_is_known():
    table = EncodingRule("woe", 1e-9).table(SEEN_COMPLETE)
    assert np.isfinite(table).all()
    assert table[-1, 0] == pytest.approx(0, abs=1e-6)
    one_bin = column([[30, 10], [0, 0]])
    assert (EncodingRule("woe").table(one_bin) == 0).all()
    without_a_class = column([[30, 10, 0], [5, 25, 0], [0, 0, 0]])
    assert (EncodingRule("woe").table(without_a_class)[:, 2] == 0).all()


def test_target_mean_of_classes():
    table = EncodingRule("target_mean", 2.0).table(THREE)
    prior = THREE.counts.sum(axis=0) / 100
    np.testing.assert_allclose(table[0], ([30, 10, 1] + 2 * prior) / 43)
    np.testing.assert_allclose(table.sum(axis=1), 1)
    assert EncodingRule("target_mean").table(BINARY).shape == (4, 1)


def test_target_mean_of_a_number():
    numbers = column([[3, 2], [1, 4], [0, 0]], sums=[10.0, 30.0, 0.0])
    table = EncodingRule("target_mean", 2.0).table(numbers)
    np.testing.assert_allclose(table[:, 0], [(10 + 8) / 7, (30 + 8) / 7, 4])


def test_target_mean_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 4, (300, 1))
    y = rng.integers(0, 2, 300)
    ours = EntropyDiscretizer(
        "equal_entropy", max_bins=4, encode="target_mean", smooth=7.0, categorical_features=[0]
    ).fit(X, y)
    theirs = TargetEncoder(smooth=7.0).fit(X, y)
    np.testing.assert_allclose(ours.transform(X), theirs.transform(X))


@pytest.mark.parametrize("unit", [1.0, log(2)])
def test_self_information(unit):
    table = EncodingRule("self_information", 2.0, unit).table(BINARY)
    weights = np.array([40, 30, 8, 6])
    np.testing.assert_allclose(table[:, 0], -np.log((weights + 2 / 4) / (84 + 2)) / unit)
    unseen = EncodingRule("self_information", 2.0).table(SEEN_COMPLETE)
    np.testing.assert_allclose(unseen[-1, 0], -log(2 / 4 / 80))


def test_thermometer_and_one_hot():
    assert EncodingRule("thermometer").table(BINARY).tolist() == [
        [0, 0, 0],
        [1, 0, 0],
        [1, 1, 0],
        [0, 0, 1],
    ]
    assert EncodingRule("thermometer").table(SEEN_COMPLETE)[:, :].tolist() == [
        [0, 0, 0],
        [1, 0, 0],
        [1, 1, 0],
        [0, 0, 1],
    ]
    assert (EncodingRule("onehot").table(BINARY) == np.eye(4)).all()
    assert (EncodingRule("onehot").table(SEEN_COMPLETE) == np.eye(4)).all()
    never_missing = column([[30, 10], [5, 25], [0, 8], [0, 0]], missing="error")
    assert (EncodingRule("onehot").table(never_missing) == np.eye(4, 3)).all()
    assert EncodingRule("thermometer").table(never_missing)[3].tolist() == [0, 0]


@pytest.mark.parametrize("encode", ENCODINGS)
def test_ignored_missing_values(encode):
    last = EncodingRule(encode).table(column([[3, 1], [2, 2], [0, 0]], "ignore"))[-1]
    if encode in ("onehot", "onehot-dense", "thermometer"):
        assert (last == 0).all()
    elif encode == "interval":
        assert last.tolist() == [None]
    else:
        assert np.isnan(last).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
def test_write_encoded(dtype):
    table = EncodingRule("onehot").table(BINARY)
    codes = np.array([2, 0, 3, 1, 0], np.uint8)
    out = np.empty((5, 4), dtype, order="F")
    write_encoded(codes, table, out)
    assert (out == table[codes]).all()
    ordinal = np.empty((5, 1), dtype)
    write_encoded(codes, EncodingRule("ordinal").table(BINARY), ordinal)
    assert (ordinal[:, 0] == codes).all()


def test_one_hot_matrix():
    rng = np.random.default_rng(1)
    n_bins = np.array([3, 1, 4])
    codes = rng.integers(0, n_bins + 1, (50, 3)).astype(np.int32)  # some beyond the bins
    matrix = one_hot_matrix(codes, n_bins, np.float32)
    parts = [np.eye(b + 1, b)[codes[:, j]] for j, b in enumerate(n_bins)]
    assert sp.issparse(matrix)
    assert matrix.format == "csr"
    assert matrix.dtype == np.float32
    assert matrix.has_canonical_format
    np.testing.assert_array_equal(matrix.toarray(), np.hstack(parts))


def test_one_hot_matrix_of_more_entries_than_its_codes_can_count():
    codes = np.tile(np.array([1, 0], np.int8), (100, 1))  # 200 entries; int8 counts to 127
    matrix = one_hot_matrix(codes, np.array([2, 2]), np.float64)
    np.testing.assert_array_equal(matrix.toarray(), np.tile([0, 1, 1, 0], (100, 1)))


def test_nearest_rows():
    table = np.array([[0.0], [2.0], [2.0], [5.0], [np.nan]])
    encoded = np.array([[-1.0], [1.0], [2.0], [3.5], [9.0], [np.nan]])
    assert nearest_rows(encoded, table, 5).tolist() == [0, 0, 1, 1, 3, 4]
    assert nearest_rows(encoded[:5], table, 4).tolist() == [0, 0, 1, 1, 3]
    eye = np.eye(3)
    assert nearest_rows(np.array([[0, 0.9, 0.2], [0, 0, 0]]), eye, 3).tolist() == [1, 0]


def test_interval_labels():
    assert interval_labels([]) == ["(-inf, inf)"]
    assert interval_labels([0.8, 1.75]) == ["(-inf, 0.8]", "(0.8, 1.75]", "(1.75, inf)"]
    close = interval_labels([1.0, 1.0 + 2**-52])
    assert len(set(close)) == 3


def test_group_labels():
    assert group_labels([("a", "b"), ()], 1) == ["{a, b}", "{other}"]
    ambiguous = group_labels([("a, b",), ("a", "b"), (1,), ("1",)], None)
    assert ambiguous == ["{'a, b'}", "{'a', 'b'}", "{1}", "{'1'}"]


def test_groups():
    groups = Groups(("a", "b", "c"), (2, 0, 3, 1), (1, 3), 1)
    assert groups.groups == (("c",), ("a",), ("b",))
    codes = groups.code(as_objects(["a", "b", "c", "never"]))
    assert codes.tolist() == [1, 2, 0, 1]
    assert groups.bin_labels() == ["{c}", "{a, other}", "{b}"]
    assert groups.label_of_places(0, 3) == "{a, c, other}"
    assert groups.threshold_labels() == [">={a, other}", ">={b}"]
