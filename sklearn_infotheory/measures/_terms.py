"""The terms that measures are summed from, without loss of digits and without warnings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def surprisal(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return -log p, which is inf where p is 0."""
    with np.errstate(divide="ignore"):
        return 0.0 - np.log(p)


def log_ratio(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log(p / q): inf where only q is 0, -inf where only p is 0, NaN where both are."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        excess = (p - q) / q
        # The difference of near numbers is exact, their ratio is not.
        logs = np.where(abs(excess) < 0.5, np.log1p(excess), np.log(p / q))
        overflown = np.isposinf(logs) & (q > 0)  # q is subnormal
        return np.where(overflown, np.log(p) - np.log(q), logs)


def weighted(weights: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return weights * values, in which a weight of 0 annuls any value: 0 log 0 = 0."""
    terms = np.zeros(np.broadcast_shapes(weights.shape, values.shape))
    return np.multiply(weights, values, out=terms, where=weights != 0)


def expectation(
    weights: NDArray[np.float64], values: NDArray[np.float64], axis: int | tuple[int, ...] = -1
) -> NDArray[np.float64]:
    """Return the sum of weights * values over `axis`, in which 0 log 0 = 0."""
    return np.asarray(weighted(weights, values).sum(axis=axis))


def mean_surprisal(p: NDArray[np.float64], axis: int | tuple[int, ...] = -1) -> NDArray[np.float64]:
    """Return the entropy in nats of the distributions over `axis`, which are not checked."""
    return expectation(p, surprisal(p), axis=axis)


def relative_entropy_terms(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p log(p / q) - p + q, which sums to D(p || q) as both p and q sum to one."""
    # No term is negative, so none cancels another: the error of a sum D is near eps * sqrt(D),
    # where sum(p * log(p / q)) has eps, and equal or independent distributions give 0, not -1e-17.
    # What rounding leaves below zero in a term, of order eps * |p - q|, is clipped.
    return np.maximum(weighted(p, log_ratio(p, q)) + (q - p), 0.0)


def share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return part / whole, and 0 of nothing."""
    shares = np.zeros(np.broadcast_shapes(part.shape, whole.shape))
    return np.divide(part, whole, out=shares, where=whole > 0)
