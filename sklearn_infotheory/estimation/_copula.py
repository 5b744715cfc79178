"""Information of the Gaussian copula: what correlations tell, in closed form.

Numbers in (as a rule normal scores), nats out. No sum depends on the order of the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, fdtrc, logsumexp, ndtri, xlogy

from sklearn_infotheory._types import Codes, Floats
from sklearn_infotheory.estimation._class_variances import (
    class_standard_errors,
    half_log_variance,
    half_log_variance_in_classes,
    least_variance,
    score_variance,
)
from sklearn_infotheory.estimation._estimate import ConfidenceInterval, NormalInterval

_DEPENDENT = 1e-10  # eigenvalues below are those of columns that others determine
_ALIKE = 1e-12  # a correlation so near to one is one, but for rounding
_LOG_2_PI = np.log(2 * np.pi)


@dataclass(frozen=True)
class GaussianInformation:
    """What a Gaussian model says; all in nats.

    Attributes
    ----------
    value : float
        Corrected for bias; may be below zero.
    standard_error : float
    p_value : float
    interval : callable
        From a level to a :class:`ConfidenceInterval`.
    terms : ndarray of shape (n_samples,)
        The information of each sample. Their mean is the value, but for rounding.
    """

    value: float
    standard_error: float
    p_value: float
    interval: Callable[[float], ConfidenceInterval]
    terms: Floats


@dataclass(frozen=True)
class _CorrelationInterval:
    """Fisher's interval of a correlation, taken to its information."""

    correlation: float
    freedom: float

    def __call__(self, level: float) -> ConfidenceInterval:
        if self.freedom <= 0 or self.correlation >= 1:
            return ConfidenceInterval(_information(min(self.correlation, 1.0)), np.inf)
        reach = ndtri(0.5 + level / 2) / np.sqrt(self.freedom)
        z = np.arctanh(self.correlation)
        low, high = np.tanh(max(z - reach, 0.0)), np.tanh(z + reach)
        return ConfidenceInterval(_information(low), _information(high))


def _information(correlation: float) -> float:
    with np.errstate(divide="ignore"):
        return float(-0.5 * np.log1p(-correlation * correlation)) + 0.0


def gaussian_mutual_information(x: Floats, y: Floats) -> GaussianInformation:
    """Estimate I(X; Y) of two Gaussian variables, each of one or several columns.

    Parameters
    ----------
    x, y : ndarray of shape (n_samples,) or (n_samples, n_columns)
        No NaN. Normal scores make it that of the Gaussian copula.

    Raises
    ------
    ValueError
        If there are not more samples than columns.

    Notes
    -----
    With the canonical correlations of x and y,

    .. math:: I = -\\tfrac12 \\sum_k \\log(1 - \\rho_k^2)

    less its mean when x and y are independent, which is exact for normal columns [1]_. The p-value
    is that of Wilks' lambda by Rao's F, exact where x or y is one column: the t-test of a
    correlation. The standard error is that of the mean of the terms, whose variance is
    :math:`\\sum_k \\rho_k^2`. Columns that determine each other share infinitely much,
    without a standard error.

    References
    ----------
    .. [1] Ince, R. A. A. et al. (2017). A statistical framework for neuroimaging data analysis
       based on mutual information estimated via a Gaussian copula. Human Brain Mapping 38,
       1541-1573. :doi:`10.1002/hbm.23471`
    """
    return gaussian_conditional_mutual_information(x, y, np.empty((len(x), 0)))


def gaussian_conditional_mutual_information(x: Floats, y: Floats, z: Floats) -> GaussianInformation:
    """Estimate I(X; Y | Z), by partial correlations; see :func:`gaussian_mutual_information`."""
    n_samples = len(x)
    z = _independent_columns(_standardized(z))
    x, y = (_independent_columns(_without(_standardized(v), z)) for v in (x, y))
    freedom = n_samples - 1 - z.shape[1]
    if not x.shape[1] or not y.shape[1]:
        nothing = NormalInterval(0.0, 0.0, 0.0)
        return GaussianInformation(0.0, 0.0, 1.0, nothing, np.zeros(n_samples))
    _check_freedom(n_samples, freedom + 1 - x.shape[1] - y.shape[1])
    # x and y have unit covariance: the singular values of their products are the canonical
    # correlations, and the information is that of as many independent pairs.
    u, rho, v = np.linalg.svd(_products(x, y))
    rho = np.where(rho > 1 - _ALIKE, 1.0, rho)
    bias = _bias(x.shape[1], y.shape[1], freedom)
    with np.errstate(divide="ignore"):
        value = float(-0.5 * np.log1p(-rho * rho).sum()) - bias
    terms = _terms((x @ u)[:, : len(rho)], (y @ v.T)[:, : len(rho)], rho) - bias
    error = float(np.sqrt((rho * rho).sum() / n_samples)) if np.isfinite(value) else np.nan
    p = wilks_p_value(float(np.prod(1 - rho * rho)), x.shape[1], y.shape[1], freedom)
    interval: Callable[[float], ConfidenceInterval] = NormalInterval(value, error, 0.0)
    if x.shape[1] == y.shape[1] == 1:
        interval = _CorrelationInterval(float(rho[0]), freedom - 2)
    return GaussianInformation(value, error, p, interval, terms)


def _check_freedom(n_samples: int, freedom: float) -> None:
    if freedom < 1:
        raise ValueError(
            f"{n_samples} samples are too few for a Gaussian model of so many columns: "
            f"{int(np.ceil(n_samples + 1 - freedom))} are the least. Pass more samples, or fewer "
            "columns."
        )


def _bias(n_x: int, n_y: int, freedom: float) -> float:
    """Return the mean of I where there is none, from that of the logarithms of Wishart matrices."""
    # E log det W = sum_j psi((freedom - j) / 2) + constants that cancel, for j = 0 .. d - 1, of a
    # Wishart matrix (Goodman 1963): of x, and of y, less that of both.
    halves = digamma((freedom - np.arange(n_x + n_y)) / 2)
    return float(halves[:n_x].sum() + halves[:n_y].sum() - halves.sum()) / 2


def _terms(u: Floats, v: Floats, rho: Floats) -> Floats:
    """Return the information of each sample, from its canonical variables."""
    rest = 1 - rho * rho
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = (rho * u * v - rho * rho * (u * u + v * v) / 2) / rest - 0.5 * np.log(rest)
    return np.where(rest > 0, terms, np.inf).sum(axis=1)


def wilks_p_value(wilks_lambda: float, n_x: int, n_y: int, freedom: float) -> float:
    """Return the p-value of Wilks' lambda by Rao's F; ``freedom`` is n - 1 - n_z.

    References
    ----------
    Rao, C. R. (1973). Linear Statistical Inference and its Applications, 2nd edition, 8c.5.
    :doi:`10.1002/9780470316436`
    """
    squares = n_x * n_x + n_y * n_y - 5
    root = np.sqrt((n_x * n_x * n_y * n_y - 4) / squares) if squares > 0 else 1.0
    upper = n_x * n_y
    lower = (freedom - (n_x + n_y + 1) / 2) * root - upper / 2 + 1
    if lower <= 0:
        return 1.0
    if wilks_lambda <= 0:
        return 0.0
    # Rao's F approximates the distribution of lambda; exact if a side has one or two columns.
    share = wilks_lambda ** (1 / root)
    return float(fdtrc(upper, lower, (1 - share) / share * lower / upper))


def gaussian_entropy_difference(
    x: Floats, classes: Codes, *, are_scores: bool = True
) -> GaussianInformation:
    """Estimate I(X; Y) of a column and classes as the difference of Gaussian entropies.

    Parameters
    ----------
    x : ndarray of shape (n_samples,)
        No NaN.
    classes : ndarray of int, shape (n_samples,)
        0 .. n_classes - 1.
    are_scores : bool, default=True
        Whether these are normal scores. Ties among them hide some of their variance.

    Notes
    -----
    .. math:: I = \\tfrac12 \\log \\sigma^2 - \\tfrac12 \\sum_y p_y \\log \\sigma_y^2

    without its bias, where differences between the variances of the classes count as far as ties
    cannot make them; see ``_class_variances.py``. Not above the entropy of the classes. The p-value
    is that of :func:`gaussian_class_information`.
    """
    n_samples, (present, classes) = len(x), np.unique(classes, return_inverse=True)
    x = x - _sum(x) / n_samples
    if len(present) < 2 or not x.any():
        nothing = NormalInterval(0.0, 0.0, 0.0)
        return GaussianInformation(0.0, 0.0, 1.0, nothing, np.zeros(n_samples))
    counts = np.bincount(classes)
    means = np.array([_sum(x[classes == k]) for k in range(len(counts))]) / counts
    rest = x - means[classes]
    own = np.array([_sum(rest[classes == k] ** 2) for k in range(len(counts))])
    squares = np.array([_sum(x * x), own.sum(), *own])[:, np.newaxis]
    freedom = np.array([n_samples - 1, n_samples - len(counts), *(counts - 1)], np.float64)
    sizes = counts.astype(np.float64)
    least, hidden = _limits(x, squares[0] / freedom[0], are_scores)
    whole = half_log_variance(squares[0], freedom[0], least)
    within = half_log_variance_in_classes(squares, freedom, sizes, least, hidden)
    entropy = float(-xlogy(counts / n_samples, counts / n_samples).sum())
    value = min(float(whole[0] - within[0]), entropy)
    error = float(class_standard_errors(squares, means[:, np.newaxis], sizes, hidden)[0])
    variance, variances = squares[0] / n_samples, np.maximum(own / counts + hidden, least)[classes]
    terms = (x * x / variance - rest**2 / variances + np.log(variance / variances)) / 2
    terms += value - float(_sum(terms)) / n_samples
    p = _p_value_of_means(_standardized(x), classes, counts)
    return GaussianInformation(value, error, p, NormalInterval(value, error, 0.0, entropy), terms)


def _limits(x: Floats, variance: Floats, are_scores: bool) -> tuple[Floats, Floats]:
    """Return the least variance, and what ties hide of it."""
    shares = np.unique(x, return_counts=True)[1] / len(x)
    least = least_variance(variance, np.array([-xlogy(shares, shares).sum()]))
    hidden = score_variance(len(x)) - variance if are_scores else np.zeros(1)
    return least, np.maximum(hidden, least)


def gaussian_class_information(x: Floats, classes: Codes) -> GaussianInformation:
    """Estimate I(X; Y) of numbers and classes, with one Gaussian model for each class.

    Parameters
    ----------
    x : ndarray of shape (n_samples,) or (n_samples, n_columns)
    classes : ndarray of int, shape (n_samples,)
        0 .. n_classes - 1.

    Notes
    -----
    .. math:: I = \\left\\langle \\log \\frac{p(y_i | x_i)}{p(y_i)} \\right\\rangle,
              \\quad p(y | x) \\propto p_y \\mathcal{N}(x; \\mu_y, \\Sigma_y)

    less half the number of parameters over n. It never exceeds the entropy of the classes, as the
    difference of Gaussian entropies does. A class of no more samples than columns has the model of
    all samples, and so tells nothing of itself. The p-value is that of a test of equal means
    (Wilks' lambda), of van der Waerden's test where x is one column of normal scores.
    """
    n_samples = len(x)
    x = _independent_columns(_standardized(x))
    present, classes = np.unique(classes, return_inverse=True)
    if not x.shape[1] or len(present) < 2:
        nothing = NormalInterval(0.0, 0.0, 0.0)
        return GaussianInformation(0.0, 0.0, 1.0, nothing, np.zeros(n_samples))
    counts = np.bincount(classes)
    logs, n_models = _class_log_densities(x, classes, counts)
    posterior = logs + np.log(counts / n_samples)
    posterior -= logsumexp(posterior, axis=1, keepdims=True)
    own = posterior[np.arange(n_samples), classes]
    d = x.shape[1]
    # At independence twice the sum is chi-square, with a mean and covariance for each but one.
    bias = max(n_models - 1, 0) * (d + d * (d + 1) / 2) / (2 * n_samples)
    terms = own - np.log(counts / n_samples)[classes] - bias
    entropy = float(-xlogy(counts / n_samples, counts / n_samples).sum())
    value = float(_sum(own)) / n_samples + entropy - bias
    error = float(np.sqrt(_sum((terms - value) ** 2) / n_samples / n_samples))
    p = _p_value_of_means(x, classes, counts)
    return GaussianInformation(value, error, p, NormalInterval(value, error, 0.0, entropy), terms)


def _class_log_densities(x: Floats, classes: Codes, counts: NDArray[np.intp]) -> tuple[Floats, int]:
    """Return log p(x | y) of every class, and how many classes have a model of their own."""
    d = x.shape[1]
    logs = np.empty((len(x), len(counts)))
    for k in range(len(counts)):
        mean, values, vectors = np.zeros(d), np.ones(d), np.eye(d)
        if counts[k] > d:
            rows = x[classes == k]
            mean = _sum(rows) / len(rows)
            values, vectors = np.linalg.eigh(_products(rows - mean, rows - mean))
            values = np.maximum(values, _DEPENDENT)
        distances = ((x - mean) @ (vectors / np.sqrt(values))) ** 2
        logs[:, k] = -0.5 * (distances.sum(axis=1) + np.log(values).sum())
    return logs, int((counts > d).sum())


def _p_value_of_means(x: Floats, classes: Codes, counts: NDArray[np.intp]) -> float:
    """Test by Wilks' lambda that the means of all classes are one; x has unit covariance."""
    means = np.stack([_sum(x[classes == k]) for k in range(len(counts))]) / counts[:, np.newaxis]
    between = (means.T * (counts / len(x))) @ means
    wilks_lambda = float(np.prod(np.clip(1 - np.linalg.eigvalsh(between), 0.0, 1.0)))
    return wilks_p_value(wilks_lambda, x.shape[1], len(counts) - 1, len(x) - 1)


def gaussian_entropy(x: Floats) -> tuple[float, float]:
    """Estimate the differential entropy of a Gaussian variable; and its standard error, in nats.

    Minus infinity where a column is constant, or determined by others.

    Parameters
    ----------
    x : ndarray of shape (n_samples,) or (n_samples, n_columns)

    Notes
    -----
    .. math:: h = \\tfrac12 \\log \\det (2 \\pi e \\Sigma)

    less its bias, which is exact for normal columns [1]_. The standard error is that of the mean of
    :math:`-\\log p(x_i)`.

    References
    ----------
    .. [1] Goodman, N. R. (1963). The distribution of the determinant of a complex Wishart
       distributed matrix. Annals of Mathematical Statistics 34, 178-180.
       :doi:`10.1214/aoms/1177704251`
    """
    columns = _as_columns(x)
    n_samples, d = columns.shape
    white = _independent_columns(_standardized(columns))
    if white.shape[1] < d:
        return -np.inf, np.nan
    _check_freedom(n_samples, n_samples - d)
    centred = columns - _sum(columns) / n_samples
    scale = np.sqrt(_sum(centred * centred))
    log_det = np.linalg.slogdet(n_samples * _products(centred / scale, centred / scale))[1]
    halves = digamma((n_samples - 1 - np.arange(d)) / 2) + np.log(2)
    value = d * (1 + _LOG_2_PI) / 2 + (2 * np.log(scale).sum() + log_det - halves.sum()) / 2
    distances = (white * white).sum(axis=1) / 2
    error = np.sqrt(_sum((distances - d / 2) ** 2)) / n_samples
    return float(value), float(error)


def _as_columns(x: Floats) -> Floats:
    return x[:, np.newaxis] if x.ndim == 1 else x


def _sum(columns: Floats) -> Floats:
    """Add up from the least to the largest, whatever the order of the rows."""
    return np.sort(columns, axis=0).sum(axis=0)


def _products(x: Floats, y: Floats) -> Floats:
    """Mean products of the columns of x with those of y."""
    return np.array([_sum(a[:, np.newaxis] * y) for a in x.T]).reshape(x.shape[1], -1) / len(x)


def _standardized(x: Floats) -> Floats:
    """Return columns of mean 0 and variance 1, without the constant ones."""
    x = _as_columns(x)
    x = x[:, (x != x[:1]).any(axis=0)]
    x = x - _sum(x) / len(x)
    x = x / np.abs(x).max(axis=0, initial=0.0)
    return x / np.sqrt(_sum(x * x) / len(x))


def _independent_columns(x: Floats) -> Floats:
    """Rotate to columns of unit covariance, leaving out what the others determine."""
    if x.shape[1] <= 1:
        return x
    values, vectors = np.linalg.eigh(_products(x, x))
    kept = values > _DEPENDENT * values[-1]
    return x @ (vectors[:, kept] / np.sqrt(values[kept]))


def _without(x: Floats, z: Floats) -> Floats:
    """Return the residuals of x given z, which has unit covariance; without what z determines."""
    if not z.shape[1] or not x.shape[1]:
        return x
    residuals = x - z @ _products(z, x)
    return _standardized(residuals[:, _sum(residuals * residuals) > _DEPENDENT * len(x)])
