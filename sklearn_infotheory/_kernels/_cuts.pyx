"""Cut a sequence of blocks of class counts where that tells most about the class.

Cuts are numbers of blocks: cut 3 lies before block 3, and the blocks [2, 5) are blocks 2, 3 and 4.
"""

import numpy as np

from libc.math cimport ceil, fabs, floor, INFINITY, lgamma, log, log1p, pow
from libc.stdint cimport int32_t, int64_t

from sklearn_infotheory._kernels._joint_counts cimport Table, as_table, n_log_n


cdef enum:
    _GROUP = 32  # blocks of the smallest group that branch and bound handles as one
    _MDLP = 0
    _BY_VALUES = 1
    _BY_LEVELS = 2
    _ON_GRID = 3
    _LEVELS_TRIED = 6  # of the grid: all cuts on them
    _FINEST = 50  # level of the grid

MDLP, KONONENKO = _MDLP, 1
BY_WEIGHT, BY_VALUES, BY_LEVELS, ON_GRID = 0, _BY_VALUES, _BY_LEVELS, _ON_GRID  # what the description of a cut counts
GROUP, DEEPEST = _GROUP, _DEEPEST
TIE_TOLERANCE = _TIE_TOLERANCE


cdef struct Sequence:
    const double *sums  # class counts before each block, n_classes a row
    const double *totals
    Py_ssize_t n_classes
    Table table


cdef struct Groups:
    const double *low
    const double *high
    Py_ssize_t n_levels, n_groups
    bint whole


cdef struct Best:
    int64_t cut
    double value


cdef struct Open:
    int64_t level, i
    double bound


cdef Groups _as_groups(tuple groups):
    cdef const double[:, :, ::1] low = groups[0], high = groups[1]
    cdef Groups found = [NULL, NULL, low.shape[0], low.shape[1], groups[2]]
    if found.n_groups:
        found.low, found.high = &low[0, 0, 0], &high[0, 0, 0]
    return found


def runs_of_values(
    const double[::1] values, const int32_t[::1] codes, bint merge_pure, int64_t[::1] starts,
    int64_t[::1] n_values,
):
    """Write the first row of each block, and its distinct values; return the number of blocks.

    ``values`` are sorted. The rows of one distinct value are one block; with ``merge_pure``, so are
    neighbouring distinct values that both hold one and the same class only.
    """
    cdef Py_ssize_t n = values.shape[0], n_blocks = 0, row = 0, start
    cdef int32_t last_class = -1, one_class  # the one class of the previous block, or -1
    cdef double value
    with nogil:
        while row < n:
            start, value, one_class = row, values[row], codes[row]
            row += 1
            while row < n and values[row] == value:
                if codes[row] != one_class:
                    one_class = -1
                row += 1
            if not merge_pure or one_class < 0 or one_class != last_class:
                starts[n_blocks], n_values[n_blocks] = start, 0
                n_blocks += 1
            n_values[n_blocks - 1] += 1
            last_class = one_class
        starts[n_blocks] = n
    return n_blocks


def count_blocks(
    const int32_t[::1] codes, const double[::1] weights, const int64_t[::1] starts,
    double[:, ::1] counts,
):
    """Add the rows of each block to its class counts (no weights: one each)."""
    cdef Py_ssize_t block, row
    cdef bint weighted = weights.shape[0] > 0
    with nogil:
        for block in range(counts.shape[0]):
            for row in range(starts[block], starts[block + 1]):
                counts[block, codes[row]] += weights[row] if weighted else 1.0


def cumulate(const double[:, ::1] counts, double[:, ::1] sums, double[::1] totals):
    """Write the class counts, and the weights, of the blocks before each block.

    Returns whether all counts are whole.
    """
    cdef bint whole = True
    cdef Py_ssize_t block, j
    cdef double total
    with nogil:
        for j in range(counts.shape[1]):
            sums[0, j] = 0.0
        totals[0] = 0.0
        for block in range(counts.shape[0]):
            total = totals[block]
            for j in range(counts.shape[1]):
                sums[block + 1, j] = sums[block, j] + counts[block, j]
                total += counts[block, j]
                whole &= counts[block, j] == floor(counts[block, j])
            totals[block + 1] = total
    return bool(whole)


cdef double _spread(Sequence *of, int64_t start, int64_t cut, int64_t stop) noexcept nogil:
    """N1 Ent(S1) + N2 Ent(S2) of the blocks [start, stop) cut before block ``cut``."""
    cdef Table table = of.table
    cdef const double *a = of.sums + start * of.n_classes
    cdef const double *b = of.sums + cut * of.n_classes
    cdef const double *c = of.sums + stop * of.n_classes
    cdef double value = (
        n_log_n(of.totals[cut] - of.totals[start], table)
        + n_log_n(of.totals[stop] - of.totals[cut], table)
    )
    cdef Py_ssize_t j
    for j in range(of.n_classes):
        value -= n_log_n(b[j] - a[j], table)
        value -= n_log_n(c[j] - b[j], table)
    return value


cdef double _entropy(
    Sequence *of, int64_t start, int64_t stop, int64_t *n_classes
) noexcept nogil:
    """N Ent(S) of the blocks [start, stop), and how many classes they hold."""
    cdef double value = n_log_n(of.totals[stop] - of.totals[start], of.table), count
    cdef Py_ssize_t j
    n_classes[0] = 0
    for j in range(of.n_classes):
        count = of.sums[stop * of.n_classes + j] - of.sums[start * of.n_classes + j]
        value -= n_log_n(count, of.table)
        n_classes[0] += count > 0
    return value


cdef Span feasible_cuts(
    const double *totals, int64_t start, int64_t stop, double least
) noexcept nogil:
    """First and last cut that leave positive weight, and at least ``least``, on either side."""
    cdef int64_t low = start + 1, high = stop, middle
    cdef double below, above
    cdef Span cuts
    least *= 1 - 1e-9  # ten weights of 0.1 weigh 1
    while low < high:  # first cut with enough below
        middle = (low + high) // 2
        below = totals[middle] - totals[start]
        if below > 0 and below >= least:
            high = middle
        else:
            low = middle + 1
    cuts.first, low, high = low, start, stop - 1
    while low < high:  # last cut with enough above
        middle = (low + high + 1) // 2
        above = totals[stop] - totals[middle]
        if above > 0 and above >= least:
            low = middle
        else:
            high = middle - 1
    cuts.last = low
    return cuts


def deviations(
    const double[:, ::1] sums, const double[::1] totals, double[:, :, ::1] low,
    double[:, :, ::1] high,
):
    """Write how far the class counts of a group leave the straight line between its ends.

    A group is a row of GROUP << level blocks; ``low[level]`` and ``high[level]`` hold the bounds
    of each group, rounded outward where all counts are whole. Lines run along the total weight.
    """
    cdef Py_ssize_t n_groups = low.shape[1], n_classes = sums.shape[1]
    cdef Py_ssize_t i, j, start, middle, stop, cut, level, size
    cdef double weight, least, most, slope, deviation, share, rise, bend
    with nogil:
        for i in range(n_groups):
            start, stop = i * _GROUP, (i + 1) * _GROUP
            weight = totals[stop] - totals[start]
            for j in range(n_classes):
                least = most = 0.0
                slope = (sums[stop, j] - sums[start, j]) / weight if weight > 0 else 0.0
                for cut in range(start + 1, stop):
                    deviation = (
                        sums[cut, j] - sums[start, j] - slope * (totals[cut] - totals[start])
                    )
                    least, most = min(least, deviation), max(most, deviation)
                low[0, i, j], high[0, i, j] = least, most
        for level in range(1, low.shape[0]):
            size = _GROUP << level
            for i in range(n_groups >> level):
                start, middle, stop = i * size, i * size + size // 2, (i + 1) * size
                weight = totals[stop] - totals[start]
                share = (totals[middle] - totals[start]) / weight if weight > 0 else 0.0
                for j in range(n_classes):
                    rise = share * (sums[stop, j] - sums[start, j])
                    bend = sums[middle, j] - sums[start, j] - rise
                    least = min(low[level - 1, 2 * i, j], low[level - 1, 2 * i + 1, j])
                    most = max(high[level - 1, 2 * i, j], high[level - 1, 2 * i + 1, j])
                    low[level, i, j] = least + min(bend, 0.0)
                    high[level, i, j] = most + max(bend, 0.0)


cdef double _bound_at(
    Sequence *of, int64_t start, int64_t end, int64_t stop, const double *low, const double *high,
    bint whole,
) noexcept nogil:
    """Least spread of a cut at ``end`` whose class counts may deviate from low to high.

    The deviations of the classes sum to zero, so any multiple of them may be subtracted; the slope
    there, log(N1 / N2), leaves an error of second order only. Minus infinity where a count would
    leave its range.
    """
    cdef Table table = of.table
    cdef double below = of.totals[end] - of.totals[start], above = of.totals[stop] - of.totals[end]
    cdef double slope = log(below / above)
    cdef double value = n_log_n(below, table) + n_log_n(above, table)
    cdef double least, most, a, b, at_least, at_most
    cdef Py_ssize_t j, k = of.n_classes
    for j in range(k):
        least, most = low[j], high[j]
        a = of.sums[end * k + j] - of.sums[start * k + j]
        b = of.sums[stop * k + j] - of.sums[end * k + j]
        if whole:
            least, most = floor(least), ceil(most)
        if a + least < 0 or b - most < 0:
            return -INFINITY
        at_least = n_log_n(a + least, table) + n_log_n(b - least, table) - slope * least
        if most > least:
            at_most = n_log_n(a + most, table) + n_log_n(b - most, table) - slope * most
            at_least = max(at_least, at_most)
        value -= at_least
    return value


cdef double _bound(
    Sequence *of, int64_t start, int64_t stop, int64_t level, int64_t i, Groups *groups
) noexcept nogil:
    """Lower bound of the spread over all cuts in a group.

    The spread N1 Ent(S1) + N2 Ent(S2) is a concave function of the class counts below the cut.
    These are a point of the line between the ends of the group, plus a deviation; so for each
    deviation the spread is least at one of the ends.
    """
    cdef int64_t size = <int64_t> _GROUP << level
    cdef const double *low = groups.low + (level * groups.n_groups + i) * of.n_classes
    cdef const double *high = groups.high + (level * groups.n_groups + i) * of.n_classes
    return min(
        _bound_at(of, start, i * size, stop, low, high, groups.whole),
        _bound_at(of, start, (i + 1) * size, stop, low, high, groups.whole),
    )


cdef void _scan(
    Sequence *of, int64_t start, int64_t stop, int64_t first, int64_t last, double tolerance,
    Best *best,
) noexcept nogil:
    """Improve the best cut, the lowest of equals, by the cuts in [first, last]."""
    cdef int64_t candidate
    cdef double value
    for candidate in range(first, last + 1):
        value = _spread(of, start, candidate, stop)
        if value < best.value - tolerance:
            best.cut, best.value = candidate, value
        elif value <= best.value + tolerance:
            best.cut, best.value = min(best.cut, candidate), min(best.value, value)


cdef int64_t _open_groups(
    int64_t first, int64_t last, int64_t n_levels, Open *stack, int64_t *low, int64_t *high
) noexcept nogil:
    """Put the largest groups that fill the cuts [first, last] on the stack.

    Returns their number, and the first and last cut that they cover.
    """
    cdef int64_t left = (first + _GROUP - 1) // _GROUP, right = last // _GROUP  # [left, right)
    cdef int64_t n_open = 0, level = 0
    cdef bint is_top
    low[0], high[0] = left * _GROUP, right * _GROUP
    while left < right:
        is_top = level == n_levels - 1
        if left & 1 or is_top:
            stack[n_open].level, stack[n_open].i = level, left
            n_open, left = n_open + 1, left + 1
        if left < right and (right & 1) and not is_top:
            right -= 1
            stack[n_open].level, stack[n_open].i = level, right
            n_open += 1
        if not is_top:
            left, right, level = left >> 1, right >> 1, level + 1
    return n_open


cdef int64_t _best_cut(
    Sequence *of, int64_t start, int64_t stop, int64_t first, int64_t last, Groups *groups
) noexcept nogil:
    """Cut in [first, last] of least class entropy, the lowest of equals.

    Branch and bound: a group of cuts is opened only if its bound leaves hope.
    """
    cdef Open[_DEEPEST] stack
    cdef double tolerance = _TIE_TOLERANCE * (
        1 + n_log_n(of.totals[stop] - of.totals[start], of.table)
    )
    cdef Best best = [last, INFINITY]
    cdef int64_t n_open, low, high, k, level, i, a, b, near
    cdef double left, right
    if last - first < 4 * _GROUP:
        _scan(of, start, stop, first, last, tolerance, &best)
        return best.cut
    n_open = _open_groups(first, last, groups.n_levels, stack, &low, &high)
    _scan(of, start, stop, first, low, tolerance, &best)
    _scan(of, start, stop, high, last, tolerance, &best)
    for k in range(n_open):
        stack[k].bound = _bound(of, start, stop, stack[k].level, stack[k].i, groups)
    while n_open:
        n_open -= 1
        level, i = stack[n_open].level, stack[n_open].i
        if stack[n_open].bound > best.value + 2 * tolerance:
            continue
        a, b = i * (<int64_t> _GROUP << level), (i + 1) * (<int64_t> _GROUP << level)
        if level == 0:
            _scan(of, start, stop, a, b, tolerance, &best)
            continue
        a = (a + b) // 2
        _scan(of, start, stop, a, a, tolerance, &best)
        left = _bound(of, start, stop, level - 1, 2 * i, groups)
        right = _bound(of, start, stop, level - 1, 2 * i + 1, groups)
        near = 2 * i if left < right else 2 * i + 1  # opened first, to raise the bar early
        stack[n_open].level, stack[n_open].i = level - 1, 4 * i + 1 - near
        stack[n_open + 1].level, stack[n_open + 1].i = level - 1, near
        stack[n_open].bound, stack[n_open + 1].bound = max(left, right), min(left, right)
        n_open += 2
    return best.cut


cdef double _log_binomial(double n, double k) noexcept nogil:
    """Logarithm of the binomial coefficient C(n, k), by the gamma function."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


cdef double _log_arrangements(Sequence *of, int64_t start, int64_t stop) noexcept nogil:
    """Logarithm of the multinomial coefficient of the class counts of the blocks."""
    cdef double value = lgamma(of.totals[stop] - of.totals[start] + 1)
    cdef Py_ssize_t j, k = of.n_classes
    for j in range(k):
        value -= lgamma(of.sums[stop * k + j] - of.sums[start * k + j] + 1)
    return value


cdef double _log_places(double n, int64_t n_values, int64_t n_blocks, int place) noexcept nogil:
    """Logarithm of the number of places a cut can be at."""
    if place == _BY_VALUES:
        return log(<double> (n_values - 1))
    if place == _BY_LEVELS:  # 2^(L - 1) - 1 ways to divide L levels in two
        return (n_blocks - 1) * log(2.0) + log1p(-pow(2.0, 1 - n_blocks))
    return log(max(n - 1.0, 1.0))


cdef double _log_place_on_grid(
    Sequence *of, int64_t start, int64_t cut, int64_t stop, int64_t n_values
) noexcept nogil:
    """Length of the place of a cut: among the distinct values, or on a grid, if that is shorter.

    The grid halves the samples again and again. A cut is on the first level at which it is the
    nearest one to a new bound of the grid: level g has 2^(g - 1) of them and costs log g(g + 1).
    One bit says that there is a cut at all.
    """
    cdef const double *totals = of.totals
    cdef double n = totals[stop] - totals[start]
    cdef double low = ((totals[cut - 1] + totals[cut]) / 2 - totals[start]) / n
    cdef double high = ((totals[cut] + totals[cut + 1]) / 2 - totals[start]) / n
    cdef double by_value = log(<double> max(n_values - 1, 1)), scale = 2.0
    cdef int64_t level = 1
    while level < _FINEST and floor(high * scale) == floor(low * scale):
        level, scale = level + 1, 2 * scale
    return log(2.0) + min(
        by_value, log(<double> (level * (level + 1))) + min((level - 1) * log(2.0), by_value)
    )


cdef int64_t _nearest_cut(Sequence *of, int64_t start, int64_t stop, double wanted) noexcept nogil:
    """Cut of (start, stop) nearest to so much weight, the upper one of equally near ones."""
    cdef int64_t low = start + 1, high = stop - 1, middle
    while low < high:
        middle = (low + high) // 2
        if of.totals[middle] + of.totals[middle + 1] > 2 * wanted:
            high = middle
        else:
            low = middle + 1
    return low


cdef double _log_patterns(int64_t n_classes) noexcept nogil:
    """Logarithm of 3^k - 2."""
    return n_classes * log(3.0) + log1p(-2.0 * pow(3.0, -n_classes))


cdef void _mdlp_test(
    Sequence *of, int64_t start, int64_t cut, int64_t stop, double *gain, double *threshold
) noexcept nogil:
    """N times the gain of a cut, and what Fayyad and Irani ask of it beside its place."""
    cdef int64_t k, k_below, k_above
    cdef double whole = _entropy(of, start, stop, &k)
    cdef double below = _entropy(of, start, cut, &k_below)
    cdef double above = _entropy(of, cut, stop, &k_above)
    cdef double mean = k * whole / (of.totals[stop] - of.totals[start])
    mean -= k_below * below / (of.totals[cut] - of.totals[start])
    mean -= k_above * above / (of.totals[stop] - of.totals[cut])
    gain[0], threshold[0] = whole - below - above, _log_patterns(k) - mean


cdef void _kononenko_test(
    Sequence *of, int64_t start, int64_t cut, int64_t stop, double *gain, double *threshold
) noexcept nogil:
    """Nats by which a cut shortens the classes, and by which it lengthens their frequencies."""
    cdef double k = 0.0
    cdef const double *totals = of.totals
    cdef Py_ssize_t j
    for j in range(of.n_classes):
        k += of.sums[stop * of.n_classes + j] > of.sums[start * of.n_classes + j]
    gain[0] = _log_arrangements(of, start, stop)
    gain[0] -= _log_arrangements(of, start, cut)
    gain[0] -= _log_arrangements(of, cut, stop)
    threshold[0] = _log_binomial(totals[cut] - totals[start] + k - 1, k - 1)
    threshold[0] += _log_binomial(totals[stop] - totals[cut] + k - 1, k - 1)
    threshold[0] -= _log_binomial(totals[stop] - totals[start] + k - 1, k - 1)


cdef void _test(
    Sequence *of, int criterion, int64_t start, int64_t cut, int64_t stop, double *gain,
    double *threshold,
) noexcept nogil:
    if criterion == _MDLP:
        _mdlp_test(of, start, cut, stop, gain, threshold)
    else:
        _kononenko_test(of, start, cut, stop, gain, threshold)


cdef int64_t _best_cut_on_grid(
    Sequence *of, int criterion, int64_t start, int64_t cut, int64_t stop, Span feasible,
    int64_t n_values,
) noexcept nogil:
    """Whichever gains most beyond its price: ``cut``, or one of the coarse levels of the grid.

    The lowest of equal ones.
    """
    cdef double gain = 0.0, threshold = 0.0, net, most, tolerance
    cdef double n = of.totals[stop] - of.totals[start], bottom = of.totals[start]
    cdef int64_t level, parts, k, other
    _test(of, criterion, start, cut, stop, &gain, &threshold)
    most = gain - threshold - _log_place_on_grid(of, start, cut, stop, n_values)
    tolerance = _TIE_TOLERANCE * (1 + fabs(gain))
    for level in range(1, _LEVELS_TRIED + 1):
        parts = <int64_t> 1 << level
        if parts > 2 * (stop - start):
            break
        for k in range(1, parts, 2):
            other = _nearest_cut(of, start, stop, bottom + n * k / parts)
            if other < feasible.first or other > feasible.last:
                continue
            _test(of, criterion, start, other, stop, &gain, &threshold)
            net = gain - threshold - _log_place_on_grid(of, start, other, stop, n_values)
            if net > most + tolerance or (net >= most - tolerance and other < cut):
                cut, most = other, max(net, most)
    return cut


cdef bint _is_accepted(double gain, double threshold) noexcept nogil:
    return gain - threshold > _TIE_TOLERANCE * max(1.0, fabs(threshold))


def is_accepted(double gain, double threshold):
    """Whether the gain exceeds the threshold by more than rounding."""
    return bool(_is_accepted(gain, threshold))


def split_recursively(
    const double[:, ::1] sums, const double[::1] totals, const int64_t[::1] values,
    tuple groups, int criterion, int place, double least, const double[::1] table,
    int64_t[:, ::1] spans, double[:, ::1] tests,
):
    """Split the blocks as long as the criterion accepts the best cut.

    ``values`` counts the distinct values before each block. Each row of ``spans`` gets start, stop
    and cut of a tested split, and each row of ``tests`` its gain and threshold in nats per sample.
    Returns the number of rows. Parents come before children.
    """
    cdef int64_t[:, ::1] waiting = np.empty((sums.shape[0] + 1, 2), np.int64)
    cdef Sequence of = [&sums[0, 0], &totals[0], sums.shape[1], as_table(table)]
    cdef Groups bounds = _as_groups(groups)
    cdef int64_t n_tests = 0, n_open = 1, start, stop, cut, n_values
    cdef double gain = 0.0, threshold = 0.0, n
    cdef Span feasible
    waiting[0, 0], waiting[0, 1] = 0, sums.shape[0] - 1
    with nogil:
        while n_open:
            n_open -= 1
            start, stop = waiting[n_open, 0], waiting[n_open, 1]
            feasible = feasible_cuts(of.totals, start, stop, least)
            if feasible.first > feasible.last:
                continue
            cut = _best_cut(&of, start, stop, feasible.first, feasible.last, &bounds)
            n, n_values = totals[stop] - totals[start], values[stop] - values[start]
            if place == _ON_GRID:
                cut = _best_cut_on_grid(&of, criterion, start, cut, stop, feasible, n_values)
            _test(&of, criterion, start, cut, stop, &gain, &threshold)
            if place == _ON_GRID:
                threshold += _log_place_on_grid(&of, start, cut, stop, n_values)
            else:
                threshold += _log_places(n, n_values, stop - start, place)
            gain, threshold = gain / n, threshold / n
            spans[n_tests, 0], spans[n_tests, 1], spans[n_tests, 2] = start, stop, cut
            tests[n_tests, 0], tests[n_tests, 1] = gain, threshold
            n_tests += 1
            if _is_accepted(gain, threshold):
                waiting[n_open, 0], waiting[n_open, 1] = cut, stop
                waiting[n_open + 1, 0], waiting[n_open + 1, 1] = start, cut
                n_open += 2
    return n_tests
