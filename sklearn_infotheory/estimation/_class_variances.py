r"""The information between numbers and classes that differences of variance hold. In nats.

Of normal scores X, which are normal as a whole, and normal in each class y as well,

.. math:: I(X; Y) = h(X) - \sum_y p_y h(X | y) = \tfrac12 \log \sigma^2
          - \tfrac12 \sum_y p_y \log \sigma_y^2

This is what ``method="gaussian"`` means in every door. Scores are not normal in each class, so
that their entropies there are at most these, and this is at most I(X; Y).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import digamma

from sklearn_infotheory._types import Floats
from sklearn_infotheory.estimation._variables import normal_score_table

_LARGEST_TABLE = 1 << 20


def least_variance(variance: Floats, entropies: Floats) -> Floats:
    """Return the variance below which no value can be told from the next one."""
    return np.where(variance > 0, variance * np.exp(-2 * entropies), 1.0)


def score_variance(total: float) -> float:
    """Return the mean square of the scores of so many samples, none of them tied."""
    scores = normal_score_table(min(max(round(total), 1), _LARGEST_TABLE))[::2]
    return float((scores * scores).mean())


def half_log_variance(squares: Floats, freedom: float, least: Floats) -> Floats:
    """Return half the logarithm of a variance, without bias for normal columns.

    Parameters
    ----------
    squares : ndarray of shape (n_columns,)
        Sums of squares.
    freedom : float
        Their degrees of freedom.
    least : ndarray of shape (n_columns,)
        See :func:`least_variance`.
    """
    if freedom < 1:
        return 0.5 * np.log(least)
    variance = squares / freedom
    missing = np.where(variance > least, _missing_logarithm(freedom), 0.0)
    return 0.5 * (np.log(np.maximum(variance, least)) + missing)


def half_log_variance_in_classes(
    squares: Floats, freedom: Floats, sizes: Floats, least: Floats, hidden: Floats
) -> Floats:
    """Return the mean of the same over classes; a class without freedom tells nothing of itself.

    First the logarithm of the mean variance, and then what differences between the variances
    add, as far as ties do not make them.

    Parameters
    ----------
    squares : ndarray of shape (2 + n_classes, n_columns)
        Sums of squares of all samples about their mean, about the means of their classes, and of
        each class.
    freedom : ndarray of shape (2 + n_classes,)
        Their degrees of freedom.
    sizes : ndarray of shape (n_classes,)
        Number of samples in each class.
    least : ndarray of shape (n_columns,)
        See :func:`least_variance`.
    hidden : ndarray of shape (n_columns,)
        What ties hide of the variance.
    """
    known = freedom[2:] >= 1
    if not known.any():
        return half_log_variance(squares[0], freedom[0], least)
    shares = sizes / sizes.sum()
    own, all_own = freedom[2:][known], freedom[2:][known].sum()
    variances = np.repeat(squares[:1] / max(freedom[0], 1.0), len(shares), axis=0)
    variances[known] = squares[2:][known] / own[:, np.newaxis]
    mean = shares @ variances
    visible = (mean / (mean + hidden)) ** 2
    logs = np.log(variances + hidden)
    logs[known] += np.multiply.outer(_missing_logarithm(own), visible)
    log_of_mean = np.log(mean + hidden) + _missing_logarithm(all_own) * visible
    return half_log_variance(mean * all_own, all_own, least) - (log_of_mean - shares @ logs) / 2


def class_standard_errors(squares: Floats, means: Floats, sizes: Floats, hidden: Floats) -> Floats:
    """Return the standard error of the information: that of the mean of the terms of the model.

    Parameters
    ----------
    squares, sizes, hidden
        As in :func:`half_log_variance_in_classes`.
    means : ndarray of shape (n_classes, n_columns)
        Means of the classes, less that of all samples.
    """
    n_samples, sizes = sizes.sum(), sizes[:, np.newaxis]
    hidden = hidden * n_samples
    total = np.where(squares[0] > 0, squares[0], 1.0) + hidden
    ratios = (squares[2:] / sizes * n_samples + hidden) / total
    shifts = means**2 * n_samples / total
    # A term is the mean of its class, and what a normal number and its square add.
    of_class = 0.5 * (shifts + ratios - 1 - np.log(ratios))
    within = shifts * ratios + (ratios - 1) ** 2 / 2
    shares = sizes[:, 0] / n_samples
    variance = shares @ (within + of_class**2) - (shares @ of_class) ** 2
    return np.where(squares[0] > 0, np.sqrt(np.maximum(variance, 0.0) / n_samples), 0.0)


def _missing_logarithm(freedom: Any) -> Any:
    """By how much the logarithm of a variance is too small on average, for normal columns."""
    return np.log(freedom / 2) - digamma(freedom / 2)
