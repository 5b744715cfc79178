"""Information theory for scikit-learn.

Everything this library reports is the information between columns; every estimator is one
decision taken on that number. The public names below are loaded on first use, so that importing
the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOME_OF = {
    "EntropyDiscretizer": "preprocessing",
    "MutualInfoSelector": "feature_selection",
    "mutual_info": "feature_selection",
}
_SUBPACKAGES = ("estimation", "feature_selection", "measures", "preprocessing")

__all__ = [
    "EntropyDiscretizer",
    "MutualInfoSelector",
    "__version__",
    "estimation",
    "feature_selection",
    "measures",
    "mutual_info",
    "preprocessing",
]


def __getattr__(name: str) -> Any:
    if name in _SUBPACKAGES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _HOME_OF:
        return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
