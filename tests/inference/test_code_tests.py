"""Exact tests for codes: against all splits, and against scipy's hypergeometric distribution."""

import itertools

import numpy as np
import pytest
from scipy.stats import hypergeom

from sklearn_infotheory._inference._code_tests import exceedance_p_value, repetition_p_values


@pytest.mark.parametrize(("n", "m"), [(5, 3), (4, 4), (6, 1)])
@pytest.mark.parametrize("values", [np.arange(8.0), np.array([0, 0, 1, 2, 3, 3, 3, 4.0])])
def test_exceedances_of_all_splits(n, m, values):
    values = values[: n + m]
    p_values = []
    for batch in itertools.combinations(range(n + m), m):
        reference = np.delete(values, batch)
        k = (values[list(batch)] > reference.max()).sum()
        p_values.append(exceedance_p_value(k, m, n))
    p_values = np.array(p_values)
    for p in np.unique(p_values):
        assert (p_values <= p + 1e-12).mean() <= p + 1e-12
    if len(np.unique(values)) == len(values):  # without ties, it is exact
        assert all((p_values <= p + 1e-12).mean() == pytest.approx(p) for p in np.unique(p_values))


def test_no_exceedances():
    assert exceedance_p_value(0, 100, 1000) == exceedance_p_value(5, 100, 0) == 1
    assert exceedance_p_value(10, 500, 20_000) == pytest.approx(2.4e-17, rel=0.2)
    assert exceedance_p_value(500, 500, 20_000) >= 0


@pytest.mark.parametrize(("n", "m"), [(20_000, 500), (300, 200), (5000, 5000)])
def test_repetitions_are_hypergeometric_tails(n, m):
    rng = np.random.default_rng(n)
    reference = np.bincount(rng.integers(0, 200, n), minlength=200).astype(float)
    batch = np.bincount(rng.integers(0, 200, m), minlength=200).astype(float)
    batch[7] += 60
    batch[9] += 25
    p = repetition_p_values(reference, batch)
    total, size = int(n + batch.sum()), int(batch.sum())
    for cell in (7, 9):
        tail = hypergeom.sf(batch[cell] - 1, total, int((reference + batch)[cell]), size)
        if tail < 1e-6:
            assert p[cell] == pytest.approx(tail, rel=1e-6)
    assert p.min() < 1e-6
    far = hypergeom.sf(batch - 1, total, (reference + batch).astype(int), size)
    assert (p >= far * (1 - 1e-6)).all()  # where a cell is not far above its mean, one
    assert (repetition_p_values(reference, np.zeros(200)) == 1).all()
