"""Second moments of normal scores: of all samples, given the target, and of each class."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._types import Floats, Weights
from sklearn_infotheory.feature_selection._recent_findings import Recent
from sklearn_infotheory.feature_selection._scores import exact_unit

DETERMINED = 1e-9  # the share of its variance that is left to a column that others determine
FIRST_CLASS = 2
_ROUNDING = 1e-13
_COLUMNS_KEPT = 256


@dataclass(frozen=True)
class Residuals:
    """What is left of all columns given some of them: a Cholesky factor, row by row.

    The first axis of each array tells samples apart: all of them; all of them given the target; and
    those of each class.

    Attributes
    ----------
    squares : ndarray of shape (n_groups, n_columns)
        Sums of the squared residuals.
    freedom : ndarray of shape (n_groups,)
        Degrees of freedom of these sums.
    rows : tuple of ndarray of shape (n_groups, n_columns)
        Of the factor.
    picks : tuple of int
        The columns that are given.
    """

    squares: Floats
    freedom: Floats
    rows: tuple[Floats, ...] = ()
    picks: tuple[int, ...] = ()

    def given(self, picked: int, products: Floats) -> Residuals:
        """Condition on one more column, whose sums of products with all columns are given.

        A group whose earlier columns determine the picked one stays as it is.
        """
        pivot = self.squares[:, picked]
        own, of_all = products[:, picked], products[0, picked]
        varies = pivot > np.maximum(DETERMINED * own, _ROUNDING * of_all)
        row = products - sum(earlier * earlier[:, [picked]] for earlier in self.rows)
        row = row * (varies / np.sqrt(np.where(varies, pivot, 1.0)))[:, np.newaxis]
        squares = np.maximum(self.squares - row * row, 0.0)
        squares[varies, picked] = 0.0
        return Residuals(squares, self.freedom - varies, (*self.rows, row), (*self.picks, picked))


class Moments:
    """Sums of squares and products of scores, about their means.

    Parameters
    ----------
    scores : ndarray of shape (n_columns, n_samples)
        The samples of one class follow those of another.
    weights : ndarray or None
    starts : ndarray of int
        Where each class starts, and the number of samples. Empty where the target is numbers.
    n_outputs : int
        How many of the columns, the last ones, are the target.
    """

    def __init__(
        self, scores: Floats, weights: Weights, starts: NDArray[np.intp], n_outputs: int = 0
    ) -> None:
        self.scores, self.weights, self.starts = scores, weights, starts
        ends = starts if len(starts) else np.array([0, scores.shape[1]])
        self._groups = [slice(a, b) for a, b in pairwise(ends.tolist())]
        self.sizes = np.array([self._size(rows) for rows in self._groups])
        self.n_samples = float(self.sizes.sum())
        self.sums = np.array([self._times(np.ones(scores.shape[1]), g) for g in self._groups])
        self.unit = exact_unit(self.n_samples)
        self._of_columns: Recent[Floats] = Recent(_COLUMNS_KEPT)
        self._of_target: tuple[Floats, ...] = ()
        self.unconditioned = self._start(n_outputs)

    def _size(self, rows: slice) -> float:
        return float(rows.stop - rows.start if self.weights is None else self.weights[rows].sum())

    def _times(self, column: Floats, rows: slice) -> Floats:
        """Sum the products of all columns with one, over some samples."""
        weighted = column[rows] if self.weights is None else column[rows] * self.weights[rows]
        return self.scores[:, rows] @ weighted

    def _squares(self, rows: slice) -> Floats:
        part = self.scores[:, rows]
        if self.weights is None:
            return np.einsum("ij,ij->i", part, part)
        return np.einsum("ij,ij,j->i", part, part, self.weights[rows])

    def _start(self, n_outputs: int) -> Residuals:
        raw = np.array([self._squares(rows) for rows in self._groups])
        squares = self._centred(raw, self.sums)
        if len(self.starts):
            freedom = np.array([self.n_samples - 1, self.n_samples - len(self.sizes)])
            return Residuals(squares, np.concatenate([freedom, self.sizes - 1]))
        alone = Residuals(squares[:1], np.array([self.n_samples - 1]))
        given = alone
        for output in range(len(self.scores) - n_outputs, len(self.scores)):
            given = given.given(output, self.products(output)[:1])
        self._of_target = given.rows
        both = np.vstack([alone.squares, given.squares])
        return Residuals(both, np.concatenate([alone.freedom, given.freedom]))

    def _centred(self, raw: Floats, sums: Floats, own_sums: Floats | None = None) -> Floats:
        """Turn the raw sums of products of each class into those about the means."""
        own_sums = self.sums if own_sums is None else own_sums
        whole = raw.sum(axis=0) - own_sums.sum(axis=0) * sums.sum(axis=0) / self.n_samples
        if not len(self.starts):
            return whole[np.newaxis]
        in_classes = raw - own_sums * sums / self.sizes[:, np.newaxis]
        return np.vstack([whole, in_classes.sum(axis=0), in_classes])

    def products(self, column: int) -> Floats:
        """Sums of products of all columns with one; see :class:`Residuals` for the groups."""
        return self._of_columns.find(column, lambda: self._products(column))

    def _products(self, column: int) -> Floats:
        products = self.products_with(self.scores[column])
        if len(self.starts):
            return products
        shared = sum(row * row[:, [column]] for row in self._of_target)
        return np.vstack([products, products - shared])

    def products_with(self, vector: Floats) -> Floats:
        """Sums of products of all columns with any vector, but none given a target of numbers."""
        raw = np.array([self._times(vector, rows) for rows in self._groups])
        return self._centred(raw, self._sums_of(vector))

    def inner(self, first: Floats, second: Floats) -> Floats:
        """Sums of products of two vectors, for the same groups."""
        return self._centred(
            self._sums_of(first * second), self._sums_of(second), self._sums_of(first)
        )[:, 0]

    def deviations(self, vector: Floats) -> Floats:
        """Sums of a vector in each class, less those of its mean."""
        sums = self._sums_of(vector)[:, 0]
        return sums - self.sizes * (sums.sum() / self.n_samples)

    def _sums_of(self, vector: Floats) -> Floats:
        weighted = vector if self.weights is None else vector * self.weights
        return np.array([[weighted[rows].sum()] for rows in self._groups])

    def square_of(self, column: int) -> Floats:
        """The squares of a column, rounded so that their sums are exact as well."""
        return np.round(self.scores[column] ** 2 * self.unit) / self.unit
