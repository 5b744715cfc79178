"""The difference of the cross-entropies of two models, with a t-test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit
from sklearn.utils import _safe_indexing
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit, unit_name
from sklearn_infotheory.metrics._probabilities import Zero, check_predictions
from sklearn_infotheory.metrics._probabilities import losses as losses_of
from sklearn_infotheory.metrics._scale import Scale

if TYPE_CHECKING:
    from pandas import DataFrame

Split = tuple[NDArray[np.integer], NDArray[np.integer]]
"""Indices of training and of test samples."""


@dataclass(frozen=True)
class CrossEntropyComparison:
    """The difference of the mean losses of two models.

    Attributes
    ----------
    difference : float
        Loss of a less loss of b: above 0, b predicts better.
    standard_error : float
        Its standard error.
    interval : (float, float)
        Its confidence interval.
    p_value : float
        Two-sided, that the difference is 0.
    statistic : float
        Student's t.
    degrees_of_freedom : float
        Of t.
    loss_a, loss_b : float
        Mean losses.
    unit : str
        Name of the unit of the losses.
    method : str
        "paired t-test", or "corrected resampled t-test" over folds.
    confidence_level : float
        Confidence level of the interval.
    n_samples : float
        Sum of the weights, over all folds.
    fold_differences : ndarray of shape (n_folds,) or None
        Difference in each fold; None without folds.
    """

    difference: float
    standard_error: float
    interval: tuple[float, float]
    p_value: float
    statistic: float
    degrees_of_freedom: float
    loss_a: float
    loss_b: float
    unit: str
    method: str
    confidence_level: float
    n_samples: float
    fold_differences: Floats | None

    def to_frame(self) -> DataFrame:
        """Return one row with the losses, their difference, its interval and the p-value.

        Returns
        -------
        pandas.DataFrame
            One row.
        """
        import pandas as pd

        row = {
            "loss_a": self.loss_a,
            "loss_b": self.loss_b,
            "difference": self.difference,
            "standard_error": self.standard_error,
            "lower": self.interval[0],
            "upper": self.interval[1],
            "p_value": self.p_value,
        }
        return pd.DataFrame([row])


@validate_params(
    {
        "y_true": ["array-like"],
        "proba_a": ["array-like"],
        "proba_b": ["array-like"],
        "splits": [list, tuple, dict, None],
        "labels": ["array-like", None],
        "scale": [StrOptions(set(get_args(Scale)))],
        "sample_weight": ["array-like", None],
        "zero": [StrOptions({"raise"}), Interval(Real, 0, 1, closed="neither")],
        "confidence_level": [Interval(Real, 0, 1, closed="neither")],
        "base": BASE_CONSTRAINT,
    },
    prefer_skip_nested_validation=True,
)
def compare_cross_entropy(
    y_true: ArrayLike,
    proba_a: Any,
    proba_b: Any,
    *,
    splits: Any = None,
    labels: ArrayLike | None = None,
    scale: Scale = "probability",
    sample_weight: ArrayLike | None = None,
    zero: float | Literal["raise"] = "raise",
    confidence_level: float = 0.95,
    base: float | None = None,
) -> CrossEntropyComparison:
    r"""Compare the losses of two models on the same samples.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_classes)
        Labels, one-hot rows, or soft targets.
    proba_a, proba_b : array-like of shape (n_samples, n_classes) or (n_samples,), or list of them
        Predicted probabilities of both models. With ``splits``, a list of one array a split, each
        of its test samples; or, where every sample is tested once, one array of all samples, as
        :func:`~sklearn.model_selection.cross_val_predict` returns it.
    splits : list of (train, test) or dict, default=None
        Indices of the splits, as ``cv.split`` yields them, or the ``"indices"`` that
        :func:`~sklearn.model_selection.cross_validate` returns. None where the models were not
        trained on folds of these samples.
    labels : array-like of shape (n_classes,), default=None
        Class of each column; None for the sorted labels in ``y_true``.
    scale : {"probability", "log", "logit"}, default="probability"
        What the columns of predictions hold, as in :func:`cross_entropy_loss`.
    sample_weight : array-like of shape (n_samples,), default=None
        A weight of k counts as k repetitions of the sample.
    zero : "raise" or float, default="raise"
        What happens to a probability of 0 of a label that occurs, whose loss is infinite: "raise"
        an error, or raise probabilities to this floor.
    confidence_level : float, default=0.95
        Confidence level of the interval.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    CrossEntropyComparison
        The difference, loss of a less loss of b, its interval and its p-value.

    Raises
    ------
    ValueError
        If the predictions are no probabilities, a label has no column, there are fewer than two
        samples or splits, or a label that occurs has probability 0 and ``zero="raise"``.

    See Also
    --------
    cross_entropy_loss : The loss of one model.

    Notes
    -----
    Without splits the samples are independent, and the models given: the p-value is that of a
    paired t-test on the differences of the losses of each sample. It does not say what other
    training data would give.

    The folds of cross-validation share training samples, so that their differences are no
    independent repetitions. With the variance :math:`s^2` of the J differences,

    .. math:: t = \frac{\bar d}{\sqrt{(1 / J + n_{test} / n_{train}) s^2}}

    has about J - 1 degrees of freedom [1]_. This holds for repeated cross-validation too.

    References
    ----------
    .. [1] Nadeau, C. and Bengio, Y. (2003). Inference for the generalization error. Machine
       Learning 52. :doi:`10.1023/A:1024068626366`

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import StratifiedKFold, cross_val_predict
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn_infotheory.metrics import compare_cross_entropy
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> splits = list(StratifiedKFold(10).split(X, y))
    >>> bayes, logistic = (
    ...     cross_val_predict(model, X, y, cv=splits, method="predict_proba")
    ...     for model in (GaussianNB(), make_pipeline(StandardScaler(), LogisticRegression()))
    ... )
    >>> comparison = compare_cross_entropy(
    ...     y, bayes, logistic, splits=splits, zero=1e-15, base=2
    ... )
    >>> print(round(comparison.difference, 2), round(comparison.p_value, 3))
    0.77 0.052
    """
    if splits is None:
        losses = _paired_losses(y_true, proba_a, proba_b, sample_weight, labels, zero, scale)
        return _report(_difference_of_samples(losses), confidence_level, base)
    pairs = _check_splits(splits)
    labels = _all_labels(y_true) if labels is None else labels
    folds = [
        _paired_losses(*fold, labels, zero, scale)
        for fold in _folds(y_true, proba_a, proba_b, sample_weight, pairs)
    ]
    return _report(_difference_of_folds(folds, pairs), confidence_level, base)


class _PairedLosses(NamedTuple):
    """Losses in nats of two models on the same samples, and the weights of these."""

    a: Floats
    b: Floats
    weights: Floats

    def means(self) -> tuple[float, float]:
        """Return the mean loss of each model."""
        a, b = (np.average(losses, weights=self.weights) for losses in (self.a, self.b))
        return float(a), float(b)


class _Difference(NamedTuple):
    """A mean difference of losses in nats, and what its t-test needs."""

    mean: float
    error: float
    freedom: float
    losses: tuple[float, float]
    method: str
    n_samples: float
    of_folds: Floats | None = None


def _paired_losses(
    y_true: Any,
    proba_a: Any,
    proba_b: Any,
    sample_weight: ArrayLike | None,
    labels: Any,
    zero: Zero,
    scale: Scale,
) -> _PairedLosses:
    """Return the losses of both models for the samples that weigh something."""
    read = [
        check_predictions(y_true, proba, labels=labels, sample_weight=sample_weight, scale=scale)
        for proba in (proba_a, proba_b)
    ]
    weights = read[0].weights
    if weights is None:
        weights = np.ones(len(read[0].proba))
    kept = weights > 0
    a, b = (losses_of(predictions, zero)[kept] for predictions in read)
    return _PairedLosses(a, b, weights[kept])


def _difference_of_samples(losses: _PairedLosses) -> _Difference:
    """Return the mean over independent samples; a weight of k is k samples, in n too."""
    a, b, weights = losses
    n = float(weights.sum())
    if n < 2:
        raise ValueError(
            f"At least 2 samples are needed to compare models; got a weight of {n:g} in all. "
            "A weight of k counts as k samples."
        )
    # The differences of each sample, so that what makes a sample hard for both models drops out.
    mean = float(np.average(a - b, weights=weights))
    variance = weights @ (a - b - mean) ** 2 / (n - 1)
    error = float(np.sqrt(variance / n))
    return _Difference(mean, error, n - 1, losses.means(), "paired t-test", n)


def _difference_of_folds(folds: list[_PairedLosses], splits: list[Split]) -> _Difference:
    """Return the mean over folds, whose training samples overlap (Nadeau and Bengio 2003)."""
    means = np.array([fold.means() for fold in folds])
    differences = means[:, 0] - means[:, 1]
    n_folds = len(folds)
    # Two folds correlate about as n_test / (n_test + n_train) if the models depend little on which
    # samples they are trained on. The variance of the mean then is (1 / J + n_test / n_train) s^2
    # (their eq. 10), where that of independent folds would be s^2 / J.
    ratio = np.mean([len(test) / len(train) for train, test in splits])
    error = float(np.sqrt((1 / n_folds + ratio) * differences.var(ddof=1)))
    return _Difference(
        float(differences.mean()),
        error,
        n_folds - 1,
        (float(means[:, 0].mean()), float(means[:, 1].mean())),
        "corrected resampled t-test",
        float(sum(fold.weights.sum() for fold in folds)),
        differences,
    )


def _report(found: _Difference, level: float, base: float | None) -> CrossEntropyComparison:
    """Test a difference by Student's t; equal losses everywhere are none, with p-value 1."""
    if found.error > 0:
        statistic = found.mean / found.error
    else:  # the same difference everywhere: 0 / 0, or no chance at all
        statistic = 0.0 if found.mean == 0 else float(np.copysign(np.inf, found.mean))
    reach = found.error * stdtrit(found.freedom, (1 + level) / 2)
    unit = nats_per_unit(base)
    return CrossEntropyComparison(
        difference=found.mean / unit,
        standard_error=found.error / unit,
        interval=(float((found.mean - reach) / unit), float((found.mean + reach) / unit)),
        # The lower tail of -|t|: 1 minus the upper one would lose the digits of small p-values.
        p_value=float(2 * stdtr(found.freedom, -abs(statistic))),
        statistic=float(statistic),
        degrees_of_freedom=float(found.freedom),
        loss_a=found.losses[0] / unit,
        loss_b=found.losses[1] / unit,
        unit=unit_name(base),
        method=found.method,
        confidence_level=float(level),
        n_samples=found.n_samples,
        fold_differences=None if found.of_folds is None else found.of_folds / unit,
    )


def _check_splits(splits: Any) -> list[Split]:
    """Return the indices of each split, of which there are two or more, none empty."""
    if isinstance(splits, dict):
        if not {"train", "test"} <= set(splits):
            raise ValueError(
                "splits as a dict must have the keys 'train' and 'test'; got "
                f"{sorted(splits)}. Pass cross_validate(..., return_indices=True)['indices']."
            )
        splits = list(zip(splits["train"], splits["test"], strict=True))
    pairs = [(np.asarray(train), np.asarray(test)) for train, test in splits]
    if len(pairs) < 2:
        raise ValueError(
            f"At least 2 splits are needed to compare models over folds; got {len(pairs)}. Leave "
            "splits=None to compare two models on one test set."
        )
    for i, pair in enumerate(pairs):
        if not all(len(indices) and indices.dtype.kind in "iu" for indices in pair):
            raise ValueError(
                f"Each split must hold indices of training and of test samples; split {i} does "
                "not. Pass list(cv.split(X, y))."
            )
    return pairs


def _all_labels(y_true: Any) -> NDArray[Any] | None:
    """Return the labels of all folds, as one may lack a class; None for rows and soft targets."""
    # Columns are those of the sorted labels of all samples, also in folds that lack one of them.
    y = np.asarray(y_true)
    if y.ndim == 2 or (y.dtype.kind == "f" and (y != np.floor(y)).any()):
        return None
    return np.unique(y)


def _folds(
    y_true: Any,
    proba_a: Any,
    proba_b: Any,
    sample_weight: ArrayLike | None,
    splits: list[Split],
) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Yield what was seen and predicted in each test fold, and the weights."""
    y = np.asarray(y_true)
    parts_a, parts_b = (
        _parts(proba, splits, len(y), name)
        for proba, name in ((proba_a, "proba_a"), (proba_b, "proba_b"))
    )
    weights = None if sample_weight is None else np.asarray(sample_weight)
    for (_, test), a, b in zip(splits, parts_a, parts_b, strict=True):
        yield y[test], a, b, None if weights is None else weights[test]


def _rows(values: Any, rows: NDArray[np.integer]) -> Any:
    """Return rows of an array or frame, the columns of which keep their names."""
    return _safe_indexing(values if hasattr(values, "shape") else np.asarray(values), rows)


def _parts(proba: Any, splits: list[Split], n_samples: int, name: str) -> list[Any]:
    """Return one array of predictions per split."""
    sizes = [len(test) for _, test in splits]
    if isinstance(proba, list | tuple) and [np.shape(part)[:1] for part in proba] == [
        (size,) for size in sizes
    ]:
        return list(proba)
    # One array of all samples says nothing about samples that were tested in two folds.
    tested = np.bincount(np.concatenate([test for _, test in splits]), minlength=n_samples)
    if len(proba) == n_samples and (tested <= 1).all():
        return [_rows(proba, test) for _, test in splits]
    raise ValueError(
        f"{name} must be a list of one array per split, of {sizes} rows, or one array of all "
        f"{n_samples} samples if none is tested twice; got {len(proba)} rows or parts. Predict "
        "each test fold by the estimator that was trained without it."
    )
