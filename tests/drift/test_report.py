"""Reports as data: tables, dictionaries, JSON, and a text that a person can read."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pandas as pd
import pytest
from drift.data import mixed, normal
from drift.reports import make_feature, make_report

from sklearn_infotheory.drift import (
    DriftReport,
    DriftWarning,
    JointDrift,
    KLDriftDetector,
    PairDrift,
)

REFERENCE, Y = mixed(2000)
BATCH, Y_BATCH = mixed(150, seed=1)
DETECTOR = KLDriftDetector(random_state=0).fit(REFERENCE, Y)
COLUMNS = [
    "feature", "divergence", "lower", "upper", "p_value", "adjusted_p_value", "drifted",
    "minimal_detectable", "moved",
]  # fmt: skip


def reports():
    yield DETECTOR.detect(BATCH, Y_BATCH)
    yield DETECTOR.detect(BATCH.assign(plan="new", day=None))
    yield KLDriftDetector(joint=None).fit(np.ones((50, 2))).detect(np.ones((5, 2)))
    yield KLDriftDetector(joint="classifier", base=2).fit(REFERENCE).detect(BATCH)


@pytest.mark.parametrize("number", range(4))
@pytest.mark.filterwarnings("ignore:The batch has")
def test_json_is_finite_and_comes_back(number, tmp_path):
    report = list(reports())[number]
    text = report.to_json(tmp_path / "report.json")
    assert (tmp_path / "report.json").read_text(encoding="utf-8") == text
    json.loads(text, parse_constant=pytest.fail)  # NaN and Infinity are no JSON
    restored = DriftReport.from_json(text)
    assert restored == report
    assert restored.to_json() == text
    assert str(restored) == str(report)
    assert restored.to_frame().columns.tolist() == COLUMNS


def test_table_has_the_same_columns_always():
    for report in reports():
        table = report.to_frame()
        assert table.columns.tolist() == COLUMNS
        assert len(table) == len(report.features)
        assert table["drifted"].dtype == bool
    assert make_report().to_frame().columns.tolist() == COLUMNS


def test_numbers_that_are_not_finite():
    feature = make_feature(divergence=np.inf, minimal_detectable=np.nan)
    description = make_report([feature]).to_dict()
    assert description["features"][0]["divergence"] is None
    restored = DriftReport.from_dict(description)
    assert np.isnan(restored.features[0].divergence)
    assert restored.to_dict() == description


@pytest.mark.parametrize(
    "description", [{}, {"kind": "sklearn_infotheory.DriftReport", "schema": 99}]
)
def test_foreign_descriptions(description):
    with pytest.raises(ValueError, match=r"no report of a KLDriftDetector|has schema 99"):
        DriftReport.from_dict(description)


def test_moved_cells():
    feature = make_feature(drifted=True)
    assert feature.moved() == [
        ("(-inf, 1]", 0.4, 0.1),
        ("(1, 2]", 0.3, 0.45),
        ("(2, inf)", 0.3, 0.45),
    ]
    assert len(feature.moved(1)) == 1
    assert make_feature().moved() == []
    nothing = make_feature(cells=(), reference=np.empty(0), batch=np.empty(0))
    assert nothing.moved() == []


def test_text_for_people():
    lines = str(DETECTOR.detect(BATCH.assign(plan="pro"), Y_BATCH)).splitlines()
    assert lines[0].startswith("DRIFT (p = ")
    assert lines[0].endswith("150 samples against 2,000 of the reference")
    assert lines[1].startswith("features (kl in nats; smallest divergence likely to be found: ")
    assert lines[3].split()[0] == "plan"  # the worst comes first
    assert "yes pro: " in lines[3]
    assert lines[-3].startswith("dependence of features: no drift")
    assert lines[-2].startswith("label: no drift")
    assert lines[-1].startswith("label given a feature: no drift")
    quiet = DETECTOR.detect(BATCH)
    assert str(quiet).startswith("no drift (p = ")
    many = KLDriftDetector(joint=None).fit(normal(500, 30)).detect(normal(50, 30, seed=1))
    assert "... and 10 more features, none of them worse" in str(many)


def test_reports_and_warnings_travel_between_processes():
    report = DETECTOR.detect(BATCH)
    assert pickle.loads(pickle.dumps(report)) == report
    warning = pickle.loads(pickle.dumps(DriftWarning("drift", report)))
    assert (str(warning), warning.report) == ("drift", report)


def test_html_and_prometheus_and_plot(tmp_path):
    report = DETECTOR.detect(BATCH, Y_BATCH)
    page = report.to_html(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == page
    assert "plan" in page
    assert report._repr_html_()
    assert report.to_prometheus().endswith("\n")
    assert report.plot().ax_ is not None


def test_notebook_shows_a_part_of_a_page():
    shown = make_report()._repr_html_()
    assert shown.startswith('<div class="infotheory-drift">')
    assert "<html" not in shown
    assert shown in make_report().to_html()


def test_text_of_strange_names_and_numbers():
    pairs = (PairDrift(("a\nb", "c\x1b[31m"), 0.05, 0.0, 0.0, True),)
    report = make_report(
        [make_feature("x\x1b[2J\ny", drifted=True, p_value=0.0, adjusted_p_value=0.0)],
        joint=JointDrift("pairs", 0.0, 0.0, True, pairs, n_pairs=1),
        n_batch=1.0,
        p_value=0.0,
    )
    text = str(report)
    assert "\x1b" not in text
    assert len(text.splitlines()) == 5  # verdict, heading, names of columns, column, pair
    assert text.startswith("DRIFT (p < 1e-300, level 0.05, holm): 1 sample against 1,000 of")


def test_joint_drift_has_a_unit_where_the_divergence_has_none():
    joint = JointDrift("classifier", 0.5, 1.0, False, information=0.2, beyond_margins=0.1)
    text = str(make_report(divergence="hellinger", base=2, joint=joint))
    assert "a classifier sees 0.1 bits beyond the margins" in text


@pytest.mark.parametrize("change", [{"features": None}, {"joint": 3}, {"label": "y"}])
def test_damaged_reports(change):
    description = make_report().to_dict()
    with pytest.raises(ValueError, match="report is damaged"):
        DriftReport.from_dict(description | change)
    del description["label"]
    with pytest.raises(ValueError, match="it has no 'label'"):
        DriftReport.from_dict(description)
    with pytest.raises(ValueError, match="its kind is 'list'"):
        DriftReport.from_json("[]")


def test_representation_is_one_line():
    verdict = "DRIFT (p = 2e-05, level 0.05, holm)"
    shown = f"<DriftReport: {verdict}: 100 samples against 1,000 of the reference>"
    assert repr(make_report()) == shown


def cells_of_column(values):
    values = pd.Series(values)
    detector = KLDriftDetector().fit(values.to_frame("x"))
    return detector.detect(values[:9].to_frame("x")).features[0].cells


def test_end_bins_are_named_by_their_cut():
    price = np.random.default_rng(0).lognormal(2, 1, 1000)
    cells = cells_of_column(price)
    cuts = [f"{cut:.6g}" for cut in np.sort(price)[[99, 199]]]
    assert cells[:3] == ("far below", f"<= {cuts[0]}", f"({cuts[0]}, {cuts[1]}]")
    assert (cells[-3][:2], *cells[-2:]) == ("> ", "far above", "missing")
    pixels = cells_of_column(np.repeat([0.0, 16], 50))
    assert pixels == ("far below", "<= 8", "> 8", "far above", "missing")
    assert cells_of_column(np.full(100, 5.0)) == ("< 5", "5", "> 5", "missing")
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(1000) % 100, unit="D")
    assert cells_of_column(days)[1:3] == ("<= 2024-01-10", "(2024-01-10, 2024-01-20]")
    assert cells_of_column(np.full(100, np.nan)) == ("(-inf, inf)", "missing")
