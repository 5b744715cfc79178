"""What cells do not show of numbers: the extremes, and whether a single value repeats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._counts._compressed import check_sum, pack_numbers, unpack_numbers
from sklearn_infotheory._storage import Entry
from sklearn_infotheory._types import Floats, Weights

N_BUCKETS = 1 << 10  # a kilobyte of a profile per column
_BITS = np.uint64(64 - 10)
_EXCESS = 5.0
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio: Fibonacci hashing


@dataclass(frozen=True)
class ValueSummary:
    """Extremes of a column, and its values counted in buckets by a hash of each.

    Equal values share a bucket, and which others do has nothing to do with how large they are or
    how often they occur: a bucket is a cell that no count has chosen. Sums do not depend on how
    rows were shared out.

    Attributes
    ----------
    low, high : float
        Smallest and largest finite value; infinite, the wrong way round, where there is none.
    buckets : ndarray of shape (n_buckets,)
    """

    low: float = np.inf
    high: float = -np.inf
    buckets: Floats = field(default_factory=lambda: np.zeros(N_BUCKETS))

    @classmethod
    def of(cls, values: Floats, weights: Weights) -> ValueSummary:
        """Summarise a column; NaN is missing, and a weight of zero is absence."""
        present = np.isfinite(values)
        if weights is not None:
            present &= weights > 0
        if not present.all():
            values, weights = values[present], None if weights is None else weights[present]
        if not len(values):
            return cls()
        counts = np.bincount(bucket_of(values), weights, N_BUCKETS).astype(np.float64)
        return cls(float(values.min()), float(values.max()), counts)

    def __add__(self, other: ValueSummary) -> ValueSummary:
        low, high = min(self.low, other.low), max(self.high, other.high)
        return ValueSummary(low, high, self.buckets + other.buckets)

    @property
    def n(self) -> float:
        return float(self.buckets.sum())

    def to_dict(self) -> dict[str, Any]:
        extremes = [self.low, self.high] if self.n else None
        return {"extremes": extremes, "buckets": pack_numbers(self.buckets)}

    @classmethod
    def from_entry(cls, entry: Entry, most: float) -> ValueSummary:
        """Restore what ``to_dict`` gave, of no more values than so many."""
        buckets = unpack_numbers(entry["buckets"], N_BUCKETS)
        if buckets.sum() > most:
            check_sum(buckets, most, entry["buckets"].place)
        if entry["extremes"].is_none:
            return cls()
        low, high = (part.number() for part in entry["extremes"].parts(2))
        if low > high:
            raise entry["extremes"].wrong("the smallest value and the largest")
        return cls(low, high, buckets)


NO_VALUES = ValueSummary()


@dataclass(frozen=True)
class ValuesOfBatch:
    """A batch beside the summary of its reference.

    Attributes
    ----------
    below, above : float
        Rows beyond the extremes of the reference.
    buckets : ndarray of shape (n_buckets,)
        Of the rows that were looked at: all, or of a large batch every second, third, ...
    frequent : dict from int to (float, int)
        The most frequent value of the bucket with the largest excess, and how often it occurs
        among the rows that were looked at; for messages.
    """

    below: float
    above: float
    buckets: Floats
    frequent: dict[int, tuple[float, int]]

    @classmethod
    def of(
        cls, values: Floats, weights: Weights, reference: ValueSummary, step: int
    ) -> ValuesOfBatch:
        # A NaN among the values makes both comparisons false, and they are counted one by one.
        least, most = values.min(initial=np.inf), values.max(initial=-np.inf)
        below = above = 0.0
        if not least >= reference.low:
            below = _sum_of(values < reference.low, weights)
        if not most <= reference.high:
            above = _sum_of(values > reference.high, weights)
        some, of_some = values[::step], None if weights is None else weights[::step]
        buckets = ValueSummary.of(some, of_some).buckets
        frequent = _value_in_excess(some, buckets, reference.buckets)
        return cls(below, above, buckets, frequent)

    def __add__(self, other: ValuesOfBatch) -> ValuesOfBatch:
        return ValuesOfBatch(
            self.below + other.below,
            self.above + other.above,
            self.buckets + other.buckets,
            _sum_of_frequent(self.frequent, other.frequent),
        )


def bucket_of(values: Floats) -> NDArray[np.intp]:
    """Hash numbers: the same number is in the same bucket on every machine."""
    bits = (np.ascontiguousarray(values) + 0.0).view(np.uint64)  # -0.0 is 0.0
    mixed = (bits ^ (bits >> np.uint64(32))) * _MULTIPLIER
    return (mixed >> _BITS).astype(np.intp)


def _sum_of(rows: NDArray[np.bool_], weights: Weights) -> float:
    return float(np.count_nonzero(rows) if weights is None else weights[rows].sum())


def _sum_of_frequent(
    ours: dict[int, tuple[float, int]], others: dict[int, tuple[float, int]]
) -> dict[int, tuple[float, int]]:
    found = dict(ours)
    for bucket, (value, times) in others.items():
        known, before = found.get(bucket, (value, 0))
        found[bucket] = (value, before + times) if value == known else (known, before)
    return found


def _value_in_excess(
    values: Floats, buckets: Floats, reference: Floats
) -> dict[int, tuple[float, int]]:
    """Return the bucket that holds most beyond what is expected, and its most frequent value."""
    # What is said in messages only, and dear: nothing for what chance does now and then.
    share = buckets.sum() / max(buckets.sum() + reference.sum(), 1.0)
    excess = buckets - 2 * share * (buckets + reference)
    fullest = int(np.argmax(excess))
    if excess[fullest] < _EXCESS:
        return {}
    finite = values[np.isfinite(values)]
    found, times = np.unique(finite[bucket_of(finite) == fullest], return_counts=True)
    return {fullest: (float(found[np.argmax(times)]), int(times.max()))}
