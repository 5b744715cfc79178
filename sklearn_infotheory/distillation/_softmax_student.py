"""A linear softmax classifier that learns from soft targets and labels at once."""

from __future__ import annotations

import warnings
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax
from sklearn.base import ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils._param_validation import Interval
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from sklearn_infotheory._base import InformationEstimator
from sklearn_infotheory._types import Floats
from sklearn_infotheory.distillation._loss import loss_and_gradient

N_POLISHING = 2  # steps of Newton, each of which doubles the number of right digits


class SoftmaxStudent(ClassifierMixin, InformationEstimator):
    r"""Linear softmax classifier that minimises the distillation loss at any temperature.

    The objective is :math:`C \sum_i w_i L_i + \frac{1}{2} \lVert W \rVert^2`, where L is the
    :func:`distillation_loss` of the logits XW + b. Without soft targets this is logistic
    regression.

    Parameters
    ----------
    C : float, default=1.0
        Inverse of the strength of the penalty, above 0, as in `LogisticRegression`.
    max_iter : int, default=1000
        Largest number of iterations of L-BFGS.
    tol : float, default=1e-6
        L-BFGS stops if no component of the gradient of the mean objective exceeds this.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels of the classes.
    coef_ : ndarray of shape (n_classes, n_features)
        Weights.
    intercept_ : ndarray of shape (n_classes,)
        Intercepts; their sum is 0.
    n_iter_ : int
        Number of iterations.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, if all are strings.

    See Also
    --------
    DistilledClassifier : Makes the soft targets, out of fold.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_infotheory.distillation import SoftmaxStudent
    >>> X, y = load_iris(return_X_y=True)
    >>> print(round(SoftmaxStudent().fit(X, y).score(X, y), 2))
    0.97
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "C": [Interval(Real, 0, None, closed="neither")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(self, C: float = 1.0, *, max_iter: int = 1000, tol: float = 1e-6) -> None:
        self.C = C
        self.max_iter = max_iter
        self.tol = tol

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        soft_targets: ArrayLike | None = None,
        temperature: float = 1.0,
        alpha: float = 1.0,
    ) -> SoftmaxStudent:
        """Minimise the loss by L-BFGS.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features; put a scaler before them.
        y : array-like of shape (n_samples,)
            Labels.
        sample_weight : array-like of shape (n_samples,), default=None
            A weight of k counts as k repetitions.
        soft_targets : array-like of shape (n_samples, n_classes), default=None
            Probabilities of the teacher at this temperature, in the order of the sorted labels.
            None learns from the labels alone.
        temperature : float, default=1.0
            T, above 0; used with soft targets.
        alpha : float, default=1.0
            Weight of the soft targets in [0, 1].

        Returns
        -------
        self : SoftmaxStudent
            The fitted classifier.
        """
        self._validate_params()
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float64)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        n_classes = len(self.classes_)
        if n_classes < 2:
            raise ValueError(
                f"SoftmaxStudent needs samples of at least 2 classes; got 1 class, "
                f"{self.classes_[0]!r}."
            )
        labels = np.eye(n_classes)[codes]
        soft = labels if soft_targets is None else _check_soft(soft_targets, labels.shape)
        if soft_targets is None:
            temperature, alpha = 1.0, 0.0
        weights = _check_sample_weight(sample_weight, X, dtype=np.float64)
        self._minimise(X, soft, labels, weights, temperature, alpha)
        return self

    def _minimise(
        self,
        X: Any,
        soft: Floats,
        labels: Floats,
        weights: Floats,
        temperature: float,
        alpha: float,
    ) -> None:
        from scipy.optimize import minimize

        shape = (X.shape[1] + 1, labels.shape[1])
        total = weights.sum()
        penalty = 1.0 / (self.C * total)

        def objective(flat: Floats) -> tuple[float, Floats]:
            W = flat.reshape(shape)
            logits = X @ W[:-1] + W[-1]
            losses, by_logits = loss_and_gradient(logits, soft, labels, temperature, alpha)
            by_logits *= (weights / total)[:, np.newaxis]
            gradient = np.vstack([X.T @ by_logits + penalty * W[:-1], by_logits.sum(axis=0)])
            value = weights @ losses / total + penalty / 2 * (W[:-1] ** 2).sum()
            return float(value), gradient.ravel()

        options = {"maxiter": self.max_iter, "gtol": self.tol, "ftol": 0.0, "maxls": 50}
        found = minimize(
            objective, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options=options
        )
        if found.nit >= self.max_iter:
            warnings.warn(
                f"L-BFGS did not converge in max_iter={self.max_iter} iterations. Scale the "
                "features, or raise max_iter.",
                ConvergenceWarning,
                stacklevel=4,
            )
        W = found.x.reshape(shape)
        shares = weights / total
        for _ in range(N_POLISHING):
            gradient = objective(W.ravel())[1].reshape(shape)
            W = W - _newton_step(X, W, gradient, shares, penalty, temperature, alpha)
        self.coef_, self.intercept_ = W[:-1].T.copy(), W[-1] - W[-1].mean()
        self.n_iter_ = int(found.nit)

    def _logits(self, X: Any) -> Floats:
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=np.float64, reset=False)
        return np.asarray(X @ self.coef_.T + self.intercept_)

    def decision_function(self, X: ArrayLike) -> Floats:
        """Return the logits.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features.

        Returns
        -------
        ndarray of shape (n_samples, n_classes) or (n_samples,)
            Logits; for two classes, the difference of the second and the first.
        """
        logits = self._logits(X)
        return logits[:, 1] - logits[:, 0] if logits.shape[1] == 2 else logits

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Return the probability of each class.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities in the order of `classes_`.
        """
        return softmax(self._logits(X), axis=1)

    def predict(self, X: ArrayLike) -> Any:
        """Return the most probable class.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels.
        """
        best = self._logits(X).argmax(axis=1)
        return self.classes_[best]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _check_soft(soft_targets: Any, shape: tuple[int, ...]) -> Floats:
    soft = np.asarray(soft_targets, dtype=np.float64)
    if soft.shape != shape or not (soft >= 0).all() or not np.allclose(soft.sum(axis=1), 1):
        raise ValueError(
            f"soft_targets must be probabilities of shape {shape}, one column per class and with "
            f"sum 1 in each row; got shape {soft.shape}. Divide by the sum of each row."
        )
    return soft


def _newton_step(
    X: Any,
    W: Floats,
    gradient: Floats,
    shares: Floats,
    penalty: float,
    temperature: float,
    alpha: float,
) -> Floats:
    """Solve for the step of Newton's method by conjugate gradients.

    L-BFGS stops where the objective no longer changes in double precision, at half of the digits of
    its arguments; the gradient has all of them, so that weights and repetitions agree.
    """
    from scipy.sparse.linalg import LinearOperator, cg

    logits = X @ W[:-1] + W[-1]
    soft, hard = softmax(logits / temperature, axis=1), softmax(logits, axis=1)

    def curvature(flat: Floats) -> Floats:
        V = flat.reshape(W.shape)
        moved = X @ V[:-1] + V[-1]
        # The Jacobian of T p_T by the logits is that of the softmax itself.
        change = alpha * _softmax_change(soft, moved) + (1 - alpha) * _softmax_change(hard, moved)
        change *= shares[:, np.newaxis]
        return np.vstack([X.T @ change + penalty * V[:-1], change.sum(axis=0)]).ravel()

    operator = LinearOperator((W.size, W.size), matvec=curvature, dtype=np.float64)
    step, _ = cg(operator, gradient.ravel(), rtol=1e-8, maxiter=10 * W.size)
    return step.reshape(W.shape)


def _softmax_change(p: Floats, moved: Floats) -> Floats:
    """Return (diag(p) - p p') times a change of the logits, by row."""
    return p * (moved - (p * moved).sum(axis=1, keepdims=True))
