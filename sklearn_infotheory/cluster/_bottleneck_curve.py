"""Relevance against compression, as the price of compression changes."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_infotheory._types import Codes, Floats, RandomState
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit
from sklearn_infotheory.cluster._alternating import run_deterministic, run_soft
from sklearn_infotheory.cluster._clustering import Clustering, Price, tidy
from sklearn_infotheory.cluster._information_bottleneck import InformationBottleneck
from sklearn_infotheory.cluster._joint_distribution import JointDistribution
from sklearn_infotheory.cluster._starts import run_start, run_starts

_BLUR = 1e-3  # of each row that is spread over all clusters before "soft" goes on from a solution
_ON_HULL = 1e-9  # nats below the hull that are rounding


@dataclass(frozen=True)
class InformationCurve:
    """Clusterings by price, as :func:`information_curve` finds them.

    Attributes
    ----------
    betas : ndarray of shape (n_betas,)
        The prices, in rising order.
    compression : ndarray of shape (n_betas,)
        I(X;T), in the unit of ``base``.
    relevance : ndarray of shape (n_betas,)
        I(T;Y).
    n_clusters : ndarray of shape (n_betas,)
        How many different clusters there are.
    on_hull : ndarray of bool of shape (n_betas,)
        Whether the point is on the concave hull of all points and of the origin. The others are
        local optima, or are dominated by a mixture of two neighbours.
    information : float
        I(X;Y), the limit of relevance.
    entropy : float
        H(X), the limit of compression.
    base : float or None
    """

    betas: Floats
    compression: Floats
    relevance: Floats
    n_clusters: Codes
    on_hull: NDArray[np.bool_]
    information: float
    entropy: float
    base: float | None


@validate_params(
    {
        "betas": ["array-like"],
        "n_clusters": [Interval(Integral, 1, None, closed="left")],
        "method": [StrOptions({"soft", "deterministic"})],
        "prior": [StrOptions({"uniform", "counts"})],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "base": BASE_CONSTRAINT,
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def information_curve(
    X: Any,
    betas: ArrayLike,
    *,
    y: ArrayLike | None = None,
    n_clusters: int = 8,
    method: Literal["soft", "deterministic"] = "soft",
    prior: Literal["uniform", "counts"] = "uniform",
    sample_weight: ArrayLike | None = None,
    n_init: int = 5,
    max_iter: int = 1000,
    tol: float = 1e-7,
    base: float | None = None,
    random_state: RandomState = None,
) -> InformationCurve:
    """Trace how much relevance each amount of compression allows.

    The largest beta begins from a sequential bottleneck and from random starts. Each smaller one
    goes on from the solution before it (annealing in reverse), so that clusters join as compression
    becomes dearer.

    Parameters
    ----------
    X : array-like, sparse matrix or data frame of shape (n_samples, n_columns)
        Rows as in :class:`InformationBottleneck`.
    betas : array-like of shape (n_betas,)
        Prices above zero, in any order. With beta of 1 or less there is one cluster.
    y : array-like of shape (n_samples,), default=None
        With a data frame of categories: the labels or numbers.
    n_clusters : int, default=8
        The most clusters.
    method : {"soft", "deterministic"}, default="soft"
        "soft" traces I(X;T) against I(T;Y), "deterministic" H(T) against I(T;Y).
    prior : {"uniform", "counts"}, default="uniform"
        Probability of a row: "uniform", or in proportion to its sum ("counts").
    sample_weight : array-like of shape (n_samples,), default=None
        A weight of k counts as k repetitions of the row.
    n_init : int, default=5
        Number of random starts at the largest beta.
    max_iter : int, default=1000
        The most iterations for each beta.
    tol : float, default=1e-7
        As in :class:`InformationBottleneck`; small, because clusters part slowly.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.
    random_state : int, RandomState instance or None, default=None
        Draws the starts.

    Returns
    -------
    InformationCurve
        The points, by rising beta.

    Raises
    ------
    ValueError
        If betas is empty or not above zero, or X is not what the bottleneck takes.

    See Also
    --------
    InformationPlaneDisplay : Draws the curve.

    Examples
    --------
    >>> from sklearn_infotheory.cluster import information_curve
    >>> counts = [[9, 3, 0, 0], [6, 2, 1, 0], [0, 1, 7, 4], [0, 0, 5, 3], [3, 1, 0, 0]]
    >>> curve = information_curve(counts, [1, 2, 50], base=2, random_state=0)
    >>> curve.n_clusters.tolist()
    [1, 2, 4]
    >>> curve.relevance.round(2).tolist()
    [0.0, 0.78, 0.84]
    """
    prices = np.unique(np.asarray(betas, np.float64))
    if prices.ndim != 1 or not len(prices) or not (prices > 0).all() or np.isinf(prices).any():
        raise ValueError(
            f"betas must be finite numbers above zero, at least one of them; got {betas!r}."
        )
    reader = InformationBottleneck(1, prior=prior)
    joint = reader._read(X, y, sample_weight)
    n_clusters = min(n_clusters, joint.n_rows)
    random = check_random_state(random_state)
    found = _anneal(joint, prices, n_clusters, method, n_init, random, max_iter=max_iter, tol=tol)
    return _curve(found, joint, prices, base)


def _anneal(
    joint: JointDistribution,
    prices: Floats,
    n_clusters: int,
    method: Literal["soft", "deterministic"],
    n_init: int,
    random: np.random.RandomState,
    *,
    max_iter: int,
    tol: float,
) -> list[Clustering]:
    """Return the solutions by rising beta, found by falling beta."""
    first = Price(float(prices[-1]))
    precision = tol * joint.information

    def start(kind: str, price: Price, n_starts: int, precision: float) -> Clustering:
        def run(seed: int) -> Clustering:
            return run_start(
                kind, joint, n_clusters, price, max_iter=max_iter, tol=precision, seed=seed
            )

        return run_starts(run, n_starts, random, 1, lambda i, found: False)

    before = start("sequential", Price(None), n_init, precision)
    drawn = start(method, first, n_init, precision * prices[-1])
    found = [_go_on(before, joint, first, method, max_iter, precision * prices[-1])]
    if drawn.objective[-1] < found[0].objective[-1]:
        found = [drawn]
    for beta in prices[-2::-1]:
        price = Price(float(beta))
        found.append(_go_on(found[-1], joint, price, method, max_iter, precision * beta))
    return found[::-1]


def _go_on(
    before: Clustering,
    joint: JointDistribution,
    price: Price,
    method: Literal["soft", "deterministic"],
    max_iter: int,
    tol: float,
) -> Clustering:
    """Go on from a solution at another price."""
    n_clusters = len(before.cells)
    if method == "deterministic":
        return run_deterministic(joint, before.labels, n_clusters, price, max_iter=max_iter)
    memberships = before.memberships
    dense = memberships if isinstance(memberships, np.ndarray) else memberships.toarray()
    blurred = (1 - _BLUR) * dense + _BLUR / n_clusters
    return run_soft(joint, blurred, price, max_iter=max_iter, tol=tol)


def _curve(
    found: list[Clustering], joint: JointDistribution, prices: Floats, base: float | None
) -> InformationCurve:
    unit = nats_per_unit(base)
    tidied = [tidy(clustering, joint) for clustering in found]
    compression = np.array([clustering.compression for clustering in tidied])
    relevance = np.array([clustering.relevance for clustering in tidied])
    return InformationCurve(
        prices,
        compression / unit,
        relevance / unit,
        np.array([len(clustering.cells) for clustering in tidied]),
        _on_concave_hull(compression, relevance),
        joint.information / unit,
        -float(xlogy(joint.masses, joint.masses).sum()) / unit,
        base,
    )


def _on_concave_hull(x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Mark the points on the upper hull of all points and the origin, by Andrew's chain."""
    points = np.column_stack([np.append(0.0, x), np.append(0.0, y)])
    hull: list[int] = []
    for i in np.lexsort([-points[:, 1], points[:, 0]]).tolist():
        while len(hull) > 1 and _turns_left(points[hull[-2]], points[hull[-1]], points[i]):
            hull.pop()
        hull.append(i)
    while len(hull) > 1 and points[hull[-1], 1] <= points[hull[-2], 1]:
        hull.pop()  # beyond the highest point compression buys nothing
    height = np.interp(x, points[hull, 0], points[hull, 1])
    return y >= height - _ON_HULL


def _turns_left(a: Floats, b: Floats, c: Floats) -> bool:
    return bool((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) >= 0)
