"""Codebooks: which cell does a value fall in?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklearn_infotheory._columns._intervals import interval_labels, number_texts
from sklearn_infotheory._storage import Damaged, Entry

MAX_VALUES = 254  # with a cell for missing and one for other values, a code fits into a byte


@dataclass(frozen=True)
class NumericCodebook:
    """Bins of a numeric, boolean or date column.

    Cell i holds the values with ``edges[i - 1] < value <= edges[i]``; the outer cells are open, so
    that values beyond the training range fall into them. The last cell holds missing values.

    Parameters
    ----------
    edges : tuple of float
        Ascending cut points. Dates are microseconds since 1970, durations microseconds.
    """

    edges: tuple[float, ...]

    @property
    def missing_code(self) -> int:
        return len(self.edges) + 1

    @property
    def n_cells(self) -> int:
        return len(self.edges) + 2

    def encode(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        """Code an array of float64, NaN meaning missing."""
        from sklearn_infotheory._kernels._coding import code_by_edges

        codes = np.empty(len(values), np.uint8)
        edges = np.full(-(-len(self.edges) // 4) * 4, np.inf)  # the kernel takes four at a time
        edges[: len(self.edges)] = self.edges
        code_by_edges(values, edges, codes)
        missing = np.isnan(values)
        if missing.any():
            codes[missing] = self.missing_code
        return codes

    def labels(self, write: Callable[[Sequence[float]], list[str]] = number_texts) -> list[str]:
        """Name the cells, as intervals closed on the right; that of one value by the value."""
        if len(self.edges) == 2 and np.nextafter(self.edges[0], np.inf) >= self.edges[1]:
            (value,) = write(self.edges[1:])
            return [f"(-inf, {value})", value, f"({value}, inf)", "missing"]
        return [*interval_labels(self.edges, write), "missing"]

    def to_dict(self) -> dict[str, Any]:
        return {"kind": "numeric", "edges": list(self.edges)}


@dataclass(frozen=True)
class CategoryCodebook:
    """Categories of a column, a cell for missing values, and a cell for all others.

    Parameters
    ----------
    categories : tuple of str, bool, int or float
        The categories that have a cell of their own. Values that are not listed, because they
        were too rare in training or did not occur there, share the last cell.
    """

    categories: tuple[Any, ...]

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
        return [*map(str, self.categories), "missing", "other"]

    def to_dict(self) -> dict[str, Any]:
        return {"kind": "category", "categories": list(self.categories)}


Codebook = NumericCodebook | CategoryCodebook


def codebook_from_dict(description: dict[str, Any] | Entry) -> Codebook:
    """Rebuild a codebook from what its ``to_dict`` gave, for instance after a trip through JSON."""
    entry = description if isinstance(description, Entry) else Entry(description)
    kind = entry.get("kind", None).value
    if kind == "numeric":
        edges = entry["edges"].ascending()
        if len(edges) > MAX_VALUES:
            raise Damaged(f"{entry['edges'].place} has {len(edges)} numbers, over {MAX_VALUES}")
        return NumericCodebook(tuple(edges.tolist()))
    if kind == "category":
        return CategoryCodebook(entry["categories"].categories(MAX_VALUES))
    raise Damaged(
        f"The kind of a codebook is 'numeric' or 'category'; got {kind!r}. "
        "Pass a dictionary made by Codebook.to_dict()."
    )
