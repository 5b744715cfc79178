"""How many samples lie as near as the k-th neighbour, or the k-th of the own class.

A *block* is a column or several, (n,) or (n, d). The distance of two samples is the largest
difference in any column of any block. A *side* is some of the blocks, named by their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree
from scipy.special import digamma

from sklearn_infotheory._types import Codes, Floats, Ints
from sklearn_infotheory.estimation._neighbors._sorted_columns import Plane, SortedColumn

Block = Floats | SortedColumn
Side = tuple[int, ...]

_MANY_NEIGHBORS = 64  # from which on a tree is faster than the slabs of a plane
_LISTED = 1 << 22  # neighbours that are listed at a time


class Surroundings(NamedTuple):
    """Where the neighbours up to the k-th, and those just as near, lie.

    Attributes
    ----------
    joint : ndarray of int64, shape (n, 4)
    sides : ndarray of int64, shape (n_sides, n, 4)
        As described in ``_kernels/_tie_averages``.
    reaches : ndarray of shape (n_blocks, n)
        The largest difference in each block.
    rows : ndarray of int64, shape (n,)
        The rows that they belong to.
    """

    joint: Ints
    sides: Ints
    reaches: Floats
    rows: Ints


def digamma_table(n: int) -> Floats:
    """Return the digamma of 0 .. n + 1 at least; infinity for 0."""
    return _digamma_table(max(n + 1, 1).bit_length())


@lru_cache(maxsize=2)
def _digamma_table(n_bits: int) -> Floats:
    table = digamma(np.arange((1 << n_bits) + 1, dtype=np.float64))
    table.setflags(write=False)
    return table


def is_plane(blocks: Sequence[Block], k: int) -> bool:
    """Tell whether there are two single columns, and few neighbours to find."""
    columns = [b for b in blocks if isinstance(b, SortedColumn) or b.ndim == 1 or b.shape[1] == 1]
    return len(blocks) == len(columns) == 2 and k <= _MANY_NEIGHBORS


def as_plane(blocks: Sequence[Block], k: int) -> Plane:
    """Sort two columns, unless they are."""
    x, y = (b if isinstance(b, SortedColumn) else SortedColumn.of(b.ravel()) for b in blocks)
    return Plane(x, y, k)


def as_points(block: Block) -> Floats:
    """Return the rows of a block, (n, d)."""
    if isinstance(block, SortedColumn):
        return block.values[block.ranks][:, np.newaxis]
    return block[:, np.newaxis] if block.ndim == 1 else block


def kth_distances(points: Floats, k: int) -> Floats:
    """Measure how far the k-th other point is."""
    tree = cKDTree(points, balanced_tree=False)
    return tree.query(points, k=[k + 1], p=np.inf)[0][:, 0]  # the first is the point itself


def count_near(points: Floats, reaches: Floats, *, closed: bool = False) -> Ints:
    """Count the others that are nearer than a reach of each; ``closed`` counts the end too."""
    if points.shape[1] == 1:
        column = SortedColumn.of(points[:, 0])
        return column.count_near(reaches[column.order], closed=closed)[column.ranks]
    # The tree counts up to and with the reach: the next smaller float leaves its boundary out.
    inner = reaches if closed else np.nextafter(reaches, -np.inf)
    tree = cKDTree(points, balanced_tree=False)
    found = tree.query_ball_point(points, inner, p=np.inf, return_length=True)
    return np.maximum(found - 1, 0)


def open_counts(blocks: Sequence[Block], sides: Sequence[Side], k: int) -> Ints:
    """Count who is nearer than the k-th neighbour, on each side; (n_sides, n)."""
    if is_plane(blocks, k) and list(sides) == [(0,), (1,)]:
        plane = as_plane(blocks, k)
        counts = np.empty((2, len(plane.x)), np.int64)
        for side, order in enumerate(plane.orders):
            counts[side, order] = plane.counts(side)
        return counts
    parts = [as_points(block) for block in blocks]
    distances = kth_distances(np.hstack(parts), k)
    return np.stack([count_near(_side(parts, side), distances) for side in sides])


def _side(parts: Sequence[Floats], side: Side) -> Floats:
    return np.hstack([parts[b] for b in side])


# --- With ties -----------------------------------------------------------------------------------


def look_around(blocks: Sequence[Block], sides: Sequence[Side], k: int) -> Surroundings:
    """Count who is nearer than the k-th neighbour, and who is just as near, on each side."""
    if is_plane(blocks, k) and list(sides) == [(0,), (1,)]:
        plane = as_plane(blocks, k)
        return Surroundings(*plane.look_around(), plane.rows)
    return _look_around_in_space([as_points(block) for block in blocks], sides, k)


def average_over_ties(
    around: Surroundings, signs: Sequence[float] | Floats, n_samples: int
) -> Floats:
    """Return digamma of k less those of the sides, averaged over how the ties could break.

    In the order of the rows.
    """
    from sklearn_infotheory._kernels._tie_averages import average_terms

    terms, signs = np.empty(len(around.joint)), np.asarray(signs, np.float64)
    average_terms(around.joint, around.sides, signs, digamma_table(n_samples), terms)
    ordered = np.empty(len(terms))
    ordered[around.rows] = terms
    return ordered


def _look_around_in_space(parts: Sequence[Floats], sides: Sequence[Side], k: int) -> Surroundings:
    points = np.hstack(parts)
    n, distances = len(points), kth_distances(points, k)
    around = Surroundings(np.zeros((n, 4), np.int64), np.zeros((len(sides), n, 4), np.int64),
                          np.zeros((len(parts), n)), np.arange(n))  # fmt: skip
    for number, side in enumerate(sides):
        nearer = count_near(_side(parts, side), distances)
        around.sides[number, :, 0] = nearer
        around.sides[number, :, 1] = count_near(_side(parts, side), distances, closed=True) - nearer
    # Where k others are equal in all columns, there is no distance: the sample counts its cell.
    around.joint[:, 0] = np.where(distances > 0, k, 0)
    place, counts = np.unique(points, axis=0, return_inverse=True, return_counts=True)[1:]
    is_cell = distances == 0
    around.joint[is_cell, 3] = counts[place.ravel()][is_cell] - 1
    for centres, others in _neighbors_within(points, distances, np.flatnonzero(~is_cell)):
        _sort_neighbors(parts, sides, distances, (centres, others), around)
    return around


def _neighbors_within(points: Floats, distances: Floats, rows: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs of rows and their neighbours, some at a time."""
    tree = cKDTree(points, balanced_tree=False)
    sizes = tree.query_ball_point(points[rows], distances[rows], p=np.inf, return_length=True)
    for chunk in np.split(rows, np.flatnonzero(np.diff(np.cumsum(sizes) // _LISTED)) + 1):
        if not len(chunk):
            continue
        found = tree.query_ball_point(points[chunk], distances[chunk], p=np.inf)
        centres = np.repeat(chunk, [len(neighbors) for neighbors in found])
        others = np.concatenate([np.asarray(neighbors, np.int64) for neighbors in found])
        is_other = centres != others
        yield centres[is_other], others[is_other]


def _sort_neighbors(
    parts: Sequence[Floats],
    sides: Sequence[Side],
    distances: Floats,
    pairs: tuple[Ints, Ints],
    around: Surroundings,
) -> None:
    """Count neighbours by the blocks in which they are as far as the k-th."""
    centres, others = pairs
    n = len(distances)
    gaps = np.stack([np.abs(part[centres] - part[others]).max(axis=1) for part in parts])
    # The sides of the smallest box about the neighbours, for the second estimator of Kraskov et al.
    for block, gap in enumerate(gaps):
        np.maximum.at(around.reaches[block], centres, gap)
    # Noise would make one of the tied the k-th neighbour, and put it on the boundary of one block:
    # the one in which it is tied, or, of several, the one in which the noise is largest.
    is_far = gaps == distances[centres]
    n_far = is_far.sum(axis=0)
    for column, chosen in enumerate((n_far == 0, n_far == 1, n_far > 1), start=1):
        around.joint[:, column] += np.bincount(centres[chosen], minlength=n)
    for number, side in enumerate(sides):
        of_side = is_far[list(side)].any(axis=0)
        for column, chosen in enumerate((n_far == 1, n_far > 1), start=2):
            counts = np.bincount(centres[chosen & of_side], minlength=n)
            around.sides[number, :, column] += counts


# --- Neighbours of the own class ------------------------------------------------------------------
# Every class has two samples or more; those of k or less reach to their farthest.


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
        # Ties are counted within the class in ``joint``, and among all samples in ``side``.
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
