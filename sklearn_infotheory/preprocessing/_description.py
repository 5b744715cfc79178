"""A fitted discretizer as what JSON can hold, and back."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory.preprocessing._column_binning import ColumnBinning, as_objects

_KIND = "sklearn_infotheory.EntropyDiscretizer"
_VERSION = 1


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


def restore(cls: Any, description: dict[str, Any]) -> Any:
    """Make a fitted discretizer of a description."""
    if description.get("kind") != _KIND or description.get("version") != _VERSION:
        raise ValueError(
            f"This is no description of kind {_KIND!r} and version {_VERSION}; got kind "
            f"{description.get('kind')!r} and version {description.get('version')!r}. "
            "Pass what to_dict returned."
        )
    parameters = dict(description["parameters"])
    if parameters["dtype"] is not None:
        parameters["dtype"] = getattr(np, parameters["dtype"])
    discretizer = cls(**parameters)
    discretizer.n_features_in_ = description["n_features_in"]
    if description["feature_names_in"] is not None:
        discretizer.feature_names_in_ = as_objects(description["feature_names_in"])
    discretizer._fitted_on_frame = description["fitted_on_frame"]
    classes = _restore_array(description["classes"])
    missing = parameters["missing_values"]
    columns = [ColumnBinning.from_dict(column, missing) for column in description["columns"]]
    discretizer._keep(columns, description["target_kind"], classes)
    return discretizer


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
    if array.dtype.kind == "M":
        return {"values": array.astype(str).tolist(), "dtype": array.dtype.str}
    dtype = "object" if array.dtype.kind == "O" else array.dtype.str
    values = [v.item() if isinstance(v, np.generic) else v for v in array.tolist()]
    return {"values": values, "dtype": dtype}


def _restore_array(description: dict[str, Any]) -> NDArray[Any]:
    if description["dtype"] == "object":
        return as_objects(description["values"])
    return np.array(description["values"], np.dtype(description["dtype"]))
