"""How columns become cells: learned once on the reference, applied to every batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklearn_infotheory._columns import Categories, Codebook
from sklearn_infotheory._columns._coder import columns_in_blocks
from sklearn_infotheory._columns._frames import is_data_frame, kind_of_times, open_table
from sklearn_infotheory._threads import map_chunks

if TYPE_CHECKING:
    from sklearn_infotheory.drift._label import LabelCells

MAX_PAIRS = 4950  # all pairs of 100 columns
_MOST_TICKS = 2.0**62  # microseconds that a date or a duration may be away from zero


@dataclass(frozen=True)
class Coding:
    """Codebooks of the columns, and the coarser cells in which pairs are counted.

    Attributes
    ----------
    codebooks : tuple of Codebook
    kinds : tuple of str
        What was in each column: "value", "date" or "duration".
    coarse : tuple of tuple of int
        For each column, the coarse cell of each cell; empty if pairs are not counted.
    label : LabelCells or None
        How y is coded.
    """

    codebooks: tuple[Codebook, ...]
    kinds: tuple[str, ...]
    coarse: tuple[tuple[int, ...], ...] = ()
    label: LabelCells | None = None

    @property
    def n_coarse(self) -> NDArray[np.int64]:
        """Number of coarse cells of each column."""
        return np.array([max(cells) + 1 for cells in self.coarse], np.int64)

    @property
    def n_cells(self) -> NDArray[np.int64]:
        """Number of cells of each column."""
        return np.array([book.n_cells for book in self.codebooks], np.int64)

    def cell_names(self, feature: int) -> tuple[str, ...]:
        """Name the cells of a column; those of dates and durations by what these are."""
        return cell_names(self.codebooks[feature], self.kinds[feature])

    def encode(self, X: Any, names: list[str], n_threads: int) -> NDArray[np.uint8]:
        """Code some rows of X: one row of codes for each column."""
        self._check_kinds(X, names)
        table = open_table(X, self.categorical(X))
        codes = np.empty((table.n_features, table.n_samples), np.uint8)

        def work(features: NDArray[np.intp]) -> None:
            for j, column in columns_in_blocks(table, features):
                codes[j] = self.codebooks[j].encode(np.ascontiguousarray(column.values))

        map_chunks(work, np.arange(table.n_features), n_threads)
        return codes

    def _check_kinds(self, X: Any, names: list[str]) -> None:
        """Raise where dates were expected and something else came, or the reverse; or text.

        As numbers, dates would fall into some bin. A column without any value may have any dtype.
        """
        for j, (got, is_text) in enumerate(zip(column_kinds(X), _are_text(X), strict=True)):
            was, now = IN_WORDS[self.kinds[j]], IN_WORDS[got]
            if was == now and is_text and not isinstance(self.codebooks[j], Categories):
                was, now = "numbers", "text"
            if was == now or not _any_present(X, j):
                continue
            raise ValueError(
                f"Column {names[j]!r} held {was} in the reference, and now holds {now}. Convert "
                "it to what it was, or fit the reference again."
            )

    def encode_coarsely(self, codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Turn codes into those of the coarse cells."""
        coarse = np.empty_like(codes)
        for j, cells in enumerate(self.coarse):
            np.take(np.array(cells, np.uint8), codes[j], out=coarse[j])
        return coarse

    def categorical(self, X: Any) -> NDArray[np.bool_] | None:
        """Mask the categories; None for an array of numbers, which is quicker to read."""
        mask = np.array([isinstance(book, Categories) for book in self.codebooks])
        if isinstance(X, np.ndarray) and X.dtype.kind in "biuf" and not mask.any():
            return None
        return mask


def cell_names(book: Codebook, kind: str) -> tuple[str, ...]:
    """Name the cells of a column; those of dates and durations by what these are."""
    write = _WRITERS.get(kind)
    if write is None or isinstance(book, Categories):
        return tuple(book.labels())
    return tuple(book.labels(write))


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
    return "duration" if dtype == nw.Duration else "value"


IN_WORDS = {"value": "numbers or categories", "date": "dates", "duration": "durations"}
KINDS = tuple(IN_WORDS)


def _are_text(X: Any) -> list[bool]:
    """Tell which columns hold text by their dtype; in an array, none does."""
    if not is_data_frame(X):
        return [False] * X.shape[1]
    schema = nw.from_native(X, eager_only=True).schema
    return [dtype in (nw.String, nw.Categorical, nw.Enum) for dtype in schema.values()]


def _any_present(X: Any, feature: int) -> bool:
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


def pairs_of(n_features: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the pairs of columns to count: all, or for many columns those nearest to each other."""
    if n_features * (n_features - 1) // 2 <= MAX_PAIRS:
        first, second = np.triu_indices(n_features, 1)
        return first.astype(np.int64), second.astype(np.int64)
    reach = max(MAX_PAIRS // n_features, 1)
    first = np.repeat(np.arange(n_features), reach)
    second = first + np.tile(np.arange(1, reach + 1), n_features)
    return first[second < n_features], second[second < n_features]
