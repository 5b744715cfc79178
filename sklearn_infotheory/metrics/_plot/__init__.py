"""Displays of scored predictions."""

from sklearn_infotheory.metrics._plot._curve import InformationCurveDisplay
from sklearn_infotheory.metrics._plot._decomposition import CrossEntropyDecompositionDisplay
from sklearn_infotheory.metrics._plot._reliability import ReliabilityDisplay

__all__ = ["CrossEntropyDecompositionDisplay", "InformationCurveDisplay", "ReliabilityDisplay"]
