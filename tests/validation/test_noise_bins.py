"""How often the default cuts a column of noise: in at most 1 % of columns.

Settings, written down before the first run: 4,000 columns for each n and number of levels, a
balanced class, levels of equal probability; n = 200, 1,000, 10,000 (1,000 columns for the last).
The figures stand in docs/validation.md.
"""

from __future__ import annotations

import numpy as np
import pytest

from sklearn_infotheory.preprocessing import EntropyDiscretizer

SIZES = {200: 4000, 1000: 4000, 10_000: 1000}
LEVELS = (2, 5, 20, 100)


@pytest.mark.slow
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("levels", LEVELS)
def test_noise_is_cut_in_at_most_one_percent(n, levels):
    rng = np.random.default_rng([n, levels])
    n_columns, cut, done = SIZES[n], 0, 0
    while done < n_columns:
        X = rng.integers(0, levels, (n, 100)).astype(float)
        cut += int((EntropyDiscretizer().fit(X, rng.integers(0, 2, n)).n_bins_ > 1).sum())
        done += 100
    share = cut / n_columns
    print(f"n = {n}, {levels} levels: {100 * share:.2f} % of {n_columns} columns are cut")
    assert share <= 0.01 + 3 * np.sqrt(0.01 * 0.99 / n_columns)
