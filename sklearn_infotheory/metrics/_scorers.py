"""Scorers for cross-validation, which take the classes from the estimator, not from the fold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import StrOptions, validate_params
from sklearn.utils.metadata_routing import UNUSED, _MetadataRequester

from sklearn_infotheory._columns._validation import check_weights
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit, unit_name
from sklearn_infotheory.measures._terms import surprisal
from sklearn_infotheory.metrics._alignment import (
    Output,
    holds_unseen,
    predict,
    raise_unseen,
    split_outputs,
    with_unseen_classes,
)
from sklearn_infotheory.metrics._cross_entropy import reduce_scores
from sklearn_infotheory.metrics._probabilities import (
    Predictions,
    Zero,
    as_target,
    check_zero,
    losses,
)
from sklearn_infotheory.metrics._training_prior import (
    as_shares,
    find_training_prior,
    gains,
    prior_losses,
    shares_of_others,
)

Measure = Literal["cross_entropy", "information_gain"]
Unseen = Literal["inf", "raise", "floor"]

_DEFAULTS = {
    "base": None,
    "zero": "inf",
    "unseen": "inf",
    "prior": "training",
    "population": None,
}


class CrossEntropyScorer(_MetadataRequester):
    """Score probabilities of a fitted classifier; larger is better.

    Columns are told by ``estimator.classes_``, so that a fold may lack classes, or hold a class
    that training lacked. It can be passed as `scoring`, alone or among several scorers, to
    whatever cross-validates in scikit-learn; to pipelines, searches, calibrated, multilabel and
    multi-output classifiers alike.

    Parameters
    ----------
    measure : {"cross_entropy", "information_gain"}, default="cross_entropy"
        Minus the cross-entropy loss, or what the predictions gain over the training prior.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.
    zero : {"inf", "raise"} or float, default="inf"
        What a class of probability 0 costs that happens, as in :func:`cross_entropy_loss`: -inf
        for the score, an error, or as much as this least probability. Trees, forests and
        neighbours often give 0: a least probability such as 1e-3 ranks them.
    unseen : {"inf", "raise", "floor"}, default="inf"
        What a label costs that the classifier was not trained with: -inf for the score, an error,
        or as much as the least probability: `zero` if that is a number, else the machine epsilon
        of float64. With "floor", it gains nothing over a training prior, which lacks it too.
    prior : "training", array-like, mapping or callable, default="training"
        Only for the information gain. "training" takes the shares of the classes from the fitted
        estimator, or from what it holds (steps of pipelines, searches, calibration, voting,
        stacking): a :class:`TrainingPrior`, `class_count_`, `priors_`, `class_prior_`, the root of
        a tree, the labels of neighbours, or the start of gradient boosting, and is an error where
        there are none. Else the shares in the order of
        ``estimator.classes_``, or by label, a list of either for several outputs, or a function of
        the fitted estimator that returns them. Never the shares of the test fold.
    population : array-like of shape (n_samples,), default=None
        Only for the information gain: all labels that are cross-validated. The prior then is the
        shares of those that are not scored, which are the training labels where each split trains
        on all samples that it does not test; any classifier will do. None takes `prior`.

    See Also
    --------
    cross_entropy_loss : The loss itself.
    information_gain_score : The gain itself.
    make_cross_entropy_scorer : Makes such a scorer.
    TrainingPrior : Keeps the class shares of the training data.

    Notes
    -----
    With metadata routing, ``scorer.set_score_request(sample_weight=True, soft_targets=True,
    labels=True)`` says what is passed on; without it, `sample_weight` is passed as scikit-learn
    does. The ready objects `cross_entropy_scorer` and `information_gain_scorer` are shared:
    make one of your own to set its requests.

    The score does not depend on a decision threshold, so that tuning one by it is refused.

    Examples
    --------
    Sorted data, where the folds of three classes lack one or two of them:

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import KFold, cross_val_score
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn_infotheory.metrics import CrossEntropyScorer
    >>> X, y = load_iris(return_X_y=True)
    >>> scorer = CrossEntropyScorer(base=2)
    >>> print(cross_val_score(GaussianNB(), X, y, scoring=scorer, cv=KFold(5)).round(2))
    [-0.   -0.14 -0.61 -0.51 -0.3 ]
    """

    __metadata_request__score: ClassVar[dict[str, str]] = {"estimator": UNUSED}
    _response_method = "predict_proba"
    _sign = 1

    @validate_params(
        {
            "measure": [StrOptions(set(get_args(Measure)))],
            "base": BASE_CONSTRAINT,
            "unseen": [StrOptions(set(get_args(Unseen)))],
            "prior": [StrOptions({"training"}), "array-like", Mapping, callable],
            "population": ["array-like", None],
        },
        prefer_skip_nested_validation=True,
    )
    def __init__(
        self,
        measure: Measure = "cross_entropy",
        *,
        base: float | None = None,
        zero: Zero = "inf",
        unseen: Unseen = "inf",
        prior: Any = "training",
        population: ArrayLike | None = None,
    ) -> None:
        check_zero(zero)
        self.measure = measure
        self.base = base
        self.zero = zero
        self.unseen = unseen
        self.prior = prior
        self.population = population

    @property
    def __name__(self) -> str:
        """Name of the score, for displays."""
        return self.measure

    def __repr__(self) -> str:
        given = [(name, getattr(self, name)) for name in _DEFAULTS]
        shown = [f", {n}={v!r}" for n, v in given if repr(v) != repr(_DEFAULTS[n])]
        return f"{type(self).__name__}({self.measure!r}{''.join(shown)})"

    @property
    def unit(self) -> str:
        """Name of the unit of the score."""
        return unit_name(self.base)

    def score(
        self,
        estimator: BaseEstimator,
        X: Any,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        soft_targets: ArrayLike | None = None,
        labels: ArrayLike | None = None,
    ) -> float:
        """Score the probabilities predicted for X; the same as calling the scorer.

        Parameters
        ----------
        estimator : classifier
            Fitted, with `predict_proba` and `classes_`.
        X : array-like of shape (n_samples, n_features)
            What `predict_proba` takes.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Labels; or one-hot rows or soft targets, in the order of the classes.
        sample_weight : array-like of shape (n_samples,), default=None
            A weight of k counts as k repetitions of the sample.
        soft_targets : array-like of shape (n_samples, n_labels), default=None
            Probabilities of the classes, scored instead of `y`.
        labels : array-like of shape (n_labels,), default=None
            Label of each column of `soft_targets`; None for those of ``estimator.classes_``.

        Returns
        -------
        score : float
            Mean of the samples in units of `base`; larger is better.
        """
        proba = predict(estimator, X)
        target = as_target(y if soft_targets is None else soft_targets)
        weights = check_weights(sample_weight, target)
        outputs = split_outputs(estimator, target, proba, labels)
        priors = self._priors(estimator, outputs)
        pairs = zip(outputs, priors, strict=True)
        scores = np.sum([self._scores(*pair) for pair in pairs], axis=0)
        return float(reduce_scores(scores, weights) / nats_per_unit(self.base)) + 0.0

    __call__ = score

    def _scores(self, output: Output, prior: Any) -> NDArray[np.float64]:
        """Return the score of each sample of one output in nats."""
        predictions, n_seen = with_unseen_classes(output), len(output.classes)
        missed = holds_unseen(predictions, n_seen)
        if self.unseen == "raise" and missed.any():
            raise_unseen(predictions, missed, n_seen)
        own = losses(self._with_floor(predictions, n_seen), self.zero)
        if self.unseen == "inf":
            own[missed] = np.inf
        if self.measure == "cross_entropy":
            return -own
        return gains(own, prior_losses(predictions, self._shares(prior, predictions, n_seen)))

    def _with_floor(self, predictions: Predictions, n_seen: int) -> Predictions:
        """Give unseen classes the least probability, or one that `zero` does not object to."""
        if len(predictions.classes) == n_seen:
            return predictions
        seen = predictions.proba[:, :n_seen].astype(np.float64)
        proba = np.full(predictions.proba.shape, self._floor() if self.unseen == "floor" else 1.0)
        proba[:, :n_seen] = seen / seen.sum(axis=1, keepdims=True)
        # The floor comes on top of a distribution, so that rows are not divided by their sums.
        return replace(predictions, proba=proba, logs=0.0 - surprisal(proba))

    def _shares(self, prior: Any, predictions: Predictions, n_seen: int) -> NDArray[np.float64]:
        """Return the prior of all classes; those that training lacked have the least."""
        seen = np.maximum(as_shares(prior, predictions.classes[:n_seen]), check_zero(self.zero))
        others = predictions.classes[n_seen:].tolist()
        known = prior if isinstance(prior, Mapping) else {}
        return np.array([*seen, *(max(known.get(k, 0.0), self._floor()) for k in others)])

    def _floor(self) -> float:
        return check_zero(self.zero) or float(np.finfo(np.float64).eps)

    def _priors(self, estimator: BaseEstimator, outputs: list[Output]) -> list[Any]:
        n_outputs = len(outputs)
        if self.measure == "cross_entropy":
            return [None] * n_outputs
        prior = self.prior
        if self.population is not None:
            return [self._prior_of_others(outputs)]
        if isinstance(prior, str):
            prior = find_training_prior(estimator)
        elif callable(prior):
            prior = prior(estimator)
        priors = [prior] if n_outputs == 1 else list(prior)
        if len(priors) != n_outputs:
            raise ValueError(
                f"prior must have one entry for each of {n_outputs} outputs; got {len(priors)}."
            )
        return priors

    def _prior_of_others(self, outputs: list[Output]) -> dict[Any, float]:
        if len(outputs) > 1 or outputs[0].target.ndim != 1:
            raise ValueError(
                "population= needs labels of a single output; got several outputs or soft targets. "
                "Pass prior=... instead."
            )
        return shares_of_others(self.population, outputs[0].target)

    def _accept_sample_weight(self) -> bool:
        """Tell scikit-learn that weights may be passed without metadata routing."""
        return True

    @property
    def _score_func(self) -> Callable[..., float]:
        """Refuse what scikit-learn asks for to score labels at a threshold."""
        raise AttributeError(
            f"{self!r} scores probabilities, which do not change with a decision threshold, so "
            "that no threshold can be tuned by it. Pass a score of labels, such as "
            "scoring='balanced_accuracy'."
        )


def make_cross_entropy_scorer(
    measure: Measure = "cross_entropy",
    *,
    base: float | None = None,
    zero: Zero = "inf",
    unseen: Unseen = "inf",
    prior: Any = "training",
    population: ArrayLike | None = None,
) -> CrossEntropyScorer:
    """Make a scorer of predicted probabilities for cross-validation.

    Parameters
    ----------
    measure : {"cross_entropy", "information_gain"}, default="cross_entropy"
        As in :class:`CrossEntropyScorer`, as all parameters.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.
    zero : {"inf", "raise"} or float, default="inf"
        What a class of probability 0 costs that happens.
    unseen : {"inf", "raise", "floor"}, default="inf"
        What a label costs that the classifier was not trained with.
    prior : "training", array-like, mapping or callable, default="training"
        What the information is gained over.
    population : array-like of shape (n_samples,), default=None
        All labels that are cross-validated, of which those that are not scored are the prior.

    Returns
    -------
    scorer : CrossEntropyScorer
        A new scorer, larger is better.

    See Also
    --------
    CrossEntropyScorer : What is made.

    Examples
    --------
    Several scorers, in bits:

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import cross_validate
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn_infotheory.metrics import make_cross_entropy_scorer
    >>> X, y = load_iris(return_X_y=True)
    >>> scoring = {"gain": make_cross_entropy_scorer("information_gain", base=2),
    ...            "accuracy": "accuracy"}
    >>> scores = cross_validate(GaussianNB(), X, y, scoring=scoring)
    >>> print(scores["test_gain"].round(2))
    [1.27 1.41 1.28 1.42 1.57]

    Classifiers that do not keep the shares of their training data:

    >>> from sklearn.model_selection import cross_val_score
    >>> gain = make_cross_entropy_scorer("information_gain", base=2, population=y)
    >>> from sklearn.linear_model import LogisticRegression
    >>> print(cross_val_score(LogisticRegression(max_iter=1000), X, y, scoring=gain).round(1))
    [1.4 1.4 1.3 1.4 1.4]
    """
    return CrossEntropyScorer(
        measure, base=base, zero=zero, unseen=unseen, prior=prior, population=population
    )


cross_entropy_scorer = CrossEntropyScorer()
"""Minus the cross-entropy loss in nats."""

information_gain_scorer = CrossEntropyScorer("information_gain")
"""Nats gained over the training prior."""
