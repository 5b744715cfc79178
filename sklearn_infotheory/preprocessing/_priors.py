"""Length of what a description says about the bins themselves, before it comes to the data."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy


def cut_priors(n: float, most: int) -> NDArray[np.float64]:
    """Length of the number of bins and of the places of the cuts, of 1, 2, ..., most bins."""
    bins = np.arange(1, most + 1)
    return np.log(n) + gammaln(n + bins) - gammaln(bins) - gammaln(n + 1)


def grouping_priors(n_levels: int, most: int) -> NDArray[np.float64]:
    """Length of a division of levels into at most 1, 2, ..., most groups.

    The ways to divide V levels into at most I groups are the sum of the Stirling numbers of the
    second kind, S(V, 1) + ... + S(V, I), here by S(v, i) = S(v-1, i-1) + i S(v-1, i) in logarithms.
    """
    stirling = np.full(most + 1, -np.inf)
    stirling[0] = 0.0
    log_groups = np.log(np.arange(1, most + 1))
    for _ in range(n_levels):
        stirling[1:] = np.logaddexp(stirling[:-1], log_groups + stirling[1:])
        stirling[0] = -np.inf
    return np.log(n_levels) + np.logaddexp.accumulate(stirling[1:])


def histogram_priors(n: float, n_candidates: int, most: int) -> NDArray[np.float64]:
    """Length of a histogram of 1, 2, ..., most bins: its parametric complexity and its cuts.

    The complexity of the multinomial with K values follows from
    C(K + 2) = C(K + 1) + n / K C(K) (Kontkanen & Myllymaki 2007, equation 8).
    """
    complexity = [0.0, _log_binomial_complexity(n)]
    for k in range(1, most - 1):
        complexity.append(float(np.logaddexp(complexity[k], math.log(n / k) + complexity[k - 1])))
    cuts = np.arange(most)
    places = np.where(cuts <= n_candidates, cuts, n_candidates)
    choices = gammaln(n_candidates + 1) - gammaln(places + 1) - gammaln(n_candidates - places + 1)
    return np.array(complexity[:most]) + choices


@lru_cache(maxsize=64)
def _log_binomial_complexity(n: float) -> float:
    """Parametric complexity of a coin that is thrown n times, interpolated between whole n.

    The sum of C(n, h) (h/n)^h (1 - h/n)^(n - h) up to n = 1000, then Szpankowski's expansion.
    """
    if n > 1000:
        expansion = math.sqrt(8 / (9 * n * math.pi)) + (3 * math.pi - 16) / (36 * n * math.pi)
        return 0.5 * math.log(n * math.pi / 2) + expansion
    whole = math.floor(n)
    if whole < n:
        low, high = _log_binomial_complexity(float(whole)), _log_binomial_complexity(whole + 1.0)
        return low + (n - whole) * (high - low)
    h = np.arange(n + 1)
    terms = gammaln(n + 1) - gammaln(h + 1) - gammaln(n - h + 1)
    shares = h / max(n, 1)
    return float(np.log(np.exp(terms + xlogy(h, shares) + xlogy(n - h, 1 - shares)).sum()))
