"""Intervals of divergences against plain loops over the quantiles of scipy."""

from __future__ import annotations

import numpy as np
import pytest
from metrics import naive_metrics as naive
from numpy.testing import assert_allclose

from sklearn_infotheory._inference._noncentral_chi_square import divergence_interval


def both(value, bias, variance, level):
    """Return the interval and that of the twin, with the variance of the value itself."""
    arguments = (value, bias, variance, level, value)
    return divergence_interval(*arguments), naive.divergence_interval(*arguments)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
@pytest.mark.parametrize("bias", [1e-4, 0.01, 0.5])
@pytest.mark.parametrize("value", [-0.02, 0.0, 1e-3, 0.05])
def test_interval(level, bias, value):
    for freedom in (1, 10, 60):
        size = freedom / (2 * bias)
        variance = (bias + 2 * max(value, 0.0)) / size
        found, expected = both(value, bias, variance, level)
        # From 1000 on, the cube root of chi-square is taken for normal.
        is_exact = 2 * size * (max(value, 0.0) + bias) < 300
        tolerance = 1e-8 if is_exact else 0.02 * (expected[1] - expected[0])
        assert_allclose(found, expected, rtol=1e-6 if is_exact else 0, atol=tolerance)
        if level >= 0.9:
            assert found[0] <= max(value, 0.0) <= found[1]


@pytest.mark.parametrize(("bias", "variance"), [(0.0, 1.0), (-0.1, 1.0), (0.1, 0.0)])
def test_nothing_is_known_without_bias_or_variance(bias, variance):
    assert divergence_interval(0.3, bias, variance, 0.95, 0.3) == (0.3, 0.3)
    assert divergence_interval(-0.3, bias, variance, 0.95, 0.3) == (0.0, 0.0)


def test_the_cube_root_joins_the_exact_tail():
    """Where the exact tail ends, an interval changes by less than a hundredth of its width."""
    for value in np.linspace(0.4, 0.6, 9):  # 2 N' value passes 1000
        found, expected = both(value, 0.01, 0.001, 0.95)
        assert_allclose(found, expected, rtol=0, atol=0.01 * (expected[1] - expected[0]))
