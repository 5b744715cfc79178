"""Mutual information, sample by sample."""

from __future__ import annotations

from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_infotheory._types import Codes, Floats
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit
from sklearn_infotheory.estimation._estimate_mutual_information import Discrete, read_variables
from sklearn_infotheory.estimation._information_of_variables import (
    GAUSSIAN_METHODS,
    NEIGHBOR_METHODS,
    Settings,
    find_information,
    resolved,
)
from sklearn_infotheory.estimation._variables import Transform, Variable, combine


@validate_params(
    {
        "x": "no_validation",
        "y": "no_validation",
        "condition": "no_validation",
        "method": [StrOptions({"auto", "plugin", *GAUSSIAN_METHODS, *NEIGHBOR_METHODS})],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "transform": [StrOptions({"normal_scores", "standardize"}), None],
        "discrete": ["boolean", tuple, None],
        "base": BASE_CONSTRAINT,
    },
    prefer_skip_nested_validation=True,
)
def estimate_pointwise_mutual_information(
    x: ArrayLike,
    y: ArrayLike,
    *,
    condition: ArrayLike | None = None,
    method: str = "auto",
    n_neighbors: int = 3,
    transform: Transform = "normal_scores",
    discrete: Discrete = None,
    base: float | None = None,
) -> NDArray[np.float64]:
    r"""Estimate, sample by sample, what two variables tell about one another.

    Parameters
    ----------
    x, y : array-like, series or data frame of shape (n_samples,) or (n_samples, n_columns)
        Columns of any kind; several columns are one joint variable. A missing value is a value of
        its own.
    condition : array-like, series or data frame, default=None
        A third variable that is known.
    method : str, default="auto"
        One of "auto", "plugin", "knn", "ksg1", "ksg2", "ross", "frenzel_pompe", "gaussian" and
        "gaussian_mixture", as in :func:`estimate_mutual_information`; "auto" is "plugin" where all
        columns are discrete.
    n_neighbors : int, default=3
        Of methods by neighbours.
    transform : {"normal_scores", "standardize"} or None, default="normal_scores"
        As in :func:`estimate_mutual_information`.
    discrete : bool, tuple or None, default=None
        Which variables are discrete; as in :func:`estimate_mutual_information`.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    information : ndarray of shape (n_samples,)
        In nats or to ``base``. Negative where a sample is one that the other variable speaks
        against. The mean is what :func:`estimate_mutual_information` gives by the same method. A
        single value by neighbours is noisy: its standard deviation is about 0.6 nats for three of
        them. Average over groups of samples.

    Raises
    ------
    ValueError
        As in :func:`estimate_mutual_information`.

    See Also
    --------
    estimate_mutual_information : The mean, with its standard error and p-value.
    sklearn_infotheory.measures.pointwise_mutual_information : Of given probabilities.

    Notes
    -----
    Each sample has an estimate of

    .. math:: i(x; y) = \log \frac{p(x, y)}{p(x) p(y)} .

    References
    ----------
    Church, K. W. and Hanks, P. (1990). Word association norms, mutual information, and
    lexicography. Computational Linguistics 16(1), 22-29. https://aclanthology.org/J90-1003/

    Examples
    --------
    Which samples does a signal tell apart?

    >>> import numpy as np
    >>> from sklearn_infotheory.estimation import estimate_pointwise_mutual_information
    >>> classes = np.arange(1000) % 2
    >>> signal = np.random.default_rng(0).normal(size=1000) + 3 * classes
    >>> bits = estimate_pointwise_mutual_information(signal, classes, method="knn", base=2)
    >>> clear = abs(signal - 1.5) > 1
    >>> print(bits[clear].mean().round(1), bits[~clear].mean().round(1))
    1.0 0.4
    """
    given = {"x": x, "y": y} | ({} if condition is None else {"condition": condition})
    variables, settings = read_variables(
        given, Settings(method, int(n_neighbors), transform), discrete, None
    )
    x_, y_ = variables[:2]
    z = variables[2] if condition is not None else None
    if method == "auto" and all(variable.is_discrete for variable in variables):
        return _plugin_terms(x_, y_, z) / nats_per_unit(base)
    settings = resolved(x_, y_, z, settings)
    if settings.method == "plugin":
        return _plugin_terms(x_, y_, z) / nats_per_unit(base)
    terms = find_information(x_, y_, z, settings).terms
    assert terms is not None
    return terms / nats_per_unit(base)


def _plugin_terms(x: Variable, y: Variable, z: Variable | None) -> Floats:
    """Return the logarithm of how much more often each pair occurs than by chance."""
    strata = np.zeros(x.n_samples, np.intp) if z is None else z.atoms
    first, second = combine(x.atoms, strata), combine(y.atoms, strata)
    together = _counts(combine(first, second)) / _counts(second)
    return np.log(together / (_counts(first) / _counts(strata)))


def _counts(labels: Codes) -> Codes:
    """Count how often the label of each sample occurs."""
    return np.bincount(labels)[labels]
