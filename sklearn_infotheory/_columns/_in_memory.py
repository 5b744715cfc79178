"""Tell data that are in memory from promises of data, which are read later or elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from sklearn_infotheory._columns._frames import is_data_frame

_READ_BY = {  # the library, what it holds, and how to get it into memory
    "dask": ("a Dask collection", "{}.compute()"),
    "duckdb": ("a DuckDB relation", "{}.arrow() or {}.df()"),
    "_duckdb": ("a DuckDB relation", "{}.arrow() or {}.df()"),
    "ibis": ("an Ibis table", "{}.to_pyarrow() or {}.to_pandas()"),
    "polars": ("a lazy frame", "{}.collect()"),
    "pyspark": ("a Spark frame", "{}.toArrow() or {}.toPandas()"),
    "sqlframe": ("a frame of a database", "{}.toPandas()"),
}
_ARROW_READ_BY = {
    "RecordBatch": "pyarrow.Table.from_batches([{}])",
    "RecordBatchReader": "{}.read_all()",
}


def check_in_memory(X: object, name: str = "X") -> None:
    """Raise for lazy frames, remote collections, readers, paths, and lists of frames.

    They would be computed into memory without a word, or be read as an array of one object.
    """
    if is_data_frame(X):
        return
    if isinstance(X, list | tuple):
        _refuse_frames_in_a_list(X, name)
        return
    found = _what_it_is(X)
    if found is not None:
        what, how = found
        raise TypeError(
            f"{name} is {what} ({type(X).__module__}.{type(X).__name__}), whose rows are not in "
            f"memory. Pass a data frame or an array, for instance {how.format(name, name)}."
        )


def _what_it_is(X: object) -> tuple[str, str] | None:
    """Return what a promise of data is, and how to read it; None for anything else."""
    library, kind = type(X).__module__.partition(".")[0], type(X).__name__
    if hasattr(X, "__dask_graph__"):
        return _READ_BY["dask"]
    if library == "pyarrow" and not hasattr(X, "to_numpy"):
        if kind in _ARROW_READ_BY:
            return "a part or a stream of a table", _ARROW_READ_BY[kind]
        return "a data set on disk", "{}.to_table()" if hasattr(X, "to_table") else "a table"
    if isinstance(X, str | os.PathLike):
        return "a path or a text", "pandas.read_parquet({})"
    if isinstance(X, Iterator):
        return "an iterator", "one data frame of all that it yields"
    if library in _READ_BY and not hasattr(X, "to_numpy"):
        return _READ_BY[library]
    if hasattr(X, "collect"):
        return "a lazy frame", "{}.collect()"
    if hasattr(X, "__arrow_c_stream__") and not hasattr(X, "__array__"):
        return "a stream of Arrow data", "pyarrow.table({})"
    return None


def _refuse_frames_in_a_list(X: list[Any] | tuple[Any, ...], name: str) -> None:
    first = X[0] if X else None
    is_promise = not isinstance(first, str | Iterator) and _what_it_is(first) is not None
    if is_data_frame(first) or is_promise:
        raise TypeError(
            f"{name} is a {type(X).__name__} of {len(X)} objects of type "
            f"{type(first).__module__}.{type(first).__name__}. Pass one data frame, for instance "
            f"pandas.concat({name}) or polars.concat({name})."
        )
