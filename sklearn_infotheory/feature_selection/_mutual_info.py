"""Univariate mutual information with p-values, as a score function."""

from __future__ import annotations

from numbers import Integral
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils._param_validation import Interval, StrOptions, validate_params
from sklearn.utils.validation import check_array

from sklearn_infotheory._columns._frames import is_data_frame, resolve_categorical
from sklearn_infotheory._columns._validation import check_target, check_weights
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit
from sklearn_infotheory.feature_selection._binned import relate_binned


@validate_params(
    {
        "X": ["array-like", "sparse matrix"],
        "y": ["array-like", "sparse matrix"],
        "sample_weight": ["array-like", None],
        "categorical_features": [StrOptions({"from_dtype"}), "array-like", None],
        "n_bins": [StrOptions({"auto"}), Interval(Integral, 2, 254, closed="both")],
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
    sample_weight: ArrayLike | None = None,
    categorical_features: Any = "from_dtype",
    n_bins: int | Literal["auto"] = "auto",
    target: Literal["auto", "discrete", "continuous"] = "auto",
    base: float | None = None,
    n_jobs: int | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Measure what each feature tells about the target, and how likely chance tells as much.

    Made for ``SelectKBest``, ``SelectPercentile``, ``SelectFpr``, ``SelectFdr`` and ``SelectFwe``,
    which hand only X and y on: set the other parameters with :func:`functools.partial`.

    Parameters
    ----------
    X : array-like, sparse matrix or data frame of shape (n_samples, n_features)
        Columns of any kind; missing values are a value of their own. Numeric columns are cut into
        bins of equal count.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Labels or numbers.
    sample_weight : array-like of shape (n_samples,), default=None
        A weight of k counts as k repetitions of the sample.
    categorical_features : "from_dtype", array-like or None, default="from_dtype"
        As in :class:`MutualInfoSelector`.
    n_bins : int or "auto", default="auto"
        As in :class:`MutualInfoSelector`.
    target : {"auto", "discrete", "continuous"}, default="auto"
        As in :class:`MutualInfoSelector`.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.
    n_jobs : int, default=None
        Number of threads.

    Returns
    -------
    scores : ndarray of shape (n_features,)
        Plug-in estimate of I(X; Y), between 0 and the entropy of y, in nats or to ``base``.
    p_values : ndarray of shape (n_features,)
        Probability of so much information in a table of the same margins if feature and target are
        independent; not corrected for the number of features.

    Raises
    ------
    ValueError
        If X or y cannot be read, or the weights are negative, all zero, or of another length.

    See Also
    --------
    MutualInfoSelector : Also looks at redundancy and complementarity.

    Notes
    -----
    .. math:: I(X; Y) = \sum_{x, y} p(x, y) \log \frac{p(x, y)}{p(x) p(y)}

    with the shares of the samples for p. The p-values are exact in tables of two by two cells, and
    otherwise those of a G-test whose null moments are computed for the margins at hand.

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
    names = None
    if is_data_frame(X):
        names = np.asarray(X.columns if not hasattr(X, "column_names") else X.column_names, object)
    else:
        X = check_array(X, accept_sparse=("csr", "csc"), dtype=None, ensure_all_finite="allow-nan")
    relations = relate_binned(
        X,
        check_target(y, "mutual_info"),
        check_weights(sample_weight, X),
        categorical=resolve_categorical(categorical_features, X.shape[1], names),
        n_bins=n_bins,
        target=target,
        n_jobs=n_jobs,
    )
    return relations.relevance / nats_per_unit(base), relations.p_values
