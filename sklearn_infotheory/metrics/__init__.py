"""Score predicted probabilities in nats or bits."""

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
