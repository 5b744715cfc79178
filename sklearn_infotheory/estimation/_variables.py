"""Columns of any kind as variables: which atom each sample is, or which number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.special import ndtri

from sklearn_infotheory._columns._column import Column, as_floats, column_of_array, pooled_column
from sklearn_infotheory._columns._frames import is_data_frame, open_table, rows_of_positive_weight
from sklearn_infotheory._columns._in_memory import check_in_memory
from sklearn_infotheory._columns._learning import sorting_order
from sklearn_infotheory._columns._target import distinct_values
from sklearn_infotheory._columns._validation import check_frame
from sklearn_infotheory._types import Codes, Floats
from sklearn_infotheory.estimation._atoms import find_atoms

Transform = Literal["normal_scores", "standardize"] | None


@dataclass(frozen=True)
class Variable:
    """One or several columns, read as one variable.

    Attributes
    ----------
    atoms : ndarray of int, shape (n_samples,)
        The atom of each sample, 0 .. n_atoms - 1. From n_atoms on the sample is continuous: n_atoms
        itself, unless the variable has several columns of which some are atoms there; then each
        combination of those has a number of its own.
    n_atoms : int
    values : ndarray of float, shape (n_samples, n_continuous)
        The numbers of the columns that are continuous somewhere; NaN where they are atoms.
    is_rounded : bool
        Whether there are ties left among these numbers.
    name : str
        What the user calls it, for messages.
    """

    atoms: Codes
    n_atoms: int
    values: Floats
    is_rounded: bool
    name: str

    @property
    def n_samples(self) -> int:
        return len(self.atoms)

    @property
    def n_labels(self) -> int:
        """The number of atoms and of kinds of continuous samples together."""
        return int(self.atoms.max(initial=-1)) + 1

    @property
    def is_discrete(self) -> bool:
        """Every sample is an atom."""
        return self.values.shape[1] == 0

    @property
    def is_continuous(self) -> bool:
        """No sample is an atom, nor any part of it."""
        return self.n_atoms == 0 and self.n_labels == 1

    @property
    def is_mixed(self) -> bool:
        return not (self.is_discrete or self.is_continuous)

    @property
    def kind(self) -> str:
        """What it is, in a word."""
        if self.is_discrete:
            return "discrete"
        return "continuous" if self.is_continuous else "mixed"

    @property
    def is_constant(self) -> bool:
        return self.is_discrete and self.n_labels == 1

    @property
    def starts_with_atom(self) -> bool:
        """Whether the first sample is an atom, and so are all, if they have one label."""
        return bool(self.atoms[0] < self.n_atoms)

    @property
    def present_values(self) -> Floats:
        """The numbers of the columns that are continuous in the first sample."""
        return self.values[:, ~np.isnan(self.values[0])]

    def take(self, rows: Codes) -> Variable:
        """Return some samples; the labels keep their numbers."""
        return replace(self, atoms=self.atoms[rows], values=self.values[rows])


class _Part(NamedTuple):
    """What one column says: the codes of its atoms, n_atoms for the numbers beyond them."""

    atoms: Codes
    n_atoms: int
    values: Floats
    is_rounded: bool

    @property
    def is_discrete(self) -> bool:
        return bool((self.atoms < self.n_atoms).all())

    def as_variable(self, name: str) -> Variable:
        values = self.values[:, np.newaxis][:, : 1 - self.is_discrete]
        return Variable(self.atoms, self.n_atoms, values, self.is_rounded, name)


def read_variable(
    x: Any,
    name: str,
    *,
    discrete: bool | None = None,
    weights: Floats | None = None,
    may_be_mixed: bool = True,
) -> Variable:
    """Read an array, a series or a frame; several columns make one joint variable.

    Categories, booleans and missing values are atoms. Numbers are atoms where they are equal more
    often than a density could make them, see :func:`find_atoms`.

    Parameters
    ----------
    x : array-like, series or data frame of shape (n_samples,) or (n_samples, n_columns)
    name : str
        For messages.
    discrete : bool or None, default=None
        True: every number is an atom. False: none is, and the ties are those of rounding.
    weights : ndarray of shape (n_samples,), default=None
        How often each sample counts where atoms are looked for; without weight it is left out.
    may_be_mixed : bool, default=True
        Whether some numbers of a column may be atoms and others not. If not, all of them are
        continuous then, and tied.
    """
    columns = _columns_of(x, name)
    if weights is not None:
        check_lengths({name: len(columns[0].values), "sample_weight": len(weights)})
        rows = rows_of_positive_weight(weights)
        if rows is not None:
            weights, columns = weights[rows], [column.take(rows) for column in columns]
    parts = [_read_column(column, name, discrete, weights, may_be_mixed) for column in columns]
    return parts[0].as_variable(name) if len(parts) == 1 else _join(parts, name)


def read_columns(
    X: Any, name: str, *, discrete: bool | None = None, may_be_mixed: bool = True
) -> list[Variable]:
    """Read each column as a variable of its own."""
    columns = enumerate(_columns_of(X, name))
    return [
        _read_column(column, name, discrete, None, may_be_mixed).as_variable(
            f"column {j} of {name}"
        )
        for j, column in columns
    ]


def holds_numbers(x: Any, name: str) -> bool:
    """Tell whether all columns are numbers, booleans or dates."""
    return not any(column.is_category for column in _columns_of(x, name))


def read_pooled(x: Any, y: Any, *, discrete: bool | None = None) -> tuple[Variable, int]:
    """Read two samples of one variable as one; and say how many are of the first."""
    first, second = _columns_of(x, "x"), _columns_of(y, "y")
    if len(first) != len(second):
        raise ValueError(
            f"x and y must be samples of the same variables; x has {len(first)} columns and y has "
            f"{len(second)}. Pass the same columns of both."
        )
    _check_same_names(x, y)
    parts = []
    for j, (a, b) in enumerate(zip(first, second, strict=True)):
        if a.is_category != b.is_category:
            kinds = [" categories" if column.is_category else " numbers" for column in (a, b)]
            raise ValueError(
                f"x and y must be samples of the same variables; column {j} of x holds{kinds[0]} "
                f"and that of y{kinds[1]}. Convert one of them."
            )
        parts.append(_read_column(pooled_column(a, b), "x and y", discrete, None))
    variable = parts[0].as_variable("x and y") if len(parts) == 1 else _join(parts, "x and y")
    return variable, len(first[0].values)


def _check_same_names(x: Any, y: Any) -> None:
    """Raise if both are frames, whose columns have other names or another order."""
    if is_data_frame(x) and is_data_frame(y):
        names = [list(nw.from_native(frame, eager_only=True).columns) for frame in (x, y)]
        if names[0] != names[1]:
            raise ValueError(
                "x and y must be samples of the same variables; the columns of x are "
                f"{names[0]}, and those of y {names[1]}. Pass the same columns in the same order."
            )


def _columns_of(x: Any, name: str) -> list[Column]:
    if isinstance(x, Column):
        return [x]
    if sp.issparse(x):
        raise TypeError(f"{name} is a sparse matrix. Pass a dense array: {name}.toarray().")
    check_in_memory(x, name)
    if not _holds_objects(x) and nw.dependencies.is_into_series(x):
        x = nw.from_native(x, series_only=True).alias(name).to_frame().to_native()
    if is_data_frame(x):
        check_frame(x, name)
        table = open_table(x, None)
        return [_checked(table.column(j)) for j in range(table.n_features)]
    array = _as_array(x, name)
    return [_checked(column_of_array(array[:, j], None, name)) for j in range(array.shape[1])]


def _holds_objects(x: Any) -> bool:
    return isinstance(x, np.ndarray | pd.Series) and x.dtype == np.object_


def _as_array(x: Any, name: str) -> NDArray[Any]:
    """Return a two-dimensional array; strings, and what is mixed with them, as objects."""
    if isinstance(x, np.ma.MaskedArray):
        x = np.ma.filled(x.astype(object), np.nan)
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise ValueError(
            f"{name} must be a column or a table of columns; its rows have different lengths."
        ) from error
    if array.ndim == 0:
        raise ValueError(
            f"{name} must be a column or a table of columns: a list, an array, a series or a data "
            f"frame; got an object of type {type(x).__name__}. Convert it to one of these."
        )
    if array.dtype.kind in "US":
        array = np.asarray(x, dtype=object)
    if array.ndim == 1:
        array = array[:, np.newaxis]
    _check_shape(array.shape, name)
    return array


def _check_shape(shape: tuple[int, ...], name: str) -> None:
    if len(shape) != 2:
        raise ValueError(
            f"{name} must have one axis (samples) or two (samples, columns); "
            f"got the shape {shape}. Reshape it."
        )
    if 0 in shape:
        raise ValueError(
            f"{name} has {shape[0]} samples and {shape[1]} columns, while a minimum of 1 is "
            "required of each. Pass data that are not empty."
        )


def _checked(column: Column) -> Column:
    column.check_finite("an estimate needs finite numbers")
    return column


def check_lengths(lengths: dict[str, int]) -> None:
    """Raise unless all have the same number of samples."""
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(
            f"Found input variables with inconsistent numbers of samples: {found}. "
            "Pass as many samples of each."
        )


def _read_column(
    column: Column,
    name: str,
    discrete: bool | None,
    weights: Floats | None,
    may_be_mixed: bool = True,
) -> _Part:
    if not column.is_category:
        return _read_numbers(column.values, discrete, weights, may_be_mixed)
    if discrete is False:
        raise ValueError(
            f"{name} holds strings or other categories, which cannot be continuous. "
            "Pass discrete=None, or numbers."
        )
    codes, categories = distinct_values(column)
    rank = np.empty(len(categories) + 1, np.intp)
    rank[sorting_order(categories)] = np.arange(len(categories))
    rank[-1] = len(categories)  # missing values have the code -1
    atoms = rank[codes]
    n_atoms = len(categories) + int((codes < 0).any())
    return _Part(atoms, n_atoms, np.full(len(atoms), np.nan), False)


def _read_numbers(
    values: Floats, discrete: bool | None, weights: Floats | None, may_be_mixed: bool
) -> _Part:
    missing = np.isnan(values)
    distinct, place, counts = np.unique(
        values[~missing], return_inverse=True, return_counts=True, equal_nan=False
    )
    if weights is not None:
        counts = np.bincount(place, weights[~missing])
    is_atom = find_atoms(counts) if discrete is None else np.full(len(distinct), discrete)
    if not (may_be_mixed or is_atom.all()):
        is_atom = np.zeros(len(distinct), bool)
    n_atoms = int(is_atom.sum())
    codes = np.where(is_atom, np.cumsum(is_atom) - 1, -1)
    atoms = np.full(len(values), n_atoms, np.intp)  # of missing values: the last atom
    n_atoms += int(missing.any())
    atoms[~missing] = np.where(codes < 0, n_atoms, codes)[place]
    is_rounded = bool((counts[~is_atom] > 1).any())
    values = as_floats(values)
    return _Part(atoms, n_atoms, np.where(atoms < n_atoms, np.nan, values), is_rounded)


def _join(parts: list[_Part], name: str) -> Variable:
    """Number the combinations of atoms; those that leave a column continuous come last."""
    n_samples = len(parts[0].atoms)
    codes, continuous = np.zeros(n_samples, np.intp), np.zeros(n_samples, bool)
    for part in parts:
        codes = combine(codes, part.atoms)
        continuous |= part.atoms == part.n_atoms
    codes = combine(continuous.astype(np.intp), codes)
    columns = [part.values for part in parts if not part.is_discrete]
    values = np.stack(columns, axis=1) if columns else np.empty((n_samples, 0))
    n_atoms = len(np.unique(codes[~continuous]))
    return Variable(codes, n_atoms, values, any(part.is_rounded for part in parts), name)


def join_columns(first: Variable, second: Variable) -> Variable:
    """Make one variable of two, each of which is a single column."""
    nothing = np.full(first.n_samples, np.nan)
    parts = [
        _Part(v.atoms, v.n_atoms, v.values[:, 0] if v.values.shape[1] else nothing, v.is_rounded)
        for v in (first, second)
    ]
    return _join(parts, f"{first.name} and {second.name}")


def combine(first: Codes, second: Codes) -> Codes:
    """Number the pairs of codes that occur, in their order."""
    return renumber(first * (int(second.max(initial=0)) + 1) + second)


def renumber(codes: Codes) -> Codes:
    """Number the codes that occur 0, 1, 2, ..., in their order."""
    if codes.max(initial=0) > 4 * len(codes):
        return np.unique(codes, return_inverse=True)[1].astype(np.intp, copy=False)
    return (np.cumsum(np.bincount(codes) > 0) - 1)[codes]


def groups(labels: Codes) -> Iterator[Codes]:
    """Yield the rows of each label that occurs."""
    if (labels == labels[0]).all():
        yield np.arange(len(labels))
        return
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order])) + 1
    yield from np.split(order, starts)


def transformed(values: Floats, transform: Transform) -> Floats:
    """Transform columns of numbers, each by itself; NaN stays out of it, and NaN.

    Parameters
    ----------
    values : ndarray of shape (n_samples,) or (n_samples, n_columns)
    transform : {"normal_scores", "standardize"} or None
        The normal quantiles of the mid-ranks over n + 1; or mean 0 and standard deviation 1.
    """
    check_transform(transform)
    if transform is None:
        return values
    if values.ndim == 2:
        columns = [transformed(column, transform) for column in values.T]
        return np.stack(columns, axis=1) if columns else values
    present = ~np.isnan(values)
    if present.all():
        return _TRANSFORMS[transform](values)
    result = np.full(len(values), np.nan)
    result[present] = _TRANSFORMS[transform](values[present])
    return result


def check_transform(transform: Transform) -> None:
    """Raise for a transform that there is not."""
    if transform not in (None, *_TRANSFORMS):
        raise ValueError(
            f"transform must be 'normal_scores', 'standardize' or None; got {transform!r}."
        )


def normal_scores(values: Floats) -> Floats:
    """Return the normal quantile of each mid-rank over n + 1."""
    distinct, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    table = normal_score_table(len(values))
    if len(distinct) == len(values):
        return table[2 * place]
    return table[2 * np.cumsum(counts) - counts - 1][place]


@lru_cache(maxsize=4)
def normal_score_table(n: int) -> Floats:
    """Tabulate the scores of the ranks 1, 1.5, 2, ..., n, which are antisymmetric to the bit."""
    lower = ndtri(np.arange(2, n + 1) / (2 * (n + 1.0)))
    table = np.concatenate([lower, [0.0], -lower[::-1]])
    table.setflags(write=False)
    return table


def _standardized(values: Floats) -> Floats:
    if not len(values):
        return values
    _, exponent = np.frexp(np.abs(values).max())  # a power of two: squares must not overflow
    values = np.ldexp(values, -exponent)
    ordered = np.sort(values)  # so that the order of the rows does not change a bit
    scale = ordered.std()
    return (values - ordered.mean()) / (scale if scale > 0 else 1.0)


_TRANSFORMS = {"normal_scores": normal_scores, "standardize": _standardized}
