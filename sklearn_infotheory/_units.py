"""Units of information: nats inside, converted once on the way out."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

from sklearn.utils._param_validation import Interval

BASE_CONSTRAINT: list[Any] = [Interval(Real, 1, None, closed="neither"), None]


def nats_per_unit(base: float | None) -> float:
    """How many nats make one unit of information to this base."""
    return 1.0 if base is None else math.log(base)


def unit_name(base: float | None) -> str:
    """Name the unit for plots and reports."""
    if base is None or base == math.e:
        return "nats"
    names: dict[float, str] = {2: "bits", 10: "hartleys"}
    return names.get(base, f"log base {base:g}")
