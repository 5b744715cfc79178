"""Words and numbers of reports."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from drift.reports import make_feature, make_full_report, make_report

from sklearn_infotheory.drift import KLDriftDetector
from sklearn_infotheory.drift._wording import (
    cells_of,
    number_text,
    p_value_in_words,
    p_value_text,
    rows_in_words,
    samples_in_words,
    share_text,
    shorten,
    shorten_all,
    verdict_of,
    worst_first,
)


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (1.0, "1"),
        (0.05, "0.05"),
        (0.00123, "0.0012"),
        (1.6e-7, "2e-07"),
        (0.0, "<1e-300"),
        (math.nan, "–"),
        (None, "–"),
    ],
)
def test_p_values(p, text):
    assert p_value_text(p) == text


def test_p_values_in_words():
    assert p_value_in_words(0.05) == "p = 0.05"
    assert p_value_in_words(0.0) == "p < 1e-300"


def test_shares_are_never_rounded_to_nothing():
    shares = (0.0, 1e-9, 0.0005, 0.5, 1.0)
    assert [*map(share_text, shares)] == ["0.0 %", "<0.1 %", "0.1 %", "50.0 %", "100.0 %"]


def test_numbers():
    assert [*map(number_text, (0.12345, math.inf, None))] == ["0.123", "inf", "–"]
    assert [*map(rows_in_words, (1234.0, 1234.56))] == ["1,234", "1,234.6"]


def test_verdicts():
    assert verdict_of(make_report([make_feature()])) == "No drift found"
    assert verdict_of(make_report()) == "Drift in 1 of 2 features"
    others = "the dependence of features, the label, the label given a feature"
    assert verdict_of(make_full_report()) == f"Drift in 1 of 2 features, {others}"
    report = make_full_report(features=(make_feature(),), drifted=True)
    assert verdict_of(report) == f"Drift in {others}"


def test_alarms_come_first_then_the_largest_divergence():
    features = [
        make_feature("a", divergence=0.1),
        make_feature("b", divergence=math.nan),
        make_feature("c", divergence=0.2),
        make_feature("d", drifted=True, divergence=0.01),
        make_feature("e", divergence=0.2),
    ]
    assert [feature.name for feature in worst_first(features)] == list("dceab")


def test_cells_keep_their_order_and_empty_ones_are_left_out():
    feature = make_feature(reference=np.array([4.0, 0, 4, 2]), batch=np.array([1.0, 0, 0, 4]))
    cells = cells_of(feature, 2)
    assert cells.names == ["(2, inf)", "missing"]
    assert cells.n_left_out == 1
    np.testing.assert_allclose(cells.reference, [0.4, 0.2])
    np.testing.assert_allclose(cells.batch, [0.0, 0.8])


def test_an_empty_batch_has_no_shares():
    cells = cells_of(make_feature(batch=np.zeros(4)), 10)
    np.testing.assert_array_equal(cells.batch, 0)


def test_long_names():
    assert shorten("short") == "short"
    assert shorten("a" * 20 + "b" * 20, 11) == "aaaaa…bbbbb"
    assert shorten("two\nlines\x00") == "two lines "
    names = [f"{'the same beginning ' * 3}{k}{' and end' * 4}" for k in range(3)]
    assert len(set(shorten_all(names))) == 3
    assert shorten_all(["x" * 50, "x" * 50]) == [shorten("x" * 50)] * 2


def test_cells_of_dates_and_durations():
    X = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=400)})
    X["age"] = X["day"] - X["day"][0]
    day, age = KLDriftDetector(n_bins=4).fit(X).detect(X[:40]).features
    assert "(2024-04-09, 2024-07-18]" in day.cells
    assert "(99 days 00:00:00, 199 days 00:00:00]" in age.cells


def test_cells_of_a_constant():
    report = (
        KLDriftDetector()
        .fit(pd.DataFrame({"x": [3.0] * 500}))
        .detect(pd.DataFrame({"x": [3.0] * 20 + [4.0] * 20}))
    )
    assert report.features[0].cells == ("< 3", "3", "> 3", "missing")
    assert report.drifted


def test_one_sample():
    assert samples_in_words(1) == "1 sample"
    assert samples_in_words(1234.0) == "1,234 samples"
    assert samples_in_words(200.00000000000003) == "200 samples"
    assert samples_in_words(2.5) == "2.5 samples"
