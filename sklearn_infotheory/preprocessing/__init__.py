"""Put the values of columns into bins that keep what they tell about a target."""

from typing import TYPE_CHECKING

from sklearn_infotheory._lazy import load_on_first_use

if TYPE_CHECKING:
    from sklearn_infotheory.preprocessing._entropy_discretizer import EntropyDiscretizer
    from sklearn_infotheory.preprocessing._plot import BinningDisplay
else:
    __getattr__, __dir__ = load_on_first_use(
        __name__,
        {
            "BinningDisplay": "_plot",
            "EntropyDiscretizer": "_entropy_discretizer",
        },
    )

__all__ = ["BinningDisplay", "EntropyDiscretizer"]
