from typing import Any

import numpy as np
from numpy.typing import NDArray

HISTOGRAM: int
MODL: int

def log_factorials(table: NDArray[np.float64]) -> None: ...
def all_lengths(problem: tuple[Any, ...], least: float, lengths: NDArray[np.float64]) -> None: ...
def best_division(
    lengths: NDArray[np.float64],
    priors: NDArray[np.float64],
    cuts: NDArray[np.int64],
) -> tuple[int, float]: ...
def division_length(problem: tuple[Any, ...], bounds: NDArray[np.int64]) -> float: ...
def compare_divisions(
    problem: tuple[Any, ...],
    priors: NDArray[np.float64],
    bounds: NDArray[np.int64],
    least: float,
    spans: NDArray[np.int64],
    tests: NDArray[np.float64],
) -> int: ...
def merge_greedily(
    problem: tuple[Any, ...],
    priors: NDArray[np.float64],
    n_left: int,
    starts: NDArray[np.int64],
) -> int: ...
def improve_division(
    problem: tuple[Any, ...],
    priors: NDArray[np.float64],
    least: float,
    bounds: NDArray[np.int64],
    n_bins: int,
) -> int: ...
