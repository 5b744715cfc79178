"""Differential entropy from the distances of neighbours; of rounded numbers without noise."""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv, psi

from sklearn_infotheory._types import Floats, Ints
from sklearn_infotheory.estimation._neighbors._neighbor_counts import (
    Block,
    as_points,
    digamma_table,
    kth_distances,
)
from sklearn_infotheory.estimation._neighbors._neighbor_search import searchable

_TOLERANCE = 1e-9  # differences of equal steps are not equal floats
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


def kozachenko_leonenko_terms(x: Block, k: int) -> Floats:
    r"""Return the terms of the differential entropy of X.

    .. math:: \psi(n) - \psi(k) + d \log 2 r_k

    with the distance :math:`r_k` of the k-th neighbour. A sample that is equal to k others has the
    term minus infinity; a single sample has NaN, as one says nothing about a density.

    Parameters
    ----------
    x : ndarray of shape (n,) or (n, d), or SortedColumn
    k : int
        At most n - 1 is used.

    References
    ----------
    Kozachenko, L. F. and Leonenko, N. N. (1987). Sample estimate of the entropy of a random vector.
    Problems of Information Transmission 23, 95-101.
    """
    points = as_points(x)
    n, d = points.shape
    k = min(k, n - 1)
    if k == 0:
        return np.full(n, np.nan)
    # The ball of the largest difference is a cube: its volume is (2 r)^d. The expected logarithm of
    # its mass is psi(k) - psi(n) (Kraskov et al. 2004, eq. 20).
    table = digamma_table(n)
    with np.errstate(divide="ignore"):
        return table[n] - table[k] + d * np.log(2 * kth_distances(points, k))


def rounded_entropy_terms(numbers: Floats, k: int) -> Floats:
    r"""Return one term for each sample, whose mean is the differential entropy in nats.

    Parameters
    ----------
    numbers : ndarray of shape (n_samples, n_columns)
        At least two distinct rows.
    k : int
        The number of neighbours.

    Notes
    -----
    The estimator of Kozachenko and Leonenko,

    .. math:: \psi(n) - \psi(k) + d \log(2 r_k),

    in which the logarithm is averaged over where the k-th neighbour may have been before rounding.
    If :math:`c` samples are at its distance, and so many are nearer that it is the j-th of these,
    then within the step about that distance it lies as the j-th of c uniform numbers does. In a
    sample's own cell, the step is half the distance to the nearest other number.
    """
    n, d = numbers.shape
    k = min(k, n - 1)
    distinct, place = _distinct(numbers)
    samples = searchable(numbers)
    distance = samples.distance(distinct, k + 1)  # itself is the first
    nearer = (samples.count(distinct, distance * (1 - _TOLERANCE)) - 1) * (distance > 0)
    tied = samples.count(distinct, distance * (1 + _TOLERANCE)) - 1 - nearer
    # Where the k-th neighbour is in the sample's own cell, as ``tied`` others are, the share of the
    # cell's volume nearer than it is Beta(k, tied + 1 - k): its mean logarithm is
    # psi(k) - psi(tied + 1).
    logarithms = np.where(
        distance > 0,
        _mean_logarithms(distance, _least_step(distinct), k - nearer, tied),
        np.log(_nearest_other(distinct) / 2) + (psi(k) - psi(tied + 1)) / d,
    )
    terms: Floats = psi(n) - psi(k) + d * (np.log(2) + logarithms)
    return terms[place]


def _distinct(numbers: Floats) -> tuple[Floats, Ints]:
    """Return the distinct points, and which of them each sample is."""
    if numbers.shape[1] == 1:  # much faster than rows
        values, place = np.unique(numbers[:, 0], return_inverse=True)
        return values[:, np.newaxis], place
    points, place = np.unique(numbers, axis=0, return_inverse=True)
    return points, place.ravel()


def _nearest_other(distinct: Floats) -> Floats:
    """Return the distance to the nearest of the other points."""
    return searchable(distinct).distance(distinct, 2)


def _least_step(numbers: Floats) -> float:
    """Return the least difference between two numbers of a column, but for rounding errors."""
    gaps = np.concatenate([np.diff(np.unique(column)) for column in numbers.T])
    return float(gaps[gaps > _TOLERANCE * np.abs(numbers).max()].min(initial=np.inf))


def _mean_logarithms(distance: Floats, step: float, j: Ints, tied: Ints) -> Floats:
    """Average the logarithm of the j-th of so many uniform numbers about a distance."""
    ranks, place = np.unique(np.stack([j, tied]), axis=1, return_inverse=True)
    # The j-th of c uniform numbers is Beta(j, c - j + 1): Gauss-Legendre over its quantiles.
    ranks = np.maximum(ranks, 1)[:, :, np.newaxis]
    uniform = betaincinv(ranks[0], np.maximum(ranks[1] - ranks[0], 0) + 1, (_NODES + 1) / 2)
    about = distance[:, np.newaxis] + step * (uniform[place.ravel()] - 0.5)
    return np.log(np.maximum(about, np.finfo(float).tiny)) @ (_WEIGHTS / 2)
