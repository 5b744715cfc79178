"""Detect that new data are not like the data they are compared with."""

from sklearn_infotheory.drift._alarm import DriftError, DriftWarning
from sklearn_infotheory.drift._kl_drift_detector import KLDriftDetector
from sklearn_infotheory.drift._monitor import DriftMonitor, FeatureEvidence, MonitorReport
from sklearn_infotheory.drift._parts import FeatureDrift, JointDrift, PairDrift
from sklearn_infotheory.drift._plot import DriftDisplay
from sklearn_infotheory.drift._report import DriftReport

__all__ = [
    "DriftDisplay",
    "DriftError",
    "DriftMonitor",
    "DriftReport",
    "DriftWarning",
    "FeatureDrift",
    "FeatureEvidence",
    "JointDrift",
    "KLDriftDetector",
    "MonitorReport",
    "PairDrift",
]
