"""How kernels are compiled: releasing the GIL, once a machine, and with no wrapper too many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",  # dividing by zero gives inf: no test at every division
    "no_cfunc_wrapper": True,
}


def kernel(function: Callable[..., Any]) -> Any:
    """Compile what Python calls; kept on disk, but where no folder can be written to."""
    try:
        return njit(**_OPTIONS | {"cache": True})(function)
    except RuntimeError:  # no locator available: a read-only container
        return njit(**_OPTIONS)(function)


# Decorates what only kernels call, and hold in their own cache; a wrapper for Python would take a
# fifth of the time to compile.
part = njit(**_OPTIONS | {"no_cpython_wrapper": True})

# Decorates what only kernels call to add up a row: additions may change places, so that several
# go at once. NaN and infinity stay what they are.
summing_part = njit(**_OPTIONS | {"no_cpython_wrapper": True, "fastmath": {"reassoc"}})
