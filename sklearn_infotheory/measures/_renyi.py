"""Rényi's measures: entropy and divergence of any order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray
from scipy.special import logsumexp

from sklearn_infotheory.measures._arguments import (
    Axes,
    Information,
    as_distribution,
    as_distribution_pair,
    check_order,
    in_base,
)
from sklearn_infotheory.measures._divergence import kl_divergence
from sklearn_infotheory.measures._terms import expectation, log_ratio, surprisal

ROUNDING_NOISE = 512 * np.finfo(np.float64).eps

# Beyond this, tilt * values may overflow, and the mean equals the extreme to the last digit.
LARGEST_TILT = 1e300


def renyi_entropy(
    p: npt.ArrayLike,
    order: float,
    *,
    axis: Axes = -1,
    base: float | None = None,
    normalize: bool = False,
) -> Information:
    r"""Measure uncertainty with more weight on likely outcomes the higher the order.

    Parameters
    ----------
    p : array_like of shape (..., k)
        Probabilities, or counts with ``normalize=True``.
    order : float
        Order in [0, inf]. 0 is the logarithm of the number of possible outcomes (Hartley),
        1 the Shannon entropy, 2 the collision entropy, ``np.inf`` the min-entropy.
    axis : int, tuple of int or None, default=-1
        Axis (or axes; None for all) over which the probabilities sum to one.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide by the sum first.

    Returns
    -------
    entropy : float or ndarray of shape (...)
        Rényi entropy in units of `base`, in [0, log k]; it never grows with the order.

    Raises
    ------
    ValueError
        If `p` is negative, NaN, infinite or empty, if it does not sum to one within rounding and
        `normalize` is False, or if `order` is negative or NaN.
    TypeError
        If `p` does not hold real numbers.

    Notes
    -----
    For order :math:`\alpha` the entropy [1]_ is

    .. math:: H_\alpha(X) = \frac{1}{1 - \alpha} \log \sum_x p(x)^\alpha,

    and for the orders 0, 1 and infinity it is the limit of this. It is the exponential mean of
    the surprise, and computed as such: there is no loss of digits for orders close to 1.

    References
    ----------
    .. [1] A. Rényi (1961). On measures of entropy and information. Proceedings of the Fourth
       Berkeley Symposium on Mathematical Statistics and Probability 1, 547-561.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_infotheory.measures import renyi_entropy
    >>> p = [0.5, 0.25, 0.25]
    >>> for order in (0, 1, 2, np.inf):
    ...     print(order, renyi_entropy(p, order, base=2).round(4))
    0 1.585
    1 1.5
    2 1.415
    inf 1.0
    """
    tilt = 1.0 - check_order(order)
    probabilities = as_distribution(p, "p", axis, normalize)
    nats = _exponential_mean(probabilities, surprisal(probabilities), tilt)
    return in_base(_drop_rounding_noise(nats), base)


def renyi_divergence(
    p: npt.ArrayLike,
    q: npt.ArrayLike,
    order: float,
    *,
    axis: Axes = -1,
    base: float | None = None,
    normalize: bool = False,
) -> Information:
    r"""Measure divergence with more weight on the outcomes that `q` underrates, by its order.

    Parameters
    ----------
    p : array_like of shape (..., k)
        True probabilities, or counts with ``normalize=True``.
    q : array_like of shape (..., k)
        Probabilities in their place; its other axes broadcast with those of `p`.
    order : float
        Order in [0, inf]. 0 is -log of the mass that `q` has where `p` is positive, 1 the
        Kullback-Leibler divergence, ``np.inf`` the logarithm of the largest ratio p / q.
    axis : int, tuple of int or None, default=-1
        Axis (or axes; None for all) over which the probabilities sum to one.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide `p` and `q` by their sums first.

    Returns
    -------
    divergence : float or ndarray
        Rényi divergence in units of `base`, in [0, inf]; it never falls with the order. From
        order 1 on it is inf where `q` is 0 and `p` is not; below, only if the two have no
        outcome in common. Symmetric at order 1/2 alone.

    Raises
    ------
    ValueError
        If `p` or `q` is negative, NaN, infinite or empty, if it does not sum to one within rounding
        and `normalize` is False, if their numbers of outcomes differ, or if `order` is negative
        or NaN.
    TypeError
        If `p` or `q` does not hold real numbers.

    Notes
    -----
    For order :math:`\alpha` the divergence [1]_ [2]_ is

    .. math:: D_\alpha(p \| q) = \frac{1}{\alpha - 1} \log \sum_x p(x)^\alpha q(x)^{1 - \alpha},

    and for the orders 0, 1 and infinity it is the limit of this. It is the exponential mean of
    log p / q, and computed as such: there is no loss of digits for orders close to 1.

    References
    ----------
    .. [1] A. Rényi (1961). On measures of entropy and information. Proceedings of the Fourth
       Berkeley Symposium on Mathematical Statistics and Probability 1, 547-561.
    .. [2] T. van Erven, P. Harremoës (2014). Rényi divergence and Kullback-Leibler divergence.
       IEEE Transactions on Information Theory 60(7), 3797-3820.
       https://doi.org/10.1109/TIT.2014.2320500

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_infotheory.measures import kl_divergence, renyi_divergence
    >>> p, q = [0.5, 0.5, 0.0], [0.25, 0.5, 0.25]
    >>> for order in (0, 0.5, 1, 2, np.inf):
    ...     print(order, renyi_divergence(p, q, order, base=2).round(4))
    0 0.415
    0.5 0.4569
    1 0.5
    2 0.585
    inf 1.0
    """
    tilt = check_order(order) - 1.0
    if tilt == 0:
        return kl_divergence(p, q, axis=axis, base=base, normalize=normalize)
    true, other = as_distribution_pair(p, q, axis, normalize)
    nats = _exponential_mean(true, log_ratio(true, other), tilt)
    return in_base(_drop_rounding_noise(nats), base)


def _exponential_mean(
    p: NDArray[np.float64], values: NDArray[np.float64], tilt: float
) -> NDArray[np.float64]:
    """Return log(E_p exp(tilt * values)) / tilt over the last axis, or its limit at 0 or +-inf."""
    if tilt == 0:
        return expectation(p, values)
    possible = p > 0
    if abs(tilt) > LARGEST_TILT:
        if tilt > 0:
            return np.asarray(values.max(axis=-1, where=possible, initial=-np.inf))
        return np.asarray(values.min(axis=-1, where=possible, initial=np.inf))
    exponents = np.multiply(tilt, values, out=np.zeros_like(p), where=possible)
    # Near order 1 the mean exponential is near 1, and expm1 and log1p keep the digits of its
    # distance from 1. Elsewhere a sum of positive terms loses none.
    with np.errstate(over="ignore"):
        excess = expectation(p, np.expm1(exponents))
        summed = logsumexp(exponents - surprisal(p), axis=-1)
    return np.where(abs(excess) < 0.5, np.log1p(np.clip(excess, -0.5, 0.5)), summed) / tilt


def _drop_rounding_noise(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Set to zero what lies below it by rounding alone."""
    # Rényi's measures are >= 0 by theorem, but their logarithm of a sum near 1 may be -1e-16.
    # Anything further below zero would be no rounding, and stays, to be seen.
    return np.where((values < 0) & (values >= -ROUNDING_NOISE), 0.0, values)
