"""The cells in which reference and batch are compared, and both counted in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns import Categories, Codebook
from sklearn_infotheory._columns._codebook import MAX_VALUES
from sklearn_infotheory._columns._kinds import value_text
from sklearn_infotheory._columns._level_keys import KEY_BITS, level_keys
from sklearn_infotheory._columns._target_cells import TargetCells
from sklearn_infotheory._counts._counter import Counts
from sklearn_infotheory._counts._level_counts import (
    NO_LEVELS,
    LevelCounts,
    SharedLevels,
    choose_cells,
)
from sklearn_infotheory._inference._code_tests import exceedance_p_value, repetition_p_values
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


@dataclass(frozen=True)
class Codes:
    """Tests beside the cells of a column of numbers.

    Attributes
    ----------
    beyond : float
        P-value of the values beyond the extremes of the reference.
    repeated : float
        P-value of the value that repeats most.
    below, above : float
        Rows beyond the extremes.
    low, high : float
        The extremes.
    value, rows : float
        The value that repeats, or NaN if it is not known; and how many rows have it, of those
        looked at.
    kind : str
        What the values are.
    """

    beyond: float
    repeated: float
    below: float
    above: float
    low: float
    high: float
    value: float
    rows: float
    kind: str

    def beside(self, p_value: float) -> float:
        """Combine with the p-value of the cells, whose part of the level is by far the largest."""
        parts = (p_value / _LEVEL_OF_CELLS, self.beyond / _LEVEL_OF_EACH,
                 self.repeated / _LEVEL_OF_EACH)  # fmt: skip
        return min(*parts, 1.0)

    def in_words(self) -> str:
        """Say what was found, if it was."""
        found = []
        if self.beyond <= _WORTH_SAYING:
            rows, side, bound = (
                (self.above, "above", self.high) if self.above > self.below
                else (self.below, "below", self.low)
            )  # fmt: skip
            limit = value_text(bound, self.kind)
            found.append(f"{rows:,.10g} values {side} all of the reference ({limit})")
        if self.repeated <= _WORTH_SAYING:
            what = "one value" if np.isnan(self.value) else value_text(self.value, self.kind)
            found.append(f"{what} in {self.rows:,.10g} rows")
        return ", ".join(found)


# Weighted Bonferroni: shares of the level of a column. Codes have tiny p-values if any.
_LEVEL_OF_CELLS, _LEVEL_OF_EACH = 0.9, 0.05
_WORTH_SAYING = 1e-3


def find_codes(profile: ReferenceProfile, batch: Counts, feature: int) -> Codes | None:
    """Test whether numbers hold codes that the reference does not have; None where none can be."""
    reference = profile.counts
    if feature not in reference.values or feature not in batch.batch_values:
        return None
    ours, others = reference.values[feature], batch.batch_values[feature]
    sides = (others.below, others.above)
    counts, missing = batch.features[feature], profile.cells.codebooks[feature].missing_code
    n = float(counts.sum() - counts[missing])
    beyond = min(2 * min(exceedance_p_value(k, n, ours.n) for k in sides), 1.0)
    p_values = repetition_p_values(ours.buckets, others.buckets)
    most = int(np.argmin(p_values))
    value, rows = others.frequent.get(most, (np.nan, float(others.buckets[most])))
    n_tests = np.count_nonzero(ours.buckets + others.buckets)
    return Codes(
        beyond,
        float(min(p_values[most] * n_tests, 1.0)),
        *sides,
        ours.low,
        ours.high,
        value,
        rows,
        profile.cells.kinds[feature],
    )


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
