"""The profile of a reference: which cells there are, and how many samples fell into each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns import Codebook, Intervals
from sklearn_infotheory._columns._coder import columns_in_blocks
from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._columns._column_cells import ColumnCells
from sklearn_infotheory._columns._frames import of_positive_weight, open_table
from sklearn_infotheory._columns._kinds import column_kinds
from sklearn_infotheory._columns._learning import (
    coarsen,
    learn_bins,
    learn_categories,
    with_outer_cells,
)
from sklearn_infotheory._columns._target import TargetKind
from sklearn_infotheory._columns._target_cells import TargetCells, learn_target_cells
from sklearn_infotheory._counts._counter import Chunk, Counter, Counts, count_chunks
from sklearn_infotheory._threads import map_chunks
from sklearn_infotheory._types import Floats, Weights
from sklearn_infotheory.drift._batch import Batch


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

    def count(self, batch: Batch, n_threads: int, *, with_pairs: bool) -> Counts:
        """Count a batch in these cells."""
        return _count(self.cells, self.target, batch, n_threads, with_pairs=with_pairs)

    def including(self, batch: Batch, n_threads: int) -> ReferenceProfile:
        """Add the samples of a batch to the reference."""
        counts = self.counts + self.count(batch, n_threads, with_pairs=True)
        return replace(self, counts=counts)

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
    codebooks, counts = _learn_columns(batch, how)
    target: TargetCells | None = None
    coarse: tuple[tuple[int, ...], ...] = ()
    if batch.target is not None:
        target = learn_target_cells(batch.target, how.target, batch.weights)
    if how.with_pairs and len(codebooks) > 1:
        coarse = tuple(coarsen(book, c) for book, c in zip(codebooks, counts, strict=True))
    cells = ColumnCells(how.names, tuple(codebooks), column_kinds(batch.X), coarse)
    if target is None and not coarse:
        all_counts = Counts(float(counts[0].sum()), counts, [], None, [])
    else:
        all_counts = _count(cells, target, batch, how.n_threads, with_pairs=True)
    return ReferenceProfile(cells, target, all_counts)


def _learn_columns(batch: Batch, how: Learning) -> tuple[list[Codebook], list[Floats]]:
    """Learn and count column by column, so that only a few are ever held in memory."""
    table, weights = open_table(batch.X, how.categorical), batch.weights
    n_features = table.n_features
    codebooks: list[Codebook] = [Intervals(())] * n_features
    counts = [np.empty(0)] * n_features

    def work(features: NDArray[np.intp]) -> None:
        for j, column in columns_in_blocks(table, features):
            codebooks[j] = book = _learn_column(column, how.n_bins, weights)
            counts[j] = np.bincount(book.encode(column), weights, book.n_cells).astype(np.float64)

    map_chunks(work, np.arange(n_features), how.n_threads)
    return codebooks, counts


def _learn_column(column: Column, n_bins: int, weights: Weights) -> Codebook:
    if column.is_category:
        return learn_categories(column, weights)
    weights, values = of_positive_weight(weights, column.values)
    present = np.isfinite(values)  # infinite values fall in the outer cells
    if not present.all():
        values, weights = values[present], None if weights is None else weights[present]
    return with_outer_cells(learn_bins(values, weights, n_bins), values, weights)


def _counter(
    cells: ColumnCells, target: TargetCells | None, n_threads: int, *, with_pairs: bool
) -> Counter:
    n_label_cells = 0 if target is None else target.n_cells
    return Counter(cells.n_cells, cells.coarse if with_pairs else (), n_label_cells, n_threads)


def _count(
    cells: ColumnCells,
    target: TargetCells | None,
    batch: Batch,
    n_threads: int,
    *,
    with_pairs: bool,
) -> Counts:
    """Code and count a batch in chunks of rows."""
    label = None
    if batch.target is not None and target is not None:
        label = target.encode(batch.target)

    def chunks() -> Iterator[Chunk]:
        for rows, codes in cells.encode_in_chunks(batch.X, n_threads):
            of_rows = None if label is None else label[rows]
            yield codes, of_rows, None if batch.weights is None else batch.weights[rows]

    counted = None if label is None else target
    return count_chunks(chunks(), _counter(cells, counted, n_threads, with_pairs=with_pairs))
