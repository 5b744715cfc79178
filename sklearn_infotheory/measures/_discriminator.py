"""Discriminators: what the best classifier of two distributions knows, and softmax."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from sklearn_infotheory.measures._arguments import (
    Information,
    as_distribution_pair,
    in_base,
)
from sklearn_infotheory.measures._terms import expectation, log_ratio


def softmax(
    logits: npt.ArrayLike, temperature: float = 1.0, *, axis: int = -1
) -> NDArray[np.float64]:
    r"""Turn logits into probabilities, softened by a temperature.

    Parameters
    ----------
    logits : array_like of shape (..., k)
        Scores; -inf for outcomes that cannot happen. Log-probabilities are logits too.
    temperature : float, default=1.0
        Divides the logits; positive. Above 1 the probabilities come closer to uniform, below 1
        closer to the largest.
    axis : int, default=-1
        Axis over which the probabilities sum to one.

    Returns
    -------
    probabilities : ndarray of the shape of `logits`
        Probabilities in [0, 1]. Large logits neither overflow nor warn.

    Raises
    ------
    ValueError
        If a logit is NaN or +inf, if all logits of a distribution are -inf, or if `temperature` is
        not positive and finite.

    Notes
    -----
    .. math:: p_i = \frac{\exp(z_i / T)}{\sum_j \exp(z_j / T)}, \qquad
              \frac{\partial p_i}{\partial z_j} = \frac{p_i (1[i = j] - p_j)}{T},

    so that the gradient of the cross-entropy :math:`-\log p_y` in the logits at T = 1 is
    :math:`p_j - 1[j = y]`.

    References
    ----------
    .. [1] G. Hinton, O. Vinyals, J. Dean (2015). Distilling the knowledge in a neural network.
       https://doi.org/10.48550/arXiv.1503.02531

    Examples
    --------
    >>> from sklearn_infotheory.measures import softmax
    >>> print(softmax([2.0, 1.0, 0.0]).round(3))
    [0.665 0.245 0.09 ]
    >>> print(softmax([2.0, 1.0, 0.0], temperature=3).round(3))
    [0.448 0.321 0.23 ]
    """
    if not 0 < temperature < math.inf:
        raise ValueError(
            f"temperature must be positive and finite; got {temperature!r}. "
            "1 leaves the logits as they are."
        )
    values = np.asarray(logits, dtype=np.float64)
    largest = values.max(axis=axis, keepdims=True)
    if not np.isfinite(largest).all():
        raise ValueError(
            "logits must hold neither NaN nor +inf, and a finite number per distribution; got "
            f"{logits!r}. Give impossible outcomes -inf, and the others a number."
        )
    weights = np.exp((values - largest) / temperature)
    return weights / weights.sum(axis=axis, keepdims=True)


def optimal_discriminator(
    p: npt.ArrayLike, q: npt.ArrayLike, *, axis: int = -1, normalize: bool = False
) -> NDArray[np.float64]:
    r"""Return the discriminator that tells two distributions apart best.

    Parameters
    ----------
    p, q : array_like of shape (..., k)
        Probabilities of true data and of the generator, or counts with ``normalize=True``.
    axis : int, default=-1
        Axis over which the probabilities sum to one.
    normalize : bool, default=False
        Divide `p` and `q` by their sums first.

    Returns
    -------
    discriminator : ndarray of shape (..., k)
        Probability that an outcome is of `p`, with the outcomes on the last axis; 1/2 where
        neither has any.

    Raises
    ------
    ValueError
        If `p` or `q` is negative, NaN, infinite or empty, if it does not sum to one within 1e-9
        and `normalize` is False, or if their numbers of outcomes differ.
    TypeError
        If `p` or `q` does not hold real numbers.

    Notes
    -----
    Proposition 1 of [1]_:

    .. math:: D^*(x) = \frac{p(x)}{p(x) + q(x)}.

    References
    ----------
    .. [1] I. Goodfellow et al. (2014). Generative adversarial networks.
       https://doi.org/10.48550/arXiv.1406.2661

    Examples
    --------
    >>> from sklearn_infotheory.measures import optimal_discriminator
    >>> print(optimal_discriminator([0.5, 0.5, 0], [0, 0.5, 0.5]))
    [1.  0.5 0. ]
    """
    true, fake = as_distribution_pair(p, q, axis, normalize)
    total = true + fake
    return np.divide(true, total, out=np.full(total.shape, 0.5), where=total > 0)


def gan_value(
    p: npt.ArrayLike,
    q: npt.ArrayLike,
    discriminator: npt.ArrayLike | None = None,
    *,
    base: float | None = None,
    normalize: bool = False,
) -> Information:
    r"""Compute the value of the game between a generator and a discriminator.

    Parameters
    ----------
    p, q : array_like of shape (..., k)
        Probabilities of true data and of the generator, or counts with ``normalize=True``.
    discriminator : array_like of shape (..., k), optional
        Probability, per outcome, that it is of `p`; the optimal one if None.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide `p` and `q` by their sums first.

    Returns
    -------
    value : float or ndarray of shape (...)
        Value in units of `base`: from -2 log 2, where `p` and `q` are equal, to 0, where they
        have no outcome in common, for the optimal discriminator; less for all others.

    Raises
    ------
    ValueError
        If `p` or `q` is no distribution, or if `discriminator` is not within [0, 1].
    TypeError
        If `p` or `q` does not hold real numbers.

    See Also
    --------
    optimal_discriminator, jensen_shannon_divergence

    Notes
    -----
    The value [1]_ of a discriminator D and its maximum, theorem 1, are

    .. math:: V(D) = E_p \log D(x) + E_q \log(1 - D(x)), \qquad \max_D V = 2 JS(p, q) - 2 \log 2.

    References
    ----------
    .. [1] I. Goodfellow et al. (2014). Generative adversarial networks.
       https://doi.org/10.48550/arXiv.1406.2661

    Examples
    --------
    >>> from sklearn_infotheory.measures import gan_value, jensen_shannon_divergence
    >>> p, q = [0.5, 0.5, 0], [0, 0.5, 0.5]
    >>> print(gan_value(p, q, base=2).round(4))
    -1.0
    >>> print(2 * jensen_shannon_divergence(p, q, base=2).round(4) - 2)
    -1.0
    """
    true, fake = as_distribution_pair(p, q, -1, normalize)
    if discriminator is None:  # 1 - D* = q / (p + q) keeps its digits where D* rounds to 1
        total = true + fake
        return in_base(
            expectation(true, log_ratio(true, total)) + expectation(fake, log_ratio(fake, total)),
            base,
        )
    belief = np.asarray(discriminator, dtype=np.float64)
    if not ((belief >= 0) & (belief <= 1)).all():
        raise ValueError(
            f"discriminator must hold probabilities between 0 and 1; got {discriminator!r}. "
            "Apply the logistic function to logits first."
        )
    with np.errstate(divide="ignore"):
        value = expectation(true, np.log(belief)) + expectation(fake, np.log1p(-belief))
    return in_base(value, base)
