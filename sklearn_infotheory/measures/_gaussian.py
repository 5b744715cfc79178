"""Normal distributions by their covariance: entropy, mutual information and divergence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from sklearn_infotheory.measures._arguments import Information, in_base

Columns: TypeAlias = int | Sequence[int]
"""One column of a covariance matrix, or several that count as one variable."""


def gaussian_entropy(
    covariance: npt.ArrayLike, *, given: Columns | None = None, base: float | None = None
) -> Information:
    r"""Compute the joint or conditional differential entropy of jointly normal variables.

    Parameters
    ----------
    covariance : array_like of shape (..., d, d)
        Covariance matrix, symmetric and positive definite.
    given : int or sequence of int, optional
        Columns that are known; the entropy of all others given these is returned.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.

    Returns
    -------
    entropy : float or ndarray of shape (...)
        Differential entropy in units of `base`; it may be negative.

    Raises
    ------
    ValueError
        If `covariance` is not symmetric, or not positive definite beyond rounding, or if `given`
        names no column or all.

    Notes
    -----
    .. math:: h(X) = \tfrac12 \log \det (2 \pi e \Sigma), \qquad
              h(X | Z) = h(X, Z) - h(Z).

    No density on the line with variance :math:`\sigma^2` has a larger entropy than the normal
    one [1]_.

    References
    ----------
    .. [1] T. M. Cover, J. A. Thomas (2006). Elements of Information Theory, 2nd ed., chapter 8.
       Wiley. https://doi.org/10.1002/047174882X

    Examples
    --------
    >>> from sklearn_infotheory.measures import gaussian_entropy
    >>> covariance = [[1.0, 0.8], [0.8, 1.0]]
    >>> print(gaussian_entropy(covariance).round(4))
    2.3271
    >>> print(gaussian_entropy(covariance, given=1).round(4))
    0.9081
    """
    matrix = as_covariance(covariance, "covariance")
    if given is not None:
        known = _as_columns(given, matrix.shape[-1], "given")
        free = [i for i in range(matrix.shape[-1]) if i not in known]
        if not free:
            raise ValueError(
                f"given must leave a column free; got {given!r} of {matrix.shape[-1]} columns. "
                "Leave out what is to be measured."
            )
        matrix = _conditional(matrix, free, known)
    return in_base(covariance_entropy(matrix), base)


def gaussian_mutual_information(
    covariance: npt.ArrayLike,
    x: Columns,
    y: Columns,
    *,
    given: Columns | None = None,
    base: float | None = None,
) -> Information:
    r"""Compute the mutual information of jointly normal variables from their covariance.

    Parameters
    ----------
    covariance : array_like of shape (..., d, d)
        Covariance or correlation matrix, symmetric and positive definite.
    x, y : int or sequence of int
        Columns of the two variables; no column may be in both.
    given : int or sequence of int, optional
        Columns that are known: the conditional mutual information is returned.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.

    Returns
    -------
    information : float or ndarray of shape (...)
        Mutual information in units of `base`, in [0, inf).

    Raises
    ------
    ValueError
        If `covariance` is not symmetric or not positive definite beyond rounding, as that of
        columns which determine each other, or if columns are named twice or do not exist.

    Notes
    -----
    With the canonical correlations :math:`\rho_i` of the two sets of columns [1]_,

    .. math:: I(X; Y) = -\tfrac12 \sum_i \log(1 - \rho_i^2).

    References
    ----------
    .. [1] I. M. Gelfand, A. M. Yaglom (1959). Calculation of the amount of information about a
       random function contained in another such function. AMS Translations 2(12), 199-246.
       https://doi.org/10.1090/trans2/012/09

    Examples
    --------
    >>> from sklearn_infotheory.measures import gaussian_mutual_information
    >>> print(gaussian_mutual_information([[1.0, 0.8], [0.8, 1.0]], 0, 1).round(4))
    0.5108
    """
    matrix = as_covariance(covariance, "covariance")
    d = matrix.shape[-1]
    first, second = _as_columns(x, d, "x"), _as_columns(y, d, "y")
    known = [] if given is None else _as_columns(given, d, "given")
    named = first + second + known
    if len(set(named)) < len(named):
        raise ValueError(
            f"x, y and given must name different columns; got {x!r}, {y!r} and {given!r}. "
            "The information of a number in itself is infinite."
        )
    matrix = _conditional(matrix, first + second, known)
    k = len(first)
    left, right = (np.linalg.cholesky(m) for m in (matrix[..., :k, :k], matrix[..., k:, k:]))
    # Singular values of L_x^-1 S_xy L_y^-T are the canonical correlations.
    half = np.linalg.solve(left, matrix[..., :k, k:])
    core = np.linalg.solve(right, half.swapaxes(-1, -2))
    correlations = np.minimum(np.linalg.svd(core, compute_uv=False), 1 - 1e-16)
    return in_base(-0.5 * np.log1p(-(correlations**2)).sum(axis=-1), base)


def gaussian_kl_to_standard_normal(
    mean: npt.ArrayLike, log_variance: npt.ArrayLike, *, base: float | None = None
) -> Information:
    r"""Compute the divergence of independent normal variables from standard normal ones.

    Parameters
    ----------
    mean : array_like of shape (..., d)
        Means, one per latent variable.
    log_variance : array_like of shape (..., d)
        Logarithms of the variances, as encoders return them; broadcasts with `mean`.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.

    Returns
    -------
    divergence : float or ndarray of shape (...)
        D(N(mean, variance) || N(0, 1)), summed over the last axis, in units of `base`; in [0, inf].

    Raises
    ------
    ValueError
        If a value is not finite, or if there is no axis.

    Notes
    -----
    Appendix B of [1]_:

    .. math:: D = -\tfrac12 \sum_i (1 + \log \sigma_i^2 - \mu_i^2 - \sigma_i^2).

    References
    ----------
    .. [1] D. P. Kingma, M. Welling (2014). Auto-encoding variational Bayes.
       https://doi.org/10.48550/arXiv.1312.6114

    Examples
    --------
    >>> from sklearn_infotheory.measures import gaussian_kl_to_standard_normal
    >>> print(gaussian_kl_to_standard_normal([[0.0, 0.0], [1.0, 1.0]], [0.0, 0.0]))
    [0. 1.]
    """
    centre, spread = (np.asarray(v, dtype=np.float64) for v in (mean, log_variance))
    if centre.ndim == 0 or not (np.isfinite(centre).all() and np.isfinite(spread).all()):
        raise ValueError(
            "mean must have an axis of latent variables, and mean and log_variance must be finite; "
            f"got {mean!r} and {log_variance!r}. Clip the output of the encoder."
        )
    # expm1(v) - v keeps its digits near a variance of one.
    return in_base(0.5 * (np.expm1(spread) - spread + centre**2).sum(axis=-1), base)


def covariance_entropy(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the differential entropy in nats of normal variables."""
    d = covariance.shape[-1]
    return 0.5 * (d * np.log(2 * np.pi * np.e) + np.linalg.slogdet(covariance)[1])


def covariance_kl_divergence(
    shift: NDArray[np.float64], true: NDArray[np.float64], other: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return D(N(m, true) || N(m + shift, other)) in nats."""
    root = np.linalg.cholesky(other)
    # The eigenvalues r of other^-1 true each cost r - 1 - log r, which is never negative.
    mixed = np.linalg.solve(root, np.linalg.cholesky(true))
    ratios = np.linalg.svd(mixed, compute_uv=False) ** 2
    steps = np.linalg.solve(root, shift[..., np.newaxis])[..., 0]
    return 0.5 * ((ratios - 1 - np.log(ratios)).sum(axis=-1) + (steps**2).sum(axis=-1))


def as_covariance(values: npt.ArrayLike, name: str) -> NDArray[np.float64]:
    """Return a stack of covariance matrices that are positive definite beyond rounding."""
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.ndim < 2 or matrix.shape[-1] != matrix.shape[-2] or matrix.size == 0:
        raise ValueError(f"{name} must be a square matrix; got shape {matrix.shape}. See np.cov.")
    variances = np.diagonal(matrix, axis1=-2, axis2=-1)
    if not np.isfinite(matrix).all() or not (variances > 0).all():
        raise ValueError(
            f"{name} must be finite with positive variances; got the diagonal {variances}. "
            "Drop constant columns."
        )
    scales = np.sqrt(variances)
    correlation = matrix / scales[..., :, np.newaxis] / scales[..., np.newaxis, :]
    if not np.allclose(correlation, correlation.swapaxes(-1, -2), rtol=0, atol=1e-8):
        raise ValueError(f"{name} must be symmetric; got {values!r}. Take (C + C.T) / 2.")
    # Units do not matter: the correlations decide what is singular.
    least = float(np.linalg.eigvalsh(correlation)[..., 0].min())
    if least <= matrix.shape[-1] * 4 * np.finfo(np.float64).eps:
        raise ValueError(
            f"{name} is singular within rounding: the least eigenvalue of its correlations is "
            f"{least:.3g}. A column is determined by the others, so that its entropy is -inf: drop "
            "it, or add its noise to the diagonal."
        )
    return (matrix + matrix.swapaxes(-1, -2)) / 2


def _conditional(
    matrix: NDArray[np.float64], free: list[int], known: list[int]
) -> NDArray[np.float64]:
    """Return the covariance of the free columns given the known ones (Schur complement)."""
    part = matrix[..., free, :][..., :, free]
    if not known:
        return part
    cross = matrix[..., known, :][..., :, free]
    inner = matrix[..., known, :][..., :, known]
    return part - cross.swapaxes(-1, -2) @ np.linalg.solve(inner, cross)


def _as_columns(columns: Columns, d: int, name: str) -> list[int]:
    """Return the columns as a list of indices from 0."""
    wanted = [columns] if isinstance(columns, int | np.integer) else list(columns)
    if not wanted or any(not -d <= i < d for i in wanted):
        raise ValueError(
            f"{name} must name columns between 0 and {d - 1}; got {columns!r}. "
            "Pass an int or a list of ints."
        )
    return [int(i) % d for i in wanted]
