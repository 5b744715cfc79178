"""Standard errors of information estimated from counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._tables import FeatureTables


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
