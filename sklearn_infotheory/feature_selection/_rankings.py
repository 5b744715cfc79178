"""How the scores of a criterion are kept up to date as features are picked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._types import Features, Floats
from sklearn_infotheory.feature_selection._criteria import (
    PAIR_CRITERIA,
    PairCriterion,
    SelectionState,
)
from sklearn_infotheory.feature_selection._relations import PairInformation, Relations

_TIE = 1e-12
_BLOCK = 16  # candidates that a lazy search brings up to date at a time


def first_best(scores: Floats) -> int:
    """Position of the best score, the first of those that differ by rounding only."""
    best = scores.max()
    return int(np.argmax(scores >= best - _TIE * max(1.0, abs(best))))


def checked_scores(scores: Any, n_candidates: int) -> Floats:
    """Return what a criterion gave, or raise unless it is one number for each candidate."""
    scores = np.asarray(scores, dtype=np.float64)
    if scores.shape != (n_candidates,) or np.isnan(scores).any():
        raise ValueError(
            f"A criterion must return one number that is not NaN for each of the {n_candidates} "
            f"candidates; got an array of shape {scores.shape}"
            f"{' with NaN' if np.isnan(scores).any() else ''}. Reduce over axis 0, the picked "
            "features."
        )
    return scores


def _checked_term(criterion: PairCriterion, pair: PairInformation) -> Floats:
    """Return the term of a pair criterion, or raise unless it is a number for each candidate."""
    return checked_scores(criterion.term(pair), len(pair.relevance))


class Ranking:
    """Scores of the candidates, kept up to date as features are picked. Here: by relevance."""

    is_ratio = False
    looks_at_pairs = False

    def __init__(self, relations: Relations) -> None:
        self.relations = relations
        self.picked: list[int] = []
        self.totals = relations.relevance.copy()
        # Sums over the picked features of I(X; W) and I(X; W | Y).
        self.redundancy = np.zeros(relations.n_features)
        self.complementarity = np.zeros(relations.n_features)
        # I(X; Y | W) of the candidates for each pick W; NaN where it was not looked at.
        self.given: list[Floats] = []

    def scores(self, candidates: Features) -> Floats:
        """Score the candidates."""
        return self.relations.relevance[candidates]

    def exact_scores(self, candidates: Features) -> Floats:
        """Score the candidates, where ``scores`` may only give bounds."""
        return self.scores(candidates) if self.picked else self.relations.relevance[candidates]

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

    def _note_pair(self, features: Features, pair: PairInformation, position: int = -1) -> None:
        if position < 0:
            self.given.append(np.full(self.relations.n_features, np.nan))
        self.given[position][features] = pair.conditional_relevance
        self.redundancy[features] += pair.redundancy
        self.complementarity[features] += pair.conditional_redundancy


class PairRanking(Ranking):
    """Sums or minima over the picked features: only the last pick adds a term."""

    looks_at_pairs = True

    def __init__(self, relations: Relations, criterion: PairCriterion) -> None:
        super().__init__(relations)
        self.criterion = criterion
        self.is_ratio = criterion.is_ratio
        self.reduce, start = _REDUCTIONS[criterion.reduce]
        self.totals = np.full(relations.n_features, start)

    def scores(self, candidates: Features) -> Floats:
        if not self.picked:
            return self.relations.relevance[candidates]
        relevance = self.relations.relevance[candidates]
        scores = self.criterion.score(relevance, self.totals[candidates], len(self.picked))
        return checked_scores(scores, len(candidates))

    def add(self, picked: int) -> None:
        super().add(picked)
        rest = self._unpicked()
        pair = self.relations.pair(rest, picked)
        self._note_pair(rest, pair)
        self.totals[rest] = self.reduce(self.totals[rest], _checked_term(self.criterion, pair))


_REDUCTIONS: dict[str, tuple[np.ufunc, float]] = {"sum": (np.add, 0.0), "min": (np.minimum, np.inf)}


class MinimumRanking(Ranking):
    """Minima over the picked features, evaluated lazily (Fleuret 2004, section 3.3).

    A minimum over some of the picked features bounds the minimum over all. A candidate whose bound
    lies below the best score known is left where it is.
    """

    looks_at_pairs = True

    def __init__(self, relations: Relations, criterion: PairCriterion) -> None:
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

    def add(self, picked: int) -> None:
        super().add(picked)
        self.given.append(np.full(self.relations.n_features, np.nan))

    def best(self, candidates: Features) -> tuple[int, float]:
        if not self.picked:
            return super().best(candidates)
        self.scores(candidates)  # a first bound for each
        best = -np.inf
        queue = candidates[np.argsort(-self.totals[candidates], kind="stable")]
        for start in range(0, len(queue), _BLOCK):
            block = self._hopeful(queue[start : start + _BLOCK], best)
            if not len(block):
                break
            best = self._bring_up_to_date(block, best)
        return super().best(candidates)

    def exact_scores(self, candidates: Features) -> Floats:
        if self.picked:
            for position in range(len(self.picked)):
                group = candidates[self.n_seen[candidates] == position]
                if len(group):
                    self._compare(group, position)
        return super().exact_scores(candidates)

    def _hopeful(self, candidates: Features, best: float) -> Features:
        """Leave out the candidates whose bound lies below the best score."""
        return candidates[self.totals[candidates] >= best - _TIE * max(1.0, abs(best))]

    def _bring_up_to_date(self, block: Features, best: float) -> float:
        """Compare the block with the picks it has not seen, as long as its bounds beat ``best``.

        Returns
        -------
        float
            The best score now.
        """
        while len(behind := block[self.n_seen[block] < len(self.picked)]):
            n_seen = self.n_seen[behind].min()
            group = behind[self.n_seen[behind] == n_seen]
            one_by_one = len(group) <= len(self.picked) - n_seen
            if one_by_one and self.relations.pairs_are_symmetric:
                self._catch_up(int(group[0]))
                best = max(best, float(self.totals[group[0]]))
            else:
                self._compare(group, n_seen)
            block = self._hopeful(block, best)
        return max(best, float(self.totals[block].max(initial=-np.inf)))

    def _compare(self, group: Features, position: int) -> None:
        """Let the group see the pick at this position."""
        pair = self.relations.pair(group, self.picked[position])
        self._note_pair(group, pair, position)
        term = _checked_term(self.criterion, pair)
        self.totals[group] = np.minimum(self.totals[group], term)
        self.n_seen[group] += 1

    def _catch_up(self, candidate: int) -> None:
        """Let one candidate see all that it has not seen, where pairs are symmetric."""
        unseen = np.array(self.picked[self.n_seen[candidate] :])
        pair = self.relations.pair(unseen, candidate)
        pair = replace(
            pair,
            relevance=np.repeat(self.relations.relevance[candidate], len(unseen)),
            entropy=pair.picked_entropy,
            picked_entropy=pair.entropy,
        )
        for position, value in enumerate(pair.conditional_relevance, self.n_seen[candidate]):
            self.given[position][candidate] = value
        self.redundancy[candidate] += pair.redundancy.sum()
        self.complementarity[candidate] += pair.conditional_redundancy.sum()
        term = _checked_term(self.criterion, pair)
        self.totals[candidate] = term.min(initial=self.totals[candidate])
        self.n_seen[candidate] = len(self.picked)


class JointConditionRanking(Ranking):
    """I(X; Y | S), given all picked features at once ("cmi")."""

    def __init__(self, relations: Relations) -> None:
        super().__init__(relations)
        self.condition = relations.all_samples()

    def scores(self, candidates: Features) -> Floats:
        information, _ = self.relations.conditional_relevance(
            candidates, self.condition, with_p_values=False
        )
        return information

    def add(self, picked: int) -> None:
        super().add(picked)
        self.condition = self.relations.refine(self.condition, picked)


class TripleRanking(PairRanking):
    """Sum of I(X, U, W; Y) over pairs {U, W} of S ("jmi3"); the second pick is that of "jmi"."""

    def __init__(self, relations: Relations) -> None:
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


_OF_PAIRS = (
    "redundancy", "conditional_redundancy", "joint_relevance", "joint_entropy", "picked_entropy",
)  # fmt: skip


class CustomRanking(Ranking):
    """A callable of the user's, over the same quantities in the unit of ``base``."""

    looks_at_pairs = True

    def __init__(
        self, relations: Relations, criterion: Callable[[SelectionState], Any], unit: float
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
            relevance=self.relations.relevance[candidates] / self.unit,
            entropy=self.relations.entropies[candidates] / self.unit,
            **{name: stacked(name) for name in _OF_PAIRS},
        )
        return checked_scores(self.criterion(state), len(candidates)) * self.unit


def make_ranking(
    criterion: str | PairCriterion | Callable[[SelectionState], Any],
    relations: Relations,
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
        kind = MinimumRanking if criterion.is_lazy else PairRanking
        return kind(relations, criterion)
    return CustomRanking(relations, criterion, unit)
