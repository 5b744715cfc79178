"""Rows labelled by their stratum of equal condition, and what they tell of (x, y) in the strata.

A stratum in which y takes one value tells nothing about y: it is left out, so that the work shrinks
as the condition grows. ``rows`` lists the rows that are left, ``labels`` the stratum of each.
"""

from __future__ import annotations

from sklearn_infotheory._kernels._compile import kernel, part
from sklearn_infotheory._kernels._independence import g_test_of_table, margins_of_cells

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
    if n_columns == 2 and occupied_columns[0] > occupied_columns[1]:
        # Of two columns the first is looked at, which matters where weights are fractional.
        occupied_columns[0], occupied_columns[1] = occupied_columns[1], occupied_columns[0]
    return n_rows, n_columns


@kernel
def count_strata(rows, labels, x, y, weights, n_x, n_y, counts):
    """Add every row to its cell of the tables (y, x), stratum after stratum.

    ``weights`` may be empty: a weight of one each.
    """
    if weights.shape[0]:
        for i in range(rows.shape[0]):
            row = rows[i]
            counts[(labels[i] * n_y + y[row]) * n_x + x[row]] += weights[row]
    else:
        for i in range(rows.shape[0]):
            row = rows[i]
            counts[(labels[i] * n_y + y[row]) * n_x + x[row]] += 1


@kernel
def sorted_g_test(order, starts, x, y, weights, scratch, with_moments, memory):
    """Sum of G over the strata, of its mean and variance under independence, and of the freedom.

    One table after the other is counted, and only its occupied cells are looked at: for tables that
    are large beside their strata.

    Parameters
    ----------
    order : ndarray of uint32
        The rows of one stratum after the other.
    starts : ndarray of int64
        Where each stratum begins, with the end of the last.
    weights : ndarray of float64
        Empty for a weight of one each.
    scratch : tuple
        Room for the counts, the rows and the columns of one table, zero, and for lists of the
        occupied ones.
    with_moments : bool
    memory : tuple
        See :func:`g_test_of_table`.
    """
    counts, rows, columns, occupied_rows, occupied_columns = scratch
    n_y = columns.shape[0]
    no_weights = not weights.shape[0]
    total_g = total_mean = total_variance = total_freedom = 0.0
    for s in range(starts.shape[0] - 1):
        start, stop = starts[s], starts[s + 1]
        for i in range(start, stop):
            row = order[i]
            counts[x[row] * n_y + y[row]] += 1.0 if no_weights else weights[row]
        if counts.shape[0] <= _CELLS_A_SAMPLE * (stop - start):
            n_rows, n_columns = margins_of_cells(
                counts, rows, columns, occupied_rows, occupied_columns
            )
        else:
            n_rows, n_columns = _margins_of_samples(
                order[start:stop], x, y, weights, rows, columns, occupied_rows, occupied_columns
            )
        n = 0.0
        for k in range(n_columns):
            n += columns[occupied_columns[k]]
        g, mean, variance, freedom = g_test_of_table(
            counts, rows, columns, n, occupied_rows, n_rows, occupied_columns, n_columns,
            with_moments, memory,
        )  # fmt: skip
        for i in range(n_rows):
            rows[occupied_rows[i]] = 0
            for k in range(n_columns):
                counts[occupied_rows[i] * n_y + occupied_columns[k]] = 0
        for k in range(n_columns):
            columns[occupied_columns[k]] = 0
        total_g += g
        total_mean += mean
        total_variance += variance
        total_freedom += freedom
    return total_g, total_mean, total_variance, total_freedom
