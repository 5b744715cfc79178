"""Sums of sampling weights as counts of as many rows as they are worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincc

from sklearn_infotheory._types import Floats

_EVEN = 1 - 1e-9
_OF_ANOTHER_KIND = 3.0  # ratio of mean squared weights from which samples do not share them


@dataclass(frozen=True)
class WeightedSums:
    """Sums of weights in cells.

    Attributes
    ----------
    sums : ndarray
        Of any shape.
    ratios : ndarray
        Sum of the squared weights of each cell, divided by that of the weights: the variance of a
        sum of weights, in units of its mean. In an empty cell, that of all.
    """

    sums: Floats
    ratios: Floats

    @classmethod
    def of(cls, sums: Floats, squares: Floats) -> WeightedSums:
        """Take sums of weights, and of their squares."""
        total = sums.sum()
        overall = squares.sum() / total if total > 0 else 1.0
        ratios = np.divide(squares, sums, out=np.full(sums.shape, overall), where=sums > 0)
        return cls(sums, ratios)

    @property
    def total(self) -> float:
        return float(self.sums.sum())

    @property
    def squares(self) -> Floats:
        """Sums of the squared weights."""
        return self.sums * self.ratios

    @property
    def shares(self) -> Floats:
        return self.sums / self.total if self.total > 0 else np.zeros_like(self.sums)

    @property
    def size(self) -> float:
        """How many rows of equal weight have a mean of the same variance."""
        return effective_size(self.total, float(self.squares.sum()))


def effective_size(sums: float, squares: float) -> float:
    """Return how many rows of equal weight have a mean of the same variance (Kish 1965)."""
    return sums**2 / squares if squares > 0 else 0.0


def with_common_squares(
    reference: WeightedSums, batch: WeightedSums, n_rows: tuple[float, float]
) -> tuple[WeightedSums, WeightedSums]:
    """Take the mean squared weight of a row in each cell from both samples.

    Where weights are skewed, a batch without its rare heavy rows has squares that are far too small
    beside their mean. If both samples have one distribution, that of the weights in each cell is
    the same, and the reference knows it better. A batch whose rows have over three times
    the mean square is left as it is: its weights are of another kind.

    Parameters
    ----------
    reference, batch : WeightedSums
        Of the same cells.
    n_rows : tuple of float
        Rows of each sample.
    """
    if min(n_rows) <= 0 or min(reference.total, batch.total) <= 0:
        return reference, batch
    scales = [n / of.total for n, of in zip(n_rows, (reference, batch), strict=True)]
    ours, others = (
        WeightedSums(of.sums * scale, of.ratios * scale)  # as if the mean weight were one
        for of, scale in zip((reference, batch), scales, strict=True)
    )
    per_row = [of.squares.sum() / n for of, n in zip((ours, others), n_rows, strict=True)]
    if per_row[1] > _OF_ANOTHER_KIND * per_row[0]:
        return reference, batch
    common = WeightedSums.of(ours.sums + others.sums, ours.squares + others.squares).ratios
    return WeightedSums(ours.sums, common), WeightedSums(others.sums, common)


def effective_counts(reference: WeightedSums, batch: WeightedSums) -> tuple[Floats, Floats, float]:
    r"""Scale two weighted samples to the rows that their shares are worth.

    Parameters
    ----------
    reference, batch : WeightedSums
        Of the same cells.

    Returns
    -------
    reference, batch : ndarray
        Counts whose statistics have the mean that counts of rows have.
    evenness : float
        Degrees of freedom of the statistic, as a share of those of counts; at most 1.

    Notes
    -----
    The share of a cell, a ratio of sums of weights, has the covariances
    :math:`V_{kl} = \delta_{kl} s_k - s_k p_l - p_k s_l + p_k p_l \sum s`,
    with :math:`s_k = \sum_k w^2 / (\sum w)^2` over the rows of cell k, here the pooled share
    :math:`p_k` times the ratio of the cell over :math:`\sum w`. Pearson's statistic of K
    shares that are estimated with these is a sum of squared normal variables with the eigenvalues
    :math:`\delta` of :math:`D^{-1/2} V D^{-1/2}`, D holding p. The first-order correction of Rao
    and Scott [1]_ divides it by their mean, which is what the effective sizes

    .. math:: n = (K - 1) \Big/ \sum_k V_{kk} / p_k

    do here. The second-order correction matches the variance, too: chi-square with
    :math:`(\sum \delta)^2 / \sum \delta^2` degrees of freedom (Satterthwaite). It matters where
    weights depend on the cell.

    References
    ----------
    .. [1] J. N. K. Rao, A. J. Scott (1984). On chi-squared tests for multiway contingency tables
       with cell proportions estimated from survey data. Annals of Statistics 12(1), 46-60.
       :doi:`10.1214/aos/1176346391`
    """
    sizes = [reference.size, batch.size]
    pooled = reference.shares * sizes[0] + batch.shares * sizes[1]
    occurs = pooled > 0
    freedom = int(occurs.sum()) - 1
    evenness = 1.0
    if freedom > 0 and min(sizes) > 0:
        p = pooled[occurs] / pooled.sum()
        variances = [p * of.ratios[occurs] / of.total for of in (reference, batch)]
        sizes = [freedom / _trace(p, s) for s in variances]
        evenness = _evenness(p, variances[0] + variances[1], freedom)
    return reference.shares * sizes[0], batch.shares * sizes[1], evenness


def _trace(p: Floats, s: Floats) -> float:
    """Sum the eigenvalues: of V_kk = s_k - 2 s_k p_k + p_k^2 sum s."""
    return float(max((s / p).sum() - s.sum(), np.finfo(float).tiny))


def _evenness(p: Floats, s: Floats, freedom: int) -> float:
    """Return the degrees of freedom by Satterthwaite, relative to those of equal eigenvalues."""
    squares = ((s / p) ** 2).sum() - 2 * (s**2 / p).sum() + s.sum() ** 2
    if squares <= 0:
        return 1.0
    return float(min(_trace(p, s) ** 2 / squares / freedom, 1.0))


def weighted_p_values(g: Floats, mean: Floats, evenness: Floats, p_value: Floats) -> Floats:
    """Return p-values of G of effective counts; those of counts where all weights are equal.

    Parameters
    ----------
    g, mean : ndarray of shape (n_tests,)
        G, and its null mean if the effective counts were counts.
    evenness : ndarray of shape (n_tests,)
    p_value : ndarray of shape (n_tests,)
        What counts would have, for instance by random splits: of effective counts, these are too
        coarse.
    """
    uneven = (evenness < _EVEN) & (mean > 0)
    p = np.array(p_value, np.float64)
    # Satterthwaite: the mean stays, and the variance is divided by the evenness.
    shape = mean[uneven] * evenness[uneven] / 2
    p[uneven] = gammaincc(shape, np.maximum(g[uneven], 0.0) * evenness[uneven] / 2)
    return p
