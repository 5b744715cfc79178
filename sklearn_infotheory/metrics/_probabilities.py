"""What every metric takes: predicted probabilities, and what happened."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from sklearn_infotheory._columns._validation import check_weights
from sklearn_infotheory.measures._arguments import sum_tolerance
from sklearn_infotheory.measures._terms import expectation, surprisal
from sklearn_infotheory.metrics._class_labels import (
    UNKNOWN,
    check_labels,
    encode_labels,
    plain_value,
)
from sklearn_infotheory.metrics._named_columns import (
    column_names,
    in_order_of,
    names_as_labels,
)
from sklearn_infotheory.metrics._scale import Scale, as_log_probabilities, check_scale

Zero: TypeAlias = Literal["inf", "raise"] | float
"""What a class of probability 0 that happens costs; a number is the least probability."""

_VALUES_OF_A_BLOCK = 1 << 15  # 256 kB: read once from memory, then from the cache


@dataclass(frozen=True)
class Predictions:
    """Predicted probabilities and what happened, of samples with one output.

    Parameters
    ----------
    proba : ndarray of shape (n_samples, n_classes)
        Probabilities as given, of float16, float32 or float64, whose sums may be off by rounding.
    codes : ndarray of shape (n_samples,) or None
        Column of the class that happened; None with soft targets.
    targets : ndarray of shape (n_samples, n_classes) or None
        Soft targets; None with classes.
    weights : ndarray of shape (n_samples,) or None
        Weights; None where each is one.
    classes : ndarray of shape (n_classes,)
        Label of each column.
    logs : ndarray of shape (n_samples, n_classes) or None
        Logarithms of the probabilities; None where probabilities were given.
    """

    proba: NDArray[np.floating]
    codes: NDArray[np.intp] | None
    targets: NDArray[np.float64] | None
    weights: NDArray[np.float64] | None
    classes: NDArray[Any]
    logs: NDArray[np.float64] | None = None


def check_predictions(
    y_true: Any,
    y_proba: Any,
    *,
    labels: Any = None,
    sample_weight: ArrayLike | None = None,
    scale: Scale = "probability",
) -> Predictions:
    """Return valid predictions of one output; see `cross_entropy_loss` for what is allowed."""
    found = checked(
        read_predictions(y_true, y_proba, labels=labels, sample_weight=sample_weight, scale=scale)
    )
    if found.codes is None:
        return found
    return replace(found, codes=found.codes.astype(np.intp, copy=False))


def checked(predictions: Predictions) -> Predictions:
    """Return the predictions, all rows of which are distributions."""
    check_rows(predictions.proba, "y_proba")
    return predictions


def losses(predictions: Predictions, zero: Zero = "inf") -> NDArray[np.float64]:
    """Return the loss of each sample of valid predictions in nats."""
    floor = check_zero(zero)
    out = np.empty(len(predictions.proba))
    for rows, block in blocks(predictions.proba):
        out[rows] = losses_of_block(predictions, rows, block, floor)
    if zero == "raise":
        infinite = np.isinf(out)
        if predictions.weights is not None:  # what weighs nothing was not there
            infinite &= predictions.weights > 0
        if infinite.any():
            raise_zero(int(np.argmax(infinite)))
    return out


def losses_of_block(
    predictions: Predictions, rows: slice, block: NDArray[np.float64], floor: float
) -> NDArray[np.float64]:
    """Return the losses of these rows, whose probabilities are `block`."""
    if predictions.logs is not None:
        return _losses_of_logs(predictions, rows, floor)
    sums = block.sum(axis=1)  # what rounding took from the sum, or added, is no loss
    if predictions.targets is not None:
        proba = np.clip(block / sums[:, None], floor, 1.0)
        return 0.0 - xlogy(predictions.targets[rows], proba).sum(axis=1)
    chosen = block[np.arange(len(block)), class_codes(predictions)[rows]]
    return surprisal(np.clip(chosen / sums, floor, 1.0))


def _losses_of_logs(predictions: Predictions, rows: slice, floor: float) -> NDArray[np.float64]:
    assert predictions.logs is not None
    least = np.log(floor) if floor > 0 else -math.inf
    block = np.clip(predictions.logs[rows], least, 0.0)
    if predictions.targets is not None:
        return expectation(predictions.targets[rows], 0.0 - block)
    return 0.0 - block[np.arange(len(block)), class_codes(predictions)[rows]]


def class_codes(predictions: Predictions) -> NDArray[Any]:
    """Return the column of the class of each sample, where targets are not soft."""
    assert predictions.codes is not None
    return predictions.codes


def blocks(
    proba: NDArray[np.floating], *, whole: bool = False
) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Yield consecutive rows as float64 that kernels take; all at once if `whole`, and no copy."""
    n_samples, n_classes = proba.shape
    step = max(1, _VALUES_OF_A_BLOCK // n_classes)
    if whole and is_for_kernels(proba):
        step = n_samples
    for start in range(0, n_samples, step):
        rows = slice(start, start + step)
        yield rows, np.require(proba[rows], np.float64, ["C", "A", "W"])


def is_for_kernels(array: NDArray[Any]) -> bool:
    """Tell what kernels, compiled for a single kind of array, take as it is."""
    return array.dtype in (np.float64, np.intp) and array.flags.carray


def check_rows(proba: NDArray[Any], name: str) -> None:
    """Raise for a row that is not a distribution."""
    from sklearn_infotheory._kernels._log_loss import find_bad_row

    tolerance = sum_tolerance(proba.dtype, proba.shape[1])
    for rows, block in blocks(proba, whole=True):
        bad = find_bad_row(block, tolerance)
        if bad >= 0:
            raise_bad_row(block[bad], rows.start + bad, tolerance, name)


def raise_bad_row(row: NDArray[np.float64], index: int, tolerance: float, name: str) -> None:
    """Raise for a row with a value that is no probability, or with another sum than 1."""
    wrong = ~((row >= 0) & (row < math.inf))
    if wrong.any():
        column = int(np.argmax(wrong))
        raise ValueError(
            f"Probabilities must be finite and not negative; got {row[column]!s} in row {index} "
            f"of {name}, column {column}. Pass what predict_proba returns, not scores or "
            "logarithms."
        )
    raise ValueError(
        f"Each row must sum to 1 within {tolerance:.2g}; row {index} of {name} sums to "
        f"{row.sum()!s}. Divide it by its sum. If the columns are yes-or-no outputs of their own, "
        "pass a list of one array of shape (n_samples, 1) for each output."
    )


def check_zero(zero: Zero) -> float:
    """Return the least probability that `zero` stands for."""
    if isinstance(zero, str) and zero in ("inf", "raise"):
        return 0.0
    if isinstance(zero, Real) and not isinstance(zero, bool) and 0 < zero < 1:
        return float(zero)
    raise ValueError(
        "zero must be 'inf', 'raise' or a least probability between 0 and 1; "
        f"got {zero!r}. scikit-learn's is np.finfo(float).eps."
    )


def raise_zero(row: int) -> None:
    """Raise for a probability of 0 that `zero` forbids."""
    raise ValueError(
        f"y_proba gives probability 0 to what happened in row {row}, an infinite loss. Pass "
        "zero='inf' to see it as that, or a least probability such as zero=1e-15; or smooth the "
        "predictions."
    )


def read_predictions(
    y_true: Any,
    y_proba: Any,
    *,
    labels: Any = None,
    sample_weight: ArrayLike | None = None,
    scale: Scale = "probability",
) -> Predictions:
    """Return predictions whose shapes and labels agree; the rows of `y_proba` are not checked."""
    n_labels = None if labels is None else len(check_labels(labels))
    names = column_names(y_proba)
    proba, logs = _on_scale(as_numbers(y_proba, "y_proba"), n_labels, scale)
    y = as_target(y_true)
    if len(y) != len(proba):
        raise ValueError(
            f"y_true and y_proba must have the same number of samples; got {len(y)} and "
            f"{len(proba)}."
        )
    weights = check_weights(sample_weight, proba)
    targets = _soft_targets(y, labels)
    if targets is None:
        labels = names_as_labels(y, names) if labels is None else labels
        codes, classes = encode_labels(y, labels, proba.shape[1])
        _check_classes(y, codes, classes, labels, proba.shape[1])
        return _in_order(Predictions(proba, codes, None, weights, classes, logs), names)
    if targets.shape != proba.shape:
        raise ValueError(
            "y_true as one-hot rows or probabilities must have the shape of y_proba; got "
            f"{targets.shape} and {proba.shape}."
        )
    target_names = column_names(y_true)
    if labels is None and names and target_names and set(names) == set(target_names):
        labels = names
    classes = np.arange(proba.shape[1]) if labels is None else check_labels(labels)
    _check_column_count(classes, proba.shape[1])
    targets = in_order_of(targets, target_names, classes)
    codes_or_none = _one_hot_codes(targets)
    if codes_or_none is not None:
        return _in_order(Predictions(proba, codes_or_none, None, weights, classes, logs), names)
    check_rows(targets, "y_true")
    targets = targets.astype(np.float64) / targets.sum(axis=1, dtype=np.float64, keepdims=True)
    return _in_order(Predictions(proba, None, targets, weights, classes, logs), names)


def _on_scale(
    numbers: NDArray[Any], n_labels: int | None, scale: Scale
) -> tuple[NDArray[np.floating], NDArray[np.float64] | None]:
    """Return probabilities, one column a class, and their logarithms if these were given."""
    check_scale(scale)
    if scale == "probability":
        return as_columns(numbers, n_labels), None
    logs = as_log_probabilities(numbers, scale, n_labels)
    return np.exp(logs), logs


def _in_order(predictions: Predictions, names: list[Any] | None) -> Predictions:
    """Return predictions whose columns are in the order of the classes, if these name them."""
    if names is None:
        return predictions
    order = in_order_of(np.arange(predictions.proba.shape[1])[None], names, predictions.classes)[0]
    logs = predictions.logs
    logs = None if logs is None else logs[:, order]
    return replace(predictions, proba=predictions.proba[:, order], logs=logs)


def as_numbers(values: Any, name: str) -> NDArray[Any]:
    """Return a non-empty array of real numbers; what is not floating becomes float64."""
    if np.ma.is_masked(values):
        raise ValueError(
            f"{name} must not have masked values; got a masked array. Leave these rows out, or "
            "fill them: array.filled(0)."
        )
    try:
        array = np.asarray(values)
        if array.dtype.kind == "O":
            array = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} must be an array of numbers with rows of equal lengths; got {type(values)!r} "
            f"that is not ({error})."
        ) from error
    if array.dtype.kind not in "biuf" or not array.size or array.ndim not in (1, 2):
        raise ValueError(
            f"{name} must hold numbers, of shape (n_samples, n_classes) or (n_samples,) for the "
            f"probability of the second of two classes; got dtype {array.dtype} and shape "
            f"{array.shape}."
        )
    return array.astype(_floating(array.dtype), copy=False)


def _floating(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return dtype if dtype in (np.float16, np.float32) else np.dtype(np.float64)


def as_columns(proba: NDArray[Any], n_labels: int | None) -> NDArray[np.floating]:
    """Return one column a class; a single column is the second of two, unless one is labelled."""
    if proba.ndim == 2 and (proba.shape[1] > 1 or n_labels == 1):
        return proba
    second = proba.ravel().astype(np.float64)  # in float32, 1 - p would lose small p
    bad = ~((second >= 0) & (second <= 1))
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(
            f"Probabilities must lie between 0 and 1; got {second[row]!s} in row {row} of y_proba. "
            "Pass what predict_proba returns, not scores or logarithms."
        )
    return np.column_stack([1 - second, second])


def as_target(y_true: Any) -> Any:
    """Return `y_true` as an array, a single column as one dimension; extension types stay."""
    if isinstance(y_true, pd.Series):
        y = y_true.array if pd.api.types.is_extension_array_dtype(y_true.dtype) else y_true.values
    elif isinstance(y_true, pd.api.extensions.ExtensionArray):
        y = y_true
    else:
        y = np.asarray(y_true)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y.ravel()
    if y.ndim not in (1, 2):
        raise ValueError(
            "y_true must have shape (n_samples,) for labels, or (n_samples, n_classes) for one-hot "
            f"rows or probabilities; got shape {y.shape}."
        )
    return y


def _soft_targets(y: Any, labels: Any) -> NDArray[Any] | None:
    """Return one column a class if `y` holds one-hot rows or probabilities, None for labels."""
    if y.ndim == 2:
        return as_numbers(y, "y_true")
    if getattr(y.dtype, "kind", "") != "f" or not isinstance(y, np.ndarray):
        return None
    fractional = y != np.floor(y)
    is_labelled = labels is not None and bool(np.isin(y[fractional], check_labels(labels)).any())
    if not fractional.any() or np.isnan(y).any() or is_labelled:
        return None
    if y.min() < 0 or y.max() > 1:
        row = int(np.argmax((y < 0) | (y > 1)))
        raise ValueError(
            "y_true with fractions must hold probabilities of the second class, or labels that "
            f"labels=... lists; got {y[row]!s} in row {row}. Cut a continuous target into classes."
        )
    return np.column_stack([1 - y, y])


def _one_hot_codes(targets: NDArray[Any]) -> NDArray[np.intp] | None:
    """Return the column of the 1 if each row holds a single 1 and else 0."""
    values = targets.ravel()
    places = np.flatnonzero(values)
    if len(places) != len(targets) or (values[places] != 1).any():
        return None
    codes = places - np.arange(len(targets)) * targets.shape[1]
    return codes if codes.min() >= 0 and codes.max() < targets.shape[1] else None


def _check_classes(
    y: Any, codes: NDArray[Any], classes: NDArray[Any], labels: Any, n_columns: int
) -> None:
    if labels is None and len(classes) != n_columns:
        shown = ", ".join(map(repr, classes[:10].tolist())) + (", ..." if len(classes) > 10 else "")
        raise ValueError(
            f"y_true holds {len(classes)} classes ({shown}), but y_proba is about {n_columns}. "
            "Pass labels=..., the label of each column, such as the classes_ of the classifier."
        )
    _check_column_count(classes, n_columns)
    if labels is not None and codes.min() == UNKNOWN:
        row = int(np.argmin(codes))
        raise ValueError(
            f"y_true holds {plain_value(y, row)!r} in row {row}, which is not among "
            f"labels={classes.tolist()}. Add a column of probabilities for it, or leave the sample "
            "out."
        )


def _check_column_count(classes: NDArray[Any], n_columns: int) -> None:
    if len(classes) != n_columns:
        raise ValueError(
            f"labels must have one label for each class of y_proba; got {len(classes)} labels and "
            f"{n_columns} classes."
        )
