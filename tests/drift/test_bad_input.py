"""Bad input gives a clear error or a defined result, and never a wrong number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from drift.data import mixed, normal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from sklearn_infotheory.drift import DriftMonitor, KLDriftDetector

REFERENCE, Y = mixed(2000)
BATCH, Y_BATCH = mixed(100, seed=1)
DETECTOR = KLDriftDetector(random_state=0).fit(REFERENCE)


def test_other_columns():
    with pytest.raises(ValueError, match=r"X lacks 'plan'\. Pass the same columns"):
        DETECTOR.detect(BATCH.drop(columns="plan"))
    with pytest.raises(ValueError, match="X has 'new', which the reference does not have"):
        DETECTOR.detect(BATCH.assign(new=1))
    with pytest.raises(ValueError, match="lacks 'day' and has 'date', which"):
        DETECTOR.detect(pl.from_pandas(BATCH.rename(columns={"day": "date"})))
    with pytest.raises(ValueError, match="several columns named 'plan'"):
        DETECTOR.detect(pd.concat([BATCH, BATCH[["plan"]]], axis=1))
    with pytest.raises(ValueError, match="expecting 3 features"):
        KLDriftDetector().fit(normal(50)).detect(normal(10, 4))


def test_other_order_in_a_pipeline():
    turned = BATCH[list(BATCH)[::-1]]  # the steps that follow would mix the columns up
    with pytest.raises(ValueError, match="same order"):
        DETECTOR.transform(turned)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"amount": "high"}, "'amount' held numbers in the reference, and now holds text"),
        (
            {"day": "2024-01-01"},
            "'day' held dates in the reference, and now holds text, such",
        ),
        ({"day": 20_000}, "'day' held dates in the reference, and now holds numbers"),
        ({"items": pd.Timestamp("2024-01-01")}, "'items' held numbers or categories"),
        ({"day": pd.Timedelta("1D")}, "now holds durations"),
        ({"plan": 7}, "categories of column 'plan' were text in fit.*are now numbers, such as 7"),
    ],
)
def test_other_dtypes(changes, problem):
    with pytest.raises(ValueError, match=problem):
        DETECTOR.detect(BATCH.assign(**changes))


def test_text_without_values_is_missing():
    empty = pl.from_pandas(BATCH).with_columns(amount=pl.lit(None, pl.String))
    assert DETECTOR.detect(empty) == DETECTOR.detect(BATCH.assign(amount=np.nan))


def test_no_reference_yet():
    for ask in (DETECTOR.without_counts().detect, DETECTOR.without_counts().score):
        with pytest.raises(ValueError, match="has no samples yet"):
            ask(BATCH)


def test_dtypes_that_mean_the_same():
    expected = DETECTOR.detect(BATCH)
    same = BATCH.astype({"items": "float32", "plan": "category", "active": "Int8"})
    assert DETECTOR.detect(same) == expected
    assert DETECTOR.detect(BATCH.astype({"items": object, "plan": object})) == expected


@pytest.mark.parametrize(("value", "cell"), [(np.inf, -2), (-np.inf, 0)])
def test_infinite_values_fall_in_the_outer_cells(value, cell):
    report = DETECTOR.detect(BATCH.assign(amount=value))
    assert report.features[0].batch[cell] == 100
    assert report.features[0].drifted
    known = KLDriftDetector().fit(BATCH.assign(amount=[value, *BATCH["amount"][1:]]))
    same = KLDriftDetector().fit(BATCH[1:]).detect(BATCH[:9])
    report = known.detect(BATCH[:9])
    assert report.features[0].cells == same.features[0].cells
    assert report.features[0].reference[cell] == 1


def test_empty_batch():
    for batch in (BATCH[:0], pl.from_pandas(BATCH)[:0]):
        with pytest.raises(ValueError, match="Found array with 0 sample"):
            DETECTOR.detect(batch)
        with pytest.raises(ValueError, match="Found array with 0 sample"):
            DETECTOR.transform(batch)


def test_one_row_never_alarms():
    strange = BATCH[:1].assign(amount=1e9, plan="never", items=99)
    report = DETECTOR.detect(strange)
    assert not report.drifted
    assert report.drifted_features == []
    assert report.n_batch == 1
    assert not any(pair.drifted for pair in report.joint.pairs)
    DETECTOR.transform(strange)
    assert not DETECTOR.detect(strange, sample_weight=[50]).drifted  # of whatever it stands for
    repeated = clone(DETECTOR).set_params(weight_kind="repetitions").fit(REFERENCE)
    assert repeated.detect(strange, sample_weight=[50]).drifted  # fifty rows, that is


def test_all_missing():
    gone = BATCH.assign(amount=np.nan, items=pd.NA, plan=None, active=pd.NA, day=pd.NaT)
    report = DETECTOR.detect(gone)
    assert report.drifted_features == list(BATCH)
    assert all(feature.moved(1)[0] == ("missing", pytest.approx(0, abs=0.1), 1.0)
               for feature in report.features)  # fmt: skip
    nothing = pd.DataFrame({name: [np.nan] * 100 for name in BATCH})
    assert DETECTOR.detect(nothing).drifted_features == list(BATCH)
    nowhere = KLDriftDetector().fit(np.full((500, 2), np.nan))
    assert not nowhere.detect(np.full((40, 2), np.nan)).drifted
    assert nowhere.detect(np.ones((40, 2))).drifted_features == ["x0", "x1"]


def test_constant_columns():
    detector = KLDriftDetector().fit(np.ones((500, 2)))
    report = detector.detect(np.ones((40, 2)))
    assert report.p_value == 1
    assert not report.drifted
    assert np.isnan(report.minimal_detectable)
    assert report.to_dict()["minimal_detectable"] is None
    assert KLDriftDetector().fit(np.ones((500, 1)), np.ones(500)).detect(
        np.ones((40, 1)), np.ones(40)
    ).p_value == 1  # fmt: skip


@pytest.mark.parametrize("n", [1, 2, 3])
def test_tiny_references(n):
    detector = KLDriftDetector().fit(normal(n), np.arange(n))
    with pytest.warns(UserWarning, match="more than a tenth"):
        report = detector.detect(normal(5), np.zeros(5))
    assert not report.drifted
    report.to_json()


@pytest.mark.parametrize(
    ("weights", "problem"),
    [
        (np.zeros(100), "All weights in sample_weight are zero"),
        (np.linspace(-1, 1, 100), "Negative values in data passed to `sample_weight`"),
        (np.ones(99), "sample_weight.shape == \\(99,\\)"),
        (np.full(100, np.nan), "NaN"),
    ],
)
def test_bad_weights(weights, problem):
    with pytest.raises(ValueError, match=problem):
        DETECTOR.detect(BATCH, sample_weight=weights)
    with pytest.raises(ValueError, match=problem):
        KLDriftDetector().fit(BATCH, sample_weight=weights)


def test_bad_y():
    with pytest.raises(ValueError, match="fitted without y"):
        DETECTOR.detect(BATCH, Y_BATCH)
    detector = KLDriftDetector().fit(REFERENCE, Y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        detector.detect(BATCH, Y_BATCH[:-1])
    with pytest.raises(ValueError, match="NaN"):
        detector.detect(BATCH, np.full(100, np.nan))
    with pytest.raises(ValueError, match="target='continuous' needs numbers"):
        KLDriftDetector(target="continuous").fit(REFERENCE, Y.astype(str))
    continuous = KLDriftDetector().fit(REFERENCE, Y + 0.5)
    with pytest.raises(ValueError, match="y was a continuous number"):
        continuous.detect(BATCH, np.full(100, "a"))
    with pytest.raises(ValueError, match="Pass y in every call or in none"):
        detector.partial_fit(BATCH)
    with pytest.raises(ValueError, match="had no y, and this one has"):
        KLDriftDetector().fit(REFERENCE).partial_fit(BATCH, Y_BATCH)


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"divergence": "chi2"}, "divergence"),
        ({"n_bins": 1}, "n_bins"),
        ({"n_bins": 253}, "n_bins"),
        ({"alpha": 2}, "alpha"),
        ({"tolerance": -1}, "tolerance"),
        ({"correction": "sidak"}, "correction"),
        ({"joint": "triples"}, "joint"),
        ({"n_permutations": 0}, "n_permutations"),
        ({"on_drift": "shout"}, "on_drift"),
        ({"base": 1}, "base"),
        ({"target": "ranks"}, "target"),
        ({"categorical_features": ["z"]}, "columns that X does not have"),
    ],
)
def test_bad_parameters(parameters, problem):
    with pytest.raises(ValueError, match=problem):
        KLDriftDetector(**parameters).fit(REFERENCE)


def test_parameters_changed_after_fit():
    detector = KLDriftDetector(joint=None).fit(REFERENCE)
    with pytest.raises(ValueError, match="fitted without joint='pairs'"):
        detector.set_params(joint="pairs").detect(BATCH)
    with pytest.raises(ValueError, match="joint='classifier' needs rows of the reference"):
        detector.set_params(joint="classifier").detect(BATCH)
    with pytest.raises(ValueError, match="'alpha' parameter"):
        detector.set_params(joint=None, alpha=7).detect(BATCH)


def test_not_fitted():
    for method in ("detect", "transform", "score"):
        with pytest.raises(NotFittedError):
            getattr(KLDriftDetector(), method)(BATCH)
    for method in ("to_dict", "without_counts", "get_feature_names_out"):
        with pytest.raises(NotFittedError):
            getattr(KLDriftDetector(), method)()
    with pytest.raises(NotFittedError):
        DriftMonitor(KLDriftDetector())


def test_sparse_and_lazy():
    with pytest.raises(TypeError, match=r"[Ss]parse"):
        KLDriftDetector().fit(sp.csr_matrix(normal(10)))
    with pytest.raises(TypeError, match="X is a lazy frame"):
        DETECTOR.detect(pl.from_pandas(BATCH).lazy())


def test_arrays_of_objects_and_integers():
    objects = KLDriftDetector(random_state=0).fit(REFERENCE.to_numpy(object)[:, :4])
    report = objects.detect(BATCH.to_numpy(object)[:, :4])
    named = DETECTOR.detect(BATCH)
    for ours, theirs in zip(report.features, named.features[:4], strict=True):
        np.testing.assert_array_equal(ours.batch, theirs.batch)
    integers = np.random.default_rng(0).integers(0, 5, (3000, 2))
    floats = KLDriftDetector(random_state=0).fit(integers.astype(float))
    assert KLDriftDetector(random_state=0).fit(integers).to_dict() == floats.to_dict()


def test_the_data_of_the_caller_stay_as_they_are():
    X, weights = normal(300), np.random.default_rng(0).exponential(size=300)
    X[::7, 0] = np.nan
    kept = X.copy(), weights.copy()
    X.flags.writeable = weights.flags.writeable = False
    for joint in ("pairs", "classifier"):
        detector = KLDriftDetector(joint=joint).fit(X, sample_weight=weights)
        detector.transform(X)
        detector.score(X)
    np.testing.assert_array_equal(X, kept[0])
    np.testing.assert_array_equal(weights, kept[1])


# Bad columns in the report -----------------------------------------------------------------------


def test_bad_columns_are_lines_of_the_report():
    detector = clone(DETECTOR).set_params(on_error="report").fit(REFERENCE, Y)
    alone = detector.detect(BATCH, Y_BATCH)
    assert (alone.drifted, alone.broken) == (False, ())
    bad = BATCH.assign(amount="-", new=1).drop(columns="day")
    for frame in (bad, pl.from_pandas(bad)):
        report = detector.detect(frame, Y_BATCH)
        assert report.drifted
        assert {column.name for column in report.broken} == {"amount", "day", "new"}
        assert "such as '-' in row 0" in report.broken[0].problem
        assert report.drifted_features == []
        assert [f.name for f in report.features] == ["items", "plan", "active"]
        for ours, others in zip(report.features, alone.features[1:4], strict=True):
            assert (ours.p_value, ours.divergence) == (others.p_value, others.divergence)
        assert len(report.concept) == 3
    assert "3 columns could not be compared" in report.to_html()
    assert "amount: NOT COMPARED. Column 'amount' held numbers" in str(report)
    assert "broken_columns 3" in report.to_prometheus()
    assert type(report).from_json(report.to_json()) == report
    with pytest.raises(ValueError, match="amount"):
        DETECTOR.detect(BATCH.assign(amount="-"))


def test_bad_columns_with_weights_and_levels():
    rng = np.random.default_rng(0)
    frame = REFERENCE.assign(shop=rng.choice(400, len(REFERENCE)).astype(str))
    weights = rng.exponential(size=len(frame))
    detector = KLDriftDetector(on_error="report", random_state=0).fit(frame, Y, weights)
    batch = frame[:150].assign(amount=["x", *frame["amount"][1:150]])
    report = detector.detect(batch.drop(columns="shop"), Y[:150], weights[:150])
    assert {column.name for column in report.broken} == {"amount", "shop"}
    assert all(np.isfinite(feature.p_value) for feature in report.features)
    array = KLDriftDetector(on_error="report").fit(normal(500))
    assert array.detect(normal(40)).broken == ()
    with pytest.raises(ValueError, match="4 features"):
        array.detect(normal(40, 4))


def test_columns_say_what_they_were_taken_for():
    rng = np.random.default_rng(0)
    frame = REFERENCE.assign(
        id=[f"id{i}" for i in range(len(REFERENCE))],
        wait=pd.to_timedelta(rng.integers(0, 99, len(REFERENCE)), unit="h"),
        shop=rng.choice(400, len(REFERENCE)).astype(str),
    )
    with pytest.warns(UserWarning, match=r"occur only once.*in 'id' \(100%\)\. Leave out"):
        table = KLDriftDetector().fit(frame).columns_
    assert table.index.tolist() == list(frame)
    assert table["read_as"].tolist() == [
        *("number", "number", "category", "number", "date", "category", "duration", "category")
    ]
    assert table["missing"]["amount"] == pytest.approx(frame["amount"].isna().mean())
    assert table["single"]["id"] == 1
    counts = frame["shop"].value_counts()
    assert table["single"]["shop"] == (counts == 1).sum() / len(frame)
    assert table["n_cells"]["plan"] == 3
