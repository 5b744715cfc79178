"""Displays of preprocessing."""

from sklearn_infotheory.preprocessing._plot._binning import BinningDisplay

__all__ = ["BinningDisplay"]
