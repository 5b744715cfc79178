"""Divide a sequence of blocks into bins that weigh the same, as far as the blocks allow."""

import numpy as np

from libc.math cimport INFINITY
from libc.stdint cimport int64_t

from sklearn_infotheory._kernels._cuts cimport _DEEPEST, _TIE_TOLERANCE
from sklearn_infotheory._kernels._joint_counts cimport Table, as_table, n_log_n


cdef struct Interval:  # of cuts, and where the next ones are
    int64_t a, b, first, last


cdef struct Next:
    int64_t place
    double cost


def most_bins(const double[::1] totals, double least):
    """Count the bins of at least a given weight that the blocks can be divided into."""
    cdef double start = 0.0
    cdef Py_ssize_t n_bins = 0, stop
    least *= 1 - 1e-9
    with nogil:
        for stop in range(1, totals.shape[0]):
            if totals[stop] - start >= least and totals[stop] > start:
                start, n_bins = totals[stop], n_bins + 1
    return max(n_bins, 1)


cdef int64_t _first_at_least(const double[::1] totals, double weight) noexcept nogil:
    """First bound of blocks with that weight below it."""
    cdef int64_t low = 0, high = totals.shape[0], middle
    while low < high:
        middle = (low + high) // 2
        if totals[middle] < weight:
            low = middle + 1
        else:
            high = middle
    return low


cdef int64_t _windows(
    const double[::1] totals, int64_t n_bins, int64_t *low, int64_t *high
) noexcept nogil:
    """Write the cuts that can be the m-th of an optimal division to [low[m], high[m]].

    Where neighbouring bins differ by more than the block between them, moving it evens them out. So
    the weight below cut m is within largest block * m (n_bins - m) / 2 of its share. Returns the
    largest number of cuts for one m.
    """
    cdef int64_t n_blocks = totals.shape[0] - 1, widest = 0, block, m
    cdef double whole = totals[n_blocks], largest = 0.0, share, slack
    for block in range(n_blocks):
        largest = max(largest, totals[block + 1] - totals[block])
    low[0] = high[0] = 0
    for m in range(1, n_bins):
        share = whole * m / n_bins
        slack = largest * m * (n_bins - m) / 2 + 1e-9 * whole
        low[m] = max(m, _first_at_least(totals, share - slack))
        high[m] = min(n_blocks - n_bins + m, _first_at_least(totals, share + slack) - 1)
        widest = max(widest, high[m] - low[m])
    low[n_bins] = high[n_bins] = n_blocks
    return widest + 1


cdef Next _cheapest_next(
    const double *totals, int64_t i, int64_t first, int64_t last, double least,
    const double *rest, int64_t offset, Table table,
) noexcept nogil:
    """Find the end j in [first, last] of a bin that begins at block i; the lowest of equals."""
    cdef Next best = [last, INFINITY]
    cdef double weight, value
    cdef int64_t j
    for j in range(first, last + 1):
        weight = totals[j] - totals[i]
        if weight >= least and weight > 0:
            value = n_log_n(weight, table) + rest[j - offset]
            if value < best.cost:
                best.place, best.cost = j, value
    return best


cdef void _least_sums(
    const double *totals, int64_t m, const int64_t *low, const int64_t *high, double least,
    double[:, ::1] rest, Table table,
) noexcept nogil:
    """Fill ``rest[m]``: the least sum of the bins from cut m on, by where cut m lies.

    The sum of n log n is convex in each weight, so the best next cut moves up with this one:
    divide and conquer.
    """
    cdef Interval[_DEEPEST] stack
    cdef Interval of
    cdef int64_t n_open = 1, i
    cdef Next best
    stack[0].a, stack[0].b, stack[0].first, stack[0].last = low[m], high[m], low[m + 1], high[m + 1]
    while n_open:
        n_open -= 1
        of = stack[n_open]
        if of.a > of.b:
            continue
        i = (of.a + of.b) // 2
        best = _cheapest_next(
            totals, i, max(of.first, i + 1), of.last, least, &rest[m + 1, 0], low[m + 1], table
        )
        rest[m, i - low[m]] = best.cost
        stack[n_open] = of
        stack[n_open].b, stack[n_open].last = i - 1, best.place
        stack[n_open + 1] = of
        stack[n_open + 1].a, stack[n_open + 1].first = i + 1, best.place
        n_open += 2


cdef bint _weigh_the_same(const double[::1] totals) noexcept nogil:
    """Whether each block weighs as much as the first."""
    cdef Py_ssize_t block
    for block in range(1, totals.shape[0] - 1):
        if totals[block + 1] - totals[block] != totals[1] - totals[0]:
            return False
    return True


def divide_equally(
    const double[::1] totals, int64_t n_bins, double least, const double[::1] table,
    int64_t[::1] cuts,
):
    """Write the cuts of the ``n_bins`` bins whose weights have the largest entropy.

    Equal divisions go to the lowest cuts.
    """
    cdef Table logs = as_table(table)
    cdef int64_t n_blocks = totals.shape[0] - 1, m, i, j, size, n_longer, widest
    cdef int64_t[:, ::1] windows
    cdef int64_t *low
    cdef int64_t *high
    cdef double[:, ::1] rest
    cdef double tolerance, best
    cdef bint is_even
    with nogil:
        is_even = _weigh_the_same(totals)
    if is_even:  # then bins are as long, but for one block
        size, n_longer = n_blocks // n_bins, n_blocks % n_bins
        for m in range(1, n_bins):
            cuts[m - 1] = m * size + max(0, m - n_bins + n_longer)
        return
    windows = np.empty((2, n_bins + 1), np.int64)
    low, high = &windows[0, 0], &windows[1, 0]
    with nogil:
        widest = _windows(totals, n_bins, low, high)
    rest = np.full((n_bins + 1, widest), np.inf)
    rest[n_bins, 0] = 0.0
    least *= 1 - 1e-9
    with nogil:
        for m in range(n_bins - 1, 0, -1):
            _least_sums(&totals[0], m, low, high, least, rest, logs)
        tolerance = _TIE_TOLERANCE * (1 + n_log_n(totals[n_blocks], logs))
        i = 0
        for m in range(1, n_bins):
            j = max(low[m], i + 1)
            best = _cheapest_next(
                &totals[0], i, j, high[m], least, &rest[m, 0], low[m], logs
            ).cost
            while (
                totals[j] - totals[i] < least
                or totals[j] == totals[i]
                or n_log_n(totals[j] - totals[i], logs) + rest[m, j - low[m]] > best + tolerance
            ):
                j += 1
            cuts[m - 1] = i = j
