"""Displays of drift."""

from sklearn_infotheory.drift._plot._drift import DriftDisplay

__all__ = ["DriftDisplay"]
