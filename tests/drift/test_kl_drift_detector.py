"""The detector as its users see it."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from drift.data import mixed, normal
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_infotheory import KLDriftDetector
from sklearn_infotheory._inference._corrections import CORRECTIONS
from sklearn_infotheory._inference._divergences import DIVERGENCES
from sklearn_infotheory.drift import DriftError, DriftMonitor, DriftWarning
from sklearn_infotheory.drift._kl_drift_detector import profile_of

REFERENCE, Y = mixed(4000)
BATCH, Y_BATCH = mixed(300, seed=1)


def fitted(**parameters):
    return KLDriftDetector(**{"random_state": 0, **parameters}).fit(REFERENCE, Y)


@pytest.mark.parametrize("joint", ["pairs", "classifier", None])
@pytest.mark.parametrize("divergence", DIVERGENCES)
def test_same_law_and_another(divergence, joint):
    detector = fitted(divergence=divergence, joint=joint)
    quiet = detector.detect(BATCH, Y_BATCH)
    assert not quiet.drifted
    assert [feature.name for feature in quiet.features] == list(REFERENCE)
    assert (quiet.joint is None) == (joint is None)
    changed = BATCH.assign(plan="pro", amount=BATCH["amount"] * 3)
    loud = detector.detect(changed)
    assert loud.drifted
    assert loud.drifted_features == ["amount", "plan"]
    assert loud.features[2].moved(1) == [("pro", pytest.approx(0.1, abs=0.02), 1.0)]
    assert loud.label is None
    assert loud.concept == ()


def test_what_is_tested():
    report = fitted().detect(BATCH, Y_BATCH)
    for feature in (*report.features, report.label, *report.concept):
        assert feature.lower <= max(feature.divergence, 0) <= feature.upper
        assert 0 <= feature.p_value <= feature.adjusted_p_value <= 1
        assert feature.minimal_detectable > 0
    for feature in report.features:
        assert feature.reference.sum() == report.n_reference == 4000
        assert feature.batch.sum() == report.n_batch == 300
        assert len(feature.cells) == len(feature.batch)
    assert report.joint.n_pairs == 10
    assert report.minimal_detectable == max(f.minimal_detectable for f in report.features)


def test_divergence_is_that_of_the_counts():
    detector = KLDriftDetector(joint=None).fit(normal(5000, 1))
    feature = detector.detect(normal(400, 1, seed=1) + 0.5).features[0]
    p, q = (c[1:-2] / c.sum() for c in (feature.batch, feature.reference))  # others are empty
    plug_in = np.sum(p * np.log(p / q))
    assert feature.divergence == pytest.approx(plug_in, abs=9 / 2 / 400 * 1.5)
    assert feature.divergence < plug_in


def test_unit():
    X, Z = normal(5000), normal(400, seed=1) + 0.3
    nats, bits = (KLDriftDetector(base=base, random_state=0).fit(X).detect(Z) for base in (None, 2))
    for ours, others in zip(nats.features, bits.features, strict=True):
        for name in ("divergence", "lower", "upper", "minimal_detectable"):
            assert getattr(ours, name) == pytest.approx(getattr(others, name) * np.log(2))
        assert ours.p_value == others.p_value
    assert nats.joint.pairs[0].change == pytest.approx(bits.joint.pairs[0].change * np.log(2))
    assert (nats.unit, bits.unit) == ("nats", "bits")
    hellinger = KLDriftDetector("hellinger", base=2).fit(X).detect(Z)
    assert hellinger.unit == "squared distance"
    assert all(0 <= feature.lower <= feature.upper <= 1 for feature in hellinger.features)


def test_score_is_minus_the_mean_divergence():
    detector = fitted(joint=None)
    report = detector.detect(BATCH)
    mean = np.mean([feature.divergence for feature in report.features])
    assert detector.score(BATCH) == pytest.approx(-mean)
    assert detector.score(BATCH) > detector.score(BATCH.assign(plan="pro"))


@pytest.mark.parametrize("divergence", ["kl", "reverse_kl", "jeffreys", "js", "hellinger"])
def test_score_draws_nothing(divergence):
    """A billion permutations would take days."""
    X = np.random.default_rng(0).poisson(3, size=(500, 5)).astype(float)
    detector = KLDriftDetector(divergence, base=2, joint=None, random_state=0).fit(X)
    mean = np.mean([feature.divergence for feature in detector.detect(X[:40] + 1).features])
    assert detector.set_params(n_permutations=10**9).score(X[:40] + 1) == -mean


def test_pipeline():
    X, y = normal(2000), np.arange(2000) % 2
    model = make_pipeline(KLDriftDetector(), StandardScaler(), LogisticRegression()).fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert model.predict(normal(100, seed=1)).shape == (100,)
        for row in normal(50, seed=2) + 100:
            model.predict(row[None])
    with pytest.warns(DriftWarning, match=r"100 samples drifted .*features 'x0', 'x1'") as caught:
        model.predict(normal(100, seed=1) + 1)
    report = caught[0].message.report
    assert report.drifted_features == ["x0", "x1", "x2"]
    model.set_params(kldriftdetector__on_drift="raise")
    with pytest.raises(DriftError, match="drifted") as raised:
        model.predict(normal(100, seed=1) + 1)
    assert raised.value.report == report
    model.set_params(kldriftdetector__on_drift="ignore").predict(normal(100, seed=1) + 1)


def test_pipeline_in_cross_validation_and_with_several_outputs():
    X = normal(600)
    pipeline = make_pipeline(KLDriftDetector(), LogisticRegression())
    cross_val_score(pipeline, X, (X[:, 0] > 0).astype(int), cv=3)
    outputs = np.column_stack([X[:, 0] > 0, X[:, 1] > 0])
    detector = KLDriftDetector().fit(X, outputs)
    report = detector.detect(X[:50], outputs[:50])
    assert report.label.cells == ("(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)", "other")


def test_transform_changes_nothing():
    X, Z = normal(500), normal(100, seed=1) + 5
    for joint in ("pairs", "classifier"):
        detector = KLDriftDetector(
            on_drift="warn", joint=joint, random_state=np.random.RandomState(0)
        )
        detector.fit(X)
        before, copy = detector.to_dict(), Z.copy()
        state = detector.random_state.get_state()[1].copy()
        with pytest.warns(DriftWarning):
            assert detector.transform(Z) is Z
        np.testing.assert_array_equal(Z, copy)
        np.testing.assert_array_equal(detector.random_state.get_state()[1], state)
        assert detector.to_dict() == before


def test_training_data_are_not_tested():
    detector = KLDriftDetector(on_drift="raise", alpha=1.0)
    X = normal(50)
    np.testing.assert_array_equal(detector.fit_transform(X), X)


def test_a_batch_gives_the_same_report_every_time():
    rare = pd.DataFrame({"c": ["a"] * 900 + ["b"] * 95 + ["c"] * 5})
    batch = pd.DataFrame({"c": ["a"] * 80 + ["b"] * 8 + ["c"] * 3 + ["new"]})
    detector = KLDriftDetector().fit(rare)
    reports = [detector.detect(batch) for _ in range(3)]
    assert reports[0] == reports[1] == reports[2]


@pytest.mark.parametrize("joint", ["pairs", "classifier", None])
def test_number_of_threads_does_not_matter(joint):
    reports = [fitted(n_jobs=n, joint=joint).detect(BATCH, Y_BATCH) for n in (None, 2, 3)]
    assert reports[0] == reports[1] == reports[2]


@pytest.mark.parametrize("joint", ["pairs", None])
def test_weights_are_repetitions(joint):
    rng = np.random.default_rng(0)
    times, batch_times = rng.integers(0, 4, 4000), rng.integers(0, 4, 300)
    detector = KLDriftDetector(joint=joint, random_state=0, weight_kind="repetitions")
    weighted = clone(detector).fit(REFERENCE, Y, times)
    rows, batch_rows = np.repeat(np.arange(4000), times), np.repeat(np.arange(300), batch_times)
    repeated = clone(detector).fit(REFERENCE.iloc[rows], Y[rows])
    assert weighted.to_dict() == repeated.to_dict()
    batch = weighted.detect(BATCH, Y_BATCH, batch_times)
    assert batch == repeated.detect(BATCH.iloc[batch_rows], Y_BATCH[batch_rows])


@pytest.mark.parametrize("kind", ["sampling", "repetitions"])
def test_fractional_weights_count_as_their_effective_number(kind):
    rng = np.random.default_rng(0)
    weights = rng.exponential(size=4000)
    detector = KLDriftDetector(weight_kind=kind).fit(REFERENCE, sample_weight=weights)
    effective = weights.sum() ** 2 / np.sum(weights**2)
    assert detector.n_samples_seen_ == pytest.approx(effective)
    scaled = clone(detector).fit(REFERENCE, sample_weight=7.3 * weights)
    assert scaled.n_samples_seen_ == pytest.approx(effective)


def test_frames_of_all_libraries():
    report = fitted().detect(BATCH, Y_BATCH)
    for convert in (pl.from_pandas, pa.Table.from_pandas):
        reference, batch = convert(REFERENCE), convert(BATCH)
        detector = KLDriftDetector(random_state=0).fit(reference, Y)
        assert detector.detect(batch, Y_BATCH) == report
        assert fitted().detect(batch, Y_BATCH) == report
        assert detector.transform(batch) is batch


def test_names_decide_the_order_of_columns():
    detector = fitted()
    expected = detector.detect(BATCH)
    for frame in (BATCH, pl.from_pandas(BATCH), pa.Table.from_pandas(BATCH)):
        names = list(BATCH)[::-1]
        turned = frame.select(names) if hasattr(frame, "select") else frame[names]
        assert detector.detect(turned) == expected


def test_chunks_of_rows(monkeypatch):
    whole = fitted().detect(BATCH, Y_BATCH)
    monkeypatch.setattr("sklearn_infotheory._columns._column_cells.ROWS_OF_A_CHUNK", 97)
    assert fitted().detect(BATCH, Y_BATCH) == whole
    frame = pl.from_pandas(BATCH)
    assert fitted().detect(frame, Y_BATCH) == whole
    X = normal(500)
    report = KLDriftDetector(random_state=0).fit(normal(5001, seed=1)).detect(X)
    monkeypatch.undo()
    assert report == KLDriftDetector(random_state=0).fit(normal(5001, seed=1)).detect(X)


def test_large_batches_need_a_tolerance():
    X = normal(100_000, 1)
    Z = normal(9_900, 1, seed=1) + 0.1
    assert KLDriftDetector().fit(X).detect(Z).drifted
    report = KLDriftDetector(tolerance=0.02).fit(X).detect(Z)
    assert not report.drifted
    assert report.p_value < 0.05
    assert report.features[0].lower < 0.02


def test_warning_of_a_large_batch_comes_from_detect_only():
    detector = KLDriftDetector().fit(normal(500))
    with pytest.warns(UserWarning, match="100 samples, more than a tenth of the 500"):
        detector.detect(normal(100, seed=1))
    detector.transform(normal(100, seed=1))
    detector.score(normal(100, seed=1))


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_corrections(correction):
    detector = fitted(correction=correction)
    report = detector.detect(BATCH, Y_BATCH)
    p = np.array([feature.p_value for feature in report.features])
    adjusted = np.array([feature.adjusted_p_value for feature in report.features])
    n_families = 4
    if correction == "none":
        np.testing.assert_array_equal(p, adjusted)
    if correction == "bonferroni":
        np.testing.assert_allclose(adjusted, np.minimum(p * 5 * n_families, 1))
    assert report.p_value >= min(1, p.min())
    assert report.correction == correction


def test_label_and_concept():
    rng = np.random.default_rng(0)
    X = normal(8000)
    y = (X[:, 0] + rng.normal(size=8000) > 0).astype(int)
    Z = normal(800, seed=1)
    detector = KLDriftDetector(random_state=0).fit(X, y)
    same = detector.detect(Z, (Z[:, 0] + rng.normal(size=800) > 0).astype(int))
    assert not same.drifted
    turned = detector.detect(Z, (-Z[:, 0] + rng.normal(size=800) > 0).astype(int))
    assert turned.drifted
    assert turned.concept[0].drifted
    assert not turned.label.drifted
    assert turned.drifted_features == []
    more = detector.detect(Z, np.ones(800, int))
    assert more.label.drifted
    edge = profile_of(detector).cells.codebooks[0].edges[3]
    shifted = Z[Z[:, 0] > edge]  # the law of X changes, and that of Y given X does not
    y_shifted = (shifted[:, 0] + rng.normal(size=len(shifted)) > 0).astype(int)
    covariate = detector.detect(shifted, y_shifted)
    assert covariate.features[0].drifted
    assert not covariate.concept[0].drifted


def test_continuous_label():
    X = normal(5000)
    detector = KLDriftDetector().fit(X, X[:, 0])
    assert len(detector.detect(X[:300], X[:300, 0]).label.cells) == 11
    assert detector.detect(X[:300], X[:300, 0] + 1).label.drifted
    strings = KLDriftDetector().fit(X, np.where(X[:, 0] > 0, "yes", "no"))
    assert strings.detect(X[:300], np.full(300, "maybe")).label.drifted


def test_clone_and_refit():
    detector = fitted()
    again = clone(detector).fit(normal(300))
    assert not hasattr(again, "feature_names_in_")
    detector.fit(normal(300))
    assert detector.detect(normal(30)).n_reference == 300


def test_set_output():
    detector = KLDriftDetector().set_output(transform="pandas").fit(REFERENCE)
    pd.testing.assert_frame_equal(detector.transform(BATCH), BATCH)
    assert detector.get_feature_names_out().tolist() == list(REFERENCE)


# Levels and weights ------------------------------------------------------------------------------


def shops(n, seed, n_levels=1000):
    return pd.DataFrame({"shop": np.random.default_rng(seed).choice(n_levels, n).astype(str)})


def test_many_levels_are_compared_in_cells_of_both():
    detector = KLDriftDetector(random_state=0).fit(shops(20_000, 0))
    feature = detector.detect(shops(1000, 1)).features[0]
    assert feature.p_value > 0.05
    assert (feature.reference.sum(), feature.batch.sum()) == (20_000, 1000)
    assert any(name == "rare (17 to 32 rows each)" for name in feature.cells)
    assert feature.cells[-1] == "missing"
    strange = shops(1000, 1).assign(shop=lambda x: x["shop"].where(np.arange(1000) % 20 > 0, "new"))
    moved = detector.detect(strange).features[0].moved(1)
    assert moved == [("new", 0.0, 0.05)]
    assert detector.score(strange) < detector.score(shops(1000, 1))


def test_names_and_order_of_levels_do_not_matter():
    reference, batch = shops(6000, 0, 700), shops(500, 1, 700)
    detector = KLDriftDetector(random_state=0).fit(reference)
    report = detector.detect(batch).features[0]
    renamed = KLDriftDetector(random_state=0).fit("shop no. " + reference[::-1])
    turned = renamed.detect("shop no. " + batch[::-1]).features[0]
    assert turned.divergence == pytest.approx(report.divergence, rel=1e-12)
    assert sorted(turned.reference) == sorted(report.reference)


def test_profiles_of_levels_merge_travel_and_hold_no_names():
    reference, batch = shops(6000, 0), shops(500, 1)
    singles = pd.DataFrame({"shop": [f"single{i}" for i in range(100)]})
    reference = pd.concat([reference, singles], ignore_index=True)
    whole = KLDriftDetector(random_state=0).fit(reference)
    parts = whole.without_counts(), whole.without_counts()
    merged = parts[0].partial_fit(reference[:900]).merge(parts[1].partial_fit(reference[900:]))
    loaded = KLDriftDetector.from_dict(json.loads(json.dumps(merged.to_dict())))
    for detector in (merged, loaded):
        assert detector.detect(batch) == whole.detect(batch)
    assert "single1" not in json.dumps(whole.to_dict())


def test_labels_of_many_classes():
    X, Z = normal(5000, 1), normal(500, 1, seed=1)
    rng = np.random.default_rng(0)
    detector = KLDriftDetector(random_state=0).fit(X, rng.choice(900, 5000).astype(str))
    report = detector.detect(Z, rng.choice(900, 500).astype(str))
    assert report.label.p_value > 0.05
    assert detector.detect(Z, ["new"] * 20 + ["1"] * 480).label.drifted
    assert KLDriftDetector.from_dict(detector.to_dict()).detect(Z) == detector.detect(Z)


def test_only_ratios_of_sampling_weights_matter():
    rng = np.random.default_rng(0)
    weights, of_batch = rng.integers(1, 11, 4000), rng.integers(1, 11, 300)
    by_scale = [
        KLDriftDetector(random_state=0)
        .fit(REFERENCE, Y, scale * weights)
        .detect(BATCH, Y_BATCH, of_batch / scale)
        .to_frame()
        for scale in (1, 0.1, 1000)
    ]
    for table in by_scale[1:]:
        pd.testing.assert_frame_equal(table, by_scale[0], rtol=1e-9)
    plain = KLDriftDetector(random_state=0).fit(REFERENCE, Y)
    equal = clone(plain).fit(REFERENCE, Y, np.full(4000, 7.0))
    report, expected = equal.detect(BATCH, Y_BATCH, np.full(300, 0.2)), plain.detect(BATCH, Y_BATCH)
    for ours, others in zip(report.features, expected.features, strict=True):
        for name in ("divergence", "lower", "upper", "minimal_detectable"):
            assert getattr(ours, name) == pytest.approx(getattr(others, name), rel=1e-5)
        # Rows of weight are not looked through for codes, which have a tenth of the level.
        share = 0.9 if others.name in ("amount", "day") else 1.0
        assert ours.p_value == pytest.approx(min(share * others.p_value, 1.0), rel=1e-5)
    assert report.joint.p_value == pytest.approx(expected.joint.p_value)


def test_sampling_weights_travel_and_merge():
    rng = np.random.default_rng(0)
    weights, of_batch = rng.exponential(size=4000), rng.exponential(size=300)
    whole = KLDriftDetector(random_state=0).fit(REFERENCE, Y, weights)
    parts = whole.without_counts(), whole.without_counts()
    for part, rows in zip(parts, (slice(0, 900), slice(900, None)), strict=True):
        part.partial_fit(REFERENCE[rows], Y[rows], weights[rows])
    merged = parts[0].merge(parts[1])
    loaded = KLDriftDetector.from_dict(json.loads(json.dumps(merged.to_dict())))
    expected = whole.detect(BATCH, Y_BATCH, of_batch)
    assert loaded.detect(BATCH, Y_BATCH, of_batch) == merged.detect(BATCH, Y_BATCH, of_batch)
    found = loaded.detect(BATCH, Y_BATCH, of_batch)
    pd.testing.assert_frame_equal(found.to_frame(), expected.to_frame(), rtol=1e-9)
    assert found.label.p_value == pytest.approx(expected.label.p_value)


def test_monitor_with_weights_and_levels():
    rng = np.random.default_rng(0)
    frame = shops(5000, 0).assign(x=rng.normal(size=5000))
    detector = KLDriftDetector(joint=None).fit(frame, sample_weight=rng.integers(1, 11, 5000))
    monitor = DriftMonitor(detector)
    for seed in range(1, 11):
        batch = shops(300, seed).assign(x=rng.normal(size=300))
        report = monitor.update(batch, sample_weight=rng.integers(1, 11, 300))
    assert not report.drifted
    for _ in range(20):
        report = monitor.update(batch.assign(shop="1"), sample_weight=rng.integers(1, 11, 300))
    assert report.drifted
    assert DriftMonitor.from_dict(monitor.to_dict()).report() == report


# Codes among numbers -----------------------------------------------------------------------------


def ages(n, seed):
    rng = np.random.default_rng(seed)
    age = np.clip(rng.normal(40, 12, n), 18, 90).round()
    return pd.DataFrame({"age": age, "price": rng.lognormal(3, 1, n)})


@pytest.mark.parametrize(("column", "code", "remark"), [
    ("age", -1, "10 values below all of the reference (18)"), ("age", 99, "10 values above all"),
    ("price", 9.99, "9.99 in 10 rows"),
])  # fmt: skip
def test_codes_are_found(column, code, remark):
    detector = KLDriftDetector(random_state=0).fit(ages(20_000, 0))
    batch = ages(500, 1)
    assert not detector.detect(batch).drifted
    batch.loc[:9, column] = code
    report = detector.detect(batch)
    assert report.drifted_features == [column]
    feature = next(feature for feature in report.features if feature.name == column)
    assert feature.remark.startswith(remark)
    assert remark in report.to_frame().set_index("feature")["moved"][column]
    assert remark.split()[0] in str(report)
    loaded = KLDriftDetector.from_dict(json.loads(json.dumps(detector.to_dict())))
    assert loaded.detect(batch) == report
    assert type(report).from_json(report.to_json()) == report


def test_codes_of_dates_and_of_merged_profiles():
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(6000) % 900, unit="D")
    reference = ages(6000, 0).assign(day=days)
    whole = KLDriftDetector(random_state=0).fit(reference)
    parts = whole.without_counts(), whole.without_counts()
    merged = parts[0].partial_fit(reference[:900]).merge(parts[1].partial_fit(reference[900:]))
    batch = ages(500, 1).assign(day=days[:500])
    batch.loc[:9, "day"] = pd.Timestamp("1970-01-01")
    report = merged.detect(batch)
    assert report == whole.detect(batch)
    assert report.features[2].remark.startswith("10 values below all of the reference (2024-01-01")
    assert "1970-01-01 in 10 rows" in report.features[2].remark
