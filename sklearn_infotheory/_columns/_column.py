"""One column: numbers, or whole numbers that stand for categories, and where it came from."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

ValueKind = Literal["value", "date", "duration"]

_NUMBER_KINDS = frozenset("biuf")
_TIME_INFERENCES: dict[str, ValueKind] = {
    "date": "date",
    "datetime": "date",
    "datetime64": "date",
    "period": "date",
    "timedelta": "duration",
    "timedelta64": "duration",
}
_NUMBER_INFERENCES = frozenset(
    {"boolean", "integer", "floating", "mixed-integer-float", "decimal", "empty"}
)
_PLAIN_INFERENCES = frozenset({"string", "boolean", "integer", "floating"})
EXACT_WHOLE = 1 << 53  # a float64 tells whole numbers apart up to here
_NUMBERS_A_TEXT = 5  # distinct ones, in a column of categories at most
_FEW = 1 << 12  # whole numbers, which are listed without looking which of them occur
_NONE: NDArray[Any] = np.empty(0, object)


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    values : ndarray of shape (n_samples,)
        float64 with NaN for missing, or whole numbers beyond 2**53 as they are, none of which are
        missing. Of categories, their places in ``categories``, with -1 for missing.
    categories : ndarray of object, or None
        Distinct strings, booleans or numbers, some of which may not occur; None for numbers.
    is_ordered : bool
        Whether the order of the categories means something.
    kind : {"value", "date", "duration"}
        What the numbers are. Dates are microseconds since 1970, durations microseconds.
    name : str
        What error messages call it.
    is_boolean : bool
        Whether the numbers are 0 and 1 in the place of False and True.
    """

    values: NDArray[Any]
    categories: NDArray[Any] | None = None
    is_ordered: bool = False
    kind: ValueKind = "value"
    name: str = "column"
    is_boolean: bool = False

    @property
    def is_category(self) -> bool:
        return self.categories is not None

    @cached_property
    def missing(self) -> NDArray[np.bool_] | None:
        """Where values are missing; None where nowhere."""
        if self.is_category:
            missing = self.values < 0
        else:
            with np.errstate(over="ignore", invalid="ignore"):
                total = self.values.sum()
            if total == total:  # the quick way: a NaN would show in the sum, as would inf - inf
                return None
            missing = np.isnan(self.values)
        return missing if missing.any() else None

    def check_finite(self, why: str) -> None:
        """Raise for infinite numbers, which only the order of values can take; and say why."""
        with np.errstate(over="ignore", invalid="ignore"):
            if self.is_category or math.isfinite(self.values.sum()):
                return
        infinite = np.isinf(self.values)
        if infinite.any():
            raise ValueError(
                "Input X contains infinity or a value too large for dtype('float64'), in "
                f"{self.name}, row {int(np.argmax(infinite))} (counted from 0): {why}. Replace it "
                "by a finite number, or by a missing value."
            )

    def floats(self) -> NDArray[np.float64]:
        """Return numbers as float64; those beyond 2**53 less the smallest, as their place."""
        return as_floats(self.values)

    def take(self, rows: Any) -> Column:
        """Return some of the rows."""
        return replace(self, values=self.values[rows])

    def rows_equal_to(self, value: Any) -> NDArray[np.bool_]:
        """Tell which rows hold a number, or a category."""
        if self.categories is None:
            return np.asarray(self.values == value)
        places = [i for i, category in enumerate(self.categories.tolist()) if category == value]
        return np.isin(self.values, places)

    def objects(self) -> NDArray[Any]:
        """Return the values as objects, None for missing ones; slow."""
        if self.categories is None:
            values = self.values.astype(object)
            values[np.isnan(self.values)] = None
            return values
        return np.append(self.categories, [None])[self.values]

    def place_of_row(self, text: bool) -> int:
        """Return the first row that holds a category which is text, or which is none."""
        assert self.categories is not None
        wanted = np.array([isinstance(c, str) == text for c in self.categories] + [False])
        return int(np.argmax(wanted[self.values]))


def as_floats(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return numbers as float64; whole ones beyond 2**53 less the smallest, so that none melt."""
    if values.dtype.kind in "iu":
        values = values - values.min()
    return np.asarray(values, np.float64)


def pooled_column(first: Column, second: Column) -> Column:
    """Lay two columns of one variable end to end."""
    if first.categories is None or second.categories is None:
        return replace(first, values=np.concatenate([first.values, second.values]))
    objects = np.concatenate([first.objects(), second.objects()])
    return category_column(*_factorized(objects), first.name)


def category_column(
    codes: NDArray[Any], categories: NDArray[Any], name: str, *, is_ordered: bool = False
) -> Column:
    """Make a column of codes, -1 meaning missing, and of what they stand for.

    Categories are made plain: strings, booleans, numbers. Those that are equal then become one.
    """
    distinct = plain = _as_categories(np.asarray(categories, dtype=object), name)
    if len({*plain.tolist()} - {None}) < len(plain):  # some are equal, or missing
        place, distinct = _factorized(plain)
        codes = np.append(place, -1)[codes]
    return Column(codes, distinct, is_ordered, name=name)


def number_column(values: NDArray[Any], name: str, kind: ValueKind = "value") -> Column:
    """Make a column of numbers; whole ones stay whole where a float64 would melt neighbours."""
    is_wide = values.dtype.kind in "iu" and values.dtype.itemsize == 8 and len(values) > 0
    if is_wide and max(int(values.max()), -int(values.min())) > EXACT_WHOLE:
        return Column(values.astype(values.dtype.newbyteorder("="), copy=False), name=name)
    return Column(
        np.asarray(values, np.float64), kind=kind, name=name, is_boolean=values.dtype.kind == "b"
    )


def column_of_array(values: NDArray[Any], decided: bool | None, name: str) -> Column:
    """Read a one-dimensional array; ``decided`` None lets its dtype or its objects decide."""
    if values.dtype.kind in _NUMBER_KINDS:
        return _categories_of_numbers(values, name) if decided else number_column(values, name)
    if values.dtype.kind in "mM":
        return _column_of_times(values, decided, name)
    if values.dtype.kind == "c":
        raise ValueError(
            f"Complex data not supported: {name} has dtype {values.dtype}. "
            "Pass real numbers, for instance its real and imaginary parts as two columns."
        )
    return _column_of_objects(values.astype(object, copy=False), decided, name)


def _categories_of_numbers(values: NDArray[Any], name: str) -> Column:
    """Read numbers as categories; whole ones are written as such."""
    if values.dtype.kind == "b":
        return Column(values.astype(np.int8), _array_of([False, True]), name=name)
    if values.dtype.kind == "f":
        values = values.astype(np.float64, copy=False)
    elif len(values) and 0 <= (size := int(values.max()) - (low := int(values.min()))) <= _FEW:
        return Column(
            (values - low).astype(np.int16), _array_of([*range(low, low + size + 1)]), name=name
        )
    codes, distinct = pd.factorize(values.astype(values.dtype.newbyteorder("="), copy=False))
    whole = values.dtype.kind == "f" and bool(
        ((distinct == np.floor(distinct)) & (np.abs(distinct) < EXACT_WHOLE)).all()
    )
    return Column(codes, _array_of((distinct.astype(np.int64) if whole else distinct).tolist()),
                  name=name)  # fmt: skip


def _column_of_times(values: NDArray[Any], decided: bool | None, name: str) -> Column:
    """Read dates or durations as numbers of microseconds."""
    kind: ValueKind = "date" if values.dtype.kind == "M" else "duration"
    values = values.astype("M8[us]" if kind == "date" else "m8[us]")
    if decided:
        return category_column(*_factorized(values.astype(object)), name)
    return number_column(np.where(np.isnat(values), np.nan, values.astype(np.int64)), name, kind)


def _column_of_objects(objects: NDArray[Any], decided: bool | None, name: str) -> Column:
    """Read what Python objects hold: text, dates, numbers, or categories of several kinds."""
    codes, distinct = _text_in(objects)
    if codes is not None and decided is not False:
        return Column(codes, distinct, name=name)
    if codes is None and not decided:
        times = _as_times(objects)
        if times.dtype != np.object_:
            return _column_of_times(times, None, name)
        numbers = _as_numbers(objects)
        if numbers is not None:
            return number_column(numbers, name)
        _refuse_a_few_texts(objects, name)
    if decided is False:
        value, row = _first_that_is_no_number(objects)
        raise ValueError(
            f"{name[0].upper()}{name[1:]} does not hold numbers, as it did in fit or as "
            f"categorical_features says, but {value!r} in row {row} (counted from 0). Convert it "
            "to numbers, replace such values by missing ones, or list the column in "
            "categorical_features and fit again."
        )
    return category_column(*_factorized(_as_categories(objects, name)), name)


def _text_in(objects: NDArray[Any]) -> tuple[NDArray[Any] | None, NDArray[Any]]:
    """Number the strings of a column that holds nothing else but missing values; else None."""
    try:
        codes, distinct = _factorized(objects)
    except (TypeError, ValueError):  # an element has no hash, or is an array
        return None, _NONE
    # Only strings are equal to strings, so that the distinct values speak for all.
    is_text = pd.api.types.infer_dtype(distinct, skipna=False) == "string"
    return (codes, distinct) if is_text else (None, distinct)


def _factorized(objects: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    codes, distinct = pd.factorize(objects, use_na_sentinel=True)
    return codes, np.asarray(distinct, dtype=object)


def _array_of(items: list[Any]) -> NDArray[Any]:
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def kind_of_times(objects: NDArray[Any]) -> ValueKind | None:
    """Tell objects that are all dates ("date") or durations ("duration"), or missing; else None."""
    return _TIME_INFERENCES.get(pd.api.types.infer_dtype(objects, skipna=True))


def _as_times(objects: NDArray[Any]) -> NDArray[Any]:
    """Read objects that are all dates, moments or durations as such, and leave others alone.

    A moment with a time zone is taken to UTC, as in data frames; a period to where it starts.
    """
    kind = kind_of_times(objects)
    if kind == "duration":
        return pd.to_timedelta(objects).to_numpy()
    if kind is None:
        return objects
    if pd.api.types.infer_dtype(objects, skipna=True) == "period":
        objects = np.array([None if pd.isna(v) else v.start_time for v in objects], object)
    return pd.to_datetime(objects, utc=True).tz_localize(None).to_numpy()


def _as_numbers(objects: NDArray[Any]) -> NDArray[Any] | None:
    """Convert objects that are all numbers, or missing; return None for anything else."""
    inferred = pd.api.types.infer_dtype(objects, skipna=True)
    if inferred in _NUMBER_INFERENCES:
        numbers = pd.to_numeric(pd.Series(objects), errors="coerce")
        return numbers.to_numpy() if numbers.dtype.kind in "iu" else numbers.to_numpy(np.float64)
    return None


def _refuse_a_few_texts(objects: NDArray[Any], name: str) -> None:
    """Raise for numbers among which a text has got, such as "-" or "n/a" in a file.

    Categories may be numbers and texts. They are whole numbers, and not many to each text.
    """
    is_text = np.array([isinstance(value, str) for value in objects], bool)
    numbers = [v for v in objects[~is_text] if isinstance(v, int | float | np.number) and v == v]
    if not 0 < is_text.sum() < len(numbers):
        return
    has_fractions = any(float(number) % 1 for number in numbers)
    if has_fractions or len(set(numbers)) >= _NUMBERS_A_TEXT * len(set(objects[is_text])):
        row = int(np.argmax(is_text))
        raise ValueError(
            f"{name[0].upper()}{name[1:]} holds numbers, but text in {is_text.sum()} of its rows, "
            f"first {objects[row]!r} in row {row} (counted from 0). Replace it by a number or by a "
            "missing value (None or NaN), or list the column in categorical_features."
        )


def _first_that_is_no_number(objects: NDArray[Any]) -> tuple[Any, int]:
    """Return the first value that cannot be read as a number, else the first text; and its row."""
    first = None
    for row, value in enumerate(objects):
        if isinstance(value, int | float | np.number) or _is_missing(value):
            continue
        first = first or (value, row)
        try:
            float(value)
        except (TypeError, ValueError):
            return value, row
    return first or (None, 0)


def _is_missing(value: Any) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _as_categories(objects: NDArray[Any], name: str) -> NDArray[Any]:
    """Keep strings, booleans and numbers; turn other hashable objects into strings."""
    missing = pd.isna(objects)
    if missing.shape != objects.shape:  # an element that is itself an array
        missing = np.array([_is_missing(value) for value in objects])
    plain = objects.copy()
    plain[missing] = None
    if pd.api.types.infer_dtype(plain, skipna=True) in _PLAIN_INFERENCES:
        return plain
    for i in np.flatnonzero(~missing):
        plain[i] = _plain_category(plain[i], name)
    return plain


def _plain_category(value: Any, name: str) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str | bool | int | float):
        return value
    try:
        hash(value)
    except TypeError:
        raise TypeError(
            f"Every element of {name} must be a string, a number, a boolean or missing: a "
            f"category argument must be a string or a number; got {value!r} of type "
            f"{type(value).__name__}. Turn such elements into strings or into several columns."
        ) from None
    return str(value)
