r"""Information from the distances between neighbours, sample by sample. All of it in nats.

The terms of a function are in the order of the rows, and their mean is the estimate; the functions
that end in ``value`` return it with the same bits for every order of the rows. The distance of two
samples is the largest of their differences. A column is (n,), several are (n, d); numbers are
finite.

With ``closed=False``, samples count that are strictly nearer than the k-th neighbour, as the
estimators were published, for numbers without ties. ``closed=True`` is for rounded numbers. Ties
could be broken by noise that is small against every difference, which would tell nothing; the terms
are the averages over how it could break them. Without ties they are the same. Where the k-th
neighbour is equal to the sample, they count cells, :math:`\psi(n_{xy}) - \psi(n_x) - \psi(n_y)`, so
that a constant column gives exactly 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._types import Floats, Ints
from sklearn_infotheory.estimation._neighbors._neighbor_counts import (
    Block,
    Side,
    as_column,
    as_plane,
    as_points,
    average_over_ties,
    count_near,
    count_nearer,
    count_nearer_points,
    digamma_table,
    is_plane,
    look_around,
    open_counts,
    tied_column_terms,
    tied_point_terms,
)
from sklearn_infotheory.estimation._neighbors._standard_errors import ordered_mean


def ksg_terms(
    x: Block, y: Block, k: int, *, kind: Literal[1, 2] = 1, closed: bool = False
) -> Floats:
    r"""Return the terms of I(X; Y) after Kraskov, Stögbauer and Grassberger.

    .. math::

        \psi(k) + \psi(n) - \psi(n_x + 1) - \psi(n_y + 1), \quad
        \psi(k) - 1 / k + \psi(n) - \psi(n_x) - \psi(n_y)

    of the first kind, with the samples nearer than the k-th neighbour, and of the second, with
    those in the smallest rectangle about the k nearest.

    Parameters
    ----------
    x, y : ndarray of shape (n,) or (n, d), or SortedColumn
    k : int
        At most n - 1 is used.
    kind : {1, 2}, default=1
    closed : bool, default=False
        Average over how ties could break. Of the second kind, a sample whose k-th neighbour is tied
        gets the term of the first.

    References
    ----------
    Kraskov, A., Stögbauer, H. and Grassberger, P. (2004). Estimating mutual information. Physical
    Review E 69, 066138. :doi:`10.1103/PhysRevE.69.066138`
    """
    if kind == 1:
        return multi_information_terms([x, y], k, closed=closed)
    n = len(x)
    k = min(k, n - 1)
    if k == 0:
        return np.zeros(n)
    around = look_around([x, y], [(0,), (1,)], k)
    table, terms = digamma_table(n), np.empty(n)
    # Each side has a reach of its own, whose end is a neighbour that counts: n_x and n_y without
    # the + 1 of the first kind. A rectangle has two such ends, which takes 1 / k off (their eq. 9).
    sides = [
        table[count_near(as_points(side)[around.rows], reach, closed=True)]
        for side, reach in zip((x, y), around.reaches, strict=True)
    ]
    terms[around.rows] = table[n] + (table[k] - 1 / k) - (sides[0] + sides[1])
    if closed:
        is_tied = np.empty(n, bool)
        is_tied[around.rows] = around.joint[:, 1:].sum(axis=1) > k
        terms = np.where(is_tied, table[n] + average_over_ties(around, (1.0, 1.0), n), terms)
    return terms


def ksg_value(
    x: Block, y: Block, k: int, *, kind: Literal[1, 2] = 1, closed: bool = False
) -> float:
    """Return the mean of :func:`ksg_terms`; symmetric to the bit."""
    n = len(x)
    k = min(k, n - 1)
    if closed or kind == 2 or k == 0 or not is_plane([x, y], k):
        return ordered_mean(ksg_terms(x, y, k, kind=kind, closed=closed))
    # Whole numbers are counted before digammas are added: exchanging x and y, or rows, changes no
    # bit of the sum.
    plane, table = as_plane([x, y], k), digamma_table(n)
    counts = np.bincount(np.concatenate([plane.counts(side) for side in (0, 1)]))
    total = (counts * table[1 : len(counts) + 1]).sum()
    return float(table[n] + table[k] - total / n)


def multi_information_terms(columns: Sequence[Block], k: int, *, closed: bool = False) -> Floats:
    r"""Return the terms of the total correlation of m variables.

    .. math:: \psi(k) + (m - 1) \psi(n) - \sum_j \psi(n_j + 1)

    Parameters
    ----------
    columns : sequence of ndarray of shape (n,) or (n, d)
    k, closed
        As in :func:`ksg_terms`.

    References
    ----------
    Kraskov, A., Stögbauer, H. and Grassberger, P. (2004), section II.C.
    :doi:`10.1103/PhysRevE.69.066138`
    """
    sides = [(j,) for j in range(len(columns))]
    # One ball serves all sides, so that the errors of their densities cancel in part: that is the
    # point of this estimator, against a difference of entropies (Kraskov et al. 2004, section II).
    terms = _ball_terms(columns, sides, np.ones(len(sides)), k, closed)
    n = len(terms)
    return terms + (len(sides) - 1) * digamma_table(n)[n] if n > 1 else terms


def frenzel_pompe_terms(x: Floats, y: Floats, z: Floats, k: int, *, closed: bool = False) -> Floats:
    r"""Return the terms of I(X; Y | Z).

    .. math:: \psi(k) - \psi(n_{xz} + 1) - \psi(n_{yz} + 1) + \psi(n_z + 1)

    Parameters
    ----------
    x, y, z : ndarray of shape (n,) or (n, d)
    k, closed
        As in :func:`ksg_terms`.

    References
    ----------
    Frenzel, S. and Pompe, B. (2007). Partial mutual information for coupling analysis of
    multivariate time series. Physical Review Letters 99, 204101.
    :doi:`10.1103/PhysRevLett.99.204101`
    """
    # H(X, Z) + H(Y, Z) - H(X, Y, Z) - H(Z), all within the ball of the joint space.
    sides = [(0, 2), (1, 2), (2,)]
    return _ball_terms([x, y, z], sides, np.array([1.0, 1.0, -1.0]), k, closed)


def _ball_terms(
    blocks: Sequence[Block], sides: Sequence[Side], signs: Floats, k: int, closed: bool
) -> Floats:
    """Return digamma of k less those of one and the number of samples on each side."""
    n = len(blocks[0])
    k = min(k, n - 1)
    if k <= 0:
        return np.zeros(n)
    if closed:
        return average_over_ties(look_around(blocks, sides, k), signs, n)
    table = digamma_table(n)
    counts = open_counts(blocks, sides, k)
    total = np.zeros(n)
    # Those strictly nearer, and one: exact on the side on which the k-th neighbour lies on the
    # boundary, and nearly so on the others (Kraskov et al. 2004, eq. 8).
    for sign, count in zip(signs, counts, strict=True):
        total += sign * table[count + 1]
    return table[k] - total


# --- Classes -------------------------------------------------------------------------------------


def ross_terms(x: Block, classes: NDArray[Any], k: int, *, closed: bool = False) -> Floats:
    r"""Return the terms of I(X; C) of numbers X and a class C.

    .. math:: \psi(n) + \psi(k_c) - \psi(n_c) - \psi(m)

    with the :math:`n_c` samples of the class, :math:`k_c = \min(k, n_c - 1)`, and m, the sample
    and those of any class that are nearer than its :math:`k_c`-th neighbour in its class.

    Parameters
    ----------
    x : ndarray of shape (n,) or (n, d), or SortedColumn
    classes : ndarray of int, shape (n,)
        Codes, from 0 on.
    k, closed
        As in :func:`ksg_terms`.

    Notes
    -----
    Who is alone in a class has no neighbour there. These samples are left out, as if they were not
    in the data, and their terms are the mean of the others. If all are alone, that is 0.

    The mean can exceed the entropy of the shares of the classes by about
    :math:`(n_{classes} - 1) / 2n`, since :math:`\psi(n) - \psi(n_c)` does.

    References
    ----------
    Ross, B. C. (2014). Mutual information between discrete and continuous data sets. PLoS ONE 9,
    e87357. :doi:`10.1371/journal.pone.0087357`
    """
    counts = np.bincount(classes)
    alone = counts[classes] == 1
    if alone.any():
        return _without(x, classes, k, closed, alone)
    table = digamma_table(len(classes))
    terms = _terms_within_classes(x, classes, counts, k, closed)
    return terms + (table[len(classes)] - table[counts[classes]])


def ross_value(x: Block, classes: NDArray[Any], k: int, *, closed: bool = False) -> float:
    """Return the mean of :func:`ross_terms`; whatever number a class has."""
    counts = np.bincount(classes)
    column = as_column(x)
    if closed or column is None or (counts == 1).any():
        return ordered_mean(ross_terms(x, classes, k, closed=closed))
    n, table = len(classes), digamma_table(len(classes))
    nearer = count_nearer(column, classes, len(counts), k)
    counts = np.sort(counts[counts > 0])  # the sum is that of any numbering of the classes
    # Whole numbers cancel before they are weighed, so that one class gives exactly 0.
    excess = -np.bincount(nearer, minlength=min(k, n) + 1)
    np.add.at(excess, np.minimum(k, counts - 1), counts)
    classes_alone = (counts * (table[n] - table[counts])).sum()
    return float((classes_alone + (excess[1:] * table[1 : len(excess)]).sum()) / n)


def _without(
    x: Block, classes: NDArray[Any], k: int, closed: bool, alone: NDArray[np.bool_]
) -> Floats:
    terms = np.zeros(len(classes))
    if not alone.all():
        terms[~alone] = ross_terms(as_points(x)[~alone], classes[~alone], k, closed=closed)
        terms[alone] = ordered_mean(terms[~alone])
    return terms


def _terms_within_classes(
    x: Block, classes: NDArray[Any], counts: Ints, k: int, closed: bool
) -> Floats:
    """Return digamma of k less that of the samples within the distance."""
    column = as_column(x)
    if closed:
        if column is None:
            return tied_point_terms(as_points(x), classes, k)
        return tied_column_terms(column, classes, len(counts), k)
    if column is None:
        nearer = count_nearer_points(as_points(x), classes, k)
    else:
        nearer = count_nearer(column, classes, len(counts), k)[column.ranks]
    table = digamma_table(len(classes))
    return table[np.minimum(k, counts - 1)[classes]] - table[nearer]
