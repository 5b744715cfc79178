"""What a monitor knows after some batches, for people and programs."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sklearn_infotheory._storage import Entry, check_kind, finite, reading, write_atomically
from sklearn_infotheory.drift._wording import number_of, one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sklearn_infotheory.drift._plot import MonitorDisplay

_KIND = "sklearn_infotheory.MonitorReport"
_SCHEMA = 1


@dataclass(frozen=True)
class FeatureEvidence:
    """The evidence that one column has drifted.

    Attributes
    ----------
    name : str
        Name of the column.
    e_value : float
        Its e-process: the larger, the less the batches are like the reference.
    began : int
        Index of the batch with which the best explanation has the change begin.
    """

    name: str
    e_value: float
    began: int


@dataclass(frozen=True)
class MonitorReport:
    """What a :class:`DriftMonitor` knows after some batches.

    Attributes
    ----------
    drifted : bool
        Whether the evidence has ever been enough for an alarm.
    e_value : float
        The evidence, of all columns together; an alarm is raised when it reaches 1 / alpha.
    alpha : float
        Probability of an alarm, ever, if nothing drifts.
    n_batches : int
        Number of batches seen.
    alarm_since : int or None
        Index of the batch that raised the alarm.
    began : int or None
        Index of the batch with which the change most likely began, by the column of most evidence.
    features : tuple of FeatureEvidence
        The evidence of each column; that of y comes last, if the reference has y.
    """

    drifted: bool
    e_value: float
    alpha: float
    n_batches: int
    alarm_since: int | None
    began: int | None
    features: tuple[FeatureEvidence, ...]

    def to_frame(self) -> pd.DataFrame:
        """Show the evidence of the columns as a table.

        Returns
        -------
        DataFrame
            One row per column: feature, e_value, began.
        """
        rows = [(f.name, f.e_value, f.began) for f in self.features]
        return pd.DataFrame(rows, columns=["feature", "e_value", "began"])

    def to_dict(self) -> dict[str, Any]:
        """Describe the report by what JSON can hold.

        Returns
        -------
        dict
            Strings, finite numbers, booleans, None, lists and dictionaries.
        """
        features = [vars(feature) for feature in self.features]
        return finite({"kind": _KIND, "schema": _SCHEMA, **vars(self), "features": features})

    @classmethod
    def from_dict(cls, description: dict[str, Any]) -> MonitorReport:
        """Restore a report.

        Parameters
        ----------
        description : dict
            What ``to_dict`` returned, for instance after a trip through JSON.

        Returns
        -------
        MonitorReport
            The report.
        """
        check_kind(
            description,
            _KIND,
            _SCHEMA,
            what="report of a DriftMonitor",
            made_by="MonitorReport.to_dict or to_json",
            outdated="Make the report again",
        )
        with reading("The report", "Pass what MonitorReport.to_dict returned."):
            entry = Entry(description)
            alarm, began = (_batch_or_none(entry[name]) for name in ("alarm_since", "began"))
            return cls(
                drifted=entry["drifted"].flag(),
                e_value=entry["e_value"].number(0),
                alpha=entry["alpha"].number(0, 1),
                n_batches=entry["n_batches"].whole(),
                alarm_since=alarm,
                began=began,
                features=tuple(map(_restore_evidence, entry["features"].parts())),
            )

    def to_json(self, path: str | Path | None = None) -> str:
        """Write the report as JSON.

        Parameters
        ----------
        path : str or Path, default=None
            A file to write to as well; never left half written.

        Returns
        -------
        str
            The JSON text.
        """
        text = json.dumps(self.to_dict(), allow_nan=False, ensure_ascii=False)
        if path is not None:
            write_atomically(path, text)
        return text

    def to_html(self, path: str | Path | None = None) -> str:
        """Write the report as one self-contained page.

        Parameters
        ----------
        path : str or Path, default=None
            A file to write to as well; never left half written.

        Returns
        -------
        str
            The page.
        """
        from sklearn_infotheory.drift._html import render_monitor

        page = render_monitor(self)
        if path is not None:
            write_atomically(path, page)
        return page

    def to_prometheus(self) -> str:
        """Write the report in the text format that Prometheus reads.

        Returns
        -------
        str
            The metrics, by version 0.0.4 of the exposition format.
        """
        from sklearn_infotheory.drift._prometheus import render_monitor

        return render_monitor(self)

    def plot(self, ax: Axes | None = None) -> MonitorDisplay:
        """Draw the evidence of each column.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; a new figure by default.

        Returns
        -------
        MonitorDisplay
            The display, with ``ax_`` and ``figure_``.
        """
        from sklearn_infotheory.drift._plot import MonitorDisplay

        return MonitorDisplay.from_report(self, ax=ax)

    def _repr_html_(self) -> str:
        from sklearn_infotheory.drift._html import render_monitor_fragment

        return render_monitor_fragment(self)

    def __str__(self) -> str:
        """Summarise the report in two lines."""
        verdict = f"DRIFT since batch {self.alarm_since}" if self.drifted else "no drift"
        line = f"{verdict}: e = {self.e_value:.3g} after {number_of(self.n_batches, 'batch')}"
        if not self.drifted:
            return f"{line}, alarm at {self.alarm_at:.3g}"
        worst = self.by_evidence()[0]
        name = one_line(worst.name)
        return f"{line}\nmost evidence: {name}, beginning with batch {worst.began}"

    @property
    def alarm_at(self) -> float:
        """Evidence that raises an alarm."""
        return 1 / self.alpha if self.alpha > 0 else math.inf

    def by_evidence(self) -> list[FeatureEvidence]:
        """List the columns, those of most evidence first.

        Returns
        -------
        list of FeatureEvidence
            Columns of equal evidence keep their order.
        """
        return sorted(self.features, key=lambda feature: -feature.e_value)


def _batch_or_none(entry: Entry) -> int | None:
    return None if entry.is_none else entry.whole()


def _restore_evidence(entry: Entry) -> FeatureEvidence:
    return FeatureEvidence(
        entry["name"].text(), entry["e_value"].number(0), entry["began"].whole(-1)
    )
