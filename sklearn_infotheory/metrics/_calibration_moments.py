"""Sums of independent labels that calibrated predictions foresee: their cumulants and tails.

Each of the tests is about a sum over rows, of losses or of labels minus what is expected of them.
Its cumulants are known exactly under the predictions, as cumulants of independent rows add up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from sklearn_infotheory._types import Floats
from sklearn_infotheory.measures._terms import surprisal
from sklearn_infotheory.metrics._probabilities import Predictions, blocks, class_codes
from sklearn_infotheory.metrics._saddlepoint import p_value_of_cumulants, two_sided_p_value

Sampled: TypeAlias = tuple[Floats, Floats, Floats, Floats]
"""Probabilities of the values of each row, the values, their means, and weights."""

# Beneath this share of the squared surprisals a variance is rounding.
_ROUNDING = 1e-12
_NO_DOUBLE = 746.0  # exp of minus this is 0


@dataclass
class Sums:
    """What happened minus what was expected, and the cumulants 2, 3 and 4 of it.

    Of ``loss``, all classes together; of ``class_losses``, each class against the rest; of
    ``counts``, the number of labels of each class. Each array holds four numbers in the last axis.
    The largest excesses bound those of every row.
    """

    loss: Floats
    class_losses: Floats
    counts: Floats
    largest_loss: float
    largest_class_losses: Floats


def sums_of(predictions: Predictions) -> Sums:
    """Read the predictions once, in blocks that stay in the cache."""
    n_classes = predictions.proba.shape[1]
    sums = Sums(
        np.zeros(4), np.zeros((n_classes, 4)), np.zeros((n_classes, 4)), 0.0, np.zeros(n_classes)
    )
    codes, weights = class_codes(predictions), predictions.weights
    for rows, block in blocks(predictions.proba):
        proba = block / block.sum(axis=1, keepdims=True)
        own = np.ones(len(proba)) if weights is None else weights[rows]
        kept = own > 0
        if not kept.all():
            proba, own = proba[kept], own[kept]
        _add_block(sums, proba, codes[rows][kept].astype(np.intp, copy=False), own)
    return sums


def _add_block(sums: Sums, proba: Floats, codes: NDArray[np.intp], weights: Floats) -> None:
    logs = np.log(np.where(proba > 0, proba, 1.0))
    of_losses, largest = _of_losses(proba, logs, codes, weights)
    sums.loss += of_losses
    sums.largest_loss = max(sums.largest_loss, largest)
    # Of a label that is 1 with probability p, the cumulants are p q, p q (q - p), p q (1 - 6 p q).
    n_classes = proba.shape[1]
    rest = 1 - proba
    variances = weights[:, None] * (proba * rest)
    thirds = variances * (rest - proba)
    fourths = variances * (1 - 6 * proba * rest)
    found = np.bincount(codes, weights, n_classes)
    expected = weights @ proba
    cumulants = [found - expected, *(c.sum(axis=0) for c in (variances, thirds, fourths))]
    sums.counts += np.column_stack(cumulants)
    # The loss of two probabilities is linear in the label, with the slope log(q / p).
    slopes = np.where((proba > 0) & (rest > 0), np.log(np.where(rest > 0, rest, 1.0)) - logs, 0.0)
    excess = -(weights @ (slopes * proba))
    chosen = slopes[np.arange(len(codes)), codes]
    excess += np.bincount(codes, weights * chosen, n_classes)
    squares = slopes * slopes
    sums.largest_class_losses = np.maximum(sums.largest_class_losses, np.sqrt(squares.max(axis=0)))
    of_losses_by_class = [
        np.einsum("ij,ij->j", variances, squares),
        np.einsum("ij,ij,ij->j", thirds, squares, slopes),
        np.einsum("ij,ij,ij->j", fourths, squares, squares),
    ]
    sums.class_losses += np.column_stack([excess + _refuted(proba, codes), *of_losses_by_class])


def _of_losses(
    proba: Floats, logs: Floats, codes: NDArray[np.intp], weights: Floats
) -> tuple[Floats, float]:
    terms = proba * logs
    entropies = -terms.sum(axis=1)
    squares = np.einsum("ij,ij->i", terms, logs)
    logs = logs + entropies[:, None]  # minus the excess of the loss of each class
    second = proba * logs * logs
    fourth = np.einsum("ij,ij,ij->i", second, logs, logs)
    third = -np.einsum("ij,ij->i", second, logs)
    variance = second.sum(axis=1)
    spread = variance > _ROUNDING * squares
    variance = np.where(spread, variance, 0.0)
    cumulants = (variance, third * spread, (fourth - 3 * variance**2) * spread)
    excess = weights @ (surprisal(proba[np.arange(len(codes)), codes]) - entropies)
    largest = float(max(logs.max(), -logs.min()))
    return np.array([excess, *(weights @ c for c in cumulants)]), largest


def _refuted(proba: Floats, codes: NDArray[np.intp]) -> Floats:
    """Return inf for each class of probability 0 that happened, or of 1 that did not, else 0."""
    impossible = proba[np.arange(len(codes)), codes] == 0
    out = np.zeros(proba.shape[1])
    if impossible.any():
        out[codes[impossible]] = np.inf
        sure = (proba[impossible] == 1).any(axis=0)
        out[sure] = np.inf
    return out


def p_value_of_loss(sums: Sums, rows: Rows) -> float:
    """Return the two-sided p-value of the loss of all classes together."""
    return _p_value(sums.loss, sums.largest_loss, rows.of_losses)


def p_values_of_class_losses(sums: Sums, rows: Rows) -> Floats:
    """Return the p-values of the losses of each class against the rest."""
    each = enumerate(zip(sums.class_losses, sums.largest_class_losses, strict=True))
    return np.array([_p_value(*c, partial(rows.of_class_losses, k)) for k, c in each])


def p_values_of_counts(sums: Sums, rows: Rows) -> Floats:
    """Return the p-values of the number of labels of each class."""
    each = enumerate(sums.counts)
    return np.array([_p_value(c, 1.0, partial(rows.of_labels, k)) for k, c in each])


def _p_value(cumulants: Floats, largest: float, rows: Callable[[], Sampled]) -> float:
    excess, variance = float(cumulants[0]), float(cumulants[1])
    if np.isinf(excess):
        return 0.0
    if variance == 0:
        return 1.0
    # Bernstein's inequality, for rows that lie at most so far from their means.
    if excess**2 / (variance + largest * abs(excess) / 3) > 2 * _NO_DOUBLE:
        return 0.0
    by_cumulants = p_value_of_cumulants(cumulants)
    if by_cumulants is not None:
        return by_cumulants
    proba, values, means, weights = rows()
    return two_sided_p_value(excess, variance, proba, -values, means, weights)


class Rows:
    """The predictions of all rows, for sums whose distribution four cumulants do not determine."""

    def __init__(self, predictions: Predictions) -> None:
        self.predictions = predictions

    @cached_property
    def weights(self) -> Floats:
        given = self.predictions.weights
        return np.ones(len(self.predictions.proba)) if given is None else given[given > 0]

    @cached_property
    def proba(self) -> Floats:
        given = self.predictions.weights
        proba = self.predictions.proba[slice(None) if given is None else given > 0]
        return proba / proba.sum(axis=1, keepdims=True, dtype=np.float64)

    def of_losses(self) -> Sampled:
        """Return the loss of each class in each row, and its mean."""
        return self._losses(self.proba)

    def of_class_losses(self, k: int) -> Sampled:
        """Return the loss of class k against the rest."""
        return self._losses(np.column_stack([1 - self.proba[:, k], self.proba[:, k]]))

    def of_labels(self, k: int) -> Sampled:
        """Return 0 and 1."""
        p = self.proba[:, k]
        proba = np.column_stack([1 - p, p])
        return proba, np.broadcast_to([0.0, 1.0], proba.shape), p, self.weights

    def _losses(self, proba: Floats) -> Sampled:
        values = -np.log(np.where(proba > 0, proba, 1.0))
        return proba, values, -xlogy(proba, proba).sum(axis=1), self.weights
