"""The cells in which reference and batch are compared, and both counted in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns import Categories, Codebook
from sklearn_infotheory._columns._codebook import MAX_VALUES
from sklearn_infotheory._columns._level_keys import KEY_BITS, level_keys
from sklearn_infotheory._columns._target_cells import TargetCells
from sklearn_infotheory._counts._counter import Counts
from sklearn_infotheory._counts._level_counts import (
    NO_LEVELS,
    LevelCounts,
    SharedLevels,
    choose_cells,
)
from sklearn_infotheory._inference._weighted_counts import (
    WeightedSums,
    effective_counts,
    effective_size,
    with_common_squares,
)
from sklearn_infotheory._types import Floats
from sklearn_infotheory.drift._profile import ReferenceProfile


@dataclass(frozen=True)
class SharedCells:
    """One column of two samples, counted in the same cells.

    Attributes
    ----------
    names : tuple of str
        Of the cells.
    reference, batch : ndarray of shape (n_cells,)
        Samples in each cell; of sampling weights, as many as their shares are worth.
    evenness : float
        Degrees of freedom as a share of those of counts, see ``effective_counts``.
    """

    names: tuple[str, ...]
    reference: Floats
    batch: Floats
    evenness: float = 1.0


def shared_cells(profile: ReferenceProfile, batch: Counts) -> list[SharedCells]:
    """Count all columns of both in the same cells."""
    reference, cells = profile.counts, profile.cells
    sides = [(of, of.of_squares) for of in (reference, batch)]
    columns = []
    for j, book in enumerate(cells.codebooks):
        names = cells.cell_names(j)
        sums = [[part.features[j] for part in side] for side in sides]
        if j in cells.by_level:
            levels = [[part.levels.get(j, NO_LEVELS) for part in side] for side in sides]
            names, sums = _by_level(book, levels, sums)
        columns.append(_shared(names, sums, reference, batch))
    return columns


def shared_label(profile: ReferenceProfile, batch: Counts) -> SharedCells:
    """Count y of both in the same cells."""
    target, reference = profile.target, profile.counts
    assert target is not None
    names = tuple(target.labels())
    sides = [(of, of.of_squares) for of in (reference, batch)]
    sums = [[_given(part.label) for part in side] for side in sides]
    if target.by_level:
        levels = [[part.label_levels or NO_LEVELS for part in side] for side in sides]
        names, sums = _by_level(target.outputs[0], levels, sums)
    return _shared(names, sums, reference, batch)


def fixed_cells(profile: ReferenceProfile, counts: Counts) -> list[Floats]:
    """Return counts in cells that are the same for every batch; y, if there is one, comes last.

    Levels share a cell by the first bits of their keys, where not all of them have a cell, for such
    cells are not chosen by counts. Sums of sampling weights become counts of rows: of so few that
    no cell varies more than a count does, so that evidence is rather too small than too large.
    """
    squares = counts.of_squares
    columns = [
        _fixed(book, j in profile.cells.by_level, counts, squares, j)
        for j, book in enumerate(profile.cells.codebooks)
    ]
    if profile.target is not None:
        columns.append(_fixed_label(profile.target, counts, squares))
    return columns


def _fixed(book: Codebook, by_level: bool, counts: Counts, squares: Counts, feature: int) -> Floats:
    sums = [of.features[feature] for of in (counts, squares)]
    if by_level:
        levels = [of.levels.get(feature, NO_LEVELS) for of in (counts, squares)]
        sums = [_in_buckets(book, *of) for of in zip(levels, sums, strict=True)]
    return sums[0] if counts.squares is None else _cautious(*sums)


def _fixed_label(target: TargetCells, counts: Counts, squares: Counts) -> Floats:
    sums = [np.zeros(target.n_cells) if of.label is None else of.label for of in (counts, squares)]
    if target.by_level:
        levels = [of.label_levels or NO_LEVELS for of in (counts, squares)]
        sums = [_in_buckets(target.outputs[0], *of) for of in zip(levels, sums, strict=True)]
    return sums[0] if counts.squares is None else _cautious(*sums)


def _in_buckets(book: Codebook, levels: LevelCounts, sums: Floats) -> Floats:
    assert isinstance(book, Categories)
    return np.append(levels.in_buckets(_BITS_OF_BUCKETS), sums[book.missing_code])


def _cautious(sums: Floats, squares: Floats) -> Floats:
    """Divide by the largest ratio of variance and mean of any cell."""
    held = sums > 0
    return sums / (squares[held] / sums[held]).max(initial=0.0) if held.any() else sums


def weighted_sums(
    sums: Sequence[Sequence[Floats]], reference: Counts, batch: Counts
) -> tuple[WeightedSums, WeightedSums]:
    """Return sums of weights and of their squares, (sums, squares) of each sample being given."""
    ours, others = (WeightedSums.of(*side) for side in sums)
    if reference.squares is None or batch.squares is None:
        return ours, others
    return with_common_squares(ours, others, (reference.n_rows, batch.n_rows))


def size_of(counts: Counts) -> float:
    """Return the number of samples, or how many rows of equal weight they are worth."""
    if counts.squares is None:
        return counts.n_samples
    return effective_size(counts.n_samples, counts.squares.n_samples)


_BITS_OF_BUCKETS = 8


def _shared(
    names: Sequence[str], sums: Sequence[Sequence[Floats]], reference: Counts, batch: Counts
) -> SharedCells:
    if reference.squares is None and batch.squares is None:
        return SharedCells(tuple(names), sums[0][0], sums[1][0])
    counts = effective_counts(*weighted_sums(sums, reference, batch))
    return SharedCells(tuple(names), *counts)


def _by_level(
    book: Codebook, levels: Sequence[Sequence[LevelCounts]], sums: Sequence[Sequence[Floats]]
) -> tuple[tuple[str, ...], list[list[Floats]]]:
    """Choose cells by the levels of both samples together, and count both in them."""
    assert isinstance(book, Categories)
    shared = SharedLevels.of(levels[0][0], levels[1][0])
    chosen = choose_cells(_pooled(shared, levels), MAX_VALUES)
    squares = SharedLevels.of(levels[0][1], levels[1][1])

    def count(of_levels: Floats, of_cells: Floats) -> Floats:
        found = np.bincount(chosen.cells, of_levels, minlength=chosen.n_cells)
        return np.append(found, of_cells[book.missing_code])

    counted = [
        [count(shared.reference, sums[0][0]), count(squares.reference, sums[0][1])],
        [count(shared.batch, sums[1][0]), count(squares.batch, sums[1][1])],
    ]
    names = _names_of(book, levels[1][0], shared, chosen.own)
    rare = [f"rare ({_rows_in_words(*bounds)})" for bounds in chosen.ranges]
    order = [*np.argsort(np.array(names, object), kind="stable"),
             *range(len(names), chosen.n_cells + 1)]  # fmt: skip
    labels = [*names, *rare, book.labels()[book.missing_code]]
    return tuple(labels[i] for i in order), [[part[order] for part in side] for side in counted]


def _pooled(shared: SharedLevels, levels: Sequence[Sequence[LevelCounts]]) -> Floats:
    """Add the rows of both samples; of weights, the rows that they are worth."""
    pooled = np.zeros(len(shared.keys))
    for counts, (sums, squares) in zip((shared.reference, shared.batch), levels, strict=True):
        total, of_squares = float(sums.counts.sum()), float(squares.counts.sum())
        if total > 0:
            pooled += counts * (effective_size(total, of_squares) / total)
    return pooled


def _names_of(
    book: Categories, batch: LevelCounts, shared: SharedLevels, own: NDArray[np.int64]
) -> list[str]:
    """Name levels by the codebook, or by what they are called in the batch."""
    names: dict[int, str] = {}
    if batch.names is not None:
        at_hand = batch.cut(shared.bits)
        assert at_hand.names is not None
        names.update(zip(at_hand.keys.tolist(), map(str, at_hand.names), strict=True))
    keys = level_keys(book.categories) >> np.uint32(KEY_BITS - shared.bits)
    names.update(zip(keys.tolist(), map(str, book.categories), strict=True))
    return [names.get(int(key), f"level {key:08x}") for key in shared.keys[own]]


def _rows_in_words(least: int, most: int) -> str:
    if most == 1:
        return "1 row each"
    return f"{least} rows each" if least == most else f"{least} to {most} rows each"


def _given(counts: Floats | None) -> Floats:
    assert counts is not None
    return counts
