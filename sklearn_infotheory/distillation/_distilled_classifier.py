"""A classifier that learns from the predicted probabilities of another."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils import _safe_indexing
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_y, has_fit_parameter

from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit
from sklearn_infotheory.distillation._loss import divergences, tempered
from sklearn_infotheory.distillation._teaching import (
    DistilledModel,
    final_step,
    stack,
    weight_name,
)
from sklearn_infotheory.estimation._estimate import Estimate, NormalInterval


def _student_has(method: str) -> Any:
    return lambda self: hasattr(getattr(self, "student_", self.student), method)


class DistilledClassifier(ClassifierMixin, DistilledModel):
    r"""Fit a student to the probabilities that a teacher predicts out of fold.

    Parameters
    ----------
    teacher : classifier with `predict_proba`
        The large model, or a pipeline.
    student : classifier
        The small model, or a pipeline. Its `fit` takes `sample_weight` or `soft_targets`.
    temperature : float, default=1.0
        T, above 0: the teacher's probabilities are replaced by softmax(log p / T).
    alpha : float, default=1.0
        Weight of the teacher in [0, 1]; the labels have the rest. 0 is the student alone.
    cv : int, cross-validation generator, iterable or "prefit", default=5
        Folds out of which the teacher predicts, so that what it memorised of a row does not reach
        the student. "prefit" takes `teacher` as it is fitted; the rows should be others than its
        training rows.
    base : float, default=None
        Base of the logarithm of `divergence_`; None gives nats, and 2 gives bits.
    n_jobs : int, default=None
        Number of folds that are fitted at once.
    random_state : int or RandomState, default=None
        Shuffles the folds of an integer `cv`, and seeds the teacher and the student if they have no
        seed.

    Attributes
    ----------
    teacher_ : classifier
        The teacher, fitted to all rows.
    student_ : classifier
        The fitted student.
    classes_ : ndarray of shape (n_classes,)
        Labels.
    soft_targets_ : ndarray of shape (n_samples, n_classes)
        The teacher's probabilities at this temperature, of rows it was not fitted to.
    agreement_ : float
        Weighted share of the rows in `fit` for which both name the same class.
    divergence_ : Estimate
        Mean KL(teacher || student) of the rows in `fit`, with interval. Teacher and student are
        compared at temperature 1; the student was fitted to these rows, so that on new rows it
        is larger.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, if all are strings.

    See Also
    --------
    DistilledRegressor : The same for numbers.
    SoftmaxStudent : A linear student that minimises `distillation_loss` at any temperature.

    Notes
    -----
    A student with `sample_weight` gets each row once per class, with the weights
    :math:`\alpha q_T + (1 - \alpha) 1[y]`, so that it minimises
    :math:`\alpha H(q_T, p) + (1 - \alpha) H(y, p)`. This is `distillation_loss` at T = 1. At other
    temperatures the student's own probabilities are not divided by T, so that its gradient does
    not shrink with T, and the factor T^2, which makes up for that, does not apply.

    A student whose `fit` takes `soft_targets`, `temperature` and `alpha` gets these; one that takes
    `soft_targets` alone gets the mixture.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from sklearn_infotheory.distillation import DistilledClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = DistilledClassifier(
    ...     RandomForestClassifier(20, random_state=0),
    ...     DecisionTreeClassifier(max_depth=3, random_state=0),
    ... ).fit(X, y)
    >>> print(model.agreement_ > 0.9, model.compression_ratio() > 5)
    True True
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **DistilledModel._parameter_constraints,
        "teacher": [HasMethods(["fit", "predict_proba"])],
        "temperature": [Interval(Real, 0, None, closed="neither")],
        "base": BASE_CONSTRAINT,
    }

    def __init__(
        self,
        teacher: Any,
        student: Any,
        *,
        temperature: float = 1.0,
        alpha: float = 1.0,
        cv: Any = 5,
        base: float | None = None,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.teacher = teacher
        self.student = student
        self.temperature = temperature
        self.alpha = alpha
        self.cv = cv
        self.base = base
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        unlabeled: Any = None,
        **params: Any,
    ) -> DistilledClassifier:
        """Fit teachers out of fold, and the student to what they predict.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_features)
            Features.
        y : array-like of shape (n_samples,)
            Labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights for teacher and student.
        unlabeled : array-like, sparse matrix or data frame, default=None
            Rows of shape (n_more, n_features) that only the teacher labels; they weigh `alpha`
            each. A student that takes soft targets gets the teacher's most probable class
            as their label.
        **params : dict
            What metadata routing passes on to the teacher.

        Returns
        -------
        self : DistilledClassifier
            The fitted classifier.
        """
        self._validate_params()
        X, weights = self._check_rows(X, y, sample_weight)
        given = _check_y(y, estimator=self)
        check_classification_targets(given)
        self.classes_, codes = np.unique(given, return_inverse=True)
        found = np.unique(codes[weights > 0])
        if len(found) < 2:
            raise ValueError(
                "DistilledClassifier needs samples of at least 2 classes with positive weights; "
                f"got 1 class, {self.classes_[found].tolist()}."
            )
        own = self._teacher_params(X, sample_weight, weights, params)
        proba = self._taught(X, given, own)
        labels = np.eye(len(self.classes_))[codes]
        if unlabeled is not None:
            more = self._aligned(self.teacher_, unlabeled)
            every = np.vstack([proba, more])
            all_labels = np.vstack([labels, np.zeros_like(more)])
            all_weights = np.concatenate([weights, np.ones(len(more))])
        else:
            every, all_labels, all_weights = proba, labels, weights
        soft = tempered(every, self.temperature)
        self.soft_targets_ = soft[: len(given)]
        self._fit_student(stack(X, unlabeled), soft, all_labels, all_weights)
        self._compare(X, proba, weights)
        return self

    def _taught(self, X: Any, y: NDArray[Any], own: dict[str, Any]) -> Floats:
        """Fit the teachers; return probabilities of rows that they were not fitted to."""
        if isinstance(self.cv, str):
            self.teacher_ = self.teacher
            return self._aligned(self.teacher, X)
        splits = self._splits(X, y, is_classifier=True)
        proba = np.empty((len(y), len(self.classes_)))
        for (_, test), found in zip(
            splits, self._teach(X, y, own, self._aligned, splits), strict=True
        ):
            proba[test] = found
        self.teacher_ = self._new(self.teacher).fit(X, y, **own)
        return proba

    def _aligned(self, teacher: Any, X: Any) -> Floats:
        """Return probabilities in the order of all classes; 0 for those a fold did not have."""
        found = teacher.predict_proba(X)
        proba = np.zeros((len(found), len(self.classes_)))
        columns = np.searchsorted(self.classes_, teacher.classes_)
        known = columns < len(self.classes_)
        if not known.all() or (self.classes_[columns] != teacher.classes_).any():
            raise ValueError(
                f"the teacher knows the classes {teacher.classes_.tolist()}, and y has "
                f"{self.classes_.tolist()}. Pass labels of each class of the teacher."
            )
        proba[:, columns] = found
        return proba

    def _fit_student(self, X: Any, soft: Floats, labels: Floats, weights: Floats) -> None:
        self.student_ = self._new(self.student)
        prefix, final = final_step(self.student_)
        n, n_classes = soft.shape
        mixed = self.alpha * soft + (1 - self.alpha) * labels
        if not has_fit_parameter(final, "soft_targets"):
            name = weight_name(self.student_)  # before the rows are repeated
            rows = np.repeat(np.arange(n), n_classes)
            cells = (weights[:, np.newaxis] * mixed).ravel()
            repeated = _safe_indexing(X, rows)
            self.student_.fit(repeated, np.tile(self.classes_, n), **{name: cells})
            return
        is_known = labels.sum(axis=1) > 0
        known = is_known[:, np.newaxis]
        hard = np.where(known, labels, soft).argmax(axis=1)
        given: dict[str, Any] = {
            f"{prefix}{weight_name(final)}": weights * np.where(is_known, 1.0, self.alpha)
        }
        if has_fit_parameter(final, "temperature") and has_fit_parameter(final, "alpha"):
            given[f"{prefix}soft_targets"] = soft
            given[f"{prefix}temperature"] = self.temperature
            given[f"{prefix}alpha"] = self.alpha
        else:
            given[f"{prefix}soft_targets"] = np.where(known, mixed, soft)
        self.student_.fit(X, self.classes_[hard], **given)

    def _compare(self, X: Any, proba: Floats, weights: Floats) -> None:
        shares = weights / weights.sum()
        said = np.asarray(self.student_.predict(X))
        self.agreement_ = float(shares @ (self.classes_[proba.argmax(axis=1)] == said))
        if not hasattr(self.student_, "predict_proba"):
            return
        each = divergences(proba, self.student_.predict_proba(X))
        value = float(shares @ each)
        error = np.inf
        if np.isfinite(value):  # of a weighted mean of independent rows
            error = float(np.sqrt((shares**2) @ (each - value) ** 2))
        unit = nats_per_unit(self.base)
        self.divergence_ = Estimate(
            value / unit,
            error / unit,
            np.nan,
            "mean of the rows",
            float(weights.sum()),
            self.base,
            NormalInterval(value, error, 0.0) if np.isfinite(value) else NormalInterval(value, 0.0),
        )

    @available_if(_student_has("predict_proba"))
    def predict_proba(self, X: Any) -> Floats:
        """Return the probabilities that the student predicts.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_features)
            Features.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities in the order of `classes_`.
        """
        return self._student_says("predict_proba", X)

    @available_if(_student_has("decision_function"))
    def decision_function(self, X: Any) -> Floats:
        """Return the decision function of the student.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_features)
            Features.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            Its values.
        """
        return self._student_says("decision_function", X)
