"""Mutual information of discrete variables, with a test, an error and an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sklearn_infotheory._inference._contingency_table import ContingencyTable
from sklearn_infotheory._inference._noncentral_chi_square import noncentralities
from sklearn_infotheory._types import Floats
from sklearn_infotheory.estimation._discrete._chao_wang_jost import entropies_without_one
from sklearn_infotheory.estimation._discrete._entropy_of_counts import (
    auto_discrete_method,
    entropy_of_counts,
)
from sklearn_infotheory.estimation._estimate import ConfidenceInterval

NULL_CORRECTED = "null_corrected"


class DiscreteInformation(NamedTuple):
    """An estimate of information in nats."""

    value: float
    standard_error: float
    p_value: float
    interval: NoncentralInterval
    method: str


def discrete_mutual_information(
    counts: ContingencyTable,
    method: str = "auto",
    n_states: tuple[int | None, int | None] | None = None,
) -> DiscreteInformation:
    r"""Estimate I(X; Y), or I(X; Y | Z) where there are several strata.

    Parameters
    ----------
    counts : ContingencyTable
    method : str, default="auto"
        A name of ``DISCRETE_METHODS``, or "null_corrected", which "auto" is.
    n_states : tuple of int, optional
        How many levels x and y can have, see :func:`entropy_of_counts`. "james_stein" and "nsb"
        take those that occur if it is not known, and all pairs of them for cells. It does not
        change "null_corrected".

    Notes
    -----
    By their names, methods estimate

    .. math:: \hat{H}(X) + \hat{H}(Y) - \hat{H}(X, Y),

    or, with Z, :math:`\hat{H}(X, Z) + \hat{H}(Y, Z) - \hat{H}(X, Y, Z) - \hat{H}(Z)`.

    "null_corrected" takes off the plug-in estimate what it is on average over all tables of the
    same margins, as far as the table looks independent, and is "chao_wang_jost" ("miller_madow" if
    weights are fractional) as far as it does not: with :math:`\nu` degrees of freedom, the share
    :math:`\nu / (\nu + 2 n \hat{I})` comes from the former. So there is no bias at independence,
    even in sparse tables, and little elsewhere.

    Estimates may be below 0, and are never above the plug-in entropy of X or of Y. They are 0 where
    one is constant.

    Test, standard error and interval are those of the table, whatever the method: the G-test with
    the exact mean of its null law (the exact test of two by two levels); the variance of leaving
    out each sample, and the null variance of the plug-in estimate; and :class:`NoncentralInterval`
    about "null_corrected".
    """
    method = NULL_CORRECTED if method == "auto" else method
    interval = _interval(counts)
    value = 0.0
    if not counts.is_degenerate:
        corrected = method == NULL_CORRECTED
        value = interval.value if corrected else _difference(counts, method, n_states)
        value = min(value, _highest_information(counts))
    error = float(np.sqrt(interval.variance + interval.null_variance))
    return DiscreteInformation(value, error, counts.p_value, interval, method)


def _difference(
    counts: ContingencyTable, method: str, n_states: tuple[int | None, int | None] | None
) -> float:
    if method == "plugin":
        return counts.information
    n_x, n_y = n_states or (None, None)
    n_xy = n_x * n_y if n_x and n_y else None
    if n_xy is None and method in ("james_stein", "nsb"):
        n_xy = counts.n_level_pairs
    of_x, of_y, of_xy, of_z = (
        entropy_of_counts(part, method, number)[0]
        for part, number in (
            (counts.rows, n_x),
            (counts.columns, n_y),
            (counts.cells, n_xy),
            (counts.strata, None),
        )
    )
    return (of_x + of_y) - (of_xy + of_z)  # in pairs: exchanging x and y changes no bit


def _highest_information(counts: ContingencyTable) -> float:
    """Return the plug-in entropy of x or y in the strata, whichever is less."""
    of_strata = entropy_of_counts(counts.strata, "plugin")[0]
    sides = (entropy_of_counts(side, "plugin")[0] for side in (counts.rows, counts.columns))
    return max(min(sides) - of_strata, 0.0)


def _variance(counts: ContingencyTable) -> float:
    """Return the variance of the information; at independence twice too large.

    It is that of leaving out each sample, which moves all of what is estimated by Chao, Wang and
    Jost; by the delta method where weights are fractional.
    """
    n, cells = counts.n, counts.cells
    if not counts.is_whole or n < 3:
        pointwise = np.log(cells / counts.expected) - counts.information
        return float(cells @ pointwise**2) / n**2
    of_rows, of_columns, of_strata, of_cells = (
        _without_one(every, own)
        for every, own in (
            (counts.rows, counts.margins[0]),
            (counts.columns, counts.margins[1]),
            (counts.strata, counts.margins[2]),
            (cells, cells),
        )
    )
    without = of_rows + of_columns - of_strata - of_cells
    # The jackknife's variance, (n - 1) / n times the sum of squares over the samples.
    deviations = without - np.sort(cells * without).sum() / n
    return float(np.sort(cells * deviations**2).sum()) * (n - 1) / n


def _without_one(counts: Floats, own: Floats) -> Floats:
    """Return the entropy of the counts without one sample of the state that holds each cell."""
    distinct, times = np.unique(counts, return_counts=True)
    if len(counts) == 1:
        return np.zeros(len(own))
    return entropies_without_one(distinct, times.astype(np.float64))[np.searchsorted(distinct, own)]


@dataclass(frozen=True)
class NoncentralInterval:
    r"""An interval for the information that holds its level at independence too.

    With :math:`N' = 2 I / V` from the variance V, :math:`2 N' \hat{I}` is taken for noncentral
    chi-square, less its degrees of freedom, with noncentrality :math:`2 N' I`: it has that
    variance far from independence. Close to it, N' is what gives the variance of the null law. The
    interval holds all I that accept the estimate, so that it reaches down to zero where the test
    finds nothing.

    Attributes
    ----------
    value : float
        An estimate without bias, in nats.
    variance, null_variance : float
        Of the estimate, far from independence and at it.
    freedom : float
        Of the G-test.
    noise : float
        The share of the plug-in estimate that is there without any information.
    n : float
    highest : float
        What the information cannot exceed.
    """

    value: float
    variance: float
    null_variance: float
    freedom: float
    noise: float
    n: float
    highest: float

    def __call__(self, level: float) -> ConfidenceInterval:
        if not self.freedom or not self.null_variance:
            return ConfidenceInterval(0.0, self.highest)
        # Chi-square / 2 N' has the variance freedom / (2 N'^2) at independence, and noncentral
        # chi-square / 2 N' about 2 I / N' far from it: these two give N'.
        near = np.sqrt(self.freedom / 2 / self.null_variance)
        far = near
        if self.value > 0 and self.variance > 0:
            far = 2 * self.value / self.variance
        size = self.noise * near + (1 - self.noise) * far
        observed = np.array([max(2 * size * self.value + self.freedom, 0.0)])
        ends = noncentralities(observed, np.array([self.freedom]), 1 - level)
        return ConfidenceInterval(*(min(float(end[0]) / (2 * size), self.highest) for end in ends))


def _interval(counts: ContingencyTable) -> NoncentralInterval:
    n, (mean, variance, freedom) = counts.n, counts.null_moments
    highest = 0.0 if counts.is_degenerate else float(np.log(min(counts.n_levels)))
    if freedom == 0:
        return NoncentralInterval(0.0, 0.0, 0.0, 0.0, 1.0, n, highest)
    # G is 2 n times the plug-in information: its null mean, over 2 n, is the bias at independence.
    near = counts.information - mean / (2 * n)
    noise = freedom / (freedom + 2 * n * max(near, 0.0))
    far = _difference(counts, auto_discrete_method(counts.is_whole), None)
    # At independence the variance estimates V itself, and as much again, which is noise.
    excess = noise * mean / n**2
    return NoncentralInterval(
        noise * near + (1 - noise) * far,
        max(_variance(counts) - excess, 0.0),
        variance / (2 * n) ** 2,
        freedom,
        noise,
        n,
        highest,
    )
