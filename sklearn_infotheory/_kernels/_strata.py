"""Rows sorted into strata of equal condition, and tests of (x, y) within them.

``order`` (int32) lists row numbers, stratum after stratum, and ``starts`` the place where each
begins, with the end of the last. A stratum in which y takes one value tells nothing about y: it is
left out, so that the work shrinks as the condition grows.
"""

from __future__ import annotations

from sklearn_infotheory._kernels._compile import kernel, part
from sklearn_infotheory._kernels._independence import (
    g_test_of_small_table,
    g_test_of_table,
    margins_of_cells,
)

_CELLS_A_SAMPLE = 4  # looking at a cell costs less than looking a sample up
_CELLS_A_SMALL_SAMPLE = 16  # ... and much less where no branch depends on it


@kernel
def refine_strata(order, starts, codes, y, levels, new_order, new_starts):
    """Split every stratum by ``codes``, leaving pure strata out.

    ``levels`` is scratch: a row of int64 each for the size of a level, the bits that some and that
    all of its y have, and its place in ``new_order``.

    Returns
    -------
    n_rows, n_strata : int
        How much of ``new_order`` and, with the end of the last, ``new_starts`` is filled.
    """
    size, some, all_, place = levels
    filled, n_strata = 0, 0
    for s in range(starts.shape[0] - 1):
        for level in range(size.shape[0]):
            size[level] = some[level] = 0
            all_[level] = -1
        for i in range(starts[s], starts[s + 1]):
            level, label = codes[order[i]], y[order[i]]
            size[level] += 1
            some[level] |= label
            all_[level] &= label
        for level in range(size.shape[0]):
            place[level] = -1
            if size[level] and some[level] != all_[level]:  # y takes more than one value
                place[level] = new_starts[n_strata] = filled
                n_strata += 1
                filled += size[level]
        for i in range(starts[s], starts[s + 1]):
            level = codes[order[i]]
            if place[level] >= 0:
                new_order[place[level]] = order[i]
                place[level] += 1
    new_starts[n_strata] = filled
    return filled, n_strata


@part
def _count(order, start, stop, x, y, weights, n_y, counts):
    """Add the samples of one stratum to their cells (x, y)."""
    if weights.shape[0]:
        for i in range(start, stop):
            counts[x[order[i]] * n_y + y[order[i]]] += weights[order[i]]
    else:
        for i in range(start, stop):
            counts[x[order[i]] * n_y + y[order[i]]] += 1.0


@part
def _margins_of_samples(
    order, start, stop, x, y, weights, rows, columns, occupied_rows, occupied_columns
):
    """Do as margins_of_cells does by a look at the samples, where they are fewer."""
    n_rows, n_columns = 0, 0
    for i in range(start, stop):
        row = order[i]
        a, b = x[row], y[row]
        weight = weights[row] if weights.shape[0] else 1.0
        if rows[a] == 0:
            occupied_rows[n_rows] = a
            n_rows += 1
        if columns[b] == 0:
            occupied_columns[n_columns] = b
            n_columns += 1
        rows[a] += weight
        columns[b] += weight
    return n_rows, n_columns


@part
def _test_stratum(order, start, stop, x, y, weights, scratch, with_moments, memory):
    """Test the table of one stratum, whose cells are counted; leave zeros in ``scratch``."""
    counts, rows, columns, occupied_rows, occupied_columns = scratch
    n_y = columns.shape[0]
    if counts.shape[0] <= _CELLS_A_SAMPLE * (stop - start):
        n_rows, n_columns = margins_of_cells(counts, rows, columns, occupied_rows, occupied_columns)
    else:
        n_rows, n_columns = _margins_of_samples(
            order, start, stop, x, y, weights, rows, columns, occupied_rows, occupied_columns
        )
    n = 0.0
    for k in range(n_columns):
        n += columns[occupied_columns[k]]
    found = g_test_of_table(
        counts, rows, columns, n, occupied_rows, n_rows, occupied_columns, n_columns,
        with_moments, memory,
    )  # fmt: skip
    for i in range(n_rows):
        rows[occupied_rows[i]] = 0
        for k in range(n_columns):
            counts[occupied_rows[i] * n_y + occupied_columns[k]] = 0
    for k in range(n_columns):
        columns[occupied_columns[k]] = 0
    return found


@kernel
def stratified_g_test(order, starts, x, y, weights, scratch, with_moments, memory):
    """Sum of G over the strata, of its mean and variance under independence, and of the freedom.

    ``weights`` may be empty (a weight of one each). ``scratch`` holds zeros for the counts, the
    rows and the columns of one table, and room for lists of the occupied ones; for ``memory`` see
    :func:`g_test_of_table`. The sum of G is 2 n I(x; y | condition).
    """
    counts, _, columns, occupied_rows, occupied_columns = scratch
    n_y, most = columns.shape[0], memory[1].shape[1] - 1
    total_g = total_mean = total_variance = total_freedom = 0.0
    for s in range(starts.shape[0] - 1):
        start, stop = starts[s], starts[s + 1]
        _count(order, start, stop, x, y, weights, n_y, counts)
        size = 0 if weights.shape[0] else stop - start
        if 0 < size <= most and counts.shape[0] <= _CELLS_A_SMALL_SAMPLE * size:
            g, mean, variance, freedom = g_test_of_small_table(
                counts, occupied_rows, occupied_columns, size, with_moments, memory
            )
        else:
            g, mean, variance, freedom = _test_stratum(
                order, start, stop, x, y, weights, scratch, with_moments, memory
            )
        total_g += g
        total_mean += mean
        total_variance += variance
        total_freedom += freedom
    return total_g, total_mean, total_variance, total_freedom
