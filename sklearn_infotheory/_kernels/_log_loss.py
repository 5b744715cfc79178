"""Checks and losses of rows of predicted probabilities."""

from __future__ import annotations

import math

from sklearn_infotheory._kernels._compile import kernel, summing_part

_SMALL = 1e-100  # two factors of this size do not underflow


@summing_part
def _is_distribution(row, tolerance):
    total, negative = 0.0, False
    for j in range(row.shape[0]):
        p = row[j]
        total += p
        negative |= p < 0
    return not negative and abs(total - 1.0) <= tolerance


@kernel
def find_bad_row(proba, tolerance):
    """Return the first row with a negative or NaN value or a sum that is not 1, or -1."""
    for i in range(proba.shape[0]):
        if not _is_distribution(proba[i], tolerance):
            return i
    return -1


@kernel
def sum_losses(proba, codes, floor, tolerance):
    """Return the first bad row or -1, and the sum of -log of the probabilities of the classes.

    Probabilities are at least ``floor``. They are multiplied as long as the product is far from
    underflow: a logarithm of many factors costs as much as that of one, and rounds less often than
    the sum of their logarithms.
    """
    total, product = 0.0, 1.0
    for i in range(codes.shape[0]):
        row = proba[i]
        if not _is_distribution(row, tolerance):
            return i, math.nan
        p = min(max(row[codes[i]], floor), 1.0)
        if p < _SMALL:
            total += -math.log(p) if p > 0.0 else math.inf
        else:
            product *= p
            if product < _SMALL:
                total -= math.log(product)
                product = 1.0
    return -1, total - math.log(product)
