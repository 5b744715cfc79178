from typing import Any

import numpy as np
from numpy.typing import NDArray

def sort_ties(
    x_order: NDArray[np.int64],
    y_ranks: NDArray[np.int64],
    y_codes: NDArray[np.int64],
    order: NDArray[np.int64],
) -> None: ...
def lay_out_slabs(
    x_ranks: NDArray[np.int64],
    y_order: NDArray[np.int64],
    size: int,
    places: NDArray[np.int64],
) -> None: ...
def find_distances(
    points: tuple[Any, ...],
    ends: NDArray[np.float64],
    size: int,
    k: int,
    distances: NDArray[np.float64],
) -> None: ...
def look_around(
    points: tuple[Any, ...],
    ends: NDArray[np.float64],
    size: int,
    k: int,
    distances: NDArray[np.float64],
    joint: NDArray[np.int64],
    sides: NDArray[np.int64],
    reaches: NDArray[np.float64],
) -> None: ...
