"""Work over all columns: learn their bins, code them, cross-fit their encodings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_consistent_length

from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._columns._frames import (
    open_table,
    resolve_categorical,
    rows_of_positive_weight,
)
from sklearn_infotheory._columns._validation import check_weights
from sklearn_infotheory._columns._values import Columns
from sklearn_infotheory._types import Codes, RandomState, Weights
from sklearn_infotheory.preprocessing._binning_target import (
    BinningTarget,
    check_single_target,
    no_target,
    read_target,
)
from sklearn_infotheory.preprocessing._column_binning import ColumnBinning, missing_error
from sklearn_infotheory.preprocessing._encoding import (
    CROSS_FITTED,
    WHOLE_NUMBERS,
    EncodingRule,
    write_encoded,
)
from sklearn_infotheory.preprocessing._learned_column import learn_column
from sklearn_infotheory.preprocessing._mdl import CRITERIA, SUPERVISED
from sklearn_infotheory.preprocessing._rule import BinningRule

if TYPE_CHECKING:
    from sklearn_infotheory.preprocessing._entropy_discretizer import EntropyDiscretizer

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


def learn_columns(
    data: TrainingData, rules: Sequence[BinningRule], n_threads: int
) -> list[ColumnBinning]:
    """Learn the bins of all columns."""
    learned: list[Any] = [None] * data.columns.table.n_features

    def work(j: int, column: Column) -> None:
        column.check_finite("fit takes the means of bins; transform takes infinite values")
        _check_missing(column, rules[j])
        kept = column if data.rows is None else column.take(data.rows)
        learned[j] = learn_column(kept, data.target, data.weights, rules[j])

    data.columns.for_each(work, n_threads)
    return learned


def _check_missing(column: Column, rule: BinningRule) -> None:
    if column.missing is not None and rule.missing == "error":
        raise missing_error(column.name)


def encode_columns(
    columns: Columns,
    learned: Sequence[ColumnBinning],
    encoding: EncodingRule,
    out: NDArray[Any],
    n_threads: int,
) -> None:
    """Write all columns to ``out``, encoded."""
    tables = [encoding.table(column) for column in learned]
    starts = _starts(tables)

    def work(j: int, column: Column) -> None:
        codes = encoding.codes(learned[j], column)
        write_encoded(codes, tables[j], out[:, starts[j] : starts[j + 1]])

    columns.for_each(work, n_threads)


def code_columns(
    columns: Columns, learned: Sequence[ColumnBinning], n_threads: int
) -> NDArray[np.int32]:
    """Return the bins of all columns, as whole numbers."""
    codes = np.empty((columns.table.n_samples, len(learned)), np.int32)

    def work(j: int, column: Column) -> None:
        codes[:, j] = learned[j].encode(column)

    columns.for_each(work, n_threads)
    return codes


def cross_encode_columns(
    data: TrainingData,
    folds: _Folds,
    rules: Sequence[BinningRule],
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
            learned = learn_column(column.take(part.train), part.target, part.weights, rules[j])
            codes = encoding.codes(learned, column.take(part.test))
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
    cv: Any, y: NDArray[Any], is_continuous: bool, random_state: RandomState, n_samples: int
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


# --- From what fit and transform are given to columns, a target and weights --------------------


DTYPES = ("float64", "float32", "int64", "int32")  # of what transform returns


def open_columns(
    estimator: EntropyDiscretizer, X: Any, categorical: NDArray[np.bool_] | None
) -> Columns:
    """Give access to the columns of a validated X; ``categorical`` None lets dtypes decide."""
    names = getattr(estimator, "feature_names_in_", range(estimator.n_features_in_))
    return Columns(open_table(X, categorical), [f"column {name!r}" for name in names])


def read_training_data(
    estimator: EntropyDiscretizer, X: Any, y: Any, sample_weight: ArrayLike | None
) -> TrainingData:
    """Read columns, target and weights; leave rows of weight zero out."""
    names = getattr(estimator, "feature_names_in_", None)
    categorical = resolve_categorical(
        estimator.categorical_features, estimator.n_features_in_, names
    )
    columns = open_columns(estimator, X, categorical)
    weights = check_weights(sample_weight, X)
    rows = rows_of_positive_weight(weights)
    if rows is not None and weights is not None:
        weights = weights[rows]
    if y is None:
        target = no_target(columns.table.n_samples if rows is None else len(rows))
    else:
        labels = check_single_target(y, type(estimator).__name__)
        check_consistent_length(X, labels)
        target = read_target(labels if rows is None else labels[rows], estimator.target, weights)
    data = TrainingData(columns, rows, target, weights)
    _check_data(estimator, data)
    return data


def check_parameters(estimator: EntropyDiscretizer, y: Any) -> None:
    """Raise for parameters that do not go together, or with the absence of y."""
    _check_y_is_there(estimator, y)
    check_dtype(estimator)


def check_dtype(estimator: EntropyDiscretizer) -> None:
    """Raise for whole numbers as the type of an encoding that gives others."""
    encode, missing = estimator.encode, estimator.missing_values
    is_whole = encode in WHOLE_NUMBERS and not (encode == "ordinal" and missing == "ignore")
    if estimator.dtype in (np.int64, np.int32) and not is_whole:
        raise ValueError(
            f"dtype={estimator.dtype.__name__} cannot hold encode={encode!r} with "
            f"missing_values={missing!r}, which gives fractions or NaN or labels. "
            "Use dtype=None."
        )


def _check_y_is_there(estimator: EntropyDiscretizer, y: Any) -> None:
    if y is not None:
        return
    if estimator.criterion in SUPERVISED:
        free = " or ".join(repr(name) for name in CRITERIA if name not in SUPERVISED)
        why, mend = f"criterion={estimator.criterion!r}", f"criterion={free}"
    elif estimator.encode in CROSS_FITTED:
        why, mend = f"encode={estimator.encode!r}", "another encoding"
    else:
        return
    raise ValueError(
        f"{type(estimator).__name__} requires y to be passed, but the target y is None. "
        f"{why} looks at the target; without one, use {mend}."
    )


def _check_data(estimator: EntropyDiscretizer, data: TrainingData) -> None:
    """Raise for parameters that do not go with the data."""
    if data.target.kind == "continuous" and estimator.encode == "woe":
        raise ValueError(
            "encode='woe' needs classes, but y is continuous. Use encode='target_mean', or "
            "target='discrete' if the numbers in y are classes."
        )
    least, weights = estimator.min_samples_bin, data.weights
    n_samples = len(data.target.counted.codes) if weights is None else weights.sum()
    if least > 1 and n_samples < least:
        raise ValueError(
            f"min_samples_bin={least} is larger than the {n_samples:g} samples (sum of weights) "
            f"in X. Pass at most {n_samples:g}, or more samples."
        )
