"""Read single columns out of arrays and data frames of any library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklearn_infotheory._types import Weights

_NUMBER_KINDS = frozenset("biuf")
_TIME_INFERENCES = {
    "date": "date",
    "datetime": "date",
    "datetime64": "date",
    "timedelta": "duration",
    "timedelta64": "duration",
}
_NUMBER_INFERENCES = frozenset(
    {"boolean", "integer", "floating", "mixed-integer-float", "decimal", "empty"}
)


@dataclass(frozen=True)
class Column:
    """One column: float64 with NaN for missing, or an object array of categories."""

    values: NDArray[Any]
    is_category: bool


class Table(Protocol):
    """A source of columns."""

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
        return _column_of_array(self.array[:, feature], decided, f"column {feature}")


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
        dtype, name = series.dtype, f"column {series.name!r}"
        if decided is not True:
            if dtype.is_numeric() or dtype == nw.Boolean:
                return Column(_finite(_floats(series), name), False)
            if dtype in (nw.Datetime, nw.Date):
                return Column(_floats(series.dt.timestamp("us")), False)
            if dtype == nw.Duration:
                return Column(_floats(series.dt.total_microseconds()), False)
        # The to_numpy of pyarrow turns the nulls of a dictionary into one of its values.
        native = series.to_native().to_pandas() if series.implementation.is_pyarrow() else series
        values = native.to_numpy()
        if dtype in (nw.Categorical, nw.Enum, nw.String) and decided is None:
            decided = True
        return _column_of_array(values, decided, name)


def _floats(series: nw.Series[Any]) -> NDArray[np.float64]:
    """Convert a numeric series to float64, null becoming NaN."""
    values = series.to_numpy()
    if values.dtype.kind not in _NUMBER_KINDS:  # nulls made it an array of objects
        values = series.cast(nw.Float64).to_numpy()
    return np.asarray(values, dtype=np.float64)


def numeric_array(table: Table) -> NDArray[Any] | None:
    """Return the array behind a table that is numeric throughout, None for any other table."""
    if isinstance(table, _ArrayTable) and table.categorical is None:
        return table.array if table.array.dtype.kind in _NUMBER_KINDS else None
    return None


def _finite(values: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    """Return the values, or raise for an infinite one; numeric arrays were checked before."""
    if np.isinf(values).any():
        raise ValueError(
            f"Input X contains infinity or a value too large for dtype('float64'), in {name}. "
            "Replace it by a finite number, or by a missing value."
        )
    return values


def _column_of_array(values: NDArray[Any], decided: bool | None, name: str) -> Column:
    """Read a one-dimensional array; ``decided`` None lets its dtype or its objects decide."""
    if values.dtype.kind in _NUMBER_KINDS and not decided:
        return Column(np.asarray(values, dtype=np.float64), False)
    if values.dtype == np.object_ and not decided:
        values = _as_times(values)
    if values.dtype.kind in "mM":
        values = values.astype("M8[us]" if values.dtype.kind == "M" else "m8[us]")
        if not decided:
            return Column(np.where(np.isnat(values), np.nan, values.astype(np.int64)), False)
    if values.dtype.kind == "c":
        raise ValueError(
            f"Complex data not supported: {name} has dtype {values.dtype}. "
            "Pass real numbers, for instance its real and imaginary parts as two columns."
        )
    objects = values.astype(object)
    if not decided:
        numeric = _as_numbers(objects)
        if numeric is not None:
            return Column(_finite(numeric, name), False)
        if decided is False:
            raise ValueError(
                f"{name[0].upper()}{name[1:]} does not hold numbers, and categorical_features "
                "leaves it out. List it there, or use categorical_features='from_dtype'."
            )
    return Column(_as_categories(objects, name), True)


def kind_of_times(objects: NDArray[Any]) -> str | None:
    """Tell objects that are all dates ("date") or durations ("duration"), or missing; else None."""
    return _TIME_INFERENCES.get(pd.api.types.infer_dtype(objects, skipna=True))


def _as_times(objects: NDArray[Any]) -> NDArray[Any]:
    """Read objects that are all dates, moments or durations as such, and leave others alone.

    A moment with a time zone is taken to UTC, as in data frames.
    """
    kind = kind_of_times(objects)
    if kind == "date":
        return pd.to_datetime(objects, utc=True).tz_localize(None).to_numpy()
    return pd.to_timedelta(objects).to_numpy() if kind == "duration" else objects


def _as_numbers(objects: NDArray[Any]) -> NDArray[np.float64] | None:
    """Convert objects that are all numbers, or missing; return None for anything else."""
    inferred = pd.api.types.infer_dtype(objects, skipna=True)
    if inferred in _NUMBER_INFERENCES:
        return pd.to_numeric(pd.Series(objects), errors="coerce").to_numpy(np.float64)
    return None


def _as_categories(objects: NDArray[Any], name: str) -> NDArray[Any]:
    """Keep strings, booleans and numbers; turn other hashable objects into strings."""
    missing = pd.isna(objects)
    if missing.shape != objects.shape:  # an element that is itself an array
        missing = np.array([pd.api.types.is_scalar(v) and pd.isna(v) for v in objects])
    plain = objects.copy()
    plain[missing] = None
    if pd.api.types.infer_dtype(plain, skipna=True) in ("string", "boolean", "integer", "floating"):
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
