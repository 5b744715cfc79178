"""
Divergence of normal distributions
==================================

The divergence of two normal distributions of equal scale grows with the square of the distance of
their means; an estimate from samples finds it while the distributions overlap.
"""

# %%
# It is not symmetric: a narrow model of a wide distribution costs more than the reverse.
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import norm

from sklearn_infotheory import estimate_kl_divergence
from sklearn_infotheory.measures import parametric_kl_divergence

narrow, wide = {"mean": 0, "scale": 1}, {"mean": 0, "scale": 3}
print(f"D(narrow || wide) = {parametric_kl_divergence('normal', narrow, wide):.3f} nats")
print(f"D(wide || narrow) = {parametric_kl_divergence('normal', wide, narrow):.3f} nats\n")

means = np.linspace(0, 5, 101)
exact = parametric_kl_divergence("normal", narrow, {"mean": means, "scale": 1})

# %%
# From 2,000 draws of each. The draws themselves are no probabilities: a sum of x log(x / y) over
# sorted draws, which is an easy mistake to make, has no meaning. The estimate is too low where few
# draws of one lie among those of the other.
rng = np.random.default_rng(0)
shifts = [0, 0.5, 1, 2, 3, 4.5]
x = rng.normal(size=2000)
found = [estimate_kl_divergence(x, rng.normal(shift, size=2000)) for shift in shifts]
print("mean   exact  estimate +- standard error (nats)")
for shift, estimate in zip(shifts, found, strict=True):
    print(
        f"{shift:4.1f} {shift**2 / 2:7.3f} {estimate.value:9.3f} +- {estimate.standard_error:.3f}"
    )

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
grid = np.linspace(-4, 8, 400)
for shift in (0, 0.5, 2, 4.5):
    label = f"mean {shift}: D = {shift**2 / 2:.3f}"
    left.plot(grid, norm.pdf(grid, shift), label=label)
left.set(title="Divergence of N(0, 1) from four others", xlabel="x", ylabel="density")
left.set_ylim(0, 0.56)
left.legend(loc="upper center", ncols=2)
right.plot(means, exact, label="closed form")
errors = [2 * estimate.standard_error for estimate in found]
values = [estimate.value for estimate in found]
right.errorbar(shifts, values, errors, fmt="o", label="estimate (2 standard errors)")
right.set(title="Divergence against the mean", xlabel="mean of the other", ylabel="nats")
right.legend()

try:
    picture = Path(__file__).with_suffix(".png")
except NameError:  # inside the gallery
    picture = None
if picture is not None:
    figure.savefig(picture, dpi=100)
    print(f"\nPicture: {picture}")
