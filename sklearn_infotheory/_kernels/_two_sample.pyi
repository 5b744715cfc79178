from typing import Any

import numpy as np
from numpy.typing import NDArray

def split_tests(
    kind: int,
    reference: NDArray[np.float64],
    batch: NDArray[np.float64],
    starts: NDArray[np.int64],
    strata: NDArray[np.int64],
    large: float,
    n_permutations: int,
    tie: float,
    seeds: NDArray[np.uint64],
    tables: tuple[Any, ...],
    scratch: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None: ...
def null_moments_of_divergences(
    kind: int,
    reference: NDArray[np.float64],
    batch: NDArray[np.float64],
    unit: NDArray[np.float64],
    table: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None: ...
