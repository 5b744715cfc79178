"""Put the values of columns into bins that keep what they tell about a target."""

from sklearn_infotheory.preprocessing._entropy_discretizer import EntropyDiscretizer
from sklearn_infotheory.preprocessing._plot import BinningDisplay

__all__ = ["BinningDisplay", "EntropyDiscretizer"]
