"""G statistic of a table, and its moments when rows and columns are independent.

With both margins fixed, each cell N of an independent table is hypergeometric. G = 2 sum g(N) with

    g(N) = N log N - m log m - (1 + log m) (N - m),        m = E N,

because the linear terms cancel over the margins. So E G is a sum of one-dimensional expectations,
and exact. The variance is the sum of the variances of the rows (of the cells, where there are more
than two columns), times r / (r - 1) for r rows (and c / (c - 1) for c columns): the factor that
makes the sum right in a large table of equal margins, whose rows are r parts of one chi-square.
"""

from __future__ import annotations

import math

import numpy as np

from sklearn_infotheory._kernels._compile import kernel, part
from sklearn_infotheory._kernels._joint_counts import n_log_n

_NEGLIGIBLE = 1e-14  # terms below this share of the largest are left out of a sum
_LARGE = 64.0  # expected count from which the moments of g follow from a series
_ROUNDING = 1e-9  # by this share of n, sums of fractional weights may be off
_EXACT_SUMS = 4096  # up to so many samples, sums of n log n lose nothing by cancellation


@part
def _step_up(k, n, r, c):
    """P(k + 1) / P(k)."""
    return (c - k) * (r - k) / ((k + 1) * (n - c - r + k + 1))


@part
def _deviation(k, mean, log_mean, table):
    """g(k): what a cell adds to G / 2 beyond the terms that cancel over the margins.

    The logarithms come from ``table``, n log n of 0, 1, 2, ..., as far as that goes.
    """
    return n_log_n(k, table) - k * log_mean - (k - mean)


@part
def _moments_by_series(n, r, c, both):
    """Mean and variance of g for a large expected count, by its Taylor series."""
    mean = r * c / n
    p, q = r / n, c / n
    m2 = mean * (1 - p) * (1 - q) * n / (n - 1)
    m3 = m2 * (1 - 2 * p) * (1 - 2 * q) * n / (n - 2)
    m4 = 3 * m2 * m2 + m2 * (1 - 6 * q * (1 - q)) * (1 - 6 * p * (1 - p))
    expectation, curvature = 0.0, 0.0
    for part_of_row in range(1 + both):  # the rest of the row deviates the other way
        u = 1 / (r - mean) if part_of_row else 1 / mean
        third = -m3 if part_of_row else m3
        expectation += u * (
            m2 / 2 - u * (third / 6 - u * (m4 / 12 - u * (third * m2 / 2 - u * m2 * m2 * m2 / 2)))
        )
        curvature += u
    return expectation, (m4 - m2 * m2) * curvature * curvature / 4


@kernel
def cell_moments(n, r, c, both, table):
    """Mean and variance of g(N) of one cell; with ``both``, of g(N) + g(r - N).

    The second form is the whole row of a table of two columns, whose cells are one variable.
    """
    mean = r * c / n
    rest = r - mean
    if min(mean, n - r - c + mean) > _LARGE and (not both or rest > _LARGE):
        return _moments_by_series(n, r, c, both)
    log_mean = math.log(mean)
    log_rest = math.log(rest) if both else 0.0
    lowest = math.ceil(max(0.0, r + c - n) - _ROUNDING * n)
    highest = math.floor(min(r, c) + _ROUNDING * n)
    mode = min(max(math.floor((r + 1) * (c + 1) / (n + 2)), lowest), highest)
    total = first = second = 0.0
    for direction in (1, -1):
        k, p = mode, 1.0  # probabilities relative to that of the mode
        while p >= _NEGLIGIBLE:
            if direction > 0 or k < mode:  # the mode counts once
                g = _deviation(k, mean, log_mean, table)
                if both:
                    g += _deviation(r - k, rest, log_rest, table)
                total += p
                first += p * g
                second += p * g * g
            if k + direction > highest or k + direction < lowest:
                break
            p = p * _step_up(k, n, r, c) if direction > 0 else p / _step_up(k - 1, n, r, c)
            k += direction
    first /= total
    return first, max(second / total - first * first, 0.0)


@part
def _known_moments(n, r, c, both, table, known):
    """Moments of a small table of whole counts, each computed only once."""
    here = known[np.int64(both), np.int64(n), np.int64(c), np.int64(r)]
    if here[0] == 0:
        here[0], here[1] = cell_moments(float(n), float(r), float(c), both, table)
    return here[0], here[1]


@kernel
def g_test_of_table(
    counts, rows, columns, n, occupied_rows, n_rows, occupied_columns, n_columns, with_moments,
    memory,
):  # fmt: skip
    """G, its mean and variance under independence, and its degrees of freedom.

    ``counts`` is flat, row by row; ``occupied_rows`` begins with the ``n_rows`` levels whose margin
    is positive (a length costs less than a slice where tables are small), columns likewise;
    ``memory`` holds a table of n log n, the moments known of small tables (zero where not yet), by
    whether there are two columns, n, column and row, and whether all counts are whole.
    """
    if n_rows < 2 or n_columns < 2:
        return 0.0, 0.0, 0.0, 0.0
    table, known, whole = memory
    stride = columns.shape[0]
    both = n_columns == 2
    small = whole and n < known.shape[1]
    by_sums = whole and n <= _EXACT_SUMS and n < table.shape[0]
    # With fractional weights G stands, but less than two samples cannot be reshuffled.
    has_freedom = n * (1 + _ROUNDING) >= 2
    g, mean, variance = 0.0, 0.0, 0.0
    if by_sums:
        g = table[np.int64(n)]
        for k in range(n_columns):
            g -= table[np.int64(columns[occupied_columns[k]])]
    for i in range(n_rows):
        x = occupied_rows[i]
        if by_sums:
            g -= table[np.int64(rows[x])]
        for k in range(n_columns):
            y = occupied_columns[k]
            count = counts[x * stride + y]
            if by_sums:
                g += table[np.int64(count)]
            else:
                expected = rows[x] * (columns[y] / n)
                g += _deviation(count, expected, math.log(expected), table)
            if with_moments and has_freedom and (k == 0 or not both):
                if small:
                    e, v = _known_moments(n, rows[x], columns[y], both, table, known)
                else:
                    e, v = cell_moments(float(n), float(rows[x]), float(columns[y]), both, table)
                mean += e
                variance += v
    variance *= n_rows / (n_rows - 1)
    if not both:
        variance *= n_columns / (n_columns - 1)
    freedom = float((n_rows - 1) * (n_columns - 1)) if has_freedom else 0.0
    return 2 * max(g, 0.0), 2 * mean, 4 * variance, freedom


@part
def _g_test_of_small_table(counts, rows, columns, n, with_moments, memory):
    """Do the same for whole counts (y, x), few enough for the memory.

    All cells are looked at, occupied or not, without a branch that depends on them. ``rows`` (of x)
    and ``columns`` are scratch.
    """
    table, known, _ = memory
    n_x, n_y = rows.shape[0], columns.shape[0]
    n_rows, n_columns = 0, 0
    g = table[n]
    rows[:] = 0
    for y in range(n_y):
        of_y, column = counts[y * n_x : (y + 1) * n_x], np.int64(0)
        for x in range(n_x):
            count = np.uint32(of_y[x])
            rows[x] += count
            column += count
            g += table[count]
        columns[y] = column
        g -= table[column]
        n_columns += int(column > 0)
    for x in range(n_x):
        g -= table[rows[x]]
        n_rows += rows[x] > 0
    if n_rows < 2 or n_columns < 2:
        return 0.0, 0.0, 0.0, 0.0
    mean, variance = 0.0, 0.0
    if with_moments:
        both = n_columns == 2
        for y in range(n_y):
            if columns[y] == 0:
                continue
            moments = known[np.int64(both), n, columns[y]]
            e, v, all_known = _sum_of_moments(rows, moments)
            if not all_known:
                for x in range(n_x):
                    if rows[x] > 0:
                        margins = float(n), float(rows[x]), float(columns[y])
                        _known_moments(*margins, both, table, known)
                e, v, all_known = _sum_of_moments(rows, moments)
            mean += e
            variance += v
            if both:
                break
        variance *= n_rows / (n_rows - 1)
        if not both:
            variance *= n_columns / (n_columns - 1)
    return 2 * max(g, 0.0), 2 * mean, 4 * variance, float((n_rows - 1) * (n_columns - 1))


@part
def _sum_of_moments(rows, moments):
    """Sum the moments over the rows; empty rows have none, and are known."""
    mean, variance, all_known = 0.0, 0.0, True
    for x in range(rows.shape[0]):
        e = moments[rows[x], 0]
        mean += e
        variance += moments[rows[x], 1]
        all_known &= (e > 0) | (rows[x] == 0)
    return mean, variance, all_known


@part
def margins_of_cells(counts, rows, columns, occupied_rows, occupied_columns):
    """Sum a table to its rows, add it to its columns, and list which are occupied."""
    n_rows, n_columns = 0, 0
    for a in range(rows.shape[0]):
        total = 0.0
        for b in range(columns.shape[0]):
            count = counts[a * columns.shape[0] + b]
            total += count
            columns[b] += count
        if total > 0:
            rows[a] = total
            occupied_rows[n_rows] = a
            n_rows += 1
    for b in range(columns.shape[0]):
        if columns[b] > 0:
            occupied_columns[n_columns] = b
            n_columns += 1
    return n_rows, n_columns


@kernel
def g_tests_of_tables(tables, offsets, n_x, with_moments, memory, scratch, out):
    """Test each table (y, x) that begins at ``offsets[j]`` of ``tables`` for independence.

    ``scratch`` has room for the counts, rows and columns of one table, and for lists of the
    occupied ones. ``out[j]`` receives G, its mean, its variance, and the degrees of freedom. For
    ``memory`` see :func:`g_test_of_table`.
    """
    counts, rows, columns, occupied_rows, occupied_columns = scratch
    n_y, most, whole = columns.shape[0], memory[1].shape[1] - 1, memory[2]
    for j in range(offsets.shape[0]):
        table, n = tables[offsets[j] : offsets[j] + n_x[j] * n_y], 0.0
        for cell in range(table.shape[0]):
            n += table[cell]
        if whole and n <= most:
            out[j, 0], out[j, 1], out[j, 2], out[j, 3] = _g_test_of_small_table(
                table, occupied_rows[: n_x[j]], occupied_columns, int(n), with_moments, memory
            )
            continue
        for x in range(n_x[j]):
            for y in range(n_y):
                counts[x * n_y + y] = table[y * n_x[j] + x]
        columns[:] = 0.0
        n_rows, n_columns = margins_of_cells(
            counts, rows[: n_x[j]], columns, occupied_rows, occupied_columns
        )
        out[j, 0], out[j, 1], out[j, 2], out[j, 3] = g_test_of_table(
            counts, rows, columns, n, occupied_rows, n_rows, occupied_columns, n_columns,
            with_moments, memory,
        )  # fmt: skip
