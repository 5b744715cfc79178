"""Learn codebooks from columns, every weight counting as that many repetitions."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns._codebook import MAX_VALUES, Categories, Codebook, Intervals
from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._columns._frames import of_positive_weight
from sklearn_infotheory._types import Weights

MAX_DISTINCT_KEPT = 16  # a numeric column of so few values keeps them as they are ...
SAMPLES_A_DISTINCT_VALUE = 5  # ... when there are this many samples for each
COARSE_CELLS = 5  # of a column in the tables of pairs, besides that of missing values
_OUTER_RANGES = 10  # from the reference, where cells for far values begin
_HUGE = np.finfo(np.float64).max
_SAMPLES_A_CELL = 5  # of a table of two features and the target
_FEWEST_BINS, _MOST_BINS = 2, 10

BinStrategy = Literal["quantile", "uniform"]


def choose_n_bins(n_samples: float, n_classes: int | None) -> int:
    """As many bins b as leave five samples for each cell of a (feature, feature, target) table.

    That is b * b * n_classes cells, or b * b * b where the target is cut into bins as well, and
    never fewer than 2 or more than 10.
    """
    cells = n_samples / _SAMPLES_A_CELL
    bins = cells ** (1 / 3) if n_classes is None else (cells / n_classes) ** 0.5
    return int(np.clip(bins + 1e-9, _FEWEST_BINS, _MOST_BINS))


def learn_bins(
    values: NDArray[np.float64],
    weights: Weights,
    n_bins: int,
    strategy: BinStrategy = "quantile",
) -> Intervals:
    """Cut the values (no NaN) into at most ``n_bins`` bins."""
    return learn_nested_bins(values, weights, n_bins, None, strategy)[0]


def learn_nested_bins(
    values: NDArray[Any],
    weights: Weights,
    n_bins: int,
    n_fine: int | None,
    strategy: BinStrategy = "quantile",
) -> tuple[Intervals, Intervals | None]:
    """Cut the values (no NaN) into bins, and into ``n_fine`` finer ones from the same sort.

    The finer bins are None where none are wanted, and where the bins keep all distinct values.
    """
    ordered, cumulative = _ordered(values, weights)
    if len(ordered) == 0:
        return Intervals(()), None
    kept = _few_distinct(ordered, cumulative, n_bins)
    if kept is not None:
        return Intervals(between_neighbours(kept)), None
    fine = None if n_fine is None else _cut_ordered(ordered, cumulative, n_fine, "quantile")
    return _cut_ordered(ordered, cumulative, n_bins, strategy), fine


def _cut_ordered(
    ordered: NDArray[Any], cumulative: Weights, n_bins: int, strategy: BinStrategy
) -> Intervals:
    is_whole = ordered.dtype.kind in "iu"
    if strategy == "uniform":
        edges = np.linspace(ordered[0], ordered[-1], n_bins + 1)[1:-1].astype(ordered.dtype)
    else:
        edges = ordered[_quantile_positions(cumulative, len(ordered), n_bins)]
    # An edge at the maximum would leave the cell above it empty.
    edges = np.unique(edges[edges < ordered[-1]])
    return Intervals(tuple((edges if is_whole else edges + 0.0).tolist()))  # -0.0 becomes 0.0


def _ordered(values: NDArray[np.float64], weights: Weights) -> tuple[NDArray[np.float64], Weights]:
    """Sort the values; without weights the cumulated counts are 1, 2, ..., and stay unwritten."""
    if weights is None:
        return _within_reach(np.sort(values)), None
    weights, values = of_positive_weight(weights, values)
    order = np.argsort(values, kind="stable")
    return _within_reach(values[order]), np.cumsum(weights[order])


def _within_reach(ordered: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take infinite values as the largest finite ones: only their order counts."""
    if len(ordered) and np.isinf(ordered[[0, -1]]).any():
        return np.clip(ordered, -_HUGE, _HUGE)
    return ordered


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


def between_neighbours(distinct: NDArray[np.float64]) -> tuple[float, ...]:
    """Midpoints of neighbours; the lower one where the midpoint rounds to the upper."""
    low, high = distinct[:-1], distinct[1:]
    if distinct.dtype.kind in "iu":
        return tuple(a + (b - a) // 2 for a, b in pairwise(distinct.tolist()))
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


def with_outer_cells(book: Intervals, values: NDArray[np.float64], weights: Weights) -> Intervals:
    """Add cells for values that are far from all that the reference holds.

    Of few distinct values with support, these are the values beyond them: a constant that changes
    must not fall into the one cell there is. Else they begin ten ranges away. Nearer ones are to
    be expected: one sample in n is the largest yet, so that a cell for all above the largest, where
    a test finds nothing in the reference, would raise false alarms.
    """
    if not len(values):
        return book
    if values.dtype.kind in "iu":
        return _with_whole_outer_cells(book, values)
    low, high = float(values.min()), float(values.max())
    margin = _OUTER_RANGES * (high - low)
    if len(book.edges) < MAX_DISTINCT_KEPT:
        margin = _half_gap(values, weights, margin)
    bounds = np.clip([low - margin, high + margin], -_HUGE, _HUGE)
    bounds[0] = min(bounds[0], np.nextafter(low, -np.inf))  # cells are closed on the right
    return Intervals((float(bounds[0]), *book.edges, max(float(bounds[1]), high)))


def _with_whole_outer_cells(book: Intervals, values: NDArray[Any]) -> Intervals:
    """Do so for whole numbers beyond 2**53, of which a value beside few distinct ones is far."""
    low, high = int(values.min()), int(values.max())
    margin = _OUTER_RANGES * (high - low)
    if len(book.edges) < MAX_DISTINCT_KEPT and len(np.unique(values)) == len(book.edges) + 1:
        margin = 0
    return Intervals((low - margin - 1, *book.edges, high + margin))


def _half_gap(values: NDArray[np.float64], weights: Weights, otherwise: float) -> float:
    """Half of the smallest gap between few distinct values, if each occurs often enough."""
    if len(np.unique(values[:: max(1, len(values) // 1000)])) > MAX_DISTINCT_KEPT:
        return otherwise  # it shows in a thin sample already
    distinct = np.unique(values)
    total = len(values) if weights is None else weights.sum()
    if len(distinct) > MAX_DISTINCT_KEPT or total < SAMPLES_A_DISTINCT_VALUE * len(distinct):
        return otherwise
    return float(np.diff(distinct).min(initial=np.inf) / 2) if len(distinct) > 1 else 0.0


def learn_categories(column: Column, weights: Weights, most: int = MAX_VALUES) -> Categories:
    """List the categories that occur at least twice, the most frequent where there are too many.

    A category that occurs once (an identifier) can tell nothing about the next sample.
    """
    assert column.categories is not None
    frequency = count_categories(column, weights)
    kept = np.flatnonzero(frequency >= 2)
    listed = _sorted_categories([_plain(column.categories[i]) for i in kept], frequency[kept], most)
    return Categories(tuple(listed))


def count_categories(column: Column, weights: Weights) -> NDArray[Any]:
    """Sum the weights of each category."""
    assert column.categories is not None
    n, codes = len(column.categories), column.values
    if codes.dtype.kind == "i" and codes.dtype.itemsize < 4:  # then -1 becomes the largest code
        codes = codes.view(codes.dtype.str.replace("i", "u"))
    elif column.missing is not None:
        present = ~column.missing
        codes, weights = codes[present], None if weights is None else weights[present]
    return np.bincount(codes, weights, minlength=n)[:n]


def _sorted_categories(categories: list[Any], frequency: NDArray[Any], most: int) -> list[Any]:
    """Sort by name, after leaving out the rarest beyond so many."""
    by_name = sorting_order(categories)
    if len(by_name) > most:
        rank = {i: place for place, i in enumerate(by_name)}
        by_name = sorted(by_name, key=lambda i: -frequency[i])[:most]
        by_name.sort(key=rank.__getitem__)
    return [categories[i] for i in by_name]


def coarsen(book: Codebook, counts: NDArray[np.float64]) -> tuple[int, ...]:
    """Join cells to about five of like counts; missing values keep a cell of their own.

    Neighbouring bins are joined; of categories, the most frequent stay, and the others are one.
    """
    if isinstance(book, Categories):
        return _coarsen_categories(book, counts)
    n = book.n_cells - 1
    occupied = np.flatnonzero(counts[:n])
    if len(occupied) <= COARSE_CELLS:
        cells = np.maximum(np.searchsorted(occupied, np.arange(n), side="right") - 1, 0)
    else:
        middle = np.cumsum(counts[:n]) - counts[:n] / 2
        share = np.minimum(middle / counts[:n].sum() * COARSE_CELLS, COARSE_CELLS - 1)
        cells = np.unique(share.astype(int), return_inverse=True)[1]
    return (*cells.tolist(), int(cells.max()) + 1)


def _coarsen_categories(book: Categories, counts: NDArray[np.float64]) -> tuple[int, ...]:
    n = len(book.categories)
    kept = np.argsort(-counts[:n], kind="stable")[: COARSE_CELLS - 1]
    cells = np.full(n + 2, len(kept))
    cells[kept] = np.arange(len(kept))
    cells[book.missing_code] = len(kept) + 1
    return tuple(cells.tolist())


def sorting_order(categories: Any) -> list[int]:
    """Positions that sort categories by value, numbers (of any type) before strings."""
    keys = [(isinstance(category, str), category) for category in categories]
    return sorted(range(len(keys)), key=keys.__getitem__)


def _plain(value: Any) -> Any:
    """Turn a numpy scalar into the Python value that JSON can hold; keep the rest as it is."""
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, str | bool | int | float) else str(value)
