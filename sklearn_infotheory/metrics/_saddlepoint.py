"""Tails of the loss that calibrated predictions expect of themselves."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from sklearn_infotheory._types import Floats

_MOST_STEPS = 100
_CENTRAL = 1e-3  # nearer to the mean, in standard deviations, the formula is 0 / 0
_SMALL_SKEWNESS, _SMALL_KURTOSIS = 0.05, 0.02  # of sums of about a thousand rows
_CENTRAL_PART = 4.0  # as far out as this in standard deviations; farther, they must be smaller
_EQUAL = 1e-9  # losses this near, in standard deviations of the sum or in nats of a row, are equal


def two_sided_p_value(
    excess: float,
    variance: float,
    proba: Floats,
    logs: Floats,
    entropies: Floats,
    weights: Floats,
) -> float:
    """Return the probability of an excess loss as far out, by twice the smaller tail.

    Lugannani and Rice (1980), eq. 10, with the saddlepoint t, the cumulant generating function K
    and the excess x: the tail is Phi(-r) + phi(r) (1 / u - 1 / r), where r = sign(t) sqrt(2 (t x -
    K(t))) and u = t sqrt(K''(t)). At the largest and the smallest loss that is possible there is no
    saddlepoint, and the tail is the probability of that loss itself.
    """
    law = _ExcessLoss(proba, logs, entropies, weights)
    tolerance = _EQUAL * float(np.sqrt(variance))
    for sign in (1.0, -1.0):
        extreme, probability = law.extreme(sign)
        if sign * (excess - extreme) > -tolerance:
            return min(1.0, 2 * probability)
    t = _saddlepoint(law, excess, tolerance)
    cumulant, _, curvature = law.cumulants(t)
    return _twice_smaller_tail(t, t * excess - cumulant, curvature)


def _twice_smaller_tail(t: float, divergence: float, curvature: float) -> float:
    # t x - K(t) is the divergence of the tilted distribution from the given one, and so not
    # negative; rounding may leave it below zero.
    root = np.sign(t) * np.sqrt(max(2 * divergence, 0.0))
    if abs(root) < _CENTRAL:  # u and r vanish together at the mean, where both tails are a half
        return 1.0
    scaled = t * np.sqrt(curvature)
    density = np.exp(-(root**2) / 2) / np.sqrt(2 * np.pi)
    correction = density * (1 / scaled - 1 / root)
    # The tail on the side of the excess: its complement would lose the digits of small tails.
    tail = ndtr(-abs(root)) + np.sign(root) * correction
    return float(np.clip(2 * min(tail, 1 - tail), 0.0, 1.0))


def p_value_of_cumulants(cumulants: Floats) -> float | None:
    """Return the p-value by the same formula from four cumulants, None where they do not suffice.

    The cumulant function is its series, which ends after t^4. The term that follows is below a
    thousandth where the standardised cumulants times powers of z are small, as of large samples.
    """
    excess, variance, third, fourth = cumulants.tolist()
    z = excess / np.sqrt(variance)
    skewness, kurtosis = third / variance**1.5, fourth / variance**2
    reach = max(1.0, abs(z) / _CENTRAL_PART)
    if abs(skewness) * reach > _SMALL_SKEWNESS or abs(kurtosis) * reach**2 > _SMALL_KURTOSIS:
        return None
    t = z
    for _ in range(8):  # Newton's method for K'(t) = z, from the root without cumulants 3 and 4
        slope = t + skewness * t**2 / 2 + kurtosis * t**3 / 6
        t += (z - slope) / (1 + skewness * t + kurtosis * t**2 / 2)
    cumulant = t**2 / 2 + skewness * t**3 / 6 + kurtosis * t**4 / 24
    curvature = 1 + skewness * t + kurtosis * t**2 / 2
    return _twice_smaller_tail(t, t * z - cumulant, curvature)


class _ExcessLoss:
    """The sum of weights * (surprisal - entropy) of independent labels."""

    def __init__(self, proba: Floats, logs: Floats, entropies: Floats, weights: Floats) -> None:
        self.proba, self.entropies, self.weights = proba, entropies, weights
        least = np.where(proba > 0, -logs, np.inf).min(axis=1, keepdims=True)
        # Impossible classes never count. With the least surprisal of the row, the largest power is
        # always one of a possible class, and the powers of these do not all underflow.
        self.surprisals = np.where(proba > 0, -logs, least)

    def extreme(self, sign: float) -> tuple[float, float]:
        """Return the largest sum that is possible, or the smallest for sign -1, and how probable.

        A weight of k is k labels, all of which must be the extreme one, or one of equals.
        """
        signed = np.where(self.proba > 0, sign * self.surprisals, -np.inf)
        ends = signed.max(axis=1, keepdims=True)
        at_end = np.where(signed >= ends - _EQUAL, self.proba, 0.0).sum(axis=1)
        extreme = self.weights @ (sign * ends[:, 0] - self.entropies)
        return float(extreme), float(np.exp(self.weights @ np.log(at_end)))

    def cumulants(self, t: float) -> tuple[float, float, float]:
        """Return the cumulant generating function at t, its slope and its curvature.

        With the surprisals s and the entropy H of a row it is log sum_k p_k exp(t s_k) - t H.
        Cumulants of independent rows add up, and a weight of k is k rows.
        """
        powers = t * self.surprisals
        largest = powers.max(axis=1, keepdims=True)  # subtracted, so that no power overflows
        # Slope and curvature are the mean and the variance of s after tilting p by exp(t s).
        tilted = self.proba * np.exp(powers - largest)
        totals = tilted.sum(axis=1)
        tilted /= totals[:, None]
        means = (tilted * self.surprisals).sum(axis=1)
        variances = (tilted * (self.surprisals - means[:, None]) ** 2).sum(axis=1)
        logs = np.log(totals) + largest[:, 0] - t * self.entropies
        slope = self.weights @ (means - self.entropies)
        return float(self.weights @ logs), float(slope), float(self.weights @ variances)


def _saddlepoint(law: _ExcessLoss, excess: float, tolerance: float) -> float:
    """Return where the slope of the cumulant function is the excess, by bounded Newton steps.

    The slope increases from the smallest to the largest sum that is possible, so that every step
    bounds the saddlepoint from one side.
    """
    t, low, high = 0.0, -np.inf, np.inf
    for _ in range(_MOST_STEPS):
        _, slope, curvature = law.cumulants(t)
        gap = excess - slope
        if abs(gap) < tolerance:
            break
        low, high = (t, high) if gap > 0 else (low, t)
        most = 2 + abs(t)  # far out the slope is flat, and a Newton step would leave all bounds
        step = (
            float(np.clip(gap / curvature, -most, most)) if curvature > 0 else most * np.sign(gap)
        )
        t = t + step if low < t + step < high else (low + high) / 2
    return t
