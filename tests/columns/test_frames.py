"""The same content gives the same codes, whatever container it comes in."""

import datetime as dt
import json
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from sklearn_infotheory._columns import (
    Categories,
    ColumnCoder,
    Intervals,
    codebook_from_dict,
)
from sklearn_infotheory._columns._frames import of_positive_weight, open_table, resolve_categorical


def objects(values):
    array = np.empty((len(values), 1), object)
    array[:, 0] = values
    return array


def without_missing(values):
    return [value for value in values if value is not None]


def numpy_of(dtype):
    return lambda values: np.array([[value] for value in values], dtype)


def pandas_of(dtype):
    return lambda values: pd.DataFrame({"c": pd.Series(values, dtype=dtype)})


def polars_of(dtype):
    return lambda values: pl.DataFrame({"c": pl.Series(values, dtype=dtype)})


def arrow_of(dtype):
    return lambda values: pa.table({"c": pa.array(values, dtype)})


def dictionary(values):
    return pa.table({"c": pa.array(values).dictionary_encode()})


def with_nan(values):
    return objects([np.nan if value is None else value for value in values])


def with_na(values):
    return objects([pd.NA if value is None else value for value in values])


def both_missing(values):
    """Polars tells NaN from null; both are missing here."""
    series = pl.Series(values, dtype=pl.Float64)
    nan_first = pl.Series([True] + [False] * (len(values) - 1)) & series.is_null()
    return pl.DataFrame(
        {"c": pl.select(pl.when(nan_first).then(np.nan).otherwise(series)).to_series()}
    )


MOMENT = dt.datetime(2024, 2, 29, 12)
MOMENTS = [
    MOMENT + dt.timedelta(days=d) if d is not None else None for d in (None, 5, 1, 5, -3, None)
]
DAYS = [m and dt.datetime(m.year, m.month, m.day) for m in MOMENTS]
DURATIONS = [m and m - MOMENT for m in MOMENTS]


def in_zone(values):
    times = pd.Series(values, dtype="datetime64[ns]").dt.tz_localize("UTC")
    return pd.DataFrame({"c": times.dt.tz_convert("Asia/Tokyo")})


def dates_of(frame):
    return lambda values: frame([value and value.date() for value in values])


# Each kind: values with missing ones (None), and their codes.
STRINGS = (["b", "a", None, "b", "a", "c", "ä", "ä"], [1, 0, 3, 1, 0, 4, 2, 2])
WHOLE = ([None, 5, 1, 5, -3, None], [3, 2, 1, 2, 0, 3])
FRACTIONS = ([None, 0.5, 0.25, 0.5, -3.0, None], [3, 2, 1, 2, 0, 3])
BOOLEANS = ([True, None, False, True, None], [1, 2, 0, 1, 2])

CASES = {
    "strings": (
        STRINGS,
        {
            "numpy object": objects,
            "numpy object, NaN": with_nan,
            "numpy object, NA": with_na,
            "pandas object": pandas_of(object),
            "pandas str": pandas_of("str"),
            "pandas string": pandas_of("string"),
            "pandas category": pandas_of("category"),
            "pandas arrow": pandas_of(pd.ArrowDtype(pa.string())),
            "polars String": polars_of(pl.String),
            "polars Categorical": polars_of(pl.Categorical),
            "polars Enum": polars_of(pl.Enum(["ä", "c", "unused", "b", "a"])),
            "pyarrow string": arrow_of(pa.string()),
            "pyarrow dictionary": dictionary,
        },
        {"numpy U": numpy_of(str), "numpy StringDType": numpy_of(np.dtypes.StringDType())},
    ),
    "whole numbers": (
        WHOLE,
        {
            "numpy float": numpy_of(float),
            "numpy object": objects,
            "numpy object, NA": with_na,
            "pandas float": pandas_of(float),
            "pandas object": pandas_of(object),
            "pandas Int64": pandas_of("Int64"),
            "pandas Int8": pandas_of("Int8"),
            "pandas arrow": pandas_of(pd.ArrowDtype(pa.int32())),
            "polars Int64": polars_of(pl.Int64),
            "polars Float64, NaN and null": both_missing,
            "pyarrow int16": arrow_of(pa.int16()),
        },
        {
            "numpy int64": numpy_of(np.int64),
            "numpy int8": numpy_of(np.int8),
            "numpy big-endian": numpy_of(">i4"),
            "numpy F order": lambda values: np.asfortranarray(np.array([values]).T),
            "numpy float32": numpy_of(np.float32),
            "pandas int": pandas_of("int32"),
        },
    ),
    "fractions": (
        FRACTIONS,
        {
            "numpy float": numpy_of(float),
            "numpy big-endian": numpy_of(">f8"),
            "numpy object": objects,
            "numpy decimals": lambda values: objects([v and Decimal(v) for v in values]),
            "pandas Float64": pandas_of("Float64"),
            "polars Float64, NaN and null": both_missing,
            "polars Float32": polars_of(pl.Float32),
            "pyarrow double": arrow_of(pa.float64()),
        },
        {"numpy float16": numpy_of(np.float16), "numpy longdouble": numpy_of(np.longdouble)},
    ),
    "booleans": (
        BOOLEANS,
        {
            "numpy object": objects,
            "numpy object, NaN": with_nan,
            "pandas object": pandas_of(object),
            "pandas boolean": pandas_of("boolean"),
            "polars Boolean": polars_of(pl.Boolean),
            "pyarrow bool": arrow_of(pa.bool_()),
        },
        {"numpy bool": numpy_of(bool), "pandas bool": pandas_of(bool)},
    ),
    "moments": (
        (MOMENTS, WHOLE[1]),
        {
            "numpy us": numpy_of("M8[us]"),
            "numpy ns": numpy_of("M8[ns]"),
            "pandas ns": pandas_of("datetime64[ns]"),
            "pandas s": pandas_of("datetime64[s]"),
            "pandas, in a time zone": in_zone,
            "polars ms": polars_of(pl.Datetime("ms")),
            "polars ns": polars_of(pl.Datetime("ns", "UTC")),
            "pyarrow": arrow_of(pa.timestamp("ns")),
        },
        {},
    ),
    "days": (
        (DAYS, WHOLE[1]),
        {
            "numpy D": numpy_of("M8[D]"),
            "pandas s": pandas_of("datetime64[s]"),
            "polars Date": dates_of(polars_of(pl.Date)),
            "pyarrow date32": dates_of(arrow_of(pa.date32())),
        },
        {},
    ),
    "durations": (
        (DURATIONS, WHOLE[1]),
        {
            "numpy us": numpy_of("m8[us]"),
            "numpy s": numpy_of("m8[s]"),
            "pandas ns": pandas_of("timedelta64[ns]"),
            "polars Duration": polars_of(pl.Duration("ms")),
            "pyarrow duration": arrow_of(pa.duration("us")),
        },
        {},
    ),
}

containers = pytest.mark.parametrize(
    ("values", "codes", "make", "reference"),
    [
        pytest.param(values, codes, make, next(iter(holding.values())), id=f"{kind}-{name}")
        for kind, ((values, codes), holding, _) in CASES.items()
        for name, make in holding.items()
    ]
    + [
        pytest.param(
            without_missing(values),
            [code for code, value in zip(codes, values, strict=True) if value is not None],
            make,
            next(iter(holding.values())),
            id=f"{kind}-{name}",
        )
        for kind, ((values, codes), holding, holding_none) in CASES.items()
        for name, make in holding_none.items()
    ],
)


@containers
def test_same_content_same_codes(values, codes, make, reference):
    """Learned from one container, a codebook codes every other."""
    learned, other = ColumnCoder(5), ColumnCoder(5)
    assert learned.fit_encode(make(values)).values.tolist() == [codes]
    assert other.fit_encode(reference(values)).values.tolist() == [codes]
    assert learned.codebooks == other.codebooks
    assert other.encode(make(values)).values.tolist() == [codes]
    book = learned.codebooks[0]
    assert codebook_from_dict(json.loads(json.dumps(book.to_dict()))) == book


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(make, id=name)
        for name, make in {
            "numpy object": objects,
            "numpy float": numpy_of(float),
            "pandas Int64": pandas_of("Int64"),
            "pandas category of Int64": lambda v: pd.DataFrame(
                {"c": pd.Series(v, dtype="Int64").astype("category")}
            ),
            "pandas category of object": pandas_of("category"),
            "polars Int64": polars_of(pl.Int64),
            "pyarrow int64": arrow_of(pa.int64()),
            "pyarrow dictionary": dictionary,
        }.items()
    ],
)
def test_numbers_declared_categories_are_categories(make):
    """What occurs once is pooled, and order and distance mean nothing."""
    X = make([5, 1, None, 5, 7, 1])
    coder = ColumnCoder(5, categorical=np.array([True]))
    assert coder.fit_encode(X).values.tolist() == [[1, 0, 2, 1, 3, 0]]
    assert coder.codebooks == [Categories((1, 5))]
    assert coder.encode(make([1, 2, 5, None])).values.tolist() == [[0, 3, 1, 2]]


@pytest.mark.parametrize(
    "make", [numpy_of("M8[us]"), numpy_of("M8[ns]"), pandas_of("datetime64[ns]"),
             pandas_of("datetime64[s]"), polars_of(pl.Datetime("ms"))],
)  # fmt: skip
def test_dates_declared_categories_are_named_alike(make):
    coder = ColumnCoder(5, categorical=np.array([True]))
    assert coder.fit_encode(make([MOMENT, None, MOMENT, DAYS[1]])).values.tolist() == [[0, 1, 0, 2]]
    assert coder.codebooks == [Categories(("2024-02-29 12:00:00",))]


def test_integer_categories_of_pandas_are_categories_by_their_dtype():
    X = pd.DataFrame({"c": pd.Series([7, 3, 7, 3, 9]).astype("category")})
    coder = ColumnCoder(5)
    assert coder.fit_encode(X).values.tolist() == [[1, 0, 1, 0, 3]]
    assert coder.codebooks == [Categories((3, 7))]


@pytest.mark.parametrize("decided", [None, np.array([False])])
def test_columns_that_are_all_missing_have_one_occupied_cell(decided):
    for X in (
        np.full((4, 1), np.nan),
        objects([None] * 4),
        pd.DataFrame({"c": pd.Series([None] * 4, dtype="Float64")}),
        pl.DataFrame({"c": [None] * 4}),
        pa.table({"c": pa.nulls(4)}),
    ):
        coder = ColumnCoder(3, categorical=decided)
        assert coder.fit_encode(X).values.tolist() == [[1] * 4]
        assert coder.codebooks == [Intervals(())]
    assert ColumnCoder(3).fit_encode(pandas_of("str")([None] * 4)).values.tolist() == [[0] * 4]


@pytest.mark.parametrize("kind", ["numpy", "pandas", "polars", "pyarrow"])
def test_new_data_have_cells_for_the_unseen(kind):
    make = {"numpy": None, "pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}[
        kind
    ]

    def frame(strings, numbers):
        if make is None:
            return np.array([strings, numbers], object).T
        return make({"s": strings, "x": numbers})

    coder = ColumnCoder(4)
    coder.fit_encode(frame(["a", "b"] * 20, [float(i) for i in range(40)]))
    codes = coder.encode(frame(["b", "new", None, "a"], [-1e9, 1e9, None, 9.5]))
    assert codes.values.tolist() == [[1, 3, 2, 0], [0, 3, 4, 1]]
    assert codes.n_levels.tolist() == [4, 5]


# --- What is not taken -----------------------------------------------------------------------


@pytest.mark.parametrize("categorical", [None, np.array([False]), np.array([True])])
@pytest.mark.parametrize("make", [np.array, pd.DataFrame])
def test_complex_numbers_are_refused(make, categorical):
    X = make(np.ones((3, 1)) * 1j)
    with pytest.raises(ValueError, match=r"Complex data not supported: column .*0'? has dtype"):
        open_table(X, categorical).column(0)


@pytest.mark.parametrize("element", [{"a": 1}, [1, 2], np.array([1, 2])])
@pytest.mark.parametrize("categorical", [None, np.array([True])])
def test_unhashable_elements_are_refused(element, categorical):
    X = objects(["a", None, "b", "a"])
    X[2, 0] = element
    with pytest.raises(TypeError, match=r"element of column 0 must be a string.*of type"):
        ColumnCoder(3, categorical=categorical).fit_encode(X)
    with pytest.raises(TypeError, match="argument must be a string or a number"):
        ColumnCoder(3).fit_encode(pd.DataFrame({"c": X[:, 0]}))


def test_other_hashable_objects_are_categories_by_their_names():
    X = objects([(1, 2), None, (1, 2), dt.time(3), dt.time(3), frozenset()])
    coder = ColumnCoder(3)
    assert coder.fit_encode(X).values.tolist() == [[0, 2, 0, 1, 1, 3]]
    assert coder.codebooks == [Categories(("(1, 2)", "03:00:00"))]


@pytest.mark.parametrize("make", [objects, pandas_of("str"), polars_of(pl.String), numpy_of(str)])
def test_strings_that_are_said_to_be_numbers_are_refused(make):
    with pytest.raises(ValueError, match=r"^Column .* does not hold numbers.* 'b' in row 2"):
        ColumnCoder(3, categorical=np.array([False])).fit_encode(make(["1", "2", "b"]))


# --- categorical_features --------------------------------------------------------------------

NAMES = np.array(["a", "b", "c"], object)


@pytest.mark.parametrize(
    ("given", "mask"),
    [
        (None, [0, 0, 0]),
        ([], [0, 0, 0]),
        ([False, True, True], [0, 1, 1]),
        (np.array([True, False, False]), [1, 0, 0]),
        ([0, 2], [1, 0, 1]),
        ((2, 2), [0, 0, 1]),
        (np.array([1], np.uint8), [0, 1, 0]),
        (["c"], [0, 0, 1]),
        (("b", "a"), [1, 1, 0]),
        (np.array(["b"], object), [0, 1, 0]),
        (pd.Index(["a", "c"]), [1, 0, 1]),
    ],
    ids=str,
)
def test_categorical_features_become_a_mask(given, mask):
    resolved = resolve_categorical(given, 3, NAMES)
    assert resolved.dtype == bool
    assert resolved.tolist() == [bool(m) for m in mask]


def test_dtypes_decide_by_default():
    assert resolve_categorical("from_dtype", 3, None) is None


@pytest.mark.parametrize(
    ("given", "names", "message"),
    [
        ([3], None, r"=\[3\] has an index outside of X, which has 3 features. Pass .* from 0 to 2"),
        ([0, -1], NAMES, r"\[0, -1\] has an index outside of X"),
        (["a"], None, r"=\['a'\] are names, but X has no column names. Pass a data frame"),
        (["a", "x", "y"], NAMES, r"does not have: \['x', 'y'\]. The columns of X are \['a', 'b', "),
        (
            [True, False],
            NAMES,
            r"a boolean mask with one entry for each of the 3 features.* got \[T",
        ),
        ([[0, 1]], NAMES, r"must be 'from_dtype', None, .* got \[\[0, 1\]\]"),
        ("a", NAMES, r"must be 'from_dtype', None, .* got 'a'"),
        ([0.5], NAMES, r"must be 'from_dtype', None, .* got \[0.5\]"),
        (1, NAMES, r"must be 'from_dtype', None, .* got 1"),
    ],
    ids=str,
)
def test_other_categorical_features_are_refused(given, names, message):
    with pytest.raises(ValueError, match=r"^categorical_features") as error:
        resolve_categorical(given, 3, names)
    assert error.match(message)


@pytest.mark.parametrize("given", [["x"], [0], [True, False]])
def test_a_mask_decides_column_by_column(given):
    X = pd.DataFrame({"x": [1, 2, 1, 2, 9], "y": [1, 2, 1, 2, 9]})
    mask = resolve_categorical(given, 2, np.asarray(X.columns))
    for data in (X, X.to_numpy(), pl.DataFrame({"x": X["x"].tolist(), "y": X["y"].tolist()})):
        codes = ColumnCoder(5, categorical=mask).fit_encode(data)
        assert codes.values.tolist() == [[0, 1, 0, 1, 3], [0, 1, 0, 1, 2]]


def test_rows_without_weight_are_absent():
    X, frame = np.arange(8.0).reshape(4, 2), pd.DataFrame({"a": [1, 2, 3, 4]})
    weights, array, rows = of_positive_weight(np.array([0.0, 2.0, 0.0, 0.5]), X, frame)
    assert weights.tolist() == [2.0, 0.5]
    assert array.tolist() == [[2.0, 3.0], [6.0, 7.0]]
    assert rows["a"].tolist() == [2, 4]
    for all_there in (None, np.array([1.0, 2.0, 3.0, 0.1])):
        weights, same = of_positive_weight(all_there, X)
        assert weights is all_there
        assert same is X
