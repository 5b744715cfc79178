"""What a user fixes for single columns: cuts, groups of categories, special values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils.validation import _check_feature_names_in

from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._columns._validation import find_feature

if TYPE_CHECKING:
    from sklearn_infotheory.preprocessing._entropy_discretizer import EntropyDiscretizer

BY_FEATURE = ("special_values", "cuts", "category_groups")  # dictionaries from feature to lists


@dataclass(frozen=True)
class ColumnOptions:
    """What is fixed for a column, as the user wrote it.

    Attributes
    ----------
    special : tuple
        Values that get a bin of their own.
    cuts : tuple or None
        Cut points; None where they are learned.
    groups : tuple of tuple or None
        Groups of categories; None where they are learned.
    """

    special: tuple[Any, ...] = ()
    cuts: tuple[Any, ...] | None = None
    groups: tuple[tuple[Any, ...], ...] | None = None

    def special_of(self, column: Column) -> tuple[Any, ...]:
        """Return the special values as the column holds them."""
        return as_values(self.special, column, "special_values")

    def cuts_of(self, column: Column) -> tuple[Any, ...]:
        """Return the cut points as the column holds its values, ascending."""
        assert self.cuts is not None
        if column.is_category:
            raise ValueError(
                f"cuts has cut points for {column.name}, which holds categories. Use "
                "category_groups to fix its groups."
            )
        return tuple(sorted(set(as_values(self.cuts, column, "cuts"))))

    def groups_of(self, column: Column) -> tuple[tuple[Any, ...], ...]:
        """Return the groups of categories, none of which stands twice."""
        assert self.groups is not None
        if not column.is_category:
            raise ValueError(
                f"category_groups has groups for {column.name}, which holds numbers. Use cuts to "
                "fix its cut points, or list it in categorical_features."
            )
        groups = tuple(as_values(group, column, "category_groups") for group in self.groups)
        listed = [category for group in groups for category in group]
        if len(set(listed)) < len(listed) or not listed or not all(groups):
            raise ValueError(
                f"The groups of {column.name} in category_groups are {self.groups!r}. Each group "
                "needs a category, and a category can be in one group only."
            )
        return groups


def read_options(estimator: EntropyDiscretizer) -> list[ColumnOptions]:
    """Find out what is fixed for each column."""
    names = _check_feature_names_in(estimator, generate_names=True)
    special, cuts, groups = (
        _by_place(name, getattr(estimator, name), names) for name in BY_FEATURE
    )
    both = sorted(cuts.keys() & groups.keys())
    if both:
        raise ValueError(
            f"{names[both[0]]!r} stands in cuts and in category_groups. Fix one of the two."
        )
    return [
        ColumnOptions(
            _as_tuple(special.get(j, ()), "special_values"),
            None if j not in cuts else _as_tuple(cuts[j], "cuts"),
            None
            if j not in groups
            else tuple(
                _as_tuple(group, "category_groups")
                for group in _as_tuple(groups[j], "category_groups")
            ),
        )
        for j in range(len(names))
    ]


def _by_place(
    parameter: str, given: Mapping[Any, Any] | None, names: NDArray[Any]
) -> dict[int, Any]:
    """Turn the keys of a dictionary, names or indices, into places."""
    found: dict[int, Any] = {}
    for feature, values in (given or {}).items():
        try:
            place = find_feature(feature, names) % len(names)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{parameter} has the key {feature!r}: {error}") from error
        if place in found:
            raise ValueError(f"{parameter} names {names[place]!r} twice. Name it once.")
        found[place] = values
    return found


def _as_tuple(values: Any, parameter: str) -> tuple[Any, ...]:
    if isinstance(values, str) or not np.iterable(values):
        raise ValueError(
            f"{parameter} must hold a list for each feature; got {values!r}. Pass [{values!r}]."
        )
    return tuple(values)


def as_values(values: tuple[Any, ...], column: Column, parameter: str) -> tuple[Any, ...]:
    """Turn what a user wrote into numbers, microseconds, or categories."""
    if column.is_category:
        plain = (v.item() if isinstance(v, np.generic) else v for v in values)
        return tuple(v if isinstance(v, str | bool | int | float) else str(v) for v in plain)
    try:
        found = [_NUMBER_OF[column.kind](value) for value in values]
    except (TypeError, ValueError) as error:
        what = {"date": "dates", "duration": "durations"}.get(column.kind, "numbers")
        raise ValueError(
            f"{parameter} has {values!r} for {column.name}, which holds {what}: {error}. "
            f"Pass {what}."
        ) from error
    if not np.isfinite(np.array(found, float)).all():
        raise ValueError(
            f"{parameter} has {values!r} for {column.name}. Pass finite numbers; missing_values "
            "says what becomes of missing ones."
        )
    return tuple(found)


def _number(value: Any) -> float | int:
    value = value.item() if isinstance(value, np.generic) else value
    is_large = isinstance(value, int) and abs(value) > 2**53
    return value if is_large else float(value)


def _microseconds_of_date(value: Any) -> float:
    moment = pd.Timestamp(value)
    naive = moment if moment.tzinfo is None else moment.tz_convert(None)
    if naive is pd.NaT:
        return np.nan
    return float(naive.to_datetime64().astype("M8[us]").astype(np.int64))


def _microseconds_of_duration(value: Any) -> float:
    span = pd.Timedelta(value)
    return np.nan if span is pd.NaT else float(span.to_timedelta64().astype("m8[us]").astype(int))


_NUMBER_OF: dict[str, Callable[[Any], float | int]] = {
    "value": _number,
    "date": _microseconds_of_date,
    "duration": _microseconds_of_duration,
}
