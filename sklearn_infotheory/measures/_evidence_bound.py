"""Bounds of the evidence: what a variational autoencoder maximises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray
from scipy.special import logsumexp

from sklearn_infotheory.measures._arguments import Information, in_base, log_base
from sklearn_infotheory.measures._gaussian import gaussian_kl_to_standard_normal

Decoder = Literal["bernoulli", "gaussian"]


@dataclass(frozen=True)
class EvidenceBound:
    """Hold a Monte Carlo value of a bound of the evidence.

    Attributes
    ----------
    value : ndarray of shape (n_rows,)
        Bound of log p(x) of each row, in units of `base`.
    standard_error : ndarray of shape (n_rows,)
        Standard error of the simulation, in units of `base`.
    n_samples : int
        Number of simulated values per row.
    """

    value: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    n_samples: int


def evidence_lower_bound(
    log_likelihood: npt.ArrayLike,
    mean: npt.ArrayLike,
    log_variance: npt.ArrayLike,
    beta: float = 1.0,
    *,
    base: float | None = None,
) -> Information:
    r"""Compute the evidence lower bound (ELBO) from the output of a variational autoencoder.

    Parameters
    ----------
    log_likelihood : array_like of shape (...)
        Mean of log p(x|z) over the encoder, or at one draw, of each row in nats: minus the
        reconstruction loss.
    mean, log_variance : array_like of shape (..., d)
        Output of the encoder: means and logarithms of variances of the latent variables, whose
        prior is standard normal.
    beta : float, default=1.0
        Weight of the divergence; above 1, the objective of a beta-VAE.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.

    Returns
    -------
    bound : float or ndarray of shape (...)
        Bound of log p(x) of each row in units of `base`. Its negative sum over a batch is the loss
        that is minimised.

    Raises
    ------
    ValueError
        If `mean` or `log_variance` is not finite, if a log-likelihood is NaN, or if `beta` is
        negative.

    See Also
    --------
    importance_weighted_bound : By simulation, and tighter.
    bernoulli_log_likelihood, gaussian_log_likelihood : Reconstruction terms.

    Notes
    -----
    With the encoder q(z|x) [1]_,

    .. math:: \log p(x) = ELBO + D(q(z|x) \| p(z|x)), \quad
              ELBO = E_q \log p(x|z) - \beta D(q(z|x) \| p(z)) \quad (\beta = 1).

    References
    ----------
    .. [1] D. P. Kingma, M. Welling (2014). Auto-encoding variational Bayes.
       https://doi.org/10.48550/arXiv.1312.6114

    Examples
    --------
    >>> from sklearn_infotheory.measures import evidence_lower_bound
    >>> print(evidence_lower_bound([-3.0, -2.0], [[0.0], [1.0]], [[0.0], [0.0]]))
    [-3.  -2.5]
    """
    likelihood = np.asarray(log_likelihood, dtype=np.float64)
    if np.isnan(likelihood).any() or not beta >= 0:
        raise ValueError(
            "log_likelihood must not be NaN and beta must not be negative; got "
            f"{log_likelihood!r} and {beta!r}. beta=1 gives the bound of the evidence."
        )
    return in_base(likelihood - beta * gaussian_kl_to_standard_normal(mean, log_variance), base)


def bernoulli_log_likelihood(
    x: npt.ArrayLike, logits: npt.ArrayLike, *, base: float | None = None
) -> Information:
    r"""Compute the log-likelihood of binary pixels: minus their binary cross-entropy.

    Parameters
    ----------
    x : array_like of shape (..., d)
        Values in [0, 1].
    logits : array_like of shape (..., d)
        Log-odds of a one, finite; broadcasts with `x`. Of probabilities p, `scipy.special.logit`.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.

    Returns
    -------
    log_likelihood : float or ndarray of shape (...)
        Sum over the last axis, in units of `base`.

    Raises
    ------
    ValueError
        If `x` is outside [0, 1] or a logit is not finite.

    Notes
    -----
    .. math:: \sum_i x_i z_i - \log(1 + e^{z_i}).

    Examples
    --------
    >>> from sklearn_infotheory.measures import bernoulli_log_likelihood
    >>> print(bernoulli_log_likelihood([1, 0, 1], [0.0, 0.0, 0.0], base=2))
    -3.0
    """
    pixels, scores = (np.asarray(v, dtype=np.float64) for v in (x, logits))
    if not ((pixels >= 0) & (pixels <= 1)).all() or not np.isfinite(scores).all():
        raise ValueError(
            "x must lie within [0, 1] and logits must be finite; got "
            f"{x!r} and {logits!r}. Divide grey values by their largest, and clip the logits."
        )
    return in_base((pixels * scores - np.logaddexp(0, scores)).sum(axis=-1), base)


def gaussian_log_likelihood(
    x: npt.ArrayLike,
    mean: npt.ArrayLike,
    log_variance: npt.ArrayLike = 0.0,
    *,
    base: float | None = None,
) -> Information:
    r"""Compute the log-likelihood of numbers under independent normal distributions.

    Parameters
    ----------
    x : array_like of shape (..., d)
        Values.
    mean : array_like of shape (..., d)
        Means; broadcasts with `x`.
    log_variance : array_like of shape (..., d), default=0.0
        Logarithms of the variances; broadcasts.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.

    Returns
    -------
    log_likelihood : float or ndarray of shape (...)
        Log-density, summed over the last axis, in units of `base`.

    Raises
    ------
    ValueError
        If a value is not finite.

    Notes
    -----
    .. math:: -\tfrac12 \sum_i \log(2 \pi \sigma_i^2) + (x_i - \mu_i)^2 / \sigma_i^2.

    Examples
    --------
    >>> from sklearn_infotheory.measures import gaussian_log_likelihood
    >>> print(gaussian_log_likelihood([0.0, 1.0], [0.0, 0.0]).round(4))
    -2.3379
    """
    values, centre, spread = (np.asarray(v, dtype=np.float64) for v in (x, mean, log_variance))
    if not all(np.isfinite(v).all() for v in (values, centre, spread)):
        raise ValueError(
            f"x, mean and log_variance must be finite; got {x!r}, {mean!r} and {log_variance!r}. "
            "Drop rows with missing values."
        )
    terms = np.log(2 * np.pi) + spread + (values - centre) ** 2 * np.exp(-spread)
    return in_base(-0.5 * terms.sum(axis=-1), base)


def importance_weighted_bound(
    x: npt.ArrayLike,
    encode: Callable[[NDArray[np.float64]], tuple[Any, Any]],
    decode: Callable[[NDArray[np.float64]], Any],
    *,
    decoder: Decoder = "bernoulli",
    n_importance: int = 1,
    n_samples: int = 100,
    beta: float = 1.0,
    random_state: int | None = None,
    base: float | None = None,
) -> EvidenceBound:
    r"""Simulate the bound of the evidence of a latent variable model.

    Parameters
    ----------
    x : array_like of shape (n_rows, n_columns)
        Data.
    encode : callable
        Maps `x` to the means and log-variances of the latent variables, both of shape (n_rows, d).
    decode : callable
        Maps latent variables of shape (n_rows, d) to the parameters of `decoder`.
    decoder : {"bernoulli", "gaussian"}, default="bernoulli"
        Distribution of the data given the latent variables: "bernoulli" takes logits from `decode`,
        "gaussian" takes a mean and a log-variance.
    n_importance : int, default=1
        Number of draws whose weights are averaged within the logarithm. 1 gives the evidence lower
        bound; more come closer to the evidence (IWAE).
    n_samples : int, default=100
        Number of simulated values per row, at least 2.
    beta : float, default=1.0
        Weight of the divergence from the prior.
    random_state : int, optional
        Seed of the draws; None for different draws at each call.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.

    Returns
    -------
    bound : EvidenceBound
        The `value` per row, its `standard_error` and `n_samples`.

    Raises
    ------
    ValueError
        If `decoder` is unknown, or a number of draws is too small.

    See Also
    --------
    evidence_lower_bound : From arrays, with the divergence in closed form.

    Notes
    -----
    The bound of Burda et al. [1]_ with K draws,

    .. math:: E \log \frac1K \sum_k \frac{p(x|z_k) p(z_k)}{q(z_k|x)} \le \log p(x),

    never decreases in K.

    References
    ----------
    .. [1] Y. Burda, R. Grosse, R. Salakhutdinov (2016). Importance weighted autoencoders.
       https://doi.org/10.48550/arXiv.1509.00519

    Examples
    --------
    A model whose exact evidence is known: z and x given z are normal, so x is N(0, 2).

    >>> import numpy as np
    >>> from sklearn_infotheory.measures import importance_weighted_bound
    >>> x = np.array([[1.0]])
    >>> bound = importance_weighted_bound(
    ...     x, lambda x: (0.5 * x, np.log(0.5) + 0 * x), lambda z: (z, 0 * z),
    ...     decoder="gaussian", random_state=0,
    ... )
    >>> print(bound.value.round(4))  # the encoder is exact, and so is the bound
    [-1.5155]
    >>> print((-0.5 * np.log(4 * np.pi) - 0.25).round(4))
    -1.5155
    """
    if decoder not in ("bernoulli", "gaussian") or n_importance < 1 or n_samples < 2:
        raise ValueError(
            "decoder must be 'bernoulli' or 'gaussian', n_importance at least 1 and n_samples at "
            f"least 2; got {decoder!r}, {n_importance!r} and {n_samples!r}. "
            "Fewer samples have no standard error."
        )
    data = np.asarray(x, dtype=np.float64)
    mean, log_variance = (np.asarray(v, dtype=np.float64) for v in encode(data))
    rng = np.random.default_rng(random_state)
    values = np.empty((n_samples, len(data)))
    for i in range(n_samples):
        weights = [
            _log_weight(data, mean, log_variance, decode, decoder, beta, rng)
            for _ in range(n_importance)
        ]
        values[i] = logsumexp(weights, axis=0) - np.log(n_importance)
    values /= log_base(base)
    error = values.std(axis=0, ddof=1) / np.sqrt(n_samples)
    return EvidenceBound(values.mean(axis=0), error, n_samples)


def _log_weight(
    data: NDArray[np.float64],
    mean: NDArray[np.float64],
    log_variance: NDArray[np.float64],
    decode: Callable[[NDArray[np.float64]], Any],
    decoder: Decoder,
    beta: float,
    rng: np.random.Generator,
) -> Information:
    """Return log p(x|z) + beta (log p(z) - log q(z|x)) of each row, at one draw of z."""
    z = mean + np.exp(0.5 * log_variance) * rng.standard_normal(mean.shape)
    found = decode(z)
    if decoder == "bernoulli":
        likelihood = bernoulli_log_likelihood(data, found)
    else:
        likelihood = gaussian_log_likelihood(data, *found)
    prior = gaussian_log_likelihood(z, 0.0)
    return likelihood + beta * (prior - gaussian_log_likelihood(z, mean, log_variance))
