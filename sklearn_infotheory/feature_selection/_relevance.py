"""I(X; Y) of one column after the other, by neighbours, each sorted once. In nats."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import psi

from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._types import Codes
from sklearn_infotheory.estimation._atoms import find_atoms
from sklearn_infotheory.estimation._discrete._entropy_of_counts import plugin_entropy
from sklearn_infotheory.estimation._information_of_variables import (
    Finding,
    Settings,
    find_information,
)
from sklearn_infotheory.estimation._neighbors._neighbor_terms import (
    ksg_terms,
    ksg_value,
    ross_terms,
    ross_value,
)
from sklearn_infotheory.estimation._neighbors._sorted_columns import SortedColumn
from sklearn_infotheory.estimation._neighbors._standard_errors import knn_standard_error
from sklearn_infotheory.estimation._variables import Variable, read_variable


@dataclass(frozen=True)
class NeighborRelevance:
    """What each column tells about one target: :func:`find_information`, by the shortest way.

    Parameters
    ----------
    target : Variable
    n_neighbors : int
    """

    target: Variable
    n_neighbors: int

    def value(self, column: Column) -> float:
        """I(X; Y)."""
        ordered, is_atom = _sorted(column)
        if ordered is None or (is_atom.any() and not is_atom.all()):
            return self._of_any_kind(column).value
        if is_atom.any():
            return self._of_atoms(ordered, len(is_atom))
        if self.target.is_discrete:
            closed, classes = ordered.has_ties, self.target.atoms
            value = ross_value(ordered, classes, self.n_neighbors, closed=closed)
            return min(value, self._target_entropy) if self.target.n_atoms > 1 else 0.0
        if self._sorted_target is None or len(ordered) == 1:
            return self._of_any_kind(column).value
        closed = ordered.has_ties or self.target.is_rounded
        return ksg_value(ordered, self._sorted_target, self.n_neighbors, closed=closed)

    def standard_error(self, column: Column) -> float:
        """The standard error of I(X; Y)."""
        k, target = self.n_neighbors, self._sorted_target
        ordered, is_atom = _sorted(column)
        if ordered is None or is_atom.any() or len(ordered) == 1 or self.target.is_constant:
            return self._of_any_kind(column).standard_error
        if self.target.is_discrete:
            classes = self.target.atoms
            terms = ross_terms(ordered, classes, k, closed=ordered.has_ties)
            return knn_standard_error(terms, "ross", k, np.bincount(classes)[classes])
        if target is None:
            return self._of_any_kind(column).standard_error
        terms = ksg_terms(ordered, target, k, closed=ordered.has_ties or self.target.is_rounded)
        return knn_standard_error(terms, "ksg", k)

    def _of_any_kind(self, column: Column) -> Finding:
        x = read_feature(column)
        return find_information(x, self.target, None, Settings("knn", self.n_neighbors))

    def _of_atoms(self, ordered: SortedColumn, n_atoms: int) -> float:
        atoms = np.empty(len(ordered), np.intp)
        atoms[ordered.order] = ordered.codes
        if self.target.is_discrete:
            return count_information(atoms, n_atoms, self.target.atoms, self.target.n_atoms)
        nothing = np.empty((len(atoms), 0))
        x = Variable(atoms, n_atoms, nothing, False, "X")
        if self._sorted_target is None or n_atoms == 1:
            return find_information(x, self.target, None, Settings("knn", self.n_neighbors)).value
        closed = self.target.is_rounded
        value = ross_value(self._sorted_target, atoms, self.n_neighbors, closed=closed)
        return min(value, plugin_entropy(atoms))

    @cached_property
    def _target_entropy(self) -> float:
        return plugin_entropy(self.target.atoms)

    @cached_property
    def _sorted_target(self) -> SortedColumn | None:
        """The target as a sorted column of scores, None if it is not one column of numbers."""
        if not self.target.is_continuous or self.target.values.shape[1] != 1:
            return None
        return SortedColumn.of(self.target.values[:, 0], "normal_scores")


def _sorted(column: Column) -> tuple[SortedColumn | None, NDArray[np.bool_]]:
    """Sort a column of numbers, and say which of its distinct values are atoms.

    None for a column of another kind; no distinct value is listed if there are no ties.
    """
    if column.is_category or np.isnan(column.values).any():
        return None, np.empty(0, bool)
    ordered = SortedColumn.of(column.floats(), "normal_scores")
    if not ordered.has_ties:
        return ordered, np.empty(0, bool)
    return ordered, find_atoms(np.bincount(ordered.codes))


def read_feature(column: Column) -> Variable:
    """Read a column; categories may be written as numbers."""
    return read_variable(column, "X", discrete=True if column.is_category else None)


def count_information(x: Codes, n_x: int, y: Codes, n_y: int) -> float:
    """Return the information between codes, free of bias as that of neighbours at no distance."""
    table = np.bincount(x * n_y + y, minlength=n_x * n_y).reshape(n_x, n_y)
    sides = table.sum(axis=1), table.sum(axis=0)
    if max(side.max() for side in sides) == len(x):  # a constant side
        return 0.0
    n = len(x)
    joint, first, second = (_mean_psi(counts.ravel(), n) for counts in (table, *sides))
    return min(float(joint - (first + second) + psi(n)), plugin_entropy(x), plugin_entropy(y))


def _mean_psi(counts: Codes, n: int) -> float:
    counts = np.sort(counts[counts > 0])
    return float((counts * psi(counts)).sum() / n)
