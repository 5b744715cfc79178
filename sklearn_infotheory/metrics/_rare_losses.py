"""What a class would have cost two models, had it happened: known of classes that did not, too."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sklearn_infotheory._types import Floats
from sklearn_infotheory.metrics._probabilities import Predictions, class_codes

_RARE = 50.0  # of a class with more labels, the losses that were seen say enough
_REACH = 1.2  # standard deviations; chosen once, by the simulation that the docs print


class RareLosses(NamedTuple):
    """Sums over samples of m, m d and m d^2 for each class, and the number of its labels.

    d is the difference of the losses if the class happens, m the mean prediction of both models.
    """

    mass: Floats
    first: Floats
    second: Floats
    counts: Floats


def rare_losses(a: Predictions, b: Predictions, weights: Floats) -> RareLosses:
    """Return the sums of all classes; zeros if no class is rare, or targets are soft."""
    n_classes = a.proba.shape[1]
    nothing = np.zeros(n_classes)
    if a.codes is None:
        return RareLosses(nothing, nothing, nothing, np.full(n_classes, np.inf))
    counts = np.bincount(class_codes(a), weights, n_classes).astype(np.float64)
    rare = np.flatnonzero(counts < _RARE)
    sums = np.zeros((3, n_classes))
    if len(rare):
        logs = [_logs(predictions)[:, rare] for predictions in (a, b)]
        possible = np.isfinite(logs[0]) & np.isfinite(logs[1])
        difference = np.where(possible, logs[1] - np.where(possible, logs[0], 0.0), 0.0)
        mean = weights[:, None] * (np.exp(logs[0]) + np.exp(logs[1])) / 2 * possible
        sums[:, rare] = [(mean * difference**power).sum(axis=0) for power in range(3)]
    return RareLosses(sums[0], sums[1], sums[2], counts)


def _logs(predictions: Predictions) -> Floats:
    if predictions.logs is not None:
        return predictions.logs
    proba = predictions.proba.astype(np.float64)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(proba / proba.sum(axis=1, keepdims=True)))


def added(parts: list[RareLosses]) -> RareLosses:
    """Return the sums over several folds."""
    return RareLosses(*(np.sum(each, axis=0) for each in zip(*parts, strict=True)))


def possible_differences(sums: RareLosses) -> Floats:
    """Return differences that a rare class would bring: about its mean, by its deviation."""
    kept = (sums.counts < _RARE) & (sums.mass > 0)
    mass, first, second = sums.mass[kept], sums.first[kept], sums.second[kept]
    mean = first / mass
    deviation = np.sqrt(np.maximum(second / mass - mean**2, 0.0))
    return np.concatenate([mean - _REACH * deviation, mean + _REACH * deviation])
