"""Joint counts of code columns, and the sums of n log n over them.

A *packed* column holds the codes of two columns, ``a + n_levels_a * b``, in 16 bits. One increment
of a histogram over (packed column, z) then counts two tables at once, (a, z) and (b, z), and the
whole histogram still lives in the L1 cache. Four rows travel in one 64-bit word.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

_LOW_16 = np.uint64(0xFFFF)
_S16, _S32, _S48 = np.uint64(16), np.uint64(32), np.uint64(48)
_ONE = np.uint32(1)


@njit(nogil=True, cache=True)
def n_log_n(n, table):
    """Look n log n up in ``table`` (n log n of 0, 1, 2, ...), or compute it beyond the table."""
    if n < table.shape[0]:
        k = np.int64(n)
        if k == n:
            return table[k]
    return n * math.log(n) if n > 0 else 0.0


@njit(nogil=True, cache=True)
def _histograms(packed, other, scaled_z, other_z, even, odd, other_even, other_odd):
    """Count (z, packed) and (z, other), each into two tables whose sum is wanted.

    Rows alternate between the two tables, so that equal neighbours do not wait for each other; and
    two columns at a time keep the core busier than one.
    """
    words, others = packed.view(np.uint64), other.view(np.uint64)
    z_words, other_words = scaled_z.view(np.uint64), other_z.view(np.uint64)
    for i in range(words.shape[0]):
        # Four 16-bit lanes at once: no lane overflows, because n_z * n_cells <= 65536.
        v = words[i] + z_words[i]
        u = others[i] + other_words[i]
        even[v & _LOW_16] += _ONE
        other_even[u & _LOW_16] += _ONE
        odd[(v >> _S16) & _LOW_16] += _ONE
        other_odd[(u >> _S16) & _LOW_16] += _ONE
        even[(v >> _S32) & _LOW_16] += _ONE
        other_even[(u >> _S32) & _LOW_16] += _ONE
        odd[v >> _S48] += _ONE
        other_odd[u >> _S48] += _ONE


@njit(nogil=True, cache=True)
def _weighted_histogram(packed, z, weights, n_cells, counts):
    """Add the weight of each row to its cell (z, packed)."""
    for i in range(weights.shape[0]):
        counts[np.uint64(z[i]) * np.uint64(n_cells) + np.uint64(packed[i])] += weights[i]


@njit(nogil=True, cache=True)
def _scale(z, factor, scaled):
    """Write z * factor to ``scaled`` unless it is there; the last lane remembers the factor."""
    last = scaled.shape[0] - 1
    if scaled[last] == factor:
        return
    for i in range(z.shape[0]):
        scaled[i] = z[i] * np.uint16(factor)
    scaled[last] = factor


@njit(nogil=True, cache=True)
def _count_two(packed, k, m, n_k, n_m, z, n_z, weights, n, scratch):
    """Leave the counts of (z, column k) in the first table of ``scratch``, of m in the third.

    ``scratch`` holds four tables for counts, and two rows of lanes for z times the cells of a
    column, which are kept for the next pair of columns. No weights means a weight of one each.
    """
    even, odd, other_even, other_odd, scaled, other_scaled = scratch
    for cell in range(n_z * max(n_k, n_m)):
        even[cell] = odd[cell] = other_even[cell] = other_odd[cell] = 0
    if weights.shape[0]:
        _weighted_histogram(packed[k], z, weights, n_k, even)
        _weighted_histogram(packed[m], z, weights, n_m, other_even)
        return
    _scale(z, n_k, scaled)
    if n_m == n_k:
        _histograms(packed[k], packed[m], scaled, scaled, even, odd, other_even, other_odd)
    else:
        _scale(z, n_m, other_scaled)
        _histograms(packed[k], packed[m], scaled, other_scaled, even, odd, other_even, other_odd)
    for cell in range(n_z * max(n_k, n_m)):
        even[cell] += odd[cell]
        other_even[cell] += other_odd[cell]
    # The rows that fill up the last word hold code 0 and z 0.
    even[0] -= packed.shape[1] - n
    other_even[0] -= packed.shape[1] - n


@njit(nogil=True, cache=True)
def _split(counts, n_z, n_a, n_b, table_a, table_b):
    """Sum the counts (z, b, a) to the tables (z, a) and (z, b)."""
    for z in range(n_z):
        for a in range(n_a):
            table_a[z * n_a + a] = 0
        for b in range(n_b):
            start = (z * n_b + b) * n_a
            table_b[z * n_b + b] = 0
            for a in range(n_a):
                table_a[z * n_a + a] += counts[start + a]
                table_b[z * n_b + b] += counts[start + a]


@njit(nogil=True, cache=True)
def _sums_of_table(counts, n_w, n_y, n_x, by_x, table):
    """Sum n log n over the cells (w, y, x), and over (w, x)."""
    fine = 0.0
    coarse = 0.0
    for w in range(n_w):
        for x in range(n_x):
            by_x[x] = 0
        for y in range(n_y):
            start = (w * n_y + y) * n_x
            for x in range(n_x):
                count = counts[start + x]
                by_x[x] += count
                fine += n_log_n(count, table)
        for x in range(n_x):
            coarse += n_log_n(by_x[x], table)
    return fine, coarse


@njit(nogil=True, cache=True)
def sums_of_tables(tables, offsets, n_x, n_y, table, by_x, out):
    """Sum n log n over the cells (y, x), and over x, of the tables that begin at ``offsets``.

    ``out[j]`` also receives the number of levels of x that occur. ``by_x`` is scratch.
    """
    for j in range(offsets.shape[0]):
        counts = tables[offsets[j] : offsets[j] + n_x[j] * n_y]
        out[j, 0], out[j, 1] = _sums_of_table(counts, 1, n_y, n_x[j], by_x, table)
        out[j, 2] = 0
        for x in range(n_x[j]):
            out[j, 2] += by_x[x] > 0


@njit(nogil=True, cache=True)
def packed_tables(packed, rows, n_a, n_b, z, n_z, weights, n, scratch, offsets_a, offsets_b, out):
    """Write the table (z, x) of both members of every packed column in ``rows`` to ``out``.

    ``offsets_a[k]`` says where the table of the first member of packed column k begins.
    """
    for i in range(0, rows.shape[0], 2):
        k, m = rows[i], rows[min(i + 1, rows.shape[0] - 1)]
        _count_two(packed, k, m, n_a[k] * n_b[k], n_a[m] * n_b[m], z, n_z, weights, n, scratch)
        for counts, j in ((scratch[0], k), (scratch[2], m)):
            a, b = offsets_a[j], offsets_b[j]
            if n_b[j] > 1:
                table_a, table_b = out[a : a + n_z * n_a[j]], out[b : b + n_z * n_b[j]]
                _split(counts, n_z, n_a[j], n_b[j], table_a, table_b)
            else:
                for cell in range(n_z * n_a[j]):
                    out[a + cell] = counts[cell]


@njit(nogil=True, cache=True)
def packed_sums(packed, rows, n_a, n_b, z, n_w, n_y, weights, n, scratch, members, table, out):
    """Write the sums of n log n over (w, y, x) and (w, x) to ``out[k]``, z being w * n_y + y.

    ``out[k]`` holds fine and coarse sum of the first member, then those of the second. ``members``
    is scratch for their two tables and for the counts of one w.
    """
    n_z, (table_a, table_b, by_x) = n_w * n_y, members
    for i in range(0, rows.shape[0], 2):
        k, m = rows[i], rows[min(i + 1, rows.shape[0] - 1)]
        _count_two(packed, k, m, n_a[k] * n_b[k], n_a[m] * n_b[m], z, n_z, weights, n, scratch)
        for counts, j in ((scratch[0], k), (scratch[2], m)):
            if n_b[j] > 1:
                _split(counts, n_z, n_a[j], n_b[j], table_a, table_b)
                out[j, 0], out[j, 1] = _sums_of_table(table_a, n_w, n_y, n_a[j], by_x, table)
                out[j, 2], out[j, 3] = _sums_of_table(table_b, n_w, n_y, n_b[j], by_x, table)
            else:
                out[j, 0], out[j, 1] = _sums_of_table(counts, n_w, n_y, n_a[j], by_x, table)
