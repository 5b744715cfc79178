"""The information bottleneck of jointly normal columns: a linear map, in closed form."""

from __future__ import annotations

import warnings
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin, _fit_context
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_infotheory._base import InformationEstimator
from sklearn_infotheory._columns._validation import check_weights
from sklearn_infotheory._types import Floats, Weights
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit

_RANK = 1e-10  # of the largest singular value: a smaller one is rounding
_LEAST_NOISE = 1e-12  # share of variance that y leaves; below it, y determines the direction


class GaussianInformationBottleneck(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, InformationEstimator
):
    """Map X linearly to what is informative about y, at a price for every nat that is kept.

    The compression is T = A (X - mean) + noise, with noise of unit covariance. A minimises
    I(X;T) - beta I(T;Y), where X and Y are jointly normal [1]_. A component enters at its critical
    beta, and becomes longer, so less noisy, as beta grows.

    Parameters
    ----------
    beta : float, default=10.0
        The price: how many nats of compression a nat of relevance is worth. With 1 or less nothing
        is kept. inf keeps all directions that are informative, each of unit variance and without
        noise: the canonical variates of X.
    n_components : int, default=None
        The most components; None keeps all that ``beta`` pays for, and at least one.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.

    Attributes
    ----------
    components_ : ndarray of shape (n_components, `n_features_in_`)
        A. A component that ``beta`` does not pay for is zero.
    mean_ : ndarray of shape (`n_features_in_`,)
        Mean of X.
    canonical_correlations_ : ndarray of shape (n_directions,)
        Correlation with y of each direction that enters, in falling order.
    critical_betas_ : ndarray of shape (n_directions,)
        The price at which each direction enters: 1 over its squared correlation.
    compression_ : float
        I(X;T); infinite for infinite ``beta``.
    relevance_ : float
        I(T;Y).
    information_ : float
        I(X;Y), the limit of relevance for large ``beta``.
    n_features_in_ : int
        Number of columns seen in ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if X has names that are all strings.

    See Also
    --------
    InformationBottleneck : Clusters, for counts and categories.

    Notes
    -----
    With canonical correlations r and lambda = 1 - r^2, the squared length of a component, for a
    variate of unit variance, is (beta (1 - lambda) - 1) / lambda, and

    - I(X;T) = 1/2 sum log((beta - 1) (1 - lambda) / lambda),
    - I(T;Y) = I(X;T) - 1/2 sum log(beta (1 - lambda)),

    over the components that beta pays for. Correlations are those of the sample, not corrected for
    the number of columns: with few rows per column they are too large.

    References
    ----------
    .. [1] Chechik, G., Globerson, A., Tishby, N. and Weiss, Y. (2005). Information bottleneck for
       Gaussian variables. Journal of Machine Learning Research 6, 165-188.

    Examples
    --------
    >>> from sklearn.datasets import load_linnerud
    >>> from sklearn_infotheory.cluster import GaussianInformationBottleneck
    >>> X, y = load_linnerud(return_X_y=True)
    >>> bottleneck = GaussianInformationBottleneck(beta=5, base=2).fit(X, y)
    >>> bottleneck.critical_betas_.round(2).tolist()
    [1.58, 24.86, 189.88]
    >>> print(f"{bottleneck.relevance_:.2f} of {bottleneck.information_:.2f} bits")
    0.56 of 0.76 bits
    >>> bottleneck.transform(X).shape
    (20, 1)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "beta": [Interval(Real, 0, None, closed="right")],
        "n_components": [Interval(Integral, 1, None, closed="left"), None],
        "base": BASE_CONSTRAINT,
    }

    def __init__(
        self, beta: float = 10.0, *, n_components: int | None = None, base: float | None = None
    ) -> None:
        self.beta = beta
        self.n_components = n_components
        self.base = base

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> GaussianInformationBottleneck:
        """Find the map.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Numbers, none missing.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Numbers, of one or several outputs.
        sample_weight : array-like of shape (n_samples,), default=None
            A weight of k counts as k repetitions of the row.

        Returns
        -------
        GaussianInformationBottleneck
            The fitted transformer.

        Raises
        ------
        ValueError
            If there are fewer than two rows of positive weight.
        """
        X, y = validate_data(
            self, X, y, dtype=np.float64, multi_output=True, y_numeric=True, ensure_min_samples=2
        )
        weights = check_weights(sample_weight, X)
        self.mean_ = np.average(X, axis=0, weights=weights)
        outputs = np.asarray(y, np.float64).reshape(len(X), -1)
        directions, correlations = canonical_directions(X, outputs, weights)
        self._keep(directions, correlations)
        return self

    def transform(self, X: Any) -> Floats:
        """Compute the mean of T given X: A (X - mean), without the noise.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows as in ``fit``.

        Returns
        -------
        ndarray of shape (n_samples, n_components)
            The components; their noise has variance 1, and 0 for infinite ``beta``.
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)
        return (X - self.mean_) @ self.components_.T

    def _keep(self, directions: Floats, correlations: Floats) -> None:
        """Write the fitted attributes, in the unit of ``base``."""
        shares = correlations**2
        if (shares > 1 - _LEAST_NOISE).any():
            warnings.warn(
                "y is a linear function of X in this sample, or nearly, so that its information is "
                f"infinite. It is computed for a share of noise of {_LEAST_NOISE:g}. Drop the "
                "columns that determine y, or pass more rows than columns.",
                UserWarning,
                stacklevel=3,
            )
            shares = np.minimum(shares, 1 - _LEAST_NOISE)
        unit = nats_per_unit(self.base)
        squared_lengths = squared_lengths_at(self.beta, shares)[: self.n_components]
        kept = max(int((squared_lengths > 0).sum()), 1)
        lengths = np.zeros(kept)
        lengths[: len(squared_lengths)] = np.sqrt(squared_lengths[:kept])
        self.components_ = np.zeros((kept, self.n_features_in_))
        self.components_[: len(directions)] = directions[:kept]
        self.components_ *= lengths[:, np.newaxis]
        self._n_features_out = kept
        self.canonical_correlations_ = correlations
        with np.errstate(divide="ignore"):
            self.critical_betas_ = 1 / shares
        compression, relevance = informations_at(self.beta, shares[: self.n_components])
        self.compression_, self.relevance_ = compression / unit, relevance / unit
        self.information_ = informations_at(np.inf, shares)[1] / unit

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = True
        return tags


def canonical_directions(X: Floats, y: Floats, weights: Weights) -> tuple[Floats, Floats]:
    """Return the directions of X whose variates correlate most with y, and the correlations.

    The variates have unit variance. By singular values of the whitened columns, so that dependent
    columns do no harm.
    """
    shares = np.full(len(X), 1 / len(X)) if weights is None else weights / weights.sum()
    whitened_x, map_x = _whiten(X, shares)
    whitened_y, _ = _whiten(y, shares)
    left, correlations, _ = np.linalg.svd(whitened_x.T @ whitened_y, full_matrices=False)
    directions = (map_x @ left).T
    largest = np.abs(directions).argmax(axis=1)  # whose sign is made positive
    signs = np.sign(directions[np.arange(len(directions)), largest])
    return directions * signs[:, np.newaxis], np.minimum(correlations, 1.0)


def _whiten(columns: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Return orthonormal columns that span the centred ones, and the map to unit variance."""
    scaled = (columns - shares @ columns) * np.sqrt(shares)[:, np.newaxis]
    scales = np.sqrt((scaled**2).sum(axis=0))
    size = np.abs(columns).max(axis=0)
    scales = np.where(scales > _RANK * size, scales, np.inf)  # constant columns become zero
    left, sizes, right = np.linalg.svd(scaled / scales, full_matrices=False)
    kept = sizes > _RANK * max(sizes.max(initial=0.0), _RANK)
    return left[:, kept], (right[kept].T / sizes[kept]) / scales[:, np.newaxis]


def squared_lengths_at(beta: float, shares: Floats) -> Floats:
    """Compute the squared lengths of the components, given squared correlations.

    Chechik et al. (2005), theorem 3.1, where a variate has unit variance. For infinite beta, where
    all would be infinite, they are one.
    """
    if np.isinf(beta):
        return np.where(shares > 0, 1.0, 0.0)
    return np.maximum(beta * shares - 1, 0) / (1 - shares)


def informations_at(beta: float, shares: Floats) -> tuple[float, float]:
    """Compute I(X; T) and I(T; Y) in nats, given squared correlations (section 5 of the paper)."""
    if np.isinf(beta):
        relevance = -0.5 * float(np.log1p(-shares).sum())
        return (np.inf if (shares > 0).any() else 0.0), relevance
    paid = shares[beta * shares > 1]
    compression = 0.5 * float((np.log((beta - 1) * paid) - np.log1p(-paid)).sum())
    return compression, compression - 0.5 * float(np.log(beta * paid).sum())
