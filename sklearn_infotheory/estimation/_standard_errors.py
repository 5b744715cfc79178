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
    from sklearn_infotheory._kernels._independence import standard_errors_of_tables

    out = np.empty(len(tables.offsets))
    standard_errors_of_tables(
        tables.counts, tables.offsets, tables.n_levels, target_counts, target_counts.sum(), out
    )
    return out
