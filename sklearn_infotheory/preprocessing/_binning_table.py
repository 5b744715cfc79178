"""One fitted column as a table: its bins, and below them the cuts that were tested."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, entr, gammaln

from sklearn_infotheory._columns import Groups
from sklearn_infotheory._columns._cell_names import number_texts
from sklearn_infotheory.preprocessing._column_binning import ColumnBinning, Trials


def make_binning_table(
    column: ColumnBinning, classes: NDArray[Any], nats_per_unit: float
) -> pd.DataFrame:
    """Bins first, then the tested cuts, rejected ones before accepted ones."""
    bins = _table_of_bins(column, classes, nats_per_unit)
    cuts = _table_of_cuts(column, nats_per_unit)
    columns = [*bins.columns, *cuts.columns[2:]]
    table = pd.concat([bins, cuts], ignore_index=True) if len(cuts) else bins
    return table.reindex(columns=columns)


def _table_of_bins(
    column: ColumnBinning, classes: NDArray[Any], nats_per_unit: float
) -> pd.DataFrame:
    rows = column.n_bins
    counts, weights = column.counts[:rows], column.weights[:rows]
    shares = np.divide(
        counts, weights[:, None], where=weights[:, None] > 0, out=np.zeros_like(counts)
    )
    table = pd.DataFrame(
        {
            "row": "bin",
            "interval": column.labels(),
            "count": weights,
            "share": weights / max(weights.sum(), np.finfo(float).tiny),
        }
    )
    if column.sums is not None:
        table["mean"] = np.divide(
            column.sums[:rows], weights, where=weights > 0, out=np.full(rows, np.nan)
        )
    for k, name in enumerate(classes):
        table[f"share of {name}"] = shares[:, k]
    table["entropy"] = entr(shares).sum(axis=1) / nats_per_unit if len(classes) else np.nan
    table["information"] = column.information_by_bin()[:rows] / nats_per_unit
    return table


def _table_of_cuts(column: ColumnBinning, nats_per_unit: float) -> pd.DataFrame:
    trials = column.trials.rejected_first()
    spans, cuts = _names_of_trials(column, trials)
    gain, threshold = trials.gain / nats_per_unit, trials.threshold / nats_per_unit
    return pd.DataFrame(
        {
            "row": _outcomes(column, trials),
            "interval": spans,
            "cut": pd.Series(cuts, dtype=object if column.cells.is_category else float),
            "gain": gain,
            "threshold": threshold,
            "deficit": threshold - gain,
        }
    )


def _outcomes(column: ColumnBinning, trials: Trials) -> NDArray[Any]:
    """Say what became of each cut; some that were accepted had to go in favour of better ones."""
    is_there = np.isin(trials.cut, column.cells.cuts)
    accepted = np.where(is_there, "accepted cut", "dropped cut")
    return np.where(trials.accepted, accepted, "rejected cut").astype(object)


def _names_of_trials(column: ColumnBinning, trials: Trials) -> tuple[list[str], list[Any]]:
    """Name what each cut would have split, and where."""
    lows, highs, cuts = trials.low.tolist(), trials.high.tolist(), trials.cut.tolist()
    cells = column.cells
    if isinstance(cells, Groups):
        name = cells.label_of_places
        places = [tuple(map(int, place)) for place in zip(lows, cuts, highs, strict=True)]
        sides = [f"{name(low, cut)} | {name(cut, high)}" for low, cut, high in places]
        return [name(low, high) for low, _, high in places], sides
    bounds = sorted({*lows, *highs})
    text = dict(zip(bounds, number_texts(bounds), strict=True))
    spans = [f"({text[low]}, {text[high]}]" for low, high in zip(lows, highs, strict=True)]
    return [span.replace("inf]", "inf)") for span in spans], cuts


# --- All features side by side -----------------------------------------------------------------


def summarise(
    columns: Sequence[ColumnBinning], names: Sequence[str], nats_per_unit: float, is_tested: bool
) -> pd.DataFrame:
    """Make one row for each feature; ``is_tested`` where the bins were chosen by the target."""
    rows = []
    for column in columns:
        total = column.weights.sum()
        information = column.information()
        rows.append(
            {
                "bins": column.n_bins,
                "missing": column.weights[-1] / total if total > 0 else np.nan,
                "information": information / nats_per_unit,
                "standard error": _standard_error(column) / nats_per_unit,
                "p-value": _bounded_p_value(column, information) if is_tested else np.nan,
                "information value": _information_value(column),
                "level": column.level,
                "why one bin": _why_one_bin(column, nats_per_unit),
            }
        )
    return pd.DataFrame(rows, index=pd.Index(names, name="feature"))


def _standard_error(column: ColumnBinning) -> float:
    """Delta method: the deviation of the pointwise information, by the root of the samples."""
    total = column.weights.sum()
    if total == 0 or not column.has_target:
        return math.nan
    filled = column.counts[column.weights > 0]
    joint = filled[:, filled.sum(axis=0) > 0] / total
    independent = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    pointwise = np.log(joint / independent, where=joint > 0, out=np.zeros_like(joint))
    mean = (joint * pointwise).sum()
    variance = (joint * (pointwise - mean) ** 2).sum()
    return math.sqrt(max(variance, 0.0) / total)


def _bounded_p_value(column: ColumnBinning, information: float) -> float:
    """Chi-square tail of the likelihood ratio, times the ways to choose as many bins.

    Two sums over all choices are bounded: that of the C(N - 1, I - 1) places of the cuts, or the
    C(L - 1, I - 1) ones between L categories in their order and all I^L groupings, and that of the
    number of bins I, of which each gets 1 / (I (I - 1)) of the level.
    """
    filled = column.weights > 0
    n_chosen = int(filled[: column.cells.n_bins].sum())
    n_classes = int((column.counts.sum(axis=0) > 0).sum())
    n_filled, total = int(filled.sum()), float(column.weights.sum())
    if n_filled < 2 or n_classes < 2:
        return 1.0
    tail = float(chdtrc((n_filled - 1) * (n_classes - 1), 2 * total * information))
    if tail == 0:
        return 0.0
    if isinstance(column.cells, Groups):
        choices = len(column.cells.order) * math.log(max(n_chosen, 1))
    else:
        cuts = n_chosen - 1
        choices = float(gammaln(total) - gammaln(cuts + 1) - gammaln(max(total - cuts, 1.0)))
    numbers = math.log(n_chosen * (n_chosen - 1)) if n_chosen > 1 else 0.0
    return min(1.0, math.exp(min(math.log(tail) + choices + numbers, 0.0)))


def _information_value(column: ColumnBinning) -> float:
    """Jeffreys divergence of the bins of both classes; half a sample in each filled bin."""
    if column.counts.shape[1] != 2 or column.sums is not None:
        return math.nan
    counts = column.counts[column.weights > 0] + 0.5
    first, second = (counts / counts.sum(axis=0)).T
    return float(((second - first) * np.log(second / first)).sum())


def _why_one_bin(column: ColumnBinning, nats_per_unit: float) -> str:
    if column.cells.n_bins > 1:
        return ""
    trials = column.trials
    if not len(trials.gain):
        return "there is no place for a cut"
    if trials.accepted.any():
        return "no bins describe the target in fewer nats"
    best = int(np.argmax(trials.gain - trials.threshold))
    gain, cost = (part[best] / nats_per_unit for part in (trials.gain, trials.threshold))
    return f"the best cut gains {gain:.2g} per sample, and costs {cost:.2g}"
