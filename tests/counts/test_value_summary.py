"""Extremes and buckets of numbers, which do not depend on how rows are shared out."""

import json

import numpy as np
import pytest

from sklearn_infotheory._counts._value_summary import (
    N_BUCKETS,
    ValuesOfBatch,
    ValueSummary,
    bucket_of,
)
from sklearn_infotheory._storage import Damaged, Entry


def same(a, b):
    return (a.low, a.high, a.buckets.tolist()) == (b.low, b.high, b.buckets.tolist())


def test_summary_is_plain_counting():
    values = np.array([3.0, np.nan, -1.5, 3.0, np.inf, 0.0, -0.0])
    summary = ValueSummary.of(values, None)
    assert (summary.low, summary.high, summary.n) == (-1.5, 3.0, 5)
    buckets = bucket_of(np.array([3.0, -1.5, 0.0]))
    assert summary.buckets[buckets].tolist() == [2, 1, 2]
    weighted = ValueSummary.of(values, np.array([2.0, 9, 0, 1, 9, 1, 1]))
    assert (weighted.low, weighted.n) == (0.0, 5)
    assert same(ValueSummary.of(values[:0], None), ValueSummary())


def test_sums_do_not_depend_on_the_parts():
    values = np.random.default_rng(0).normal(size=999)
    whole = ValueSummary.of(values, None)
    parts = [ValueSummary.of(part, None) for part in np.split(values, [1, 400])]
    assert same(parts[0] + parts[1] + parts[2], whole)
    assert same(parts[2] + parts[0] + parts[1], whole)
    assert same(whole + ValueSummary(), whole)


@pytest.mark.parametrize("values", [np.arange(20_000.0), np.arange(20_000) / 100,
                                    np.random.default_rng(0).normal(size=20_000)])  # fmt: skip
def test_buckets_are_even(values):
    counts = np.bincount(bucket_of(values), minlength=N_BUCKETS)
    expected = len(values) / N_BUCKETS
    assert ((counts - expected) ** 2).sum() / expected < 3 * N_BUCKETS


def test_a_batch_beside_its_reference():
    rng = np.random.default_rng(1)
    reference = ValueSummary.of(rng.normal(size=5000), None)
    values = rng.normal(size=800) / 2
    values[:30], values[30], values[31], values[32] = 0.123, 99, -99, np.nan
    batch = ValuesOfBatch.of(values, None, reference, 1)
    assert (batch.below, batch.above, batch.buckets.sum()) == (1, 1, 799)
    assert list(batch.frequent.values()) == [(0.123, 30)]
    assert batch.buckets[next(iter(batch.frequent))] >= 30
    some = ValuesOfBatch.of(values, None, reference, 10)
    assert (some.below, some.above, some.buckets.sum()) == (1, 1, 80)
    parts = [ValuesOfBatch.of(part, None, reference, 1) for part in np.split(values, [300])]
    assert (parts[0] + parts[1]).above == 1
    assert (parts[0] + parts[0]).frequent == dict.fromkeys(parts[0].frequent, (0.123, 60))
    np.testing.assert_array_equal((parts[0] + parts[1]).buckets, batch.buckets)


def test_json():
    summary = ValueSummary.of(np.random.default_rng(0).normal(size=500), None)
    for of in (summary, ValueSummary()):
        entry = Entry(json.loads(json.dumps(of.to_dict(), allow_nan=False)))
        assert same(ValueSummary.from_entry(entry, 500), of)
    for change in ({"extremes": [1, 0]}, {"extremes": [1]}, {"buckets": None}):
        with pytest.raises(Damaged):
            ValueSummary.from_entry(Entry(summary.to_dict() | change), 500)
    with pytest.raises(Damaged, match="sum to 500"):
        ValueSummary.from_entry(Entry(summary.to_dict()), 400)
