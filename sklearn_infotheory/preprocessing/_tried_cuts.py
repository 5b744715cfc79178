"""The cuts that a criterion tried, accepted or not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._storage import Entry


@dataclass(frozen=True)
class Trials:
    """Cuts that were tried, one an entry of each array.

    Attributes
    ----------
    low, high, cut : ndarray of float64
        What lies between low and high would be split at cut: values, infinite at the ends, or
        places in the order of the categories.
    gain, threshold : ndarray of float64
        In nats per sample.
    accepted : ndarray of bool
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    cut: NDArray[np.float64]
    gain: NDArray[np.float64]
    threshold: NDArray[np.float64]
    accepted: NDArray[np.bool_]

    @classmethod
    def of(cls, tests: NDArray[np.void], low: Any, high: Any, cut: Any) -> Trials:
        """Join the outcome of tests with what they would have split, and where."""
        return cls(low, high, cut, tests["gain"], tests["threshold"], tests["accepted"])

    @classmethod
    def none(cls) -> Trials:
        """Return no trials."""
        return cls._of_rows([])

    def rejected_first(self) -> Trials:
        """Return the rejected cuts, then the accepted ones."""
        order = np.argsort(self.accepted, kind="stable")
        return Trials(*(part[order] for part in self._parts()))

    def _parts(self) -> list[NDArray[Any]]:
        return [self.low, self.high, self.cut, self.gain, self.threshold, self.accepted]

    def to_rows(self) -> list[list[Any]]:
        """List the trials by what JSON can hold: None for infinite bounds."""
        columns = [part.tolist() for part in self._parts()]
        return [[finite_or_none(value) for value in row] for row in zip(*columns, strict=True)]

    @classmethod
    def restore(cls, entry: Entry) -> Trials:
        """Read what ``to_rows`` wrote."""
        for_none = (-math.inf, math.inf, math.nan, math.nan, math.inf)
        rows = []
        for row in entry.parts():
            *numbers, accepted = row.parts(len(for_none) + 1)
            parts = zip(numbers, for_none, strict=True)
            rows.append([*(part.number_or(default) for part, default in parts), accepted.flag()])
        return cls._of_rows(rows)

    @classmethod
    def _of_rows(cls, rows: list[list[Any]]) -> Trials:
        low, high, cut, gain, threshold = (
            np.array([row[k] for row in rows], np.float64) for k in range(5)
        )
        return cls(low, high, cut, gain, threshold, np.array([row[5] for row in rows], bool))


def finite_or_none(value: Any) -> Any:
    """Return what JSON can hold."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
