"""The target as one column of cells: of one output, or of several together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns._codebook import MAX_VALUES, Categories, Codebook, Intervals
from sklearn_infotheory._columns._column import Column, column_of_array
from sklearn_infotheory._columns._frames import rows_of_positive_weight
from sklearn_infotheory._columns._kinds import IN_WORDS, cell_names, column_kinds
from sklearn_infotheory._columns._learning import learn_bins, learn_categories
from sklearn_infotheory._columns._level_keys import Occurrences, count_levels
from sklearn_infotheory._columns._target import (
    TargetKind,
    distinct_values,
    is_read_as_continuous,
    read_outputs,
)
from sklearn_infotheory._columns._validation import check_target
from sklearn_infotheory._types import Weights

_MOST_BINS = 10  # of a continuous output
_MOST_COMBINATIONS_OF_BINS = 100


@dataclass(frozen=True)
class Target:
    """The outputs of y as columns, and what each holds: "value", "date" or "duration"."""

    outputs: list[Column]
    kinds: tuple[str, ...]

    def of_positive_weight(self, weights: Weights) -> tuple[Target, Weights]:
        """Leave out the samples of weight zero, which are absent, and their weights."""
        rows = rows_of_positive_weight(weights)
        if rows is None or weights is None:
            return self, weights
        columns = [column.take(rows) for column in self.outputs]
        return Target(columns, self.kinds), weights[rows]


@dataclass(frozen=True)
class TargetCells:
    """The cells of y: those of its output, or the combinations of those of several outputs.

    Attributes
    ----------
    outputs : tuple of Codebook
    kinds : tuple of str
        What each output held: "value", "date" or "duration".
    combinations : tuple of tuple of int
        Cells of the outputs that have a cell together; all others share the last cell. Empty for a
        single output.
    by_level : bool
        Whether there are classes of a single output without a cell: all are counted besides.
    """

    outputs: tuple[Codebook, ...]
    kinds: tuple[str, ...]
    combinations: tuple[tuple[int, ...], ...] = ()
    by_level: bool = False

    @property
    def n_cells(self) -> int:
        return self.outputs[0].n_cells if len(self.outputs) == 1 else len(self.combinations) + 1

    def labels(self) -> list[str]:
        """Name the cells; a combination by those of the outputs, text in quotes."""
        names = [cell_names(*part) for part in zip(self.outputs, self.kinds, strict=True)]
        if len(names) == 1:
            return list(names[0])
        quoted = [_quoted(*part) for part in zip(self.outputs, names, strict=True)]
        joint = [[of[cell] for of, cell in zip(quoted, c, strict=True)] for c in self.combinations]
        return [*[f"({', '.join(parts)})" for parts in joint], "other"]

    def encode(self, target: Target) -> NDArray[np.uint8]:
        """Code y, which has the outputs of the reference."""
        self._check(target)
        if len(self.outputs) == 1:
            return _encode_output(target.outputs[0], self.outputs[0])
        distinct, place = _distinct_combinations(target, self.outputs)
        codes = [self._place.get(tuple(row), len(self.combinations)) for row in distinct.tolist()]
        return np.array(codes, np.uint8)[place]

    def levels(self, target: Target, weights: Weights) -> Occurrences | None:
        """Count the classes of a single output, if not all have a cell."""
        if not self.by_level:
            return None
        return count_levels(_as_classes(target.outputs[0]), weights)

    @cached_property
    def _place(self) -> dict[tuple[int, ...], int]:
        return {cells: place for place, cells in enumerate(self.combinations)}

    def _check(self, target: Target) -> None:
        """Raise for a y that is not like that of the reference."""
        if len(target.outputs) != len(self.outputs):
            raise ValueError(
                f"y had {_counted(len(self.outputs))} in the reference, and now has "
                f"{_counted(len(target.outputs))}. Pass the same outputs, or fit the reference "
                "again."
            )
        for was, now, book, column in zip(
            self.kinds, target.kinds, self.outputs, target.outputs, strict=True
        ):
            if was != now:
                raise ValueError(
                    f"y held {IN_WORDS[was]} in the reference, and now holds {IN_WORDS[now]}. "
                    "Convert it to what it was, or fit the reference again."
                )
            _check_text(column, book)


def _counted(n_outputs: int) -> str:
    return f"{n_outputs} output{'s'[: n_outputs > 1]}"


def _check_text(column: Column, book: Codebook) -> None:
    """Raise for text where there were numbers, which it would be unlike all of."""
    if not column.is_category:
        return
    if isinstance(book, Intervals):
        raise ValueError(
            "y was a continuous number in the reference, and now holds strings or other "
            "categories. Pass numbers."
        )
    were_text = not book.categories or any(isinstance(c, str) for c in book.categories)
    if not were_text and all(isinstance(value, str) for value in distinct_values(column)[1]):
        raise ValueError(
            "y held classes that are numbers in the reference, and now holds text. Convert it to "
            "numbers, or fit the reference again."
        )


def _quoted(book: Codebook, names: Sequence[str]) -> list[str]:
    """Write text as such, so that commas in it end nothing."""
    if isinstance(book, Intervals):
        return list(names)
    listed = [repr(category) for category in book.categories]
    return [*listed, *names[len(listed) :]]


def read_target(y: Any, estimator_name: str) -> Target:
    """Validate y and read its outputs."""
    y = check_target(y, estimator_name)
    return Target(read_outputs(y), column_kinds(y.reshape(len(y), -1)))


def learn_target_cells(target: Target, kind: TargetKind, weights: Weights) -> TargetCells:
    """Learn the cells of y.

    Each output is read by itself: its classes, or bins of a continuous one, fewer if there are
    several such. Of several outputs the combinations that occur at least twice get a cell, the most
    frequent ones where there are too many.
    """
    target, weights = target.of_positive_weight(weights)
    continuous = [_is_continuous(column, kind) for column in target.outputs]
    n_bins = _bins_of_one(sum(continuous))
    outputs = tuple(
        learn_bins(column.values, weights, n_bins)
        if is_continuous
        else learn_categories(_as_classes(column), weights)
        for column, is_continuous in zip(target.outputs, continuous, strict=True)
    )
    if len(outputs) == 1:
        return TargetCells(outputs, target.kinds, by_level=_pools_classes(target, outputs[0]))
    distinct, place = _distinct_combinations(target, outputs)
    frequency = np.bincount(place, weights, minlength=len(distinct))
    by_frequency = np.argsort(-frequency, kind="stable")[:MAX_VALUES]
    kept = np.sort(by_frequency[frequency[by_frequency] >= 2])
    return TargetCells(outputs, target.kinds, tuple(map(tuple, distinct[kept].tolist())))


def _is_continuous(column: Column, kind: TargetKind) -> bool:
    distinct = column.values if column.is_category else np.unique(column.values)
    return is_read_as_continuous(column, kind, distinct)


def _pools_classes(target: Target, book: Codebook) -> bool:
    """Tell whether some classes have no cell of their own."""
    if not isinstance(book, Categories):
        return False
    return len(distinct_values(_as_classes(target.outputs[0]))[1]) > len(book.categories)


def _bins_of_one(n_continuous: int) -> int:
    """Choose as many bins as leave a hundred combinations, from 2 to 10."""
    bins = int(_MOST_COMBINATIONS_OF_BINS ** (1 / max(n_continuous, 1)) + 1e-9)
    return min(max(bins, 2), _MOST_BINS)


def _distinct_combinations(
    target: Target, outputs: tuple[Codebook, ...]
) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Return the rows of cells that occur, in their order, and which of them each sample has."""
    codes = [_encode_output(*part) for part in zip(target.outputs, outputs, strict=True)]
    distinct, place = np.unique(np.stack(codes, axis=1), axis=0, return_inverse=True)
    return distinct, place.ravel()


def _encode_output(column: Column, book: Codebook) -> NDArray[np.uint8]:
    return book.encode(_as_classes(column) if isinstance(book, Categories) else column)


def _as_classes(column: Column) -> Column:
    """Read numbers as classes; whole ones are written 0, 1, 2 and not 0.0, 1.0, 2.0."""
    return column if column.is_category else column_of_array(column.values, True, column.name)
