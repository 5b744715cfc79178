"""The summary of all features, shares as the least size of a bin, and boosted trees on bins."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from preprocessing.data import CRITERIA, mixed_frame
from sklearn.pipeline import make_pipeline

from sklearn_infotheory.preprocessing import EntropyDiscretizer


@pytest.mark.parametrize("criterion", CRITERIA)
def test_summary(criterion):
    X, y = mixed_frame(n_classes=2)
    discretizer = EntropyDiscretizer(criterion, missing_values="bin", base=2).fit(X, y)
    table = discretizer.summary()
    assert table.index.tolist() == X.columns.tolist()
    assert table["bins"].tolist() == discretizer.n_bins_.tolist()
    np.testing.assert_allclose(table["information"], discretizer.information_)
    np.testing.assert_allclose(table["missing"], X.isna().mean())
    single = discretizer.n_bins_ == 2  # the bin of missing values is there in any case
    assert ((table["why one bin"] != "") == single).all()
    assert table.loc["constant", "why one bin"] == "there is no place for a cut"
    if criterion in ("mdlp", "kononenko", "modl"):
        assert table.loc["number", "p-value"] < 1e-6 < 0.5 < table.loc["noise", "p-value"]
    else:
        assert table["p-value"].isna().all()


def test_information_value_and_standard_error_by_hand():
    X = pd.DataFrame({"level": ["a"] * 40 + ["b"] * 60})
    y = np.array([0] * 30 + [1] * 10 + [0] * 15 + [1] * 45)
    row = EntropyDiscretizer().fit(X, y).summary().iloc[0]
    counts = np.array([[30, 10], [15, 45]])
    p, q = (counts + 0.5).T / (counts + 0.5).sum(axis=0)[:, None]
    assert row["information value"] == pytest.approx(((q - p) * np.log(q / p)).sum())
    joint = counts / 100
    pointwise = np.log(joint / np.outer(joint.sum(axis=1), joint.sum(axis=0)))
    mean = (joint * pointwise).sum()
    assert row["information"] == pytest.approx(mean)
    expected = np.sqrt((joint * (pointwise - mean) ** 2).sum() / 100)
    assert row["standard error"] == pytest.approx(expected)


def test_p_values_of_noise_are_rarely_small():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 300)), rng.integers(0, 2, 200)
    table = EntropyDiscretizer(candidate_cost="candidates").fit(X, y).summary()
    assert (table["p-value"] < 0.05).mean() <= 0.05


@pytest.mark.parametrize("criterion", CRITERIA)
def test_least_bins_as_a_share(criterion):
    X, y = mixed_frame(missing=False)
    share = EntropyDiscretizer(criterion, min_samples_bin=0.2).fit(X, y)
    number = EntropyDiscretizer(criterion, min_samples_bin=80).fit(X, y)
    for first, second in zip(share.bin_edges_, number.bin_edges_, strict=True):
        np.testing.assert_array_equal(first, second)
    assert share.groups_.tolist() == number.groups_.tolist()


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_boosted_trees_take_the_names_of_bins(library):
    module = pytest.importorskip(library)
    settings = {"n_estimators": 5, "n_jobs": 1}
    if library == "xgboost":
        model = module.XGBClassifier(**settings)
    else:
        model = module.LGBMClassifier(**settings, verbose=-1)
    X, y = mixed_frame()
    discretizer = EntropyDiscretizer(encode="onehot-dense", missing_values="bin")
    pipeline = make_pipeline(discretizer.set_output(transform="pandas"), model).fit(X, y)
    assert pipeline.score(X, y) > 0.6
