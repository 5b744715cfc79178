"""Displays of bottlenecks."""

from sklearn_infotheory.cluster._plot._information_plane import InformationPlaneDisplay

__all__ = ["InformationPlaneDisplay"]
