"""Entropy from counts: ten estimators of one number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import psi, xlogy

from sklearn_infotheory._types import Codes, Floats
from sklearn_infotheory.estimation._discrete._chao_wang_jost import (
    chao_wang_jost_entropy,
    entropies_without_one,
    seen_entropy,
)
from sklearn_infotheory.estimation._discrete._nsb import nsb_entropy


def entropy_of_counts(
    counts: ArrayLike, method: str, n_states: int | None = None
) -> tuple[float, float]:
    r"""Estimate the entropy of a law from how often each of its states occurred.

    Parameters
    ----------
    counts : array_like of shape (n_cells,)
        Counts, or sums of weights; zeros are skipped, and the order does not matter.
    method : str
        A name of ``DISCRETE_METHODS``. With the natural logarithm, shares :math:`p = n_i / n`, the
        digamma function :math:`\psi`, K states of which :math:`K^+` occurred, and :math:`f_k` of
        them k times:

        - "plugin": :math:`-\sum p \log p`; too small by about :math:`(K - 1) / 2n`.
        - "miller_madow" [1]_: that, plus :math:`(K^+ - 1) / 2n`, or :math:`(K - 1) / 2n`.
        - "grassberger88" [2]_: :math:`\sum p (\log n - \psi(n_i) - (-1)^{n_i} / (n_i + 1))`.
        - "grassberger03" [3]_: :math:`\log n - \sum p\, G(n_i)`.
        - "chao_shen" [4]_: :math:`-\sum C p \log(C p) / (1 - (1 - C p)^n)` with the coverage
          :math:`C = 1 - f_1 / n`.
        - "chao_wang_jost" [5]_: "zhang" plus an estimate of all that it leaves out.
        - "james_stein" [6]_: plug-in entropy of shares that are drawn towards :math:`1 / K`.
        - "zhang" [7]_: :math:`\sum p (\psi(n) - \psi(n_i))`, free of all bias but what is due to
          states that may not have occurred in n samples.
        - "jackknife" [8]_: the plug-in entropy, extrapolated from leaving out each sample.
        - "nsb" [9]_: the posterior mean under a prior that is nearly flat in the entropy.
    n_states : int, optional
        K, if it is known: "james_stein" and "nsb" then count the states that did not occur too
        (they take those that did for all if it is not known), so does "miller_madow", and no
        estimate exceeds log K. The others are the same as without it below that.

    Returns
    -------
    value, standard_error : float
        In nats. The standard error is that of the delta method, with the term of second order
        that is left where all states are equally likely. That of "chao_wang_jost" is by leaving
        out each sample, which tells also how uncertain is what has not been seen; that of "nsb" is
        the standard deviation of the posterior. Both numbers are 0 where one state is all there is.

    Raises
    ------
    ValueError
        If the method is not known, the counts are not, n_states is less than what occurred, or
        counts are fractional where the method looks at how many there are of one, of two, ...

    References
    ----------
    .. [1] G. A. Miller (1955). Note on the bias of information estimates. In: Information Theory
       in Psychology, 95-100. Free Press.
    .. [2] P. Grassberger (1988). Finite sample corrections to entropy and dimension estimates.
       Physics Letters A 128, 369-373. :doi:`10.1016/0375-9601(88)90193-4`
    .. [3] P. Grassberger (2003). Entropy estimates from insufficient samplings.
       :doi:`10.48550/arXiv.physics/0307138`
    .. [4] A. Chao, T.-J. Shen (2003). Nonparametric estimation of Shannon's index of diversity
       when there are unseen species in sample. Environmental and Ecological Statistics 10,
       429-443. :doi:`10.1023/A:1026096204727`
    .. [5] A. Chao, Y. T. Wang, L. Jost (2013). Entropy and the species accumulation curve. Methods
       in Ecology and Evolution 4, 1091-1100. :doi:`10.1111/2041-210X.12108`
    .. [6] J. Hausser, K. Strimmer (2009). Entropy inference and the James-Stein estimator. Journal
       of Machine Learning Research 10, 1469-1484.
    .. [7] Z. Zhang (2012). Entropy estimation in Turing's perspective. Neural Computation 24,
       1368-1389. :doi:`10.1162/NECO_a_00266`
    .. [8] S. Zahl (1977). Jackknifing an index of diversity. Ecology 58, 907-913.
       :doi:`10.2307/1936227`
    .. [9] I. Nemenman, F. Shafee, W. Bialek (2002). Entropy and inference, revisited. Advances in
       Neural Information Processing Systems 14.

    Examples
    --------
    >>> from sklearn_infotheory.estimation._discrete._entropy_of_counts import entropy_of_counts
    >>> for method in ("plugin", "grassberger03", "chao_wang_jost"):
    ...     print(round(entropy_of_counts([4, 2, 3, 1, 2], method)[0], 4))
    1.5171
    1.6997
    1.7165
    """
    sample = CountsOfCounts.of(counts, n_states)
    if method not in DISCRETE_METHODS:
        raise ValueError(
            f"method={method!r} is not known. Pass one of {', '.join(DISCRETE_METHODS)}."
        )
    if method in NEEDS_WHOLE_COUNTS and (sample.counts % 1 != 0).any():
        able = [name for name in DISCRETE_METHODS if name not in NEEDS_WHOLE_COUNTS]
        raise ValueError(
            f"method={method!r} needs whole counts, and weights have made some fractional. "
            f"Pass whole weights, or one of {', '.join(able)}."
        )
    if sample.n_states == 1:
        return 0.0, 0.0
    if method == "nsb":
        value, error = nsb_entropy(sample.counts, sample.times, sample.n_states)
    else:
        value, error = _ESTIMATORS[method](sample), _standard_error(sample, method)
    return (value if n_states is None else min(value, float(np.log(n_states)))), error


@dataclass(frozen=True)
class CountsOfCounts:
    """How many states occurred how often: all that the entropy depends on.

    In this form sums are the same for every order of the states, and short: n samples have less
    than sqrt(2 n) different counts.
    """

    counts: Floats  # distinct, positive, ascending
    times: Floats
    known_states: int | None

    @classmethod
    def of(cls, counts: ArrayLike, n_states: int | None) -> CountsOfCounts:
        all_counts = np.asarray(counts, np.float64).ravel()
        if not (np.isfinite(all_counts).all() and (all_counts >= 0).all() and all_counts.any()):
            raise ValueError(
                "counts must be finite, not negative, and not all zero. Pass how often each state "
                "occurred."
            )
        distinct, times = np.unique(all_counts[all_counts > 0], return_counts=True)
        if n_states is not None and n_states < times.sum():
            raise ValueError(
                f"n_states={n_states} is less than the {times.sum()} states that occur. Pass how "
                "many there can be, or None."
            )
        return cls(distinct, times.astype(np.float64), n_states)

    @property
    def n(self) -> float:
        return float(self.counts @ self.times)

    @property
    def n_occurred(self) -> int:
        return int(self.times.sum())

    @property
    def n_states(self) -> int:
        return self.n_occurred if self.known_states is None else self.known_states

    def times_of(self, count: int) -> float:
        """How many states occurred just so often."""
        return float(self.times[self.counts == count].sum())

    def sum(self, terms: Floats) -> float:
        """Sum over the states, given a term for each distinct count."""
        return float(self.times @ terms)

    def mean(self, terms: Floats) -> float:
        """Average over the samples."""
        return self.sum(self.counts * terms) / self.n


def _standard_error(sample: CountsOfCounts, method: str) -> float:
    """Return that of first order, and the term of second order that is left for equal shares."""
    # Where all K states are equally likely, the plug-in entropy falls short of log K by chi-square
    # over 2 n, of K - 1 degrees of freedom: its variance is (K - 1) / 2 n^2.
    n = sample.n
    if method == "chao_wang_jost" and n > 2:
        without = entropies_without_one(sample.counts, sample.times)
        variance = sample.mean((without - sample.mean(without)) ** 2) * (n - 1)
    else:
        surprise = np.log(n / sample.counts)
        variance = sample.mean((surprise - sample.mean(surprise)) ** 2) / n
    return float(np.sqrt(variance + (sample.n_occurred - 1) / (2 * n**2)))


def _plugin(sample: CountsOfCounts) -> float:
    return sample.mean(np.log(sample.n / sample.counts))


def _miller_madow(sample: CountsOfCounts) -> float:
    return _plugin(sample) + (sample.n_states - 1) / (2 * sample.n)


def _grassberger88(sample: CountsOfCounts) -> float:
    # The alternating term takes off what digamma leaves of the bias of small counts.
    n = sample.counts
    return sample.mean(np.log(sample.n) - psi(n) - _sign(n) / (n + 1))


def _grassberger03(sample: CountsOfCounts) -> float:
    # G(n) is digamma and half of a term that alternates with the parity of n. The bias that is
    # left falls exponentially with how often a state is expected.
    n = sample.counts
    g = psi(n) + _sign(n) / 2 * (psi((n + 1) / 2) - psi(n / 2))
    return sample.mean(np.log(sample.n) - g)


def _sign(n: Floats) -> Floats:
    return 1 - 2 * (n % 2)


def _zhang(sample: CountsOfCounts) -> float:
    return seen_entropy(sample.counts, sample.times)


def _chao_wang_jost(sample: CountsOfCounts) -> float:
    return chao_wang_jost_entropy(sample.counts, sample.times)


def _chao_shen(sample: CountsOfCounts) -> float:
    # Good and Turing: states that occurred have the share C of the probability. Horvitz and
    # Thompson: each counts with the inverse of the probability that it occurs at all.
    n, singletons = sample.n, sample.times_of(1)
    if singletons == n:  # the coverage would be 0
        singletons = n - 1
    p = (1 - singletons / n) * sample.counts / n
    with np.errstate(divide="ignore"):  # p is 1 where there is one sample
        seen = -np.expm1(n * np.log1p(-p))
    return sample.sum(-xlogy(p, p) / seen)


def _james_stein(sample: CountsOfCounts) -> float:
    n, states = sample.n, sample.n_states
    p, target, unseen = sample.counts / n, 1 / states, states - sample.n_occurred
    distance = sample.sum((p - target) ** 2) + unseen * target**2
    # The share of the squared distance to the target that is variance of the shares: so far they
    # are moved towards it (Hausser and Strimmer 2009).
    shrinkage = 1.0
    if n > 1 and distance > 0:
        shrinkage = min((1 - sample.sum(p**2)) / ((n - 1) * distance), 1.0)
    shrunk, rest = (1 - shrinkage) * p + shrinkage * target, shrinkage * target
    return -sample.sum(xlogy(shrunk, shrunk)) - unseen * float(xlogy(rest, rest))


def _jackknife(sample: CountsOfCounts) -> float:
    # n H - (n - 1) mean H_(-i), in which only differences of n log n are left.
    return float(_last_step(np.array([sample.n]))[0]) - sample.mean(_last_step(sample.counts))


def _last_step(n: Floats) -> Floats:
    """Return n log n - (n - 1) log(n - 1), without cancellation."""
    return np.log(n) - (n - 1) * np.log1p(-1 / np.maximum(n, 2.0))


_ESTIMATORS: dict[str, Callable[[CountsOfCounts], float]] = {
    "plugin": _plugin,
    "miller_madow": _miller_madow,
    "grassberger88": _grassberger88,
    "grassberger03": _grassberger03,
    "chao_shen": _chao_shen,
    "chao_wang_jost": _chao_wang_jost,
    "james_stein": _james_stein,
    "zhang": _zhang,
    "jackknife": _jackknife,
}
DISCRETE_METHODS = (*_ESTIMATORS, "nsb")
NEEDS_WHOLE_COUNTS = frozenset(
    {"grassberger88", "grassberger03", "chao_shen", "chao_wang_jost", "jackknife"}
)


def auto_discrete_method(is_whole: bool) -> str:
    """Return what "auto" means for entropies; see tests/validation/test_discrete_estimation.py."""
    return "chao_wang_jost" if is_whole else "miller_madow"


def plugin_entropy(labels: Codes) -> float:
    """Return the entropy of the shares of labels."""
    counts = np.sort(np.bincount(labels))
    return float(np.log(len(labels)) - xlogy(counts, counts).sum() / len(labels))
