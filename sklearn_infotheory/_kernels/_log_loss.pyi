import numpy as np
from numpy.typing import NDArray

def find_bad_row(proba: NDArray[np.float64], tolerance: float) -> int: ...
def sum_losses(
    proba: NDArray[np.float64],
    codes: NDArray[np.int64],
    floor: float,
    tolerance: float,
) -> tuple[int, float]: ...
