"""The loss against the formulas in plain loops, its gradient by differences, and its minimum."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import approx_fprime
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from sklearn_infotheory.distillation import SoftmaxStudent, distillation_loss
from sklearn_infotheory.distillation._loss import divergences, tempered
from sklearn_infotheory.measures import kl_divergence


def naive_softmax(logits, temperature):
    powers = [math.exp(z / temperature) for z in logits]
    return [p / sum(powers) for p in powers]


def naive_loss(student, teacher, label, temperature, alpha):
    """One sample, as the formula is written."""
    soft = naive_softmax(teacher, temperature)
    tempered_student = naive_softmax(student, temperature)
    soft_loss = -sum(q * math.log(p) for q, p in zip(soft, tempered_student, strict=True))
    hard_loss = -math.log(naive_softmax(student, 1.0)[label])
    return alpha * soft_loss * temperature**2 + (1 - alpha) * hard_loss


def problem(n=6, n_classes=4):
    rng = np.random.default_rng(0)
    student, teacher = rng.normal(size=(2, n, n_classes))
    return student, 2 * teacher, rng.integers(0, n_classes, n)


@pytest.mark.parametrize(("temperature", "alpha"), list(product([0.5, 1.0, 3.0], [0.0, 0.5, 1.0])))
def test_slow_twin_and_gradient(temperature, alpha):
    student, teacher, labels = problem()
    each = [
        naive_loss(*row, temperature, alpha) for row in zip(student, teacher, labels, strict=True)
    ]
    found = distillation_loss(student, teacher, labels, temperature, alpha, reduction="none")
    np.testing.assert_allclose(found, each, rtol=1e-12)
    for reduction, expected in (("mean", np.mean(each)), ("sum", np.sum(each))):

        def loss(flat, reduction=reduction):
            logits = flat.reshape(student.shape)
            return distillation_loss(
                logits, teacher, labels, temperature, alpha, reduction=reduction
            )

        value, gradient = distillation_loss(
            *(student, teacher, labels, temperature, alpha),
            reduction=reduction,
            return_gradient=True,
        )
        assert value == pytest.approx(expected, rel=1e-12)
        numeric = approx_fprime(student.ravel(), loss, 1e-6)
        np.testing.assert_allclose(gradient.ravel(), numeric, atol=2e-5)


def test_units_one_hot_labels_and_shifts_of_logits():
    student, teacher, labels = problem()
    nats = distillation_loss(student, teacher, labels)
    assert distillation_loss(student, teacher, labels, base=2) == pytest.approx(nats / np.log(2))
    assert distillation_loss(student, teacher, np.eye(4)[labels]) == pytest.approx(nats)
    assert distillation_loss(student + 700, teacher - 700, labels) == pytest.approx(nats)


def test_log_probabilities_of_zero():
    with np.errstate(divide="ignore"):
        teacher = np.log([[0.0, 0.25, 0.75]])
    loss = distillation_loss([[0.0, 0.0, 0.0]], teacher, [1], 1.0, 1.0)
    assert loss == pytest.approx(np.log(3))
    np.testing.assert_allclose(tempered(np.array([[0.0, 0.2, 0.8]]), 2.0), [[0, 1 / 3, 2 / 3]])


@pytest.mark.parametrize(
    ("student", "teacher", "labels", "message"),
    [
        ([[1.0, 2.0]], [[1.0, 2.0, 3.0]], [0], "same shape"),
        ([[1.0]], [[1.0]], [0], "at least 2 classes"),
        ([[np.inf, 0.0]], [[1.0, 2.0]], [0], "student_logits must have"),
        ([[1.0, 0.0]], [[-np.inf, -np.inf]], [0], "not impossible"),
        ([[1.0, 0.0]], [[1.0, 2.0]], [2], "whole numbers from 0 to 1"),
        ([[1.0, 0.0]], [[1.0, 2.0]], [[0.5, 0.6]], "sum 1"),
    ],
)
def test_refuses(student, teacher, labels, message):
    with pytest.raises(ValueError, match=message):
        distillation_loss(student, teacher, labels)


def test_divergences_are_those_of_measures():
    p, q = np.random.default_rng(0).dirichlet(np.ones(3), (2, 9))
    p[0] = [0.0, 1.0, 0.0]
    np.testing.assert_allclose(divergences(p, q), kl_divergence(p, q, axis=1), rtol=1e-9)
    assert divergences(np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]])) == np.inf


def test_student_without_a_teacher_is_logistic_regression():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(80, 3)), rng.integers(0, 3, 80)
    weights = rng.uniform(0.5, 2, 80)
    ours = SoftmaxStudent(C=0.7, tol=1e-9).fit(X, y, sample_weight=weights)
    other = LogisticRegression(C=0.7, tol=1e-9, max_iter=1000).fit(X, y, sample_weight=weights)
    np.testing.assert_allclose(ours.predict_proba(X), other.predict_proba(X), atol=1e-5)
    in_sparse = SoftmaxStudent(C=0.7, tol=1e-9).fit(sparse.csr_array(X), y, sample_weight=weights)
    np.testing.assert_allclose(in_sparse.coef_, ours.coef_, atol=1e-6)


def test_student_minimises_the_loss_of_the_sheet():
    """At the minimum, the gradient of C sum(loss) + |W|^2 / 2 is zero."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)), rng.integers(0, 3, 60)
    teacher = rng.normal(size=(60, 3))
    soft = np.exp(teacher / 3) / np.exp(teacher / 3).sum(axis=1, keepdims=True)
    student = SoftmaxStudent(C=2.0, tol=1e-9)
    student.fit(X, y, soft_targets=soft, temperature=3.0, alpha=0.4)
    logits = X @ student.coef_.T + student.intercept_
    _, gradient = distillation_loss(
        logits, teacher, y, 3.0, 0.4, reduction="sum", return_gradient=True
    )
    np.testing.assert_allclose(2.0 * X.T @ gradient + student.coef_.T, 0, atol=1e-4)
    np.testing.assert_allclose(gradient.sum(axis=0), 0, atol=1e-4)


def test_student_says_what_is_wrong():
    X, y = np.random.default_rng(0).normal(size=(20, 2)), [0, 1] * 10
    with pytest.raises(ValueError, match="soft_targets must be probabilities"):
        SoftmaxStudent().fit(X, y, soft_targets=np.ones((20, 2)))
    with pytest.warns(ConvergenceWarning, match="max_iter=1 "):
        SoftmaxStudent(max_iter=1).fit(X, y)
