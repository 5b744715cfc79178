"""Greedy forward selection: pick the best candidate, until told, or shown, to stop."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._types import Features, Floats
from sklearn_infotheory.feature_selection._rankings import Ranking, first_best
from sklearn_infotheory.feature_selection._relations import Relations
from sklearn_infotheory.feature_selection._stopping import StoppingTest

PATH_DTYPE = np.dtype(
    [
        ("feature", np.intp),
        ("score", np.float64),
        ("relevance", np.float64),
        ("redundancy", np.float64),
        ("complementarity", np.float64),
        ("p_value", np.float64),
        ("test", "U8"),
    ]
)


@dataclass(frozen=True)
class SelectionPath:
    """The steps of a search, and the scores of what was left when it ended."""

    steps: NDArray[np.void]
    rest: Features
    rest_scores: Floats


def resolve_n_to_select(wanted: Literal["auto"] | int | float, available: int) -> int | None:
    """Turn "auto", a number or a share into a number of features; None for "auto"."""
    if isinstance(wanted, str):
        return None
    if not isinstance(wanted, Integral):
        return max(1, int(wanted * available))
    if wanted > available:
        warnings.warn(
            f"n_features_to_select={wanted} is larger than the {available} features in X, all of "
            f"which are selected. Pass at most {available}, or 'auto'.",
            UserWarning,
            stacklevel=2,
        )
    return min(int(wanted), available)


class ForwardSelection:
    """One search.

    Parameters
    ----------
    relations : Relations
    ranking : Ranking
    n_to_select : int or None
        None stops when the test admits no candidate.
    test : StoppingTest
    alpha : float
        The level of the test of pairs, where the search starts from a pair.
    on_step : callable
        Called with every step as it is made; the search ends when it returns True.
    """

    def __init__(
        self,
        relations: Relations,
        ranking: Ranking,
        n_to_select: int | None,
        test: StoppingTest,
        alpha: float,
        on_step: Callable[[NDArray[np.void]], bool],
    ) -> None:
        self.relations, self.ranking = relations, ranking
        self.n_to_select, self.alpha, self.on_step = n_to_select, alpha, on_step
        self.test = test
        self.asked_to_stop = False
        self.steps: list[tuple[Any, ...]] = []
        self.rest: Features = np.arange(relations.n_features)

    def run(self, initial: str) -> SelectionPath:
        """Search from the best single feature, or from the best pair."""
        if initial == "pair":
            self._pick_pair()
        while len(self.rest) and self._wants_more():
            found = self.test.first(self.ranking, self.rest)
            if found is None:
                break
            _, score = self.ranking.best(np.array([found.feature]))
            self._pick(found.feature, score, found.p_value, found.test)
        rest_scores = self.ranking.scores(self.rest) if len(self.rest) else np.empty(0)
        return SelectionPath(np.array(self.steps, PATH_DTYPE), self.rest, rest_scores)

    def _wants_more(self) -> bool:
        if self.asked_to_stop:
            return False
        return self.n_to_select is None or len(self.steps) < self.n_to_select

    def _pick(self, feature: int, score: float, p_value: float, test: str) -> None:
        n_earlier, looks = len(self.steps), self.ranking.looks_at_pairs
        shared = [
            sums[feature] / n_earlier if looks and n_earlier else (0.0 if looks else np.nan)
            for sums in (self.ranking.redundancy, self.ranking.complementarity)
        ]
        step = (feature, score, self.relations.relevance[feature], *shared, p_value, test)
        self.steps.append(step)
        self.rest = self.rest[self.rest != feature]
        self.asked_to_stop = self.on_step(np.array([step], PATH_DTYPE)[0])
        if self._wants_more() and len(self.rest):
            self.ranking.add(feature)
            self.test.add(feature)

    def _pick_pair(self) -> None:
        """Pick the two features that tell most about the target together, the stronger first."""
        if len(self.rest) < 2 or self.n_to_select == 1:
            return
        pair = self._best_pair()
        p_values = [self._p_value_given(j, other) for j, other in (pair, pair[::-1])]
        n_pairs = len(self.rest) * (len(self.rest) - 1) / 2
        level = self.alpha / n_pairs if self.n_to_select is None and self.alpha < 1 else 1.0
        if max(p_values) > level:
            return
        stronger = first_best(self.relations.relevance[list(pair)])
        first, second = pair[stronger], pair[1 - stronger]
        self._pick(
            first, float(self.relations.relevance[first]), *self.test.of_pick(first, self.ranking)
        )
        score = float(self.ranking.scores(np.array([second]))[0])
        self._pick(second, score, p_values[1 - stronger], "joint")

    def _best_pair(self) -> tuple[int, int]:
        """Compare I(X, W; Y), less its first-order bias, of all pairs; ties to the first."""
        best, best_pair = -np.inf, (0, 1)
        for w in range(self.relations.n_features - 1):
            others = np.arange(w + 1, self.relations.n_features)
            joint = self.relations.pair(others, w).joint_relevance
            joint = joint - self.relations.bias_of_pair(others, w)
            position = first_best(joint)
            if joint[position] > best + 1e-12 * max(1.0, abs(best)) or best == -np.inf:
                best, best_pair = joint[position], (w, int(others[position]))
        return best_pair

    def _p_value_given(self, feature: int, condition: int) -> float:
        given = self.relations.refine(self.relations.all_samples(), condition)
        return float(self.relations.conditional_relevance(np.array([feature]), given)[1][0])
