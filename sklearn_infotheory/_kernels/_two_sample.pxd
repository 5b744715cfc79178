from libc.stdint cimport int64_t, uint64_t


cdef double NEGLIGIBLE  # probabilities below are left out


cdef inline double uniform(uint64_t *state) noexcept nogil:
    """Draw from [0, 1) by SplitMix64 (Steele, Lea & Flood 2014)."""
    cdef uint64_t z
    state[0] += 0x9E3779B97F4A7C15ULL
    z = state[0]
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL
    return <double> <int64_t> ((z ^ (z >> 31)) >> 11) / 9007199254740992.0  # 2^53
