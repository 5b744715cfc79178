"""Counts that are drawn instead of rows, against rows that are drawn; bounds of the terms."""

from __future__ import annotations

import numpy as np
import pytest

from sklearn_infotheory.metrics import _decomposition, cross_entropy_decomposition
from sklearn_infotheory.metrics._cell_counts import CellCounts
from sklearn_infotheory.metrics._decomposition_bias import resampled
from sklearn_infotheory.metrics._recalibration import TERMS, Bins


def sample(n, n_classes, power, seed=0):
    rng = np.random.default_rng(seed)
    law = np.maximum(rng.dirichlet(np.full(n_classes, 0.5), n), 1e-4)
    law /= law.sum(axis=1, keepdims=True)
    y = (rng.random(n)[:, None] > law.cumsum(axis=1)[:, :-1]).sum(axis=1)
    return y, law, law**power / (law**power).sum(axis=1, keepdims=True)


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("power", [1.0, 1.5])
def test_counts_are_distributed_as_rows_are(n_classes, power):
    y, law, proba = sample(3000, n_classes, power)
    weights = np.random.default_rng(1).integers(1, 3, 3000).astype(float)
    method = Bins(proba, np.eye(n_classes)[y] * weights[:, None], 12)
    state = np.random.RandomState(0)
    rows = np.array([method.measure(resampled(law, weights, True, state))[:3] for _ in range(600)])
    cells = CellCounts(method, law, weights)
    counts = np.array([cells.draw(state) for _ in range(600)])
    error = rows.std(axis=0) / np.sqrt(300)
    assert (abs(rows.mean(axis=0) - counts.mean(axis=0)) < 4 * error).all()
    np.testing.assert_allclose(counts.std(axis=0), rows.std(axis=0), rtol=0.15)
    world = method.measure(weights[:, None] * law)[:3]
    np.testing.assert_allclose(cells.expected(), world, atol=1e-12)


def test_intervals_from_counts_are_those_from_rows(monkeypatch):
    y, _, proba = sample(6000, 2, 1.3)
    quick = cross_entropy_decomposition(y, proba)
    monkeypatch.setattr(_decomposition, "MANY_ROWS", 10**9)
    slow = cross_entropy_decomposition(y, proba)
    for term in TERMS:
        assert getattr(quick, term) == pytest.approx(getattr(slow, term), abs=1e-4)
        width = np.diff(slow.intervals[term])[0]
        np.testing.assert_allclose(quick.intervals[term], slow.intervals[term], atol=0.15 * width)


def test_the_bias_of_many_rows_with_few_labels_in_cells_comes_from_counts(monkeypatch):
    y, _, proba = sample(4000, 2, 1.0)
    proba[:, 0] = proba[:, 0] ** 4  # bins that hardly expect class 0
    proba[:, 1] = 1 - proba[:, 0]
    y = (np.random.default_rng(0).random(4000) < proba[:, 1]).astype(int)
    options = {"n_bins": 40, "n_bootstrap": "none", "zero": 1e-9}
    slow = cross_entropy_decomposition(y, proba, **options)
    monkeypatch.setattr(_decomposition, "MANY_ROWS", 10)
    monkeypatch.setattr(_decomposition, "_MANY_MORE_ROWS", 10)
    quick = cross_entropy_decomposition(y, proba, **options)
    assert quick.bias != slow.bias
    assert quick.bias["reliability"] == pytest.approx(slow.bias["reliability"], rel=0.15)


@pytest.mark.parametrize("method", ["binned", "isotonic", "recalibration"])
@pytest.mark.parametrize("debias", [True, False])
def test_every_term_lies_in_its_interval_and_the_uncertainty_below_its_bound(method, debias):
    for seed, (n, n_classes) in enumerate([(40, 2), (40, 3), (200, 2), (200, 5), (1000, 2)]):
        rng = np.random.default_rng(seed)
        y = np.arange(n) % n_classes  # equal shares: the debiased entropy would exceed its maximum
        proba = np.maximum(rng.dirichlet(np.ones(n_classes), n), 1e-3)
        proba /= proba.sum(axis=1, keepdims=True)
        found = cross_entropy_decomposition(
            y, proba, method=method, debias=debias, n_bootstrap=40, base=2
        )
        assert found.uncertainty <= np.log2(n_classes) + 1e-12
        for term, (low, high) in found.intervals.items():
            assert low <= getattr(found, term) <= high
        assert found.intervals["uncertainty"][1] <= np.log2(n_classes) + 1e-12
        total = found.uncertainty - found.resolution + found.reliability + found.remainder
        assert total == pytest.approx(found.score, abs=1e-12)
