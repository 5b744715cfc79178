"""Dates and durations, which are coded as numbers, told from other values, and written as such."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from sklearn_infotheory._columns._cell_names import MISSING, number_texts
from sklearn_infotheory._columns._codebook import Categories, Codebook, Intervals
from sklearn_infotheory._columns._column import kind_of_times
from sklearn_infotheory._columns._frames import is_data_frame, open_table

IN_WORDS = {"value": "numbers or categories", "date": "dates", "duration": "durations"}
KINDS = tuple(IN_WORDS)
_MOST_TICKS = 2.0**62  # microseconds that a date or a duration may be away from zero


def cell_names(book: Codebook, kind: str) -> tuple[str, ...]:
    """Name the cells of a column; those of dates and durations by what these are."""
    write = _WRITERS.get(kind)
    if write is None or isinstance(book, Categories):
        return tuple(book.labels())
    return tuple(book.labels(write))


def bound_texts(kind: str) -> Callable[[Sequence[float]], list[str]]:
    """Return what writes bounds of intervals of dates, of durations, or of other numbers."""
    return _WRITERS.get(kind, number_texts)


def names_with_outer_cells(book: Intervals, kind: str) -> tuple[str, ...]:
    """Name the cells of bins between two outer cells, see ``with_outer_cells``.

    The end bins are named by the cut that ends them, as the bounds of the outer cells are no cuts.
    """
    write = bound_texts(kind)
    if len(book.edges) < 3:  # a single value, or values that are all missing
        names = book.labels(write)
        if len(book.edges) == 2 and not names[1].startswith("("):
            names[0], names[2] = f"< {names[1]}", f"> {names[1]}"
        return tuple(names)
    cuts = write(book.edges[1:-1])
    inner = [f"({low}, {high}]" for low, high in pairwise(cuts)]
    return ("far below", f"<= {cuts[0]}", *inner, f"> {cuts[-1]}", "far above", MISSING)


def value_text(value: float, kind: str) -> str:
    """Write a value of a column; that of dates and durations by what it is."""
    write = _WRITERS.get(kind)
    return f"{value:.10g}" if write is None else write([value])[0]


def column_kinds(X: Any) -> tuple[str, ...]:
    """Tell dates and durations from other values: by dtype, of objects by what they are."""
    if is_data_frame(X):
        frame = nw.from_native(X, eager_only=True)
        return tuple(_kind_of(frame, name, dtype) for name, dtype in frame.schema.items())
    if X.dtype == np.object_:
        return tuple(kind_of_times(X[:, j]) or "value" for j in range(X.shape[1]))
    kind = {"M": "date", "m": "duration"}.get(X.dtype.kind, "value")
    return (kind,) * X.shape[1]


def _kind_of(frame: nw.DataFrame[Any], name: str, dtype: Any) -> str:
    if dtype in (nw.Datetime, nw.Date):
        return "date"
    if dtype == nw.Object:
        return kind_of_times(frame.get_column(name).to_numpy()) or "value"
    if dtype == nw.Unknown:  # some dates of pandas and Arrow, among others
        return open_table(frame.select(name).to_native(), None).column(0).kind
    return "duration" if dtype == nw.Duration else "value"


def are_text(X: Any) -> list[bool]:
    """Tell which columns hold text by their dtype; in an array, none does."""
    if not is_data_frame(X):
        return [False] * X.shape[1]
    schema = nw.from_native(X, eager_only=True).schema
    return [dtype in (nw.String, nw.Categorical, nw.Enum) for dtype in schema.values()]


def any_present(X: Any, feature: int) -> bool:
    """Tell whether some value of a column is not missing."""
    if is_data_frame(X):
        frame = nw.from_native(X, eager_only=True)
        column = frame.get_column(frame.columns[feature])
        missing = column.is_null()
        return not bool((missing | column.is_nan() if column.dtype.is_float() else missing).all())
    return X.dtype != np.object_ or not pd.isna(X[:, feature]).all()


def _date_texts(edges: Sequence[float]) -> list[str]:
    """Write microseconds since 1970 by ISO 8601, as short as they allow."""
    return [str(np.datetime_as_string(_ticks(edge, "M8[us]"), unit="auto")) for edge in edges]


def _duration_texts(edges: Sequence[float]) -> list[str]:
    """Write microseconds as days, hours, minutes and seconds."""
    return [str(pd.Timedelta(_ticks(edge, "m8[us]"))) for edge in edges]


def _ticks(edge: float, dtype: str) -> Any:
    return np.int64(np.clip(np.rint(edge), -_MOST_TICKS, _MOST_TICKS)).astype(dtype)


_WRITERS = {"date": _date_texts, "duration": _duration_texts}
