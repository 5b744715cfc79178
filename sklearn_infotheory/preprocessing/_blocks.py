"""A column as a sequence of blocks: runs of its sorted values, and the classes in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns._frames import of_positive_weight

_GRID_BITS = 52
_NO_WEIGHTS = np.empty(0)


@dataclass(frozen=True)
class Blocks:
    """Runs of sorted values, and how often each class occurs in them.

    Attributes
    ----------
    lowest, highest : ndarray of shape (n_blocks,)
        Smallest and largest value of each block.
    counts : ndarray of shape (n_blocks, n_classes)
        Sum of the weights of each class in each block.
    n_values : ndarray of shape (n_blocks,), optional
        Number of distinct values in each block; None stands for one each.
    """

    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]
    counts: NDArray[np.float64]
    n_values: NDArray[np.intp] | None = None

    def cut_points(self, before: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the values that separate the blocks ``before`` from the block ahead of each.

        That is the midpoint of the values on both sides, or the lower value where the midpoint
        rounds to the upper one: a value belongs below the cut iff it is <= the cut point.
        """
        low, high = self.highest[before - 1], self.lowest[before]
        with np.errstate(over="ignore"):
            width = high - low
        # Where the width overflows the halves do not lose bits.
        middle = np.where(np.isfinite(width), low + width / 2, low / 2 + high / 2)
        return np.where(middle < high, middle, low)


def make_blocks(
    values: NDArray[np.float64],
    codes: NDArray[Any],
    n_classes: int,
    weights: NDArray[np.float64] | None = None,
    *,
    merge_pure: bool = True,
) -> Blocks:
    """Sort the values into blocks and count the classes in each.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Finite values.
    codes : ndarray of shape (n_samples,)
        Classes as integers in [0, n_classes).
    n_classes : int
        Number of classes.
    weights : ndarray of shape (n_samples,), optional
        Weights >= 0. A weight of zero equals the absence of the row.
    merge_pure : bool, default=True
        Whether neighbouring distinct values that both hold one and the same class only are one
        block. No optimal cut lies between them (Fayyad & Irani 1992). Unsupervised criteria need
        False.

    Returns
    -------
    Blocks
    """
    from sklearn_infotheory._kernels._cuts import count_blocks, runs_of_values

    weights, values, codes = of_positive_weight(weights, values, codes)
    order = np.argsort(values)
    values, codes = values[order], codes.astype(np.int32, copy=False)[order]
    sorted_weights = _NO_WEIGHTS if weights is None else weights[order]
    starts, n_values = np.empty((2, len(values) + 1), np.intp)
    n_blocks = runs_of_values(values, codes, merge_pure, starts, n_values)
    counts = np.zeros((n_blocks, n_classes))
    count_blocks(codes, sorted_weights, starts, counts)
    lowest, highest = values[starts[:n_blocks]], values[starts[1 : n_blocks + 1] - 1]
    return Blocks(lowest, highest, counts, n_values[:n_blocks].copy())


@dataclass(frozen=True)
class Sequence:
    """Blocks, cumulated: row i sums what lies before block i."""

    sums: NDArray[np.float64]  # (n_blocks + 1, n_classes) class counts
    totals: NDArray[np.float64]  # (n_blocks + 1,) weights
    values: NDArray[np.intp]  # (n_blocks + 1,) distinct values
    whole: bool

    @classmethod
    def of(cls, blocks: Blocks | NDArray[np.float64]) -> Sequence:
        """Cumulate the blocks, rounded so that the sums are exact."""
        from sklearn_infotheory._kernels._cuts import cumulate

        counts = blocks.counts if isinstance(blocks, Blocks) else blocks
        counts = np.ascontiguousarray(counts, np.float64)
        n_blocks, n_classes = counts.shape
        sums, totals = np.empty((n_blocks + 1, n_classes)), np.empty(n_blocks + 1)
        whole = cumulate(counts, sums, totals)
        if not whole:
            cumulate(_on_grid(counts), sums, totals)
        values = np.arange(n_blocks + 1)
        if isinstance(blocks, Blocks) and blocks.n_values is not None:
            np.cumsum(blocks.n_values, out=values[1:])
        return cls(sums, totals, values, whole)

    @property
    def n_blocks(self) -> int:
        return len(self.totals) - 1

    def merge(self, starts: NDArray[np.intp]) -> Sequence:
        """Keep only the given bounds of blocks, of which the first and last are the ends."""
        if len(starts) == len(self.totals):
            return self
        return Sequence(self.sums[starts], self.totals[starts], self.values[starts], self.whole)


def _on_grid(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to a grid so fine as not to matter, on which every sum of the counts is exact.

    Then what is added and subtracted again leaves no trace: a class is in a bin if and only if its
    count there, a difference of two sums, is positive.
    """
    # A total just below a power of two, but for rounding, counts as that power.
    exponent = np.frexp(counts.sum() * (1 + 1e-9))[1]
    scaled = np.rint(np.ldexp(counts, _GRID_BITS - exponent))
    return np.ldexp(np.maximum(scaled, counts > 0), exponent - _GRID_BITS)
