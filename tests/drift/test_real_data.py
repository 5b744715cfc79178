"""Known changes in real data are found, and quiet stretches are not alarmed."""

from __future__ import annotations

import pytest
from real_data import read_real_data

from sklearn_infotheory.drift import DriftMonitor, KLDriftDetector

pytestmark = pytest.mark.filterwarnings("ignore:The batch has")


def test_elec2():
    """The scheduled transfer between the states was constant until May 1997."""
    data = read_real_data("elec2_nsw")
    early, late = data[data["transfer"] == data["transfer"].iloc[0]], data.iloc[25_000:]
    columns = ["nswprice", "nswdemand", "vicprice", "vicdemand", "transfer"]
    reference = early[columns].sample(10_000, random_state=0)
    detector = KLDriftDetector(random_state=0).fit(reference)
    quiet = [
        detector.detect(early[columns].drop(reference.index).sample(500, random_state=k)).drifted
        for k in range(20)
    ]
    assert sum(quiet) <= 3  # of 20, at a level of 0.05
    report = detector.detect(late[columns].sample(500, random_state=0))
    assert {"transfer", "vicprice", "vicdemand"} <= set(report.drifted_features)


def test_bike_sharing_months():
    """January is cold: temperature and season differ from July, and the hour does not."""
    data = read_real_data("bike_sharing_hour")
    columns = ["hr", "weekday", "temp", "hum", "windspeed"]
    july = data[(data["mnth"] == 7)].sample(frac=1, random_state=0)
    detector = KLDriftDetector(random_state=0).fit(july[columns][:1300])
    assert not detector.detect(july[columns][1300:]).drifted
    january = detector.detect(data.loc[data["mnth"] == 1, columns])
    assert "temp" in january.drifted_features
    assert "hr" not in january.drifted_features
    assert "weekday" not in january.drifted_features


def test_sea_concepts():
    """The columns stay as they are, and what they tell about the class changes three times."""
    data = read_real_data("sea_concepts")
    X, y = data.iloc[:, :3], data["class"].to_numpy()
    detector = KLDriftDetector(random_state=0).fit(X[:10_000], y[:10_000])
    quiet = detector.detect(X[10_000:12_500], y[10_000:12_500])
    assert not quiet.drifted
    for start in (12_500, 25_000, 37_500):
        part = slice(start, start + 2500)
        report = detector.detect(X[part], y[part])
        assert report.drifted_features == []
        assert any(feature.drifted for feature in report.concept)


def test_housing_predictions():
    """Predictions and y drift in the analysis period; a shuffled reference does not."""
    data = read_real_data("california_housing_nannyml").drop(columns=["id", "timestamp"])
    is_reference = data.pop("partition") == "reference"
    y = data.pop("clf_target")
    reference = data[is_reference].sample(frac=1, random_state=0)
    rest, kept = reference[:400], reference[400:]
    detector = KLDriftDetector(random_state=0).fit(kept, y[kept.index])
    assert not detector.detect(rest, y[rest.index]).drifted
    analysis = data[~is_reference]
    report = detector.detect(analysis, y[analysis.index])
    assert {"Longitude", "Latitude", "y_pred_proba"} <= set(report.drifted_features)
    assert report.label.drifted


def test_monitor_of_elec2():
    """Half an hour after the other, with a reference of the first weeks before the change."""
    data = read_real_data("elec2_nsw")
    columns = ["vicprice", "vicdemand", "transfer"]
    constant = data.loc[:17_000, columns].sample(frac=1, random_state=0)
    monitor = DriftMonitor(KLDriftDetector().fit(constant[:5000]))
    for start in range(5000, 17_000, 300):
        assert not monitor.update(constant[start : start + 300]).drifted
    for start in range(17_400, 18_300, 300):
        report = monitor.update(data[columns][start : start + 300])
    assert report.drifted
    assert report.alarm_since in (40, 41)
    assert report.began == 40


def test_census_weights_are_no_repetitions():
    """The census says with each row how many people it stands for: 190,000 on average."""
    data = read_real_data("adult")
    alarms = {"sampling": 0, "repetitions": 0}
    for kind, seed in [*(("sampling", seed) for seed in range(10)), ("repetitions", 0)]:
        shuffled = data.sample(frac=1, random_state=seed)
        X, weights = shuffled.drop(columns=["fnlwgt", "split"]), shuffled["fnlwgt"]
        detector = KLDriftDetector(joint=None, random_state=0, weight_kind=kind)
        detector.fit(X[2000:20_000], sample_weight=weights[2000:20_000])
        alarms[kind] += detector.detect(X[:1000], sample_weight=weights[:1000]).drifted
    assert alarms["sampling"] <= 2  # of 10, at a level of 0.05
    assert alarms["repetitions"] == 1
