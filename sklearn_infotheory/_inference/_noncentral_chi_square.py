r"""Intervals by the noncentral chi-square distribution: what can be behind an observed estimate.

Twice the number of samples times a plug-in divergence D is, in large samples, noncentral
chi-square: its noncentrality is 2 n D, its degrees of freedom are 2 n times the bias (Wilks 1938;
Kullback 1959, chapter 5). A normal interval is wrong near D = 0, where the distribution is skew and
its variance is not zero. So an interval holds every noncentrality that accepts the observed value.

``noncentralities`` takes many observations, and bisects for all of them at a time.
``divergence_interval`` takes one, and the bias and variance of a bootstrap for its distribution.

References
----------
Wilks, S. S. (1938). The large-sample distribution of the likelihood ratio for testing composite
hypotheses. Annals of Mathematical Statistics 9, 60-62. :doi:`10.1214/aoms/1177732360`

Sankaran, M. (1963). Approximations to the non-central chi-square distribution. Biometrika 50,
199-204. :doi:`10.1093/biomet/50.1-2.199`

Abdel-Aty, S. H. (1954). Approximate formulae for the percentage points and the probability integral
of the non-central chi-square distribution. Biometrika 41, 538-540. :doi:`10.1093/biomet/41.3-4.538`
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, chndtr, chndtrinc, ndtr

from sklearn_infotheory._types import Floats

POWER = 0.8  # with which what is called detectable is found

_HALVINGS = 40
_EXACT_TAILS = 500.0  # noncentrality from which the tails come from an approximation
_EXACT_TAIL = 1000.0  # from here on the cube root is as good, and scipy's series may fail


def noncentralities(x: Floats, freedom: Floats, error: float) -> tuple[Floats, Floats]:
    """Return the interval of noncentralities that accept x.

    Parameters
    ----------
    x, freedom : ndarray of shape (n,)
        Observed values, and their degrees of freedom.
    error : float
        One less the level.

    Notes
    -----
    The tail that an acceptance region leaves out below is 0 where the noncentrality is 0: no value
    is too small there. It grows to half of the error. So the lower end is above 0 where the
    one-sided test of level ``error`` rejects.
    """
    scale = np.sqrt(2 * freedom)  # the standard deviation of central chi-square

    def left_out(noncentrality: Floats) -> Floats:
        return error / 2 * noncentrality / (noncentrality + scale)

    def too_small(noncentrality: Floats) -> NDArray[np.bool_]:
        tail = 1 - _noncentral_cdf(x, freedom, noncentrality)
        return tail < error - left_out(noncentrality)

    def not_too_large(noncentrality: Floats) -> NDArray[np.bool_]:
        return _noncentral_cdf(x, freedom, noncentrality) >= left_out(noncentrality)

    # The variance is at most four times the mean: at this noncentrality x lies so many standard
    # deviations below the mean that it is not accepted.
    highest = 2 * x + 40 * np.sqrt(x + freedom) + 40
    return _bisect(too_small, highest), _bisect(not_too_large, highest)


def detectable_noncentralities(freedom: Floats, alpha: float) -> Floats:
    """Return the noncentralities that a test of level alpha finds with probability ``POWER``."""
    # Above the critical value, a share POWER of the noncentral distribution must lie.
    found: Floats = chndtrinc(chdtri(freedom, alpha), freedom, 1 - POWER)
    return found


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
    # The power h of x / (k + c) that has no skewness, and its mean and variance to second order.
    r, s = k + c, k + 2 * c
    h = 1 - 2 * r * (k + 3 * c) / (3 * s * s)
    p = s / (r * r)
    m = (h - 1) * (1 - 3 * h)
    z = (x / r) ** h - (1 + h * p * (h - 1 - (2 - h) * m * p / 2))
    cdf: Floats = ndtr(z / (h * np.sqrt(2 * p) * (1 + m * p / 2)))
    exact = c < _EXACT_TAILS
    cdf[exact] = chndtr(x[exact], k[exact], c[exact])
    return cdf


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
    # Chi-square with f degrees of freedom and noncentrality c has mean f + c and variance
    # 2 (f + 2 c). Divided by 2 N', with f = 2 N' bias and c = 2 N' D, these are bias + D and
    # (bias + 2 D) / N'.
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
    from scipy.optimize import brentq

    if rising(0.0) >= 0:
        return 0.0
    above = 1.0
    while rising(above) < 0:
        above *= 4
    return float(brentq(rising, 0.0, above, xtol=1e-10, rtol=1e-10))
