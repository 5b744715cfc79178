"""Exact tests for codes among numbers: values beyond all others, and one that repeats."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from sklearn_infotheory._types import Floats

_FAR = 3.9  # standard deviations, about
_CELLS_LOOKED_AT = 16
_TERMS = 400  # of a tail, which has fallen below rounding long before


def exceedance_p_value(beyond: float, batch: float, reference: float) -> float:
    r"""Return the probability that so many values of a batch are beyond all of the reference.

    Parameters
    ----------
    beyond : float
        Values of the batch that are larger (or all smaller) than each of the reference.
    batch, reference : float
        Values in each.

    Notes
    -----
    If all N = n + m values are exchangeable, the k largest are all of the batch with probability
    :math:`\prod_{i<k} (m - i) / (N - i)`; with ties, at most [1]_.

    References
    ----------
    .. [1] S. S. Wilks (1942). Statistical prediction with special reference to the problem of
       tolerance limits. Annals of Mathematical Statistics 13(4), 400-409.
       :doi:`10.1214/aoms/1177731537`
    """
    k, m, total = round(beyond), round(batch), round(batch) + round(reference)
    if k <= 0 or reference < 1:
        return 1.0
    k = min(k, m)
    log_p = gammaln(m + 1) - gammaln(m - k + 1) - gammaln(total + 1) + gammaln(total - k + 1)
    return float(np.exp(min(log_p, 0.0)))


def repetition_p_values(reference: Floats, batch: Floats) -> Floats:
    r"""Return, for each cell, the probability that so many of its rows are of the batch.

    Parameters
    ----------
    reference, batch : ndarray of shape (n_cells,)
        Counts of cells that no count has chosen.

    Notes
    -----
    Given that c of all N rows are in a cell, those of the batch are hypergeometric. The tail
    is one-sided: a value that repeats more often than it did (Fisher).
    """
    c, b = np.rint(reference + batch), np.rint(batch)
    total, m = c.sum(), b.sum()
    p = np.ones(len(c))
    mean = c * (m / max(total, 1.0))
    # The p-values of cells that are not far above their mean stay at one: corrected for the number
    # of cells, they would not be small.
    deviation = np.sqrt(mean * (1 - m / max(total, 1.0)) + 1.0)
    far = np.flatnonzero(b - mean > _FAR * deviation)
    tested = far[np.argsort(mean[far] - b[far], kind="stable")[:_CELLS_LOOKED_AT]]
    if not len(tested):
        return p
    c, x = c[tested], b[tested]
    log_term = (
        gammaln(c + 1) - gammaln(x + 1) - gammaln(c - x + 1)
        + gammaln(total - c + 1) - gammaln(m - x + 1) - gammaln(total - c - m + x + 1)
        - gammaln(total + 1) + gammaln(m + 1) + gammaln(total - m + 1)
    )  # fmt: skip
    ratio, tail = np.ones(len(x)), np.ones(len(x))
    for _ in range(_TERMS):
        ratio = ratio * np.maximum(c - x, 0) * np.maximum(m - x, 0)
        ratio = ratio / ((x + 1) * (total - c - m + x + 1))
        x = x + 1
        tail += ratio
        if (ratio < 1e-9 * tail).all():
            break
    p[tested] = np.minimum(np.exp(log_term) * tail, 1.0)
    return p
