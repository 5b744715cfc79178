"""A test of batch after batch against one reference, that may be read after every batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, logsumexp, xlogy

from sklearn_infotheory._storage import Damaged, Entry
from sklearn_infotheory._types import Floats

# Strengths of the prior, relative to the size of the sample whose law is mixed over.
_CONCENTRATIONS = np.array([1 / 64, 1 / 16, 1 / 4, 1.0])
_KEPT = 4  # possible beginnings of a change that are kept of every octave


class SequentialTest:
    r"""Collect evidence that batches no longer come from the distribution of the reference.

    Parameters
    ----------
    reference : sequence of array_like of shape (n_cells,)
        Counts of each feature.

    Attributes
    ----------
    log_e : ndarray of shape (n_features,)
        Logarithm of the e-process of each feature.
    e_value : float
        Mean of the e-processes of all features: itself an e-process, whatever their dependence.
        An alarm at ``e_value >= 1 / alpha`` is false with a probability of at most alpha, over an
        unlimited number of batches.
    log_e_value : float
        Its logarithm.
    began : int
        Index of the batch with which the best explanation of the data has the change begin; -1
        before the first batch.
    n_batches : int
        Number of batches seen.

    Notes
    -----
    If all rows are exchangeable, the rows since batch s are a random sample, drawn without
    replacement, of all rows seen. Let c be the counts of all N rows, :math:`f = c / N`, and b
    those of the sample of m. For every law q, chosen by c and m alone,

    .. math:: \prod_x (q_x / f_x)^{b_x}

    is an e-value: its expectation given c is at most 1, because it is the exponential of a sum
    over the sample, whose expectation is at most that with replacement (Hoeffding [1]_, theorem
    4), which is :math:`(\sum_x q_x)^m = 1`. So is its mean over q, here by Dirichlet laws around
    f, in closed form, over the possible beginnings s, and, the other way round, with the rows
    before s for the sample, when they are fewer. No law is estimated and no reference taken for
    the truth; the reference may be as small as a batch.

    Let :math:`E_t` be this e-value after t batches. :math:`\sum_{r \le t} w_r E_r` with
    :math:`w_r = 1 / (r (r + 1))` never falls, and its limit has an expectation of at most 1. So
    it is an e-process [2]_, [3]_: at any stopping time it is at least :math:`1 / \alpha` with a
    probability of at most :math:`\alpha` (Markov). What the unlimited number of looks costs is
    :math:`\log t (t + 1)` nats; what the sample of the reference costs is at most half of the
    evidence, where both samples are of one size, and little where they differ much.

    Beginnings are kept on a geometric grid: memory grows with the logarithm of the number of
    batches, and so does the time of an update.

    References
    ----------
    .. [1] W. Hoeffding (1963). Probability inequalities for sums of bounded random variables.
       Journal of the American Statistical Association 58(301), 13-30.
       :doi:`10.1080/01621459.1963.10500830`
    .. [2] V. Vovk, R. Wang (2021). E-values: calibration, combination and applications. Annals of
       Statistics 49(3), 1736-1754. :doi:`10.1214/20-AOS2020`
    .. [3] A. Ramdas, P. Grünwald, V. Vovk, G. Shafer (2023). Game-theoretic statistics and safe
       anytime-valid inference. Statistical Science 38(4), 576-601. :doi:`10.1214/23-STS894`

    Examples
    --------
    >>> from sklearn_infotheory._inference._sequential_test import SequentialTest
    >>> test = SequentialTest([[500, 300, 200]])
    >>> for counts in [[50, 30, 20], [49, 31, 20], [30, 30, 40], [28, 32, 40], [29, 31, 40]]:
    ...     test.update([counts])
    >>> print(test.e_value > 1 / 0.05, test.began)
    True 2
    """

    def __init__(self, reference: Sequence[ArrayLike]) -> None:
        self._features = [_Feature(_as_counts(counts)) for counts in reference]
        self._starts: list[int] = []
        self.n_batches = 0

    def update(self, counts: Sequence[ArrayLike]) -> None:
        """Take in the counts of the next batch, of each feature; an empty batch counts too."""
        if len(counts) != len(self._features):
            raise ValueError(
                f"The batch has {len(counts)} features, the reference {len(self._features)}. Pass "
                "counts of the same features."
            )
        rows = [_as_counts(batch) for batch in counts]
        for feature, batch in zip(self._features, rows, strict=True):
            feature.check(batch)
        self._starts = _thinned([*self._starts, self.n_batches])
        self.n_batches += 1
        # The weights 1 / (t (t + 1)) sum to one over all batches that may ever come.
        log_weight = -np.log(self.n_batches * (self.n_batches + 1.0))
        for feature, batch in zip(self._features, rows, strict=True):
            feature.update(batch, self._starts, log_weight)

    @property
    def log_e(self) -> Floats:
        """Logarithm of the e-process of each feature."""
        return np.array([feature.log_e for feature in self._features])

    @property
    def log_e_value(self) -> float:
        """Logarithm of the mean of the e-processes of all features."""
        log_e = self.log_e
        return float(logsumexp(log_e) - np.log(len(log_e))) if len(log_e) else -np.inf

    @property
    def e_value(self) -> float:
        """Mean of the e-processes of all features; finite."""
        return float(np.exp(min(self.log_e_value, 700.0)))

    @property
    def began(self) -> int:
        """Batch with which the change most likely began, by the feature of most evidence."""
        return self.began_by_feature()[int(np.argmax(self.log_e))] if self.n_batches else -1

    @property
    def n_cells(self) -> list[int]:
        """Number of cells of each feature."""
        return [len(feature.total) for feature in self._features]

    def began_by_feature(self) -> list[int]:
        """Return the same for each feature."""
        return [feature.began for feature in self._features]

    def to_dict(self) -> dict[str, Any]:
        """Return the state as plain numbers, lists and dictionaries."""
        return {
            "n_batches": self.n_batches,
            "starts": list(self._starts),
            "features": [feature.to_dict() for feature in self._features],
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any] | Entry) -> SequentialTest:
        """Restore what ``to_dict`` gave."""
        entry = state if isinstance(state, Entry) else Entry(state)
        test = cls([])
        test.n_batches = entry["n_batches"].whole()
        test._starts = _read_starts(entry["starts"], test.n_batches)
        test._features = [
            _Feature.from_entry(feature, test._starts) for feature in entry["features"].parts()
        ]
        return test


def _read_starts(entry: Entry, n_batches: int) -> list[int]:
    """Read the beginnings, in their order; the last batch is one of them."""
    starts = list(entry.wholes(0, max(n_batches - 1, 0)))
    last = starts[-1] if starts else -1
    if starts != sorted(set(starts)) or last != n_batches - 1:
        raise Damaged(f"{entry.place} does not fit the number of batches, {n_batches}")
    return starts


class _Feature:
    """Counts of one feature up to every possible beginning, and its evidence."""

    def __init__(self, total: Floats) -> None:
        self.total = total
        self.before: dict[int, Floats] = {}  # counts of all rows before a beginning
        self.log_e = -np.inf
        self.began = -1
        self.best = -np.inf

    def check(self, batch: Floats) -> None:
        if batch.shape != self.total.shape:
            raise ValueError(
                f"The batch has counts of shape {batch.shape}, the reference {self.total.shape}. "
                "Count both over the same cells."
            )

    def update(self, batch: Floats, starts: list[int], log_weight: float) -> None:
        self.before[starts[-1]] = self.total
        self.before = {start: self.before[start] for start in starts}
        self.total = self.total + batch
        evidence = _log_e_values(np.array([self.before[s] for s in starts]), self.total)
        log_e = logsumexp(evidence) - np.log(len(starts)) + log_weight
        self.log_e = float(np.logaddexp(self.log_e, log_e))
        if log_e >= self.best:
            self.best, self.began = float(log_e), starts[int(np.argmax(evidence))]

    def to_dict(self) -> dict[str, Any]:
        return {
            "total": self.total.tolist(),
            "before": [counts.tolist() for counts in self.before.values()],
            "starts": list(self.before),
            "log_e": None if np.isinf(self.log_e) else self.log_e,
            "best": None if np.isinf(self.best) else self.best,
            "began": self.began,
        }

    @classmethod
    def from_entry(cls, state: Entry, starts: list[int]) -> _Feature:
        """Restore what ``to_dict`` gave."""
        feature = cls(state["total"].numbers(least=0, of="counts"))
        n_cells, n_starts = len(feature.total), len(starts)
        if state["starts"].value != starts:
            raise state["starts"].wrong(f"the beginnings of the test, {starts}")
        before = state["before"].numbers(n_starts, n_cells, least=0, of="counts")
        if (before > feature.total).any():
            raise Damaged(f"{state['before'].place} has larger counts than there were in the end")
        feature.before = dict(zip(starts, before, strict=True))
        feature.log_e = state["log_e"].number_or(-np.inf)
        feature.best = state["best"].number_or(-np.inf)
        feature.began = state["began"].whole(0 if starts else -1, starts[-1] if starts else -1)
        return feature


def _log_e_values(before: Floats, total: Floats) -> Floats:
    """Return the log e-value of every beginning, from the counts before it and of all rows."""
    occurs = total > 0
    before, total = before[:, occurs], total[occurs]
    after = total - before
    n, m = before.sum(axis=1, keepdims=True), after.sum(axis=1, keepdims=True)
    sample = np.where(n < m, before, after)
    size = np.minimum(n, m)
    # Null: the rows of the sample are drawn without replacement from the pooled ones. The product
    # of the pooled shares bounds the expectation, by Hoeffding's theorem 4 (see SequentialTest).
    shares = total / max(total.sum(), 1.0)
    null = xlogy(sample, shares).sum(axis=1)
    # Alternative: a mean over shares q drawn from Dirichlet distributions about the pooled ones,
    # which is a ratio of gamma functions. Small strengths bet on large changes.
    strength = np.maximum(size, 1.0) * _CONCENTRATIONS
    prior = strength[:, :, None] * shares
    mixture = (gammaln(prior + sample[:, None]) - gammaln(prior)).sum(axis=2)
    mixture += gammaln(strength) - gammaln(strength + size)
    log_e: Floats = logsumexp(mixture, axis=1) - np.log(len(_CONCENTRATIONS)) - null
    return log_e


def _thinned(starts: list[int]) -> list[int]:
    """Keep the last few multiples of every power of two; this depends on the number alone."""
    kept: set[int] = {0}
    last, step = starts[-1], 1
    while step <= max(last, 1):
        kept.update(last - last % step - i * step for i in range(_KEPT))
        step *= 2
    return [start for start in starts if start in kept]


def _as_counts(counts: ArrayLike) -> Floats:
    values = np.asarray(counts, np.float64)
    if values.ndim != 1 or not (np.isfinite(values).all() and (values >= 0).all()):
        raise ValueError("Counts are a list of finite numbers, none negative, for each feature.")
    return values
