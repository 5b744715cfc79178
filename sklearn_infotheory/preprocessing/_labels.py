"""Names of bins, other than intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MISSING = "missing"
_OTHER = "other"


def group_label(categories: Sequence[Any], with_other: bool = False) -> str:
    """Name a group of categories; ``with_other`` where it takes the unlisted ones too."""
    return "{" + ", ".join([*map(str, categories), *[_OTHER] * with_other]) + "}"


def group_labels(groups: Sequence[Sequence[Any]], other_group: int | None) -> list[str]:
    """Name groups of categories, by their representations where strings would not do."""
    labels = [group_label(group, i == other_group) for i, group in enumerate(groups)]
    if len(set(labels)) == len(labels):
        return labels
    return [group_label([*map(repr, group)], i == other_group) for i, group in enumerate(groups)]
