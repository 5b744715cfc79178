"""Rows sorted into strata of equal condition, and tests of (x, y) within them.

``order`` (int32) lists row numbers, stratum after stratum, and ``starts`` the place where each begins, with
the end of the last. A stratum in which y takes one value tells nothing about y: it is left out, so
that the work shrinks as the condition grows.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sklearn_infotheory._kernels._independence import g_test_of_table, no_known_moments


@njit(nogil=True, cache=True)
def refine_strata(order, starts, codes, n_levels, y):
    """Split every stratum by ``codes``; return the new order and starts, pure strata left out."""
    new_order = np.empty_like(order)
    new_starts = np.empty(order.shape[0] + 1, np.int32)
    place = np.empty(n_levels + 1, np.int64)
    scratch = np.empty_like(order)
    filled, n_strata = 0, 0
    for s in range(starts.shape[0] - 1):
        rows = order[starts[s] : starts[s + 1]]
        place[:] = 0
        for row in rows:
            place[codes[row] + 1] += 1
        for level in range(n_levels):
            place[level + 1] += place[level]
        for row in rows:
            scratch[place[codes[row]]] = row
            place[codes[row]] += 1
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
    return new_order[:filled].copy(), new_starts[: n_strata + 1].copy()


@njit(nogil=True, cache=True)
def stratified_g_test(
    order, starts, x, y, weights, buffer, n_x, n_y, with_moments, n_log_n_table
):
    """Sum of G over the strata, of its mean and variance under independence, and of the freedom.

    ``weights`` may be empty (a weight of one each), and ``buffer`` is an empty array of the type
    that counts have. The sum of G is 2 n I(x; y | condition).
    """
    counts = np.zeros(n_x * n_y, buffer.dtype)
    rows, columns = np.zeros(n_x, buffer.dtype), np.zeros(n_y, buffer.dtype)
    zero, one = np.zeros(1, buffer.dtype)[0], np.ones(1, buffer.dtype)[0]
    occupied_rows, occupied_columns = np.empty(n_x, np.int64), np.empty(n_y, np.int64)
    memory = (n_log_n_table, no_known_moments(), weights.shape[0] == 0)
    total_g = total_mean = total_variance = total_freedom = 0.0
    for s in range(starts.shape[0] - 1):
        seen_rows = seen_columns = 0
        n = zero
        for row in order[starts[s] : starts[s + 1]]:
            a, b = x[row], y[row]
            weight = weights[row] if weights.shape[0] else one
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
