"""One fitted column as a table: its bins, and below them the cuts that were tested."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import entr

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
