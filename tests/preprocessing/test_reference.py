"""Cut points and costs equal those of independent programs, and the twins agree with both."""

from __future__ import annotations

import naive
import numpy as np
import pytest
from preprocessing.reference_discretizations import CUT_POINTS, MODL_COSTS
from sklearn.datasets import load_breast_cancer, load_iris, load_wine

from sklearn_infotheory.preprocessing import EntropyDiscretizer
from sklearn_infotheory.preprocessing._mdl import make_blocks, partition

LOADERS = {"iris": load_iris, "wine": load_wine, "breast_cancer": load_breast_cancer}
FEATURES = [(name, j) for name, costs in MODL_COSTS.items() for j in range(len(costs))]
TWINS = {"mdlp": naive.mdlp_cuts, "kononenko": naive.kononenko_cuts}


def column_and_classes(name, feature):
    X, y = LOADERS[name](return_X_y=True)
    return np.ascontiguousarray(X[:, feature]), y


def options(criterion):
    """Split the name of a reference into criterion and how the choice of a cut is counted."""
    name, _, distinct_values = criterion.partition("_")
    return name, "candidates" if distinct_values else "samples"


@pytest.mark.parametrize(("name", "feature"), FEATURES)
@pytest.mark.parametrize("criterion", CUT_POINTS)
def test_cut_points(criterion, name, feature):
    x, y = column_and_classes(name, feature)
    criterion_name, cost = options(criterion)
    blocks = make_blocks(x, y, y.max() + 1)
    found = partition(blocks, criterion_name, candidate_cost=cost)
    cuts = blocks.cut_points(found.cuts)
    np.testing.assert_allclose(cuts, CUT_POINTS[criterion][name][feature], rtol=0, atol=1e-9)
    assert found.is_exact


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("criterion", CUT_POINTS)
def test_cut_points_of_the_discretizer(criterion, name):
    criterion_name, cost = options(criterion)
    expected = CUT_POINTS[criterion][name]
    X, y = LOADERS[name](return_X_y=True)
    discretizer = EntropyDiscretizer(criterion_name, candidate_cost=cost)
    discretizer.fit(X[:, : len(expected)], y)
    for x, edges, cuts in zip(X.T, discretizer.bin_edges_, expected, strict=False):
        # The published cuts are midpoints, and ours the shortest decimal in the middle of the gap.
        distinct = np.unique(x)
        above = np.searchsorted(distinct, cuts)
        np.testing.assert_array_equal(np.searchsorted(distinct, edges[1:-1]), above)
        quarter = (distinct[above] - distinct[above - 1]) / 4
        assert (np.abs(edges[1:-1] - cuts) <= quarter * (1 + 1e-9)).all()


@pytest.mark.parametrize(("name", "feature"), FEATURES)
def test_modl_cost_and_level(name, feature):
    x, y = column_and_classes(name, feature)
    found = partition(make_blocks(x, y, y.max() + 1), "modl")
    cost, level = MODL_COSTS[name][feature]
    assert found.cost == pytest.approx(cost, rel=0, abs=1e-6)
    assert found.level == pytest.approx(level, rel=0, abs=1e-8)


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("criterion", CUT_POINTS)
def test_twins(criterion, name):
    criterion_name, cost = options(criterion)
    for feature, expected in enumerate(CUT_POINTS[criterion][name]):
        x, y = column_and_classes(name, feature)
        if criterion_name == "modl":
            cost, level = MODL_COSTS[name][feature]
            found = naive.modl_cost(x, y, expected)
            assert found == pytest.approx(cost, rel=0, abs=1e-6)
            assert 1 - found / naive.modl_cost(x, y, []) == pytest.approx(level, rel=0, abs=1e-8)
        else:
            cuts = TWINS[criterion_name](x, y, n_candidates_as_cost=cost == "candidates")
            np.testing.assert_allclose(cuts, expected, rtol=0, atol=1e-9)
