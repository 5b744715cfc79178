import numpy as np
from numpy.typing import NDArray

def average_terms(
    joint: NDArray[np.int64],
    sides: NDArray[np.int64],
    signs: NDArray[np.float64],
    table: NDArray[np.float64],
    terms: NDArray[np.float64],
) -> None: ...
