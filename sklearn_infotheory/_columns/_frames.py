"""Read single columns out of arrays and data frames of any library."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklearn_infotheory._columns._column import (
    Column,
    category_column,
    column_of_array,
    number_column,
)
from sklearn_infotheory._types import Weights

_NUMBER_KINDS = frozenset("biuf")
_FEW = 1 << 12  # rows, and numbers of categories


class Table(Protocol):
    """A source of columns.

    ``categorical`` says which columns are categories; None lets their dtypes decide.
    """

    @property
    def categorical(self) -> NDArray[np.bool_] | None: ...

    @property
    def n_samples(self) -> int: ...

    @property
    def n_features(self) -> int: ...

    def column(self, feature: int) -> Column: ...


def is_data_frame(X: object) -> bool:
    """Tell whether X is an eager data frame of a library that narwhals knows."""
    return not isinstance(X, np.ndarray) and nw.dependencies.is_into_dataframe(X)


def take_rows(X: Any, rows: NDArray[np.intp]) -> Any:
    """Return some rows of an array, a sparse matrix or a frame."""
    if is_data_frame(X):
        return nw.from_native(X, eager_only=True)[rows].to_native()
    return X[rows]


def slice_rows(X: Any, rows: slice) -> Any:
    """Return consecutive rows of an array or a frame, without a copy where possible."""
    if rows.start == 0 and rows.stop == X.shape[0]:
        return X
    if is_data_frame(X):
        return nw.from_native(X, eager_only=True)[rows].to_native()
    return X[rows]


def rows_of_positive_weight(weights: Weights) -> NDArray[np.intp] | None:
    """List the rows that are there, for a weight of zero is absence; None where all are."""
    return None if weights is None or weights.all() else np.flatnonzero(weights)


def of_positive_weight(weights: Weights, *tables: Any) -> tuple[Any, ...]:
    """Return the weights, then each table (array, sparse or frame), of the rows that are there."""
    rows = rows_of_positive_weight(weights)
    if rows is None or weights is None:
        return weights, *tables
    return weights[rows], *(take_rows(table, rows) for table in tables)


def open_table(X: Any, categorical: NDArray[np.bool_] | None) -> Table:
    """Open an array or a frame; ``categorical`` None means that dtypes decide."""
    if is_data_frame(X):
        frame = nw.from_native(X, eager_only=True)
        return _FrameTable(frame, frame.columns, categorical)
    if categorical is not None and X.dtype.kind in _NUMBER_KINDS and not categorical.any():
        categorical = None  # dtypes decide the same, and are quicker to read
    return _ArrayTable(X, categorical)


def resolve_categorical(
    categorical_features: Any, n_features: int, feature_names: NDArray[Any] | None
) -> NDArray[np.bool_] | None:
    """Turn "from_dtype", None, a mask, indices or names into a mask; None means dtypes decide."""
    if isinstance(categorical_features, str) and categorical_features == "from_dtype":
        return None
    mask = np.zeros(n_features, bool)
    if categorical_features is None:
        return mask
    wanted = np.asarray(categorical_features)
    if wanted.dtype == bool and wanted.shape == (n_features,):
        return wanted
    if wanted.dtype.kind in "iu" and wanted.ndim == 1:
        if wanted.size and (wanted.min() < 0 or wanted.max() >= n_features):
            raise ValueError(
                f"categorical_features={categorical_features!r} has an index outside of X, which "
                f"has {n_features} features. Pass indices from 0 to {n_features - 1}."
            )
        mask[wanted] = True
        return mask
    if wanted.dtype.kind in "UO" and wanted.ndim == 1 and wanted.size:
        return _mask_of_names(wanted, n_features, feature_names)
    if wanted.size == 0:
        return mask
    raise ValueError(
        "categorical_features must be 'from_dtype', None, a boolean mask with one entry for each "
        f"of the {n_features} features, indices or names; got {categorical_features!r}."
    )


def _mask_of_names(
    wanted: NDArray[Any], n_features: int, feature_names: NDArray[Any] | None
) -> NDArray[np.bool_]:
    if feature_names is None:
        raise ValueError(
            f"categorical_features={wanted.tolist()!r} are names, but X has no column names. "
            "Pass a data frame, or indices."
        )
    unknown = [name for name in wanted.tolist() if name not in set(feature_names)]
    if unknown:
        raise ValueError(
            f"categorical_features names columns that X does not have: {unknown!r}. "
            f"The columns of X are {list(feature_names)!r}."
        )
    return np.isin(feature_names, wanted)


@dataclass(frozen=True)
class _ArrayTable:
    """Columns of a two-dimensional numpy array."""

    array: NDArray[Any]
    categorical: NDArray[np.bool_] | None

    @property
    def n_samples(self) -> int:
        return self.array.shape[0]

    @property
    def n_features(self) -> int:
        return self.array.shape[1]

    def column(self, feature: int) -> Column:
        decided = None if self.categorical is None else bool(self.categorical[feature])
        return column_of_array(self.array[:, feature], decided, f"column {feature}")


@dataclass(frozen=True)
class _FrameTable:
    """Columns of a data frame."""

    frame: nw.DataFrame[Any]
    names: list[str]
    categorical: NDArray[np.bool_] | None

    @property
    def n_samples(self) -> int:
        return self.frame.shape[0]

    @property
    def n_features(self) -> int:
        return self.frame.shape[1]

    def column(self, feature: int) -> Column:
        series = self.frame.get_column(self.names[feature])
        decided = None if self.categorical is None else bool(self.categorical[feature])
        name = f"column {series.name!r}"
        if decided is not False and series.dtype in _TEXTS:
            return _read_dictionary(series, name)
        if decided is not True:
            numbers = _read_numbers(series, name)
            if numbers is not None:
                return numbers
        # The to_numpy of pyarrow turns the nulls of a dictionary into one of its values.
        native = series.to_native().to_pandas() if series.implementation.is_pyarrow() else series
        values = native.to_numpy()
        if decided and series.dtype.is_numeric() and values.dtype == np.object_:
            return category_column(*_factorize(series.to_native()), name)
        return column_of_array(values, decided, name)


_TEXTS = (nw.Categorical, nw.Enum, nw.String)


def _read_dictionary(series: nw.Series[Any], name: str) -> Column:
    """Read text or categories by their dictionary, never value by value as Python objects."""
    native = series.to_native()
    array = getattr(native, "array", None)
    if isinstance(array, pd.Categorical):
        categories = array.categories.to_numpy(object)
        return category_column(array.codes, categories, name, is_ordered=bool(array.ordered))
    if series.implementation.is_polars():
        is_ordered = series.dtype == nw.Enum
        read = _read_enum if is_ordered else _read_polars
        return category_column(*read(series), name, is_ordered=is_ordered)
    if series.dtype == nw.String and not series.implementation.is_pyarrow():
        return category_column(*_factorize(native), name)
    return category_column(*_read_arrow(series.to_arrow(), series.dtype == nw.String), name)


def _read_enum(series: nw.Series[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Number the categories as the dtype lists them."""
    codes = _with_missing(series.to_native().to_physical().to_numpy())
    return codes, series.to_native().dtype.categories.to_numpy().astype(object)


def _read_polars(series: nw.Series[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Number the categories as polars does, which numbers those of all its columns together."""
    coded = series if series.dtype == nw.Categorical else series.cast(nw.Categorical())
    physical = nw.from_native(coded.to_native().to_physical(), series_only=True)
    low = physical.min() or 0
    size = int(physical.max() or 0) - low + 1
    if size > max(len(series), _FEW):
        codes, places = pd.factorize(physical.to_numpy())
        size = len(places)
    elif series.null_count():
        codes = (physical.cast(nw.Int64()) - low).fill_null(-1).to_numpy()
    else:
        codes = np.subtract(physical.to_numpy(), low, dtype=np.int64)
    names = np.full(size, None, dtype=object)
    rows = _first_rows(codes, size)
    occurs = rows >= 0
    names[occurs] = series[rows[occurs]].cast(nw.String()).to_numpy()
    return codes, names


def _first_rows(codes: NDArray[Any], size: int) -> NDArray[np.intp]:
    """Return a row of each code, -1 where it does not occur; the first rows may have all."""
    for n in (min(_FEW, len(codes)), len(codes)):
        rows = np.full(size + 1, -1)  # the last is that of missing values, whose code is -1
        rows[codes[:n]] = np.arange(n)
        if (rows[:-1] >= 0).all():
            break
    return rows[:-1]


def _read_arrow(column: Any, is_text: bool) -> tuple[NDArray[Any], NDArray[Any]]:
    """Number the categories as the dictionary of Arrow does."""
    if is_text:
        column = column.dictionary_encode()
    if hasattr(column, "unify_dictionaries"):  # chunks, each with a dictionary of its own
        column = column.unify_dictionaries().combine_chunks()
    codes = _with_missing(column.indices.to_numpy(zero_copy_only=False))
    return codes, column.dictionary.to_numpy(zero_copy_only=False).astype(object)


def _with_missing(codes: NDArray[Any]) -> NDArray[Any]:
    """Turn codes, which are floats with NaN if some are missing, into whole numbers with -1."""
    return (
        np.where(np.isnan(codes), -1, codes).astype(np.int64) if codes.dtype.kind == "f" else codes
    )


def _factorize(values: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Number the distinct values of a series by first appearance, -1 where one is missing."""
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    return codes, np.asarray(distinct, dtype=object)


def _read_numbers(series: nw.Series[Any], name: str) -> Column | None:
    """Read numbers, booleans, dates and durations as numbers; None for other columns."""
    dtype = series.dtype
    if dtype == nw.Boolean:
        return replace(number_column(_numbers(series), name), is_boolean=True)
    if dtype.is_numeric():
        return number_column(_numbers(series), name)
    if dtype in (nw.Datetime, nw.Date):
        return number_column(_numbers(series.dt.timestamp("us")), name, "date")
    if dtype == nw.Duration:
        return number_column(_numbers(series.dt.total_microseconds()), name, "duration")
    moments = _pandas_moments(series)
    return None if moments is None else column_of_array(moments, None, name)


def _pandas_moments(series: nw.Series[Any]) -> NDArray[Any] | None:
    """Read the dates of pandas that narwhals does not know: zones by some names, and periods."""
    native = series.to_native()
    dtype = getattr(native, "dtype", None)
    if isinstance(dtype, pd.DatetimeTZDtype):
        moments: NDArray[Any] = native.dt.tz_convert(None).to_numpy()
        return moments
    if isinstance(dtype, pd.PeriodDtype):
        return np.asarray(native.dt.to_timestamp().to_numpy())
    return None


def _numbers(series: nw.Series[Any]) -> NDArray[Any]:
    """Convert a numeric series to numbers, null becoming NaN."""
    values = series.to_numpy()
    if values.dtype.kind not in _NUMBER_KINDS:  # nulls made it an array of objects
        values = series.cast(nw.Float64).to_numpy()
    return values if values.dtype.kind in "iu" else np.asarray(values, dtype=np.float64)


def numeric_array(table: Table) -> NDArray[Any] | None:
    """Return the array behind a table that holds numbers throughout, None for any other table."""
    if isinstance(table, _ArrayTable) and table.array.dtype.kind in _NUMBER_KINDS:
        return table.array
    return None
