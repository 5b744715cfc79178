"""What every estimator of information returns: a number with its uncertainty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from numbers import Real
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from sklearn_infotheory._units import nats_per_unit, unit_name


class ConfidenceInterval(NamedTuple):
    """The two ends of an interval, as in scipy."""

    low: float
    high: float


@dataclass(frozen=True)
class NormalInterval:
    """An interval of so many standard errors on either side, within what is possible."""

    value: float
    standard_error: float
    lowest: float = -np.inf
    highest: float = np.inf

    def __call__(self, level: float) -> ConfidenceInterval:
        reach = ndtri(0.5 + level / 2) * self.standard_error
        ends = np.clip([self.value - reach, self.value + reach], self.lowest, self.highest)
        return ConfidenceInterval(*ends.tolist())


@dataclass(frozen=True)
class Estimate:
    """An estimate of information from samples.

    ``float(estimate)`` is its value.

    Attributes
    ----------
    value : float
        In the unit of ``base``. It is not clipped: below zero, where the information cannot be,
        it says that nothing was found.
    standard_error : float
        In the same unit; NaN where the method has none.
    p_value : float
        Probability of an estimate at least this large if the variables are independent; NaN if no
        test is available.
    method : str
        The estimator that was used; what "auto" chose.
    n_samples : int or float
        The number of samples, or the sum of their weights.
    base : float or None
        The base of the logarithm; None for nats.

    Examples
    --------
    >>> from sklearn_infotheory.estimation import estimate_entropy
    >>> estimate = estimate_entropy(["a", "b", "a", "c", "a", "b"] * 20, base=2)
    >>> print(round(float(estimate), 3))
    1.471
    """

    value: float
    standard_error: float
    p_value: float
    method: str
    n_samples: float
    base: float | None
    interval: Callable[[float], ConfidenceInterval]

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        """Show what was found, for people."""
        p = "" if np.isnan(self.p_value) else f", p_value={self.p_value:.3g}"
        return (
            f"Estimate({self.value:.4g} {unit_name(self.base)}, "
            f"standard_error={self.standard_error:.2g}{p}, "
            f"method={self.method!r}, n_samples={self.n_samples:g})"
        )

    def _repr_html_(self) -> str:
        """Show the same as a table, in notebooks."""
        low, high = self.confidence_interval()
        unit = escape(unit_name(self.base))
        rows = {
            "value": f"{self.value:.4g} {unit}",
            "95 % interval": f"{low:.4g} to {high:.4g} {unit}",
            "standard error": f"{self.standard_error:.2g} {unit}",
            "p-value": f"{self.p_value:.3g}",
            "method": escape(self.method),
            "samples": f"{self.n_samples:g}",
        }
        shown = {name: text for name, text in rows.items() if "nan" not in text}
        cells = "".join(f"<tr><th>{name}</th><td>{text}</td></tr>" for name, text in shown.items())
        return f"<table>{cells}</table>"

    def confidence_interval(self, level: float = 0.95) -> ConfidenceInterval:
        """Return an interval that holds the truth with probability ``level``.

        Parameters
        ----------
        level : float, default=0.95
            Above 0 and below 1.

        Returns
        -------
        ConfidenceInterval
            ``low`` and ``high``, in the unit of ``base``; NaN where the method has no interval. The
            value lies between them; where it is below zero, so is ``low``.

        Raises
        ------
        ValueError
            If level is not between 0 and 1.
        """
        if not (isinstance(level, Real) and 0 < level < 1):
            raise ValueError(f"level={level!r} is not a probability. Pass one between 0 and 1.")
        unit = nats_per_unit(self.base)
        low, high = (end / unit for end in self.interval(level))
        # Values may lie beyond the bounds of the truth, as below zero, but not of their interval.
        low, high = np.minimum(low, self.value), np.maximum(high, self.value)
        return ConfidenceInterval(float(low), float(high))
