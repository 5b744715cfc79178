import numpy as np
from numpy.typing import NDArray

def reassign_rows(
    starts: NDArray[np.int64],
    columns: NDArray[np.int32],
    joint: NDArray[np.float64],
    row_masses: NDArray[np.float64],
    order: NDArray[np.int64],
    labels: NDArray[np.int64],
    cells: NDArray[np.float64],
    terms: NDArray[np.float64],
    masses: NDArray[np.float64],
    room: NDArray[np.float64],
    relevance: float,
    size: float,
) -> int: ...
def gains_of_joining(
    starts: NDArray[np.int64],
    columns: NDArray[np.int32],
    joint: NDArray[np.float64],
    row_masses: NDArray[np.float64],
    cells: NDArray[np.float64],
    terms: NDArray[np.float64],
    masses: NDArray[np.float64],
    room: NDArray[np.float64],
    relevance: float,
    size: float,
    out: NDArray[np.float64],
) -> None: ...
def losses_of_merging(
    cells: NDArray[np.float64],
    terms: NDArray[np.float64],
    masses: NDArray[np.float64],
    clusters: NDArray[np.int64],
    merged: int,
    relevance: float,
    size: float,
    room: NDArray[np.int32],
    out: NDArray[np.float64],
) -> None: ...
