"""Joint counts of code columns with a condition and the target, and sums of n log n over them.

A *packed* column holds the codes of several columns as one number in 16 bits, its rows sorted by
the target y. One increment of a histogram over (w, packed column) then counts the table (w, x) of
every member at once, within one class, and the whole histogram still lives in the L1 cache. Four
rows travel in one 64-bit word; each class begins a new word.
"""

from __future__ import annotations

import math

import numpy as np

from sklearn_infotheory._kernels._compile import kernel, part

_LOW_16 = np.uint64(0xFFFF)
_S16, _S32, _S48 = np.uint64(16), np.uint64(32), np.uint64(48)
_ONE = np.uint32(1)
_FEW_CELLS = 1024  # four tables of so many stay in the L1 cache


@part
def n_log_n(n, table):
    """Look n log n up in ``table`` (n log n of 0, 1, 2, ...), or compute it beyond the table."""
    if n < table.shape[0]:
        k = np.int64(n)
        if k == n:
            return table[k]
    return n * math.log(n) if n > 0 else 0.0


@part
def _histogram(packed, scaled_w, step, counts):
    """Count (w, packed), every fourth row in the same table; ``step`` lies between tables.

    With a step of zero there is one table.
    """
    words, w_words = packed.view(np.uint64), scaled_w.view(np.uint64)
    second, third, fourth = np.uint64(step), np.uint64(2 * step), np.uint64(3 * step)
    for i in range(words.shape[0]):
        # Four 16-bit lanes at once: no lane overflows, because n_w * n_cells <= 65536.
        v = words[i] + w_words[i]
        counts[v & _LOW_16] += _ONE
        counts[((v >> _S16) & _LOW_16) + second] += _ONE
        counts[((v >> _S32) & _LOW_16) + third] += _ONE
        counts[(v >> _S48) + fourth] += _ONE


@part
def _weighted_histogram(packed, scaled_w, rows, weights, counts):
    """Add the weight of each row to its cell (w, packed)."""
    for i in range(rows.shape[0]):
        counts[packed[i] + scaled_w[i]] += weights[rows[i]]


@part
def _scale(w, factor, order, starts, lane_starts, scaled):
    """Write w * factor to the lanes unless it is there; the last lane remembers the factor."""
    last = scaled.shape[0] - 1
    if scaled[last] == factor:
        return
    for y in range(starts.shape[0] - 1):
        rows, lanes = order[starts[y] : starts[y + 1]], scaled[lane_starts[y] :]
        for i in range(rows.shape[0]):
            lanes[i] = w[rows[i]] * np.uint16(factor)
    scaled[last] = factor


@part
def _split(counts, n_w, n_levels, y, n_y, offsets, out):
    """Sum the counts (w, packed) of one class to the tables (w, y, x) of the members.

    From the last member to the first, whose code varies fastest: the blocks of equal code are
    summed up, each by itself for this member, and all to the first one for those before it.
    """
    n_cells = 1
    for m in range(n_levels.shape[0]):
        n_cells *= n_levels[m]
    for w in range(n_w):
        size = n_cells
        for m in range(n_levels.shape[0] - 1, 0, -1):
            if offsets[m] < 0:  # no member
                continue
            size //= n_levels[m]
            blocks = counts[w * n_cells : w * n_cells + n_levels[m] * size]
            blocks = blocks.reshape((n_levels[m], size))
            table = out[offsets[m] + (w * n_y + y) * n_levels[m] :]
            for x in range(n_levels[m]):
                total = counts[0] - counts[0]  # a zero of their type
                for cell in range(size):
                    total += blocks[x, cell]
                    if x > 0:
                        blocks[0, cell] += blocks[x, cell]
                table[x] = total
        table = out[offsets[0] + (w * n_y + y) * n_levels[0] :]
        for x in range(n_levels[0]):
            table[x] = counts[w * n_cells + x]


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
def packed_tables(columns, chosen, classes, w, n_w, weights, scratch, offsets, out):
    """Write the table (w, y, x) of every member of the chosen packed columns to ``out``.

    Parameters
    ----------
    columns : tuple
        The packed columns, one a row, the levels of the members of each, and whether equal rows
        often follow each other in it.
    chosen : ndarray of int
        Which of them to count.
    classes : tuple
        ``order``, ``starts`` and ``lane_starts`` of :func:`pack_columns`.
    w : ndarray of uint16
        The condition of every row, in the order of the weights.
    weights : ndarray of float64
        Empty for a weight of one each.
    scratch : tuple
        Room for four tables of counts, and a lane for w of every row, with one more for its scale.
    offsets : ndarray of int64
        Where the table of each member of each chosen column begins in ``out``; -1 for no member.
    """
    packed, n_levels, has_runs = columns
    order, starts, lane_starts = classes
    counts, scaled = scratch
    n_y = starts.shape[0] - 1
    for i in range(chosen.shape[0]):
        k = chosen[i]
        n_cells = n_w
        for m in range(n_levels.shape[1]):
            n_cells *= n_levels[k, m]
        _scale(w, n_cells // n_w, order, starts, lane_starts, scaled)
        # In four tables, equal rows that follow each other do not wait for each other.
        n_tables = 4 if has_runs[k] or n_cells <= _FEW_CELLS else 1
        for y in range(n_y):
            first, last = lane_starts[y], lane_starts[y + 1]
            rows, lanes = packed[k, first:last], scaled[first:last]
            counts[: n_tables * n_cells] = 0
            if weights.shape[0]:
                _weighted_histogram(rows, lanes, order[starts[y] : starts[y + 1]], weights, counts)
            else:
                _histogram(rows, lanes, n_cells if n_tables > 1 else 0, counts)
                for table in range(1, n_tables):
                    for cell in range(n_cells):
                        counts[cell] += counts[table * n_cells + cell]
                # The lanes that fill up the last word hold code 0 and w 0.
                counts[0] -= (last - first) - (starts[y + 1] - starts[y])
            _split(counts, n_w, n_levels[k], y, n_y, offsets[i], out)
