"""Intervals of noncentrality: what information can be behind an observed G."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import chndtr, ndtr

from sklearn_infotheory._types import Floats

_HALVINGS = 40
_EXACT_TAILS = 500.0  # noncentrality from which the tails come from an approximation


def noncentralities(x: Floats, freedom: Floats, error: float) -> tuple[Floats, Floats]:
    """Return the interval of noncentralities that accept x."""
    scale = np.sqrt(2 * freedom)

    def left_out(noncentrality: Floats) -> Floats:
        return error / 2 * noncentrality / (noncentrality + scale)

    def too_small(noncentrality: Floats) -> NDArray[np.bool_]:
        tail = 1 - _noncentral_cdf(x, freedom, noncentrality)
        return tail < error - left_out(noncentrality)

    def not_too_large(noncentrality: Floats) -> NDArray[np.bool_]:
        return _noncentral_cdf(x, freedom, noncentrality) >= left_out(noncentrality)

    highest = 2 * x + 40 * np.sqrt(x + freedom) + 40
    return _bisect(too_small, highest), _bisect(not_too_large, highest)


def _bisect(holds: Callable[[Floats], NDArray[np.bool_]], highest: Floats) -> Floats:
    """Find where a condition, true below and false above, ceases to hold in [0, highest]."""
    low, high = np.zeros_like(highest), highest.copy()
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        true = holds(middle)
        low, high = np.where(true, middle, low), np.where(true, high, middle)
    return np.where(holds(np.zeros_like(highest)), low, 0.0)


def _noncentral_cdf(x: Floats, freedom: Floats, noncentrality: Floats) -> Floats:
    """P(chi-square <= x); by Sankaran's (1963) normal law where the noncentrality is large."""
    k, c = freedom, noncentrality
    r, s = k + c, k + 2 * c
    h = 1 - 2 * r * (k + 3 * c) / (3 * s * s)
    p = s / (r * r)
    m = (h - 1) * (1 - 3 * h)
    z = (x / r) ** h - (1 + h * p * (h - 1 - (2 - h) * m * p / 2))
    cdf: Floats = ndtr(z / (h * np.sqrt(2 * p) * (1 + m * p / 2)))
    exact = c < _EXACT_TAILS
    cdf[exact] = chndtr(x[exact], k[exact], c[exact])
    return cdf
