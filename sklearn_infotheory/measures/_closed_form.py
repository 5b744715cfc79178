"""Closed forms: the entropy and the divergence of families of distributions, by parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray
from scipy.special import digamma, gammaln, xlogy

from sklearn_infotheory.measures._arguments import Information, as_distribution, in_base
from sklearn_infotheory.measures._gaussian import (
    as_covariance,
    covariance_entropy,
    covariance_kl_divergence,
)
from sklearn_infotheory.measures._terms import mean_surprisal, relative_entropy_terms

Array: TypeAlias = NDArray[np.float64]
Parameters: TypeAlias = Mapping[str, npt.ArrayLike]
FamilyName = Literal[
    "beta",
    "categorical",
    "diagonal_normal",
    "dirichlet",
    "exponential",
    "gamma",
    "laplace",
    "multivariate_normal",
    "normal",
    "poisson",
]


def parametric_entropy(
    family: FamilyName, parameters: Parameters, *, base: float | None = None
) -> Information:
    r"""Compute the entropy of a distribution from its parameters.

    Parameters
    ----------
    family : str
        Family of the distribution: "beta", "categorical", "diagonal_normal", "dirichlet",
        "exponential", "gamma", "laplace", "multivariate_normal", "normal" or "poisson".
    parameters : mapping of str to array_like
        Its parameters by name; they broadcast, and leading axes are a batch. "normal" and
        "laplace" take `mean` and `scale`, "diagonal_normal" takes `mean` and `scale` of shape
        (..., d), "multivariate_normal" takes `mean` of shape (..., d) and `covariance` of shape
        (..., d, d), "exponential" takes `scale`, "gamma" takes `shape` and `scale`, "beta" takes
        `a` and `b`, "dirichlet" takes `concentration` of shape (..., k), "poisson" takes `rate`,
        "categorical" takes `probabilities` of shape (..., k).
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.

    Returns
    -------
    entropy : float or ndarray of shape (...)
        Entropy in units of `base`: in [0, inf] for "categorical" and "poisson"; differential, and
        possibly negative, for all others.

    Raises
    ------
    ValueError
        If `family` is unknown, if a parameter is missing, unknown or outside its range, or if a
        covariance is singular within rounding.

    See Also
    --------
    entropy : Of given probabilities.
    gaussian_entropy : Joint and conditional entropy by a covariance matrix.

    Notes
    -----
    The formulas are those of [1]_. The entropy of a Poisson distribution is summed up to a rate of
    10,000; above, the error of its asymptotic expansion is below 1e-12.

    References
    ----------
    .. [1] A. C. G. Verdugo Lazo, P. N. Rathie (1978). On the entropy of continuous probability
       distributions. IEEE Transactions on Information Theory 24(1), 120-122.
       https://doi.org/10.1109/TIT.1978.1055832

    Examples
    --------
    >>> from sklearn_infotheory.measures import parametric_entropy
    >>> print(parametric_entropy("normal", {"mean": 0, "scale": [0.1, 1, 10]}).round(4))
    [-0.8836  1.4189  3.7215]
    >>> print(parametric_entropy("poisson", {"rate": 3.0}, base=2).round(4))
    2.7865
    """
    row = _family(family)
    return in_base(row.entropy(**_read(family, parameters, "parameters")), base)


def parametric_kl_divergence(
    family: FamilyName, p: Parameters, q: Parameters, *, base: float | None = None
) -> Information:
    r"""Compute the Kullback-Leibler divergence of two distributions of one family.

    Parameters
    ----------
    family : str
        Family of both: "beta", "categorical", "diagonal_normal", "dirichlet", "exponential",
        "gamma", "laplace", "multivariate_normal", "normal" or "poisson";
        :func:`parametric_entropy` lists the parameters of each.
    p, q : mapping of str to array_like
        Parameters of the true distribution and of the one in its place; they broadcast.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.

    Returns
    -------
    divergence : float or ndarray
        D(p || q) in units of `base`, in [0, inf]. Not symmetric.

    Raises
    ------
    ValueError
        If `family` is unknown, if a parameter is missing, unknown or outside its range, or if a
        covariance is singular within rounding.

    See Also
    --------
    kl_divergence : Of given probabilities.
    gaussian_kl_to_standard_normal : The term of a variational autoencoder.

    Notes
    -----
    The formulas are those of [1]_; for normal distributions

    .. math:: D = \log \frac{\sigma_q}{\sigma_p} +
              \frac{\sigma_p^2 + (\mu_p - \mu_q)^2}{2 \sigma_q^2} - \frac12.

    References
    ----------
    .. [1] M. Gil, F. Alajaji, T. Linder (2013). Rényi divergence measures for commonly used
       univariate continuous distributions. Information Sciences 249, 124-131.
       https://doi.org/10.1016/j.ins.2013.06.018

    Examples
    --------
    Two normal distributions of scale 1, whose means lie 0, 1 and 2 apart:

    >>> from sklearn_infotheory.measures import parametric_kl_divergence
    >>> p, q = {"mean": 0, "scale": 1}, {"mean": [0, 1, 2], "scale": 1}
    >>> print(parametric_kl_divergence("normal", p, q))
    [0.  0.5 2. ]
    """
    row = _family(family)
    first, second = _read(family, p, "p"), _read(family, q, "q")
    return in_base(_kl(row, first, second), base)


def parametric_cross_entropy(
    family: FamilyName, p: Parameters, q: Parameters, *, base: float | None = None
) -> Information:
    r"""Compute the cross-entropy of two distributions of one family: entropy plus divergence.

    Parameters
    ----------
    family : str
        Family of both: "beta", "categorical", "diagonal_normal", "dirichlet", "exponential",
        "gamma", "laplace", "multivariate_normal", "normal" or "poisson";
        :func:`parametric_entropy` lists the parameters of each.
    p, q : mapping of str to array_like
        Parameters of the true distribution and of the one in its place; they broadcast.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits; any positive number but 1.

    Returns
    -------
    cross_entropy : float or ndarray
        Mean of -log q(x) under p, in units of `base`; at least the entropy of p.

    Raises
    ------
    ValueError
        If `family` is unknown, if a parameter is missing, unknown or outside its range, or if a
        covariance is singular within rounding.

    Notes
    -----
    .. math:: H(p, q) = H(p) + D(p \| q).

    Examples
    --------
    >>> from sklearn_infotheory.measures import parametric_cross_entropy
    >>> p, q = {"mean": 0, "scale": 1}, {"mean": 1, "scale": 1}
    >>> print(parametric_cross_entropy("normal", p, q).round(4))
    1.9189
    """
    row = _family(family)
    first, second = _read(family, p, "p"), _read(family, q, "q")
    return in_base(row.entropy(**first) + _kl(row, first, second), base)


# What each family needs --------------------------------------------------------------------------


@dataclass(frozen=True)
class Family:
    """Hold the formulas of a family.

    Attributes
    ----------
    parameters : dict of str to str
        Range of each parameter: "real", "positive", "covariance" or "distribution".
    entropy : callable
        Entropy in nats, of the parameters by name.
    kl_divergence : callable
        Divergence in nats, of two mappings of parameters.
    """

    parameters: dict[str, str]
    entropy: Callable[..., Array]
    kl_divergence: Callable[[dict[str, Array], dict[str, Array]], Array]


def _kl(row: Family, p: dict[str, Array], q: dict[str, Array]) -> Array:
    """Return the divergence in nats; what rounding leaves below zero is clipped."""
    return np.maximum(row.kl_divergence(p, q), 0.0)


def _excess(ratio: Array) -> Array:
    """Return r - 1 - log r, which is 0 at r = 1 and positive elsewhere."""
    return ratio - 1 - np.log(ratio)


def _normal_entropy(mean: Array, scale: Array) -> Array:
    return 0.5 * np.log(2 * np.pi * np.e) + np.log(scale) + 0 * mean


def _normal_kl(p: dict[str, Array], q: dict[str, Array]) -> Array:
    shift = (p["mean"] - q["mean"]) / q["scale"]
    return 0.5 * (_excess((p["scale"] / q["scale"]) ** 2) + shift**2)


def _diagonal_entropy(mean: Array, scale: Array) -> Array:
    return _normal_entropy(mean, scale).sum(axis=-1)


def _diagonal_kl(p: dict[str, Array], q: dict[str, Array]) -> Array:
    return _normal_kl(p, q).sum(axis=-1)


def _multivariate_entropy(mean: Array, covariance: Array) -> Array:
    return covariance_entropy(covariance) + 0 * mean.sum(axis=-1)


def _multivariate_kl(p: dict[str, Array], q: dict[str, Array]) -> Array:
    return covariance_kl_divergence(p["mean"] - q["mean"], p["covariance"], q["covariance"])


def _exponential_entropy(scale: Array) -> Array:
    return 1 + np.log(scale)


def _exponential_kl(p: dict[str, Array], q: dict[str, Array]) -> Array:
    return _excess(p["scale"] / q["scale"])


def _gamma_entropy(shape: Array, scale: Array) -> Array:
    return shape + np.log(scale) + gammaln(shape) + (1 - shape) * digamma(shape)


def _gamma_kl(p: dict[str, Array], q: dict[str, Array]) -> Array:
    k, m = p["shape"], q["shape"]
    ratio = p["scale"] / q["scale"]
    shapes = (k - m) * digamma(k) - gammaln(k) + gammaln(m)
    return shapes + k * (ratio - 1) - m * np.log(ratio)


def _beta_entropy(a: Array, b: Array) -> Array:
    return _dirichlet_entropy(_beta_as_dirichlet({"a": a, "b": b}))


def _beta_as_dirichlet(parameters: dict[str, Array]) -> Array:
    return np.stack(np.broadcast_arrays(parameters["a"], parameters["b"]), axis=-1)


def _beta_kl(p: dict[str, Array], q: dict[str, Array]) -> Array:
    both = ({"concentration": _beta_as_dirichlet(side)} for side in (p, q))
    return _dirichlet_kl(*both)


def _log_beta(concentration: Array) -> Array:
    return gammaln(concentration).sum(axis=-1) - gammaln(concentration.sum(axis=-1))


def _mean_log(concentration: Array) -> Array:
    """Return E log x of each component of a Dirichlet vector."""
    return digamma(concentration) - digamma(concentration.sum(axis=-1, keepdims=True))


def _dirichlet_entropy(concentration: Array) -> Array:
    terms = (concentration - 1) * _mean_log(concentration)
    return _log_beta(concentration) - terms.sum(axis=-1)


def _dirichlet_kl(p: dict[str, Array], q: dict[str, Array]) -> Array:
    a, b = p["concentration"], q["concentration"]
    return _log_beta(b) - _log_beta(a) + ((a - b) * _mean_log(a)).sum(axis=-1)


def _poisson_entropy(rate: Array) -> Array:
    return np.reshape([_poisson_entropy_of_one(float(r)) for r in rate.flat], rate.shape)


def _poisson_entropy_of_one(rate: float) -> float:
    """Sum -p log p within 40 standard deviations, or expand in 1 / rate."""
    if rate > 1e4:
        series = -1 / (12 * rate) - 1 / (24 * rate**2) - 19 / (360 * rate**3)
        return float(0.5 * np.log(2 * np.pi * np.e * rate) + series)
    counts = np.arange(rate + 40 * np.sqrt(rate) + 60)
    logs = xlogy(counts, rate) - rate - gammaln(counts + 1)
    return float(-(np.exp(logs) * logs).sum())


def _poisson_kl(p: dict[str, Array], q: dict[str, Array]) -> Array:
    return relative_entropy_terms(p["rate"], q["rate"])


def _laplace_entropy(mean: Array, scale: Array) -> Array:
    return 1 + np.log(2 * scale) + 0 * mean


def _laplace_kl(p: dict[str, Array], q: dict[str, Array]) -> Array:
    ratio, steps = p["scale"] / q["scale"], abs(p["mean"] - q["mean"]) / p["scale"]
    return _excess(ratio) + ratio * (steps + np.expm1(-steps))


def _categorical_kl(p: dict[str, Array], q: dict[str, Array]) -> Array:
    return relative_entropy_terms(p["probabilities"], q["probabilities"]).sum(axis=-1)


def _categorical_entropy(probabilities: Array) -> Array:
    return mean_surprisal(probabilities)


_PLACE = {"mean": "real", "scale": "positive"}
FAMILIES: dict[str, Family] = {
    "beta": Family({"a": "positive", "b": "positive"}, _beta_entropy, _beta_kl),
    "categorical": Family({"probabilities": "distribution"}, _categorical_entropy, _categorical_kl),
    "diagonal_normal": Family(_PLACE, _diagonal_entropy, _diagonal_kl),
    "dirichlet": Family({"concentration": "positive"}, _dirichlet_entropy, _dirichlet_kl),
    "exponential": Family({"scale": "positive"}, _exponential_entropy, _exponential_kl),
    "gamma": Family({"shape": "positive", "scale": "positive"}, _gamma_entropy, _gamma_kl),
    "laplace": Family(_PLACE, _laplace_entropy, _laplace_kl),
    "multivariate_normal": Family(
        {"mean": "real", "covariance": "covariance"}, _multivariate_entropy, _multivariate_kl
    ),
    "normal": Family(_PLACE, _normal_entropy, _normal_kl),
    "poisson": Family({"rate": "positive"}, _poisson_entropy, _poisson_kl),
}


def _family(name: str) -> Family:
    """Return the row of a family."""
    if name not in FAMILIES:
        raise ValueError(
            f"family must be one of {', '.join(map(repr, FAMILIES))}; got {name!r}. "
            "For other distributions, integrate numerically or use estimate_entropy on samples."
        )
    return FAMILIES[name]


def _read(family: str, parameters: Parameters, argument: str) -> dict[str, Array]:
    """Return the parameters of a family as arrays within their ranges."""
    ranges = FAMILIES[family].parameters
    if set(parameters) != set(ranges):
        raise ValueError(
            f"{argument} of family={family!r} must name {', '.join(ranges)}; got "
            f"{', '.join(map(str, parameters)) or 'nothing'}."
            f" Pass {{{', '.join(f'{name!r}: ...' for name in ranges)}}}."
        )
    return {
        name: _as_range(parameters[name], kind, f"{name} of {argument}")
        for name, kind in ranges.items()
    }


def _as_range(values: npt.ArrayLike, kind: str, name: str) -> Array:
    """Return a parameter as an array, after a check of its range."""
    if kind == "covariance":
        return as_covariance(values, name)
    if kind == "distribution":
        return as_distribution(values, name, -1, False)
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all() or (kind == "positive" and not (array > 0).all()):
        allowed = "positive and finite" if kind == "positive" else "finite"
        raise ValueError(
            f"{name} must be {allowed}; got {values!r}. A variance of zero has no density."
        )
    return array
