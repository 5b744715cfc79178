"""How columns are to be binned, and what comes out of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from sklearn_infotheory.preprocessing._column_binning import (
    Cells,
    MissingPolicy,
    Trials,
    UnknownPolicy,
)
from sklearn_infotheory.preprocessing._column_options import ColumnOptions, read_options
from sklearn_infotheory.preprocessing._mdl import (
    SUPERVISED,
    Blocks,
    CandidateCost,
    Partition,
    partition,
)

if TYPE_CHECKING:
    from sklearn_infotheory.preprocessing._entropy_discretizer import EntropyDiscretizer


@dataclass(frozen=True)
class BinningRule:
    """How columns are to be binned."""

    criterion: str
    max_bins: int | None
    min_samples_bin: float
    missing: MissingPolicy
    candidate_cost: CandidateCost = "grid"
    unknown: UnknownPolicy = "prior"
    options: ColumnOptions = field(default_factory=ColumnOptions)

    @classmethod
    def of_columns(cls, estimator: EntropyDiscretizer) -> list[BinningRule]:
        """Read the parameters of a discretizer, for each column."""
        rule = cls(
            estimator.criterion,
            estimator.max_bins,
            estimator.min_samples_bin,
            estimator.missing_values,
            estimator.candidate_cost,
            estimator.handle_unknown,
        )
        return [replace(rule, options=options) for options in read_options(estimator)]

    def for_samples(self, total: float) -> BinningRule:
        """Turn a share of the samples into a number of them."""
        least = self.min_samples_bin
        return replace(self, min_samples_bin=least * total) if least < 1 else self

    @property
    def is_supervised(self) -> bool:
        return self.criterion in SUPERVISED

    def partition(self, blocks: Blocks, *, unordered: bool = False) -> Partition:
        return partition(
            blocks,
            self.criterion,
            max_bins=self.max_bins,
            min_samples_bin=self.min_samples_bin,
            unordered=unordered,
            candidate_cost=self.candidate_cost,
        )


@dataclass(frozen=True)
class Outcome:
    """Bins of the values that are there, and how they came about."""

    cells: Cells
    representatives: NDArray[Any] | None  # None where they are the means of the bins
    trials: Trials
    cost: float
    level: float
    is_exact: bool
    special: tuple[Any, ...] = ()


def tested_outcome(
    cells: Cells,
    representatives: NDArray[Any] | None,
    trials: Trials,
    found: Partition,
) -> Outcome:
    """Return cells with what their criterion says of them."""
    return Outcome(cells, representatives, trials, found.cost, found.level, found.is_exact)


def untested(cells: Cells, representatives: NDArray[Any] | None = None) -> Outcome:
    """Return cells for which no cut was tested."""
    return Outcome(cells, representatives, Trials.none(), math.nan, math.nan, True)


def best_option(
    options: list[tuple[Blocks, Partition]], is_continuous: bool
) -> tuple[Blocks, Partition]:
    """Return the only option, or the one that describes a continuous target in fewest nats.

    Where none does so in fewer nats than a single bin and a single part, all is one bin.
    """
    if not is_continuous:
        return options[0]
    costs = [_cost_of_grid(_counts_of_bins(blocks, found)) for blocks, found in options]
    blocks, found = options[int(np.argmin(costs))]
    if min(costs) >= _cost_of_grid(blocks.counts.sum(keepdims=True)):
        cost = found.cost / (1 - found.level)  # that of one bin, where there is a cost
        found = replace(found, cuts=found.cuts[:0], cost=cost, level=0.0 * found.level)
    return blocks, found


def _counts_of_bins(blocks: Blocks, found: Partition) -> NDArray[np.float64]:
    starts = np.concatenate([[0], found.cuts]).astype(np.intp)
    return np.add.reduceat(blocks.counts, starts, axis=0)


def _cost_of_grid(counts: NDArray[np.float64]) -> float:
    r"""Cost in nats of a grid of bins by parts of the target (Boullé and Hue, 2006, theorem 1).

    .. math:: 2 \ln N + \ln \binom{N + I - 1}{I - 1} + \sum_i \ln \binom{N_i + J - 1}{J - 1}
        + \sum_i \ln \frac{N_i!}{\prod_j N_{ij}!} + \sum_j \ln N_{.j}!
    """
    n_bins, n_parts = counts.shape
    in_bin, total = counts.sum(axis=1), counts.sum()
    return float(
        2 * math.log(max(total, 1.0))
        + _log_binomial(total + n_bins - 1, n_bins - 1)
        + _log_binomial(in_bin + n_parts - 1, n_parts - 1).sum()
        + gammaln(in_bin + 1).sum()
        - gammaln(counts + 1).sum()
        + gammaln(counts.sum(axis=0) + 1).sum()
    )


def _log_binomial(n: Any, k: int) -> Any:
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
