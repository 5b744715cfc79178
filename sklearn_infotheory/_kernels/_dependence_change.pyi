import numpy as np
from numpy.typing import NDArray

def g_beyond_margins(counts: NDArray[np.float64], expected: NDArray[np.float64]) -> float: ...
def bootstrap_beyond_margins(
    model: NDArray[np.float64],
    n_draws: int,
    seed: int | np.uint64,
    out: NDArray[np.float64],
) -> None: ...
