"""Several columns of codes in one, for kernels that count them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns._codes import DenseCodes
from sklearn_infotheory._threads import map_chunks
from sklearn_infotheory._types import Ints

_CELLS_IN_L1 = 1 << 12  # of 32-bit counts: half of the cache
_LANES_OF_A_WORD = 4
_ROWS_LOOKED_AT = 512
_MOST_EQUAL_NEIGHBORS = 1 / 16


@dataclass(frozen=True)
class PackedColumns:
    """Columns of codes, several to a 16-bit lane; see ``_kernels/_joint_counts.py``.

    Attributes
    ----------
    lanes : ndarray of uint16 of shape (n_packed, n_lanes)
        Rows sorted by the target; each class begins with a new 64-bit word, filled up with zeros.
    members : ndarray of int64 of shape (n_packed, most)
        The features packed together; -1 after the last.
    n_levels : ndarray of int64 of shape (n_packed, most)
        Of the members; 1 after the last.
    has_runs : ndarray of bool of shape (n_packed,)
        Whether equal rows often follow each other.
    place : ndarray of int64 of shape (n_features,)
        The packed column of each feature.
    order : ndarray of uint32 of shape (n_samples,)
        The samples sorted by the target.
    starts, lane_starts : ndarray of int64 of shape (n_classes + 1,)
        Where each class begins in ``order``, and in the lanes.
    """

    lanes: NDArray[np.uint16]
    members: Ints
    n_levels: Ints
    has_runs: NDArray[np.bool_]
    place: Ints
    order: NDArray[np.uint32]
    starts: Ints
    lane_starts: Ints

    @property
    def n_cells(self) -> Ints:
        """The number of values of each packed column."""
        return self.n_levels.prod(axis=1)

    @classmethod
    def pack(
        cls,
        codes: DenseCodes,
        target: NDArray[Any],
        n_classes: int,
        typical_condition: int,
        n_threads: int,
    ) -> PackedColumns:
        """Pack columns whose table given a typical condition stays in the L1 cache.

        There are fewer where that table would be larger than the class that is counted: then more
        time would go into the table than into counting.
        """
        from sklearn_infotheory._kernels._coding import pack_columns

        most = min(_CELLS_IN_L1, codes.n_samples // n_classes) // max(typical_condition, 1)
        members = _group(codes.n_levels, most)
        n_levels = np.where(members < 0, 1, codes.n_levels[members])
        place = np.empty(codes.n_features, np.int64)
        rows, _ = present = np.nonzero(members >= 0)
        place[members[present]] = rows
        sizes = np.bincount(target, minlength=n_classes)
        order = np.argsort(target, kind="stable").astype(np.uint32)
        starts = np.concatenate([[0], np.cumsum(sizes)])
        filled_up = -(-sizes // _LANES_OF_A_WORD) * _LANES_OF_A_WORD
        lane_starts = np.concatenate([[0], np.cumsum(filled_up)])
        lanes = np.zeros((len(members), int(lane_starts[-1])), np.uint16)

        def work(rows: Ints) -> None:
            some = slice(rows[0], rows[-1] + 1)
            pack_columns(
                codes.values, members[some], n_levels[some], (order, starts, lane_starts),
                np.empty(codes.n_samples, np.uint16), lanes[some],
            )  # fmt: skip

        map_chunks(work, np.arange(len(members)), n_threads)
        head = lanes[:, :_ROWS_LOOKED_AT]
        n_equal = np.count_nonzero(head[:, 1:] == head[:, :-1], axis=1)
        has_runs = n_equal > _MOST_EQUAL_NEIGHBORS * head.shape[1]
        return cls(lanes, members, n_levels, has_runs, place, order, starts, lane_starts)


def _group(n_levels: Ints, most: int) -> Ints:
    """Group columns, sorted by their levels, whose product of levels is at most ``most``.

    A constant column counts like one of two levels: a group of very many would make the arrays of
    all groups as wide.
    """
    groups: list[list[int]] = []
    product = 0
    for j in np.argsort(n_levels, kind="stable").tolist():
        levels = max(int(n_levels[j]), 2)
        if groups and product * levels <= most:
            groups[-1].append(j)
            product *= levels
        else:
            groups.append([j])
            product = levels
    members = np.full((len(groups), max(map(len, groups))), -1)
    for row, group in zip(members, groups, strict=True):
        row[: len(group)] = group
    return members
