"""Promises of data are refused by every door, and say how to read them."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset
import pytest
from sklearn.datasets import load_iris

from sklearn_infotheory import (
    EntropyDiscretizer,
    KLDriftDetector,
    MutualInfoSelector,
    estimate_mutual_information,
    mutual_info,
)

X, Y = load_iris(return_X_y=True)
FRAME = pd.DataFrame(X, columns=list("abcd"))
TABLE = pa.Table.from_pandas(FRAME)


def dask_array(_):
    return pytest.importorskip("dask.array").from_array(X)


def dask_frame(_):
    return pytest.importorskip("dask.dataframe").from_pandas(FRAME, npartitions=2)


def duckdb_relation(_):
    return pytest.importorskip("duckdb").from_df(FRAME)


def data_set(folder):
    path = folder / "part.parquet"
    FRAME.to_parquet(path)
    return pyarrow.dataset.dataset(path)


PROMISES = [
    (dask_array, r"is a Dask collection .*\.compute\(\)"),
    (dask_frame, r"is a Dask collection .*\.compute\(\)"),
    (duckdb_relation, r"is a DuckDB relation .*\.arrow\(\) or .*\.df\(\)"),
    (data_set, r"is a data set on disk .*\.to_table\(\)"),
    (lambda folder: data_set(folder).scanner(), r"is a data set on disk .*\.to_table\(\)"),
    (lambda _: TABLE.to_reader(), r"is a part or a stream of a table .*\.read_all\(\)"),
    (lambda _: TABLE.to_batches()[0], r"is a part .*pyarrow\.Table\.from_batches\(\["),
    (lambda _: pl.from_pandas(FRAME).lazy(), r"is a lazy frame .*\.collect\(\)"),
    (lambda _: [FRAME, FRAME], r"is a list of 2 objects .* pandas\.concat\("),
    (lambda _: (pl.from_pandas(FRAME).lazy(),), r"is a tuple of 1 objects .* polars\.concat\("),
    (lambda _: iter([FRAME]), r"is an iterator .* one data frame of all"),
    (lambda _: "data.parquet", r"is a path or a text .*read_parquet"),
]

DOORS = {
    "selector": lambda promise: MutualInfoSelector(1).fit(promise, Y),
    "mutual_info": lambda promise: mutual_info(promise, Y),
    "discretizer": lambda promise: EntropyDiscretizer().fit(promise, Y),
    "transform": lambda promise: EntropyDiscretizer().fit(FRAME, Y).transform(promise),
    "drift": lambda promise: KLDriftDetector().fit(promise),
    "detect": lambda promise: KLDriftDetector().fit(FRAME).detect(promise),
    "estimate": lambda promise: estimate_mutual_information(promise, Y),
    "y": lambda promise: MutualInfoSelector(1).fit(X, promise),
    "weights": lambda promise: EntropyDiscretizer().fit(X, Y, sample_weight=promise),
}


@pytest.mark.parametrize(("make", "words"), PROMISES)
@pytest.mark.parametrize("door", DOORS)
def test_promises_are_refused(door, make, words, tmp_path):
    with pytest.raises(TypeError, match=words):
        DOORS[door](make(tmp_path))


def test_a_dask_collection_is_never_computed(monkeypatch):
    array = dask_array(None)

    def compute(*_args, **_kwargs):
        raise AssertionError("computed without a word")

    monkeypatch.setattr(type(array), "__array__", compute)
    with pytest.raises(TypeError, match="Dask"):
        MutualInfoSelector(1).fit(array, Y)


@pytest.mark.parametrize(
    "same", [X.tolist(), [*X], tuple(map(tuple, X)), [FRAME.iloc[i] for i in range(len(X))]]
)
def test_lists_of_rows_are_in_memory(same):
    np.testing.assert_array_equal(mutual_info(same, Y), mutual_info(X, Y))
    np.testing.assert_array_equal(mutual_info(X, pa.array(Y)), mutual_info(X, Y))
