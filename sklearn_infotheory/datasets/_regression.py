"""Normal columns and a normal target, with the truth by their covariance."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Bunch, check_random_state
from sklearn.utils._param_validation import Interval, validate_params

from sklearn_infotheory._types import RandomState
from sklearn_infotheory._units import BASE_CONSTRAINT
from sklearn_infotheory.measures import gaussian_mutual_information

_COUNT = [Interval(Integral, 0, None, closed="left")]
_POSITIVE = [Interval(Real, 0, None, closed="neither")]


@validate_params(
    {
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "n_informative": [Interval(Integral, 1, None, closed="left")],
        "n_redundant": _COUNT,
        "n_noise": _COUNT,
        "noise": _POSITIVE,
        "redundant_noise": _POSITIVE,
        "random_state": ["random_state"],
        "base": BASE_CONSTRAINT,
    },
    prefer_skip_nested_validation=True,
)
def make_information_regression(
    n_samples: int = 1000,
    *,
    n_informative: int = 3,
    n_redundant: int = 2,
    n_noise: int = 3,
    noise: float = 1.0,
    redundant_noise: float = 0.5,
    random_state: RandomState = None,
    base: float | None = None,
) -> Bunch:
    r"""Generate normal features and a target whose information is known exactly.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of rows.
    n_informative : int, default=3
        Number of independent standard normal features; the target is their sum with the weights
        n_informative, ..., 2, 1 divided by n_informative, plus noise. At least 1.
    n_redundant : int, default=2
        Number of features that are an informative one, taken in turn, plus noise.
    n_noise : int, default=3
        Number of features that are independent of everything.
    noise : float, default=1.0
        Standard deviation of the noise of the target; positive.
    redundant_noise : float, default=0.5
        Standard deviation of the noise of redundant features; positive.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws.
    base : float, optional
        Base of the logarithm of the truth, above 1: None for nats, 2 for bits.

    Returns
    -------
    data : Bunch
        - `data`, ndarray of shape (n_samples, n_features): informative features first, then
          redundant ones and noise.
        - `target`, ndarray of shape (n_samples,).
        - `feature_names`, list of str: the kind of each feature and a number.
        - `relevance`, ndarray of shape (n_features,): I(feature; target).
        - `redundancy`, ndarray of shape (n_features, n_features): I(feature; feature), inf on the
          diagonal.
        - `information`, float: I(all features; target).
        - `covariance`, ndarray of shape (n_features + 1, n_features + 1): of the features and the
          target, which is last, as `measures.gaussian_mutual_information` takes it.

    See Also
    --------
    make_information_classification : Classes and categories.

    Examples
    --------
    >>> from sklearn_infotheory.datasets import make_information_regression
    >>> data = make_information_regression(n_noise=1, random_state=0)
    >>> for name, truth in zip(data.feature_names, data.relevance):
    ...     print(f"{name:<14} {truth:.4f}")
    informative_0  0.2482
    informative_1  0.0955
    informative_2  0.0222
    redundant_0    0.1877
    redundant_1    0.0749
    noise_0        0.0000
    >>> print(round(data.information, 4))
    0.4691
    """
    mixing = _mixing(n_informative, n_redundant, n_noise, noise, redundant_noise)
    covariance = mixing @ mixing.T
    p = len(covariance) - 1
    rng = check_random_state(random_state)
    drawn = rng.standard_normal((n_samples, mixing.shape[1])) @ mixing.T
    redundancy = np.full((p, p), np.inf)
    for i in range(p):
        for j in range(i):
            redundancy[i, j] = redundancy[j, i] = gaussian_mutual_information(
                covariance, i, j, base=base
            )
    kinds = {"informative": n_informative, "redundant": n_redundant, "noise": n_noise}
    return Bunch(
        data=drawn[:, :p],
        target=drawn[:, p],
        feature_names=[f"{kind}_{i}" for kind, count in kinds.items() for i in range(count)],
        relevance=np.array(
            [gaussian_mutual_information(covariance, i, p, base=base) for i in range(p)]
        ),
        redundancy=redundancy,
        information=float(gaussian_mutual_information(covariance, range(p), p, base=base)),
        covariance=covariance,
    )


def _mixing(
    n_informative: int, n_redundant: int, n_noise: int, noise: float, redundant_noise: float
) -> NDArray[np.float64]:
    """Return the matrix that maps independent normal draws to the features and the target."""
    p = n_informative + n_redundant + n_noise
    mixing = np.eye(p + 1)
    for i in range(n_redundant):
        row = n_informative + i
        mixing[row, i % n_informative] = 1.0
        mixing[row, row] = redundant_noise
    mixing[p, :n_informative] = np.arange(n_informative, 0, -1) / n_informative
    mixing[p, p] = noise
    return mixing
