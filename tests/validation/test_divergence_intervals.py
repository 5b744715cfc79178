"""Do intervals of estimated divergences hold the truth? Simulated.

Run with ``python -m pytest -m slow tests/validation/test_divergence_intervals.py -s``.
"""

from __future__ import annotations

import numpy as np
import pytest

from sklearn_infotheory.estimation import estimate_kl_divergence

pytestmark = pytest.mark.slow

LOG2 = np.log(2)
# x, y and the divergence of x from y; named before any of them was estimated.
PAIRS = {
    "N(0, 1), N(0, 1)": (lambda r, n: r.normal(0, 1, n), lambda r, n: r.normal(0, 1, n), 0.0),
    "N(0, 1), N(0, 2)": (
        lambda r, n: r.normal(0, 1, n), lambda r, n: r.normal(0, 2, n), LOG2 - 3 / 8,
    ),
    "N(0, 2), N(0, 1)": (
        lambda r, n: r.normal(0, 2, n), lambda r, n: r.normal(0, 1, n), 1.5 - LOG2,
    ),
    "N(1, 1), N(0, 1)": (lambda r, n: r.normal(1, 1, n), lambda r, n: r.normal(0, 1, n), 0.5),
    "N(2, 1), N(0, 1)": (lambda r, n: r.normal(2, 1, n), lambda r, n: r.normal(0, 1, n), 2.0),
    "N(3, 1), N(0, 1)": (lambda r, n: r.normal(3, 1, n), lambda r, n: r.normal(0, 1, n), 4.5),
    "Exp(1), Exp(2)": (
        lambda r, n: r.exponential(1, n), lambda r, n: r.exponential(2, n), LOG2 - 0.5,
    ),
    "Exp(2), Exp(1)": (
        lambda r, n: r.exponential(2, n), lambda r, n: r.exponential(1, n), 1 - LOG2,
    ),
    "U(0, 1), U(0, 2)": (lambda r, n: r.uniform(0, 1, n), lambda r, n: r.uniform(0, 2, n), LOG2),
    "Beta(2, 2), U(0, 1)": (
        lambda r, n: r.beta(2, 2, n), lambda r, n: r.uniform(0, 1, n), 0.12509,
    ),
}  # fmt: skip


@pytest.mark.parametrize("n", [200, 1000])
@pytest.mark.parametrize("pair", PAIRS)
def test_coverage_of_the_divergence(pair, n):
    rng = np.random.default_rng(n)
    draw_x, draw_y, truth = PAIRS[pair]
    ends = np.array(
        [
            estimate_kl_divergence(draw_x(rng, n), draw_y(rng, n)).confidence_interval()
            for _ in range(300)
        ]
    )
    covered = ((ends[:, 0] <= truth + 1e-9) & (truth <= ends[:, 1])).mean()
    infinite = np.isinf(ends[:, 1]).mean()
    width = np.median(ends[:, 1] - ends[:, 0])
    print(f"\n| {pair} | {n} | {truth:.3f} | {covered:.3f} | {infinite:.3f} | {width:.3f} |")
    assert covered >= 0.9
    if infinite < 0.1:
        assert covered <= 0.99
