"""Divergences from two samples."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit
from sklearn_infotheory.estimation._estimate import ConfidenceInterval, Estimate, NormalInterval
from sklearn_infotheory.estimation._independence_p_values import cells, codes_p_value
from sklearn_infotheory.estimation._neighbors._divergence_terms import (
    Samples,
    jensen_shannon_terms,
    kl_standard_error,
    kl_terms,
)
from sklearn_infotheory.estimation._neighbors._standard_errors import (
    knn_standard_error,
    ordered_mean,
)
from sklearn_infotheory.estimation._variables import Transform, read_pooled

_BEYOND = 0.05  # level of the test whether x reaches beyond y

_CONSTRAINTS: dict[str, list[Any] | str] = {
    "x": "no_validation",
    "y": "no_validation",
    "n_neighbors": [Interval(Integral, 1, None, closed="left")],
    "transform": [StrOptions({"normal_scores", "standardize"}), None],
    "discrete": ["boolean", None],
    "base": BASE_CONSTRAINT,
}


@validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
def estimate_kl_divergence(
    x: ArrayLike,
    y: ArrayLike,
    *,
    n_neighbors: int = 3,
    transform: Transform = "normal_scores",
    discrete: bool | None = None,
    base: float | None = None,
) -> Estimate:
    r"""Estimate the Kullback-Leibler divergence of the distribution of x from that of y.

    Parameters
    ----------
    x, y : array-like, series or data frame of shape (n_samples,) or (n_samples, n_columns)
        Samples of the same columns, of any kind; they may differ in length. A missing value is a
        value of its own.
    n_neighbors : int, default=3
        Where columns are continuous.
    transform : {"normal_scores", "standardize"} or None, default="normal_scores"
        What is done to continuous columns first, both samples together. With normal scores the
        estimate is the same for every increasing map of a column.
    discrete : bool or None, default=None
        Whether numbers are categories; None lets the data say, see
        :func:`estimate_mutual_information`.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    estimate : Estimate
        ``float(estimate)`` estimates D(x || y). It can be below zero, where no difference was
        found, and is infinite if x has a value that y has not (a category, or a number that is an
        atom). The p-value is that of a G-test that both have one law, on cells of about equal
        count.

    Raises
    ------
    ValueError
        If the samples cannot be read, or do not have the same columns.

    See Also
    --------
    estimate_jensen_shannon_divergence : Finite, and the same both ways.
    sklearn_infotheory.measures.kl_divergence : Of given probabilities.

    Notes
    -----
    .. math:: D = \left\langle \psi(k_i) - \psi(n) - \psi(l_i) + \psi(m + 1) \right\rangle

    with the numbers of x and of y in a ball around each x that holds ``n_neighbors`` of both [1]_.
    Atoms and categories are their own ball, which gives an estimate whose bias falls faster than
    any power of n [2]_. Where densities are far apart, neighbours are as well, and the estimate is
    too small: the more so the less the two overlap. Where more numbers of x lie below or above all
    of y than one distribution would explain, nothing in the samples bounds the divergence, and the
    upper end of the interval is infinite. It is too small as well, and below zero, where
    the samples have rows in common: their laws are compared as if the samples were independent.

    References
    ----------
    .. [1] Q. Wang, S. R. Kulkarni, S. Verdú (2009). Divergence estimation for multidimensional
       densities via k-nearest-neighbor distances. IEEE Transactions on Information Theory 55,
       2392-2405. :doi:`10.1109/TIT.2009.2016060`
    .. [2] Z. Zhang, M. Grabchak (2014). Nonparametric estimation of Kullback-Leibler divergence.
       Neural Computation 26, 2570-2593. :doi:`10.1162/NECO_a_00646`

    Examples
    --------
    Two normal laws, one of them wider; the divergence is 0.318 nats:

    >>> import numpy as np
    >>> from sklearn_infotheory.estimation import estimate_kl_divergence
    >>> x, y = np.random.default_rng(0).normal(size=(2, 2000))
    >>> estimate = estimate_kl_divergence(x, 2 * y)
    >>> low, high = estimate.confidence_interval()
    >>> low < 0.318 < high
    True
    >>> float(estimate_kl_divergence(["a", "b", "c"], ["a", "b", "b"]))
    inf
    """
    pooled, n = read_pooled(x, y, discrete=discrete)
    samples = Samples(pooled, n)
    terms = kl_terms(samples, int(n_neighbors), transform)
    value = ordered_mean(terms)
    error = kl_standard_error(samples, terms, transform)
    found = _as_estimate(samples, value, error, np.inf, base)
    if not _reaches_beyond(samples):
        return found
    return replace(found, interval=UnboundedInterval(value, error))


@validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
def estimate_jensen_shannon_divergence(
    x: ArrayLike,
    y: ArrayLike,
    *,
    n_neighbors: int = 3,
    transform: Transform = "normal_scores",
    discrete: bool | None = None,
    base: float | None = None,
) -> Estimate:
    r"""Estimate the Jensen-Shannon divergence of two laws, from samples.

    Parameters
    ----------
    x, y : array-like, series or data frame of shape (n_samples,) or (n_samples, n_columns)
        Samples of the same columns, of any kind; they may differ in length. A missing value is a
        value of its own.
    n_neighbors : int, default=3
        Where columns are continuous.
    transform : {"normal_scores", "standardize"} or None, default="normal_scores"
        What is done to continuous columns first, both samples together. With normal scores the
        estimate is the same for every increasing map of a column.
    discrete : bool or None, default=None
        Whether numbers are categories; None lets the data say, see
        :func:`estimate_mutual_information`.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    estimate : Estimate
        ``float(estimate)`` is its value, at most log 2, the same for y and x exchanged. It can be
        below zero, where no difference was found. The p-value is that of a G-test that both have
        one law, on cells of about equal count.

    Raises
    ------
    ValueError
        If the samples cannot be read, or do not have the same columns.

    See Also
    --------
    estimate_kl_divergence : The expected information in one sample for x and against y.
    sklearn_infotheory.measures.jensen_shannon_divergence : Of given probabilities.

    Notes
    -----
    It is the mutual information between a value and which of the two samples it is from, if both
    are equally likely, and is estimated as such [1]_; samples of different length are weighted.

    References
    ----------
    .. [1] B. C. Ross (2014). Mutual information between discrete and continuous data sets. PLoS ONE
       9(2), e87357. :doi:`10.1371/journal.pone.0087357`

    Examples
    --------
    Two normal laws at a distance of two standard deviations:

    >>> import numpy as np
    >>> from sklearn_infotheory.estimation import estimate_jensen_shannon_divergence
    >>> x, y = np.random.default_rng(0).normal(size=(2, 2000))
    >>> estimate = estimate_jensen_shannon_divergence(x, y + 2, base=2)
    >>> print(round(float(estimate), 1), estimate.p_value < 0.001)
    0.5 True
    """
    pooled, n = read_pooled(x, y, discrete=discrete)
    samples = Samples(pooled, n)
    sides = [
        jensen_shannon_terms(side, int(n_neighbors), transform)
        for side in (samples, samples.swapped())
    ]
    value = min((ordered_mean(sides[0]) + ordered_mean(sides[1])) / 2, float(np.log(2)))
    # Half of the mean over either sample; the samples are independent.
    errors = [knn_standard_error(side, "ross", n_neighbors) for side in sides]
    error = float(np.sqrt(errors[0] ** 2 + errors[1] ** 2)) / 2
    return _as_estimate(samples, value, error, float(np.log(2)), base)


def _as_estimate(
    samples: Samples, value: float, error: float, highest: float, base: float | None
) -> Estimate:
    unit, pooled = nats_per_unit(base), samples.pooled
    if pooled.is_constant:
        value, error, p = 0.0, 0.0, 1.0
    else:
        p = _p_value(samples)
    method = "zhang" if pooled.is_discrete else "knn" if pooled.is_continuous else "chain_rule"
    interval = NormalInterval(value, error, 0.0, highest)
    return Estimate(value / unit, error / unit, p, method, pooled.n_samples, base, interval)


@dataclass(frozen=True)
class UnboundedInterval:
    """An interval without an upper end: x lies where y has no samples, and may have none at all."""

    value: float
    standard_error: float

    def __call__(self, level: float) -> ConfidenceInterval:
        # All of the error is below, as nothing is left out above.
        low = self.value - float(ndtri(level)) * self.standard_error
        return ConfidenceInterval(max(low, 0.0), np.inf)


def _reaches_beyond(samples: Samples) -> bool:
    """Tell whether more numbers of x lie below or above all of y than chance explains.

    If both have one distribution, the k largest of n + m numbers are all of x with the probability
    n (n - 1) ... / ((n + m) (n + m - 1) ...).
    """
    values, n = samples.pooled.values, samples.n_first
    for column in values.T:
        x, y = column[:n], column[n:]
        x, y = x[~np.isnan(x)], y[~np.isnan(y)]
        if not len(x) or not len(y):
            continue
        for beyond in (int((x > y.max()).sum()), int((x < y.min()).sum())):
            taken = np.arange(beyond)
            logs = np.log(len(x) - taken) - np.log(len(x) + len(y) - taken)
            if beyond and logs.sum() < np.log(_BEYOND / (2 * values.shape[1])):
                return True
    return False


def _p_value(samples: Samples) -> float:
    """Test that both samples have one law, on cells of about equal count."""
    n_bins = int(np.clip((samples.pooled.n_samples / 10) ** 0.5, 2, 10))
    sample = (np.arange(samples.pooled.n_samples) < samples.n_first).astype(np.intp)
    return codes_p_value(cells(samples.pooled, n_bins), sample)
