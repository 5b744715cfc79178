"""A fitted detector as what JSON can hold, and back: codebooks and counts, never rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np

from sklearn_infotheory._columns import Codebook, codebook_from_dict
from sklearn_infotheory._columns._codebook import MAX_VALUES
from sklearn_infotheory._columns._column_cells import ColumnCells
from sklearn_infotheory._columns._kinds import KINDS
from sklearn_infotheory._columns._target_cells import TargetCells
from sklearn_infotheory._counts._compressed import check_sum, pack_tables, unpack_tables
from sklearn_infotheory._counts._counter import Counts, count_coarse, pairs_of
from sklearn_infotheory._storage import Damaged, Entry, check_kind, finite, reading
from sklearn_infotheory._types import Floats
from sklearn_infotheory.drift._profile import ReferenceProfile

KIND = "sklearn_infotheory.KLDriftDetector"
SCHEMA = 1
_LARGEST_SEED = 2**32


@dataclass(frozen=True)
class StoredDetector:
    """What is kept of a fitted detector.

    Attributes
    ----------
    parameters : dict
    has_names : bool
        Whether the columns had names; else they are called x0, x1, and so on.
    fitted_on_frame : bool
    seed : int
    profile : ReferenceProfile
    """

    parameters: dict[str, Any]
    has_names: bool
    fitted_on_frame: bool
    seed: int
    profile: ReferenceProfile


def describe_detector(detector: StoredDetector) -> dict[str, Any]:
    """Write down parameters, codebooks and counts."""
    cells, counts = detector.profile.cells, detector.profile.counts
    n_features = len(cells.codebooks)
    return finite(
        {
            "kind": KIND,
            "schema": SCHEMA,
            "parameters": {
                name: _plain_parameter(name, value) for name, value in detector.parameters.items()
            },
            "n_features_in": n_features,
            "feature_names_in": list(cells.names) if detector.has_names else None,
            "fitted_on_frame": detector.fitted_on_frame,
            "seed": detector.seed,
            "n_samples": counts.n_samples,
            "columns": [_describe_column(cells, counts, j) for j in range(n_features)],
            "pairs": pack_tables(counts.pairs) if cells.coarse else None,
            "label": _describe_label(detector.profile.target, counts),
        }
    )


def restore_detector(
    description: Any, read_parameters: Callable[[Entry], dict[str, Any]]
) -> StoredDetector:
    """Read a description, of which ``read_parameters`` checks the parameters."""
    check_kind(
        description,
        KIND,
        SCHEMA,
        what="profile of a KLDriftDetector",
        made_by="KLDriftDetector.to_dict or save_profile",
        outdated="Fit the reference again",
    )
    with reading("The profile", "Write it again with save_profile."):
        entry = Entry(description)
        return _restore(entry, read_parameters(entry["parameters"]))


def _plain_parameter(name: str, value: Any) -> Any:
    if name == "categorical_features" and not isinstance(value, str | None):
        return np.asarray(value).tolist()
    if name == "random_state" and not isinstance(value, Integral):
        return None  # what it drew is kept as the seed
    return value


def _describe_column(cells: ColumnCells, counts: Counts, feature: int) -> dict[str, Any]:
    return {
        "codebook": cells.codebooks[feature].to_dict(),
        "holds": cells.kinds[feature],
        "counts": counts.features[feature],
        "coarse": cells.coarse[feature] if cells.coarse else None,
    }


def _describe_label(target: TargetCells | None, counts: Counts) -> dict[str, Any] | None:
    if target is None:
        return None
    return {
        **_describe_target_cells(target),
        "counts": counts.label,
        "tables": pack_tables(counts.concept),
    }


def _describe_target_cells(target: TargetCells) -> dict[str, Any]:
    outputs = [
        {"codebook": book.to_dict(), "holds": kind}
        for book, kind in zip(target.outputs, target.kinds, strict=True)
    ]
    if len(outputs) == 1:
        return outputs[0]
    return {"outputs": outputs, "combinations": target.combinations}


def _restore(description: Entry, parameters: dict[str, Any]) -> StoredDetector:
    n_features = description["n_features_in"].whole(1)
    columns = description["columns"].parts()
    if len(columns) != n_features:
        raise Damaged(f"it has {len(columns)} columns, not {n_features}")
    names = description["feature_names_in"].names(n_features)
    fitted_on_frame = description["fitted_on_frame"].flag()
    seed = description["seed"].whole(most=_LARGEST_SEED)
    called = [f"x{j}" for j in range(n_features)] if names is None else names
    cells = _restore_cells(columns, called, with_pairs=not description["pairs"].is_none)
    label = description["label"]
    target = None if label.is_none else _restore_target(label)
    counts = _restore_counts(cells, target, columns, description)
    profile = ReferenceProfile(cells, target, counts)
    return StoredDetector(parameters, names is not None, fitted_on_frame, seed, profile)


def _restore_cells(columns: list[Entry], names: list[str], *, with_pairs: bool) -> ColumnCells:
    codebooks = tuple(codebook_from_dict(column["codebook"]) for column in columns)
    kinds = tuple(column["holds"].one_of(KINDS) for column in columns)
    coarse: tuple[tuple[int, ...], ...] = ()
    if with_pairs:
        coarse = tuple(
            _restore_coarse(column["coarse"], book)
            for column, book in zip(columns, codebooks, strict=True)
        )
    return ColumnCells(tuple(names), codebooks, kinds, coarse)


def _restore_coarse(entry: Entry, book: Codebook) -> tuple[int, ...]:
    cells = entry.wholes(0, book.n_cells - 1)
    if len(cells) != book.n_cells or set(cells) != set(range(max(cells) + 1)):
        raise Damaged(f"{entry.place}: coarse cells do not fit the codebook")
    return cells


def _restore_target(entry: Entry) -> TargetCells:
    several = entry.get("outputs", None)
    outputs = [entry] if several.is_none else several.parts()
    books = tuple(codebook_from_dict(output["codebook"]) for output in outputs)
    kinds = tuple(output.get("holds", KINDS[0]).one_of(KINDS) for output in outputs)
    if several.is_none:
        return TargetCells(books, kinds)
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
    return TargetCells(books, kinds, combinations)


def _restore_counts(
    cells: ColumnCells, target: TargetCells | None, columns: list[Entry], description: Entry
) -> Counts:
    n_samples, label = description["n_samples"].number(0), description["label"]
    features = [
        _restore_counts_of(column["counts"], book.n_cells, n_samples)
        for column, book in zip(columns, cells.codebooks, strict=True)
    ]
    pairs, concept, label_counts = [], [], None
    if cells.coarse:
        (first, second), n_coarse = pairs_of(len(cells.coarse)), count_coarse(cells.coarse)
        shapes = list(zip(n_coarse[first], n_coarse[second], strict=True))
        pairs = unpack_tables(description["pairs"], shapes, n_samples)
    if target is not None:
        n = target.n_cells
        label_counts = _restore_counts_of(label["counts"], n, n_samples)
        concept = unpack_tables(label["tables"], [(k, n) for k in cells.n_cells], n_samples)
    return Counts(n_samples, features, pairs, label_counts, concept)


def _restore_counts_of(entry: Entry, n_cells: int, total: float) -> Floats:
    counts = entry.numbers(n_cells, least=0, of="counts")
    check_sum(counts, total, entry.place)
    return counts
