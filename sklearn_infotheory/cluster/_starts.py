"""The starts of a method, on threads, and the best of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from sklearn_infotheory._threads import map_chunks
from sklearn_infotheory._types import Codes, Floats, RandomState
from sklearn_infotheory.cluster._agglomerative import run_agglomerative
from sklearn_infotheory.cluster._alternating import run_deterministic, run_soft
from sklearn_infotheory.cluster._clustering import Clustering, Price
from sklearn_infotheory.cluster._joint_distribution import JointDistribution
from sklearn_infotheory.cluster._sequential import run_sequential

METHODS = ("sequential", "deterministic", "soft", "agglomerative")
_FINER = 0.01  # of the tolerance, for the best start
_LARGEST_SEED = np.iinfo(np.int32).max


def run_start(
    method: str,
    joint: JointDistribution,
    n_clusters: int,
    price: Price,
    *,
    max_iter: int,
    tol: float,
    seed: int,
) -> Clustering:
    """Run a method from the random start of this seed; "agglomerative" draws nothing."""
    random = check_random_state(seed)
    if method == "agglomerative":
        return run_agglomerative(joint, n_clusters, price)
    if method == "soft" and price.beta is not None:
        memberships = random_memberships(joint.n_rows, n_clusters, random)
        return run_soft(joint, memberships, price, max_iter=max_iter, tol=tol)
    labels = random_labels(joint.n_rows, n_clusters, random)
    if method == "sequential":
        order_seed = int(random.randint(_LARGEST_SEED))
        return run_sequential(
            joint,
            labels,
            n_clusters,
            price,
            max_iter=max_iter,
            tol=tol,
            random_state=order_seed,
        )
    return run_deterministic(joint, labels, n_clusters, price, max_iter=max_iter)


def random_labels(n_rows: int, n_clusters: int, random: np.random.RandomState) -> Codes:
    """Deal the rows to the clusters, as many to each."""
    return random.permutation(n_rows) % n_clusters


def random_memberships(n_rows: int, n_clusters: int, random: np.random.RandomState) -> Floats:
    """Draw p(t | x) at random."""
    return random.dirichlet(np.ones(n_clusters), n_rows)


def run_starts(
    run: Callable[[int], Clustering],
    n_starts: int,
    random_state: RandomState,
    n_threads: int,
    report: Callable[[int, Clustering], bool],
) -> Clustering:
    """Run all starts, as many at a time as there are threads; the first of the best is returned.

    ``report`` is told of each start, in order, and returns True to stop.
    """
    seeds = check_random_state(random_state).randint(_LARGEST_SEED, size=n_starts)
    found: list[Clustering | None] = [None] * n_starts
    best: Clustering | None = None

    def work(starts: NDArray[np.intp]) -> None:
        for i in starts:
            found[i] = run(int(seeds[i]))

    for first in range(0, n_starts, n_threads):
        together = np.arange(first, min(first + n_threads, n_starts))
        map_chunks(work, together, n_threads)
        for i in together.tolist():
            this, found[i] = found[i], None
            assert this is not None
            if best is None or this.objective[-1] < best.objective[-1]:
                best = this
            if report(i, this):
                return best
    assert best is not None
    return best


def finish(
    found: Clustering,
    joint: JointDistribution,
    price: Price,
    *,
    max_iter: int,
    tol: float,
    seed: int,
) -> Clustering:
    """Go on from the best start of "sequential": late moves gain little, but at little cost."""
    n_left = max_iter - (len(found.objective) - 1)
    if n_left < 1:
        return found
    rest = run_sequential(
        joint,
        found.labels,
        len(found.cells),
        price,
        max_iter=n_left,
        tol=tol * _FINER,
        random_state=seed,
    )
    objective = [*found.objective, *rest.objective[1:]]
    return replace(rest, objective=objective)
