"""Labels to codes."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp


ctypedef fused Character:
    uint8_t
    uint32_t

ctypedef fused Code:
    int32_t
    int64_t


def mark_present(const int64_t[::1] values, uint8_t[::1] present):
    """Mark which of 0 .. len(present) - 1 occur; return False at the first value outside."""
    cdef Py_ssize_t i, n = present.shape[0]
    cdef bint all_inside = True
    with nogil:
        for i in range(values.shape[0]):
            if values[i] < 0 or values[i] >= n:
                all_inside = False
                break
            present[values[i]] = 1
    return bool(all_inside)


def code_strings(
    const Character[:, ::1] characters, int64_t[::1] slots, int64_t[::1] first_rows,
    Code[::1] codes,
):
    """Number the distinct rows of ``characters`` in order of appearance, and return how many.

    Where one appears first goes to ``first_rows``; if that is too short, -1 is returned. ``slots``,
    a hash table, has a power of two of places, more than ``first_rows``, and holds -1.
    """
    cdef Py_ssize_t width = characters.shape[1], n_distinct = 0, i, j
    cdef uint64_t mask = <uint64_t> slots.shape[0] - 1, spread, slot
    cdef const Character *first = NULL
    cdef const Character *word
    cdef const Character *known
    if characters.shape[0] and width:
        first = &characters[0, 0]
    with nogil:
        for i in range(characters.shape[0]):
            word = first + i * width
            spread = 14695981039346656037ULL  # Fowler, Noll and Vo's hash, by characters
            for j in range(width):
                spread = (spread ^ word[j]) * 1099511628211ULL
            slot = (spread ^ (spread >> 32)) & mask
            while slots[slot] >= 0:
                known = first + first_rows[slots[slot]] * width
                if memcmp(known, word, width * sizeof(Character)) == 0:
                    break
                slot = (slot + 1) & mask
            if slots[slot] < 0:
                if n_distinct == first_rows.shape[0]:
                    n_distinct = -1
                    break
                slots[slot] = n_distinct
                first_rows[n_distinct] = i
                n_distinct += 1
            codes[i] = <Code> slots[slot]
    return n_distinct
