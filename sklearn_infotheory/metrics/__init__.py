"""Score predicted probabilities in nats or bits."""

from typing import TYPE_CHECKING

from sklearn_infotheory._lazy import load_on_first_use

if TYPE_CHECKING:
    from sklearn_infotheory.metrics._calibration import CalibrationTest, calibration_test
    from sklearn_infotheory.metrics._cross_entropy import (
        cross_entropy_loss,
        information_gain_score,
        perplexity_score,
    )
    from sklearn_infotheory.metrics._decomposition import (
        CrossEntropyDecomposition,
        cross_entropy_decomposition,
    )
    from sklearn_infotheory.metrics._model_comparison import (
        CrossEntropyComparison,
        compare_cross_entropy,
    )
    from sklearn_infotheory.metrics._plot import (
        CrossEntropyDecompositionDisplay,
        InformationCurveDisplay,
        ReliabilityDisplay,
    )
    from sklearn_infotheory.metrics._scorers import (
        CrossEntropyScorer,
        cross_entropy_scorer,
        information_gain_scorer,
        make_cross_entropy_scorer,
    )
    from sklearn_infotheory.metrics._training_prior import TrainingPrior
else:
    __getattr__, __dir__ = load_on_first_use(
        __name__,
        {
            "CalibrationTest": "_calibration",
            "CrossEntropyComparison": "_model_comparison",
            "CrossEntropyDecomposition": "_decomposition",
            "CrossEntropyDecompositionDisplay": "_plot",
            "CrossEntropyScorer": "_scorers",
            "InformationCurveDisplay": "_plot",
            "ReliabilityDisplay": "_plot",
            "TrainingPrior": "_training_prior",
            "calibration_test": "_calibration",
            "compare_cross_entropy": "_model_comparison",
            "cross_entropy_decomposition": "_decomposition",
            "cross_entropy_loss": "_cross_entropy",
            "cross_entropy_scorer": "_scorers",
            "information_gain_score": "_cross_entropy",
            "information_gain_scorer": "_scorers",
            "make_cross_entropy_scorer": "_scorers",
            "perplexity_score": "_cross_entropy",
        },
    )

__all__ = [
    "CalibrationTest",
    "CrossEntropyComparison",
    "CrossEntropyDecomposition",
    "CrossEntropyDecompositionDisplay",
    "CrossEntropyScorer",
    "InformationCurveDisplay",
    "ReliabilityDisplay",
    "TrainingPrior",
    "calibration_test",
    "compare_cross_entropy",
    "cross_entropy_decomposition",
    "cross_entropy_loss",
    "cross_entropy_scorer",
    "information_gain_score",
    "information_gain_scorer",
    "make_cross_entropy_scorer",
    "perplexity_score",
]
