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
def _histogram(packed, z, n_cells, even, odd):
    """Count (z, packed) into ``even + odd``; two tables, so that equal neighbours do not wait."""
    words, z_words = packed.view(np.uint64), z.view(np.uint64)
    stride = np.uint64(n_cells)
    for i in range(words.shape[0]):
        # Four 16-bit lanes at once: no lane overflows, because n_z * n_cells <= 65536.
        v = words[i] + z_words[i] * stride
        even[v & _LOW_16] += _ONE
        odd[(v >> _S16) & _LOW_16] += _ONE
        even[(v >> _S32) & _LOW_16] += _ONE
        odd[v >> _S48] += _ONE


@njit(nogil=True, cache=True)
def _weighted_histogram(packed, z, weights, n_cells, counts):
    """Add the weight of each row to its cell (z, packed)."""
    for i in range(weights.shape[0]):
        counts[np.uint64(z[i]) * np.uint64(n_cells) + np.uint64(packed[i])] += weights[i]


@njit(nogil=True, cache=True)
def _count(packed, z, weights, n, n_z, n_cells, even, odd):
    """Leave the counts of (z, packed) in ``even``; no weights means a weight of one each."""
    even[: n_z * n_cells] = 0
    if weights.shape[0]:
        _weighted_histogram(packed, z, weights, n_cells, even)
        return
    odd[: n_z * n_cells] = 0
    _histogram(packed, z, n_cells, even, odd)
    for cell in range(n_z * n_cells):
        even[cell] += odd[cell]
    # The rows that fill up the last word hold code 0 and z 0.
    even[0] -= packed.shape[0] - n


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
def packed_tables(packed, rows, n_a, n_b, z, n_z, weights, n, buffer, offsets_a, offsets_b, out):
    """Write the table (z, x) of both members of every packed column in ``rows`` to ``out``.

    ``offsets_a[k]`` says where the table of the first member of packed column k begins.
    """
    cells = 1
    for k in rows:
        cells = max(cells, n_a[k] * n_b[k] * n_z)
    even = np.zeros(cells, buffer.dtype)
    odd = np.zeros(cells, buffer.dtype)
    for k in rows:
        _count(packed[k], z, weights, n, n_z, n_a[k] * n_b[k], even, odd)
        a, b = offsets_a[k], offsets_b[k]
        if n_b[k] > 1:
            _split(even, n_z, n_a[k], n_b[k], out[a : a + n_z * n_a[k]], out[b : b + n_z * n_b[k]])
        else:
            for cell in range(n_z * n_a[k]):
                out[a + cell] = even[cell]


@njit(nogil=True, cache=True)
def packed_sums(packed, rows, n_a, n_b, z, n_w, n_y, weights, n, buffer, table, out):
    """Write the sums of n log n over (w, y, x) and (w, x) to ``out[k]``, z being w * n_y + y.

    ``out[k]`` holds fine and coarse sum of the first member, then those of the second.
    """
    n_z = n_w * n_y
    cells, levels = 1, 1
    for k in rows:
        cells = max(cells, n_a[k] * n_b[k] * n_z)
        levels = max(levels, n_a[k], n_b[k])
    even = np.zeros(cells, buffer.dtype)
    odd = np.zeros(cells, buffer.dtype)
    table_a = np.zeros(levels * n_z, buffer.dtype)
    table_b = np.zeros(levels * n_z, buffer.dtype)
    by_x = np.zeros(levels, buffer.dtype)
    for k in rows:
        _count(packed[k], z, weights, n, n_z, n_a[k] * n_b[k], even, odd)
        if n_b[k] > 1:
            _split(even, n_z, n_a[k], n_b[k], table_a, table_b)
            out[k, 0], out[k, 1] = _sums_of_table(table_a, n_w, n_y, n_a[k], by_x, table)
            out[k, 2], out[k, 3] = _sums_of_table(table_b, n_w, n_y, n_b[k], by_x, table)
        else:
            out[k, 0], out[k, 1] = _sums_of_table(even, n_w, n_y, n_a[k], by_x, table)
