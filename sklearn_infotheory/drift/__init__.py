"""Detect that new data are not like the data they are compared with."""

from typing import TYPE_CHECKING

from sklearn_infotheory._lazy import load_on_first_use

if TYPE_CHECKING:
    from sklearn_infotheory.drift._alarm import DriftError, DriftWarning
    from sklearn_infotheory.drift._findings import BrokenColumn, FeatureDrift, JointDrift, PairDrift
    from sklearn_infotheory.drift._kl_drift_detector import KLDriftDetector
    from sklearn_infotheory.drift._monitor import DriftMonitor
    from sklearn_infotheory.drift._monitor_report import FeatureEvidence, MonitorReport
    from sklearn_infotheory.drift._plot import DriftDisplay, MonitorDisplay
    from sklearn_infotheory.drift._report import DriftReport
else:
    __getattr__, __dir__ = load_on_first_use(
        __name__,
        {
            "BrokenColumn": "_findings",
            "DriftDisplay": "_plot",
            "DriftError": "_alarm",
            "DriftMonitor": "_monitor",
            "DriftReport": "_report",
            "DriftWarning": "_alarm",
            "FeatureDrift": "_findings",
            "FeatureEvidence": "_monitor_report",
            "JointDrift": "_findings",
            "KLDriftDetector": "_kl_drift_detector",
            "MonitorDisplay": "_plot",
            "MonitorReport": "_monitor_report",
            "PairDrift": "_findings",
        },
    )

__all__ = [
    "BrokenColumn",
    "DriftDisplay",
    "DriftError",
    "DriftMonitor",
    "DriftReport",
    "DriftWarning",
    "FeatureDrift",
    "FeatureEvidence",
    "JointDrift",
    "KLDriftDetector",
    "MonitorDisplay",
    "MonitorReport",
    "PairDrift",
]
