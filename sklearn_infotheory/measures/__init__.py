"""Exact measures: probabilities in, information out.

Nothing here is estimated from samples. Functions take probabilities (or counts with
``normalize=True``), parameters of distributions, or losses, and return the information in them, in
nats or in units of ``base``.

Distributions lie along ``axis=-1``, and the other axes are a batch. Joint tables carry one
variable an axis, on all axes unless ``axis`` names those that do; marginals are computed from
them. In both cases ``axis`` names the axes over which the probabilities sum to one.
"""

from sklearn_infotheory.measures._channel import (
    ChannelCapacity,
    RateDistortion,
    channel_capacity,
    rate_distortion,
)
from sklearn_infotheory.measures._closed_form import (
    parametric_cross_entropy,
    parametric_entropy,
    parametric_kl_divergence,
)
from sklearn_infotheory.measures._codes import (
    bits_per_character,
    information_criterion,
    model_weights,
)
from sklearn_infotheory.measures._discriminator import (
    gan_value,
    optimal_discriminator,
    softmax,
)
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
from sklearn_infotheory.measures._evidence_bound import (
    EvidenceBound,
    bernoulli_log_likelihood,
    evidence_lower_bound,
    gaussian_log_likelihood,
    importance_weighted_bound,
)
from sklearn_infotheory.measures._gaussian import (
    gaussian_entropy,
    gaussian_kl_to_standard_normal,
    gaussian_mutual_information,
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
    "ChannelCapacity",
    "EvidenceBound",
    "RateDistortion",
    "bernoulli_log_likelihood",
    "bits_per_character",
    "channel_capacity",
    "co_information",
    "conditional_entropy",
    "conditional_mutual_information",
    "cross_entropy",
    "entropy",
    "evidence_lower_bound",
    "gan_value",
    "gaussian_entropy",
    "gaussian_kl_to_standard_normal",
    "gaussian_log_likelihood",
    "gaussian_mutual_information",
    "hellinger_distance",
    "importance_weighted_bound",
    "information_criterion",
    "jeffreys_divergence",
    "jensen_shannon_distance",
    "jensen_shannon_divergence",
    "joint_entropy",
    "kl_divergence",
    "model_weights",
    "mutual_information",
    "normalized_mutual_information",
    "optimal_discriminator",
    "parametric_cross_entropy",
    "parametric_entropy",
    "parametric_kl_divergence",
    "perplexity",
    "pointwise_mutual_information",
    "population_stability_index",
    "rate_distortion",
    "renyi_divergence",
    "renyi_entropy",
    "self_information",
    "softmax",
    "total_correlation",
]
