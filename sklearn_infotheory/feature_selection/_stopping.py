"""When is there nothing left that is significant? Tests that admit candidates to a search.

"auto" asks two tests of each candidate, and admits it if either p-value is at most
``alpha / (2 m)``, m being the number of candidates before the first pick:

- the score test, in an additive model of all picks (``_inference/_score_test``);
- the test screened by single picks: the largest p-value of I(X; Y | W) over the picks W, as in the
  max-min heuristic of Tsamardinos et al. (2006). It sees interactions.

If all columns are independent of the target, a search picks anything at all only if one of the 2 m
tests of its first step is significant at ``alpha / (2 m)``, so that the level of the whole path is
at most ``alpha``, whatever the steps after it do.

References
----------
Tsamardinos, I., Brown, L. E. and Aliferis, C. F. (2006). The max-min hill-climbing Bayesian network
structure learning algorithm. Machine Learning 65, 31-78. :doi:`10.1007/s10994-006-6889-7`
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from scipy.special import gammaincc

from sklearn_infotheory._counts import Strata
from sklearn_infotheory._inference._score_test import (
    ScoredColumn,
    ScoreTest,
    response_of_numbers,
    responses_of_classes,
    scored_column,
)
from sklearn_infotheory._types import Features, Floats
from sklearn_infotheory.feature_selection._binned import BinnedRelations
from sklearn_infotheory.feature_selection._rankings import Ranking
from sklearn_infotheory.feature_selection._relations import Relations

_FIRST_ONE_BY_ONE = 8  # candidates are tested alone before they are tested in blocks
_CELLS_OF_A_BLOCK = 1 << 24  # rows times candidates whose codes are laid side by side
_MOST_IN_A_BLOCK = 256


class Admitted(NamedTuple):
    """A candidate, the p-value of the test that admits it, and the name of that test."""

    feature: int
    p_value: float
    test: str


class StoppingTest(Protocol):
    """Decides which candidates may be picked."""

    def first(self, ranking: Ranking, candidates: Features) -> Admitted | None:
        """Return the candidate of the best score among those that are admitted."""

    def of_pick(self, feature: int, ranking: Ranking) -> tuple[float, str]:
        """Return the p-value of a candidate that is picked in any case, and the test."""

    def add(self, picked: int) -> None:
        """Take note of a pick."""


class JointTest:
    """Tests I(X; Y | S) given all picks at once, in strata of equal picks.

    Parameters
    ----------
    relations : Relations
    alpha : float
        Of all candidates of one step together.
    name : str
    """

    def __init__(self, relations: Relations, alpha: float, name: str = "joint") -> None:
        self.relations, self.alpha, self.name = relations, alpha, name
        self.condition = relations.all_samples()
        self.has_picks = False

    def first(self, ranking: Ranking, candidates: Features) -> Admitted | None:
        p_values = self._p_values(candidates)
        significant = p_values <= self.alpha / len(candidates)
        if not significant.any():
            return None
        feature, _ = ranking.best(candidates[significant])
        return Admitted(feature, float(p_values[candidates == feature][0]), self.name)

    def of_pick(self, feature: int, ranking: Ranking) -> tuple[float, str]:
        return float(self._p_values(np.array([feature]))[0]), self.name

    def _p_values(self, features: Features) -> Floats:
        if not self.has_picks:
            return self.relations.p_values[features]
        return self.relations.conditional_relevance(features, self.condition)[1]

    def add(self, picked: int) -> None:
        self.condition = self.relations.refine(self.condition, picked)
        self.has_picks = True


@dataclass
class _Screened:
    """The largest p-value of a candidate so far, and how many picks it has been tested given."""

    p_value: float
    n_picks: int


class ScreenedTest:
    """Tests I(X; Y | W) given each single pick W; the largest p-value counts.

    Parameters
    ----------
    relations : BinnedRelations
    gain : float
        Information in nats that is allowed for.
    """

    def __init__(self, relations: BinnedRelations, gain: float = 0.0) -> None:
        self.relations, self.gain = relations, gain
        self.strata: dict[int, Strata] = {}
        self.picks: list[int] = []
        self.known: dict[int, _Screened] = {}
        self.alone = relations.p_values_of_gain(gain)

    def p_value(self, feature: int, level: float) -> float:
        """Return the largest p-value; or one above ``level`` as soon as there is one."""
        if not self.picks:
            return float(self.alone[feature])
        known = self.known.setdefault(feature, _Screened(0.0, 0))
        while known.n_picks < len(self.picks) and known.p_value <= level:
            known.p_value = max(known.p_value, self._given(feature, self.picks[known.n_picks]))
            known.n_picks += 1
        return known.p_value

    def of_pick(self, feature: int, ranking: Ranking) -> tuple[float, str]:
        """Return the largest p-value, looking only at the pick that is likely to give it.

        I(X; Y | W) is known of all picks, and with it G. Its moments are computed for the pick
        whose p-value by chi-square is the largest.
        """
        if not self.picks:
            return float(self.alone[feature]), "screened"
        given = np.array([row[feature] for row in ranking.given])
        if len(given) != len(self.picks) or np.isnan(given).any():
            pair = self.relations.pair(np.array(self.picks), feature)
            given = pair.joint_relevance - pair.relevance
        occupied = self.relations.n_occupied
        freedom = (occupied[feature] - 1) * (self.relations.n_classes - 1) * occupied[self.picks]
        g = np.maximum(2 * self.relations.n_samples * given, 0.0)
        rough = gammaincc(np.maximum(freedom, 1) / 2, g / 2)
        return self._given(feature, self.picks[int(np.argmax(rough))]), "screened"

    def _given(self, feature: int, pick: int) -> float:
        if pick not in self.strata:
            self.strata[pick] = self.relations.strata_of(pick)
        features, given = np.array([feature]), self.strata[pick]
        return float(self.relations.conditional_relevance(features, given, gain=self.gain)[1][0])

    def add(self, picked: int) -> None:
        self.picks.append(picked)


class AdditiveTest:
    """The score test of the columns of X in an additive model of the picks."""

    def __init__(self, relations: BinnedRelations, gain: float = 0.0) -> None:
        self.relations, self.gain = relations, gain
        weights = relations.weights if relations.weights.size else None
        target = relations.target
        if target.numbers is not None:
            responses = response_of_numbers(target.numbers, weights)[np.newaxis]
        else:
            responses = responses_of_classes(target.codes, target.n_classes, weights)
        self.weights = weights
        self.test = ScoreTest(responses, target.numbers is None, weights, relations.n_threads)

    def p_values(self, features: Features, level: float = 1.0) -> Floats:
        """Test these candidates; those far from the level only roughly."""
        if not len(features):
            return np.empty(0)
        columns = [self._column(j) for j in features.tolist()]
        return self.test.p_values(columns, self.gain, level)

    def add(self, picked: int) -> None:
        self.test.add(self._column(picked))

    def _column(self, feature: int) -> ScoredColumn:
        assert self.relations.fine is not None
        fine = self.relations.fine.column(feature)
        return scored_column(
            fine.codes,
            fine.n_levels,
            self.weights,
            is_category=fine.is_category,
            missing=fine.missing,
            n_groups=self.relations.n_bins,
        )


class EitherTest:
    """Admits what the score test or the screened test finds significant.

    Parameters
    ----------
    relations : BinnedRelations
    alpha : float
    gain : float
        Information in nats that a candidate has to add significantly.
    """

    def __init__(self, relations: BinnedRelations, alpha: float, gain: float = 0.0) -> None:
        self.level = alpha / (2 * max(relations.n_features, 1))
        self.screened = ScreenedTest(relations, gain)
        self.additive = AdditiveTest(relations, gain)
        self.n_samples = relations.codes.n_samples

    def first(self, ranking: Ranking, candidates: Features) -> Admitted | None:
        """Test the candidates in the order of their scores, until one is admitted."""
        for block in self._in_blocks(ranking, candidates):
            screened = [self.screened.p_value(j, self.level) for j in block.tolist()]
            passed = np.flatnonzero(np.array(screened) <= self.level)
            n_before = int(passed[0]) if len(passed) else len(block)
            scores = (
                self.additive.p_values(block[:n_before], self.level) if n_before else np.empty(0)
            )
            found = np.flatnonzero(scores <= self.level)
            if len(found):
                return Admitted(int(block[found[0]]), float(scores[found[0]]), "score")
            if len(passed):
                return Admitted(int(block[n_before]), screened[n_before], "screened")
        return None

    def _in_blocks(self, ranking: Ranking, candidates: Features) -> Iterator[Features]:
        """Yield the candidates by descending score: the best ones alone, then many at once."""
        left = candidates
        for _ in range(min(_FIRST_ONE_BY_ONE, len(candidates))):
            best, _ = ranking.best(left)
            yield np.array([best])
            left = left[left != best]
        if not len(left):
            return
        left = left[np.argsort(-ranking.exact_scores(left), kind="stable")]
        size = int(np.clip(_CELLS_OF_A_BLOCK // max(self.n_samples, 1), 1, _MOST_IN_A_BLOCK))
        for start in range(0, len(left), size):
            yield left[start : start + size]

    def of_pick(self, feature: int, ranking: Ranking) -> tuple[float, str]:
        return self.screened.of_pick(feature, ranking)

    def add(self, picked: int) -> None:
        self.screened.add(picked)
        self.additive.add(picked)


class NoStop:
    """Admits every candidate: for a number of features, and for ``alpha=1``."""

    def __init__(self, test: JointTest | ScreenedTest) -> None:
        self.test = test

    def first(self, ranking: Ranking, candidates: Features) -> Admitted:
        feature, _ = ranking.best(candidates)
        return Admitted(feature, *self.of_pick(feature, ranking))

    def of_pick(self, feature: int, ranking: Ranking) -> tuple[float, str]:
        return self.test.of_pick(feature, ranking)

    def add(self, picked: int) -> None:
        self.test.add(picked)
