"""G statistic of a table, and its moments and exact tail when rows and columns are independent.

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
from numba import njit
from numpy.typing import NDArray

from sklearn_infotheory._kernels._joint_counts import n_log_n

_NEGLIGIBLE = 1e-14  # terms below this share of the largest are left out of a sum
_LARGE = 64.0  # expected count from which the moments of g follow from a series
SMALL = 32  # strata of up to so many samples share their moments through a table


@njit(nogil=True, cache=True, error_model="numpy")
def _log_pmf(k, n, r, c):
    """Log-probability of k common members of a row of r and a column of c among n."""
    return (
        math.lgamma(c + 1) - math.lgamma(k + 1) - math.lgamma(c - k + 1)
        + math.lgamma(n - c + 1) - math.lgamma(r - k + 1) - math.lgamma(n - c - r + k + 1)
        - math.lgamma(n + 1) + math.lgamma(r + 1) + math.lgamma(n - r + 1)
    )  # fmt: skip


@njit(nogil=True, cache=True, error_model="numpy")
def _step_up(k, n, r, c):
    """P(k + 1) / P(k)."""
    return (c - k) * (r - k) / ((k + 1) * (n - c - r + k + 1))


@njit(nogil=True, cache=True, error_model="numpy")
def _deviation(k, mean, log_mean, table):
    """g(k): what a cell adds to G / 2 beyond the terms that cancel over the margins.

    The logarithms come from ``table``, n log n of 0, 1, 2, ..., as far as that goes.
    """
    return n_log_n(k, table) - k * log_mean - (k - mean)


@njit(nogil=True, cache=True, error_model="numpy")
def _moments_by_series(n, r, c, both):
    """Mean and variance of g for a large expected count, by its Taylor series."""
    mean = r * c / n
    p, q = r / n, c / n
    m2 = mean * (1 - p) * (1 - q) * n / (n - 1)
    m3 = m2 * (1 - 2 * p) * (1 - 2 * q) * n / (n - 2)
    m4 = 3 * m2 * m2 + m2 * (1 - 6 * q * (1 - q)) * (1 - 6 * p * (1 - p))
    expectation = (
        m2 / (2 * mean) - m3 / (6 * mean**2) + m4 / (12 * mean**3)
        - 10 * m3 * m2 / (20 * mean**4) + 15 * m2**3 / (30 * mean**5)
    )  # fmt: skip
    curvature = 1 / mean
    if both:
        rest = r - mean
        expectation += (
            m2 / (2 * rest) + m3 / (6 * rest**2) + m4 / (12 * rest**3)
            + 10 * m3 * m2 / (20 * rest**4) + 15 * m2**3 / (30 * rest**5)
        )  # fmt: skip
        curvature += 1 / rest
    return expectation, (m4 - m2 * m2) * curvature**2 / 4


@njit(nogil=True, cache=True, error_model="numpy")
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
    lowest, highest = max(0.0, r + c - n), min(r, c)
    mode = min(max(math.floor((r + 1) * (c + 1) / (n + 2)), math.ceil(lowest)), math.floor(highest))
    at_mode = math.exp(_log_pmf(mode, n, r, c))
    total = first = second = 0.0
    k, p = mode, at_mode
    while True:
        g = _deviation(k, mean, log_mean, table)
        if both:
            g += _deviation(r - k, rest, log_rest, table)
        total += p
        first += p * g
        second += p * g * g
        if k + 1 > highest or p < _NEGLIGIBLE * at_mode:
            break
        p *= _step_up(k, n, r, c)
        k += 1
    k, p = mode, at_mode
    while k - 1 >= lowest and p >= _NEGLIGIBLE * at_mode:
        k -= 1
        p /= _step_up(k, n, r, c)
        g = _deviation(k, mean, log_mean, table)
        if both:
            g += _deviation(r - k, rest, log_rest, table)
        total += p
        first += p * g
        second += p * g * g
    first /= total  # the whole is 1 but for rounding, and for fractional weights
    return first, max(second / total - first * first, 0.0)


def no_known_moments() -> NDArray[np.float64]:
    """Make an empty memory for :func:`g_test_of_table`: zero where nothing is known yet."""
    return np.zeros((2, SMALL + 1, SMALL + 1, SMALL + 1, 2))


@njit(nogil=True, cache=True, error_model="numpy")
def _known_moments(n, r, c, both, table, known):
    """Moments of a small table of whole counts, each computed only once."""
    entry = known[np.int64(both), np.int64(n), np.int64(r), np.int64(c)]
    if entry[0] == 0:
        entry[0], entry[1] = cell_moments(float(n), float(r), float(c), both, table)
    return entry[0], entry[1]


@njit(nogil=True, cache=True, error_model="numpy")
def g_test_of_table(
    counts, rows, columns, n, occupied_rows, occupied_columns, with_moments, memory
):
    """G, its mean and variance under independence, and its degrees of freedom.

    ``counts`` is flat, row by row; ``occupied_*`` list the levels whose margin is positive;
    ``memory`` holds a table of n log n, what :func:`no_known_moments` made, and whether all counts
    are whole.
    """
    n_rows, n_columns = occupied_rows.shape[0], occupied_columns.shape[0]
    if n_rows < 2 or n_columns < 2:
        return 0.0, 0.0, 0.0, 0.0
    if n < 2:  # fractional weights: G stands, but less than two samples cannot be reshuffled
        with_moments = False
    table, known, whole = memory
    stride = columns.shape[0]
    both = n_columns == 2
    # In a small table the sums of n log n lose nothing by cancellation.
    small = whole and n <= SMALL
    g, mean, variance = 0.0, 0.0, 0.0
    if small:
        g = table[np.int64(n)]
        for y in occupied_columns:
            g -= table[np.int64(columns[y])]
    for i in range(n_rows):
        x = occupied_rows[i]
        if small:
            g -= table[np.int64(rows[x])]
            for y in occupied_columns:
                g += table[np.int64(counts[x * stride + y])]
        else:
            for y in occupied_columns:
                expected = rows[x] * (columns[y] / n)
                g += _deviation(counts[x * stride + y], expected, math.log(expected), table)
        if with_moments:
            for k in range(1 if both else n_columns):
                y = occupied_columns[k]
                if small:
                    e, v = _known_moments(n, rows[x], columns[y], both, table, known)
                else:
                    e, v = cell_moments(float(n), float(rows[x]), float(columns[y]), both, table)
                mean += e
                variance += v
    variance *= n_rows / (n_rows - 1)
    if not both:
        variance *= n_columns / (n_columns - 1)
    freedom = float((n_rows - 1) * (n_columns - 1)) if n >= 2 else 0.0
    return 2 * max(g, 0.0), 2 * mean, 4 * variance, freedom


@njit(nogil=True, cache=True, error_model="numpy")
def standard_errors_of_tables(tables, offsets, n_x, columns, n, out):
    """Write the delta-method standard error of the information in each table (y, x) to ``out``."""
    n_y = columns.shape[0]
    for j in range(offsets.shape[0]):
        counts = tables[offsets[j] : offsets[j] + n_x[j] * n_y]
        information, squares = 0.0, 0.0
        for x in range(n_x[j]):
            row = 0.0
            for y in range(n_y):
                row += counts[y * n_x[j] + x]
            for y in range(n_y):
                count = counts[y * n_x[j] + x]
                if count > 0:
                    pointwise = math.log(count / (row * (columns[y] / n)))
                    information += count / n * pointwise
                    squares += count / n * pointwise * pointwise
        out[j] = math.sqrt(max(squares - information * information, 0.0) / n)


@njit(nogil=True, cache=True, error_model="numpy")
def _tail(k, direction, n, r, c):
    """P(N >= k) for direction 1, P(N <= k) for direction -1, for k beyond the mode."""
    lowest, highest = max(0, r + c - n), min(r, c)
    if k < lowest or k > highest:
        return 0.0
    p = math.exp(_log_pmf(k, n, r, c))
    total = p
    while p > 1e-17 * total and lowest <= k + direction <= highest:
        if direction > 0:
            p *= _step_up(k, n, r, c)
        else:
            p /= _step_up(k - 1, n, r, c)
        k += direction
        total += p
    return total


@njit(nogil=True, cache=True, error_model="numpy")
def exact_p_value_two_by_two(k, n, r, c, table):
    """P(G >= the G of a 2 x 2 table with k in its first cell), margins fixed."""
    mean = r * c / n
    observed = _g_two_by_two(k, n, r, c, table) * (1 - 1e-10)
    # G grows on both sides of the mean: walk to the first table as extreme on each side.
    above = _first_as_extreme(math.floor(mean) + 1, min(r, c), 1, observed, n, r, c, table)
    below = _first_as_extreme(math.floor(mean), max(0, r + c - n), -1, observed, n, r, c, table)
    return min(1.0, _tail(above, 1, n, r, c) + _tail(below, -1, n, r, c))


@njit(nogil=True, cache=True, error_model="numpy")
def _g_two_by_two(k, n, r, c, table):
    total = 0.0
    for count, row, column in (
        (k, r, c), (r - k, r, n - c), (c - k, n - r, c), (n - r - c + k, n - r, n - c)
    ):  # fmt: skip
        expected = row * (column / n)
        total += _deviation(count, expected, math.log(expected), table)
    return 2 * total


@njit(nogil=True, cache=True, error_model="numpy")
def _first_as_extreme(near, far, direction, observed, n, r, c, table):
    """Bisect for the cell count nearest to ``near`` with G >= observed; beyond ``far`` if none."""
    low, high = 0, abs(far - near) + 1 if (far - near) * direction >= 0 else 0
    while low < high:
        middle = (low + high) // 2
        if _g_two_by_two(near + direction * middle, n, r, c, table) >= observed:
            high = middle
        else:
            low = middle + 1
    return near + direction * low


@njit(nogil=True, cache=True, error_model="numpy")
def g_tests_of_tables(tables, offsets, n_x, columns, occupied_columns, n, memory, scratch, out):
    """Test each table (y, x) that begins at ``offsets[j]`` of ``tables`` for independence.

    ``scratch`` has room for the counts and rows of one table, and for a list of occupied rows.
    ``out[j]`` receives G, its mean, its variance, the degrees of freedom, and the exact p-value
    where the table is two by two and its counts are whole, NaN elsewhere.
    """
    counts, rows, occupied = scratch
    n_y, table = columns.shape[0], memory[0]
    for j in range(offsets.shape[0]):
        n_rows = 0
        for x in range(n_x[j]):
            rows[x] = 0.0
            for y in range(n_y):
                count = tables[offsets[j] + y * n_x[j] + x]
                counts[x * n_y + y] = count
                rows[x] += count
            if rows[x] > 0:
                occupied[n_rows] = x
                n_rows += 1
        out[j, 0], out[j, 1], out[j, 2], out[j, 3] = g_test_of_table(
            counts, rows, columns, n, occupied[:n_rows], occupied_columns, True, memory
        )
        out[j, 4] = np.nan
        if n_rows == 2 and occupied_columns.shape[0] == 2:
            k = counts[occupied[0] * n_y + occupied_columns[0]]
            r, c = rows[occupied[0]], columns[occupied_columns[0]]
            if k % 1 == 0 and r % 1 == 0 and c % 1 == 0 and n % 1 == 0:
                out[j, 4] = exact_p_value_two_by_two(
                    np.int64(k), np.int64(n), np.int64(r), np.int64(c), table
                )
