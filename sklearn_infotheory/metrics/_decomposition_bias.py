"""The bias of the terms of a decomposition, which look at the labels that they explain.

The corrections of the terms cancel in their sum: the mean loss itself has no bias.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from sklearn_infotheory._types import Floats
from sklearn_infotheory.measures._terms import share
from sklearn_infotheory.metrics._cell_counts import CellCounts, whole_terms
from sklearn_infotheory.metrics._recalibration import Bins, Map, normalized

N_DRAWS = 200


def bias_of_bins(method: Bins, targets: Floats) -> Floats:
    """Return the bias of each term by the second-order expansion of the divergence.

    With constant predictions in each of B bins, and labels of all K classes in each: -(K - 1) / 2N
    of the uncertainty, (B - 1)(K - 1) / 2N of the resolution, B(K - 1) / 2N of the reliability
    (Miller 1955; Bröcker 2012).
    """
    # A divergence sum_k o_k log(o_k / m_k) of shares o that are means of n labels is too large by
    # sum_k Var(o_k) / 2 o_k, and Var(o_k) = Var(t_k) / n: the weight n / N of the bin leaves 1 / N.
    weights = targets.sum(axis=1)
    per_row = normalized(targets)
    in_bins = _label_noise(method.members, per_row, weights)
    paired = _prediction_noise(method.members, per_row, method.proba, weights)
    half = 2 * weights.sum()
    # The resolution compares with shares that are estimated, too, from the same labels.
    uncertainty = bias_of_uncertainty(targets)
    resolution = in_bins / half + uncertainty
    reliability = (in_bins + paired) / half
    remainder = resolution - reliability - uncertainty  # as the score has no bias
    return np.array([uncertainty, resolution, reliability, remainder, 0.0])


def bias_of_uncertainty(targets: Floats) -> float:
    """Return the bias of the entropy of the classes, which is below zero (Miller 1955)."""
    weights, everything = targets.sum(axis=1), csr_array(np.ones((1, len(targets))))
    return -_label_noise(everything, normalized(targets), weights) / (2 * float(weights.sum()))


def _means(members: csr_array, rows: Floats, weights: Floats) -> Floats:
    mass = members @ weights
    return (members @ (weights[:, None] * rows)) / np.where(mass > 0, mass, 1)[:, None]


def _label_noise(members: csr_array, targets: Floats, weights: Floats) -> float:
    """Return the sum of Var(target) / share over cells: of labels, the cells minus the bins."""
    # Labels are 0 or 1, so that Var(t_k) / o_k = 1 - o_k, which sums to K - 1 in each bin.
    means = _means(members, targets, weights)
    variances = _means(members, targets**2, weights) - means**2
    return float(share(variances, means).sum())


def _prediction_noise(members: csr_array, targets: Floats, proba: Floats, weights: Floats) -> float:
    """Return how much less the bias is where predictions vary within bins, as the labels do."""
    # The mean prediction m is drawn with the rows: the second derivatives of o log(o / m) by m, and
    # by o and m, are o / m^2 and -1 / m.
    shares, means = _means(members, targets, weights), _means(members, proba, weights)
    covariances = _means(members, targets * proba, weights) - shares * means
    variances = _means(members, proba**2, weights) - means**2
    return float((share(shares * variances, means**2) - 2 * share(covariances, means)).sum())


def bias_of_temperature(method: Map, targets: Floats) -> Floats:
    """Return the bias of each term: half a parameter in N, of K parameters (Wilks 1938)."""
    # Twice the gain in log likelihood is chi-square, with the mean K. Of soft targets, whose
    # variance is smaller, all of this is smaller by the same factor as the bias of the entropy,
    # which is that of K - 1 parameters.
    whole = -bias_of_uncertainty(targets)
    n_seen = int((targets.sum(axis=0) > 0).sum())
    optimism = whole * n_seen / max(n_seen - 1, 1)
    return np.array([-whole, optimism - whole, optimism, 0.0, 0.0])


def simulated_bias_of_bins(
    method: Bins, world: Floats, targets: Floats, random_state: np.random.RandomState
) -> Floats:
    """Return how far the terms of drawn data lie from those of the world they are drawn from.

    Rows are drawn with their labels, and cut into bins anew, because cuts that look at these
    predictions part them better than others.
    """
    weights = targets.sum(axis=1)

    def excess() -> Floats:
        drawn = resampled(world, weights, True, random_state)
        cut = method.recut(drawn.sum(axis=1))
        return cut.measure(drawn) - cut.measure(weights[:, None] * world)

    bias = np.mean([excess() for _ in range(N_DRAWS)], axis=0)
    # The score has no bias: what is left of it is chance, and the others add up to nothing.
    bias[0], bias[-1] = bias_of_uncertainty(targets), 0.0
    bias[3] = bias[1] - bias[2] - bias[0]
    return bias


def simulated_bias_of_counts(
    method: Bins, world: Floats, targets: Floats, random_state: np.random.RandomState
) -> Floats:
    """Return the same of many rows, by counts in the bins as they are cut."""
    cells = CellCounts(method, world, targets.sum(axis=1))
    draws = [cells.draw(random_state) for _ in range(N_DRAWS)]
    bias = whole_terms(np.mean(draws, axis=0) - cells.expected(), 0.0)
    bias[0] = bias_of_uncertainty(targets)
    bias[3] = bias[1] - bias[2] - bias[0]
    return bias


def simulated_bias_of_fit(
    method: Map, world: Floats, targets: Floats, random_state: np.random.RandomState
) -> Floats:
    """Return how far the terms of drawn labels of these rows lie from those of their world."""
    # Rows stay as they are: a fit to labels of the same predictions is what is too good.
    weights = targets.sum(axis=1, keepdims=True)
    draws = [method.measure(weights * draw(world, targets, random_state)) for _ in range(N_DRAWS)]
    bias = np.mean(draws, axis=0) - method.measure(weights * world)
    bias[0], bias[-1] = bias_of_uncertainty(targets), 0.0
    bias[1] = bias[0] + bias[2]  # there is no remainder
    return bias


def draw(world: Floats, targets: Floats, random_state: np.random.RandomState) -> Floats:
    """Return targets of the same kind as the given ones, whose expectation is the world."""
    given = normalized(targets)
    if np.isin(given, (0, 1)).all():
        return np.eye(world.shape[1])[draw_labels(world, random_state)]
    # Flips of the residuals keep their variance (Wu 1986).
    signs = random_state.choice((-1.0, 1.0), (len(world), 1))
    return normalized(np.clip(world + signs * (given - world), 0, 1))


def resampled(
    world: Floats, weights: Floats, labels: bool, random_state: np.random.RandomState
) -> Floats:
    """Return the targets of as many drawn rows as there were, added up by row."""
    # Row and class are each the first whose cumulated weight exceeds a uniform number.
    n, (n_rows, n_classes) = max(1, round(weights.sum())), world.shape
    below = weights.cumsum()
    rows = np.searchsorted(below, random_state.random_sample(n) * below[-1], side="right")
    if not labels:  # the expectation of soft targets; labels are drawn below
        return np.bincount(rows, minlength=n_rows)[:, None] * world
    codes = draw_labels(world[rows], random_state)
    cells = np.bincount(rows * n_classes + codes, minlength=n_rows * n_classes)
    return cells.reshape(n_rows, n_classes).astype(np.float64)


def draw_labels(proba: Floats, random_state: np.random.RandomState) -> NDArray[np.intp]:
    """Return one class per row."""
    steps = proba.cumsum(axis=1)
    drawn = random_state.random_sample(len(proba)) * steps[:, -1]
    return (drawn[:, None] >= steps[:, :-1]).sum(axis=1)
