"""A fitted detector as what JSON can hold, and back: codebooks and counts, never rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any

import numpy as np

from sklearn_infotheory._columns import Categories, Codebook, codebook_from_dict
from sklearn_infotheory._columns._codebook import MAX_VALUES
from sklearn_infotheory._columns._column_cells import ColumnCells
from sklearn_infotheory._columns._kinds import KINDS
from sklearn_infotheory._columns._target_cells import TargetCells
from sklearn_infotheory._counts._compressed import (
    check_sum,
    pack_numbers,
    pack_tables,
    unpack_like,
    unpack_tables,
)
from sklearn_infotheory._counts._counter import Counts, count_coarse, pairs_of
from sklearn_infotheory._counts._level_counts import NO_LEVELS, LevelCounts
from sklearn_infotheory._counts._value_summary import NO_VALUES, ValueSummary
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
            **_describe_squares(counts, detector.profile),
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
    described = {
        "codebook": cells.codebooks[feature].to_dict(),
        "holds": cells.kinds[feature],
        "counts": counts.features[feature],
        "coarse": cells.coarse[feature] if cells.coarse else None,
    }
    if feature in cells.by_level:
        levels = counts.levels.get(feature, NO_LEVELS)
        described["levels"] = levels.to_dict()
    if feature in cells.by_value:
        described["values"] = counts.values.get(feature, NO_VALUES).to_dict()
    return described


def _describe_squares(counts: Counts, profile: ReferenceProfile) -> dict[str, Any]:
    """Write the sums of squared weights, if there are any, packed."""
    squares = counts.squares
    if squares is None:
        return {}
    described = {
        "n_rows": counts.n_rows,
        "n_samples": squares.n_samples,
        "columns": pack_tables(squares.features),
        "pairs": pack_tables(squares.pairs) if profile.cells.coarse else None,
        "label": None if squares.label is None else pack_numbers(squares.label),
        "concept": pack_tables(squares.concept),
        "levels": [squares.levels.get(j, NO_LEVELS).to_dict() for j in profile.cells.by_level],
        "label_levels": None if squares.label_levels is None else squares.label_levels.to_dict(),
    }
    return {"squares": described}


def _describe_label(target: TargetCells | None, counts: Counts) -> dict[str, Any] | None:
    if target is None:
        return None
    described = {
        **_describe_target_cells(target),
        "counts": counts.label,
        "tables": pack_tables(counts.concept),
    }
    if target.by_level:
        described["levels"] = (counts.label_levels or NO_LEVELS).to_dict()
    return described


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
    by_level = tuple(
        j
        for j, (column, book) in enumerate(zip(columns, codebooks, strict=True))
        if _has_levels(column, book)
    )
    by_value = tuple(j for j, of in enumerate(columns) if not of.get("values", None).is_none)
    return ColumnCells(tuple(names), codebooks, kinds, coarse, by_level, by_value)


def _has_levels(entry: Entry, book: Codebook) -> bool:
    levels = entry.get("levels", None)
    if not levels.is_none and not isinstance(book, Categories):
        raise Damaged(f"{levels.place} belong to categories, and there are none")
    return not levels.is_none


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
        return TargetCells(books, kinds, by_level=_has_levels(entry, books[0]))
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
    levels = {
        j: _restore_levels(columns[j]["levels"], cells.codebooks[j], features[j])
        for j in cells.by_level
    }
    label_levels = None
    if target is not None and target.by_level:
        label_levels = _restore_levels(label["levels"], target.outputs[0], _given(label_counts))
    values = {
        j: ValueSummary.from_entry(columns[j]["values"], n_samples * (1 + 1e-6))
        for j in cells.by_value
    }
    counts = Counts(
        n_samples, features, pairs, label_counts, concept, levels, label_levels, values=values
    )
    squares = description.get("squares", None)
    if squares.is_none:
        return counts
    n_rows = squares["n_rows"].number(0)
    return replace(counts, squares=_restore_squares(squares, counts), n_rows=n_rows)


def _restore_levels(entry: Entry, book: Codebook, counts: Floats) -> LevelCounts:
    assert isinstance(book, Categories)
    return LevelCounts.from_entry(entry, float(counts.sum() - counts[book.missing_code]))


def _restore_squares(entry: Entry, counts: Counts) -> Counts:
    """Read the sums of squared weights, of the same shape as the counts."""
    total = entry["n_samples"].number(0)
    features, pairs, concept = (
        unpack_like(entry[name], tables, total)
        for name, tables in (
            ("columns", counts.features),
            ("pairs", counts.pairs),
            ("concept", counts.concept),
        )
    )
    label = None if counts.label is None else unpack_like(entry["label"], [counts.label], total)[0]
    parts = entry["levels"].parts(len(counts.levels))
    levels = {
        j: _like(LevelCounts.from_entry(part, None), counts.levels[j], part)
        for j, part in zip(counts.levels, parts, strict=True)
    }
    label_levels = None
    if counts.label_levels is not None:
        part = entry["label_levels"]
        label_levels = _like(LevelCounts.from_entry(part, None), counts.label_levels, part)
    return Counts(total, features, pairs, label, concept, levels, label_levels)


def _like(squares: LevelCounts, sums: LevelCounts, entry: Entry) -> LevelCounts:
    """Raise for levels that are not those of the sums."""
    if squares.bits != sums.bits or not np.array_equal(squares.keys, sums.keys):
        raise Damaged(f"{entry.place} are of other levels than the counts")
    return squares


def _given(counts: Floats | None) -> Floats:
    assert counts is not None
    return counts


def _restore_counts_of(entry: Entry, n_cells: int, total: float) -> Floats:
    counts = entry.numbers(n_cells, least=0, of="counts")
    check_sum(counts, total, entry.place)
    return counts
