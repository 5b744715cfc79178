"""Learn the cells of a reference, and count batches in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import _check_feature_names_in, check_consistent_length

from sklearn_infotheory._columns import Codebook, Intervals
from sklearn_infotheory._columns._coder import columns_in_blocks
from sklearn_infotheory._columns._column import Column
from sklearn_infotheory._columns._frames import (
    of_positive_weight,
    open_table,
    resolve_categorical,
)
from sklearn_infotheory._columns._kinds import column_kinds
from sklearn_infotheory._columns._learning import (
    coarsen,
    learn_bins,
    learn_categories,
    with_outer_cells,
)
from sklearn_infotheory._columns._validation import check_weights
from sklearn_infotheory._threads import count_threads, map_chunks
from sklearn_infotheory._types import Weights
from sklearn_infotheory.drift._coding import Coding
from sklearn_infotheory.drift._counting import Counts, count_batch
from sklearn_infotheory.drift._label import Label, LabelCells, learn_label, read_label


@dataclass(frozen=True)
class Batch:
    """Validated X, y and weights."""

    X: Any
    label: Label | None
    weights: Weights


def read_batch(estimator: Any, X: Any, y: Any, sample_weight: Any) -> Batch:
    """Read y and the weights that belong to a validated X."""
    label = None if y is None else read_label(y, type(estimator).__name__)
    if label is not None:
        check_consistent_length(X, label.outputs[0].values)
    return Batch(X, label, _repetitions(check_weights(sample_weight, X)))


def _repetitions(weights: Weights) -> Weights:
    """Keep whole weights; scale others so that they sum to their effective number of samples."""
    if weights is None or not (weights % 1).any():
        return weights
    scaled: NDArray[np.float64] = weights * (weights.sum() / (weights @ weights))
    return scaled


def feature_names(estimator: Any) -> list[str]:
    """Name the columns, by x0, x1, ... if they have no names."""
    names: list[str] = _check_feature_names_in(estimator).tolist()
    return names


def learn(estimator: Any, batch: Batch) -> tuple[Coding, Counts]:
    """Learn the cells of each column and of y, and count the samples in them."""
    codebooks, counts = _learn_columns(estimator, batch)
    label: LabelCells | None = None
    coarse: tuple[tuple[int, ...], ...] = ()
    if batch.label is not None:
        label = learn_label(batch.label, estimator.target, batch.weights)
    if estimator.joint == "pairs" and len(codebooks) > 1:
        coarse = tuple(coarsen(book, c) for book, c in zip(codebooks, counts, strict=True))
    coding = Coding(tuple(codebooks), column_kinds(batch.X), coarse, label)
    if label is None and not coarse:
        return coding, Counts(float(counts[0].sum()), counts, [], None, [])
    return coding, _count(estimator, coding, batch, with_pairs=True)


def _learn_columns(
    estimator: Any, batch: Batch
) -> tuple[list[Codebook], list[NDArray[np.float64]]]:
    """Learn and count column by column, so that only a few are ever held in memory."""
    names = getattr(estimator, "feature_names_in_", None)
    n_features = estimator.n_features_in_
    categorical = resolve_categorical(estimator.categorical_features, n_features, names)
    table, weights = open_table(batch.X, categorical), batch.weights
    codebooks: list[Codebook] = [Intervals(())] * n_features
    counts = [np.empty(0)] * n_features

    def work(features: NDArray[np.intp]) -> None:
        for j, column in columns_in_blocks(table, features):
            codebooks[j] = book = _learn_column(column, estimator.n_bins, weights)
            counts[j] = np.bincount(book.encode(column), weights, book.n_cells).astype(np.float64)

    map_chunks(work, np.arange(n_features), count_threads(estimator.n_jobs))
    return codebooks, counts


def _learn_column(column: Column, n_bins: int, weights: Weights) -> Codebook:
    if column.is_category:
        return learn_categories(column, weights)
    weights, values = of_positive_weight(weights, column.values)
    present = np.isfinite(values)  # infinite values fall in the outer cells
    if not present.all():
        values, weights = values[present], None if weights is None else weights[present]
    return with_outer_cells(learn_bins(values, weights, n_bins), values, weights)


def count(estimator: Any, batch: Batch, *, with_pairs: bool) -> Counts:
    """Count a batch in the cells of a fitted detector."""
    return _count(estimator, estimator._coding, batch, with_pairs=with_pairs)


def _count(estimator: Any, coding: Coding, batch: Batch, *, with_pairs: bool) -> Counts:
    label = None
    if batch.label is not None and coding.label is not None:
        label = coding.label.encode(batch.label)
    n_threads, names = count_threads(estimator.n_jobs), feature_names(estimator)
    return count_batch(
        coding, batch.X, label, batch.weights, names, n_threads, with_pairs=with_pairs
    )
