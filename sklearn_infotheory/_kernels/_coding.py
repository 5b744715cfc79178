"""Values to small codes."""

from __future__ import annotations

import numpy as np

from sklearn_infotheory._kernels._compile import kernel

_ROWS_OF_A_BLOCK = 1024  # the accumulator of one block stays in L1


@kernel
def transpose_small_integers(X, words, present, union):
    """Copy the integer table X (rows by columns) into bytes (columns by rows), 8 rows a word.

    ``present[j]`` gets one bit for each value 0..63 seen in column j, and ``union[j]`` the bitwise
    or of all values: only where that is at most 63 are the bytes, and the bits, faithful.
    """
    n_rows, n_columns = X.shape
    word = np.empty(n_columns, np.uint64)
    for start in range(0, n_rows, 8):
        word[:] = 0
        for k in range(min(8, n_rows - start)):
            row, shift = X[start + k], np.uint64(8 * k)
            for j in range(n_columns):
                value = np.uint64(row[j])  # a negative number becomes a huge one
                union[j] |= value
                low = value & np.uint64(63)
                present[j] |= np.uint64(1) << low
                word[j] |= low << shift
        for j in range(n_columns):
            words[j, start // 8] = word[j]


@kernel
def code_by_edges(values, edges, out):
    """Write the number of edges strictly below each value (0 for NaN) to ``out``.

    Comparisons are counted without branches, four edges in one sweep: ``edges`` is filled up with
    infinity to a multiple of four.
    """
    n, n_edges = values.shape[0], edges.shape[0]
    below = np.empty(_ROWS_OF_A_BLOCK, np.int64)
    for start in range(0, n, _ROWS_OF_A_BLOCK):
        rows = min(_ROWS_OF_A_BLOCK, n - start)
        for i in range(rows):
            below[i] = 0
        for k in range(0, n_edges, 4):
            a, b, c, d = edges[k], edges[k + 1], edges[k + 2], edges[k + 3]
            for i in range(rows):
                value = values[start + i]
                below[i] += np.int64(value > a) + (value > b) + (value > c) + (value > d)
        for i in range(rows):
            out[start + i] = below[i]


@kernel
def pack_pairs(codes, first, second, n_levels_of_first, out):
    """Write ``codes[first] + n_levels_of_first * codes[second]`` for each pair of columns.

    ``second[k] < 0`` stands for a column packed alone.
    """
    n = codes.shape[1]
    for k in range(first.shape[0]):
        a = codes[first[k]]
        if second[k] < 0:
            for i in range(n):
                out[k, i] = a[i]
        else:
            b, stride = codes[second[k]], np.uint16(n_levels_of_first[k])
            for i in range(n):
                out[k, i] = a[i] + stride * np.uint16(b[i])
