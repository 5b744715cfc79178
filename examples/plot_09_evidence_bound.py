"""
The evidence and its lower bound
================================

A variational autoencoder maximises a lower bound of the evidence log p(x), an integral that it
cannot compute. This model is so small that it can be computed: z is N(0, 1) and x given z is
N(z, 1), so that x is N(0, 2).
"""

# %%
# The encoder gives z the distribution N(slope * x, 0.5). Only at the slope 0.5 is it the exact
# posterior. The distance of the bound from the evidence is the divergence of the two.
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import norm

from sklearn_infotheory.measures import (
    evidence_lower_bound,
    gaussian_log_likelihood,
    importance_weighted_bound,
    parametric_kl_divergence,
)

x = np.array([[1.5]])
evidence = norm(0, np.sqrt(2)).logpdf(1.5)
slopes = np.linspace(-0.1, 1.1, 61)
means = slopes[:, np.newaxis] * x
log_variance = np.full_like(means, np.log(0.5))
likelihood = gaussian_log_likelihood(x, means) - 0.25  # E (x - z)^2 / 2 has half a variance more
bound = evidence_lower_bound(likelihood, means, log_variance)
gap = parametric_kl_divergence(
    "normal", {"mean": means[:, 0], "scale": np.sqrt(0.5)}, {"mean": 0.75, "scale": np.sqrt(0.5)}
)
best = slopes[bound.argmax()]
print(f"evidence {evidence:.4f} nats, best bound {bound.max():.4f} at slope {best:.2f}")
print(f"largest error of 'evidence = bound + divergence': {abs(bound + gap - evidence).max():.1e}")

# %%
# Averaging the weights of several draws within the logarithm makes the bound tighter.
chosen = np.linspace(-0.1, 1.1, 9)
weighted = [
    importance_weighted_bound(
        x,
        lambda x, s=s: (s * x, np.log(0.5) + 0 * x),
        lambda z: (z, 0 * z),
        decoder="gaussian",
        n_importance=10,
        n_samples=400,
        random_state=0,
    )
    for s in chosen
]

figure, axes = plt.subplots(figsize=(7, 4.2), layout="constrained")
axes.axhline(evidence, color="black", linewidth=1, label="evidence log p(x)")
axes.plot(slopes, bound, label="evidence lower bound")
axes.errorbar(
    chosen,
    [found.value[0] for found in weighted],
    [2 * found.standard_error[0] for found in weighted],
    fmt="o",
    color="C1",
    label="importance-weighted bound, 10 draws (2 standard errors)",
)
axes.fill_between(slopes, bound, evidence, alpha=0.15, label="divergence from the exact posterior")
axes.set(
    xlabel="slope of the encoder", ylabel="nats", title="The bound touches the evidence at 0.5"
)
axes.legend(loc="lower center")

try:
    picture = Path(__file__).with_suffix(".png")
except NameError:  # inside the gallery
    picture = None
if picture is not None:
    figure.savefig(picture, dpi=100)
    print(f"\nPicture: {picture}")
