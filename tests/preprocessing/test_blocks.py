"""Blocks: runs of sorted values, and the cut points between them."""

from __future__ import annotations

import math

import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from preprocessing.samples import (
    BATCHES,
    blocks_of,
    random_sample,
    samples,
)

from sklearn_infotheory.preprocessing._mdl import (
    make_blocks,
)


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("merge_pure", [True, False])
def test_blocks_equal_the_twin(merge_pure, batch):
    for seed, sample, _ in samples(batch):
        found = blocks_of(sample, merge_pure)
        expected = naive.make_blocks(*sample[:3], merge_pure)
        assert found.lowest.tolist() == [block.lowest for block in expected], seed
        assert found.highest.tolist() == [block.highest for block in expected], seed
        counts = np.zeros((len(expected), sample.n_classes))
        for row, block in zip(counts, expected, strict=True):
            row[list(block.counts)] = list(block.counts.values())
        np.testing.assert_allclose(found.counts, counts, rtol=1e-12, err_msg=str(seed))
        assert found.counts.flags.c_contiguous
        assert found.counts.dtype == np.float64


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.int64])
def test_blocks_of_any_integer_codes(dtype):
    sample = random_sample(3)
    found, expected = blocks_of(sample._replace(y=sample.y.astype(dtype))), blocks_of(sample)
    np.testing.assert_array_equal(found.counts, expected.counts)


def test_blocks_leave_their_input_alone():
    x, y, weights = np.array([3.0, 1.0, 2.0]), np.array([1, 0, 1], np.uint16), np.ones(3)
    for array in (x, y, weights):
        array.flags.writeable = False
    assert make_blocks(x, y, 2, weights).counts.tolist() == [[1, 0], [0, 2]]
    strided = np.repeat(x, 2)[::2]
    assert make_blocks(strided, np.repeat(y, 3)[::3], 2).counts.tolist() == [[1, 0], [0, 2]]


def test_zero_and_minus_zero_are_one_value():
    blocks = make_blocks(np.array([0.0, -0.0, 1.0]), np.array([0, 1, 1], np.uint16), 2)
    assert blocks.counts.tolist() == [[1, 1], [0, 1]]


finite = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def two_values(draw):
    low = draw(finite)
    high = draw(finite | st.just(math.nextafter(low, math.inf)) | st.just(-low))
    return sorted((low, high))


@settings(deadline=None, max_examples=300)
@given(two_values())
def test_a_cut_point_lies_in_the_middle_and_separates(pair):
    low, high = pair
    if low == high or math.isinf(high):
        return
    blocks = make_blocks(np.array([high, low]), np.array([0, 1], np.uint16), 2)
    (cut,) = blocks.cut_points(np.array([1]))
    assert low <= cut < high
    middle = naive.midpoint(low, high)
    assert abs(cut - middle) <= math.ulp(max(abs(low), abs(high)))


@pytest.mark.parametrize(
    ("low", "high", "cut"),
    [
        (1.0, 2.0, 1.5),
        (1.0, math.nextafter(1.0, 2.0), 1.0),
        (math.nextafter(1.0, 0.0), 1.0, math.nextafter(1.0, 0.0)),
        (-1.7e308, 1.7e308, 0.0),
        (-1.7976931348623157e308, 1.7976931348623157e308, 0.0),
        (1.6e308, 1.7e308, 1.65e308),
        (0.0, 5e-324, 0.0),
        (-5e-324, 0.0, -5e-324),
    ],
)
def test_cut_points_at_the_limits_of_floats(low, high, cut):
    blocks = make_blocks(np.array([low, high]), np.array([0, 1], np.uint16), 2)
    assert blocks.cut_points(np.array([1])).tolist() == [pytest.approx(cut, rel=1e-15, abs=0)]
