"""
Estimate information from samples
=================================

How many bits do these samples tell, and how sure is that?
:func:`~sklearn_infotheory.estimation.estimate_mutual_information` takes columns of any kind, and
returns a value with a standard error, a p-value and an interval.
"""

# %%
# First where the truth is known: laws whose information has a closed form, 2,000 samples each.
# Beside ours stands the estimate of scikit-learn, which is in nats, and so is this table.
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes
from sklearn.feature_selection import mutual_info_regression

from sklearn_infotheory import MutualInfoSelector
from sklearn_infotheory.estimation import (
    estimate_conditional_mutual_information,
    estimate_mutual_information,
)

rng = np.random.default_rng(0)
N = 2000
x, noise, other = rng.normal(size=(3, N))
y = 0.8 * x + 0.6 * noise  # a correlation of 0.8
signs = rng.choice([-1.0, 1.0], N)
agreeing = np.where(rng.random(N) < 0.9, signs, -signs)
steep = 0.9 * x + np.sqrt(0.19) * noise
is_number = rng.random(N) < 0.5
laws = {
    "normal": (x, y, 0.511),
    "the same, after exp": (x, np.exp(3 * y), 0.511),
    "independent": (x, other, 0.0),
    "censored at 0": (np.maximum(x + 0.5, 0), np.maximum(y + 0.5, 0), 0.425),
    "half numbers, half signs": (
        np.where(is_number, x, signs),
        np.where(is_number, steep, agreeing),
        1.292,
    ),
}
table = []
for law, (a, b, truth) in laws.items():
    found = estimate_mutual_information(a, b)
    low, high = found.confidence_interval()
    peer = mutual_info_regression(a[:, np.newaxis], b, random_state=0)[0]
    table.append(
        {"law": law, "truth": truth, "scikit-learn": peer, "estimate": found.value}
        | {"95 % interval": f"{low:.2f} to {high:.2f}", "p-value": found.p_value}
        | {"method": found.method}
    )
print("Mutual information of two columns, nats:\n")
print(pd.DataFrame(table).to_string(index=False, float_format="{:.3g}".format))

# %%
# Neither an increasing map of a column nor the order of the samples changes a bit of the estimate,
# and no noise is drawn. Zeros and signs are taken for what they are, single values among numbers.
#
# Now real data: what does each measurement tell about the progress of diabetes one year later?
X, target = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
estimates = pd.Series({name: estimate_mutual_information(X[name], target, base=2) for name in X})
order = sorted(X, key=lambda name: estimates[name].value)

figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
for place, name in enumerate(order):
    found = estimates[name]
    low, high = found.confidence_interval()
    colour = "C0" if found.p_value < 0.05 / len(order) else "0.6"
    axes.plot([low, high], [place, place], color=colour, linewidth=2)
    axes.plot(found.value, place, "o", color=colour)
by_peer = pd.Series(mutual_info_regression(X, target, random_state=0), X.columns) / np.log(2)
axes.plot(by_peer[order], range(len(order)), "x", color="C1", label="mutual_info_regression")
axes.plot([], [], "o-", color="C0", label="estimate, 95 % interval")
axes.plot([], [], "o-", color="0.6", label="the same, not significant (Bonferroni)")
axes.set_yticks(range(len(order)), order)
axes.set_xlim(left=min(0, axes.get_xlim()[0]))
axes.set(xlabel="information about the progress of diabetes (bits)", title="442 patients")
axes.legend(loc="lower right")

print("\nThe three that tell most, alone:\n")
for name in order[:-4:-1]:
    print(f"{name:>4}  {estimates[name]}")

# %%
# Columns share what they tell. Given the body mass index, what does each other one add?
print("\nBeyond the body mass index (bits, p-value of 199 permutations among like patients):\n")
for name in ("s5", "bp", "s3", "s1"):
    more = estimate_conditional_mutual_information(
        X[name], target, X["bmi"], base=2, n_permutations=199, random_state=0
    )
    print(f"{name:>4}  {more.value:.2f}, p = {more.p_value:.3f}")

# %%
# The selector takes the same estimates: by the Gaussian copula, or by neighbours.
for method in ("binned", "gaussian", "knn"):
    selector = MutualInfoSelector(4, method=method, base=2).fit(X, target)
    names = ", ".join(X.columns[selector.selected_])
    print(f"{'' if method != 'binned' else chr(10)}{method:>9}: {names}")

try:
    picture = Path(__file__).with_suffix(".png")
except NameError:  # inside the gallery
    picture = None
if picture is not None:
    figure.savefig(picture, dpi=100)
    print(f"\nPicture: {picture}")
