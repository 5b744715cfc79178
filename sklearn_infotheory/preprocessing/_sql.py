"""Bins as CASE expressions of SQL."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns import Groups, Intervals
from sklearn_infotheory.preprocessing._column_binning import ColumnBinning, as_objects
from sklearn_infotheory.preprocessing._encoding import CROSS_FITTED, WHOLE_NUMBERS, EncodingRule

Dialect = Literal["standard", "sqlite"]
_LARGEST = "1.7976931348623157e308"  # of all finite numbers; infinity and, in most databases, NaN
# are larger


@dataclass(frozen=True)
class SqlRule:
    """How bins are to be written.

    Attributes
    ----------
    encoding : EncodingRule
    classes : ndarray of shape (n_classes,)
    dialect : {"standard", "sqlite"}
    """

    encoding: EncodingRule
    classes: NDArray[Any]
    dialect: Dialect = "standard"

    def select(
        self, columns: Sequence[ColumnBinning], names: Sequence[str], table: str | None
    ) -> str:
        """Write a query for all columns."""
        parts = [
            self.column(binning, name, name, name)
            for binning, name in zip(columns, names, strict=True)
        ]
        source = "" if table is None else f"\nFROM {identifier(table)}"
        return "SELECT\n" + ",\n".join(parts) + source

    def column(
        self, binning: ColumnBinning, column: str, alias: str | None, feature_name: str
    ) -> str:
        """Write one expression for each output of a column."""
        encoding = self.encoding
        if encoding.encode in WHOLE_NUMBERS:
            encoding = replace(encoding, encode="ordinal")
        table = encoding.table(binning)
        if encoding.encode == "ordinal":
            results = as_objects([None if np.isnan(code) else int(code) for code in table[:, 0]])
            table = results[:, None]
        suffixes = encoding.suffixes(binning, self.classes)
        names = [alias] if len(suffixes) == 1 else [(alias or feature_name) + s for s in suffixes]
        expressions = [
            self._case(binning, table[:, k], identifier(column))
            + (f" AS {identifier(name)}" if name else "")
            for k, name in enumerate(names)
        ]
        return ",\n".join(expressions)

    def _case(self, binning: ColumnBinning, results: NDArray[Any], name: str) -> str:
        """Give a result for each bin of values, special ones, missing ones, and unknown ones."""
        missing = None if binning.missing == "error" else results[binning.missing_code]
        branches = [("IS NULL", missing)]
        for k, value in enumerate(binning.special):
            branches.append((f"= {self._value(value, binning)}", results[binning.cells.n_bins + k]))
        if isinstance(binning.cells, Groups):
            more, otherwise = self._groups(binning, binning.cells, results)
        elif binning.kind == "boolean":
            false, true = np.searchsorted(binning.cells.cuts, [0.0, 1.0]).tolist()
            more, otherwise = [("= FALSE", results[false])], results[true]
        else:
            more, otherwise = self._intervals(binning, binning.cells, results)
        lines = [
            f"WHEN {name} {condition} THEN {literal(result)}"
            for condition, result in branches + more
        ]
        if binning.kind == "value" and not binning.cells.is_category:
            # Databases that store NaN put it above infinity, whose reciprocal is zero.
            lines.append(f"WHEN {name} <= {_LARGEST} THEN {literal(otherwise)}")
            lines.append(f"WHEN 1.0e0 / {name} = 0 THEN {literal(otherwise)}")
            otherwise = missing
        lines.append(f"ELSE {literal(otherwise)}")
        return "\n  ".join(["CASE", *lines]) + "\nEND"

    def _intervals(
        self, binning: ColumnBinning, cells: Intervals, results: NDArray[Any]
    ) -> tuple[list[tuple[str, Any]], Any]:
        """Return conditions with their results, and the result of all else."""
        conditions = [
            (f"<= {self._value(cut, binning)}", results[i]) for i, cut in enumerate(cells.edges)
        ]
        return conditions, results[cells.n_bins - 1]

    def _groups(
        self, binning: ColumnBinning, cells: Groups, results: NDArray[Any]
    ) -> tuple[list[tuple[str, Any]], Any]:
        """Return conditions with their results, and the result of all else."""
        otherwise, with_others = results[cells.other_bin], False
        if binning.unknown == "error":
            otherwise, with_others = None, True
        elif binning.has_prior and self.encoding.encode in CROSS_FITTED:
            otherwise, with_others = results[binning.n_present + 1], True
        conditions = [
            (f"IN ({', '.join(map(literal, group))})", results[i])
            for i, group in enumerate(cells.groups)
            if group and (with_others or i != cells.other_bin)
        ]
        return conditions, otherwise

    def _value(self, value: Any, binning: ColumnBinning) -> str:
        """Write a cut point or a special value as the column holds its values."""
        if binning.cells.is_category or binning.kind == "value":
            return literal(value)
        if binning.kind == "boolean":
            return literal(bool(value))
        ticks = math.floor(value)  # values are whole microseconds
        if binning.kind == "duration":
            return str(ticks) if self.dialect == "sqlite" else f"INTERVAL '{ticks} microseconds'"
        text = str(np.datetime64(ticks, "us")).replace("T", " ").removesuffix(".000000")
        return f"'{text}'" if self.dialect == "sqlite" else f"TIMESTAMP '{text}'"


def identifier(name: str) -> str:
    """Quote a name."""
    escaped = str(name).replace('"', '""')
    return f'"{escaped}"'


def literal(value: Any) -> str:
    """Write a value; floats in as many digits as give exactly the same number back.

    An exponent makes a float of what would otherwise be a decimal number, which some databases
    round when they compare it.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        escaped = value.replace("'", "''")
        return f"'{escaped}'"
    text = repr(value)
    return text if isinstance(value, int) or "e" in text else f"{text}e0"
