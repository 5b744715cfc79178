"""Tables of pairs of code columns."""

from libc.stdint cimport int64_t, uint8_t


cdef void _count_pair(
    const uint8_t *a, const uint8_t *b, int64_t width, const double *weights, Py_ssize_t n,
    double *table,
) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        table[a[i] * width + b[i]] += weights[i] if weights else 1.0


def count_pairs(
    const uint8_t[:, ::1] codes, const int64_t[::1] first, const int64_t[::1] second,
    const int64_t[::1] n_levels, const int64_t[::1] offsets, const double[::1] weights,
    double[::1] out,
):
    """Add the rows to the table of each pair (first[k], second[k]), which begins at offsets[k].

    ``codes`` has one row a column of data; ``weights`` is empty where each row counts once.
    """
    cdef const double *given = &weights[0] if weights.shape[0] else NULL
    cdef Py_ssize_t k, n = codes.shape[1]
    if not n:
        return
    with nogil:
        for k in range(first.shape[0]):
            _count_pair(&codes[first[k], 0], &codes[second[k], 0], n_levels[second[k]], given, n,
                        &out[offsets[k]])
