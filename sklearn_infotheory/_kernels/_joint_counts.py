"""Joint counts of code columns, and the sums of n log n over them.

A *packed* column holds the codes of two columns, ``a + n_levels_a * b``, in 16 bits. One increment
of a histogram over (packed column, z) then counts two tables at once, (a, z) and (b, z), and the
whole histogram still lives in the L1 cache. Four rows travel in one 64-bit word.
"""

from __future__ import annotations

import math

import numpy as np

from sklearn_infotheory._kernels._compile import kernel, part

_LOW_16 = np.uint64(0xFFFF)
_S16, _S32, _S48 = np.uint64(16), np.uint64(32), np.uint64(48)
_ONE = np.uint32(1)


@part
def n_log_n(n, table):
    """Look n log n up in ``table`` (n log n of 0, 1, 2, ...), or compute it beyond the table."""
    if n < table.shape[0]:
        k = np.int64(n)
        if k == n:
            return table[k]
    return n * math.log(n) if n > 0 else 0.0


@part
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


@part
def _weighted_histogram(packed, z, weights, n_cells, counts):
    """Add the weight of each row to its cell (z, packed)."""
    for i in range(weights.shape[0]):
        counts[np.uint64(z[i]) * np.uint64(n_cells) + np.uint64(packed[i])] += weights[i]


@part
def _scale(z, factor, scaled):
    """Write z * factor to ``scaled`` unless it is there; the last lane remembers the factor."""
    last = scaled.shape[0] - 1
    if scaled[last] == factor:
        return
    for i in range(z.shape[0]):
        scaled[i] = z[i] * np.uint16(factor)
    scaled[last] = factor


@part
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
        other_scaled = scaled
    else:
        _scale(z, n_m, other_scaled)
    _histograms(packed[k], packed[m], scaled, other_scaled, even, odd, other_even, other_odd)
    for cell in range(n_z * max(n_k, n_m)):
        even[cell] += odd[cell]
        other_even[cell] += other_odd[cell]
    # The rows that fill up the last word hold code 0 and z 0.
    even[0] -= packed.shape[1] - n
    other_even[0] -= packed.shape[1] - n


@part
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


@part
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


@kernel
def sums_of_tables(tables, offsets, n_x, n_w, n_y, table, by_x, out):
    """Sum n log n over the cells (w, y, x), and over (w, x), of the tables at ``offsets``.

    ``by_x`` is scratch.
    """
    for j in range(offsets.shape[0]):
        counts = tables[offsets[j] : offsets[j] + n_x[j] * n_w * n_y]
        out[j, 0], out[j, 1] = _sums_of_table(counts, n_w, n_y, n_x[j], by_x, table)


@kernel
def packed_tables(packed, rows, n_a, n_b, z, n_z, weights, n, scratch, offsets_a, offsets_b, out):
    """Write the table (z, x) of both members of every packed column in ``rows`` to ``out``.

    ``offsets_a[i]`` says where the table of the first member of packed column ``rows[i]`` begins.
    """
    for i in range(0, rows.shape[0], 2):
        second = min(i + 1, rows.shape[0] - 1)
        k, m = rows[i], rows[second]
        _count_two(packed, k, m, n_a[k] * n_b[k], n_a[m] * n_b[m], z, n_z, weights, n, scratch)
        for counts, place in ((scratch[0], i), (scratch[2], second)):
            j, a, b = rows[place], offsets_a[place], offsets_b[place]
            table_a, table_b = out[a : a + n_z * n_a[j]], out[b : b + n_z * n_b[j]]
            if n_b[j] > 1:
                _split(counts, n_z, n_a[j], n_b[j], table_a, table_b)
            else:
                for cell in range(n_z * n_a[j]):
                    table_a[cell] = counts[cell]
