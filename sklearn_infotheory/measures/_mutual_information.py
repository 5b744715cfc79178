"""Mutual information: what variables tell about one another."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from sklearn_infotheory.measures._arguments import (
    Axes,
    Information,
    as_conditioned_table,
    as_table,
    group_axes,
    in_base,
    log_base,
)
from sklearn_infotheory.measures._terms import (
    expectation,
    log_ratio,
    mean_surprisal,
    relative_entropy_terms,
    share,
    surprisal,
)

AverageMethod = Literal["arithmetic", "geometric", "min", "max", "joint"]


def mutual_information(
    p_xy: npt.ArrayLike, *, axis: Axes = None, base: float | None = None, normalize: bool = False
) -> Information:
    r"""Measure what two variables tell about one another.

    Parameters
    ----------
    p_xy : array_like of shape (k_x, k_y)
        Joint probabilities, one axis a variable. The marginals are computed from them.
    axis : tuple of int or None, default=None
        The two axes that carry the variables; None for all. Others hold a batch of tables:
        ``axis=(-2, -1)`` for an array of shape (..., k_x, k_y).
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide each table by its sum first, so that contingency tables are welcome.

    Returns
    -------
    information : float or ndarray
        Mutual information in units of `base`, in [0, min(H(X), H(Y))]; 0 if and only if the
        variables are independent.

    Raises
    ------
    ValueError
        If `p_xy` is negative, NaN, infinite or empty, if it does not sum to one within rounding and
        `normalize` is False, or if it does not carry two variables.
    TypeError
        If `p_xy` does not hold real numbers.

    See Also
    --------
    conditional_mutual_information, total_correlation, co_information

    Notes
    -----
    It is the divergence of the joint distribution from the product of its marginals [1]_:

    .. math:: I(X; Y) = \sum_{x, y} p(x, y) \log \frac{p(x, y)}{p(x) p(y)}.

    It is summed as such: a difference of entropies would lose the digits of weak dependence.

    References
    ----------
    .. [1] T. M. Cover, J. A. Thomas (2006). Elements of Information Theory, 2nd ed., section 2.3.
       Wiley. https://doi.org/10.1002/047174882X

    Examples
    --------
    Textbooks print 0.7195 bits for the following table, from the marginals (0.2, 0.8) and
    (0.75, 0.25). They are not both the table's, whose marginals are (0.6, 0.4) and (0.2, 0.8):

    >>> import numpy as np
    >>> from sklearn_infotheory.measures import kl_divergence, mutual_information
    >>> p_xy = np.array([[0.1, 0.5], [0.1, 0.3]])
    >>> print(mutual_information(p_xy, base=2).round(4))
    0.0074

    It is a divergence, so it cannot be negative:

    >>> product = np.outer(p_xy.sum(axis=1), p_xy.sum(axis=0))
    >>> bool(np.isclose(mutual_information(p_xy), kl_divergence(p_xy, product, axis=None)))
    True
    """
    probabilities, (x, y) = as_table(p_xy, "p_xy", axis, normalize, at_least=2, at_most=2)
    return in_base(shared_information(group_axes(probabilities, [(x,), (y,)])), base)


def conditional_mutual_information(
    p_xyz: npt.ArrayLike,
    *,
    given: Axes = None,
    axis: Axes = None,
    base: float | None = None,
    normalize: bool = False,
) -> Information:
    r"""Measure what two variables tell about one another when others are known.

    Parameters
    ----------
    p_xyz : array_like of shape (k_x, k_y, k_z, ...)
        Joint probabilities, one axis a variable.
    given : int, tuple of int or None, default=None
        Axes of `p_xyz` whose variables are known; None for the last one of `axis`, so that a
        three-way table gives I(X;Y|Z). Two variables must remain.
    axis : tuple of int or None, default=None
        Axes that carry the variables, `given` among them; None for all. Others hold a batch
        of tables.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide each table by its sum first, so that counts are welcome.

    Returns
    -------
    information : float or ndarray
        Conditional mutual information in units of `base`, in [0, min(H(X|Z), H(Y|Z))].

    Raises
    ------
    ValueError
        If `p_xyz` is negative, NaN, infinite or empty, if it does not sum to one within
        rounding and `normalize` is False, or if `given` does not leave two variables.
    TypeError
        If `p_xyz` does not hold real numbers.

    Notes
    -----
    With one or several known variables Z [1]_,

    .. math:: I(X; Y | Z) = \sum_{x, y, z} p(x, y, z) \log \frac{p(x, y | z)}{p(x | z) p(y | z)}.

    References
    ----------
    .. [1] T. M. Cover, J. A. Thomas (2006). Elements of Information Theory, 2nd ed., section 2.5.
       Wiley. https://doi.org/10.1002/047174882X

    Examples
    --------
    Of Z = X xor Y neither input tells anything alone, and all once the other is known:

    >>> import numpy as np
    >>> from sklearn_infotheory.measures import conditional_mutual_information, mutual_information
    >>> xor = np.zeros((2, 2, 2))
    >>> xor[[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0]] = 0.25
    >>> print(mutual_information(xor.sum(axis=1), base=2).round(4))
    0.0
    >>> print(conditional_mutual_information(xor, given=1, base=2).round(4))
    1.0
    """
    probabilities, (x, y), known = as_conditioned_table(
        p_xyz, "p_xyz", axis, given, normalize, n_free=2
    )
    return in_base(shared_information_given(group_axes(probabilities, [(x,), (y,), known])), base)


def shared_information(p_xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return I(X;Y) in nats of tables of shape (..., k_x, k_y)."""
    return shared_information_given(p_xy[..., np.newaxis])


def shared_information_given(p_xyz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return I(X;Y|Z) in nats of tables of shape (..., k_x, k_y, k_z)."""
    p_xz = p_xyz.sum(axis=-2, keepdims=True)
    p_yz = p_xyz.sum(axis=-3, keepdims=True)
    p_z = p_yz.sum(axis=-2, keepdims=True)
    # The mean divergence of p(y|xz) from p(y|z): products such as p(x) p(y) would underflow.
    terms = relative_entropy_terms(share(p_xyz, p_xz), share(p_yz, p_z))
    return expectation(p_xz, terms, axis=(-3, -2, -1))


def pointwise_mutual_information(
    p_xy: npt.ArrayLike,
    *,
    normalized: bool = False,
    positive: bool = False,
    axis: Axes = None,
    base: float | None = None,
    normalize: bool = False,
) -> Information:
    r"""Measure, cell by cell, how much more often two outcomes meet than by chance.

    Parameters
    ----------
    p_xy : array_like of shape (k_x, k_y)
        Joint probabilities, one axis a variable.
    normalized : bool, default=False
        Divide the information of each cell by the self-information of the cell (NPMI). This
        scales the result; the `normalize` below scales the input.
    positive : bool, default=False
        Replace negative values by 0 (PPMI), to leave only what attracts.
    axis : tuple of int or None, default=None
        The two axes that carry the variables; None for all. Others hold a batch of tables.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1. Without
        effect if `normalized`.
    normalize : bool, default=False
        Divide each table by its sum first, so that co-occurrence counts are welcome.

    Returns
    -------
    information : ndarray of the shape of `p_xy`
        Information of each cell in units of `base`, in [-inf, min(-log p(x), -log p(y))]; if
        `normalized`, a pure number in [-1, 1]. A cell of probability 0 has -inf (normalized:
        -1). Where a whole row or column has probability 0 nothing is defined: NaN, or 0 if
        `positive`. The normalized value of a cell that is certain is 0.

    Raises
    ------
    ValueError
        If `p_xy` is negative, NaN, infinite or empty, if it does not sum to one within rounding and
        `normalize` is False, or if it does not carry two variables.
    TypeError
        If `p_xy` does not hold real numbers.

    Notes
    -----
    The pointwise mutual information [1]_ and its normalized form [2]_ are

    .. math:: i(x; y) = \log \frac{p(x, y)}{p(x) p(y)}, \qquad \frac{i(x; y)}{-\log p(x, y)}.

    References
    ----------
    .. [1] K. W. Church, P. Hanks (1990). Word association norms, mutual information, and
       lexicography. Computational Linguistics 16(1), 22-29. https://aclanthology.org/J90-1003/
    .. [2] G. Bouma (2009). Normalized (pointwise) mutual information in collocation extraction.
       Proceedings of the Biennial GSCL Conference, 31-40.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_infotheory.measures import mutual_information, pointwise_mutual_information
    >>> p_xy = np.array([[0.4, 0.1], [0.1, 0.4]])
    >>> print(pointwise_mutual_information(p_xy, base=2).round(3))
    [[ 0.678 -1.322]
     [-1.322  0.678]]

    Its mean is the mutual information:

    >>> mean = np.sum(p_xy * pointwise_mutual_information(p_xy))
    >>> bool(np.isclose(mean, mutual_information(p_xy)))
    True
    """
    joint, (x, y) = as_table(p_xy, "p_xy", axis, normalize, at_least=2, at_most=2)
    p_x, p_y = joint.sum(axis=y, keepdims=True), joint.sum(axis=x, keepdims=True)
    cells = log_ratio(share(joint, p_x), p_y)
    if normalized:
        log_base(base)
        cells, base = _per_self_information(cells, joint), None
    cells = np.where((p_x > 0) & (p_y > 0), cells, np.nan)
    # fmax prefers a number to NaN, and so gives 0 for what is not defined.
    return in_base(np.fmax(cells, 0.0) if positive else cells, base)


def _per_self_information(
    cells: NDArray[np.float64], joint: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Divide by -log p(x, y); -1, the limit, where p(x, y) is 0, and 0 where it is 1."""
    surprise = surprisal(joint)
    normalized = np.where(joint > 0, 0.0, -1.0)
    return np.divide(cells, surprise, out=normalized, where=(joint > 0) & (surprise > 0))


def normalized_mutual_information(
    p_xy: npt.ArrayLike,
    *,
    average_method: AverageMethod = "arithmetic",
    axis: Axes = None,
    base: float | None = None,
    normalize: bool = False,
) -> Information:
    r"""Measure mutual information as a share of the entropy of its variables.

    Parameters
    ----------
    p_xy : array_like of shape (k_x, k_y)
        Joint probabilities, one axis a variable.
    average_method : {"arithmetic", "geometric", "min", "max", "joint"}, default="arithmetic"
        What to divide by: a mean of H(X) and H(Y), the smaller or the larger of them, or
        their joint entropy H(X, Y).
    axis : tuple of int or None, default=None
        The two axes that carry the variables; None for all. Others hold a batch of tables.
    base : float, optional
        Checked, but without effect: a share is the same in every base. It is here so that
        measures can stand in for one another.
    normalize : bool, default=False
        Divide each table by its sum first (this scales the input, not the result).

    Returns
    -------
    share : float or ndarray
        Share in [0, 1]. If what to divide by is 0, for a constant variable, the share is 0,
        as a constant tells nothing; `sklearn.metrics.normalized_mutual_info_score`, which
        compares clusterings, gives 1 to two constants.

    Raises
    ------
    ValueError
        If `p_xy` is negative, NaN, infinite or empty, if it does not sum to one within rounding and
        `normalize` is False, if it does not carry two variables, or if `average_method` is
        not one of the above.
    TypeError
        If `p_xy` does not hold real numbers.

    Notes
    -----
    With a mean M of the two entropies, or their joint entropy in its place [1]_,

    .. math:: \frac{I(X; Y)}{M(H(X), H(Y))}.

    References
    ----------
    .. [1] N. X. Vinh, J. Epps, J. Bailey (2010). Information theoretic measures for clusterings
       comparison: variants, properties, normalization and correction for chance. Journal of
       Machine Learning Research 11, 2837-2854. https://jmlr.org/papers/v11/vinh10a.html

    Examples
    --------
    Each outcome of X tells Y, while Y leaves X open:

    >>> from sklearn_infotheory.measures import normalized_mutual_information
    >>> p_xy = [[0.25, 0.0], [0.25, 0.0], [0.0, 0.5]]
    >>> for method in ("arithmetic", "geometric", "min", "max", "joint"):
    ...     print(method, normalized_mutual_information(p_xy, average_method=method).round(4))
    arithmetic 0.8
    geometric 0.8165
    min 1.0
    max 0.6667
    joint 0.6667
    """
    if average_method not in get_args(AverageMethod):
        raise ValueError(
            f"average_method must be one of {', '.join(get_args(AverageMethod))}; "
            f"got {average_method!r}."
        )
    log_base(base)
    probabilities, (x, y) = as_table(p_xy, "p_xy", axis, normalize, at_least=2, at_most=2)
    joint = group_axes(probabilities, [(x,), (y,)])
    # No more can be shared than there is: above 1 there is only rounding.
    shared = share(shared_information(joint), _average(joint, average_method))
    return in_base(np.minimum(shared, 1.0), None)


def _average(joint: NDArray[np.float64], method: AverageMethod) -> NDArray[np.float64]:
    """Return the entropy by which the mutual information of (..., k_x, k_y) is divided."""
    if method == "joint":
        return mean_surprisal(joint, axis=(-2, -1))
    h_x, h_y = _marginal_entropy(joint, -1), _marginal_entropy(joint, -2)
    averages = {
        "arithmetic": (h_x + h_y) / 2,
        "geometric": np.sqrt(h_x * h_y),
        "min": np.minimum(h_x, h_y),
        "max": np.maximum(h_x, h_y),
    }
    return averages[method]


def _marginal_entropy(joint: NDArray[np.float64], summed_axis: int) -> NDArray[np.float64]:
    """Return the entropy in nats of one variable of tables of shape (..., k_x, k_y)."""
    p = joint.sum(axis=summed_axis)
    # The marginal of a constant may sum to 1 + 1e-16, whose surprisal is below 0.
    return np.maximum(mean_surprisal(p), 0.0)
