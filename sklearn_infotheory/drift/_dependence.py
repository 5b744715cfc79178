"""Drift of dependences: of features on each other, and of the label on features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._counts._counter import Counts, pairs_of
from sklearn_infotheory._inference._dependence_change_tests import (
    DependenceTest,
    conditional_tests,
    dependence_intervals,
    pair_tests,
)
from sklearn_infotheory._inference._weighted_counts import (
    WeightedSums,
    effective_counts,
    weighted_p_values,
)
from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import nats_per_unit
from sklearn_infotheory.drift._findings import JointDrift, PairDrift
from sklearn_infotheory.drift._shared_cells import weighted_sums

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
    reference: Counts,
    batch: Counts,
    *,
    n_permutations: int,
    random_state: int,
    alpha: float,
    n_threads: int,
) -> Association:
    """Test whether the label given each feature has changed: I(Y; D | X)."""
    tables = _scaled(reference, batch, "concept", by_row=True)
    found = conditional_tests(
        tables.reference,
        tables.batch,
        n_permutations=n_permutations,
        random_state=random_state,
        n_threads=n_threads,
    )
    return Association(*_with_interval(found, tables, alpha))


def compare_pairs(
    reference: Counts,
    batch: Counts,
    *,
    random_state: int,
    alpha: float,
    n_threads: int,
) -> PairTests:
    """Test whether pairs of features depend on each other as before, beyond their margins."""
    tables = _scaled(reference, batch, "pairs", by_row=False)
    found = pair_tests(
        tables.reference, tables.batch, random_state=random_state, n_threads=n_threads
    )
    return PairTests(*_with_interval(found, tables, alpha))


@dataclass(frozen=True)
class _Tables:
    """Tables of both samples; of weights, as counts of the rows that they are worth.

    Attributes
    ----------
    reference, batch : list of ndarray
    evenness : ndarray of shape (n_tables,)
        Degrees of freedom as a share of those of counts, see ``effective_counts``.
    """

    reference: list[Floats]
    batch: list[Floats]
    evenness: Floats

    @property
    def sizes(self) -> Floats:
        return np.array(
            [a.sum() + b.sum() for a, b in zip(self.reference, self.batch, strict=True)]
        )


def _scaled(
    reference: Counts, batch: Counts, part: Literal["pairs", "concept"], *, by_row: bool
) -> _Tables:
    sums = [getattr(counts, part) for counts in (reference, batch)]
    if reference.squares is None and batch.squares is None:
        return _Tables(sums[0], sums[1], np.ones(len(sums[0])))
    squares = [getattr(counts.of_squares, part) for counts in (reference, batch)]
    scale = _scale_rows if by_row else effective_counts
    sides = [zip(*side, strict=True) for side in zip(sums, squares, strict=True)]
    scaled = [
        scale(*weighted_sums(tables, reference, batch)) for tables in zip(*sides, strict=True)
    ]
    return _Tables([s[0] for s in scaled], [s[1] for s in scaled], np.array([s[2] for s in scaled]))


def _scale_rows(reference: WeightedSums, batch: WeightedSums) -> tuple[Floats, Floats, float]:
    """Scale each row of a table by itself: what is tested is the distribution within rows."""
    rows = [
        [WeightedSums(*row) for row in zip(of.sums, of.ratios, strict=True)]
        for of in (reference, batch)
    ]
    scaled = [effective_counts(a, b) for a, b in zip(*rows, strict=True)]
    # The mean of the rows that take part, as statistics of rows are summed.
    evenness = [e for a, b, e in scaled if a.any() and b.any()]
    return (
        np.array([a for a, _, _ in scaled]),
        np.array([b for _, b, _ in scaled]),
        float(np.mean(evenness)) if evenness else 1.0,
    )


def _with_interval(
    test: DependenceTest, tables: _Tables, alpha: float
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    sizes = tables.sizes
    lower, upper, detectable = dependence_intervals(test, sizes, _ERROR, alpha)
    # The null mean of G, which was subtracted as its bias, is its degrees of freedom.
    freedom = np.maximum(test.statistic - 2 * sizes * test.information, 0.0)
    p_value = weighted_p_values(test.statistic, freedom, tables.evenness, test.p_value)
    return test.information, lower, upper, p_value, detectable
