"""Has the dependence between two columns changed, beyond their margins?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.special import chdtrc, gammaincc

from sklearn_infotheory._inference._noncentral_chi_square import (
    detectable_noncentralities,
    noncentralities,
)
from sklearn_infotheory._inference._two_sample_tests import draw_seeds, split_tests
from sklearn_infotheory._threads import map_chunks
from sklearn_infotheory._types import Floats, RandomState

# From this fitted count on, of every cell of a pair, chi-square is right without a bootstrap.
LARGE_FITTED_COUNT = 10.0
_ROWS_A_CELL = 2  # that both samples have at least; with fewer the model cannot be told
_FIRST_DRAWS = 99  # of so many, ...
_ENOUGH = 10  # ... so many that deviate as much leave no doubt


@dataclass(frozen=True)
class DependenceTest:
    """Many tests of a change of dependence; every array has the shape (n_tests,).

    Attributes
    ----------
    information : ndarray
        In nats a row of both samples together, less its bias: below zero where the samples are
        closer than chance would have it.
    p_value : ndarray
        1 where nothing can be tested.
    statistic : ndarray
        G, 2 N times the plug-in information.
    """

    information: Floats
    p_value: Floats
    statistic: Floats


def conditional_tests(
    reference: Sequence[ArrayLike],
    batch: Sequence[ArrayLike],
    *,
    n_permutations: int = 999,
    random_state: RandomState = None,
    mid_p: bool = True,
    n_threads: int = 1,
) -> DependenceTest:
    """Test whether Y given X has one law in batch and reference: concept drift.

    Parameters
    ----------
    reference, batch : sequence of array_like of shape (n_x, n_y)
        Counts of each feature x with the target y.
    n_permutations, random_state, mid_p, n_threads
        As in ``two_sample_tests``.

    Returns
    -------
    DependenceTest
        Its information is I(Y; D | X), of the target and the label "reference or batch".

    Notes
    -----
    Within each cell of x the rows are split at random into samples of the observed sizes, which is
    exact however the distribution of x has drifted. The statistic is G, summed over the cells of
    x. Its null mean, given the margins, is exact, and so is the bias that is subtracted under the
    null hypothesis. Where every cell (x, y) is expected to hold 10 rows of the smaller sample, the
    G-test with exact moments replaces the permutations.
    """
    tables = [(np.asarray(a, np.float64), np.asarray(b, np.float64)) for a, b in
              zip(reference, batch, strict=True)]  # fmt: skip
    _, p_value, moments = split_tests(
        tables, "g", n_permutations, random_state, mid_p=mid_p, n_threads=n_threads
    )
    rows = np.array([max(a.sum() + b.sum(), 1.0) for a, b in tables])
    g, mean = moments[:, 0], moments[:, 1]
    return DependenceTest((g - mean) / (2 * rows), p_value, g)


def pair_tests(
    reference: Sequence[ArrayLike],
    batch: Sequence[ArrayLike],
    *,
    n_draws: int = 1999,
    random_state: RandomState = None,
    n_threads: int = 1,
) -> DependenceTest:
    r"""Test whether two columns depend on each other as they did, whatever became of each alone.

    Parameters
    ----------
    reference, batch : sequence of array_like of shape (n_a, n_b)
        Counts of each pair of columns.
    n_draws : int, default=1999
        Tables drawn from the fitted model where counts are small; 99 do where so few show already
        that G is nothing unusual.
    random_state, n_threads
        As in ``two_sample_tests``.

    Returns
    -------
    DependenceTest
        Its information is what the label D "reference or batch" shares with the pair (A, B)
        beyond any model of D that adds a part from A to a part from B.

    Notes
    -----
    The null hypothesis is that of no three-way interaction [1]_: all odds ratios between A and B
    are the same in both samples. It holds whenever the margins alone have changed,
    :math:`q(a, b) = u_a v_b\, p(a, b)`. G against the fitted model is chi-square with
    (n_a - 1)(n_b - 1) degrees of freedom, less those of empty cells. Where a fitted count is
    small, tables are drawn from the model, given the pooled counts of (a, b). The p-value is the
    share of those that deviate as much, (1 + #) / (1 + B) [2]_, or the tail of the gamma
    distribution of their mean and variance if that is more. Pairs with less than two rows per cell
    in one of the samples are not tested: p is 1.

    References
    ----------
    .. [1] M. S. Bartlett (1935). Contingency table interactions. Supplement to the Journal of the
       Royal Statistical Society 2(2), 248-252. :doi:`10.2307/2983639`
    .. [2] A. C. Davison, D. V. Hinkley (1997). Bootstrap Methods and their Application, section
       4.2. Cambridge University Press. :doi:`10.1017/CBO9780511802843`
    """
    tables = [np.array([a, b], np.float64) for a, b in zip(reference, batch, strict=True)]
    out = np.zeros((3, len(tables)))
    seeds = draw_seeds(random_state, len(tables))

    def work(pairs: NDArray[np.int64]) -> None:
        for j in pairs:
            out[:, j] = _test_pair(tables[j], n_draws, seeds[j])

    map_chunks(work, np.arange(len(tables)), n_threads)
    return DependenceTest(*out)


def dependence_intervals(
    test: DependenceTest, n_samples: Floats, error: float, alpha: float
) -> tuple[Floats, Floats, Floats]:
    """Return the ends of the intervals of the information, and what could have been found.

    G is read as noncentral chi-square, whose noncentrality is 2 N times the information. Its
    degrees of freedom are the null mean of G, which was subtracted as the bias of the information.

    Parameters
    ----------
    test : DependenceTest
    n_samples : ndarray of shape (n_tests,)
        N, the rows of both samples.
    error : float
        One less the level of the intervals.
    alpha : float
        Level of one test.

    Returns
    -------
    lower, upper, detectable : ndarray of shape (n_tests,)
        From 0 to 0, and infinite, where nothing can be tested.
    """
    two_n = 2 * np.maximum(n_samples, 1.0)
    freedom = test.statistic - two_n * test.information
    testable = freedom > 1e-9
    freedom = np.where(testable, freedom, 1.0)
    lower, upper = noncentralities(np.maximum(test.statistic, 0.0), freedom, error)
    found = detectable_noncentralities(freedom, alpha)
    return (
        np.where(testable, lower / two_n, 0.0),
        np.where(testable, upper / two_n, 0.0),
        np.where(testable, found / two_n, np.inf),
    )


def _test_pair(table: Floats, n_draws: int, seed: np.uint64) -> tuple[float, float, float]:
    """Return the information, less its bias, the p-value, and G."""
    from sklearn_infotheory._kernels._dependence_change import (
        bootstrap_beyond_margins,
        g_beyond_margins,
    )

    rows = max(table.sum(), 1.0)
    table = _testable_part(table)
    freedom = _degrees_of_freedom(table.sum(axis=0))
    if freedom == 0 or table.sum(axis=(1, 2)).min() < _ROWS_A_CELL * (table.sum(axis=0) > 0).sum():
        return 0.0, 1.0, 0.0
    model = np.empty_like(table)
    g = g_beyond_margins(table, model)
    # Chi-square has the mean ``freedom``, which is 2 N times the bias of the information.
    if model[:, table.sum(axis=0) > 0].min() >= LARGE_FITTED_COUNT:
        return (g - freedom) / (2 * rows), float(chdtrc(freedom, g)), g
    # Where ten of 99 tables deviate as much, p is above 0.1, and more tables would not make it
    # small. The complement of the seed is the seed of another stream.
    drawn = np.empty(n_draws)
    first, rest = drawn[:_FIRST_DRAWS], drawn[_FIRST_DRAWS:]
    bootstrap_beyond_margins(model, len(first), seed, first)
    if _count_as_large(first, g) < _ENOUGH:
        bootstrap_beyond_margins(model, len(rest), ~seed, rest)
        first = drawn
    p = (1 + _count_as_large(first, g)) / (1 + len(first))
    # A bootstrap says nothing below 1 / (1 + B), and its model is fitted, not known: the gamma
    # distribution of the same mean and variance, no narrower than chi-square, guards the p-value.
    mean, variance = first.mean(), max(first.var(ddof=1), 2 * first.mean() ** 2 / freedom)
    by_moments = float(gammaincc(mean**2 / variance, g * mean / variance)) if mean > 0 else 0.0
    return (g - mean) / (2 * rows), max(p, by_moments), g


def _count_as_large(drawn: Floats, g: float) -> int:
    return int(np.count_nonzero(drawn >= g - 1e-9 * (1 + g)))


def _testable_part(table: Floats) -> Floats:
    """Leave out levels that one of the samples lacks: any model fits them without a rest."""
    while True:
        kept_a = (table.sum(axis=2) > 0).all(axis=0)
        kept_b = (table.sum(axis=1) > 0).all(axis=0)
        if kept_a.all() and kept_b.all():
            return np.ascontiguousarray(table)
        table = table[:, kept_a][:, :, kept_b]
        if not table.size:
            return table


def _degrees_of_freedom(pooled: Floats) -> int:
    """Count the cells (a, b) that occur, less the parameters of a model that adds a and b."""
    n_a, n_b = pooled.shape
    if pooled.all():
        return max(n_a - 1, 0) * max(n_b - 1, 0)
    a, b = np.nonzero(pooled)
    # A model u_a + v_b has one parameter for each level, but one that is common for each set of
    # levels that occurring cells connect.
    graph = coo_array((np.ones(len(a)), (a, n_a + b)), shape=(n_a + n_b, n_a + n_b))
    n_parts = connected_components(graph, directed=False)[0]
    return int(len(a) - (n_a + n_b - n_parts))
