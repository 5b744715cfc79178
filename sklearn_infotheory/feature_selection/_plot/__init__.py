"""Displays of feature selection."""

from sklearn_infotheory.feature_selection._plot._relevance_bars import RelevanceDisplay
from sklearn_infotheory.feature_selection._plot._selection_path import SelectionPathDisplay

__all__ = ["RelevanceDisplay", "SelectionPathDisplay"]
