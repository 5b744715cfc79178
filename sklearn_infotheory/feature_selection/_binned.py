"""From X and y to relations: validate, learn codebooks, code, and hand on what is counted."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import _check_sample_weight, check_array, check_consistent_length

from sklearn_infotheory._columns import ColumnCoder, encode_target
from sklearn_infotheory._columns._frames import take_rows
from sklearn_infotheory._columns._target import TargetKind
from sklearn_infotheory._tables import NO_WEIGHTS
from sklearn_infotheory._threads import count_threads
from sklearn_infotheory.feature_selection._relations import BinnedRelations

_SAMPLES_A_CELL = 5
_FEWEST_BINS, _MOST_BINS = 2, 10


def check_target(y: Any, estimator_name: str) -> NDArray[Any]:
    """Validate y: one or more outputs, labels or numbers, nothing missing."""
    if y is None:
        raise ValueError(
            f"{estimator_name} requires y to be passed, but the target y is None. "
            "Pass the labels or numbers that the features are to inform about."
        )
    y = check_array(y, accept_sparse="csr", ensure_2d=False, dtype=None, input_name="y")
    return y.toarray() if hasattr(y, "toarray") else y


def check_weights(sample_weight: Any, X: Any) -> NDArray[np.float64]:
    """Validate weights; return an empty array where each is one."""
    if sample_weight is None:
        return NO_WEIGHTS
    sample_weight = np.asarray(sample_weight)
    if sample_weight.ndim == 1 and not sample_weight.any():
        raise ValueError(
            "All weights in sample_weight are zero, so that no sample is left. "
            "Give at least one sample a positive weight."
        )
    weights = _check_sample_weight(sample_weight, X, dtype=np.float64)
    if (weights < 0).any():
        raise ValueError(
            "Negative values in data passed to `sample_weight`: a weight says how often a sample "
            f"counts, so it must be at least 0; the smallest is {weights.min()!r}."
        )
    return NO_WEIGHTS if (weights == 1).all() else weights


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
    weights: NDArray[np.float64],
    *,
    categorical: NDArray[np.bool_] | None,
    n_bins: int | Literal["auto"],
    target: TargetKind,
    n_jobs: int | None,
) -> BinnedRelations:
    """Code X and y, and relate them by counts."""
    check_consistent_length(X, y)
    n_threads = count_threads(n_jobs)
    if weights.size and not weights.all():  # a weight of zero is absence
        kept = np.flatnonzero(weights)
        X, y, weights = take_rows(X, kept), y[kept], weights[kept]
    maybe_weights = weights if weights.size else None
    n_samples = float(weights.sum()) if weights.size else float(len(y))
    target_bins = choose_n_bins(n_samples, None) if n_bins == "auto" else n_bins
    encoded = encode_target(y, target, target_bins, maybe_weights)
    if n_bins == "auto":
        n_bins = choose_n_bins(n_samples, None if encoded.is_binned else encoded.n_classes)
    coder = ColumnCoder(n_bins, categorical=categorical, n_threads=n_threads)
    codes = coder.fit_encode(X, maybe_weights)
    return BinnedRelations(codes, encoded, weights, n_threads)
