"""Displays of drift."""

from sklearn_infotheory.drift._plot._drift import DriftDisplay, MonitorDisplay

__all__ = ["DriftDisplay", "MonitorDisplay"]
