"""Columns of data frames that are named by the classes, in the order of the classes."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklearn_infotheory.metrics._class_labels import UNKNOWN, check_labels, places_of


def column_names(values: Any) -> list[Any] | None:
    """Return the names of the columns of a data frame; None where columns have places only."""
    if isinstance(values, pd.DataFrame):
        # A frame that was made without names numbers its columns: these are places.
        numbered = isinstance(values.columns, pd.RangeIndex)
        return None if numbered else values.columns.tolist()
    if isinstance(values, pd.Series):
        return None if values.name is None else [values.name]
    frame = nw.from_native(values, eager_only=True, pass_through=True)
    return list(frame.columns) if isinstance(frame, nw.DataFrame) else None


def names_as_labels(y: Any, names: list[Any] | None) -> list[Any] | None:
    """Return the names if all labels are among them: they also name classes that did not occur."""
    if names is None or len(names) < 2 or len(set(names)) < len(names):
        return None
    distinct = pd.unique(y) if isinstance(y, np.ndarray) else pd.unique(pd.Series(y))
    known = (places_of(np.asarray(distinct), _objects(names)) != UNKNOWN).all()
    return names if known else None


def in_order_of(
    array: NDArray[Any], names: list[Any] | None, classes: NDArray[Any]
) -> NDArray[Any]:
    """Return the columns in the order of the classes if these are their names, else as they are.

    A name is a class, or the text of one, as file formats and some libraries have only text.
    """
    if names is None or array.shape[1] < 2:
        return array
    labels = check_labels(classes)
    if len(names) == 1 and len(labels) == 2:  # of two classes, the first is named, not the second
        return array[:, ::-1] if isinstance(names[0], str) and names[0] == labels[0] else array
    for wanted, found in ((labels.tolist(), names), (_texts(labels.tolist()), _texts(names))):
        if len(set(found)) != len(found) or set(wanted) != set(found):
            continue
        places = places_of(wanted, _objects(found))
        if (places != UNKNOWN).all():
            return array[:, places]
    return array


def _texts(values: list[Any]) -> list[str]:
    return [str(value) for value in values]


def _objects(values: list[Any]) -> NDArray[Any]:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out
