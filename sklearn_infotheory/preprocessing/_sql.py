"""Bins as a CASE expression of SQL."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns import Groups, Intervals
from sklearn_infotheory.preprocessing._column_binning import ColumnBinning, as_objects
from sklearn_infotheory.preprocessing._encoding import WHOLE_NUMBERS, EncodingRule


def column_to_sql(
    binning: ColumnBinning,
    encoding: EncodingRule,
    classes: NDArray[Any],
    column: str,
    alias: str | None,
    feature_name: str,
) -> str:
    """Write one expression for each output of a column."""
    if encoding.encode in WHOLE_NUMBERS:
        encoding = replace(encoding, encode="ordinal")
    table = encoding.table(binning)
    if encoding.encode == "ordinal":
        results = as_objects([None if np.isnan(code) else int(code) for code in table[:, 0]])
        table = results[:, None]
    suffixes = encoding.suffixes(binning, classes)
    names = [alias] if len(suffixes) == 1 else [(alias or feature_name) + s for s in suffixes]
    expressions = [
        case_expression(binning, table[:, k], column) + (f" AS {identifier(name)}" if name else "")
        for k, name in enumerate(names)
    ]
    return ",\n".join(expressions)


def case_expression(binning: ColumnBinning, results: NDArray[Any], column: str) -> str:
    """Write a CASE expression over a column that gives a result for each bin, then for missing.

    Parameters
    ----------
    binning : ColumnBinning
    results : ndarray of shape (cells.n_bins + 1,)
    column : str
        Name of the column in the database.
    """
    name = identifier(column)
    missing = None if binning.missing == "error" else results[binning.missing_code]
    lines = [f"WHEN {name} IS NULL THEN {literal(missing)}"]
    lines += [
        f"WHEN {name} {condition} THEN {literal(result)}"
        for condition, result in _conditions(binning.cells, results)
    ]
    lines.append(f"ELSE {literal(results[_last_bin(binning.cells)])}")
    return "\n  ".join(["CASE", *lines]) + "\nEND"


def _last_bin(cells: Intervals | Groups) -> int:
    """The bin of whatever no condition names."""
    return cells.other_bin if isinstance(cells, Groups) else cells.n_bins - 1


def _conditions(cells: Intervals | Groups, results: NDArray[Any]) -> list[tuple[str, Any]]:
    if isinstance(cells, Intervals):
        return [(f"<= {literal(cut)}", results[i]) for i, cut in enumerate(cells.edges)]
    return [
        (f"IN ({', '.join(map(literal, group))})", results[i])
        for i, group in enumerate(cells.groups)
        if group and i != cells.other_bin
    ]


def identifier(name: str) -> str:
    """Quote a name."""
    escaped = str(name).replace('"', '""')
    return f'"{escaped}"'


def literal(value: Any) -> str:
    """Write a value; floats in as many digits as give exactly the same number back."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        escaped = value.replace("'", "''")
        return f"'{escaped}'"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return f"{value:.1f}"
    return repr(value)
