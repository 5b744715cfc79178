"""What a column is read as: one table of kind, library and door."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from sklearn_infotheory import (
    EntropyDiscretizer,
    KLDriftDetector,
    MutualInfoSelector,
    estimate_mutual_information,
    mutual_info,
)
from sklearn_infotheory._columns._frames import open_table

N = 80
PLACE = np.arange(N) % 4  # of the value in each row
Y = (PLACE >= 2).astype(int)
WORDS = ["ant", "bee", "cow", "dog"]
MOMENTS = [dt.datetime(2024, 1, 1 + 7 * k, 12) for k in range(4)]
SPANS = [dt.timedelta(hours=5 * k) for k in range(4)]


def each(values):
    return [values[k] for k in PLACE]


def array(dtype):
    return lambda values: np.array(each(values), dtype)[:, None]


def objects(values):
    column = np.empty((N, 1), object)
    column[:, 0] = each(values)
    return column


def in_pandas(dtype=None):
    return lambda values: pd.DataFrame({"c": pd.Series(each(values), dtype=dtype)})


def in_polars(dtype=None):
    return lambda values: pl.DataFrame({"c": pl.Series(each(values), dtype=dtype)})


def in_arrow(dtype=None):
    return lambda values: pa.table({"c": pa.array(each(values), dtype)})


def arrow_in_pandas(dtype):
    return in_pandas(pd.ArrowDtype(dtype))


def in_zone(name):
    def make(values):
        moments = pd.Series(each(values), dtype="datetime64[us]").dt.tz_localize("UTC")
        return pd.DataFrame({"c": moments.dt.tz_convert(name)})

    return make


def ordered(values):
    return pd.DataFrame({"c": pd.Categorical(each(values), values[::-1], ordered=True)})


def periods(frequency):
    return lambda values: pd.DataFrame({"c": pd.PeriodIndex(each(values), freq=frequency)})


ZONES = ("America/New_York", "Etc/GMT+5", "Asia/Kolkata", "America/Argentina/Buenos_Aires")

# What it is read as: (values, {library: how it is made}).
KINDS = {
    ("number", "whole numbers"): (
        [1, 2, 3, 9],
        {
            "numpy int8": array(np.int8),
            "numpy uint64": array(np.uint64),
            "numpy float32": array(np.float32),
            "numpy objects": objects,
            "pandas int64": in_pandas("int64"),
            "pandas Int64": in_pandas("Int64"),
            "pandas object": in_pandas(object),
            "pandas Sparse": in_pandas(pd.SparseDtype("float64")),
            "pandas int32[pyarrow]": arrow_in_pandas(pa.int32()),
            "polars Int64": in_polars(pl.Int64),
            "polars UInt8": in_polars(pl.UInt8),
            "pyarrow int16": in_arrow(pa.int16()),
        },
    ),
    ("number", "fractions"): (
        [0.25, 0.5, 2.0, 1e4],
        {
            "numpy float64": array(float),
            "numpy float16": array(np.float16),
            "numpy big-endian": array(">f8"),
            "pandas Float64": in_pandas("Float64"),
            "pandas double[pyarrow]": arrow_in_pandas(pa.float64()),
            "polars Float32": in_polars(pl.Float32),
            "pyarrow double": in_arrow(pa.float64()),
        },
    ),
    ("number", "decimals"): (
        [Decimal("0.10"), Decimal("0.20"), Decimal("1.00"), Decimal("7.25")],
        {
            "numpy objects": objects,
            "pandas object": in_pandas(object),
            "pandas decimal[pyarrow]": arrow_in_pandas(pa.decimal128(8, 2)),
            "polars Decimal": in_polars(pl.Decimal(8, 2)),
            "pyarrow decimal": in_arrow(pa.decimal128(8, 2)),
        },
    ),
    ("number", "booleans"): (
        [False, False, True, True],
        {
            "numpy bool": array(bool),
            "numpy objects": objects,
            "pandas bool": in_pandas(bool),
            "pandas boolean": in_pandas("boolean"),
            "pandas bool[pyarrow]": arrow_in_pandas(pa.bool_()),
            "polars Boolean": in_polars(pl.Boolean),
            "pyarrow bool": in_arrow(pa.bool_()),
        },
    ),
    ("date", "moments"): (
        MOMENTS,
        {
            "numpy us": array("M8[us]"),
            "numpy objects": objects,
            "numpy Timestamps": lambda values: objects([pd.Timestamp(v) for v in values]),
            "pandas ns": in_pandas("datetime64[ns]"),
            "pandas object": in_pandas(object),
            "pandas timestamp[pyarrow]": arrow_in_pandas(pa.timestamp("ms")),
            "pandas timestamp[pyarrow] in a zone": arrow_in_pandas(
                pa.timestamp("us", "America/New_York")
            ),
            "polars Datetime": in_polars(pl.Datetime("ns")),
            "polars Datetime in a zone": in_polars(pl.Datetime("us", "Etc/GMT+5")),
            "pyarrow timestamp": in_arrow(pa.timestamp("us")),
            "pyarrow timestamp in a zone": in_arrow(pa.timestamp("ns", "America/New_York")),
            **{f"pandas in {zone}": in_zone(zone) for zone in ZONES},
        },
    ),
    ("date", "days"): (
        [moment.date() for moment in MOMENTS],
        {
            "numpy D": array("M8[D]"),
            "numpy objects": objects,
            "pandas object": in_pandas(object),
            "pandas date32[pyarrow]": arrow_in_pandas(pa.date32()),
            "polars Date": in_polars(pl.Date),
            "pyarrow date32": in_arrow(pa.date32()),
            "pyarrow date64": in_arrow(pa.date64()),
            "pandas period": periods("D"),
            "pandas monthly period": lambda _: periods("M")(
                ["2024-01", "2024-02", "2024-05", "2025-01"]
            ),
            "numpy periods": lambda values: objects([pd.Period(v, "D") for v in values]),
        },
    ),
    ("duration", "durations"): (
        SPANS,
        {
            "numpy s": array("m8[s]"),
            "numpy objects": objects,
            "pandas ns": in_pandas("timedelta64[ns]"),
            "pandas object": in_pandas(object),
            "pandas duration[pyarrow]": arrow_in_pandas(pa.duration("us")),
            "polars Duration": in_polars(pl.Duration("ms")),
            "pyarrow duration": in_arrow(pa.duration("us")),
        },
    ),
    ("category", "text"): (
        WORDS,
        {
            "numpy U": array(str),
            "numpy StringDType": array(np.dtypes.StringDType()),
            "numpy objects": objects,
            "pandas str": in_pandas("str"),
            "pandas string": in_pandas("string"),
            "pandas object": in_pandas(object),
            "pandas string[pyarrow]": arrow_in_pandas(pa.string()),
            "pandas category": in_pandas("category"),
            "pandas dictionary[pyarrow]": lambda values: in_arrow()(values).to_pandas(
                types_mapper={
                    pa.string(): pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))
                }.get
            ),
            "polars String": in_polars(pl.String),
            "polars Categorical": in_polars(pl.Categorical),
            "pyarrow string": in_arrow(pa.string()),
            "pyarrow large_string": in_arrow(pa.large_string()),
            "pyarrow dictionary": lambda values: pa.table(
                {"c": pa.array(each(values)).dictionary_encode()}
            ),
        },
    ),
    ("ordered", "text in an order"): (
        WORDS[::-1],
        {"pandas ordered category": ordered, "polars Enum": in_polars(pl.Enum(WORDS))},
    ),
    ("category", "numbers as categories"): (
        [7, 1, 12, 3],
        {
            "pandas category": in_pandas("category"),
            "pyarrow dictionary": lambda values: pa.table(
                {"c": pa.array(each(values)).dictionary_encode()}
            ),
        },
    ),
    ("category", "bytes"): (
        [b"ant", b"bee", b"cow", b"dog"],
        {
            "numpy S": array("S3"),
            "numpy objects": objects,
            "pandas object": in_pandas(object),
            "pandas binary[pyarrow]": arrow_in_pandas(pa.binary()),
            "polars Binary": in_polars(pl.Binary),
            "pyarrow binary": in_arrow(pa.binary()),
        },
    ),
    ("category", "times of day"): (
        [dt.time(3), dt.time(5), dt.time(7, 30), dt.time(22)],
        {
            "numpy objects": objects,
            "pandas object": in_pandas(object),
            "polars Time": in_polars(pl.Time),
            "pyarrow time": in_arrow(pa.time64("us")),
        },
    ),
    ("category", "numbers and text"): (
        [1, 2, "other", "none"],
        {"numpy objects": objects, "pandas object": in_pandas(object)},
    ),
}

table_of_kinds = pytest.mark.parametrize(
    ("kind", "values", "make"),
    [
        pytest.param(kind, values, make, id=f"{name}: {library}")
        for (kind, name), (values, libraries) in KINDS.items()
        for library, make in libraries.items()
    ],
)


@table_of_kinds
def test_columns(kind, values, make):
    column = open_table(make(values), None).column(0)
    if column.is_category:
        assert kind == ("ordered" if column.is_ordered else "category")
    else:
        assert kind == ("number" if column.kind == "value" else column.kind)
        assert column.values.dtype == np.float64
    assert column.missing is None


@table_of_kinds
def test_selector_and_score(kind, values, make):
    X = make(values)
    information, p = mutual_info(X, Y)
    np.testing.assert_allclose(information, np.log(2), rtol=1e-12)
    assert p[0] < 1e-10
    assert MutualInfoSelector(1).fit(X, Y).selected_.tolist() == [0]


@table_of_kinds
def test_discretizer(kind, values, make):
    X = make(values)
    discretizer = EntropyDiscretizer().fit(X, Y)
    assert (discretizer.groups_[0] is not None) == (kind in ("category", "ordered"))
    assert discretizer.n_bins_.tolist() == [2]
    codes = np.asarray(discretizer.transform(X)).ravel()
    assert len({*zip(codes, Y, strict=True)}) == 2
    if kind == "ordered":
        assert [name for group in discretizer.groups_[0] for name in group] == WORDS


@table_of_kinds
def test_drift(kind, values, make):
    X = make(values)
    detector = KLDriftDetector().fit(X)
    (column,) = detector.to_dict()["columns"]
    assert column["codebook"]["kind"] == (
        "category" if kind in ("category", "ordered") else "numeric"
    )
    assert column["holds"] == (kind if kind in ("date", "duration") else "value")
    report = detector.detect(X[:8])
    assert not report.drifted


@table_of_kinds
def test_estimates(kind, values, make):
    found = estimate_mutual_information(make(values), Y, method="plugin")
    assert found.value == pytest.approx(np.log(2), rel=1e-12)


def with_missing(make, values):
    """Put a missing value in every fourth row, where the library has one for this type."""
    some = [value if k else None for k, value in enumerate(values)]
    return make(some)


@table_of_kinds
def test_missing_values_have_a_cell_of_their_own(kind, values, make, request):
    libraries = ("numpy", "Sparse", "period", "in a zone", "pandas in ", "pandas bool:")
    if any(word in request.node.name for word in libraries) and "objects" not in request.node.name:
        pytest.skip("this type has no missing values, or they are made in another way")
    if request.node.name.endswith(("pandas int64]", "pandas bool]")) or kind == "ordered":
        pytest.skip("this type has no missing values")
    X = with_missing(make, values)
    column = open_table(X, None).column(0)
    assert column.missing is not None
    np.testing.assert_array_equal(column.missing, PLACE == 0)
    np.testing.assert_allclose(mutual_info(X, Y)[0], np.log(2), rtol=1e-12)
    assert EntropyDiscretizer(missing_values="bin").fit(X, Y).n_bins_.tolist() == [3]
