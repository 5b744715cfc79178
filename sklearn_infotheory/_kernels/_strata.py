"""Rows labelled by their stratum of equal condition, and tests of (x, y) within the strata.

A stratum in which y takes one value tells nothing about y: it is left out, so that the work shrinks
as the condition grows. ``rows`` lists the rows that are left, ``labels`` the stratum of each.
"""

from __future__ import annotations

from sklearn_infotheory._kernels._compile import kernel, part
from sklearn_infotheory._kernels._independence import (
    g_test_of_small_table,
    g_test_of_table,
    margins_of_cells,
)

_CELLS_A_SAMPLE = 4  # looking at a cell costs less than looking a sample up


@kernel
def refine_strata(rows, labels, codes, n_levels, y, some, all_, new_rows, new_labels):
    """Split every stratum by ``codes``, leaving pure strata out.

    ``some`` and ``all_`` are scratch: for each stratum and level, the bits that some and that all
    of its y have. They begin as zero and as -1.

    Returns
    -------
    n_rows, n_strata : int
        How much of ``new_rows`` and ``new_labels`` is filled, and with how many labels.
    """
    for i in range(rows.shape[0]):
        label = y[rows[i]]
        cell = labels[i] * n_levels + codes[rows[i]]
        some[cell] |= label
        all_[cell] &= label
    n_strata = 0
    for cell in range(some.shape[0]):
        if some[cell] != all_[cell] and all_[cell] >= 0:  # y takes more than one value
            some[cell] = n_strata
            n_strata += 1
        else:
            some[cell] = -1
    n_rows = 0
    for i in range(rows.shape[0]):
        new_label = some[labels[i] * n_levels + codes[rows[i]]]
        new_rows[n_rows], new_labels[n_rows] = rows[i], new_label  # overwritten where it is pure
        n_rows += new_label >= 0
    return n_rows, n_strata


@part
def _margins_of_samples(samples, x, y, weights, rows, columns, occupied_rows, occupied_columns):
    """Do as margins_of_cells does by a look at the samples, where they are fewer."""
    n_rows, n_columns = 0, 0
    for i in range(samples.shape[0]):
        a, b = x[samples[i]], y[samples[i]]
        weight = weights[samples[i]] if weights.shape[0] else 1.0
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
def _test_table(n_rows, n_columns, scratch, with_moments, memory):
    """Test a table whose margins are known; leave zeros in ``scratch``."""
    counts, rows, columns, occupied_rows, occupied_columns = scratch
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
            counts[occupied_rows[i] * columns.shape[0] + occupied_columns[k]] = 0
    for k in range(n_columns):
        columns[occupied_columns[k]] = 0
    return found


@kernel
def labelled_g_test(rows, labels, x, y, weights, counts, scratch, with_moments, memory):
    """Sum of G over the strata, of its mean and variance under independence, and of the freedom.

    The sum of G is 2 n I(x; y | condition).

    Parameters
    ----------
    weights : ndarray of float64
        Empty for a weight of one each.
    counts : ndarray of shape (n_strata * n_x * n_y,)
        Zeros, for the table (y, x) of every stratum; zeros again afterwards.
    scratch : tuple
        Room for the counts, the rows and the columns of one table, zero, and for lists of the
        occupied ones.
    with_moments : bool
    memory : tuple
        See :func:`g_test_of_table`.
    """
    counts_of_one, _, columns, occupied_rows, occupied_columns = scratch
    n_cells, n_y, most = counts_of_one.shape[0], columns.shape[0], memory[1].shape[1] - 1
    n_x = n_cells // n_y
    if weights.shape[0]:
        for i in range(rows.shape[0]):
            row = rows[i]
            counts[(labels[i] * n_y + y[row]) * n_x + x[row]] += weights[row]
    else:
        for i in range(rows.shape[0]):
            row = rows[i]
            counts[(labels[i] * n_y + y[row]) * n_x + x[row]] += 1
    total_g = total_mean = total_variance = total_freedom = 0.0
    for start in range(0, counts.shape[0], n_cells):
        block = counts[start : start + n_cells]
        size = block.sum()
        if not weights.shape[0] and size <= most:
            g, mean, variance, freedom = g_test_of_small_table(
                block, occupied_rows, occupied_columns, int(size), with_moments, memory
            )
        else:
            for k in range(n_y):
                for j in range(n_x):
                    counts_of_one[j * n_y + k] = block[k * n_x + j]
            block[:] = 0
            g, mean, variance, freedom = _test_table(
                *margins_of_cells(*scratch), scratch, with_moments, memory
            )
        total_g += g
        total_mean += mean
        total_variance += variance
        total_freedom += freedom
    return total_g, total_mean, total_variance, total_freedom


@kernel
def sorted_g_test(order, starts, x, y, weights, scratch, with_moments, memory):
    """Do as :func:`labelled_g_test` does with one table at a time.

    ``order`` lists the rows of one stratum after the other, and ``starts`` the place where each
    begins, with the end of the last.
    """
    counts, n_y = scratch[0], scratch[2].shape[0]
    no_weights = not weights.shape[0]
    total_g = total_mean = total_variance = total_freedom = 0.0
    for s in range(starts.shape[0] - 1):
        start, stop = starts[s], starts[s + 1]
        for i in range(start, stop):
            row = order[i]
            counts[x[row] * n_y + y[row]] += 1.0 if no_weights else weights[row]
        if counts.shape[0] <= _CELLS_A_SAMPLE * (stop - start):
            n_rows, n_columns = margins_of_cells(*scratch)
        else:
            n_rows, n_columns = _margins_of_samples(order[start:stop], x, y, weights, *scratch[1:])
        g, mean, variance, freedom = _test_table(n_rows, n_columns, scratch, with_moments, memory)
        total_g += g
        total_mean += mean
        total_variance += variance
        total_freedom += freedom
    return total_g, total_mean, total_variance, total_freedom
