import numpy as np
from numpy.typing import NDArray

def most_bins(totals: NDArray[np.float64], least: float) -> int: ...
def divide_equally(
    totals: NDArray[np.float64],
    n_bins: int,
    least: float,
    table: NDArray[np.float64],
    cuts: NDArray[np.int64],
) -> None: ...
