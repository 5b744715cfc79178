import numpy as np
from numpy.typing import NDArray

def add_up_bins(
    codes: NDArray[np.uint8 | np.int64],
    classes: NDArray[np.uint16],
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    counts: NDArray[np.float64],
    sums: NDArray[np.float64],
) -> None: ...
