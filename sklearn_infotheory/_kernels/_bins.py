"""What bins hold: counts of classes, and sums of values."""

from __future__ import annotations

from sklearn_infotheory._kernels._compile import kernel


@kernel
def add_up_bins(codes, classes, values, weights, counts, sums):
    """Add the weight of each row to its cell (bin, class), and weight times value to its bin.

    No weights means a weight of one each.
    """
    if weights.shape[0]:
        for i in range(codes.shape[0]):
            counts[codes[i], classes[i]] += weights[i]
            sums[codes[i]] += weights[i] * values[i]
    else:
        for i in range(codes.shape[0]):
            counts[codes[i], classes[i]] += 1.0
            sums[codes[i]] += values[i]
