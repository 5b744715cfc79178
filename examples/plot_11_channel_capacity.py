"""
Capacity of channels
====================

An erased bit costs less than a wrong one: of three channels that disturb a share e of the bits, up
to one half, the one that shows which bits are lost carries most.
"""

# %%
# The capacity is found by iteration; the lines are the closed forms.
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from sklearn_infotheory.measures import channel_capacity, entropy

shares = np.linspace(0, 0.5, 49)
binary_entropy = entropy(np.column_stack([shares, 1 - shares]), base=2)
channels = {
    "erasure": (lambda e: [[1 - e, e, 0], [0, e, 1 - e]], 1 - shares),
    "Z: only ones are changed": (
        lambda e: [[1, 0], [e, 1 - e]],
        np.log2(1 + (1 - shares) * shares ** (shares / (1 - shares))),
    ),
    "binary symmetric": (lambda e: [[1 - e, e], [e, 1 - e]], 1 - binary_entropy),
}

figure, axes = plt.subplots(figsize=(7, 4.2), layout="constrained")
print("channel                     capacity at e = 0.5   largest error (bits)")
for name, (channel, closed_form) in channels.items():
    found = np.array([channel_capacity(channel(e), base=2).capacity for e in shares])
    line = axes.plot(shares, closed_form, label=name)[0]
    axes.plot(shares[::4], found[::4], "o", color=line.get_color())
    at_half = channel_capacity(channel(0.5), base=2).capacity
    print(f"{name:<27} {at_half:19.4f} {abs(found - closed_form).max():22.1e}")
axes.plot([], [], "o", color="0.4", label="by iteration")
axes.set(
    xlabel="share e of disturbed bits (Z: of the ones)",
    ylabel="capacity (bits per use)",
    title="Knowing what is lost is worth bits",
)
axes.legend()

# %%
# The channel Z is best used with fewer ones, which are the symbol that may be changed.
best = channel_capacity(channels["Z: only ones are changed"][0](0.5), base=2)
print(f"\nZ at e = 0.5: zeros in {best.input_distribution[0]:.0%} of the uses")

try:
    picture = Path(__file__).with_suffix(".png")
except NameError:  # inside the gallery
    picture = None
if picture is not None:
    figure.savefig(picture, dpi=100)
    print(f"\nPicture: {picture}")
