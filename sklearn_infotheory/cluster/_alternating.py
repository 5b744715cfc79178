"""The deterministic and the soft bottleneck: all rows at once, then all clusters.

Both lower the objective over p(t | x), given the clusters, then over p(t) and p(y | t), given
p(t | x). Each step is the minimum over what it changes, so that the objective never rises.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.special import softmax

from sklearn_infotheory._types import Codes, Floats
from sklearn_infotheory.cluster._clustering import (
    Clustering,
    Price,
    best_join,
    measure,
    one_hot,
)
from sklearn_infotheory.cluster._joint_distribution import JointDistribution

# In place of log 0: finite, so that clusters that lack some columns of a row can be compared.
_IMPOSSIBLE = -1e100
_ROUNDING = 1e-12


def run_deterministic(
    joint: JointDistribution,
    labels: Codes,
    n_clusters: int,
    price: Price,
    *,
    max_iter: int,
) -> Clustering:
    """Put each row into the cluster of largest log p(t) - beta KL(p(y|x) || p(y|t)).

    Strouse and Schwab (2017), equations 14 to 16. The objective is H(T) - beta I(T; Y). Ends when
    no row moves and no two clusters had better be one.
    """
    memberships = one_hot(labels, n_clusters)
    cells, compression, relevance, value = measure(memberships, joint, price)
    objective, converged = [value], False
    while len(objective) <= max_iter and not converged:
        merits = log_merits(divergences(joint, cells), cells.sum(axis=1), price)
        new = _best_or_own(merits, labels)
        if (new == labels).all() and (pair := best_join(memberships, cells, joint, price)):
            new = np.where(labels == pair[1], pair[0], labels)
        memberships = one_hot(new, n_clusters)
        cells, compression, relevance, value = measure(memberships, joint, price)
        objective.append(value)
        converged = bool((new == labels).all())
        labels = new
    return Clustering(memberships, cells, compression, relevance, objective, converged)


def run_soft(
    joint: JointDistribution,
    memberships: Floats,
    price: Price,
    *,
    max_iter: int,
    tol: float,
) -> Clustering:
    """Set p(t|x) in proportion to p(t) exp(-beta KL(p(y|x) || p(y|t))).

    Tishby, Pereira and Bialek (1999), equations 28 to 30: the iteration of Blahut and Arimoto
    whose distortion, the divergence, follows the clusters. The objective is I(X;T) - beta I(T;Y).
    """
    cells, compression, relevance, value = measure(memberships, joint, price)
    objective, converged = [value], False
    while len(objective) <= max_iter and not converged:
        merits = log_merits(divergences(joint, cells), cells.sum(axis=1), price)
        memberships = softmax(merits, axis=1)
        cells, compression, relevance, value = measure(memberships, joint, price)
        objective.append(value)
        if objective[-2] - value <= tol:
            pair = best_join(memberships, cells, joint, price)
            converged = pair is None
            if pair is not None:
                memberships = _joined(memberships, *pair)
                cells, compression, relevance, value = measure(memberships, joint, price)
                objective.append(value)
    return Clustering(memberships, cells, compression, relevance, objective, converged)


def _joined(memberships: Floats, first: int, second: int) -> Floats:
    joined = np.delete(memberships, second, axis=1)
    joined[:, first] += memberships[:, second]
    return joined


def divergences(joint: JointDistribution, cells: Floats) -> Floats:
    """Compute KL(p(y|x) || p(y|t)) of each row and cluster."""
    return joint.conditional_terms[:, np.newaxis] + cross_entropies(joint.conditional, cells)


def cross_entropies(conditional: sp.csr_array, cells: Floats) -> Floats:
    """Compute minus the sum over y of p(y|x) log p(y|t); huge where a cluster lacks a column."""
    masses = cells.sum(axis=1, keepdims=True)
    centers = cells / np.where(masses > 0, masses, 1.0)
    logs = np.full_like(centers, _IMPOSSIBLE)
    np.log(centers, out=logs, where=centers > 0)
    return -(conditional @ logs.T)


def log_merits(distortion: Floats, masses: Floats, price: Price) -> Floats:
    """Compute log p(t) - beta d(x, t), by which a row chooses; -d(x, t) where beta is None."""
    logs = np.full_like(masses, -np.inf)
    if price.beta is None:
        logs[masses > 0] = 0.0
        return logs - distortion
    np.log(masses, out=logs, where=masses > 0)
    return logs - price.beta * distortion


def _best_or_own(merits: Floats, labels: Codes) -> Codes:
    """Return the best cluster of each row: its own, where no other is better beyond rounding."""
    rows = np.arange(len(labels))
    best = merits.argmax(axis=1)
    own = merits[rows, labels]
    moves = merits[rows, best] > own + _ROUNDING * np.maximum(1.0, np.abs(own))
    return np.where(moves, best, labels)
