"""The profile of a reference: which cells there are, and how many samples fell into each."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklearn_infotheory._columns import Categories, Codebook, Intervals
from sklearn_infotheory._columns._coder import columns_in_blocks
from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._columns._column_cells import ColumnCells
from sklearn_infotheory._columns._frames import Table, of_positive_weight, open_table
from sklearn_infotheory._columns._kinds import column_kinds
from sklearn_infotheory._columns._learning import (
    MAX_DISTINCT_KEPT,
    coarsen,
    learn_bins,
    learn_categories,
    with_outer_cells,
)
from sklearn_infotheory._columns._level_keys import Occurrences, count_levels
from sklearn_infotheory._columns._target import TargetKind
from sklearn_infotheory._columns._target_cells import TargetCells, learn_target_cells
from sklearn_infotheory._counts._counter import Counter, Counts
from sklearn_infotheory._counts._level_counts import NO_LEVELS, LevelCounts
from sklearn_infotheory._counts._value_summary import (
    NO_VALUES,
    ValuesOfBatch,
    ValueSummary,
)
from sklearn_infotheory._threads import map_chunks
from sklearn_infotheory._types import Floats, Weights
from sklearn_infotheory.drift._batch import Batch

_ROWS_LOOKED_AT = 4096  # of a batch, for a value that repeats: a code in 1 % of them is 40 rows
_MOST_SINGLE = 0.5
_MOST_NAMES = 10  # that a warning lists


@dataclass(frozen=True)
class ReferenceProfile:
    """Cells, and the counts of a reference in them; never rows.

    Attributes
    ----------
    cells : ColumnCells
    target : TargetCells or None
        The cells of y.
    counts : Counts
    """

    cells: ColumnCells
    target: TargetCells | None
    counts: Counts

    def count(
        self,
        batch: Batch,
        n_threads: int,
        *,
        with_pairs: bool,
        broken: dict[int, str] | None = None,
    ) -> Counts:
        """Count a batch in these cells.

        Parameters
        ----------
        broken : dict from int to str, or None
            The columns that the batch lacks, and why; those that cannot be read are added. None to
            raise if there are such columns.
        """
        counts = _count(
            self.cells,
            self.target,
            batch,
            n_threads,
            broken,
            with_pairs=with_pairs,
            reference=self.counts.values,
        )
        return counts.without(broken) if broken else counts

    def including(self, batch: Batch, n_threads: int) -> ReferenceProfile:
        """Add the samples of a batch to the reference."""
        counts = self.counts + _count(self.cells, self.target, batch, n_threads, with_pairs=True)
        return replace(self, counts=_without_names(counts))

    def __add__(self, other: ReferenceProfile) -> ReferenceProfile:
        if (self.cells, self.target) != (other.cells, other.target):
            raise ValueError(
                "Profiles can be merged only if their columns and cells are the same. Fit one "
                "detector, hand out copies made by without_counts(), and call partial_fit on these."
            )
        return replace(self, counts=self.counts + other.counts)

    def emptied(self) -> ReferenceProfile:
        """Return the same cells, with nothing counted in them."""
        return replace(self, counts=_counter(self.cells, self.target, 1, with_pairs=True).counts())

    def describe_columns(self) -> pd.DataFrame:
        """Say what each column was taken for, and which shares of it are single or missing."""
        rows = []
        for j, (book, kind) in enumerate(zip(self.cells.codebooks, self.cells.kinds, strict=True)):
            counts = self.counts.features[j]
            read_as = "number" if kind == "value" else kind
            if isinstance(book, Categories):
                read_as = "category"
            total = max(counts.sum(), np.finfo(float).tiny)
            shares = self._single(j) / total, counts[book.missing_code] / total
            rows.append((read_as, np.count_nonzero(counts), *shares))
        columns = ["read_as", "n_cells", "single", "missing"]
        return pd.DataFrame(rows, index=list(self.cells.names), columns=columns)

    def _single(self, feature: int) -> float:
        """Sum what belongs to levels that occurred once."""
        book, counts = self.cells.codebooks[feature], self.counts.features[feature]
        if feature not in self.cells.by_level:
            return float(counts[book.other_code]) if isinstance(book, Categories) else 0.0
        levels = self.counts.levels.get(feature, NO_LEVELS).counts
        one = self.counts.n_samples / self.counts.n_rows if self.counts.n_rows else 1.0
        return float(levels[levels < 2 * one].sum())

    def warn_of_singles(self) -> None:
        """Warn of columns most of whose values occur once: none of them can come again."""
        table = self.describe_columns()
        found = table[table["single"] > _MOST_SINGLE]
        if len(found):
            shares = [f"{name!r} ({share:.0%})" for name, share in found["single"].items()]
            more = f" and {len(shares) - _MOST_NAMES} more" if len(shares) > _MOST_NAMES else ""
            warnings.warn(
                "Most values occur only once, so that drift is hardly found, in "
                f"{', '.join(shares[:_MOST_NAMES])}{more}. Leave out identifiers and free text; "
                "convert dates and numbers that were read as text.",
                UserWarning,
                stacklevel=3,
            )

    def check_has_samples(self) -> None:
        """Raise for a profile that was emptied."""
        if self.counts.n_samples == 0:
            raise ValueError(
                "The reference has no samples yet. Call partial_fit, or merge, before detect."
            )

    def check_has_target(self, y: Any) -> None:
        """Raise for a y that has nothing to be compared with."""
        if y is not None and self.target is None:
            raise ValueError(
                "The reference was fitted without y, so that y has nothing to be compared with. "
                "Fit with y, or pass X alone."
            )

    def check_has_pairs(self) -> None:
        """Raise where pairs are asked for that were not counted."""
        if not self.cells.coarse and len(self.cells.codebooks) > 1:
            raise ValueError(
                "The reference was fitted without joint='pairs', and has no counts of pairs. "
                "Fit again, or use set_params(joint=None)."
            )


@dataclass(frozen=True)
class Learning:
    """What the cells are to be like; parameters of KLDriftDetector.

    Attributes
    ----------
    names : tuple of str
    categorical : ndarray of bool or None
        Which columns are categories; None lets the dtypes decide.
    n_bins : int
    with_pairs : bool
    target : {"auto", "discrete", "continuous"}
    n_threads : int
    """

    names: tuple[str, ...]
    categorical: NDArray[np.bool_] | None
    n_bins: int
    with_pairs: bool
    target: TargetKind
    n_threads: int


def learn_profile(batch: Batch, how: Learning) -> ReferenceProfile:
    """Learn the cells of each column and of y, and count the samples in them."""
    learned, table = _learn_columns(batch, how)
    codebooks = tuple(column.codebook for column in learned)
    target: TargetCells | None = None
    coarse: tuple[tuple[int, ...], ...] = ()
    if batch.target is not None:
        target = learn_target_cells(batch.target, how.target, batch.weights_of_one)
    if how.with_pairs and len(codebooks) > 1:
        coarse = tuple(coarsen(column.codebook, column.counts) for column in learned)
    by_level = tuple(j for j, column in enumerate(learned) if column.levels is not None)
    values = {j: of.values for j, of in enumerate(learned) if of.values is not None}
    cells = ColumnCells(
        how.names, codebooks, column_kinds(batch.X), coarse, by_level, tuple(values)
    )
    if target is None and not coarse and batch.weights is None:
        features = [column.counts for column in learned]
        levels = {j: of.levels for j, of in enumerate(learned) if of.levels is not None}
        counts = Counts(float(table.n_samples), features, [], None, [], levels, values=values)
    else:
        counts = _count(cells, target, batch, how.n_threads, with_pairs=True)
    return ReferenceProfile(cells, target, _without_names(counts))


@dataclass(frozen=True)
class _LearnedColumn:
    """A codebook, its counts, and those of all levels where they do not all have a cell."""

    codebook: Codebook
    counts: Floats
    levels: LevelCounts | None = None
    values: ValueSummary | None = None


def _learn_columns(batch: Batch, how: Learning) -> tuple[list[_LearnedColumn], Table]:
    """Learn and count column by column, so that only a few are ever held in memory."""
    table, weights = open_table(batch.X, how.categorical), batch.weights_of_one
    learned = [_LearnedColumn(Intervals(()), np.empty(0))] * table.n_features

    def work(features: NDArray[np.intp]) -> None:
        for j, column in columns_in_blocks(table, features):
            book = _learn_column(column, how.n_bins, weights)
            counts = np.bincount(book.encode(column), weights, book.n_cells).astype(np.float64)
            levels = _levels_beyond(book, column, weights)
            values = None if batch.is_sampled else _values_beyond(book, column, weights)
            learned[j] = _LearnedColumn(book, counts, levels, values)

    map_chunks(work, np.arange(table.n_features), how.n_threads)
    return learned, table


def _learn_column(column: Column, n_bins: int, weights: Weights) -> Codebook:
    if column.is_category:
        return learn_categories(column, weights)
    weights, values = of_positive_weight(weights, column.values)
    present = np.isfinite(values)  # infinite values fall in the outer cells
    if not present.all():
        values, weights = values[present], None if weights is None else weights[present]
    return with_outer_cells(learn_bins(values, weights, n_bins), values, weights)


def _levels_beyond(book: Codebook, column: Column, weights: Weights) -> LevelCounts | None:
    """Count all levels, if some have no cell: rare ones, or those beyond as many as there may be.

    Which levels have a cell was then chosen by the counts of the reference. Its cells would look
    too full beside those of a batch, so that features are compared in cells that both choose.
    """
    if not isinstance(book, Categories):
        return None
    found = count_levels(column, weights)
    if len(found.keys) <= len(book.categories):
        return None
    return LevelCounts.of(found.keys, found.sums)


def _values_beyond(book: Codebook, column: Column, weights: Weights) -> ValueSummary | None:
    """Summarise numbers, unless few distinct ones have a cell each."""
    if isinstance(book, Categories):
        return None
    found = ValueSummary.of(column.values, weights)
    return found if np.count_nonzero(found.buckets) > MAX_DISTINCT_KEPT else None


def _count(
    cells: ColumnCells,
    target: TargetCells | None,
    batch: Batch,
    n_threads: int,
    broken: dict[int, str] | None = None,
    *,
    with_pairs: bool,
    reference: Mapping[int, ValueSummary] | None = None,
) -> Counts:
    """Code and count a batch in chunks of rows; beside the extremes of a reference, if given."""
    weights, label, label_levels = batch.weights, None, None
    if batch.target is not None and target is not None:
        label = target.encode(batch.target)
        label_levels = target.levels(batch.target, weights)
    counted = None if label is None else target
    sums, squares = (_counter(cells, counted, n_threads, with_pairs=with_pairs) for _ in "12")
    summarize, summaries = None, _Summaries(reference, batch.X.shape[0])
    if not batch.is_sampled:  # such weights are no counts
        summarize = summaries.of
    for chunk in cells.encode_in_chunks(batch.X, weights, n_threads, broken, summarize):
        summaries.add(chunk.values)
        labels = None if label is None else label[chunk.rows]
        of_rows = None if weights is None else weights[chunk.rows]
        sums.add(chunk.codes, labels, of_rows)
        sums.add_levels({j: _sums_of(found) for j, found in chunk.levels.items()})
        if batch.is_sampled and of_rows is not None:
            squares.add(chunk.codes, labels, of_rows**2)
            squares.add_levels({j: _squares_of(found) for j, found in chunk.levels.items()})
    if label_levels is not None:
        sums.add_levels({}, _sums_of(label_levels))
        squares.add_levels({}, _squares_of(label_levels))
    if not batch.is_sampled or weights is None:
        return summaries.beside(sums.counts())
    n_rows = float(np.count_nonzero(weights))
    return replace(sums.counts(), squares=squares.counts(), n_rows=n_rows)


class _Summaries:
    """Collects extremes and repetitions, of a reference or of a batch beside one."""

    def __init__(self, reference: Mapping[int, ValueSummary] | None, n_rows: int) -> None:
        self._reference = reference
        self._step = -(-n_rows // _ROWS_LOOKED_AT)
        self._found: dict[int, Any] = {}

    def of(self, feature: int, values: Floats, weights: Weights) -> ValueSummary | ValuesOfBatch:
        if self._reference is None:
            return ValueSummary.of(values, weights)
        return ValuesOfBatch.of(
            values, weights, self._reference.get(feature, NO_VALUES), self._step
        )

    def add(self, found: dict[int, Any]) -> None:
        for j, summary in found.items():
            self._found[j] = self._found[j] + summary if j in self._found else summary

    def beside(self, counts: Counts) -> Counts:
        if self._reference is None:
            return replace(counts, values=self._found)
        return replace(counts, batch_values=self._found)


def _counter(
    cells: ColumnCells, target: TargetCells | None, n_threads: int, *, with_pairs: bool
) -> Counter:
    n_label_cells = 0 if target is None else target.n_cells
    return Counter(cells.n_cells, cells.coarse if with_pairs else (), n_label_cells, n_threads)


def _sums_of(found: Occurrences) -> LevelCounts:
    return LevelCounts.of(found.keys, found.sums, found.names)


def _squares_of(found: Occurrences) -> LevelCounts:
    return LevelCounts.of(found.keys, found.squares)


def _without_names(counts: Counts) -> Counts:
    """Forget what levels are called, but for those that have a cell in the codebook."""
    label = counts.label_levels
    return replace(
        counts,
        levels={j: levels.without_names() for j, levels in counts.levels.items()},
        label_levels=None if label is None else label.without_names(),
    )
