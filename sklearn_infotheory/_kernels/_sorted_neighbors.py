"""Neighbours in sorted columns: how many samples are near one, and how near is the k-th of a class?

Nearer than a distance means that the difference of two numbers is smaller than it. The ends of an
interval are never computed: they would be rounded.
"""

from __future__ import annotations

import numpy as np

from sklearn_infotheory._kernels._compile import kernel, part

_STEPS = 8  # taken one by one before bisecting
_FEW_WINDOWS = 7
_NEXT = 6  # values that are tried in turn; among more, the place is guessed

# --- Sorting -------------------------------------------------------------------------------------


@kernel
def pack_keys(bits, n_low, keys):
    """Write unsigned integers in the order of floats, their lowest bits replaced by the row."""
    for i in range(bits.shape[0]):
        sign = np.int64(bits[i]) >> 63
        key = bits[i] ^ (np.uint64(sign) | np.uint64(1 << 63))
        keys[i] = ((key >> np.uint64(n_low)) << np.uint64(n_low)) | np.uint64(i)


@kernel
def unpack_keys(keys, n_low, column, order, values):
    """Read the rows of sorted keys, and put in order those that differ in the lowest bits only.

    Returns False if these are so many that sorting anew is faster.
    """
    n, low, n_moves = keys.shape[0], np.uint64((1 << n_low) - 1), 0
    for i in range(n):
        row = np.int64(keys[i] & low)
        value, j = column[row], i
        while j > 0 and values[j - 1] > value:
            order[j], values[j] = order[j - 1], values[j - 1]
            j -= 1
        order[j], values[j] = row, value
        n_moves += i - j
        if n_moves > 4 * n:
            return False
    return True


# --- Counting within a distance ------------------------------------------------------------------


@part
def _bucket(value, lowest, scale, n_buckets):
    place = (value - lowest) * scale
    if not place > 0.0:  # NaN too: an infinite range
        return 0
    return int(place) if place < n_buckets - 1 else n_buckets - 1


@kernel
def index_column(values, starts):
    """Divide the range of a sorted column into equal buckets; return its foot and their density.

    ``starts``, one longer than there are buckets, takes the first position of each.
    """
    n, n_buckets = values.shape[0], starts.shape[0] - 1
    lowest, width = values[0], values[n - 1] - values[0]
    scale = n_buckets / width if width > 0.0 else 0.0
    filled = -1
    for i in range(n):
        bucket = _bucket(values[i], lowest, scale, n_buckets)
        while filled < bucket:
            filled += 1
            starts[filled] = i
    while filled < n_buckets:
        filled += 1
        starts[filled] = n
    return lowest, scale


@part
def _is_near(difference, reach, closed):
    return difference < reach or (closed and difference == reach)


@part
def _bisect_first(values, i, low, high, reach, closed):
    """First position from low on that is within reach of position i; high is."""
    while low < high:
        middle = (low + high) >> 1
        if _is_near(values[i] - values[middle], reach, closed):
            high = middle
        else:
            low = middle + 1
    return low


@part
def _bisect_last(values, i, low, high, reach, closed):
    """Last position up to high that is within reach of position i; low is."""
    while low < high:
        middle = (low + high + 1) >> 1
        if _is_near(values[middle] - values[i], reach, closed):
            low = middle
        else:
            high = middle - 1
    return low


@part
def _ends(values, starts, lowest, scale, i, reach, closed):
    """First and last position within reach of position i; reach is above 0, or closed.

    The buckets tell where they are, but for some steps, or what rounding adds.
    """
    value, last, n_buckets = values[i], values.shape[0] - 1, starts.shape[0] - 1
    below = _bucket(value - reach, lowest, scale, n_buckets)
    above = _bucket(value + reach, lowest, scale, n_buckets)
    low, high = min(starts[below], i), max(starts[above + 1] - 1, i)
    if low > 0 and _is_near(value - values[low - 1], reach, closed):
        low = _bisect_first(values, i, 0, low - 1, reach, closed)
    if high < last and _is_near(values[high + 1] - value, reach, closed):
        high = _bisect_last(values, i, high + 1, last, reach, closed)
    stop = min(low + _STEPS, i)
    while low < stop and not _is_near(value - values[low], reach, closed):
        low += 1
    stop = max(high - _STEPS, i)
    while high > stop and not _is_near(values[high] - value, reach, closed):
        high -= 1
    if not _is_near(value - values[low], reach, closed):  # a full bucket: equal values, it may be
        stop = min(max(starts[below + 1], low + 1), i)
        is_end = _is_near(value - values[stop], reach, closed)
        is_end = is_end and not _is_near(value - values[stop - 1], reach, closed)
        low = stop if is_end else _bisect_first(values, i, low, i, reach, closed)
    if not _is_near(values[high] - value, reach, closed):
        stop = max(min(starts[above] - 1, high - 1), i)
        is_end = _is_near(values[stop] - value, reach, closed)
        is_end = is_end and not _is_near(values[stop + 1] - value, reach, closed)
        high = stop if is_end else _bisect_last(values, i, i, high, reach, closed)
    return low, high


@kernel
def count_all_near(values, index, reach, closed, counts):
    """Count, for every position, the others within its own reach."""
    starts, lowest, scale = index
    for i in range(values.shape[0]):
        counts[i] = 0
        if reach[i] > 0.0 or closed:
            first, last = _ends(values, starts, lowest, scale, i, reach[i], closed)
            counts[i] = last - first


@part
def near_and_tied(values, index, i, reach):
    """Count the others nearer than reach, and those just as far."""
    starts, lowest, scale = index
    first, last = _ends(values, starts, lowest, scale, i, reach, reach == 0.0)
    if reach == 0.0:
        return 0, last - first
    is_tied = first > 0 and values[i] - values[first - 1] == reach
    if is_tied or (last + 1 < values.shape[0] and values[last + 1] - values[i] == reach):
        below, above = _ends(values, starts, lowest, scale, i, reach, True)
        return last - first, first - below + above - last
    return last - first, 0


@kernel
def count_near_and_tied(values, index, reach, nearer, tied):
    """Count, for every position, the others nearer than its own reach, and those just as far."""
    for i in range(values.shape[0]):
        nearer[i], tied[i] = near_and_tied(values, index, i, reach[i])


# --- Neighbours of the same class ----------------------------------------------------------------


@part
def _group(values, codes, starts, members, own):
    """List the positions of each class and their values; ``starts`` takes where each begins."""
    for c in range(starts.shape[0]):
        starts[c] = 0
    for code in codes:
        starts[code + 1] += 1
    for c in range(1, starts.shape[0]):
        starts[c] += starts[c - 1]
    for i in range(codes.shape[0]):
        place = starts[codes[i]]  # for now that of its next member
        members[place], own[place] = i, values[i]
        starts[codes[i]] = place + 1
    for c in range(starts.shape[0] - 1, 0, -1):
        starts[c] = starts[c - 1]
    starts[0] = 0


@part
def _window(own, i, k):
    """Where the k + 1 members begin that are nearest to the i-th, and how far they are.

    Few windows are all tried, without a branch. Of many, the best is where the distances to both
    ends cross.
    """
    low, high = max(0, i - k), min(i, own.shape[0] - 1 - k)
    while high - low > _FEW_WINDOWS:
        middle = (low + high) >> 1
        if own[i] - own[middle] > own[middle + k] - own[i]:
            low = middle
        else:
            high = middle
    left, reach = low, np.inf
    for start in range(low, high + 1):
        below, above = own[i] - own[start], own[start + k] - own[i]
        farther = below if below > above else above
        left = start if farther < reach else left
        reach = farther if farther < reach else reach
    return left, reach


@part
def _place(share, low, high):
    """Return the position at a share of the way from low to high."""
    return min(max(low + np.int64(share * (high - low)), low), high)


@part
def _first_nearer(values, p, start, low, reach):
    """First position nearer to p than reach, about ``start``, not below ``low``.

    Far from there, the search begins where it would end if values lay evenly between.
    """
    value, j = values[p], start
    if start - low > _NEXT and value - values[start] < reach:
        foot = values[low]
        width = values[start] - foot
        j = _place((value - reach - foot) / width, low, start) if width > 0.0 else low
    if value - values[j] < reach:
        for _ in range(_STEPS):
            if j == low or not value - values[j - 1] < reach:
                return j
            j -= 1
        return _bisect_first(values, p, low, j, reach, False)
    for _ in range(_STEPS):
        j += 1
        if value - values[j] < reach:
            return j
    return _bisect_first(values, p, j + 1, p, reach, False)


@part
def _last_nearer(values, p, start, high, reach):
    """Last position nearer to p than reach, about ``start``, not above ``high``."""
    value, j = values[p], start
    if high - start > _NEXT and values[start] - value < reach:
        foot = values[start]
        width = values[high] - foot
        j = _place((value + reach - foot) / width, start, high) if width > 0.0 else high
    if values[j] - value < reach:
        for _ in range(_STEPS):
            if j == high or not values[j + 1] - value < reach:
                return j
            j += 1
        return _bisect_last(values, p, j, high, reach, False)
    for _ in range(_STEPS):
        j -= 1
        if values[j] - value < reach:
            return j
    return _bisect_last(values, p, p, j - 1, reach, False)


@part
def _count_around(values, members, own, k, counts):
    """Count who is nearer than the k-th neighbour of each member of a class, and oneself.

    The next members beyond all that are as near as the k-th bound the search.
    """
    n, last = members.shape[0], values.shape[0] - 1
    for i in range(n):
        p = members[i]
        left, reach = _window(own, i, k)
        right = left + k
        if reach == 0.0:
            counts[p] = 1
            continue
        while left > 0 and own[i] - own[left - 1] <= reach:
            left -= 1
        while right + 1 < n and own[right + 1] - own[i] <= reach:
            right += 1
        low = members[left - 1] + 1 if left > 0 else 0
        high = members[right + 1] - 1 if right + 1 < n else last
        first = _first_nearer(values, p, members[left], low, reach)
        counts[p] = _last_nearer(values, p, members[right], high, reach) - first + 1


@kernel
def count_nearer_than_class(values, codes, starts, k, counts):
    """Count the samples that are nearer than the k-th neighbour of the own class, and oneself.

    ``values`` is sorted, ``codes`` are the classes in that order, ``starts`` takes where each class
    begins among all grouped by class. Small classes take their farthest member; 0 is the count of
    a member that is alone.
    """
    n = codes.shape[0]
    members, own = np.empty(n, np.int64), np.empty(n)
    _group(values, codes, starts, members, own)
    for c in range(starts.shape[0] - 1):
        start, stop = starts[c], starts[c + 1]
        n_neighbors = min(k, stop - start - 1)
        if n_neighbors > 0:
            _count_around(values, members[start:stop], own[start:stop], n_neighbors, counts)
        elif stop > start:
            counts[members[start]] = 0


@part
def _members_within(own, i, reach, closed):
    """Count the other members within reach of the i-th."""
    last = _bisect_last(own, i, i, own.shape[0] - 1, reach, closed)
    return last - _bisect_first(own, i, 0, i, reach, closed)


@kernel
def count_ties_around_class(values, index, codes, starts, k, members, repeats, joint, side):
    """Count who is nearer than the k-th neighbour of the own class, and who is just as near.

    Of the own class in ``joint``, of all in ``side``, laid out as in ``_tie_averages``: one row for
    equal samples of a class, whose number goes to ``repeats``. ``members`` takes the positions that
    they stand for, in that order. Each class has two members or more. Returns the number of rows.
    """
    n_rows, all_own = 0, np.empty(codes.shape[0])
    _group(values, codes, starts, members, all_own)
    for c in range(starts.shape[0] - 1):
        own = all_own[starts[c] : starts[c + 1]]
        n_neighbors = min(k, own.shape[0] - 1)
        for i in range(own.shape[0]):
            if i > 0 and own[i] == own[i - 1]:
                repeats[n_rows - 1] += 1
                continue
            _, reach = _window(own, i, n_neighbors)
            inner = _members_within(own, i, reach, False) if reach > 0.0 else 0
            p = members[starts[c] + i]
            nearer, tied = near_and_tied(values, index, p, reach)
            of_joint, of_side = joint[n_rows], side[n_rows]
            of_joint[0], of_joint[1] = n_neighbors if reach > 0.0 else 0, inner
            of_joint[2], of_joint[3] = _members_within(own, i, reach, True) - inner, 0
            of_side[0], of_side[1], of_side[2], of_side[3] = nearer, tied, of_joint[2], 0
            repeats[n_rows] = 1
            n_rows += 1
    return n_rows
