"""The fitted bins of all columns, as what JSON can hold, and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from numbers import Integral
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._storage import Entry, check_kind, reading, restore_parameters
from sklearn_infotheory.preprocessing._binning_target import KindOfTarget
from sklearn_infotheory.preprocessing._column_binning import (
    ColumnBinning,
    MissingPolicy,
    UnknownPolicy,
    as_objects,
)
from sklearn_infotheory.preprocessing._column_options import BY_FEATURE
from sklearn_infotheory.preprocessing._training import DTYPES

_KIND = "sklearn_infotheory.EntropyDiscretizer"
_VERSION = 2
_LATER = {  # what the parameters that version 1 did not have were like
    "handle_unknown": "largest",
    "special_values": None,
    "cuts": None,
    "category_groups": None,
}
_MOST_BYTES = 1 << 26  # of the names of all classes


@dataclass(frozen=True)
class FittedBins:
    """The bins of all columns, and the target that they were learned for.

    Attributes
    ----------
    columns : tuple of ColumnBinning
    target_kind : {"classes", "continuous", "none"}
    classes : ndarray of shape (n_classes,)
        Names of what is counted in each bin.
    """

    columns: tuple[ColumnBinning, ...]
    target_kind: KindOfTarget
    classes: NDArray[Any]

    @cached_property
    def are_categories(self) -> NDArray[np.bool_]:
        """Which columns are categories."""
        return np.array([column.cells.is_category for column in self.columns])


def describe(
    parameters: dict[str, Any],
    feature_names: NDArray[Any] | None,
    fitted_on_frame: bool,
    bins: FittedBins,
) -> dict[str, Any]:
    """Write down parameters and what was fitted."""
    return {
        "kind": _KIND,
        "version": _VERSION,
        "parameters": {name: _plain_parameter(name, value) for name, value in parameters.items()},
        "n_features_in": len(bins.columns),
        "feature_names_in": None if feature_names is None else feature_names.tolist(),
        "fitted_on_frame": fitted_on_frame,
        "target_kind": bins.target_kind,
        "classes": _describe_array(bins.classes),
        "columns": [column.to_dict() for column in bins.columns],
    }


def restore(
    description: dict[str, Any], estimator: type
) -> tuple[dict[str, Any], list[str] | None, bool, FittedBins]:
    """Read the parameters for an estimator, feature names, whether X was a frame, and the bins."""
    description = _of_this_version(description)
    check_kind(
        description,
        _KIND,
        _VERSION,
        what="description of an EntropyDiscretizer",
        made_by="EntropyDiscretizer.to_dict",
        outdated="Fit the discretizer again",
        key="version",
    )
    with reading("The description", "Pass what to_dict returned."):
        entry = Entry(description)
        parameters = _restore_parameters(estimator, entry["parameters"])
        n_features = entry["n_features_in"].whole(1)
        names = entry["feature_names_in"].names(n_features)
        fitted_on_frame = entry["fitted_on_frame"].flag()
        return parameters, names, fitted_on_frame, _restore_bins(entry, parameters, n_features)


def _of_this_version(description: Any) -> Any:
    """Add to a description of version 1 what came later."""
    if not isinstance(description, dict) or description.get("version") != 1:
        return description
    parameters = description.get("parameters")
    if isinstance(description["version"], bool) or not isinstance(parameters, dict):
        return description
    return {**description, "version": _VERSION, "parameters": {**_LATER, **parameters}}


def _restore_bins(entry: Entry, parameters: dict[str, Any], n_features: int) -> FittedBins:
    target_kind = entry["target_kind"].one_of(("classes", "continuous", "none"))
    classes = _restore_array(entry["classes"])
    n_classes = len(classes) if target_kind != "none" else 1
    missing = entry["parameters"]["missing_values"].one_of(get_args(MissingPolicy))
    unknown = entry["parameters"]["handle_unknown"].one_of(get_args(UnknownPolicy))
    columns = tuple(
        ColumnBinning.restore(column, missing, unknown, target_kind, n_classes)
        for column in entry["columns"].parts(n_features)
    )
    return FittedBins(columns, target_kind, classes)


def _restore_parameters(cls: Any, entry: Entry) -> dict[str, Any]:
    parameters = restore_parameters(cls, entry)
    if parameters["dtype"] is not None:
        parameters["dtype"] = getattr(np, entry["dtype"].one_of(DTYPES))
    for name in BY_FEATURE:
        if parameters[name] is not None:
            pairs = [pair.parts(2) for pair in entry[name].parts()]
            parameters[name] = {key.plain(): _plain_lists(value) for key, value in pairs}
    return parameters


def _plain_lists(entry: Entry) -> list[Any]:
    """Read a list of plain values, or of lists of them."""
    return [
        _plain_lists(part) if isinstance(part.value, list) else part.plain()
        for part in entry.parts()
    ]


def _plain_value(value: Any) -> Any:
    """Turn values, and lists of them, into what JSON can hold; dates into text."""
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, str | bool | int | float):
        return value
    return [_plain_value(part) for part in value] if np.iterable(value) else str(value)


def _plain_parameter(name: str, value: Any) -> Any:
    """Turn a parameter into what JSON can hold."""
    if name == "dtype":
        return None if value is None else value.__name__
    if name in BY_FEATURE and value is not None:
        return [[_plain_value(key), _plain_value(values)] for key, values in value.items()]
    if name == "categorical_features" and not isinstance(value, str | None):
        return np.asarray(value).tolist()
    if name in ("cv", "random_state") and not isinstance(value, Integral):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _describe_array(array: NDArray[Any]) -> dict[str, Any]:
    if array.dtype.kind in "MS":
        return {"values": array.astype(str).tolist(), "dtype": array.dtype.str}
    if array.dtype.kind == "m":
        return {"values": array.astype(np.int64).tolist(), "dtype": array.dtype.str}
    dtype = "object" if array.dtype.kind == "O" else array.dtype.str
    return {"values": [_plain_class(value) for value in array.tolist()], "dtype": dtype}


def _plain_class(value: Any) -> Any:
    """Return what JSON can hold; the name of a class that it cannot, such as a date."""
    value = value.item() if isinstance(value, np.generic) else value
    return value if isinstance(value, str | bool | int | float) else str(value)


def _restore_array(entry: Entry) -> NDArray[Any]:
    values = [part.plain() for part in entry["values"].parts()]
    if entry["dtype"].text() == "object":
        return as_objects(values)
    try:
        dtype = np.dtype(entry["dtype"].value)
    except TypeError:
        raise entry["dtype"].wrong("a type of numpy") from None
    if dtype.kind not in "biufUSMm" or dtype.itemsize * len(values) > _MOST_BYTES:
        raise entry["dtype"].wrong("the type of labels, numbers or dates")
    return np.array(values, dtype)
