"""From what ``fit`` and ``detect`` are given to columns in the order of the reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_consistent_length

from sklearn_infotheory._columns._frames import is_data_frame
from sklearn_infotheory._columns._target_cells import Target, read_target
from sklearn_infotheory._columns._validation import check_features, check_weights
from sklearn_infotheory._types import Floats, Weights

_MOST_NAMES = 10  # that an error lists
_MISSING = "The batch does not have this column."
_NEW = "The reference does not have this column."


WeightKind = Literal["sampling", "repetitions"]


@dataclass(frozen=True)
class Batch:
    """Validated X, y and weights.

    Attributes
    ----------
    X : array or data frame
    target : Target or None
    weights : ndarray or None
    is_sampled : bool
        Whether weights say what a row stands for, and not how often it occurred.
    """

    X: Any
    target: Target | None
    weights: Weights
    is_sampled: bool

    @property
    def weights_of_one(self) -> Weights:
        """Weights of which one is that of a row."""
        if self.weights is None or not self.is_sampled:
            return self.weights
        scaled: Floats = self.weights * (np.count_nonzero(self.weights) / self.weights.sum())
        return scaled


def read_batch(
    X: Any, y: Any, sample_weight: ArrayLike | None, weight_kind: WeightKind, estimator_name: str
) -> Batch:
    """Read y and the weights that belong to a validated X."""
    target = None if y is None else read_target(y, estimator_name)
    if target is not None:
        check_consistent_length(X, target.outputs[0].values)
    weights = check_weights(sample_weight, X)
    if weight_kind == "repetitions":
        weights = _repetitions(weights)
    is_sampled = weights is not None and weight_kind == "sampling"
    return Batch(X, target, weights, is_sampled)


def _repetitions(weights: Weights) -> Weights:
    """Keep whole weights; scale others so that they sum to their effective number of samples."""
    if weights is None or not (weights % 1).any():
        return weights
    scaled: Floats = weights * (weights.sum() / (weights @ weights))
    return scaled


def check_batch(estimator: BaseEstimator, X: Any) -> Any:
    """Validate X, and bring the columns of a frame into the order of the reference."""
    if is_data_frame(X) and getattr(estimator, "feature_names_in_", None) is not None:
        X = _align(X, estimator.feature_names_in_.tolist())
    return check_features(estimator, X, reset=False)


def align_with_gaps(X: Any, names: list[str]) -> tuple[Any, dict[int, str], dict[str, str]]:
    """Select the named columns of a frame; those that it lacks are empty.

    Returns
    -------
    X : data frame
    missing : dict from int to str
        Positions of the columns that X lacks, and what is wrong.
    new : dict from str to str
        Names of the columns that the reference does not have, and what is wrong.
    """
    frame = nw.from_native(X, eager_only=True)
    have = set(frame.columns)
    missing = {j: _MISSING for j, name in enumerate(names) if name not in have}
    new = {str(name): _NEW for name in frame.columns if name not in set(names)}
    empty = [nw.lit(None).cast(nw.Float64()).alias(names[j]) for j in missing]
    return frame.with_columns(*empty).select(names).to_native(), missing, new


def _align(X: Any, names: list[str]) -> Any:
    """Select the named columns; raise where there are others."""
    have = list(X.column_names if hasattr(X, "column_names") else X.columns)
    if have == names or len(set(have)) < len(have):  # twice the same name: an error, later
        return X
    missing = [name for name in names if name not in set(have)]
    added = [name for name in have if name not in set(names)]
    if missing or added:
        parts = [f"lacks {_listed(missing)}"] * bool(missing)
        parts += [f"has {_listed(added)}, which the reference does not have"] * bool(added)
        raise ValueError(
            f"The columns of X are not those of the reference: X {' and '.join(parts)}. "
            "Pass the same columns, in any order."
        )
    return nw.from_native(X, eager_only=True).select(names).to_native()


def _listed(names: list[Any]) -> str:
    more = len(names) - _MOST_NAMES
    listed = ", ".join(repr(name) for name in names[:_MOST_NAMES])
    return f"{listed} and {more} more" if more > 0 else listed
