"""The displays draw what they hold, from estimators, predictions and cross-validations."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris, load_wine
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import KFold, cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from sklearn_infotheory.measures import entropy
from sklearn_infotheory.metrics import (
    CrossEntropyDecompositionDisplay,
    InformationCurveDisplay,
    ReliabilityDisplay,
    cross_entropy_loss,
)
from sklearn_infotheory.metrics._plot._held_out import aligned

BOTH = {"return_estimator": True, "return_indices": True}


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def noisy_iris():
    X, y = load_iris(return_X_y=True)
    return X + np.random.default_rng(0).normal(scale=0.7, size=X.shape), y


def test_reliability_of_two_classes_is_one_panel():
    rng = np.random.default_rng(0)
    p = rng.random(4000)
    display = ReliabilityDisplay.from_predictions((rng.random(4000) < p).astype(int), p, n_bins=10)
    (curve,) = display.curves
    assert len(display.axes_) == 1
    assert curve.label == 1
    assert len(curve.predicted) == 10
    inside = (curve.lower <= curve.observed) & (curve.observed <= curve.upper)
    assert inside.sum() >= 8
    assert (abs(curve.observed - curve.predicted) < 0.1).all()
    assert curve.histogram.sum() == pytest.approx(1)


def test_consistency_bands_hold_their_level():
    rng = np.random.default_rng(1)
    inside = []
    for _ in range(60):
        p = rng.beta(0.5, 2, 500)
        y = (rng.random(500) < p).astype(int)
        (curve,) = ReliabilityDisplay.from_predictions(y, p, n_bins=8).curves
        inside.append((curve.lower <= curve.observed) & (curve.observed <= curve.upper))
        plt.close("all")
    assert 0.93 <= np.mean(inside) <= 0.995


def test_reliability_of_several_classes(noisy_iris):
    X, y = noisy_iris
    model = GaussianNB().fit(X[::2], y[::2])
    display = ReliabilityDisplay.from_estimator(model, X[1::2], y[1::2], n_bins=4)
    assert [ax.get_title() for ax in display.axes_] == ["class 0", "class 1", "class 2"]
    assert display.estimator_name == "GaussianNB"
    _, ax = plt.subplots()
    display = ReliabilityDisplay.from_estimator(model, X, y, ax=ax)
    assert display.axes_.tolist() == [ax]
    assert len(ax.get_legend().get_texts()) == 3


def test_folds_that_miss_a_class_can_be_drawn(noisy_iris):
    X, y = noisy_iris
    results = cross_validate(GaussianNB(), X, y, cv=KFold(3), scoring="accuracy", **BOTH)
    display = ReliabilityDisplay.from_cv_results(results, X, y)
    assert len(display.curves) == 3
    terms = CrossEntropyDecompositionDisplay.from_cv_results(
        results, X, y, zero=1e-6, n_bootstrap=20
    )
    assert list(terms.decompositions) == ["GaussianNB"]


def test_decomposition_of_several_models(noisy_iris):
    X, y = noisy_iris
    models = {"bayes": GaussianNB().fit(X, y), "linear": LogisticRegression().fit(X, y)}
    display = CrossEntropyDecompositionDisplay.from_estimator(models, X, y, base=2, n_bootstrap=20)
    ax = display.ax_
    assert [text.get_text() for text in ax.get_yticklabels()] == ["bayes", "linear"]
    assert ax.get_xlabel() == "Cross-entropy in bits a sample"
    left, reliability = (bars.datavalues for bars in ax.containers[:2])
    for i, terms in enumerate(display.decompositions.values()):
        assert left[i] == pytest.approx(terms.uncertainty - terms.resolution)
        assert reliability[i] == pytest.approx(terms.reliability)
    single = CrossEntropyDecompositionDisplay.from_predictions(
        y, models["bayes"].predict_proba(X), ax=ax, n_bootstrap="none"
    )
    assert single.ax_ is ax


def test_curve_of_stages_and_of_passes(noisy_iris):
    X, y = noisy_iris
    boosting = make_pipeline(StandardScaler(), GradientBoostingClassifier(n_estimators=5))
    display = InformationCurveDisplay.from_estimator(
        boosting, X, y, along="iteration", cv=3, base=2
    )
    assert display.losses["training"].shape == (3, 5)
    assert (np.diff(display.losses["training"]) < 0).all()
    assert display.entropy == pytest.approx(np.log2(3))
    assert display.ax_.get_title() == "GradientBoostingClassifier"
    results = cross_validate(boosting, X, y, cv=3, **BOTH)
    again = InformationCurveDisplay.from_cv_results(results, X, y, base=2)
    np.testing.assert_allclose(again.losses["test"], display.losses["test"], rtol=0.2)
    passes = make_pipeline(StandardScaler(), SGDClassifier(loss="log_loss", random_state=0))
    display = InformationCurveDisplay.from_estimator(
        passes, X, y, along="iteration", cv=3, n_iterations=4, zero=1e-6
    )
    assert display.steps.tolist() == [1, 2, 3, 4]


def test_curve_of_training_sizes():
    X, y = load_wine(return_X_y=True)
    display = InformationCurveDisplay.from_estimator(
        make_pipeline(StandardScaler(), LogisticRegression()), X, y, cv=3, train_sizes=(0.3, 1.0)
    )
    assert display.steps.tolist() == pytest.approx([35.67, 118.67], abs=0.5)
    assert display.ax_.get_xlabel() == "Training samples"
    assert display.losses["test"].mean(axis=0)[1] < display.losses["test"].mean(axis=0)[0]


def test_curve_of_predictions():
    y = np.array([0, 1, 1, 0])
    steps = [np.array([0.5, 0.5, 0.5, 0.5]), np.array([0.2, 0.8, 0.7, 0.4])]
    display = InformationCurveDisplay.from_predictions(y, steps, base=2)
    assert display.losses["test"][0].tolist() == [
        1.0,
        pytest.approx(cross_entropy_loss(y, steps[1], base=2)),
    ]
    with pytest.raises(ValueError, match="one number for each"):
        InformationCurveDisplay.from_predictions(y, steps, steps=[1, 2, 3])


def test_a_panel_for_each_class_up_to_twelve():
    rng = np.random.default_rng(0)
    for n_classes, n_axes in ((4, 4), (5, 6), (14, 12)):
        proba = rng.dirichlet(np.ones(n_classes), 200)
        y = np.arange(200) % n_classes
        display = ReliabilityDisplay.from_predictions(y, proba, n_bins=3)
        assert len(display.curves) == n_classes
        assert len(display.axes_) == min(n_classes, 12)
        assert len(display.figure_.axes) == n_axes
        assert [ax.get_visible() for ax in display.figure_.axes].count(True) == min(n_classes, 12)


def test_decomposition_of_one_model_and_of_models_by_name(noisy_iris):
    X, y = noisy_iris
    model = GaussianNB().fit(X, y)
    options = {"n_bootstrap": "none", "n_bins": 4}
    one = CrossEntropyDecompositionDisplay.from_estimator(model, X, y, **options)
    assert list(one.decompositions) == ["GaussianNB"]
    proba = {"a": model.predict_proba(X), "b": model.predict_proba(X) * 0.5 + 1 / 6}
    named = CrossEntropyDecompositionDisplay.from_predictions(y, proba, **options)
    assert list(named.decompositions) == ["a", "b"]
    pd.testing.assert_frame_equal(
        named.decompositions["a"].to_frame(), one.decompositions["GaussianNB"].to_frame()
    )
    results = cross_validate(GaussianNB(), X, y, cv=3, **BOTH)
    folds = CrossEntropyDecompositionDisplay.from_cv_results({"bayes": results}, X, y, **options)
    assert list(folds.decompositions) == ["bayes"]


def test_what_bins_hide_is_drawn_where_there_are_bins(noisy_iris):
    X, y = noisy_iris
    proba = GaussianNB().fit(X, y).predict_proba(X)
    hatched = {}
    for method in ("binned", "isotonic"):
        display = CrossEntropyDecompositionDisplay.from_predictions(
            y, proba, method=method, n_bootstrap="none"
        )
        labels = display.ax_.get_legend_handles_labels()[1]
        hatched[method] = "remainder: differences within bins" in labels
    assert hatched == {"binned": True, "isotonic": False}


def test_a_curve_on_given_axes():
    y = np.array([0, 1, 1, 0])
    _, ax = plt.subplots()
    display = InformationCurveDisplay.from_predictions(y, [np.full(4, 0.5)], ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure


def test_passes_without_a_pipeline(noisy_iris):
    X, y = noisy_iris
    model = SGDClassifier(loss="log_loss", random_state=0)
    options = {"along": "iteration", "cv": 2, "n_iterations": 3, "zero": 1e-6}
    display = InformationCurveDisplay.from_estimator(model, X, y, **options)
    assert display.losses["test"].shape == (2, 3)
    trees = GradientBoostingClassifier(n_estimators=3)
    results = cross_validate(trees, X, y, cv=2, **BOTH)
    stages = InformationCurveDisplay.from_cv_results(results, X, y)
    assert stages.losses["training"].shape == (2, 3)


@pytest.mark.parametrize(
    ("target", "shares"),
    [
        ([0.2, 0.4, 0.9], [0.5, 0.5]),
        ([[0.2, 0.8], [0.6, 0.4], [0.1, 0.9]], [0.3, 0.7]),
        ([1, 0, 1], [1 / 3, 2 / 3]),
    ],
)
def test_the_dashed_line_is_the_entropy_of_the_classes(target, shares):
    display = InformationCurveDisplay.from_predictions(target, [np.full(3, 0.5)], base=2)
    assert display.entropy == pytest.approx(entropy(shares, base=2))


def test_errors_say_what_to_do(noisy_iris):
    X, y = noisy_iris
    with pytest.raises(ValueError, match="CalibratedClassifierCV"):
        ReliabilityDisplay.from_estimator(LinearSVC().fit(X, y), X, y)
    with pytest.raises(ValueError, match="return_indices=True"):
        ReliabilityDisplay.from_cv_results(cross_validate(GaussianNB(), X, y), X, y)
    with pytest.raises(ValueError, match="neither staged_predict_proba nor partial_fit"):
        InformationCurveDisplay.from_estimator(LogisticRegression(), X, y, along="iteration")
    results = cross_validate(GaussianNB(), X, y, **BOTH)
    with pytest.raises(ValueError, match="from_estimator, which trains anew"):
        InformationCurveDisplay.from_cv_results(results, X, y)
    with pytest.raises(ValueError, match="shares in"):
        InformationCurveDisplay.from_estimator(GaussianNB(), X, y, train_sizes=(2,))
    with pytest.raises(ValueError, match="not all among"):
        aligned(np.ones((1, 1)), np.array([7]), np.array([1, 2]))


@pytest.mark.parametrize("strategy", ["quantile", "uniform", "isotonic"])
def test_strategies_of_reliability(strategy):
    rng = np.random.default_rng(0)
    law = rng.beta(0.05, 0.05, 2000)  # sure of nearly everything
    y = (rng.random(2000) < law).astype(int)
    (curve,) = ReliabilityDisplay.from_predictions(y, law, n_bins=5, strategy=strategy).curves
    assert (np.diff(curve.predicted) > 0).all()
    if strategy == "uniform":
        expected = [law[(law * 5).astype(int).clip(0, 4) == k].mean() for k in range(5)]
        np.testing.assert_allclose(curve.predicted, expected)
    if strategy == "isotonic":
        assert (np.diff(curve.observed) > 0).all()
    assert len(curve.predicted) >= (5 if strategy == "uniform" else 2)


def test_classes_names_and_cost_of_reliability():
    X, y = load_iris(return_X_y=True)
    model = GaussianNB().fit(X[::2], y[::2])
    display = ReliabilityDisplay.from_estimator(
        model, X[1::2], y[1::2], classes=[2, 0], estimator_name="Bayes"
    )
    assert [curve.label for curve in display.curves] == [2, 0]
    assert display.figure_.get_suptitle() == "Bayes"
    value, low, high, p_value = display.curves[0].reliability
    assert low <= value <= high
    assert 0 <= p_value <= 1
    (text,) = (t.get_text() for t in display.axes_[0].get_legend().get_texts())
    assert f"reliability {value:.3f} bits" in text
    assert f"p = {p_value:.2g}" in text
    with pytest.raises(ValueError, match=r"some of the labels \[0, 1, 2\]; got \[7\]"):
        ReliabilityDisplay.from_estimator(model, X, y, classes=[7])
    with pytest.raises(ValueError, match="strategy must be one of"):
        ReliabilityDisplay.from_estimator(model, X, y, strategy="kmeans")
