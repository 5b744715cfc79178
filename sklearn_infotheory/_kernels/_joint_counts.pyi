from typing import Any

import numpy as np
from numpy.typing import NDArray

def sums_of_tables(
    tables: NDArray[np.float64],
    offsets: NDArray[np.int64],
    n_x: NDArray[np.int64],
    n_w: int,
    n_y: int,
    table: NDArray[np.float64],
    by_x: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None: ...
def packed_tables(
    columns: tuple[Any, ...],
    chosen: NDArray[np.int64],
    classes: tuple[Any, ...],
    w: NDArray[np.uint16],
    n_w: int,
    weights: NDArray[np.float64],
    scratch: tuple[Any, ...],
    offsets: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None: ...
