"""Resampled counts of bins and classes: the bootstrap of many rows without the rows.

The terms of the decomposition by bins depend on the labels in each bin and on the sum of the
predictions there. A bootstrap sample of n rows has multinomial counts of labels in bins. Given
these, the sum of the predictions of the rows of a cell is one of independent draws from that cell,
which is normal but for the few rows of small cells, whose predictions are nearly alike.
"""

from __future__ import annotations

import numpy as np
from scipy.special import xlogy

from sklearn_infotheory._types import Floats
from sklearn_infotheory.measures._terms import share
from sklearn_infotheory.metrics._recalibration import TERMS, Bins

MANY_ROWS = 5000  # from so many, counts are drawn, not rows
MOST_CLASSES = 20  # covariances of so many predictions per cell are small matrices


class CellCounts:
    """Cells of bins and classes, and what the predictions are in each of them.

    Parameters
    ----------
    method : Bins
        Predictions and their bins.
    world : ndarray of shape (n_samples, n_classes)
        Probabilities of the labels that are drawn.
    weights : ndarray of shape (n_samples,)
        How often each row is drawn, in proportion.
    """

    def __init__(self, method: Bins, world: Floats, weights: Floats) -> None:
        self.n = max(1, round(float(weights.sum())))
        masses = weights[:, None] * world
        cells = method.members @ masses
        self.shares = cells / cells.sum()
        n_classes = world.shape[1]
        shape = (*cells.shape, n_classes)
        self.means, self.roots = np.empty(shape), np.empty((*shape, n_classes))
        for k in range(n_classes):
            mass = np.where(cells[:, k] > 0, cells[:, k], 1.0)[:, None]
            self.means[:, k] = (method.members @ (masses[:, k : k + 1] * method.proba)) / mass
            deviations = method.proba - self.means[method.bins, k]
            outer = (masses[:, k, None] * deviations)[:, :, None] * deviations[:, None, :]
            summed = method.members @ outer.reshape(len(world), -1)
            self.roots[:, k] = _roots((summed / mass).reshape(-1, n_classes, n_classes))

    def expected(self) -> Floats:
        """Return the first three of the TERMS of the world itself."""
        counts = self.n * self.shares
        return _terms(counts, (counts[:, :, None] * self.means).sum(axis=1))

    def draw(self, random_state: np.random.RandomState) -> Floats:
        """Return the first three of the TERMS of drawn rows."""
        shares = self.shares.ravel()
        counts = random_state.multinomial(self.n, shares).reshape(self.shares.shape).astype(float)
        noise = random_state.standard_normal(self.means.shape)
        noise = np.einsum("bkij,bkj->bki", self.roots, noise)
        sums = counts[:, :, None] * self.means + np.sqrt(counts)[:, :, None] * noise
        weights = counts.sum(axis=1, keepdims=True)
        # A mean of predictions is positive, which a normal one need not be.
        summed = np.maximum(sums.sum(axis=1), 1e-3 * weights * self.means.min(axis=1))
        summed *= share(weights, summed.sum(axis=1, keepdims=True))
        return _terms(counts, summed)


def _roots(covariances: Floats) -> Floats:
    """Return matrices whose squares are these; predictions sum to 1, so that one value is 0."""
    values, vectors = np.linalg.eigh(covariances)
    roots = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    return np.asarray(roots)


def _terms(observed: Floats, predicted: Floats) -> Floats:
    """Return uncertainty, resolution and reliability, as `Bins.measure` does."""
    weights = observed.sum(axis=1, keepdims=True)
    total = weights.sum()
    shares = observed.sum(axis=0) / total
    left = -xlogy(observed, share(observed, weights)).sum() / total
    binned = -xlogy(observed, share(predicted, weights)).sum() / total
    uncertainty = -xlogy(shares, shares).sum()
    return np.array([uncertainty, uncertainty - left, binned - left])


def whole_terms(first: Floats, score: float) -> Floats:
    """Return all TERMS, with the remainder that makes them sum to the score."""
    uncertainty, resolution, reliability = first
    remainder = score - uncertainty + resolution - reliability
    out = np.array([uncertainty, resolution, reliability, remainder, score])
    assert len(out) == len(TERMS)
    return out
