"""Cut the simplex of predictions into bins of equal count."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._types import Floats


def default_n_bins(n_samples: float, n_classes: int) -> int:
    """Return how many bins a sample can fill: its cube root, and ten samples per free cell."""
    free_cells = max(n_classes - 1, 1)  # of one bin
    return max(2, min(round(n_samples ** (1 / 3)), int(n_samples // (10 * free_cells))))


def partition(proba: Floats, weights: Floats, n_bins: int) -> NDArray[np.intp]:
    """Return the bin of each prediction, from a k-d tree (Friedman, Bentley and Finkel 1977).

    A part is cut across the class whose probability varies most in it, where the weights are
    divided as its bins are. Equal predictions share a bin, so that there may be fewer bins. Of two
    classes, the bins are intervals of equal count. Labels are not looked at.
    """
    bins = np.zeros(len(proba), dtype=np.intp)
    stack = [(np.flatnonzero(weights > 0), n_bins)]
    n_found = 0
    while stack:
        rows, share = stack.pop()
        sides = _cut(proba[rows], weights[rows], share) if share > 1 else None
        if sides is None:
            bins[rows] = n_found
            n_found += 1
            continue
        right = (rows[~sides], share - share // 2)
        stack += [right, (rows[sides], share // 2)]
    return bins


def _cut(proba: Floats, weights: Floats, n_bins: int) -> NDArray[np.bool_] | None:
    """Return which rows lie on the left of the cut, or None where all are equal."""
    mean = np.average(proba, axis=0, weights=weights)
    spread = weights @ (proba - mean) ** 2
    axis = int(np.argmax(spread > spread.max() * (1 - 1e-9)))  # ties: the first class
    values = proba[:, axis]
    order = np.argsort(values, kind="stable")
    ranked, below = values[order], np.cumsum(weights[order])
    places = np.flatnonzero(np.diff(ranked) > 0)
    if len(places) == 0:
        return None
    wanted = below[-1] * (n_bins // 2) / n_bins
    best = places[np.argmin(abs(below[places] - wanted))]
    return values <= ranked[best]
