"""Select features by the information they carry about a target."""

from sklearn_infotheory.feature_selection._criteria import SelectionState, linear_criterion
from sklearn_infotheory.feature_selection._mutual_info import mutual_info
from sklearn_infotheory.feature_selection._mutual_info_selector import MutualInfoSelector
from sklearn_infotheory.feature_selection._plot import RelevanceDisplay, SelectionPathDisplay

__all__ = [
    "MutualInfoSelector",
    "RelevanceDisplay",
    "SelectionPathDisplay",
    "SelectionState",
    "linear_criterion",
    "mutual_info",
]
