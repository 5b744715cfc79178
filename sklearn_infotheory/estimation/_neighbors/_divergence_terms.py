"""Divergences of two samples, from counts and neighbours, sample by sample. All of it in nats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import psi

from sklearn_infotheory._types import Codes, Floats
from sklearn_infotheory.estimation._neighbors._neighbor_search import searchable
from sklearn_infotheory.estimation._variables import Transform, Variable, groups, transformed

_MANY = 30


@dataclass(frozen=True)
class Samples:
    """Two samples of one variable: the first ``n_first`` rows, and the others."""

    pooled: Variable
    n_first: int

    @property
    def n_second(self) -> int:
        return self.pooled.n_samples - self.n_first

    @property
    def counts(self) -> Codes:
        """How often each label occurs in either sample, of shape (2, n_labels)."""
        atoms, n_labels = self.pooled.atoms, self.pooled.n_labels
        parts = atoms[: self.n_first], atoms[self.n_first :]
        return np.stack([np.bincount(part, minlength=n_labels) for part in parts])

    def swapped(self) -> Samples:
        """Exchange the two."""
        order = np.roll(np.arange(self.pooled.n_samples), -self.n_first)
        return Samples(self.pooled.take(order), self.n_second)


@dataclass(frozen=True)
class _Ball:
    """Numbers of other samples around each of the first sample, in both samples, tied included.

    ``touches_first`` where the boundary was set by one of the first sample, likewise the second;
    ``is_cell`` where the ball has no extension.
    """

    first: Codes
    second: Codes
    touches_first: NDArray[np.bool_]
    touches_second: NDArray[np.bool_]
    is_cell: NDArray[np.bool_]


def kl_terms(samples: Samples, k: int, transform: Transform) -> Floats:
    r"""Return a term for each of the first sample, whose mean is D(first || second).

    .. math:: \psi(k_i) - \psi(n) - \psi(l_i) + \psi(m + 1)

    with the others in the larger of the two balls that hold k of either sample (Wang, Kulkarni,
    Verdú 2009), one added to what did not set the boundary: that count is one of a ball given
    before. Of atoms, this is the estimate of Zhang and Grabchak (2014). Infinite where the second
    sample does not have the atom.
    """
    n, m = samples.n_first, samples.n_second
    terms = np.empty(n)
    for mine, theirs, scores in _alike(samples, transform):
        if not len(theirs):
            terms[mine] = np.inf
            continue
        if scores is None or len(mine) == 1:
            first, second = np.array(len(mine)), np.array(len(theirs) + 1)
        else:
            # One ball for both densities: their errors cancel where these are alike. The sample
            # that sets the boundary has k in the ball, whose mass has the mean logarithm
            # psi(k) - psi(n); the other is counted in a given ball, and psi(count + 1) is right.
            ball = _common_ball(scores[: len(mine)], scores[len(mine) :], k)
            first = ball.first + (ball.is_cell | ~ball.touches_first)
            second = ball.second + (ball.is_cell | ~ball.touches_second)
        terms[mine] = psi(first) - psi(n) - psi(second) + psi(m + 1)
    return terms


def jensen_shannon_terms(samples: Samples, k: int, transform: Transform) -> Floats:
    r"""Return a term for each of the first sample: its log-density over that of the even mixture.

    .. math:: \psi(k_i) - \psi(n) - \Psi(s_i) + \psi(n + m)

    is Ross's estimate of the information about the sample, where the others within the ball of the
    k-th neighbour in the first sample are counted with weights that make both samples equal: their
    sum s has the digamma function of the whole number that is as certain. In the larger sample, k
    is so much larger that as many of the smaller one can be expected.
    """
    n, m = samples.n_first, samples.n_second
    k = max(k, round(k * n / m))
    weight, weight_of_second = (n + m) / (2 * n), (n + m) / (2 * m)
    terms = np.empty(n)
    for mine, theirs, scores in _alike(samples, transform):
        if scores is None or len(mine) == 1:
            first, second = np.full(len(mine), len(mine)), np.full(len(mine), len(theirs))
        else:
            ball = _own_ball(scores[: len(mine)], scores[len(mine) :], k)
            first, second = ball.first + ball.is_cell, ball.second
        together = _psi_of_sum(first, weight, second, weight_of_second)
        terms[mine] = psi(first) - psi(n) - together + psi(n + m)
    return terms


def _psi_of_sum(first: Codes, weight: float, second: Codes, weight_of_second: float) -> Floats:
    """Return the digamma function of a + b, where weights are one; else what stands for it."""
    # As many equal weights as have the same relative variance: (sum w)^2 / sum w^2 (Kish).
    total = weight * first + weight_of_second * second
    certain = total**2 / (weight**2 * first + weight_of_second**2 * second)
    return np.log(total) + psi(certain) - np.log(certain)


def _alike(samples: Samples, transform: Transform) -> Iterator[tuple[Codes, Codes, Floats | None]]:
    """Yield the rows of each label in both samples, with the scores of both where continuous."""
    pooled, n = samples.pooled, samples.n_first
    for rows in groups(pooled.atoms):
        mine, theirs = rows[rows < n], rows[rows >= n]
        if not len(mine):
            continue
        part = pooled.take(rows)
        scores = None
        if not part.starts_with_atom:
            scores = transformed(part.present_values, transform)
        yield mine, theirs, scores


def _common_ball(first: Floats, second: Floats, k: int) -> _Ball:
    """Take the smallest ball that holds k of either sample."""
    k = min(k, len(first) - 1, len(second))
    among_first, among_second = searchable(first), searchable(second)
    own = among_first.distance(first, k + 1)  # itself is the first
    other = among_second.distance(first, k)
    reach = np.maximum(own, other)
    return _Ball(
        among_first.count(first, reach) - 1,
        among_second.count(first, reach),
        own == reach,
        other == reach,
        reach == 0,
    )


def _own_ball(first: Floats, second: Floats, k: int) -> _Ball:
    """Take the ball that holds k of the first sample."""
    among_first = searchable(first)
    reach = among_first.distance(first, min(k, len(first) - 1) + 1)
    in_second = np.zeros(len(first), np.intp)
    if len(second):
        in_second = searchable(second).count(first, reach)
    yes = np.ones(len(first), bool)
    return _Ball(among_first.count(first, reach) - 1, in_second, yes, ~yes, reach == 0)


def kl_standard_error(samples: Samples, terms: Floats, transform: Transform) -> float:
    """Return the standard error of the mean of ``kl_terms``.

    The variance of the logarithm of the ratio of densities under the first law over n, and that of
    the ratio itself under the second over m, which is its mean under the first, less one. The ratio
    is taken from balls of up to thirty samples, where it has little noise. Half of the noise of the
    terms comes from neighbours in the second sample, which there may be less of.
    """
    n, m = samples.n_first, samples.n_second
    if n < 2 or not np.isfinite(terms).all():
        return np.nan
    ratios, fewer = np.empty(n), min(n, m)
    many = int(np.ceil(min(fewer**0.5, _MANY) * n / fewer))
    for mine, theirs, scores in _alike(samples, transform):
        first, second = np.array(len(mine)), np.array(len(theirs))
        if scores is not None and len(mine) > 1:
            ball = _own_ball(scores[: len(mine)], scores[len(mine) :], many)
            first, second = ball.first + ball.is_cell, ball.second + 1
        ratios[mine] = (first / n) / (second / m)
    # Under the second distribution the ratio f / g has the mean 1 and the mean square E_f[f / g]:
    # this less 1 is its variance, which the delta method divides by m.
    excess = max(float(np.sort(ratios).mean()) - 1, 0.0)
    noise = np.sort(terms).var(ddof=1) * (1 / n + 1 / fewer) / 2
    return float(np.sqrt(noise + excess / m))
