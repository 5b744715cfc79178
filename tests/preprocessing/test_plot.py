"""The display of bins."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from preprocessing.data import mixed_frame
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import StandardScaler

from sklearn_infotheory.preprocessing import BinningDisplay, EntropyDiscretizer


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def iris():
    return load_iris(return_X_y=True, as_frame=True)


def dashed_lines(ax):
    return sorted(line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == "--")


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_histograms_by_class_with_the_cuts(iris):
    X, y = iris
    discretizer = EntropyDiscretizer(base=2, candidate_cost="samples").fit(X, y)
    display = BinningDisplay.from_estimator(discretizer, X, y, feature=3)
    assert dashed_lines(display.ax_) == pytest.approx([0.8, 1.75])
    assert [text.get_text() for text in display.ax_.texts] == ["0.8", "1.75"]
    assert legend_of(display.ax_) == ["class 0", "class 1", "class 2", "cut points"]
    assert display.ax_.get_xlabel() == "petal width (cm)"
    assert display.ax_.get_ylabel() == "Density in each class"
    assert display.ax_.get_title() == "mdlp: 3 bins, I(bin; Y) = 1.38 bits"
    outlines = [patch for patch in display.ax_.patches if not patch.get_fill()]
    for outline, k in zip(outlines, range(3), strict=True):
        heights, edges, _ = outline.get_data()
        expected = np.histogram(X.iloc[:, 3][y == k], edges, density=True)[0]
        np.testing.assert_allclose(heights, expected)


def test_weights_are_repetitions(iris):
    X, y = iris
    weights = np.arange(150) % 3
    rows = np.repeat(np.arange(150), weights)
    discretizer = EntropyDiscretizer().fit(X, y)
    weighted = BinningDisplay.from_estimator(discretizer, X, y, feature=0, sample_weight=weights)
    repeated = BinningDisplay.from_estimator(discretizer, X.iloc[rows], y[rows], feature=0)
    assert weighted.weights.sum() == len(repeated.values)
    assert (weighted.weights > 0).all()


def test_groups_as_stacked_bars():
    X, y = mixed_frame()
    discretizer = EntropyDiscretizer(missing_values="bin").fit(X, y)
    display = BinningDisplay.from_estimator(discretizer, X, y, feature="level")
    labels = [tick.get_text() for tick in display.ax_.get_yticklabels()]
    assert labels == discretizer.binning_table("level")["interval"][: len(labels)].tolist()
    widths = np.array([bar.get_width() for bar in display.ax_.patches]).reshape(3, -1)
    expected = pd.crosstab(y, discretizer.transform(X)[:, 2])
    np.testing.assert_array_equal(widths, expected)


def test_continuous_target():
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    discretizer = EntropyDiscretizer().fit(X, y)
    display = BinningDisplay.from_estimator(discretizer, X, y, feature="bmi")
    right = display.figure_.axes[-1]
    assert right.get_ylabel() == "Mean of y in the bin"
    means = discretizer.binning_table("bmi").query("row == 'bin'")["mean"]
    np.testing.assert_allclose(right.patches[0].get_data().values, means)


def test_without_y_and_without_cuts():
    X = np.column_stack([np.arange(50.0), np.ones(50)])
    discretizer = EntropyDiscretizer("equal_entropy", max_bins=4).fit(X)
    _, ax = plt.subplots()
    display = BinningDisplay.from_estimator(discretizer, X, feature=0, ax=ax)
    assert display.ax_ is ax
    assert legend_of(ax) == ["cut points"]
    assert ax.get_title() == "equal_entropy: 4 bins, H(bin) = 1.39 nats"
    constant = BinningDisplay.from_estimator(discretizer, X, feature="x1")
    assert constant.ax_.get_legend() is None
    assert constant.ax_.get_title() == "equal_entropy: 1 bin, H(bin) = 0 nats"


def test_missing_values_are_left_out_of_histograms():
    X, y = mixed_frame()
    discretizer = EntropyDiscretizer(missing_values="bin").fit(X, y)
    display = BinningDisplay.from_estimator(discretizer, X, y, feature="number")
    assert len(display.values) == X["number"].notna().sum()


def test_needs_a_fitted_discretizer(iris):
    with pytest.raises(NotFittedError):
        BinningDisplay.from_estimator(EntropyDiscretizer(), *iris, feature=0)


def test_columns_without_any_value():
    X = pd.DataFrame({"a": [np.nan] * 6})
    y = [0, 1] * 3
    discretizer = EntropyDiscretizer(missing_values="bin").fit(X, y)
    display = BinningDisplay.from_estimator(discretizer, X, y, feature="a")
    assert display.ax_.get_legend() is None


def test_missing_values_that_fit_did_not_see_have_a_bar():
    X, y = mixed_frame(missing=False)
    discretizer = EntropyDiscretizer(missing_values="bin").fit(X, y)
    X.loc[:9, "level"] = None
    display = BinningDisplay.from_estimator(discretizer, X, y, feature="level")
    assert display.ax_.get_yticklabels()[-1].get_text() == "missing"
    assert sum(bar.get_width() for bar in display.ax_.patches) == len(X)


def test_bad_input(iris):
    X, y = iris
    discretizer = EntropyDiscretizer().fit(X, y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        BinningDisplay.from_estimator(discretizer, X, y[:5], feature=0)
    with pytest.raises(TypeError, match="draws the bins of an EntropyDiscretizer; got Standard"):
        BinningDisplay.from_estimator(StandardScaler().fit(X), X, y, feature=0)
