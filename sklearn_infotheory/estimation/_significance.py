"""How likely is so much information if there is none?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc


def g_test_p_values(
    g: NDArray[np.float64],
    mean: NDArray[np.float64],
    variance: NDArray[np.float64],
    freedom: NDArray[np.float64],
) -> NDArray[np.float64]:
    r"""P-values of G statistics from their null moments with fixed margins.

    The null law of G is approached by the gamma law with the exact mean that G has over all tables
    with the observed margins, and with a variance that is not below that of chi-square:

    .. math:: \operatorname{Var} = \max(V, 2 \mathrm{E}[G]^2 / \nu)

    where V is the sum of the variances of the rows, scaled to be right in large tables of equal
    margins, and on the safe side in others. So in a table of large counts this is the chi-square
    test with Bartlett's correction, or slightly safer. In a sparse table, where chi-square is
    wrong in either direction, it keeps the level; the identifier column, whose G is the same
    whatever the permutation of y, gets a p-value near one half. The level is measured in
    ``tests/validation/test_significance.py``.

    Parameters
    ----------
    g, mean, variance, freedom : ndarray of float64
        G, its null mean and variance, and its degrees of freedom. Where the latter are 0, the
        statistic could not take another value, and p is 1.

    References
    ----------
    Bartlett, M. S. (1937). Properties of sufficiency and statistical tests. Proceedings of the
    Royal Society A, 160, 268-282. :doi:`10.1098/rspa.1937.0109`
    """
    testable = (freedom > 0) & (mean > 0)
    p = np.ones(np.shape(g))
    m, nu = mean[testable], freedom[testable]
    v = np.maximum(variance[testable], 2 * m * m / nu)
    p[testable] = gammaincc(m * m / v, np.maximum(g[testable], 0.0) * m / v)
    return p
