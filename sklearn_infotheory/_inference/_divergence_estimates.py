"""Divergences estimated from counts, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from sklearn_infotheory._inference._noncentral_chi_square import (
    detectable_noncentralities,
    noncentralities,
)
from sklearn_infotheory._types import Floats

Pairs = Sequence[tuple[Floats, Floats]]

DIVERGENCES = ("kl", "reverse_kl", "jeffreys", "js", "hellinger")

# How many times less than Kullback-Leibler each divergence is where laws are close.
_FRACTION = {"kl": 1.0, "reverse_kl": 1.0, "jeffreys": 0.5, "js": 4.0, "hellinger": 4.0}
_TABLED = 1 << 14  # log k! is looked up so far


def estimate_divergences(
    pairs: Pairs, divergence: str, level: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    r"""Estimate divergences of laws from counts of samples; and their confidence intervals.

    Parameters
    ----------
    pairs : sequence of (reference, batch)
        Counts over the same cells, of each feature.
    divergence : {"kl", "reverse_kl", "jeffreys", "js", "hellinger"}
    level : float, default=0.95

    Returns
    -------
    value, lower, upper : ndarray of shape (n_features,)
        In nats; value may be below 0, lower and upper are not.

    Notes
    -----
    In :math:`\sum q \log (q / p)` the logarithm of p is smoothed by half a row in every cell that
    occurs in either sample [1]_: it is finite, and free of bias but for terms of second order in
    the inverse of the expected count. What is left of the bias is taken for what it is if both laws
    are one: the mean over all splits of the pooled rows, which is exact in sparse tables, and
    (K - 1) (1 / n + 1 / m) / 2 in large ones. To that, "js" and "hellinger" add the difference in
    curvature between the laws as they are and as one.

    With :math:`N' = 2 D / V` from the delta-method variance V, :math:`2 N' \hat{D}` is taken for
    noncentral chi-square with K - 1 degrees of freedom and noncentrality :math:`2 N' D`: it has
    that mean and that variance far from D = 0. Close to it, N' is what gives the variance over all
    splits of the pooled rows. The interval holds all D whose acceptance region holds the estimate.
    The tail left out of it below is 0 at D = 0, where no estimate is too small, and grows to
    (1 - level) / 2. Coverage is measured in ``tests/validation/test_drift_level.py``.

    References
    ----------
    .. [1] R. E. Krichevsky, V. K. Trofimov (1981). The performance of universal encoding. IEEE
       Transactions on Information Theory 27(2), 199-207. :doi:`10.1109/TIT.1981.1056331`
    """
    laws = _Laws.of(*_padded(pairs))
    freedom = np.maximum(laws.n_cells - 1.0, 1.0)
    smoothed = _smoothed_divergences(laws, divergence)
    null_mean, null_variance = _null_moments(laws, divergence, freedom)
    bias = null_mean
    if divergence in ("js", "hellinger"):
        bias = bias + _bias_by_curvature(laws, divergence) - freedom * laws.unit(divergence)
    value = np.where(laws.testable, smoothed - bias, 0.0)
    near = np.sqrt(freedom / (2 * null_variance))
    # The share of the noise that is there without any divergence.
    noise = freedom / (freedom + np.maximum(value, 0.0) / laws.unit(divergence))
    sizes = noise * near + (1 - noise) * _equivalent_sizes(laws, divergence, near)
    observed = np.maximum(2 * sizes * value + freedom, 0.0)
    lower, upper = noncentralities(observed, freedom, 1 - level)
    scale = np.where(laws.testable, 1 / (2 * sizes), 0.0)
    return value, lower * scale, upper * scale


def minimal_detectable_divergences(pairs: Pairs, divergence: str, alpha: float = 0.05) -> Floats:
    """Return the smallest divergences that a G-test of level alpha finds four times in five.

    Infinite where nothing can be found: a single cell, or an empty sample.
    """
    laws = _Laws.of(*_padded(pairs))
    freedom = np.maximum(laws.n_cells - 1.0, 1.0)
    noncentrality = detectable_noncentralities(freedom, alpha)
    return np.where(laws.testable, noncentrality * laws.unit(divergence), np.inf)


@dataclass(frozen=True)
class _Laws:
    """Plug-in and smoothed laws of many features, their cells padded with zeros."""

    reference: Floats
    batch: Floats
    p: Floats
    q: Floats
    smooth_p: Floats
    smooth_q: Floats

    @classmethod
    def of(cls, reference: Floats, batch: Floats) -> _Laws:
        occurs = (reference + batch) > 0
        smoothed = [np.where(occurs, counts + 0.5, 0.0) for counts in (reference, batch)]
        laws = [_normalized(counts) for counts in (reference, batch, *smoothed)]
        return cls(reference, batch, *laws)

    @property
    def n(self) -> Floats:
        """Rows of the reference, and of no less than one."""
        return np.maximum(self.reference.sum(axis=1), 1.0)

    @property
    def m(self) -> Floats:
        """Rows of the batch, and of no less than one."""
        return np.maximum(self.batch.sum(axis=1), 1.0)

    @property
    def n_cells(self) -> Floats:
        return (self.smooth_p > 0).sum(axis=1).astype(float)

    @property
    def testable(self) -> NDArray[np.bool_]:
        return (self.n_cells > 1) & self.reference.any(axis=1) & self.batch.any(axis=1)

    def unit(self, divergence: str) -> Floats:
        """Return what divergences of equal laws are chi-square in, in large samples."""
        return (1 / self.n + 1 / self.m) / (2 * _FRACTION[divergence])


def _padded(pairs: Pairs) -> tuple[Floats, Floats]:
    width = max((len(a) for a, _ in pairs), default=0)
    reference, batch = np.zeros((2, len(pairs), max(width, 1)))
    for j, (a, b) in enumerate(pairs):
        reference[j, : len(a)], batch[j, : len(b)] = a, b
    return reference, batch


def _normalized(counts: Floats) -> Floats:
    totals = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)


def _ratio(a: Floats, b: Floats) -> Floats:
    return np.divide(a, b, out=np.zeros_like(a), where=b > 0)


def _smoothed_divergences(laws: _Laws, divergence: str) -> Floats:
    """Return plug-in divergences, but with the logarithms of the other law smoothed."""
    if divergence in ("js", "hellinger"):
        return _terms(laws.p, laws.q, divergence).sum(axis=1)
    value = np.zeros(len(laws.p))
    if divergence != "reverse_kl":
        value += xlogy(laws.q, _ratio(laws.q, laws.smooth_p)).sum(axis=1)
    if divergence != "kl":
        value += xlogy(laws.p, _ratio(laws.p, laws.smooth_q)).sum(axis=1)
    return value


def _null_moments(laws: _Laws, divergence: str, freedom: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance over all splits; those of chi-square where there is nothing."""
    from sklearn_infotheory._kernels._two_sample import null_moments_of_divergences

    unit, out = laws.unit(divergence), np.empty((len(laws.p), 2))
    null_moments_of_divergences(
        DIVERGENCES.index(divergence), laws.reference, laws.batch, unit, log_factorials(), out
    )
    usable = laws.testable & (out[:, 1] > 0)
    mean = np.where(usable, out[:, 0], freedom * unit)
    return mean, np.where(usable, out[:, 1], 2 * freedom * unit**2)


def _bias_by_curvature(laws: _Laws, divergence: str) -> Floats:
    """Return the bias of first order, from the second derivatives of each cell's term."""
    by_p, by_q = _curvatures(laws.smooth_p, laws.smooth_q, divergence)
    spread_p, spread_q = (law * (1 - law) for law in (laws.smooth_p, laws.smooth_q))
    return (by_p * spread_p).sum(axis=1) / (2 * laws.n) + (by_q * spread_q).sum(axis=1) / (
        2 * laws.m
    )


def _terms(p: Floats, q: Floats, divergence: str) -> Floats:
    """Return what each cell adds to the divergence of q (batch) from p (reference)."""
    if divergence == "hellinger":
        return (np.sqrt(q) - np.sqrt(p)) ** 2 / 2
    if divergence == "js":
        middle = (p + q) / 2
        return (xlogy(q, _ratio(q, middle)) + xlogy(p, _ratio(p, middle))) / 2
    forward, backward = xlogy(q, _ratio(q, p)), xlogy(p, _ratio(p, q))
    return {"kl": forward, "reverse_kl": backward, "jeffreys": forward + backward}[divergence]


def _slopes(p: Floats, q: Floats, divergence: str) -> tuple[Floats, Floats]:
    """Return the derivatives of each cell's term by p and by q; both are positive or both 0."""
    if divergence == "hellinger":
        return -np.sqrt(_ratio(q, p)) / 2, -np.sqrt(_ratio(p, q)) / 2
    if divergence == "js":
        middle = (p + q) / 2
        return xlogy(0.5, _safe(_ratio(p, middle))), xlogy(0.5, _safe(_ratio(q, middle)))
    log_ratio = np.log(_safe(_ratio(q, p)))
    forward = -_ratio(q, p), log_ratio
    backward = -log_ratio, -_ratio(p, q)
    if divergence == "kl":
        return forward
    if divergence == "reverse_kl":
        return backward
    return forward[0] + backward[0], forward[1] + backward[1]


def _safe(ratio: Floats) -> Floats:
    return np.where(ratio > 0, ratio, 1.0)


def _curvatures(p: Floats, q: Floats, divergence: str) -> tuple[Floats, Floats]:
    """Return the second derivatives of each cell's term by p and by q."""
    if divergence == "hellinger":
        root = np.sqrt(p * q) / 4
        return _ratio(root, p * p), _ratio(root, q * q)
    return _ratio(q, p * (p + q)) / 2, _ratio(p, q * (p + q)) / 2


def _equivalent_sizes(laws: _Laws, divergence: str, limit: Floats) -> Floats:
    """Return N' = 2 D / V, or its limit where the laws are close."""
    p, q = laws.smooth_p, laws.smooth_q
    by_p, by_q = _slopes(p, q, divergence)
    variance = np.zeros(len(p))
    for law, slope, size in ((p, by_p, laws.n), (q, by_q, laws.m)):
        mean = (law * slope).sum(axis=1, keepdims=True)
        variance += (law * (slope - mean) ** 2).sum(axis=1) / size
    value = _terms(p, q, divergence).sum(axis=1)
    usable = (value > 1e-12) & (variance > 0)
    return np.divide(2 * value, variance, out=limit.copy(), where=usable)


@cache
def log_factorials() -> Floats:
    """Return a table of log k!."""
    table: Floats = gammaln(np.arange(1.0, _TABLED + 1))
    return table
