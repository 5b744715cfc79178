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
def _histograms(packed, other, scaled_z, other_z, tables):
    """Count (z, packed) and (z, other), each into two tables whose sum is wanted.

    Rows alternate between the two tables, so that equal neighbours do not wait for each other; and
    two columns at a time keep the core busier than one.
    """
    words, others = packed.view(np.uint64), other.view(np.uint64)
    z_words, other_words = scaled_z.view(np.uint64), other_z.view(np.uint64)
    even, odd, other_even, other_odd = tables[0], tables[1], tables[2], tables[3]
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
def _count_two(packed, k, m, n_cells, z, scaled, n_z, weights, n, tables):
    """Leave the counts of (z, column k) in ``tables[0]`` and of (z, column m) in ``tables[2]``.

    No weights means a weight of one each. ``scaled`` keeps z times the cells of one column for the
    next pair of columns, which mostly has as many.
    """
    n_k, n_m = n_cells[k], n_cells[m]
    tables[:, : n_z * max(n_k, n_m)] = 0
    if weights.shape[0]:
        _weighted_histogram(packed[k], z, weights, n_k, tables[0])
        _weighted_histogram(packed[m], z, weights, n_m, tables[2])
        return
    for i, n_i in enumerate((n_k, n_m)):
        if scaled[i, -1] != n_i:
            scaled[i, :-4] = z * np.uint16(n_i)
            scaled[i, -1] = n_i
    other = 0 if n_k == n_m else 1
    _histograms(packed[k], packed[m], scaled[0, :-4], scaled[other, :-4], tables)
    for i in range(0, 4, 2):
        for cell in range(n_z * max(n_k, n_m)):
            tables[i, cell] += tables[i + 1, cell]
        # The rows that fill up the last word hold code 0 and z 0.
        tables[i, 0] -= packed.shape[1] - n


@njit(nogil=True, cache=True)
def _split(counts, n_z, n_a, n_b, table_a, table_b):
    """Sum the counts (z, b, a) to the tables (z, a) and (z, b)."""
    for z in range(n_z):
        row_a = table_a[z * n_a : (z + 1) * n_a]
        row_a[:] = 0
        for b in range(n_b):
            cells = counts[(z * n_b + b) * n_a : (z * n_b + b + 1) * n_a]
            total = cells[0] - cells[0]
            for a in range(n_a):
                row_a[a] += cells[a]
                total += cells[a]
            table_b[z * n_b + b] = total


@njit(nogil=True, cache=True)
def _sums_of_table(counts, n_w, n_y, n_x, by_x, table):
    """Sum n log n over the cells (w, y, x), and over (w, x)."""
    fine = 0.0
    coarse = 0.0
    for w in range(n_w):
        by_x[:n_x] = 0
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
def sums_of_tables(tables, offsets, n_x, n_y, table, out):
    """Sum n log n over the cells (y, x), and over x, of the tables that begin at ``offsets``.

    ``out[j]`` also receives the number of levels of x that occur.
    """
    by_x = np.zeros(np.max(n_x))
    for j in range(offsets.shape[0]):
        counts = tables[offsets[j] : offsets[j] + n_x[j] * n_y]
        out[j, 0], out[j, 1] = _sums_of_table(counts, 1, n_y, n_x[j], by_x, table)
        out[j, 2] = np.count_nonzero(by_x[: n_x[j]])


@njit(nogil=True, cache=True)
def packed_tables(packed, rows, n_a, n_b, z, n_z, weights, n, buffer, offsets_a, offsets_b, out):
    """Write the table (z, x) of both members of every packed column in ``rows`` to ``out``.

    ``offsets_a[k]`` says where the table of the first member of packed column k begins; ``buffer``
    is an empty array of the type that counts have.
    """
    n_cells = n_a * n_b
    tables = np.zeros((4, np.max(n_cells[rows]) * n_z), buffer.dtype)
    scaled = np.zeros((2, z.shape[0] + 4), np.uint16)
    for i in range(0, rows.shape[0], 2):
        pair = rows[i : i + 2]
        _count_two(packed, pair[0], pair[-1], n_cells, z, scaled, n_z, weights, n, tables)
        for place in range(pair.shape[0]):
            k, counts = pair[place], tables[2 * place]
            a, b = offsets_a[k], offsets_b[k]
            if n_b[k] > 1:
                table_a, table_b = out[a : a + n_z * n_a[k]], out[b : b + n_z * n_b[k]]
                _split(counts, n_z, n_a[k], n_b[k], table_a, table_b)
            else:
                for cell in range(n_z * n_a[k]):
                    out[a + cell] = counts[cell]


@njit(nogil=True, cache=True)
def packed_sums(packed, rows, n_a, n_b, z, n_w, n_y, weights, n, buffer, table, out):
    """Write the sums of n log n over (w, y, x) and (w, x) to ``out[k]``, z being w * n_y + y.

    ``out[k]`` holds fine and coarse sum of the first member, then those of the second.
    """
    n_z, n_cells = n_w * n_y, n_a * n_b
    tables = np.zeros((4, np.max(n_cells[rows]) * n_z), buffer.dtype)
    levels = max(np.max(n_a[rows]), np.max(n_b[rows]))
    members = np.zeros((2, levels * n_z), buffer.dtype)
    by_x = np.zeros(levels, buffer.dtype)
    scaled = np.zeros((2, z.shape[0] + 4), np.uint16)
    for i in range(0, rows.shape[0], 2):
        pair = rows[i : i + 2]
        _count_two(packed, pair[0], pair[-1], n_cells, z, scaled, n_z, weights, n, tables)
        for place in range(pair.shape[0]):
            k, counts = pair[place], tables[2 * place]
            if n_b[k] > 1:
                _split(counts, n_z, n_a[k], n_b[k], members[0], members[1])
                out[k, 2], out[k, 3] = _sums_of_table(members[1], n_w, n_y, n_b[k], by_x, table)
                counts = members[0]
            out[k, 0], out[k, 1] = _sums_of_table(counts, n_w, n_y, n_a[k], by_x, table)
