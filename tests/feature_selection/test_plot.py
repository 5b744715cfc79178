"""The displays of feature selection."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.datasets import load_wine
from sklearn.exceptions import NotFittedError

from sklearn_infotheory.feature_selection import (
    MutualInfoSelector,
    RelevanceDisplay,
    SelectionPathDisplay,
)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def selector():
    X, y = load_wine(return_X_y=True, as_frame=True)
    return MutualInfoSelector(5, base=2).fit(X, y)


def test_relevance_shows_the_most_relevant_features_with_their_errors(selector):
    display = RelevanceDisplay.from_estimator(selector, max_features=8)
    labels = [tick.get_text() for tick in display.ax_.get_yticklabels()]
    best = np.argsort(-selector.relevance_)[:8]
    assert labels == selector.feature_names_in_[best].tolist()
    widths = [bar.get_width() for bar in display.bars_]
    np.testing.assert_allclose(widths, selector.relevance_[best])
    np.testing.assert_array_equal(display.standard_error, selector.relevance_standard_error_[best])
    assert "bits" in display.ax_.get_xlabel()
    blue = display.bars_[0].get_facecolor()
    is_blue = [bar.get_facecolor() == blue for bar in display.bars_]
    assert is_blue == selector.support_[best].tolist()


def test_path_numbers_the_picks_and_gives_p_values(selector):
    display = SelectionPathDisplay.from_estimator(selector, max_picks=3)
    labels = [tick.get_text() for tick in display.ax_.get_yticklabels()]
    names = selector.feature_names_in_[selector.selected_]
    assert labels == [f"{k}. {names[k - 1]}" for k in (1, 2, 3)]
    assert "bits" in display.ax_.get_xlabel()
    legend = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert len(legend) == 3


def test_path_without_pairs_and_names():
    X, y = load_wine(return_X_y=True)
    selector = MutualInfoSelector(3, criterion="mim").fit(X, y)
    display = SelectionPathDisplay.from_estimator(selector)
    assert len(display.ax_.get_legend().get_texts()) == 1
    assert display.ax_.get_yticklabels()[0].get_text() == f"1. x{selector.selected_[0]}"


def test_nothing_selected_still_draws():
    rng = np.random.default_rng(0)
    selector = MutualInfoSelector().fit(rng.normal(size=(100, 3)), rng.integers(0, 2, 100))
    assert len(SelectionPathDisplay.from_estimator(selector).path) == 0
    assert len(RelevanceDisplay.from_estimator(selector).relevance) == 3


@pytest.mark.parametrize("method", ["binned", "gaussian", "knn"])
@pytest.mark.parametrize("display", [RelevanceDisplay, SelectionPathDisplay])
def test_estimates_below_zero_are_seen(display, method):
    X, y = load_wine(return_X_y=True)
    noise = np.random.default_rng(0).normal(size=(len(X), 4))
    selector = MutualInfoSelector(5, method=method).fit(np.hstack([X[:, :1], noise]), y)
    assert (selector.relevance_.min() < 0) == (method != "binned")
    drawn = display.from_estimator(selector).ax_.dataLim.x0
    left = plt.gca().get_xlim()[0]
    assert left == 0 if method == "binned" else left <= min(drawn, selector.relevance_.min()) < 0


@pytest.mark.parametrize("display", [RelevanceDisplay, SelectionPathDisplay])
def test_own_axes_and_unfitted_estimator(display, selector):
    _, ax = plt.subplots()
    assert display.from_estimator(selector, ax=ax).ax_ is ax
    with pytest.raises(NotFittedError):
        display.from_estimator(MutualInfoSelector())
