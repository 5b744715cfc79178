"""The words of reports: what tables, pages and pictures share, and the table on a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._inference._divergences import depends_on_base, divergence_title
from sklearn_infotheory._units import unit_name

if TYPE_CHECKING:
    from sklearn_infotheory.drift._findings import FeatureDrift, JointDrift
    from sklearn_infotheory.drift._report import DriftReport

CORRECTIONS = {"holm": "Holm", "bonferroni": "Bonferroni", "bh": "Benjamini-Hochberg"}


@dataclass(frozen=True)
class Cells:
    """Cells of one feature and their shares of the rows, and how many cells were left out."""

    names: list[str]
    reference: NDArray[np.float64]
    batch: NDArray[np.float64]
    n_left_out: int


def cells_of(feature: FeatureDrift, most: int) -> Cells:
    """Return the cells that hold rows, in their order; of too many, those that moved most."""
    reference, batch = shares_of(feature.reference), shares_of(feature.batch)
    held = np.flatnonzero(reference + batch > 0)
    move = ((batch - reference) ** 2)[held] / (batch + reference)[held]
    shown = np.sort(held[np.argsort(-move, kind="stable")[:most]])
    names = [one_line(feature.cells[i]) for i in shown]
    return Cells(names, reference[shown], batch[shown], len(held) - len(shown))


def shares_of(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide counts, or shares, by their sum."""
    counts = np.asarray(counts, np.float64)
    total = counts.sum()
    return counts / total if total > 0 else np.zeros_like(counts)


def worst_first(features: Iterable[FeatureDrift]) -> list[FeatureDrift]:
    """Order features: alarms first, then by divergence; ties keep their order."""
    return sorted(features, key=lambda f: (not f.drifted, -_or_least(f.divergence)))


def _or_least(divergence: float) -> float:
    return -math.inf if math.isnan(divergence) else divergence


def title_of(report: DriftReport) -> str:
    """Name the divergence with its unit, as on an axis."""
    unit, title = unit_of(report), divergence_title(report.divergence)
    return f"{title} in {unit}" if unit else title


def unit_of(report: DriftReport) -> str:
    """Name the unit of the divergence, if it has one that depends on the base."""
    return str(report.unit) if depends_on_base(report.divergence) else ""


def verdict_of(report: DriftReport) -> str:
    """Say in one sentence whether, and where, there is drift."""
    if not report.drifted:
        return "No drift found"
    found = []
    if any(feature.drifted for feature in report.features):
        found.append(features_in_words(report).removeprefix("Drift in "))
    if report.joint is not None and report.joint.drifted:
        found.append("the dependence of features")
    if report.label is not None and report.label.drifted:
        found.append("the label")
    if any(feature.drifted for feature in report.concept):
        found.append("the label given a feature")
    if not found and report.broken:
        return f"{number_of(len(report.broken), 'column')} could not be compared"
    if report.broken:
        found.append(f"and {number_of(len(report.broken), 'column')} not compared")
    return f"Drift in {', '.join(found)}" if found else "Drift found"


def features_in_words(report: DriftReport) -> str:
    """Say how many features drifted, whatever else did."""
    count = sum(feature.drifted for feature in report.features)
    features = number_of(len(report.features), "feature")
    return f"Drift in {count} of {features}" if count else f"No drift in any of {features}"


def number_of(count: int, noun: str) -> str:
    """Write "1 feature" or "2 features"."""
    if count == 1:
        return f"{count} {noun}"
    return f"{count:,} {noun}{'es' if noun.endswith('ch') else 's'}"


def rows_in_words(count: float) -> str:
    """Write a number of rows, or a sum of weights."""
    return f"{count:,.0f}" if f"{count:.10g}".isdigit() else f"{count:,.1f}"


def samples_in_words(count: float) -> str:
    """Write "1 sample" or "2 samples"."""
    return f"{rows_in_words(count)} sample{'' if count == 1 else 's'}"


def number_text(value: float | None) -> str:
    """Write three digits of a number; a dash for what is unknown."""
    if value is None or math.isnan(value):
        return "–"
    return f"{value:.3g}"


def p_value_text(p: float | None) -> str:
    """Write a p-value in few characters."""
    if p is None or math.isnan(p):
        return "–"
    if p >= 1e-3:
        return f"{p:.2g}"
    return f"{p:.0e}" if p > 1e-300 else "<1e-300"


def p_value_in_words(p: float | None) -> str:
    """Write "p = 0.05", or "p < 1e-300"."""
    text = p_value_text(p)
    return f"p < {text[1:]}" if text.startswith("<") else f"p = {text}"


def share_text(share: float) -> str:
    """Write a share as a percentage; something is never written as nothing."""
    if 0 < share < 0.0005:
        return "<0.1 %"
    return f"{100 * share:.1f} %"


def one_line(text: Any) -> str:
    """Replace line breaks and other control characters by spaces."""
    return "".join(char if char.isprintable() else " " for char in str(text))


def shorten_all(names: list[str]) -> list[str]:
    """Shorten names, without what they all begin with where they would look the same."""
    texts = [shorten(name) for name in names]
    if len(set(texts)) < len(set(names)):
        same = takewhile(lambda chars: len(set(chars)) == 1, zip(*names, strict=False))
        start = len(list(same))
        texts = [shorten(f"…{name[start:]}" if start > 1 else name) for name in names]
    return texts


def shorten(text: str, length: int = 32) -> str:
    """Take out the middle of a long name, since names often differ at the end."""
    text = one_line(text)
    if len(text) <= length:
        return text
    tail = (length - 1) // 2
    return f"{text[: length - 1 - tail]}…{text[-tail:]}"


# A report as lines that fit a terminal ----------------------------------------------------------

_ROWS_PRINTED = 20


def summarize(report: DriftReport) -> str:
    """Write what was found: the verdict, the features, and the rest."""
    lines = [_headline(report), *about_lines(report), *_feature_lines(report)]
    return "\n".join([*lines, *_other_lines(report), *_broken_lines(report)])


def _headline(report: DriftReport) -> str:
    verdict = "DRIFT" if report.drifted else "no drift"
    p_value, batch = p_value_in_words(report.p_value), samples_in_words(report.n_batch)
    return (
        f"{verdict} ({p_value}, level {report.alpha:g}, {report.correction}): {batch} against "
        f"{rows_in_words(report.n_reference)} of the reference"
    )


def about_lines(report: DriftReport) -> list[str]:
    """Say which batch was compared with which profile, if they have names."""
    about = [
        *[f"batch {one_line(report.batch)}"] * (report.batch is not None),
        *[f"of {one_line(report.batch_time)}"] * (report.batch_time is not None),
        *[f"against profile {one_line(report.profile)}"] * (report.profile is not None),
    ]
    if not about:
        return []
    return [" ".join([*about, f"(sklearn-infotheory {report.version})"])]


def _broken_lines(report: DriftReport) -> list[str]:
    broken = [f"{one_line(of.name)}: NOT COMPARED. {one_line(of.problem)}" for of in report.broken]
    return [*broken, *(f"note: {one_line(note)}" for note in report.notes)]


def _feature_lines(report: DriftReport) -> list[str]:
    """Show the features by their adjusted p-values, and how many are not shown."""
    table = report.to_frame().sort_values(
        ["drifted", "adjusted_p_value", "divergence"], ascending=[False, True, False], kind="stable"
    )
    left_out = len(table) - _ROWS_PRINTED
    table["drifted"] = np.where(table["drifted"], "yes", "")
    shown = table.head(_ROWS_PRINTED).drop(columns="minimal_detectable")
    for column in ("feature", "moved"):
        shown[column] = shown[column].map(one_line)
    for column in ("p_value", "adjusted_p_value"):
        shown[column] = shown[column].map(p_value_text)
    text = shown.to_string(index=False, float_format="{:.3g}".format, max_colwidth=60)
    more = [f"... and {left_out} more features, none of them worse"] if left_out > 0 else []
    name = f"{report.divergence} in {report.unit}"
    least = f"smallest divergence likely to be found: {report.minimal_detectable:.3g}"
    return [f"features ({name}; {least})", text, *more]


def _other_lines(report: DriftReport) -> list[str]:
    lines = []
    if report.joint is not None:
        lines.append(_joint_line(report.joint, unit_name(report.base)))
    if report.label is not None:
        lines.append(_verdict("label", report.label.drifted, report.label.adjusted_p_value))
    if report.concept:
        worst = min(report.concept, key=lambda feature: feature.adjusted_p_value)
        drifted = any(feature.drifted for feature in report.concept)
        line = _verdict("label given a feature", drifted, worst.adjusted_p_value)
        lines.append(f"{line} (most for {one_line(worst.name)})")
    return lines


def _joint_line(joint: JointDrift, unit: str) -> str:
    line = _verdict("dependence of features", joint.drifted, joint.adjusted_p_value)
    if joint.method == "pairs" and joint.pairs:
        return f"{line} (most of {' and '.join(map(one_line, joint.pairs[0].names))})"
    if joint.beyond_margins is not None:
        return f"{line} (a classifier sees {joint.beyond_margins:.3g} {unit} beyond the margins)"
    return line


def _verdict(what: str, drifted: bool, p_value: float) -> str:
    return f"{what}: {'DRIFT' if drifted else 'no drift'} (adjusted {p_value_in_words(p_value)})"
