"""Exact measures: probabilities in, information out.

Nothing here is estimated. Every function takes probabilities (or counts with ``normalize=True``)
and returns the information in them, in nats or in units of ``base``.

Distributions lie along ``axis=-1``, and the other axes are a batch. Joint tables carry one
variable an axis, on all axes unless ``axis`` names those that do; marginals are computed from
them. In both cases ``axis`` names the axes over which the probabilities sum to one.
"""

from sklearn_infotheory.measures._divergence import (
    hellinger_distance,
    jeffreys_divergence,
    jensen_shannon_distance,
    jensen_shannon_divergence,
    kl_divergence,
    population_stability_index,
)
from sklearn_infotheory.measures._entropy import (
    conditional_entropy,
    cross_entropy,
    entropy,
    joint_entropy,
    perplexity,
    self_information,
)
from sklearn_infotheory.measures._multivariate import co_information, total_correlation
from sklearn_infotheory.measures._mutual_information import (
    conditional_mutual_information,
    mutual_information,
    normalized_mutual_information,
    pointwise_mutual_information,
)
from sklearn_infotheory.measures._renyi import renyi_divergence, renyi_entropy

__all__ = [
    "co_information",
    "conditional_entropy",
    "conditional_mutual_information",
    "cross_entropy",
    "entropy",
    "hellinger_distance",
    "jeffreys_divergence",
    "jensen_shannon_distance",
    "jensen_shannon_divergence",
    "joint_entropy",
    "kl_divergence",
    "mutual_information",
    "normalized_mutual_information",
    "perplexity",
    "pointwise_mutual_information",
    "population_stability_index",
    "renyi_divergence",
    "renyi_entropy",
    "self_information",
    "total_correlation",
]
