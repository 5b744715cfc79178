"""Selections and scores equal those of independent programs."""

from __future__ import annotations

import numpy as np
import pytest
from feature_selection.reference_selections import (
    FEAST_BREAST_CANCER,
    MADELON_RELEVANT,
    PENG_MRMR,
    PENG_QUOTIENT_COLON,
    PRAZNIK_MADELON,
)
from real_data import read_real_data
from sklearn.datasets import load_breast_cancer

from sklearn_infotheory.feature_selection import MutualInfoSelector, linear_criterion


@pytest.mark.parametrize("name", FEAST_BREAST_CANCER)
def test_feast_on_breast_cancer(name):
    X, y = load_breast_cancer(return_X_y=True)
    low, high = X.min(axis=0), X.max(axis=0)
    codes = np.clip(np.floor((X - low) / (high - low) * 5), 0, 4).astype(int)
    criterion = linear_criterion(0.7, 0) if name == "mifs 0.7" else name
    selector = MutualInfoSelector(10, criterion=criterion, base=2).fit(codes, y)
    features, scores = zip(*FEAST_BREAST_CANCER[name], strict=True)
    assert selector.selected_.tolist() == list(features)
    np.testing.assert_allclose(selector.path_["score"], scores, rtol=0, atol=1e-9)


@pytest.mark.parametrize("criterion", PRAZNIK_MADELON)
def test_praznik_on_madelon(criterion):
    data = read_real_data("madelon_d_codes")
    y = data.pop("Decision")
    selector = MutualInfoSelector(20, criterion=criterion).fit(data, y)
    features, scores = zip(*PRAZNIK_MADELON[criterion], strict=True)
    assert selector.selected_.tolist() == list(features)
    np.testing.assert_allclose(selector.path_["score"], scores, rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", PENG_MRMR)
def test_peng_on_microarrays(name):
    data = read_real_data(name)
    y = data.pop("Class")
    assert (
        MutualInfoSelector(10, criterion="mrmr").fit(data, y).selected_.tolist() == PENG_MRMR[name]
    )


def test_peng_quotient_on_colon():
    data = read_real_data("skf_colon")
    y = data.pop("Class")
    selector = MutualInfoSelector(10, criterion="mrmr_quotient", base=2).fit(data, y)
    features, scores = zip(*PENG_QUOTIENT_COLON, strict=True)
    assert selector.selected_.tolist() == list(features)
    np.testing.assert_allclose(selector.path_["score"], scores, rtol=0, atol=5.1e-4)


def test_defaults_find_the_relevant_features_of_raw_madelon():
    data = read_real_data("madelon_train")
    y = data.pop("Class")
    found = set(MutualInfoSelector(20).fit(data, y).selected_.tolist())
    assert len(found & set(MADELON_RELEVANT)) >= 18
    stopped = MutualInfoSelector().fit(data, y).selected_.tolist()
    assert stopped
    assert set(stopped) <= set(MADELON_RELEVANT)
