"""Divergences estimated from counts, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._counts import short_log_factorial_table
from sklearn_infotheory._inference._divergences import DIVERGENCES, Divergence, check_kernel
from sklearn_infotheory._inference._noncentral_chi_square import (
    detectable_noncentralities,
    noncentralities,
)
from sklearn_infotheory._types import Floats

Pairs = Sequence[tuple[Floats, Floats]]


def estimate_divergences(
    pairs: Pairs, name: str, level: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    r"""Estimate divergences of laws from counts of samples; and their confidence intervals.

    Parameters
    ----------
    pairs : sequence of (reference, batch)
        Counts over the same cells, of each feature.
    name : str
        A name of ``DIVERGENCES``.
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
    (K - 1) (1 / n + 1 / m) / 2 in large ones. To that, divergences whose terms are finite ("js" and
    "hellinger") add the difference in curvature between the laws as they are and as one.

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
    laws, divergence = _Laws.of(*_padded(pairs)), DIVERGENCES[name]
    freedom = np.maximum(laws.n_cells - 1.0, 1.0)
    unit = laws.unit(divergence)
    null_mean, null_variance = _null_moments(laws, name, freedom)
    bias = null_mean
    if divergence.curvatures is not None:
        # Of equal laws, the bias by curvature is freedom * unit: the exact mean takes its place.
        by_p, by_q = divergence.curvatures(laws.smooth_p, laws.smooth_q)
        bias = bias + _bias_by_curvature(laws, by_p, by_q) - freedom * unit
    value = np.where(laws.testable, _plug_in(laws, divergence) - bias, 0.0)
    # Under the null law, 2 N' D has the variance 2 freedom of chi-square.
    near = np.sqrt(freedom / (2 * null_variance))
    # The share of the noise that is there without any divergence.
    noise = freedom / (freedom + np.maximum(value, 0.0) / unit)
    sizes = noise * near + (1 - noise) * _equivalent_sizes(laws, divergence, near)
    observed = np.maximum(2 * sizes * value + freedom, 0.0)
    lower, upper = noncentralities(observed, freedom, 1 - level)
    scale = np.where(laws.testable, 1 / (2 * sizes), 0.0)
    return value, lower * scale, upper * scale


def minimal_detectable_divergences(pairs: Pairs, name: str, alpha: float = 0.05) -> Floats:
    """Return the smallest divergences that a G-test of level alpha finds four times in five.

    Infinite where nothing can be found: a single cell, or an empty sample.
    """
    laws = _Laws.of(*_padded(pairs))
    freedom = np.maximum(laws.n_cells - 1.0, 1.0)
    noncentrality = detectable_noncentralities(freedom, alpha)
    return np.where(laws.testable, noncentrality * laws.unit(DIVERGENCES[name]), np.inf)


@dataclass(frozen=True)
class _Laws:
    """Plug-in and smoothed distributions of many features, their cells padded with zeros."""

    reference: Floats
    batch: Floats
    p: Floats
    q: Floats
    smooth_p: Floats
    smooth_q: Floats

    @classmethod
    def of(cls, reference: Floats, batch: Floats) -> _Laws:
        # Half a row for each cell: the prior of Krichevsky and Trofimov, whose worst loss is least.
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

    def unit(self, divergence: Divergence) -> Floats:
        """Return what divergences of equal laws are multiples of chi-square of, in large samples.

        G is chi-square, and 2 n m / (n + m) times Kullback-Leibler but for terms of third order.
        """
        return (1 / self.n + 1 / self.m) / (2 * divergence.kl_ratio)


def _padded(pairs: Pairs) -> tuple[Floats, Floats]:
    width = max((len(a) for a, _ in pairs), default=0)
    reference, batch = np.zeros((2, len(pairs), max(width, 1)))
    for j, (a, b) in enumerate(pairs):
        reference[j, : len(a)], batch[j, : len(b)] = a, b
    return reference, batch


def _normalized(counts: Floats) -> Floats:
    totals = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)


def _plug_in(laws: _Laws, divergence: Divergence) -> Floats:
    """Return plug-in divergences, but with logarithms of the other law smoothed."""
    if divergence.smoothed is None:
        return divergence.terms(laws.p, laws.q).sum(axis=1)
    return divergence.smoothed(laws.p, laws.q, laws.smooth_p, laws.smooth_q)


def _null_moments(laws: _Laws, name: str, freedom: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance over all splits; those of chi-square where there is nothing."""
    unit, out = laws.unit(DIVERGENCES[name]), np.empty((len(laws.p), 2))
    _moments_over_splits(_number_in_kernel(name), laws, unit, out)
    # The mean of chi-square is its degrees of freedom, and its variance twice that.
    usable = laws.testable & (out[:, 1] > 0)
    mean = np.where(usable, out[:, 0], freedom * unit)
    return mean, np.where(usable, out[:, 1], 2 * freedom * unit**2)


def _moments_over_splits(number: int, laws: _Laws, unit: Floats, out: Floats) -> None:
    from sklearn_infotheory._kernels._two_sample import null_moments_of_divergences

    factorials = short_log_factorial_table()
    null_moments_of_divergences(number, laws.reference, laws.batch, unit, factorials, out)


@cache
def _number_in_kernel(name: str) -> int:
    """Return the number that the kernel knows a divergence by.

    Raises if the mean over the ten splits of five rows is not that of the table.
    """
    number, out = list(DIVERGENCES).index(name), np.empty((1, 2))
    splits = [(np.array([3.0 - k, k]), np.array([k, 2.0 - k])) for k in (0, 1, 2)]
    laws = _Laws.of(*_padded(splits))
    expected = np.array([1, 6, 3]) / 10 @ _plug_in(laws, DIVERGENCES[name])
    _moments_over_splits(number, _Laws.of(*_padded(splits[:1])), laws.unit(DIVERGENCES[name]), out)
    check_kernel(name, float(out[0, 0]), float(expected))
    return number


def _bias_by_curvature(laws: _Laws, by_p: Floats, by_q: Floats) -> Floats:
    """Return the bias of first order, from the second derivatives of each cell's term.

    Half of the second derivative times the variance of a share, p (1 - p) / n.
    """
    spread_p, spread_q = (law * (1 - law) for law in (laws.smooth_p, laws.smooth_q))
    return (by_p * spread_p).sum(axis=1) / (2 * laws.n) + (by_q * spread_q).sum(axis=1) / (
        2 * laws.m
    )


def _equivalent_sizes(laws: _Laws, divergence: Divergence, limit: Floats) -> Floats:
    """Return N' = 2 D / V, or its limit where the laws are close.

    V is that of the delta method: the variance of the slope of a row's cell over the rows, in
    either sample. Far from equal laws, 2 N' D is a noncentral chi-square of the noncentrality
    c = 2 N' D, whose variance is 4 c: that of D is then c / N'^2 = V.
    """
    p, q = laws.smooth_p, laws.smooth_q
    by_p, by_q = divergence.slopes(p, q)
    variance = np.zeros(len(p))
    for law, slope, size in ((p, by_p, laws.n), (q, by_q, laws.m)):
        mean = (law * slope).sum(axis=1, keepdims=True)
        variance += (law * (slope - mean) ** 2).sum(axis=1) / size
    value = divergence.terms(p, q).sum(axis=1)
    usable = (value > 1e-12) & (variance > 0)
    return np.divide(2 * value, variance, out=limit.copy(), where=usable)
