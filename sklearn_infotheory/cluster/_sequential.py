"""The sequential information bottleneck: one row at a time, to where the objective gains most.

Slonim, Friedman and Tishby (2002). A row is drawn out of its cluster, and joins the one where the
objective is then lowest: its own, if none is better. So the objective never rises.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from sklearn_infotheory._types import Codes, Floats, Ints
from sklearn_infotheory.cluster._clustering import (
    Clustering,
    Price,
    best_join,
    measure,
    one_hot,
)
from sklearn_infotheory.cluster._joint_distribution import JointDistribution

_LANES = 4  # doubles that a vector of the processor holds


def run_sequential(
    joint: JointDistribution,
    labels: Codes,
    n_clusters: int,
    price: Price,
    *,
    max_iter: int,
    tol: float,
    random_state: int,
) -> Clustering:
    """Pass over the rows, each time in a new random order, until a pass gains little.

    Parameters
    ----------
    joint : JointDistribution
    labels : ndarray of shape (n_rows,)
        The cluster in which each row starts.
    n_clusters : int
    price : Price
    max_iter : int
        Most passes.
    tol : float
        Stop when a pass lowers the objective by at most this, in nats.
    random_state : int
        Of the orders.
    """
    from sklearn_infotheory._kernels._bottleneck import reassign_rows

    random = check_random_state(random_state)
    labels = labels.astype(np.int64)
    rows = kernel_rows(joint)
    cells, _, _, value = measure(one_hot(labels, n_clusters), joint, price)
    objective, converged = [value], False
    while len(objective) <= max_iter and not converged:
        order = random.permutation(joint.n_rows).astype(np.int64)
        # Cells are summed anew before each pass, so that rounding does not add up.
        room = kernel_clusters(cells)
        n_moves = reassign_rows(*rows, joint.masses, order, labels, *room, *price.of_terms)
        cells, _, _, value = measure(one_hot(labels, n_clusters), joint, price)
        objective.append(value)
        if n_moves == 0 or objective[-2] - value <= tol:
            # Where no row gains by moving alone, all rows of a cluster may together.
            pair = best_join(one_hot(labels, n_clusters), cells, joint, price)
            converged = pair is None
            if pair is not None:
                labels[labels == pair[1]] = pair[0]
                cells, _, _, value = measure(one_hot(labels, n_clusters), joint, price)
                objective.append(value)
    memberships = one_hot(labels, n_clusters)
    cells, compression, relevance, _ = measure(memberships, joint, price)
    return Clustering(memberships, cells, compression, relevance, objective, converged)


def kernel_rows(joint: JointDistribution) -> tuple[Ints, NDArray[np.int32], Floats]:
    """Return p(x, y) as the kernels take it."""
    rows = joint.joint
    return rows.indptr.astype(np.int64), rows.indices.astype(np.int32), rows.data


def kernel_clusters(cells: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return p(y, t) padded to full vectors, room for its terms, p(t), and room for one row."""
    n_clusters, n_columns = cells.shape
    width = -(-n_clusters // _LANES) * _LANES
    padded = np.zeros((n_columns, width))
    padded[:, :n_clusters] = cells.T
    return padded, np.empty_like(padded), cells.sum(axis=1), np.empty((2, width))
