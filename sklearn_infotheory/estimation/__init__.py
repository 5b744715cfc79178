"""Samples to information, with its uncertainty.

Every function takes columns of any kind, and returns an :class:`Estimate`: a value with its
standard error, a p-value and confidence intervals.
"""

from typing import TYPE_CHECKING

from sklearn_infotheory._lazy import load_on_first_use

if TYPE_CHECKING:
    from sklearn_infotheory.estimation._estimate import Estimate
    from sklearn_infotheory.estimation._estimate_divergence import (
        estimate_jensen_shannon_divergence,
        estimate_kl_divergence,
    )
    from sklearn_infotheory.estimation._estimate_entropy import estimate_entropy
    from sklearn_infotheory.estimation._estimate_mutual_information import (
        estimate_conditional_mutual_information,
        estimate_mutual_information,
    )
    from sklearn_infotheory.estimation._estimate_pointwise import (
        estimate_pointwise_mutual_information,
    )
    from sklearn_infotheory.estimation._estimate_total_correlation import (
        estimate_total_correlation,
    )
else:
    __getattr__, __dir__ = load_on_first_use(
        __name__,
        {
            "Estimate": "_estimate",
            "estimate_conditional_mutual_information": "_estimate_mutual_information",
            "estimate_entropy": "_estimate_entropy",
            "estimate_jensen_shannon_divergence": "_estimate_divergence",
            "estimate_kl_divergence": "_estimate_divergence",
            "estimate_mutual_information": "_estimate_mutual_information",
            "estimate_pointwise_mutual_information": "_estimate_pointwise",
            "estimate_total_correlation": "_estimate_total_correlation",
        },
    )

__all__ = [
    "Estimate",
    "estimate_conditional_mutual_information",
    "estimate_entropy",
    "estimate_jensen_shannon_divergence",
    "estimate_kl_divergence",
    "estimate_mutual_information",
    "estimate_pointwise_mutual_information",
    "estimate_total_correlation",
]
