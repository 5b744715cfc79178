"""Files of columns as data frames: CSV and Parquet, from disk or standard input.

A CSV file says nothing of its types. What a column held in the reference decides how it is read in
a batch; where that is not known yet, dates of ISO 8601 are recognised. Whatever looks as if the
file was read in the wrong way is an error that names the option, or a note.
"""

from __future__ import annotations

import csv
import glob
import io
import re
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

Held = Literal["text", "date", "number"]

_SEPARATORS = {";": "';'", "\t": "'\\t'", "|": "'|'", ",": "','"}
_MOST_CHARACTERS = 1 << 28  # of a file whose rows are counted field by field
_WHOLE = re.compile(r"([+-]?\d+)\.0+")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")
_OTHER_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}( .*)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d{1,3}(\.\d{3})*,\d+|[+-]?\d+,\d+")


class FileError(Exception):
    """A file that cannot be read, or not as it was meant; the text says how to mend it."""


@dataclass(frozen=True)
class Format:
    """How a CSV file is written.

    Attributes
    ----------
    separator, decimal, encoding : str
    na_values : list of str
        What stands for a missing value, besides what pandas knows.
    """

    separator: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    na_values: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Data:
    """What was read.

    Attributes
    ----------
    frame : DataFrame
    name, time : str
        Name of the file, or files, and when the last of them was written, by ISO 8601.
    notes : list of str
        What is odd about it.
    """

    frame: Any
    name: str
    time: str
    notes: list[str]


def read_files(
    names: Sequence[str], of: Format, held: Mapping[str, Held] | None, texts: Iterable[str] = ()
) -> Data:
    """Read files one below the other.

    Parameters
    ----------
    names : sequence of str
        Files, patterns such as ``"day-*.csv"``, or "-" for standard input.
    of : Format
    held : mapping from str to {"text", "date", "number"}, or None
        What the columns of the reference held; None if they are the reference.
    texts : iterable of str, default=()
        Columns that are text whatever they look like.
    """
    import pandas as pd

    paths = _expand(names)
    known: dict[str, Held] = {**(held or {}), **dict.fromkeys(texts, "text")}
    notes: list[str] = []
    frames = [_read_file(path, of, known, notes) for path in paths]
    for path, frame in zip(paths[1:], frames[1:], strict=True):
        if set(frame.columns) != set(frames[0].columns):
            odd = sorted(set(frame.columns) ^ set(frames[0].columns))
            raise FileError(
                f"{path} and {paths[0]} do not have the same columns: {', '.join(map(repr, odd))} "
                "is in one of them only. Pass files with the same columns."
            )
    frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    if held is None:
        frame = _with_dates(frame, [name for name in frame if name not in known], notes)
    else:
        dates = [name for name, kind in known.items() if kind == "date" and name in frame]
        frame = _with_dates(frame, dates, [])
    return Data(frame, ", ".join(map(_called, paths)), _last_written(paths), notes)


def _expand(names: Sequence[str]) -> list[str]:
    """List files; a pattern that shells have not expanded stands for all that match."""
    paths: list[str] = []
    for name in names:
        if name != "-" and not Path(name).exists() and glob.has_magic(name):
            found = sorted(glob.glob(name))
            if not found:
                raise FileError(f"No file matches {name}.")
            paths += found
        else:
            paths.append(name)
    return paths


def _called(path: str) -> str:
    return "standard input" if path == "-" else Path(path).name


def _last_written(paths: Sequence[str]) -> str:
    files = [Path(path) for path in paths if path != "-"]
    moments = [file.stat().st_mtime for file in files]
    moment = datetime.fromtimestamp(max(moments), UTC) if moments else datetime.now(UTC)
    return moment.isoformat(timespec="seconds")


def _read_file(path: str, of: Format, held: Mapping[str, Held], notes: list[str]) -> Any:
    import pandas as pd

    if path != "-" and not Path(path).exists():
        raise FileError(f"There is no file {path}.")
    is_parquet = Path(path).suffix.lower() in (".parquet", ".pq")
    try:
        content = sys.stdin.buffer.read() if path == "-" else None
        is_parquet = is_parquet or (content is not None and content[:4] == b"PAR1")
        if is_parquet:
            source: Any = path if content is None else io.BytesIO(content)
            frame = _with_texts(pd.read_parquet(source), held)
        else:
            frame = _read_csv(path, _text_of(path, content, of), of, held, notes)
    except pd.errors.EmptyDataError:
        raise FileError(f"{_called(path)} is empty.") from None
    except ImportError as error:
        if not is_parquet:
            raise
        raise FileError(
            f"Reading {path} needs pyarrow: python -m pip install pyarrow, or pass a CSV file."
        ) from error
    except (OSError, ValueError) as error:
        kind = "Parquet" if is_parquet else "CSV"
        raise FileError(f"Cannot read {path} as {kind}: {error}") from error
    return frame.rename(columns=str)


def _text_of(path: str, content: bytes | None, of: Format) -> str:
    """Decompress, by the ending of the name, and decode."""
    from pandas.io.common import get_handle

    if content is None:
        with get_handle(path, "rb", compression="infer", is_text=False) as handle:
            content = handle.handle.read()
    assert content is not None
    encoding = "utf-8-sig" if of.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else (
        of.encoding)  # fmt: skip
    try:
        return content.decode(encoding)
    except LookupError:
        raise FileError(
            f"--encoding {of.encoding} is not known. Name one such as latin-1."
        ) from None
    except UnicodeDecodeError as error:
        raise FileError(
            f"Cannot read {path} as CSV: it is not written in {of.encoding} ({error.reason} at "
            f"byte {error.start:,}). Name its encoding, for instance --encoding latin-1."
        ) from error


def _read_csv(path: str, text: str, of: Format, held: Mapping[str, Held], notes: list[str]) -> Any:
    import pandas as pd

    separator = of.separator.replace("\\t", "\t")  # as shells pass it on
    # Dates of the reference are read as text first: pandas would take "2024" for a number.
    as_text = {name: str for name, kind in held.items() if kind in ("text", "date")}
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            frame = pd.read_csv(
                io.StringIO(text), sep=separator, decimal=of.decimal, dtype=as_text,
                na_values=of.na_values, low_memory=False, index_col=False,
            )  # fmt: skip
        except pd.errors.ParserWarning as error:
            raise FileError(
                f"Cannot read {path} as CSV: its rows have more fields than its header. Check "
                "--separator, and quote fields that contain it."
            ) from error
    _check_separator(path, frame, separator)
    _note_cut_rows(path, text, frame, separator, notes)
    for name, kind in held.items():
        if kind == "text" and name in frame:
            frame[name] = frame[name].map(_without_zeros, na_action="ignore")
    return frame


def _without_zeros(text: Any) -> Any:
    """Write whole numbers as such: 10040, though a day with a missing value has 10040.0."""
    whole = _WHOLE.fullmatch(text) if isinstance(text, str) else None
    return text if whole is None else whole[1]


def _check_separator(path: str, frame: Any, separator: str) -> None:
    """Raise for a single column whose header and rows are full of another separator."""
    if frame.shape[1] != 1:
        return
    header = str(frame.columns[0])
    rows = frame.iloc[:100, 0].dropna().astype(str)
    for other, written in _SEPARATORS.items():
        times = header.count(other)
        if other == separator or not times or not len(rows):
            continue
        if (rows.str.count(re.escape(other)) >= times).mean() > 0.5:
            raise FileError(
                f"{_called(path)} has a single column, named {header[:60]!r}: its fields seem to "
                f"be separated by {written}. Add --separator {written}."
            )


def _note_cut_rows(path: str, text: str, frame: Any, separator: str, notes: list[str]) -> None:
    """Note rows with too few fields, which are read as missing values, and a last line cut off."""
    if text and text[-1] not in "\r\n":
        notes.append(f"{_called(path)} ends within a line: it may have been cut off.")
    n_columns = frame.shape[1]
    if n_columns < 2 or len(text) > _MOST_CHARACTERS or len(separator) != 1:
        return
    if not frame.iloc[:, -1].isna().any():  # no row lacks its last field
        return
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    n_short = sum(0 < len(row) < n_columns for row in rows)
    if n_short:
        are = "row has" if n_short == 1 else "rows have"
        notes.append(
            f"{n_short:,} {are} too few fields in {_called(path)}: what they lack is missing."
        )


def _with_texts(frame: Any, held: Mapping[str, Held]) -> Any:
    """Turn columns into text that a CSV file would hold as such: 7 and not 7.0."""
    numbers = [
        name
        for name, kind in held.items()
        if kind == "text" and name in frame and frame[name].dtype.kind in "biuf"
    ]
    return frame.assign(**{n: frame[n].convert_dtypes().astype("string") for n in numbers})


def _with_dates(frame: Any, names: Sequence[str], notes: list[str]) -> Any:
    """Turn text of ISO 8601 into dates; note text that may be other dates, or numbers."""
    import pandas as pd

    dates = {}
    for name in names:
        column = frame[name]
        if not (pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column)):
            continue
        present = column.dropna()
        if not len(present) or not isinstance(present.iloc[0], str):
            continue
        if _all_match(_ISO_DATE, present):
            read = pd.to_datetime(column, format="ISO8601", utc=True, errors="coerce")
            if read.notna().sum() == len(present):
                dates[name] = read.dt.tz_localize(None)
        elif _all_match(_OTHER_DATE, present):
            notes.append(
                f"Column {name!r} holds text that looks like dates, such as {present.iloc[0]!r}. "
                "Only dates written as 2024-12-31 are read as such; others are categories."
            )
        elif _all_match(_DECIMAL_COMMA, present):
            notes.append(
                f"Column {name!r} holds text that looks like numbers with decimal commas, such as "
                f"{present.iloc[0]!r}. Add --decimal , to read it as numbers."
            )
    return frame.assign(**dates)


def _all_match(pattern: re.Pattern[str], texts: Any) -> bool:
    return all(isinstance(text, str) and pattern.fullmatch(text) for text in texts)
