"""Digammas of counts within the distance of a k-th neighbour, averaged over how ties can break.

Ties could be broken by noise that is small against every difference; this is what comes out on
average, without the noise. For every sample there are four numbers of the joint neighbours,

    0: k, or 0 where the k-th neighbour is equal in all columns
    1: how many are nearer than it            2: just as near, in one of the parts alone
                                              3: just as near, in several parts at once

and four of each side, some of the parts,

    0: how many are nearer                    1: just as near
    2: of the joint neighbours just as near in one part, those that are it in one of this side
    3: of those just as near in several parts, likewise
"""

import numpy as np

from libc.math cimport log, sqrt
from libc.stdint cimport int64_t


cdef enum:
    _REMEMBERED = 1 << 14


cdef struct Memory:
    const double *table  # digamma of 0, 1, 2, ...
    int64_t *known  # the four numbers that each average is of
    double *averages


cdef double _digamma(double x) noexcept nogil:
    """For x >= 1; relative error below 1e-15."""
    cdef double shift = 0.0, z, series
    while x < 10.0:
        shift -= 1.0 / x
        x += 1.0
    z = 1.0 / (x * x)
    series = z * (
        1.0 / 12 - z * (
            1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - z * (1.0 / 132 - z * 691 / 32760)))
        )
    )
    return shift + log(x) - 0.5 / x - series


cdef double _average_digamma(
    int64_t nearer, int64_t wanted, int64_t chosen, int64_t ties, const double *table
) noexcept nogil:
    """Average digamma(nearer + s), s the place of the wanted-th of the chosen among the ties.

    All orders of the ties are equally likely. Nothing nearer: the average has a closed form.
    Otherwise the probabilities of s are summed from the likeliest one on, in both directions.
    """
    cdef int64_t n, last, mode, s
    cdef double total, average, p
    if nearer == 0:
        return table[ties + 1] - table[chosen + 1] + table[wanted]
    if ties == chosen:
        return table[nearer + wanted]
    if chosen == 1:  # digamma(1) + ... + digamma(n) = n digamma(n + 1) - n
        n = nearer + ties
        return (n * (table[n + 1] - 1.0) - nearer * (table[nearer + 1] - 1.0)) / ties
    last = ties - chosen + wanted
    mode = <int64_t> (<double> ((wanted - 1) * (ties + 1)) / (chosen - 1))
    mode = min(max(mode, wanted), last)
    total, average, p = 1.0, table[nearer + mode], 1.0
    for s in range(mode, last):
        p *= s * (last - s) / ((s - wanted + 1.0) * (ties - s))
        total, average = total + p, average + p * table[nearer + s + 1]
        if p < 1e-18:
            break
    p = 1.0
    for s in range(mode - 1, wanted - 1, -1):
        p *= (s - wanted + 1.0) * (ties - s) / (<double> s * (last - s))
        total, average = total + p, average + p * table[nearer + s]
        if p < 1e-18:
            break
    return average / total


cdef double _remembered_average(
    int64_t nearer, int64_t wanted, int64_t chosen, int64_t ties, Memory *memory
) noexcept nogil:
    """Average once for the same four numbers, as far as their place in memory is not taken anew."""
    cdef int64_t place = ((nearer * 31 + ties) * 31 + chosen * 7 + wanted) & (_REMEMBERED - 1)
    cdef int64_t *row = memory.known + 4 * place
    if row[0] != nearer or row[1] != wanted or row[2] != chosen or row[3] != ties:
        row[0], row[1], row[2], row[3] = nearer, wanted, chosen, ties
        memory.averages[place] = _average_digamma(nearer, wanted, chosen, ties, memory.table)
    return memory.averages[place]


cdef double _reach_among_ties(int64_t wanted, int64_t singles, int64_t several) noexcept nogil:
    """Share of the ties of one part that are nearer than the wanted-th of all."""
    cdef int64_t n = singles + several
    cdef double share = wanted * n / (n + 1.0)
    if several == 0:
        return share / singles
    return (sqrt(singles * singles + 4.0 * several * share) - singles) / (2.0 * several)


cdef double _side(
    const int64_t *side, int64_t wanted, int64_t singles, int64_t several, Memory *memory
) noexcept nogil:
    """Digamma of one and the number in a side that is nearer than the k-th neighbour."""
    cdef int64_t nearer = side[0], ties = side[1], own = side[2], own_of_several = side[3]
    cdef double u, is_it
    if ties == 0:
        return memory.table[nearer + 1]
    if several == 0 and own == singles:
        return _remembered_average(nearer, wanted, singles, ties, memory)
    u = _reach_among_ties(wanted, singles, several)
    is_it = (own + own_of_several * u) / (singles + 2.0 * several * u)
    return _digamma(max(nearer + 1.0 + ties * u - is_it * (1.0 - u), 1.0))


def average_terms(
    const int64_t[:, ::1] joint, const int64_t[:, :, ::1] sides, const double[::1] signs,
    const double[::1] table, double[::1] terms,
):
    """Write digamma of k less those of the sides, each times its sign; ``table`` is of digamma."""
    cdef int64_t[:, ::1] known = np.zeros((_REMEMBERED, 4), np.int64)
    cdef double[::1] averages = np.zeros(_REMEMBERED)
    cdef Memory memory
    cdef int64_t k, inner, singles, several
    cdef Py_ssize_t i, s
    cdef double total
    memory.table = &table[0] if table.shape[0] else NULL
    memory.known, memory.averages = &known[0, 0], &averages[0]
    with nogil:
        for i in range(joint.shape[0]):
            k, inner, singles, several = joint[i, 0], joint[i, 1], joint[i, 2], joint[i, 3]
            total = 0.0
            for s in range(sides.shape[0]):
                if k > 0:
                    total += signs[s] * _side(&sides[s, i, 0], k - inner, singles, several, &memory)
                else:
                    total += signs[s] * table[sides[s, i, 1] + 1]
            terms[i] = (table[k] if k > 0 else table[singles + several + 1]) - total
