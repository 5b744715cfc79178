"""The bins of a column that is binned for a target, and their description in JSON."""

from __future__ import annotations

from typing import Any

from sklearn_infotheory._columns import Groups, Intervals
from sklearn_infotheory._columns._codebook import MAX_LISTED, ascending_edges
from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._storage import Damaged, Entry

__all__ = ["Cells", "Column", "Groups", "Intervals"]

Cells = Intervals | Groups


def describe_cells(cells: Cells) -> dict[str, Any]:
    """Describe bins by what JSON can hold."""
    if isinstance(cells, Groups):
        return cells.to_dict()
    return {"kind": "intervals", "cuts": list(cells.edges)}


def restore_cells(entry: Entry) -> Cells:
    """Rebuild what :func:`describe_cells` described."""
    if entry["kind"].one_of(("intervals", "groups")) == "intervals":
        return Intervals(ascending_edges(entry["cuts"]))
    categories = entry["categories"].categories(MAX_LISTED)
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
