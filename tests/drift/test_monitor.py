"""Batch after batch against one reference."""

from __future__ import annotations

import json

import numpy as np
import pytest
from drift.data import mixed, normal

from sklearn_infotheory.drift import DriftMonitor, KLDriftDetector, MonitorReport

DETECTOR = KLDriftDetector(joint=None, random_state=0).fit(normal(2000))


def run(monitor, n_batches, shift=0.0, seed=1, size=50):
    rng = np.random.default_rng(seed)
    for _ in range(n_batches):
        report = monitor.update(rng.normal(size=(size, 3)) + shift)
    return report


def test_quiet_then_drift():
    monitor = DriftMonitor(DETECTOR)
    quiet = run(monitor, 60)
    assert not quiet.drifted
    assert quiet.alarm_since is None
    assert "no drift: e = " in str(quiet)
    report = run(monitor, 20, shift=np.array([0, 0, 0.7]), seed=2)
    assert report.drifted
    assert 60 <= report.alarm_since < 75
    assert 57 <= report.began <= 63
    assert max(report.features, key=lambda f: f.e_value).name == "x2"
    assert f"DRIFT since batch {report.alarm_since}" in str(report)
    again = run(monitor, 50, seed=3)  # an alarm lasts
    assert again.drifted
    assert again.alarm_since == report.alarm_since
    monitor.reset()
    assert monitor.report().n_batches == 0
    assert monitor.report().began is None
    assert not run(monitor, 20, seed=4).drifted


def test_few_false_alarms():
    alarms = 0
    for seed in range(20):
        detector = KLDriftDetector(joint=None, n_bins=4).fit(normal(300, seed=seed))
        alarms += run(DriftMonitor(detector, alpha=0.2), 50, seed=1000 + seed).drifted
    assert alarms <= 4


def test_single_rows_add_up():
    monitor = DriftMonitor(DETECTOR)
    rng = np.random.default_rng(0)
    for _ in range(300):
        report = monitor.update(rng.normal(size=(1, 3)) + 2)
    assert report.drifted


def test_state_travels(tmp_path):
    whole, file = DriftMonitor(DETECTOR, alpha=0.01), tmp_path / "monitor.json"
    run(whole, 30, shift=0.4)
    part = DriftMonitor(DETECTOR, alpha=0.01)
    run(part, 10, shift=0.4)
    part.save(file)
    restored = DriftMonitor.load(file)
    rng = np.random.default_rng(1)
    batches = [rng.normal(size=(50, 3)) + 0.4 for _ in range(30)]
    for batch in batches[10:]:
        report = restored.update(batch)
    assert report == whole.report()
    assert json.dumps(report.to_dict(), allow_nan=False)


def test_state_stays_small():
    monitor = DriftMonitor(DETECTOR)
    sizes = []
    for n in (100, 400):
        run(monitor, n - monitor.report().n_batches)
        sizes.append(len(json.dumps(monitor.to_dict())))
    assert sizes[1] < 1.6 * sizes[0]


def test_labels(tmp_path):
    frame, y = mixed(2000)
    detector = KLDriftDetector().fit(frame, y)
    detector.save_profile(tmp_path / "profile.json")
    monitor = DriftMonitor(tmp_path / "profile.json")
    for seed in range(1, 6):
        batch, _ = mixed(100, seed=seed)
        monitor.update(batch)  # labels come late
    assert not monitor.report().drifted
    for seed in range(6, 12):
        batch, _ = mixed(100, seed=seed)
        report = monitor.update(batch, np.zeros(100, int))
    assert report.drifted
    assert report.features[-1].name == "y"
    frame = report.to_frame()
    assert frame.columns.tolist() == ["feature", "e_value", "began"]
    assert frame["e_value"].idxmax() == 5


def test_bad_input(tmp_path):
    with pytest.raises(ValueError, match="'alpha' parameter"):
        DriftMonitor(DETECTOR, alpha=0)
    with pytest.raises(ValueError, match="'detector' parameter"):
        DriftMonitor(7)
    monitor = DriftMonitor(DETECTOR)
    with pytest.raises(ValueError, match="fitted without y"):
        monitor.update(normal(10), np.ones(10))
    with pytest.raises(ValueError, match="expecting 3 features"):
        monitor.update(normal(10, 4))
    assert monitor.report().n_batches == 0
    with pytest.raises(ValueError, match="no state of a DriftMonitor"):
        DriftMonitor.from_dict(DETECTOR.to_dict())
    state = monitor.to_dict()
    del state["test"]["features"]
    with pytest.raises(ValueError, match="state of the monitor is damaged"):
        DriftMonitor.from_dict(state)
    (tmp_path / "half.json").write_text('{"kind": ')
    with pytest.raises(ValueError, match="is not valid JSON"):
        DriftMonitor.load(tmp_path / "half.json")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"n_batches": -3}, "test.n_batches is -3, not a whole number of at least 0"),
        ({"n_batches": 7}, "test.starts does not fit the number of batches, 7"),
        ({"features": []}, "not of the cells of its detector"),
        ({"starts": None}, "test.starts is None, not a list"),
    ],
)
def test_damaged_states(change, problem):
    monitor = DriftMonitor(KLDriftDetector().fit(normal(200)))
    monitor.update(normal(20, seed=1))
    state = monitor.to_dict()
    assert DriftMonitor.from_dict(state).report() == monitor.report()
    with pytest.raises(ValueError, match=f"state of the monitor is damaged: .*{problem}"):
        DriftMonitor.from_dict(state | {"test": state["test"] | change})
    del state["test"]
    with pytest.raises(ValueError, match="it has no 'test'"):
        DriftMonitor.from_dict(state)
    with pytest.raises(ValueError, match="has schema 99, and this version reads schema 1"):
        DriftMonitor.from_dict(state | {"schema": 99})


def test_representation():
    monitor = DriftMonitor(KLDriftDetector().fit(normal(200)))
    assert repr(monitor) == "<DriftMonitor: no drift: e = 0 after 0 batches, alarm at 20>"


def test_reports_travel_and_are_drawn():
    report = run(DriftMonitor(DETECTOR), 20, shift=np.array([0, 0, 0.7]))
    again = MonitorReport.from_dict(json.loads(report.to_json()))
    assert (again.drifted, again.alarm_since, again.began) == (
        True,
        report.alarm_since,
        report.began,
    )
    assert report.by_evidence()[0].name == "x2"
    page = report.to_html()
    assert "DRIFT since batch" in page
    assert page.index("x2") < page.index("x0")
    assert report._repr_html_() in page
    assert 'feature_e_value{feature="x2"}' in report.to_prometheus()
    display = report.plot()
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert labels[0] == "x2"
    assert display.ax_.get_title().startswith("DRIFT since batch")
    for change in ({"alarm_since": "x"}, {"features": [{}]}, {"alpha": 2}):
        with pytest.raises(ValueError, match="The report is damaged"):
            MonitorReport.from_dict(report.to_dict() | change)


def test_reports_are_written_to_files(tmp_path):
    report = DriftMonitor(DETECTOR).report()
    assert "no drift: e = 0 after 0 batches" in str(report)
    assert (
        json.loads((tmp_path / "r.json").read_text()) if report.to_json(tmp_path / "r.json") else 1
    )
    assert report.to_html(tmp_path / "r.html") == (tmp_path / "r.html").read_text()
