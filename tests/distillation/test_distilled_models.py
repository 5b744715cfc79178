"""Students of teachers that predict out of fold, against what is written out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from sklearn_infotheory.distillation import (
    DistilledClassifier,
    DistilledRegressor,
    SoftmaxStudent,
)

X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[Y]
TEACHER = RandomForestClassifier(10, random_state=0)


def by_hand(temperature, alpha):
    """Repeat each row once per class, in plain loops."""
    folds = StratifiedKFold(5)
    proba = cross_val_predict(TEACHER, X, NAMES, cv=folds, method="predict_proba")
    rows, labels, weights = [], [], []
    classes = sorted(set(NAMES))
    for x, name, p in zip(X, NAMES, proba, strict=True):
        powers = p ** (1 / temperature)
        for k, label in enumerate(classes):
            rows.append(x)
            labels.append(label)
            share = powers[k] / powers.sum()
            weights.append(alpha * share + (1 - alpha) * (label == name))
    return proba, np.array(rows), labels, weights


@pytest.mark.parametrize(("temperature", "alpha"), [(1.0, 1.0), (3.0, 0.5), (2.0, 0.0)])
def test_rows_are_repeated_once_per_class(temperature, alpha):
    student = DecisionTreeClassifier(max_depth=2, random_state=0)
    ours = DistilledClassifier(TEACHER, student, temperature=temperature, alpha=alpha)
    ours.fit(X, NAMES)
    proba, rows, labels, weights = by_hand(temperature, alpha)
    expected = clone(student).fit(rows, labels, sample_weight=weights)
    np.testing.assert_allclose(ours.predict_proba(X), expected.predict_proba(X))
    agreement = np.mean(np.array(sorted(set(NAMES)))[proba.argmax(1)] == ours.predict(X))
    assert ours.agreement_ == pytest.approx(agreement)
    assert ours.classes_.tolist() == ours.student_.classes_.tolist()


def test_nothing_leaks():
    """A teacher that memorises its rows has nothing to say about rows it has not seen."""
    rng = np.random.default_rng(0)
    noise, labels = rng.normal(size=(300, 2)), rng.integers(0, 2, 300)
    memory = KNeighborsClassifier(1)
    model = DistilledClassifier(memory, LogisticRegression()).fit(noise, labels)
    seen = np.mean(model.classes_[model.soft_targets_.argmax(axis=1)] == labels)
    assert 0.4 < seen < 0.6
    assert model.teacher_.score(noise, labels) == 1


def test_alpha_zero_is_the_student_alone():
    alone = LogisticRegression(max_iter=1000).fit(X, NAMES)
    model = DistilledClassifier(TEACHER, LogisticRegression(max_iter=1000), alpha=0).fit(X, NAMES)
    np.testing.assert_allclose(model.predict_proba(X), alone.predict_proba(X), atol=1e-4)


@pytest.mark.parametrize("alpha", [1.0, 0.3])
def test_two_ways_to_the_same_minimum(alpha):
    """At T = 1, repeated rows and the loss itself have the same minimum."""
    by_rows = DistilledClassifier(
        TEACHER, LogisticRegression(tol=1e-9, max_iter=5000), alpha=alpha
    ).fit(X, NAMES)
    by_loss = DistilledClassifier(TEACHER, SoftmaxStudent(tol=1e-8), alpha=alpha).fit(X, NAMES)
    np.testing.assert_allclose(by_rows.predict_proba(X), by_loss.predict_proba(X), atol=1e-4)


class Recorder(ClassifierMixin, BaseEstimator):
    """Takes soft targets, and nothing else of distillation."""

    def fit(self, X, y, sample_weight=None, soft_targets=None):
        self.classes_, self.soft_, self.y_ = np.unique(y), soft_targets, y
        self.weights_ = sample_weight
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


def test_student_that_takes_soft_targets_gets_the_mixture():
    model = DistilledClassifier(TEACHER, Recorder(), alpha=0.25).fit(X, Y, unlabeled=X[:3])
    mixture = 0.25 * model.soft_targets_ + 0.75 * np.eye(3)[Y]
    np.testing.assert_allclose(model.student_.soft_[:150], mixture)
    np.testing.assert_array_equal(model.student_.y_[:150], Y)
    np.testing.assert_allclose(model.student_.soft_[150:], model.teacher_.predict_proba(X[:3]))
    np.testing.assert_allclose(model.student_.weights_, [1.0] * 150 + [0.25] * 3)
    assert not hasattr(model, "predict_proba")


def test_class_that_a_fold_lacks():
    cv = KFold(3)  # iris is sorted: each fold lacks its class
    model = DistilledClassifier(LogisticRegression(max_iter=1000), SoftmaxStudent(), cv=cv)
    model.fit(X, NAMES)
    assert (model.soft_targets_[Y == 0, 0] == 0).all()
    np.testing.assert_allclose(model.soft_targets_.sum(axis=1), 1)


def test_prefit_and_its_classes():
    fitted = clone(TEACHER).fit(X[::2], NAMES[::2])
    model = DistilledClassifier(fitted, SoftmaxStudent(), cv="prefit").fit(X[1::2], NAMES[1::2])
    assert model.teacher_ is fitted
    np.testing.assert_array_equal(model.soft_targets_, fitted.predict_proba(X[1::2]))
    with pytest.raises(ValueError, match="Pass labels of each class"):
        model.fit(X[:100], NAMES[:100])


def test_unlabeled_rows_weigh_alpha_and_count():
    more = np.random.default_rng(0).normal(5, 2, (40, 4))
    student = DecisionTreeClassifier(max_depth=2, random_state=0)
    without = DistilledClassifier(TEACHER, student).fit(X, NAMES)
    both = DistilledClassifier(TEACHER, student).fit(X, NAMES, unlabeled=more)
    assert len(both.soft_targets_) == 150
    assert both.student_.tree_.weighted_n_node_samples[0] == pytest.approx(190)
    assert without.student_.tree_.weighted_n_node_samples[0] == pytest.approx(150)


def test_frames_with_categories_and_pipelines():
    frame = pd.DataFrame(X[:, :2], columns=["a", "b"])
    frame["kind"] = pd.Categorical(np.where(X[:, 2] > 3, "long", "short"))
    model = DistilledClassifier(
        make_pipeline(OneHotEncoder(handle_unknown="ignore"), TEACHER),
        make_pipeline(
            OneHotEncoder(handle_unknown="ignore"),
            StandardScaler(with_mean=False),
            SoftmaxStudent(),
        ),
        temperature=2.0,
    ).fit(frame, NAMES, unlabeled=frame[:5])
    assert model.feature_names_in_.tolist() == ["a", "b", "kind"]
    assert model.score(frame, NAMES) > 0.7  # sepals and one mark of the petals
    same = DistilledClassifier(TEACHER, SoftmaxStudent()).fit(X, NAMES)
    in_sparse = clone(same).fit(sparse.csr_array(X), NAMES, unlabeled=sparse.csr_array(X[:5]))
    assert in_sparse.score(sparse.csr_array(X), NAMES) == pytest.approx(
        same.score(X, NAMES), abs=0.03
    )


def test_divergence_has_an_interval_and_units():
    nats = DistilledClassifier(TEACHER, SoftmaxStudent()).fit(X, NAMES).divergence_
    bits = DistilledClassifier(TEACHER, SoftmaxStudent(), base=2).fit(X, NAMES).divergence_
    low, high = bits.confidence_interval()
    assert 0 <= low < bits.value < high
    assert bits.value == pytest.approx(nats.value / np.log(2))
    assert bits.standard_error == pytest.approx(nats.standard_error / np.log(2))


def test_sizes_times_and_seeds():
    model = DistilledClassifier(
        RandomForestClassifier(50), DecisionTreeClassifier(max_depth=3), random_state=0
    )
    first, second = (clone(model).fit(X, NAMES) for _ in range(2))
    np.testing.assert_array_equal(first.soft_targets_, second.soft_targets_)
    assert first.compression_ratio() > 10
    assert first.speedup(X) > 1
    in_parallel = clone(model).set_params(n_jobs=2).fit(X, NAMES)
    np.testing.assert_array_equal(first.soft_targets_, in_parallel.soft_targets_)


def test_metadata_is_routed_to_the_teacher():
    weights = np.random.default_rng(0).uniform(0.5, 2, 150)
    plain = DistilledClassifier(LogisticRegression(max_iter=1000), SoftmaxStudent())
    expected = clone(plain).fit(X, NAMES, sample_weight=weights)
    with pytest.raises(ValueError, match="enable_metadata_routing"):
        plain.fit(X, NAMES, kind=weights)
    with config_context(enable_metadata_routing=True):
        teacher = LogisticRegression(max_iter=1000).set_fit_request(sample_weight=True)
        routed = DistilledClassifier(teacher, SoftmaxStudent())
        routed.fit(X, NAMES, sample_weight=weights)
    np.testing.assert_allclose(routed.predict_proba(X), expected.predict_proba(X))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (DistilledClassifier(TEACHER, KNeighborsClassifier()), "does not take sample_weight"),
        (DistilledClassifier(TEACHER, SoftmaxStudent(), cv=[(range(9), range(9, 18))]), "exactly"),
    ],
)
def test_says_what_is_wrong(model, message):
    with pytest.raises(ValueError, match=message):
        model.fit(X, NAMES)


def test_regressor_mixes_predictions_out_of_fold():
    A, b = load_diabetes(return_X_y=True)
    model = DistilledRegressor(LinearRegression(), Ridge(0.1), alpha=0.4).fit(A, b)
    said = cross_val_predict(LinearRegression(), A, b, cv=KFold(5))
    np.testing.assert_allclose(model.targets_, 0.4 * said + 0.6 * b)
    np.testing.assert_allclose(model.predict(A), Ridge(0.1).fit(A, model.targets_).predict(A))
    assert model.agreement_ == pytest.approx(Ridge(0.1).fit(A, model.targets_).score(A, said))
    more = DistilledRegressor(LinearRegression(), Ridge(0.1)).fit(A, b, unlabeled=A[:9])
    weights = np.ones(451)
    targets = np.concatenate([more.targets_, more.teacher_.predict(A[:9])])
    expected = Ridge(0.1).fit(np.vstack([A, A[:9]]), targets, sample_weight=weights)
    np.testing.assert_allclose(more.predict(A), expected.predict(A))
    fitted = LinearRegression().fit(A, b)
    prefit = DistilledRegressor(fitted, Ridge(0.1), cv="prefit").fit(A, b)
    np.testing.assert_array_equal(prefit.targets_, fitted.predict(A))
