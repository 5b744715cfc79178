"""The loss of a student that learns from a teacher and from labels, with its gradient."""

from __future__ import annotations

from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_softmax, xlogy
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit


@validate_params(
    {
        "student_logits": ["array-like"],
        "teacher_logits": ["array-like"],
        "labels": ["array-like"],
        "temperature": [Interval(Real, 0, None, closed="neither")],
        "alpha": [Interval(Real, 0, 1, closed="both")],
        "reduction": [StrOptions({"mean", "sum", "none"})],
        "return_gradient": ["boolean"],
        "base": BASE_CONSTRAINT,
    },
    prefer_skip_nested_validation=True,
)
def distillation_loss(
    student_logits: ArrayLike,
    teacher_logits: ArrayLike,
    labels: ArrayLike,
    temperature: float = 3.0,
    alpha: float = 0.5,
    *,
    reduction: Literal["mean", "sum", "none"] = "mean",
    return_gradient: bool = False,
    base: float | None = None,
) -> Any:
    r"""Return the distillation loss of a student's logits.

    The loss is :math:`\alpha T^2 H(q_T, p_T) + (1 - \alpha) H(y, p_1)`, where H is the
    cross-entropy, and q and p are the softmax of the logits of teacher and student divided by the
    temperature T.

    Parameters
    ----------
    student_logits : array-like of shape (n_samples, n_classes)
        Logits of the student, finite.
    teacher_logits : array-like of shape (n_samples, n_classes)
        Logits of the teacher, or logarithms of its probabilities; -inf is a probability of 0.
    labels : array-like of shape (n_samples,) or (n_samples, n_classes)
        Numbers of the classes from 0, or the probability of each class.
    temperature : float, default=3.0
        T, above 0. Large values bring out how the teacher ranks the wrong classes.
    alpha : float, default=0.5
        Weight of the teacher, in [0, 1].
    reduction : {"mean", "sum", "none"}, default="mean"
        "mean" or "sum" over the samples; "none" gives the loss of each.
    return_gradient : bool, default=False
        If True, also return the gradient with respect to `student_logits`.
    base : float, default=None
        Base of the logarithm; None gives nats, and 2 gives bits.

    Returns
    -------
    loss : float, or ndarray of shape (n_samples,)
        The loss, at least 0, in units of `base`.
    gradient : ndarray of shape (n_samples, n_classes)
        Only if `return_gradient` is True; of the sum of the losses if `reduction` is "none".

    Raises
    ------
    ValueError
        If the shapes do not agree, logits are not finite, or labels are no classes.

    Notes
    -----
    The gradient of the soft part is :math:`T (p_T - q_T)`. Without the factor T^2 it would fall as
    1 / T^2, as p_T - q_T itself falls as 1 / T, and the weight of the labels would depend on the
    temperature [1]_.

    References
    ----------
    .. [1] G. Hinton, O. Vinyals, J. Dean (2015). Distilling the knowledge in a neural network.
       :doi:`10.48550/arXiv.1503.02531`

    Examples
    --------
    >>> from sklearn_infotheory.distillation import distillation_loss
    >>> print(round(distillation_loss([[2.0, 0.5, 0.1]], [[3.0, 1.0, 0.2]], [0]), 4))
    4.7701
    """
    student = _check_logits(student_logits, "student_logits", -np.inf)
    teacher = _check_logits(teacher_logits, "teacher_logits", None)
    if student.shape != teacher.shape:
        raise ValueError(
            "student_logits and teacher_logits must have the same shape; got "
            f"{student.shape} and {teacher.shape}."
        )
    targets = _check_labels(labels, student.shape)
    soft_targets = np.exp(log_softmax(teacher / temperature, axis=1))
    losses, gradient = loss_and_gradient(student, soft_targets, targets, temperature, alpha)
    n = len(student) if reduction == "mean" else 1
    unit = nats_per_unit(base)
    loss = losses / unit if reduction == "none" else float(losses.sum()) / n / unit
    return (loss, gradient / n / unit) if return_gradient else loss


def loss_and_gradient(
    student: Floats, soft_targets: Floats, targets: Floats, temperature: float, alpha: float
) -> tuple[Floats, Floats]:
    """Return the loss of each sample in nats, and its gradient by the student's logits."""
    log_soft = log_softmax(student / temperature, axis=1)
    log_hard = log_softmax(student, axis=1)
    soft = -(temperature**2) * (soft_targets * log_soft).sum(axis=1)
    hard = -(targets * log_hard).sum(axis=1)
    # d H(q, softmax(s / T)) / ds = (p_T - q) / T; times T^2.
    soft_gradient = temperature * (np.exp(log_soft) - soft_targets)
    hard_gradient = np.exp(log_hard) - targets
    losses = alpha * soft + (1 - alpha) * hard
    return losses, alpha * soft_gradient + (1 - alpha) * hard_gradient


def tempered(proba: Floats, temperature: float) -> Floats:
    """Return softmax(log p / T) of each row; a probability of 0 stays 0."""
    if temperature == 1:
        return proba / proba.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):
        return np.exp(log_softmax(np.log(proba) / temperature, axis=1))


def divergences(p: Floats, q: Floats) -> Floats:
    """Return KL(p || q) of each row in nats; inf where q rules out what p does not."""
    with np.errstate(divide="ignore"):
        terms = xlogy(p, p) - np.where(p > 0, xlogy(p, q), 0.0)
    return np.maximum(terms.sum(axis=1), 0.0)  # rounding of equal rows


def _check_logits(logits: Any, name: str, lowest: float | None) -> Floats:
    found = np.asarray(logits, dtype=np.float64)
    finite = np.isfinite(found) if lowest is not None else found < np.inf
    if found.ndim != 2 or found.shape[1] < 2 or not finite.all():
        raise ValueError(
            f"{name} must have shape (n_samples, n_classes), at least 2 classes and no NaN or "
            f"infinite logits; got shape {found.shape}. For two classes pass a column for each."
        )
    if (found.max(axis=1, initial=-np.inf) == -np.inf).any():
        raise ValueError(f"each row of {name} must have a class that is not impossible; got -inf.")
    return found


def _check_labels(labels: Any, shape: tuple[int, ...]) -> Floats:
    found = np.asarray(labels)
    if found.shape == shape and (found >= 0).all() and np.allclose(found.sum(axis=1), 1, atol=1e-6):
        return found.astype(np.float64)
    is_codes = found.shape == shape[:1] and np.issubdtype(found.dtype, np.integer)
    if is_codes and np.isin(found, np.arange(shape[1])).all():
        return np.eye(shape[1])[found]
    raise ValueError(
        f"labels must be whole numbers from 0 to {shape[1] - 1}, one per sample, or probabilities "
        f"of shape {shape} with sum 1 in each row; got shape {found.shape}, type {found.dtype}."
    )
