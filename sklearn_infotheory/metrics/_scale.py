"""Logarithms of probabilities, and logits, as networks return them."""

from __future__ import annotations

import math
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from sklearn_infotheory._types import Floats
from sklearn_infotheory.measures._arguments import sum_tolerance

Scale: TypeAlias = Literal["probability", "log", "logit"]
"""What the columns of predictions hold."""


def check_scale(scale: Scale) -> None:
    """Raise for a scale that does not exist."""
    if scale not in get_args(Scale):
        raise ValueError(
            f"scale must be one of {list(get_args(Scale))}; got {scale!r}. predict_proba returns "
            "'probability', predict_log_proba 'log', and a network before its softmax 'logit'."
        )


def as_log_probabilities(values: NDArray[Any], scale: Scale, n_labels: int | None) -> Floats:
    """Return the logarithms of probabilities that sum to 1; a single column is about two classes.

    They stay logarithms: exp(-800) is 0, but a loss of 800 nats is finite.
    """
    numbers = values.astype(np.float64)
    _check_numbers(numbers, scale)
    if numbers.ndim == 1 or (numbers.shape[1] == 1 and n_labels != 1):
        return _of_second_class(numbers.ravel(), scale)
    logs: Floats = log_softmax(numbers, axis=1)
    if scale == "log":
        _check_sums(numbers, sum_tolerance(values.dtype, numbers.shape[1]))
    return logs


def _check_numbers(numbers: Floats, scale: Scale) -> None:
    bad = np.isnan(numbers) | (numbers == np.inf)
    if scale == "log" and numbers.ndim == 1:
        bad |= numbers > 0
    if bad.any():
        row = int(np.argmax(bad.reshape(len(bad), -1).any(axis=1)))
        raise ValueError(
            f"With scale={scale!r}, y_proba must hold numbers below infinity, and logarithms of "
            f"probabilities are not above 0; got {numbers[row].tolist()!r} in row {row}."
        )
    impossible = (numbers == -np.inf).reshape(len(numbers), -1).all(axis=1)
    if numbers.ndim == 2 and numbers.shape[1] > 1 and impossible.any():
        raise ValueError(
            f"With scale={scale!r}, each row must have a class that is possible; row "
            f"{int(np.argmax(impossible))} of y_proba holds -inf only."
        )


def _check_sums(logs: Floats, tolerance: float) -> None:
    with np.errstate(over="ignore"):
        sums = np.exp(logs).sum(axis=1)
    bad = ~(abs(sums - 1) <= tolerance)
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(
            f"With scale='log', the probabilities of a row must sum to 1 within {tolerance:.2g}; "
            f"those of row {row} of y_proba sum to {float(sums[row])!r}. Pass scale='logit' for "
            "the values before a softmax."
        )


def _of_second_class(values: Floats, scale: Scale) -> Floats:
    if scale == "logit":  # log sigmoid(z) and log sigmoid(-z)
        return np.column_stack([-np.logaddexp(0, values), -np.logaddexp(0, -values)])
    with np.errstate(divide="ignore"):
        # log(1 - p), by whichever of two forms does not cancel (Maechler 2012).
        near_one = np.log(-np.expm1(values))
        near_zero = np.log1p(-np.exp(values))
    return np.column_stack([np.where(values > -math.log(2), near_one, near_zero), values])
