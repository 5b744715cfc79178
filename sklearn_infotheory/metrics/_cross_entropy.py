"""The cross-entropy of predictions, what they gain over the training prior, and perplexity."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils._param_validation import StrOptions, validate_params

from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit
from sklearn_infotheory.measures._arguments import sum_tolerance
from sklearn_infotheory.metrics._outputs import read_outputs
from sklearn_infotheory.metrics._probabilities import (
    Predictions,
    Zero,
    blocks,
    check_zero,
    checked,
    class_codes,
    is_for_kernels,
    losses,
    losses_of_block,
    raise_bad_row,
)
from sklearn_infotheory.metrics._scale import Scale
from sklearn_infotheory.metrics._training_prior import as_shares, gains, prior_losses

Reduction: TypeAlias = Literal["mean", "sum", "none"]

_CONSTRAINTS: dict[str, Any] = {
    "base": BASE_CONSTRAINT,
    "reduction": [StrOptions(set(get_args(Reduction)))],
}


@validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
def cross_entropy_loss(
    y_true: ArrayLike,
    y_proba: Any,
    *,
    labels: Any = None,
    scale: Scale = "probability",
    sample_weight: ArrayLike | None = None,
    base: float | None = None,
    zero: Zero = "inf",
    reduction: Reduction = "mean",
) -> float | NDArray[np.float64]:
    r"""Measure how surprising what happened was to the predicted probabilities.

    Also known as log loss, logistic loss, or ignorance score; in information, the number of nats
    (bits with ``base=2``) that it takes to tell what happened to someone who believes the
    predictions.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,), (n_samples, n_classes) or (n_samples, n_outputs)
        What happened: labels of any kind, or one-hot rows, or rows of probabilities (soft
        targets). Fractions in one dimension are soft targets of two classes: the probability of
        the second. Rows of 0 and 1 that do not all hold a single 1 are multilabel: each column is
        a yes-or-no output, and the losses of all outputs add up. Several outputs are not read as
        one joint label here, because each has its own predictions; their sum is the loss of the
        joint label if the predictions take the outputs for independent.
    y_proba : array-like of shape (n_samples, n_classes) or (n_samples,), or list of them
        Predicted probabilities, as `predict_proba` returns them. Columns of a data frame that are
        named by the classes may have any order; other columns are told by their place. One
        column is the probability of the second of two classes. A list of arrays of shape
        (n_samples, n_classes) holds the predictions of several outputs, whose losses add up; its
        columns of 0 and 1 need no labels.
    labels : array-like of shape (n_classes,), or list of them, default=None
        Label of each column of `y_proba`, in their order, such as ``estimator.classes_``; a list
        of them for a list of outputs. None for the sorted distinct labels of `y_true`, of which
        there must be as many as columns; booleans are always False and True, and categorical labels
        may leave some of their categories out.
    scale : {"probability", "log", "logit"}, default="probability"
        What the columns of `y_proba` hold: probabilities, their natural logarithms (as
        `predict_log_proba` and `log_softmax` return them), or logits, the values before a softmax
        (before a sigmoid, for a single column).
    sample_weight : array-like of shape (n_samples,), default=None
        A weight of k counts as k repetitions of the sample. Weights do not change the losses that
        ``reduction="none"`` returns.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.
    zero : {"inf", "raise"} or float, default="inf"
        What it costs if a class of probability 0 happens: an infinite loss, an error, or as much
        as this least probability, to which all smaller ones are raised.
    reduction : {"mean", "sum", "none"}, default="mean"
        Weighted mean of all samples, weighted sum, or the loss of each sample.

    Returns
    -------
    loss : float or ndarray of shape (n_samples,)
        Loss in units of `base`, in [0, inf]; an array with ``reduction="none"``.

    Raises
    ------
    ValueError
        If a probability is negative or not finite, if a row does not sum to 1 within what float32
        rounds (``1e-6 * sqrt(n_classes)``; the square root of the machine epsilon of arrays of
        float16 and float32, as in scikit-learn), if a label is unknown or
        missing, if shapes do not agree, or if ``zero="raise"`` and the loss is infinite.
    TypeError
        If labels of several types have no order, and `labels` is not given.

    See Also
    --------
    information_gain_score : The loss of the training prior minus that of the model.
    perplexity_score : The number of equally likely classes with the same loss.
    CrossEntropyScorer : Scores estimators in cross-validation.
    sklearn.metrics.log_loss : The same for hard labels, in nats, with a fixed least probability.

    Notes
    -----
    With targets t, which are 1 for the class that happened, the loss of a sample is [1]_

    .. math:: -\sum_k t_k \log p_k = H(t) + D(t \| p).

    float16 and float32 probabilities are summed and compared as float64: a least probability, or
    a zero, costs the same whatever the type. Rows are divided by their sum, which may be
    off by rounding. With ``zero=np.finfo(float).eps`` the loss is that of
    :func:`sklearn.metrics.log_loss` of float64 probabilities, except that there, multilabel
    targets pay for the labels that are set only, and `labels` are sorted.

    References
    ----------
    .. [1] I. J. Good (1952). Rational decisions. Journal of the Royal Statistical Society B
       14(1), 107-114. https://doi.org/10.1111/j.2517-6161.1952.tb00104.x

    Examples
    --------
    Someone who thinks heads and tails are equally likely is told one bit by every throw:

    >>> from sklearn_infotheory.metrics import cross_entropy_loss
    >>> y_true = ["heads", "tails", "heads"]
    >>> cross_entropy_loss(y_true, [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]], base=2)
    1.0

    A fold may lack a class; `labels` says what the columns are:

    >>> y_proba = [[0.3, 0.6, 0.1], [0.2, 0.3, 0.5]]
    >>> print(round(cross_entropy_loss([0, 2], y_proba, labels=[0, 1, 2]), 4))
    0.9486

    Soft targets cost their own entropy, and the divergence of the predictions from them:

    >>> import numpy as np
    >>> from sklearn_infotheory.measures import entropy, kl_divergence
    >>> t, p = [0.5, 0.3, 0.2], [0.6, 0.3, 0.1]
    >>> bool(np.isclose(cross_entropy_loss([t], [p]), entropy(t) + kl_divergence(t, p)))
    True
    """
    outputs = read_outputs(y_true, y_proba, labels, sample_weight, scale)
    unit = nats_per_unit(base)
    if reduction == "none":
        return sum(losses(checked(output), zero) for output in outputs) / unit
    total = sum(_total_loss(output, zero) for output in outputs) / unit
    return total if reduction == "sum" else total / _total_weight(outputs)


@validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
def information_gain_score(
    y_true: ArrayLike,
    y_proba: Any,
    *,
    prior: Any,
    labels: Any = None,
    scale: Scale = "probability",
    sample_weight: ArrayLike | None = None,
    base: float | None = None,
    zero: Zero = "inf",
    reduction: Reduction = "mean",
) -> float | NDArray[np.float64]:
    r"""Measure what the predictions tell beyond the class shares of the training data.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,), (n_samples, n_classes) or (n_samples, n_outputs)
        What happened, as in :func:`cross_entropy_loss`.
    y_proba : array-like of shape (n_samples, n_classes) or (n_samples,), or list of them
        Predicted probabilities, as in :func:`cross_entropy_loss`.
    prior : array-like of shape (n_classes,), mapping, float, or list of them
        Share of each class in the training data, in the order of the columns of `y_proba`, or by
        label; one number is the share of the second of two classes. A list of them for several
        outputs.
    labels : array-like of shape (n_classes,), or list of them, default=None
        Label of each column of `y_proba`, as in :func:`cross_entropy_loss`.
    scale : {"probability", "log", "logit"}, default="probability"
        What the columns of `y_proba` hold, as in :func:`cross_entropy_loss`.
    sample_weight : array-like of shape (n_samples,), default=None
        A weight of k counts as k repetitions of the sample.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.
    zero : {"inf", "raise"} or float, default="inf"
        What a class of probability 0 costs that happens, as in :func:`cross_entropy_loss`; a
        number is the least probability of the prior too.
    reduction : {"mean", "sum", "none"}, default="mean"
        Weighted mean of all samples, weighted sum, or the gain of each sample.

    Returns
    -------
    gain : float or ndarray of shape (n_samples,)
        Information gained in units of `base`, in [-inf, inf]; larger is better. Below 0, the
        model predicts worse than the shares of the training data. What the model gives
        probability 0 costs -inf, also where the prior does.

    Raises
    ------
    ValueError
        As :func:`cross_entropy_loss`, or if `prior` is not a distribution of these classes.
    TypeError
        As :func:`cross_entropy_loss`.

    See Also
    --------
    cross_entropy_loss : The loss that this compares.
    TrainingPrior : Keeps the prior in a pipeline, for `information_gain_scorer`.

    Notes
    -----
    The gain of a sample of class y is its pointwise information under the model [1]_,

    .. math:: \log \frac{p(y | x)}{\pi(y)},

    and its mean estimates, from below, the mutual information of features and target. The prior
    comes from the training data: the shares of the test data would be no forecast, and in a fold
    with one class they would leave nothing to gain.

    References
    ----------
    .. [1] I. J. Good (1952). Rational decisions. Journal of the Royal Statistical Society B
       14(1), 107-114. https://doi.org/10.1111/j.2517-6161.1952.tb00104.x

    Examples
    --------
    Where three of four days are dry, a forecast of rain that is sure and right is worth two bits:

    >>> from sklearn_infotheory.metrics import information_gain_score
    >>> information_gain_score(["rain"], [[0.0, 1.0]], prior=[0.75, 0.25],
    ...                        labels=["dry", "rain"], base=2)
    2.0
    """
    outputs = read_outputs(y_true, y_proba, labels, sample_weight, scale)
    priors = list(prior) if len(outputs) > 1 else [prior]
    if len(priors) != len(outputs):
        raise ValueError(
            f"prior must have one entry for each of {len(outputs)} outputs; got {len(priors)}."
        )
    pairs = zip(outputs, priors, strict=True)
    scores = np.sum([_gains(*pair, zero) for pair in pairs], axis=0) / nats_per_unit(base)
    return reduce_scores(scores, outputs[0].weights, reduction)


@validate_params({}, prefer_skip_nested_validation=True)
def perplexity_score(
    y_true: ArrayLike,
    y_proba: Any,
    *,
    labels: Any = None,
    scale: Scale = "probability",
    sample_weight: ArrayLike | None = None,
    zero: Zero = "inf",
) -> float:
    r"""Measure the loss as a number of equally likely classes.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,), (n_samples, n_classes) or (n_samples, n_outputs)
        What happened, as in :func:`cross_entropy_loss`.
    y_proba : array-like of shape (n_samples, n_classes) or (n_samples,), or list of them
        Predicted probabilities, as in :func:`cross_entropy_loss`.
    labels : array-like of shape (n_classes,), or list of them, default=None
        Label of each column of `y_proba`, as in :func:`cross_entropy_loss`.
    scale : {"probability", "log", "logit"}, default="probability"
        What the columns of `y_proba` hold, as in :func:`cross_entropy_loss`.
    sample_weight : array-like of shape (n_samples,), default=None
        A weight of k counts as k repetitions of the sample.
    zero : {"inf", "raise"} or float, default="inf"
        What a class of probability 0 costs that happens, as in :func:`cross_entropy_loss`.

    Returns
    -------
    perplexity : float
        Number of classes, in [1, inf]; smaller is better.

    Raises
    ------
    ValueError
        As :func:`cross_entropy_loss`.
    TypeError
        As :func:`cross_entropy_loss`.

    See Also
    --------
    cross_entropy_loss : Its logarithm.

    Notes
    -----
    The perplexity is the exponential of the mean cross-entropy loss L in nats [1]_,
    :math:`e^L`: the inverse of the geometric mean of the probabilities of what happened.

    References
    ----------
    .. [1] F. Jelinek, R. L. Mercer, L. R. Bahl, J. K. Baker (1977). Perplexity - a measure of the
       difficulty of speech recognition tasks. Journal of the Acoustical Society of America
       62(S1), S63. https://doi.org/10.1121/1.2016299

    Examples
    --------
    Four classes that seem equally likely:

    >>> from sklearn_infotheory.metrics import perplexity_score
    >>> print(round(perplexity_score([2], [[0.25, 0.25, 0.25, 0.25]], labels=[0, 1, 2, 3]), 4))
    4.0
    """
    loss = cross_entropy_loss(
        y_true, y_proba, labels=labels, scale=scale, sample_weight=sample_weight, zero=zero
    )
    with np.errstate(over="ignore"):
        return float(np.exp(loss))


def reduce_scores(
    scores: NDArray[np.float64], weights: NDArray[np.float64] | None, reduction: Reduction = "mean"
) -> float | NDArray[np.float64]:
    """Return the weighted mean or sum of the samples, or each; a weight of 0 annuls infinity."""
    if reduction == "none":
        return scores
    if weights is None:
        weights = np.ones(len(scores))
    kept = weights > 0
    total = float(weights[kept] @ scores[kept])
    return total if reduction == "sum" else total / float(weights.sum())


def _total_weight(outputs: list[Predictions]) -> float:
    weights = outputs[0].weights
    return float(len(outputs[0].proba) if weights is None else weights.sum())


def _total_loss(predictions: Predictions, zero: Zero) -> float:
    """Return the weighted sum of losses in nats."""
    if predictions.weights is predictions.targets is predictions.logs is None:
        total = _sum_of_classes(predictions, check_zero(zero))
    else:
        total = _sum_of_blocks(checked(predictions), check_zero(zero))
    if zero == "raise" and np.isinf(total):
        losses(predictions, zero)  # says in which row
    return total + 0.0


def _sum_of_classes(predictions: Predictions, floor: float) -> float:
    """Check each row when it is read for its loss."""
    from sklearn_infotheory._kernels._log_loss import sum_losses

    codes, total = class_codes(predictions), 0.0
    tolerance = sum_tolerance(predictions.proba.dtype, predictions.proba.shape[1])
    for rows, block in blocks(predictions.proba, whole=is_for_kernels(codes)):
        own = np.require(codes[rows], np.intp, ["C", "A", "W"])
        bad, loss = sum_losses(block, own, floor, tolerance)
        if bad >= 0:
            raise_bad_row(block[bad], rows.start + bad, tolerance, "y_proba")
        total += float(loss)
    return total


def _sum_of_blocks(predictions: Predictions, floor: float) -> float:
    """Add up weighted losses, few of them alive at a time."""
    total, weights = 0.0, predictions.weights
    for rows, block in blocks(predictions.proba):
        own = losses_of_block(predictions, rows, block, floor)
        total += float(reduce_scores(own, None if weights is None else weights[rows], "sum"))
    return total


def _gains(predictions: Predictions, prior: Any, zero: Zero) -> NDArray[np.float64]:
    """Return what each sample gains in nats."""
    own = losses(checked(predictions), zero)
    shares = np.maximum(as_shares(prior, predictions.classes), check_zero(zero))
    return gains(own, prior_losses(predictions, shares))
