"""Displays of feature selection."""

from sklearn_infotheory.feature_selection._plot._relevance import RelevanceDisplay
from sklearn_infotheory.feature_selection._plot._selection_path import SelectionPathDisplay

__all__ = ["RelevanceDisplay", "SelectionPathDisplay"]
