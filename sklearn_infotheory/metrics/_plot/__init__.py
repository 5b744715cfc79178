"""Displays of scored predictions."""

from sklearn_infotheory.metrics._plot._decomposition_bars import CrossEntropyDecompositionDisplay
from sklearn_infotheory.metrics._plot._information_curve import InformationCurveDisplay
from sklearn_infotheory.metrics._plot._reliability import ReliabilityDisplay

__all__ = ["CrossEntropyDecompositionDisplay", "InformationCurveDisplay", "ReliabilityDisplay"]
