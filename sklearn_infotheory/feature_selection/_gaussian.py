"""Relations by the Gaussian copula: normal scores, and what their correlations tell. In nats."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_consistent_length

from sklearn_infotheory._columns import encode_target
from sklearn_infotheory._columns._frames import Table, of_positive_weight
from sklearn_infotheory._columns._target import TargetKind, open_target
from sklearn_infotheory._threads import count_threads
from sklearn_infotheory._types import Features, Floats, Weights
from sklearn_infotheory.estimation._class_variances import (
    class_standard_errors,
    half_log_variance,
    half_log_variance_in_classes,
    least_variance,
    score_variance,
)
from sklearn_infotheory.feature_selection._moments import Moments, Residuals
from sklearn_infotheory.feature_selection._partial_tests import PartialTests
from sklearn_infotheory.feature_selection._recent_findings import Recent
from sklearn_infotheory.feature_selection._relations import PairInformation
from sklearn_infotheory.feature_selection._scores import (
    entropy_of_rows,
    read_numbers,
    score_columns,
)

_PAIRS_KEPT = 256


def relate_gaussian(
    X: Any,
    y: NDArray[Any],
    weights: Weights,
    *,
    categorical: NDArray[np.bool_] | None,
    names: Any,
    target: TargetKind,
    n_jobs: int | None,
) -> GaussianRelations:
    """Score the columns of X, and relate them by their moments."""
    check_consistent_length(X, y)
    weights, X, y = of_positive_weight(weights, X, y)
    encoded = encode_target(y, target, 2, weights)
    tables = [read_numbers(X, categorical, names)]
    if encoded.is_binned:  # numbers
        tables.append(open_target(y))
        order, starts = np.arange(len(y)), np.empty(0, np.intp)
        of_target: NDArray[Any] = _read_outputs(tables[1])
    else:
        order = np.argsort(encoded.codes, kind="stable")
        starts = np.searchsorted(encoded.codes[order], np.arange(encoded.n_classes + 1))
        starts, of_target = np.unique(starts), encoded.codes
    h_target = entropy_of_rows(of_target, weights)
    weights = None if weights is None else weights[order]
    scores, entropies = score_columns(tables, order, weights, count_threads(n_jobs))
    n_features = tables[0].n_features
    moments = Moments(scores, weights, starts, len(scores) - n_features)
    return GaussianRelations(moments, entropies[:n_features], h_target)


def _read_outputs(table: Table) -> Floats:
    outputs = [table.column(j) for j in range(table.n_features)]
    if any(output.is_category for output in outputs):
        raise ValueError(
            "method='gaussian' takes outputs that are all numbers, or all labels, but y holds "
            "both. Pass target='discrete' to read all of them as labels, or use method='binned' or "
            "method='knn'."
        )
    return np.stack([output.values for output in outputs], axis=1)


class GaussianRelations:
    """Relations of normal scores, as if they were normal together.

    Every quantity is a difference of the two functions A and B of what is given: half the logarithm
    of the variance that is left of X, from all samples and given the target:

    I(X; Y | S) = A(S) - B(S),  I(X; W | S) = A(S) - A(S, W),  I(X; W | S, Y) = B(S) - B(S, W)

    so that the chain rule holds between them.

    Parameters
    ----------
    moments : Moments
    entropies : ndarray of shape (n_features,)
        Of the distinct values of each feature: the most that a feature can tell.
    target_entropy : float
        The same of the target.
    """

    pairs_are_symmetric = False  # not where the variances of the classes differ

    def __init__(self, moments: Moments, entropies: Floats, target_entropy: float) -> None:
        self.moments = moments
        self.entropies, self.target_entropy = entropies, target_entropy
        self.n_features = len(entropies)
        alone = moments.unconditioned
        variance = self._cut(alone.squares[0]) / max(alone.freedom[0], 1.0)
        self._least = least_variance(variance, entropies)
        hidden = score_variance(moments.n_samples) - variance
        self._hidden = np.maximum(hidden, self._least)  # what ties hide of differences in variance
        self._tests = PartialTests(moments, self.n_features)
        self._pairs: Recent[tuple[Floats, ...]] = Recent(_PAIRS_KEPT)

    def _cut(self, columns: Floats) -> Floats:
        """Leave out the columns of the target."""
        return columns[..., : self.n_features]

    def all_samples(self) -> Residuals:
        return self.moments.unconditioned

    def refine(self, condition: Residuals, picked: int) -> Residuals:
        return condition.given(picked, self.moments.products(picked))

    def _uncertainty(self, condition: Residuals) -> tuple[Floats, Floats]:
        """A and B."""
        squares, freedom = self._cut(condition.squares), condition.freedom
        whole = half_log_variance(squares[0], freedom[0], self._least)
        if len(freedom) > 2:
            sizes, limits = self.moments.sizes, (self._least, self._hidden)
            return whole, half_log_variance_in_classes(squares, freedom, sizes, *limits)
        if freedom[1] < 1:
            return whole, whole
        return whole, half_log_variance(squares[1], freedom[1], self._least)

    def _information(self, condition: Residuals) -> Floats:
        """I(X; Y | condition) of every feature."""
        whole, given_target = self._uncertainty(condition)
        return whole - given_target

    @cached_property
    def relevance(self) -> Floats:
        """I(X; Y) of every feature."""
        return self._information(self.all_samples())

    @cached_property
    def p_values(self) -> Floats:
        """The p-value of I(X; Y) of every feature."""
        return self._tests.p_values(np.arange(self.n_features), ())

    @cached_property
    def standard_errors(self) -> Floats:
        """The standard error of I(X; Y): that of the mean of the terms of a Gaussian model."""
        squares = self._cut(self.moments.unconditioned.squares)
        if len(squares) == 2:
            total = np.where(squares[0] > 0, squares[0], 1.0)
            explained = np.maximum(squares[0] - squares[1], 0.0) / total
            return np.sqrt(explained / self.moments.n_samples)
        sums, sizes = self._cut(self.moments.sums), self.moments.sizes
        means = sums / sizes[:, np.newaxis] - sums.sum(axis=0) / self.moments.n_samples
        return class_standard_errors(squares, means, sizes, self._hidden)

    def conditional_relevance(
        self, features: Features, condition: Residuals, *, with_p_values: bool = True
    ) -> tuple[Floats, Floats]:
        """I(X; Y | condition) of every wanted feature, and its p-value."""
        information = self._information(condition)[features]
        if not with_p_values:
            return information, np.full(len(features), np.nan)
        return information, self._tests.p_values(features, condition.picks)

    def pair(self, features: Features, picked: int) -> PairInformation:
        """Relate every wanted feature to one picked feature and the target."""
        pairs = self._pairs.find(picked, lambda: self._pair_with_all(picked))
        return PairInformation(*(values[features] for values in pairs))

    def _pair_with_all(self, picked: int) -> tuple[Floats, ...]:
        before = self._uncertainty(self.all_samples())
        after = self._uncertainty(self.refine(self.all_samples(), picked))
        shared, shared_given_target = (a - b for a, b in zip(before, after, strict=True))
        joint = self.relevance[picked] + after[0] - after[1]
        entropies = np.stack(
            np.broadcast_arrays(self.entropies, self.entropies[picked], self.target_entropy)
        )
        # What three variables hold together is no less than what one of them holds.
        together = np.maximum(entropies.sum(axis=0) - shared - joint, entropies.max(axis=0))
        of_both = self.entropies, np.full(self.n_features, self.entropies[picked])
        return self.relevance, shared, shared_given_target, joint, together, *of_both

    def triple_relevance(self, features: Features, first: int, second: int) -> Floats:
        """I(X, U, W; Y) of every wanted feature X with two picked ones."""
        one = self.refine(self.all_samples(), first)
        both = self.refine(one, second)
        of_picked = self.relevance[first] + self._information(one)[second]
        return of_picked + self._information(both)[features]

    def bias_of_pair(self, features: Features, picked: int) -> Floats:
        """None: the estimates are corrected."""
        return np.zeros(len(features))
