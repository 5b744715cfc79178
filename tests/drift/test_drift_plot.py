"""The display of drift."""

from __future__ import annotations

import math

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drift.reports import make_feature, make_full_report, make_report
from matplotlib.colors import to_rgba
from sklearn.exceptions import NotFittedError

from sklearn_infotheory.drift import DriftDisplay, KLDriftDetector


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def rows_of(ax):
    return [tick.get_text() for tick in ax.get_yticklabels()]


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_alarms_stand_on_top_with_their_intervals():
    report = make_report()
    display = DriftDisplay.from_report(report)
    assert rows_of(display.ax_) == ["income", "age"]
    assert legend_of(display.ax_) == ["drift", "no drift"]
    assert display.ax_.get_title() == "Drift in 1 of 2 features"
    assert display.ax_.get_xlabel() == "KL(batch || reference) in nats"
    points = {line.get_label(): line.get_xydata().tolist() for line in display.ax_.lines}
    assert points["drift"] == [[0.12, 1]]
    assert points["no drift"] == [[-0.001, 0]]
    intervals = [collection.get_segments()[0] for collection in display.ax_.collections]
    np.testing.assert_array_equal(intervals, [[[0.1, 1], [0.15, 1]], [[0.0, 0], [0.004, 0]]])


def test_only_the_worst_of_many_features():
    features = [make_feature(f"f{j}", drifted=j > 26) for j in range(30)]
    display = DriftDisplay.from_report(make_report(features), max_features=5)
    assert rows_of(display.ax_) == ["f27", "f28", "f29", "f0", "f1"]
    assert display.ax_.get_title() == "Drift in 3 of 30 features, 5 shown"


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({"base": 2}, "KL(batch || reference) in bits"),
        ({"divergence": "reverse_kl"}, "KL(reference || batch) in nats"),
        ({"divergence": "jeffreys"}, "Jeffreys divergence (PSI) in nats"),
        ({"divergence": "js"}, "Jensen-Shannon divergence in nats"),
        ({"divergence": "hellinger"}, "Squared Hellinger distance"),
    ],
)
def test_axis_names_divergence_and_unit(changes, label):
    assert DriftDisplay.from_report(make_report(**changes)).ax_.get_xlabel() == label


def test_tolerance_is_a_line_of_its_own():
    display = DriftDisplay.from_report(make_report(tolerance=0.05))
    assert "tolerance" in legend_of(display.ax_)


def test_cells_of_a_feature():
    display = make_full_report().plot().plot_feature("income")
    ax = display.ax_
    assert rows_of(ax) == ["(-inf, 1]", "(1, 2]", "(2, inf)"]  # an empty cell has no row
    assert legend_of(ax) == ["reference", "batch"]
    reference, batch = ([bar.get_width() for bar in bars] for bars in ax.containers)
    np.testing.assert_allclose(reference, [0.4, 0.3, 0.3])
    np.testing.assert_allclose(batch, [0.1, 0.45, 0.45])
    assert ax.get_title() == "income\ndrift, 0.12 nats [0.1, 0.15], p = 2e-05"
    assert ax.texts[0].get_text() == "40.0 % → 10.0 %"


def test_cells_of_the_label():
    display = DriftDisplay(make_full_report()).plot_feature("bought")
    assert display.ax_.get_title().startswith("bought\ndrift")


def test_of_many_cells_those_that_moved_most():
    cells = tuple(f"c{i}" for i in range(50))
    batch = np.full(50, 2.0)
    batch[[7, 42]] = 30, 20
    feature = make_feature(cells=cells, reference=np.full(50, 20.0), batch=batch)
    display = DriftDisplay(make_report([feature])).plot_feature("age", max_cells=2)
    assert rows_of(display.ax_) == ["c7", "c42"]
    assert display.ax_.get_ylabel() == "48 cells that moved less left out"


def test_unknown_feature():
    with pytest.raises(ValueError, match=r"no feature 'x'\. Pass one of 'age', 'income'"):
        DriftDisplay(make_report()).plot_feature("x")


@pytest.mark.parametrize("name", ["price $x^$ {", "two\nlines", "a" * 300, "", "\\frac", "_"])
def test_any_name_can_be_drawn(name):
    cells = (name, "b", "c", "d")
    report = make_report([make_feature(name, drifted=True, cells=cells)])
    DriftDisplay.from_report(report).figure_.canvas.draw()
    DriftDisplay(report).plot_feature(name).figure_.canvas.draw()


def test_numbers_that_are_not_finite():
    nan = math.nan
    features = [
        make_feature("a", divergence=nan, lower=nan, upper=nan, p_value=nan, adjusted_p_value=nan),
        make_feature("b", divergence=math.inf, upper=math.inf),
    ]
    display = DriftDisplay.from_report(make_report(features))
    display.figure_.canvas.draw()
    assert rows_of(display.ax_) == ["b", "a"]


def test_long_names_stay_apart():
    cells = tuple(f"category number {i} of those whose names are long" for i in range(4))
    display = DriftDisplay(make_report([make_feature(cells=cells)])).plot_feature("age")
    assert len(set(rows_of(display.ax_))) == 3
    assert max(map(len, rows_of(display.ax_))) <= 32


def test_from_estimator_tests_the_batch():
    rng = np.random.default_rng(0)
    reference, batch = rng.normal(size=(1000, 2)), rng.normal([0, 2], size=(100, 2))
    y = rng.integers(0, 2, 1000)
    detector = KLDriftDetector(base=2, random_state=0, weight_kind="repetitions").fit(reference, y)
    weights = np.full(100, 2)
    display = DriftDisplay.from_estimator(detector, batch[:50], y[:50], sample_weight=weights[:50])
    assert rows_of(display.ax_) == ["x1", "x0"]
    assert display.ax_.get_title() == "Drift in 1 of 2 features"
    assert (display.report.n_batch, display.report.label is not None) == (100, True)
    with pytest.raises(NotFittedError):
        DriftDisplay.from_estimator(KLDriftDetector(), batch)


def test_own_axes():
    _, (left, right) = plt.subplots(1, 2)
    display = DriftDisplay.from_report(make_report(), ax=left)
    assert display.ax_ is left
    assert display.plot_feature("age", ax=right).ax_ is right
    assert right.containers[1][0].get_facecolor() == to_rgba("tab:blue")
