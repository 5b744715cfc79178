"""Classes and categories with a known joint distribution, enumerated cell by cell."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Bunch, check_random_state
from sklearn.utils._param_validation import Interval, validate_params

from sklearn_infotheory._types import RandomState
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit
from sklearn_infotheory.measures import mutual_information

_COUNT = [Interval(Integral, 0, None, closed="left")]
_ERROR = [Interval(Real, 0, 1, closed="both")]


@validate_params(
    {
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "n_informative": _COUNT,
        "n_redundant": _COUNT,
        "n_noise": _COUNT,
        "synergy": ["boolean"],
        "n_classes": [Interval(Integral, 2, None, closed="left")],
        "error": _ERROR,
        "redundant_error": _ERROR,
        "random_state": ["random_state"],
        "base": BASE_CONSTRAINT,
    },
    prefer_skip_nested_validation=True,
)
def make_information_classification(
    n_samples: int = 1000,
    *,
    n_informative: int = 3,
    n_redundant: int = 2,
    n_noise: int = 3,
    synergy: bool = False,
    n_classes: int = 2,
    error: float = 0.2,
    redundant_error: float = 0.0,
    random_state: RandomState = None,
    base: float | None = None,
) -> Bunch:
    r"""Generate classes and categorical features whose information is known exactly.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of rows.
    n_informative : int, default=3
        Number of features that are noisy copies of the class, independent given the class.
    n_redundant : int, default=2
        Number of noisy copies of informative features, taken in turn; needs one of these.
    n_noise : int, default=3
        Number of features that are independent of everything.
    synergy : bool, default=False
        Whether to add two features of which neither carries information alone, and both together
        determine the class: their sum modulo `n_classes` is the class.
    n_classes : int, default=2
        Number of equally probable classes, and of the categories of each feature.
    error : float, default=0.2
        Probability, in [0, 1], that an informative feature takes one of the other categories.
    redundant_error : float, default=0.0
        The same for a redundant feature and the feature that it copies.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws.
    base : float, optional
        Base of the logarithm of the truth, above 1: None for nats, 2 for bits.

    Returns
    -------
    data : Bunch
        - `data`, ndarray of shape (n_samples, n_features): category codes, informative features
          first, then redundant ones, the pair of `synergy` and noise.
        - `target`, ndarray of shape (n_samples,): class codes.
        - `feature_names`, list of str: the kind of each feature and a number.
        - `relevance`, ndarray of shape (n_features,): I(feature; class).
        - `redundancy`, ndarray of shape (n_features, n_features): I(feature; feature), with the
          entropy on the diagonal.
        - `joint_relevance`, ndarray of the same shape: I(both features; class).
        - `tables`, ndarray of shape (n_features, n_features, n_classes, n_classes, n_classes):
          joint probabilities of the class and two features, from which the truth is computed.

    Raises
    ------
    ValueError
        If there is no feature, or if `n_redundant` is positive without an informative feature.

    See Also
    --------
    make_information_regression : Numbers, with the truth by their covariance.

    Examples
    --------
    >>> from sklearn_infotheory.datasets import make_information_classification
    >>> data = make_information_classification(n_noise=1, synergy=True, random_state=0, base=2)
    >>> for name, truth in zip(data.feature_names, data.relevance):
    ...     print(f"{name:<14} {truth:.4f}")
    informative_0  0.2781
    informative_1  0.2781
    informative_2  0.2781
    redundant_0    0.2781
    redundant_1    0.2781
    synergy_0      0.0000
    synergy_1      0.0000
    noise_0        0.0000
    >>> print(data.joint_relevance[5, 6].round(4))  # the pair determines the class
    1.0
    """
    if n_redundant and not n_informative:
        raise ValueError(
            f"n_redundant={n_redundant} features need an informative one to copy; got "
            "n_informative=0. Pass n_informative=1 or more."
        )
    kinds = {"informative": n_informative, "redundant": n_redundant}
    kinds |= {"synergy": 2 * synergy, "noise": n_noise}
    if not sum(kinds.values()):
        raise ValueError(
            "at least one feature is needed; got 0 of each kind. Pass n_informative=1 or more."
        )
    tables = _joint_tables(kinds, n_classes, error, redundant_error)
    X, y = _draw(n_samples, kinds, n_classes, error, redundant_error, random_state)
    unit, (by_feature, by_pair, by_class) = nats_per_unit(base), _truths(tables)
    return Bunch(
        data=X,
        target=y,
        feature_names=[f"{kind}_{i}" for kind, count in kinds.items() for i in range(count)],
        relevance=by_feature / unit,
        redundancy=by_pair / unit,
        joint_relevance=by_class / unit,
        tables=tables,
    )


def symmetric_channel(k: int, error: float) -> NDArray[np.float64]:
    """Return p(output | input) of a channel that changes a category with this probability."""
    return np.full((k, k), error / (k - 1)) + (1 - error - error / (k - 1)) * np.eye(k)


def _joint_tables(
    kinds: dict[str, int], k: int, error: float, redundant_error: float
) -> NDArray[np.float64]:
    """Return p(class, first, second) of all pairs of features."""
    noisy, copy = symmetric_channel(k, error), symmetric_channel(k, redundant_error)
    roots, channels = _sources(kinds, k, copy)
    identity = np.eye(k)
    p = len(roots)
    tables = np.empty((p, p, k, k, k))
    for i in range(p):
        for j in range(p):
            # p(root_i, root_j | class), then each feature is a channel of its root.
            given = _joint_roots(roots[i], roots[j], k, noisy, identity)
            tables[i, j] = np.einsum("cuv,ua,vb->cab", given, channels[i], channels[j]) / k
        # A feature beside itself is one variable, not two draws of its channel.
        single = _joint_roots(roots[i], roots[i], k, noisy, identity).sum(axis=2) @ channels[i]
        tables[i, i] = single[:, :, np.newaxis] * identity / k
    return tables


def _sources(
    kinds: dict[str, int], k: int, copy: NDArray[np.float64]
) -> tuple[list[str], list[NDArray[np.float64]]]:
    """Return the variable that each feature is a channel of, and this channel."""
    informative = [f"informative_{i}" for i in range(kinds["informative"])]
    copied = [informative[i % len(informative)] for i in range(kinds["redundant"])]
    rest = [f"{kind}_{i}" for kind in ("synergy", "noise") for i in range(kinds[kind])]
    channels = [np.eye(k)] * len(informative) + [copy] * len(copied) + [np.eye(k)] * len(rest)
    return informative + copied + rest, channels


def _joint_roots(
    first: str,
    second: str,
    k: int,
    noisy: NDArray[np.float64],
    identity: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return p(u, v | class) of two sources, of shape (class, u, v)."""
    left, right = (
        noisy if name.startswith("informative") else np.full((k, k), 1 / k)
        for name in (first, second)
    )
    if first == second:
        return left[:, :, np.newaxis] * identity
    if first.startswith("synergy") and second.startswith("synergy"):
        u, v = np.indices((k, k))
        return np.stack([((u + v) % k == c) / k for c in range(k)])
    return left[:, :, np.newaxis] * right[:, np.newaxis, :]


def _truths(
    tables: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return I(feature; class), I(feature; feature) and I(both; class) in nats."""
    p, k = tables.shape[1:3]
    relevance = mutual_information(tables[:, 0].sum(axis=-1), axis=(-2, -1))
    redundancy = mutual_information(tables.sum(axis=2), axis=(-2, -1))
    joint = mutual_information(tables.reshape(p, p, k, k * k), axis=(-2, -1))
    return np.atleast_1d(relevance), np.atleast_2d(redundancy), np.atleast_2d(joint)


def _draw(
    n: int,
    kinds: dict[str, int],
    k: int,
    error: float,
    redundant_error: float,
    random_state: RandomState,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw features and classes from the distribution of the tables."""
    rng = check_random_state(random_state)

    def changed(codes: NDArray[np.int64], share: float) -> NDArray[np.int64]:
        others = (codes + rng.randint(1, k, n)) % k
        return np.where(rng.random_sample(n) < share, others, codes)

    y = rng.randint(0, k, n)
    columns = [changed(y, error) for _ in range(kinds["informative"])]
    columns += [
        changed(columns[i % kinds["informative"]], redundant_error)
        for i in range(kinds["redundant"])
    ]
    if kinds["synergy"]:
        first = rng.randint(0, k, n)
        columns += [first, (y - first) % k]
    columns += [rng.randint(0, k, n) for _ in range(kinds["noise"])]
    return np.column_stack(columns), y
