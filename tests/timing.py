"""Time what is compared, in turn with another version of the package if one is running."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Client, Connection
from typing import Any

TURNS = "BENCHMARK_TURNS"  # where benchmarks/versions.py listens, and who is asking


def _connect() -> Connection | None:
    if TURNS not in os.environ:
        return None
    address, _, name = os.environ[TURNS].rpartition("|")
    connection = Client(address)
    connection.send(name)
    return connection


_TURNS = _connect()


def is_compared() -> bool:
    """Tell whether two versions of the package are being compared, so that no peer is needed."""
    return _TURNS is not None


def seconds(call: Callable[[], Any], what: str = "") -> float:
    """Time a call; ``what`` names it where versions are compared, else its line does."""
    if _TURNS is not None:
        test = os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0]
        _TURNS.send((test, what or f"line {sys._getframe(1).f_lineno}"))
        _TURNS.recv()  # it is our turn
    start = time.perf_counter()
    call()
    took = time.perf_counter() - start
    if _TURNS is not None:
        _TURNS.send(took)
    return took
