"""Which bin a value falls in: intervals of numbers, or groups of categories."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklearn_infotheory._columns import CategoryCodebook
from sklearn_infotheory._columns._codebook import MAX_VALUES
from sklearn_infotheory._columns._intervals import interval_labels
from sklearn_infotheory._storage import Damaged, Entry
from sklearn_infotheory.preprocessing._labels import group_label, group_labels

_MOST_EDGES_OF_KERNEL = 254  # with one more bin and one for missing values, codes fit into a byte


@dataclass(frozen=True)
class Intervals:
    """Intervals between ascending cut points, closed on the right.

    The outer intervals are open, so that values beyond the training range fall into them.
    """

    cuts: NDArray[np.float64]
    is_category: ClassVar[bool] = False

    @property
    def n_bins(self) -> int:
        return len(self.cuts) + 1

    def code(self, values: NDArray[np.float64]) -> NDArray[Any]:
        """Number of cut points below each value; NaN gets any code."""
        if len(self.cuts) > _MOST_EDGES_OF_KERNEL:
            return np.searchsorted(self.cuts, values, side="left")
        codes = np.zeros(len(values), np.uint8)
        if len(self.cuts):
            from sklearn_infotheory._kernels._coding import code_by_edges

            code_by_edges(values, self._padded, codes)
        return codes

    @cached_property
    def _padded(self) -> NDArray[np.float64]:
        """Fill up to a multiple of four, as the kernel wants it."""
        edges = np.full(-(-len(self.cuts) // 4) * 4, np.inf)
        edges[: len(self.cuts)] = self.cuts
        return edges

    def labels(self) -> list[str]:
        return interval_labels(self.cuts.tolist())

    def threshold_labels(self) -> list[str]:
        """Name what each step of a thermometer says."""
        return [f">{label.partition(',')[0][1:]}" for label in self.labels()[1:]]

    def to_dict(self) -> dict[str, Any]:
        return {"kind": "intervals", "cuts": self.cuts.tolist()}


@dataclass(frozen=True)
class Groups:
    """Groups of categories.

    Categories are taken in an order, and cut into groups like numbers into intervals.

    Attributes
    ----------
    categories : tuple
        The categories that have a place of their own in the order.
    order : tuple of int
        Indices of ``categories``; ``len(categories)`` stands for all that are not listed.
    cuts : tuple of int
        Positions in the order where a group begins.
    other_bin : int
        The group of values that are not listed.
    """

    categories: tuple[Any, ...]
    order: tuple[int, ...]
    cuts: tuple[int, ...]
    other_bin: int
    is_category: ClassVar[bool] = True

    @property
    def n_bins(self) -> int:
        return len(self.cuts) + 1

    @cached_property
    def groups(self) -> tuple[tuple[Any, ...], ...]:
        """Categories of each group, in the order of their names."""
        return tuple(self._names(part) for part in self._parts())

    def _parts(self) -> list[tuple[int, ...]]:
        bounds = [0, *self.cuts, len(self.order)]
        return [self.order[a:b] for a, b in pairwise(bounds)]

    def _names(self, places: Sequence[int]) -> tuple[Any, ...]:
        return tuple(self.categories[i] for i in sorted(places) if i < len(self.categories))

    @cached_property
    def _bin_of_cell(self) -> NDArray[np.intp]:
        """Bin of each cell of the codebook; that of missing values comes from elsewhere."""
        bins = np.full(len(self.categories) + 2, self.other_bin)
        for i, part in enumerate(self._parts()):
            bins[[place for place in part if place < len(self.categories)]] = i
        return bins

    @cached_property
    def has_other(self) -> bool:
        """Tell whether training had values that are not listed."""
        return len(self.categories) in self.order

    def code(self, values: NDArray[Any]) -> NDArray[Any]:
        """Group of each value; missing ones get any code."""
        return self._bin_of_cell[CategoryCodebook(self.categories).encode(values)]

    def labels(self) -> list[str]:
        return group_labels(self.groups, self.other_bin if self.has_other else None)

    def label_of_places(self, start: int, stop: int) -> str:
        """Name the places of the order from ``start`` to before ``stop`` as one group."""
        part = self.order[start:stop]
        return group_label(self._names(part), len(self.categories) in part)

    def threshold_labels(self) -> list[str]:
        """Name what each step of a thermometer says: the group is this one or a later one."""
        return [f">={label}" for label in self.labels()[1:]]

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": "groups",
            "categories": list(self.categories),
            "order": list(self.order),
            "cuts": list(self.cuts),
            "other_bin": self.other_bin,
        }


Cells = Intervals | Groups


def restore_cells(entry: Entry) -> Cells:
    """Rebuild what ``to_dict`` described."""
    if entry["kind"].one_of(("intervals", "groups")) == "intervals":
        return Intervals(entry["cuts"].ascending())
    categories = entry["categories"].categories(MAX_VALUES)
    order = entry["order"].wholes(0, len(categories))
    cuts = entry["cuts"].wholes(1, max(len(order) - 1, 1))
    if len(set(order)) < len(order) or not order or not set(order) >= set(range(len(categories))):
        raise Damaged(f"{entry['order'].place} does not have every category once")
    if list(cuts) != sorted(set(cuts)) or len(cuts) >= len(order):
        raise Damaged(f"{entry['cuts'].place} is not ascending")
    groups = Groups(categories, order, cuts, entry["other_bin"].whole(0, len(cuts)))
    if groups.has_other and len(categories) not in groups._parts()[groups.other_bin]:
        raise Damaged(f"{entry['other_bin'].place} is not the group of values that are not listed")
    return groups


@dataclass(frozen=True)
class Values:
    """The values of a column, and where they are missing (None where nowhere)."""

    values: NDArray[Any]
    is_category: bool
    missing: NDArray[np.bool_] | None

    def take(self, rows: Any) -> Values:
        """Return some of the rows."""
        missing = None if self.missing is None else self.missing[rows]
        if missing is not None and not missing.any():
            missing = None
        return Values(self.values[rows], self.is_category, missing)


def find_missing(values: NDArray[Any], is_category: bool, name: str) -> Values:
    """Mark missing values, and raise for infinite ones."""
    if is_category:
        missing = pd.isna(values)
        return Values(values, True, missing if missing.any() else None)
    with np.errstate(over="ignore", invalid="ignore"):
        total = values.sum()
    if math.isfinite(total):  # the quick way: any NaN or infinity would show in the sum
        return Values(values, False, None)
    if np.isinf(values).any():
        raise ValueError(
            f"Input X contains infinity or a value too large for dtype('float64'), in {name}. "
            "Replace it by a finite number, or by a missing value."
        )
    missing = np.isnan(values)
    return Values(values, False, missing if missing.any() else None)
