"""Divide a sequence of blocks into bins whose description is shortest.

A *problem* is what says how long the description of a bin is: its kind, the class counts and the
weights before each block, the bounds of the blocks, the number of classes, and log n! of 0, 1, ...
"""

import numpy as np

from libc.math cimport fabs, INFINITY, lgamma, log
from libc.stdint cimport int64_t

from sklearn_infotheory._kernels._cuts cimport _TIE_TOLERANCE, Span, feasible_cuts


cdef extern from "_divisions.h" nogil:
    double least_sum(const double *a, const double *b, Py_ssize_t n)


cdef enum:
    _MODL = 0
    _HISTOGRAM = 1
    _N_PRICES = 5  # of a bin, from which best_division draws its bound

MODL, HISTOGRAM = _MODL, _HISTOGRAM


cdef struct Problem:
    int kind
    const double *sums  # class counts before each block, n_columns a row
    const double *totals
    const double *bounds
    int64_t n_blocks, n_columns
    double n_classes
    const double *table  # log n! of 0, 1, ...
    int64_t size


cdef struct Length:
    double data, model


cdef struct Split:
    int64_t cut
    double length


cdef inline const double *_start(const double[::1] numbers) noexcept nogil:
    return &numbers[0] if numbers.shape[0] else NULL


cdef Problem _as_problem(tuple problem):
    cdef const double[:, ::1] sums = problem[1]
    cdef const double[::1] totals = problem[2], bounds = problem[3], table = problem[5]
    cdef Problem of
    of.kind, of.n_classes = problem[0], problem[4]
    of.sums = &sums[0, 0] if sums.shape[0] and sums.shape[1] else NULL
    of.totals, of.bounds, of.table = _start(totals), _start(bounds), _start(table)
    of.n_blocks, of.n_columns, of.size = totals.shape[0] - 1, sums.shape[1], table.shape[0]
    return of


def log_factorials(double[::1] table):
    """Fill the table with the logarithms of 0!, 1!, 2!, ..."""
    cdef Py_ssize_t n
    with nogil:
        for n in range(table.shape[0]):
            table[n] = lgamma(n + 1.0)


cdef inline double _log_factorial(double n, Problem *of) noexcept nogil:
    """Look log n! up in the table, or compute it."""
    cdef int64_t k
    if n < <double> of.size:
        k = <int64_t> n
        if k == n:
            return of.table[k]
    return lgamma(n + 1.0)


cdef Length _lengths(Problem *of, int64_t start, int64_t stop) noexcept nogil:
    """Length of the data, and of the model, of one bin [start, stop)."""
    cdef const double *below = of.sums + start * of.n_columns
    cdef const double *above = of.sums + stop * of.n_columns
    cdef double n = of.totals[stop] - of.totals[start], whole = of.totals[of.n_blocks]
    cdef double width, rest, all_orders
    cdef int64_t j
    cdef Length length = [0.0, 0.0]
    if of.kind == _HISTOGRAM:  # Kontkanen & Myllymaki (2007), equation 4, in units of the range
        if n <= 0 or n == whole:  # all of the range, of whatever width
            return length
        width = (of.bounds[stop] - of.bounds[start]) / (of.bounds[of.n_blocks] - of.bounds[0])
        length.data = n * log(whole * width / n) if width > 0 else INFINITY
        return length
    length.data = all_orders = _log_factorial(n, of)  # Boulle (2006), equation 1
    for j in range(of.n_columns):
        length.data -= _log_factorial(above[j] - below[j], of)
    rest = of.n_classes - 1.0
    length.model = _log_factorial(n + rest, of) - _log_factorial(rest, of) - all_orders
    return length


cdef double _length(Problem *of, int64_t start, int64_t stop) noexcept nogil:
    """Length of one bin."""
    cdef Length length = _lengths(of, start, stop)
    return length.data + length.model


def all_lengths(tuple problem, double least, double[:, ::1] lengths):
    """Write the length of every bin [i, j) to ``lengths[i, j]``; infinity if it is too light."""
    cdef Problem of = _as_problem(problem)
    cdef int64_t n_blocks = of.n_blocks, i, j
    cdef bint heavy
    least *= 1 - 1e-9
    with nogil:
        for i in range(n_blocks):
            for j in range(i + 1, n_blocks + 1):
                heavy = of.totals[j] - of.totals[i] >= least or j - i == n_blocks
                lengths[i, j] = _length(&of, i, j) if heavy else INFINITY


cdef inline double _least_sum_from(
    const double *lengths, int64_t n_blocks, int64_t i, const double *rest
) noexcept nogil:
    """Least sum of a bin [i, j), and of what ``rest`` says of the blocks from j on."""
    cdef int64_t first = i * (n_blocks + 1) + i + 1
    return least_sum(lengths + first, rest + i + 1, n_blocks - i)


cdef void _least_from(
    const double *lengths, int64_t n_blocks, const double *priors, int64_t most, double *free,
    double *bound,
) noexcept nogil:
    """Bound the whole length of a division into m + 1 bins or more from below.

    With a price for each bin the best number of bins is free, which makes it one short programme.
    Less the price of m + 1 bins, that is never more than the least length of so many. ``free`` is
    scratch: a number for each block, and for the end.
    """
    cdef double steepest = priors[1] - priors[0] if most > 1 else 0.0, price
    cdef int64_t i, m
    cdef int k
    free[n_blocks] = 0.0
    for m in range(most):
        bound[m] = -INFINITY
    for k in range(_N_PRICES):
        price = steepest * k / (_N_PRICES - 1)
        for i in range(n_blocks - 1, -1, -1):
            free[i] = price + _least_sum_from(lengths, n_blocks, i, free)
        for m in range(most):
            bound[m] = max(bound[m], free[0] - price * (m + 1) + priors[m])
    for m in range(most - 2, -1, -1):
        bound[m] = min(bound[m], bound[m + 1])


def best_division(const double[:, ::1] lengths, const double[::1] priors, int64_t[::1] cuts):
    """Write the cuts of the division into least length + prior of the number of bins.

    ``priors[m]`` is that of m + 1 bins. Equal divisions go to fewer bins, then to the lowest cuts.
    Returns the number of bins and the whole length.
    """
    cdef int64_t n_blocks = lengths.shape[0], most = priors.shape[0], width = n_blocks + 1
    cdef int64_t n_bins = 1, m, i, j
    cdef double[::1] room = np.empty(most * width + width + most)
    cdef double *best = &room[0]  # least length of the blocks from i on, a row for m + 1 bins
    cdef double *free = best + most * width
    cdef double *bound = free + width
    cdef const double *all_ = &lengths[0, 0] if n_blocks else NULL
    cdef double least, tolerance
    with nogil:
        _least_from(all_, n_blocks, &priors[0], most, free, bound)
        for i in range(n_blocks):
            best[i] = lengths[i, n_blocks]
        best[n_blocks] = INFINITY
        least = best[0] + priors[0]
        for m in range(1, most):
            tolerance = _TIE_TOLERANCE * max(1.0, fabs(least))
            if bound[m] >= least - tolerance:
                break
            best += width
            for i in range(width):
                best[i] = INFINITY
            for i in range(n_blocks - m):
                best[i] = _least_sum_from(all_, n_blocks, i, best - width)
            if best[0] + priors[m] < least - tolerance:
                n_bins, least = m + 1, best[0] + priors[m]
        tolerance = _TIE_TOLERANCE * max(1.0, fabs(least))
        best = &room[(n_bins - 1) * width]
        i = 0
        for m in range(n_bins - 1, 0, -1):
            j = i + 1
            while lengths[i, j] + best[j - width] > best[i] + tolerance:
                j += 1
            cuts[n_bins - 1 - m] = i = j
            best -= width
    return n_bins, least


def division_length(tuple problem, const int64_t[::1] bounds):
    """Sum the lengths of the bins between the given cuts and ends."""
    cdef Problem of = _as_problem(problem)
    cdef double length = 0.0
    cdef Py_ssize_t k
    with nogil:
        for k in range(bounds.shape[0] - 1):
            length += _length(&of, bounds[k], bounds[k + 1])
    return length


cdef Split _best_split(Problem *of, int64_t start, int64_t stop, double least) noexcept nogil:
    """Cut that divides a bin into two of least length, the lowest of equals; -1 for none."""
    cdef Span feasible = feasible_cuts(of.totals, start, stop, least)
    cdef Split best = [-1, INFINITY]
    cdef int64_t candidate
    cdef double value
    for candidate in range(feasible.first, feasible.last + 1):
        value = _length(of, start, candidate) + _length(of, candidate, stop)
        if value < best.length - _TIE_TOLERANCE * max(1.0, fabs(value)):
            best.cut, best.length = candidate, value
    return best


def compare_divisions(
    tuple problem, const double[::1] priors, const int64_t[::1] bounds, double least,
    int64_t[:, ::1] spans, double[:, ::1] tests,
):
    """Test each cut of a division, and the best further cut of each of its bins.

    ``bounds`` are the cuts and both ends; ``priors`` those of one bin less, as many, and one more.
    """
    cdef Problem of = _as_problem(problem)
    cdef int64_t n_bins = bounds.shape[0] - 1, n_tests = 0, k, start, cut, stop
    cdef Length whole, below, above
    cdef double more, n
    with nogil:
        for k in range(2 * n_bins - 1):
            if k < n_bins - 1:
                start, cut, stop = bounds[k], bounds[k + 1], bounds[k + 2]
                more = priors[1] - priors[0]
            else:
                start, stop = bounds[k - n_bins + 1], bounds[k - n_bins + 2]
                cut = _best_split(&of, start, stop, least).cut
                more = priors[2] - priors[1]
            n = of.totals[stop] - of.totals[start]
            if cut < 0 or n == 0:
                continue
            whole, below = _lengths(&of, start, stop), _lengths(&of, start, cut)
            above = _lengths(&of, cut, stop)
            spans[n_tests, 0], spans[n_tests, 1], spans[n_tests, 2] = start, stop, cut
            tests[n_tests, 0] = (whole.data - below.data - above.data) / n
            tests[n_tests, 1] = (below.model + above.model - whole.model + more) / n
            n_tests += 1
    return n_tests


# --- Divisions of long sequences -------------------------------------------------------------


cdef struct Heap:
    double *keys
    int64_t *items
    int64_t size


cdef struct Merges:
    int64_t *after  # where the bin after each begins
    double *lengths
    double *deltas  # by how much the merge with the next bin lengthens the description
    Heap heap


cdef void _push(Heap *heap, double key, int64_t item) noexcept nogil:
    """Add a key and its item to a binary heap."""
    cdef double *keys = heap.keys
    cdef int64_t k = heap.size
    while k > 0 and keys[(k - 1) // 2] > key:
        keys[k], heap.items[k] = keys[(k - 1) // 2], heap.items[(k - 1) // 2]
        k = (k - 1) // 2
    keys[k], heap.items[k] = key, item
    heap.size += 1


cdef int64_t _pop(Heap *heap, double *least) noexcept nogil:
    """Take the least key off a binary heap, and return its item."""
    cdef double *keys = heap.keys
    cdef int64_t last = heap.size - 1, item = heap.items[0], moved = heap.items[last], k = 0, child
    cdef double key = keys[last]
    least[0] = keys[0]
    while 2 * k + 1 < last:
        child = 2 * k + 1
        if child + 1 < last and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[k], heap.items[k] = keys[child], heap.items[child]
        k = child
    keys[k], heap.items[k] = key, moved
    heap.size = last
    return item


cdef void _offer_merge(Problem *of, Merges *merges, int64_t k) noexcept nogil:
    """Put the merge of bin k and the next one on the heap."""
    cdef int64_t middle = merges.after[k]
    cdef double apart
    if middle == of.n_blocks:
        merges.deltas[k] = INFINITY
        return
    merges.deltas[k] = (
        _length(of, k, merges.after[middle]) - merges.lengths[k] - merges.lengths[middle]
    )
    _push(&merges.heap, merges.deltas[k], k)


def merge_greedily(
    tuple problem, const double[::1] priors, int64_t n_left, int64_t[::1] starts
):
    """Merge the neighbours that lengthen the description least until ``n_left`` bins are left.

    Writes their starts, and returns the number of bins >= n_left at which it was shortest.
    """
    cdef Problem of = _as_problem(problem)
    cdef int64_t n_blocks = of.n_blocks, n_bins = n_blocks, best = n_left, i, k, gone
    cdef int64_t[::1] after = np.arange(1, n_blocks + 1), before = np.arange(-1, n_blocks - 1)
    cdef double[::1] lengths = np.empty(n_blocks), deltas = np.empty(n_blocks)
    cdef double[::1] keys = np.empty(3 * n_blocks)
    cdef int64_t[::1] items = np.empty(3 * n_blocks, np.int64)
    cdef Merges merges
    cdef double shortest = INFINITY, length = 0.0, delta = 0.0
    if n_blocks:
        merges.after, merges.lengths, merges.deltas = &after[0], &lengths[0], &deltas[0]
        merges.heap.keys, merges.heap.items, merges.heap.size = &keys[0], &items[0], 0
    with nogil:
        for i in range(n_blocks):
            lengths[i] = _length(&of, i, i + 1)
            length += lengths[i]
        for i in range(n_blocks):
            _offer_merge(&of, &merges, i)
        while True:
            if n_bins <= priors.shape[0] and length + priors[n_bins - 1] <= shortest:
                best, shortest = n_bins, length + priors[n_bins - 1]
            if n_bins <= n_left:
                break
            i = _pop(&merges.heap, &delta)
            while delta != deltas[i]:  # one of the two has grown since
                i = _pop(&merges.heap, &delta)
            gone = after[i]
            lengths[i] += lengths[gone] + delta
            after[i], deltas[gone] = after[gone], INFINITY
            n_bins, length = n_bins - 1, length + delta
            if after[i] < n_blocks:
                before[after[i]] = i
            if before[i] >= 0:
                _offer_merge(&of, &merges, before[i])
            _offer_merge(&of, &merges, i)
        i = 0
        for k in range(n_bins):
            starts[k], i = i, after[i]
    return best


cdef bint _is_shorter(double length, double other) noexcept nogil:
    """Whether a length is less than another by more than rounding."""
    return length < other - _TIE_TOLERANCE * max(1.0, fabs(other))


cdef bint _move_cuts(
    Problem *of, double least, int64_t *bounds, int64_t n_bins
) noexcept nogil:
    """Move each cut to where it is best between its neighbours; return whether one moved."""
    cdef bint changed = False
    cdef int64_t k, start, cut, stop
    cdef double length
    cdef Split best
    for k in range(1, n_bins):
        start, cut, stop = bounds[k - 1], bounds[k], bounds[k + 1]
        length = _length(of, start, cut) + _length(of, cut, stop)
        best = _best_split(of, start, stop, least)
        if best.cut >= 0 and _is_shorter(best.length, length):
            bounds[k], changed = best.cut, True
    return changed


cdef int64_t _add_cuts(
    Problem *of, const double[::1] priors, double least, int64_t *bounds, int64_t n_bins
) noexcept nogil:
    """Split bins as long as that pays; return the number of bins."""
    cdef int64_t k = 0, i
    cdef double length
    cdef Split best
    while k < n_bins and n_bins < priors.shape[0]:
        length = _length(of, bounds[k], bounds[k + 1])
        best = _best_split(of, bounds[k], bounds[k + 1], least)
        if best.cut >= 0 and _is_shorter(
            best.length + priors[n_bins] - priors[n_bins - 1], length
        ):
            for i in range(n_bins, k, -1):
                bounds[i + 1] = bounds[i]
            bounds[k + 1], n_bins = best.cut, n_bins + 1
        else:
            k += 1
    return n_bins


cdef int64_t _remove_cuts(
    Problem *of, const double[::1] priors, int64_t *bounds, int64_t n_bins
) noexcept nogil:
    """Merge neighbours as long as that does not cost anything; return the number of bins."""
    cdef int64_t k = 1, i
    cdef double merged, both
    while k < n_bins:
        merged = _length(of, bounds[k - 1], bounds[k + 1])
        both = _length(of, bounds[k - 1], bounds[k])
        both += _length(of, bounds[k], bounds[k + 1])
        if _is_shorter(both + priors[n_bins - 1] - priors[n_bins - 2], merged):
            k += 1
        else:
            for i in range(k, n_bins):
                bounds[i] = bounds[i + 1]
            n_bins -= 1
    return n_bins


def improve_division(
    tuple problem, const double[::1] priors, double least, int64_t[::1] bounds, int64_t n_bins
):
    """Move, add and remove single cuts as long as that shortens the description.

    ``bounds`` holds the cuts and both ends, with room for as many bins as ``priors``. Returns the
    number of bins. After the post-optimisation of Boulle (2006).
    """
    cdef Problem of = _as_problem(problem)
    cdef int64_t *own = &bounds[0] if bounds.shape[0] else NULL
    cdef int64_t more, fewer
    cdef bint moved
    with nogil:
        while True:
            moved = _move_cuts(&of, least, own, n_bins)
            more = _add_cuts(&of, priors, least, own, n_bins)
            fewer = _remove_cuts(&of, priors, own, more)
            if not moved and more == n_bins == fewer:
                break
            n_bins = fewer
    return n_bins
