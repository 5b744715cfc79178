"""Columns as normal scores, so that their products add up exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, xlogy

from sklearn_infotheory._columns._frames import Table, open_table
from sklearn_infotheory._threads import map_chunks
from sklearn_infotheory._types import Floats, Weights
from sklearn_infotheory.estimation._variables import normal_score_table

_MOST_NAMES = 10  # of columns in one message
_EXACT_BITS = 50  # of a sum, less two: the fourth moment of normal scores is three


def read_numbers(X: Any, categorical: NDArray[np.bool_] | None, names: Any) -> Table:
    """Open X, or raise if a column is not all numbers, and name those that are not."""
    table = open_table(X, categorical)
    kinds: dict[str, list[str]] = {}
    for j in range(table.n_features):
        column = table.column(j)
        column.check_finite("method='gaussian' takes finite numbers; method='binned' takes these")
        name = str(j) if names is None else repr(names[j])
        if column.is_category:
            kinds.setdefault("categories", []).append(name)
        elif np.isnan(column.values).any():
            kinds.setdefault("NaN or another missing value", []).append(name)
    if kinds:
        found = " and ".join(f"{what} in {_listed(js)}" for what, js in kinds.items())
        raise ValueError(
            f"method='gaussian' needs columns of numbers, but input X contains {found}. Use "
            "method='binned' or method='knn', which take columns of any kind, or encode and impute "
            "these columns."
        )
    return table


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"column{'s'[: len(names) > 1]} {', '.join(names[:_MOST_NAMES])}{more}"


def score_columns(
    tables: Sequence[Table], rows: NDArray[np.intp], weights: Weights, n_threads: int
) -> tuple[Floats, Floats]:
    """Score the mid-ranks of the columns of all tables; and tell their entropies.

    The scores are rounded to a power of two so small that every sum of their products over the
    samples is exact, and so does not depend on the order of the samples.

    Parameters
    ----------
    tables : sequence of Table
    rows : ndarray of int
        The order of the samples.
    weights : ndarray or None
        Of the samples in that order; a weight of k is k repetitions.
    n_threads : int

    Returns
    -------
    scores : ndarray of shape (n_columns, n_samples)
    entropies : ndarray of shape (n_columns,)
        Of the distinct values of each column, in nats: log n where there are no ties.
    """
    total = float(len(rows) if weights is None else weights.sum())
    unit = exact_unit(total)
    places = [(table, j) for table in tables for j in range(table.n_features)]
    scores, entropies = np.empty((len(places), len(rows))), np.empty(len(places))
    table_of_scores = np.round(normal_score_table(len(rows)) * unit) / unit

    def work(columns: NDArray[np.intp]) -> None:
        for k in columns:
            table, j = places[k]
            values = table.column(j).values[rows]
            if weights is None:
                entropies[k] = _score(values, table_of_scores, scores[k])
            else:
                entropies[k] = _score_weighted(values, weights, unit, scores[k])

    map_chunks(work, np.arange(len(places)), n_threads)
    return scores, entropies


def exact_unit(total: float) -> float:
    """Return how many steps there are in one, for sums of products of so many scores."""
    return 2.0 ** ((_EXACT_BITS - int(np.ceil(np.log2(max(total, 2.0))))) // 2)


def _score(values: Floats, by_rank: Floats, out: Floats) -> float:
    """Write the scores, looked up at twice the mid-rank less 2; return the entropy."""
    order = np.argsort(values)
    ordered = values[order]
    starts_group = ordered[1:] != ordered[:-1]
    if starts_group.all():
        out[order] = by_rank[::2]
        return float(np.log(len(values)))
    starts = np.concatenate([[0], np.flatnonzero(starts_group) + 1])
    counts = np.diff(np.append(starts, len(values)))
    out[order] = np.repeat(by_rank[2 * starts + counts - 1], counts)
    return _entropy(counts)


def _score_weighted(values: Floats, weights: Floats, unit: float, out: Floats) -> float:
    _, place = np.unique(values, return_inverse=True)
    counts = np.bincount(place, weights)
    total = counts.sum()
    twice_rank = 2 * np.cumsum(counts) - counts + 1
    # The two halves mirror each other to the bit, as in the table.
    lower = np.minimum(twice_rank, 2 * (total + 1) - twice_rank)
    scores = ndtri(lower / (2 * (total + 1)))
    scores = np.where(twice_rank > total + 1, -scores, scores)
    out[:] = (np.round(scores * unit) / unit)[place]
    return _entropy(counts)


def _entropy(counts: NDArray[Any]) -> float:
    shares = np.sort(counts) / counts.sum()
    return float(-xlogy(shares, shares).sum()) + 0.0


def entropy_of_rows(y: NDArray[Any], weights: Weights) -> float:
    """Return the entropy of the distinct rows, in nats."""
    axis = None if y.ndim == 1 else 0
    place = np.unique(y, axis=axis, return_inverse=True)[1].ravel()
    return _entropy(np.bincount(place, weights))
