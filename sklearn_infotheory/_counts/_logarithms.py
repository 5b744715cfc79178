"""Tables of n log n and log n! for kernels to look up, in lengths that many columns share."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from scipy.special import gammaln

from sklearn_infotheory._types import Floats

_LONGEST = 1 << 20  # 8 MB; kernels compute what is beyond
_SHORT = 1 << 14


def n_log_n_table(largest: float) -> Floats:
    """Tabulate n log n of 0, 1, 2, ... as far as counts go."""
    return _n_log_n(_length(largest))


def log_factorial_table(largest: float) -> Floats:
    """Tabulate log n! of 0, 1, 2, ... as far as counts go."""
    return _log_factorials(_length(largest))


@cache
def short_log_factorial_table() -> Floats:
    """Tabulate log n! for kernels that go on by Stirling's series.

    The series differs from a table in the last bits, so the table must end where it always ends:
    else results would depend on how much is counted beside them.
    """
    table: Floats = gammaln(np.arange(1.0, _SHORT + 1))
    return table


def sum_n_log_n(counts: Floats) -> float:
    """Sum n log n over the positive counts."""
    positive = counts[counts > 0]
    return float(positive @ np.log(positive))


def _length(largest: float) -> int:
    return min(_LONGEST, 1 << int(largest + 2).bit_length())


@lru_cache(maxsize=8)
def _n_log_n(length: int) -> Floats:
    n = np.arange(length, dtype=np.float64)
    return n * np.log(np.maximum(n, 1))


@lru_cache(maxsize=4)
def _log_factorials(length: int) -> Floats:
    from sklearn_infotheory._kernels._divisions import log_factorials

    table = np.empty(length)
    log_factorials(table)
    return table
