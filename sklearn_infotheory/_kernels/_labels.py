"""Labels to codes."""

from __future__ import annotations

import numpy as np

from sklearn_infotheory._kernels._compile import kernel


@kernel
def mark_present(values, present):
    """Mark which of 0 .. len(present) - 1 occur; return False at the first value outside."""
    for value in values:
        if value < 0 or value >= present.shape[0]:
            return False
        present[value] = True
    return True


@kernel
def code_strings(characters, slots, first_rows, codes):
    """Number the distinct rows of ``characters`` in order of appearance, and return how many.

    Where one appears first goes to ``first_rows``; if that is too short, -1 is returned. ``slots``,
    a hash table, has a power of two of places, more than ``first_rows``, and holds -1.
    """
    n_rows, width = characters.shape
    n_distinct, mask = 0, np.uint64(slots.shape[0] - 1)
    for i in range(n_rows):
        word = characters[i]
        spread = np.uint64(14695981039346656037)  # Fowler, Noll and Vo's hash, by characters
        for j in range(width):
            spread = (spread ^ np.uint64(word[j])) * np.uint64(1099511628211)
        slot = (spread ^ (spread >> np.uint64(32))) & mask
        while slots[slot] >= 0:
            known = characters[first_rows[slots[slot]]]
            j = 0
            while j < width and known[j] == word[j]:
                j += 1
            if j == width:
                break
            slot = (slot + np.uint64(1)) & mask
        if slots[slot] < 0:
            if n_distinct == first_rows.shape[0]:
                return -1
            slots[slot] = n_distinct
            first_rows[n_distinct] = i
            n_distinct += 1
        codes[i] = slots[slot]
    return n_distinct
