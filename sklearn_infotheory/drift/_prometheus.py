"""A drift report in the text format that Prometheus reads, version 0.0.4.

Written here, and not by prometheus-client: that keeps metrics for the life of a process, in a
registry that all of it shares, and a report is one moment of one batch, written to a file. The
tests read the text with its parser, and find every figure again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sklearn_infotheory._units import unit_name
from sklearn_infotheory.drift._wording import unit_of

if TYPE_CHECKING:
    from sklearn_infotheory.drift._findings import FeatureDrift, JointDrift
    from sklearn_infotheory.drift._monitor_report import MonitorReport
    from sklearn_infotheory.drift._report import DriftReport

_PREFIX = "sklearn_infotheory_drift"

Sample = tuple[dict[str, str], float]


def render_prometheus(report: DriftReport) -> str:
    """Write every figure of the report as a gauge, with its unit in its name."""
    lines: list[str] = []
    for name, meaning, samples in _gauges(report):
        rows = [f"{name}{_labels(labels)} {_number(value)}" for labels, value in samples]
        if rows:
            lines += [f"# HELP {name} {meaning}", f"# TYPE {name} gauge", *rows]
    return "\n".join([*lines, ""])


def render_monitor(report: MonitorReport) -> str:
    """Write the evidence of a monitor as gauges."""
    figures = [
        ("detected", "Whether there has been an alarm (1) or not (0).", report.drifted),
        ("e_value", "Evidence of all columns together.", report.e_value),
        ("alarm_e_value", "Evidence that raises an alarm.", report.alarm_at),
        ("batches", "Number of batches seen.", report.n_batches),
    ]
    gauges: list[tuple[str, str, list[Sample]]] = [
        (name, meaning, [({}, float(value))]) for name, meaning, value in figures
    ]
    evidence: list[Sample] = [({"feature": str(f.name)}, f.e_value) for f in report.features]
    gauges.append(("feature_e_value", "Evidence of a feature.", evidence))
    lines: list[str] = []
    for name, meaning, samples in gauges:
        full = f"{_PREFIX}_monitor_{name}"
        rows = [f"{full}{_labels(labels)} {_number(value)}" for labels, value in samples]
        lines += [f"# HELP {full} {meaning}", f"# TYPE {full} gauge", *rows]
    return "\n".join([*lines, ""])


def _gauges(report: DriftReport) -> Iterator[tuple[str, str, Iterable[Sample]]]:
    """Yield name, meaning and samples of each metric."""
    unit = _suffix(unit_of(report))
    yield from _gauges_of_report(report, unit)
    yield from _gauges_of_features("feature", "of a feature", report.features, unit, report)
    label = () if report.label is None else (report.label,)
    yield from _gauges_of_features("label", "of the label", label, unit, report)
    nats = _suffix(unit_name(report.base))
    of_concept = "of the label given a feature"
    yield from _gauges_of_features("concept", of_concept, report.concept, nats, report)
    if report.joint is not None:
        yield from _gauges_of_joint(report.joint, nats)


def _gauges_of_report(
    report: DriftReport, unit: str
) -> Iterator[tuple[str, str, Iterable[Sample]]]:
    figures = [
        ("detected", "Whether the batch has drifted (1) or not (0).", report.drifted),
        ("p_value", "P-value of the data set.", report.p_value),
        ("broken_columns", "Columns that could not be compared.", len(report.broken)),
        ("alpha", "Level of the test: the share of false alarms allowed.", report.alpha),
        ("reference_samples", "Samples, or sum of weights, of the reference.", report.n_reference),
        ("batch_samples", "Samples, or sum of weights, of the batch.", report.n_batch),
        (
            f"minimal_detectable{unit}",
            "Smallest divergence likely to be found in a batch of this size.",
            report.minimal_detectable,
        ),
        (
            f"tolerance{unit}",
            "Divergence up to which there is no alarm.",
            report.tolerance,
        ),
    ]
    for name, meaning, value in figures:
        yield f"{_PREFIX}_{name}", meaning, [({}, value)]


def _gauges_of_features(
    kind: str, whose: str, features: Iterable[FeatureDrift], unit: str, report: DriftReport
) -> Iterator[tuple[str, str, Iterable[Sample]]]:
    """Gauges with one sample a feature."""
    is_concept = kind == "concept"
    what = "Information I(label; domain | feature)" if is_concept else f"Divergence {whose}"
    measure = {} if is_concept else {"measure": str(report.divergence)}
    attributes = {
        f"divergence{unit}": ("divergence", f"{what}, corrected for bias.", measure),
        f"divergence_lower{unit}": ("lower", f"{what}, lower bound at 95 percent.", measure),
        f"divergence_upper{unit}": ("upper", f"{what}, upper bound at 95 percent.", measure),
        "p_value": ("p_value", f"P-value {whose}, not adjusted.", {}),
        "adjusted_p_value": ("adjusted_p_value", f"P-value {whose}, adjusted.", {}),
        "detected": ("drifted", f"Whether there is drift {whose} (1) or not (0).", {}),
    }
    key = "label" if kind == "label" else "feature"
    for name, (attribute, meaning, more) in attributes.items():
        samples = [({key: str(f.name), **more}, getattr(f, attribute)) for f in features]
        yield f"{_PREFIX}_{kind}_{name}", meaning, samples


def _gauges_of_joint(joint: JointDrift, unit: str) -> Iterator[tuple[str, str, Iterable[Sample]]]:
    method = {"method": str(joint.method)}
    figures = {
        "p_value": (joint.p_value, "P-value of joint drift."),
        "adjusted_p_value": (joint.adjusted_p_value, "P-value of joint drift, adjusted."),
        "detected": (joint.drifted, "Whether the dependence has drifted (1) or not (0)."),
        f"information{unit}": (
            joint.information,
            "Lower bound of what a row tells about whether it is of the batch.",
        ),
        f"beyond_margins{unit}": (
            joint.beyond_margins,
            "How much of this information single features do not have.",
        ),
    }
    for name, (value, meaning) in figures.items():
        yield f"{_PREFIX}_joint_{name}", meaning, [] if value is None else [(method, value)]
    attributes = {
        f"change{unit}": ("change", "Change of the dependence of two features."),
        "p_value": ("p_value", "P-value of the change, not adjusted."),
        "adjusted_p_value": ("adjusted_p_value", "P-value of the change, adjusted."),
        "detected": ("drifted", "Whether the dependence has drifted (1) or not (0)."),
    }
    for name, (attribute, meaning) in attributes.items():
        samples = [
            ({"first": str(p.names[0]), "second": str(p.names[1])}, getattr(p, attribute))
            for p in joint.pairs
        ]
        yield f"{_PREFIX}_pair_{name}", meaning, samples


def _suffix(unit: str) -> str:
    """Turn a unit into the end of a metric's name."""
    return "".join(f"_{word}" for word in re.findall(r"[A-Za-z0-9]+", unit))


def _labels(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escape(text)}"' for name, text in labels.items()) + "}"


def _escape(text: str) -> str:
    """Escape a label's value as the exposition format asks."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float | None) -> str:
    """Write a number as Go's ParseFloat reads it."""
    if value is None or math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(float(value))
