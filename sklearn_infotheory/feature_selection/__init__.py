"""Select features by the information they carry about a target."""

from typing import TYPE_CHECKING

from sklearn_infotheory._lazy import load_on_first_use

if TYPE_CHECKING:
    from sklearn_infotheory.feature_selection._criteria import SelectionState, linear_criterion
    from sklearn_infotheory.feature_selection._mutual_info import mutual_info
    from sklearn_infotheory.feature_selection._mutual_info_selector import MutualInfoSelector
    from sklearn_infotheory.feature_selection._plot import RelevanceDisplay, SelectionPathDisplay
else:
    __getattr__, __dir__ = load_on_first_use(
        __name__,
        {
            "MutualInfoSelector": "_mutual_info_selector",
            "RelevanceDisplay": "_plot",
            "SelectionPathDisplay": "_plot",
            "SelectionState": "_criteria",
            "linear_criterion": "_criteria",
            "mutual_info": "_mutual_info",
        },
    )

__all__ = [
    "MutualInfoSelector",
    "RelevanceDisplay",
    "SelectionPathDisplay",
    "SelectionState",
    "linear_criterion",
    "mutual_info",
]
