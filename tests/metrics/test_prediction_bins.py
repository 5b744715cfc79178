"""Bins of predictions against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from metrics import naive_metrics as naive
from metrics.forecasts import CASES

from sklearn_infotheory.metrics._prediction_bins import default_n_bins, partition


def groups_of(bins, weights):
    """Return the rows of each bin that weigh something, without an order of the bins."""
    rows = np.flatnonzero(weights > 0)
    return {tuple(rows[bins[rows] == b]) for b in set(bins[rows])}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("n_bins", [1, 2, 3, 8, 100])
def test_partition(case, n_bins):
    proba, targets = CASES[case]
    weights = targets.sum(axis=1)
    bins = partition(proba, weights, n_bins)
    expected = naive.partition(proba, weights, n_bins)
    assert groups_of(bins, weights) == {tuple(rows) for rows in expected}
    assert set(bins) == set(range(len(expected)))  # rows of no weight are in bins that there are
    assert len(expected) <= n_bins


def test_ties_of_the_spread_go_to_the_first_class():
    proba = np.array([[0.1, 0.5, 0.4], [0.2, 0.4, 0.4]])
    bins = partition(proba, np.ones(2), 2)
    assert bins.tolist() == [0, 1]


@pytest.mark.parametrize("n_classes", [1, 2, 3, 10, 100])
def test_default_number_of_bins(n_classes):
    for n_samples in (1, 19.5, 20, 60, 100, 999, 10_000, 123_456.5):
        assert default_n_bins(n_samples, n_classes) == naive.default_n_bins(n_samples, n_classes)
