"""Codebooks of whole tables: fast paths, threads, weights, and the caller's data."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sklearn_infotheory._columns import ColumnCoder


def assert_same(first, second):
    """Compare (coder, codes) pairs."""
    (coder, codes), (other_coder, other_codes) = first, second
    assert coder.codebooks == other_coder.codebooks
    np.testing.assert_array_equal(codes.values, other_codes.values)
    np.testing.assert_array_equal(codes.n_levels, other_codes.n_levels)


def fitted(X, weights=None, n_bins=5, **options):
    coder = ColumnCoder(n_bins, **options)
    return coder, coder.fit_encode(X, weights)


dtypes = st.sampled_from(["int8", "int16", "int32", "int64", "uint8", "uint32", ">i2"])
integer_tables = dtypes.flatmap(
    lambda dtype: hnp.arrays(
        dtype,
        st.tuples(st.integers(1, 60), st.integers(1, 4)),
        elements=st.integers(0, 5)
        | st.sampled_from([0, 7, 62, 63, 64, 100])
        | st.integers(max(np.iinfo(dtype).min, -(2**53)), min(np.iinfo(dtype).max, 2**53)),
    )
)


@settings(deadline=None, max_examples=100)
@given(integer_tables, st.integers(2, 20), st.sampled_from("CF"), st.data())
def test_integers_are_coded_as_the_same_floats(X, n_bins, order, data):
    X = np.array(X, order=order)
    expected = fitted(X.astype(float), n_bins=n_bins)
    assert_same(fitted(X, n_bins=n_bins), expected)
    assert_same(fitted(X, n_bins=n_bins, strategy="uniform"),
                fitted(X.astype(float), n_bins=n_bins, strategy="uniform"))  # fmt: skip
    np.testing.assert_array_equal(expected[0].encode(X).values, expected[1].values)
    weights = data.draw(st.lists(st.integers(0, 3), min_size=len(X), max_size=len(X)))
    weights = np.array(weights, float)
    assert_same(fitted(X, weights, n_bins), fitted(X.astype(float), weights, n_bins))


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("n_threads", [2, 5])
def test_threads_and_memory_order_change_nothing(n_threads, order):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 21)) ** np.arange(1, 22)
    X[rng.random(X.shape) < 0.1] = np.nan
    whole = np.nan_to_num(np.clip(X * 10, -100, 100)).astype(np.int64)
    few = np.abs(whole) % np.where(np.arange(21) % 3, 5, 500)  # of few small values, and not
    for table in (X, whole, few):
        expected = fitted(table)
        columns = [fitted(table[:, [j]]) for j in range(21)]
        assert expected[0].codebooks == [coder.codebooks[0] for coder, _ in columns]
        np.testing.assert_array_equal(expected[1].values, [c.values[0] for _, c in columns])
        assert_same(fitted(np.array(table, order=order), n_threads=n_threads), expected)
        assert_same(fitted(pd.DataFrame(table), n_threads=n_threads), expected)
        strided = np.repeat(table, 2, axis=1)[:, ::2]
        assert_same(fitted(strided, n_threads=n_threads), expected)


def mixed_frame(n=80):
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "s": rng.choice(["a", "b", None, "rare"], n, p=[0.5, 0.3, 0.18, 0.02]),
            "x": np.where(rng.random(n) < 0.2, np.nan, rng.normal(size=n)),
            "i": rng.integers(0, 50, n),
            "few": rng.integers(0, 3, n),
            "b": rng.random(n) < 0.5,
            "c": pd.Categorical(rng.integers(0, 9, n)),
            "t": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 99, n), unit="h"),
        }
    )


def test_levels_reach_to_the_largest_code():
    coder, codes = fitted(mixed_frame())
    assert codes.values.dtype == np.uint8
    assert codes.values.shape == (codes.n_features, codes.n_samples) == (7, 80)
    np.testing.assert_array_equal(codes.n_levels, codes.values.max(axis=1).astype(int) + 1)
    again = coder.encode(mixed_frame())
    np.testing.assert_array_equal(again.values, codes.values)
    assert again.n_levels.tolist() == [book.n_cells for book in coder.codebooks]


@pytest.mark.parametrize("strategy", ["quantile", "uniform"])
def test_weights_count_as_repetitions_in_every_kind_of_column(strategy):
    X = mixed_frame()
    weights = np.random.default_rng(1).integers(0, 4, len(X))
    rows = np.repeat(np.arange(len(X)), weights)
    coder, codes = fitted(X, weights.astype(float), strategy=strategy)
    repeated, codes_of_repeated = fitted(X.iloc[rows], strategy=strategy)
    assert coder.codebooks == repeated.codebooks
    np.testing.assert_array_equal(codes.values[:, rows], codes_of_repeated.values)
    numbers = X[["x", "i", "few"]].to_numpy()
    sparse = sp.csc_array(numbers)
    for make in (numbers, numbers[:, 1:].astype(int), sparse):
        weighted, _ = fitted(make, weights.astype(float), strategy=strategy)
        again, _ = fitted(make[rows], strategy=strategy)
        assert weighted.codebooks == again.codebooks


def test_order_of_rows_does_not_matter():
    X = mixed_frame()
    order = np.random.default_rng(2).permutation(len(X))
    coder, codes = fitted(X)
    shuffled, codes_of_shuffled = fitted(X.iloc[order])
    assert coder.codebooks == shuffled.codebooks
    np.testing.assert_array_equal(codes.values[:, order], codes_of_shuffled.values)


@pytest.mark.parametrize("n_rows", [1, 2])
def test_one_row_is_enough(n_rows):
    codes = fitted(mixed_frame()[-n_rows:])[1]
    assert codes.n_samples == n_rows
    assert (codes.n_levels >= 1).all()
    assert fitted(np.zeros((n_rows, 2), int))[1].values.tolist() == [[0] * n_rows] * 2


@pytest.mark.parametrize("weights", [None, np.arange(80.0) % 3])
def test_the_data_of_the_caller_are_unchanged(weights):
    frame = mixed_frame()
    numbers = frame[["x", "i", "few"]].to_numpy()
    arrays = [
        numbers,
        np.asfortranarray(numbers),
        numbers[:, 1:].astype(np.int64),
        frame["few"].to_numpy(np.uint8)[:, None],
        frame.astype(object).to_numpy(),
    ]
    for X in arrays:
        kept = X.copy()
        X.setflags(write=False)
        coder, codes = fitted(X, weights)
        coder.encode(X)
        codes.values[:] = 0  # no view of X either
        pd.testing.assert_frame_equal(pd.DataFrame(X), pd.DataFrame(kept))
    kept = frame.copy(deep=True)
    coder, _ = fitted(frame, weights)
    coder.encode(frame)
    pd.testing.assert_frame_equal(frame, kept)
    frame = frame.drop(columns="c")
    for make in (pl.from_pandas, pa.Table.from_pandas):
        X, kept = make(frame), make(frame.copy(deep=True))
        fitted(X, weights)
        assert X.equals(kept)
    for X in (sp.csr_matrix(numbers), sp.csc_array(numbers)):
        kept = X.copy()
        fitted(X, weights)
        for part in ("data", "indices", "indptr"):
            np.testing.assert_array_equal(getattr(X, part), getattr(kept, part))
    if weights is not None:
        np.testing.assert_array_equal(weights, np.arange(80.0) % 3)
