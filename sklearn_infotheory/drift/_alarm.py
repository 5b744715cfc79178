"""How a detector in a pipeline speaks up."""

from __future__ import annotations

from sklearn_infotheory.drift._report import DriftReport
from sklearn_infotheory.drift._wording import p_value_in_words, samples_in_words

_MOST_NAMES = 5


class _WithReport(Exception):
    """Carries a report beside its message."""

    def __init__(self, message: str, report: DriftReport) -> None:
        super().__init__(message, report)
        self.report = report

    def __str__(self) -> str:
        return str(self.args[0])


class DriftWarning(_WithReport, UserWarning):
    """Warns that a batch is not like the reference.

    Parameters
    ----------
    message : str
        What drifted.
    report : DriftReport
        The whole comparison.

    Attributes
    ----------
    report : DriftReport
        The whole comparison.
    """


class DriftError(_WithReport, RuntimeError):
    """Says that a batch is not like the reference, where ``on_drift="raise"``.

    Parameters
    ----------
    message : str
        What drifted.
    report : DriftReport
        The whole comparison.

    Attributes
    ----------
    report : DriftReport
        The whole comparison.
    """


def alarm_message(report: DriftReport) -> str:
    """Say what drifted, in one line."""
    features = report.drifted_features
    named = ", ".join(map(repr, features[:_MOST_NAMES]))
    more = f" and {len(features) - _MOST_NAMES} more" if len(features) > _MOST_NAMES else ""
    what = [f"features {named}{more}"] * bool(features)
    what += ["the dependence of features"] * (report.joint is not None and report.joint.drifted)
    what += ["the label"] * (report.label is not None and report.label.drifted)
    what += ["what features tell of the label"] * any(f.drifted for f in report.concept)
    what += [f"column {of.name!r} was not compared: {of.problem}" for of in report.broken]
    return (
        f"{samples_in_words(report.n_batch)} drifted from the reference "
        f"({p_value_in_words(report.p_value)}): "
        f"{'; '.join(what)}. See the report that comes with this message."
    )
