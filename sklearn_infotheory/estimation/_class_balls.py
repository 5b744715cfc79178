"""Balls that reach to the k-th neighbour of the own class, and how many samples they hold.

Every class has two samples or more; those of k or less reach to their farthest.
"""

from __future__ import annotations

import numpy as np

from sklearn_infotheory._types import Codes, Floats, Ints
from sklearn_infotheory.estimation._balls import (
    Block,
    Surroundings,
    average_over_ties,
    count_near,
    kth_distances,
)
from sklearn_infotheory.estimation._sorted_columns import SortedColumn


def as_column(x: Block) -> SortedColumn | None:
    """Return a single column in ascending order, and None for several."""
    if isinstance(x, SortedColumn):
        return x
    return SortedColumn.of(x.ravel()) if x.ndim == 1 or x.shape[1] == 1 else None


def count_nearer(column: SortedColumn, classes: Codes, n_classes: int, k: int) -> Ints:
    """Count who is nearer than the k-th of the class, and oneself, in ascending order of x."""
    from sklearn_infotheory._kernels._sorted_neighbors import count_nearer_than_class

    counts, starts = np.empty(len(column), np.int64), np.empty(n_classes + 1, np.int64)
    codes = _ordered_codes(column, classes)
    count_nearer_than_class(column.values, codes, starts, k, counts)
    return counts


def count_nearer_points(points: Floats, classes: Codes, k: int) -> Ints:
    """Count likewise in several columns, in the order of the rows."""
    return count_near(points, _distances(points, classes, k)) + 1


def tied_column_terms(column: SortedColumn, classes: Codes, n_classes: int, k: int) -> Floats:
    """Return digamma of k less that of the count, averaged over how ties could break."""
    from sklearn_infotheory._kernels._sorted_neighbors import count_ties_around_class

    n, starts = len(column), np.empty(n_classes + 1, np.int64)
    members, repeats = np.empty(n, np.int64), np.empty(n, np.int64)
    joint, side = np.empty((n, 4), np.int64), np.empty((n, 4), np.int64)
    codes = _ordered_codes(column, classes)
    m = count_ties_around_class(
        column.values, column.index, codes, starts, k, members, repeats, joint, side
    )
    around = Surroundings(joint[:m], side[np.newaxis, :m], np.empty((0, m)), np.arange(m))
    terms = np.empty(n)
    terms[column.order[members]] = np.repeat(average_over_ties(around, (1.0,), n), repeats[:m])
    return terms


def tied_point_terms(points: Floats, classes: Codes, k: int) -> Floats:
    """Return the same of several columns."""
    n, distances = len(points), _distances(points, classes, k)
    joint, side = np.zeros((n, 4), np.int64), np.zeros((n, 4), np.int64)
    for rows in _members(classes):
        own, reaches = points[rows], distances[rows]
        inner = count_near(own, reaches)
        joint[rows, 0] = np.where(reaches > 0, min(k, len(rows) - 1), 0)
        joint[rows, 1] = inner
        joint[rows, 2] = count_near(own, reaches, closed=True) - inner
    side[:, 0] = count_near(points, distances)
    side[:, 1] = count_near(points, distances, closed=True) - side[:, 0]
    side[:, 2] = joint[:, 2]
    around = Surroundings(joint, side[np.newaxis], np.empty((0, n)), np.arange(n))
    return average_over_ties(around, (1.0,), n)


def _ordered_codes(column: SortedColumn, classes: Codes) -> Ints:
    return classes.astype(np.int64, copy=False)[column.order]


def _members(classes: Codes) -> list[Ints]:
    """List the rows of each class."""
    order = np.argsort(classes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(classes[order])) + 1)


def _distances(points: Floats, classes: Codes, k: int) -> Floats:
    distances = np.empty(len(points))
    for rows in _members(classes):
        distances[rows] = kth_distances(points[rows], min(k, len(rows) - 1))
    return distances
