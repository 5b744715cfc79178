"""Work over all columns: learn their bins, code them, cross-fit their encodings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._columns._values import Columns
from sklearn_infotheory._types import Codes, Weights
from sklearn_infotheory.preprocessing._column_binning import ColumnBinning, missing_error
from sklearn_infotheory.preprocessing._encoding import EncodingRule, write_encoded
from sklearn_infotheory.preprocessing._learning import learn_column
from sklearn_infotheory.preprocessing._rule import BinningRule
from sklearn_infotheory.preprocessing._target import BinningTarget

_Folds = list[tuple[Codes, Codes]]


@dataclass(frozen=True)
class TrainingData:
    """What a fit learns from.

    Attributes
    ----------
    columns : Columns
        All rows of X.
    rows : ndarray of intp, or None
        The rows whose weight is positive; None where these are all.
    target : BinningTarget
        The target of these rows.
    weights : ndarray of float64, or None
        Their weights; None where all are one.
    """

    columns: Columns
    rows: NDArray[np.intp] | None
    target: BinningTarget
    weights: Weights


def learn_columns(data: TrainingData, rule: BinningRule, n_threads: int) -> list[ColumnBinning]:
    """Learn the bins of all columns."""
    learned: list[Any] = [None] * data.columns.table.n_features

    def work(j: int, column: Column) -> None:
        column.check_finite("fit takes the means of bins; transform takes infinite values")
        _check_missing(column, rule)
        kept = column if data.rows is None else column.take(data.rows)
        learned[j] = learn_column(kept, data.target, data.weights, rule)

    data.columns.for_each(work, n_threads)
    return learned


def _check_missing(column: Column, rule: BinningRule) -> None:
    if column.missing is not None and rule.missing == "error":
        raise missing_error(column.name)


def encode_columns(
    columns: Columns,
    learned: list[ColumnBinning],
    encoding: EncodingRule,
    out: NDArray[Any],
    n_threads: int,
) -> None:
    """Write all columns to ``out``, encoded."""
    tables = [encoding.table(column) for column in learned]
    starts = _starts(tables)

    def work(j: int, column: Column) -> None:
        codes = learned[j].encode(column)
        write_encoded(codes, tables[j], out[:, starts[j] : starts[j + 1]])

    columns.for_each(work, n_threads)


def code_columns(columns: Columns, learned: list[ColumnBinning], n_threads: int) -> NDArray[Any]:
    """Return the bins of all columns, as whole numbers."""
    codes = np.empty((columns.table.n_samples, len(learned)), np.int32)

    def work(j: int, column: Column) -> None:
        codes[:, j] = learned[j].encode(column)

    columns.for_each(work, n_threads)
    return codes


def cross_encode_columns(
    data: TrainingData,
    folds: _Folds,
    rule: BinningRule,
    encoding: EncodingRule,
    out: NDArray[Any],
    n_threads: int,
) -> None:
    """Encode each fold by bins and tables that are learned on the other folds."""
    parts = [_Part.of(data, train, test) for train, test in folds]

    def work(j: int, column: Column) -> None:
        n_outputs = out.shape[1] // len(data.columns.names)
        mine = out[:, j * n_outputs : (j + 1) * n_outputs]
        for part in parts:
            learned = learn_column(column.take(part.train), part.target, part.weights, rule)
            codes = learned.encode(column.take(part.test))
            mine[part.test] = encoding.table(learned)[codes]

    data.columns.for_each(work, n_threads)


@dataclass(frozen=True)
class _Part:
    """A fold, and what its bins are learned from."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]
    target: BinningTarget
    weights: Weights

    @classmethod
    def of(cls, data: TrainingData, train: NDArray[Any], test: NDArray[Any]) -> _Part:
        """Leave rows of weight zero out of the training part."""
        if data.rows is not None:
            train = train[np.isin(train, data.rows)]
            if len(train) == 0:
                raise ValueError(
                    "All samples of positive weight are in one fold of cv, so that there are none "
                    "to encode that fold by. Pass other folds, or use fit and transform."
                )
            place = np.searchsorted(data.rows, train)
        else:
            place = train
        weights = None if data.weights is None else data.weights[place]
        return cls(train, test, data.target.take(place, weights), weights)


def split_folds(
    cv: Any, y: NDArray[Any], is_continuous: bool, random_state: Any, n_samples: int
) -> _Folds:
    """Split the rows by ``cv``; each row must be in exactly one test fold."""
    from sklearn.model_selection import KFold, StratifiedKFold, check_cv

    if isinstance(cv, int | np.integer):
        splitter = KFold if is_continuous else StratifiedKFold
        cv = splitter(int(cv), shuffle=True, random_state=random_state)
    splits: Iterable[Any] = check_cv(cv, y, classifier=not is_continuous).split(
        np.zeros((n_samples, 1)), y
    )
    folds = [(_positions(train), _positions(test)) for train, test in splits]
    tested = np.bincount(np.concatenate([test for _, test in folds]), minlength=n_samples)
    if len(tested) != n_samples or (tested != 1).any():
        name = type(cv).__name__
        raise ValueError(
            f"cv, of type {name}, does not put each sample in exactly one test fold, which "
            "cross-fitting needs. Pass a number of folds, or a splitter such as KFold or "
            "StratifiedKFold."
        )
    return folds


def _positions(rows: Any) -> NDArray[np.intp]:
    """Turn a mask of rows into their positions."""
    rows = np.asarray(rows)
    return np.flatnonzero(rows) if rows.dtype == bool else rows


def _starts(tables: list[NDArray[Any]]) -> NDArray[np.intp]:
    return np.concatenate([[0], np.cumsum([table.shape[1] for table in tables])]).astype(np.intp)
