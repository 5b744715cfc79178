"""
Surprise, entropy and cross-entropy
===================================

Information is surprise: an event of probability p carries -log2 p bits. Entropy is the mean
surprise under the true probabilities, cross-entropy the mean surprise of predictions.
"""

# %%
# A deck of cards: learning that a card is a card carries nothing, its suit two bits, its face 5.70.
# The probability of one order of the deck, 1 / 52!, follows from the logarithm of the factorial.
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import gammaln

from sklearn_infotheory import cross_entropy_loss
from sklearn_infotheory.measures import bits_per_character, entropy, self_information

events = {
    "a card": 1,
    "a heart": 1 / 4,
    "three of spades": 1 / 52,
    "one order": np.exp(-gammaln(53)),
}
for event, p in events.items():
    print(f"{event:<16} {self_information(p, base=2):7.2f} bits")

# %%
# Typing at random on 44 keys takes 5.459 bits per key, choosing among 2,000 words of 4.5 letters
# 2.437 bits per letter. A language model with a perplexity of 15 per word needs 0.868.
print(f"\nmonkey      {entropy(np.full(44, 1 / 44), base=2):.3f} bits per character")
print(f"typesetter  {entropy(np.full(2000, 1 / 2000), base=2) / 4.5:.3f}")
print(f"model       {bits_per_character(np.log(15), 4.5):.3f}")

# %%
# The entropy of a coin has its maximum, one bit, at 1/2; eight equal outcomes have three bits. As a
# loss, cross-entropy punishes confident errors without limit.
p = np.linspace(0.005, 0.995, 199)
loss = {y: [cross_entropy_loss([y], [share], labels=[0, 1], base=2) for share in p] for y in (0, 1)}

figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.6), layout="constrained")
left.plot(p, self_information(p, base=2))
left.set(title="Surprise", xlabel="probability of the event", ylabel="bits")
middle.plot(p, entropy(np.column_stack([p, 1 - p]), base=2))
middle.axvline(0.5, color="0.6", linestyle="--")
middle.set(title="Entropy of a coin", xlabel="probability of heads", ylabel="bits")
right.plot(p, loss[1], label="y = 1")
right.plot(p, loss[0], label="y = 0")
right.set(title="Cross-entropy loss", xlabel="predicted probability of y = 1", ylabel="bits")
right.legend()
print(f"\neight equal outcomes: {entropy(np.full(8, 1 / 8), base=2):.0f} bits")

try:
    picture = Path(__file__).with_suffix(".png")
except NameError:  # inside the gallery
    picture = None
if picture is not None:
    figure.savefig(picture, dpi=100)
    print(f"\nPicture: {picture}")
