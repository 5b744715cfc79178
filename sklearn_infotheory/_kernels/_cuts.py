"""Cut a sequence of blocks of class counts where that tells most about the class.

Cuts are numbers of blocks: cut 3 lies before block 3, and the blocks [2, 5) are blocks 2, 3 and 4.
"""

from __future__ import annotations

import math

import numpy as np

from sklearn_infotheory._kernels._compile import kernel, part
from sklearn_infotheory._kernels._joint_counts import n_log_n

MDLP, KONONENKO = 0, 1
BY_WEIGHT, BY_VALUES, BY_LEVELS = 0, 1, 2  # what the description of a cut counts
TIE_TOLERANCE = 1e-12  # costs this close, relative to their scale, are equal
GROUP = 32  # blocks of the smallest group that branch and bound handles as one
DEEPEST = 128  # groups that are open at once, at most


@kernel
def runs_of_values(values, codes, merge_pure, starts, n_values):
    """Write the first row of each block, and its distinct values; return the number of blocks.

    ``values`` are sorted. The rows of one distinct value are one block; with ``merge_pure``, so are
    neighbouring distinct values that both hold one and the same class only.
    """
    n, n_blocks, row = values.shape[0], 0, 0
    last_class = -1  # the one class of the previous block, or -1
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


@kernel
def count_blocks(codes, weights, starts, counts):
    """Add the rows of each block to its class counts (no weights: one each)."""
    for block in range(counts.shape[0]):
        for row in range(starts[block], starts[block + 1]):
            counts[block, codes[row]] += weights[row] if weights.shape[0] else 1.0


@kernel
def cumulate(counts, sums, totals):
    """Write the class counts, and the weights, of the blocks before each block.

    Returns whether all counts are whole.
    """
    whole = True
    n_blocks, n_classes = counts.shape
    for j in range(n_classes):
        sums[0, j] = 0.0
    totals[0] = 0.0
    for block in range(n_blocks):
        total = totals[block]
        for j in range(n_classes):
            sums[block + 1, j] = sums[block, j] + counts[block, j]
            total += counts[block, j]
            whole &= counts[block, j] == math.floor(counts[block, j])
        totals[block + 1] = total
    return whole


@part
def _spread(sums, totals, start, cut, stop, table):
    """N1 Ent(S1) + N2 Ent(S2) of the blocks [start, stop) cut before block ``cut``."""
    value = n_log_n(totals[cut] - totals[start], table) + n_log_n(totals[stop] - totals[cut], table)
    for j in range(sums.shape[1]):
        value -= n_log_n(sums[cut, j] - sums[start, j], table)
        value -= n_log_n(sums[stop, j] - sums[cut, j], table)
    return value


@part
def _entropy_and_classes(sums, totals, start, stop, table):
    """N Ent(S) of the blocks [start, stop), and how many classes they hold."""
    value, n_classes = n_log_n(totals[stop] - totals[start], table), 0
    for j in range(sums.shape[1]):
        count = sums[stop, j] - sums[start, j]
        value -= n_log_n(count, table)
        n_classes += count > 0
    return value, n_classes


@part
def feasible_cuts(totals, start, stop, least):
    """First and last cut that leave positive weight, and at least ``least``, on either side."""
    least *= 1 - 1e-9  # ten weights of 0.1 weigh 1
    low, high = start + 1, stop
    while low < high:  # first cut with enough below
        middle = (low + high) // 2
        below = totals[middle] - totals[start]
        if below > 0 and below >= least:
            high = middle
        else:
            low = middle + 1
    first, low, high = low, start, stop - 1
    while low < high:  # last cut with enough above
        middle = (low + high + 1) // 2
        above = totals[stop] - totals[middle]
        if above > 0 and above >= least:
            low = middle
        else:
            high = middle - 1
    return first, low


@kernel
def deviations(sums, totals, low, high):
    """Write how far the class counts of a group leave the straight line between its ends.

    A group is a row of GROUP << level blocks; ``low[level]`` and ``high[level]`` hold the bounds
    of each group, rounded outward where all counts are whole. Lines run along the total weight.
    """
    n_groups, n_classes = low.shape[1], sums.shape[1]
    for i in range(n_groups):
        start, stop = i * GROUP, (i + 1) * GROUP
        weight = totals[stop] - totals[start]
        for j in range(n_classes):
            least = most = 0.0
            slope = (sums[stop, j] - sums[start, j]) / weight if weight > 0 else 0.0
            for cut in range(start + 1, stop):
                deviation = sums[cut, j] - sums[start, j] - slope * (totals[cut] - totals[start])
                least, most = min(least, deviation), max(most, deviation)
            low[0, i, j], high[0, i, j] = least, most
    for level in range(1, low.shape[0]):
        size = GROUP << level
        for i in range(n_groups >> level):
            start, middle, stop = i * size, i * size + size // 2, (i + 1) * size
            weight = totals[stop] - totals[start]
            share = (totals[middle] - totals[start]) / weight if weight > 0 else 0.0
            for j in range(n_classes):
                rise = share * (sums[stop, j] - sums[start, j])
                bend = sums[middle, j] - sums[start, j] - rise
                least = min(low[level - 1, 2 * i, j], low[level - 1, 2 * i + 1, j])
                most = max(high[level - 1, 2 * i, j], high[level - 1, 2 * i + 1, j])
                low[level, i, j], high[level, i, j] = least + min(bend, 0), most + max(bend, 0)


@part
def _bound_at(sums, totals, start, end, stop, low, high, whole, table):
    """Least spread of a cut at ``end`` whose class counts may deviate from low to high.

    The deviations of the classes sum to zero, so any multiple of them may be subtracted; the slope
    there, log(N1 / N2), leaves an error of second order only. Minus infinity where a count would
    leave its range.
    """
    below, above = totals[end] - totals[start], totals[stop] - totals[end]
    slope = math.log(below / above)
    value = n_log_n(below, table) + n_log_n(above, table)
    for j in range(sums.shape[1]):
        least, most = low[j], high[j]
        a, b = sums[end, j] - sums[start, j], sums[stop, j] - sums[end, j]
        if whole:
            least, most = math.floor(least), math.ceil(most)
        if a + least < 0 or b - most < 0:
            return -np.inf
        at_least = n_log_n(a + least, table) + n_log_n(b - least, table) - slope * least
        if most > least:
            at_most = n_log_n(a + most, table) + n_log_n(b - most, table) - slope * most
            at_least = max(at_least, at_most)
        value -= at_least
    return value


@part
def _bound(sums, totals, start, stop, level, i, groups, table):
    """Lower bound of the spread over all cuts in a group.

    The spread N1 Ent(S1) + N2 Ent(S2) is a concave function of the class counts below the cut.
    These are a point of the line between the ends of the group, plus a deviation; so for each
    deviation the spread is least at one of the ends.
    """
    low, high, whole = groups
    size = GROUP << level
    deviation = low[level, i], high[level, i]
    at_start = _bound_at(sums, totals, start, i * size, stop, *deviation, whole, table)
    at_stop = _bound_at(sums, totals, start, (i + 1) * size, stop, *deviation, whole, table)
    return min(at_start, at_stop)


@part
def _scan(sums, totals, start, stop, first, last, table, tolerance, cut, best):
    """Improve the best cut, the lowest of equals, by the cuts in [first, last]."""
    for candidate in range(first, last + 1):
        value = _spread(sums, totals, start, candidate, stop, table)
        if value < best - tolerance:
            cut, best = candidate, value
        elif value <= best + tolerance:
            cut, best = min(cut, candidate), min(best, value)
    return cut, best


@part
def _open_groups(first, last, n_levels, stack):
    """Put the largest groups that fill the cuts [first, last] on the stack.

    Returns their number, and the first and last cut that they cover.
    """
    left, right = (first + GROUP - 1) // GROUP, last // GROUP  # groups [left, right)
    covered = left * GROUP, right * GROUP
    n_open, level = 0, 0
    while left < right:
        is_top = level == n_levels - 1
        if left & 1 or is_top:
            stack[n_open, 0], stack[n_open, 1] = level, left
            n_open, left = n_open + 1, left + 1
        if left < right and (right & 1) and not is_top:
            right -= 1
            stack[n_open, 0], stack[n_open, 1] = level, right
            n_open += 1
        if not is_top:
            left, right, level = left >> 1, right >> 1, level + 1
    return n_open, covered[0], covered[1]


@part
def _best_cut(sums, totals, start, stop, first, last, groups, stack, bounds, table):
    """Cut in [first, last] of least class entropy, the lowest of equals.

    Branch and bound: a group of cuts is opened only if its bound leaves hope.
    """
    tolerance = TIE_TOLERANCE * (1 + n_log_n(totals[stop] - totals[start], table))
    cut, best = last, np.inf
    if last - first < 4 * GROUP:
        return _scan(sums, totals, start, stop, first, last, table, tolerance, cut, best)[0]
    n_open, low, high = _open_groups(first, last, groups[0].shape[0], stack)
    for a, b in ((first, low), (high, last)):
        cut, best = _scan(sums, totals, start, stop, a, b, table, tolerance, cut, best)
    for k in range(n_open):
        level, i = stack[k]
        bounds[k] = _bound(sums, totals, start, stop, level, i, groups, table)
    while n_open:
        n_open -= 1
        level, i = stack[n_open]
        if bounds[n_open] > best + 2 * tolerance:
            continue
        a, b = i * (GROUP << level), (i + 1) * (GROUP << level)
        if level == 0:
            cut, best = _scan(sums, totals, start, stop, a, b, table, tolerance, cut, best)
            continue
        a = (a + b) // 2
        cut, best = _scan(sums, totals, start, stop, a, a, table, tolerance, cut, best)
        left = _bound(sums, totals, start, stop, level - 1, 2 * i, groups, table)
        right = _bound(sums, totals, start, stop, level - 1, 2 * i + 1, groups, table)
        near = 2 * i if left < right else 2 * i + 1  # opened first, to raise the bar early
        stack[n_open, 0], stack[n_open, 1] = level - 1, 4 * i + 1 - near
        stack[n_open + 1, 0], stack[n_open + 1, 1] = level - 1, near
        bounds[n_open], bounds[n_open + 1] = max(left, right), min(left, right)
        n_open += 2
    return cut


@part
def _log_binomial(n, k):
    """Logarithm of the binomial coefficient C(n, k), by the gamma function."""
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


@part
def _log_arrangements(sums, totals, start, stop):
    """Logarithm of the multinomial coefficient of the class counts of the blocks."""
    value = math.lgamma(totals[stop] - totals[start] + 1)
    for j in range(sums.shape[1]):
        value -= math.lgamma(sums[stop, j] - sums[start, j] + 1)
    return value


@part
def _log_places(n, n_values, n_blocks, place):
    """Logarithm of the number of places a cut can be at."""
    if place == BY_VALUES:
        return math.log(n_values - 1)
    if place == BY_LEVELS:  # 2^(L - 1) - 1 ways to divide L levels in two
        return (n_blocks - 1) * math.log(2.0) + math.log1p(-(2.0 ** (1 - n_blocks)))
    return math.log(max(n - 1.0, 1.0))


@part
def _log_patterns(n_classes):
    """Logarithm of 3^k - 2."""
    return n_classes * math.log(3.0) + math.log1p(-2.0 * 3.0 ** (-n_classes))


@part
def _mdlp_test(sums, totals, start, cut, stop, table):
    """N times the gain of a cut, and what Fayyad and Irani ask of it beside its place."""
    whole, k = _entropy_and_classes(sums, totals, start, stop, table)
    below, k_below = _entropy_and_classes(sums, totals, start, cut, table)
    above, k_above = _entropy_and_classes(sums, totals, cut, stop, table)
    mean = k * whole / (totals[stop] - totals[start])
    mean -= k_below * below / (totals[cut] - totals[start])
    mean -= k_above * above / (totals[stop] - totals[cut])
    return whole - below - above, _log_patterns(k) - mean


@part
def _kononenko_test(sums, totals, start, cut, stop):
    """Nats by which a cut shortens the classes, and by which it lengthens their frequencies."""
    k = 0.0
    for j in range(sums.shape[1]):
        k += sums[stop, j] > sums[start, j]
    gain = _log_arrangements(sums, totals, start, stop)
    gain -= _log_arrangements(sums, totals, start, cut)
    gain -= _log_arrangements(sums, totals, cut, stop)
    longer = _log_binomial(totals[cut] - totals[start] + k - 1, k - 1)
    longer += _log_binomial(totals[stop] - totals[cut] + k - 1, k - 1)
    longer -= _log_binomial(totals[stop] - totals[start] + k - 1, k - 1)
    return gain, longer


@kernel
def is_accepted(gain, threshold):
    """Whether the gain exceeds the threshold by more than rounding."""
    return gain - threshold > TIE_TOLERANCE * max(1.0, abs(threshold))


@kernel
def split_recursively(sums, totals, values, groups, criterion, place, least, table, spans, tests):
    """Split the blocks as long as the criterion accepts the best cut.

    ``values`` counts the distinct values before each block. Each row of ``spans`` gets start, stop
    and cut of a tested split, and each row of ``tests`` its gain and threshold in nats per sample.
    Returns the number of rows. Parents come before children.
    """
    n_tests, n_open = 0, 1
    waiting = np.empty((sums.shape[0] + 1, 2), np.int64)
    waiting[0, 0], waiting[0, 1] = 0, sums.shape[0] - 1
    stack, bounds = np.empty((DEEPEST, 2), np.int64), np.empty(DEEPEST)
    while n_open:
        n_open -= 1
        start, stop = waiting[n_open]
        first, last = feasible_cuts(totals, start, stop, least)
        if first > last:
            continue
        cut = _best_cut(sums, totals, start, stop, first, last, groups, stack, bounds, table)
        if criterion == MDLP:
            gain, threshold = _mdlp_test(sums, totals, start, cut, stop, table)
        else:
            gain, threshold = _kononenko_test(sums, totals, start, cut, stop)
        n = totals[stop] - totals[start]
        threshold += _log_places(n, values[stop] - values[start], stop - start, place)
        gain, threshold = gain / n, threshold / n
        spans[n_tests, 0], spans[n_tests, 1], spans[n_tests, 2] = start, stop, cut
        tests[n_tests, 0], tests[n_tests, 1] = gain, threshold
        n_tests += 1
        if is_accepted(gain, threshold):
            waiting[n_open, 0], waiting[n_open, 1] = cut, stop
            waiting[n_open + 1, 0], waiting[n_open + 1, 1] = start, cut
            n_open += 2
    return n_tests
