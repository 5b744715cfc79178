"""Independence in tables of counts: p-values of G, and standard errors of its information."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc, xlogy

from sklearn_infotheory._counts import FeatureTables

_SMALL = 64  # samples, up to which the moments of tables are kept
_thread = threading.local()


def known_moments() -> NDArray[np.float64]:
    """Return what this thread knows of the null moments of small tables, for the kernels to use.

    The moments depend on the margins alone, so that they are kept as long as the thread lives.
    """
    if not hasattr(_thread, "moments"):
        _thread.moments = np.zeros((2, _SMALL + 1, _SMALL + 1, _SMALL + 1, 2))
    moments: NDArray[np.float64] = _thread.moments
    return moments


def g_test_p_values(
    g: NDArray[np.float64],
    mean: NDArray[np.float64],
    variance: NDArray[np.float64],
    freedom: NDArray[np.float64],
    noncentrality: float = 0.0,
) -> NDArray[np.float64]:
    r"""P-values of G statistics from their null moments with fixed margins.

    The null distribution of G is approximated by the gamma distribution with the exact mean that G
    has over all tables with the observed margins, and a variance not below that of chi-square:

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
    noncentrality : float, default=0.0
        What G may have beyond chance: 2 n times the information that is allowed for.

    References
    ----------
    Bartlett, M. S. (1937). Properties of sufficiency and statistical tests. Proceedings of the
    Royal Society A, 160, 268-282. :doi:`10.1098/rspa.1937.0109`
    """
    testable = (freedom > 0) & (mean > 0)
    p = np.ones(np.shape(g))
    m, nu = mean[testable], freedom[testable]
    v = np.maximum(variance[testable], 2 * m * m / nu)
    # The gamma distribution of mean m and variance v has the shape m^2 / v and the scale v / m.
    # With v = 2 m^2 / nu it is m / nu times chi-square: Bartlett's correction.
    scaled = np.maximum(g[testable], 0.0) * m / v
    if noncentrality > 0:
        from scipy.stats import ncx2

        p[testable] = ncx2.sf(2 * scaled, 2 * m * m / v, 2 * noncentrality * m / v)
    else:
        p[testable] = gammaincc(m * m / v, scaled)
    return p


def exact_two_by_two_p_values(
    k: NDArray[np.float64], n: float, r: NDArray[np.float64], c: NDArray[np.float64]
) -> NDArray[np.float64]:
    """P(G >= the G of a 2 x 2 table), its margins fixed: the tail of the hypergeometric law.

    Parameters
    ----------
    k, r, c : ndarray of float64
        First cell, row and column of each table.
    n : float
        The sum of all counts.

    Returns
    -------
    ndarray of float64
        NaN where a count is not whole.
    """
    from scipy.stats import hypergeom

    p = np.full(np.shape(k), np.nan)
    whole = np.array((k % 1 == 0) & (r % 1 == 0) & (c % 1 == 0) & (n % 1 == 0))
    k, r, c = k[whole], r[whole], c[whole]
    observed = _g_of_two_by_two(k, n, r, c) * (1 - 1e-10)
    # G grows on both sides of the mean: find the nearest table as extreme on each side.
    below = np.floor(r * c / n)
    above = below + 1
    lowest, highest = np.maximum(0, r + c - n), np.minimum(r, c)
    upper = above + _steps_to_extreme(above, 1, highest - above + 1, observed, n, r, c)
    lower = below - _steps_to_extreme(below, -1, below - lowest + 1, observed, n, r, c)
    p[whole] = hypergeom.sf(upper - 1, n, r, c) + hypergeom.cdf(lower, n, r, c)
    return np.minimum(p, 1.0)


def _g_of_two_by_two(
    k: NDArray[np.float64], n: float, r: NDArray[np.float64], c: NDArray[np.float64]
) -> NDArray[np.float64]:
    cells = np.array([k, r - k, c - k, n - r - c + k])
    expected = np.array([r * c, r * (n - c), (n - r) * c, (n - r) * (n - c)]) / n
    return 2 * (xlogy(cells, cells / expected) - (cells - expected)).sum(axis=0)


def _steps_to_extreme(
    start: NDArray[np.float64],
    direction: int,
    most: NDArray[np.float64],
    observed: NDArray[np.float64],
    n: float,
    r: NDArray[np.float64],
    c: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Bisect for the steps from ``start`` to a G as large as observed, ``most`` if none is."""
    low, high = np.zeros(len(start)), np.maximum(most, 0.0)
    while (low < high).any():
        middle = np.floor((low + high) / 2)
        k = np.clip(start + direction * middle, np.maximum(0, r + c - n), np.minimum(r, c))
        extreme = _g_of_two_by_two(k, n, r, c) >= observed
        searching = low < high
        high = np.where(searching & extreme, middle, high)
        low = np.where(searching & ~extreme, middle + 1, low)
    return low


def mutual_information_standard_errors(
    tables: FeatureTables, target_counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    r"""Standard errors of the plug-in mutual information of tables, by the delta method.

    .. math:: n \operatorname{Var} \approx \sum_{xy} p(x, y) i(x; y)^2 - I(X; Y)^2

    with the pointwise information i. It is zero to first order where X and Y are independent, and
    there too small.

    References
    ----------
    Roulston, M. S. (1999). Estimating the errors on measured entropy and mutual information.
    Physica D, 125, 285-294. :doi:`10.1016/S0167-2789(98)00269-3`
    """
    n, out = target_counts.sum(), np.empty(len(tables.offsets))
    for features, counts in tables.stacks(np.arange(len(out))):
        expected = counts.sum(axis=1, keepdims=True) * (target_counts[:, None] / n)
        occupied = counts > 0
        pointwise = np.log(np.divide(counts, expected, where=occupied, out=np.ones_like(counts)))
        information = (counts * pointwise).sum(axis=(1, 2)) / n
        squares = (counts * pointwise**2).sum(axis=(1, 2)) / n
        out[features] = np.sqrt(np.maximum(squares - information**2, 0.0) / n)
    return out
