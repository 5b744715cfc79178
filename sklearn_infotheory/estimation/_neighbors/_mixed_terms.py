"""Information between variables of any kinds: atoms in some samples, numbers in others.

Let D_X say which atom X is, or that it is continuous. Then, for any number of variables,

    TC(X_1, ..., X_m) = TC(D_1, ..., D_m) + sum_j I(X_j; D_1 ... D_m | D_j) + TC(X_1, ..., X_m | D)

and for two of them TC is I(X; Y). The first term counts, the second has one side of classes, and
the third only numbers, so that each has an estimator of its own. Given a third variable Z, its
atoms are strata, and where it is continuous, neighbours in Z are compared. All of it is in nats.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.special import psi

from sklearn_infotheory._types import Codes, Floats
from sklearn_infotheory.estimation._neighbors._neighbor_terms import (
    frenzel_pompe_terms,
    multi_information_terms,
    ross_terms,
)
from sklearn_infotheory.estimation._variables import (
    Transform,
    Variable,
    combine,
    groups,
    renumber,
    transformed,
)


def mixed_terms(variables: Sequence[Variable], k: int, transform: Transform) -> Floats:
    """Return one term for each sample, whose mean is the total correlation of the variables."""
    labels = [variable.atoms for variable in variables]
    terms = count_terms(labels)  # TC(D_1, ..., D_m)
    # Sorted sums, so that the order of the variables does not matter.
    terms += np.sort([_class_terms(v, labels, k, transform) for v in variables], axis=0).sum(axis=0)
    # TC(X_1, ..., X_m | D): within one combination of labels, the variables that are numbers there.
    for rows in groups(reduce(combine, labels)):
        parts = [variable.take(rows) for variable in variables]
        numbers = [part for part in parts if not part.starts_with_atom]
        if len(numbers) > 1 and len(rows) > 1:
            columns = [transformed(part.present_values, transform) for part in numbers]
            closed = any(part.is_rounded for part in numbers)
            terms[rows] += multi_information_terms(columns, k, closed=closed)
    return terms


def count_terms(labels: Sequence[Codes]) -> Floats:
    r"""Return the local terms of the total correlation of labels, from their counts.

    .. math:: \psi(n_{xy}) - \psi(n_x) - \psi(n_y) + \psi(n)

    for two of them: the form that neighbours take where all distances are zero. The mean is the
    difference of the entropies that Zhang (2012) estimates, and 0 if one side is constant.
    """
    joint = reduce(combine, labels)
    # With psi(n_x) in place of log(n_x), the mean over the samples has no bias but what is due to
    # states that did not occur (Zhang 2012).
    alone = np.sort([_psi_of_counts(label) for label in labels], axis=0).sum(axis=0)
    return (len(labels) - 1) * psi(len(joint)) + _psi_of_counts(joint) - alone


def _psi_of_counts(labels: Codes) -> Floats:
    counts = np.bincount(labels)
    return psi(np.maximum(counts, 1))[labels]


def _class_terms(x: Variable, labels: Sequence[Codes], k: int, transform: Transform) -> Floats:
    """Return the terms of I(X; all labels | its own label), zero where X is an atom."""
    terms = np.zeros(x.n_samples)
    if x.is_discrete:
        return terms
    joint = reduce(combine, labels)
    for rows in groups(x.atoms):
        classes = renumber(joint[rows])
        part = x.take(rows)
        if part.starts_with_atom or not classes.any():
            continue
        scores = transformed(part.present_values, transform)
        terms[rows] = ross_terms(scores, classes, k, closed=x.is_rounded)
    return terms


# --- Given a third variable ----------------------------------------------------------------------


def conditional_terms(
    x: Variable, y: Variable, z: Variable, k: int, transform: Transform
) -> Floats:
    """Return one term for each sample, whose mean is I(X; Y | Z).

    Where Z is an atom, the samples of each atom are a sample of their own. Where it is continuous,
    neighbours in Z are compared (Frenzel and Pompe 2007, their labels included).
    """
    terms = np.zeros(x.n_samples)
    for rows in groups(z.atoms):
        x_part, y_part, z_part = (variable.take(rows) for variable in (x, y, z))
        if z_part.starts_with_atom:
            terms[rows] = mixed_terms([x_part, y_part], k, transform)
        else:
            terms[rows] = _terms_of_neighbors(x_part, y_part, z_part, k, transform)
    return terms


def _terms_of_neighbors(
    x: Variable, y: Variable, z: Variable, k: int, transform: Transform
) -> Floats:
    """Treat samples among which Z is continuous throughout."""
    closed = any(variable.is_rounded for variable in (x, y, z))
    x_scores, y_scores = (transformed(variable.values, transform) for variable in (x, y))
    z_scores = transformed(z.present_values, transform)
    if x.is_continuous and y.is_continuous:
        return frenzel_pompe_terms(x_scores, y_scores, z_scores, k, closed=closed)
    return labelled_terms((x.atoms, y.atoms), (x_scores, y_scores), z_scores, k, closed=closed)


def labelled_terms(
    labels: tuple[Codes, Codes],
    scores: tuple[Floats, Floats],
    z: Floats,
    k: int,
    *,
    closed: bool = False,
) -> Floats:
    r"""Return the terms of I(X; Y | Z) where X and Y have labels, and numbers besides.

    .. math:: \psi(k) - \psi(n_{xz} + 1) - \psi(n_{yz} + 1) + \psi(n_z + 1)

    within the distance of the k-th neighbour that has the same labels: another label is further
    away than any number. With ``closed``, all that are tied at that distance are counted, on every
    side (Mesner and Shalizi 2021). A sample whose labels no other has gets the mean of the others.

    References
    ----------
    Mesner, O. C. and Shalizi, C. R. (2021). Conditional mutual information estimation for mixed,
    discrete and continuous data. IEEE Transactions on Information Theory 67, 464-484.
    :doi:`10.1109/TIT.2020.3024886`
    """
    joint = reduce(combine, labels)
    known = np.bincount(joint)[joint] > 1
    if not known.all():
        terms = np.zeros(len(known))
        if known.any():
            first, second = ((a[known], s[known]) for a, s in zip(labels, scores, strict=True))
            kept = (first[0], second[0]), (first[1], second[1])
            terms[known] = labelled_terms(*kept, z[known], k, closed=closed)
            terms[~known] = np.sort(terms[known]).mean()
        return terms
    # Each side is searched among the samples of its own label: other labels are infinitely far. So
    # one estimator takes atoms in any of the variables (Mesner and Shalizi 2021).
    no_label = np.zeros(len(z), np.intp)
    parts = [
        (labels[0], np.hstack([scores[0], z])),
        (labels[1], np.hstack([scores[1], z])),
        (no_label, z),
    ]
    balls = _balls(joint, np.hstack([*scores, z]), [numbers for _, numbers in parts], k, closed)
    x_term, y_term, z_term = (
        psi(_count_within(*part, balls.distance, closed) + more)
        for part, more in zip(parts, balls.more, strict=True)
    )
    return psi(balls.found) - (x_term + y_term) + z_term


class _Balls(NamedTuple):
    """The distance of the k-th neighbour, how many it finds, and what to add on each side."""

    distance: Floats
    found: Codes
    more: Sequence[Codes]


def _balls(labels: Codes, points: Floats, parts: Sequence[Floats], k: int, closed: bool) -> _Balls:
    """Find the k-th neighbours of the same label.

    An open ball leaves out the k-th neighbour on every side, so that one is added. A closed ball
    holds it on those sides on which some neighbour lies on the boundary, so that nothing is. A ball
    of no extension is a cell, whose samples are counted with their centre.
    """
    n, ones = len(points), np.ones(len(points), np.intp)
    distance, found = np.empty(n), np.empty(n, np.intp)
    more = [ones.copy() for _ in parts]
    for rows in groups(labels):
        own = _present(points[rows])
        tree = cKDTree(own)
        found[rows] = min(k, len(rows) - 1)
        distance[rows] = tree.query(own, [found[rows[0]] + 1], p=np.inf)[0][:, 0]
        if not closed:
            continue
        count = tree.query_ball_point(own, distance[rows], p=np.inf, return_length=True)
        wide = distance[rows] > 0
        found[rows] = np.where(wide, count - 1, count)
        near = tree.query_ball_point(own[wide], distance[rows[wide]], p=np.inf)
        for part, add in zip(parts, more, strict=True):
            add[rows[wide]] = ~_touches(
                _present(part[rows]), np.flatnonzero(wide), near, distance[rows[wide]]
            )
    return _Balls(distance, found, more)


def _touches(
    part: Floats, centres: Codes, near: Sequence[list[int]], distance: Floats
) -> NDArray[np.bool_]:
    """Tell whether a neighbour of each centre lies on the boundary of the ball in this part."""
    sizes = np.array([len(neighbors) for neighbors in near], np.intp)
    if not len(sizes):
        return np.zeros(0, bool)
    others = np.concatenate([np.asarray(neighbors, np.intp) for neighbors in near])
    gaps = np.abs(part[others] - part[np.repeat(centres, sizes)]).max(axis=1)
    return np.maximum.reduceat(gaps, np.cumsum(sizes) - sizes) >= distance


def _count_within(labels: Codes, points: Floats, distance: Floats, closed: bool) -> Codes:
    """Count the others of the same label that are nearer than a distance; or, closed, on it."""
    reach = distance if closed else np.nextafter(distance, -np.inf)
    counts = np.empty(len(points), np.intp)
    for rows in groups(labels):
        own = _present(points[rows])
        tree = cKDTree(own)
        counts[rows] = tree.query_ball_point(own, reach[rows], p=np.inf, return_length=True)
    return np.maximum(counts - 1, 0)


def _present(points: Floats) -> Floats:
    """Leave out the columns in which samples of one label are atoms."""
    return points[:, ~np.isnan(points[0])]
