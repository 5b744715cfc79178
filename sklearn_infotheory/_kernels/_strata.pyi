from typing import Any

import numpy as np
from numpy.typing import NDArray

def mark_strata(
    rows: NDArray[np.uint32],
    labels: NDArray[np.int32],
    codes: NDArray[np.uint8],
    n_levels: int,
    y: NDArray[np.uint16],
    some: NDArray[np.int32],
    all_: NDArray[np.int32],
) -> None: ...
def relabel_rows(
    rows: NDArray[np.uint32],
    labels: NDArray[np.int32],
    codes: NDArray[np.uint8],
    n_levels: int,
    numbers: NDArray[np.int32],
    new_rows: NDArray[np.uint32],
    new_labels: NDArray[np.int32],
) -> int: ...
def count_strata(
    rows: NDArray[np.uint32],
    labels: NDArray[np.int32],
    x: NDArray[np.uint8],
    y: NDArray[np.uint16],
    weights: NDArray[np.float64],
    n_x: int,
    n_y: int,
    counts: NDArray[np.uint32 | np.float64],
) -> None: ...
def sorted_g_test(
    order: NDArray[np.uint32],
    starts: NDArray[np.int64],
    x: NDArray[np.uint8],
    y: NDArray[np.uint16],
    weights: NDArray[np.float64],
    scratch: tuple[Any, ...],
    with_moments: bool,
    memory: tuple[Any, ...],
) -> tuple[float, float, float, float]: ...
