"""Total correlation from samples: what all columns share."""

from __future__ import annotations

from functools import reduce
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_infotheory._inference._corrections import global_p_value
from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit
from sklearn_infotheory.estimation._copula import gaussian_mutual_information
from sklearn_infotheory.estimation._discrete._entropy_of_counts import (
    DISCRETE_METHODS,
    auto_discrete_method,
    entropy_of_counts,
    plugin_entropy,
)
from sklearn_infotheory.estimation._estimate import Estimate, NormalInterval
from sklearn_infotheory.estimation._independence_p_values import cells, codes_p_value
from sklearn_infotheory.estimation._neighbors._mixed_terms import mixed_terms
from sklearn_infotheory.estimation._neighbors._standard_errors import (
    mixed_standard_error,
    ordered_mean,
)
from sklearn_infotheory.estimation._variables import (
    Transform,
    Variable,
    combine,
    read_columns,
    transformed,
)


@validate_params(
    {
        "X": "no_validation",
        "method": [StrOptions({"auto", "knn", "gaussian", *DISCRETE_METHODS})],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "transform": [StrOptions({"normal_scores", "standardize"}), None],
        "discrete": ["boolean", None],
        "base": BASE_CONSTRAINT,
    },
    prefer_skip_nested_validation=True,
)
def estimate_total_correlation(
    X: ArrayLike,
    *,
    method: str = "auto",
    n_neighbors: int = 3,
    transform: Transform = "normal_scores",
    discrete: bool | None = None,
    base: float | None = None,
) -> Estimate:
    r"""Estimate what all columns of a table share, from samples.

    Parameters
    ----------
    X : array-like or data frame of shape (n_samples, n_columns)
        Two or more columns of any kind. A missing value is a value of its own.
    method : str, default="auto"
        "knn" (neighbours in all columns at once, after the chain rule for columns with atoms),
        "gaussian" (by the correlations of normal scores; columns of numbers only, tied or not, but
        of more than a few distinct values), or one of the methods that count, see
        :func:`estimate_mutual_information`. "auto" counts if all columns are discrete, and is "knn"
        otherwise.
    n_neighbors : int, default=3
        Of "knn".
    transform : {"normal_scores", "standardize"} or None, default="normal_scores"
        As in :func:`estimate_mutual_information`.
    discrete : bool or None, default=None
        Whether numbers are categories; None lets the data say.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    estimate : Estimate
        ``float(estimate)`` is its value. The p-value tests that all columns are independent: each
        against the others by a G-test on cells; the smallest of them, corrected for their number.

    Raises
    ------
    ValueError
        If there are less than two columns, or they cannot be read.

    See Also
    --------
    estimate_mutual_information : For two variables.
    sklearn_infotheory.measures.total_correlation : Of given probabilities.

    Notes
    -----
    .. math:: TC(X_1, ..., X_m) = \sum_j H(X_j) - H(X_1, ..., X_m)

    by the generalisation of KSG's estimator to m variables [1]_. The more columns, the further away
    are the neighbours, and the more an estimate falls short of strong dependence.

    References
    ----------
    .. [1] A. Kraskov, H. Stögbauer, P. Grassberger (2004). Estimating mutual information. Physical
       Review E 69, 066138. :doi:`10.1103/PhysRevE.69.066138`

    Examples
    --------
    No two of these columns tell anything about one another, all three share a bit:

    >>> import numpy as np
    >>> from sklearn_infotheory.estimation import estimate_total_correlation
    >>> a, b = np.random.default_rng(0).integers(0, 2, size=(2, 1000))
    >>> estimate = estimate_total_correlation(np.stack([a, b, a ^ b], axis=1), base=2)
    >>> print(round(float(estimate), 2), estimate.p_value < 0.001)
    1.0 True
    """
    if method in DISCRETE_METHODS and discrete is None:
        discrete = True
    columns = read_columns(X, "X", discrete=discrete, may_be_mixed=method != "gaussian")
    if len(columns) < 2:
        raise ValueError("X has one column, which shares nothing. Pass two or more columns.")
    if method == "auto":
        all_discrete = all(column.is_discrete for column in columns)
        method = auto_discrete_method(True) if all_discrete else "knn"
    terms, value, error = _estimate(columns, method, int(n_neighbors), transform)
    highest = _highest(columns)
    value = min(value, highest)
    unit, interval = nats_per_unit(base), NormalInterval(value, error, 0.0, highest)
    p = _p_value(columns)
    return Estimate(value / unit, error / unit, p, method, len(terms), base, interval)


def _estimate(
    columns: list[Variable], method: str, k: int, transform: Transform
) -> tuple[Floats, float, float]:
    if method == "knn":
        terms = mixed_terms(columns, k, transform)
        return terms, ordered_mean(terms), mixed_standard_error(terms, columns, k)
    if method == "gaussian":
        terms = _gaussian_terms(columns, transform)
        value = ordered_mean(terms)
    else:
        terms = _plugin_terms(columns)
        value = _entropy_difference(columns, method)
    if not np.isfinite(value):  # columns that determine each other
        return terms, value, np.nan
    return terms, value, float(np.sort(terms).std() / np.sqrt(len(terms)))


def _highest(columns: list[Variable]) -> float:
    """Return the most that discrete columns can share: all entropies but the largest."""
    if not all(column.is_discrete for column in columns):
        return np.inf
    entropies = np.sort([plugin_entropy(column.atoms) for column in columns])
    return float(entropies[:-1].sum())


def _gaussian_terms(columns: list[Variable], transform: Transform) -> Floats:
    """Add up I(X_1 ... X_j; X_j+1) over the columns."""
    _require("gaussian", columns, [column.is_continuous for column in columns])
    scores = np.hstack([transformed(column.values, transform) for column in columns])
    return np.sum(
        [
            gaussian_mutual_information(scores[:, :j], scores[:, j]).terms
            for j in range(1, len(columns))
        ],
        axis=0,
    )


def _plugin_terms(columns: list[Variable]) -> Floats:
    joint = reduce(combine, (column.atoms for column in columns))
    alone = np.sum([_log_share(column.atoms) for column in columns], axis=0)
    return _log_share(joint) - alone


def _log_share(labels: NDArray[np.intp]) -> Floats:
    return np.log(np.bincount(labels)[labels] / len(labels))


def _entropy_difference(columns: list[Variable], method: str) -> float:
    _require(method, columns, [column.is_discrete for column in columns])
    joint = reduce(combine, (column.atoms for column in columns))
    alone = [entropy_of_counts(np.bincount(column.atoms), method)[0] for column in columns]
    return float(np.sort(alone).sum()) - entropy_of_counts(np.bincount(joint), method)[0]


def _require(method: str, columns: list[Variable], able: list[bool]) -> None:
    for column, is_able in zip(columns, able, strict=True):
        if not is_able:
            raise ValueError(
                f"method={method!r} cannot be used: {column.name} is {column.kind}. "
                "Use discrete=True or False to say what its numbers are, or method='knn'."
            )


def _p_value(columns: list[Variable]) -> float:
    """Test each column against all others."""
    per_cell = columns[0].n_samples / 5
    n_bins = int(np.clip(per_cell ** (1 / len(columns)) + 1e-9, 2, 10))
    codes = [cells(column, n_bins) for column in columns]
    others = [reduce(combine, codes[:j] + codes[j + 1 :]) for j in range(len(codes))]
    p = [codes_p_value(code, other) for code, other in zip(codes, others, strict=True)]
    return global_p_value(p, "bonferroni")
