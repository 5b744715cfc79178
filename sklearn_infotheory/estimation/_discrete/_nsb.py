"""The entropy of Nemenman, Shafee and Bialek: an average over Dirichlet priors of all strengths."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln, polygamma, psi

from sklearn_infotheory._types import Floats

_NODES = 256
_ZOOMS = 8
_REACH = 45.0  # how far the logarithm of what is left out lies below the peak
_LARGE = 100.0  # from where on asymptotic series are exact to double precision


def nsb_entropy(counts: Floats, times: Floats, n_states: int) -> tuple[float, float]:
    r"""Return mean and standard deviation of the posterior of the entropy, in nats.

    Parameters
    ----------
    counts, times : ndarray of float64
        The distinct positive counts, and how many states have each.
    n_states : int
        K, the number of states, at least 2.

    Notes
    -----
    Under a symmetric Dirichlet prior of strength :math:`\beta` the mean entropy is
    :math:`\xi = \psi(K \beta + 1) - \psi(\beta + 1)`. The prior of :math:`\beta` makes
    :math:`\xi` uniform [1]_. Mean and variance given :math:`\beta` are known in closed form [2]_;
    they are averaged over a grid of :math:`\log \beta` that is narrowed to where the posterior
    is. The trapezoidal rule is exact to about 1e-10 there, as its integrand is analytic and fades
    at both ends.

    References
    ----------
    .. [1] I. Nemenman, F. Shafee, W. Bialek (2002). Entropy and inference, revisited. Advances in
       Neural Information Processing Systems 14.
    .. [2] D. H. Wolpert, D. R. Wolf (1995). Estimating functions of probability distributions from
       a finite set of samples. Physical Review E 52, 6841-6854.
       :doi:`10.1103/PhysRevE.52.6841`
    """
    log_beta = _grid_of_posterior(counts, times, n_states)
    beta = np.exp(log_beta)
    weights = _log_posterior(log_beta, counts, times, n_states)
    weights = np.exp(weights - weights.max())
    weights /= weights.sum()
    means, variances = _moments_given_strength(beta, counts, times, n_states)
    mean = float(weights @ means)
    return mean, float(np.sqrt(weights @ (variances + (means - mean) ** 2)))


def _grid_of_posterior(counts: Floats, times: Floats, n_states: int) -> Floats:
    """Return an even grid of log beta that holds all of the posterior that matters."""
    low, high = -np.log(n_states) - 2 * _REACH, 2 * _REACH
    for _ in range(_ZOOMS):
        grid = np.linspace(low, high, _NODES)
        height = _log_posterior(grid, counts, times, n_states)
        inside = np.flatnonzero(height > height.max() - _REACH)
        first, last = max(inside[0] - 1, 0), min(inside[-1] + 1, _NODES - 1)
        if last - first > _NODES // 2:
            break
        low, high = grid[first], grid[last]
    return grid


def _log_posterior(log_beta: Floats, counts: Floats, times: Floats, n_states: int) -> Floats:
    """Return the logarithm of the posterior density of log beta, up to a constant."""
    beta = np.exp(log_beta)
    n = counts @ times
    likelihood = times @ _log_rising(beta, counts[:, None]) - _log_rising(n_states * beta, n)
    return likelihood + np.log(_density_of_strength(beta, n_states)) + log_beta


def _log_rising(beta: Floats, n: Floats | float) -> Floats:
    """Return log(Gamma(beta + n) / Gamma(beta) / beta^n), without cancellation for large beta."""
    beta, n = np.broadcast_arrays(beta, n)
    small = np.minimum(beta, _LARGE)
    exact = gammaln(small + n) - gammaln(small) - n * np.log(small)
    large = np.maximum(beta, _LARGE)
    stirling = (large + n - 0.5) * np.log1p(n / large) - n
    stirling += _stirling_rest(large + n) - _stirling_rest(large)
    return np.where(beta < _LARGE, exact, stirling)


def _stirling_rest(z: Floats) -> Floats:
    return 1 / (12 * z) - 1 / (360 * z**3) + 1 / (1260 * z**5)


def _density_of_strength(beta: Floats, n_states: int) -> Floats:
    """Return d xi / d beta: the prior density of beta."""
    small = np.minimum(beta, _LARGE)
    exact = n_states * polygamma(1, n_states * small + 1) - polygamma(1, small + 1)
    # K psi1(K b + 1) - psi1(b + 1), in which 1 / b cancels.
    u, k = 1 / np.maximum(beta, _LARGE), float(n_states)
    series = u**2 * ((1 - 1 / k) / 2 - u * (1 - k**-2) / 6 + u**3 * (1 - k**-4) / 30)
    return np.where(beta < _LARGE, exact, series)


def _moments_given_strength(
    beta: Floats, counts: Floats, times: Floats, n_states: int
) -> tuple[Floats, Floats]:
    """Return mean and variance of the entropy under the Dirichlet posterior of each beta."""
    unseen = n_states - times.sum()
    times = np.append(times, unseen)[:, None]
    alpha = np.append(counts, 0.0)[:, None] + beta
    total = counts @ times[:-1, 0] + n_states * beta
    mean = psi(total + 1) - (times * alpha * psi(alpha + 1)).sum(axis=0) / total
    # E[(sum p (log p + mean))^2]: about the mean, so that squares of it do not cancel.
    w = psi(alpha + 1) - psi(total + 2) + mean
    offset = -total / (total + 1)  # the sum of alpha w
    squares = alpha * (w * w + 1 / (alpha + 1) + (alpha + 1) * polygamma(1, alpha + 2))
    square = offset**2 + 2 * offset + (times * squares).sum(axis=0)
    variance = square / (total * (total + 1)) - polygamma(1, total + 2)
    return mean, np.maximum(variance, 0.0)
