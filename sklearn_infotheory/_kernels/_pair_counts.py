"""Tables of pairs of code columns."""

from __future__ import annotations

from sklearn_infotheory._kernels._compile import kernel


@kernel
def count_pairs(codes, first, second, n_levels, offsets, weights, out):
    """Add the rows to the table of each pair (first[k], second[k]), which begins at offsets[k].

    ``codes`` has one row a column of data; ``weights`` is empty where each row counts once.
    """
    n = codes.shape[1]
    for k in range(first.shape[0]):
        a, b, width = codes[first[k]], codes[second[k]], n_levels[second[k]]
        table = out[offsets[k] : offsets[k] + n_levels[first[k]] * width]
        if weights.shape[0]:
            for i in range(n):
                table[a[i] * width + b[i]] += weights[i]
        else:
            for i in range(n):
                table[a[i] * width + b[i]] += 1.0
