"""The displays draw what they hold, from estimators, predictions and cross-validations."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.datasets import load_iris, load_wine
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import KFold, cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

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
