"""Relations from the distances between neighbours, for columns of any kind. In nats."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._columns._frames import Table, open_table, take_rows
from sklearn_infotheory._columns._target import open_target
from sklearn_infotheory._threads import map_chunks
from sklearn_infotheory._types import Features, Floats, Weights
from sklearn_infotheory.estimation._information_of_variables import Settings, find_information
from sklearn_infotheory.estimation._variables import Variable, join_columns, read_variable
from sklearn_infotheory.feature_selection._binned import BinnedRelations, Strata
from sklearn_infotheory.feature_selection._relations import PairInformation
from sklearn_infotheory.feature_selection._relevance import NeighborRelevance, read_feature
from sklearn_infotheory.feature_selection._scores import entropy_of_rows


def relate_nearest(
    X: Any,
    y: NDArray[Any],
    weights: Weights,
    binned: BinnedRelations,
    *,
    categorical: NDArray[np.bool_] | None,
    n_neighbors: int,
) -> NeighborRelations:
    """Read X and y, and relate them by neighbours; ``binned`` relates them for the tests."""
    times = None
    if weights is not None:
        rows = _repetitions(weights)
        X, y, times = take_rows(X, rows), y[rows], binned.weights.astype(np.intp)
    if binned.target.is_binned:  # numbers
        outputs = open_target(y)
        numbers = np.stack([outputs.column(j).floats() for j in range(outputs.n_features)], axis=1)
        target_variable = read_variable(numbers, "y")
    else:
        codes = binned.target.codes.astype(np.intp)  # of the rows that have a weight
        target_variable = _classes(codes if times is None else np.repeat(codes, times))
    table = open_table(X, categorical)
    for j in range(table.n_features):
        table.column(j).check_finite("it is at no distance; method='binned' takes these")
    return NeighborRelations(table, target_variable, n_neighbors, binned)


def _classes(codes: NDArray[np.intp]) -> Variable:
    """Read codes, all of which occur, as a discrete variable."""
    return Variable(codes, int(codes.max()) + 1, np.empty((len(codes), 0)), False, "y")


def _repetitions(weights: Floats) -> NDArray[np.intp]:
    """List each row as often as its weight says."""
    parts = weights[weights % 1 != 0]
    if len(parts):
        raise ValueError(
            "method='knn' takes whole numbers as weights, which repeat a sample, but sample_weight "
            f"holds {parts[0]:g}. Use method='binned' or method='gaussian', which take any weights."
        )
    if (weights > 1).any():
        warnings.warn(
            "method='knn' repeats samples by their weights, and the repetitions of a sample are "
            "neighbours at no distance: weights above 1 make the information of continuous columns "
            "too high. Use method='binned' or method='gaussian' with such weights.",
            UserWarning,
            stacklevel=2,
        )
    return np.repeat(np.arange(len(weights)), weights.astype(np.intp))


class NeighborRelations:
    """Relations by nearest neighbours, pair by pair, each pair by what its columns hold.

    The estimates rank. Whether a feature tells anything at all is decided by counts: neighbours
    have no test of their own.

    Parameters
    ----------
    table : Table
    target : Variable
    n_neighbors : int
    binned : BinnedRelations
        The same columns and target, as counts.
    """

    pairs_are_symmetric = True

    def __init__(
        self, table: Table, target: Variable, n_neighbors: int, binned: BinnedRelations
    ) -> None:
        self.table, self.target, self.binned = table, target, binned
        self.settings = Settings("knn", n_neighbors)
        self.n_features, self.n_threads = table.n_features, binned.n_threads

    @cached_property
    def _features(self) -> list[Variable]:
        variables: list[Any] = [None] * self.n_features

        def work(chunk: Features) -> None:
            for j in chunk:
                variables[j] = read_feature(self.table.column(j))

        map_chunks(work, np.arange(self.n_features), self.n_threads)
        return variables

    def _of_columns(self, function: Callable[[Column], float]) -> Floats:
        """Apply a function to every column."""
        found = np.empty(self.n_features)

        def work(chunk: Features) -> None:
            for j in chunk:
                found[j] = function(self.table.column(j))

        map_chunks(work, np.arange(self.n_features), self.n_threads)
        return found

    @cached_property
    def _relevance_of(self) -> NeighborRelevance:
        return NeighborRelevance(self.target, self.settings.n_neighbors)

    @cached_property
    def relevance(self) -> Floats:
        """I(X; Y) of every feature."""
        return self._of_columns(self._relevance_of.value)

    @cached_property
    def standard_errors(self) -> Floats:
        """The standard error of I(X; Y) of every feature."""
        return self._of_columns(self._relevance_of.standard_error)

    @property
    def p_values(self) -> Floats:
        """The p-value of I(X; Y) of every feature, from counts."""
        return self.binned.p_values

    @cached_property
    def entropies(self) -> Floats:
        """Of the distinct values of each feature: what the sample can tell apart."""
        return np.array([_entropy(variable) for variable in self._features])

    def pair(self, features: Features, picked: int) -> PairInformation:
        """Relate every wanted feature to one picked feature and the target."""
        w = self._features[picked]
        shared, joint = np.empty((2, len(features))), np.empty(len(features))

        def work(chunk: Features) -> None:
            for i in chunk:
                x = self._features[features[i]]
                for given, condition in enumerate((None, self.target)):
                    shared[given, i] = find_information(x, w, condition, self.settings).value
                # In one space: as a sum of four estimates it would have twice the variance.
                both = join_columns(x, w)
                joint[i] = find_information(both, self.target, None, self.settings).value

        map_chunks(work, np.arange(len(features)), self.n_threads)
        relevance = self.relevance[features]
        alone = np.stack(
            np.broadcast_arrays(
                self.entropies[features], self.entropies[picked], _entropy(self.target)
            )
        )
        # What three variables hold together is no less than what one of them holds.
        together = np.maximum(alone.sum(axis=0) - shared[0] - joint, alone.max(axis=0))
        return PairInformation(relevance, shared[0], shared[1], joint, together, *alone[:2])

    def triple_relevance(self, features: Features, first: int, second: int) -> Floats:
        """Raise: neighbours in so many dimensions are far away, and ``check_method`` says so."""
        raise ValueError("Neighbours do not relate three features. Use method='gaussian'.")

    def bias_of_pair(self, features: Features, picked: int) -> Floats:
        """None: the estimates are corrected."""
        return np.zeros(len(features))

    def all_samples(self) -> Strata:
        """No condition."""
        return self.binned.all_samples()

    def refine(self, condition: Strata, picked: int) -> Strata:
        """Condition on the bins of one more feature."""
        return self.binned.refine(condition, picked)

    def conditional_relevance(
        self, features: Features, condition: Strata, *, with_p_values: bool = True
    ) -> tuple[Floats, Floats]:
        """I(X; Y | condition) of every wanted feature, and its p-value, both from counts."""
        return self.binned.conditional_relevance(features, condition, with_p_values=with_p_values)


def _entropy(variable: Variable) -> float:
    """Return the entropy of the distinct values, in nats."""
    values = np.where(np.isnan(variable.values), 0.0, variable.values)
    return entropy_of_rows(np.column_stack([variable.atoms, values]), None)
