"""Codebooks: which cell does a value fall in?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklearn_infotheory._columns._cell_names import (
    MISSING,
    OTHER,
    group_label,
    group_labels,
    interval_labels,
    number_texts,
)
from sklearn_infotheory._storage import Damaged, Entry

MAX_VALUES = 254  # with a cell for missing and one for other values, a code fits into a byte


@dataclass(frozen=True)
class Intervals:
    """Bins of a numeric, boolean or date column, closed on the right.

    Cell i holds the values with ``edges[i - 1] < value <= edges[i]``; the outer cells are open, so
    that values beyond the training range fall into them. The last cell holds missing values.

    Parameters
    ----------
    edges : tuple of float
        Ascending cut points. Dates are microseconds since 1970, durations microseconds.
    """

    edges: tuple[float, ...]
    is_category: ClassVar[bool] = False

    @property
    def n_bins(self) -> int:
        """The number of cells without that of missing values."""
        return len(self.edges) + 1

    @property
    def missing_code(self) -> int:
        return len(self.edges) + 1

    @property
    def n_cells(self) -> int:
        return len(self.edges) + 2

    @cached_property
    def cuts(self) -> NDArray[np.float64]:
        """The edges as an array."""
        return np.array(self.edges, np.float64)

    @cached_property
    def _padded(self) -> NDArray[np.float64]:
        """Fill up to a multiple of four, as the kernel wants it."""
        edges = np.full(-(-len(self.edges) // 4) * 4, np.inf)
        edges[: len(self.edges)] = self.edges
        return edges

    def code(self, values: NDArray[np.float64]) -> NDArray[Any]:
        """Number of edges below each value; NaN gets any code, for those who know where it is."""
        if len(self.edges) > MAX_VALUES:  # codes no longer fit into a byte
            return np.searchsorted(self.cuts, values, side="left")
        codes = np.zeros(len(values), np.uint8)
        if self.edges:
            from sklearn_infotheory._kernels._coding import code_by_edges

            code_by_edges(values, self._padded, codes)
        return codes

    def encode(self, values: NDArray[np.float64]) -> NDArray[Any]:
        """Code an array of float64, NaN meaning missing."""
        codes, missing = self.code(values), np.isnan(values)
        if missing.any():
            codes[missing] = self.missing_code
        return codes

    def bin_labels(self) -> list[str]:
        """Name the bins, as intervals."""
        return interval_labels(self.edges)

    def labels(self, write: Callable[[Sequence[float]], list[str]] = number_texts) -> list[str]:
        """Name the cells, as intervals closed on the right; that of one value by the value."""
        if len(self.edges) == 2 and np.nextafter(self.edges[0], np.inf) >= self.edges[1]:
            (value,) = write(self.edges[1:])
            return [f"(-inf, {value})", value, f"({value}, inf)", MISSING]
        return [*interval_labels(self.edges, write), MISSING]

    def threshold_labels(self) -> list[str]:
        """Name what each step of a thermometer says."""
        return [f">{label.partition(',')[0][1:]}" for label in self.bin_labels()[1:]]

    def to_dict(self) -> dict[str, Any]:
        return {"kind": "numeric", "edges": list(self.edges)}


@dataclass(frozen=True)
class Categories:
    """Categories of a column, a cell for missing values, and a cell for all others.

    Parameters
    ----------
    categories : tuple of str, bool, int or float
        The categories that have a cell of their own. Values that are not listed, because they
        were too rare in training or did not occur there, share the last cell.
    """

    categories: tuple[Any, ...]
    is_category: ClassVar[bool] = True

    @property
    def missing_code(self) -> int:
        return len(self.categories)

    @property
    def other_code(self) -> int:
        return len(self.categories) + 1

    @property
    def n_cells(self) -> int:
        return len(self.categories) + 2

    def encode(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        """Code an array of hashable values; None, NaN, NaT and NA mean missing."""
        index = pd.Index(np.array(self.categories, dtype=object), dtype=object)
        codes = index.get_indexer(pd.Index(values, dtype=object))
        codes[codes < 0] = self.other_code
        codes[pd.isna(values)] = self.missing_code
        return codes.astype(np.uint8)

    def labels(self) -> list[str]:
        """Name the cells by their categories."""
        return [*map(str, self.categories), MISSING, OTHER]

    def to_dict(self) -> dict[str, Any]:
        return {"kind": "category", "categories": list(self.categories)}


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
        """The number of groups, which is that of cells without the one of missing values."""
        return len(self.cuts) + 1

    @property
    def missing_code(self) -> int:
        return self.n_bins

    @property
    def n_cells(self) -> int:
        return self.n_bins + 1

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
        """Bin of each cell of the categories; that of missing values is not known here."""
        bins = np.full(len(self.categories) + 2, self.other_bin)
        for i, part in enumerate(self._parts()):
            bins[[place for place in part if place < len(self.categories)]] = i
        return bins

    @cached_property
    def has_other(self) -> bool:
        """Tell whether training had values that are not listed."""
        return len(self.categories) in self.order

    def code(self, values: NDArray[Any]) -> NDArray[Any]:
        """Group of each value; missing ones get any code, for those who know where they are."""
        return self._bin_of_cell[Categories(self.categories).encode(values)]

    def encode(self, values: NDArray[Any]) -> NDArray[Any]:
        """Code an array of hashable values; None, NaN, NaT and NA mean missing."""
        codes = self.code(values)
        codes[pd.isna(values)] = self.missing_code
        return codes

    def labels(self) -> list[str]:
        """Name the cells by the categories that they hold."""
        return [*self.bin_labels(), MISSING]

    def bin_labels(self) -> list[str]:
        """Name the groups."""
        return group_labels(self.groups, self.other_bin if self.has_other else None)

    def label_of_places(self, start: int, stop: int) -> str:
        """Name the places of the order from ``start`` to before ``stop`` as one group."""
        part = self.order[start:stop]
        return group_label(self._names(part), len(self.categories) in part)

    def threshold_labels(self) -> list[str]:
        """Name what each step of a thermometer says: the group is this one or a later one."""
        return [f">={label}" for label in self.bin_labels()[1:]]

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": "groups",
            "categories": list(self.categories),
            "order": list(self.order),
            "cuts": list(self.cuts),
            "other_bin": self.other_bin,
        }


Codebook = Intervals | Categories  # what a column gets before anything is known of a target


def codebook_from_dict(description: dict[str, Any] | Entry) -> Codebook:
    """Rebuild a codebook from what its ``to_dict`` gave, for instance after a trip through JSON."""
    entry = description if isinstance(description, Entry) else Entry(description)
    kind = entry.get("kind", None).value
    if kind == "numeric":
        edges = entry["edges"].ascending()
        if len(edges) > MAX_VALUES:
            raise Damaged(f"{entry['edges'].place} has {len(edges)} numbers, over {MAX_VALUES}")
        return Intervals(tuple(edges.tolist()))
    if kind == "category":
        return Categories(entry["categories"].categories(MAX_VALUES))
    raise Damaged(
        f"The kind of a codebook is 'numeric' or 'category'; got {kind!r}. "
        "Pass a dictionary made by Codebook.to_dict()."
    )
