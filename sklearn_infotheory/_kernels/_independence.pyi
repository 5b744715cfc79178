from typing import Any

import numpy as np
from numpy.typing import NDArray

def cell_moments(
    n: float,
    r: float,
    c: float,
    both: bool,
    table: NDArray[np.float64],
) -> tuple[float, float]: ...
def g_test_of_table(
    counts: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
    n: float,
    occupied_rows: NDArray[np.int64],
    n_rows: int,
    occupied_columns: NDArray[np.int64],
    n_columns: int,
    with_moments: bool,
    memory: tuple[Any, ...],
) -> tuple[float, float, float, float]: ...
def g_tests_of_tables(
    tables: NDArray[np.uint32 | np.float64],
    offsets: NDArray[np.int64],
    n_x: NDArray[np.int64],
    with_moments: bool,
    memory: tuple[Any, ...],
    scratch: tuple[Any, ...],
    out: NDArray[np.float64],
) -> None: ...
