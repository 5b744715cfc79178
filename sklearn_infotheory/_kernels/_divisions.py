"""Divide a sequence of blocks into bins whose description is shortest.

A *problem* is what says how long the description of a bin is: its kind, the class counts and the
weights before each block, the bounds of the blocks, the number of classes, and log n! of 0, 1, ...
"""

from __future__ import annotations

import math

import numpy as np

from sklearn_infotheory._kernels._compile import kernel, part
from sklearn_infotheory._kernels._cuts import TIE_TOLERANCE, feasible_cuts

MODL, HISTOGRAM = 0, 1
_N_PRICES = 5  # of a bin, from which best_division draws its bound


@kernel
def log_factorials(table):
    """Fill the table with the logarithms of 0!, 1!, 2!, ..."""
    for n in range(table.shape[0]):
        table[n] = math.lgamma(n + 1.0)


@part
def _log_factorial(n, table):
    """Look log n! up in the table, or compute it."""
    if n < table.shape[0]:
        k = np.int64(n)
        if k == n:
            return table[k]
    return math.lgamma(n + 1.0)


@part
def _lengths(problem, start, stop):
    """Length of the data, and of the model, of one bin [start, stop)."""
    kind, sums, totals, bounds, n_classes, table = problem
    n = totals[stop] - totals[start]
    if kind == HISTOGRAM:  # Kontkanen & Myllymaki (2007), equation 4, in units of the range
        if n <= 0 or n == totals[-1]:  # all of the range, of whatever width
            return 0.0, 0.0
        width = (bounds[stop] - bounds[start]) / (bounds[-1] - bounds[0])
        return (n * math.log(totals[-1] * width / n) if width > 0 else np.inf), 0.0
    data = all_orders = _log_factorial(n, table)  # Boulle (2006), equation 1
    for j in range(sums.shape[1]):
        data -= _log_factorial(sums[stop, j] - sums[start, j], table)
    rest = n_classes - 1.0
    model = _log_factorial(n + rest, table) - _log_factorial(rest, table) - all_orders
    return data, model


@part
def _length(problem, start, stop):
    """Length of one bin."""
    data, model = _lengths(problem, start, stop)
    return data + model


@kernel
def all_lengths(problem, least, lengths):
    """Write the length of every bin [i, j) to ``lengths[i, j]``; infinity if it is too light."""
    totals = problem[2]
    n_blocks = totals.shape[0] - 1
    least *= 1 - 1e-9
    for i in range(n_blocks):
        for j in range(i + 1, n_blocks + 1):
            heavy = totals[j] - totals[i] >= least or j - i == n_blocks
            lengths[i, j] = _length(problem, i, j) if heavy else np.inf


@part
def _least_sum(lengths, i, first, rest):
    """Least sum of a bin [i, j), j >= first, and of what ``rest`` says of the blocks from j on."""
    a = b = c = d = np.inf  # four at a time, that no minimum waits for the one before
    n = rest.shape[0]
    j = first
    while j + 4 <= n:
        a, b = min(a, lengths[i, j] + rest[j]), min(b, lengths[i, j + 1] + rest[j + 1])
        c, d = min(c, lengths[i, j + 2] + rest[j + 2]), min(d, lengths[i, j + 3] + rest[j + 3])
        j += 4
    while j < n:
        a = min(a, lengths[i, j] + rest[j])
        j += 1
    return min(min(a, b), min(c, d))


@part
def _least_from(lengths, priors):
    """Bound the whole length of a division into m + 1 bins or more from below.

    With a price for each bin the best number of bins is free, which makes it one short programme.
    Less the price of m + 1 bins, that is never more than the least length of so many.
    """
    n_blocks, most = lengths.shape[0], priors.shape[0]
    free, bound = np.zeros(n_blocks + 1), np.full(most, -np.inf)
    steepest = priors[1] - priors[0] if most > 1 else 0.0
    for k in range(_N_PRICES):
        price = steepest * k / (_N_PRICES - 1)
        for i in range(n_blocks - 1, -1, -1):
            free[i] = price + _least_sum(lengths, i, i + 1, free)
        for m in range(most):
            bound[m] = max(bound[m], free[0] - price * (m + 1) + priors[m])
    for m in range(most - 2, -1, -1):
        bound[m] = min(bound[m], bound[m + 1])
    return bound


@kernel
def best_division(lengths, priors, cuts):
    """Write the cuts of the division into least length + prior of the number of bins.

    ``priors[m]`` is that of m + 1 bins. Equal divisions go to fewer bins, then to the lowest cuts.
    Returns the number of bins and the whole length.
    """
    n_blocks, most = lengths.shape[0], priors.shape[0]
    bound = _least_from(lengths, priors)
    best = np.empty((most, n_blocks + 1))  # least length of the blocks from i on, in m + 1 bins
    for i in range(n_blocks):
        best[0, i] = lengths[i, n_blocks]
    best[0, n_blocks] = np.inf
    n_bins, least = 1, best[0, 0] + priors[0]
    for m in range(1, most):
        tolerance = TIE_TOLERANCE * max(1.0, abs(least))
        if bound[m] >= least - tolerance:
            break
        best[m] = np.inf
        for i in range(n_blocks - m):
            best[m, i] = _least_sum(lengths, i, i + 1, best[m - 1])
        if best[m, 0] + priors[m] < least - tolerance:
            n_bins, least = m + 1, best[m, 0] + priors[m]
    tolerance = TIE_TOLERANCE * max(1.0, abs(least))
    i = 0
    for m in range(n_bins - 1, 0, -1):
        j = i + 1
        while lengths[i, j] + best[m - 1, j] > best[m, i] + tolerance:
            j += 1
        cuts[n_bins - 1 - m] = i = j
    return n_bins, least


@kernel
def division_length(problem, bounds):
    """Sum the lengths of the bins between the given cuts and ends."""
    length = 0.0
    for k in range(bounds.shape[0] - 1):
        length += _length(problem, bounds[k], bounds[k + 1])
    return length


@part
def _best_split(problem, start, stop, least):
    """Cut that divides a bin into two of least length, the lowest of equals; -1 for none."""
    first, last = feasible_cuts(problem[2], start, stop, least)
    cut, best = -1, np.inf
    for candidate in range(first, last + 1):
        value = _length(problem, start, candidate) + _length(problem, candidate, stop)
        if value < best - TIE_TOLERANCE * max(1.0, abs(value)):
            cut, best = candidate, value
    return cut, best


@kernel
def compare_divisions(problem, priors, bounds, least, spans, tests):
    """Test each cut of a division, and the best further cut of each of its bins.

    ``bounds`` are the cuts and both ends; ``priors`` those of one bin less, as many, and one more.
    """
    n_bins, n_tests = bounds.shape[0] - 1, 0
    for k in range(2 * n_bins - 1):
        if k < n_bins - 1:
            start, cut, stop = bounds[k], bounds[k + 1], bounds[k + 2]
            more = priors[1] - priors[0]
        else:
            start, stop = bounds[k - n_bins + 1], bounds[k - n_bins + 2]
            cut, more = _best_split(problem, start, stop, least)[0], priors[2] - priors[1]
        if cut < 0 or problem[2][stop] == problem[2][start]:
            continue
        whole, below = _lengths(problem, start, stop), _lengths(problem, start, cut)
        above, n = _lengths(problem, cut, stop), problem[2][stop] - problem[2][start]
        spans[n_tests, 0], spans[n_tests, 1], spans[n_tests, 2] = start, stop, cut
        tests[n_tests, 0] = (whole[0] - below[0] - above[0]) / n
        tests[n_tests, 1] = (below[1] + above[1] - whole[1] + more) / n
        n_tests += 1
    return n_tests


# --- Divisions of long sequences -------------------------------------------------------------


@part
def _push(heap, items, size, key, item):
    """Add a key and its item to a binary heap of ``size``."""
    k = size
    while k > 0 and heap[(k - 1) // 2] > key:
        heap[k], items[k] = heap[(k - 1) // 2], items[(k - 1) // 2]
        k = (k - 1) // 2
    heap[k], items[k] = key, item


@part
def _pop(heap, items, size):
    """Take the least key off a binary heap of ``size``, and return it and its item."""
    top, item = heap[0], items[0]
    key, moved = heap[size - 1], items[size - 1]
    k = 0
    while 2 * k + 1 < size - 1:
        child = 2 * k + 1
        if child + 1 < size - 1 and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[k], items[k] = heap[child], items[child]
        k = child
    heap[k], items[k] = key, moved
    return top, item


@part
def _offer_merge(problem, k, after, lengths, deltas, heap, items, size):
    """Put the merge of bin k and the next one on the heap; return the size of the heap."""
    n_blocks = after.shape[0]
    middle = after[k]
    if middle == n_blocks:
        deltas[k] = np.inf
        return size
    deltas[k] = _length(problem, k, after[middle]) - lengths[k] - lengths[middle]
    _push(heap, items, size, deltas[k], k)
    return size + 1


@kernel
def merge_greedily(problem, priors, n_left, starts):
    """Merge the neighbours that lengthen the description least until ``n_left`` bins are left.

    Writes their starts, and returns the number of bins >= n_left at which it was shortest.
    """
    n_blocks = problem[2].shape[0] - 1
    after, before = np.arange(1, n_blocks + 1), np.arange(-1, n_blocks - 1)
    lengths, deltas = np.empty(n_blocks), np.empty(n_blocks)
    heap, items, size = np.empty(3 * n_blocks), np.empty(3 * n_blocks, np.int64), 0
    for i in range(n_blocks):
        lengths[i] = _length(problem, i, i + 1)
    for i in range(n_blocks):
        size = _offer_merge(problem, i, after, lengths, deltas, heap, items, size)
    n_bins, best, shortest, length = n_blocks, n_left, np.inf, lengths.sum()
    while True:
        if n_bins <= priors.shape[0] and length + priors[n_bins - 1] <= shortest:
            best, shortest = n_bins, length + priors[n_bins - 1]
        if n_bins <= n_left:
            break
        delta, i = _pop(heap, items, size)
        size -= 1
        while delta != deltas[i]:  # one of the two has grown since
            delta, i = _pop(heap, items, size)
            size -= 1
        gone = after[i]
        lengths[i] += lengths[gone] + delta
        after[i], deltas[gone] = after[gone], np.inf
        n_bins, length = n_bins - 1, length + delta
        if after[i] < n_blocks:
            before[after[i]] = i
        if before[i] >= 0:
            size = _offer_merge(problem, before[i], after, lengths, deltas, heap, items, size)
        size = _offer_merge(problem, i, after, lengths, deltas, heap, items, size)
    i = 0
    for k in range(n_bins):
        starts[k], i = i, after[i]
    return best


@part
def _is_shorter(length, other):
    """Whether a length is less than another by more than rounding."""
    return length < other - TIE_TOLERANCE * max(1.0, abs(other))


@part
def _move_cuts(problem, least, bounds, n_bins):
    """Move each cut to where it is best between its neighbours; return whether one moved."""
    changed = False
    for k in range(1, n_bins):
        start, cut, stop = bounds[k - 1], bounds[k], bounds[k + 1]
        length = _length(problem, start, cut) + _length(problem, cut, stop)
        other, best = _best_split(problem, start, stop, least)
        if other >= 0 and _is_shorter(best, length):
            bounds[k], changed = other, True
    return changed


@part
def _add_cuts(problem, priors, least, bounds, n_bins):
    """Split bins as long as that pays; return the number of bins."""
    k = 0
    while k < n_bins and n_bins < priors.shape[0]:
        length = _length(problem, bounds[k], bounds[k + 1])
        cut, best = _best_split(problem, bounds[k], bounds[k + 1], least)
        if cut >= 0 and _is_shorter(best + priors[n_bins] - priors[n_bins - 1], length):
            for i in range(n_bins, k, -1):
                bounds[i + 1] = bounds[i]
            bounds[k + 1], n_bins = cut, n_bins + 1
        else:
            k += 1
    return n_bins


@part
def _remove_cuts(problem, priors, bounds, n_bins):
    """Merge neighbours as long as that does not cost anything; return the number of bins."""
    k = 1
    while k < n_bins:
        merged = _length(problem, bounds[k - 1], bounds[k + 1])
        both = _length(problem, bounds[k - 1], bounds[k])
        both += _length(problem, bounds[k], bounds[k + 1])
        if _is_shorter(both + priors[n_bins - 1] - priors[n_bins - 2], merged):
            k += 1
        else:
            for i in range(k, n_bins):
                bounds[i] = bounds[i + 1]
            n_bins -= 1
    return n_bins


@kernel
def improve_division(problem, priors, least, bounds, n_bins):
    """Move, add and remove single cuts as long as that shortens the description.

    ``bounds`` holds the cuts and both ends, with room for as many bins as ``priors``. Returns the
    number of bins. After the post-optimisation of Boulle (2006).
    """
    while True:
        moved = _move_cuts(problem, least, bounds, n_bins)
        more = _add_cuts(problem, priors, least, bounds, n_bins)
        fewer = _remove_cuts(problem, priors, bounds, more)
        if not moved and more == n_bins == fewer:
            return n_bins
        n_bins = fewer
