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
def pack_columns(codes, members, n_levels, classes, packed, out):
    """Add the codes of the columns in each row of ``members`` up to one number, lane by lane.

    The number is c0 + n0 * (c1 + n1 * (c2 + ...)) for the codes c and ``n_levels`` n of columns
    whose list ends with -1. ``classes`` holds order, starts and lane_starts: the rows
    ``order[starts[y] : starts[y + 1]]`` go to the lanes from ``lane_starts[y]`` on. ``packed`` is
    scratch: a number for each row.
    """
    order, starts, lane_starts = classes
    for k in range(members.shape[0]):
        stride = np.uint16(1)
        packed[:] = 0
        for m in range(members.shape[1]):
            if members[k, m] < 0:
                break
            column = codes[members[k, m]]
            for i in range(column.shape[0]):
                packed[i] += column[i] * stride
            stride *= np.uint16(n_levels[k, m])
        for y in range(starts.shape[0] - 1):
            rows, lanes = order[starts[y] : starts[y + 1]], out[k, lane_starts[y] :]
            for i in range(rows.shape[0]):
                lanes[i] = packed[rows[i]]
