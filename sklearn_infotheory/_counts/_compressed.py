"""Tables of counts as text that JSON can hold, compressed; and back, believing nothing."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._storage import Damaged, Entry
from sklearn_infotheory._types import Floats

_MOST_BYTES = 1 << 30  # that packed counts may unpack to


def pack_tables(tables: Sequence[Floats]) -> dict[str, Any]:
    """Pack tables end to end."""
    return pack_numbers(np.concatenate([table.ravel() for table in tables] or [np.empty(0)]))


def unpack_tables(entry: Entry, shapes: Sequence[tuple[int, int]], total: float) -> list[Floats]:
    """Undo ``pack_tables``: tables of these shapes, each of which sums to the total."""
    sizes = [int(a) * int(b) for a, b in shapes]
    values = unpack_numbers(entry, sum(sizes))
    tables = np.split(values, np.cumsum(sizes)[:-1]) if sizes else []
    for table in tables:
        check_sum(table, total, entry.place)
    return [table.reshape(shape) for table, shape in zip(tables, shapes, strict=True)]


def unpack_like(entry: Entry, tables: Sequence[Floats], total: float) -> list[Floats]:
    """Undo ``pack_tables``: tables of the shapes of these, each of which sums to the total."""
    if not tables and entry.is_none:
        return []
    values = unpack_numbers(entry, sum(table.size for table in tables))
    ends = np.cumsum([table.size for table in tables])[:-1]
    parts = np.split(values, ends) if tables else []
    for part in parts:
        check_sum(part, total, entry.place)
    return [part.reshape(of.shape) for part, of in zip(parts, tables, strict=True)]


def pack_numbers(values: Floats) -> dict[str, Any]:
    """Compress numbers of at least 0, in the smallest type that holds them all."""
    dtype = np.dtype("<f8")
    if not (values % 1).any() and values.max(initial=0) < 2**32:
        dtype = next(d for d in map(np.dtype, ("u1", "<u2", "<u4")) if _holds(d, values))
    # Bytes of one significance together compress better than numbers one after the other.
    planes = values.astype(dtype).view(np.uint8).reshape(-1, dtype.itemsize).T
    packed = base64.b64encode(zlib.compress(planes.tobytes(), 9)).decode("ascii")
    return {"dtype": dtype.str, "size": len(values), "packed": packed}


def _holds(dtype: np.dtype[Any], values: Floats) -> bool:
    return bool(values.max(initial=0) <= np.iinfo(dtype).max)


def unpack_numbers(entry: Entry, size: int) -> Floats:
    """Undo ``pack_numbers``, for so many numbers."""
    dtype = np.dtype(entry["dtype"].one_of(("|u1", "<u2", "<u4", "<f8")))
    if entry["size"].whole() != size:
        raise entry["size"].wrong(f"{size}, the number of packed counts")
    planes = _decompress(entry["packed"], size * dtype.itemsize)
    values = planes.reshape(dtype.itemsize, -1).T.copy().view(dtype).ravel().astype(np.float64)
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise Damaged(f"{entry.place}: counts are not finite and at least 0")
    return values


def check_sum(counts: Floats, total: float, place: str) -> None:
    """Raise for counts that are not those of so many samples."""
    if not np.isclose(counts.sum(), total, rtol=1e-6):
        raise Damaged(
            f"{place}: counts sum to {counts.sum():.12g} where there are {total:.12g} samples"
        )


def _decompress(entry: Entry, n_bytes: int) -> NDArray[np.uint8]:
    """Decompress no more than the bytes that are expected."""
    if n_bytes > _MOST_BYTES:
        raise Damaged(f"{entry.place}: packed counts would take {n_bytes} bytes")
    try:
        packed = base64.b64decode(entry.text(), validate=True)
        content = zlib.decompressobj().decompress(packed, n_bytes + 1)
    except (binascii.Error, zlib.error) as error:
        raise Damaged(f"{entry.place}: packed counts cannot be read ({error})") from error
    if len(content) != n_bytes:
        raise Damaged(
            f"{entry.place}: {len(content)} bytes of packed counts stand where {n_bytes} belong"
        )
    return np.frombuffer(content, np.uint8)
