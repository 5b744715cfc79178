"""Information theory for scikit-learn.

Everything this library reports is the information between columns; every estimator is one
decision taken on that number. The public names below are loaded on first use, so that importing
the package costs next to nothing; type checkers and editors see them at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn_infotheory._lazy import load_on_first_use

if TYPE_CHECKING:
    from sklearn_infotheory import (
        cluster,
        datasets,
        distillation,
        drift,
        estimation,
        feature_extraction,
        feature_selection,
        measures,
        metrics,
        preprocessing,
    )
    from sklearn_infotheory.cluster import (
        GaussianInformationBottleneck,
        InformationBottleneck,
        information_curve,
    )
    from sklearn_infotheory.distillation import (
        DistilledClassifier,
        DistilledRegressor,
        SoftmaxStudent,
        distillation_loss,
    )
    from sklearn_infotheory.drift import (
        DriftMonitor,
        KLDriftDetector,
    )
    from sklearn_infotheory.estimation import (
        estimate_conditional_mutual_information,
        estimate_entropy,
        estimate_jensen_shannon_divergence,
        estimate_kl_divergence,
        estimate_mutual_information,
        estimate_pointwise_mutual_information,
        estimate_total_correlation,
    )
    from sklearn_infotheory.feature_extraction import (
        PMITransformer,
        cooccurrence_counts,
        top_associations,
    )
    from sklearn_infotheory.feature_selection import (
        MutualInfoSelector,
        mutual_info,
    )
    from sklearn_infotheory.metrics import (
        CrossEntropyScorer,
        TrainingPrior,
        calibration_test,
        compare_cross_entropy,
        cross_entropy_decomposition,
        cross_entropy_loss,
        information_gain_score,
        make_cross_entropy_scorer,
    )
    from sklearn_infotheory.preprocessing import (
        EntropyDiscretizer,
    )
else:
    __getattr__, __dir__ = load_on_first_use(
        __name__,
        {
            "CrossEntropyScorer": "metrics",
            "DistilledClassifier": "distillation",
            "DistilledRegressor": "distillation",
            "DriftMonitor": "drift",
            "EntropyDiscretizer": "preprocessing",
            "GaussianInformationBottleneck": "cluster",
            "InformationBottleneck": "cluster",
            "KLDriftDetector": "drift",
            "MutualInfoSelector": "feature_selection",
            "PMITransformer": "feature_extraction",
            "SoftmaxStudent": "distillation",
            "TrainingPrior": "metrics",
            "calibration_test": "metrics",
            "cluster": "cluster",
            "datasets": "datasets",
            "compare_cross_entropy": "metrics",
            "cooccurrence_counts": "feature_extraction",
            "cross_entropy_decomposition": "metrics",
            "cross_entropy_loss": "metrics",
            "distillation": "distillation",
            "distillation_loss": "distillation",
            "drift": "drift",
            "estimate_conditional_mutual_information": "estimation",
            "estimate_entropy": "estimation",
            "estimate_jensen_shannon_divergence": "estimation",
            "estimate_kl_divergence": "estimation",
            "estimate_mutual_information": "estimation",
            "estimate_pointwise_mutual_information": "estimation",
            "estimate_total_correlation": "estimation",
            "estimation": "estimation",
            "feature_extraction": "feature_extraction",
            "feature_selection": "feature_selection",
            "information_curve": "cluster",
            "information_gain_score": "metrics",
            "make_cross_entropy_scorer": "metrics",
            "measures": "measures",
            "metrics": "metrics",
            "mutual_info": "feature_selection",
            "preprocessing": "preprocessing",
            "top_associations": "feature_extraction",
        },
    )

__version__ = "0.1.0"

__all__ = [
    "CrossEntropyScorer",
    "DistilledClassifier",
    "DistilledRegressor",
    "DriftMonitor",
    "EntropyDiscretizer",
    "GaussianInformationBottleneck",
    "InformationBottleneck",
    "KLDriftDetector",
    "MutualInfoSelector",
    "PMITransformer",
    "SoftmaxStudent",
    "TrainingPrior",
    "__version__",
    "calibration_test",
    "cluster",
    "compare_cross_entropy",
    "cooccurrence_counts",
    "cross_entropy_decomposition",
    "cross_entropy_loss",
    "datasets",
    "distillation",
    "distillation_loss",
    "drift",
    "estimate_conditional_mutual_information",
    "estimate_entropy",
    "estimate_jensen_shannon_divergence",
    "estimate_kl_divergence",
    "estimate_mutual_information",
    "estimate_pointwise_mutual_information",
    "estimate_total_correlation",
    "estimation",
    "feature_extraction",
    "feature_selection",
    "information_curve",
    "information_gain_score",
    "make_cross_entropy_scorer",
    "measures",
    "metrics",
    "mutual_info",
    "preprocessing",
    "top_associations",
]
