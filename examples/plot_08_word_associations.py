"""
Two senses of a word
====================

Which words go with "bank"? Pointwise mutual information compares how often two words stand near
each other with how often they would if they were independent. The words that go with an ambiguous
word fall into groups that do not go with one another: its senses.
"""

# %%
# A small text, written for this page: sentences about rivers and about money.
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.sparse.csgraph import connected_components

from sklearn_infotheory.feature_extraction import (
    PMITransformer,
    cooccurrence_counts,
    top_associations,
)

river = """the river rose over the bank after rain
willows grow on the bank of the river
the boat lay on the muddy bank near the water
we walked along the bank and watched the water
the flood tore the bank of the river away
reeds and willows line the muddy bank
fish hide in the water under the bank
the boat drifted down the river to the bank""".splitlines()
money = """the bank lent money at a low rate
she paid the loan back to the bank
the bank raised the rate of the loan
he keeps his money in a bank account
the bank closed the account of the firm
interest on the loan goes to the bank
the firm owes money to the bank
the account at the bank earns interest""".splitlines()
STOP = "a and at after away back down he his in near of on over she the to under we"
documents = [
    [word for word in sentence.split() if word not in STOP.split()] for sentence in river + money
]

# %%
# How often two words stand in one sentence, and the strongest associations of one of them.
# In so short a text none is significant after correction for the number of words.
counts, vocabulary = cooccurrence_counts(documents, window=8)
print(top_associations(counts, "loan", 5, terms=vocabulary, base=2).round(3).to_string())

# %%
# The words that stand near "bank" at least twice, by their PMI with one another. No word of one
# group is associated with a word of the other: these are the two senses.
place = {word: k for k, word in enumerate(vocabulary)}
near = counts[place["bank"]].toarray().ravel()
words = [vocabulary[k] for k in np.argsort(-near) if near[k] >= 2 and vocabulary[k] != "bank"]
pmi = PMITransformer("ppmi", base=2).fit_transform(counts)
rows = [place[word] for word in words]
table = pmi[rows][:, rows].toarray()
n_senses, sense = connected_components(table > 0)
order = np.argsort(sense, kind="stable")
for k in range(n_senses):
    print(f"sense {k + 1}:", ", ".join(np.array(words)[sense == k]))

figure, ax = plt.subplots(figsize=(6, 5), layout="constrained")
image = ax.imshow(table[np.ix_(order, order)], cmap="Blues")
ax.set_xticks(range(len(words)), [words[k] for k in order], rotation=60, ha="right")
ax.set_yticks(range(len(words)), [words[k] for k in order])
figure.colorbar(image, label="Positive PMI (bits)")
ax.set_title('Words near "bank"')

try:
    picture = Path(__file__).with_suffix(".png")
except NameError:  # inside the gallery
    picture = None
if picture is not None:
    figure.savefig(picture, dpi=100)
    print(f"Picture: {picture}")
