"""A fitted detector as what JSON can hold, and back: codebooks and counts, never rows."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns import Codebook, NumericCodebook, codebook_from_dict
from sklearn_infotheory.drift._coding import KINDS, Coding, pairs_of
from sklearn_infotheory.drift._counting import Counts
from sklearn_infotheory.drift._plain import finite

KIND = "sklearn_infotheory.KLDriftDetector"
SCHEMA = 1
_MOST_BYTES = 1 << 30  # that packed counts may unpack to


class _Damaged(Exception):
    """What is wrong with a profile, in words that end a sentence."""


def describe(detector: Any) -> dict[str, Any]:
    """Write down parameters, codebooks and counts."""
    names = getattr(detector, "feature_names_in_", None)
    coding, counts = detector._coding, detector._counts
    return finite(
        {
            "kind": KIND,
            "schema": SCHEMA,
            "parameters": {
                name: _plain_parameter(name, value)
                for name, value in detector.get_params(deep=False).items()
            },
            "n_features_in": detector.n_features_in_,
            "feature_names_in": None if names is None else names.tolist(),
            "fitted_on_frame": bool(detector._fitted_on_frame),
            "seed": detector._seed,
            "n_samples": counts.n_samples,
            "columns": [_describe_column(coding, counts, j) for j in range(len(coding.codebooks))],
            "pairs": _pack(counts.pairs) if coding.coarse else None,
            "label": _describe_label(coding, counts),
        }
    )


def restore(cls: Any, description: Any) -> Any:
    """Make a fitted detector of a description."""
    _check_kind(description)
    try:
        return _restore(cls, description)
    except (_Damaged, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        what = f"it has no {error}" if isinstance(error, KeyError) else str(error).rstrip(".")
        raise ValueError(
            f"The profile is damaged: {what}. Write it again with save_profile."
        ) from error


def read_profile(path: str | Path) -> Any:
    """Read the JSON of a profile, or raise an error that says what the file is instead."""
    content = Path(path).read_bytes()
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:  # JSON and UTF-8 errors are ValueErrors
        what = "is empty" if not content.strip() else f"is not valid JSON ({error})"
        raise ValueError(
            f"{str(path)!r} {what}, so it is no profile, or only a part of one. "
            "Pass a file that save_profile wrote."
        ) from error


def _plain_parameter(name: str, value: Any) -> Any:
    if name == "categorical_features" and not isinstance(value, str | None):
        return np.asarray(value).tolist()
    if name == "random_state" and not isinstance(value, Integral):
        return None  # what it drew is kept as the seed
    return value


def _describe_column(coding: Coding, counts: Counts, feature: int) -> dict[str, Any]:
    return {
        "codebook": coding.codebooks[feature].to_dict(),
        "holds": coding.kinds[feature],
        "counts": counts.features[feature],
        "coarse": coding.coarse[feature] if coding.coarse else None,
    }


def _describe_label(coding: Coding, counts: Counts) -> dict[str, Any] | None:
    if coding.label is None:
        return None
    return {
        "codebook": coding.label.to_dict(),
        "counts": counts.label,
        "tables": _pack(counts.concept),
    }


def _check_kind(description: Any) -> None:
    kind = description.get("kind") if isinstance(description, dict) else type(description).__name__
    if kind != KIND:
        raise ValueError(
            f"This is no profile of a KLDriftDetector: its kind is {kind!r}, not {KIND!r}. "
            "Pass what KLDriftDetector.to_dict or save_profile wrote."
        )
    schema = description.get("schema")
    if schema != SCHEMA:
        newer = isinstance(schema, int) and schema > SCHEMA
        mend = "Update sklearn-infotheory" if newer else "Fit the reference again"
        raise ValueError(
            f"The profile has schema {schema!r}, and this version reads schema {SCHEMA}. {mend}."
        )


def _restore(cls: Any, description: dict[str, Any]) -> Any:
    detector = cls(**description["parameters"])
    detector._validate_params()
    detector.n_features_in_ = _whole(description["n_features_in"], "n_features_in")
    names = description["feature_names_in"]
    if names is not None:
        detector.feature_names_in_ = np.array(names, dtype=object)
    detector._fitted_on_frame = bool(description["fitted_on_frame"])
    detector._seed = _whole(description["seed"], "seed")
    columns = description["columns"]
    if len(columns) != detector.n_features_in_ or (names and len(names) != len(columns)):
        raise _Damaged(f"it has {len(columns)} columns, not {detector.n_features_in_}")
    coding = _restore_coding(columns, description)
    detector._keep(coding, _restore_counts(coding, description))
    return detector


def _restore_coding(columns: list[Any], description: dict[str, Any]) -> Coding:
    codebooks = tuple(_restore_codebook(column["codebook"]) for column in columns)
    kinds = tuple(str(column["holds"]) for column in columns)
    if not set(kinds) <= set(KINDS):
        raise _Damaged(f"a column holds one of {', '.join(KINDS)}, not {kinds!r}")
    coarse: tuple[tuple[int, ...], ...] = ()
    if description["pairs"] is not None:
        coarse = tuple(tuple(column["coarse"]) for column in columns)
        for book, cells in zip(codebooks, coarse, strict=True):
            if len(cells) != book.n_cells or set(cells) != set(range(max(cells) + 1)):
                raise _Damaged("coarse cells do not fit the codebook")
    label = description["label"]
    return Coding(
        codebooks, kinds, coarse, None if label is None else _restore_codebook(label["codebook"])
    )


def _restore_codebook(description: dict[str, Any]) -> Codebook:
    book = codebook_from_dict(description)
    if book.n_cells > 256:
        raise _Damaged(f"a codebook has {book.n_cells} cells, more than 256")
    if isinstance(book, NumericCodebook):
        edges = np.array(book.edges)
        if not np.isfinite(edges).all() or (np.diff(edges) <= 0).any():
            raise _Damaged("cut points are not finite and ascending")
    return book


def _restore_counts(coding: Coding, description: dict[str, Any]) -> Counts:
    n_samples, label = description["n_samples"], description["label"]
    features = [
        _check(np.array(column["counts"], np.float64), book.n_cells, n_samples)
        for column, book in zip(description["columns"], coding.codebooks, strict=True)
    ]
    pairs, concept, label_counts = [], [], None
    if coding.coarse:
        first, second = pairs_of(len(coding.coarse))
        shapes = list(zip(coding.n_coarse[first], coding.n_coarse[second], strict=True))
        pairs = _unpack(description["pairs"], shapes)
    if label is not None and coding.label is not None:
        n = coding.label.n_cells
        label_counts = _check(np.array(label["counts"], np.float64), n, None)
        concept = _unpack(label["tables"], [(cells, n) for cells in coding.n_cells])
    return Counts(float(n_samples), features, pairs, label_counts, concept)


def _check(counts: NDArray[np.float64], n_cells: int, total: float | None) -> NDArray[np.float64]:
    """Raise for counts that are not those of so many cells, and so many samples."""
    if counts.shape != (n_cells,):
        raise _Damaged(f"{counts.size} counts stand where there are {n_cells} cells")
    if not (np.isfinite(counts).all() and (counts >= 0).all()):
        raise _Damaged("counts are not finite and at least 0")
    if total is not None and not np.isclose(counts.sum(), total, rtol=1e-6):
        raise _Damaged(f"counts sum to {counts.sum():.12g} where there are {total:.12g} samples")
    return counts


def _whole(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _Damaged(f"{name} is {value!r}, not a whole number")
    return value


def _pack(tables: list[NDArray[np.float64]]) -> dict[str, Any]:
    """Pack tables end to end: compressed numbers of the smallest type that holds them all."""
    values = np.concatenate([table.ravel() for table in tables] or [np.empty(0)])
    dtype = np.dtype("<f8")
    if not (values % 1).any() and values.max(initial=0) < 2**32:
        dtype = next(d for d in map(np.dtype, ("u1", "<u2", "<u4")) if _holds(d, values))
    # Bytes of one significance together compress better than numbers one after the other.
    planes = values.astype(dtype).view(np.uint8).reshape(-1, dtype.itemsize).T
    packed = base64.b64encode(zlib.compress(planes.tobytes(), 9)).decode("ascii")
    return {"dtype": dtype.str, "size": len(values), "packed": packed}


def _holds(dtype: np.dtype[Any], values: NDArray[np.float64]) -> bool:
    return bool(values.max(initial=0) <= np.iinfo(dtype).max)


def _unpack(description: dict[str, Any], shapes: list[tuple[int, int]]) -> list[NDArray[Any]]:
    """Undo ``_pack``."""
    if description["dtype"] not in ("|u1", "<u2", "<u4", "<f8"):
        raise _Damaged(f"packed counts have the unknown type {description['dtype']!r}")
    dtype, sizes = np.dtype(description["dtype"]), [int(a) * int(b) for a, b in shapes]
    planes = _decompress(description["packed"], sum(sizes) * dtype.itemsize)
    values = planes.reshape(dtype.itemsize, -1).T.copy().view(dtype).ravel().astype(np.float64)
    values = _check(values, sum(sizes), None)
    parts = np.split(values, np.cumsum(sizes)[:-1]) if sizes else []
    return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


def _decompress(packed: str, n_bytes: int) -> NDArray[np.uint8]:
    """Decompress no more than the bytes that are expected."""
    if n_bytes > _MOST_BYTES:
        raise _Damaged(f"packed counts would take {n_bytes} bytes")
    try:
        content = zlib.decompressobj().decompress(
            base64.b64decode(packed, validate=True), n_bytes + 1
        )
    except (binascii.Error, zlib.error) as error:
        raise _Damaged(f"packed counts cannot be read ({error})") from error
    if len(content) != n_bytes:
        raise _Damaged(f"{len(content)} bytes of packed counts stand where {n_bytes} belong")
    return np.frombuffer(content, np.uint8)
