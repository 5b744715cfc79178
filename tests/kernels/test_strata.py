"""Strata of equal condition: what they hold, and what (x, y) tell within them."""

import naive
import numpy as np
import pytest
from kernels.calls import NO_WEIGHTS, refine_strata, stratified_g_test
from kernels.null_moments import moments_by_definition

KINDS = ("labelled", "sorted")


def all_rows(n):
    return np.arange(n, dtype=np.uint32), np.zeros(n, np.int32), 1


def as_sets(rows, labels, n_strata):
    return [frozenset(rows[labels == label].tolist()) for label in range(n_strata)]


def mixed_strata(z, y):
    """Sets of the rows of equal z in which y takes more than one value."""
    rows = [np.flatnonzero((z == value).all(axis=1)) for value in np.unique(z, axis=0)]
    return [frozenset(r.tolist()) for r in rows if len(set(y[r].tolist())) > 1]


def draw(n, seed=0):
    """x, y and a condition of two columns, with some dependence between all."""
    rng = np.random.default_rng(seed)
    z = rng.integers(0, [4, 3], (n, 2)).astype(np.uint8)
    x = ((z[:, 0] + rng.integers(0, 3, n)) % 5).astype(np.uint8)
    y = np.where(rng.random(n) < 0.4, x % 3, rng.integers(0, 3, n)).astype(np.uint16)
    return x, y, z


@pytest.mark.parametrize("n", [1, 2, 9, 200])
def test_refining_keeps_the_mixed_strata_only(n):
    for seed in range(20):
        _, y, z = draw(n, seed)
        strata = all_rows(n)
        for depth in (1, 2):
            column = z[:, depth - 1]
            strata = refine_strata(strata, column, int(column.max()) + 1, y)
            expected = mixed_strata(z[:, :depth], y)
            assert sorted(map(sorted, as_sets(*strata))) == sorted(map(sorted, expected))
            assert len(strata[0]) == sum(map(len, expected))
            assert (strata[0].dtype, strata[1].dtype) == (np.uint32, np.int32)


def test_nothing_is_left_where_y_is_constant_in_every_stratum():
    x, _, z = draw(50)
    y = z[:, 0].astype(np.uint16)
    strata = refine_strata(all_rows(50), z[:, 0], 4, y)
    assert (len(strata[0]), len(strata[1]), strata[2]) == (0, 0, 0)
    for kind in KINDS:
        assert stratified_g_test(kind, strata, x, y, NO_WEIGHTS, 5, 4) == (0, 0, 0, 0)
    # And stays so when refined again.
    assert refine_strata(strata, z[:, 1], 3, y)[2] == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("weighting", ["none", "whole", "fractional", "sum to one"])
@pytest.mark.parametrize("n", [12, 60, 700])
def test_g_is_conditional_information(n, weighting, kind):
    x, y, z = draw(n)
    rng = np.random.default_rng(1)
    weights = {
        "none": NO_WEIGHTS,
        "whole": rng.integers(1, 4, n).astype(float),
        "fractional": rng.exponential(size=n),
        "sum to one": np.full(n, 1 / n),
    }[weighting]
    total = weights.sum() if weights.size else n
    strata, condition = all_rows(n), []
    for depth in range(3):
        if depth:
            condition.append(z[:, depth - 1])
            strata = refine_strata(strata, z[:, depth - 1], 4, y)
        expected = naive.conditional_mutual_information(
            x, y, condition, weights if weights.size else None
        )
        for with_moments in (False, True):
            found = stratified_g_test(kind, strata, x, y, weights, 5, 3, with_moments)
            assert found[0] / (2 * total) == pytest.approx(expected, rel=1e-9, abs=1e-12)
            assert np.isfinite(found).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("n", [12, 60, 400])
def test_null_moments_and_freedom_are_summed_over_the_strata(n, n_classes, kind):
    x, y, z = draw(n)
    y = np.minimum(y, n_classes - 1)
    # Levels from the largest possible code, so that unoccupied ones occur.
    strata = refine_strata(all_rows(n), z[:, 0], 4, y)
    _, mean, variance, freedom = stratified_g_test(kind, strata, x, y, NO_WEIGHTS, 8, 5)
    table = naive.contingency_table(x, y, z[:, 0])
    assert mean == pytest.approx(naive.expected_conditional_g_statistic(table), rel=1e-7)
    expected_variance = expected_freedom = 0
    for stratum in np.moveaxis(table, 2, 0):
        rows, columns = stratum.sum(axis=1), stratum.sum(axis=0)
        rows, columns = rows[rows > 0], columns[columns > 0]
        expected_freedom += (len(rows) - 1) * (len(columns) - 1)
        if len(rows) < 2 or len(columns) < 2:
            continue
        both = len(columns) == 2
        parts = sum(
            moments_by_definition(int(rows.sum()), r, c, both)[1]
            for r in rows
            for c in (columns[:1] if both else columns)
        )
        scale = len(rows) / (len(rows) - 1)
        if not both:
            scale *= len(columns) / (len(columns) - 1)
        expected_variance += 4 * scale * parts
    assert freedom == expected_freedom
    assert variance == pytest.approx(expected_variance, rel=1e-6)
    # The order in which rows arrive changes nothing but rounding.
    backwards = strata[0][::-1], strata[1][::-1], strata[2]
    again = stratified_g_test(kind, backwards, x, y, NO_WEIGHTS, 8, 5)
    np.testing.assert_allclose(again[1:], (mean, variance, freedom), rtol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_whole_weights_count_as_repetitions_in_the_moments(kind):
    x, y, z = draw(80)
    weights = np.random.default_rng(3).integers(1, 4, 80)
    rows = np.repeat(np.arange(80), weights)
    strata = refine_strata(all_rows(80), z[:, 0], 4, y)
    weighted = stratified_g_test(kind, strata, x, y, weights.astype(float), 5, 3)
    strata = refine_strata(all_rows(len(rows)), z[rows, 0], 4, y[rows])
    repeated = stratified_g_test(kind, strata, x[rows], y[rows], NO_WEIGHTS, 5, 3)
    np.testing.assert_allclose(weighted, repeated, rtol=1e-9)


def test_two_classes_of_fractional_weights_do_not_depend_on_who_comes_first():
    """The table is counted cell by cell in one kind, and by a look at its few samples in the other.

    In the latter, the class of the first sample is found first.
    """
    rng = np.random.default_rng(0)
    x, y, z = rng.integers(0, 60, 80), rng.integers(0, 2, 80), rng.integers(0, 8, 80)
    strata = refine_strata(all_rows(80), z, 8, y)
    weights = rng.uniform(0.2, 2, 80)
    labelled, by_samples = (
        stratified_g_test(kind, strata, x, y, weights, 60, 2) for kind in ("labelled", "sorted")
    )
    np.testing.assert_allclose(by_samples, labelled, rtol=1e-9)
