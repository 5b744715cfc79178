"""The joint distribution p(x, y) that is compressed: the distinct rows of a table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
from scipy.special import xlogy

from sklearn_infotheory._types import Codes, Floats, Weights

Prior = Literal["uniform", "counts"]


@dataclass(frozen=True)
class JointDistribution:
    """Rows x with their probability and their distribution over the columns y.

    Rows of equal distribution are one x, and the x are sorted. So a weight of k is k repetitions
    to the bit, and no result depends on the order of the rows.

    Attributes
    ----------
    conditional : csr_array of shape (n_rows, n_columns)
        p(y | x).
    masses : ndarray of shape (n_rows,)
        p(x); their sum is one.
    members : ndarray of shape (n_samples,)
        The x of each sample; -1 for samples that hold nothing, or weigh nothing.
    mass_of_sample : float
        The probability of one sample, for rows that come later.
    """

    conditional: sp.csr_array
    masses: Floats
    members: Codes
    mass_of_sample: float

    @cached_property
    def joint(self) -> sp.csr_array:
        """p(x, y)."""
        return scale_rows(self.conditional, self.masses)

    @cached_property
    def marginal(self) -> Floats:
        """p(y)."""
        return np.asarray(self.joint.sum(axis=0)).ravel()

    @cached_property
    def information(self) -> float:
        """I(X; Y) in nats: what no compression exceeds."""
        cells = xlogy(self.joint.data, self.joint.data).sum()
        rows, columns = xlogy(self.masses, self.masses), xlogy(self.marginal, self.marginal)
        return float(cells - rows.sum() - columns.sum())

    @cached_property
    def conditional_terms(self) -> Floats:
        """Sum over y of p(y | x) log p(y | x), minus the entropy of each row."""
        terms = self.conditional.copy()
        terms.data = xlogy(terms.data, terms.data)
        return np.asarray(terms.sum(axis=1)).ravel()

    @property
    def n_rows(self) -> int:
        return len(self.masses)

    def cells_of(self, memberships: Floats | sp.csr_array) -> Floats:
        """Return p(t, y), given p(t | x)."""
        cells = self.joint.T @ memberships
        return np.ascontiguousarray(cells.toarray().T if sp.issparse(cells) else cells.T)


def scale_rows(rows: sp.csr_array, factors: Floats) -> sp.csr_array:
    """Multiply each row by its factor."""
    scaled = rows.copy()
    scaled.data = rows.data * np.repeat(factors, np.diff(rows.indptr))
    return scaled


def as_sparse_rows(X: Any) -> sp.csr_array:
    """Return a non-negative X as compressed rows of sorted positive entries."""
    rows = sp.csr_array(X, dtype=np.float64, copy=True)
    rows.sum_duplicates()
    rows.eliminate_zeros()
    return rows


def normalize_rows(rows: sp.csr_array) -> sp.csr_array:
    """Divide each row by its sum; rows that hold nothing stay as they are."""
    sums = np.asarray(rows.sum(axis=1)).ravel()
    return scale_rows(rows, 1 / np.where(sums > 0, sums, 1.0))


def read_joint(X: Any, weights: Weights, prior: Prior) -> JointDistribution:
    """Read counts or probabilities: each row weighs its weight, or that times its sum."""
    rows = as_sparse_rows(X)
    sums = np.asarray(rows.sum(axis=1)).ravel()
    weights = np.ones(len(sums)) if weights is None else weights
    masses = np.where(sums > 0, weights, 0.0) * (sums if prior == "counts" else 1.0)
    total = masses.sum()
    if not total > 0:
        raise ValueError(
            "X holds no positive number in any row of positive weight, so that there is no "
            "distribution to compress. Pass counts or probabilities."
        )
    conditional = normalize_rows(rows)
    members, first = _distinct_rows(conditional, masses > 0)
    present = members >= 0
    distinct = np.bincount(members[present], masses[present], minlength=len(first))
    mass_of_sample = 1 / weights[masses > 0].sum()
    return JointDistribution(conditional[first], distinct / total, members, mass_of_sample)


def _distinct_rows(rows: sp.csr_array, present: Any) -> tuple[Codes, Codes]:
    """Number the distinct rows that are present, in an order that depends on nothing else.

    Returns the number of each row, -1 where it is not present, and a row of each number.
    """
    starts, columns, values = rows.indptr, rows.indices.astype(">i4"), rows.data
    keys: dict[bytes, list[int]] = {}
    for row in np.flatnonzero(present).tolist():
        entries = slice(starts[row], starts[row + 1])
        keys.setdefault(columns[entries].tobytes() + values[entries].tobytes(), []).append(row)
    members = np.full(rows.shape[0], -1, np.intp)
    first = np.empty(len(keys), np.intp)
    for number, key in enumerate(sorted(keys)):
        members[keys[key]] = number
        first[number] = keys[key][0]
    return members, first
