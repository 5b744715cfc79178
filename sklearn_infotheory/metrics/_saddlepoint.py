"""Tails of the loss that calibrated predictions expect of themselves."""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr, ndtr

from sklearn_infotheory._types import Floats

_MOST_STEPS = 100
_CENTRAL = 1e-3  # nearer to the mean, in standard deviations, the formula is 0 / 0


def two_sided_p_value(
    excess: float,
    variance: float,
    proba: Floats,
    logs: Floats,
    entropies: Floats,
    weights: Floats,
) -> float:
    """Return the probability of an excess loss as far out, by twice the smaller tail.

    Lugannani and Rice (1980), eq. 10. Beyond the largest or smallest loss that is possible there
    is no saddlepoint; the p-value is then that of the extreme.
    """
    law = _Law(proba, logs, entropies, weights)
    t = _saddlepoint(law, excess, variance)
    cumulant, _, curvature = law.cumulants(t)
    root = np.sign(t) * np.sqrt(max(2 * (t * excess - cumulant), 0.0))
    scaled = t * np.sqrt(curvature)
    if abs(root) < _CENTRAL or curvature <= 0:
        z = excess / np.sqrt(variance)
        if abs(z) >= _CENTRAL:  # an extreme without spread
            return float(min(1.0, 2 * np.exp(log_ndtr(-abs(z)))))
        return 1.0
    density = np.exp(-(root**2) / 2) / np.sqrt(2 * np.pi)
    correction = density * (1 / scaled - 1 / root)
    tail = ndtr(-abs(root)) + np.sign(root) * correction  # the smaller one, without cancellation
    return float(np.clip(2 * min(tail, 1 - tail), 0.0, 1.0))


class _Law:
    """The sum of weights * (surprisal - entropy) of independent labels."""

    def __init__(self, proba: Floats, logs: Floats, entropies: Floats, weights: Floats) -> None:
        self.proba, self.logs, self.entropies, self.weights = proba, logs, entropies, weights

    def cumulants(self, t: float) -> tuple[float, float, float]:
        """Return the cumulant generating function at t, its slope and its curvature."""
        surprisals = np.where(self.proba > 0, -self.logs, 0.0)
        powers = t * surprisals
        largest = powers.max(axis=1, keepdims=True)
        tilted = self.proba * np.exp(powers - largest)
        totals = tilted.sum(axis=1)
        tilted /= totals[:, None]
        means = (tilted * surprisals).sum(axis=1)
        variances = (tilted * (surprisals - means[:, None]) ** 2).sum(axis=1)
        logs = np.log(totals) + largest[:, 0] - t * self.entropies
        slope = self.weights @ (means - self.entropies)
        return float(self.weights @ logs), float(slope), float(self.weights @ variances)


def _saddlepoint(law: _Law, excess: float, variance: float) -> float:
    """Return where the slope of the cumulant function is the excess, by bounded Newton steps."""
    t, low, high = 0.0, -np.inf, np.inf
    tolerance = 1e-9 * np.sqrt(variance)
    for _ in range(_MOST_STEPS):
        _, slope, curvature = law.cumulants(t)
        gap = excess - slope
        if abs(gap) < tolerance or curvature < 1e-14 * variance:
            break
        low, high = (t, high) if gap > 0 else (low, t)
        step = float(np.clip(gap / curvature, -2 - abs(t), 2 + abs(t)))
        t = t + step if low < t + step < high else (low + high) / 2
    return t
