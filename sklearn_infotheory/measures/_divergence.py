"""Divergences: how far one distribution is from another."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sklearn_infotheory.measures._arguments import (
    Axes,
    Information,
    as_distribution_pair,
    as_probabilities,
    in_base,
    log_base,
)
from sklearn_infotheory.measures._mutual_information import shared_information
from sklearn_infotheory.measures._terms import expectation, log_ratio, relative_entropy_terms


def kl_divergence(
    p: npt.ArrayLike,
    q: npt.ArrayLike,
    *,
    axis: Axes = -1,
    base: float | None = None,
    normalize: bool = False,
) -> Information:
    r"""Measure the information lost when `q` is taken for `p` (Kullback-Leibler, relative entropy).

    Parameters
    ----------
    p : array_like of shape (..., k)
        True probabilities, or counts with ``normalize=True``.
    q : array_like of shape (..., k)
        Probabilities in their place; its other axes broadcast with those of `p`.
    axis : int, tuple of int or None, default=-1
        Axis (or axes; None for all, to compare joint tables) over which the probabilities sum
        to one.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide `p` and `q` by their sums first.

    Returns
    -------
    divergence : float or ndarray
        D(p || q) in units of `base`, in [0, inf]; 0 if and only if p = q, inf where `q` is 0
        and `p` is not. Not symmetric.

    Raises
    ------
    ValueError
        If `p` or `q` is negative, NaN, infinite or empty, if it does not sum to one within rounding
        and `normalize` is False, or if their numbers of outcomes differ.
    TypeError
        If `p` or `q` does not hold real numbers.

    Notes
    -----
    With 0 log 0 = 0, the divergence [1]_ is

    .. math:: D(p \| q) = \sum_x p(x) \log \frac{p(x)}{q(x)}.

    References
    ----------
    .. [1] S. Kullback, R. A. Leibler (1951). On information and sufficiency. Annals of
       Mathematical Statistics 22(1), 79-86. https://doi.org/10.1214/aoms/1177729694

    Examples
    --------
    >>> from sklearn_infotheory.measures import kl_divergence
    >>> print(kl_divergence([0.5, 0.5], [0.9, 0.1], base=2).round(4))
    0.737
    >>> print(kl_divergence([0.9, 0.1], [0.5, 0.5], base=2).round(4))
    0.531

    What cannot happen under `q` refutes it; the reverse does not:

    >>> print(kl_divergence([0.5, 0.5], [1, 0]), kl_divergence([1, 0], [0.5, 0.5]).round(4))
    inf 0.6931
    """
    true, other = as_distribution_pair(p, q, axis, normalize)
    return in_base(relative_entropy_terms(true, other).sum(axis=-1), base)


def jensen_shannon_divergence(
    p: npt.ArrayLike,
    q: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    axis: Axes = -1,
    base: float | None = None,
    normalize: bool = False,
) -> Information:
    r"""Measure what a drawn outcome tells about which of two distributions it came from.

    Parameters
    ----------
    p, q : array_like of shape (..., k)
        Probabilities, or counts with ``normalize=True``. Other axes broadcast.
    weights : array_like of shape (2,), optional
        Prior probabilities of `p` and `q`; equal if None. With ``normalize=True`` sample sizes
        are welcome.
    axis : int, tuple of int or None, default=-1
        Axis (or axes; None for all) over which the probabilities sum to one.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide `p`, `q` and `weights` by their sums first.

    Returns
    -------
    divergence : float or ndarray
        Divergence in units of `base`, from 0 (p = q) to the entropy of `weights` (no outcome in
        common), which is log 2 if they are equal. Symmetric if the weights are.

    Raises
    ------
    ValueError
        If `p`, `q` or `weights` is negative, NaN, infinite or empty, if it does not sum to one
        within rounding and `normalize` is False, or if their numbers of outcomes differ.
    TypeError
        If `p`, `q` or `weights` does not hold real numbers.

    See Also
    --------
    jensen_shannon_distance : Its square root, a metric.

    Notes
    -----
    With weights :math:`\pi` and the mixture :math:`m = \pi_1 p + \pi_2 q` [1]_,

    .. math:: JS(p, q) = \pi_1 D(p \| m) + \pi_2 D(q \| m) = I(X; S),

    the mutual information of the outcome X and its source S, and so it is computed.

    References
    ----------
    .. [1] J. Lin (1991). Divergence measures based on the Shannon entropy. IEEE Transactions on
       Information Theory 37(1), 145-151. https://doi.org/10.1109/18.61115

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_infotheory.measures import jensen_shannon_divergence, mutual_information
    >>> print(jensen_shannon_divergence([0.5, 0.5, 0], [0, 0.5, 0.5], base=2).round(4))
    0.5

    Of two samples, weighted by their sizes, it is the information of their contingency table:

    >>> counts = np.array([[10, 20, 30], [50, 25, 5]])
    >>> sizes = counts.sum(axis=1)
    >>> js = jensen_shannon_divergence(counts[0], counts[1], weights=sizes, normalize=True)
    >>> bool(np.isclose(js, mutual_information(counts, normalize=True)))
    True
    """
    prior = as_probabilities([1, 1], "weights", -1, True)[0]
    if weights is not None:
        prior = as_probabilities(weights, "weights", -1, normalize)[0]
    if prior.shape != (2,):
        raise ValueError(
            f"weights must hold two numbers, one for p and one for q; got shape {prior.shape}. "
            "Pass (0.5, 0.5), or None, for equal weights."
        )
    first, second = as_distribution_pair(p, q, axis, normalize)
    by_source = np.stack([prior[0] * first, prior[1] * second], axis=-2)
    return in_base(shared_information(by_source), base)


def jensen_shannon_distance(
    p: npt.ArrayLike,
    q: npt.ArrayLike,
    *,
    axis: Axes = -1,
    base: float | None = None,
    normalize: bool = False,
) -> Information:
    r"""Measure the Jensen-Shannon distance, the metric whose square is the divergence.

    Parameters
    ----------
    p, q : array_like of shape (..., k)
        Probabilities, or counts with ``normalize=True``. Other axes broadcast.
    axis : int, tuple of int or None, default=-1
        Axis (or axes; None for all) over which the probabilities sum to one. Note that
        `scipy.spatial.distance.jensenshannon` starts from axis 0.
    base : float, optional
        Base of the logarithm in the divergence, above 1; None for e.
    normalize : bool, default=False
        Divide `p` and `q` by their sums first.

    Returns
    -------
    distance : float or ndarray
        Distance in [0, sqrt(log 2)], which is [0, 1] for ``base=2``. It obeys the triangle
        inequality.

    Raises
    ------
    ValueError
        If `p` or `q` is negative, NaN, infinite or empty, if it does not sum to one within rounding
        and `normalize` is False, if their numbers of outcomes differ, or if `base` is not
        above 1, as the root of a negative number would be taken.
    TypeError
        If `p` or `q` does not hold real numbers.

    Notes
    -----
    The square root of the divergence with equal weights is a metric [1]_:

    .. math:: d(p, q) = \sqrt{JS(p, q)}.

    References
    ----------
    .. [1] D. M. Endres, J. E. Schindelin (2003). A new metric for probability distributions. IEEE
       Transactions on Information Theory 49(7), 1858-1860.
       https://doi.org/10.1109/TIT.2003.813506

    Examples
    --------
    >>> from sklearn_infotheory.measures import jensen_shannon_distance
    >>> print(jensen_shannon_distance([1, 0], [[1, 0], [0.5, 0.5], [0, 1]], base=2).round(4))
    [0.     0.5579 1.    ]
    """
    if log_base(base) < 0:
        raise ValueError(
            f"base must be above 1 for a distance; got {base!r}. Pass base=2 for bits."
        )
    return in_base(
        np.sqrt(jensen_shannon_divergence(p, q, axis=axis, base=base, normalize=normalize)), None
    )


def jeffreys_divergence(
    p: npt.ArrayLike,
    q: npt.ArrayLike,
    *,
    axis: Axes = -1,
    base: float | None = None,
    normalize: bool = False,
) -> Information:
    r"""Measure the Kullback-Leibler divergence both ways, summed.

    Parameters
    ----------
    p, q : array_like of shape (..., k)
        Probabilities, or counts with ``normalize=True``. Other axes broadcast.
    axis : int, tuple of int or None, default=-1
        Axis (or axes; None for all) over which the probabilities sum to one.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide `p` and `q` by their sums first.

    Returns
    -------
    divergence : float or ndarray
        Divergence in units of `base`, in [0, inf]; inf where only one of the two is 0.
        Symmetric.

    Raises
    ------
    ValueError
        If `p` or `q` is negative, NaN, infinite or empty, if it does not sum to one within rounding
        and `normalize` is False, or if their numbers of outcomes differ.
    TypeError
        If `p` or `q` does not hold real numbers.

    Notes
    -----
    Jeffreys' invariant [1]_ is a sum of which no term is negative:

    .. math:: J(p, q) = D(p \| q) + D(q \| p) = \sum_x (p(x) - q(x)) \log \frac{p(x)}{q(x)}.

    References
    ----------
    .. [1] H. Jeffreys (1946). An invariant form for the prior probability in estimation problems.
       Proceedings of the Royal Society A 186(1007), 453-461.
       https://doi.org/10.1098/rspa.1946.0056

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_infotheory.measures import jeffreys_divergence, kl_divergence
    >>> p, q = [0.5, 0.5], [0.9, 0.1]
    >>> print(jeffreys_divergence(p, q).round(4))
    0.8789
    >>> bool(np.isclose(jeffreys_divergence(p, q), kl_divergence(p, q) + kl_divergence(q, p)))
    True
    """
    return _jeffreys(p, q, axis, base, normalize, names=("p", "q"))


def population_stability_index(
    expected: npt.ArrayLike,
    actual: npt.ArrayLike,
    *,
    axis: Axes = -1,
    base: float | None = None,
    normalize: bool = False,
) -> Information:
    r"""Measure the shift of a population between two samplings, the risk modeller's PSI.

    Parameters
    ----------
    expected : array_like of shape (..., k)
        Shares of the bins at the time of reference, or counts with ``normalize=True``.
    actual : array_like of shape (..., k)
        Shares of the same bins now. Other axes broadcast.
    axis : int, tuple of int or None, default=-1
        Axis (or axes; None for all) over which the shares sum to one.
    base : float, optional
        Base of the logarithm: None for nats, in which the usual thresholds (0.1, 0.25) are
        meant; 2 for bits.
    normalize : bool, default=False
        Divide `expected` and `actual` by their sums first.

    Returns
    -------
    index : float or ndarray
        Index in units of `base`, in [0, inf]; inf where only one of the two has an empty bin.
        No smoothing is done: add to the counts what the bins deserve.

    Raises
    ------
    ValueError
        If `expected` or `actual` is negative, NaN, infinite or empty, if it does not sum to one
        within rounding and `normalize` is False, or if their numbers of bins differ.
    TypeError
        If `expected` or `actual` does not hold real numbers.

    See Also
    --------
    jeffreys_divergence : The same number by its older name.

    Notes
    -----
    With expected shares e and actual shares a [1]_,

    .. math:: PSI = \sum_i (a_i - e_i) \log \frac{a_i}{e_i}.

    References
    ----------
    .. [1] B. Yurdakul, J. Naranjo (2020). Statistical properties of the population stability
       index. Journal of Risk Model Validation 14(4).
       https://econpapers.repec.org/RePEc:rsk:journ5:7725371

    Examples
    --------
    >>> from sklearn_infotheory.measures import population_stability_index
    >>> psi = population_stability_index([100, 200, 300], [150, 200, 250], normalize=True)
    >>> print(psi.round(4))
    0.049
    """
    return _jeffreys(expected, actual, axis, base, normalize, names=("expected", "actual"))


def _jeffreys(
    p: npt.ArrayLike,
    q: npt.ArrayLike,
    axis: Axes,
    base: float | None,
    normalize: bool,
    names: tuple[str, str],
) -> Information:
    """Return Jeffreys' divergence of two arguments of these names."""
    first, second = as_distribution_pair(p, q, axis, normalize, names)
    return in_base(expectation(first - second, log_ratio(first, second)), base)


def hellinger_distance(
    p: npt.ArrayLike,
    q: npt.ArrayLike,
    *,
    axis: Axes = -1,
    base: float | None = None,
    normalize: bool = False,
) -> Information:
    r"""Measure the Euclidean distance of the square roots of two distributions.

    Parameters
    ----------
    p, q : array_like of shape (..., k)
        Probabilities, or counts with ``normalize=True``. Other axes broadcast.
    axis : int, tuple of int or None, default=-1
        Axis (or axes; None for all) over which the probabilities sum to one.
    base : float, optional
        Checked, but without effect: there is no logarithm. It is here so that measures can
        stand in for one another.
    normalize : bool, default=False
        Divide `p` and `q` by their sums first.

    Returns
    -------
    distance : float or ndarray
        Distance in [0, 1]; 1 if the two have no outcome in common. Symmetric, a metric.

    Raises
    ------
    ValueError
        If `p` or `q` is negative, NaN, infinite or empty, if it does not sum to one within rounding
        and `normalize` is False, or if their numbers of outcomes differ.
    TypeError
        If `p` or `q` does not hold real numbers.

    Notes
    -----
    The distance [1]_, scaled to end at 1, is

    .. math:: H(p, q) = \sqrt{\tfrac12 \sum_x \left(\sqrt{p(x)} - \sqrt{q(x)}\right)^2},

    and it is tied to the Rényi divergence of order 1/2 by
    :math:`D_{1/2}(p \| q) = -2 \log(1 - H^2)`.

    References
    ----------
    .. [1] E. Hellinger (1909). Neue Begründung der Theorie quadratischer Formen von
       unendlichvielen Veränderlichen. Journal für die reine und angewandte Mathematik 136,
       210-271. https://doi.org/10.1515/crll.1909.136.210

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_infotheory.measures import hellinger_distance, renyi_divergence
    >>> p, q = [0.5, 0.5], [0.9, 0.1]
    >>> print(hellinger_distance(p, q).round(4))
    0.3249
    >>> affinity = 1 - hellinger_distance(p, q) ** 2
    >>> bool(np.isclose(renyi_divergence(p, q, 0.5), -2 * np.log(affinity)))
    True
    """
    log_base(base)
    first, second = as_distribution_pair(p, q, axis, normalize)
    halved = 0.5 * np.sum((np.sqrt(first) - np.sqrt(second)) ** 2, axis=-1)
    return in_base(np.sqrt(np.minimum(halved, 1.0)), None)  # above 1 there is only rounding
