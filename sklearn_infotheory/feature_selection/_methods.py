"""The methods by which information is estimated: one door for all of them.

A method that is not the default is loaded when it is asked for.
"""

from __future__ import annotations

import warnings
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sklearn_infotheory._columns._target import TargetKind
from sklearn_infotheory._types import Weights
from sklearn_infotheory.feature_selection._binned import relate_binned
from sklearn_infotheory.feature_selection._relations import Relations

_FEWEST_SAMPLES = 3  # that can tell a line from noise
METHODS = ("binned", "gaussian", "knn")
Method = Literal["binned", "gaussian", "knn"]


def check_method(method: Method, X: Any, criterion: Any = "mim") -> None:
    """Raise if the method cannot take X or the criterion."""
    if method == "knn" and criterion in ("cmi", "jmi3"):
        raise ValueError(
            f"criterion={criterion!r} compares more than two features at once, where neighbours "
            "are too far away. Use another criterion with method='knn', for instance 'jmi', or "
            "method='gaussian' or 'binned'."
        )
    if method != "binned" and sp.issparse(X):
        raise TypeError(
            f"method={method!r} needs dense data, but X is a sparse matrix. Use method='binned', "
            "which counts sparse matrices as they are, or pass X.toarray()."
        )


def relate(
    X: Any,
    y: NDArray[Any],
    weights: Weights,
    *,
    method: Method,
    categorical: NDArray[np.bool_] | None,
    names: Any,
    n_bins: int | Literal["auto"],
    n_neighbors: int,
    target: TargetKind,
    n_jobs: int | None,
) -> Relations:
    """Relate the columns of X, which are validated, and the target."""
    if weights is not None and weights.sum() < _FEWEST_SAMPLES <= np.count_nonzero(weights):
        warnings.warn(
            f"sample_weight adds up to {weights.sum():.3g}. A weight of k counts as k repetitions, "
            "so this is as good as no samples, and nothing can be significant. Rescale the weights,"
            " for instance to a sum of the number of samples.",
            UserWarning,
            stacklevel=2,
        )
    if method == "gaussian":
        from sklearn_infotheory.feature_selection._gaussian import relate_gaussian

        return relate_gaussian(
            X, y, weights, categorical=categorical, names=names, target=target, n_jobs=n_jobs
        )
    binned = relate_binned(
        X, y, weights, categorical=categorical, n_bins=n_bins, target=target, n_jobs=n_jobs
    )
    if method == "binned":
        return binned
    from sklearn_infotheory.feature_selection._nearest import relate_nearest

    return relate_nearest(X, y, weights, binned, categorical=categorical, n_neighbors=n_neighbors)
