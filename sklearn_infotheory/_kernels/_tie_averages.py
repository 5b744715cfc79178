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

from __future__ import annotations

import math

import numpy as np

from sklearn_infotheory._kernels._compile import kernel, part

_REMEMBERED = 1 << 14


@part
def _digamma(x):
    """For x >= 1; relative error below 1e-15."""
    shift = 0.0
    while x < 10.0:
        shift -= 1.0 / x
        x += 1.0
    z = 1.0 / (x * x)
    series = z * (
        1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z * (1 / 132 - z * 691 / 32760))))
    )
    return shift + math.log(x) - 0.5 / x - series


@part
def _average_digamma(nearer, wanted, chosen, ties, table):
    """Average digamma(nearer + s), s the place of the wanted-th of the chosen among the ties.

    All orders of the ties are equally likely. Nothing nearer: the average has a closed form.
    Otherwise the probabilities of s are summed from the likeliest one on, in both directions.
    """
    if nearer == 0:
        return table[ties + 1] - table[chosen + 1] + table[wanted]
    if ties == chosen:
        return table[nearer + wanted]
    if chosen == 1:  # digamma(1) + ... + digamma(n) = n digamma(n + 1) - n
        n = nearer + ties
        return (n * (table[n + 1] - 1.0) - nearer * (table[nearer + 1] - 1.0)) / ties
    last = ties - chosen + wanted
    mode = min(max(int((wanted - 1) * (ties + 1) / (chosen - 1)), wanted), last)
    total, average, p = 1.0, table[nearer + mode], 1.0
    for s in range(mode, last):
        p *= s * (last - s) / ((s - wanted + 1.0) * (ties - s))
        total, average = total + p, average + p * table[nearer + s + 1]
        if p < 1e-18:
            break
    p = 1.0
    for s in range(mode - 1, wanted - 1, -1):
        p *= (s - wanted + 1.0) * (ties - s) / (float(s) * (last - s))
        total, average = total + p, average + p * table[nearer + s]
        if p < 1e-18:
            break
    return average / total


@part
def _remembered_average(nearer, wanted, chosen, ties, table, memory):
    """Average once for the same four numbers, as far as their place in memory is not taken anew."""
    known, averages = memory
    place = ((nearer * 31 + ties) * 31 + chosen * 7 + wanted) % averages.shape[0]
    row = known[place]
    if row[0] != nearer or row[1] != wanted or row[2] != chosen or row[3] != ties:
        row[0], row[1], row[2], row[3] = nearer, wanted, chosen, ties
        averages[place] = _average_digamma(nearer, wanted, chosen, ties, table)
    return averages[place]


@part
def _reach_among_ties(wanted, singles, several):
    """Share of the ties of one part that are nearer than the wanted-th of all."""
    n = singles + several
    share = wanted * n / (n + 1.0)
    if several == 0:
        return share / singles
    return (math.sqrt(singles * singles + 4.0 * several * share) - singles) / (2.0 * several)


@part
def _side(side, wanted, singles, several, table, memory):
    """Digamma of one and the number in a side that is nearer than the k-th neighbour."""
    nearer, ties, own, own_of_several = side[0], side[1], side[2], side[3]
    if ties == 0:
        return table[nearer + 1]
    if several == 0 and own == singles:
        return _remembered_average(nearer, wanted, singles, ties, table, memory)
    u = _reach_among_ties(wanted, singles, several)
    is_it = (own + own_of_several * u) / (singles + 2.0 * several * u)
    return _digamma(max(nearer + 1.0 + ties * u - is_it * (1.0 - u), 1.0))


@kernel
def average_terms(joint, sides, signs, table, terms):
    """Write digamma of k less those of the sides, each times its sign; ``table`` is of digamma."""
    memory = np.zeros((_REMEMBERED, 4), np.int64), np.zeros(_REMEMBERED)
    for i in range(joint.shape[0]):
        k, inner, singles, several = joint[i, 0], joint[i, 1], joint[i, 2], joint[i, 3]
        total = 0.0
        for s in range(sides.shape[0]):
            if k > 0:
                total += signs[s] * _side(sides[s, i], k - inner, singles, several, table, memory)
            else:
                total += signs[s] * table[sides[s, i, 1] + 1]
        terms[i] = (table[k] if k > 0 else table[singles + several + 1]) - total
