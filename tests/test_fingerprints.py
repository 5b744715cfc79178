"""The script that records what the package gives, and compares two records."""

import copy
import re
import warnings
from pathlib import Path

import fingerprints
import numpy as np
import pandas as pd
import pytest
from fingerprints import (
    DOORS,
    Change,
    Key,
    Record,
    Table,
    Text,
    fingerprint,
    largest_difference,
    main,
    make_table,
    run_case,
)
from scipy.sparse import csr_matrix

FLOATS = np.linspace(0.1, 1.0, 10)
VALUES = {
    "float": 0.1,
    "integer": 3,
    "text": "x <= 0.5",
    "text with numbers": Text("CASE WHEN x <= 0.25 THEN 1"),
    "none": None,
    "floats": FLOATS,
    "not finite": np.array([np.nan, np.inf, -np.inf, 1.0]),
    "integers": np.arange(5),
    "flags": np.array([True, False]),
    "objects": np.array([None, (0.5, "a"), FLOATS], dtype=object),
    "fields": np.array([(1, 0.5)], dtype=[("feature", int), ("score", float)]),
    "frame": pd.DataFrame({"a": [1.0, np.nan], "b": ["x", None], "c": pd.Categorical(["u", "v"])}),
    "sparse": csr_matrix(np.eye(3)),
    "nested": {"b": [1, 2.5, None], "a": {"c": "text", "d": [True]}},
    "many": np.random.default_rng(0).normal(size=(60, 100)),
}

CHANGES = {
    "type": (np.arange(3), np.arange(3.0)),
    "precision": (FLOATS, FLOATS.astype(np.float32)),
    "shape": (FLOATS, FLOATS.reshape(2, 5)),
    "one float": (FLOATS, FLOATS + np.eye(10)[3] * 1e-15),
    "missing": (np.array([1.0, np.nan]), np.array([np.nan, 1.0])),
    "sign of infinity": (np.array([np.inf]), np.array([-np.inf])),
    "order": ([1, 2], [2, 1]),
    "name of a column": (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})),
    "category": (pd.Series(["a"], dtype="category"), pd.Series(["b"], dtype="category")),
    "key": ({"a": 1}, {"b": 1}),
    "flag": ({"drifted": True}, {"drifted": False}),
    "number or none": ({"p": 1.0}, {"p": None}),
    "words": (Text("bin 1 of 3"), Text("box 1 of 3")),
}


@pytest.fixture
def table():
    random = np.random.default_rng(0)
    y = np.arange(120) % 3
    frame = pd.DataFrame({"signal": y + random.normal(size=120), "noise": random.normal(size=120)})
    frame["letter"] = np.where(random.random(120) < 0.1, None, random.choice(list("abc"), 120))
    return make_table("tiny", frame.assign(target=y), "target")


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_the_same_value_has_the_same_fingerprint(value):
    assert fingerprint(copy.deepcopy(value)) == fingerprint(value)


@pytest.mark.parametrize(("before", "after"), CHANGES.values(), ids=CHANGES)
def test_every_change_is_seen(before, after):
    assert fingerprint(before)["hash"] != fingerprint(after)["hash"]


def test_some_things_do_not_count():
    """The order in memory, that of keys, the bits of a NaN, and how a whole number is written."""
    square = FLOATS[:9].reshape(3, 3)
    assert fingerprint(square) == fingerprint(np.asfortranarray(square))
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1.0}) | {"show": ""}
    assert fingerprint(np.array([np.nan]))["hash"] == fingerprint(-np.array([np.nan]))["hash"]


@pytest.mark.parametrize("size", [1e-15, 1e-9, 0.5])
@pytest.mark.parametrize("name", ["float", "floats", "text with numbers", "fields", "nested"])
def test_differences_are_relative(name, size):
    def scaled(value):
        if isinstance(value, Text):
            return Text(value.replace("0.25", repr(0.25 * (1 + size))))
        if isinstance(value, dict):
            return value | {"b": [1, 2.5 * (1 + size), None]}
        if getattr(value, "dtype", None) is not None and value.dtype.names:
            value = value.copy()
            value["score"] *= 1 + size
            return value
        return value * (1 + size)

    found = largest_difference(fingerprint(VALUES[name]), fingerprint(scaled(VALUES[name])))
    assert found == pytest.approx(size / (1 + size), rel=1e-3, abs=3e-16)


def test_a_difference_in_a_long_array_is_not_lost():
    before = VALUES["many"]
    after = before.copy()
    after[30, 50] *= 1 + 1e-6
    found = largest_difference(fingerprint(before), fingerprint(after))
    assert 1e-12 < found < 1e-4
    assert largest_difference(fingerprint(before), fingerprint(before)) == 0


@pytest.mark.parametrize("name", ["integers", "flags", "text", "none"])
def test_other_differences_are_infinite(name):
    assert largest_difference(fingerprint(VALUES[name]), fingerprint("else")) == np.inf


def test_errors_and_warnings_are_values():
    def fail():
        warnings.warn("small sample", UserWarning, stacklevel=2)
        warnings.warn("will go", FutureWarning, stacklevel=2)
        raise ValueError("no data")

    found = run_case(fail)
    assert found["error"]["show"] == "ValueError: no data"
    assert found["warnings"]["show"] == "['UserWarning: small sample']"


def test_tables_have_both_targets():
    rows = np.arange(5000)
    frame = pd.DataFrame({"a": rows % 7, "b": rows / 3, "c": rows % 5, "y": 1})
    table = make_table("tiny", frame, "y")
    assert len(table.X) == fingerprints.MOST_ROWS
    assert list(table.X) == ["a", "c"]
    assert table.targets == ["labels", "amounts"]
    assert make_table("tiny", frame, "b").labels.nunique() == 3


@pytest.mark.parametrize("door", DOORS)
def test_each_door_gives_the_same_twice(door, table):
    for _, (words, run) in zip(range(3), DOORS[door](table), strict=False):
        found = run_case(run)
        assert "error" not in found, (words, found["error"]["show"])
        assert found == run_case(run)


def test_records_are_written_and_compared(tmp_path, capsys):
    paths = [str(tmp_path / f"{name}.json.gz") for name in ("before", "after")]
    for path in paths:
        assert main(["record", path, "--sets", "iris", "--doors", "data,measures"]) == 0
    assert "sklearn_infotheory from" in capsys.readouterr().out
    assert main(["compare", *paths]) == 0
    assert "       0 with floats that differ by more" in capsys.readouterr().out

    record = Record.load(paths[1])
    words, values = next(iter(record.entries["iris"]["measures"].items()))
    values["value"] = len(record.values)
    record.values.append(fingerprint(0.1))
    record.entries["iris"]["measures"][words]["extra"] = 0
    record.save(paths[1])
    assert main(["compare", *paths]) == 1
    out = capsys.readouterr().out
    assert re.search(r"measures value: 1 differ", out)
    assert "new: measures extra, 1 times" in out


def test_a_changed_attribute_is_found(table):
    def run(n_bins):
        selector = fingerprints.select(table, "labels", n_features_to_select=2, n_bins=n_bins)
        return {name: fingerprint(value) for name, value in selector.items()}

    before, after = run(3), run(4)
    assert before == run(3)
    assert before["relevance_"]["hash"] != after["relevance_"]["hash"]
    assert 1e-3 < largest_difference(before["relevance_"], after["relevance_"]) < 1


def test_a_decision_is_told_from_a_number():
    before, after = fingerprint(np.array([3, 5])), fingerprint(np.array([3, 7]))
    for attribute in ("selected_", "scores_"):
        key = Key("selector", "iris", "", attribute)
        change = Change(key, largest_difference(before, after), False, before, after)
        assert change.is_other
        assert change.is_decision == (attribute == "selected_")


def test_missing_data_are_skipped(monkeypatch):
    monkeypatch.setattr(fingerprints, "FOLDER", Path("no such folder"))
    fingerprints.catalog.cache_clear()
    assert fingerprints.catalog() == {}
    fingerprints.catalog.cache_clear()


def test_small_parts_keep_their_targets(table):
    assert isinstance(table.small, Table)
    assert len(table.part(10, 1).labels) == 10
    assert table.part(10, 1).X.shape == (10, 1)
