"""Joint counts of sparse code columns: one step for each stored entry, none for the zeros."""

from libc.stdint cimport int64_t, uint8_t


cdef struct Condition:
    const int64_t *z  # of each row
    const double *counts  # of each value of z
    Py_ssize_t n_z


cdef void _count_sparse(
    const int64_t *indices, const uint8_t *values, Py_ssize_t n_stored, uint8_t unstored,
    int64_t n_x, Condition *given, const double *weights, double *out,
) noexcept nogil:
    """Count (z, x): all of z at the code of zero, then every stored entry moved to its own."""
    cdef Py_ssize_t cell, c, i
    cdef int64_t row
    cdef double weight
    cdef double *counts
    for cell in range(given.n_z * n_x):
        out[cell] = 0
    for c in range(given.n_z):
        out[c * n_x + unstored] = given.counts[c]
    for i in range(n_stored):
        row = indices[i]
        weight = weights[row] if weights else 1.0
        counts = out + given.z[row] * n_x
        counts[unstored] -= weight
        counts[values[i]] += weight


def sparse_tables(
    const int64_t[::1] indptr, const int64_t[::1] indices, const uint8_t[::1] values,
    const uint8_t[::1] unstored, const int64_t[::1] n_levels, const int64_t[::1] features,
    const int64_t[::1] z, const double[::1] z_counts, const double[::1] weights,
    const int64_t[::1] offsets, double[::1] out,
):
    """Write the table (z, x) of feature ``features[i]`` to ``out`` at ``offsets[i]``."""
    cdef const int64_t *rows = &indices[0] if indices.shape[0] else NULL
    cdef const uint8_t *codes = &values[0] if values.shape[0] else NULL
    cdef const double *given = &weights[0] if weights.shape[0] else NULL
    cdef Condition condition
    cdef Py_ssize_t i, j
    if not z_counts.shape[0]:
        return
    condition.z, condition.counts = &z[0] if z.shape[0] else NULL, &z_counts[0]
    condition.n_z = z_counts.shape[0]
    with nogil:
        for i in range(features.shape[0]):
            j = features[i]
            _count_sparse(rows + indptr[j], codes + indptr[j], indptr[j + 1] - indptr[j],
                          unstored[j], n_levels[j], &condition, given, &out[offsets[i]])
