"""Columns of hundreds and thousands of categories, grouped and encoded, beside TargetEncoder.

Categories are equally frequent, with 100 rows each; the log odds of a category are normal. The
figures are printed, and kept in docs/benchmarks.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import TargetEncoder

from sklearn_infotheory import EntropyDiscretizer

pytestmark = pytest.mark.slow

ROWS_OF_A_CATEGORY = 100


def draw(n_categories):
    rng = np.random.default_rng(n_categories)
    n = ROWS_OF_A_CATEGORY * n_categories
    odds, place = rng.normal(size=n_categories), rng.integers(0, n_categories, 2 * n)
    y = (rng.random(2 * n) < 1 / (1 + np.exp(-odds[place]))).astype(int)
    X = pd.DataFrame({"category": pd.Series(place.astype(str), dtype="str")})
    return X[:n], y[:n], X[n:], y[n:], odds[place[n:]]


@pytest.mark.parametrize("n_categories", [300, 1000, 5000])
def test_held_out_auc(n_categories):
    X, y, X_test, y_test, best = draw(n_categories)
    encoders = {"TargetEncoder": TargetEncoder().fit(X, y)}
    for criterion in ("mdlp", "modl"):
        encoders[criterion] = EntropyDiscretizer(criterion, encode="target_mean").fit(X, y)
    auc = {
        name: roc_auc_score(y_test, np.asarray(encoder.transform(X_test))[:, 0])
        for name, encoder in encoders.items()
    }
    cells = " | ".join(f"{value:.3f}" for value in (*auc.values(), roc_auc_score(y_test, best)))
    print(f"\n| {n_categories} | {cells} | {int(encoders['modl'].n_bins_[0])} |")
    assert auc["modl"] >= auc["TargetEncoder"] - 0.015
