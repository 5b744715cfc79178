"""Slow, obvious twins of the estimators from neighbours, each written from its definition.

Numbers are (n,) or (n, d). Everything is in nats; local terms, in the order of the rows.
"""

from itertools import permutations

import numpy as np
from scipy.special import comb, digamma


def distances(x):
    """Largest differences of all pairs."""
    x = np.asarray(x, float)
    x = x[:, None] if x.ndim == 1 else x
    return np.abs(x[:, None] - x[None]).max(axis=2)


def kth(row, i, k):
    """The distance of the k-th other."""
    return np.sort(np.delete(row, i))[k - 1]


def nearer(row, i, reach):
    return np.count_nonzero(np.delete(row, i) < reach)


def within(row, i, reach):
    return np.count_nonzero(np.delete(row, i) <= reach)


def total_correlation(columns, k):
    """Kraskov, Stögbauer and Grassberger, equation 23; of two columns, equation 8."""
    sides = [distances(c) for c in columns]
    joint, n = np.max(sides, axis=0), len(sides[0])
    k = min(k, n - 1)
    terms = []
    for i in range(n):
        reach = kth(joint[i], i, k)
        counts = [nearer(side[i], i, reach) for side in sides]
        terms.append(
            digamma(k) + (len(sides) - 1) * digamma(n) - sum(digamma(c + 1) for c in counts)
        )
    return np.array(terms)


def ksg2(x, y, k):
    """Kraskov, Stögbauer and Grassberger, equation 9."""
    dx, dy = distances(x), distances(y)
    joint, n = np.maximum(dx, dy), len(dx)
    k = min(k, n - 1)
    terms = []
    for i in range(n):
        box = np.flatnonzero((joint[i] <= kth(joint[i], i, k)) & (np.arange(n) != i))
        n_x, n_y = within(dx[i], i, dx[i, box].max()), within(dy[i], i, dy[i, box].max())
        terms.append(digamma(k) - 1 / k + digamma(n) - digamma(n_x) - digamma(n_y))
    return np.array(terms)


def frenzel_pompe(x, y, z, k):
    dx, dy, dz = distances(x), distances(y), distances(z)
    joint, n = np.maximum(np.maximum(dx, dy), dz), len(dx)
    k = min(k, n - 1)
    terms = []
    for i in range(n):
        reach = kth(joint[i], i, k)
        sides = np.maximum(dx, dz)[i], np.maximum(dy, dz)[i], dz[i]
        xz, yz, alone = (digamma(nearer(side, i, reach) + 1) for side in sides)
        terms.append(digamma(k) - xz - yz + alone)
    return np.array(terms)


def ross(x, classes, k):
    """Equation 2; samples that are alone in their class are not there."""
    x, classes = np.asarray(x), np.asarray(classes)
    known = np.bincount(classes)[classes] > 1
    if not known.all():
        terms = np.zeros(len(x))
        if known.any():
            terms[known] = ross(x[known], classes[known], k)
            terms[~known] = terms[known].mean()
        return terms
    d, n = distances(x), len(x)
    terms = []
    for i in range(n):
        own = np.flatnonzero((classes == classes[i]) & (np.arange(n) != i))
        wanted = min(k, len(own))
        reach = np.sort(d[i, own])[wanted - 1]
        terms.append(
            digamma(n)
            + digamma(wanted)
            - digamma(len(own) + 1)
            - digamma(nearer(d[i], i, reach) + 1)
        )
    return np.array(terms)


def kozachenko_leonenko(x, k):
    d = distances(x)
    n, size = len(d), np.asarray(x)[0].size
    k = min(k, n - 1)
    reach = np.array([kth(d[i], i, k) for i in range(n)])
    return digamma(n) - digamma(k) + size * np.log(2 * reach)


def divergence(x, y, k):
    """Wang, Kulkarni and Verdu 2009, section IV, counted as a ball with its boundary."""
    x, y = (np.asarray(a).reshape(len(a), -1) for a in (x, y))
    n, m = len(x), len(y)
    k, terms = min(k, n - 1, m), []
    for i, row in enumerate(distances(x)):
        to_y = np.abs(y - x[i]).max(axis=1)
        own, other = kth(row, i, k), np.sort(to_y)[k - 1]
        reach = max(own, other)
        n_own, n_other = within(row, i, reach), np.count_nonzero(to_y <= reach)
        n_own += own < reach or reach == 0
        n_other += other < reach or reach == 0
        terms.append(digamma(n_own) - digamma(n) - digamma(n_other) + digamma(m + 1))
    return np.array(terms)


# --- Ties ----------------------------------------------------------------------------------------


def ross_over_all_orders(x, classes, k):
    """The average of Ross's terms over all orders in which those can stand who are tied.

    At every sample, all that are as far as the k-th neighbour of its class are put in every order.
    """
    d, n = distances(x), len(classes)
    terms = []
    for i in range(n):
        others = np.delete(np.arange(n), i)
        own = others[classes[others] == classes[i]]
        wanted = min(k, len(own))
        reach = np.sort(d[i, own])[wanted - 1]
        before = others[d[i, others] < reach]
        tied = others[d[i, others] == reach]
        missing = wanted - np.count_nonzero(classes[before] == classes[i])
        logs = []
        for order in permutations(classes[tied] == classes[i]):
            place = np.flatnonzero(order)[missing - 1]
            logs.append(digamma(len(before) + place + 1))
        terms.append(digamma(n) + digamma(wanted) - digamma(len(own) + 1) - np.mean(logs))
    return np.array(terms)


def average_digamma(nearer, wanted, chosen, ties):
    """Average digamma(nearer + s) over where, among ties, the wanted-th of the chosen is."""
    places = np.arange(wanted, ties - chosen + wanted + 1)
    ways = comb(places - 1, wanted - 1) * comb(ties - places, chosen - wanted)
    return (ways * digamma(nearer + places)).sum() / ways.sum()


def over_ties(blocks, sides, signs, k):
    """Digamma of k less those of the sides, as ``_kernels/_tie_averages.py`` states it."""
    gaps = np.array([distances(block) for block in blocks])
    n = gaps.shape[1]
    k = min(k, n - 1)
    terms = np.empty(n)
    for i in range(n):
        others = np.delete(np.arange(n), i)
        row = gaps[:, i, others]
        joint = row.max(axis=0)
        reach = np.sort(joint)[k - 1]
        inner, is_tied = np.count_nonzero(joint < reach), joint == reach
        if reach == 0:
            cells = [np.count_nonzero(row[list(side)].max(axis=0) == 0) for side in sides]
            values = [digamma(cell + 1) for cell in cells]
            terms[i] = digamma(is_tied.sum() + 1) - np.dot(signs, values)
            continue
        is_far = row == reach
        single, several = is_tied & (is_far.sum(axis=0) == 1), is_tied & (is_far.sum(axis=0) > 1)
        values = [
            _side_over_ties(
                row[list(side)].max(axis=0), reach, k - inner, single, several,
                is_far[list(side)].any(axis=0),
            )
            for side in sides
        ]  # fmt: skip
        terms[i] = digamma(k) - np.dot(signs, values)
    return terms


def _side_over_ties(gaps, reach, wanted, single, several, is_far):
    before, ties = np.count_nonzero(gaps < reach), np.count_nonzero(gaps == reach)
    n_single, n_several = single.sum(), several.sum()
    own, own_several = (single & is_far).sum(), (several & is_far).sum()
    if ties == 0:
        return digamma(before + 1)
    if n_several == 0 and own == n_single:
        return average_digamma(before, wanted, n_single, ties)
    n = n_single + n_several
    roots = np.roots([n_several, n_single, -wanted * n / (n + 1)])
    u = roots[roots > 0][0]
    is_it = (own + own_several * u) / (n_single + 2 * n_several * u)
    return digamma(max(before + 1 + ties * u - is_it * (1 - u), 1))
