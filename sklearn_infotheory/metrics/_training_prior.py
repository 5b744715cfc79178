"""Class shares of the training data: kept in a pipeline, found in estimators, and their loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

from sklearn_infotheory._base import InformationEstimator
from sklearn_infotheory._columns._validation import check_weights
from sklearn_infotheory.measures._terms import expectation, surprisal
from sklearn_infotheory.metrics._class_labels import encode_labels
from sklearn_infotheory.metrics._probabilities import Predictions, as_target, class_codes

SUM_TOLERANCE = 1e-6


class TrainingPrior(OneToOneFeatureMixin, TransformerMixin, InformationEstimator):
    """Keep the class shares of the training data, and hand the features on as they are.

    Few classifiers remember how frequent the classes were that they were trained on. As a step of
    a pipeline, this does, so that the information gain of the pipeline can be scored in every
    fold by `information_gain_scorer`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,), or list of them
        Labels; a list if `y` has several columns.
    class_prior_ : ndarray of shape (n_classes,), or list of them
        Weighted share of each class in the training data.
    n_features_in_ : int
        Number of features seen in `fit`, if X has columns.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features seen in `fit`, if all are strings.

    See Also
    --------
    information_gain_score : The score that compares with these shares.
    CrossEntropyScorer : The scorer that looks for them.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_infotheory.metrics import TrainingPrior, make_cross_entropy_scorer
    >>> X, y = load_iris(return_X_y=True)
    >>> model = make_pipeline(TrainingPrior(), LogisticRegression(max_iter=1000))
    >>> gain = make_cross_entropy_scorer("information_gain", base=2)
    >>> print(round(cross_val_score(model, X, y, scoring=gain).mean(), 1))
    1.4
    """

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> TrainingPrior:
        """Count the classes.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_features)
            Not looked at.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Labels of any kind.
        sample_weight : array-like of shape (n_samples,), default=None
            A weight of k counts as k repetitions of the sample.

        Returns
        -------
        self : TrainingPrior
            The fitted transformer.
        """
        if y is None:
            raise ValueError(
                "TrainingPrior requires y to be passed, but the target y is None. "
                "Pass the labels whose shares it is to keep."
            )
        validate_data(self, X, skip_check_array=True)
        check_consistent_length(X, y)
        target = as_target(y)
        weights = check_weights(sample_weight, np.empty((len(target), 1)))
        columns = target.T if target.ndim == 2 else [target]
        shares = [_class_shares(column, weights) for column in columns]
        self.classes_ = [s[0] for s in shares] if target.ndim == 2 else shares[0][0]
        self.class_prior_ = [s[1] for s in shares] if target.ndim == 2 else shares[0][1]
        return self

    def transform(self, X: Any) -> Any:
        """Return the features as they are.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_features)
            Features.

        Returns
        -------
        X : the same object
            The features.
        """
        check_is_fitted(self)
        validate_data(self, X, reset=False, skip_check_array=True)
        return X

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.no_validation = True
        tags.input_tags.allow_nan = tags.input_tags.sparse = tags.input_tags.string = True
        return tags


def _class_shares(
    y: Any, weights: NDArray[np.float64] | None
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    codes, classes = encode_labels(y, None)
    counts = np.bincount(codes, weights=weights, minlength=len(classes))
    return classes, counts / counts.sum()


def find_training_prior(estimator: BaseEstimator) -> Any:
    """Return the shares by label that the fitted estimator knows of, a list for several outputs."""
    for source in sorted(_sources(estimator), key=lambda s: not isinstance(s, TrainingPrior)):
        shares = _known_shares(source)
        if shares is None or not hasattr(source, "classes_"):
            continue
        if isinstance(source.classes_, list):
            return [_by_label(*pair) for pair in zip(source.classes_, shares, strict=True)]
        return _by_label(source.classes_, shares)
    raise ValueError(
        f"{type(estimator).__name__} does not keep the class shares of its training data, which "
        "the information gain is measured from. Put TrainingPrior into the pipeline: "
        "make_pipeline(TrainingPrior(), estimator). Or pass the shares, or a function of the "
        "fitted estimator: make_cross_entropy_scorer('information_gain', prior=...)."
    )


def _sources(estimator: BaseEstimator) -> Iterator[Any]:
    """Yield the estimator and the fitted ones within that saw the same y."""
    yield estimator
    for _, step in getattr(estimator, "steps", []):
        yield from _sources(step)
    for name in ("best_estimator_", "estimator_"):
        if hasattr(estimator, name):
            yield from _sources(getattr(estimator, name))
    if type(estimator).__name__ == "FrozenEstimator":
        yield from _sources(estimator.estimator)


def _known_shares(source: Any) -> Any:
    """Return what counts say, or a prior that the user did not set."""
    counts = getattr(source, "class_count_", None)
    if counts is not None:
        return np.asarray(counts) / np.sum(counts)
    if getattr(source, "priors", None) is None and hasattr(source, "priors_"):
        return source.priors_
    init = getattr(source, "init_", None)  # of gradient boosting, which codes the classes for it
    return getattr(source, "class_prior_", getattr(init, "class_prior_", None))


def _by_label(classes: Any, shares: Any) -> dict[Any, float]:
    return dict(zip(np.asarray(classes).tolist(), np.asarray(shares).tolist(), strict=True))


def prior_losses(predictions: Predictions, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the loss of each sample in nats if all that is known are the class shares."""
    if predictions.targets is None:
        return surprisal(shares)[class_codes(predictions)]
    return expectation(predictions.targets.T, surprisal(shares)[:, np.newaxis], axis=0)


def gains(own: NDArray[np.float64], before: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return losses saved; -inf where the model rules out what happened, whatever was before."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(own), -np.inf, before - own)


def as_shares(prior: Any, classes: NDArray[Any]) -> NDArray[np.float64]:
    """Return the prior of each class, which must be a distribution."""
    if isinstance(prior, Mapping):
        every = np.array(list(prior.values()), dtype=np.float64)
        shares = np.array([prior.get(label, np.nan) for label in classes.tolist()])
    else:
        every = np.asarray(prior, dtype=np.float64)
        if every.ndim == 0 or every.shape == (1,) != classes.shape:
            every = np.array([1 - float(every.ravel()[0]), float(every.ravel()[0])])
        shares = every
    good = bool((every >= 0).all() and abs(every.sum() - 1) <= SUM_TOLERANCE)
    if not good or shares.shape != classes.shape or np.isnan(shares).any():
        raise ValueError(
            "prior must hold the share of each class in the training data, not negative and with "
            f"sum 1, in the order of the classes {classes.tolist()}, or by label; got {prior!r}. "
            "Divide counts by their sum."
        )
    return shares
