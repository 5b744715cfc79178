"""What the bins are to tell about: classes, a number, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import column_or_1d

from sklearn_infotheory._columns import encode_target
from sklearn_infotheory._columns._cell_names import interval_labels
from sklearn_infotheory._columns._target import TargetKind, open_target
from sklearn_infotheory._columns._validation import check_target
from sklearn_infotheory._counts._class_counts import count_classes
from sklearn_infotheory._types import Weights

KindOfTarget = Literal["classes", "continuous", "none"]
PARTS = range(2, 11)  # numbers of parts of equal count that a continuous target is cut into
_PARTS_COUNTED = PARTS[-1]


@dataclass(frozen=True)
class Labels:
    """Codes 0 .. n_classes - 1 of the samples."""

    codes: NDArray[np.uint16]
    n_classes: int

    def count(self, codes: NDArray[Any], n_codes: int, weights: Weights) -> NDArray[np.float64]:
        """Count the classes of the samples of each code."""
        return count_classes(codes, n_codes, self.codes, self.n_classes, weights)


@dataclass(frozen=True)
class BinningTarget:
    """The target of a fit.

    Attributes
    ----------
    kind : {"classes", "continuous", "none"}
    counted : Labels
        What is counted in each bin: the class, or the tenth of a continuous target.
    classes : ndarray of shape (n_classes,)
        Names of what is counted.
    candidates : tuple of Labels
        What cut points are to tell apart. Only a continuous target offers several.
    values : ndarray of float64 or None
        A continuous target itself.
    """

    kind: KindOfTarget
    counted: Labels
    classes: NDArray[Any]
    candidates: tuple[Labels, ...]
    values: NDArray[np.float64] | None = None

    def take(self, rows: NDArray[np.intp], weights: Weights) -> BinningTarget:
        """Return the target of some of the rows, whose weights are given."""
        if self.values is not None:
            return continuous_target(self.values[rows], weights)
        counted = Labels(self.counted.codes[rows], self.counted.n_classes)
        return BinningTarget(self.kind, counted, self.classes, (_without_gaps(counted),))


def check_single_target(y: Any, estimator_name: str) -> NDArray[Any]:
    """Validate y, which has one output."""
    y = check_target(y, estimator_name)
    if y.ndim == 2 and y.shape[1] > 1:
        raise ValueError(
            f"y should be a 1d array, got an array of shape {y.shape} instead: "
            f"{estimator_name} bins for one target. Pass one output. For the combinations of "
            "several labels, pass their numbers: np.unique(y, axis=0, return_inverse=True)[1]."
        )
    return y if y.ndim == 1 else column_or_1d(y, warn=True)


def read_target(y: NDArray[Any], kind: TargetKind, weights: Weights) -> BinningTarget:
    """Tell classes from numbers, and code them."""
    encoded = encode_target(y, kind, _PARTS_COUNTED, None)
    if encoded.is_binned:
        return continuous_target(open_target(y).column(0).values, weights)
    labels = Labels(encoded.codes, encoded.n_classes)
    _, first = np.unique(encoded.codes, return_index=True)
    return BinningTarget("classes", labels, y[first], (labels,))


def no_target(n_samples: int) -> BinningTarget:
    """Return the target of a fit without y: one class, which nothing tells about."""
    labels = Labels(np.zeros(n_samples, np.uint16), 1)
    return BinningTarget("none", labels, np.array([]), (labels,))


def continuous_target(values: NDArray[np.float64], weights: Weights) -> BinningTarget:
    """Cut a number into parts of equal count, in several numbers of parts."""
    order = np.argsort(values, kind="stable")
    mass = np.cumsum(np.ones(len(values)) if weights is None else weights[order])
    candidates: dict[int, Labels] = {}
    for n_parts in PARTS:
        edges = _equal_count_edges(values[order], mass, n_parts)
        codes = np.searchsorted(edges, values, side="left").astype(np.uint16)
        candidates[len(edges)] = Labels(codes, len(edges) + 1)
    counted = candidates[len(edges)]
    names = np.array(interval_labels(edges.tolist()), dtype=object)
    distinct = tuple(candidates[n_edges] for n_edges in sorted(candidates))
    return BinningTarget("continuous", counted, names, distinct, values)


def _equal_count_edges(
    ordered: NDArray[np.float64], mass: NDArray[np.float64], n_parts: int
) -> NDArray[np.float64]:
    """Values at the shares k / n_parts of the mass; none at the largest value of all."""
    wanted = np.arange(1, n_parts) * mass[-1]  # without dividing, so that whole weights stay exact
    positions = np.searchsorted(mass * n_parts, wanted, side="left")
    edges = np.unique(ordered[positions])
    largest = ordered[np.searchsorted(mass, mass[-1], side="left")]
    return edges[edges < largest]


def _without_gaps(labels: Labels) -> Labels:
    """Number the classes that occur; some of the rows may lack some."""
    occurs = np.bincount(labels.codes, minlength=labels.n_classes) > 0
    if occurs.all():
        return labels
    number = (np.cumsum(occurs) - 1).astype(np.uint16)
    return Labels(number[labels.codes], int(occurs.sum()))
