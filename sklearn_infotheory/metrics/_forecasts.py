"""Predictions as the tests and decompositions take them: float64, with weighted targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_infotheory._types import Floats
from sklearn_infotheory.metrics._probabilities import (
    Predictions,
    Zero,
    check_predictions,
    check_zero,
)
from sklearn_infotheory.metrics._probabilities import losses as losses_of
from sklearn_infotheory.metrics._scale import Scale


@dataclass(frozen=True)
class Forecasts:
    """Predictions without infinite losses, and what happened.

    Attributes
    ----------
    proba : ndarray of shape (n_samples, n_classes)
        Probabilities, not below the floor.
    targets : ndarray of shape (n_samples, n_classes)
        What happened; rows sum to the weights.
    codes : ndarray of shape (n_samples,) or None
        Column of what happened; None with soft targets.
    losses : ndarray of shape (n_samples,)
        Loss of each sample in nats.
    classes : ndarray of shape (n_classes,)
        Label of each column.
    """

    proba: Floats
    targets: Floats
    codes: NDArray[np.intp] | None
    losses: Floats
    classes: NDArray[Any]

    @property
    def weights(self) -> Floats:
        return self.targets.sum(axis=1)


def check_forecasts(
    y_true: Any,
    y_proba: Any,
    labels: Any,
    sample_weight: ArrayLike | None,
    zero: Zero,
    scale: Scale = "probability",
) -> Forecasts:
    """Return valid predictions of the samples that weigh something."""
    predictions = check_predictions(
        y_true, y_proba, labels=labels, sample_weight=sample_weight, scale=scale
    )
    return forecasts_of(predictions, zero)


def forecasts_of(predictions: Predictions, zero: Zero) -> Forecasts:
    """Return predictions whose losses are finite, as far as `zero` allows."""
    losses = losses_of(predictions, zero)
    weights = np.ones(len(losses)) if predictions.weights is None else predictions.weights
    kept = weights > 0
    proba = predictions.proba[kept].astype(np.float64)
    proba = np.clip(proba / proba.sum(axis=1, keepdims=True), check_zero(zero), 1.0)
    codes = None if predictions.codes is None else predictions.codes[kept]
    if codes is not None:
        targets = np.zeros_like(proba)
        targets[np.arange(len(codes)), codes] = 1.0
    else:
        assert predictions.targets is not None
        targets = predictions.targets[kept]
    return Forecasts(proba, targets * weights[kept, None], codes, losses[kept], predictions.classes)
