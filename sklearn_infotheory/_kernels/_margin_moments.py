"""Moments of G under independence, from the margins of tables alone.

They depend on the table through its margins only, of which few are distinct even where there are
many levels: so tables need not be written out, and a column of identifiers costs no more than
another.
"""

from __future__ import annotations

from sklearn_infotheory._kernels._compile import kernel, part
from sklearn_infotheory._kernels._independence import cell_moments


@part
def _comes_first(a, a_times, b, b_times):
    """Tell whether the ascending margin ``a`` comes before ``b``, as words do."""
    for i in range(min(a.shape[0], b.shape[0])):
        if a[i] != b[i]:
            return a[i] < b[i]
        if a_times[i] != b_times[i]:
            return a_times[i] < b_times[i]
    return a.shape[0] < b.shape[0]


@part
def _moments_of_table(n, rows, row_times, columns, column_times, table):
    """Mean and variance of G of one table, each distinct margin so many times."""
    n_rows, n_columns = row_times.sum(), column_times.sum()
    both = n_columns == 2
    mean, variance = 0.0, 0.0
    for i in range(rows.shape[0]):
        for k in range(columns.shape[0]):
            e, v = cell_moments(n, rows[i], columns[k], both, table)
            times = row_times[i] * (1.0 if both else column_times[k])
            mean += times * e
            variance += times * v
            if both:  # the other column is the rest of the row
                break
    variance *= n_rows / (n_rows - 1)
    if not both:
        variance *= n_columns / (n_columns - 1)
    return 2 * mean, 4 * variance


@kernel
def null_moments_of_margins(
    n, rows, row_times, row_starts, columns, column_times, starts, table, out
):
    """Write mean and variance of G, and its degrees of freedom, of independent tables to ``out``.

    Table s has ``n[s]`` samples, and its distinct margins, ascending, stand from ``row_starts[s]``
    (``starts[s]`` for the columns) on, each with how often it occurs. Tables of less than two rows
    or columns, or of less than two samples, have zeros. ``table`` holds n log n of 0, 1, 2, ...
    """
    for s in range(n.shape[0]):
        i = slice(row_starts[s], row_starts[s + 1])
        k = slice(starts[s], starts[s + 1])
        r, r_times, c, c_times = rows[i], row_times[i], columns[k], column_times[k]
        n_r, n_c = r_times.sum(), c_times.sum()
        out[s] = 0.0
        if min(n_r, n_c) < 2 or n[s] < 2:
            continue
        # The same whichever variable the rows are: the columns are those that are fewer.
        if n_c > n_r or (n_c == n_r and _comes_first(r, r_times, c, c_times)):
            r, r_times, c, c_times = c, c_times, r, r_times
        mean, variance = _moments_of_table(n[s], r, r_times, c, c_times, table)
        out[s, 0], out[s, 1], out[s, 2] = mean, variance, (n_r - 1) * (n_c - 1)
