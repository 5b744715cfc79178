"""Counts and sums of bins, against plain loops."""

import numpy as np
import pytest

from sklearn_infotheory._kernels._bins import add_up_bins


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
@pytest.mark.parametrize("weighted", [False, True])
def test_counts_and_sums(dtype, weighted):
    rng = np.random.default_rng(0)
    codes, classes = rng.integers(0, 5, 300).astype(dtype), rng.integers(0, 3, 300)
    values, weights = rng.normal(size=300), rng.integers(0, 4, 300) / 2
    counts, sums = np.zeros((6, 3)), np.zeros(6)
    given = weights if weighted else np.empty(0)
    add_up_bins(codes, classes.astype(np.uint16), values, given, counts, sums)
    rows = zip(codes, classes, values, weights if weighted else np.ones(300), strict=True)
    expected_counts, expected_sums = np.zeros((6, 3)), np.zeros(6)
    for code, label, value, weight in rows:
        expected_counts[code, label] += weight
        expected_sums[code] += weight * value
    np.testing.assert_array_equal(counts, expected_counts)
    np.testing.assert_allclose(sums, expected_sums)


def test_nan_stays_in_its_bin():
    counts, sums = np.zeros((3, 1)), np.zeros(3)
    codes = np.array([0, 2, 1], np.uint8)
    values = np.array([1.0, np.nan, 2.0])
    add_up_bins(codes, np.zeros(3, np.uint16), values, np.empty(0), counts, sums)
    assert counts.tolist() == [[1], [1], [1]]
    np.testing.assert_array_equal(sums, [1, 2, np.nan])
