"""The agglomerative bottleneck: from one cluster per row, merge what loses least.

Slonim and Tishby (1999). A merge of t and s loses (p(t) + p(s)) JS(p(y|t), p(y|s)) of I(T; Y); with
a price of compression, H(T) falls as well.
"""

from __future__ import annotations

import numpy as np

from sklearn_infotheory._types import Codes, Floats
from sklearn_infotheory.cluster._clustering import Clustering, Price, measure, one_hot
from sklearn_infotheory.cluster._joint_distribution import JointDistribution


class _Merging:
    """Clusters that merge, with what each pair would lose.

    ``losses[i, j]`` is kept for i < j alone, and infinite elsewhere; ``least[i]`` is the best j.
    """

    def __init__(self, joint: JointDistribution, price: Price) -> None:
        n_rows = joint.n_rows
        self.cells: Floats = joint.joint.toarray()
        self.masses: Floats = joint.masses.copy()
        self.terms = self.cells * np.log(np.where(self.cells > 0, self.cells, 1.0))
        self.alive = np.ones(n_rows, bool)
        self._price = price.of_terms
        self._room = np.empty(self.cells.shape[1], np.int32)
        self.losses = np.full((n_rows, n_rows), np.inf)
        for i in range(n_rows - 1):
            self.losses[i, i + 1 :] = self._losses_of(i, np.arange(i + 1, n_rows))
        self.least = self.losses.argmin(axis=1)

    def _losses_of(self, merged: int, others: Codes) -> Floats:
        from sklearn_infotheory._kernels._bottleneck import losses_of_merging

        out = np.empty(len(others))
        losses_of_merging(
            self.cells, self.terms, self.masses, others, merged, *self._price, self._room, out
        )
        return out

    def best_pair(self) -> tuple[int, int, float]:
        """Return the pair that loses least, the first one of equals, and what it loses."""
        rows = np.arange(len(self.least))
        i = int(self.losses[rows, self.least].argmin())
        j = int(self.least[i])
        return i, j, float(self.losses[i, j])

    def merge(self, i: int, j: int) -> None:
        """Let cluster j join cluster i."""
        self.cells[i] += self.cells[j]
        self.masses[i] += self.masses[j]
        self.terms[i] = self.cells[i] * np.log(np.where(self.cells[i] > 0, self.cells[i], 1.0))
        self.alive[j] = False
        self.losses[j, :] = self.losses[:, j] = np.inf
        others = np.flatnonzero(self.alive & (np.arange(len(self.alive)) != i))
        losses = self._losses_of(i, others)
        before = others < i
        self.losses[others[before], i] = losses[before]
        self.losses[i, others[~before]] = losses[~before]
        self._find_least(i, j)

    def _find_least(self, i: int, j: int) -> None:
        """Look again where the best partner was one of the merged; elsewhere compare with i."""
        rows = np.arange(len(self.least))
        now, new = self.losses[rows, self.least], self.losses[:, i]
        nearer = (new < now) | ((new == now) & (i < self.least))
        stale = (self.least == i) | (self.least == j)
        stale[[i, j]] = True
        self.least[nearer & ~stale] = i
        self.least[stale] = self.losses[stale].argmin(axis=1)


def run_agglomerative(joint: JointDistribution, n_clusters: int, price: Price) -> Clustering:
    """Merge until so many clusters are left."""
    merging = _Merging(joint, price)
    labels = np.arange(joint.n_rows)
    start = measure(one_hot(labels, joint.n_rows), joint, price)
    objective, merges = [start[-1]], []
    for _ in range(joint.n_rows - n_clusters):
        i, j, loss = merging.best_pair()
        merging.merge(i, j)
        labels[labels == j] = i
        objective.append(objective[-1] + loss)
        merges.append((i, j, loss))
    labels = np.unique(labels, return_inverse=True)[1].ravel()
    memberships = one_hot(labels, n_clusters)
    cells, compression, relevance, _ = measure(memberships, joint, price)
    return Clustering(memberships, cells, compression, relevance, objective, True, merges)
