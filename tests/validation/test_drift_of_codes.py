"""Are codes among numbers found, and is the level of a column held with the tests for them?

Run with ``python -m pytest -m slow tests/validation/test_drift_of_codes.py -s``; settings were
written down before the first run, and the table is kept in docs/validation_drift.md.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from sklearn_infotheory.drift import KLDriftDetector

pytestmark = pytest.mark.slow

LAWS = {
    "age, whole years": lambda rng, n: np.clip(rng.normal(40, 12, n), 18, 90).round(),
    "price, in cents": lambda rng, n: rng.lognormal(3, 1, n).round(2),
    "normal": lambda rng, n: rng.normal(size=n),
    "counts": lambda rng, n: rng.poisson(30, n).astype(float),
    "two in five are zero": lambda rng, n: np.where(rng.random(n) < 0.4, 0, rng.exponential(10, n)),
    "heavy tails": lambda rng, n: rng.standard_cauchy(n),
}


@pytest.mark.parametrize(("n", "m"), [(5_000, 500), (20_000, 500), (20_000, 2_000)])
@pytest.mark.parametrize("name", LAWS)
def test_codes(name, n, m):
    """Level in 400 batches; power in 200 in which 2 % of rows are -1, 99, or one inner value."""
    alarms, found = 0, np.zeros(3)
    for seed in range(400):
        rng = np.random.default_rng([seed, n, m])
        detector = KLDriftDetector(joint=None, n_permutations=199, random_state=0)
        detector.fit(LAWS[name](rng, n)[:, None])
        batch = LAWS[name](rng, m)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            alarms += detector.detect(batch[:, None]).drifted
            if seed < 200:
                coded = rng.random(m) < 0.02
                codes = (-1.0, 99.0, np.median(batch) + 0.123)
                found += [
                    detector.detect(np.where(coded, code, batch)[:, None]).drifted for code in codes
                ]
    shares = [alarms / 400, *found / 200]
    row = " | ".join(f"{share:.3f}" for share in shares)
    print(f"\n| {name} | {n} | {m} | {row} |", end="")
    assert 0.02 <= shares[0] <= 0.085  # of .05, in 400 batches, four times in a thousand at most
    if name.startswith("age"):
        assert min(shares[1:3]) > 0.9
    if m == 2_000:
        assert min(shares[1:]) > 0.9
