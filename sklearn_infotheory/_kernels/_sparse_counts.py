"""Joint counts of sparse code columns: one step for each stored entry, none for the zeros."""

from __future__ import annotations

from sklearn_infotheory._kernels._compile import kernel, part


@part
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


@kernel
def sparse_tables(
    indptr, indices, values, unstored, n_levels, features, z, z_counts, weights, offsets, out
):
    """Write the table (z, x) of feature ``features[i]`` to ``out`` at ``offsets[i]``."""
    for i in range(features.shape[0]):
        j, begin = features[i], offsets[i]
        stored = slice(indptr[j], indptr[j + 1])
        end = begin + n_levels[j] * z_counts.shape[0]
        _count_sparse(
            indices[stored], values[stored], unstored[j], n_levels[j], z, z_counts, weights,
            out[begin:end],
        )  # fmt: skip
