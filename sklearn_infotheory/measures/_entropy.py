"""Entropy: the information in one variable, in several, and in one when another is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from sklearn_infotheory.measures._arguments import (
    Axes,
    Information,
    as_conditioned_table,
    as_distribution,
    as_distribution_pair,
    as_real_array,
    as_table,
    group_axes,
    in_base,
    log_base,
)
from sklearn_infotheory.measures._terms import expectation, log_ratio, mean_surprisal, surprisal


def self_information(p: npt.ArrayLike, *, base: float | None = None) -> Information:
    r"""Measure the surprise of events, each by its own probability.

    Parameters
    ----------
    p : array_like of any shape
        Probabilities of events, each in [0, 1]. They are not a distribution, so they need not
        sum to one, and there is nothing to normalize.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.

    Returns
    -------
    information : float or ndarray of the shape of `p`
        Surprise of each event in units of `base`, in [0, inf]; inf for impossible events.

    Raises
    ------
    ValueError
        If a probability is NaN or outside [0, 1], if `p` is empty, or if `base` is not valid.
    TypeError
        If `p` does not hold real numbers.

    Notes
    -----
    The self-information of an event is [1]_

    .. math:: h(x) = -\log p(x).

    References
    ----------
    .. [1] C. E. Shannon (1948). A mathematical theory of communication. Bell System Technical
       Journal 27(3), 379-423. https://doi.org/10.1002/j.1538-7305.1948.tb01338.x

    Examples
    --------
    A fair coin that falls heads six times in a row tells six bits, one for each throw:

    >>> from sklearn_infotheory.measures import self_information
    >>> print(self_information(1 / 64, base=2).round(4))
    6.0
    >>> print((6 * self_information(1 / 2, base=2)).round(4))
    6.0
    """
    probabilities = as_real_array(p, "p").astype(np.float64)
    if probabilities.max() > 1:
        raise ValueError(
            f"p must hold probabilities between 0 and 1; got {probabilities.max()}. "
            "Divide counts by their total first."
        )
    return in_base(surprisal(probabilities), base)


def entropy(
    p: npt.ArrayLike, *, axis: Axes = -1, base: float | None = None, normalize: bool = False
) -> Information:
    r"""Measure the uncertainty of a distribution: the mean surprise of its outcomes.

    Parameters
    ----------
    p : array_like of shape (..., k)
        Probabilities, or counts with ``normalize=True``.
    axis : int, tuple of int or None, default=-1
        Axis (or axes, taken together; None for all) over which the probabilities sum to one.
        The other axes hold a batch of distributions. Note that `scipy.stats.entropy` starts
        from axis 0.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide by the sum first, so that counts and weights are welcome.

    Returns
    -------
    entropy : float or ndarray of shape (...)
        Entropy in units of `base`, in [0, log k].

    Raises
    ------
    ValueError
        If `p` is negative, NaN, infinite or empty, or if it does not sum to one within rounding
        (8 machine epsilons for float32 and float16) and `normalize` is False.
    TypeError
        If `p` does not hold real numbers.

    See Also
    --------
    joint_entropy, conditional_entropy, renyi_entropy, perplexity

    Notes
    -----
    With 0 log 0 = 0, the entropy [1]_ is

    .. math:: H(X) = -\sum_x p(x) \log p(x).

    References
    ----------
    .. [1] C. E. Shannon (1948). A mathematical theory of communication. Bell System Technical
       Journal 27(3), 379-423. https://doi.org/10.1002/j.1538-7305.1948.tb01338.x

    Examples
    --------
    A fair coin holds one bit, a loaded one holds less:

    >>> from sklearn_infotheory.measures import entropy, self_information
    >>> print(entropy([[0.5, 0.5], [0.9, 0.1]], base=2).round(4))
    [1.    0.469]

    Entropy is the mean self-information:

    >>> import numpy as np
    >>> p = np.array([0.9, 0.1])
    >>> bool(np.isclose(entropy(p), p @ self_information(p)))
    True

    Counts need no division by hand:

    >>> print(entropy([9, 1], base=2, normalize=True).round(4))
    0.469
    """
    probabilities = as_distribution(p, "p", axis, normalize)
    return in_base(mean_surprisal(probabilities), base)


def joint_entropy(
    p_xy: npt.ArrayLike, *, axis: Axes = None, base: float | None = None, normalize: bool = False
) -> Information:
    r"""Measure the uncertainty of several variables taken together.

    Parameters
    ----------
    p_xy : array_like of shape (k_x, k_y, ...)
        Joint probabilities, one axis a variable, for any number of variables.
    axis : int, tuple of int or None, default=None
        Axes that carry the variables; None for all. Others hold a batch of tables:
        ``axis=(-2, -1)`` for an array of two-way tables.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide each table by its sum first, so that counts are welcome.

    Returns
    -------
    entropy : float or ndarray
        Joint entropy in units of `base`, in [0, log(k_x k_y ...)].

    Raises
    ------
    ValueError
        If `p_xy` is negative, NaN, infinite or empty, or if it does not sum to one within rounding
        and `normalize` is False.
    TypeError
        If `p_xy` does not hold real numbers.

    Notes
    -----
    For two variables [1]_

    .. math:: H(X, Y) = -\sum_{x, y} p(x, y) \log p(x, y).

    References
    ----------
    .. [1] T. M. Cover, J. A. Thomas (2006). Elements of Information Theory, 2nd ed., section 2.2.
       Wiley. https://doi.org/10.1002/047174882X

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_infotheory.measures import conditional_entropy, entropy, joint_entropy
    >>> p_xy = np.array([[0.1, 0.5], [0.1, 0.3]])
    >>> print(joint_entropy(p_xy, base=2).round(4))
    1.6855

    The chain rule, H(X, Y) = H(Y) + H(X|Y):

    >>> chain = entropy(p_xy.sum(axis=0)) + conditional_entropy(p_xy)
    >>> bool(np.isclose(joint_entropy(p_xy), chain))
    True
    """
    probabilities, axes = as_table(p_xy, "p_xy", axis, normalize)
    return in_base(mean_surprisal(group_axes(probabilities, [axes])), base)


def conditional_entropy(
    p_xy: npt.ArrayLike,
    *,
    given: Axes = None,
    axis: Axes = None,
    base: float | None = None,
    normalize: bool = False,
) -> Information:
    r"""Measure the uncertainty that is left in some variables when others are known.

    Parameters
    ----------
    p_xy : array_like of shape (k_x, k_y, ...)
        Joint probabilities, one axis a variable. The marginals are computed from them.
    given : int, tuple of int or None, default=None
        Axes of `p_xy` whose variables are known; None for the last one of `axis`, so that a
        two-way table gives H(X|Y). ``given=0`` gives H(Y|X).
    axis : int, tuple of int or None, default=None
        Axes that carry the variables, `given` among them; None for all. Others hold a batch
        of tables.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide each table by its sum first, so that counts are welcome.

    Returns
    -------
    entropy : float or ndarray
        Conditional entropy in units of `base`, in [0, H(X)].

    Raises
    ------
    ValueError
        If `p_xy` is negative, NaN, infinite or empty, if it does not sum to one within rounding and
        `normalize` is False, if it has fewer than two variables, or if `given` names none of
        them or all of them.
    TypeError
        If `p_xy` does not hold real numbers.

    Notes
    -----
    The conditional entropy [1]_ is a mean of non-negative terms, and so it is summed here:

    .. math:: H(X|Y) = -\sum_{x, y} p(x, y) \log \frac{p(x, y)}{p(y)}.

    References
    ----------
    .. [1] T. M. Cover, J. A. Thomas (2006). Elements of Information Theory, 2nd ed., section 2.2.
       Wiley. https://doi.org/10.1002/047174882X

    Examples
    --------
    Textbooks print 0.8635 bits for the following table, which used the marginal (0.2, 0.8). That
    is not the table's: its entries sum to 1.1, so it is no distribution until it is divided by
    its sum.

    >>> import numpy as np
    >>> from sklearn_infotheory.measures import conditional_entropy, entropy, mutual_information
    >>> p_xy = np.array([[0.1, 0.5], [0.2, 0.3]])
    >>> print(conditional_entropy(p_xy, base=2, normalize=True).round(4))
    0.9446
    >>> print(conditional_entropy(p_xy, given=0, base=2, normalize=True).round(4))
    0.7959

    What knowing Y takes from the uncertainty of X is their mutual information:

    >>> p_xy = p_xy / p_xy.sum()
    >>> gain = entropy(p_xy.sum(axis=1)) - conditional_entropy(p_xy)
    >>> bool(np.isclose(gain, mutual_information(p_xy)))
    True
    """
    probabilities, free, known = as_conditioned_table(p_xy, "p_xy", axis, given, normalize)
    joint = group_axes(probabilities, [free, known])
    return in_base(remaining_entropy(joint), base)


def remaining_entropy(p_xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return H(X|Y) in nats of tables of shape (..., k_x, k_y)."""
    p_y = p_xy.sum(axis=-2, keepdims=True)
    return expectation(p_xy, log_ratio(p_y, p_xy), axis=(-2, -1))


def cross_entropy(
    p: npt.ArrayLike,
    q: npt.ArrayLike,
    *,
    axis: Axes = -1,
    base: float | None = None,
    normalize: bool = False,
) -> Information:
    r"""Measure the mean surprise of outcomes of `p` to one who expects `q`.

    Parameters
    ----------
    p : array_like of shape (..., k)
        True probabilities, or counts with ``normalize=True``.
    q : array_like of shape (..., k)
        Expected probabilities; its other axes broadcast with those of `p`.
    axis : int, tuple of int or None, default=-1
        Axis (or axes; None for all) over which the probabilities sum to one.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide `p` and `q` by their sums first.

    Returns
    -------
    entropy : float or ndarray
        Cross-entropy in units of `base`, in [H(p), inf]; inf where `q` is 0 and `p` is not.

    Raises
    ------
    ValueError
        If `p` or `q` is negative, NaN, infinite or empty, if it does not sum to one within rounding
        and `normalize` is False, or if their numbers of outcomes differ.
    TypeError
        If `p` or `q` does not hold real numbers.

    Notes
    -----
    The cross-entropy is the entropy plus the price of expecting the wrong distribution [1]_:

    .. math:: H(p, q) = -\sum_x p(x) \log q(x) = H(p) + D(p \| q).

    References
    ----------
    .. [1] T. M. Cover, J. A. Thomas (2006). Elements of Information Theory, 2nd ed., theorem
       5.4.3. Wiley. https://doi.org/10.1002/047174882X

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_infotheory.measures import cross_entropy, entropy, kl_divergence
    >>> p, q = [0.5, 0.5], [0.9, 0.1]
    >>> print(cross_entropy(p, q, base=2).round(4))
    1.737
    >>> bool(np.isclose(cross_entropy(p, q), entropy(p) + kl_divergence(p, q)))
    True
    """
    true, expected = as_distribution_pair(p, q, axis, normalize)
    return in_base(expectation(true, surprisal(expected)), base)


def perplexity(
    p: npt.ArrayLike, *, axis: Axes = -1, base: float | None = None, normalize: bool = False
) -> Information:
    r"""Measure uncertainty as the number of equally likely outcomes that would leave as much.

    Parameters
    ----------
    p : array_like of shape (..., k)
        Probabilities, or counts with ``normalize=True``.
    axis : int, tuple of int or None, default=-1
        Axis (or axes; None for all) over which the probabilities sum to one.
    base : float, optional
        Checked, but without effect: a perplexity is a number of outcomes, the same in every
        base. It is here so that measures can stand in for one another.
    normalize : bool, default=False
        Divide by the sum first.

    Returns
    -------
    perplexity : float or ndarray of shape (...)
        Effective number of outcomes, in [1, k].

    Raises
    ------
    ValueError
        If `p` is negative, NaN, infinite or empty, or if it does not sum to one within rounding and
        `normalize` is False.
    TypeError
        If `p` does not hold real numbers.

    Notes
    -----
    With the entropy to the same base [1]_,

    .. math:: 2^{H_2(X)} = e^{H(X)}.

    The perplexity of a model `q` on data from `p` is ``np.exp(cross_entropy(p, q))``.

    References
    ----------
    .. [1] F. Jelinek, R. L. Mercer, L. R. Bahl, J. K. Baker (1977). Perplexity - a measure of
       the difficulty of speech recognition tasks. Journal of the Acoustical Society of America
       62(S1), S63. https://doi.org/10.1121/1.2016299

    Examples
    --------
    A fair die has six outcomes; a loaded one behaves as if it had fewer:

    >>> from sklearn_infotheory.measures import perplexity
    >>> print(perplexity([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 5]], normalize=True).round(4))
    [6.     4.4721]
    """
    log_base(base)
    return in_base(np.exp(entropy(p, axis=axis, normalize=normalize)), None)
