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
    found = _prior_of(estimator, kept=True) or _prior_of(estimator, kept=False)
    if found is not None:
        return found
    raise ValueError(
        f"{type(estimator).__name__} does not keep the class shares of its training data, which "
        "the information gain is measured from. In cross-validation, pass all labels to the "
        "scorer: make_cross_entropy_scorer('information_gain', population=y). Or put TrainingPrior "
        "into the pipeline: make_pipeline(TrainingPrior(), estimator). Or pass the shares, or a "
        "function of the fitted estimator, as prior=..."
    )


def _prior_of(estimator: Any, kept: bool) -> Any:
    """Return the shares by label in what a `TrainingPrior` within kept, or in any other source."""
    own = _known_shares(estimator) if isinstance(estimator, TrainingPrior) == kept else None
    if own is not None and hasattr(estimator, "classes_"):
        if isinstance(estimator.classes_, list):
            return [_by_label(*pair) for pair in zip(estimator.classes_, own, strict=True)]
        return _by_label(estimator.classes_, own)
    for inner in _same_target(estimator):
        found = _prior_of(inner, kept)
        if found is not None:
            return found
    for group, labels in _other_targets(estimator):
        priors = [_prior_of(inner, kept) for inner in group]
        if priors and all(isinstance(prior, dict) for prior in priors):
            return _in_labels(_mean(priors), labels)
    return None


def _same_target(estimator: Any) -> Iterator[Any]:
    """Yield the fitted estimators within that saw the same y."""
    for _, step in getattr(estimator, "steps", []):
        yield step
    for name in ("best_estimator_", "estimator_"):
        if hasattr(estimator, name):
            yield getattr(estimator, name)
    if type(estimator).__name__ == "FrozenEstimator":
        yield estimator.estimator


def _other_targets(estimator: Any) -> Iterator[tuple[list[Any], Any]]:
    """Yield fitted estimators that saw parts of y or codes of its classes, and these classes."""
    calibrated = getattr(estimator, "calibrated_classifiers_", None)
    if calibrated is not None:  # the parts of all folds hold every sample equally often
        yield [each.estimator for each in calibrated], None
    # Voting and stacking fit what they hold to the places of the labels among the classes.
    if type(estimator).__name__ in ("VotingClassifier", "StackingClassifier"):
        for fitted in estimator.estimators_:
            yield [fitted], estimator.classes_


def _mean(priors: list[dict[Any, float]]) -> dict[Any, float]:
    labels = {label for prior in priors for label in prior}
    return {k: sum(prior.get(k, 0.0) for prior in priors) / len(priors) for k in labels}


def _in_labels(prior: dict[Any, float], classes: Any) -> dict[Any, float]:
    """Return the prior by label, where it is by the place of the label."""
    if classes is None or not all(isinstance(k, int) and 0 <= k < len(classes) for k in prior):
        return prior
    labels = np.asarray(classes).tolist()
    return {labels[k]: share for k, share in prior.items()}


def _known_shares(source: Any) -> Any:
    """Return what counts say, or a prior that the user did not set."""
    counts = getattr(source, "class_count_", None)
    if counts is not None:
        return np.asarray(counts) / np.sum(counts)
    if getattr(source, "priors", None) is None and hasattr(source, "priors_"):
        return source.priors_
    init = getattr(source, "init_", None)  # of gradient boosting, which codes the classes for it
    shares = getattr(source, "class_prior_", getattr(init, "class_prior_", None))
    return _shares_within(source) if shares is None else shares


def _shares_within(source: Any) -> Any:
    """Return the shares in the root of a tree, in stored labels, or where boosting starts."""
    if isinstance(getattr(source, "classes_", None), list) or not hasattr(source, "classes_"):
        return None
    n_classes = len(source.classes_)
    if type(source).__name__ in ("KNeighborsClassifier", "RadiusNeighborsClassifier"):
        codes = source._y
        return np.bincount(np.ravel(codes), minlength=n_classes) / np.size(codes)
    if getattr(source, "class_weight", None) is not None:  # shares of weights are no shares
        return None
    tree = getattr(source, "tree_", None)
    if tree is not None:
        return tree.value[0, 0] / tree.value[0, 0].sum()
    start = getattr(source, "_baseline_prediction", None)
    if start is None or type(source).__name__ != "HistGradientBoostingClassifier":
        return None
    logs = np.ravel(start) if n_classes > 2 else np.array([0.0, float(np.ravel(start)[0])])
    return np.exp(logs) / np.exp(logs).sum()


def shares_of_others(population: Any, scored: Any) -> dict[Any, float]:
    """Return the class shares of the samples of a population that are not scored."""
    codes, classes = encode_labels(as_target(population), None)
    counts = np.bincount(codes, minlength=len(classes)).astype(np.float64)
    found, labels = encode_labels(scored, None)
    own = dict(zip(labels.tolist(), np.bincount(found, minlength=len(labels)), strict=True))
    left = counts - [own.get(label, 0) for label in classes.tolist()]
    if (left < 0).any() or set(own) - set(classes.tolist()) or not left.any():
        raise ValueError(
            "population must hold the labels of all samples that are cross-validated, and some "
            f"that are not scored; got {len(codes)} labels, of which {len(found)} are scored. Pass "
            "the y that is passed to cross_validate."
        )
    return _by_label(classes, left / left.sum())


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
