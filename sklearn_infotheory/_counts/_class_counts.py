"""Counts of the classes, and sums of a target, for each code of one column."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._types import Weights


def count_classes(
    codes: NDArray[Any], n_codes: int, classes: NDArray[Any], n_classes: int, weights: Weights
) -> NDArray[np.float64]:
    """Count classes for each code: a table of shape (n_codes, n_classes)."""
    joint = codes.astype(np.intp)
    if n_classes > 1:
        joint = joint * n_classes + classes
    counts = np.bincount(joint, weights, minlength=n_codes * n_classes)
    return counts.astype(np.float64).reshape(n_codes, n_classes)


def sum_by_code(
    codes: NDArray[Any], n_codes: int, values: NDArray[np.float64], weights: Weights
) -> NDArray[np.float64]:
    """Sum weighted values for each code."""
    weighted = values if weights is None else values * weights
    return np.bincount(codes, weighted, minlength=n_codes).astype(np.float64, copy=False)
