"""Learn codebooks from columns, every weight counting as that many repetitions."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklearn_infotheory._columns._codebook import MAX_VALUES, Categories, Intervals
from sklearn_infotheory._types import Weights

MAX_DISTINCT_KEPT = 16  # a numeric column of so few values keeps them as they are ...
SAMPLES_A_DISTINCT_VALUE = 5  # ... when there are this many samples for each

BinStrategy = Literal["quantile", "uniform"]


def learn_bins(
    values: NDArray[np.float64],
    weights: Weights,
    n_bins: int,
    strategy: BinStrategy = "quantile",
) -> Intervals:
    """Cut the values (no NaN) into at most ``n_bins`` bins."""
    ordered, cumulative = _ordered(values, weights)
    if len(ordered) == 0:
        return Intervals(())
    kept = _few_distinct(ordered, cumulative, n_bins)
    if kept is not None:
        return Intervals(_separators(kept))
    if strategy == "uniform":
        edges = np.linspace(ordered[0], ordered[-1], n_bins + 1)[1:-1]
    else:
        edges = ordered[_quantile_positions(cumulative, len(ordered), n_bins)]
    # An edge at the maximum would leave the cell above it empty.
    edges = np.unique(edges[edges < ordered[-1]]) + 0.0  # which turns -0.0 into 0.0
    return Intervals(tuple(edges.tolist()))


def _ordered(values: NDArray[np.float64], weights: Weights) -> tuple[NDArray[np.float64], Weights]:
    """Sort the values; without weights the cumulated counts are 1, 2, ..., and stay unwritten."""
    if weights is None:
        return np.sort(values), None
    counted = weights > 0
    values, weights = values[counted], weights[counted]
    order = np.argsort(values, kind="stable")
    return values[order], np.cumsum(weights[order])


def _few_distinct(
    ordered: NDArray[np.float64], cumulative: Weights, n_bins: int
) -> NDArray[np.float64] | None:
    """Return the distinct values where they are few enough to be kept as they are."""
    most = max(n_bins, MAX_DISTINCT_KEPT)
    # A column with many values shows that in a thin sample already.
    if len(np.unique(ordered[:: max(1, len(ordered) // 1000)])) > most:
        return None
    distinct = ordered[np.append(True, ordered[1:] != ordered[:-1])]
    total = len(ordered) if cumulative is None else cumulative[-1]
    supported = SAMPLES_A_DISTINCT_VALUE * len(distinct) <= total
    if len(distinct) <= n_bins or (len(distinct) <= MAX_DISTINCT_KEPT and supported):
        return distinct
    return None


def _separators(distinct: NDArray[np.float64]) -> tuple[float, ...]:
    """Midpoints of neighbours; the lower one where the midpoint rounds to the upper."""
    low, high = distinct[:-1], distinct[1:]
    with np.errstate(invalid="ignore"):  # between -inf and inf
        middle = low / 2 + high / 2
    return tuple(np.where((low <= middle) & (middle < high), middle, low).tolist())


def _quantile_positions(cumulative: Weights, n: int, n_bins: int) -> NDArray[np.intp]:
    """Positions of the inverted-CDF quantiles k / n_bins: the first with k/n_bins of the mass."""
    shares = np.arange(1, n_bins)
    if cumulative is None:
        return -(-shares * n // n_bins) - 1  # exact: ceil(k n / n_bins) - 1
    # k/n_bins of the mass, compared without dividing, so that whole weights stay exact.
    return np.searchsorted(cumulative * n_bins, shares * cumulative[-1], side="left")


def learn_categories(values: NDArray[Any], weights: Weights) -> Categories:
    """List the categories that occur at least twice, the 254 most frequent where there are more.

    A category that occurs once (an identifier) can tell nothing about the next sample.
    """
    codes, categories = pd.factorize(values, use_na_sentinel=True)
    counted = codes >= 0
    frequency = np.bincount(
        codes[counted],
        weights=None if weights is None else weights[counted],
        minlength=len(categories),
    )
    kept = np.flatnonzero(frequency >= 2)
    listed = _sorted_categories([_plain(categories[i]) for i in kept], frequency[kept])
    return Categories(tuple(listed))


def _sorted_categories(categories: list[Any], frequency: NDArray[Any]) -> list[Any]:
    """Sort by name, after leaving out the rarest beyond what a byte can hold."""
    by_name = sorting_order(categories)
    if len(by_name) > MAX_VALUES:
        rank = {i: place for place, i in enumerate(by_name)}
        by_name = sorted(by_name, key=lambda i: -frequency[i])[:MAX_VALUES]
        by_name.sort(key=rank.__getitem__)
    return [categories[i] for i in by_name]


def sorting_order(categories: Any) -> list[int]:
    """Positions that sort categories by value, numbers (of any type) before strings."""
    keys = [(isinstance(category, str), category) for category in categories]
    return sorted(range(len(keys)), key=keys.__getitem__)


def _plain(value: Any) -> Any:
    """Turn a numpy scalar into the Python value that JSON can hold; keep the rest as it is."""
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, str | bool | int | float) else str(value)
