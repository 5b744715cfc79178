"""
Cluster documents by the information bottleneck
===============================================

Which few clusters of documents keep what the documents say about their words?
:class:`~sklearn_infotheory.cluster.InformationBottleneck` answers in bits: what is stored about
the documents, and what is kept about the words.
"""

# %%
# No text comes with scikit-learn, so the documents are drawn here: 600 of them, of five topics that
# have four of five words from a common vocabulary. Each has 40 to 120 words, of 1,000.
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import scipy.sparse as sp
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics import adjusted_mutual_info_score

from sklearn_infotheory.cluster import (
    InformationBottleneck,
    InformationPlaneDisplay,
    information_curve,
)

rng = np.random.default_rng(0)
N_DOCUMENTS, N_WORDS, N_TOPICS = 600, 1000, 5
MIX = 0.2  # share of the words that come from the topic
common = rng.dirichlet(np.full(N_WORDS, 0.1))
own = rng.dirichlet(np.full(N_WORDS, 0.1), N_TOPICS)
topic = rng.integers(0, N_TOPICS, N_DOCUMENTS)
words = [rng.multinomial(rng.integers(40, 121), MIX * own[t] + (1 - MIX) * common) for t in topic]
counts = sp.csr_array(np.array(words))

# %%
# Clusters, and how far they agree with the topics (adjusted mutual information, at most 1).
bottleneck = InformationBottleneck(N_TOPICS, base=2, random_state=0).fit(counts)
tf_idf = TfidfTransformer().fit_transform(counts)
found = {
    "bottleneck, sequential": bottleneck.labels_,
    "k-means on TF-IDF": KMeans(N_TOPICS, n_init=10, random_state=0).fit_predict(tf_idf),
    "k-means on counts": KMeans(N_TOPICS, n_init=10, random_state=0).fit_predict(counts),
}
for name, labels in found.items():
    print(f"{name:<23} {adjusted_mutual_info_score(topic, labels):.2f}")
print(
    f"\nThe clusters store {bottleneck.compression_:.2f} bits about a document, and keep "
    f"{bottleneck.relevance_:.2f} of {bottleneck.information_:.2f} bits about its words."
)

# %%
# Most of the information of a document is about the document alone: with 80 words of 1,000, any
# two differ. As the price ``beta`` rises, more is stored and clusters part; what the five clusters
# store and keep lies on the curve.
curve = information_curve(
    counts, np.geomspace(3, 12, 16), n_clusters=8, n_init=3, base=2, random_state=0, tol=1e-5
)
figure, ax = plt.subplots(figsize=(6.5, 4.5), layout="constrained")
InformationPlaneDisplay.from_curve(curve, estimator=bottleneck, ax=ax)
ax.set_title("600 documents of five topics")

# %%
# A new document is put where it says most.
new = rng.multinomial(60, MIX * own[2] + (1 - MIX) * common)
cluster = bottleneck.predict(new[np.newaxis])[0]
typical = np.bincount(bottleneck.labels_[topic == 2]).argmax()
print(f"\nA new document of topic 2 goes to cluster {cluster}, where topic 2 is: {typical}.")

try:
    picture = Path(__file__).with_suffix(".png")
except NameError:  # inside the gallery
    picture = None
if picture is not None:
    figure.savefig(picture, dpi=100)
    print(f"\nPicture: {picture}")
