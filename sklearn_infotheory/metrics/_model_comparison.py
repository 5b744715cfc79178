"""Which of two models predicts better, and could it be chance?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit, unit_name
from sklearn_infotheory.metrics._probabilities import check_predictions
from sklearn_infotheory.metrics._probabilities import losses as losses_of

if TYPE_CHECKING:
    from pandas import DataFrame


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
    options: dict[str, Any] = {"labels": labels, "zero": zero, "level": confidence_level}
    unit = nats_per_unit(base)
    if splits is None:
        values = _compare_samples(y_true, proba_a, proba_b, sample_weight, **options)
    else:
        pairs = _check_splits(splits)
        labels = _all_labels(y_true) if labels is None else labels
        folds = [
            _differences(y, a, b, weights, labels, zero)
            for y, a, b, weights in _folds(y_true, proba_a, proba_b, sample_weight, pairs)
        ]
        values = _compare_folds(folds, pairs, confidence_level)
    for name in ("difference", "standard_error", "loss_a", "loss_b", "interval"):
        values[name] = values[name] / unit
    values["interval"] = tuple(values["interval"].tolist())
    if values["fold_differences"] is not None:
        values["fold_differences"] = values["fold_differences"] / unit
    return CrossEntropyComparison(
        **values, unit=unit_name(base), confidence_level=float(confidence_level)
    )


def _differences(
    y_true: Any, proba_a: Any, proba_b: Any, sample_weight: Any, labels: Any, zero: Any
) -> tuple[Floats, Floats, Floats]:
    """Return the losses of both models and the weights of the samples that weigh something."""
    read = [
        check_predictions(y_true, proba, labels=labels, sample_weight=sample_weight)
        for proba in (proba_a, proba_b)
    ]
    weights = read[0].weights
    if weights is None:
        weights = np.ones(len(read[0].proba))
    kept = weights > 0
    a, b = (losses_of(predictions, zero)[kept] for predictions in read)
    return a, b, weights[kept]


def _compare_samples(
    y_true: Any, a: Any, b: Any, sample_weight: Any, *, labels: Any, zero: Any, level: float
) -> dict[str, Any]:
    a, b, weights = _differences(y_true, a, b, sample_weight, labels, zero)
    n = float(weights.sum())
    if n < 2:
        raise ValueError(
            f"At least 2 samples are needed to compare models; got a weight of {n:g} in all. "
            "A weight of k counts as k samples."
        )
    # Paired: what both find hard or easy cancels in the difference. A weight of k is k samples.
    mean = np.average(a - b, weights=weights)
    variance = weights @ (a - b - mean) ** 2 / (n - 1)
    return {
        **_t_test(mean, float(np.sqrt(variance / n)), n - 1, level),
        "loss_a": np.average(a, weights=weights),
        "loss_b": np.average(b, weights=weights),
        "method": "paired t-test",
        "n_samples": n,
        "fold_differences": None,
    }


def _compare_folds(
    folds: list[tuple[Floats, Floats, Floats]],
    splits: list[tuple[NDArray[Any], NDArray[Any]]],
    level: float,
) -> dict[str, Any]:
    losses = np.array([[np.average(a, weights=w), np.average(b, weights=w)] for a, b, w in folds])
    differences = losses[:, 0] - losses[:, 1]
    n_folds = len(folds)
    # Folds share training samples: their differences are correlated, by about n_test / n over all,
    # and the variance of the mean is s^2 (1 / J + rho / (1 - rho)) (Nadeau and Bengio, eq. 10).
    ratio = np.mean([len(test) / len(train) for train, test in splits])
    error = np.sqrt((1 / n_folds + ratio) * differences.var(ddof=1))
    return {
        **_t_test(float(differences.mean()), float(error), n_folds - 1, level),
        "loss_a": losses[:, 0].mean(),
        "loss_b": losses[:, 1].mean(),
        "method": "corrected resampled t-test",
        "n_samples": float(sum(w.sum() for *_, w in folds)),
        "fold_differences": differences,
    }


def _t_test(mean: float, error: float, freedom: float, level: float) -> dict[str, Any]:
    """Return the t-test of a mean; equal losses everywhere are no difference, with p-value 1."""
    if error > 0:
        statistic = mean / error
    else:
        statistic = 0.0 if mean == 0 else float(np.copysign(np.inf, mean))
    reach = error * stdtrit(freedom, (1 + level) / 2)
    return {
        "difference": float(mean),
        "standard_error": error,
        "interval": np.array([mean - reach, mean + reach]),
        "statistic": float(statistic),
        "p_value": float(2 * stdtr(freedom, -abs(statistic))),
        "degrees_of_freedom": float(freedom),
    }


def _check_splits(splits: Any) -> list[tuple[NDArray[Any], NDArray[Any]]]:
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
    y = np.asarray(y_true)
    if y.ndim == 2 or (y.dtype.kind == "f" and (y != np.floor(y)).any()):
        return None
    return np.unique(y)


def _folds(
    y_true: Any,
    proba_a: Any,
    proba_b: Any,
    sample_weight: Any,
    splits: list[tuple[NDArray[Any], NDArray[Any]]],
) -> Sequence[tuple[Any, Any, Any, Any]]:
    """Return what was seen and predicted in each test fold."""
    y = np.asarray(y_true)
    parts_a, parts_b = (
        _parts(proba, splits, len(y), name)
        for proba, name in ((proba_a, "proba_a"), (proba_b, "proba_b"))
    )
    weights = None if sample_weight is None else np.asarray(sample_weight)
    return [
        (y[test], a, b, None if weights is None else weights[test])
        for (_, test), a, b in zip(splits, parts_a, parts_b, strict=True)
    ]


def _parts(
    proba: Any, splits: list[tuple[NDArray[Any], NDArray[Any]]], n_samples: int, name: str
) -> list[Any]:
    """Return one array of predictions a split."""
    sizes = [len(test) for _, test in splits]
    if isinstance(proba, list | tuple) and [np.shape(part)[:1] for part in proba] == [
        (size,) for size in sizes
    ]:
        return list(proba)
    tested = np.bincount(np.concatenate([test for _, test in splits]), minlength=n_samples)
    if len(proba) == n_samples and (tested <= 1).all():
        return [np.asarray(proba)[test] for _, test in splits]
    raise ValueError(
        f"{name} must be a list of one array a split, of {sizes} rows, or one array of all "
        f"{n_samples} samples if none is tested twice; got {len(proba)} rows or parts. Predict "
        "each test fold by the estimator that was trained without it."
    )
