"""Searches for neighbours, against all differences."""

import numpy as np
import pytest

from sklearn_infotheory.estimation._neighbors._neighbor_search import searchable

COLUMNS = {
    "numbers": lambda rng, n: rng.normal(size=n),
    "ties": lambda rng, n: rng.integers(0, 5, n).astype(float),
    "decimals": lambda rng, n: rng.normal(size=n).round(1),
    "far from zero": lambda rng, n: 1e9 + 0.1 * rng.integers(0, 9, n),
}


@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS)
@pytest.mark.parametrize("n_columns", [1, 2])
def test_distances_and_counts_are_those_of_all_differences(column, n_columns):
    for seed in range(60):
        rng = np.random.default_rng(seed)
        n, m = rng.integers(1, 40, 2)
        samples, others = (
            np.stack([column(rng, size) for _ in range(n_columns)], axis=1) for size in (n, m)
        )
        for points in (samples, others):
            differences = np.abs(points[:, np.newaxis] - samples).max(axis=2)
            k = int(rng.integers(1, n + 1))
            expected = np.sort(differences, axis=1)[:, k - 1]
            searched = searchable(samples)
            np.testing.assert_array_equal(searched.distance(points, k), expected)
            for reach in (expected, expected / 3, 0 * expected):
                within = (differences <= reach[:, np.newaxis]).sum(axis=1)
                np.testing.assert_array_equal(searched.count(points, reach), within)


def test_an_infinite_reach_holds_all():
    samples = np.arange(5.0)[:, np.newaxis]
    assert searchable(samples).count(samples, np.full(5, np.inf)).tolist() == [5] * 5
