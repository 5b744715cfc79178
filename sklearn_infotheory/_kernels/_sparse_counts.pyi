import numpy as np
from numpy.typing import NDArray

def sparse_tables(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int64],
    values: NDArray[np.uint8],
    unstored: NDArray[np.uint8],
    n_levels: NDArray[np.int64],
    features: NDArray[np.int64],
    z: NDArray[np.int64],
    z_counts: NDArray[np.float64],
    weights: NDArray[np.float64],
    offsets: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None: ...
