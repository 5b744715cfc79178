"""Damaged and hostile files: whatever is changed in them, a ValueError says what, and soon.

Run with ``python -m pytest -m slow tests/validation/test_hostile_files.py -s``. ``HOSTILE_FILES``
in the environment says how many files there are, 2,000 by default.
"""

from __future__ import annotations

import copy
import json
import os
import time
import warnings

import numpy as np
import pandas as pd
import pytest

from sklearn_infotheory.drift import DriftMonitor, DriftReport, KLDriftDetector

pytestmark = pytest.mark.slow

N_FILES = int(os.environ.get("HOSTILE_FILES", 2000))
LONGEST = 0.1  # seconds

HOSTILE = [
    None, True, False, 0, 1, -1, 2, 255, 256, 2**31, 2**32, 2**63, 2**64, 2**70,
    10**400, -(10**400), 50_000_000, 1e9, 1e308, -1e308, 1e-320, 0.5, -0.5, 1.0, "", "x",
    "\x00", "\u00e9\ud800", "a" * 100_000, "1" * 5000, "inf", "NaN", "missing", "other", [], {},
    [[]], [None], [0],
    [1e308, 1e308], [10**400], {"": {}}, {"kind": "numeric", "edges": [1]}, "AAAA",
    "eJwDAAAAAAE=", "|u1", "<f8", "js",
]  # fmt: skip


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def frame(n, seed):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "x": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n)),
            "plan": rng.choice(["basic", "plus", "pro"], n),
            "shop": rng.choice(400, n).astype(str),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 90, n), unit="D"),
        }
    )


def make_files():
    """A profile with everything, a monitor and a report, as what JSON gives."""
    X, Z, rng = frame(2000, 0), frame(150, 1), np.random.default_rng(2)
    weights = rng.exponential(size=2000)
    outputs = pd.DataFrame({"a": rng.integers(0, 3, 2000), "b": rng.normal(size=2000)})
    detector = KLDriftDetector(random_state=0)
    plain = KLDriftDetector(random_state=0).fit(X, rng.choice(300, 2000).astype(str))
    weighted = KLDriftDetector(random_state=0).fit(X, outputs, weights)
    monitor = DriftMonitor(plain)
    for _ in range(3):
        monitor.update(Z)
    labels = rng.choice(300, 150).astype(str)
    files = [
        (KLDriftDetector, plain.to_dict()),
        (KLDriftDetector, weighted.to_dict()),
        (DriftMonitor, monitor.to_dict()),
        (DriftReport, plain.detect(Z, labels).to_dict()),
        (DriftReport, detector.fit(X).detect(Z).to_dict()),
    ]
    return [(cls, json.loads(json.dumps(description))) for cls, description in files]


def places(value, path=()):
    """All places of a description, the whole left out."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, entry in inner:
        yield (*path, key)
        if isinstance(entry, dict | list):
            yield from places(entry, (*path, key))


def _draw_place(all_places, rng):
    """Draw a place; every other time one that is not one of many cells."""
    few, all_of_them = all_places
    among = few if rng.random() < 0.5 else all_of_them
    return among[rng.integers(len(among))]


def mutate(description, all_places, rng):
    """Change, drop, repeat or exchange one to three entries."""
    changed = copy.deepcopy(description)
    for _ in range(rng.integers(1, 4)):
        *folders, last = _draw_place(all_places, rng)
        parent = changed
        try:
            for folder in folders:
                parent = parent[folder]
            old, kind = parent[last], rng.integers(8)
        except (KeyError, IndexError, TypeError):  # an earlier change took it away
            continue
        if kind == 0 and isinstance(parent, dict | list):
            del parent[last]
        elif kind == 1 and isinstance(parent, list):
            parent.insert(last, old)
        elif kind == 2 and isinstance(old, int | float) and not isinstance(old, bool):
            parent[last] = old + [1, -1, 0.5, 1e12][rng.integers(4)]
        elif kind == 3 and isinstance(old, str) and old:
            at = rng.integers(len(old))
            parent[last] = old[:at] + "Az09 =/"[rng.integers(7)] + old[at + 1 :]
        elif kind == 4:
            parent[last] = nested([10, 500, 5000][rng.integers(3)])
        elif not isinstance(parent, str):
            parent[last] = copy.deepcopy(HOSTILE[rng.integers(len(HOSTILE))])
    return changed


def use(restored, Z):
    """Do what is done with such files; whatever was accepted has to work."""
    if isinstance(restored, KLDriftDetector):
        restored.set_params(random_state=None).detect(Z[["x", "plan", "shop", "day"]])
    elif isinstance(restored, DriftMonitor):
        str(restored.update(Z))
    else:
        str(restored), restored.to_html(), restored.to_prometheus(), restored.to_json()


def problem_of(cls, description, Z=None):
    """Return what is wrong with how a description is read, and used if Z is given; and the time."""
    start = time.process_time()
    try:
        restored = cls.from_dict(description)
        elapsed = time.process_time() - start
        if Z is not None:
            use(restored, Z)
    except ValueError as error:
        elapsed = time.process_time() - start
        return ("" if len(str(error)) > 20 else f"says only {error}"), elapsed, False
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}", 0.0, False
    return "", elapsed, True


def test_hostile_files():
    files, Z = make_files(), frame(150, 5)
    all_places = []
    for _, description in files:
        found = list(places(description))
        all_places.append(([place for place in found if len(place) <= 4][:400], found))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        untouched = [problem_of(*file, Z)[::2] for file in files]
    assert untouched == [("", True)] * len(files)
    n_read, slowest, problems = 0, 0.0, []
    for seed in range(N_FILES):
        rng = np.random.default_rng(seed)
        which = rng.integers(len(files))
        cls, description = files[which]
        changed = mutate(description, all_places[which], rng)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Using them takes longer than reading them.
            problem, elapsed, is_read = problem_of(cls, changed, Z if seed % 10 == 0 else None)
        slowest, n_read = max(slowest, elapsed), n_read + is_read
        if problem or (elapsed > LONGEST and seed % 10):
            problems.append(f"seed {seed}, {cls.__name__}: {problem or f'{elapsed:.2f} s'}")
    print(f"\n{N_FILES:,} files, {n_read:,} read without an error; slowest {slowest:.3f} s")
    assert not problems, "\n".join(problems)
    assert n_read < N_FILES / 2


@pytest.mark.parametrize("name", list(KLDriftDetector()._parameter_constraints))
def test_hostile_parameters(name):
    """Parameters are used as they are read; none may make a reader wait or stumble."""
    (cls, description), *_ = make_files()
    for value in [*HOSTILE, nested(500), nested(50_000), [True] * 4, ["x"], [2**70], ["\ud800"]]:
        changed = copy.deepcopy(description)
        changed["parameters"][name] = value
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            problem, elapsed, is_read = problem_of(cls, changed, frame(150, 5))
        assert not problem, (name, repr(value)[:50])
        assert is_read or elapsed < LONGEST, (name, repr(value)[:50])


TEXTS = ["", "{", "[" * 100_000, '{"a":' * 50_000, "1" * 6000, '{"kind": 1e999}', "null", "[]",
         "NaN", '"' + "x" * 10_000_000 + '"', "\ufeff{}", "{}"]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("read", [KLDriftDetector.load_profile, DriftMonitor.load])
def test_hostile_texts(tmp_path, text, read):
    path = tmp_path / "file.json"
    path.write_text(text, encoding="utf-8")
    start = time.process_time()
    with pytest.raises(ValueError, match=r".{20}"):
        read(path)
    with pytest.raises(ValueError, match=r".{20}"):
        DriftReport.from_json(text)
    assert time.process_time() - start < 1.0
