"""Drift of dependences: of features on each other, and of the label on features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._counts._counter import pairs_of
from sklearn_infotheory._inference._dependence_change_tests import (
    DependenceTest,
    conditional_tests,
    dependence_intervals,
    pair_tests,
)
from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import nats_per_unit
from sklearn_infotheory.drift._findings import JointDrift, PairDrift

_ERROR = 0.05  # of the confidence intervals
_PAIRS_LISTED = 20


@dataclass(frozen=True)
class Association:
    """Tests of information about "reference or batch", with intervals; arrays of (n_tests,)."""

    divergence: Floats
    lower: Floats
    upper: Floats
    p_value: Floats
    minimal_detectable: Floats


@dataclass(frozen=True)
class PairTests(Association):
    """The same of all pairs of features."""

    def summary(
        self,
        names: Sequence[str],
        adjusted: Floats,
        drifted: NDArray[np.bool_],
        base: float | None,
    ) -> JointDrift:
        """List the pairs with the smallest p-values, and all that drifted."""
        first, second = pairs_of(len(names))
        order = np.lexsort((-self.divergence, self.p_value, ~drifted))
        worst = order[: max(_PAIRS_LISTED, int(drifted.sum()))]
        pairs = tuple(
            PairDrift(
                names=(names[first[j]], names[second[j]]),
                change=float(self.divergence[j] / nats_per_unit(base)),
                p_value=float(self.p_value[j]),
                adjusted_p_value=float(adjusted[j]),
                drifted=bool(drifted[j]),
            )
            for j in worst
        )
        return JointDrift(
            "pairs",
            p_value=float(self.p_value.min()),
            adjusted_p_value=float(adjusted.min()),
            drifted=bool(drifted.any()),
            pairs=pairs,
            n_pairs=len(adjusted),
        )


def compare_concepts(
    reference: Sequence[Floats],
    batch: Sequence[Floats],
    *,
    n_permutations: int,
    random_state: int,
    alpha: float,
    n_threads: int,
) -> Association:
    """Test whether the label given each feature has changed: I(Y; D | X)."""
    found = conditional_tests(
        reference,
        batch,
        n_permutations=n_permutations,
        random_state=random_state,
        n_threads=n_threads,
    )
    return Association(*_with_interval(found, _sizes(reference, batch), alpha))


def compare_pairs(
    reference: Sequence[Floats],
    batch: Sequence[Floats],
    *,
    random_state: int,
    alpha: float,
    n_threads: int,
) -> PairTests:
    """Test whether pairs of features depend on each other as before, beyond their margins."""
    found = pair_tests(reference, batch, random_state=random_state, n_threads=n_threads)
    return PairTests(*_with_interval(found, _sizes(reference, batch), alpha))


def _sizes(reference: Sequence[Floats], batch: Sequence[Floats]) -> Floats:
    return np.array([a.sum() + b.sum() for a, b in zip(reference, batch, strict=True)])


def _with_interval(
    test: DependenceTest, n_samples: Floats, alpha: float
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    lower, upper, detectable = dependence_intervals(test, n_samples, _ERROR, alpha)
    return test.information, lower, upper, test.p_value, detectable
