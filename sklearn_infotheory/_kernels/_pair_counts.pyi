import numpy as np
from numpy.typing import NDArray

def count_pairs(
    codes: NDArray[np.uint8],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    n_levels: NDArray[np.int64],
    offsets: NDArray[np.int64],
    weights: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None: ...
