"""Values to codes: each kernel against its definition."""

import math

import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernels.calls import code_by_edges

from sklearn_infotheory._kernels._coding import pack_columns, transpose_small_integers

LIMITS = {
    dtype: np.iinfo(dtype) for dtype in ("int8", "int16", "int32", "int64", "uint8", "uint64")
}


def transposed(X):
    """Return the bytes (columns by rows), and the values and the union of bits of each column."""
    words = np.empty((X.shape[1], -(-X.shape[0] // 8)), np.uint64)
    present, union = np.zeros((2, X.shape[1]), np.uint64)
    transpose_small_integers(X, words, present, union)
    values = [{v for v in range(64) if mask >> v & 1} for mask in present.tolist()]
    return words.view(np.uint8), values, union


@pytest.mark.parametrize("order", ["C", "F", "strided"])
@pytest.mark.parametrize("dtype", LIMITS)
def test_small_integers_are_copied_and_others_are_noticed(dtype, order):
    rng = np.random.default_rng(0)
    for n_rows in (1, 7, 8, 9, 203):
        small = rng.integers(0, 64, (n_rows, 5))
        small[:, 1] = 0
        small[:, 2] = 63
        for extreme in (64, LIMITS[dtype].max, LIMITS[dtype].min):
            X = small.astype(dtype)
            X[rng.integers(n_rows), 3] = extreme
            if order == "strided":
                X = np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)[::2, ::3]
            else:
                X = np.array(X, order=order)
            codes, values, union = transposed(X)
            faithful = ((X >= 0) & (X <= 63)).all(axis=0)
            np.testing.assert_array_equal(union <= 63, faithful)
            np.testing.assert_array_equal(codes[faithful, :n_rows], X.T[faithful])
            assert not codes[:, n_rows:].any()
            assert [values[j] for j in np.flatnonzero(faithful)] == [
                set(X[:, j].tolist()) for j in np.flatnonzero(faithful)
            ]


@st.composite
def values_and_edges(draw):
    edges = draw(
        st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=20, unique=True)
    )
    edges = sorted(edges)
    value = st.floats()
    if edges:
        value |= st.sampled_from(edges) | st.sampled_from(
            [math.nextafter(e, math.inf) for e in edges]
        )
    return np.array(draw(st.lists(value, min_size=1, max_size=30))), np.array(edges, np.float64)


@settings(deadline=None, max_examples=100)
@given(values_and_edges())
def test_code_is_the_number_of_edges_strictly_below(case):
    values, edges = case
    codes = code_by_edges(values, edges)
    np.testing.assert_array_equal(codes, naive.bin_codes(values, edges))


@pytest.mark.parametrize("n_edges", [0, 1, 3, 4, 5, 20, 254])
@pytest.mark.parametrize("n_rows", [0, 1, 1023, 1024, 1025, 3000])
def test_codes_of_long_columns(n_rows, n_edges):
    rng = np.random.default_rng(n_rows + n_edges)
    edges = np.sort(rng.normal(size=n_edges))
    values = rng.normal(size=n_rows)
    values[::3] = rng.choice(np.append(edges, [np.nan, np.inf, -np.inf]), len(values[::3]))
    expected = (values[:, None] > edges).sum(axis=1)
    for column in (values, np.repeat(values, 2)[::2]):  # contiguous, and with gaps
        np.testing.assert_array_equal(code_by_edges(column, edges), expected)


@pytest.mark.parametrize("n_rows", [1, 5, 64])
def test_packed_columns_unpack_to_their_members(n_rows):
    rng = np.random.default_rng(0)
    n_levels = np.array([1, 256, 16, 16, 2, 128, 3, 5])
    codes = rng.integers(0, n_levels[:, None], (8, n_rows)).astype(np.uint8)
    codes[:, 0] = n_levels - 1  # the largest cell of each
    members = np.array([[0, -1, -1], [2, 3, -1], [4, 5, -1], [1, -1, -1], [7, 4, 6]])
    order = rng.permutation(n_rows).astype(np.uint32)
    starts = np.array([0, n_rows // 3, n_rows // 3, n_rows])  # the second class is empty
    lane_starts = np.add(starts, [0, 5, 7, 7])
    lanes = np.zeros((5, n_rows + 7), np.uint16)
    levels = np.where(members < 0, 1, n_levels[members])
    packed = np.empty(n_rows, np.uint16)
    pack_columns(codes, members, levels, (order, starts, lane_starts), packed, lanes)
    filled = np.concatenate(
        [
            np.arange(first, first + n)
            for first, n in zip(lane_starts[:-1], np.diff(starts), strict=True)
        ]
    )
    for row, packed in zip(members, lanes[:, filled].astype(int), strict=True):
        for member in row[row >= 0]:
            np.testing.assert_array_equal(packed % n_levels[member], codes[member, order])
            packed //= n_levels[member]
        assert not packed.any()
    assert not np.delete(lanes, filled, axis=1).any()
