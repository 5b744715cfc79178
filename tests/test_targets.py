"""y means the same in every door: dates are numbers, several outputs are one joint label."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from sklearn_infotheory import EntropyDiscretizer, KLDriftDetector, MutualInfoSelector
from sklearn_infotheory.drift._kl_drift_detector import profile_of
from sklearn_infotheory.estimation import estimate_mutual_information
from sklearn_infotheory.feature_selection import mutual_info

rng = np.random.default_rng(0)
N = 300
X = rng.normal(size=(N, 2))
MINUTES = (X[:, 0] * 1000 + rng.normal(size=N) * 300).astype(int)
MOMENTS = np.datetime64("2024-01-01T00:00:00") + MINUTES.astype("m8[m]")
SERIES = pd.Series(MOMENTS)
DATES = {
    "datetime64[s]": MOMENTS,
    "datetime64[ns]": MOMENTS.astype("M8[ns]"),
    "series": SERIES,
    "series of a time zone": SERIES.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"),
    "frame": SERIES.to_frame("y"),
    "objects": np.array(SERIES.dt.to_pydatetime(), dtype=object),
    "list": list(SERIES.dt.to_pydatetime()),
    "list of timestamps": list(SERIES),
    "frame of objects": pd.DataFrame({"y": SERIES.astype(object)}),
    "polars series": pl.Series(MOMENTS.astype("M8[us]")),
    "polars frame": pl.DataFrame({"y": MOMENTS.astype("M8[us]")}),
    "arrow table": pa.table({"y": MOMENTS.astype("M8[us]")}),
}
DURATIONS = {
    "timedelta64[m]": MINUTES.astype("m8[m]"),
    "series": pd.Series(MINUTES.astype("m8[m]").astype("m8[ns]")),
    "list": list(MINUTES.astype("m8[m]").astype(object)),
}
DOORS = {
    "binned": lambda y: mutual_info(X, y),
    "gaussian": lambda y: mutual_info(X, y, method="gaussian"),
    "knn": lambda y: mutual_info(X, y, method="knn"),
    "selector": lambda y: MutualInfoSelector(2).fit(X, y).scores_,
    "discretizer": lambda y: EntropyDiscretizer(encode="target_mean").fit(X, y).transform(X),
    "drift": lambda y: profile_of(KLDriftDetector(random_state=0).fit(X, y)).counts.concept,
    "estimate": lambda y: estimate_mutual_information(X[:, 0], y).value,
}
each_door = pytest.mark.parametrize("door", DOORS)


@each_door
@pytest.mark.parametrize("form", DATES)
@pytest.mark.filterwarnings("ignore:A column-vector y")  # as scikit-learn's estimators warn
def test_dates_are_numbers_of_microseconds(door, form):
    numbers = MOMENTS.astype("M8[us]").astype(float)
    np.testing.assert_array_equal(DOORS[door](DATES[form]), DOORS[door](numbers))


@each_door
@pytest.mark.parametrize("form", DURATIONS)
def test_durations_are_numbers_of_microseconds(door, form):
    np.testing.assert_array_equal(DOORS[door](DURATIONS[form]), DOORS[door](MINUTES * 6e7))


@each_door
@pytest.mark.parametrize("days", ["datetime64[D]", "objects"])
def test_few_days_are_classes_like_few_whole_numbers(door, days):
    few = MOMENTS.astype("M8[D]")
    y = few if days == "datetime64[D]" else list(few.astype(object))
    np.testing.assert_array_equal(DOORS[door](y), DOORS[door](few.astype("M8[us]").astype(float)))


@each_door
def test_missing_dates_are_refused_or_missing(door):
    y = MOMENTS.copy()
    y[3] = "NaT"
    if door == "estimate":  # where a missing value is a value of its own
        assert np.isfinite(DOORS[door](y))
        return
    for form in (y, pd.Series(y), list(pd.Series(y))):
        with pytest.raises(ValueError, match="contains NaN"):
            DOORS[door](form)


# --- Several outputs -------------------------------------------------------------------------

LABELS = rng.integers(0, 3, (N, 2))
JOINT = [door for door in DOORS if door != "discretizer"]


@pytest.mark.parametrize("door", JOINT)
@pytest.mark.parametrize(
    "make",
    [
        lambda y: y.astype(float),
        lambda y: y.astype(np.uint8),
        lambda y: y.astype(object),
        lambda y: y.tolist(),
        lambda y: pd.DataFrame(y),
        lambda y: pd.DataFrame({"a": y[:, 0], "b": y[:, 1].astype(float)}),
        lambda y: pl.DataFrame(y, schema=["a", "b"]),
    ],
)
def test_equal_labels_of_any_type_are_equal(door, make):
    np.testing.assert_array_equal(DOORS[door](make(LABELS)), DOORS[door](LABELS))


@pytest.mark.parametrize("door", ["binned", "selector", "drift"])
def test_names_of_outputs_play_no_part(door):
    same = pd.DataFrame(LABELS, columns=["same", "same"])
    np.testing.assert_array_equal(DOORS[door](same), DOORS[door](LABELS))
    mixed = same.astype({"same": object})
    np.testing.assert_array_equal(DOORS[door](mixed), DOORS[door](LABELS))


@pytest.mark.parametrize("door", ["binned", "gaussian", "knn", "selector", "estimate"])
def test_labels_are_joined_by_their_codes(door):
    """Also where text holds what might separate the outputs."""
    texts = np.array(["a", "a, b", "b, c", "c"], dtype=object)
    codes = rng.integers(0, 4, (N, 2))
    joint = codes @ [4, 1]
    found = DOORS[door](texts[codes])
    np.testing.assert_allclose(found, DOORS[door](joint), atol=1e-12)
    assert len(set(map(", ".join, texts[codes].tolist()))) < len(set(joint.tolist()))


def test_drift_joins_labels_by_their_codes():
    one, two = np.array([["a, b", "c"]] * 200), np.array([["a", "b, c"]] * 200)
    detector = KLDriftDetector(random_state=0).fit(X[:200], np.vstack([one[:199], two[:1]]))
    report = detector.detect(X[:20], two[:20])
    assert report.label.drifted
    assert report.label.cells == ("('a, b', 'c')", "other")
    assert not detector.detect(X[:20], one[:20]).label.drifted


def test_lists_keep_numbers_and_text_apart():
    mixed = [[1, "x"] if i % 2 else ["1", "x"] for i in range(N)]
    relevance = DOORS["binned"](mixed)[0]
    np.testing.assert_array_equal(relevance, DOORS["binned"](np.arange(N) % 2)[0])
    outputs = [[0.5 * i, "x" if i % 2 else "y"] for i in range(N)]  # numbers, and classes
    detector = KLDriftDetector().fit(X, outputs)
    assert len(profile_of(detector).target.combinations) == 20


@pytest.mark.parametrize("integers", [True, False])
def test_drift_of_equal_outputs_of_another_type_is_none(integers):
    large = rng.integers(0, 3, (5000, 2))
    reference, batch = (large, large[:400].astype(float))
    if not integers:
        reference, batch = large.astype(float), large[:400]
    detector = KLDriftDetector(random_state=0).fit(rng.normal(size=(5000, 1)), reference)
    report = detector.detect(rng.normal(size=(400, 1)), batch)
    assert report.label.p_value > 0.01
    assert report.label.batch[-1] == 0


@pytest.mark.parametrize("n_outputs", [2, 3, 5])
def test_drift_of_continuous_outputs_is_found_and_not_imagined(n_outputs):
    outputs = rng.normal(size=(5400, n_outputs))
    detector = KLDriftDetector(random_state=0, joint=None).fit(X[:1].repeat(5000, 0), outputs[400:])
    batch = X[:1].repeat(400, 0)
    assert detector.detect(batch, outputs[:400]).label.p_value > 0.001
    for shift in (0.5, 5.0, 500.0):
        assert detector.detect(batch, outputs[:400] + shift).label.p_value < 1e-6
    turned = outputs[:400].copy()
    turned[:, 1] = turned[:, 0]  # the same margins, together another distribution
    assert detector.detect(batch, turned).label.p_value < 1e-6


def test_drift_of_outputs_of_several_kinds():
    frame = pd.DataFrame({"a": rng.choice(["u", "v"], 3000), "b": rng.normal(size=3000)})
    frame["c"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(frame["b"] * 9, unit="D")
    detector = KLDriftDetector(random_state=0).fit(X[:1].repeat(3000, 0), frame)
    cells = detector.detect(X[:200], frame[:200]).label.cells
    assert cells[0].startswith("('u', (-inf, ")
    assert "(-inf, 2023-12-" in cells[0]
    assert detector.detect(
        X[:200], frame[:200].assign(c=frame["c"] + pd.Timedelta("9D"))
    ).label.drifted
    restored = KLDriftDetector.from_dict(detector.to_dict())
    assert restored.detect(X[:200], frame[:200]) == detector.detect(X[:200], frame[:200])


@pytest.mark.parametrize(
    ("reference", "batch", "problem"),
    [
        (LABELS, LABELS[:, 0], "y had 2 outputs in the reference, and now has 1 output"),
        (LABELS[:, 0], LABELS, "y had 1 output in the reference, and now has 2 outputs"),
        (MOMENTS, MINUTES, "y held dates in the reference, and now holds numbers or categories"),
        (list(SERIES), MINUTES * 0.5, "y held dates in the reference, and now holds numbers"),
        (MINUTES, MOMENTS, "y held numbers or categories in the reference, and now holds dates"),
        (LABELS, LABELS.astype(str), "classes that are numbers in the reference, and now .* text"),
        (X, LABELS.astype(str), "y was a continuous number in the reference"),
    ],
)
def test_drift_of_another_y_is_refused(reference, batch, problem):
    detector = KLDriftDetector().fit(X, reference)
    with pytest.raises(ValueError, match=problem):
        detector.detect(X[:20], batch[:20])
    with pytest.raises(ValueError, match=problem):
        detector.partial_fit(X[:20], batch[:20])


def test_weight_zero_has_no_say_in_how_y_is_read():
    y, weights = LABELS.astype(float), np.ones(N)
    y[:5] += 0.5
    weights[:5] = 0
    whole = KLDriftDetector(random_state=0).fit(X[5:], LABELS[5:])
    weighted = KLDriftDetector(random_state=0).fit(X, y, sample_weight=weights)
    assert profile_of(weighted).target == profile_of(whole).target
    np.testing.assert_array_equal(profile_of(weighted).counts.label, profile_of(whole).counts.label)


def test_a_discretizer_says_how_to_join_labels():
    with pytest.raises(ValueError, match=r"shape \(300, 2\) .* bins for one target. Pass one outp"):
        EntropyDiscretizer().fit(X, LABELS)
    joint = np.unique(LABELS, axis=0, return_inverse=True)[1]
    assert EntropyDiscretizer().fit(X, joint).classes_.tolist() == list(range(9))


def test_profiles_keep_joint_labels():
    detector = KLDriftDetector(random_state=0).fit(X, LABELS)
    restored = KLDriftDetector.from_dict(detector.to_dict())
    assert profile_of(restored).cells == profile_of(detector).cells
    assert profile_of(restored).target == profile_of(detector).target
    assert restored.detect(X[:20], LABELS[:20]) == detector.detect(X[:20], LABELS[:20])
    damaged = detector.to_dict()
    damaged["label"]["combinations"][0][1] = 99
    with pytest.raises(ValueError, match=r"label.combinations\[0\]\[1\] is 99, not a whole number"):
        KLDriftDetector.from_dict(damaged)
    damaged["label"]["combinations"][0] = damaged["label"]["combinations"][1]
    with pytest.raises(ValueError, match="at most 254 different ones"):
        KLDriftDetector.from_dict(damaged)
