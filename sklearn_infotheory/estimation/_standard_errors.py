"""Standard errors of information estimated from counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def mutual_information_standard_error(counts: NDArray[np.float64]) -> float:
    r"""Standard error of the plug-in mutual information of a table, by the delta method.

    .. math:: n \operatorname{Var} \approx \sum_{xy} p(x, y) i(x; y)^2 - I(X; Y)^2

    with the pointwise information i. It is zero to first order where X and Y are independent, and
    there too small.

    References
    ----------
    Roulston, M. S. (1999). Estimating the errors on measured entropy and mutual information.
    Physica D, 125, 285-294. :doi:`10.1016/S0167-2789(98)00269-3`
    """
    n = counts.sum()
    p = counts / n
    expected = p.sum(axis=1, keepdims=True) * p.sum(axis=0, keepdims=True)
    occupied = p > 0
    pointwise = np.log(p[occupied] / expected[occupied])
    information = p[occupied] @ pointwise
    return float(np.sqrt(max(p[occupied] @ pointwise**2 - information**2, 0.0) / n))
