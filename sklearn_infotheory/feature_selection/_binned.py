"""From X and y to relations: validate, learn codebooks, code, and hand on what is counted."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_consistent_length

from sklearn_infotheory._columns import ColumnCoder, encode_target
from sklearn_infotheory._columns._frames import take_rows
from sklearn_infotheory._columns._learning import Weights
from sklearn_infotheory._columns._target import TargetKind
from sklearn_infotheory._tables import NO_WEIGHTS
from sklearn_infotheory._threads import count_threads
from sklearn_infotheory.feature_selection._relations import BinnedRelations

_SAMPLES_A_CELL = 5
_FEWEST_BINS, _MOST_BINS = 2, 10


def choose_n_bins(n_samples: float, n_classes: int | None) -> int:
    """As many bins b as leave five samples for each cell of a (feature, feature, target) table.

    That is b * b * n_classes cells, or b * b * b where the target is cut into bins as well, and
    never fewer than 2 or more than 10.
    """
    cells = n_samples / _SAMPLES_A_CELL
    bins = cells ** (1 / 3) if n_classes is None else (cells / n_classes) ** 0.5
    return int(np.clip(bins + 1e-9, _FEWEST_BINS, _MOST_BINS))


def relate_binned(
    X: Any,
    y: NDArray[Any],
    weights: Weights,
    *,
    categorical: NDArray[np.bool_] | None,
    n_bins: int | Literal["auto"],
    target: TargetKind,
    n_jobs: int | None,
) -> BinnedRelations:
    """Code X and y, and relate them by counts."""
    check_consistent_length(X, y)
    n_threads = count_threads(n_jobs)
    if weights is not None and not weights.all():  # a weight of zero is absence
        kept = np.flatnonzero(weights)
        X, y, weights = take_rows(X, kept), y[kept], weights[kept]
    n_samples = float(len(y) if weights is None else weights.sum())
    target_bins = choose_n_bins(n_samples, None) if n_bins == "auto" else n_bins
    encoded = encode_target(y, target, target_bins, weights)
    if n_bins == "auto":
        n_bins = choose_n_bins(n_samples, None if encoded.is_binned else encoded.n_classes)
    coder = ColumnCoder(n_bins, categorical=categorical, n_threads=n_threads)
    codes = coder.fit_encode(X, weights)
    return BinnedRelations(codes, encoded, NO_WEIGHTS if weights is None else weights, n_threads)
