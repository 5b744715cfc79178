"""Intervals of divergences from their estimate, its bias and its variance."""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.optimize import brentq
from scipy.special import chdtri, chndtr, ndtr

_EXACT_TAIL = 1000.0  # from here on the cube root is as good, and scipy's series may fail


def divergence_interval(
    value: float, bias: float, variance: float, level: float, center: float
) -> tuple[float, float]:
    r"""Return the interval of a divergence, within [0, inf).

    The plug-in estimate is taken for noncentral chi-square, with the degrees of freedom and the
    scale that have this bias and variance: near 0 it is skew and its spread does not vanish, and
    far from 0 its variance grows with the divergence. The interval holds all divergences whose
    acceptance region holds the estimate. The lower tail left out of that region is 0 at a
    divergence of 0, where no estimate is too small, and grows to half of 1 - level.

    Parameters
    ----------
    value : float
        Estimate less its bias.
    bias : float
        Above 0.
    variance : float
        Of the estimate, where the divergence is max(center, 0).
    level : float
        Confidence level.
    center : float
        The divergence at which the variance was found, such as that of a bootstrap.
    """
    if not (bias > 0 and variance > 0):
        return max(value, 0.0), max(value, 0.0)
    size = (bias + 2 * max(center, 0.0)) / variance  # N': 2 N' times the estimate is chi-square
    freedom, error = 2 * size * bias, 1 - level
    observed = max(2 * size * (value + bias), 0.0)
    lower = _least(lambda x: 1 - _tail(observed, freedom, x) - _upper_error(x, freedom, error))
    # What is smaller than chance makes it would leave an interval of no width.
    seen = max(observed, float(chdtri(freedom, 1 - error)))
    upper = _least(lambda x: error - _upper_error(x, freedom, error) - _tail(seen, freedom, x))
    return lower / (2 * size), upper / (2 * size)


def _upper_error(noncentrality: float, freedom: float, error: float) -> float:
    return error / 2 * (1 + math.exp(-noncentrality / math.sqrt(2 * freedom)))


def _tail(x: float, freedom: float, noncentrality: float) -> float:
    """Return the probability of a noncentral chi-square up to x."""
    mean = freedom + noncentrality
    if max(x, mean) < _EXACT_TAIL:
        return float(chndtr(x, freedom, noncentrality))
    # The cube root is nearly normal (Abdel-Aty 1954).
    spread = 2 * (freedom + 2 * noncentrality) / (9 * mean**2)
    return float(ndtr(((x / mean) ** (1 / 3) - 1 + spread) / math.sqrt(spread)))


def _least(rising: Callable[[float], float]) -> float:
    """Return where an increasing function of a noncentrality passes 0, at least 0."""
    if rising(0.0) >= 0:
        return 0.0
    above = 1.0
    while rising(above) < 0:
        above *= 4
    return float(brentq(rising, 0.0, above, xtol=1e-10, rtol=1e-10))
