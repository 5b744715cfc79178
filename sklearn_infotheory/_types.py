"""Names for the arrays that functions take and return."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]  # counts, ranks and offsets that kernels read and write
Codes = NDArray[np.intp]  # numbers of cells, of labels or of rows, which index other arrays
Features = NDArray[np.intp]  # numbers of columns
Counts = NDArray[np.intp] | NDArray[np.float64]  # how often values occur, or sums of weights
Weights = NDArray[np.float64] | None  # of rows; None for a weight of one each
RandomState = int | np.random.RandomState | None  # as in scikit-learn
