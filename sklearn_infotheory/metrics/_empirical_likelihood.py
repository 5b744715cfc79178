r"""Intervals of a mean by empirical likelihood, which bend where the values are skew (Owen 1988).

Among all distributions on the observed values, and on values that might have been observed, the one
with mean theta under which the sample is most probable has the probabilities

.. math:: \pi_i = \frac{n_i}{n} \frac{1}{1 + \lambda (v_i - \theta)}.

Minus twice the logarithm of its likelihood relative to that of the sample is chi-square in large
samples (Owen 1990), and is compared with the square of Student's t here. A value that was not
observed carries probability only if the mean lies so far out that the others cannot reach it: it
is what makes an interval honest when a rare class did not occur, whose loss is known all the same.

References
----------
Owen, A. B. (1988). Empirical likelihood ratio confidence intervals for a single functional.
Biometrika 75, 237-249. :doi:`10.1093/biomet/75.2.237`
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sklearn_infotheory._types import Floats

_FARTHEST = 1e8  # standard deviations of the values; from there the curve is a parabola


class Sample(NamedTuple):
    """Values, how often each was observed, and values that might have been."""

    values: Floats
    weights: Floats
    possible: Floats

    def mirrored(self) -> Sample:
        return Sample(-self.values, self.weights, -self.possible)


def likelihood_interval(sample: Sample, squared: float) -> tuple[float, float]:
    """Return the means whose ratio statistic is at most `squared`."""
    return -_upper_end(sample.mirrored(), squared), _upper_end(sample, squared)


def likelihood_ratio(sample: Sample, mean: float) -> float:
    """Return minus twice the log likelihood ratio of a mean; inf where it cannot be reached."""
    found = float(np.average(sample.values, weights=sample.weights))
    if mean == found:
        return 0.0
    return _ratio_above(sample, mean) if mean > found else _ratio_above(sample.mirrored(), -mean)


class _Tilted:
    """Distributions that lean to large values: probabilities n_i / (pole - v_i), made to sum to 1.

    As lambda = -1 / (pole - theta), the pole moves from infinity, where nothing leans, to the
    largest value that is possible.
    """

    def __init__(self, sample: Sample) -> None:
        self.n = float(sample.weights.sum())
        self.shares = sample.weights / self.n
        self.mean = float(self.shares @ sample.values)
        self.spread = float(np.sqrt(self.shares @ (sample.values - self.mean) ** 2))
        self.scaled = (sample.values - self.mean) / self.spread
        largest = max(sample.values.max(), *sample.possible, -np.inf)
        self.end = float((largest - self.mean) / self.spread)
        self.is_observed = bool(sample.values.max() >= largest)

    def at(self, pole: float) -> tuple[float, float]:
        """Return the mean and the ratio statistic at a pole."""
        gaps = 1 - self.scaled / pole
        inverse = float(self.shares @ (1 / gaps))
        # sum_i pi_i v_i = pole - 1 / sum_i (n_i / n) / (pole - v_i); (inverse - 1) is of order 1 /
        # pole^2, and is summed without cancellation.
        excess = float(self.shares @ (self.scaled**2 / gaps)) / pole**2
        ratio = 2 * self.n * (float(self.shares @ np.log(gaps)) + np.log1p(excess))
        return pole * excess / inverse, ratio

    def beyond(self, mean: float) -> float:
        """Return the ratio statistic of a mean so far out that the largest value must help."""
        gaps = (self.end - self.scaled) / (self.end - mean)
        return float(2 * self.n * (self.shares @ np.log(gaps)))

    def beyond_inverse(self, squared: float) -> float:
        logs = float(self.shares @ np.log(self.end - self.scaled))
        return self.end - float(np.exp(logs - squared / (2 * self.n)))

    def back(self, mean: float) -> float:
        return self.mean + self.spread * mean


def _last_pole(tilted: _Tilted) -> float:
    """Return the pole at the end; just beyond it where there is a value, whose share would be 1."""
    return tilted.end * (1 + 1e-12) if tilted.is_observed else tilted.end


def _upper_end(sample: Sample, squared: float) -> float:
    from scipy.optimize import brentq

    tilted = _Tilted(sample)
    last = _last_pole(tilted)
    if tilted.at(last)[1] <= squared:
        return tilted.back(tilted.end if tilted.is_observed else tilted.beyond_inverse(squared))
    # About a parabola n mean^2, where pole = 1 / mean: the root is near sqrt(n / squared).
    first = max(2 * last, 4 * np.sqrt(tilted.n / squared))
    while tilted.at(first)[1] > squared and first < _FARTHEST:
        first *= 4
    pole = brentq(lambda c: tilted.at(c)[1] - squared, last, first, rtol=1e-10)
    return tilted.back(tilted.at(pole)[0])


def _ratio_above(sample: Sample, mean: float) -> float:
    from scipy.optimize import brentq

    tilted = _Tilted(sample)
    wanted, last = (mean - tilted.mean) / tilted.spread, _last_pole(tilted)
    if wanted >= tilted.end:
        return np.inf
    if tilted.at(last)[0] <= wanted:
        return np.inf if tilted.is_observed else tilted.beyond(wanted)
    first = max(2 * last, 4 / wanted)
    while tilted.at(first)[0] > wanted:
        first *= 4
    pole = brentq(lambda c: tilted.at(c)[0] - wanted, last, first, rtol=1e-12)
    return tilted.at(pole)[1]
