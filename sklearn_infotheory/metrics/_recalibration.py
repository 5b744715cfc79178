"""Three ways to recalibrate predictions, and the terms of the loss that each of them yields.

Targets are sums over repetitions of a row: their sum over classes is the weight of the row.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import xlogy

from sklearn_infotheory._types import Floats
from sklearn_infotheory.measures._terms import expectation, share, surprisal
from sklearn_infotheory.metrics._prediction_bins import partition

TERMS = ("uncertainty", "resolution", "reliability", "remainder", "score")
_SMALLEST = np.finfo(np.float64).tiny
_MOST_STEPS = 60
_FEW_STEPS = 3
_ENOUGH = 1e-9  # nats: fits that differ by less are equally good


def entropy_of(shares: Floats) -> float:
    """Return the entropy of shares in nats."""
    return float(-xlogy(shares, shares).sum())


def mean_loss(targets: Floats, proba: Floats) -> float:
    """Return the mean cross-entropy of the rows in nats; 0 log 0 = 0."""
    logs = np.log(np.maximum(proba, _SMALLEST))
    return float(-np.vdot(targets, logs) / targets.sum())


def losses_of_rows(targets: Floats, proba: Floats) -> Floats:
    """Return the loss of each row in nats, not weighted."""
    return expectation(normalized(targets), surprisal(np.maximum(proba, _SMALLEST)))


def normalized(rows: Floats) -> Floats:
    """Return rows that sum to one; rows of zeros stay."""
    return share(rows, rows.sum(axis=1, keepdims=True))


class Bins:
    """Predictions in bins: resolution is I(bin; Y), reliability the divergence in each bin."""

    def __init__(self, proba: Floats, targets: Floats, n_bins: int) -> None:
        self.proba = proba
        self.wanted = n_bins
        self.bins = partition(proba, targets.sum(axis=1), n_bins)
        self.n_bins = int(self.bins.max()) + 1
        n = len(proba)
        shape = (self.n_bins, n)
        self.members = csr_array((np.ones(n), (self.bins, np.arange(n))), shape=shape)

    def recut(self, weights: Floats) -> Bins:
        """Cut the predictions by other weights; rows without weight fall into bins, too."""
        next_to_none = np.where(weights > 0, weights, 1e-12 * weights.max())
        return Bins(self.proba, next_to_none[:, None], self.wanted)

    def _sums(self, targets: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the weight, the targets and the predictions of each bin, summed."""
        weights = targets.sum(axis=1)
        sums = self.members @ np.column_stack([weights, targets, weights[:, None] * self.proba])
        n_classes = self.proba.shape[1]
        return sums[:, :1], sums[:, 1 : n_classes + 1], sums[:, n_classes + 1 :]

    def measure(self, targets: Floats) -> Floats:
        """Return the plug-in values of the TERMS."""
        weights, observed, predicted = self._sums(targets)
        total = weights.sum()
        shares = observed.sum(axis=0) / total
        uncertainty = entropy_of(shares)
        left = _summed_loss(observed, observed, weights) / total
        binned_loss = _summed_loss(observed, predicted, weights) / total
        score = mean_loss(targets, self.proba)
        # sum_b w_b D(o_b || o) = H(o) - sum_b w_b H(o_b), and D(o_b || p_b) is a cross-entropy
        # minus H(o_b) (Bröcker 2009), so that no divergence is computed.
        return np.array(
            [uncertainty, uncertainty - left, binned_loss - left, score - binned_loss, score]
        )

    def smallest_expectation(self, targets: Floats) -> float:
        """Return the smallest number of labels that the predictions expect in a cell."""
        return float(self._sums(targets)[2].min())

    def losses_within(self, targets: Floats) -> Floats:
        """Return of each row what it costs to differ from the mean prediction of its bin."""
        weights, _, predicted = self._sums(targets)
        means = np.divide(predicted, weights, out=np.ones_like(predicted), where=weights > 0)
        return losses_of_rows(targets, self.proba) - losses_of_rows(targets, means[self.bins])

    def recalibrate(self, targets: Floats) -> Floats:
        """Return predictions times the ratio of observed and predicted shares in their bin."""
        _, observed, predicted = self._sums(targets)
        return normalized(self.proba * share(observed, predicted)[self.bins])


def _summed_loss(counts: Floats, sums: Floats, weights: Floats) -> float:
    """Return the sum of -counts * log(sums / weights); bins that were not drawn have no weight."""
    return -float(xlogy(counts, share(sums, weights)).sum())


class Map(ABC):
    """Predictions against their recalibrated selves, with no bins and so no remainder."""

    def __init__(self, proba: Floats) -> None:
        self.proba = proba

    @abstractmethod
    def recalibrate(self, targets: Floats) -> Floats:
        """Return what the predictions should have been, by these targets."""

    def measure(self, targets: Floats) -> Floats:
        """Return the plug-in values of the TERMS."""
        uncertainty = entropy_of(targets.sum(axis=0) / targets.sum())
        score = mean_loss(targets, self.proba)
        left = mean_loss(targets, self.recalibrate(targets))
        return np.array([uncertainty, uncertainty - left, score - left, 0.0, score])


class Isotonic(Map):
    """Increasing maps (CORP: Dimitriadis, Gneiting and Jordan 2021).

    Of several classes, one map per class against the rest, and rows that are divided by their sums
    (Zadrozny and Elkan 2002).
    """

    def __init__(self, proba: Floats) -> None:
        super().__init__(proba)
        columns = proba[:, 1:] if proba.shape[1] == 2 else proba
        self.ranks = [np.unique(column, return_inverse=True)[1] for column in columns.T]

    def recalibrate(self, targets: Floats) -> Floats:
        weights = targets.sum(axis=1)
        first = 1 if targets.shape[1] == 2 else 0  # of two classes, one map does for both
        columns = [
            _pooled(ranks, targets[:, first + j], weights) for j, ranks in enumerate(self.ranks)
        ]
        if first:
            return np.column_stack([1 - columns[0], columns[0]])
        return normalized(np.column_stack(columns))


def _pooled(ranks: NDArray[np.intp], targets: Floats, weights: Floats) -> Floats:
    """Return the increasing fit at every row; rows of no weight take their neighbour's."""
    from scipy.optimize import isotonic_regression

    # Equal predictions are one point of the fit: it is a function of the prediction.
    mass = np.bincount(ranks, weights)
    sums = np.bincount(ranks, targets)
    seen = np.flatnonzero(mass > 0)
    fit = isotonic_regression(sums[seen] / mass[seen], weights=mass[seen]).x
    nearest = np.clip(np.searchsorted(seen, np.arange(len(mass)), side="right") - 1, 0, None)
    return np.clip(fit[nearest], 0.0, 1.0)[ranks]


class Temperature(Map):
    """Temperature and one shift per class (Alexandari, Kundaje and Shrikumar 2020).

    Fitted by maximum likelihood: K parameters for K classes.
    """

    def __init__(self, proba: Floats, targets: Floats) -> None:
        super().__init__(proba)
        self.logs = np.log(np.maximum(proba, _SMALLEST))
        self.steps = _MOST_STEPS
        self.start = self._fit_from_far(targets)
        self.steps = _FEW_STEPS  # resampled targets are close

    def recalibrate(self, targets: Floats) -> Floats:
        return self._predict(self._fit(targets))

    def _predict(self, parameters: Floats) -> Floats:
        powers = parameters[0] * self.logs
        powers[:, 1:] += parameters[1:]
        powers -= powers.max(axis=1, keepdims=True)
        np.exp(powers, out=powers)
        return powers / powers.sum(axis=1, keepdims=True)

    def _fit_from_far(self, targets: Floats) -> Floats:
        """Fit from the predictions as they are and from the class shares, and return the better.

        Where predictions are sure of what did not happen, the loss is steep but hardly curved: the
        first step of Newton's method is longer than can be halved. From the class shares, which
        are the fit of temperature 0, it is not. The loss is convex, so that both fits are the same
        wherever the first succeeds.
        """
        self.start = np.eye(self.logs.shape[1])[0]
        as_given = self._fit(targets)
        log_counts = np.log(targets.sum(axis=0) + 1.0)
        self.start = np.concatenate([[0.0], log_counts[1:] - log_counts[0]])
        from_shares = self._fit(targets)
        losses = [mean_loss(targets, self._predict(p)) for p in (as_given, from_shares)]
        return as_given if losses[0] <= losses[1] + _ENOUGH else from_shares

    def _fit(self, targets: Floats) -> Floats:
        """Fit by Newton's method with halved steps; the loss is convex in the parameters."""
        parameters = self.start
        predicted = self._predict(parameters)
        loss = mean_loss(targets, predicted)
        for _ in range(self.steps):
            step = self._newton_step(targets, predicted)
            for halvings in range(30):
                tried = parameters + step / 2**halvings
                predicted = self._predict(tried)
                new_loss = mean_loss(targets, predicted)
                if new_loss <= loss:
                    break
            else:
                return parameters
            gain, parameters, loss = loss - new_loss, tried, new_loss
            if gain < 1e-12:
                break
        return parameters

    def _newton_step(self, targets: Floats, predicted: Floats) -> Floats:
        weights = targets.sum(axis=1)
        # Gradient and Hessian of the log likelihood of a multinomial logit whose features are the
        # log predictions (one coefficient for all classes) and a constant (one for each class).
        residual = targets - weights[:, None] * predicted
        mean_log = (predicted * self.logs).sum(axis=1)
        deviation = predicted * (self.logs - mean_log[:, None])
        n_classes = targets.shape[1]
        hessian = np.empty((n_classes, n_classes))
        hessian[0, 0] = weights @ (deviation * self.logs).sum(axis=1)
        hessian[0, 1:] = hessian[1:, 0] = (weights @ deviation)[1:]
        inner = np.diag(weights @ predicted) - predicted.T @ (weights[:, None] * predicted)
        hessian[1:, 1:] = inner[1:, 1:]
        gradient = np.concatenate([[(residual * self.logs).sum()], residual.sum(axis=0)[1:]])
        # Where classes are separated or absent there is no finite optimum: do not step past it.
        hessian[np.diag_indices(n_classes)] += 1e-9 * np.trace(hessian) + _SMALLEST
        return np.linalg.solve(hessian, gradient)


Method: TypeAlias = Bins | Map
"""One way to decompose the loss of given predictions."""
