"""A fitted discretizer as what JSON can hold, and back."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._storage import Entry, check_kind, reading, restore_parameters
from sklearn_infotheory.preprocessing._column_binning import ColumnBinning, as_objects
from sklearn_infotheory.preprocessing._input import DTYPES, check_dtype

_KIND = "sklearn_infotheory.EntropyDiscretizer"
_VERSION = 1
_MOST_BYTES = 1 << 26  # of the names of all classes


def describe(discretizer: Any) -> dict[str, Any]:
    """Write down parameters and what was fitted."""
    names = getattr(discretizer, "feature_names_in_", None)
    return {
        "kind": _KIND,
        "version": _VERSION,
        "parameters": {
            name: _plain_parameter(name, value)
            for name, value in discretizer.get_params(deep=False).items()
        },
        "n_features_in": int(discretizer.n_features_in_),
        "feature_names_in": None if names is None else names.tolist(),
        "fitted_on_frame": bool(discretizer._fitted_on_frame),
        "target_kind": discretizer._target_kind,
        "classes": _describe_array(discretizer._classes),
        "columns": [column.to_dict() for column in discretizer._columns],
    }


def restore(cls: Any, description: Any) -> Any:
    """Make a fitted discretizer of a description."""
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
        return _restore(cls, Entry(description))


def _restore(cls: Any, description: Entry) -> Any:
    discretizer = cls(**_restore_parameters(cls, description["parameters"]))
    discretizer._validate_params()
    check_dtype(discretizer)
    n_features = discretizer.n_features_in_ = description["n_features_in"].whole(1)
    names = description["feature_names_in"].names(n_features)
    if names is not None:
        discretizer.feature_names_in_ = as_objects(names)
    discretizer._fitted_on_frame = description["fitted_on_frame"].flag()
    target_kind = description["target_kind"].one_of(("classes", "continuous", "none"))
    classes = _restore_array(description["classes"])
    n_classes = len(classes) if target_kind != "none" else 1
    columns = [
        ColumnBinning.restore(column, discretizer.missing_values, target_kind, n_classes)
        for column in description["columns"].parts(n_features)
    ]
    discretizer._keep(columns, target_kind, classes)
    return discretizer


def _restore_parameters(cls: Any, entry: Entry) -> dict[str, Any]:
    parameters = restore_parameters(cls, entry)
    if parameters["dtype"] is not None:
        parameters["dtype"] = getattr(np, entry["dtype"].one_of(DTYPES))
    return parameters


def _plain_parameter(name: str, value: Any) -> Any:
    """Turn a parameter into what JSON can hold."""
    if name == "dtype":
        return None if value is None else value.__name__
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
