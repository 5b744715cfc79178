"""The k nearest neighbours in a plane, by the larger of the two differences.

The samples are cut by x into slabs of about as many samples as there are slabs, and each slab is
sorted by y. A search goes through a slab outward in y until that difference alone is too large, and
through the slabs outward in x likewise.
"""

import numpy as np

from libc.math cimport fabs, INFINITY
from libc.stdint cimport int64_t


cdef struct Plane:
    const double *xs  # of the samples, slab by slab
    const double *ys
    int64_t n
    const double *least  # x of each slab
    const double *greatest
    int64_t n_slabs, size
    int64_t *middles  # where the first sample of each slab is that is not below y


cdef struct Seen:
    int64_t inner, in_x, in_y, in_both
    double reach_x, reach_y


cdef Plane _plane(tuple points, const double[:, ::1] ends, int64_t size, int64_t[::1] middles):
    cdef const double[::1] xs = points[0], ys = points[1]
    cdef Plane plane = [NULL, NULL, xs.shape[0], NULL, NULL, ends.shape[1], size, NULL]
    if plane.n_slabs:
        plane.xs, plane.ys, plane.middles = &xs[0], &ys[0], &middles[0]
        plane.least, plane.greatest = &ends[0, 0], &ends[1, 0]
    return plane


def sort_ties(
    const int64_t[::1] x_order, const int64_t[::1] y_ranks, const int64_t[::1] y_codes,
    int64_t[::1] order,
):
    """Write the rows in the order of y, and those that are tied in it in the order of x."""
    cdef Py_ssize_t n = y_codes.shape[0], r
    cdef int64_t[::1] fill = np.empty(y_codes[n - 1] + 1 if n else 0, np.int64)
    cdef int64_t row, code, place
    with nogil:
        for r in range(n - 1, -1, -1):
            fill[y_codes[r]] = r
        for r in range(x_order.shape[0]):
            row = x_order[r]
            code = y_codes[y_ranks[row]]
            place = fill[code]
            fill[code] = place + 1
            order[place] = row


cdef void _start_slabs(int64_t *places, int64_t n_slabs, int64_t size) noexcept nogil:
    cdef int64_t slab
    for slab in range(n_slabs):
        places[slab] = slab * size


def lay_out_slabs(
    const int64_t[::1] x_ranks, const int64_t[::1] y_order, int64_t size, int64_t[:, ::1] places
):
    """Write the positions in x and in y of the samples, slab by slab, each in the order of y."""
    cdef int64_t n = y_order.shape[0], n_slabs = (n + size - 1) // size, r, p, e
    cdef int64_t[::1] fill = np.empty(n_slabs, np.int64)
    if not n:
        return
    with nogil:
        _start_slabs(&fill[0], n_slabs, size)
        for r in range(n):
            p = x_ranks[y_order[r]]
            e = fill[p // size]
            fill[p // size] = e + 1
            places[0, e], places[1, e] = p, r


cdef inline void _insert(double distance, double *nearest, int64_t last) noexcept nogil:
    """Put a distance among the k smallest, in ascending order, whose last it is below."""
    cdef int64_t j = last
    while j > 0 and nearest[j - 1] > distance:
        nearest[j] = nearest[j - 1]
        j -= 1
    nearest[j] = distance


cdef void _search_own(
    Plane *plane, int64_t e, int64_t start, int64_t stop, double *nearest, int64_t last
) noexcept nogil:
    """Search the slab of e, on both sides at once, as nothing is known yet."""
    cdef const double *xs = plane.xs
    cdef const double *ys = plane.ys
    cdef double x = xs[e], y = ys[e], gap, distance
    cdef int64_t up = e + 1, down = e - 1, j
    cdef double above = ys[up] - y if up < stop else INFINITY
    cdef double below = y - ys[down] if down >= start else INFINITY
    while True:
        if above <= below:
            gap, j = above, up
            up += 1
            above = ys[up] - y if up < stop else INFINITY
        else:
            gap, j = below, down
            down -= 1
            below = y - ys[down] if down >= start else INFINITY
        if gap >= nearest[last]:
            return
        distance = max(gap, fabs(xs[j] - x))
        if distance < nearest[last]:
            _insert(distance, nearest, last)


cdef void _search_other(
    Plane *plane, int64_t e, int64_t start, int64_t middle, int64_t stop, double *nearest,
    int64_t last,
) noexcept nogil:
    """Search another slab, upward and downward from its first sample that is not below y."""
    cdef const double *xs = plane.xs
    cdef const double *ys = plane.ys
    cdef double x = xs[e], y = ys[e], gap, distance
    cdef int64_t j
    for j in range(middle, stop):
        gap = ys[j] - y
        if gap >= nearest[last]:
            break
        distance = max(gap, fabs(xs[j] - x))
        if distance < nearest[last]:
            _insert(distance, nearest, last)
    for j in range(middle - 1, start - 1, -1):
        gap = y - ys[j]
        if gap >= nearest[last]:
            break
        distance = max(gap, fabs(xs[j] - x))
        if distance < nearest[last]:
            _insert(distance, nearest, last)


cdef inline int64_t _advance(Plane *plane, double y, int64_t slab, int64_t stop) noexcept nogil:
    """Move to the first sample of a slab that is not below y."""
    cdef int64_t middle = plane.middles[slab]
    while middle < stop and plane.ys[middle] < y:
        middle += 1
    plane.middles[slab] = middle
    return middle


cdef void _search_slabs(
    Plane *plane, int64_t e, int64_t slab, double *nearest, int64_t last
) noexcept nogil:
    """Search the own slab, those right of it, and then those left of it."""
    cdef int64_t n = plane.n, size = plane.size, t = slab + 1, step = 1, j, stop, middle
    cdef double x = plane.xs[e], y = plane.ys[e]
    for j in range(last + 1):
        nearest[j] = INFINITY
    _search_own(plane, e, slab * size, min((slab + 1) * size, n), nearest, last)
    while True:
        if step > 0 and (t == plane.n_slabs or plane.least[t] - x >= nearest[last]):
            t, step = slab - 1, -1
        if step < 0 and (t < 0 or x - plane.greatest[t] >= nearest[last]):
            return
        stop = min((t + 1) * size, n)
        middle = _advance(plane, y, t, stop)
        _search_other(plane, e, t * size, middle, stop, nearest, last)
        t += step


def find_distances(
    tuple points, const double[:, ::1] ends, int64_t size, int64_t k, double[::1] distances
):
    """Write the distance of the k-th neighbour of every sample, in the order of the slabs.

    ``points`` are x and y in that order, ``ends`` the least and the greatest x of each slab.
    """
    cdef double[::1] nearest = np.empty(k)
    cdef int64_t[::1] middles = np.empty(ends.shape[1], np.int64)
    cdef Plane plane = _plane(points, ends, size, middles)
    cdef const double *xs = plane.xs
    cdef const double *ys = plane.ys
    cdef int64_t slab, e
    with nogil:
        for slab in range(plane.n_slabs):
            _start_slabs(plane.middles, plane.n_slabs, size)
            for e in range(slab * size, min((slab + 1) * size, plane.n)):
                if e > slab * size and xs[e] == xs[e - 1] and ys[e] == ys[e - 1]:
                    distances[e] = distances[e - 1]
                    continue
                _search_slabs(&plane, e, slab, &nearest[0], k - 1)
                distances[e] = nearest[k - 1]


cdef inline void _look_at(double dx, double dy, double distance, Seen *seen) noexcept nogil:
    """Add where a sample within the distance lies to what was seen; see ``look_around``."""
    seen.reach_x, seen.reach_y = max(seen.reach_x, dx), max(seen.reach_y, dy)
    if max(dx, dy) < distance:
        seen.inner += 1
    elif dy < distance:
        seen.in_x += 1
    elif dx < distance:
        seen.in_y += 1
    else:
        seen.in_both += 1


cdef void _look_into_slab(
    Plane *plane, int64_t e, int64_t start, int64_t middle, int64_t stop, double distance,
    Seen *seen,
) noexcept nogil:
    cdef const double *xs = plane.xs
    cdef const double *ys = plane.ys
    cdef double x = xs[e], y = ys[e], dx
    cdef int64_t j = middle
    while j < stop and ys[j] - y <= distance:
        dx = fabs(xs[j] - x)
        if dx <= distance and j != e:
            _look_at(dx, ys[j] - y, distance, seen)
        j += 1
    j = middle - 1
    while j >= start and y - ys[j] <= distance:
        dx = fabs(xs[j] - x)
        if dx <= distance:
            _look_at(dx, y - ys[j], distance, seen)
        j -= 1


cdef Seen _look_into_slabs(
    Plane *plane, int64_t e, int64_t slab, double distance
) noexcept nogil:
    cdef Seen seen = [0, 0, 0, 0, 0.0, 0.0]
    cdef double x = plane.xs[e], y = plane.ys[e]
    cdef int64_t first = slab, t, stop, middle
    while first > 0 and x - plane.greatest[first - 1] <= distance:
        first -= 1
    for t in range(first, plane.n_slabs):
        if plane.least[t] - x > distance:
            break
        stop = min((t + 1) * plane.size, plane.n)
        middle = _advance(plane, y, t, stop)
        _look_into_slab(plane, e, t * plane.size, middle, stop, distance, &seen)
    return seen


def look_around(
    tuple points, const double[:, ::1] ends, int64_t size, int64_t k,
    const double[::1] distances, int64_t[:, ::1] joint, int64_t[:, :, ::1] sides,
    double[:, ::1] reaches,
):
    """Write how many neighbours are nearer than the distance, and just as near by what.

    To ``joint`` and the last two of the four numbers of ``sides``, as in ``_tie_averages``, and the
    largest differences in x and in y of all these to ``reaches``. Where the distance is 0, nothing
    is counted.
    """
    cdef int64_t[::1] middles = np.empty(ends.shape[1], np.int64)
    cdef Plane plane = _plane(points, ends, size, middles)
    cdef const double *xs = plane.xs
    cdef const double *ys = plane.ys
    cdef Seen nothing = [0, 0, 0, 0, 0.0, 0.0], seen = nothing
    cdef int64_t slab, e
    with nogil:
        for slab in range(plane.n_slabs):
            _start_slabs(plane.middles, plane.n_slabs, size)
            for e in range(slab * size, min((slab + 1) * size, plane.n)):
                if distances[e] == 0.0:
                    seen = nothing
                elif e == slab * size or xs[e] != xs[e - 1] or ys[e] != ys[e - 1]:
                    seen = _look_into_slabs(&plane, e, slab, distances[e])
                joint[e, 0] = k if distances[e] > 0.0 else 0
                joint[e, 1], joint[e, 2] = seen.inner, seen.in_x + seen.in_y
                joint[e, 3] = seen.in_both
                sides[0, e, 2], sides[0, e, 3] = seen.in_x, seen.in_both
                sides[1, e, 2], sides[1, e, 3] = seen.in_y, seen.in_both
                reaches[0, e], reaches[1, e] = seen.reach_x, seen.reach_y
