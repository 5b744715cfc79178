"""Short keys that stand for categories, whatever they are called and however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._columns._learning import count_categories
from sklearn_infotheory._types import Floats, Weights

KEY_BITS = 32


def level_keys(categories: Iterable[Any]) -> NDArray[np.uint32]:
    """Hash categories to 32 bits: the same in every process, on every machine.

    Two levels of one key are one level from then on. Which ones share a key has nothing to do with
    how often they occur, so that no test is wrong for it; of 10,000 levels, none do, as a rule.
    """
    digests = b"".join(blake2b(_as_bytes(value), digest_size=4).digest() for value in categories)
    return np.frombuffer(digests, "<u4").astype(np.uint32)


def _as_bytes(value: Any) -> bytes:
    """Write equal categories alike, 1 as 1.0 and True, but not text and numbers."""
    if isinstance(value, str):
        return b"t" + value.encode("utf-8", "surrogatepass")
    if isinstance(value, float) and not value.is_integer():
        return b"n" + repr(float(value)).encode()
    return b"n%d" % int(value)


@dataclass(frozen=True)
class Occurrences:
    """The categories that occur in a column.

    Attributes
    ----------
    keys : ndarray of uint32 of shape (n_levels,)
    names : ndarray of object of shape (n_levels,)
    sums, squares : ndarray of shape (n_levels,)
        Sums of weights, and of their squares.
    """

    keys: NDArray[np.uint32]
    names: NDArray[Any]
    sums: Floats
    squares: Floats


def count_levels(column: Column, weights: Weights) -> Occurrences:
    """Count the categories that occur."""
    assert column.categories is not None
    sums = count_categories(column, weights)
    squares = sums if weights is None else count_categories(column, weights**2)
    occurring = np.flatnonzero(sums)
    names = np.asarray(column.categories, object)[occurring]
    counts = (of[occurring].astype(np.float64) for of in (sums, squares))
    return Occurrences(level_keys(names), names, *counts)
