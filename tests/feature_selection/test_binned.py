"""Relations from counts: what strata say, however they are laid out."""

import naive
import numpy as np
import pytest

from sklearn_infotheory._counts import _strata
from sklearn_infotheory.feature_selection._binned import relate_binned


def relations_of(n, n_levels, n_classes, weights=None, n_jobs=None):
    """Relate columns that depend on y a little."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, n_classes, n)
    X = rng.integers(0, n_levels, (n, 4))
    X[:, 0] = np.where(rng.random(n) < 0.3, y % n_levels, X[:, 0])
    settings = {"categorical": np.ones(4, bool), "n_bins": 10, "target": "discrete"}
    return relate_binned(X, y, weights, **settings, n_jobs=n_jobs)


def conditional(relations):
    """Test two features given nothing, one and two others."""
    given, found = relations.all_samples(), []
    for picked in (None, 1, 2):
        if picked is not None:
            given = relations.refine(given, picked)
        found.append(relations.conditional_relevance(np.array([0, 3]), given))
    return np.array(found)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("n_levels", "n_classes"), [(3, 2), (60, 2), (5, 40)])
def test_strata_in_much_room_and_in_little_say_the_same(monkeypatch, n_levels, n_classes, weighted):
    n = 400
    weights = np.random.default_rng(1).integers(0, 3, n).astype(float) if weighted else None
    found = {}
    for cells_a_sample in (0, 16, np.inf):
        monkeypatch.setattr(_strata, "CELLS_A_SAMPLE", cells_a_sample)
        found[cells_a_sample] = conditional(relations_of(n, n_levels, n_classes, weights))
    np.testing.assert_allclose(found[0], found[np.inf], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found[0], found[16], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("n_levels", [3, 60])
def test_strata_give_conditional_information(n_levels):
    relations = relations_of(400, n_levels, 2)
    columns, y = relations.codes.values, relations.target.codes
    for condition, row in zip(([], [1], [1, 2]), conditional(relations), strict=True):
        for x, information in zip((0, 3), row[0], strict=True):
            expected = naive.conditional_mutual_information(
                columns[x], y, [columns[j] for j in condition], None
            )
            assert information == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_nothing_is_left_to_learn_where_the_condition_tells_the_target():
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 5)
    settings = {"categorical": None, "n_bins": 5, "target": "discrete", "n_jobs": None}
    relations = relate_binned(X, X[:, 0], None, **settings)
    given = relations.refine(relations.all_samples(), 0)
    assert given.n_strata == 0
    information, p_values = relations.conditional_relevance(np.array([0, 1]), given)
    assert information.tolist() == [0, 0]
    assert p_values.tolist() == [1, 1]


def test_threads_change_not_a_bit():
    one, two = (conditional(relations_of(400, 8, 3, n_jobs=k)) for k in (1, 2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("unit", [0.1, None])
@pytest.mark.parametrize("n_levels", [10, 30])
def test_order_of_rows_of_fractional_weights_changes_only_rounding(n_levels, unit):
    """Sums of weights differ by rounding; moments must not jump where such a sum is whole."""
    rng = np.random.default_rng(0)
    n = 300
    y, X = rng.integers(0, 2, n), rng.integers(0, n_levels, (n, 4))  # few samples a stratum
    weights = rng.random(n) if unit is None else unit * rng.integers(1, 12, n)
    settings = {"categorical": np.ones(4, bool), "n_bins": 10, "target": "discrete"}
    order = rng.permutation(n)
    one, other = (
        conditional(relate_binned(X[rows], y[rows], weights[rows], **settings, n_jobs=None))
        for rows in (np.arange(n), order)
    )
    np.testing.assert_allclose(one, other, rtol=1e-8)
