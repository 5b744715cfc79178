"""
What a discriminator knows about a generator
============================================

No discriminator of true and generated data has an expected value above 2 JS - 2 log 2, with the
Jensen-Shannon divergence JS of the two distributions. A trained classifier comes close to it; on
held-out data, its mean may lie on either side by chance.
"""

# %%
# True data are N(0, 1), the generator draws N(shift, 1). The exact value is that of densities on a
# fine grid. The discriminator is a logistic regression on 4,000 draws of each, evaluated on others.
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression

from sklearn_infotheory.measures import gan_value, jensen_shannon_divergence
from sklearn_infotheory.metrics import cross_entropy_loss

grid = np.linspace(-8, 12, 2001)
shifts = np.linspace(0, 4, 9)
rng = np.random.default_rng(0)
is_true = np.repeat([1, 0], 4000)
exact, trained = [], []
print("shift   2 JS - 2 log 2   trained classifier   (nats)")
for shift in shifts:
    p, q = norm.pdf(grid), norm.pdf(grid, shift)
    exact.append(gan_value(p, q, normalize=True))
    js = jensen_shannon_divergence(p, q, normalize=True)
    assert np.isclose(exact[-1], 2 * js - 2 * np.log(2))
    train, test = (
        np.append(rng.normal(size=4000), rng.normal(shift, size=4000))[:, np.newaxis]
        for _ in range(2)
    )
    model = LogisticRegression().fit(train, is_true)
    # The value is the mean of log D over true data plus that of log(1 - D) over generated data:
    # with as many of both, twice the negative cross-entropy.
    trained.append(-2 * cross_entropy_loss(is_true, model.predict_proba(test)))
    print(f"{shift:5.1f} {exact[-1]:16.3f} {trained[-1]:20.3f}")

figure, axes = plt.subplots(figsize=(7, 4.2), layout="constrained")
axes.plot(shifts, exact, label="2 JS - 2 log 2: the best discriminator")
axes.plot(shifts, trained, "o", label="logistic regression, held-out data")
axes.axhline(-2 * np.log(2), color="0.6", linestyle="--", label="-2 log 2: no difference")
axes.set(
    xlabel="shift of the generator",
    ylabel="value of the game (nats)",
    title="A trained classifier comes close to the bound",
)
axes.legend(loc="upper left")

try:
    picture = Path(__file__).with_suffix(".png")
except NameError:  # inside the gallery
    picture = None
if picture is not None:
    figure.savefig(picture, dpi=100)
    print(f"\nPicture: {picture}")
