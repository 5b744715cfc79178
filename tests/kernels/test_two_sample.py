"""Moments of divergences against all splits; random splits against their law."""

import naive
import numpy as np
import pytest
from scipy.stats import chisquare

from sklearn_infotheory._counts import short_log_factorial_table
from sklearn_infotheory._inference._divergences import DIVERGENCES
from sklearn_infotheory._inference._two_sample_tests import split_tests
from sklearn_infotheory._kernels._two_sample import null_moments_of_divergences

POOLED = [((6, 4, 3), 5), ((9, 1, 1, 2), 3), ((12, 5), 12), ((4, 0, 3, 3), 6)]


@pytest.mark.parametrize("divergence", DIVERGENCES)
@pytest.mark.parametrize(("pooled", "m"), POOLED)
def test_null_mean_is_that_over_all_splits(divergence, pooled, m):
    splits = naive.all_splits(pooled, m)
    batch = np.array(splits[0][0], float)
    out = np.empty((1, 2))
    null_moments_of_divergences(
        list(DIVERGENCES).index(divergence), (pooled - batch)[None], batch[None], np.ones(1),
        short_log_factorial_table(), out,
    )  # fmt: skip
    expected = sum(
        p * naive.smoothed_divergence(np.subtract(pooled, split), split, divergence)
        for split, p in splits
    )
    assert out[0, 0] == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert out[0, 1] > 0


@pytest.mark.parametrize("divergence", DIVERGENCES)
def test_large_and_small_cells_agree_on_the_null_mean(divergence):
    """What the series gives of large cells is what the sum gives, but for higher orders."""
    law = np.array([0.6, 0.3, 0.06, 0.04])
    reference, batch = 20_000 * law, 2000 * law  # all cells are large
    unit = np.array([(1 / 20_000 + 1 / 2000) / 2])
    unit /= DIVERGENCES[divergence].kl_ratio
    out, few = np.empty((1, 2)), np.empty((1, 2))
    number = list(DIVERGENCES).index(divergence)
    for scale, found in ((1, out), (0.5, few)):  # half the rows: two cells are small
        null_moments_of_divergences(
            number, scale * reference[None], scale * batch[None], unit / scale,
            short_log_factorial_table(), found,
        )  # fmt: skip
    assert out[0, 0] == pytest.approx(3 * unit[0], rel=0.02)
    assert few[0, 0] == pytest.approx(6 * unit[0], rel=0.05)
    assert few[0, 1] == pytest.approx(4 * out[0, 1], rel=0.1)


@pytest.mark.parametrize("seed", range(3))
def test_p_values_of_random_splits_are_uniform(seed):
    """Batches drawn by numpy, tested by the splits that the kernel draws."""
    rng = np.random.default_rng(seed)
    pooled = rng.integers(1, 40, 12)
    batches = rng.multivariate_hypergeometric(pooled, pooled.sum() // 3, size=2000)
    pairs = [((pooled - batch).astype(float), batch.astype(float)) for batch in batches]
    p_values = split_tests(pairs, "hellinger", 199, seed)[1]
    observed = np.histogram(p_values, bins=10, range=(0, 1))[0]
    assert chisquare(observed).pvalue > 1e-3
