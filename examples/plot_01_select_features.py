"""
Select features by information
==============================

Which of thirty measurements of a tumour tell whether it is malignant, and which only repeat what
others have said? :class:`~sklearn_infotheory.feature_selection.MutualInfoSelector` picks features
one after the other, and stops when no further feature adds significant information to those it has.
"""

# %%
# Real data, bundled with scikit-learn. Numeric columns are cut into bins of equal count; strings,
# categories and missing values would be cells of their own.
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_infotheory import MutualInfoSelector
from sklearn_infotheory.feature_selection import RelevanceDisplay, SelectionPathDisplay

X, y = load_breast_cancer(return_X_y=True, as_frame=True)

# %%
# Ten columns of noise show whether the selection can be trusted.
rng = np.random.default_rng(0)
noise = pd.DataFrame(rng.normal(size=(len(X), 10)), columns=[f"noise {j}" for j in range(10)])
X = pd.concat([X, noise], axis=1)

# %%
# With ``n_features_to_select="auto"`` the number of features follows from the data.
selector = MutualInfoSelector(base=2).fit(X, y)


def as_table(selector):
    """Make a table of the picks, with the names of the features."""
    path = pd.DataFrame(selector.path_)
    path["feature"] = selector.feature_names_in_[path["feature"]]
    path.index = pd.RangeIndex(1, len(path) + 1, name="pick")
    return path.to_string(float_format="{:.3g}".format)


print(f"Selected {selector.n_features_} of {selector.n_features_in_} features (bits):\n")
print(as_table(selector))

# %%
# Does a model lose by it? The held-out loss of a logistic regression with all features, and with
# the selected ones, in bits per sample. The selection is a part of the pipeline, so that each fold
# selects anew.
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
for name, pipeline in (("all", model), ("selected", make_pipeline(MutualInfoSelector(), model))):
    folds = cross_val_score(pipeline, X, y, scoring="neg_log_loss", cv=10)
    print(f"\nHeld-out loss, {name:8} features: {-folds.mean() / np.log(2):.3f} bits")

# %%
# Ask for a number of features to go on. The p-values of the picks say where the sample does not
# show any more that they are informative; the noise still stays out.
longer = MutualInfoSelector(10, base=2).fit(X, y)
print("\nThe first ten picks (bits):\n")
print(as_table(longer))

# %%
# The relevance of single features, with what was picked in blue; and the path of the selection.
figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5.5), layout="constrained")
RelevanceDisplay.from_estimator(longer, max_features=16, ax=left)
SelectionPathDisplay.from_estimator(longer, ax=right)
left.set_title("What each feature tells alone")

try:
    picture = Path(__file__).with_suffix(".png")
except NameError:  # inside the gallery
    picture = None
if picture is not None:
    figure.savefig(picture, dpi=100)
    print(f"\nPicture: {picture}")
