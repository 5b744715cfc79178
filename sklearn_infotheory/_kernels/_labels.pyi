from typing import Any

import numpy as np
from numpy.typing import NDArray

def mark_present(
    values: NDArray[np.int64],
    present: NDArray[np.uint8],
) -> bool: ...
def code_strings(
    characters: NDArray[Any],
    slots: NDArray[np.int64],
    first_rows: NDArray[np.int64],
    codes: NDArray[np.int32 | np.int64],
) -> int: ...
