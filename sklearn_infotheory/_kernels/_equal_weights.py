"""Divide a sequence of blocks into bins that weigh the same, as far as the blocks allow."""

from __future__ import annotations

import numpy as np

from sklearn_infotheory._kernels._compile import kernel, part
from sklearn_infotheory._kernels._cuts import DEEPEST, TIE_TOLERANCE
from sklearn_infotheory._kernels._joint_counts import n_log_n


@kernel
def most_bins(totals, least):
    """Count the bins of at least a given weight that the blocks can be divided into."""
    start, n_bins = 0.0, 0
    least *= 1 - 1e-9
    for stop in range(1, totals.shape[0]):
        if totals[stop] - start >= least and totals[stop] > start:
            start, n_bins = totals[stop], n_bins + 1
    return max(n_bins, 1)


@part
def _first_at_least(totals, weight):
    """First bound of blocks with that weight below it."""
    low, high = 0, totals.shape[0]
    while low < high:
        middle = (low + high) // 2
        if totals[middle] < weight:
            low = middle + 1
        else:
            high = middle
    return low


@part
def _windows(totals, n_bins, low, high):
    """Write the cuts that can be the m-th of an optimal division to [low[m], high[m]].

    Where neighbouring bins differ by more than the block between them, moving it evens them out. So
    the weight below cut m is within largest block * m (n_bins - m) / 2 of its share.
    """
    n_blocks, largest = totals.shape[0] - 1, 0.0
    for block in range(n_blocks):
        largest = max(largest, totals[block + 1] - totals[block])
    for m in range(1, n_bins):
        share = totals[-1] * m / n_bins
        slack = largest * m * (n_bins - m) / 2 + 1e-9 * totals[-1]
        low[m] = max(m, _first_at_least(totals, share - slack))
        high[m] = min(n_blocks - n_bins + m, _first_at_least(totals, share + slack) - 1)
    low[n_bins] = high[n_bins] = n_blocks


@part
def _cheapest_next(totals, i, first, last, least, rest, offset, table):
    """Find the end j in [first, last] of a bin that begins at block i; the lowest of equals."""
    best, place = np.inf, last
    for j in range(first, last + 1):
        weight = totals[j] - totals[i]
        if weight >= least and weight > 0:
            value = n_log_n(weight, table) + rest[j - offset]
            if value < best:
                best, place = value, j
    return place, best


@part
def _least_sums(totals, m, low, high, least, rest, stack, table):
    """Fill ``rest[m]``: the least sum of the bins from cut m on, by where cut m lies.

    The sum of n log n is convex in each weight, so the best next cut moves up with this one:
    divide and conquer.
    """
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = low[m], high[m], low[m + 1], high[m + 1]
    n_open = 1
    while n_open:
        n_open -= 1
        a, b, first, last = stack[n_open]
        if a > b:
            continue
        i = (a + b) // 2
        place, best = _cheapest_next(
            totals, i, max(first, i + 1), last, least, rest[m + 1], low[m + 1], table
        )
        rest[m, i - low[m]] = best
        for interval in ((a, i - 1, first, place), (i + 1, b, place, last)):
            stack[n_open, 0], stack[n_open, 1], stack[n_open, 2], stack[n_open, 3] = interval
            n_open += 1


@part
def _weigh_the_same(totals):
    """Whether each block weighs as much as the first."""
    for block in range(1, totals.shape[0] - 1):
        if totals[block + 1] - totals[block] != totals[1] - totals[0]:
            return False
    return True


@kernel
def divide_equally(totals, n_bins, least, table, cuts):
    """Write the cuts of the ``n_bins`` bins whose weights have the largest entropy.

    Equal divisions go to the lowest cuts.
    """
    if _weigh_the_same(totals):  # then bins are as long, but for one block
        size, n_longer = divmod(totals.shape[0] - 1, n_bins)
        for m in range(1, n_bins):
            cuts[m - 1] = m * size + max(0, m - n_bins + n_longer)
        return
    low, high = np.zeros(n_bins + 1, np.int64), np.zeros(n_bins + 1, np.int64)
    _windows(totals, n_bins, low, high)
    least *= 1 - 1e-9
    rest = np.full((n_bins + 1, np.max(high - low) + 1), np.inf)
    rest[n_bins, 0] = 0.0
    stack = np.empty((DEEPEST, 4), np.int64)
    for m in range(n_bins - 1, 0, -1):
        _least_sums(totals, m, low, high, least, rest, stack, table)
    tolerance = TIE_TOLERANCE * (1 + n_log_n(totals[-1], table))
    i = 0
    for m in range(1, n_bins):
        j = max(low[m], i + 1)
        _, best = _cheapest_next(totals, i, j, high[m], least, rest[m], low[m], table)
        while (
            totals[j] - totals[i] < least
            or totals[j] == totals[i]
            or n_log_n(totals[j] - totals[i], table) + rest[m, j - low[m]] > best + tolerance
        ):
            j += 1
        cuts[m - 1] = i = j
