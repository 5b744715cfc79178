"""Tables of pairs of code columns, against counting one row after the other."""

import numpy as np
import pytest

from sklearn_infotheory._kernels._pair_counts import count_pairs


@pytest.mark.parametrize("n", [0, 1, 1000])
@pytest.mark.parametrize("weighted", [False, True])
def test_count_pairs(n, weighted):
    rng = np.random.default_rng(n)
    n_levels = np.array([1, 3, 256, 6])
    codes = np.array([rng.integers(0, levels, n) for levels in n_levels], np.uint8).reshape(4, n)
    weights = rng.exponential(size=n) if weighted else np.empty(0)
    first, second = np.triu_indices(4, 1)
    sizes = n_levels[first] * n_levels[second]
    offsets = np.cumsum(sizes) - sizes
    out, expected = np.zeros((2, sizes.sum()))
    for _ in range(2):  # counts are added to what is there
        count_pairs(codes, first, second, n_levels, offsets, weights, out)
    for k in range(6):
        for i in range(n):
            cell = int(codes[first[k], i]) * n_levels[second[k]] + codes[second[k], i]
            expected[offsets[k] + cell] += 2 * (weights[i] if weighted else 1)
    np.testing.assert_allclose(out, expected, rtol=1e-12)
