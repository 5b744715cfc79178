from typing import Any

import numpy as np
from numpy.typing import NDArray

def transpose_small_integers(
    X: NDArray[np.integer[Any]],
    words: NDArray[np.uint64],
    present: NDArray[np.uint64],
    union: NDArray[np.uint64],
) -> None: ...
def code_by_edges(
    values: NDArray[Any],
    edges: NDArray[np.float64],
    out: NDArray[np.uint8],
) -> None: ...
def pack_columns(
    codes: NDArray[np.uint8],
    members: NDArray[np.int64],
    n_levels: NDArray[np.int64],
    classes: tuple[Any, ...],
    packed: NDArray[np.uint16],
    out: NDArray[np.uint16],
) -> None: ...
