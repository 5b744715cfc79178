"""Slope and shifts of the log-odds that recalibrate predictions best, with standard errors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._types import Floats
from sklearn_infotheory.metrics._probabilities import Predictions, blocks, class_codes
from sklearn_infotheory.metrics._recalibration import Temperature

_VALUES_OF_A_START = 200_000  # a fit to so many probabilities is near that to all of them
_NEAR = 4.0  # standard errors
_SMALLEST = np.finfo(np.float64).tiny


class CalibrationFit(NamedTuple):
    """Maximum likelihood of softmax(slope * log p + shifts), where the first shift is 0."""

    slope: float
    shifts: Floats
    slope_error: float
    shift_errors: Floats


def fit_slope_and_shifts(predictions: Predictions) -> CalibrationFit:
    """Fit to some rows, and take one step of Newton's method with all of them.

    From a start that is off by the standard error of m rows, one step leaves an error of the order
    1 / m, which is small beside the standard error of n rows (Le Cam 1956).
    """
    n_samples, n_classes = predictions.proba.shape
    step = max(1, n_samples * n_classes // _VALUES_OF_A_START)
    start = _fitted(predictions, step)
    if step == 1:
        return _with_errors(start, _gradient_and_hessian(predictions, start)[1])
    gradient, hessian = _gradient_and_hessian(predictions, start)
    moved = np.linalg.lstsq(hessian, gradient, rcond=None)[0]
    errors = _errors(hessian) * np.sqrt(step)
    if not (abs(moved) <= _NEAR * errors).all():  # some rows are not like all
        start = _fitted(predictions, 1)
        return _with_errors(start, _gradient_and_hessian(predictions, start)[1])
    return _with_errors(start + moved, hessian)


def _fitted(predictions: Predictions, step: int) -> Floats:
    """Return slope and shifts that fit every so-manieth row best."""
    proba = predictions.proba[::step].astype(np.float64)
    targets = np.eye(proba.shape[1])[class_codes(predictions)[::step]]
    if predictions.weights is not None:
        targets *= predictions.weights[::step, None]
    return Temperature(proba / proba.sum(axis=1, keepdims=True), targets).start


def _gradient_and_hessian(predictions: Predictions, parameters: Floats) -> tuple[Floats, Floats]:
    """Return the gradient of the log likelihood and minus its second derivatives."""
    # Those of a multinomial logit, whose features are the log predictions, with one coefficient for
    # all classes, and a constant for each class but the first.
    n_classes = len(parameters)
    gradient, hessian = np.zeros(n_classes), np.zeros((n_classes, n_classes))
    shifts = np.concatenate([[0.0], parameters[1:]])
    codes, weights = class_codes(predictions), predictions.weights
    for rows, block in blocks(predictions.proba):
        own = np.ones(len(block)) if weights is None else weights[rows]
        _add_block(gradient, hessian, block, codes[rows], own, parameters[0], shifts)
    return gradient, hessian


def _add_block(
    gradient: Floats,
    hessian: Floats,
    block: Floats,
    codes: NDArray[np.intp],
    weights: Floats,
    slope: float,
    shifts: Floats,
) -> None:
    logs = np.log(np.maximum(block, _SMALLEST))
    predicted = slope * logs + shifts
    predicted -= predicted.max(axis=1, keepdims=True)
    np.exp(predicted, out=predicted)
    predicted /= predicted.sum(axis=1, keepdims=True)
    mean_logs = np.einsum("ij,ij->i", predicted, logs)
    gradient[0] += weights @ (logs[np.arange(len(codes)), codes] - mean_logs)
    weighted = weights[:, None] * predicted
    gradient[1:] += (np.bincount(codes, weights, len(shifts)) - weighted.sum(axis=0))[1:]
    logs -= mean_logs[:, None]
    spread = np.einsum("ij,ij->j", weighted, logs)
    hessian[0, 0] += np.einsum("ij,ij,ij->", weighted, logs, logs)
    hessian[0, 1:] += spread[1:]
    hessian[1:, 0] += spread[1:]
    inner = np.diag(weighted.sum(axis=0)) - predicted.T @ weighted
    hessian[1:, 1:] += inner[1:, 1:]


def _errors(hessian: Floats) -> Floats:
    """Return standard errors; inf where the data do not determine a parameter."""
    values, vectors = np.linalg.eigh(hessian)
    known = values > 1e-12 * max(values.max(), _SMALLEST)
    with np.errstate(divide="ignore"):
        variances = np.where(known, 1 / np.where(known, values, 1.0), np.inf)
    terms = np.where(vectors**2 > 1e-20, vectors**2, 0.0)
    with np.errstate(invalid="ignore"):
        products = np.where(terms > 0, terms * variances, 0.0)
    return np.sqrt(products.sum(axis=1))


def _with_errors(parameters: Floats, hessian: Floats) -> CalibrationFit:
    errors = _errors(hessian)
    shifts = np.concatenate([[0.0], parameters[1:]])
    return CalibrationFit(
        float(parameters[0]), shifts, float(errors[0]), np.concatenate([[0.0], errors[1:]])
    )
