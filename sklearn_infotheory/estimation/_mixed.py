"""Information between variables that are atoms in some samples and numbers in others.

Let D_X say which atom X is, or that it is continuous. Then, for any number of variables,

    TC(X_1, ..., X_m) = TC(D_1, ..., D_m) + sum_j I(X_j; D_1 ... D_m | D_j) + TC(X_1, ..., X_m | D)

and for two of them TC is I(X; Y). The first term counts, the second has one side of classes, and
the third only numbers, so that each has an estimator of its own. All of it is in nats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from scipy.special import psi, xlogy

from sklearn_infotheory._types import Codes, Floats
from sklearn_infotheory.estimation._neighbors import multi_information_terms, ross_terms
from sklearn_infotheory.estimation._variables import (
    Transform,
    Variable,
    combine,
    renumber,
    transformed,
)


def mixed_terms(variables: Sequence[Variable], k: int, transform: Transform) -> Floats:
    """Return one term for each sample, whose mean is the total correlation of the variables."""
    labels = [variable.atoms for variable in variables]
    terms = count_terms(labels)
    # Sorted sums, so that the order of the variables does not matter.
    terms += np.sort([_class_terms(v, labels, k, transform) for v in variables], axis=0).sum(axis=0)
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


def groups(labels: Codes) -> Iterator[NDArray[np.intp]]:
    """Yield the rows of each label that occurs."""
    if (labels == labels[0]).all():
        yield np.arange(len(labels))
        return
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order])) + 1
    yield from np.split(order, starts)


def plugin_entropy(labels: Codes) -> float:
    """Return the entropy of the shares of labels."""
    counts = np.sort(np.bincount(labels))
    return float(np.log(len(labels)) - xlogy(counts, counts).sum() / len(labels))
