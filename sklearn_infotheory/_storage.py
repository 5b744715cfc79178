"""What is fitted as JSON: written whole or not at all, and believed only as far as it is checked.

A description is a dictionary of strings, finite numbers, booleans, None, lists and dictionaries,
with its kind and the number of its schema. Whoever restores one walks through it by :class:`Entry`,
which says of every value where it stands and what is wrong with it.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import reprlib
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST_BYTES = 1 << 30  # of a file that is read
_ABANDONED = 3600.0  # seconds after which a temporary file has no writer any more


class Damaged(ValueError):
    """What is wrong with a description, in words that end a sentence."""


# Writing -------------------------------------------------------------------------------------


def finite(value: Any) -> Any:
    """Turn arrays, tuples and numpy scalars into what JSON can hold, non-finite numbers to None.

    Whole floats become integers, which are shorter and mean the same.
    """
    if isinstance(value, dict):
        return {key: finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [finite(entry) for entry in value]
    if isinstance(value, np.ndarray | np.generic):
        return finite(value.tolist())
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return value


def write_json(path: str | os.PathLike[str], description: dict[str, Any]) -> None:
    """Write a description to a file, as :func:`write_atomically` does."""
    write_atomically(path, json.dumps(description, allow_nan=False, ensure_ascii=False) + "\n")


def is_device(path: str | os.PathLike[str]) -> bool:
    """Tell whether this is a pipe or a device, in whose place no file must be put."""
    path = Path(path)
    return path.exists() and not (path.is_file() or path.is_dir())


def write_atomically(path: str | os.PathLike[str], text: str) -> None:
    """Write a file so that other processes see the old one or the new one, and nothing between.

    What is no file, such as a pipe or a device, is written to, and not replaced. What a process
    that was killed while it wrote the same file has left behind is removed an hour later.
    """
    if is_device(path):
        with open(path, "w", encoding="utf-8") as device:
            device.write(text)
        return
    target = Path(path).resolve()  # a link stays a link
    _remove_abandoned(target)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    # Opened like this, and not by tempfile, the file gets the permissions that new files get.
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def _remove_abandoned(target: Path) -> None:
    """Remove old temporary files of this target; those of another writer are young."""
    ours = re.compile(re.escape(f".{target.name}.") + "[0-9a-f]{16}")
    with contextlib.suppress(OSError):  # no such folder: the writing says so
        for name in filter(ours.fullmatch, os.listdir(target.parent)):
            file = target.with_name(name)
            with contextlib.suppress(OSError):  # another process was quicker
                if time.time() - file.stat().st_mtime > _ABANDONED:
                    file.unlink()


@contextlib.contextmanager
def locked(path: str | os.PathLike[str]) -> Iterator[None]:
    """Keep other processes that ask for the same lock waiting, while a file is read and rewritten.

    The lock is a file beside it, which stays: a lock on the file itself would end when it is
    replaced. It is let go when the process ends, however it ends.
    """
    target = Path(path).resolve()
    with open(target.with_name(f".{target.name}.lock"), "a", encoding="utf-8") as file:
        if os.name == "nt":  # pragma: no cover
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


# Reading -------------------------------------------------------------------------------------


def read_json(path: str | os.PathLike[str], what: str, made_by: str) -> Any:
    """Read a JSON file, or raise an error that says what the file is instead.

    Parameters
    ----------
    path : str or Path
    what : str
        What the file should hold, such as "profile".
    made_by : str
        Name of the method that writes such files.
    """
    file = Path(path)
    mend = f"Pass a file that {made_by} wrote."
    if file.is_file() and file.stat().st_size > _MOST_BYTES:
        raise ValueError(
            f"{str(path)!r} has {file.stat().st_size:,} bytes, more than any {what} has. {mend}"
        )
    content = file.read_bytes()
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:  # JSON and UTF-8 errors are ValueErrors
        wrong = "is empty" if not content.strip() else f"is not valid JSON ({error})"
        raise ValueError(
            f"{str(path)!r} {wrong}, so it is no {what}, or only a part of one. {mend}"
        ) from error


def check_kind(
    description: Any,
    kind: str,
    schema: int,
    *,
    what: str,
    made_by: str,
    outdated: str,
    key: str = "schema",
) -> None:
    """Raise unless this is a description of this kind and this schema.

    Parameters
    ----------
    description : object
    kind : str
    schema : int
    what : str
        The kind in words, such as "profile of a KLDriftDetector".
    made_by : str
        Names of the methods that make such descriptions.
    outdated : str
        What to do if the schema is none that was ever written; a sentence without its full stop.
    key : str, default="schema"
        Where the number of the schema stands.
    """
    got = description.get("kind") if isinstance(description, dict) else type(description).__name__
    if got != kind:
        raise ValueError(
            f"This is no {what}: its kind is {_short(got)}, not {kind!r}. "
            f"Pass what {made_by} wrote."
        )
    found = description.get(key)
    if found != schema or isinstance(found, bool):
        newer = isinstance(found, int) and found > schema
        raise ValueError(
            f"The {what} has {key} {_short(found)}, and this version reads {key} {schema}. "
            f"{'Update sklearn-infotheory' if newer else outdated}."
        )


@contextlib.contextmanager
def reading(what: str, mend: str) -> Iterator[None]:
    """Turn whatever goes wrong within into one ValueError.

    Parameters
    ----------
    what : str
        Subject of the message, such as "The profile".
    mend : str
        Its last sentence.
    """
    try:
        yield
    except (
        ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError,
    ) as error:  # fmt: skip
        wrong = f"it has no {error}" if isinstance(error, KeyError) else str(error).rstrip(".")
        raise ValueError(f"{what} is damaged: {wrong}. {mend}") from error


@dataclass(frozen=True)
class Entry:
    """A value of a description, and where it stands.

    Attributes
    ----------
    value : object
    place : str
        Such as "columns[2].counts"; empty for the whole.
    """

    value: Any
    place: str = ""

    def __getitem__(self, key: str) -> Entry:
        """Return what a key of this dictionary holds."""
        inner = f"{self.place}.{key}" if self.place else key
        if not isinstance(self.value, dict):
            raise self.wrong("a dictionary")
        if key not in self.value:
            raise Damaged(f"it has no {inner!r}")
        return Entry(self.value[key], inner)

    def get(self, key: str, default: Any) -> Entry:
        """Return what a key holds that earlier versions did not write."""
        missing = isinstance(self.value, dict) and key not in self.value
        return Entry(default, f"{self.place}.{key}") if missing else self[key]

    @property
    def is_none(self) -> bool:
        return self.value is None

    def wrong(self, expected: str) -> Damaged:
        """Make the error that says what should stand here."""
        return Damaged(f"{self.place or 'it'} is {_short(self.value)}, not {expected}")

    def parts(self, n: int | None = None, of: str = "entries") -> list[Entry]:
        """Return the entries of this list, of which there must be so many."""
        if not isinstance(self.value, list | tuple):
            raise self.wrong("a list")
        if n is not None and len(self.value) != n:
            raise Damaged(f"{self.place} has {len(self.value)} {of} where {n} belong")
        return [Entry(value, f"{self.place}[{i}]") for i, value in enumerate(self.value)]

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.wrong("text")
        return self.value

    def one_of(self, options: Sequence[str]) -> Any:
        if not isinstance(self.value, str) or self.value not in options:
            raise self.wrong(f"one of {', '.join(options)}")
        return self.value

    def whole(self, least: int = 0, most: int | None = None) -> int:
        """Return a whole number within bounds, both of which are allowed."""
        value = self.value
        ok = isinstance(value, int) and not isinstance(value, bool) and value >= least
        if not ok or (most is not None and value > most):
            upto = "" if most is None else f" and at most {most}"
            raise self.wrong(f"a whole number of at least {least}{upto}")
        return int(value)

    def number(self, least: float = -math.inf, most: float = math.inf) -> float:
        """Return a finite number within bounds, both of which are allowed."""
        value = self.value
        ok = isinstance(value, int | float) and not isinstance(value, bool)
        try:
            ok = ok and math.isfinite(value) and least <= value <= most
        except OverflowError:  # a whole number beyond all floats
            ok = False
        if not ok:
            bounds = [f"at least {least:g}"] * (least > -math.inf)
            bounds += [f"at most {most:g}"] * (most < math.inf)
            raise self.wrong(f"a finite number{' of ' * bool(bounds)}{' and '.join(bounds)}")
        return float(value)

    def number_or(self, otherwise: float) -> float:
        """Return a finite number, or what None stands for."""
        return otherwise if self.value is None else self.number()

    def numbers(
        self, *shape: int, least: float = -math.inf, of: str = "numbers"
    ) -> NDArray[np.float64]:
        """Return an array of finite numbers of this shape, by default a list of any length."""
        # Looked at one by one: numpy would make room for the longest text as often as there are
        # entries.
        if not _are_numbers(self.value, max(len(shape), 1)):
            raise self.wrong(f"a list of {of}")
        try:
            found = np.array(self.value, np.float64)
        except ValueError:  # lists of different lengths
            raise self.wrong(f"an array of {of}") from None
        except OverflowError:  # a whole number beyond all floats
            raise self.wrong(f"a list of finite {of}") from None
        is_empty = found.shape == (0,)
        shape = shape or (len(self.value),)
        if found.shape != shape and not (is_empty and 0 in shape):
            have, want = (" by ".join(map(str, s)) for s in (found.shape, shape))
            raise Damaged(f"{self.place} has {have} {of} where {want} belong")
        found = found.reshape(shape)
        bad = ~(np.isfinite(found) & (found >= least))
        if bad.any():
            where = "".join(f"[{i}]" for i in np.argwhere(bad)[0])
            bound = f" of at least {least:g}" if least > -math.inf else ""
            raise Damaged(f"{self.place}{where} is {found[bad][0]:g}, not a finite number{bound}")
        return found

    def ascending(self) -> NDArray[np.float64]:
        """Return finite numbers, each larger than the one before."""
        found = self.numbers()
        steps = np.flatnonzero(np.diff(found) <= 0)
        if len(steps):
            i = int(steps[0]) + 1
            raise Damaged(
                f"{self.place} is not ascending: {found[i]:g} follows {found[i - 1]:g} at [{i}]"
            )
        return found

    def wholes(self, least: int, most: int, n: int | None = None) -> tuple[int, ...]:
        """Return whole numbers within bounds."""
        return tuple(part.whole(least, most) for part in self.parts(n))

    def plain(self) -> Any:
        """Return a string, a boolean or a finite number."""
        if isinstance(self.value, str | bool):
            return self.value
        if not isinstance(self.value, int):
            self.number()
        return self.value

    def categories(self, most: int) -> tuple[Any, ...]:
        """Return different strings, booleans and numbers, at most so many."""
        found = tuple(part.plain() for part in self.parts())
        if len(found) > most:
            raise Damaged(f"{self.place} has {len(found)} categories, more than {most}")
        if len(set(found)) < len(found):
            raise Damaged(f"{self.place} has the same category twice")
        return found

    def names(self, n: int) -> list[str] | None:
        """Return so many different names, or None."""
        if self.is_none:
            return None
        found = [part.text() for part in self.parts(n, "names")]
        if len(set(found)) < n:
            raise Damaged(f"{self.place} has the same name twice")
        return found


def _are_numbers(value: Any, depth: int) -> bool:
    """Tell whether this is a list, of lists up to so deep, of numbers."""
    if not isinstance(value, list | tuple):
        return False
    if depth > 1 and all(isinstance(entry, list | tuple) for entry in value):
        return all(_are_numbers(entry, depth - 1) for entry in value)
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in value)


def restore_parameters(cls: Any, entry: Entry) -> dict[str, Any]:
    """Return the parameters of an estimator, all of them and no others; values are not checked."""
    known = cls._get_param_names()
    unknown = sorted(set(entry.value) - set(known)) if isinstance(entry.value, dict) else []
    if unknown:
        raise Damaged(f"{entry.place} has {_short(unknown[0])}, which {cls.__name__} does not have")
    return {name: entry[name].value for name in known}


def _short(value: Any) -> str:
    return reprlib.repr(value)
