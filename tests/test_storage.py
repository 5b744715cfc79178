"""What is read from JSON is checked, in every door; and what was written before can be read.

The files in ``tests/stored`` were written by the first version that had their schema.
"""

from __future__ import annotations

import copy
import datetime
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from sklearn_infotheory import DriftMonitor, EntropyDiscretizer, KLDriftDetector
from sklearn_infotheory._storage import Damaged, Entry, read_json, reading, write_atomically
from sklearn_infotheory.drift import DriftReport

STORED = Path(__file__).parent / "stored"
DOORS = {
    "discretizer": EntropyDiscretizer,
    "discretizer_merge": EntropyDiscretizer,
    "profile": KLDriftDetector,
    "monitor": DriftMonitor,
    "report": DriftReport,
}
each_door = pytest.mark.parametrize("name", DOORS)
NONSENSE = (None, -1, 0.5, 10**400, float("nan"), True, "nonsense", [], [-1], {}, [[]])
UNREAD = {"unit"}  # of a report: it follows from the base


def stored(name):
    return json.loads((STORED / f"{name}.json").read_text(encoding="utf-8"))


def places(value, path=()):
    """List the ways to all entries, those of the first entries of long lists only."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from places(entry, (*path, key))
    elif isinstance(value, list):
        for i, entry in enumerate(value[:2]):
            yield from places(entry, (*path, i))


def changed(description, path, value="dropped"):
    """Copy a description, with one entry changed or dropped."""
    changed = copy.deepcopy(description)
    *folders, last = path
    entry = changed
    for folder in folders:
        entry = entry[folder]
    if isinstance(value, str) and value == "dropped":
        del entry[last]
    else:
        entry[last] = value
    return changed


@each_door
def test_files_of_the_first_schema_are_read(name):
    description = stored(name)
    restored = DOORS[name].from_dict(description)
    again = restored.to_dict()
    if name in ("profile", "monitor"):  # since then, it says what y held
        profile = again if name == "profile" else again["detector"]
        assert profile["label"].pop("holds") == "value"
        assert profile["parameters"].pop("weight_kind") == "repetitions"
        profile["parameters"].pop("on_error")
    if name == "report":
        assert again.pop("broken") == again.pop("notes") == []
        for feature in (*again["features"], *again["concept"], again["label"]):
            assert feature is None or feature.pop("remark") == ""
        assert [again.pop(name) for name in ("batch", "batch_time", "profile", "version")] == (
            [None] * 4
        )
    if name.startswith("discretizer"):  # so are what values stand for, and fixed ones
        assert again.pop("version") == description.pop("version") + 1
        assert again["parameters"].pop("handle_unknown") == "largest"
        for parameter in ("cuts", "category_groups", "special_values"):
            assert again["parameters"].pop(parameter) is None
        for column in again["columns"]:
            assert (column.pop("value_kind"), column.pop("special")) == ("value", [])
    assert json.loads(json.dumps(again, allow_nan=False)) == description


@each_door
def test_a_missing_key_is_named(name):
    description = stored(name)
    for path in places(description):
        if isinstance(path[-1], str) and path[-1] not in UNREAD:
            with pytest.raises(ValueError, match=rf"{path[-1]}|kind|schema|version"):
                DOORS[name].from_dict(changed(description, path))


# Keys whose value may be another one of the same kind, without a contradiction in the description.
FREE = {
    *("alpha", "base", "tolerance", "n_jobs", "n_permutations", "random_state", "joint", "cv"),
    *("categorical_features", "dtype", "max_bins", "min_samples_bin", "smooth"),  # parameters
    *("feature_names_in", "fitted_on_frame", "name", "names", "values", "categories", "cells"),
    *("cuts", "edges", "counts", "sums", "representatives", "trials", "cost", "level"),
    *("is_exact", "has_target", "pairs", "label", "features", "concept", "reference", "batch"),
    *("drifted", "p_value", "adjusted_p_value", "divergence", "lower", "upper", "change"),
    *("minimal_detectable", "information", "beyond_margins", "n_pairs", "n_reference", "n_batch"),
    *("total", "before", "starts", "log_e", "best", "alarm_since"),
}


def error_of(name, description):
    """Return the message of the ValueError, None if there is none; let other errors out."""
    try:
        restored = DOORS[name].from_dict(description)
    except ValueError as error:
        return str(error)
    json.dumps(restored.to_dict(), allow_nan=False)
    return None


@each_door
def test_nonsense_is_refused(name):
    """Nothing of another kind is believed, and no error is a bare KeyError or TypeError."""
    description, believed = stored(name), []
    for path in places(description):
        for value in NONSENSE:
            message = error_of(name, changed(description, path, value))
            if message is None:
                believed.append((path, value))
            else:
                assert message.startswith(("The ", "This is no"))
    keys = {[key for key in path if isinstance(key, str)][-1] for path, _ in believed}
    assert keys - FREE - UNREAD == set()


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (
            ["parameters", "criterion"],
            "nonsense",
            "The 'criterion' parameter of EntropyDiscretizer",
        ),
        (["parameters", "dtype"], "complex64", "parameters.dtype is 'complex64', not one of"),
        (["parameters", "colour"], 1, "parameters has 'colour', which EntropyDiscretizer does not"),
        (["n_features_in"], 10**12, r"names_in has 3 names where 1000000000000 belong"),
        (["columns", 0, "counts", 0, 0], -1, r"columns\[0\].counts\[0\]\[0\] is -1, not a finite"),
        (["columns", 0, "cells", "cuts"], [2.0, 1.0], r"columns\[0\].cells.cuts is not ascending"),
        (["columns", 0, "cells", "cuts"], [1.0, 1.0], r"1 follows 1 at \[1\]"),
        (
            ["columns", 0, "missing_code"],
            99,
            r"columns\[0\].missing_code is 99, not a whole number",
        ),
        (["columns", 0, "sums"], [1, 2, 3], "not what belongs to the kind of the target"),
        (["columns", 1, "cells", "order"], [0, 0], "does not have every category once"),
        (["columns", 1, "cells", "other_bin"], 7, "other_bin is 7, not a whole number"),
        (["columns", 1, "cells", "categories"], ["a", "a"], "has the same category twice"),
        (["classes", "dtype"], "<U99999999", "not the type of labels, numbers or dates"),
        (["classes", "dtype"], "no type", "not a type of numpy"),
        (["classes", "values"], ["a", "b", "c"], "has 3 by 2 counts where 3 by 3|by"),
        (["feature_names_in"], ["a", "a", "b"], "feature_names_in has the same name twice"),
        (["target_kind"], "ranks", "target_kind is 'ranks', not one of classes"),
        (["version"], 3, "has version 3, and this version reads version 2. Update"),
    ],
)
def test_damaged_descriptions_of_a_discretizer(path, value, problem):
    with pytest.raises(ValueError, match=problem):
        EntropyDiscretizer.from_dict(changed(stored("discretizer"), path, value))


def test_a_type_that_cannot_hold_the_encoding_is_refused():
    description = changed(stored("discretizer"), ["parameters", "dtype"], "int64")
    EntropyDiscretizer.from_dict(description)
    with pytest.raises(ValueError, match="dtype=int64 cannot hold encode='woe'"):
        EntropyDiscretizer.from_dict(changed(description, ["parameters", "encode"], "woe"))


@pytest.mark.parametrize("what", [None, 3, "text", [], float("nan")])
@each_door
def test_what_is_no_description(name, what):
    with pytest.raises(ValueError, match="This is no"):
        DOORS[name].from_dict(what)


def test_entries_say_where_they_stand():
    entry = Entry({"a": [1, {"b": "x"}]})
    problem = r"^It is damaged: a\[1\].b is 'x', not true or false. Mend it.$"
    with pytest.raises(ValueError, match=problem), reading("It", "Mend it."):
        entry["a"].parts()[1]["b"].flag()
    with pytest.raises(ValueError, match=r"it has no 'a\.b'"):
        Entry({"a": {}})["a"]["b"]
    assert Entry({}).get("a", 3).value == 3


def test_files_that_are_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr("sklearn_infotheory._storage._MOST_BYTES", 3)
    (tmp_path / "x.json").write_text("[1,2,3]")
    with pytest.raises(ValueError, match="has 7 bytes, more than any profile has"):
        read_json(tmp_path / "x.json", "profile", "save_profile")


def test_what_a_killed_writer_left_is_removed(tmp_path):
    """And neither what another one may be writing, nor the files of others."""
    file = tmp_path / "profile.json"
    code = (
        "import os, signal, sklearn_infotheory._storage as s\n"
        "s.os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"s.write_atomically({str(file)!r}, 'text')"
    )
    killed = subprocess.run([sys.executable, "-c", code], check=False)
    assert killed.returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    write_atomically(file, "new")
    assert left.exists()  # its writer might be alive
    long_ago = time.time() - 7200
    others = [tmp_path / name for name in (".profile.json.bak", ".other.json.0123456789abcdef")]
    for other in others:
        other.write_text("kept")
    for old in (left, *others):
        os.utime(old, (long_ago, long_ago))
    write_atomically(file, "newer")
    assert file.read_text() == "newer"
    assert sorted(tmp_path.iterdir()) == sorted([file, *others])


@pytest.mark.parametrize(
    "classes",
    [
        np.array(["a", "b"]),
        np.array([b"a", b"b"]),
        np.array(["a", "b"], dtype=object),
        np.array([False, True]),
        np.array([3, 7], dtype=np.uint8),
        np.array([3.0, 7.0]),
        np.array(["2024-01-01", "2024-01-02"], dtype="M8[D]"),
        np.array([1, 2], dtype="m8[h]"),
        np.array([datetime.date(2024, 1, 1), datetime.date(2024, 1, 2)]),
        np.array([1, "a"], dtype=object),
    ],
    ids=str,
)
def test_classes_of_any_type_are_kept(classes):
    """As they are, or by their names if JSON has no such values."""
    X = np.arange(40.0)[:, None]
    discretizer = EntropyDiscretizer(encode="target_mean").fit(X, classes.repeat(20))
    text = json.dumps(discretizer.to_dict(), allow_nan=False)
    restored = EntropyDiscretizer.from_dict(json.loads(text))
    assert restored.classes_.tolist() in (classes.tolist(), list(map(str, classes)))
    assert restored.classes_.dtype == classes.dtype
    assert restored.get_feature_names_out().tolist() == discretizer.get_feature_names_out().tolist()
    np.testing.assert_array_equal(restored.transform(X), discretizer.transform(X))


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "drift"])
def test_a_report_of_text_that_is_no_json(text):
    with pytest.raises(ValueError, match=r"The text is not valid JSON .* so it is no report"):
        DriftReport.from_json(text)


def test_numbers_are_looked_at_before_room_is_made_for_them():
    long = Entry([1.0, "a" * 100_000] * 1000, "counts")
    for entry in (long, Entry([[1, 2], ["x", 3]], "counts"), Entry([True, 1], "counts")):
        with pytest.raises(Damaged, match=r"counts is .*, not a list of numbers"):
            entry.numbers(*([2, 2] if entry.value[0] == [1, 2] else []))
    with pytest.raises(Damaged, match="not a list of finite numbers"):
        Entry([10**400], "counts").numbers()
    np.testing.assert_array_equal(Entry([[1, 2], [3, 4]]).numbers(2, 2), [[1, 2], [3, 4]])
    with pytest.raises(Damaged, match="not a"):
        Entry([[1, 2], [3]], "counts").numbers(2, 2)


@pytest.mark.parametrize(
    ("name", "value"),
    [("n_permutations", 10**9), ("n_jobs", 10**6), ("tolerance", 10**400), ("alpha", 10**400)],
)
def test_parameters_of_a_file_keep_nobody_waiting(name, value):
    description = stored("profile")
    description["parameters"][name] = value
    with pytest.raises(ValueError, match=name):
        DOORS["profile"].from_dict(description)
