"""Names of cells: intervals between cut points, groups of categories, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

MISSING = "missing"
OTHER = "other"
_EXACT = 1 << 53  # whole numbers beyond it are written in full
_MOST_DIGITS = 17  # tell any two floats apart


def number_texts(numbers: Sequence[float], least: int = 6) -> list[str]:
    """Write numbers in as few digits, but at least so many, as tell them all apart."""
    if any(isinstance(number, int) and abs(number) > _EXACT for number in numbers):
        return [str(number) for number in numbers]
    for digits in range(least, _MOST_DIGITS + 1):
        texts = [f"{number:.{digits}g}" for number in numbers]
        if len(set(texts)) == len(texts):
            break
    return texts


def interval_labels(
    cuts: Sequence[float], write: Callable[[Sequence[float]], list[str]] = number_texts
) -> list[str]:
    """Name the intervals between ascending cut points, closed on the right."""
    bounds = ["-inf", *write(cuts), "inf"]
    labels = [f"({low}, {high}]" for low, high in pairwise(bounds)]
    return [*labels[:-1], f"({bounds[-2]}, inf)"]


def group_label(categories: Sequence[Any], with_other: bool = False) -> str:
    """Name a group of categories; ``with_other`` where it takes the unlisted ones too."""
    return "{" + ", ".join([*map(str, categories), *[OTHER] * with_other]) + "}"


def group_labels(groups: Sequence[Sequence[Any]], other_group: int | None) -> list[str]:
    """Name groups of categories, by their representations where strings would not do."""
    labels = [group_label(group, i == other_group) for i, group in enumerate(groups)]
    if len(set(labels)) == len(labels):
        return labels
    return [group_label([*map(repr, group)], i == other_group) for i, group in enumerate(groups)]
