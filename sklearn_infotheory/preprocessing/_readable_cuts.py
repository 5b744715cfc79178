"""Cut points that people can read: the shortest decimal, or date, near the middle of a gap.

All cuts between two neighbouring values give the same bins of the training samples. One near the
middle treats new values on both sides alike, so only the middle half of the gap is searched.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._types import Floats

_LARGEST_EXPONENT = 22  # powers of ten up to here are exact, so that one division rounds rightly
_POWERS = np.array([float(f"1e{k}") for k in range(_LARGEST_EXPONENT + 1)])
_DIGITS = 17
_DATE_UNITS = ("Y", "M", "D", "h", "m", "s", "ms")
_MOST_TICKS = 2.0**62
_TICKS = {"D": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1000}


def readable_cuts(low: Floats, high: Floats, middle: Floats, kind: str) -> Floats:
    """Return a cut for each gap: a value belongs below it iff it is at most ``low``.

    Parameters
    ----------
    low, high : ndarray of shape (n_cuts,)
        The values on both sides, low < high.
    middle : ndarray of shape (n_cuts,)
        What to return where no shorter cut is found.
    kind : {"value", "date", "duration"}
        Dates and durations are whole microseconds.

    Returns
    -------
    ndarray of shape (n_cuts,)
    """
    with np.errstate(over="ignore", invalid="ignore"):
        quarter = (high - low) / 4
        left, right = low + quarter, high - quarter
    cuts = middle.copy()
    if kind != "value":
        cuts = np.floor(cuts)
    open_ = np.flatnonzero((quarter > 0) & np.isfinite(quarter) & (left < right))
    for shorter in _CANDIDATES[kind](middle[open_]):
        found = (shorter >= left[open_]) & (shorter <= right[open_])
        cuts[open_[found]] = shorter[found]
    # No rounding of the quarters may carry a cut out of its gap.
    outside = (cuts < low) | (cuts >= high)
    return np.where(outside, middle, cuts)


def _decimals(middle: Floats) -> list[Floats]:
    """Round to more and more, then fewer and fewer digits; the last that fits is the shortest."""
    with np.errstate(divide="ignore"):
        largest = np.floor(np.log10(np.abs(middle))) + 1
    largest = np.where(np.isfinite(largest), largest, 0).astype(int)
    return [_multiples(middle, largest - step) for step in range(_DIGITS, -1, -1)]


def _multiples(middle: Floats, exponent: NDArray[np.intp]) -> Floats:
    """Return the nearest multiple of a power of ten; NaN where that power is not exact."""
    power = _POWERS[np.minimum(np.abs(exponent), _LARGEST_EXPONENT)]
    with np.errstate(over="ignore"):
        multiples = np.where(
            exponent >= 0, np.rint(middle / power) * power, np.rint(middle * power) / power
        )
    return np.where(np.abs(exponent) <= _LARGEST_EXPONENT, multiples, np.nan)


def _dates(middle: Floats) -> list[Floats]:
    """Round to milliseconds, seconds, ..., years, whichever of both neighbours is nearer."""
    ticks = np.clip(middle, -_MOST_TICKS, _MOST_TICKS).astype(np.int64)
    moments = ticks.view("M8[us]")
    found = []
    for unit in reversed(_DATE_UNITS):
        below = moments.astype(f"M8[{unit}]")
        above = (below + 1).astype("M8[us]").astype(np.int64)
        before = below.astype("M8[us]").astype(np.int64)
        found.append(np.where(ticks - before <= above - ticks, before, above).astype(np.float64))
    return found


def _durations(middle: Floats) -> list[Floats]:
    return [np.rint(middle / ticks) * ticks for ticks in reversed(_TICKS.values())]


_CANDIDATES: dict[str, Callable[[Floats], list[Floats]]] = {
    "value": _decimals,
    "date": _dates,
    "duration": _durations,
}
