"""Known changes are found, and quiet data are not alarmed; more in tests/validation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from drift.data import mixed, normal

from sklearn_infotheory.drift import KLDriftDetector

KINDS = [("c", "abcde"), ("d", "xy")]

pytestmark = pytest.mark.filterwarnings("ignore:The batch has")


def test_a_column_that_is_nearly_all_missing():
    reference, _ = mixed(5000)
    detector = KLDriftDetector(random_state=0).fit(reference)
    for seed in range(20):
        batch, _ = mixed(30, seed=1 + seed)
        gone = np.random.default_rng(seed).random(30) < 0.9
        assert "day" in detector.detect(batch.assign(day=batch["day"].mask(gone))).drifted_features


def test_an_unseen_category_in_one_of_a_hundred_rows():
    rng = np.random.default_rng(0)
    reference = pd.DataFrame(
        {"c": rng.choice(list("abcde"), 20_000), "d": rng.choice(list("xy"), 20_000)}
    )
    detector = KLDriftDetector(random_state=0).fit(reference)
    for seed in range(20):
        batch = reference.sample(1000, random_state=seed)
        batch.iloc[:10, 0] = "new"
        report = detector.detect(batch)
        assert report.drifted_features == ["c"]
        assert report.features[0].moved(1)[0] == ("other", 0.0, 0.01)


def test_a_shift_of_a_twentieth_of_a_standard_deviation():
    X, Z = normal(100_000, 2), normal(100_000, 2, seed=1)
    Z[:, 0] += 0.05
    found = KLDriftDetector(base=2).fit(X).detect(Z)
    assert found.drifted_features == ["x0"]
    assert not KLDriftDetector(base=2, tolerance=0.01).fit(X).detect(Z).drifted


def test_few_false_alarms():
    alarms = 0
    for seed in range(60):
        X, y = mixed(2000, seed=seed)
        Z, z = mixed(100, seed=1000 + seed)
        alarms += KLDriftDetector(random_state=0, n_permutations=199).fit(X, y).detect(Z, z).drifted
    assert alarms <= 6


def test_what_could_have_been_found():
    """A divergence of ``minimal_detectable`` is found about four times of five."""
    shares = np.full(5, 0.2)
    rng = np.random.default_rng(0)
    reference = pd.DataFrame({"c": rng.choice(list("abcde"), 50_000, p=shares)})
    detector = KLDriftDetector(random_state=0).fit(reference)
    least = detector.detect(reference[:1000]).minimal_detectable
    tilt = np.array([1, -1, 0, 0, 0]) * np.sqrt(least * 0.2)  # D is about sum of tilt^2 / 2 p
    found = 0
    for _ in range(200):
        batch = pd.DataFrame({"c": rng.choice(list("abcde"), 1000, p=shares + tilt)})
        found += detector.detect(batch).drifted
    assert 0.7 < found / 200 < 0.9


def test_values_that_the_reference_does_not_have():
    rng = np.random.default_rng(0)
    reference = pd.DataFrame(
        {"constant": 3.0, "few": rng.integers(0, 4, 5000), "x": rng.normal(size=5000)}
    )
    detector = KLDriftDetector(random_state=0).fit(reference)
    assert not detector.detect(reference[:400]).drifted
    for changes in (
        {"constant": 3.0001}, {"constant": -7}, {"few": 4}, {"few": -1}, {"x": 1e6}, {"x": -1e300},
    ):  # fmt: skip
        batch = reference[:400].copy()
        for name, value in changes.items():
            batch.loc[:7, name] = value
            assert detector.detect(batch).drifted_features == [name]


def test_values_that_are_the_largest_yet_are_no_drift():
    alarms = 0
    rng = np.random.default_rng(0)
    for _ in range(200):
        X = rng.standard_cauchy(size=(2040, 1))
        alarms += KLDriftDetector(random_state=0).fit(X[:2000]).detect(X[2000:]).drifted
    assert alarms <= 18
