"""A classifier that tells batch from reference by what their margins do not show."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_expit, stdtr

from sklearn_infotheory._columns._column_cells import ColumnCells
from sklearn_infotheory._columns._frames import take_rows
from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import nats_per_unit
from sklearn_infotheory.drift._batch import Batch
from sklearn_infotheory.drift._findings import JointDrift

MAX_ROWS = 5000  # kept of the reference, and looked at of a batch
_FOLDS = 5
_FEWEST_ROWS = 50  # of either sample, for a classifier to learn anything
_LARGEST_LOGIT = 10.0
_LARGEST_CODE = 254  # of a category, by what the classifier takes


@dataclass(frozen=True)
class RowSample:
    """The rows with the smallest of random keys: a sample that can be added to another.

    Attributes
    ----------
    keys : ndarray of shape (n_rows,)
    codes : ndarray of uint8 of shape (n_rows, n_features)
    weights : ndarray of shape (n_rows,)
    """

    keys: Floats
    codes: NDArray[np.uint8]
    weights: Floats

    def __add__(self, other: RowSample) -> RowSample:
        keys = np.append(self.keys, other.keys)
        kept = np.argsort(keys, kind="stable")[:MAX_ROWS]
        codes = np.concatenate([self.codes, other.codes])[kept]
        return RowSample(keys[kept], codes, np.append(self.weights, other.weights)[kept])

    def emptied(self) -> RowSample:
        """Return a sample of no rows."""
        return RowSample(self.keys[:0], self.codes[:0], self.weights[:0])


def sample_rows(cells: ColumnCells, batch: Batch, seed: list[int], n_threads: int) -> RowSample:
    """Draw rows, each with the same probability; rows of zero weight are not there."""
    n_samples = batch.X.shape[0]
    random = np.random.default_rng(seed)
    weights = np.ones(n_samples) if batch.weights is None else batch.weights
    keys = np.where(weights > 0, random.random(n_samples), np.inf)
    kept = np.argsort(keys, kind="stable")[: min(MAX_ROWS, int((weights > 0).sum()))]
    rows = batch.X if len(kept) == n_samples else take_rows(batch.X, kept)
    codes = cells.encode(rows, n_threads).T
    if len(kept) == n_samples:
        codes = codes[kept]
    return RowSample(keys[kept], codes, weights[kept])


def compare_rows(
    reference: RowSample,
    rows: RowSample,
    categorical: NDArray[np.bool_],
    seed: int,
    base: float | None,
) -> JointDrift:
    r"""Cross-fit classifiers, and test whether they tell the samples apart beyond the margins.

    A logistic model that adds a part from each column gives the odds of the batch that the margins
    explain; weighted by them, the reference has the margins of the batch. If a classifier with
    interactions predicts the domain D of other rows better than its share, then

    .. math:: H(D) - \mathrm{CE} \le I(D; X)

    is positive among the weighted rows: the dependence has changed. The p-value, of a one-sided
    t-test on the losses, is not adjusted.
    """
    if min(len(reference.keys), len(rows.keys)) < _FEWEST_ROWS:
        return JointDrift("classifier", 1.0, 1.0, False, information=0.0, beyond_margins=0.0)
    codes = np.concatenate([reference.codes, rows.codes])
    domain = np.repeat([0, 1], [len(reference.keys), len(rows.keys)])
    weights = np.append(reference.weights, rows.weights)
    gains = _Gains.cross_fit(codes, domain, weights, categorical, seed)
    unit = nats_per_unit(base)
    return JointDrift(
        "classifier",
        p_value=gains.p_value(),
        adjusted_p_value=1.0,
        drifted=False,
        information=float(np.average(gains.total, weights=weights)) / unit,
        beyond_margins=float(np.average(gains.beyond, weights=gains.weights)) / unit,
    )


@dataclass(frozen=True)
class _Gains:
    """How much better each row is predicted than by the shares of the samples.

    Attributes
    ----------
    total : ndarray
        By margins and interactions together.
    beyond : ndarray
        By interactions, after the reference was weighted to the margins of the batch.
    weights : ndarray
        The weights for that.
    """

    total: Floats
    beyond: Floats
    weights: Floats

    @classmethod
    def cross_fit(
        cls,
        codes: NDArray[np.uint8],
        domain: NDArray[np.int64],
        weights: Floats,
        categorical: NDArray[np.bool_],
        seed: int,
    ) -> _Gains:
        from sklearn.model_selection import StratifiedKFold
        from sklearn.preprocessing import OneHotEncoder

        cells = OneHotEncoder(dtype=np.float64).fit_transform(codes)
        numbers = np.minimum(codes, _LARGEST_CODE)
        gains = np.empty((3, len(codes)))
        folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
        for train, test in folds.split(codes, domain):
            margins = _additive_logits(cells, domain, weights, train)
            adjusted = np.where(domain == 0, weights * np.exp(margins), weights)
            model = _classifier(categorical, seed)
            model.fit(numbers[train], domain[train], sample_weight=adjusted[train])
            beyond = model.decision_function(numbers[test])
            at = domain[test]
            prior = [_log_odds(domain[train], w[train]) for w in (weights, adjusted)]
            gains[0, test] = _loss(prior[0], at) - _loss(margins[test] + beyond, at)
            gains[1, test] = _loss(prior[1], at) - _loss(beyond, at)
            gains[2, test] = adjusted[test]
        return cls(gains[0], gains[1], gains[2])

    def p_value(self) -> float:
        """Test that the mean gain beyond the margins is not above zero."""
        mean = np.average(self.beyond, weights=self.weights)
        shares = self.weights / self.weights.sum()
        error = np.sqrt(np.sum((shares * (self.beyond - mean)) ** 2))
        if error == 0:
            return 1.0
        return float(stdtr(len(shares) - 1, -mean / error))


def _additive_logits(
    cells: Any, domain: NDArray[np.int64], weights: Floats, train: NDArray[np.intp]
) -> Floats:
    """Fit a part for each cell of each column; return the logits of all rows."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=500)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(cells[train], domain[train], sample_weight=weights[train])
    return np.clip(model.decision_function(cells), -_LARGEST_LOGIT, _LARGEST_LOGIT)


def _classifier(categorical: NDArray[np.bool_], seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=100,
        max_leaf_nodes=8,
        early_stopping=True,
        validation_fraction=0.15,
        categorical_features=categorical,
        random_state=seed,
    )


def _log_odds(domain: NDArray[np.int64], weights: Floats) -> float:
    return float(np.log(weights[domain == 1].sum() / weights[domain == 0].sum()))


def _loss(logit: Floats | float, domain: NDArray[np.int64]) -> Floats:
    loss: Floats = -log_expit(np.where(domain == 1, logit, np.negative(logit)))
    return loss
