"""Names of intervals between cut points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

_MOST_DIGITS = 17  # tell any two floats apart


def number_texts(numbers: Sequence[float], least: int = 6) -> list[str]:
    """Write numbers in as few digits, but at least so many, as tell them all apart."""
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
