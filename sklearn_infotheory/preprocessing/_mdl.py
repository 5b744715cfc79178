"""Where to cut a column: criteria that weigh information about the class against its description.

A column is first read as a sequence of *blocks*, runs of its sorted distinct values with the weight
of each class in them. A criterion then divides that sequence into bins. Everything is in nats.

mdlp
    Fayyad & Irani (1993): split where the class entropy is least, as long as the gain pays for the
    description of the split.
kononenko
    Kononenko (1995): the same cuts, judged by the exact length of the class labels.
modl
    Boulle (2006): the partition that is most probable a posteriori, over all partitions.
equal_entropy
    So many bins whose own entropy is maximal, which is that of equal frequencies without ties.
mdl_histogram
    Kontkanen & Myllymaki (2007): the histogram of least normalised maximum likelihood.

References
----------
Fayyad, U. M. and Irani, K. B. (1993). Multi-interval discretization of continuous-valued attributes
for classification learning. IJCAI, 1022-1027.

Kononenko, I. (1995). On biases in estimating multi-valued attributes. IJCAI, 1034-1040.

Boulle, M. (2006). MODL: a Bayes optimal discretization method for continuous attributes. Machine
Learning 65, 131-165. :doi:`10.1007/s10994-006-8364-x`

Boulle, M. (2005). A Bayes optimal approach for partitioning the values of categorical attributes.
Journal of Machine Learning Research 6, 1431-1452.

Kontkanen, P. and Myllymaki, P. (2007). MDL histogram density estimation. AISTATS, 219-226.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from sklearn_infotheory._counts import log_factorial_table, n_log_n_table
from sklearn_infotheory.preprocessing._blocks import (
    Blocks,
    Sequence,
    make_blocks,
)

__all__ = [
    "CRITERIA",
    "SUPERVISED",
    "TEST_DTYPE",
    "Blocks",
    "Partition",
    "make_blocks",
    "partition",
]

CandidateCost = Literal["grid", "candidates", "samples"]
CRITERIA = ("mdlp", "kononenko", "modl", "equal_entropy", "mdl_histogram")
SUPERVISED = ("mdlp", "kononenko", "modl")

TEST_DTYPE = np.dtype(
    [
        ("start", np.intp),
        ("stop", np.intp),
        ("cut", np.intp),
        ("gain", np.float64),
        ("threshold", np.float64),
        ("accepted", np.bool_),
    ]
)
"""One tested split: the blocks [start, stop) divided before block ``cut``.

``gain`` is what the split saves in describing the data and ``threshold`` what it costs more in
describing the model, both in nats per sample of [start, stop); ``accepted`` is gain > threshold, by
more than rounding.
"""

MOST_BLOCKS = 1500  # of which modl finds the optimum; it merges more greedily, down to ...
MOST_MERGED = 1000  # ... so many, of which it finds the best division
MOST_CANDIDATES = 512  # cuts that mdl_histogram chooses from; of more, those next to quantiles

_NO_CUTS = np.empty(0, np.intp)
_NO_TABLE = np.empty(0)


@dataclass(frozen=True)
class Partition:
    """How a criterion divides a sequence of blocks.

    Attributes
    ----------
    cuts : ndarray of intp
        Ascending numbers of the blocks before which a cut lies.
    tests : structured ndarray of TEST_DTYPE
        The splits that were tested, accepted or not. With ``max_bins`` an accepted split may be
        missing from ``cuts``.
    cost : float
        Total length in nats for "modl" and "mdl_histogram", NaN for the others.
    level : float
        For "modl" 1 - cost / cost(one bin), NaN for the others.
    is_exact : bool
        Whether the cuts are the optimum of the criterion. False where a heuristic replaced it.
    """

    cuts: NDArray[np.intp]
    tests: NDArray[np.void]
    cost: float
    level: float
    is_exact: bool


# --- Partition -------------------------------------------------------------------------------


def partition(
    blocks: Blocks | NDArray[np.float64],
    criterion: str,
    *,
    max_bins: int | None = None,
    min_samples_bin: float = 1,
    unordered: bool = False,
    candidate_cost: CandidateCost = "samples",
) -> Partition:
    """Divide a sequence of blocks into bins by a criterion.

    Parameters
    ----------
    blocks : Blocks or ndarray of shape (n_blocks, n_classes)
        Blocks of a column or, for all criteria but "mdl_histogram", their class counts alone.
    criterion : {"mdlp", "kononenko", "modl", "equal_entropy", "mdl_histogram"}
        What decides on the cuts.
    max_bins : int, optional
        Largest number of bins; for "equal_entropy" their number, 10 by default. "mdlp" and
        "kononenko" then take the accepted splits of largest gain, N times the gain per sample.
    min_samples_bin : float, default=1
        Least weight of a bin.
    unordered : bool, default=False
        Whether the blocks are levels of a category, so that an order of the values does not help
        to describe the cuts. "mdlp" and "kononenko" then pay for one of 2^(L-1) - 1 ways to divide
        L levels instead of one of N - 1 cuts, and "modl" uses the prior of Boulle (2005).
    candidate_cost : {"grid", "candidates", "samples"}, default="samples"
        What "mdlp" and "kononenko" pay for the place of a cut in a subset of N samples with V
        distinct values: log(N - 1), log(V - 1), or the shorter of log(V - 1) and the length of the
        place on a grid that is halved until it holds the cut; and log 2 for having a cut at all.

    Returns
    -------
    Partition

    Notes
    -----
    N is the sum of the weights; where it is below 2, log(N - 1) counts as 0. Equal costs, but for
    rounding, count as ties, and ties go to fewer bins, then to the lowest cut.

    "modl" finds the optimum of up to MOST_BLOCKS blocks. More are merged greedily down to
    MOST_MERGED bins (Boulle 2006), the best division of those is found, and single cuts are moved,
    added and removed on the blocks as long as that helps. "mdl_histogram" finds the best of all
    histograms with cuts midway between distinct values, or midway next to MOST_CANDIDATES quantiles
    where there are more; its cost is in units of the range of the column. All others are exact.
    """
    if criterion not in CRITERIA:
        raise ValueError(f"criterion={criterion!r} is none of {CRITERIA}.")
    sequence = Sequence.of(blocks)
    limits = _Limits(sequence.n_blocks if max_bins is None else max_bins, float(min_samples_bin))
    if sequence.totals[-1] == 0:
        return Partition(_NO_CUTS, np.empty(0, TEST_DTYPE), np.nan, np.nan, True)
    if criterion == "modl":
        return _minimise_modl(sequence, limits, unordered)
    if criterion == "equal_entropy":
        return _equalise(sequence, limits._replace(n_bins=10 if max_bins is None else max_bins))
    if criterion == "mdl_histogram":
        return _minimise_histogram(sequence, _outer_and_middle(blocks), limits)
    return _split(sequence, criterion, limits, "levels" if unordered else candidate_cost)


class _Limits(NamedTuple):
    n_bins: int  # at most
    weight: float  # of a bin, at least


# --- Recursive splits (mdlp, kononenko) ------------------------------------------------------


def _split(sequence: Sequence, criterion: str, limits: _Limits, place: str) -> Partition:
    """Split in two as long as the criterion accepts the cut of least class entropy."""
    from sklearn_infotheory._kernels import _cuts as kernels

    places = {
        "samples": kernels.BY_WEIGHT,
        "candidates": kernels.BY_VALUES,
        "grid": kernels.ON_GRID,
        "levels": kernels.BY_LEVELS,
    }
    # Each accepted split adds a bin, and no bin is tested twice.
    most = 2 * sequence.n_blocks
    spans, values = np.empty((most, 3), np.intp), np.empty((most, 2))
    n_tests = kernels.split_recursively(
        sequence.sums, sequence.totals, sequence.values, _groups(sequence),
        kernels.MDLP if criterion == "mdlp" else kernels.KONONENKO,
        places[place], limits.weight,
        n_log_n_table(sequence.totals[-1]), spans, values,
    )  # fmt: skip
    tests = _tests(spans[:n_tests], values[:n_tests])
    cuts = _accepted_cuts(tests, sequence.totals, limits.n_bins)
    return Partition(cuts, tests, np.nan, np.nan, True)


def _groups(sequence: Sequence) -> tuple[NDArray[np.float64], NDArray[np.float64], bool]:
    """Bound how class counts run within groups of blocks, for branch and bound."""
    from sklearn_infotheory._kernels._cuts import GROUP, deviations

    n_groups = sequence.n_blocks // GROUP
    # Short sequences are scanned as a whole.
    n_levels = n_groups.bit_length() if n_groups >= 4 else 0
    shape = n_levels, n_groups if n_levels else 0, sequence.sums.shape[1]
    low, high = np.empty(shape), np.empty(shape)
    deviations(sequence.sums, sequence.totals, low, high)
    return low, high, sequence.whole


def _tests(spans: NDArray[np.intp], values: NDArray[np.float64]) -> NDArray[np.void]:
    """Join starts, stops, cuts with gains and thresholds."""
    from sklearn_infotheory._kernels._cuts import TIE_TOLERANCE

    tests = np.empty(len(spans), TEST_DTYPE)
    gain, threshold = values.T
    tests["start"], tests["stop"], tests["cut"] = spans.T
    tests["gain"], tests["threshold"] = gain, threshold
    tests["accepted"] = gain - threshold > TIE_TOLERANCE * np.maximum(1, np.abs(threshold))
    return tests


def _accepted_cuts(
    tests: NDArray[np.void], totals: NDArray[np.float64], max_bins: int
) -> NDArray[np.intp]:
    """List the cuts of the accepted splits; of many, those of largest gain, parents first."""
    accepted = tests[tests["accepted"]]
    if len(accepted) < max_bins:
        return np.sort(accepted["cut"])
    gains = accepted["gain"] * (totals[accepted["stop"]] - totals[accepted["start"]])
    return _best_first(accepted, np.rint(gains / gains.max() * 1e12), max_bins - 1)


def _best_first(
    accepted: NDArray[np.void], gains: NDArray[np.float64], n_cuts: int
) -> NDArray[np.intp]:
    """Take splits from the root on, each time the one of largest gain, the lowest of equals."""
    place = {(s["start"], s["stop"]): i for i, s in enumerate(accepted)}
    ready = [(-gains[0], 0, 0)]
    cuts: list[int] = []
    while ready and len(cuts) < n_cuts:
        _, _, i = heappop(ready)
        start, stop, cut = (int(accepted[name][i]) for name in ("start", "stop", "cut"))
        cuts.append(cut)
        for child in ((start, cut), (cut, stop)):
            if child in place:
                heappush(ready, (-gains[place[child]], child[0], place[child]))
    return np.array(sorted(cuts), np.intp)


# --- The best of all divisions (modl, mdl_histogram) -----------------------------------------

_Problem = tuple[Any, ...]  # what the kernels want to know to measure the length of a bin


def _minimise_modl(sequence: Sequence, limits: _Limits, unordered: bool) -> Partition:
    """Find the most probable partition: the exact one of up to MOST_BLOCKS blocks."""
    from sklearn_infotheory._kernels._divisions import MODL

    n, n_classes = sequence.totals[-1], int((sequence.sums[-1] > 0).sum())
    table = log_factorial_table(n + n_classes)

    def problem(part: Sequence) -> _Problem:
        return MODL, part.sums, part.totals, part.totals, float(n_classes), table

    is_exact = sequence.n_blocks <= MOST_BLOCKS
    most = min(limits.n_bins, sequence.n_blocks) + 1
    if unordered:
        most = most if is_exact else min(most, MOST_MERGED + 1)  # the prior takes most * n_blocks
        priors = grouping_priors(sequence.n_blocks, most)
    else:
        priors = cut_priors(n, most)
    if is_exact:
        bounds, cost = _divide(problem(sequence), priors[:-1], limits.weight)
    else:
        bounds, cost = _divide_many(sequence, problem, priors[:-1], limits.weight)
    tests = _compare(problem(sequence), priors, limits.weight, bounds)
    one_bin = _cost(problem(sequence), priors, bounds[[0, -1]])
    level = 1 - cost / one_bin if len(bounds) > 2 and one_bin > 0 else 0.0
    return Partition(bounds[1:-1], tests, cost, level, is_exact)


def _divide(
    problem: _Problem, priors: NDArray[np.float64], least: float
) -> tuple[NDArray[np.intp], float]:
    """Return the ends and cuts of the best division, and its length."""
    from sklearn_infotheory._kernels._divisions import all_lengths, best_division

    n_blocks = len(problem[2]) - 1
    lengths = np.empty((n_blocks, n_blocks + 1))
    all_lengths(problem, least, lengths)
    cuts = np.empty(n_blocks, np.intp)
    n_bins, cost = best_division(lengths, priors[:n_blocks], cuts)
    return np.concatenate(([0], cuts[: n_bins - 1], [n_blocks])), cost


def _divide_many(
    sequence: Sequence,
    problem: Callable[[Sequence], _Problem],
    priors: NDArray[np.float64],
    least: float,
) -> tuple[NDArray[np.intp], float]:
    """Merge greedily down to some blocks, divide those at best, and improve the cuts one by one."""
    from sklearn_infotheory._kernels._divisions import improve_division, merge_greedily

    whole, starts = problem(sequence), np.empty(sequence.n_blocks, np.intp)
    n_best = merge_greedily(whole, priors, MOST_MERGED, starts)
    merged = np.append(starts[:MOST_MERGED], sequence.n_blocks)
    if n_best > MOST_MERGED:  # it takes so many bins
        merge_greedily(whole, priors, n_best, starts)
    bounds = np.append(starts[:n_best], sequence.n_blocks)
    if n_best <= MOST_MERGED or np.diff(sequence.totals[bounds]).min() < least:
        bounds = merged[_divide(problem(sequence.merge(merged)), priors, least)[0]]
    room = np.empty(len(priors) + 1, np.intp)
    room[: len(bounds)] = bounds
    n_bins = improve_division(whole, priors, least, room, len(bounds) - 1)
    return room[: n_bins + 1], _cost(whole, priors, room[: n_bins + 1])


def _cost(problem: _Problem, priors: NDArray[np.float64], bounds: NDArray[np.intp]) -> float:
    """Whole length of a division."""
    from sklearn_infotheory._kernels._divisions import division_length

    return division_length(problem, bounds) + priors[len(bounds) - 2]


def _compare(
    problem: _Problem, priors: NDArray[np.float64], least: float, bounds: NDArray[np.intp]
) -> NDArray[np.void]:
    """Tell what each cut, and the best further cut of each bin, is worth."""
    from sklearn_infotheory._kernels._divisions import compare_divisions

    n_bins = len(bounds) - 1
    spans, values = np.empty((2 * n_bins, 3), np.intp), np.empty((2 * n_bins, 2))
    nearby = priors[[max(n_bins - 2, 0), n_bins - 1, min(n_bins, len(priors) - 1)]]
    n_tests = compare_divisions(problem, nearby, bounds, least, spans, values)
    return _tests(spans[:n_tests], values[:n_tests])


def _minimise_histogram(
    sequence: Sequence, bounds: NDArray[np.float64], limits: _Limits
) -> Partition:
    """Find the histogram of least stochastic complexity, in units of the range of the column."""
    from sklearn_infotheory._kernels._divisions import HISTOGRAM

    kept = _quantile_blocks(sequence, MOST_CANDIDATES + 1)
    part = sequence.merge(kept)
    problem = HISTOGRAM, part.sums, part.totals, bounds[kept], 1.0, _NO_TABLE
    most = min(limits.n_bins, part.n_blocks) + 1
    priors = histogram_priors(sequence.totals[-1], part.n_blocks - 1, most)
    divided, cost = _divide(problem, priors[:-1], limits.weight)
    tests = _compare(problem, priors, limits.weight, divided)
    for name in ("start", "stop", "cut"):
        tests[name] = kept[tests[name]]
    is_exact = part.n_blocks == sequence.n_blocks
    return Partition(kept[divided[1:-1]], tests, cost, np.nan, is_exact)


def _outer_and_middle(blocks: Blocks | NDArray[np.float64]) -> NDArray[np.float64]:
    """Bounds of the blocks: the outer values and the midpoints between, scaled to at most 1."""
    if not isinstance(blocks, Blocks):
        raise TypeError("mdl_histogram needs Blocks, not only their counts.")
    inner = blocks.cut_points(np.arange(1, len(blocks.lowest)))
    bounds = np.concatenate((blocks.lowest[:1], inner, blocks.highest[-1:]))
    return np.ldexp(bounds, -np.frexp(np.abs(bounds).max())[1])


def _quantile_blocks(sequence: Sequence, most: int) -> NDArray[np.intp]:
    """Starts of all blocks, or of those next to as many quantiles, and the end of the last."""
    n_blocks = sequence.n_blocks
    if n_blocks <= most:
        return np.arange(n_blocks + 1)
    shares = sequence.totals[-1] * np.arange(1, most) / most
    inner = np.searchsorted(sequence.totals, shares)
    return np.unique(np.concatenate(([0], inner, [n_blocks])))


# --- Bins of equal weight (equal_entropy) ----------------------------------------------------


def _equalise(sequence: Sequence, limits: _Limits) -> Partition:
    """Cut into so many bins that the entropy of the bins is largest."""
    from sklearn_infotheory._kernels._equal_weights import divide_equally, most_bins

    n_bins = min(limits.n_bins, most_bins(sequence.totals, limits.weight))
    cuts = np.empty(n_bins - 1, np.intp)
    table = n_log_n_table(sequence.totals[-1])
    divide_equally(sequence.totals, n_bins, limits.weight, table, cuts)
    return Partition(cuts, np.empty(0, TEST_DTYPE), np.nan, np.nan, True)


# --- Length of what a description says about the bins, before it comes to the data ------------


def cut_priors(n: float, most: int) -> NDArray[np.float64]:
    """Length of the number of bins and of the places of the cuts, of 1, 2, ..., most bins."""
    bins = np.arange(1, most + 1)
    return np.log(n) + gammaln(n + bins) - gammaln(bins) - gammaln(n + 1)


def grouping_priors(n_levels: int, most: int) -> NDArray[np.float64]:
    """Length of a division of levels into at most 1, 2, ..., most groups.

    The ways to divide V levels into at most I groups are the sum of the Stirling numbers of the
    second kind, S(V, 1) + ... + S(V, I), here by S(v, i) = S(v-1, i-1) + i S(v-1, i) in logarithms.
    """
    stirling = np.full(most + 1, -np.inf)
    stirling[0] = 0.0
    log_groups = np.log(np.arange(1, most + 1))
    for _ in range(n_levels):
        stirling[1:] = np.logaddexp(stirling[:-1], log_groups + stirling[1:])
        stirling[0] = -np.inf
    return np.log(n_levels) + np.logaddexp.accumulate(stirling[1:])


def histogram_priors(n: float, n_candidates: int, most: int) -> NDArray[np.float64]:
    """Length of a histogram of 1, 2, ..., most bins: its parametric complexity and its cuts.

    The complexity of the multinomial with K values follows from
    C(K + 2) = C(K + 1) + n / K C(K) (Kontkanen & Myllymaki 2007, equation 8).
    """
    complexity = [0.0, _log_binomial_complexity(n)]
    for k in range(1, most - 1):
        complexity.append(float(np.logaddexp(complexity[k], math.log(n / k) + complexity[k - 1])))
    cuts = np.arange(most)
    places = np.where(cuts <= n_candidates, cuts, n_candidates)
    choices = gammaln(n_candidates + 1) - gammaln(places + 1) - gammaln(n_candidates - places + 1)
    return np.array(complexity[:most]) + choices


@lru_cache(maxsize=64)
def _log_binomial_complexity(n: float) -> float:
    """Parametric complexity of a coin that is thrown n times, interpolated between whole n.

    The sum of C(n, h) (h/n)^h (1 - h/n)^(n - h) up to n = 1000, then Szpankowski's expansion.
    """
    if n > 1000:
        expansion = math.sqrt(8 / (9 * n * math.pi)) + (3 * math.pi - 16) / (36 * n * math.pi)
        return 0.5 * math.log(n * math.pi / 2) + expansion
    whole = math.floor(n)
    if whole < n:
        low, high = _log_binomial_complexity(float(whole)), _log_binomial_complexity(whole + 1.0)
        return low + (n - whole) * (high - low)
    h = np.arange(n + 1)
    terms = gammaln(n + 1) - gammaln(h + 1) - gammaln(n - h + 1)
    shares = h / max(n, 1)
    return float(np.log(np.exp(terms + xlogy(h, shares) + xlogy(n - h, 1 - shares)).sum()))
