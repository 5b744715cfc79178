"""Drift of dependences, which no single column shows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from drift.data import normal

from sklearn_infotheory._columns._learning import COARSE_CELLS, coarsen
from sklearn_infotheory._counts._counter import MAX_PAIRS, count_coarse, pairs_of
from sklearn_infotheory.drift import KLDriftDetector
from sklearn_infotheory.drift._kl_drift_detector import profile_of

pytestmark = pytest.mark.filterwarnings("ignore:The batch has")


@pytest.mark.parametrize(("joint", "least"), [("pairs", 20), ("classifier", 10)])
def test_a_dependence_that_the_margins_hide(joint, least):
    found = 0
    for seed in range(20):
        reference, batch = normal(2000, 5, seed=seed), normal(1000, 5, rho=0.4, seed=100 + seed)
        report = KLDriftDetector(joint=joint, random_state=0).fit(reference).detect(batch)
        found += report.joint.drifted
        if joint == "pairs" and report.joint.drifted:
            assert report.joint.pairs[0].names == ("x0", "x1")
            assert report.joint.pairs[0].change > 0
    assert found >= least


@pytest.mark.parametrize("joint", ["pairs", "classifier"])
def test_margins_that_drift_alone_are_not_a_drift_of_dependences(joint):
    alarms = 0
    for seed in range(10):
        reference = normal(2000, 4, rho=0.4, seed=seed)
        batch = normal(1000, 4, rho=0.4, seed=100 + seed) + 0.3
        report = KLDriftDetector(joint=joint, random_state=0).fit(reference).detect(batch)
        assert report.drifted
        alarms += report.joint.drifted
    assert alarms <= 1


def test_classifier_bounds_the_information():
    reference, batch = normal(4000, 3), normal(4000, 3, seed=1) + np.array([1.0, 0, 0])
    detector = KLDriftDetector(joint="classifier", base=2, random_state=0).fit(reference)
    joint = detector.detect(batch).joint
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 200_000)) + np.array([[0], [1]])
    share = 1 / (1 + np.exp(-(x - 0.5)))
    true = 1 + np.mean([np.log2(1 - share[0]).mean(), np.log2(share[1]).mean()])
    assert 0.8 * true < joint.information < true
    assert joint.beyond_margins < 0.01
    assert not joint.drifted


def test_classifier_takes_categories_and_missing_values():
    rng = np.random.default_rng(0)

    def rows(n, together):
        a = rng.choice(["u", "v", None], n)
        b = np.where(rng.random(n) < 0.5, np.nan, 1.0)
        b = np.where((a == "u") if together else rng.random(n) < 1 / 3, np.nan, b)
        return pd.DataFrame({"a": a, "b": b})

    detector = KLDriftDetector(joint="classifier", random_state=0).fit(rows(3000, False))
    assert detector.detect(rows(1000, True)).joint.drifted
    assert not detector.detect(rows(1000, False)).joint.drifted


def test_classifier_of_few_rows():
    detector = KLDriftDetector(joint="classifier").fit(normal(300))
    joint = detector.detect(normal(20, seed=1)).joint
    assert (joint.p_value, joint.drifted, joint.information) == (1.0, False, 0.0)


def test_one_column_has_no_pairs():
    report = KLDriftDetector().fit(normal(500, 1)).detect(normal(50, 1, seed=1))
    assert report.joint is None


def test_worst_pairs_are_listed():
    reference, batch = normal(3000, 12), normal(300, 12, seed=1)
    joint = KLDriftDetector().fit(reference).detect(batch).joint
    assert joint.n_pairs == 66
    assert len(joint.pairs) == 20
    p = [pair.p_value for pair in joint.pairs]
    assert p == sorted(p)
    assert joint.p_value == pytest.approx(min(1, p[0] * 66))


def test_tolerance_holds_for_pairs():
    reference, batch = normal(5000, 3), normal(2000, 3, rho=0.3, seed=1)
    assert KLDriftDetector().fit(reference).detect(batch).joint.drifted
    assert not KLDriftDetector(tolerance=0.5).fit(reference).detect(batch).joint.drifted


def test_coarse_cells():
    frame = pd.DataFrame(
        {
            "x": np.arange(2000.0),
            "few": np.arange(2000) % 3,
            "c": [f"c{k % 7 if k % 3 else 0}" for k in range(2000)],
        }
    )
    detector = KLDriftDetector().fit(frame)
    cells, counts = profile_of(detector).cells, profile_of(detector).counts.features
    assert count_coarse(cells.coarse).tolist() == [COARSE_CELLS + 1, 4, COARSE_CELLS + 1]
    x = np.bincount(cells.coarse[0], counts[0])
    np.testing.assert_allclose(x, [400] * 5 + [0])
    category = np.array(cells.coarse[2])
    book = cells.codebooks[2]
    assert category[book.missing_code] == 5
    assert category[book.other_code] == 4  # with the rarer categories
    assert category[book.categories.index("c0")] == 0
    empty = coarsen(book, np.zeros(book.n_cells))
    assert len(empty) == book.n_cells


@pytest.mark.parametrize(("n", "n_pairs"), [(1, 0), (2, 1), (100, 4950)])
def test_all_pairs_of_few_columns(n, n_pairs):
    first, second = pairs_of(n)
    assert len(first) == n_pairs
    assert (first < second).all()


@pytest.mark.parametrize("n", [101, 500, 20_000])
def test_near_pairs_of_many_columns(n):
    first, second = pairs_of(n)
    assert len(first) <= max(MAX_PAIRS, n)
    assert set(first) | set(second) == set(range(n))
    assert (second > first).all()


def test_pair_tables_have_the_margins_of_their_columns():
    rng = np.random.default_rng(0)
    weights = rng.integers(1, 4, 1000)
    detector = KLDriftDetector().fit(normal(1000, 4), np.arange(1000) % 3, weights)
    counts, cells = profile_of(detector).counts, profile_of(detector).cells
    for table, i, j in zip(counts.pairs, *pairs_of(4), strict=True):
        np.testing.assert_allclose(
            table.sum(axis=1), np.bincount(cells.coarse[i], counts.features[i])
        )
        np.testing.assert_allclose(
            table.sum(axis=0), np.bincount(cells.coarse[j], counts.features[j])
        )
    for table, margin in zip(counts.concept, counts.features, strict=True):
        np.testing.assert_allclose(table.sum(axis=1), margin)
        np.testing.assert_allclose(table.sum(axis=0), counts.label)
