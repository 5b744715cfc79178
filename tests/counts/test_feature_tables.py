"""Tables of every feature with the target, many features counted in one pass."""

import tracemalloc

import naive
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_infotheory._columns import (
    ColumnCoder,
    DenseCodes,
    Intervals,
    SparseCodes,
)
from sklearn_infotheory._counts import NO_WEIGHTS, FeatureCounter


def n_log_n_sum(*columns, weights):
    counts = naive.joint_counts(*columns, weights=weights).values()
    return sum(count * np.log(count) for count in counts)


def check_against_definition(counter, columns, w, n_w, weights, features=None):
    """Compare tables and sums of all, or some, features with plain counting."""
    y, tables = counter.y, counter.tables()
    for j, column in enumerate(columns):
        expected = np.zeros((int(counter.codes.n_levels[j]), counter.n_y))
        for cell, count in naive.joint_counts(column, y, weights=weights).items():
            expected[cell] = count
        np.testing.assert_allclose(tables.table(j), expected, rtol=1e-12, atol=1e-12)
    features = np.arange(len(columns)) if features is None else np.array(features)
    expected = [
        [
            n_log_n_sum(w, y, columns[j], weights=weights),
            n_log_n_sum(w, columns[j], weights=weights),
        ]
        for j in features
    ]
    found = counter.sums(features, w, n_w)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-9)


def dense_codes(n_levels, n, seed=0):
    """Draw codes; the last row holds the largest code of each column."""
    rng = np.random.default_rng(seed)
    n_levels = np.array(n_levels)
    values = rng.integers(0, n_levels[:, None], (len(n_levels), n)).astype(np.uint8)
    values[:, -1] = n_levels - 1
    return DenseCodes(values, n_levels)


def draw_weights(weighting, n):
    rng = np.random.default_rng(7)
    return {
        "none": NO_WEIGHTS,
        "whole": rng.integers(0, 4, n).astype(float),
        "fractional": rng.exponential(size=n) * (rng.random(n) < 0.8),
    }[weighting]


LEVELS = {
    "one": [3],
    "constant": [1, 1, 1, 2],
    "odd": [2, 5, 3, 4, 16],
    "mixed": [256, 2, 100, 1, 17, 15, 16, 16, 128, 2, 255, 1],
}


@pytest.mark.parametrize("weighting", ["none", "whole", "fractional"])
@pytest.mark.parametrize("n_levels", LEVELS.values(), ids=LEVELS)
@pytest.mark.parametrize("n", [1, 3, 4, 5, 203])
@pytest.mark.parametrize("typical", [1, 50_000], ids=["packed", "alone"])
def test_packed_counts_equal_plain_counts(n, n_levels, weighting, typical):
    codes, weights = dense_codes(n_levels, n), draw_weights(weighting, n)
    rng = np.random.default_rng(1)
    w, y = rng.integers(0, 4, n).astype(np.uint8), rng.integers(0, 3, n).astype(np.uint16)
    maybe = weights if weights.size else None
    counter = FeatureCounter(codes, weights, y, 3, typical)
    check_against_definition(counter, codes.values, w, 4, maybe)
    # Some features only, in any order.
    some = rng.permutation(len(n_levels))[: max(1, len(n_levels) // 2)]
    check_against_definition(counter, codes.values, w, 4, maybe, some)


@pytest.mark.parametrize("weighting", ["none", "fractional"])
def test_tables_beyond_16_bits_are_counted_all_the_same(weighting):
    """256 cells fit 256 conditions exactly; with more, only some columns fit."""
    n, n_levels = 2000, [256, 2, 100, 128, 2, 16, 15]
    codes, weights = dense_codes(n_levels, n), draw_weights(weighting, n)
    rng = np.random.default_rng(1)
    for n_w, n_y in ((256, 4), (257, 4), (700, 7), (2000, 3), (40_000, 2)):
        w, y = rng.integers(0, n_w, n), rng.integers(0, n_y, n).astype(np.uint16)
        w[-1], y[-1] = n_w - 1, n_y - 1  # the last cell of all
        counter = FeatureCounter(codes, weights, y, n_y, 250)
        fits = counter._packed.n_cells * n_w <= 1 << 16
        assert fits.all() == (n_w == 256)
        features = [3, 0, 1, 6]
        maybe = weights if weights.size else None
        if n_w <= 257:
            check_against_definition(counter, codes.values, w, n_w, maybe, features)
            continue
        for (fine, coarse), j in zip(
            counter.sums(np.array(features), w, n_w), features, strict=True
        ):
            column = codes.values[j]
            assert fine == pytest.approx(n_log_n_sum(w, y, column, weights=maybe))
            assert coarse == pytest.approx(n_log_n_sum(w, column, weights=maybe))


@pytest.mark.parametrize("weighting", ["none", "fractional"])
@pytest.mark.parametrize("share_of_zeros", [0, 0.9])
def test_many_columns_in_one_lane(share_of_zeros, weighting):
    """Three columns of eight levels share a table of 4096 cells with a condition of eight."""
    n = 9001
    codes, weights = dense_codes([8] * 6, n), draw_weights(weighting, n)
    rng = np.random.default_rng(1)
    codes.values[:, :-1][rng.random((6, n - 1)) < share_of_zeros] = 0
    w, y = rng.integers(0, 8, n).astype(np.uint8), rng.integers(0, 2, n).astype(np.uint16)
    counter = FeatureCounter(codes, weights, y, 2, 8)
    assert (counter._packed.members >= 0).sum(axis=1).tolist() == [3, 3]
    assert counter._packed.has_runs.all() == (share_of_zeros > 0)
    check_against_definition(counter, codes.values, w, 8, weights if weights.size else None)


def test_huge_tables_of_few_samples_are_not_filled():
    """A table (w, y, x) of 60 million cells for 600 samples: only what occurs is counted."""
    n, n_y = 600, 1000
    codes = dense_codes([250, 3], n)
    rng = np.random.default_rng(1)
    w, y = rng.integers(0, 250, n).astype(np.uint8), rng.integers(0, n_y, n).astype(np.uint16)
    counter = FeatureCounter(codes, NO_WEIGHTS, y, n_y, 250)
    tracemalloc.start()
    check_against_definition(counter, codes.values, w, 250, None)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30e6


def test_constant_columns_do_not_widen_all_groups():
    codes = dense_codes([1] * 500 + [40] * 20, 300)
    y = np.random.default_rng(0).integers(0, 2, 300).astype(np.uint16)
    counter = FeatureCounter(codes, NO_WEIGHTS, y, 2, 1)
    assert counter._packed.members.shape[1] <= 12
    check_against_definition(counter, codes.values, codes.column(510), 40, None)


def test_first_cells_of_tables_of_two_rows_and_columns():
    """Levels and classes that do not occur are passed over."""
    codes = DenseCodes(
        np.array([[1, 1, 1, 3, 3, 3], [0, 1, 1, 0, 0, 0], [2, 2, 3, 3, 3, 3]], np.uint8),
        np.array([4, 2, 4]),
    )
    y = np.array([1, 1, 2, 2, 1, 2], np.uint16)
    tables = FeatureCounter(codes, NO_WEIGHTS, y, 4, 2).tables()
    expected = [[2, 3, 3], [2, 4, 3], [2, 2, 3]]  # (x, y) = (1, 1), (0, 1) and (2, 1)
    np.testing.assert_array_equal(tables.first_cells(np.arange(3)).T, expected)
    np.testing.assert_array_equal(tables.first_cells(np.array([2, 0])).T, [[2, 2, 3], [2, 3, 3]])
    assert tables.first_cells(np.empty(0, int)).shape == (3, 0)


def test_counts_beyond_the_table_of_logarithms():
    n = (1 << 20) + 1
    codes = DenseCodes(np.zeros((1, n), np.uint8), np.array([1]))
    zeros = np.zeros(n, np.uint16)
    counter = FeatureCounter(codes, NO_WEIGHTS, zeros, 1, 1)
    assert len(counter.n_log_n) < n
    np.testing.assert_allclose(counter.sums(np.array([0]), zeros, 1), n * np.log(n))
    assert counter.tables().counts.tolist() == [n]


@pytest.mark.parametrize("is_sparse", [False, True])
@pytest.mark.parametrize("weighting", ["none", "whole", "fractional"])
def test_threads_change_not_a_bit(weighting, is_sparse):
    n = 301
    weights = draw_weights(weighting, n)
    codes = dense_codes(LEVELS["mixed"], n)
    if is_sparse:
        X = sp.random_array((n, 9), density=0.3, format="csc", rng=np.random.default_rng(0))
        codes = ColumnCoder(5).fit_encode(X)
    rng = np.random.default_rng(1)
    w, y = rng.integers(0, 30, n), rng.integers(0, 9, n).astype(np.uint16)
    one, two, many = (FeatureCounter(codes, weights, y, 9, 6, k) for k in (1, 2, 16))
    features = rng.permutation(codes.n_features)[:7]
    for other in (two, many):
        np.testing.assert_array_equal(other.tables().counts, one.tables().counts)
        np.testing.assert_array_equal(other.sums(features, w, 30), one.sums(features, w, 30))


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_whole_weights_count_as_repetitions(data):
    n = data.draw(st.integers(1, 30))
    weights = np.array(data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)))
    codes = dense_codes([3, 1, 7, 2], n, seed=data.draw(st.integers(0, 99)))
    y = np.random.default_rng(0).integers(0, 3, n).astype(np.uint16)
    repeated = DenseCodes(np.repeat(codes.values, weights, axis=1), codes.n_levels)
    weighted = FeatureCounter(codes, weights.astype(float), y, 3, 2)
    plain = FeatureCounter(repeated, NO_WEIGHTS, np.repeat(y, weights), 3, 2)
    np.testing.assert_array_equal(weighted.tables().counts, plain.tables().counts)
    features = np.arange(4)
    np.testing.assert_allclose(
        weighted.sums(features, codes.column(2), 7),
        plain.sums(features, repeated.column(2), 7),
        rtol=1e-12,
        atol=1e-12,
    )


# --- Sparse ----------------------------------------------------------------------------------


def sparse_with_everything(n):
    """Return a CSC matrix with stored zeros, negative and missing values, and the same, dense."""
    rng = np.random.default_rng(0)
    dense = rng.integers(-2, 3, (n, 7)) * (rng.random((n, 7)) < 0.4).astype(float)
    dense[:, 1] = rng.normal(size=n)  # fully stored
    dense[:, 2] = 0  # empty
    dense[:, 3] *= rng.normal(size=n)  # more values than bins
    dense[:, 4] = 2  # constant, but not zero
    dense[rng.random(n) < 0.2, 5] = np.nan
    rows, columns = np.nonzero((dense != 0) | (rng.random(dense.shape) < 0.1))
    X = sp.csc_array((dense[rows, columns], (rows, columns)), shape=dense.shape)
    assert n < 5 or (X.data == 0).any()
    return X, dense


@pytest.mark.parametrize("weighting", ["none", "whole", "fractional"])
@pytest.mark.parametrize("n", [1, 6, 203])
def test_sparse_counts_equal_dense_counts(n, weighting):
    X, dense = sparse_with_everything(n)
    weights = draw_weights(weighting, n)
    weights[:1] = 1.0
    maybe = weights if weights.size else None
    sparse_coder, dense_coder = ColumnCoder(4), ColumnCoder(4)
    sparse_codes = sparse_coder.fit_encode(X, maybe)
    dense_codes = dense_coder.fit_encode(dense, maybe)
    assert isinstance(sparse_codes, SparseCodes)
    assert sparse_coder.codebooks == dense_coder.codebooks
    columns = [sparse_codes.column(j) for j in range(7)]
    np.testing.assert_array_equal(columns, dense_codes.values)
    rng = np.random.default_rng(1)
    w, y = rng.integers(0, 4, n).astype(np.uint8), rng.integers(0, 3, n).astype(np.uint16)
    counter = FeatureCounter(sparse_codes, weights, y, 3, 3)
    check_against_definition(counter, columns, w, 4, maybe)
    check_against_definition(counter, columns, w, 4, maybe, features=[5, 0, 3])
    np.testing.assert_allclose(
        counter.sums(np.arange(7), w, 4),
        FeatureCounter(dense_codes, weights, y, 3, 3).sums(np.arange(7), w, 4),
        rtol=1e-10,
        atol=1e-9,
    )


@pytest.mark.parametrize("make", [sp.csr_matrix, sp.csc_matrix, sp.coo_array, sp.csr_array])
def test_every_sparse_format_gives_the_same_codes(make):
    X, dense = sparse_with_everything(40)
    found = ColumnCoder(4).fit_encode(make(X))
    expected = ColumnCoder(4).fit_encode(dense)
    np.testing.assert_array_equal([found.column(j) for j in range(7)], expected.values)


def test_entries_stored_twice_are_added():
    X = sp.csc_matrix((np.ones(6), np.array([0, 3, 3, 3, 1, 0]), np.array([0, 6])), shape=(5, 1))
    kept = X.copy()
    codes = ColumnCoder(5).fit_encode(X)
    np.testing.assert_array_equal(codes.column(0), [2, 1, 0, 3, 0])
    np.testing.assert_array_equal(X.indices, kept.indices)  # the caller's matrix is as it was
    np.testing.assert_array_equal(X.data, kept.data)


@pytest.mark.parametrize("seed", range(30))
def test_rows_without_weight_do_not_bring_zero_into_a_sparse_codebook(seed):
    """The weight of what is not stored is a difference of sums, which rounding leaves above 0."""
    rng = np.random.default_rng(seed)
    dense = rng.integers(1, 4, (300, 1)).astype(float)
    weights = rng.random(300)
    dense[7], weights[7] = 0, 0
    coder = ColumnCoder(5)
    coder.fit_encode(sp.csc_matrix(dense), weights)
    assert coder.codebooks == [Intervals((1.5, 2.5))]
