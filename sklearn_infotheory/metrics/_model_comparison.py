"""The difference of the cross-entropies of two models, with an interval and a p-value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit
from sklearn.utils import _safe_indexing
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit, unit_name
from sklearn_infotheory.metrics._empirical_likelihood import (
    Sample,
    likelihood_interval,
    likelihood_ratio,
)
from sklearn_infotheory.metrics._probabilities import Zero, check_predictions
from sklearn_infotheory.metrics._probabilities import losses as losses_of
from sklearn_infotheory.metrics._rare_losses import (
    RareLosses,
    added,
    possible_differences,
    rare_losses,
)
from sklearn_infotheory.metrics._scale import Scale

if TYPE_CHECKING:
    from pandas import DataFrame

FoldTest: TypeAlias = Literal["auto", "central_limit", "corrected_resampled"]

_FEW = 20  # samples, beneath which the values that were seen do not bound the mean
_EQUAL = 1e-12  # differences that vary by less are equal but for rounding

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
        Difference in standard errors, or the signed root of the likelihood ratio; compared with
        Student's t.
    degrees_of_freedom : float
        Of t.
    loss_a, loss_b : float
        Mean losses.
    unit : str
        Name of the unit of the losses.
    method : str
        "empirical likelihood", "paired t-test" (few samples), "clustered t-test" (groups) or
        "corrected resampled t-test" (repeated folds).
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
        "groups": ["array-like", None],
        "fold_test": [StrOptions(set(get_args(FoldTest)))],
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
    groups: ArrayLike | None = None,
    fold_test: FoldTest = "auto",
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
    groups : array-like of shape (n_samples,), default=None
        Which samples belong together, such as those of one patient: groups are independent, the
        samples of one are not. None for independent samples.
    fold_test : {"auto", "central_limit", "corrected_resampled"}, default="auto"
        With ``splits``, how the difference is tested. "central_limit" takes the differences of all
        tested samples as independent, which holds for the folds of one cross-validation [1]_;
        "corrected_resampled" takes one difference per split, and corrects for the training samples
        that they share [2]_, as repeated splits need. "auto" is the first if no sample is tested
        twice, else the second.
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
    Without splits the samples are independent, and the models given: the interval holds the mean
    differences that the losses of these samples do not contradict, by empirical likelihood [3]_,
    which bends where the losses are skew. Where a class is rare, what it would have cost is
    considered too: the loss of a class that did not occur is known for every sample, and its mean
    and standard deviation bound where the mean may lie. With fewer than 20 samples, the wider of
    this interval and that of the t-test is returned. With ``groups``, the variance is that of sums
    over groups, with as many degrees of freedom less one. None of these says what other training
    data would give.

    Over the folds of one cross-validation the same interval is about the mean error of the models
    that were trained: the differences of all samples obey a central limit theorem as if they were
    independent, if models depend little on each training sample [1]_.

    Repeated folds share training and test samples. With the variance :math:`s^2` of the J
    differences,

    .. math:: t = \frac{\bar d}{\sqrt{(1 / J + n_{test} / n_{train}) s^2}}

    has about J - 1 degrees of freedom [2]_. This is about other training sets too, and so finds
    fewer differences.

    References
    ----------
    .. [1] Bayle, P., Bayle, A., Janson, L. and Mackey, L. (2020). Cross-validation confidence
       intervals for test error. NeurIPS 33. https://arxiv.org/abs/2007.12671
    .. [2] Nadeau, C. and Bengio, Y. (2003). Inference for the generalization error. Machine
       Learning 52. :doi:`10.1023/A:1024068626366`
    .. [3] Owen, A. B. (1988). Empirical likelihood ratio confidence intervals for a single
       functional. Biometrika 75, 237-249. :doi:`10.1093/biomet/75.2.237`

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
    >>> low, high = comparison.interval
    >>> print(f"{comparison.difference:.2f} bits ({low:.2f} to {high:.2f})")
    0.77 bits (0.47 to 1.23)
    """
    groups = None if groups is None else _check_groups(groups, len(np.asarray(y_true)))
    if splits is None:
        losses = _paired_losses(
            y_true, proba_a, proba_b, sample_weight, groups, labels, zero, scale
        )
        return _report(_difference_of_samples(losses, confidence_level), base)
    pairs = _check_splits(splits)
    labels = _all_labels(y_true) if labels is None else labels
    folds = [
        _paired_losses(*fold, labels, zero, scale)
        for fold in _folds(y_true, proba_a, proba_b, sample_weight, groups, pairs)
    ]
    if _is_resampled(fold_test, pairs, groups):
        return _report(_difference_of_folds(folds, pairs, confidence_level), base)
    found = _difference_of_samples(_pooled(folds), confidence_level)
    return _report(found._replace(of_folds=_fold_differences(folds)), base)


def _is_resampled(fold_test: FoldTest, splits: list[Split], groups: Any) -> bool:
    """Tell whether each split is one difference; samples are if none is tested twice."""
    is_repeated = np.bincount(np.concatenate([test for _, test in splits])).max() > 1
    if fold_test == "central_limit" and is_repeated:
        raise ValueError(
            "fold_test='central_limit' needs splits that test no sample twice; these do. Pass the "
            "splits of one cross-validation, or fold_test='corrected_resampled'."
        )
    resampled = is_repeated if fold_test == "auto" else fold_test == "corrected_resampled"
    if resampled and groups is not None:
        raise ValueError(
            "groups= need samples that are tested once, as a difference of splits has no groups; "
            "got repeated splits or fold_test='corrected_resampled'. Pass the splits of one "
            "GroupKFold."
        )
    return bool(resampled)


class _PairedLosses(NamedTuple):
    """Losses in nats of two models on the same samples, and the weights of these."""

    a: Floats
    b: Floats
    weights: Floats
    groups: Any
    rare: RareLosses

    def means(self) -> tuple[float, float]:
        """Return the mean loss of each model."""
        a, b = (np.average(losses, weights=self.weights) for losses in (self.a, self.b))
        return float(a), float(b)


class _Difference(NamedTuple):
    """A mean difference of losses in nats, and how it was tested."""

    mean: float
    error: float
    freedom: float
    statistic: float
    p_value: float
    interval: tuple[float, float]
    level: float
    losses: tuple[float, float]
    method: str
    n_samples: float
    of_folds: Floats | None = None


def _paired_losses(
    y_true: Any,
    proba_a: Any,
    proba_b: Any,
    sample_weight: ArrayLike | None,
    groups: Any,
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
    own = None if groups is None else groups[kept]
    return _PairedLosses(a, b, weights[kept], own, rare_losses(read[0], read[1], weights))


def _check_groups(groups: Any, n_samples: int) -> NDArray[np.intp]:
    codes: NDArray[np.intp] = pd.factorize(np.asarray(groups))[0]
    if codes.shape != (n_samples,) or codes.min() < 0:
        raise ValueError(
            "groups must name the group of each sample, none of them missing; got shape "
            f"{codes.shape} for {n_samples} samples."
        )
    return codes


def _pooled(folds: list[_PairedLosses]) -> _PairedLosses:
    a, b, weights = (np.concatenate(parts) for parts in list(zip(*folds, strict=True))[:3])
    groups = None if folds[0].groups is None else np.concatenate([f.groups for f in folds])
    return _PairedLosses(a, b, weights, groups, added([fold.rare for fold in folds]))


def _difference_of_samples(losses: _PairedLosses, level: float) -> _Difference:
    """Return the mean over independent samples; a weight of k is k samples, in n too."""
    weights, n = losses.weights, float(losses.weights.sum())
    if n < 2:
        raise ValueError(
            f"At least 2 samples are needed to compare models; got a weight of {n:g} in all. "
            "A weight of k counts as k samples."
        )
    if losses.groups is not None:
        return _difference_of_groups(losses, level)
    # The differences of each sample, so that what makes a sample hard for both models drops out.
    values = losses.a - losses.b
    mean = float(np.average(values, weights=weights))
    variance = weights @ (values - mean) ** 2 / (n - 1)
    error = float(np.sqrt(variance / n))
    found = _by_t(mean, error, n - 1, level)._replace(
        losses=losses.means(), method="paired t-test", n_samples=n
    )
    if error <= _EQUAL * np.abs(values).max():
        return found
    return _by_likelihood(found, Sample(values, weights, possible_differences(losses.rare)))


def _by_likelihood(found: _Difference, sample: Sample) -> _Difference:
    """Return the difference with the interval and p-value of the empirical likelihood ratio."""
    quantile = float(stdtrit(found.freedom, (1 + found.level) / 2))
    low, high = likelihood_interval(sample, quantile**2)
    ratio = likelihood_ratio(sample, 0.0)
    root = float(np.copysign(np.sqrt(ratio), found.mean))
    # If all differences have one sign, the mean 0 is out of reach: as by the sign test.
    beyond = 2.0 ** (1 - min(found.n_samples, 1000.0))
    p_value = beyond if np.isinf(ratio) else float(2 * stdtr(found.freedom, -abs(root)))
    statistic = found.statistic if np.isinf(ratio) else root
    if found.n_samples < _FEW:  # the mean may well lie outside of the values that were seen
        low, high = min(low, found.interval[0]), max(high, found.interval[1])
        if found.p_value >= p_value:
            return found._replace(interval=(low, high))
    return found._replace(
        statistic=statistic, p_value=p_value, interval=(low, high), method="empirical likelihood"
    )


def _difference_of_groups(losses: _PairedLosses, level: float) -> _Difference:
    """Return the mean, whose variance is that of sums over groups (Liang and Zeger 1986)."""
    values, weights = losses.a - losses.b, losses.weights
    n, codes = float(weights.sum()), np.unique(losses.groups, return_inverse=True)[1]
    n_groups = int(codes.max()) + 1
    if n_groups < 2:
        raise ValueError(
            f"At least 2 groups are needed to compare models; got {n_groups}. Leave groups=None if "
            "samples are independent."
        )
    mean = float(np.average(values, weights=weights))
    residuals = np.bincount(codes, weights * (values - mean))
    error = float(np.sqrt(n_groups / (n_groups - 1) * residuals @ residuals)) / n
    return _by_t(mean, error, n_groups - 1, level)._replace(
        losses=losses.means(), method="clustered t-test", n_samples=n
    )


def _fold_differences(folds: list[_PairedLosses]) -> Floats:
    means = np.array([fold.means() for fold in folds])
    return np.asarray(means[:, 0] - means[:, 1])


def _difference_of_folds(
    folds: list[_PairedLosses], splits: list[Split], level: float
) -> _Difference:
    """Return the mean over folds, whose training samples overlap (Nadeau and Bengio 2003)."""
    means = np.array([fold.means() for fold in folds])
    differences, n_folds = _fold_differences(folds), len(folds)
    # Two folds correlate about as n_test / (n_test + n_train) if the models depend little on which
    # samples they are trained on. The variance of the mean then is (1 / J + n_test / n_train) s^2
    # (their eq. 10), where that of independent folds would be s^2 / J.
    ratio = np.mean([len(test) / len(train) for train, test in splits])
    error = float(np.sqrt((1 / n_folds + ratio) * differences.var(ddof=1)))
    return _by_t(float(differences.mean()), error, n_folds - 1, level)._replace(
        losses=(float(means[:, 0].mean()), float(means[:, 1].mean())),
        method="corrected resampled t-test",
        n_samples=float(sum(fold.weights.sum() for fold in folds)),
        of_folds=differences,
    )


def _by_t(mean: float, error: float, freedom: float, level: float) -> _Difference:
    """Test a difference by Student's t; equal losses everywhere are none, with p-value 1."""
    if error > 0:
        statistic = mean / error
    else:  # the same difference everywhere: 0 / 0, or no chance at all
        statistic = 0.0 if mean == 0 else float(np.copysign(np.inf, mean))
    reach = error * float(stdtrit(freedom, (1 + level) / 2))
    # The lower tail of -|t|: 1 minus the upper one would lose the digits of small p-values.
    p_value = float(2 * stdtr(freedom, -abs(statistic)))
    interval = (mean - reach, mean + reach)
    return _Difference(
        mean, error, freedom, statistic, p_value, interval, level, (np.nan, np.nan), "", 0.0
    )


def _report(found: _Difference, base: float | None) -> CrossEntropyComparison:
    unit = nats_per_unit(base)
    return CrossEntropyComparison(
        difference=found.mean / unit,
        standard_error=found.error / unit,
        interval=(float(found.interval[0] / unit), float(found.interval[1] / unit)),
        p_value=found.p_value,
        statistic=float(found.statistic),
        degrees_of_freedom=float(found.freedom),
        loss_a=found.losses[0] / unit,
        loss_b=found.losses[1] / unit,
        unit=unit_name(base),
        method=found.method,
        confidence_level=float(found.level),
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
    if isinstance(getattr(y_true, "dtype", None), pd.CategoricalDtype):
        return np.unique(np.asarray(y_true.dtype.categories))
    y = np.asarray(y_true)
    if y.ndim == 2 or (y.dtype.kind == "f" and (y != np.floor(y)).any()):
        return None
    return np.unique(y)


def _folds(
    y_true: Any,
    proba_a: Any,
    proba_b: Any,
    sample_weight: ArrayLike | None,
    groups: Any,
    splits: list[Split],
) -> Iterator[tuple[Any, Any, Any, Any, Any]]:
    """Yield what was seen and predicted in each test fold, the weights and the groups."""
    y = np.asarray(y_true)
    parts_a, parts_b = (
        _parts(proba, splits, len(y), name)
        for proba, name in ((proba_a, "proba_a"), (proba_b, "proba_b"))
    )
    weights = None if sample_weight is None else np.asarray(sample_weight)
    for (_, test), a, b in zip(splits, parts_a, parts_b, strict=True):
        own = None if weights is None else weights[test]
        yield y[test], a, b, own, None if groups is None else groups[test]


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
