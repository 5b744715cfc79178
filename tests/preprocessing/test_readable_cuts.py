"""Cut points are short, lie in the middle of their gap, and leave the bins as they are."""

from __future__ import annotations

from decimal import Decimal
from math import ceil, floor, log10

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from preprocessing.data import CRITERIA, mixed_frame

from sklearn_infotheory.preprocessing import EntropyDiscretizer
from sklearn_infotheory.preprocessing._readable_cuts import readable_cuts


def shortest_decimal(low, high):
    """Twin, exact: a multiple of the largest power of ten that has one, nearest to the middle."""
    low, high = Decimal(low), Decimal(high)
    left, right, middle = (3 * low + high) / 4, (low + 3 * high) / 4, (low + high) / 2
    top = max(abs(left), abs(right))
    for exponent in range(floor(log10(top)) + 2, -23, -1):
        power = Decimal(10) ** exponent
        fits = range(ceil(left / power), floor(right / power) + 1)
        if fits:
            return min((abs(k * power - middle), k * power) for k in (fits[0], *fits[:50]))[1]
    return None


@given(
    st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-3), st.floats(1e-3, 1e6), st.integers(0, 4)
)
def test_shortest_decimal(low, width, digits):
    low, high = round(low, digits), round(low + width, digits)
    if not low < high:
        return
    (cut,) = readable_cuts(*(np.array([v]) for v in (low, high, (low + high) / 2)), "value")
    assert low < cut < high
    expected = shortest_decimal(low, high)
    shortest = len(Decimal(repr(float(cut))).normalize().as_tuple().digits)
    assert shortest <= len(expected.normalize().as_tuple().digits) + 1  # the last digit may carry
    exponent = expected.normalize().as_tuple().exponent
    assert Decimal(repr(float(cut))).normalize().as_tuple().exponent >= exponent or cut == 0


@pytest.mark.parametrize(
    ("low", "high", "cut"),
    [
        (1.9, 3.0, 2.4),
        (0.6, 1.0, 0.8),
        (2.0, 3.0, 2.5),
        (1000.0, 3000.0, 2000.0),
        (-1.0, 1.5, 0.0),
        (12.18, 12.19, 12.185),
        (-3.0, -2.0, -2.5),
        (1.0, np.nextafter(1.0, 2), 1.0),
        (1e300, 1.5e300, 1.25e300),
        (-1.7e308, 1.7e308, 0.0),
    ],
)
def test_cuts(low, high, cut):
    middle = low + (high - low) / 2 if np.isfinite(high - low) else low / 2 + high / 2
    if middle >= high:
        middle = low
    found = readable_cuts(np.array([low]), np.array([high]), np.array([middle]), "value")
    assert found.tolist() == [cut]


@pytest.mark.parametrize(
    ("low", "high", "cut"),
    [
        ("2019-03-01", "2021-01-20", "2020-01-01"),
        ("2020-02-10", "2020-03-25", "2020-03-01"),
        ("2020-02-10", "2020-02-11", "2020-02-10T12:00"),
        ("2020-02-10T10:00:00.000001", "2020-02-10T10:00:00.000002", "2020-02-10T10:00:00.000001"),
    ],
)
def test_dates(low, high, cut):
    ends = np.array([low, high], "M8[us]").astype(np.int64).astype(float)
    (found,) = readable_cuts(ends[:1], ends[1:], ends.mean(keepdims=True), "date")
    assert np.datetime64(int(found), "us") == np.datetime64(cut, "us")


def test_durations():
    day = 86_400e6
    found = readable_cuts(
        np.array([1.2 * day]), np.array([3.1 * day]), np.array([2.15 * day]), "duration"
    )
    assert found.tolist() == [2 * day]


@pytest.mark.parametrize("criterion", CRITERIA)
def test_training_samples_keep_their_bins(criterion):
    X, y = mixed_frame(missing=False)
    X["number"] = X["number"].round(4)
    table = EntropyDiscretizer(criterion).fit(X[["number"]], y)
    edges = table.bin_edges_[0][1:-1]
    values = np.unique(X["number"])
    above = np.searchsorted(values, edges)
    assert (values[above - 1] < edges).all()
    assert (edges < values[above]).all()
    if criterion != "mdl_histogram":
        assert all(len(repr(edge)) <= 8 for edge in edges.tolist())


def test_labels_write_dates_and_booleans_as_such():
    days = pd.date_range("2020-01-11", periods=40)
    X = pd.DataFrame({"day": days, "wait": days - days[0], "flag": [False] * 20 + [True] * 20})
    discretizer = EntropyDiscretizer(encode="interval").fit(X, X["flag"])
    first, last = discretizer.transform(X)[[0, -1]].tolist()
    assert first == ["(-inf, 2020-01-30T12:00]", "(-inf, 19 days 12:00:00]", "False"]
    assert last == ["(2020-01-30T12:00, inf)", "(19 days 12:00:00, inf)", "True"]
    assert "False" in discretizer.binning_table("flag")["interval"].tolist()
