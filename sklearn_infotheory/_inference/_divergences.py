r"""The one table of the divergences of a batch from a reference.

All are sums over the cells of a term :math:`t(p, q)`, with the share p of the cell in the reference
and q in the batch. All of them are f-divergences, which are alike where the distributions are
close: they are then multiples of each other, and of :math:`\sum (q - p)^2 / p`.

A new divergence is a row here, a term in ``_kernels/_two_sample``, and a line in the documentation.
The tests compare each row with the kernel, its derivatives with differences of its terms, and the
documentation with the names. What the kernel does not know raises an error.

References
----------
Csiszár, I. and Shields, P. C. (2004). Information theory and statistics: a tutorial. Foundations
and Trends in Communications and Information Theory 1(4), section 4. :doi:`10.1561/0100000004`
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import xlogy

from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import nats_per_unit, unit_name

DivergenceName = Literal["kl", "reverse_kl", "jeffreys", "js", "hellinger"]


@dataclass(frozen=True)
class Divergence:
    """A divergence of the batch q from the reference p; in nats, unless it has a unit of its own.

    Functions take shares of cells in the last axis, p and q both positive or both 0. Of
    ``smoothed`` and ``curvatures``, one is given: the first where logarithms of empty cells would
    be infinite, the second where all terms are finite.

    Attributes
    ----------
    title : str
        As on an axis, without the unit.
    kl_ratio : float
        Kullback-Leibler over this one, where the distributions are close.
    terms : callable
        From p, q to t(p, q).
    slopes : callable
        From p, q to the derivatives of t by p and by q.
    curvatures : callable or None
        From p, q to the second derivatives of t by p and by q.
    smoothed : callable or None
        From p, q and smoothed p, q to the divergence, the logarithm of the other one smoothed.
    unit : str or None
        None where the base of the logarithm makes the unit.
    """

    title: str
    kl_ratio: float
    terms: Callable[[Floats, Floats], Floats]
    slopes: Callable[[Floats, Floats], tuple[Floats, Floats]]
    curvatures: Callable[[Floats, Floats], tuple[Floats, Floats]] | None = None
    smoothed: Callable[[Floats, Floats, Floats, Floats], Floats] | None = None
    unit: str | None = None

    def __post_init__(self) -> None:
        if (self.curvatures is None) == (self.smoothed is None):
            raise ValueError(f"{self.title} needs one of curvatures and smoothed.")

    def nats_per_unit(self, base: float | None) -> float:
        """Return how many nats one unit is; 1 for a number without a logarithm."""
        return nats_per_unit(base) if self.unit is None else 1.0


def divergence_title(name: str) -> str:
    """Name a divergence for people; one of a later version has no other name."""
    return DIVERGENCES[name].title if name in DIVERGENCES else name


def divergence_unit(name: str, base: float | None) -> str:
    """Name the unit of a divergence."""
    return unit_name(base) if depends_on_base(name) else str(DIVERGENCES[name].unit)


def depends_on_base(name: str) -> bool:
    """Tell whether the base of the logarithm makes the unit of a divergence."""
    return name not in DIVERGENCES or DIVERGENCES[name].unit is None


def check_kernel(name: str, found: float, expected: float) -> None:
    """Raise unless a kernel has computed what the row says.

    Kernels know divergences by number. One that is missing there would be taken for another.
    """
    if not math.isclose(found, expected, rel_tol=1e-9):
        raise NotImplementedError(
            f"The kernels have another divergence than {name!r}, or none, at its place in the "
            f"table: they give {found:.6g}, where it is {expected:.6g}. Add its term to "
            "_kernels/_two_sample, in the order of DIVERGENCES."
        )


# --- Terms and derivatives -----------------------------------------------------------------------


def _ratio(a: Floats, b: Floats) -> Floats:
    return np.divide(a, b, out=np.zeros_like(a), where=b > 0)


def _safe(ratio: Floats) -> Floats:
    return np.where(ratio > 0, ratio, 1.0)


def _kl_terms(p: Floats, q: Floats) -> Floats:
    return xlogy(q, _ratio(q, p))  # q log(q / p)


def _kl_slopes(p: Floats, q: Floats) -> tuple[Floats, Floats]:
    # By q it is log(q / p) + 1; the constant makes no difference, as shares sum to one.
    return -_ratio(q, p), np.log(_safe(_ratio(q, p)))


def _reverse_kl_slopes(p: Floats, q: Floats) -> tuple[Floats, Floats]:
    return -np.log(_safe(_ratio(q, p))), -_ratio(p, q)


def _jeffreys_slopes(p: Floats, q: Floats) -> tuple[Floats, Floats]:
    forward, backward = _kl_slopes(p, q), _reverse_kl_slopes(p, q)
    return forward[0] + backward[0], forward[1] + backward[1]


def _smoothed_kl(p: Floats, q: Floats, smooth_p: Floats, smooth_q: Floats) -> Floats:
    total: Floats = xlogy(q, _ratio(q, smooth_p)).sum(axis=1)
    return total


def _smoothed_reverse_kl(p: Floats, q: Floats, smooth_p: Floats, smooth_q: Floats) -> Floats:
    return _smoothed_kl(q, p, smooth_q, smooth_p)


def _js_terms(p: Floats, q: Floats) -> Floats:
    middle = (p + q) / 2
    return (xlogy(q, _ratio(q, middle)) + xlogy(p, _ratio(p, middle))) / 2


def _js_slopes(p: Floats, q: Floats) -> tuple[Floats, Floats]:
    middle = (p + q) / 2  # whose own derivatives cancel
    return xlogy(0.5, _safe(_ratio(p, middle))), xlogy(0.5, _safe(_ratio(q, middle)))


def _js_curvatures(p: Floats, q: Floats) -> tuple[Floats, Floats]:
    # By p: (1 / p - 1 / (p + q)) / 2.
    return _ratio(q, p * (p + q)) / 2, _ratio(p, q * (p + q)) / 2


def _hellinger_terms(p: Floats, q: Floats) -> Floats:
    return (np.sqrt(q) - np.sqrt(p)) ** 2 / 2


def _hellinger_slopes(p: Floats, q: Floats) -> tuple[Floats, Floats]:
    # Without the constant 1/2: the terms are (p + q) / 2 - sqrt(p q).
    return -np.sqrt(_ratio(q, p)) / 2, -np.sqrt(_ratio(p, q)) / 2


def _hellinger_curvatures(p: Floats, q: Floats) -> tuple[Floats, Floats]:
    root = np.sqrt(p * q) / 4
    return _ratio(root, p * p), _ratio(root, q * q)


# --- The table, in the order of the numbers in the kernels ---------------------------------------

DIVERGENCES: dict[str, Divergence] = {
    "kl": Divergence(
        "KL(batch || reference)",
        kl_ratio=1.0,
        terms=_kl_terms,
        slopes=_kl_slopes,
        smoothed=_smoothed_kl,
    ),
    "reverse_kl": Divergence(
        "KL(reference || batch)",
        kl_ratio=1.0,
        terms=lambda p, q: _kl_terms(q, p),
        slopes=_reverse_kl_slopes,
        smoothed=_smoothed_reverse_kl,
    ),
    "jeffreys": Divergence(
        "Jeffreys divergence (PSI)",
        kl_ratio=0.5,
        terms=lambda p, q: _kl_terms(p, q) + _kl_terms(q, p),
        slopes=_jeffreys_slopes,
        smoothed=lambda *shares: _smoothed_kl(*shares) + _smoothed_reverse_kl(*shares),
    ),
    "js": Divergence(
        "Jensen-Shannon divergence",
        kl_ratio=4.0,
        terms=_js_terms,
        slopes=_js_slopes,
        curvatures=_js_curvatures,
    ),
    "hellinger": Divergence(
        "Squared Hellinger distance",
        kl_ratio=4.0,
        terms=_hellinger_terms,
        slopes=_hellinger_slopes,
        curvatures=_hellinger_curvatures,
        unit="squared distance",
    ),
}
