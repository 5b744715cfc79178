"""A reference and a batch whose divergence is known."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Bunch, check_random_state
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_infotheory._types import RandomState
from sklearn_infotheory._units import BASE_CONSTRAINT
from sklearn_infotheory.measures import kl_divergence, parametric_kl_divergence

DriftKind = Literal["category", "mean", "scale"]
N_CATEGORIES = 4


@validate_params(
    {
        "n_reference": [Interval(Integral, 1, None, closed="left")],
        "n_batch": [Interval(Integral, 1, None, closed="left")],
        "n_features": [Interval(Integral, 1, None, closed="left")],
        "n_drifted": [Interval(Integral, 0, None, closed="left")],
        "kind": [StrOptions({"category", "mean", "scale"})],
        "size": [Interval(Real, 0, None, closed="left")],
        "random_state": ["random_state"],
        "base": BASE_CONSTRAINT,
    },
    prefer_skip_nested_validation=True,
)
def make_drift(
    n_reference: int = 1000,
    n_batch: int = 1000,
    *,
    n_features: int = 5,
    n_drifted: int = 1,
    kind: DriftKind = "mean",
    size: float = 0.5,
    random_state: RandomState = None,
    base: float | None = None,
) -> Bunch:
    r"""Generate a reference and a later batch whose divergence is known exactly.

    Parameters
    ----------
    n_reference, n_batch : int, default=1000
        Number of rows of each.
    n_features : int, default=5
        Number of independent features.
    n_drifted : int, default=1
        Number of features whose distribution differs, at most `n_features`; they come first.
    kind : {"category", "mean", "scale"}, default="mean"
        What changes: "mean" adds `size` to standard normal features, "scale" multiplies them by
        exp(size), "category" multiplies the odds of the first of 4 equally frequent categories by
        exp(size).
    size : float, default=0.5
        Size of the change; 0 for none.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws.
    base : float, optional
        Base of the logarithm of the truth, above 1: None for nats, 2 for bits.

    Returns
    -------
    data : Bunch
        - `reference`, ndarray of shape (n_reference, n_features).
        - `batch`, ndarray of shape (n_batch, n_features).
        - `divergence`, ndarray of shape (n_features,): D(batch || reference) of each feature.
        - `reverse_divergence`, ndarray of the same shape: D(reference || batch).
        - `drifted`, ndarray of bool of the same shape.

    Raises
    ------
    ValueError
        If `n_drifted` exceeds `n_features`.

    Notes
    -----
    Features are independent, so that the divergence of all of them is the sum.

    Examples
    --------
    >>> from sklearn_infotheory.datasets import make_drift
    >>> data = make_drift(n_features=3, n_drifted=2, size=1.0, random_state=0)
    >>> print(data.divergence, data.drifted)
    [0.5 0.5 0. ] [ True  True False]
    """
    if n_drifted > n_features:
        raise ValueError(
            f"n_drifted must be at most n_features; got {n_drifted} of {n_features}. "
            "Raise n_features."
        )
    rng = check_random_state(random_state)
    drifted = np.arange(n_features) < n_drifted
    forward, reverse = _divergences(kind, float(size), base)
    sizes = np.where(drifted, float(size), 0.0)
    return Bunch(
        reference=_draw(rng, (n_reference, n_features), kind, np.zeros(n_features)),
        batch=_draw(rng, (n_batch, n_features), kind, sizes),
        divergence=np.where(drifted, forward, 0.0),
        reverse_divergence=np.where(drifted, reverse, 0.0),
        drifted=drifted & (size > 0),
    )


def _shares(size: float) -> NDArray[np.float64]:
    """Return the probabilities of the categories, the odds of the first times exp(size)."""
    odds = np.exp(size) / (N_CATEGORIES - 1)
    first = odds / (1 + odds)
    return np.append(first, np.full(N_CATEGORIES - 1, (1 - first) / (N_CATEGORIES - 1)))


def _divergences(kind: DriftKind, size: float, base: float | None) -> tuple[float, float]:
    """Return D(batch || reference) and D(reference || batch) of one drifted feature."""
    if kind == "category":
        before, after = _shares(0.0), _shares(size)
        ways = kl_divergence([after, before], [before, after], base=base)
    else:
        mean, scale = (size, 1.0) if kind == "mean" else (0.0, np.exp(size))
        p = {"mean": [mean, 0.0], "scale": [scale, 1.0]}
        q = {"mean": [0.0, mean], "scale": [1.0, scale]}
        ways = parametric_kl_divergence("normal", p, q, base=base)
    forward, reverse = np.asarray(ways)
    return float(forward), float(reverse)


def _draw(
    rng: np.random.RandomState, shape: tuple[int, int], kind: DriftKind, sizes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Draw features that are changed by these sizes."""
    if kind == "category":
        ends = np.array([np.cumsum(_shares(size))[:-1] for size in sizes])
        return (rng.random_sample(shape)[:, :, np.newaxis] >= ends).sum(axis=-1).astype(np.float64)
    numbers = rng.standard_normal(shape)
    return numbers + sizes if kind == "mean" else numbers * np.exp(sizes)
