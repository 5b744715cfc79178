"""Profiles: they travel, add up, and are never half written or believed if damaged."""

from __future__ import annotations

import copy
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from drift.data import mixed, normal

from sklearn_infotheory._storage import finite, write_atomically
from sklearn_infotheory.drift import KLDriftDetector

REFERENCE, Y = mixed(3000)
BATCH, Y_BATCH = mixed(200, seed=1)
DETECTOR = KLDriftDetector(random_state=0, base=2, alpha=0.01).fit(REFERENCE, Y)


def test_round_trip(tmp_path):
    file = tmp_path / "profile.json"
    DETECTOR.save_profile(file)
    restored = KLDriftDetector.load_profile(str(file))
    assert restored.get_params() == DETECTOR.get_params()
    assert restored.detect(BATCH, Y_BATCH) == DETECTOR.detect(BATCH, Y_BATCH)
    assert restored.to_dict() == DETECTOR.to_dict()
    assert restored.feature_names_in_.tolist() == list(REFERENCE)
    pd.testing.assert_frame_equal(restored.transform(BATCH), BATCH)
    more, other = mixed(500, seed=2)
    assert restored.partial_fit(more, other).n_samples_seen_ == 3500


@pytest.mark.parametrize("weights", [None, np.random.default_rng(0).exponential(size=3000)])
@pytest.mark.parametrize("joint", ["pairs", None])
def test_round_trip_of_arrays_and_weights(joint, weights):
    X = normal(3000)
    detector = KLDriftDetector(joint=joint, random_state=np.random.RandomState(3))
    detector.fit(X, sample_weight=weights)
    restored = KLDriftDetector.from_dict(json.loads(json.dumps(detector.to_dict())))
    assert restored.detect(X[:100]) == detector.detect(X[:100])
    assert restored.get_feature_names_out().tolist() == ["x0", "x1", "x2"]


def test_profile_holds_no_rows_and_is_small(tmp_path):
    X = normal(20_000, 20)
    sizes = {}
    for joint in ("pairs", None):
        KLDriftDetector(joint=joint).fit(X).save_profile(tmp_path / "profile.json")
        sizes[joint] = os.path.getsize(tmp_path / "profile.json")
    assert sizes[None] < 20 * 1_500  # half of it for the values that may repeat
    assert sizes["pairs"] < sizes[None] + 10_000


def test_generators_are_not_kept_but_their_draws_are():
    detector = KLDriftDetector(random_state=np.random.RandomState(7)).fit(REFERENCE)
    restored = KLDriftDetector.from_dict(detector.to_dict())
    assert restored.random_state is None
    assert restored.detect(BATCH) == detector.detect(BATCH)


def test_partial_fit_adds_up():
    parts = KLDriftDetector(random_state=0).partial_fit(REFERENCE[:1000], Y[:1000])
    edges = parts.to_dict()["columns"][0]["codebook"]
    parts.partial_fit(REFERENCE[1000:], Y[1000:])
    assert parts.to_dict()["columns"][0]["codebook"] == edges
    assert parts.n_samples_seen_ == 3000
    first = KLDriftDetector(random_state=0).fit(REFERENCE[:1000], Y[:1000])
    other = first.without_counts().partial_fit(REFERENCE[1000:], Y[1000:])
    assert other.n_samples_seen_ == 2000
    merged = first.merge(other)
    assert merged is first
    assert merged.to_dict() == parts.to_dict()


def test_merging_equals_fitting_on_both():
    integers = pd.DataFrame({"a": np.arange(2000) % 7, "b": np.arange(2000) % 3})
    codes = KLDriftDetector(random_state=0).fit(integers)
    half = codes.without_counts().partial_fit(integers[:900])
    half.merge(codes.without_counts().partial_fit(integers[900:]))
    assert half.to_dict() == codes.to_dict()


def test_merging_row_samples():
    X = normal(4000)
    first = KLDriftDetector(joint="classifier", random_state=0).fit(X)
    second = first.without_counts().partial_fit(normal(4000, seed=1))
    merged = first.merge(second)
    assert len(merged._rows.keys) == 5000
    assert not merged.detect(normal(400, seed=2)).drifted


def test_profiles_that_do_not_go_together():
    for other in (
        KLDriftDetector(n_bins=5).fit(REFERENCE, Y),
        KLDriftDetector().fit(REFERENCE),
        KLDriftDetector().fit(REFERENCE.rename(columns={"plan": "tariff"}), Y),
    ):
        with pytest.raises(ValueError, match="only if their columns and cells are the same"):
            KLDriftDetector.from_dict(DETECTOR.to_dict()).merge(other)
    with pytest.raises(ValueError, match="has no samples yet"):
        DETECTOR.without_counts().detect(BATCH)


def test_a_profile_cannot_serve_a_classifier():
    detector = KLDriftDetector(joint="classifier").fit(REFERENCE)
    restored = KLDriftDetector.from_dict(detector.to_dict())
    with pytest.raises(ValueError, match="a profile has none"):
        restored.detect(BATCH)
    assert restored.set_params(joint=None).detect(BATCH).joint is None


def _change(path, value):
    """Return a profile in which one entry is another; None removes it."""
    profile = copy.deepcopy(DETECTOR.to_dict())
    *folders, last = path
    entry = profile
    for folder in folders:
        entry = entry[folder]
    if value is None:
        del entry[last]
    else:
        entry[last] = value
    return profile


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (["kind"], "sklearn_infotheory.Other", "no profile of a KLDriftDetector"),
        (["schema"], 2, "has schema 2, and this version reads schema 1. Update"),
        (["schema"], "x", "Fit the reference again"),
        (["parameters"], None, "damaged: it has no 'parameters'"),
        (["parameters", "alpha"], 5, "damaged: The 'alpha' parameter"),
        (["parameters", "beta"], 5, "damaged"),
        (["columns"], [], "damaged: it has 0 columns, not 5"),
        (["columns", 0, "counts", 0], -1, r"columns\[0\].counts\[0\] is -1, not a finite"),
        (["columns", 0, "counts", 0], "many", "damaged"),
        (["columns", 0, "counts", 0], 7_000, "counts sum to"),
        (["columns", 0, "counts"], [1, 2], "counts has 2 counts where 13 belong"),
        (["columns", 0, "codebook", "edges", 0], 1e300, r"edges is not ascending: .* at \[1\]"),
        (["columns", 0, "codebook", "kind"], "magic", "damaged"),
        (["columns", 0, "coarse"], [0], "coarse cells do not fit"),
        (
            ["columns", 2, "codebook", "categories"],
            list(range(999)),
            "has 999 categories, more than 254",
        ),
        (["pairs", "packed"], "", "0 bytes of packed counts"),
        (["pairs", "packed"], "AAAA", "cannot be read"),
        (["pairs", "dtype"], "O", "is 'O', not one of"),
        (["label", "counts"], [1], "label.counts has 1 counts where 5 belong"),
        (["label", "tables"], None, "damaged"),
        (["seed"], "7", "seed is '7', not a whole number of at least 0"),
        (["n_samples"], "all", "damaged"),
    ],
)
def test_damaged_profiles(path, value, problem):
    with pytest.raises(ValueError, match=problem):
        KLDriftDetector.from_dict(_change(path, value))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty, so it is no profile"),
        (b"{}", "its kind is None"),
        (b"[1, 2]", "its kind is 'list'"),
        (b"a,b\n1,2\n", "is not valid JSON"),
        (b"\xff\xfe\x00", "is not valid JSON"),
        (b"[" * 100_000, "is not valid JSON"),
        (json.dumps(DETECTOR.to_dict()).encode()[:-100], "is not valid JSON"),
    ],
)
def test_foreign_files(tmp_path, content, problem):
    file = tmp_path / "profile.json"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=problem):
        KLDriftDetector.load_profile(file)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        KLDriftDetector.load_profile(tmp_path / "none.json")


def test_a_bomb_is_not_unpacked():
    import base64
    import zlib

    bomb = base64.b64encode(zlib.compress(bytes(50_000_000), 9)).decode()
    with pytest.raises(ValueError, match="bytes of packed counts stand where"):
        KLDriftDetector.from_dict(_change(["pairs", "packed"], bomb))


def test_two_writers_never_leave_half_a_file(tmp_path):
    file = tmp_path / "profile.json"
    texts = [letter * 200_000 for letter in "ab"]
    write_atomically(file, texts[0])
    stop, seen = threading.Event(), set()

    def read():
        while not stop.is_set():
            seen.add(file.read_text())

    def write(text):
        for _ in range(20):
            write_atomically(file, text)

    reader = threading.Thread(target=read)
    reader.start()
    writers = [threading.Thread(target=write, args=(text,)) for text in texts]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    stop.set()
    reader.join()
    assert seen <= set(texts)
    assert os.listdir(tmp_path) == ["profile.json"]


def test_a_failed_write_leaves_the_old_file(tmp_path):
    file = tmp_path / "profile.json"
    write_atomically(file, "old")
    file.chmod(0o640)
    with pytest.raises(UnicodeEncodeError):
        write_atomically(file, "half \ud800")
    assert file.read_text() == "old"
    assert os.listdir(tmp_path) == ["profile.json"]
    write_atomically(file, "new")
    assert file.stat().st_mode & 0o777 == 0o640


def test_finite():
    made = finite({"a": np.array([1.0, np.nan, np.inf]), "b": (np.float64(0.5), np.int64(3), True)})
    assert made == {"a": [1, None, None], "b": [0.5, 3, True]}
    assert json.dumps(made, allow_nan=False)


def test_devices_and_pipes_are_not_replaced(tmp_path):
    write_atomically(os.devnull, "text")
    assert not os.path.isfile(os.devnull)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        read = pool.submit(pipe.read_text)
        write_atomically(pipe, "text")
        assert read.result(timeout=10) == "text"
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_negative_zero_survives_the_file():
    X = pd.DataFrame({"x": np.linspace(-1, 1, 401)})  # the median, a cut point, is 0
    X.loc[200, "x"] = -0.0
    detector = KLDriftDetector(n_bins=2, random_state=0).fit(X)
    restored = KLDriftDetector.from_dict(json.loads(json.dumps(detector.to_dict())))
    report = detector.detect(X[:30])
    assert "> 0" in report.features[0].cells
    assert restored.detect(X[:30]) == report


@pytest.mark.parametrize("holds", ["text", None, 3, ["date"]])
def test_profile_of_columns_that_hold_anything_else(holds):
    description = KLDriftDetector(random_state=0).fit(pd.DataFrame({"x": range(50)})).to_dict()
    description["columns"][0]["holds"] = holds
    with pytest.raises(
        ValueError, match=r"profile is damaged: columns\[0\].holds is .*, not one of value, date"
    ):
        KLDriftDetector.from_dict(description)
