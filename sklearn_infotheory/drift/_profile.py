"""A fitted detector as what JSON can hold, and back: codebooks and counts, never rows."""

from __future__ import annotations

import base64
import binascii
import zlib
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._columns import Codebook, codebook_from_dict
from sklearn_infotheory._columns._codebook import MAX_VALUES
from sklearn_infotheory._columns._kinds import KINDS
from sklearn_infotheory._storage import (
    Damaged,
    Entry,
    check_kind,
    finite,
    reading,
    restore_parameters,
)
from sklearn_infotheory.drift._coding import Coding, pairs_of
from sklearn_infotheory.drift._counting import Counts
from sklearn_infotheory.drift._label import LabelCells

KIND = "sklearn_infotheory.KLDriftDetector"
SCHEMA = 1
_MOST_BYTES = 1 << 30  # that packed counts may unpack to
_LARGEST_SEED = 2**32


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
    check_kind(
        description,
        KIND,
        SCHEMA,
        what="profile of a KLDriftDetector",
        made_by="KLDriftDetector.to_dict or save_profile",
        outdated="Fit the reference again",
    )
    with reading("The profile", "Write it again with save_profile."):
        return _restore(cls, Entry(description))


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
        **_describe_label_cells(coding.label),
        "counts": counts.label,
        "tables": _pack(counts.concept),
    }


def _describe_label_cells(label: LabelCells) -> dict[str, Any]:
    outputs = [
        {"codebook": book.to_dict(), "holds": kind}
        for book, kind in zip(label.outputs, label.kinds, strict=True)
    ]
    if len(outputs) == 1:
        return outputs[0]
    return {"outputs": outputs, "combinations": label.combinations}


def _restore(cls: Any, description: Entry) -> Any:
    detector = cls(**restore_parameters(cls, description["parameters"]))
    detector._validate_params()
    n_features = detector.n_features_in_ = description["n_features_in"].whole(1)
    columns = description["columns"].parts()
    if len(columns) != n_features:
        raise Damaged(f"it has {len(columns)} columns, not {n_features}")
    names = description["feature_names_in"].names(n_features)
    if names is not None:
        detector.feature_names_in_ = np.array(names, dtype=object)
    detector._fitted_on_frame = description["fitted_on_frame"].flag()
    detector._seed = description["seed"].whole(most=_LARGEST_SEED)
    coding = _restore_coding(columns, description)
    detector._keep(coding, _restore_counts(coding, columns, description))
    return detector


def _restore_coding(columns: list[Entry], description: Entry) -> Coding:
    codebooks = tuple(codebook_from_dict(column["codebook"]) for column in columns)
    kinds = tuple(column["holds"].one_of(KINDS) for column in columns)
    coarse: tuple[tuple[int, ...], ...] = ()
    if not description["pairs"].is_none:
        coarse = tuple(
            _restore_coarse(column["coarse"], book)
            for column, book in zip(columns, codebooks, strict=True)
        )
    label = description["label"]
    return Coding(codebooks, kinds, coarse, None if label.is_none else _restore_label(label))


def _restore_coarse(entry: Entry, book: Codebook) -> tuple[int, ...]:
    cells = entry.wholes(0, book.n_cells - 1)
    if len(cells) != book.n_cells or set(cells) != set(range(max(cells) + 1)):
        raise Damaged(f"{entry.place}: coarse cells do not fit the codebook")
    return cells


def _restore_label(entry: Entry) -> LabelCells:
    several = entry.get("outputs", None)
    outputs = [entry] if several.is_none else several.parts()
    books = tuple(codebook_from_dict(output["codebook"]) for output in outputs)
    kinds = tuple(output.get("holds", KINDS[0]).one_of(KINDS) for output in outputs)
    if several.is_none:
        return LabelCells(books, kinds)
    if len(books) < 2:
        raise Damaged(f"{several.place} has {len(books)} entries where at least 2 belong")
    combinations = tuple(
        tuple(
            cell.whole(0, book.n_cells - 1)
            for cell, book in zip(combination.parts(len(books)), books, strict=True)
        )
        for combination in entry["combinations"].parts()
    )
    if len(combinations) > MAX_VALUES or len(set(combinations)) < len(combinations):
        raise Damaged(f"{entry['combinations'].place} must be at most {MAX_VALUES} different ones")
    return LabelCells(books, kinds, combinations)


def _restore_counts(coding: Coding, columns: list[Entry], description: Entry) -> Counts:
    n_samples, label = description["n_samples"].number(0), description["label"]
    features = [
        _restore_cells(column["counts"], book.n_cells, n_samples)
        for column, book in zip(columns, coding.codebooks, strict=True)
    ]
    pairs, concept, label_counts = [], [], None
    if coding.coarse:
        first, second = pairs_of(len(coding.coarse))
        shapes = list(zip(coding.n_coarse[first], coding.n_coarse[second], strict=True))
        pairs = _unpack(description["pairs"], shapes, n_samples)
    if coding.label is not None:
        n = coding.label.n_cells
        label_counts = _restore_cells(label["counts"], n, n_samples)
        concept = _unpack(label["tables"], [(cells, n) for cells in coding.n_cells], n_samples)
    return Counts(n_samples, features, pairs, label_counts, concept)


def _restore_cells(entry: Entry, n_cells: int, total: float) -> NDArray[np.float64]:
    counts = entry.numbers(n_cells, least=0, of="counts")
    _check_sum(counts, total, entry.place)
    return counts


def _check_sum(counts: NDArray[np.float64], total: float, place: str) -> None:
    """Raise for counts that are not those of so many samples."""
    if not np.isclose(counts.sum(), total, rtol=1e-6):
        raise Damaged(
            f"{place}: counts sum to {counts.sum():.12g} where there are {total:.12g} samples"
        )


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


def _unpack(entry: Entry, shapes: list[tuple[int, int]], total: float) -> list[NDArray[Any]]:
    """Undo ``_pack``: tables of these shapes, each of which sums to the total."""
    if entry["dtype"].value not in ("|u1", "<u2", "<u4", "<f8"):
        raise Damaged(
            f"{entry['dtype'].place}: packed counts have the unknown type {entry['dtype'].value!r}"
        )
    dtype, sizes = np.dtype(entry["dtype"].value), [int(a) * int(b) for a, b in shapes]
    if entry["size"].whole() != sum(sizes):
        raise entry["size"].wrong(f"{sum(sizes)}, the number of packed counts")
    planes = _decompress(entry["packed"], sum(sizes) * dtype.itemsize)
    values = planes.reshape(dtype.itemsize, -1).T.copy().view(dtype).ravel().astype(np.float64)
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise Damaged(f"{entry.place}: counts are not finite and at least 0")
    tables = np.split(values, np.cumsum(sizes)[:-1]) if sizes else []
    for table in tables:
        _check_sum(table, total, entry.place)
    return [table.reshape(shape) for table, shape in zip(tables, shapes, strict=True)]


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
