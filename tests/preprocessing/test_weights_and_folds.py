"""Weights are repetitions, threads and order do not matter, and folds are left out."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from preprocessing.data import CRITERIA, ENCODINGS, assert_same, mixed_frame
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.model_selection import KFold, StratifiedKFold

from sklearn_infotheory.preprocessing import EntropyDiscretizer

IRIS, SPECIES = load_iris(return_X_y=True)
each_encoding = pytest.mark.parametrize("encode", ENCODINGS)
each_criterion = pytest.mark.parametrize("criterion", CRITERIA)
CROSS_FITTED = ("woe", "target_mean")


# Weights, threads, order


@each_encoding
@each_criterion
def test_weights_are_repetitions(encode, criterion):
    X, y = mixed_frame(200)
    weights = np.random.default_rng(1).integers(0, 4, 200)
    rows = np.repeat(np.arange(200), weights)
    discretizer = EntropyDiscretizer(criterion, encode=encode, missing_values="merge")
    weighted = clone(discretizer).fit(X, y, sample_weight=weights)
    repeated = clone(discretizer).fit(X.iloc[rows], y[rows])
    for j in range(X.shape[1]):
        np.testing.assert_array_equal(weighted.bin_edges_[j], repeated.bin_edges_[j])
    assert weighted.groups_.tolist() == repeated.groups_.tolist()
    np.testing.assert_allclose(weighted.information_, repeated.information_, atol=1e-12)
    assert_same(weighted.transform(X), repeated.transform(X), exact=False)
    back = weighted.inverse_transform(weighted.transform(X))
    expected = repeated.inverse_transform(repeated.transform(X))
    is_category = [books is not None for books in weighted.groups_]
    np.testing.assert_array_equal(back[:, is_category], expected[:, is_category])
    is_number = np.logical_not(is_category)
    np.testing.assert_allclose(
        back[:, is_number].astype(float), expected[:, is_number].astype(float)
    )


@each_encoding
def test_threads_do_not_matter(encode):
    X, y = mixed_frame()
    discretizer = EntropyDiscretizer(encode=encode, missing_values="bin", random_state=0)
    one = clone(discretizer).fit(X, y)
    three = clone(discretizer).set_params(n_jobs=3).fit(X, y)
    assert_same(one.transform(X), three.transform(X))
    assert_same(one.fit_transform(X, y), three.fit_transform(X, y))
    assert json.dumps(one.to_dict()["columns"]) == json.dumps(three.to_dict()["columns"])


@each_criterion
def test_row_order_and_class_names_do_not_matter(criterion):
    X, y = mixed_frame()
    order = np.random.default_rng(2).permutation(len(y))
    first = EntropyDiscretizer(criterion, missing_values="merge").fit(X, y)
    second = clone(first).fit(X.iloc[order], np.array(["u", "v", "w"])[y][order])
    assert second.classes_.tolist() == ["u", "v", "w"]
    assert_same(first.transform(X), second.transform(X))


# Cross-fitting


@pytest.mark.parametrize("encode", CROSS_FITTED)
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_cross_fitting_leaves_each_fold_out(encode, n_classes, weighted):
    X, y = mixed_frame(n_classes=n_classes)
    weights = np.random.default_rng(3).integers(0, 3, len(y)) if weighted else None
    discretizer = EntropyDiscretizer(encode=encode, missing_values="bin", random_state=4)
    crossed = discretizer.fit_transform(X, y, sample_weight=weights)
    by_hand = np.full_like(crossed, np.nan)
    for train, test in StratifiedKFold(5, shuffle=True, random_state=4).split(X, y):
        part = clone(discretizer)
        part.fit(
            X.iloc[train], y[train], sample_weight=weights if weights is None else weights[train]
        )
        by_hand[test] = part.transform(X.iloc[test])
    np.testing.assert_allclose(crossed, by_hand, rtol=1e-12)
    plain = clone(discretizer).fit(X, y, sample_weight=weights).transform(X)
    assert not np.allclose(crossed, plain)
    assert_same(discretizer.transform(X), plain)  # what is kept is learned from all


def test_cross_fitting_of_a_continuous_target():
    X, y = load_diabetes(return_X_y=True)
    discretizer = EntropyDiscretizer(encode="target_mean", cv=KFold(3))
    crossed = discretizer.fit_transform(X, y)
    by_hand = np.empty_like(crossed)
    for train, test in KFold(3).split(X):
        by_hand[test] = clone(discretizer).fit(X[train], y[train]).transform(X[test])
    np.testing.assert_allclose(crossed, by_hand)


def test_a_fold_without_a_class_still_has_its_column():
    X, y = mixed_frame(60, missing=False)
    y[y == 2] = 1
    y[:5] = 2
    splits = [(np.arange(5, 60), np.arange(5)), (np.arange(5), np.arange(5, 60))]
    for encode in CROSS_FITTED:
        crossed = EntropyDiscretizer(encode=encode, cv=splits).fit_transform(X, y)
        assert crossed.shape == (60, 3 * X.shape[1])
        assert np.isfinite(crossed).all()


def test_cross_fitting_hides_noise():
    rng = np.random.default_rng(5)
    X = pd.DataFrame({"id": [f"i{k}" for k in rng.integers(0, 60, 300)]})
    y = rng.integers(0, 2, 300)
    discretizer = EntropyDiscretizer("equal_entropy", encode="target_mean", random_state=0)
    honest = np.corrcoef(discretizer.fit_transform(X, y)[:, 0], y)[0, 1]
    boasting = np.corrcoef(discretizer.transform(X)[:, 0], y)[0, 1]
    assert boasting > 0.3
    assert honest < 0.1


def test_folds_may_be_masks():
    X, y = mixed_frame(missing=False)
    even = np.arange(len(y)) % 2 == 0
    masks = [(even, ~even), (~even, even)]
    rows = [tuple(np.flatnonzero(mask) for mask in fold) for fold in masks]
    by_mask, by_rows = (
        EntropyDiscretizer(encode="target_mean", cv=cv).fit_transform(X, y) for cv in (masks, rows)
    )
    assert_same(by_mask, by_rows)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_the_target_of_a_fold_does_not_matter_to_it(criterion):
    X, y = mixed_frame(n_classes=2)
    fold = np.arange(len(y)) % 4
    cv = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(4)]
    discretizer = EntropyDiscretizer(criterion, encode="woe", cv=cv, missing_values="bin")
    encoded = discretizer.fit_transform(X, y)
    changed = discretizer.fit_transform(X, np.where(fold == 0, 1 - y, y))
    assert_same(encoded[fold == 0], changed[fold == 0])
    assert not np.array_equal(encoded[fold == 1], changed[fold == 1])


def test_weights_that_sum_to_one_are_one_sample():
    discretizer = EntropyDiscretizer().fit(IRIS, SPECIES, sample_weight=np.full(150, 1 / 150))
    assert (discretizer.n_bins_ == 1).all()
