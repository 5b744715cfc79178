"""
One table, and the loss of a network in bits
============================================

Mutual information is the entropy of the class that a column removes, and it is never negative. A
network is informative about the class once its loss is below the entropy of the class.
"""

# %%
# The margins of a joint table belong to it, so they are computed from it and never passed.
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_wine
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from sklearn_infotheory.measures import (
    conditional_entropy,
    entropy,
    joint_entropy,
    mutual_information,
)

X, y = load_wine(return_X_y=True, as_frame=True)
table = pd.crosstab(y, pd.qcut(X["flavanoids"], 4, labels=False)).to_numpy()
table = table / table.sum()
prior = entropy(table.sum(axis=1), base=2)
left_over, joint = conditional_entropy(table, base=2), joint_entropy(table, base=2)
information = mutual_information(table, base=2)
print(f"H(class, quarter)     {joint:.3f} bits")
print(f"H(class)              {prior:.3f}")
print(f"H(class | quarter)    {left_over:.3f}")
print(f"I(class; quarter)     {information:.3f} = {prior:.3f} - {left_over:.3f}")

# %%
# `loss_curve_` of a network is its mean cross-entropy on the training rows in nats, plus a small
# penalty. Divided by log 2 it is in bits. An untrained network is worse than the class frequencies.
network = MLPClassifier((16,), learning_rate_init=0.01, max_iter=500, random_state=0)
network.fit(StandardScaler().fit_transform(X), y)
curve = np.array(network.loss_curve_) / np.log(2)

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
left.barh(["class"], [information], label="I(class; quarter)")
left.barh(["class"], [left_over], left=[information], label="H(class | quarter)", color="0.75")
left.set(xlabel="bits", title="Flavanoids, cut into quarters", ylim=(-0.6, 1))
left.legend(loc="upper center")
right.plot(curve, label="loss")
right.axhline(prior, color="0.5", linestyle="--", label="entropy of the class")
right.set(xlabel="iteration", ylabel="bits per wine", title="Loss of a network", ylim=(0, None))
right.legend()
print(f"\nloss of the network: {curve[0]:.2f} bits at first, {curve[-1]:.2f} after {len(curve)}")

try:
    picture = Path(__file__).with_suffix(".png")
except NameError:  # inside the gallery
    picture = None
if picture is not None:
    figure.savefig(picture, dpi=100)
    print(f"\nPicture: {picture}")
