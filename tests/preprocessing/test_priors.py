"""Lengths of the model: numbers of bins, cuts and groups, each against its definition."""

from __future__ import annotations

import math

import naive
import numpy as np
import pytest

from sklearn_infotheory.preprocessing import _mdl as _priors


@pytest.mark.parametrize("n", [1.0, 2.5, 150.0, 1e6])
def test_priors_of_cuts(n):
    expected = [naive.modl_prior(n_bins, n) for n_bins in range(1, 30)]
    np.testing.assert_allclose(_priors.cut_priors(n, 29), expected, rtol=1e-12, atol=1e-8)


@pytest.mark.parametrize("n_levels", [1, 2, 7, 40])
def test_priors_of_groups(n_levels):
    expected = [naive.modl_prior(n, 0, n_levels) for n in range(1, n_levels + 1)]
    found = _priors.grouping_priors(n_levels, n_levels + 1)
    np.testing.assert_allclose(found[:-1], expected, rtol=1e-12, atol=1e-12)


def test_groups_of_more_levels_than_floats_can_count():
    found = _priors.grouping_priors(1500, 3)
    expected = [math.log(1500), math.log(1500) + 1499 * math.log(2)]
    np.testing.assert_allclose(found[:2], expected, rtol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 5, 40])
def test_priors_of_histograms(n):
    expected = [
        math.log(naive.multinomial_complexity(n_bins, n)) + math.log(math.comb(6, n_bins - 1))
        for n_bins in range(1, 8)
    ]
    np.testing.assert_allclose(_priors.histogram_priors(float(n), 6, 7), expected, atol=1e-10)


def test_complexity_of_a_coin():
    def exact(n):
        return math.log(naive.multinomial_complexity(2, n))

    complexity = _priors._log_binomial_complexity
    for n in (1, 10, 300):
        assert complexity(float(n)) == pytest.approx(exact(n), rel=1e-12)
    # The expansion takes over without a step that could matter.
    assert complexity(1000.0 + 1e-9) == pytest.approx(complexity(1000.0), abs=1e-6)
    assert complexity(2.5) == pytest.approx((exact(2) + exact(3)) / 2)
    assert complexity(0.0) == 0
