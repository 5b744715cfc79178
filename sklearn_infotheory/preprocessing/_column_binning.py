"""One fitted column: its bins, what was counted in them, and which cuts were tested."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr, xlogy

from sklearn_infotheory._columns import Groups, Intervals
from sklearn_infotheory._columns._cell_names import MISSING, interval_labels
from sklearn_infotheory._columns._codebook import MAX_LISTED, ascending_edges
from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._columns._kinds import bound_texts
from sklearn_infotheory._storage import Damaged, Entry

Cells = Intervals | Groups
_MOST_SPECIAL = 1 << 10


@dataclass(frozen=True)
class Trials:
    """Cuts that were tried, one an entry of each array.

    Attributes
    ----------
    low, high, cut : ndarray of float64
        What lies between low and high would be split at cut: values, infinite at the ends, or
        places in the order of the categories.
    gain, threshold : ndarray of float64
        In nats per sample.
    accepted : ndarray of bool
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    cut: NDArray[np.float64]
    gain: NDArray[np.float64]
    threshold: NDArray[np.float64]
    accepted: NDArray[np.bool_]

    @classmethod
    def of(cls, tests: NDArray[np.void], low: Any, high: Any, cut: Any) -> Trials:
        """Join the outcome of tests with what they would have split, and where."""
        return cls(low, high, cut, tests["gain"], tests["threshold"], tests["accepted"])

    @classmethod
    def none(cls) -> Trials:
        """Return no trials."""
        return cls._of_rows([])

    def rejected_first(self) -> Trials:
        """Return the rejected cuts, then the accepted ones."""
        order = np.argsort(self.accepted, kind="stable")
        return Trials(*(part[order] for part in self._parts()))

    def _parts(self) -> list[NDArray[Any]]:
        return [self.low, self.high, self.cut, self.gain, self.threshold, self.accepted]

    def to_rows(self) -> list[list[Any]]:
        """List the trials by what JSON can hold: None for infinite bounds."""
        columns = [part.tolist() for part in self._parts()]
        return [[finite_or_none(value) for value in row] for row in zip(*columns, strict=True)]

    @classmethod
    def restore(cls, entry: Entry) -> Trials:
        """Read what ``to_rows`` wrote."""
        for_none = (-math.inf, math.inf, math.nan, math.nan, math.inf)
        rows = []
        for row in entry.parts():
            *numbers, accepted = row.parts(len(for_none) + 1)
            parts = zip(numbers, for_none, strict=True)
            rows.append([*(part.number_or(default) for part, default in parts), accepted.flag()])
        return cls._of_rows(rows)

    @classmethod
    def _of_rows(cls, rows: list[list[Any]]) -> Trials:
        low, high, cut, gain, threshold = (
            np.array([row[k] for row in rows], np.float64) for k in range(5)
        )
        return cls(low, high, cut, gain, threshold, np.array([row[5] for row in rows], bool))


def finite_or_none(value: Any) -> Any:
    """Return what JSON can hold."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


MissingPolicy = Literal["error", "bin", "ignore", "merge"]
UnknownPolicy = Literal["prior", "largest", "own", "error"]
ColumnKind = Literal["value", "date", "duration", "boolean"]


@dataclass(frozen=True)
class ColumnBinning:
    """How one column is binned.

    Bins of values are numbered from 0, then those of special values; ``n_present`` is the code of
    missing values, unless these join one of the bins. What comes after it is the code of unknown
    categories, where an encoding has a value of its own for them.

    Attributes
    ----------
    cells : Intervals or Groups
    missing : {"error", "bin", "ignore", "merge"}
    missing_code : int
        The bin that missing values fall in.
    counts : ndarray of float64 of shape (n_present + 1, n_classes)
        Weight of each class in each bin. The last row is that of missing values; it is zero unless
        fit saw some, and they have a bin of their own.
    sums : ndarray of float64 of shape (n_present + 1,) or None
        Sums of a continuous target.
    representatives : ndarray of shape (n_present,)
        The mean of the training values in each bin, or its most frequent category.
    trials : Trials
        The cuts that the criterion tried.
    cost, level : float
        NaN where the criterion has none.
    is_exact : bool
    has_target : bool
        Whether classes were counted; without y, all samples count as one.
    kind : {"value", "date", "duration", "boolean"}
        What the numbers stand for.
    special : tuple
        Values that have a bin of their own.
    unknown : {"prior", "largest", "own", "error"}
        What becomes of categories that are not listed.
    """

    cells: Cells
    missing: MissingPolicy
    missing_code: int
    counts: NDArray[np.float64]
    sums: NDArray[np.float64] | None
    representatives: NDArray[Any]
    trials: Trials
    cost: float
    level: float
    is_exact: bool
    has_target: bool = True
    kind: ColumnKind = "value"
    special: tuple[Any, ...] = ()
    unknown: UnknownPolicy = "largest"

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """Weight of each bin, then that of the bin of missing values."""
        return self.counts.sum(axis=1)

    @property
    def n_present(self) -> int:
        """Number of bins of values that are there."""
        return self.cells.n_bins + len(self.special)

    @property
    def has_missing_bin(self) -> bool:
        """Tell whether missing values have a bin of their own, whether or not fit saw some."""
        return self.missing == "bin"

    @property
    def has_prior(self) -> bool:
        """Tell whether unknown categories are encoded as if nothing were known of them."""
        return self.unknown == "prior" and self.cells.is_category

    @property
    def n_bins(self) -> int:
        return self.n_present + self.has_missing_bin

    @cached_property
    def n_filled(self) -> int:
        """Number of bins that training samples fell in."""
        return int((self.weights > 0).sum())

    def encode(self, column: Column, *, unknown_apart: bool = False) -> NDArray[Any]:
        """Code a column; raise for missing values and unknown categories that are an error.

        With ``unknown_apart``, unknown categories get the code behind that of missing values where
        ``has_prior``.
        """
        if self.missing == "error":
            if column.missing is not None:
                raise missing_error(column.name)
            column.check_finite(
                "missing_values='error' refuses it; with 'bin', 'merge' or 'ignore' it falls in an "
                "outer bin"
            )
        codes = code_rows(column, self.cells, self.special, self.missing_code)
        if not isinstance(self.cells, Groups):
            return codes
        if self.unknown == "error" or (unknown_apart and self.has_prior):
            unknown = ~self.cells.is_listed(column)
            for value in self.special:
                unknown &= ~column.rows_equal_to(value)
            if self.unknown == "error" and unknown.any():
                raise _unknown_error(column, unknown)
            codes[unknown] = self.n_present + 1
        return codes

    def labels(self) -> list[str]:
        """Name the bins, that of missing values among them if it is their own."""
        return [*self.labels_of_present(), *[MISSING] * self.has_missing_bin]

    def labels_of_present(self) -> list[str]:
        """Name the bins of values that are there."""
        write = bound_texts(self.kind)
        special = self.special if self.cells.is_category else write(self.special)
        return [*self._labels_of_cells(write), *(f"special {value}" for value in special)]

    def _labels_of_cells(self, write: Callable[[Sequence[float]], list[str]]) -> list[str]:
        if isinstance(self.cells, Groups):
            return self.cells.bin_labels()
        if self.kind == "boolean" and len(self.cells.edges) == 1:
            return ["False", "True"]
        return interval_labels(self.cells.edges, write)

    def bin_edges(self) -> NDArray[np.float64] | None:
        """Cut points between minus and plus infinity; None for categories."""
        if isinstance(self.cells, Groups):
            return None
        if self.cells.is_whole:
            return as_objects([-np.inf, *self.cells.edges, np.inf])
        return np.concatenate([[-np.inf], self.cells.cuts, [np.inf]])

    def groups(self) -> tuple[tuple[Any, ...], ...] | None:
        """Categories of each group; None for numbers."""
        return self.cells.groups if isinstance(self.cells, Groups) else None

    def information(self) -> float:
        """I(bin; Y) in nats; H(bin) without a target."""
        if self.n_filled <= 1:
            return 0.0
        return float(self.information_by_bin().sum())

    def information_by_bin(self) -> NDArray[np.float64]:
        """What each bin contributes: its share times the divergence of its classes from all."""
        total = self.weights.sum()
        if total == 0:
            return np.zeros(len(self.counts))
        joint, share = self.counts / total, self.weights / total
        if not self.has_target:
            return -xlogy(share, share)
        independent = share[:, None] * joint.sum(axis=0)
        return rel_entr(joint, independent).sum(axis=1)

    def to_dict(self) -> dict[str, Any]:
        """Describe by what JSON can hold: finite numbers, None for the others."""
        return {
            "cells": describe_cells(self.cells),
            "missing_code": self.missing_code,
            "counts": self.counts.tolist(),
            "sums": None if self.sums is None else self.sums.tolist(),
            "representatives": [
                finite_or_none(v) for v in self.representatives[: self.cells.n_bins].tolist()
            ],
            "trials": self.trials.to_rows(),
            "cost": finite_or_none(self.cost),
            "level": finite_or_none(self.level),
            "is_exact": self.is_exact,
            "has_target": self.has_target,
            "value_kind": self.kind,
            "special": list(self.special),
        }

    @classmethod
    def restore(
        cls,
        entry: Entry,
        missing: MissingPolicy,
        unknown: UnknownPolicy,
        target_kind: str,
        n_classes: int,
    ) -> ColumnBinning:
        """Rebuild what ``to_dict`` described, for so many classes."""
        cells = restore_cells(entry["cells"])
        special = entry.get("special", []).categories(_MOST_SPECIAL)
        own, sums = cells.n_bins + len(special), entry["sums"]
        if sums.is_none == (target_kind == "continuous"):
            raise sums.wrong("what belongs to the kind of the target")
        if entry["has_target"].flag() == (target_kind == "none"):
            raise entry["has_target"].wrong("what belongs to the kind of the target")
        merged = missing == "merge"
        code = entry["missing_code"].whole(
            0 if merged else own, cells.n_bins - 1 if merged else own
        )
        typical = _restore_representatives(entry["representatives"], cells)
        return cls(
            cells,
            missing,
            code,
            entry["counts"].numbers(own + 1, n_classes, least=0, of="counts"),
            None if sums.is_none else sums.numbers(own + 1),
            with_special(typical, special),
            Trials.restore(entry["trials"]),
            entry["cost"].number_or(math.nan),
            entry["level"].number_or(math.nan),
            entry["is_exact"].flag(),
            entry["has_target"].flag(),
            entry.get("value_kind", "value").one_of(get_args(ColumnKind)),
            special,
            unknown,
        )


def code_rows(
    column: Column, cells: Cells, special: tuple[Any, ...], missing_code: int
) -> NDArray[Any]:
    """Number the bins of values, then special values, and give missing ones their code."""
    codes = cells.code(column)
    largest = cells.n_bins + len(special) + 1
    if special and np.iinfo(codes.dtype).max < largest:
        codes = codes.astype(np.intp)
    for k, value in enumerate(special):
        codes[column.rows_equal_to(value)] = cells.n_bins + k
    if column.missing is not None:
        codes[column.missing] = missing_code
    return codes


def with_special(representatives: NDArray[Any], special: tuple[Any, ...]) -> NDArray[Any]:
    """Append the special values, which stand for themselves."""
    if not special:
        return representatives
    if representatives.dtype == np.object_:
        return as_objects([*representatives, *special])
    return np.concatenate([representatives, np.array(special, np.float64)])


def _restore_representatives(entry: Entry, cells: Cells) -> NDArray[Any]:
    """Read a value for each bin, which lies in it; None for a bin without any."""
    parts = entry.parts(cells.n_bins)
    if isinstance(cells, Groups):
        for part, group in zip(parts, cells.groups, strict=True):
            if group and part.value not in group:
                raise part.wrong(f"one of the categories {reprlib.repr(group)}")
        return as_objects([None if part.is_none else part.plain() for part in parts])
    if cells.is_whole:
        return _restore_whole(parts, cells)
    values = np.array([part.number_or(math.nan) for part in parts], np.float64)
    outside = np.flatnonzero((values[:-1] > cells.cuts) | (values[1:] <= cells.cuts))
    if len(outside):
        i = int(outside[0]) + int(values[outside[0]] <= cells.cuts[outside[0]])
        raise parts[i].wrong("a value of its bin")
    return values


def _restore_whole(parts: list[Entry], cells: Intervals) -> NDArray[Any]:
    """Read a whole number for each bin, which lies between its edges."""
    bounds = [-math.inf, *cells.edges, math.inf]
    for part, low, high in zip(parts, bounds[:-1], bounds[1:], strict=True):
        if not (isinstance(part.value, int) and low < part.value <= high):
            raise part.wrong("a whole number of its bin")
    return as_objects([part.value for part in parts])


def missing_error(name: str) -> ValueError:
    """Make the error for missing values that are not allowed."""
    return ValueError(
        f"Input X contains NaN or another missing value, in {name}, and missing_values='error'. "
        "Use missing_values='bin' to give missing values a bin of their own, 'merge' to let them "
        "join the most similar bin, or 'ignore' to leave them missing."
    )


def _unknown_error(column: Column, unknown: NDArray[np.bool_]) -> ValueError:
    row = int(np.argmax(unknown))
    return ValueError(
        f"{column.name[0].upper()}{column.name[1:]} holds {column.take([row]).objects()[0]!r} in "
        f"row {row} (counted from 0), which fit did not see, and handle_unknown='error'. Use "
        "handle_unknown='prior' to encode such categories as if nothing were known of them, "
        "'largest' to put them in the largest group, or 'own' to give them a bin."
    )


def as_objects(items: Any) -> NDArray[Any]:
    """Make a one-dimensional array of objects, whatever they are."""
    array = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        array[i] = item
    return array


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
