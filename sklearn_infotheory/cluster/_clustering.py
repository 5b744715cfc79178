"""What every method returns, and what a clustering compresses and keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from scipy.special import xlogy

from sklearn_infotheory._types import Codes, Floats
from sklearn_infotheory.cluster._joint_distribution import JointDistribution

_ROUNDING = 1e-12  # nats


@dataclass(frozen=True)
class Price:
    """What the objective pays: I(X;T) - beta I(T;Y), or -I(T;Y) alone where beta is None."""

    beta: float | None

    def objective(self, compression: float, relevance: float) -> float:
        return -relevance if self.beta is None else compression - self.beta * relevance

    @property
    def of_terms(self) -> tuple[float, float]:
        """The factors of sum f(p(t, y)) and of -sum f(p(t)) in minus the objective.

        Where p(t|x) is 0 or 1: there I(X; T) is H(T) = -sum f(p(t)), with f(x) = x log x.
        """
        return (1.0, 1.0) if self.beta is None else (self.beta, self.beta - 1.0)


@dataclass(frozen=True)
class Clustering:
    """Rows in clusters.

    Attributes
    ----------
    memberships : ndarray or csr_array of shape (n_rows, n_clusters)
        p(t | x).
    cells : ndarray of shape (n_clusters, n_columns)
        p(t, y).
    compression, relevance : float
        I(X; T) and I(T; Y) in nats.
    objective : list of float
        In nats: at the start, and after each iteration.
    converged : bool
    merges : list of (int, int, float)
        Of the agglomerative method: the two clusters, and what the objective lost.
    """

    memberships: Floats | sp.csr_array
    cells: Floats
    compression: float
    relevance: float
    objective: Sequence[float]
    converged: bool = True
    merges: Sequence[tuple[int, int, float]] = field(default_factory=list)

    @property
    def masses(self) -> Floats:
        """p(t)."""
        return self.cells.sum(axis=1)

    @property
    def labels(self) -> Codes:
        """The most probable cluster of each row."""
        return np.asarray(self.memberships.argmax(axis=1)).ravel().astype(np.intp)


def one_hot(labels: Codes, n_clusters: int) -> sp.csr_array:
    """Return p(t | x) of rows that are in one cluster each."""
    starts = np.arange(len(labels) + 1)
    return sp.csr_array((np.ones(len(labels)), labels, starts), shape=(len(labels), n_clusters))


def relevance_of(cells: Floats, joint: JointDistribution) -> float:
    """Compute I(T; Y) from p(t, y)."""
    masses = cells.sum(axis=1)
    columns = xlogy(joint.marginal, joint.marginal).sum()
    found = xlogy(cells, cells).sum() - xlogy(masses, masses).sum() - columns
    return max(0.0, float(found))


def compression_of(
    memberships: Floats | sp.csr_array, masses: Floats, joint: JointDistribution
) -> float:
    """Compute I(X; T) = H(T) - H(T | X)."""
    entropy = -float(xlogy(masses, masses).sum())
    if not sp.issparse(memberships):
        entropy += float(joint.masses @ xlogy(memberships, memberships).sum(axis=1))
    return max(0.0, entropy)  # of one cluster, rounding leaves something on either side of zero


def measure(
    memberships: Floats | sp.csr_array, joint: JointDistribution, price: Price
) -> tuple[Floats, float, float, float]:
    """Return p(t, y), I(X; T), I(T; Y) and the objective."""
    cells = joint.cells_of(memberships)
    compression = compression_of(memberships, cells.sum(axis=1), joint)
    relevance = relevance_of(cells, joint)
    return cells, compression, relevance, price.objective(compression, relevance)


def best_join(
    memberships: Floats | sp.csr_array, cells: Floats, joint: JointDistribution, price: Price
) -> tuple[int, int] | None:
    """Find the two clusters whose joining lowers the objective most; None if all raise it.

    As in Strouse and Schwab (2019), section 3: the iterations leave clusters that are alike, or
    that the price does not pay for, apart for long or for ever.
    """
    if price.beta is None:
        return None
    is_soft = isinstance(memberships, np.ndarray)
    masses, pairs = cells.sum(axis=1), []
    occupied = np.flatnonzero(masses > 0)
    for place, s in enumerate(occupied):
        for t in occupied[place + 1 :]:
            change = _lost(masses[s], masses[t]) + price.beta * (
                _lost(cells[s], cells[t]) - _lost(masses[s], masses[t])
            )
            if is_soft:
                change -= _lost(memberships[:, s], memberships[:, t], joint.masses)
            pairs.append((float(change), int(s), int(t)))
    change, first, second = min(pairs, default=(np.inf, 0, 0))
    return (first, second) if change <= _ROUNDING else None


def _lost(a: Floats, b: Floats, weights: Floats | float = 1.0) -> float:
    """Compute the sum of f(a) + f(b) - f(a + b) with f(x) = x log x."""
    return float(np.sum(weights * (xlogy(a, a) + xlogy(b, b) - xlogy(a + b, a + b))))


def tidy(found: Clustering, joint: JointDistribution) -> Clustering:
    """Drop empty clusters, and put the most probable first.

    Clusters that are the most probable one of no row stand last.
    """
    masses = found.masses
    is_labelled = np.isin(np.arange(len(masses)), found.labels)
    order = np.lexsort([-masses, ~is_labelled])
    order = order[masses[order] > 0]
    memberships = found.memberships[:, order]
    cells = joint.cells_of(memberships)
    compression = compression_of(memberships, cells.sum(axis=1), joint)
    return Clustering(
        memberships,
        cells,
        compression,
        relevance_of(cells, joint),
        found.objective,
        found.converged,
        found.merges,
    )
