"""SQL gives what transform gives, row by row, in SQLite and in DuckDB."""

from __future__ import annotations

import sqlite3

import numpy as np
import pandas as pd
import pytest
from preprocessing.data import ENCODINGS, mixed_frame

from sklearn_infotheory.preprocessing import EntropyDiscretizer
from sklearn_infotheory.preprocessing._sql import identifier, literal

each_encoding = pytest.mark.parametrize("encode", ENCODINGS)


def run_in_sqlite(discretizer, X):
    data = X.copy()
    for name in data:
        if data[name].dtype.kind == "M":
            data[name] = data[name].astype(str).str.replace("NaT", "")
        elif data[name].dtype.kind == "m":
            data[name] = data[name].to_numpy().astype("m8[us]").astype(np.int64)
    data = data.astype(object).where(X.notna(), None)
    connection = sqlite3.connect(":memory:")
    columns = ", ".join(identifier(name) for name in X.columns)
    connection.execute(f"CREATE TABLE t ({columns})")
    marks = ", ".join("?" * X.shape[1])
    connection.executemany(f"INSERT INTO t VALUES ({marks})", data.to_numpy().tolist())
    query = discretizer.to_sql(table="t", dialect="sqlite")
    return connection.execute(f"{query} ORDER BY rowid").fetchall()


def run_in_duckdb(discretizer, X):
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    text = {name: object for name in X if X[name].dtype.kind not in "biufmM"}
    connection.register("frame", X.astype(text))
    connection.execute("SET threads = 1")
    connection.execute("CREATE TABLE t AS SELECT * FROM frame")
    return connection.execute(discretizer.to_sql(table="t")).fetchall()


DATABASES = {"sqlite": run_in_sqlite, "duckdb": run_in_duckdb}
each_database = pytest.mark.parametrize("run", DATABASES.values(), ids=DATABASES)


def every_kind():
    """Return numbers, integers, dates, durations, booleans and text, and a class."""
    X, y = mixed_frame()
    X.columns = ['a "number"', *X.columns[1:]]
    moment = pd.Timestamp("2021-03-04 05:06:07.5") + pd.to_timedelta(
        np.round(X["noise"] * 30 + 20 * y, 3), unit="D"
    )
    X["moment"] = moment.astype("M8[us]").where(np.arange(400) % 7 > 0)
    X["wait"] = (moment - moment.min()).astype("m8[us]")
    X["whole"] = np.round(X["noise"] * 10).astype(int) + 5 * y
    X["wide"] = 2**60 + np.arange(400) + 300 * y
    return X.drop(columns="constant"), y


def assert_equal_rows(in_sql, expected):
    if expected.dtype == object:
        assert in_sql == [tuple(row) for row in expected.tolist()]
    else:
        np.testing.assert_array_equal(np.array(in_sql, dtype=np.float64), expected)


def numbered(discretizer):
    """One-hot columns are numbers of bins in SQL."""
    if discretizer.encode in ("onehot", "onehot-dense", "thermometer"):
        return discretizer.set_params(encode="ordinal")
    return discretizer


@each_database
@each_encoding
@pytest.mark.parametrize("policy", ["bin", "ignore", "merge"])
@pytest.mark.parametrize("unknown", ["prior", "largest", "own"])
def test_sql_gives_what_transform_gives(run, encode, policy, unknown):
    X, y = every_kind()
    special = {"whole": [3], "level": ["d"]}
    discretizer = EntropyDiscretizer(
        "kononenko",
        encode=encode,
        missing_values=policy,
        handle_unknown=unknown,
        special_values=special,
    ).fit(X, y)
    assert (discretizer.n_bins_[[0, 2, 4, -4, -3, -2, -1]] > 1).all()
    X.loc[:3, "many"] = "never"
    in_sql = run(discretizer, X)
    assert_equal_rows(in_sql, numbered(discretizer).transform(X))


@each_database
@pytest.mark.parametrize("criterion", ["mdlp", "modl", "equal_entropy", "mdl_histogram"])
def test_other_criteria_and_a_continuous_target(run, criterion):
    X, y = every_kind()
    number = y + X["noise"].to_numpy()
    discretizer = EntropyDiscretizer(criterion, encode="target_mean", missing_values="bin")
    discretizer.fit(X, number)
    assert_equal_rows(run(discretizer, X), discretizer.transform(X))


@pytest.mark.parametrize("policy", ["bin", "ignore", "merge", "error"])
def test_nan_and_infinity_in_a_database_that_stores_them(policy):
    duckdb = pytest.importorskip("duckdb")
    x = np.random.default_rng(0).normal(size=200)
    fit_on = np.where(np.arange(200) < 30, np.nan, x) if policy != "error" else x
    discretizer = EntropyDiscretizer(missing_values=policy).fit(
        pd.DataFrame({"x": fit_on}), x > 0.1
    )
    assert discretizer.bin_edges_[0].size > 2
    values = [*x.tolist(), np.inf, -np.inf, np.nan]
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t (x DOUBLE)")
    connection.executemany("INSERT INTO t VALUES (?)", [[value] for value in values])
    got = np.array(connection.execute(discretizer.to_sql(table="t")).fetchall(), float)[:, 0]
    frame = pd.DataFrame({"x": values})
    if policy == "error":
        assert np.isnan(got[-1])
        frame, got = frame[:-3], got[:-3]
    np.testing.assert_array_equal(got, discretizer.transform(frame)[:, 0])


@each_database
def test_unknown_categories_that_are_an_error_give_null(run):
    X, y = mixed_frame(missing=False)
    discretizer = EntropyDiscretizer(handle_unknown="error").fit(X[["level"]], y)
    got = run(discretizer, X[["level"]].replace({"level": {"red": "never"}}))
    assert [row[0] is None for row in got] == (X["level"] == "red").tolist()


@each_database
def test_no_database_rounds_a_cut_point(run):
    rng = np.random.default_rng(0)
    cuts = np.sort(rng.normal(size=50) * 10.0 ** rng.integers(-12, 12, 50))
    values = np.concatenate([cuts, np.nextafter(cuts, np.inf), np.nextafter(cuts, -np.inf)])
    X = pd.DataFrame({"x": values})
    discretizer = EntropyDiscretizer("equal_entropy", cuts={"x": cuts.tolist()}).fit(X)
    assert_equal_rows(run(discretizer, X), discretizer.transform(X))


def test_literals():
    assert [literal(v) for v in (0.1, 1e22, 3.0, 2**60, True, None, np.nan, "it's")] == [
        *("0.1e0", "1e+22", "3.0e0", "1152921504606846976", "TRUE", "NULL", "NULL", "'it''s'"),
    ]


def test_dates_and_booleans_are_written_as_such():
    days = pd.date_range("2020-01-01", periods=40)
    X = pd.DataFrame({"day": days, "flag": [False] * 20 + [True] * 20})
    discretizer = EntropyDiscretizer().fit(X, X["flag"])
    sql = discretizer.to_sql()
    assert 'WHEN "day" <= TIMESTAMP \'2020-01-20 ' in sql
    assert 'WHEN "flag" = FALSE THEN 0' in sql
    assert "TIMESTAMP" not in discretizer.to_sql(dialect="sqlite")


def test_wrong_options():
    discretizer = EntropyDiscretizer("equal_entropy").fit(np.arange(40.0)[:, None])
    with pytest.raises(ValueError, match="dialect must be one of"):
        discretizer.to_sql(dialect="oracle")
    with pytest.raises(ValueError, match="Pass a feature"):
        discretizer.to_sql(alias="a")
