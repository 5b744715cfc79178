"""Many p-values at once: adjusted each, or made one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

CORRECTIONS = ("holm", "bonferroni", "bh", "none")


def adjust_p_values(p: ArrayLike, method: str = "holm") -> NDArray[np.float64]:
    """Adjust p-values for their number, so that they can be compared with alpha.

    Parameters
    ----------
    p : array_like of shape (n_tests,)
        P-values; 1 for what could not be tested.
    method : {"holm", "bonferroni", "bh", "none"}, default="holm"
        "holm" [1]_ and "bonferroni" bound the probability of any false alarm, whatever the
        dependence between the tests; "holm" finds no less. "bh" [2]_ bounds the expected share of
        false alarms among all, for tests that are independent or positively dependent. "none"
        changes nothing.

    Returns
    -------
    ndarray of shape (n_tests,)

    References
    ----------
    .. [1] S. Holm (1979). A simple sequentially rejective multiple test procedure. Scandinavian
       Journal of Statistics 6(2), 65-70.
    .. [2] Y. Benjamini, Y. Hochberg (1995). Controlling the false discovery rate: a practical and
       powerful approach to multiple testing. Journal of the Royal Statistical Society B 57(1),
       289-300. :doi:`10.1111/j.2517-6161.1995.tb02031.x`

    Examples
    --------
    >>> from sklearn_infotheory._inference._corrections import adjust_p_values
    >>> for method in ("holm", "bonferroni", "bh"):
    ...     print(adjust_p_values([0.01, 0.04, 0.03], method).round(3))
    [0.03 0.06 0.06]
    [0.03 0.12 0.09]
    [0.03 0.04 0.04]
    """
    p = _checked(p, method)
    n = len(p)
    if method == "none" or n == 0:
        return p.copy()
    if method == "bonferroni":
        return np.minimum(p * n, 1.0)
    order = np.argsort(p, kind="stable")
    # Holm steps down: the i-th smallest counts for the n - i + 1 that are left, and none is smaller
    # than those before it. Benjamini and Hochberg step up, from the largest on.
    if method == "holm":
        stepwise = np.maximum.accumulate(p[order] * np.arange(n, 0, -1))
    else:
        stepwise = np.minimum.accumulate((p[order] * n / np.arange(1, n + 1))[::-1])[::-1]
    adjusted = np.empty(n)
    adjusted[order] = np.minimum(stepwise, 1.0)
    return adjusted


def global_p_value(p: ArrayLike, method: str = "holm") -> float:
    """Make one p-value of many: for the hypothesis that nothing has drifted.

    Parameters
    ----------
    p : array_like of shape (n_tests,)
        P-values, not adjusted.
    method : {"holm", "bonferroni", "bh", "none"}, default="holm"
        For "bh" this is the p-value of Simes [1]_, else that of Bonferroni: also for "none",
        because the smallest of many p-values is none.

    Returns
    -------
    float
        1 if there is no test.

    References
    ----------
    .. [1] R. J. Simes (1986). An improved Bonferroni procedure for multiple tests of significance.
       Biometrika 73(3), 751-754. :doi:`10.1093/biomet/73.3.751`

    Examples
    --------
    >>> from sklearn_infotheory._inference._corrections import global_p_value
    >>> print(round(global_p_value([0.01, 0.04, 0.03]), 3))
    0.03
    """
    adjusted = adjust_p_values(p, "bh" if method == "bh" else "bonferroni")
    _checked(p, method)
    return float(adjusted.min(initial=1.0))


def _checked(p: ArrayLike, method: str) -> NDArray[np.float64]:
    values = np.asarray(p, np.float64).ravel()
    if method not in CORRECTIONS:
        raise ValueError(f"method={method!r} is not known. Pass one of {', '.join(CORRECTIONS)}.")
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError("p-values lie in [0, 1]; got others, or NaN. Pass 1 for what has none.")
    return values
