"""Univariate mutual information with p-values, as a score function."""

from __future__ import annotations

from numbers import Integral
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils._param_validation import Interval, StrOptions, validate_params
from sklearn.utils.validation import check_array

from sklearn_infotheory._columns._frames import is_data_frame, resolve_categorical
from sklearn_infotheory._columns._in_memory import check_in_memory
from sklearn_infotheory._columns._validation import (
    check_frame,
    check_target,
    check_weights,
)
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit
from sklearn_infotheory.feature_selection._methods import METHODS, check_method, relate


@validate_params(
    {
        "X": "no_validation",
        "y": "no_validation",
        "method": [StrOptions(set(METHODS))],
        "sample_weight": ["array-like", None],
        "categorical_features": [StrOptions({"from_dtype"}), "array-like", None],
        "n_bins": [StrOptions({"auto"}), Interval(Integral, 2, 254, closed="both")],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "target": [StrOptions({"auto", "discrete", "continuous"})],
        "base": BASE_CONSTRAINT,
        "n_jobs": [Integral, None],
    },
    prefer_skip_nested_validation=True,
)
def mutual_info(
    X: Any,
    y: ArrayLike,
    *,
    method: Literal["binned", "gaussian", "knn"] = "binned",
    sample_weight: ArrayLike | None = None,
    categorical_features: Any = "from_dtype",
    n_bins: int | Literal["auto"] = "auto",
    n_neighbors: int = 3,
    target: Literal["auto", "discrete", "continuous"] = "auto",
    base: float | None = None,
    n_jobs: int | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Compute the mutual information of each feature with the target, and its p-value.

    Made for ``SelectKBest``, ``SelectPercentile``, ``SelectFpr``, ``SelectFdr`` and ``SelectFwe``,
    which hand only X and y on: set the other parameters with :func:`functools.partial`.

    Parameters
    ----------
    X : array-like, sparse matrix or data frame of shape (n_samples, n_features)
        Columns of any kind, as far as ``method`` takes them; missing values are a value of their
        own. Sparse ones for "binned".
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Labels or numbers. Several outputs are one joint target, as in :class:`MutualInfoSelector`.
    method : {"binned", "gaussian", "knn"}, default="binned"
        As in :class:`MutualInfoSelector`: by counts in bins, by the correlation of normal scores
        (numbers without missing values; of classes, the difference of Gaussian entropies), or by
        nearest neighbours.
    sample_weight : array-like of shape (n_samples,), default=None
        A weight of k counts as k repetitions of the sample. For "knn" 0 or 1: whole numbers above 1
        are taken, with a warning.
    categorical_features : "from_dtype", array-like or None, default="from_dtype"
        As in :class:`MutualInfoSelector`.
    n_bins : int or "auto", default="auto"
        As in :class:`MutualInfoSelector`.
    n_neighbors : int, default=3
        For ``method="knn"``.
    target : {"auto", "discrete", "continuous"}, default="auto"
        As in :class:`MutualInfoSelector`.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.
    n_jobs : int, default=None
        Number of threads.

    Returns
    -------
    scores : ndarray of shape (n_features,)
        Estimate of I(X; Y), in nats or to ``base``: the plug-in estimate, between 0 and the entropy
        of y, with "binned"; free of first-order bias, and so below zero at times, with the others.
    p_values : ndarray of shape (n_features,)
        Probability of an estimate at least this large in a table of the same margins if both are
        independent; not corrected for the number of features.

    Raises
    ------
    ValueError
        If X or y cannot be read, or not by this method, or the weights are negative, all zero, or
        of another length.

    See Also
    --------
    MutualInfoSelector : Also looks at redundancy and complementarity.

    Notes
    -----
    .. math:: I(X; Y) = \sum_{x, y} p(x, y) \log \frac{p(x, y)}{p(x) p(y)}

    with the shares of the samples for p. The p-values are exact in tables of two by two cells, and
    otherwise those of a G-test whose null moments are computed for the margins at hand. So they are
    with "knn", whose scores come from neighbours and whose p-values come from bins. With "gaussian"
    they are those of the t-test of a correlation, or of the F-test of the means of the classes, of
    normal scores (van der Waerden's test).

    References
    ----------
    Cover, T. M. and Thomas, J. A. (2006). Elements of Information Theory, 2nd edition, chapter 2.
    :doi:`10.1002/047174882X`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.feature_selection import SelectFwe
    >>> from sklearn_infotheory.feature_selection import mutual_info
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> noise = np.random.default_rng(0).normal(size=X.shape)
    >>> selector = SelectFwe(mutual_info, alpha=0.01).fit(np.hstack([X, noise]), y)
    >>> int(selector.get_support()[:30].sum()), int(selector.get_support()[30:].sum())
    (26, 0)
    """
    check_method(method, X)
    check_in_memory(X)
    names = None
    if is_data_frame(X):
        check_frame(X, "X")
        names = np.asarray(X.columns if not hasattr(X, "column_names") else X.column_names, object)
    else:
        X = check_array(X, accept_sparse=("csr", "csc"), dtype=None, ensure_all_finite=False)
    relations = relate(
        X,
        check_target(y, "mutual_info"),
        check_weights(sample_weight, X),
        method=method,
        categorical=resolve_categorical(categorical_features, X.shape[1], names),
        names=names,
        n_bins=n_bins,
        n_neighbors=n_neighbors,
        target=target,
        n_jobs=n_jobs,
    )
    return relations.relevance / nats_per_unit(base), relations.p_values
