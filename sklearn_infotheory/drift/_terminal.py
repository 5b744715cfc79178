"""A report as lines that fit a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_infotheory._units import unit_name
from sklearn_infotheory.drift._findings import JointDrift
from sklearn_infotheory.drift._wording import (
    one_line,
    p_value_in_words,
    p_value_text,
    rows_in_words,
    samples_in_words,
)

if TYPE_CHECKING:
    from sklearn_infotheory.drift._report import DriftReport

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
