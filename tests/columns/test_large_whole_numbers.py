"""Whole numbers beyond 2**53, which a float64 melts into their neighbours, stay apart."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from sklearn_infotheory import (
    EntropyDiscretizer,
    KLDriftDetector,
    MutualInfoSelector,
    estimate_mutual_information,
    mutual_info,
)
from sklearn_infotheory._columns import Intervals, codebook_from_dict
from sklearn_infotheory._columns._column import Column

N = 2000
SMALL = np.random.default_rng(0).integers(0, 40, N)
Y = (SMALL >= 20).astype(int)
STARTS = {2**53: np.int64, 2**62: np.int64, -(2**62): np.int64, 2**63: np.uint64}

each_start = pytest.mark.parametrize("start", STARTS)


def large(start):
    return np.array([start + int(k) for k in SMALL], dtype=STARTS[start])


def containers(x):
    X = x[:, None]
    tables = (pd.DataFrame({"a": x}), pl.DataFrame({"a": x}), pa.table({"a": x}))
    return [X, np.asfortranarray(X), *tables, X.astype(object)]


@each_start
def test_scores_are_those_of_the_same_numbers_less_their_start(start):
    for method in ("binned", "gaussian", "knn"):
        expected, _ = mutual_info(SMALL[:, None], Y, method=method)
        for X in containers(large(start)):
            found, _ = mutual_info(X, Y, method=method)
            np.testing.assert_allclose(found, expected, rtol=1e-12)
    both = np.c_[large(start), large(start)]
    assert MutualInfoSelector(1).fit(both, Y).selected_.tolist() == [0]
    np.testing.assert_allclose(
        mutual_info(Y[:, None], large(start))[0], mutual_info(Y[:, None], SMALL)[0], rtol=1e-12
    )
    found = estimate_mutual_information(large(start), Y)
    assert found.value == pytest.approx(estimate_mutual_information(SMALL, Y).value, rel=1e-12)


@each_start
@pytest.mark.parametrize("criterion", ["mdlp", "kononenko", "modl", "equal_entropy"])
def test_bins_are_those_of_the_same_numbers(start, criterion):
    expected = EntropyDiscretizer(criterion).fit(SMALL[:, None], Y)
    codes = expected.transform(SMALL[:, None])
    for X in containers(large(start)):
        discretizer = EntropyDiscretizer(criterion).fit(X, Y)
        np.testing.assert_array_equal(np.asarray(discretizer.transform(X)), codes)
        edges = discretizer.bin_edges_[0]
        assert [edge - start for edge in edges[1:-1]] == [
            int(np.floor(edge)) for edge in expected.bin_edges_[0][1:-1]
        ]
        again = EntropyDiscretizer.from_dict(json.loads(json.dumps(discretizer.to_dict())))
        np.testing.assert_array_equal(np.asarray(again.transform(X)), codes)
    table = discretizer.binning_table(0)
    assert (table["row"] != "dropped cut").all()
    cut = discretizer.bin_edges_[0][1]
    assert f"{cut}]" in table["interval"][0]
    assert f"<= {cut}" in discretizer.to_sql(0)
    inside = discretizer.transform(np.array([[int(cut)], [int(cut) + 1]], STARTS[start]))
    assert np.asarray(inside).ravel().tolist() == [0, 1]


@each_start
def test_histograms_keep_the_widths(start):
    expected = EntropyDiscretizer("mdl_histogram").fit(SMALL[:, None])
    found = EntropyDiscretizer("mdl_histogram").fit(large(start)[:, None])
    assert [edge - start for edge in found.bin_edges_[0][1:-1]] == [
        int(np.floor(edge)) for edge in expected.bin_edges_[0][1:-1]
    ]


def edges_of(detector):
    return detector.to_dict()["columns"][0]["codebook"]["edges"]


@each_start
def test_drift_sees_neighbours_apart(start):
    X = large(start)[:, None]
    detector = KLDriftDetector().fit(X)
    batch, shifted = X[:150], X[Y == 1][:150]
    assert not detector.detect(batch).drifted
    report = detector.detect(shifted)
    assert report.drifted
    assert (
        KLDriftDetector.from_dict(json.loads(json.dumps(detector.to_dict()))).detect(shifted)
        == report
    )
    inner = [edges_of(of)[1:-1] for of in (detector, KLDriftDetector().fit(SMALL[:, None]))]
    assert [edge - start for edge in inner[0]] == inner[1]
    constant = KLDriftDetector().fit(np.full((N, 1), X[0, 0]))
    other = constant.detect(np.full((50, 1), X[0, 0] + 1))
    assert other.drifted


def test_a_codebook_compares_whole_numbers_of_any_type():
    book = Intervals((2**53, 2**53 + 1, 2**64 + 5))
    assert codebook_from_dict(json.loads(json.dumps(book.to_dict()))) == book
    values = [-5, 2**53, 2**53 + 1, 2**53 + 2]
    assert book.encode(Column(np.array(values))).tolist() == [0, 0, 1, 2]
    assert book.encode(Column(np.array([0, 2**64 - 1], np.uint64))).tolist() == [0, 2]
    assert book.encode(Column(np.array([1.0, 2.0**60, 2.0**70]))).tolist() == [0, 2, 3]
    below = Intervals((-(2**70), -(2**60) - 1, 5))
    assert below.encode(Column(np.array([-(2**63), -(2**60) - 1, -(2**60), 6]))).tolist() == [
        1, 1, 2, 3,
    ]  # fmt: skip
    with pytest.raises(ValueError, match="not ascending"):
        codebook_from_dict({"kind": "numeric", "edges": [2**60, 2**60]})
