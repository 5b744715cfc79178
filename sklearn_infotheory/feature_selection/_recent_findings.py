"""What was found lately, kept for as long as there is room."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Found = TypeVar("Found")


class Recent(Generic[Found]):
    """The last findings, by what they are of.

    The function comes with each call. ``functools.lru_cache`` on a method would hold the object
    that holds the cache, so that both stay in memory until the garbage collector comes by.

    Parameters
    ----------
    room : int or None
        How many are kept; None for all.
    """

    def __init__(self, room: int | None) -> None:
        self.room = room
        self._kept: dict[Hashable, Found] = {}

    def find(self, key: Hashable, function: Callable[[], Found]) -> Found:
        """Return what is kept under the key, or else find and keep it."""
        if key not in self._kept:
            if len(self._kept) == self.room:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = function()
        return self._kept[key]
