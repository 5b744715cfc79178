"""Do two samples of counts come from one law, and if not, how far are their laws apart?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state

from sklearn_infotheory._counts import n_log_n_table, short_log_factorial_table
from sklearn_infotheory._inference._divergence_estimates import (
    Pairs,
    estimate_divergences,
    minimal_detectable_divergences,
)
from sklearn_infotheory._inference._divergences import DIVERGENCES, check_kernel
from sklearn_infotheory._inference._independence_tests import (
    exact_two_by_two_p_values,
    g_test_p_values,
)
from sklearn_infotheory._threads import map_chunks
from sklearn_infotheory._types import Floats, Ints, RandomState

# From this expected count on, of every cell in the smaller sample, the G-test takes the place of
# the permutations. Its level is measured in tests/validation/test_drift_level.py.
LARGE_EXPECTED_COUNT = 10.0


@dataclass(frozen=True)
class TwoSampleTest:
    """Many two-sample tests, one a feature; every array has the shape (n_features,).

    Attributes
    ----------
    divergence : ndarray
        Estimated divergence in nats, less its bias: below zero where the samples are closer than
        chance would have it. Of ``"hellinger"``, the squared distance. Finite: half a row is added
        to every cell in the logarithm of the other law, as in ``estimate_divergences``.
    lower, upper : ndarray
        Confidence interval of the divergence, in [0, inf]. ``lower`` is above zero where a G-test
        of level ``1 - level`` would reject, but for approximations.
    p_value : ndarray
        1 where nothing can be tested: a single cell, or an empty sample.
    statistic : ndarray
        Plug-in divergence, as it is tested: finite, with the smallest positive float for the
        probability of an empty cell. With ``test="g"`` it is monotone in G, given the pooled rows.
    minimal_detectable : ndarray
        Smallest divergence that is found with a probability of 0.8 at level ``alpha``.
    """

    divergence: Floats
    lower: Floats
    upper: Floats
    p_value: Floats
    statistic: Floats
    minimal_detectable: Floats


def two_sample_tests(
    reference: Sequence[ArrayLike],
    batch: Sequence[ArrayLike],
    divergence: str = "kl",
    *,
    n_permutations: int = 999,
    random_state: RandomState = None,
    alpha: float = 0.05,
    level: float = 0.95,
    mid_p: bool = True,
    test: str = "divergence",
    n_threads: int = 1,
) -> TwoSampleTest:
    r"""Test, feature by feature, whether batch and reference come from one law.

    Parameters
    ----------
    reference, batch : sequence of array_like of shape (n_cells,)
        Counts of each feature, over the same cells.
    divergence : {"kl", "reverse_kl", "jeffreys", "js", "hellinger"}, default="kl"
        D(batch || reference), D(reference || batch), their sum (the population stability index),
        the Jensen-Shannon divergence, or the squared Hellinger distance.
    n_permutations : int, default=999
        Random splits of the pooled rows.
    random_state : int, RandomState instance or None, default=None
        Seeds the splits, of each feature for itself: the result does not depend on the threads.
    alpha : float, default=0.05
        Level of one test, for ``minimal_detectable``.
    level : float, default=0.95
        Of the confidence intervals.
    mid_p : bool, default=True
        Count a split that ties with the observed one as half a split as extreme. Where there are
        few different splits, the test comes closer to its level, which it then holds on average
        over them, but not in every table; False is exact in all.
    test : {"divergence", "g"}, default="divergence"
        What is compared between the splits: the divergence itself, or G, the information between
        cell and sample, whatever the divergence that is estimated. A split that leaves a rare cell
        without a row is beyond any finite Kullback-Leibler divergence, so that "kl" (of batches as
        large as the reference), "reverse_kl" and "jeffreys" are blind where such splits are
        common; G is not.
    n_threads : int, default=1

    Returns
    -------
    TwoSampleTest

    Notes
    -----
    Under the null hypothesis all splits of the pooled rows into samples of the observed sizes are
    equally likely, so that :math:`p = (1 + \#\{T^* \ge T\}) / (1 + B)` over B random splits is
    exact [1]_, [2]_; with ``mid_p``, ties count half [3]_. No count is smoothed: the log of an
    empty cell is that of the smallest positive float, so that splits are ranked by the mass in
    cells that the other sample lacks, and then by the finite rest. Two cells have few splits, and
    all are listed.

    Where every cell is expected to hold 10 rows of the smaller sample, all divergences are, but
    for terms of higher order, multiples of G, and the G-test with exact null moments replaces the
    permutations. Its tail also gives the p-value where no split came up to the observed one and
    that tail is below 1 / (B + 1).

    Weights count as repetitions. Where counts are fractional, permutations are made of the counts
    rounded to whole rows; weights that are not repetitions should be scaled beforehand, so that
    they sum to their effective number :math:`(\sum w)^2 / \sum w^2`.

    References
    ----------
    .. [1] M. Dwass (1957). Modified randomization tests for nonparametric hypotheses. Annals of
       Mathematical Statistics 28(1), 181-187. :doi:`10.1214/aoms/1177707045`
    .. [2] B. Phipson, G. K. Smyth (2010). Permutation p-values should never be zero. Statistical
       Applications in Genetics and Molecular Biology 9(1), 39. :doi:`10.2202/1544-6115.1585`
    .. [3] H. O. Lancaster (1961). Significance tests in discrete distributions. Journal of the
       American Statistical Association 56(294), 223-234. :doi:`10.1080/01621459.1961.10482105`

    Examples
    --------
    >>> from sklearn_infotheory._inference._two_sample_tests import two_sample_tests
    >>> test = two_sample_tests([[500, 300, 200], [400, 600, 0]], [[52, 30, 18], [40, 55, 5]])
    >>> print(test.p_value < 0.05)
    [False  True]
    """
    if divergence not in DIVERGENCES:
        raise ValueError(
            f"divergence={divergence!r} is not known. Pass one of {', '.join(DIVERGENCES)}."
        )
    if test not in ("divergence", "g"):
        raise ValueError(f"test={test!r} is not known. Pass 'divergence' or 'g'.")
    pairs = _as_pairs(reference, batch)
    kind = divergence if test == "divergence" else "g"
    statistic, p_value, _ = split_tests(
        pairs, kind, n_permutations, random_state, mid_p=mid_p, n_threads=n_threads
    )
    value, lower, upper = estimate_divergences(pairs, divergence, level)
    detectable = minimal_detectable_divergences(pairs, divergence, alpha)
    return TwoSampleTest(value, lower, upper, p_value, statistic, detectable)


def split_tests(
    pairs: Pairs,
    kind: str,
    n_permutations: int = 999,
    random_state: RandomState = None,
    *,
    mid_p: bool = True,
    n_threads: int = 1,
) -> tuple[Floats, Floats, Floats]:
    """Test whether batches are random parts of the pooled rows, within strata.

    Parameters
    ----------
    pairs : sequence of (reference, batch)
        Counts (n_cells,), or of several strata (n_strata, n_cells).
    kind : str
        A divergence, or "g" for G, which can be summed over strata.
    n_permutations, random_state, mid_p, n_threads
        As in ``two_sample_tests``.

    Returns
    -------
    statistic, p_value : ndarray of shape (n_features,)
    moments : ndarray of shape (n_features, 4)
        G, its null mean and variance, and its degrees of freedom.
    """
    cells, number = _Cells.of(pairs), _number_in_kernel(kind)
    out, seeds = np.empty((len(pairs), 11)), draw_seeds(random_state, len(pairs))

    def work(features: Ints) -> None:
        cells.test(features, number, (n_permutations, 0.5 if mid_p else 1.0), seeds, out)

    map_chunks(work, np.arange(len(pairs)), n_threads)
    return out[:, 0], _p_values(out), out[:, 1:5]


@cache
def _number_in_kernel(kind: str) -> int:
    """Return the number that the kernel knows a statistic by; raise if it is another's there."""
    number, out = [*DIVERGENCES, "g"].index(kind), np.empty((1, 11))
    a, b = np.array([3.0, 1.0, 2.0]), np.array([1.0, 2.0, 4.0])
    _Cells.of([(a, b)]).test(np.zeros(1, np.int64), number, (0, 1.0), np.zeros(1, np.uint64), out)
    if kind == "g":  # up to a constant, given the pooled rows
        terms = a * np.log(a) + b * np.log(b)
    else:
        terms = DIVERGENCES[kind].terms(a / a.sum(), b / b.sum())
    check_kernel(kind, float(out[0, 0]), float(terms.sum()))
    return number


def _p_values(out: Floats) -> Floats:
    """Choose between the splits and the G-test, which is exact of two cells."""
    # (1 + #) / (1 + B) says no more than 1 / (1 + B) where no split came up to the observed one
    # (Phipson and Smyth 2010). The tail of G goes on from there; it is taken if it is smaller.
    by_splits, found = out[:, 5], out[:, 6] == 1
    by_g = g_test_p_values(*np.nan_to_num(out[:, 1:5].T))
    extreme = ~found & ~np.isnan(out[:, 7])
    cell, row, batch, rows = out[extreme, 7:].T
    by_g[extreme] = exact_two_by_two_p_values(cell, rows, row, batch)
    return np.where(found, by_splits, np.fmin(by_splits, by_g))


@dataclass(frozen=True)
class _Cells:
    """The counts of all features, laid end to end."""

    reference: Floats
    batch: Floats
    starts: Ints  # of each stratum, and the end
    strata: Ints  # the first of each feature, and the end

    @classmethod
    def of(cls, pairs: Pairs) -> _Cells:
        shapes = [np.atleast_2d(a).shape for a, _ in pairs]
        n_strata = np.array([shape[0] for shape in shapes], np.int64)
        widths = np.repeat([shape[1] for shape in shapes], n_strata).astype(np.int64)
        flat = [np.concatenate([np.empty(0), *(c.ravel() for c in side)]) for side in
                zip(*pairs, strict=True)] or [np.empty(0)] * 2  # fmt: skip
        return cls(flat[0], flat[1], _running_sums(widths), _running_sums(n_strata))

    @cached_property
    def largest(self) -> float:
        """The most that a split can put into one cell."""
        return float((self.reference + self.batch).max(initial=0.0))

    def test(
        self,
        features: Ints,
        kind: int,
        permutations: tuple[int, float],
        seeds: NDArray[np.uint64],
        out: Floats,
    ) -> None:
        """Test consecutive features; see the kernel."""
        from sklearn_infotheory._kernels._two_sample import split_tests

        part = slice(features[0], features[-1] + 1)
        strata = self.strata[features[0] : features[-1] + 2]
        tables = short_log_factorial_table(), n_log_n_table(self.largest)
        scratch = np.empty((2, int(np.diff(self.starts[strata]).max())))
        split_tests(
            kind, self.reference, self.batch, self.starts, strata,
            LARGE_EXPECTED_COUNT, *permutations, seeds[part],
            tables, scratch, out[part],
        )  # fmt: skip


def _running_sums(sizes: Ints) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def draw_seeds(random_state: RandomState, n: int) -> NDArray[np.uint64]:
    """Draw a seed for each of n features."""
    random = check_random_state(random_state)
    halves = random.randint(0, 2**32, size=(n, 2), dtype=np.uint64)
    return (halves[:, 0] << np.uint64(32)) | halves[:, 1]


def _as_pairs(
    reference: Sequence[ArrayLike], batch: Sequence[ArrayLike]
) -> list[tuple[Floats, Floats]]:
    """Check the counts of each feature."""
    if len(reference) != len(batch):
        raise ValueError(
            f"The reference has {len(reference)} features, the batch {len(batch)}. Pass counts of "
            "the same features."
        )
    pairs = []
    for j, (a, b) in enumerate(zip(reference, batch, strict=True)):
        pair = np.asarray(a, np.float64), np.asarray(b, np.float64)
        if pair[0].shape != pair[1].shape:
            raise ValueError(
                f"Feature {j} has counts of shape {pair[0].shape} in the reference and "
                f"{pair[1].shape} in the batch. Count both over the same cells."
            )
        if not all(np.isfinite(c).all() and (c >= 0).all() for c in pair):
            raise ValueError(f"Counts are finite and not negative; those of feature {j} are not.")
        pairs.append(pair)
    return pairs
