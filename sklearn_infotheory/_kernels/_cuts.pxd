from libc.stdint cimport int64_t


cdef extern from *:
    """
    #define TIE_TOLERANCE 1e-12
    """
    const double _TIE_TOLERANCE "TIE_TOLERANCE"  # costs this close, by their scale, are equal


cdef enum:
    _DEEPEST = 128  # groups that are open at once, at most


cdef struct Span:
    int64_t first, last


cdef Span feasible_cuts(
    const double *totals, int64_t start, int64_t stop, double least
) noexcept nogil
