"""The k nearest neighbours in a plane, by the larger of the two differences.

The samples are cut by x into slabs of about as many samples as there are slabs, and each slab is
sorted by y. A search goes through a slab outward in y until that difference alone is too large, and
through the slabs outward in x likewise.
"""

from __future__ import annotations

import numpy as np

from sklearn_infotheory._kernels._compile import kernel, part


@kernel
def sort_ties(x_order, y_ranks, y_codes, order):
    """Write the rows in the order of y, and those that are tied in it in the order of x."""
    fill = np.empty(y_codes[-1] + 1, np.int64)
    for r in range(y_codes.shape[0] - 1, -1, -1):
        fill[y_codes[r]] = r
    for row in x_order:
        code = y_codes[y_ranks[row]]
        order[fill[code]] = row
        fill[code] += 1


@part
def _start_slabs(places, size):
    for slab in range(places.shape[0]):
        places[slab] = slab * size


@kernel
def lay_out_slabs(x_ranks, y_order, size, places):
    """Write the positions in x and in y of the samples, slab by slab, each in the order of y."""
    n = y_order.shape[0]
    fill = np.empty((n - 1) // size + 1, np.int64)
    _start_slabs(fill, size)
    for r in range(n):
        p = x_ranks[y_order[r]]
        e = fill[p // size]
        fill[p // size] = e + 1
        places[0, e], places[1, e] = p, r


@part
def _insert(distance, nearest):
    """Put a distance among the k smallest, in ascending order, whose last it is below."""
    j = nearest.shape[0] - 1
    while j > 0 and nearest[j - 1] > distance:
        nearest[j] = nearest[j - 1]
        j -= 1
    nearest[j] = distance


@part
def _search_own(xs, ys, e, start, stop, nearest):
    """Search the slab of e, on both sides at once, as nothing is known yet."""
    x, y, last = xs[e], ys[e], nearest.shape[0] - 1
    up, down = e + 1, e - 1
    above = ys[up] - y if up < stop else np.inf
    below = y - ys[down] if down >= start else np.inf
    while True:
        if above <= below:
            gap, j = above, up
            up += 1
            above = ys[up] - y if up < stop else np.inf
        else:
            gap, j = below, down
            down -= 1
            below = y - ys[down] if down >= start else np.inf
        if gap >= nearest[last]:
            return
        distance = max(gap, abs(xs[j] - x))
        if distance < nearest[last]:
            _insert(distance, nearest)


@part
def _search_other(xs, ys, x, y, start, middle, stop, nearest):
    """Search another slab, upward and downward from its first sample that is not below y."""
    last = nearest.shape[0] - 1
    for j in range(middle, stop):
        gap = ys[j] - y
        if gap >= nearest[last]:
            break
        distance = max(gap, abs(xs[j] - x))
        if distance < nearest[last]:
            _insert(distance, nearest)
    for j in range(middle - 1, start - 1, -1):
        gap = y - ys[j]
        if gap >= nearest[last]:
            break
        distance = max(gap, abs(xs[j] - x))
        if distance < nearest[last]:
            _insert(distance, nearest)


@part
def _advance(ys, y, middle, stop):
    """Move to the first sample of a slab that is not below y."""
    while middle < stop and ys[middle] < y:
        middle += 1
    return middle


@part
def _search_slabs(xs, ys, ends, size, e, slab, middles, nearest):
    """Search the own slab, those right of it, and then those left of it."""
    n, last, x, y = xs.shape[0], nearest.shape[0] - 1, xs[e], ys[e]
    for j in range(last + 1):
        nearest[j] = np.inf
    _search_own(xs, ys, e, slab * size, min((slab + 1) * size, n), nearest)
    t, step = slab + 1, 1
    while True:
        if step > 0 and (t == ends.shape[1] or ends[0, t] - x >= nearest[last]):
            t, step = slab - 1, -1
        if step < 0 and (t < 0 or x - ends[1, t] >= nearest[last]):
            return
        stop = min((t + 1) * size, n)
        middles[t] = _advance(ys, y, middles[t], stop)
        _search_other(xs, ys, x, y, t * size, middles[t], stop, nearest)
        t += step


@kernel
def find_distances(points, ends, size, k, distances):
    """Write the distance of the k-th neighbour of every sample, in the order of the slabs.

    ``points`` are x and y in that order, ``ends`` the least and the greatest x of each slab.
    """
    xs, ys = points
    nearest, middles = np.empty(k), np.empty(ends.shape[1], np.int64)
    for slab in range(ends.shape[1]):
        _start_slabs(middles, size)
        for e in range(slab * size, min((slab + 1) * size, xs.shape[0])):
            if e > slab * size and xs[e] == xs[e - 1] and ys[e] == ys[e - 1]:
                distances[e] = distances[e - 1]
                continue
            _search_slabs(xs, ys, ends, size, e, slab, middles, nearest)
            distances[e] = nearest[k - 1]


@part
def _look_at(dx, dy, distance, seen):
    """Add where a sample within the distance lies to what was seen; see ``look_around``."""
    inner, in_x, in_y, in_both, reach_x, reach_y = seen
    reach_x, reach_y = max(reach_x, dx), max(reach_y, dy)
    if max(dx, dy) < distance:
        inner += 1
    elif dy < distance:
        in_x += 1
    elif dx < distance:
        in_y += 1
    else:
        in_both += 1
    return inner, in_x, in_y, in_both, reach_x, reach_y


@part
def _look_into_slab(points, e, start, middle, stop, distance, seen):
    xs, ys = points
    x, y, j = xs[e], ys[e], middle
    while j < stop and ys[j] - y <= distance:
        dx = abs(xs[j] - x)
        if dx <= distance and j != e:
            seen = _look_at(dx, ys[j] - y, distance, seen)
        j += 1
    j = middle - 1
    while j >= start and y - ys[j] <= distance:
        dx = abs(xs[j] - x)
        if dx <= distance:
            seen = _look_at(dx, y - ys[j], distance, seen)
        j -= 1
    return seen


@part
def _look_into_slabs(points, ends, size, e, slab, middles, distance):
    n, x, y = points[0].shape[0], points[0][e], points[1][e]
    seen = (0, 0, 0, 0, 0.0, 0.0)
    first = slab
    while first > 0 and x - ends[1, first - 1] <= distance:
        first -= 1
    for t in range(first, ends.shape[1]):
        if ends[0, t] - x > distance:
            break
        stop = min((t + 1) * size, n)
        middles[t] = _advance(points[1], y, middles[t], stop)
        seen = _look_into_slab(points, e, t * size, middles[t], stop, distance, seen)
    return seen


@kernel
def look_around(points, ends, size, k, distances, joint, sides, reaches):
    """Write how many neighbours are nearer than the distance, and just as near by what.

    To ``joint`` and the last two of the four numbers of ``sides``, as in ``_tie_averages``, and the
    largest differences in x and in y of all these to ``reaches``. Where the distance is 0, nothing
    is counted.
    """
    (xs, ys), seen = points, (0, 0, 0, 0, 0.0, 0.0)
    n, middles = xs.shape[0], np.empty(ends.shape[1], np.int64)
    for slab in range(ends.shape[1]):
        _start_slabs(middles, size)
        for e in range(slab * size, min((slab + 1) * size, n)):
            if distances[e] == 0.0:
                seen = (0, 0, 0, 0, 0.0, 0.0)
            elif e == slab * size or xs[e] != xs[e - 1] or ys[e] != ys[e - 1]:
                seen = _look_into_slabs(points, ends, size, e, slab, middles, distances[e])
            joint[e, 0] = k if distances[e] > 0.0 else 0
            joint[e, 1], joint[e, 2], joint[e, 3] = seen[0], seen[1] + seen[2], seen[3]
            sides[0, e, 2], sides[0, e, 3] = seen[1], seen[3]
            sides[1, e, 2], sides[1, e, 3] = seen[2], seen[3]
            reaches[0, e], reaches[1, e] = seen[4], seen[5]
