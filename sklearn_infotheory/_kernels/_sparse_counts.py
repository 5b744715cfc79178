"""Joint counts of sparse code columns: one step for each stored entry, none for the zeros."""

from __future__ import annotations

import numpy as np
from numba import njit

from sklearn_infotheory._kernels._joint_counts import _sums_of_table


@njit(nogil=True, cache=True)
def _count_sparse(indices, values, unstored, n_x, z, z_counts, weights, out):
    """Count (z, x): all of z at the code of zero, then every stored entry moved to its own."""
    out[:] = 0
    for c in range(z_counts.shape[0]):
        out[c * n_x + unstored] = z_counts[c]
    for i in range(indices.shape[0]):
        row = indices[i]
        weight = weights[row] if weights.shape[0] else 1.0
        out[z[row] * n_x + unstored] -= weight
        out[z[row] * n_x + values[i]] += weight


@njit(nogil=True, cache=True)
def sparse_tables(
    indptr, indices, values, unstored, n_levels, features, z, z_counts, weights, offsets, out
):
    """Write the table (z, x) of every wanted feature to ``out`` at its offset."""
    for j in features:
        stored = slice(indptr[j], indptr[j + 1])
        end = offsets[j] + n_levels[j] * z_counts.shape[0]
        _count_sparse(
            indices[stored], values[stored], unstored[j], n_levels[j], z, z_counts, weights,
            out[offsets[j] : end],
        )  # fmt: skip


@njit(nogil=True, cache=True)
def sparse_sums(
    indptr, indices, values, unstored, n_levels, features, z, z_counts, n_y, weights, table, out
):
    """Write the sums of n log n over (w, y, x) and (w, x) to ``out[j]``, z being w * n_y + y."""
    n_z = z_counts.shape[0]
    for j in features:
        stored = slice(indptr[j], indptr[j + 1])
        counts = np.empty(n_levels[j] * n_z)
        _count_sparse(
            indices[stored], values[stored], unstored[j], n_levels[j], z, z_counts, weights, counts
        )
        by_x = np.empty(n_levels[j])
        out[j, 0], out[j, 1] = _sums_of_table(counts, n_z // n_y, n_y, n_levels[j], by_x, table)
