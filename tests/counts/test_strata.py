"""Strata are numbered alike in all parts of the data."""

import numpy as np
import pytest

from sklearn_infotheory._columns import DenseCodes
from sklearn_infotheory._counts import FeatureCounter, FeatureTables, Strata


def draw(n, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 4, (3, n)).astype(np.uint8), rng.integers(0, 3, n).astype(np.uint16)


@pytest.mark.parametrize("n_parts", [1, 2, 5])
def test_marks_of_parts_add_up_to_the_strata_of_the_whole(n_parts):
    codes, y = draw(300)
    whole = Strata.whole(np.arange(300))
    parts = [Strata.whole(rows) for rows in np.array_split(np.arange(300), n_parts)]
    for column in codes:
        whole = whole.refine(column, 4, y)
        marks = [part.mark(column, 4, y) for part in parts]
        numbers = sum(marks[1:], marks[0]).numbers()
        parts = [part.relabel(column, 4, numbers) for part in parts]
        np.testing.assert_array_equal(np.concatenate([p.rows for p in parts]), whole.rows)
        np.testing.assert_array_equal(np.concatenate([p.labels for p in parts]), whole.labels)
        parts = [Strata(p.rows, p.labels, whole.n_strata) for p in parts]


def count(codes, y):
    levels = np.full(len(codes), 4)
    return FeatureCounter(DenseCodes(codes, levels), np.empty(0), y, 3, 4).tables()


def test_tables_of_parts_add_up():
    codes, y = draw(500)
    whole = count(codes, y)
    parts = [
        count(np.ascontiguousarray(codes[:, rows]), y[rows])
        for rows in (slice(0, 90), slice(90, 500))
    ]
    total = parts[0] + parts[1]
    assert isinstance(total, FeatureTables)
    np.testing.assert_array_equal(total.counts, whole.counts)
    np.testing.assert_array_equal(total.offsets, whole.offsets)
    with pytest.raises(ValueError, match="other columns or another target"):
        whole + count(codes[:2], y)
