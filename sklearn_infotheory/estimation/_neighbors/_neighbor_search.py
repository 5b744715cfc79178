"""Samples that are searched for neighbours: on a line, or in a space of several columns."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy.spatial import cKDTree

from sklearn_infotheory._types import Floats, Ints


class SearchableSamples(Protocol):
    """Samples, some of which are near a point. A point that is a sample is one of them."""

    def distance(self, points: Floats, k: int) -> Floats:
        """Return the distance from each point to the k-th nearest sample."""

    def count(self, points: Floats, reach: Floats) -> Ints:
        """Count the samples that are no further away from each point than its reach."""


def searchable(numbers: Floats) -> SearchableSamples:
    """Prepare samples of shape (n_samples, n_columns) for searches."""
    return _Line(numbers[:, 0]) if numbers.shape[1] == 1 else _Space(numbers)


class _Space:
    """Several columns, the largest difference in which is the distance."""

    def __init__(self, numbers: Floats) -> None:
        self._tree = cKDTree(numbers)

    def distance(self, points: Floats, k: int) -> Floats:
        distance: Floats = self._tree.query(points, [k], p=np.inf)[0][:, 0]
        return distance

    def count(self, points: Floats, reach: Floats) -> Ints:
        counts: Ints = self._tree.query_ball_point(points, reach, p=np.inf, return_length=True)
        return counts


class _Line:
    """One column, sorted: much faster than a tree, and no slower where thousands are equal."""

    def __init__(self, numbers: Floats) -> None:
        self._sorted = np.sort(numbers)
        self._distinct, counts = np.unique(self._sorted, return_counts=True)
        self._before = np.concatenate([[0], np.cumsum(counts)])

    def distance(self, points: Floats, k: int) -> Floats:
        """Of all windows of k samples, one of the two reaches least in which the sides change."""
        value, column = points[:, 0], self._sorted
        place = np.searchsorted(column, value)
        low, high = np.maximum(place - k, 0), np.minimum(place, len(column) - k)
        while (low < high).any():  # bisect for the first window that reaches further upwards
            middle = (low + high) // 2
            upwards = column[middle + k - 1] - value >= value - column[middle]
            high = np.where(upwards, middle, high)
            low = np.where(upwards, low, np.minimum(middle + 1, high))
        first, second = (
            np.maximum(value - column[start], column[start + k - 1] - value)
            for start in (np.maximum(low - 1, 0), low)
        )
        return np.minimum(first, second)

    def count(self, points: Floats, reach: Floats) -> Ints:
        value, distinct = points[:, 0], self._distinct
        first = np.searchsorted(distinct, value - reach)
        end = np.searchsorted(distinct, value + reach, side="right")
        # The ends are rounded, and the differences decide.
        padded = np.concatenate([[-np.inf], distinct, [np.inf]])
        while (more := (first > 0) & (value - padded[first] <= reach)).any():
            first = first - more
        while (fewer := value - padded[first + 1] > reach).any():
            first = first + fewer
        while (more := (end < len(distinct)) & (padded[end + 1] - value <= reach)).any():
            end = end + more
        while (fewer := padded[end] - value > reach).any():
            end = end - fewer
        return self._before[end] - self._before[first]
