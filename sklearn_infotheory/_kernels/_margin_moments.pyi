import numpy as np
from numpy.typing import NDArray

def null_moments_of_margins(
    n: NDArray[np.float64],
    rows: NDArray[np.float64],
    row_times: NDArray[np.float64],
    row_starts: NDArray[np.int64],
    columns: NDArray[np.float64],
    column_times: NDArray[np.float64],
    starts: NDArray[np.int64],
    table: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None: ...
