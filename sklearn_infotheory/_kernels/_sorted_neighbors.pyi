from typing import Any

import numpy as np
from numpy.typing import NDArray

def pack_keys(bits: NDArray[np.uint64], n_low: int, keys: NDArray[np.uint64]) -> None: ...
def unpack_keys(
    keys: NDArray[np.uint64],
    n_low: int,
    column: NDArray[np.float64],
    order: NDArray[np.int64],
    values: NDArray[np.float64],
) -> bool: ...
def index_column(values: NDArray[np.float64], starts: NDArray[np.int64]) -> tuple[float, float]: ...
def count_all_near(
    values: NDArray[np.float64],
    index: tuple[Any, ...],
    reach: NDArray[np.float64],
    closed: bool,
    counts: NDArray[np.int64],
) -> None: ...
def count_near_and_tied(
    values: NDArray[np.float64],
    index: tuple[Any, ...],
    reach: NDArray[np.float64],
    nearer: NDArray[np.int64],
    tied: NDArray[np.int64],
) -> None: ...
def count_nearer_than_class(
    values: NDArray[np.float64],
    codes: NDArray[np.int64],
    starts: NDArray[np.int64],
    k: int,
    counts: NDArray[np.int64],
) -> None: ...
def count_ties_around_class(
    values: NDArray[np.float64],
    index: tuple[Any, ...],
    codes: NDArray[np.int64],
    starts: NDArray[np.int64],
    k: int,
    members: NDArray[np.int64],
    repeats: NDArray[np.int64],
    joint: NDArray[np.int64],
    side: NDArray[np.int64],
) -> int: ...
