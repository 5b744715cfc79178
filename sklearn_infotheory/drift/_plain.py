"""Plain values for JSON, and files that are never half written."""

from __future__ import annotations

import contextlib
import math
import os
import secrets
import shutil
from pathlib import Path
from typing import Any

import numpy as np


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


def is_device(path: str | os.PathLike[str]) -> bool:
    """Tell whether this is a pipe or a device, in whose place no file must be put."""
    path = Path(path)
    return path.exists() and not (path.is_file() or path.is_dir())


def write_atomically(path: str | os.PathLike[str], text: str) -> None:
    """Write a file so that other processes see the old one or the new one, and nothing between.

    What is no file, such as a pipe or a device, is written to, and not replaced.
    """
    if is_device(path):
        with open(path, "w", encoding="utf-8") as device:
            device.write(text)
        return
    target = Path(path).resolve()  # a link stays a link
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
