"""Codebooks: which cell does a value fall in?"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns._cell_names import (
    MISSING,
    OTHER,
    group_label,
    group_labels,
    interval_labels,
    number_texts,
)
from sklearn_infotheory._columns._column import EXACT_WHOLE, Column, column_of_array
from sklearn_infotheory._storage import Damaged, Entry

MAX_VALUES = 254  # with a cell for missing and one for other values, a code fits into a byte
_LARGEST_WHOLE = 1 << 80  # beyond all that 64 bits hold, and the cells for far values beside it
MAX_LISTED = 1 << 20  # categories that groups may list


@dataclass(frozen=True)
class Intervals:
    """Bins of a numeric, boolean or date column, closed on the right.

    Cell i holds the values with ``edges[i - 1] < value <= edges[i]``; the outer cells are open, so
    that values beyond the training range fall into them. The last cell holds missing values.

    Parameters
    ----------
    edges : tuple of float or int
        Ascending cut points; int where they are beyond 2**53 and fall between whole numbers. Dates
        are microseconds since 1970, durations microseconds.
    """

    edges: tuple[float | int, ...]
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

    def code(self, column: Column) -> NDArray[Any]:
        """Number of edges below each value; NaN gets any code, for those who know where it is."""
        if column.values.dtype.kind in "iu" and self.is_whole:
            return self._code_whole(column.values)
        values = np.ascontiguousarray(column.values, np.float64)
        if len(self.edges) > MAX_VALUES:  # codes no longer fit into a byte
            return np.searchsorted(self.cuts, values, side="left")
        codes = np.zeros(len(values), np.uint8)
        if self.edges:
            from sklearn_infotheory._kernels._coding import code_by_edges

            code_by_edges(values, self._padded, codes)
        return codes

    @cached_property
    def is_whole(self) -> bool:
        """Whether the edges are whole numbers that a float64 cannot tell from their neighbours."""
        return any(isinstance(edge, int) and abs(edge) > EXACT_WHOLE for edge in self.edges)

    def _code_whole(self, values: NDArray[Any]) -> NDArray[Any]:
        """Compare whole numbers with whole edges, of whatever size."""
        limits = np.iinfo(values.dtype)
        # What no value can reach separates as well as the limit; an edge is below the next number.
        reached = [edge for edge in map(math.floor, self.edges) if edge < limits.max]
        edges = np.array([max(edge, limits.min - 1) for edge in reached], dtype=object)
        below = int((edges < limits.min).sum())
        codes = np.searchsorted(edges[below:].astype(values.dtype), values, side="left") + below
        return codes.astype(np.uint8) if len(self.edges) <= MAX_VALUES else codes

    def encode(self, column: Column | NDArray[np.float64]) -> NDArray[Any]:
        """Code a column of numbers, or an array of float64 with NaN for missing."""
        if not isinstance(column, Column):
            column = Column(column)
        codes = self.code(column)
        if column.missing is not None:
            codes[column.missing] = self.missing_code
        return codes

    def bin_labels(self) -> list[str]:
        """Name the bins, as intervals."""
        return interval_labels(self.edges)

    def labels(self, write: Callable[[Sequence[float]], list[str]] = number_texts) -> list[str]:
        """Name the cells, as intervals closed on the right; that of one value by the value."""
        if len(self.edges) == 2 and self._is_one_value(*self.edges):
            (value,) = write(self.edges[1:])
            return [f"(-inf, {value})", value, f"({value}, inf)", MISSING]
        return [*interval_labels(self.edges, write), MISSING]

    def _is_one_value(self, low: float, high: float) -> bool:
        return high - low == 1 if self.is_whole else bool(np.nextafter(low, np.inf) >= high)

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
    def is_full(self) -> bool:
        """Whether there is no room for one more category."""
        return len(self.categories) >= MAX_VALUES

    @property
    def n_cells(self) -> int:
        return len(self.categories) + 2

    def encode(self, column: Column | NDArray[Any]) -> NDArray[np.uint8]:
        """Code a column of categories, or an array of objects; None, NaN, NaT, NA are missing."""
        cells = _look_up(self.categories, column, self.other_code, self.missing_code)
        codes: NDArray[np.uint8] = cells
        return codes

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

    def code(self, column: Column) -> NDArray[Any]:
        """Group of each value; missing ones get any code, for those who know where they are."""
        return self._bin_of_cell[self._cells(column)]

    def is_listed(self, column: Column) -> NDArray[np.bool_]:
        """Tell which values are listed, or missing."""
        return self._cells(column) != len(self.categories)

    def _cells(self, column: Column | NDArray[Any]) -> NDArray[Any]:
        """Number the categories, then any other value, then missing ones."""
        n = len(self.categories)
        return _look_up(self.categories, column, n, n + 1)

    def encode(self, column: Column | NDArray[Any]) -> NDArray[Any]:
        """Code a column of categories, or an array of objects; None, NaN, NaT, NA are missing."""
        bins = self._bin_of_cell.copy()
        bins[-1] = self.missing_code
        return bins[self._cells(column)]

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


def _look_up(
    listed: tuple[Any, ...], column: Column | NDArray[Any], other: int, missing: int
) -> NDArray[Any]:
    """Number values by their place in a list; in the smallest type that holds all codes."""
    if not isinstance(column, Column):
        column = column_of_array(np.asarray(column, dtype=object), True, "column")
    assert column.categories is not None
    _check_alike(listed, column)
    place = dict(zip(listed, range(len(listed)), strict=True))
    codes = [*(place.get(category, other) for category in column.categories.tolist()), missing]
    table = np.array(codes, np.min_scalar_type(max(other, missing)))
    return np.take(table, column.values, mode="wrap")  # -1 is the last, that of missing values


def _check_alike(listed: tuple[Any, ...], column: Column) -> None:
    """Raise where all were texts and all are numbers now, or the reverse."""
    assert column.categories is not None
    were = {isinstance(category, str) for category in listed}
    are = {isinstance(category, str) for category in column.categories}
    if len(were) != 1 or len(are) != 1 or were == are:
        return
    was, now = ("text", "numbers") if were == {True} else ("numbers", "text")
    name = column.name
    raise ValueError(
        f"The categories of {name} were {was} in fit, such as {listed[0]!r}, and are now {now}, "
        f"such as {column.categories[0]!r}: none of them would be known. Convert {name} to what "
        "it was."
    )


Codebook = Intervals | Categories  # what a column gets before anything is known of a target


def codebook_from_dict(description: dict[str, Any] | Entry) -> Codebook:
    """Rebuild a codebook from what its ``to_dict`` gave, for instance after a trip through JSON."""
    entry = description if isinstance(description, Entry) else Entry(description)
    kind = entry.get("kind", None).value
    if kind == "numeric":
        edges = ascending_edges(entry["edges"])
        if len(edges) > MAX_VALUES:
            raise Damaged(f"{entry['edges'].place} has {len(edges)} numbers, over {MAX_VALUES}")
        return Intervals(edges)
    if kind == "category":
        return Categories(entry["categories"].categories(MAX_VALUES))
    raise Damaged(
        f"The kind of a codebook is 'numeric' or 'category'; got {kind!r}. "
        "Pass a dictionary made by Codebook.to_dict()."
    )


def ascending_edges(entry: Entry) -> tuple[float | int, ...]:
    """Read ascending cut points; whole ones beyond 2**53 stay whole."""
    raw = [part.value for part in entry.parts()]
    if any(isinstance(edge, int) and abs(edge) > EXACT_WHOLE for edge in raw):
        edges = tuple(part.whole(-_LARGEST_WHOLE, _LARGEST_WHOLE) for part in entry.parts())
        if any(high <= low for low, high in pairwise(edges)):
            raise Damaged(f"{entry.place} is not ascending")
        return edges
    return tuple(entry.ascending().tolist())
