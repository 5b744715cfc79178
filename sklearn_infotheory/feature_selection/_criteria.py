"""The criteria by which the next feature is picked: formulas, and how each is kept up to date.

Names and formulas follow Brown et al. (2012) [1]_ and the packages praznik and FEAST. S is what has
been picked, W one of it, X a candidate, Y the target. The first feature is always the most relevant
one, with the score I(X; Y).

References
----------
.. [1] Brown, G., Pocock, A., Zhao, M.-J. and Lujan, M. (2012). Conditional likelihood maximisation:
   a unifying framework for information theoretic feature selection. Journal of Machine Learning
   Research, 13, 27-66.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory.feature_selection._relations import (
    BinnedRelations,
    Features,
    Floats,
    PairInformation,
    Strata,
)

# Peng's guard against dividing by zero is 1e-4 bits.
_QUOTIENT_GUARD = 1e-4 * np.log(2)
_TIE = 1e-12
_BLOCK = 16  # candidates that a lazy search brings up to date at a time


@dataclass(frozen=True)
class PairCriterion:
    """A criterion made of one term for each picked feature.

    Attributes
    ----------
    term : callable
        From the :class:`PairInformation` of the candidates and one picked feature to its term.
    reduce : {"sum", "min"}
        How the terms of all picked features become one number, the total.
    score : callable
        From relevance, total and the number of picked features to the score.
    is_ratio : bool
        Whether the score has no unit.
    name : str
        How the criterion is shown.
    """

    term: Callable[[PairInformation], Floats]
    reduce: Literal["sum", "min"] = "sum"
    score: Callable[[Floats, Floats, int], Floats] = lambda relevance, total, n: total
    is_ratio: bool = False
    name: str = "PairCriterion"

    def __repr__(self) -> str:
        return self.name


def _plus_relevance(relevance: Floats, total: Floats, n_picked: int) -> Floats:
    return relevance + total


def _capped_redundancy(pair: PairInformation) -> Floats:
    return -np.maximum(0.0, pair.redundancy - pair.conditional_redundancy)


@dataclass(frozen=True)
class _LinearTerm:
    beta: float
    gamma: float

    def __call__(self, pair: PairInformation) -> Floats:
        return self.gamma * pair.conditional_redundancy - self.beta * pair.redundancy


def linear_criterion(beta: float, gamma: float) -> PairCriterion:
    r"""Make a criterion of the linear family, for ``MutualInfoSelector(criterion=...)``.

    .. math:: J(X) = I(X; Y) - \beta \sum_{W \in S} I(X; W) + \gamma \sum_{W \in S} I(X; W | Y)

    Parameters
    ----------
    beta : float
        The weight of redundancy. ``linear_criterion(1, 0)`` is "mifs".
    gamma : float
        The weight of redundancy within the classes, which is complementarity.
        ``linear_criterion(1, 1)`` is "cife", ``linear_criterion(0, 1)`` is "condred".

    Returns
    -------
    PairCriterion
        A value for the parameter ``criterion``; it can be pickled and cloned.

    References
    ----------
    Brown, G., Pocock, A., Zhao, M.-J. and Lujan, M. (2012). Conditional likelihood maximisation: a
    unifying framework for information theoretic feature selection. Journal of Machine Learning
    Research, 13, 27-66.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn_infotheory.feature_selection import MutualInfoSelector, linear_criterion
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> selector = MutualInfoSelector(4, criterion=linear_criterion(beta=0.7, gamma=0.0))
    >>> selector.fit(X, y).selected_.tolist()
    [22, 26, 1, 4]
    """
    term = _LinearTerm(float(beta), float(gamma))
    name = f"linear_criterion(beta={term.beta}, gamma={term.gamma})"
    return PairCriterion(term, score=_plus_relevance, name=name)


PAIR_CRITERIA: dict[str, PairCriterion] = {
    # I(X;Y) - sum I(X;W). Battiti (1994), beta = 1.
    "mifs": linear_criterion(1.0, 0.0),
    # I(X;Y) - sum I(X;W) + sum I(X;W|Y). Lin and Tang (2006).
    "cife": linear_criterion(1.0, 1.0),
    # I(X;Y) + sum I(X;W|Y). Brown et al. (2012).
    "condred": linear_criterion(0.0, 1.0),
    # I(X;Y) - mean I(X;W). Peng, Long and Ding (2005).
    "mrmr": PairCriterion(
        lambda pair: pair.redundancy, score=lambda relevance, total, n: relevance - total / n
    ),
    # I(X;Y) / (mean I(X;W) + guard). Ding and Peng (2005).
    "mrmr_quotient": PairCriterion(
        lambda pair: pair.redundancy,
        score=lambda relevance, total, n: relevance / (total / n + _QUOTIENT_GUARD),
        is_ratio=True,
    ),
    # sum I(X,W;Y). Yang and Moody (1999).
    "jmi": PairCriterion(lambda pair: pair.joint_relevance),
    # sum I(X,W;Y) / H(X,W,Y). Meyer and Bontempi (2006).
    "disr": PairCriterion(lambda pair: pair.symmetric_relevance, is_ratio=True),
    # I(X;Y) - sum max(0, I(X;W) - I(X;W|Y)). Jakulin (2005).
    "icap": PairCriterion(_capped_redundancy, score=_plus_relevance),
    # min(I(X;Y), min I(X;Y|W)). Fleuret (2004).
    "cmim": PairCriterion(
        lambda pair: np.minimum(pair.relevance, pair.conditional_relevance), reduce="min"
    ),
    # min I(X,W;Y). Bennasar, Hicks and Setchi (2015).
    "jmim": PairCriterion(lambda pair: pair.joint_relevance, reduce="min"),
    # min I(X,W;Y) / H(X,W,Y). Bennasar, Hicks and Setchi (2015).
    "njmim": PairCriterion(lambda pair: pair.symmetric_relevance, reduce="min", is_ratio=True),
}

CRITERIA = ("mim", *PAIR_CRITERIA, "cmi", "jmi3")


def first_best(scores: Floats) -> int:
    """Position of the best score, the first of those that differ by rounding only."""
    best = scores.max()
    return int(np.argmax(scores >= best - _TIE * max(1.0, abs(best))))


class Ranking:
    """Scores of the candidates, kept up to date as features are picked. Here: by relevance."""

    is_ratio = False
    looks_at_pairs = False

    def __init__(self, relations: BinnedRelations) -> None:
        self.relations = relations
        self.picked: list[int] = []
        self.totals = relations.relevance.copy()
        # Sums over the picked features of I(X; W) and I(X; W | Y).
        self.redundancy = np.zeros(relations.n_features)
        self.complementarity = np.zeros(relations.n_features)

    def scores(self, candidates: Features) -> Floats:
        """Score the candidates."""
        return self.relations.relevance[candidates]

    def best(self, candidates: Features) -> tuple[int, float]:
        """Find the candidate with the best score; the first pick is the most relevant one."""
        if not self.picked:
            scores = self.relations.relevance[candidates]
        else:
            scores = self.scores(candidates)
        position = first_best(scores)
        return int(candidates[position]), float(scores[position])

    def add(self, picked: int) -> None:
        """Take note of a pick."""
        self.picked.append(picked)

    def _unpicked(self) -> Features:
        unpicked = np.ones(self.relations.n_features, bool)
        unpicked[self.picked] = False
        return np.flatnonzero(unpicked)

    def _note_pair(self, features: Features, pair: PairInformation) -> None:
        self.redundancy[features] += pair.redundancy
        self.complementarity[features] += pair.conditional_redundancy


class SumRanking(Ranking):
    """Sums over the picked features: only the last pick adds a term."""

    looks_at_pairs = True

    def __init__(self, relations: BinnedRelations, criterion: PairCriterion) -> None:
        super().__init__(relations)
        self.criterion = criterion
        self.is_ratio = criterion.is_ratio
        self.totals = np.zeros(relations.n_features)

    def scores(self, candidates: Features) -> Floats:
        if not self.picked:
            return self.relations.relevance[candidates]
        relevance = self.relations.relevance[candidates]
        return self.criterion.score(relevance, self.totals[candidates], len(self.picked))

    def add(self, picked: int) -> None:
        super().add(picked)
        rest = self._unpicked()
        pair = self.relations.pair(rest, picked)
        self._note_pair(rest, pair)
        self.totals[rest] += self.criterion.term(pair)


class MinimumRanking(Ranking):
    """Minima over the picked features, evaluated lazily (Fleuret 2004, section 3.3).

    A minimum over some of the picked features bounds the minimum over all. A candidate whose bound
    lies below the best score known is left where it is.
    """

    looks_at_pairs = True

    def __init__(self, relations: BinnedRelations, criterion: PairCriterion) -> None:
        super().__init__(relations)
        self.criterion = criterion
        self.is_ratio = criterion.is_ratio
        self.totals = np.full(relations.n_features, np.inf)
        self.n_seen = np.zeros(relations.n_features, np.intp)

    def scores(self, candidates: Features) -> Floats:
        """Return bounds from above; exact for candidates that were compared with all picks."""
        if not self.picked:
            return self.relations.relevance[candidates]
        unseen = candidates[self.n_seen[candidates] == 0]
        if len(unseen):
            self._compare(unseen, 0)
        return self.totals[candidates]

    def best(self, candidates: Features) -> tuple[int, float]:
        if not self.picked:
            return super().best(candidates)
        self.scores(candidates)  # a first bound for each
        best = -np.inf
        queue = candidates[np.argsort(-self.totals[candidates], kind="stable")]
        for start in range(0, len(queue), _BLOCK):
            block = queue[start : start + _BLOCK]
            block = block[self.totals[block] >= best - _TIE * max(1.0, abs(best))]
            if not len(block):
                break
            best = max(best, self._bring_up_to_date(block, best))
        return super().best(candidates)

    def _bring_up_to_date(self, block: Features, best: float) -> float:
        """Compare the block with the picks it has not seen, as long as its bounds beat ``best``."""
        while len(block):
            behind = block[self.n_seen[block] < len(self.picked)]
            if not len(behind):
                return float(self.totals[block].max())
            n_seen = self.n_seen[behind].min()
            group = behind[self.n_seen[behind] == n_seen]
            self._compare(group, n_seen)
            block = block[self.totals[block] >= best - _TIE * max(1.0, abs(best))]
        return -np.inf

    def _compare(self, group: Features, position: int) -> None:
        """Let the group see the pick at this position."""
        pair = self.relations.pair(group, self.picked[position])
        self._note_pair(group, pair)
        self.totals[group] = np.minimum(self.totals[group], self.criterion.term(pair))
        self.n_seen[group] += 1


class JointConditionRanking(Ranking):
    """I(X; Y | S), given all picked features at once ("cmi")."""

    def __init__(self, relations: BinnedRelations) -> None:
        super().__init__(relations)
        self.strata: Strata = relations.all_samples()

    def scores(self, candidates: Features) -> Floats:
        information, _ = self.relations.conditional_relevance(
            candidates, self.strata, with_p_values=False
        )
        return information

    def add(self, picked: int) -> None:
        super().add(picked)
        self.strata = self.relations.refine(self.strata, picked)


class TripleRanking(SumRanking):
    """Sum of I(X, U, W; Y) over pairs {U, W} of S ("jmi3"); the second pick is that of "jmi"."""

    def __init__(self, relations: BinnedRelations) -> None:
        super().__init__(relations, PAIR_CRITERIA["jmi"])

    def add(self, picked: int) -> None:
        earlier = list(self.picked)
        super().add(picked)
        if not earlier:
            return
        rest = self._unpicked()
        if len(earlier) == 1:
            self.triples = np.zeros(self.relations.n_features)
        for other in earlier:
            self.triples[rest] += self.relations.triple_relevance(rest, other, picked)
        self.totals = self.triples.copy()


@dataclass(frozen=True)
class SelectionState:
    """What a custom criterion sees: candidates along the last axis, picks along the first.

    Attributes
    ----------
    relevance : ndarray of shape (n_candidates,)
        I(X; Y).
    redundancy : ndarray of shape (n_picked, n_candidates)
        I(X; W).
    conditional_redundancy : ndarray of shape (n_picked, n_candidates)
        I(X; W | Y).
    joint_relevance : ndarray of shape (n_picked, n_candidates)
        I(X, W; Y).
    joint_entropy : ndarray of shape (n_picked, n_candidates)
        H(X, W, Y).
    """

    relevance: Floats
    redundancy: Floats
    conditional_redundancy: Floats
    joint_relevance: Floats
    joint_entropy: Floats


class CustomRanking(Ranking):
    """A callable of the user's, over the same quantities in the unit of ``base``."""

    looks_at_pairs = True

    def __init__(
        self, relations: BinnedRelations, criterion: Callable[[SelectionState], Any], unit: float
    ) -> None:
        super().__init__(relations)
        self.criterion = criterion
        self.unit = unit
        self.pairs: list[PairInformation] = []

    def add(self, picked: int) -> None:
        super().add(picked)
        everything = np.arange(self.relations.n_features)
        pair = self.relations.pair(everything, picked)
        self._note_pair(everything, pair)
        self.pairs.append(pair)

    def scores(self, candidates: Features) -> Floats:
        def stacked(name: str) -> NDArray[np.float64]:
            rows = [getattr(pair, name)[candidates] for pair in self.pairs]
            return np.array(rows).reshape(len(rows), len(candidates)) / self.unit

        state = SelectionState(
            self.relations.relevance[candidates] / self.unit,
            *map(stacked, ("redundancy", "conditional_redundancy")),
            *map(stacked, ("joint_relevance", "joint_entropy")),
        )
        scores = np.asarray(self.criterion(state), dtype=np.float64)
        if scores.shape != (len(candidates),) or np.isnan(scores).any():
            raise ValueError(
                "A criterion must return one number that is not NaN for each of the "
                f"{len(candidates)} candidates; got an array of shape {scores.shape}"
                f"{' with NaN' if np.isnan(scores).any() else ''}. Reduce over axis 0, the picked "
                "features."
            )
        return scores * self.unit


def make_ranking(
    criterion: str | PairCriterion | Callable[[SelectionState], Any],
    relations: BinnedRelations,
    unit: float,
) -> Ranking:
    """Start the ranking that belongs to a value of ``criterion``."""
    if criterion == "mim":
        return Ranking(relations)
    if criterion == "cmi":
        return JointConditionRanking(relations)
    if criterion == "jmi3":
        return TripleRanking(relations)
    if isinstance(criterion, str):
        criterion = PAIR_CRITERIA[criterion]
    if isinstance(criterion, PairCriterion):
        kind = SumRanking if criterion.reduce == "sum" else MinimumRanking
        return kind(relations, criterion)
    return CustomRanking(relations, criterion, unit)
