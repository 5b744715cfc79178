"""Rows sorted into strata of equal condition, and tests of (x, y) within them.

``order`` (int32) lists row numbers, stratum after stratum, and ``starts`` the place where each
begins, with the end of the last. A stratum in which y takes one value tells nothing about y: it is
left out, so that the work shrinks as the condition grows.
"""

from __future__ import annotations

from numba import njit

from sklearn_infotheory._kernels._independence import g_test_of_table


@njit(nogil=True, cache=True)
def refine_strata(order, starts, codes, n_levels, y, scratch, place, new_order, new_starts):
    """Split every stratum by ``codes``, leaving pure strata out.

    ``scratch`` has room for ``order``, and ``place`` for one number more than there are levels.

    Returns
    -------
    n_rows, n_strata : int
        How much of ``new_order`` and, with the end of the last, ``new_starts`` is filled.
    """
    filled, n_strata = 0, 0
    for s in range(starts.shape[0] - 1):
        for level in range(n_levels + 1):
            place[level] = 0
        for i in range(starts[s], starts[s + 1]):
            place[codes[order[i]] + 1] += 1
        for level in range(n_levels):
            place[level + 1] += place[level]
        for i in range(starts[s], starts[s + 1]):
            level = codes[order[i]]
            scratch[place[level]] = order[i]
            place[level] += 1
        begin = 0
        for level in range(n_levels):
            end = place[level]  # moved on to where the level ends
            pure = True
            for i in range(begin + 1, end):
                if y[scratch[i]] != y[scratch[begin]]:
                    pure = False
                    break
            if not pure:
                new_starts[n_strata] = filled
                n_strata += 1
                for i in range(begin, end):
                    new_order[filled] = scratch[i]
                    filled += 1
            begin = end
    new_starts[n_strata] = filled
    return filled, n_strata


@njit(nogil=True, cache=True)
def stratified_g_test(order, starts, x, y, weights, scratch, with_moments, memory):
    """Sum of G over the strata, of its mean and variance under independence, and of the freedom.

    ``weights`` may be empty (a weight of one each). ``scratch`` holds zeros for the counts, the
    rows and the columns of one table, and room for lists of the occupied ones; for ``memory`` see
    :func:`g_test_of_table`. The sum of G is 2 n I(x; y | condition).
    """
    counts, rows, columns, occupied_rows, occupied_columns = scratch
    n_y = columns.shape[0]
    total_g = total_mean = total_variance = total_freedom = 0.0
    for s in range(starts.shape[0] - 1):
        seen_rows = seen_columns = 0
        n = 0.0
        for row in order[starts[s] : starts[s + 1]]:
            a, b = x[row], y[row]
            weight = weights[row] if weights.shape[0] else 1.0
            if rows[a] == 0:
                occupied_rows[seen_rows] = a
                seen_rows += 1
            if columns[b] == 0:
                occupied_columns[seen_columns] = b
                seen_columns += 1
            rows[a] += weight
            columns[b] += weight
            counts[a * n_y + b] += weight
            n += weight
        g, mean, variance, freedom = g_test_of_table(
            counts, rows, columns, n,
            occupied_rows[:seen_rows], occupied_columns[:seen_columns], with_moments, memory,
        )  # fmt: skip
        total_g += g
        total_mean += mean
        total_variance += variance
        total_freedom += freedom
        for a in occupied_rows[:seen_rows]:
            rows[a] = 0
            for b in occupied_columns[:seen_columns]:
                counts[a * n_y + b] = 0
        for b in occupied_columns[:seen_columns]:
            columns[b] = 0
    return total_g, total_mean, total_variance, total_freedom
