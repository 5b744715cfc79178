"""Tables of codes, one column a feature: dense, or sparse with a code for what is not stored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class DenseCodes:
    """Codes as one contiguous row a feature.

    Attributes
    ----------
    values : ndarray of uint8 of shape (n_features, n_samples)
    n_levels : ndarray of int64 of shape (n_features,)
        One more than the largest code of each feature.
    """

    values: NDArray[np.uint8]
    n_levels: NDArray[np.int64]

    @property
    def n_features(self) -> int:
        return self.values.shape[0]

    @property
    def n_samples(self) -> int:
        return self.values.shape[1]

    def column(self, feature: int) -> NDArray[np.uint8]:
        """Return the codes of one feature."""
        return self.values[feature]


@dataclass(frozen=True)
class SparseCodes:
    """Codes of the stored entries of a CSC matrix; all other entries have their column's code.

    Attributes
    ----------
    indptr, indices : ndarray of int64
        Where each column begins, and the row of each stored entry.
    values : ndarray of uint8
        The code of each stored entry.
    unstored : ndarray of uint8 of shape (n_features,)
        The code of zero in each feature.
    n_levels : ndarray of int64 of shape (n_features,)
    n_samples : int
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int64]
    values: NDArray[np.uint8]
    unstored: NDArray[np.uint8]
    n_levels: NDArray[np.int64]
    n_samples: int

    @property
    def n_features(self) -> int:
        return len(self.unstored)

    def column(self, feature: int) -> NDArray[np.uint8]:
        """Return the codes of one feature, zeros filled in."""
        codes = np.full(self.n_samples, self.unstored[feature])
        stored = slice(self.indptr[feature], self.indptr[feature + 1])
        codes[self.indices[stored]] = self.values[stored]
        return codes
