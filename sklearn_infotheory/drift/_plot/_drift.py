"""How far each feature has drifted, and which cells of a feature moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_infotheory._plotting import axes_or_new, check_matplotlib
from sklearn_infotheory.drift._wording import (
    Cells,
    cells_of,
    features_in_words,
    number_of,
    number_text,
    p_value_in_words,
    p_value_text,
    share_text,
    shorten,
    shorten_all,
    title_of,
    unit_of,
    worst_first,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sklearn_infotheory.drift._findings import FeatureDrift
    from sklearn_infotheory.drift._kl_drift_detector import KLDriftDetector
    from sklearn_infotheory.drift._monitor_report import MonitorReport
    from sklearn_infotheory.drift._report import DriftReport

_ALARM, _QUIET = "tab:red", "0.45"
_LEAST_EVIDENCE = 1e-6  # that is told apart in a picture


class DriftDisplay:
    """The divergence of each feature of a batch with its interval, alarms in colour.

    Use :meth:`from_report` or :meth:`from_estimator` to make one.

    Parameters
    ----------
    report : DriftReport
        What :meth:`KLDriftDetector.detect` returned.
    max_features : int, default=20
        Only so many features are drawn: alarms first, then by divergence.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn_infotheory.drift import DriftDisplay, KLDriftDetector
    >>> X, cultivar = load_wine(return_X_y=True, as_frame=True)
    >>> detector = KLDriftDetector(base=2, n_bins=4, random_state=0).fit(X[cultivar < 2])
    >>> display = DriftDisplay.from_report(detector.detect(X[cultivar == 2][:12]), max_features=5)
    >>> display.ax_.get_xlabel()
    'KL(batch || reference) in bits'
    >>> display.plot_feature("proline").ax_.get_xlabel()
    'Share of samples'
    """

    def __init__(self, report: DriftReport, *, max_features: int = 20) -> None:
        self.report = report
        self.max_features = max_features

    @classmethod
    def from_report(
        cls, report: DriftReport, *, max_features: int = 20, ax: Axes | None = None
    ) -> DriftDisplay:
        """Draw the features of a report.

        Parameters
        ----------
        report : DriftReport
            What ``detect`` returned.
        max_features : int, default=20
            Only so many features are drawn: alarms first, then by divergence.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        DriftDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        return cls(report, max_features=max_features).plot(ax=ax)

    @classmethod
    def from_estimator(
        cls,
        estimator: KLDriftDetector,
        X: Any,
        y: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
        max_features: int = 20,
        ax: Axes | None = None,
    ) -> DriftDisplay:
        """Test a batch by a fitted detector, and draw the report.

        Parameters
        ----------
        estimator : KLDriftDetector
            A fitted detector.
        X : array-like or data frame of shape (n_samples, n_features)
            The batch.
        y : array-like of shape (n_samples,), default=None
            Its target, where the detector was fitted with one.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.
        max_features : int, default=20
            Only so many features are drawn: alarms first, then by divergence.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        DriftDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        report = estimator.detect(X, y, sample_weight=sample_weight)
        return cls.from_report(report, max_features=max_features, ax=ax)

    def plot(self, ax: Axes | None = None) -> DriftDisplay:
        """Draw one row a feature, the worst on top, with its adjusted p-value.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        DriftDisplay
            The display, drawn.
        """
        features = worst_first(self.report.features)[: self.max_features]
        ax = _axes_for_rows(ax, len(features), type(self).__name__)
        rows = np.arange(len(features))[::-1]
        for drifted, color, label in ((True, _ALARM, "drift"), (False, _QUIET, "no drift")):
            chosen = [f.drifted == drifted for f in features]
            if any(chosen):
                shown = [f for f in features if f.drifted == drifted]
                _draw_intervals(ax, rows[np.array(chosen)], shown, color, label)
        self._add_reference_lines(ax)
        self._label_rows(ax, rows, features)
        ax.set_xlabel(title_of(self.report))
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, frameon=False, fontsize=8)
        ax.set_title(self._title(len(features)), pad=24)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def plot_feature(
        self, name: str, *, max_cells: int = 20, ax: Axes | None = None
    ) -> DriftDisplay:
        """Draw the cells of one feature, the reference against the batch.

        Parameters
        ----------
        name : str
            Name of the feature, or of the label.
        max_cells : int, default=20
            Of more cells, those that moved most are drawn.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        DriftDisplay
            The display, drawn.
        """
        feature = self._feature(name)
        cells = cells_of(feature, max_cells)
        ax = _axes_for_rows(ax, 1.4 * len(cells.names), type(self).__name__)
        rows = np.arange(len(cells.names))[::-1]
        color = _ALARM if feature.drifted else "tab:blue"
        ax.barh(rows + 0.2, cells.reference, height=0.4, color="0.75", label="reference")
        ax.barh(rows - 0.2, cells.batch, height=0.4, color=color, label="batch")
        _label_cells(ax, rows, cells)
        _add_legend(ax)
        ax.set_title(self._title_of_feature(feature), fontsize=10, pad=24, parse_math=False)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _feature(self, name: str) -> FeatureDrift:
        """Find a feature, or the label, by name."""
        label = [] if self.report.label is None else [self.report.label]
        known = [*self.report.features, *label]
        found = [feature for feature in known if feature.name == name]
        if not found:
            names = ", ".join(repr(feature.name) for feature in known[:20])
            more = ", ..." if len(known) > 20 else ""
            raise ValueError(f"The report has no feature {name!r}. Pass one of {names}{more}.")
        return found[0]

    def _add_reference_lines(self, ax: Axes) -> None:
        """Mark zero, and the tolerance where there is one."""
        ax.axvline(0, color="0.7", linewidth=0.8, zorder=0)
        if self.report.tolerance > 0:
            ax.axvline(
                self.report.tolerance, label="tolerance", color="0.15", linestyle="--", linewidth=1
            )

    def _label_rows(self, ax: Axes, rows: NDArray[np.intp], features: list[FeatureDrift]) -> None:
        """Name the features on the left, and give the p-values on the right."""
        ax.set_yticks(rows, shorten_all([f.name for f in features]), parse_math=False)
        ax.set_ylim(-0.6, len(rows) - 0.4)
        right = ax.secondary_yaxis("right")
        right.set_yticks(rows, [p_value_text(f.adjusted_p_value) for f in features])
        right.tick_params(length=0)
        adjusted = "P-value" if self.report.correction == "none" else "Adjusted p-value"
        right.set_ylabel(adjusted, fontsize=9)

    def _title(self, n_shown: int) -> str:
        n_features = len(self.report.features)
        hidden = f", {n_shown} shown" if n_shown < n_features else ""
        return f"{features_in_words(self.report)}{hidden}"

    def _title_of_feature(self, feature: FeatureDrift) -> str:
        found = "drift" if feature.drifted else "no drift"
        value = f"{number_text(feature.divergence)} {unit_of(self.report)}".strip()
        interval = f"[{number_text(feature.lower)}, {number_text(feature.upper)}]"
        p = p_value_in_words(feature.adjusted_p_value)
        return f"{shorten(feature.name, 60)}\n{found}, {value} {interval}, {p}"


def _draw_intervals(
    ax: Axes, rows: NDArray[np.intp], features: list[FeatureDrift], color: str, label: str
) -> None:
    """Draw intervals as bars, and divergences, which may lie outside of them, as points."""
    bounds = np.array([[f.lower, f.upper] for f in features], np.float64)
    ax.hlines(rows, bounds[:, 0], bounds[:, 1], color=color, linewidth=4, alpha=0.35)
    face = color if label == "drift" else "white"
    values = [f.divergence for f in features]
    ax.plot(values, rows, "o", color=color, markerfacecolor=face, markersize=5, label=label)


def _label_cells(ax: Axes, rows: NDArray[np.intp], cells: Cells) -> None:
    """Name the cells, and write how their shares changed behind the bars."""
    ax.set_yticks(rows, shorten_all(cells.names), parse_math=False)
    ax.set_ylim(-0.7, len(rows) - 0.3)
    highest = max([*cells.reference, *cells.batch, np.finfo(float).tiny])
    ax.set_xlim(0, 1.3 * highest)  # room for the texts
    for row, before, now in zip(rows, cells.reference, cells.batch, strict=True):
        text = f"{share_text(before)} → {share_text(now)}"
        ax.annotate(
            text,
            (max(before, now), row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    ax.set_xlabel("Share of samples")
    if cells.n_left_out:
        ax.set_ylabel(f"{number_of(cells.n_left_out, 'cell')} that moved less left out")


def _add_legend(ax: Axes) -> None:
    """Explain the colours above the axes, where nothing is drawn."""
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False, fontsize=8)


class MonitorDisplay:
    """The evidence of each column that it has drifted, and what raises an alarm.

    Use :meth:`from_report` to make one.

    Parameters
    ----------
    report : MonitorReport
        What :meth:`DriftMonitor.update` returned.
    max_features : int, default=20
        Only so many columns are drawn, those of most evidence.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_infotheory.drift import DriftMonitor, KLDriftDetector, MonitorDisplay
    >>> random = np.random.default_rng(0)
    >>> monitor = DriftMonitor(KLDriftDetector().fit(random.normal(size=(5000, 2))))
    >>> report = monitor.update(random.normal(size=(400, 2)) + [0, 0.5])
    >>> MonitorDisplay.from_report(report).ax_.get_xlabel()
    'Evidence (e-value)'
    """

    def __init__(self, report: MonitorReport, *, max_features: int = 20) -> None:
        self.report = report
        self.max_features = max_features

    @classmethod
    def from_report(
        cls, report: MonitorReport, *, max_features: int = 20, ax: Axes | None = None
    ) -> MonitorDisplay:
        """Draw the columns of a report.

        Parameters
        ----------
        report : MonitorReport
            What ``update`` returned.
        max_features : int, default=20
            Only so many columns are drawn, those of most evidence.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        MonitorDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        return cls(report, max_features=max_features).plot(ax=ax)

    def plot(self, ax: Axes | None = None) -> MonitorDisplay:
        """Draw one bar per column on a logarithmic axis, the most evidence on top.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        MonitorDisplay
            The display, drawn.
        """
        report = self.report
        features = report.by_evidence()[: self.max_features]
        ax = _axes_for_rows(ax, len(features), type(self).__name__)
        rows = np.arange(len(features))[::-1]
        alarm = min(report.alarm_at, 1e300)
        evidence = np.maximum([feature.e_value for feature in features], _LEAST_EVIDENCE)
        colors = [_ALARM if value >= alarm else _QUIET for value in evidence]
        # Bars begin at one: less than that speaks against drift.
        ax.barh(rows, evidence - 1, left=1.0, color=colors, height=0.6)
        ax.set_xscale("log")
        ax.axvline(alarm, color=_ALARM, linestyle="--", label=f"alarm at {alarm:.3g}")
        ax.set_yticks(rows, shorten_all([feature.name for feature in features]))
        ax.set_xlabel("Evidence (e-value)")
        ax.set_title(str(report).splitlines()[0].partition(",")[0])
        ax.legend(loc="best")
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _axes_for_rows(ax: Axes | None, n_rows: float, caller: str) -> Any:
    """Return ``ax``, or new axes tall enough for so many labelled rows."""
    return axes_or_new(ax, caller, 7.5, 1.5 + 0.28 * max(n_rows, 4))
