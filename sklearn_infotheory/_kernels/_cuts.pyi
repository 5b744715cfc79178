from typing import Any

import numpy as np
from numpy.typing import NDArray

TIE_TOLERANCE: float
DEEPEST: int
GROUP: int
BY_LEVELS: int
BY_VALUES: int
BY_WEIGHT: int
ON_GRID: int
KONONENKO: int
MDLP: int

def runs_of_values(
    values: NDArray[np.float64],
    codes: NDArray[np.int32],
    merge_pure: bool,
    starts: NDArray[np.int64],
    n_values: NDArray[np.int64],
) -> int: ...
def count_blocks(
    codes: NDArray[np.int32],
    weights: NDArray[np.float64],
    starts: NDArray[np.int64],
    counts: NDArray[np.float64],
) -> None: ...
def cumulate(
    counts: NDArray[np.float64],
    sums: NDArray[np.float64],
    totals: NDArray[np.float64],
) -> bool: ...
def deviations(
    sums: NDArray[np.float64],
    totals: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> None: ...
def is_accepted(gain: float, threshold: float) -> bool: ...
def split_recursively(
    sums: NDArray[np.float64],
    totals: NDArray[np.float64],
    values: NDArray[np.int64],
    groups: tuple[Any, ...],
    criterion: int,
    place: int,
    least: float,
    table: NDArray[np.float64],
    spans: NDArray[np.int64],
    tests: NDArray[np.float64],
) -> int: ...
