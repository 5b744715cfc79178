"""The entropy of Chao, Wang and Jost, and what it would be without one of the samples."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import psi

from sklearn_infotheory._types import Floats

_NODES = 128  # of Gauss-Laguerre quadrature
_TERMS = 80  # of a series that falls faster than 2^-k


def seen_entropy(counts: Floats, times: Floats) -> float:
    """Return Zhang's entropy, in nats.

    His double sum telescopes to digamma functions (Chao, Wang and Jost 2013, appendix S1).
    """
    n = float(counts @ times)
    return float(times @ (counts * (psi(n) - psi(counts)))) / n


def chao_wang_jost_entropy(counts: Floats, times: Floats) -> float:
    r"""Return Zhang's entropy, and an estimate of the rest of it that n samples do not show.

    Parameters
    ----------
    counts, times : ndarray of float64
        The distinct positive counts, ascending, and how many states have each.

    Notes
    -----
    With :math:`f_k` states that occurred k times, the rest is

    .. math:: \frac{f_1}{n} (1 - A)^{1 - n} \left(-\log A - \sum_{r < n} (1 - A)^r / r\right),
        \qquad A = \frac{2 f_2}{(n - 1) f_1 + 2 f_2}.

    References
    ----------
    A. Chao, Y. T. Wang, L. Jost (2013). Entropy and the species accumulation curve: a novel
    entropy estimator via discovery rates of new species. Methods in Ecology and Evolution 4,
    1091-1100. :doi:`10.1111/2041-210X.12108`
    """
    once, twice = (float(times[counts == k].sum()) for k in (1, 2))
    return seen_entropy(counts, times) + _unseen_entropy(float(counts @ times), once, twice)


def entropies_without_one(counts: Floats, times: Floats) -> Floats:
    """Return the entropy without one sample of a state that occurred so often, for each count.

    There must be two samples or more.
    """
    n = float(counts @ times) - 1
    before = np.maximum(counts - 1, 0.0)
    change = counts * psi(counts) - np.where(before > 0, before * psi(np.maximum(before, 1.0)), 0.0)
    seen = psi(n) - (times @ (counts * psi(counts)) - change) / n
    once, twice = (float(times[counts == k].sum()) for k in (1, 2))
    # One sample less moves a state from three to two, from two to one, or from one to none.
    changes = {1.0: (-1, 0), 2.0: (1, -1), 3.0: (0, 1)}
    unseen = np.full(len(counts), _unseen_entropy(n, once, twice))
    for i in np.flatnonzero(counts <= 3):
        more_once, more_twice = changes[float(counts[i])]
        unseen[i] = _unseen_entropy(n, once + more_once, twice + more_twice)
    return seen + unseen


def _unseen_entropy(n: float, once: float, twice: float) -> float:
    if once == 0:
        return 0.0
    ones, twos = (once, twice) if twice > 0 else (once - 1, 1.0)
    return once / n * _tail(n, 2 * twos / ((n - 1) * ones + 2 * twos))


def _tail(n: float, a: float) -> float:
    r"""Sum (1 - a)^(j + 1) / (n + j) over j = 0, 1, 2, ...

    In closed form a power overflows, and a difference cancels. As an integral it is
    :math:`(1 - a) \int_0^\infty e^{-n s} / (1 - (1 - a) e^{-s}) ds`.
    """
    if n * a > 1:
        nodes, weights = _laguerre()
        return (1 - a) * float(weights @ (1 / (a - (1 - a) * np.expm1(-nodes / n)))) / n
    # The integrand is nearly singular at 0: the expansion of 2F1(1, n; n + 1; z) about z = 1.
    k = np.arange(1.0, _TERMS)
    sizes = np.append(1.0, np.cumprod((n + k - 1) / k * a))
    k = np.append(0.0, k)
    return (1 - a) * float(sizes @ (psi(k + 1) - psi(n + k) - np.log(a)))


@cache
def _laguerre() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.laguerre.laggauss(_NODES)
    return nodes, weights
