"""A regressor that learns from the predictions of another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.utils.validation import _check_y

from sklearn_infotheory._types import Floats
from sklearn_infotheory.distillation._teaching import DistilledModel, stack, weight_name


class DistilledRegressor(RegressorMixin, DistilledModel):
    """Fit a student to what a teacher predicts out of fold.

    The student's targets are `alpha` times the teacher's predictions plus `1 - alpha` times y.

    Parameters
    ----------
    teacher : regressor
        The large model, or a pipeline.
    student : regressor
        The small model, or a pipeline.
    alpha : float, default=1.0
        Weight of the teacher in [0, 1]. 0 is the student alone.
    cv : int, cross-validation generator, iterable or "prefit", default=5
        Folds out of which the teacher predicts. "prefit" takes `teacher` as it is fitted; the rows
        should be others than its training rows.
    n_jobs : int, default=None
        Number of folds that are fitted at once.
    random_state : int or RandomState, default=None
        Shuffles the folds of an integer `cv`, and seeds the teacher and the student if they have no
        seed.

    Attributes
    ----------
    teacher_ : regressor
        The teacher, fitted to all rows.
    student_ : regressor
        The fitted student.
    targets_ : ndarray of shape (n_samples,)
        What the student was fitted to, without the unlabeled rows.
    agreement_ : float
        Weighted R^2 of the student's predictions of the teacher's, in the rows of `fit`.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, if all are strings.

    See Also
    --------
    DistilledClassifier : The same for classes.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.ensemble import RandomForestRegressor
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from sklearn_infotheory.distillation import DistilledRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = DistilledRegressor(
    ...     RandomForestRegressor(20, random_state=0),
    ...     DecisionTreeRegressor(max_depth=4, random_state=0),
    ... ).fit(X, y)
    >>> print(model.agreement_ > 0.5)
    True
    """

    def __init__(
        self,
        teacher: Any,
        student: Any,
        *,
        alpha: float = 1.0,
        cv: Any = 5,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.teacher = teacher
        self.student = student
        self.alpha = alpha
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        unlabeled: Any = None,
        **params: Any,
    ) -> DistilledRegressor:
        """Fit teachers out of fold, and the student to what they predict.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_features)
            Features.
        y : array-like of shape (n_samples,)
            Numbers.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights for teacher and student.
        unlabeled : array-like, sparse matrix or data frame, default=None
            Rows of shape (n_more, n_features) whose target is what the teacher predicts; they
            weigh `alpha` each, so that the student has to take weights.
        **params : dict
            What metadata routing passes on to the teacher.

        Returns
        -------
        self : DistilledRegressor
            The fitted regressor.
        """
        self._validate_params()
        X, weights = self._check_rows(X, y, sample_weight)
        numbers = np.asarray(_check_y(y, y_numeric=True, estimator=self), dtype=np.float64)
        own = self._teacher_params(X, sample_weight, weights, params)
        said = self._taught(X, numbers, own)
        self.targets_ = self.alpha * said + (1 - self.alpha) * numbers
        targets = self.targets_
        if unlabeled is not None:
            more = np.asarray(self.teacher_.predict(unlabeled), dtype=np.float64)
            targets = np.concatenate([targets, more])
        self.student_ = self._new(self.student)
        given = {}
        if sample_weight is not None or unlabeled is not None:
            rest = np.full(len(targets) - len(weights), self.alpha)
            given = {weight_name(self.student_): np.concatenate([weights, rest])}
        self.student_.fit(stack(X, unlabeled), targets, **given)
        self.agreement_ = _r_squared(said, np.asarray(self.student_.predict(X)), weights)
        return self

    def _taught(self, X: Any, y: Floats, own: dict[str, Any]) -> Floats:
        """Fit the teachers; return predictions of rows that they were not fitted to."""
        if isinstance(self.cv, str):
            self.teacher_ = self.teacher
            return np.asarray(self.teacher_.predict(X), dtype=np.float64)
        splits = self._splits(X, y, is_classifier=False)
        said = np.empty(len(y))
        found = self._teach(X, y, own, lambda teacher, rows: teacher.predict(rows), splits)
        for (_, test), values in zip(splits, found, strict=True):
            said[test] = values
        self.teacher_ = self._new(self.teacher).fit(X, y, **own)
        return said


def _r_squared(truth: Floats, predicted: Floats, weights: Floats) -> float:
    """Return the weighted R^2; of a constant, 1 if it is met and else 0."""
    mean = np.average(truth, weights=weights)
    rest = float(weights @ (truth - predicted) ** 2)
    total = float(weights @ (truth - mean) ** 2)
    if total == 0:
        return float(rest == 0)
    return 1 - rest / total
