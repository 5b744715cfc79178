"""Counts of all levels of a category, and the cells in which two samples of them are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns._level_keys import KEY_BITS
from sklearn_infotheory._counts._compressed import check_sum, pack_numbers, unpack_numbers
from sklearn_infotheory._storage import Damaged, Entry
from sklearn_infotheory._types import Floats, Ints

MOST_LEVELS = 1 << 14  # that are told apart; keys of more are cut to fewer bits


@dataclass(frozen=True)
class LevelCounts:
    """How often each level occurs; the sum of two does not depend on how rows were shared out.

    Attributes
    ----------
    bits : int
        Length of the keys: as many bits, up to 32, as leave at most ``MOST_LEVELS`` keys.
    keys : ndarray of uint32 of shape (n_levels,)
        Ascending.
    counts : ndarray of shape (n_levels,)
    names : ndarray of object of shape (n_levels,), or None
        What the levels of a batch are called. A profile does not keep the names of all levels,
        which may be those of people.
    """

    bits: int
    keys: NDArray[np.uint32]
    counts: Floats
    names: NDArray[Any] | None = None

    @classmethod
    def of(
        cls,
        keys: NDArray[np.uint32],
        counts: Floats,
        names: NDArray[Any] | None = None,
        bits: int = KEY_BITS,
    ) -> LevelCounts:
        """Sum the counts of equal keys, and cut the keys if there are too many."""
        while True:
            distinct, first, place = np.unique(keys, return_index=True, return_inverse=True)
            if len(distinct) <= MOST_LEVELS:
                break
            keys, bits = keys >> np.uint32(1), bits - 1
        summed = np.bincount(place, counts, minlength=len(distinct)).astype(np.float64)
        return cls(bits, distinct, summed, None if names is None else names[first])

    def __add__(self, other: LevelCounts) -> LevelCounts:
        bits = min(self.bits, other.bits)
        ours, others = self.cut(bits), other.cut(bits)
        names = None
        if ours.names is not None and others.names is not None:
            names = np.append(ours.names, others.names)
        keys, counts = np.append(ours.keys, others.keys), np.append(ours.counts, others.counts)
        return LevelCounts.of(keys, counts, names, bits)

    def cut(self, bits: int) -> LevelCounts:
        """Keep the leading bits of the keys; levels that then share a key become one."""
        if bits >= self.bits:
            return self
        keys = self.keys >> np.uint32(self.bits - bits)
        return LevelCounts.of(keys, self.counts, self.names, bits)

    def without_names(self) -> LevelCounts:
        """Return what a profile keeps."""
        return LevelCounts(self.bits, self.keys, self.counts)

    def emptied(self) -> LevelCounts:
        """Return the counts of no rows."""
        return LevelCounts(KEY_BITS, self.keys[:0], self.counts[:0])

    def in_buckets(self, bits: int) -> Floats:
        """Sum the counts of all levels whose keys begin alike: cells that no count has chosen."""
        cut = self.cut(bits)
        buckets = np.zeros(1 << bits)
        buckets[cut.keys << np.uint32(bits - cut.bits)] = cut.counts
        return buckets

    def to_dict(self) -> dict[str, Any]:
        return {
            "bits": self.bits,
            "keys": pack_numbers(self.keys.astype(np.float64)),
            "counts": pack_numbers(self.counts),
        }

    @classmethod
    def from_entry(cls, entry: Entry, total: float | None) -> LevelCounts:
        """Restore what ``to_dict`` gave, of counts that sum to the total, if it is known."""
        bits, n = entry["bits"].whole(0, KEY_BITS), entry["keys"]["size"].whole(0, MOST_LEVELS)
        keys, counts = (unpack_numbers(entry[name], n) for name in ("keys", "counts"))
        if (np.diff(keys) <= 0).any() or (keys % 1).any() or keys.max(initial=0) >= 2.0**bits:
            raise Damaged(f"{entry['keys'].place} are not ascending keys of {bits} bits")
        if total is not None:
            check_sum(counts, total, entry["counts"].place)
        return cls(bits, keys.astype(np.uint32), counts)


NO_LEVELS = LevelCounts(KEY_BITS, np.empty(0, np.uint32), np.empty(0))


@dataclass(frozen=True)
class SharedLevels:
    """The levels of two samples side by side.

    Attributes
    ----------
    bits : int
    keys : ndarray of uint32 of shape (n_levels,)
    reference, batch : ndarray of shape (n_levels,)
    """

    bits: int
    keys: NDArray[np.uint32]
    reference: Floats
    batch: Floats

    @classmethod
    def of(cls, reference: LevelCounts, batch: LevelCounts) -> SharedLevels:
        """Put the levels that occur in either sample side by side."""
        bits = min(reference.bits, batch.bits)
        both = reference.cut(bits), batch.cut(bits)
        keys = np.union1d(both[0].keys, both[1].keys)
        sides = np.zeros((2, len(keys)))
        for side, of in zip(sides, both, strict=True):
            side[np.searchsorted(keys, of.keys)] = of.counts
        return cls(bits, keys, sides[0], sides[1])


@dataclass(frozen=True)
class ChosenCells:
    """Which cell each level falls in.

    Attributes
    ----------
    cells : ndarray of int of shape (n_levels,)
    own : ndarray of int of shape (n_own,)
        The levels that have a cell of their own, which are the first cells, in their order.
    ranges : list of (int, int)
        The other cells: fewest and most rows that a level has there, in both samples together.
    """

    cells: Ints
    own: Ints
    ranges: list[tuple[int, int]]

    @property
    def n_cells(self) -> int:
        return len(self.own) + len(self.ranges)


def choose_cells(pooled: Floats, most: int) -> ChosenCells:
    r"""Choose cells for levels by their rows in both samples together.

    The most frequent levels, at most so many, get a cell each; of levels of equal count either all
    or none do. The others share cells by how frequent they are: 1, 2, 3 to 4, 5 to 8 rows, ...

    Notes
    -----
    Cells that are chosen by the counts a of one sample look too full in it: a level that is among
    the most frequent there owes it to chance in part, and the next sample has fewer. So the test of
    a batch b against the reference a would find drift where there is none. The pooled counts
    a + b say nothing about which rows are whose: given them, if both samples have one distribution,
    every way to split the N pooled rows into n and m is equally likely. The null distribution of
    any statistic over all splits is computed given a + b, so it holds, exactly, for cells that are
    a function of a + b.
    """
    pooled = np.rint(pooled)
    by_count = np.sort(pooled)[::-1]
    least = max(by_count[most] if len(pooled) > most else 1.0, 1.0)
    own = np.flatnonzero(pooled > least)
    power = np.ceil(np.log2(np.maximum(pooled, 1.0))).astype(np.intp)
    shared = np.setdiff1d(np.arange(len(pooled)), own, assume_unique=True)
    powers, place = np.unique(power[shared], return_inverse=True)
    cells = np.empty(len(pooled), np.intp)
    cells[own], cells[shared] = np.arange(len(own)), len(own) + place
    ranges = [(2 ** (p - 1) + 1 if p else 1, 2**p) for p in powers.tolist()]
    return ChosenCells(cells, own, ranges)
