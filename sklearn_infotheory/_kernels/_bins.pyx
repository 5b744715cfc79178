"""What bins hold: counts of classes, and sums of values."""

from libc.stdint cimport int64_t, uint8_t, uint16_t

ctypedef fused Code:
    uint8_t
    int64_t


def add_up_bins(
    const Code[::1] codes, const uint16_t[::1] classes, const double[::1] values,
    const double[::1] weights, double[:, ::1] counts, double[::1] sums,
):
    """Add the weight of each row to its cell (bin, class), and weight times value to its bin.

    No weights means a weight of one each.
    """
    cdef Py_ssize_t i
    with nogil:
        if weights.shape[0]:
            for i in range(codes.shape[0]):
                counts[codes[i], classes[i]] += weights[i]
                sums[codes[i]] += weights[i] * values[i]
        else:
            for i in range(codes.shape[0]):
                counts[codes[i], classes[i]] += 1.0
                sums[codes[i]] += values[i]
