"""A value lies in its own interval, whatever the estimator; ends that samples cannot bound."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from sklearn_infotheory.estimation import (
    estimate_conditional_mutual_information,
    estimate_entropy,
    estimate_jensen_shannon_divergence,
    estimate_kl_divergence,
    estimate_mutual_information,
    estimate_total_correlation,
)
from sklearn_infotheory.estimation._discrete._entropy_of_counts import DISCRETE_METHODS


def kinds(rng, n):
    """Yield unrelated columns of several kinds, whose estimates lie on both sides of zero."""
    yield rng.standard_normal(n)
    yield rng.standard_normal((n, 3))
    yield rng.integers(0, 30, n)
    yield rng.integers(0, 3, n).astype(str)
    yield np.where(rng.random(n) < 0.3, 0.0, rng.exponential(size=n))
    yield rng.standard_normal(n).round(1)


def estimates():
    for seed in range(3):
        rng = np.random.default_rng(seed)
        columns = list(kinds(rng, 80))
        for x in columns:
            yield estimate_entropy(x)
            yield estimate_kl_divergence(x[:40], x[40:])
            yield estimate_jensen_shannon_divergence(x[:30], x[30:], base=2)
            for y in columns:
                yield estimate_mutual_information(x, y, base=2)
        for method in DISCRETE_METHODS:
            yield estimate_entropy(columns[2], method=method)
            yield estimate_mutual_information(columns[2], columns[2][::-1], method=method)
        single = [c for c in columns if c.ndim == 1 and c.dtype.kind == "f"]
        yield estimate_conditional_mutual_information(*single[:3])
        yield estimate_total_correlation(np.column_stack(single))


@pytest.mark.filterwarnings("ignore:.*fewer than the")
def test_every_value_lies_in_its_interval():
    n_checked = 0
    for estimate in estimates():
        for level in (0.5, 0.95):
            low, high = estimate.confidence_interval(level)
            if np.isnan(low):
                continue
            n_checked += 1
            assert low <= float(estimate) <= high, estimate
    assert n_checked > 250


@pytest.mark.parametrize("sign", [1, -1])
def test_a_divergence_has_no_upper_bound_where_x_leaves_y(sign):
    x, y = np.random.default_rng(0).standard_normal((2, 300))
    beyond = estimate_kl_divergence(sign * (x + 3), sign * y).confidence_interval()
    assert beyond.high == np.inf
    assert 0 < beyond.low < 4.5
    for finite in (estimate_kl_divergence(x, y), estimate_kl_divergence(x, 2 * y)):
        assert np.isfinite(finite.confidence_interval().high)
    wide = estimate_kl_divergence(np.column_stack([y[::-1], x]), np.column_stack([y, x[::-1] / 5]))
    assert wide.confidence_interval().high == np.inf


def test_reaching_beyond_holds_its_level():
    rng = np.random.default_rng(1)
    infinite = [
        np.isinf(estimate_kl_divergence(*rng.standard_normal((2, 60))).confidence_interval().high)
        for _ in range(300)
    ]
    assert np.mean(infinite) < 0.08


def test_few_samples_of_many_cells_are_said():
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 30, (2, 200)).astype(str)
    with pytest.warns(UserWarning, match=r"200 samples are fewer than the 30 x 30 cells.*nsb"):
        estimate_mutual_information(x, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        estimate_mutual_information(x, y, method="nsb")
        estimate_mutual_information(x[:, None], rng.integers(0, 6, 200).astype(str))


def test_estimates_show_themselves_as_a_table():
    x, y = np.random.default_rng(0).standard_normal((2, 100))
    html = estimate_mutual_information(x, x + y, base=2)._repr_html_()
    assert html.startswith("<table>")
    for word in ("bits", "95 % interval", "p-value", "method", "samples"):
        assert word in html
    assert "p-value" not in estimate_entropy([1, 2, 1, 2])._repr_html_()
