"""Sums that do not depend on the order of the rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def ordered_mean(terms: NDArray[np.float64]) -> float:
    """Average in ascending order: the same to the bit for every order of the rows; 0 of none."""
    return float(np.sort(terms).mean()) if len(terms) else 0.0
