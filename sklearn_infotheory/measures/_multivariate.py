"""Information among more than two variables."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt

from sklearn_infotheory.measures._arguments import Axes, Information, as_table, group_axes, in_base
from sklearn_infotheory.measures._mutual_information import (
    shared_information,
    shared_information_given,
)


def total_correlation(
    p_xyz: npt.ArrayLike, *, axis: Axes = None, base: float | None = None, normalize: bool = False
) -> Information:
    r"""Measure all dependence among several variables (multi-information).

    Parameters
    ----------
    p_xyz : array_like of shape (k_x, k_y, ...)
        Joint probabilities of two variables or more, one axis a variable.
    axis : tuple of int or None, default=None
        Axes that carry the variables; None for all. Others hold a batch of tables.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide each table by its sum first, so that counts are welcome.

    Returns
    -------
    information : float or ndarray
        Total correlation in units of `base`, from 0 (if and only if all variables are
        independent) to the sum of all entropies but the largest.

    Raises
    ------
    ValueError
        If `p_xyz` is negative, NaN, infinite or empty, if it does not sum to one within rounding
        and `normalize` is False, or if it has fewer than two variables.
    TypeError
        If `p_xyz` does not hold real numbers.

    Notes
    -----
    The total correlation [1]_ of n variables is

    .. math:: T = \sum_i H(X_i) - H(X_1, \ldots, X_n)
              = \sum_{i > 1} I(X_1, \ldots, X_{i-1}; X_i).

    The second form is the one that is summed: none of its terms is negative.

    References
    ----------
    .. [1] S. Watanabe (1960). Information theoretical analysis of multivariate correlation. IBM
       Journal of Research and Development 4(1), 66-82. https://doi.org/10.1147/rd.41.0066

    Examples
    --------
    Three copies of a coin hold one bit instead of three:

    >>> import numpy as np
    >>> from sklearn_infotheory.measures import total_correlation
    >>> copies = np.zeros((2, 2, 2))
    >>> copies[0, 0, 0] = copies[1, 1, 1] = 0.5
    >>> print(total_correlation(copies, base=2).round(4))
    2.0
    """
    probabilities, axes = as_table(p_xyz, "p_xyz", axis, normalize, at_least=2)
    steps = [
        shared_information(
            group_axes(probabilities, [axes[:i], axes[i : i + 1], axes[i + 1 :]]).sum(axis=-1)
        )
        for i in range(1, len(axes))
    ]
    return in_base(np.sum(steps, axis=0), base)


def co_information(
    p_xyz: npt.ArrayLike, *, axis: Axes = None, base: float | None = None, normalize: bool = False
) -> Information:
    r"""Measure what all of several variables share; negative where they complement one another.

    Parameters
    ----------
    p_xyz : array_like of shape (k_x, k_y, ...)
        Joint probabilities of two variables or more, one axis a variable. The cost doubles
        with each variable.
    axis : tuple of int or None, default=None
        Axes that carry the variables; None for all. Others hold a batch of tables.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.
    normalize : bool, default=False
        Divide each table by its sum first, so that counts are welcome.

    Returns
    -------
    information : float or ndarray
        Co-information in units of `base`. It is symmetric in the variables. Of three variables
        it is positive if they are redundant, negative if they are synergetic.

    Raises
    ------
    ValueError
        If `p_xyz` is negative, NaN, infinite or empty, if it does not sum to one within rounding
        and `normalize` is False, or if it has fewer than two variables.
    TypeError
        If `p_xyz` does not hold real numbers.

    Notes
    -----
    The co-information [1]_ of two variables is their mutual information; each further variable
    takes off what is left when it is known:

    .. math:: I(X; Y; Z) = I(X; Y) - I(X; Y | Z).

    McGill's interaction information [2]_ has the opposite sign for an odd number of variables.

    References
    ----------
    .. [1] A. J. Bell (2003). The co-information lattice. Proceedings of the Fourth International
       Symposium on Independent Component Analysis and Blind Signal Separation, 921-926.
    .. [2] W. J. McGill (1954). Multivariate information transmission. Psychometrika 19(2),
       97-116. https://doi.org/10.1007/BF02289159

    Examples
    --------
    The parts of Z = X xor Y complement one another; copies repeat one another:

    >>> import numpy as np
    >>> from sklearn_infotheory.measures import co_information
    >>> xor, copies = np.zeros((2, 2, 2)), np.zeros((2, 2, 2))
    >>> xor[[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0]] = 0.25
    >>> copies[[0, 1], [0, 1], [0, 1]] = 0.5
    >>> print(co_information([xor, copies], axis=(1, 2, 3), base=2).round(4))
    [-1.  1.]
    """
    probabilities, axes = as_table(p_xyz, "p_xyz", axis, normalize, at_least=2)
    x, y, others = axes[:1], axes[1:2], axes[2:]
    # The recursion, unrolled: one conditional mutual information for each set of known variables.
    # Values may be negative in truth, so rounding is left as it falls.
    terms = [
        (-1) ** size
        * shared_information_given(
            group_axes(probabilities, [x, y, known, _without(others, known)]).sum(axis=-1)
        )
        for size in range(len(others) + 1)
        for known in combinations(others, size)
    ]
    return in_base(np.sum(terms, axis=0), base)


def _without(axes: tuple[int, ...], removed: tuple[int, ...]) -> tuple[int, ...]:
    """Return `axes` less `removed`."""
    return tuple(axis for axis in axes if axis not in removed)
