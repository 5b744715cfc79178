"""The bins of a column that is binned for a target, and their description in JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklearn_infotheory._columns import Groups, Intervals
from sklearn_infotheory._columns._codebook import MAX_VALUES
from sklearn_infotheory._storage import Damaged, Entry

__all__ = ["Cells", "Groups", "Intervals", "Values"]

Cells = Intervals | Groups


def describe_cells(cells: Cells) -> dict[str, Any]:
    """Describe bins by what JSON can hold."""
    if isinstance(cells, Groups):
        return cells.to_dict()
    return {"kind": "intervals", "cuts": list(cells.edges)}


def restore_cells(entry: Entry) -> Cells:
    """Rebuild what :func:`describe_cells` described."""
    if entry["kind"].one_of(("intervals", "groups")) == "intervals":
        return Intervals(tuple(entry["cuts"].ascending().tolist()))
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
