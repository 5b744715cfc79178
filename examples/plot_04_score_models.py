"""
=====================================
Score models in bits, and say why
=====================================

Five classifiers predict ten handwritten digits. Cross-entropy scores their probabilities: the
bits that it takes, on average, to tell the true digit to someone who believes the model. We
compare the models by cross-validation, split each loss into what is left to know and what
miscalibration costs, and test the difference of two of them.
"""

# %%
# The data, and five models
# -------------------------
# Half of the digits, with noise on the pixels, so that no model is right all the time.

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.naive_bayes import GaussianNB

from sklearn_infotheory.metrics import (
    CrossEntropyDecompositionDisplay,
    ReliabilityDisplay,
    calibration_test,
    compare_cross_entropy,
    make_cross_entropy_scorer,
)

X, y = load_digits(return_X_y=True)
X, y = X[:900] + np.random.default_rng(0).normal(scale=4, size=(900, 64)), y[:900]
forest = RandomForestClassifier(100, min_samples_leaf=3, random_state=0)
models = {
    "naive Bayes": GaussianNB(),
    "discriminant analysis": LinearDiscriminantAnalysis(),
    "random forest": forest,
    "random forest, calibrated": CalibratedClassifierCV(forest, method="sigmoid", cv=3),
    "logistic regression": LogisticRegression(C=1e-3, max_iter=2000),
}

# %%
# Cross-validation in bits
# ------------------------
# A forest may give a digit the probability 0. Where that digit occurs the loss is infinite; here a
# probability of less than one in ten thousand counts as that.

ZERO = 1e-4
splits = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))
scorer = make_cross_entropy_scorer(base=2, zero=ZERO)
results = {
    name: cross_validate(
        model, X, y, cv=splits, scoring=scorer, return_estimator=True, return_indices=True
    )
    for name, model in models.items()
}
losses = pd.Series({name: -found["test_score"].mean() for name, found in results.items()})
print(f"bits of {np.log2(10):.2f} that are left to tell:")
print(losses.round(3).to_string())

# %%
# Where the loss comes from
# -------------------------
# The forest has by far the worst loss, and yet it leaves the least to know: its blue bar is the
# shortest. It pays for its probabilities, in orange, and most of that is won back by calibrating
# it. A ranking of models by loss is not a ranking by what they know.

display = CrossEntropyDecompositionDisplay.from_cv_results(
    results, X, y, method="recalibration", zero=ZERO, base=2
)
display.ax_.set_title("Ten digits, held-out predictions of 5 folds")
for name, terms in display.decompositions.items():
    low, high = terms.intervals["reliability"]
    print(f"{name}: miscalibration costs {terms.reliability:.3f} bits ({low:.3f} to {high:.3f})")

# %%
# Too sure, or not sure enough?
# -----------------------------
# z compares the loss with the loss that a model expects of itself. The sign tells the direction:
# naive Bayes is too sure, while the forest, which averages trees, is not sure enough.


def held_out(name):
    """Return the predictions of each test fold."""
    found = results[name]
    tests = found["indices"]["test"]
    return [
        estimator.predict_proba(X[test])
        for estimator, test in zip(found["estimator"], tests, strict=True)
    ]


seen = np.concatenate([y[test] for _, test in splits])
for name in models:
    test = calibration_test(seen, np.vstack(held_out(name)), labels=np.arange(10))
    print(f"{name}: z = {test.statistic:.1f}, slope = {test.slope:.2f}, p = {test.p_value:.2g}")

# %%
# Is the best really better?
# --------------------------
# Folds share training samples, so that their differences are no independent repetitions. The
# corrected resampled t-test (Nadeau and Bengio, 2003) takes account of that.

comparison = compare_cross_entropy(
    y,
    held_out("random forest, calibrated"),
    held_out("discriminant analysis"),
    splits=splits,
    zero=ZERO,
    base=2,
)
low, high = comparison.interval
print(
    f"calibrated forest less discriminant analysis: {comparison.difference:.3f} bits "
    f"({low:.3f} to {high:.3f}), p = {comparison.p_value:.2g}"
)

# %%
# The reliability of three digits, before and after
# -------------------------------------------------
# Points in the grey band are what a calibrated model would give. Above it, a digit is more
# frequent than the forest believes: it is not sure enough.

for name in ("random forest", "random forest, calibrated"):
    reliability = ReliabilityDisplay.from_cv_results(results[name], X, y, n_bins=20)
    reliability = ReliabilityDisplay(reliability.curves[:3], estimator_name=name).plot()

if "__file__" in globals():  # as a script, not in the gallery
    picture = Path(__file__).with_suffix(".png")
    display.figure_.savefig(picture, dpi=120)
    print("drawn to", picture)
