"""Pairs of variables whose mutual information is known in closed form or by quadrature."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Bunch, check_random_state
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_infotheory._types import RandomState
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit
from sklearn_infotheory.measures import entropy

Array: TypeAlias = NDArray[Any]
"""Numbers, or codes of categories."""

PairKind = Literal[
    "additive_noise", "binary_symmetric", "erasure", "mixed", "mixture", "normal", "xor"
]
AGREEMENT = 0.9  # of the atoms of "mixed"


@validate_params(
    {
        "kind": [
            StrOptions(
                {
                    "additive_noise",
                    "binary_symmetric",
                    "erasure",
                    "mixed",
                    "mixture",
                    "normal",
                    "xor",
                }
            )
        ],
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "strength": [Interval(Real, 0, 1, closed="left")],
        "random_state": ["random_state"],
        "base": BASE_CONSTRAINT,
    },
    prefer_skip_nested_validation=True,
)
def make_information_pair(
    kind: PairKind = "normal",
    n_samples: int = 1000,
    *,
    strength: float = 0.8,
    random_state: RandomState = None,
    base: float | None = None,
) -> Bunch:
    r"""Generate two variables whose mutual information is known.

    Parameters
    ----------
    kind : str, default="normal"
        Distribution of the pair. "normal": normal variables with correlation `strength`.
        "additive_noise": y is x plus noise, both uniform; the width of the noise is
        (1 - strength) / strength. "mixture": y is one of two classes, x normal with mean 3
        `strength` or -3 `strength`. "binary_symmetric": y is the bit x, changed with probability
        (1 - strength) / 2. "erasure": y is the bit x, or 2 for erased with probability
        1 - strength. "mixed": in one half of the rows numbers as in "normal", in the other half
        signs that agree with probability 0.9. "xor": x has two columns of bits; y is whether they
        differ, changed with probability (1 - strength) / 2.
    n_samples : int, default=1000
        Number of rows.
    strength : float, default=0.8
        Strength of the dependence in [0, 1); the variables are independent for 0.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws.
    base : float, optional
        Base of the logarithm of the truth, above 1: None for nats, 2 for bits.

    Returns
    -------
    data : Bunch
        `x`, ndarray of shape (n_samples,), or (n_samples, 2) for "xor"; `y`, ndarray of shape
        (n_samples,); `information`, float, their mutual information.

    Notes
    -----
    All have closed forms except "mixture", whose truth is integrated numerically. Noise of width a
    added to a uniform variable of width 1 leaves :math:`a / 2 - \log a` nats for a below 1 and
    :math:`1 / (2 a)` above.

    Examples
    --------
    >>> from sklearn_infotheory.datasets import make_information_pair
    >>> for kind in ("normal", "binary_symmetric", "erasure", "xor"):
    ...     pair = make_information_pair(kind, random_state=0, base=2)
    ...     print(f"{kind:<17} {pair.information:.4f}")
    normal            0.7370
    binary_symmetric  0.5310
    erasure           0.8000
    xor               0.5310
    """
    draw, truth = PAIRS[kind]
    x, y = draw(check_random_state(random_state), n_samples, float(strength))
    return Bunch(x=x, y=y, information=truth(float(strength)) / nats_per_unit(base))


def _draw_normal(rng: np.random.RandomState, n: int, strength: float) -> tuple[Array, Array]:
    x, noise = rng.standard_normal((2, n))
    return x, strength * x + np.sqrt(1 - strength**2) * noise


def _normal_truth(strength: float) -> float:
    return float(-0.5 * np.log1p(-(strength**2)))


def _draw_sum(rng: np.random.RandomState, n: int, strength: float) -> tuple[Array, Array]:
    x, noise = rng.random_sample((2, n))
    if strength == 0:
        return x, noise  # noise of infinite width
    return x, x + (1 - strength) / strength * noise


def _sum_truth(strength: float) -> float:
    """Return h(Y) - h(noise): the density of the sum is a trapezoid."""
    if strength == 0:
        return 0.0
    width = (1 - strength) / strength
    return width / 2 - float(np.log(width)) if width < 1 else 1 / (2 * width)


def _draw_mixture(rng: np.random.RandomState, n: int, strength: float) -> tuple[Array, Array]:
    y = rng.randint(0, 2, n)
    return rng.standard_normal(n) + 3 * strength * (2 * y - 1), y


def _mixture_truth(strength: float) -> float:
    """Return log 2 - E log(1 + exp(-2 m X)) for X from N(m, 1): the posterior is logistic."""
    m, half = 3 * strength, 12.0
    x = np.linspace(m - half, m + half, 4001)
    density = np.exp(-0.5 * (x - m) ** 2) / np.sqrt(2 * np.pi)
    lost = (density * np.logaddexp(0, -2 * m * x)).sum() * (x[1] - x[0])
    return max(float(np.log(2) - lost), 0.0)


def _changed(rng: np.random.RandomState, bits: Array, strength: float) -> Array:
    return np.where(rng.random_sample(len(bits)) < (1 - strength) / 2, 1 - bits, bits)


def _draw_symmetric(rng: np.random.RandomState, n: int, strength: float) -> tuple[Array, Array]:
    x = rng.randint(0, 2, n)
    return x, _changed(rng, x, strength)


def _symmetric_truth(strength: float) -> float:
    return float(np.log(2) - entropy([(1 - strength) / 2, (1 + strength) / 2]))


def _draw_erasure(rng: np.random.RandomState, n: int, strength: float) -> tuple[Array, Array]:
    x = rng.randint(0, 2, n)
    return x, np.where(rng.random_sample(n) < strength, x, 2)


def _erasure_truth(strength: float) -> float:
    return float(strength * np.log(2))


def _draw_mixed(rng: np.random.RandomState, n: int, strength: float) -> tuple[Array, Array]:
    x, y = _draw_normal(rng, n, strength)
    sign = rng.choice([-1.0, 1.0], n)
    other = np.where(rng.random_sample(n) < AGREEMENT, sign, -sign)
    is_number = rng.random_sample(n) < 0.5
    return np.where(is_number, x, sign), np.where(is_number, y, other)


def _mixed_truth(strength: float) -> float:
    """Return what the kind of row tells, plus the mean of what numbers and signs tell."""
    signs = np.log(2) - entropy([AGREEMENT, 1 - AGREEMENT])
    return float(np.log(2) + 0.5 * _normal_truth(strength) + 0.5 * signs)


def _draw_xor(rng: np.random.RandomState, n: int, strength: float) -> tuple[Array, Array]:
    x = rng.randint(0, 2, (n, 2))
    return x, _changed(rng, x[:, 0] ^ x[:, 1], strength)


PAIRS: dict[str, tuple[Callable[..., tuple[Array, Array]], Callable[[float], float]]] = {
    "additive_noise": (_draw_sum, _sum_truth),
    "binary_symmetric": (_draw_symmetric, _symmetric_truth),
    "erasure": (_draw_erasure, _erasure_truth),
    "mixed": (_draw_mixed, _mixed_truth),
    "mixture": (_draw_mixture, _mixture_truth),
    "normal": (_draw_normal, _normal_truth),
    "xor": (_draw_xor, _symmetric_truth),
}
