"""What a comparison of a batch with the reference found."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sklearn_infotheory._inference._corrections import CORRECTIONS
from sklearn_infotheory._inference._divergences import DIVERGENCES, divergence_unit
from sklearn_infotheory._storage import Entry, check_kind, finite, reading, write_atomically
from sklearn_infotheory.drift._findings import BrokenColumn, FeatureDrift, JointDrift, PairDrift
from sklearn_infotheory.drift._wording import summarize

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sklearn_infotheory.drift._plot import DriftDisplay

_KIND = "sklearn_infotheory.DriftReport"
_SCHEMA = 1


@dataclass(frozen=True, eq=False, repr=False)
class DriftReport:
    """What :meth:`KLDriftDetector.detect` found.

    Attributes
    ----------
    drifted : bool
        Whether anything drifted: a feature, the dependence of features, the label, or what
        features tell about it.
    p_value : float
        Of the hypothesis that nothing has changed; one for the data set.
    alpha : float
        Level of all tests together.
    correction : {"holm", "bonferroni", "bh", "none"}
        How p-values are corrected for the number of tests.
    divergence : str
        Name of the divergence.
    tolerance : float
        Features drift only if the lower bound of their divergence exceeds this.
    base : float or None
        Base of the logarithm of all divergences; None for nats.
    n_reference, n_batch : float
        Number of samples, or sums of weights.
    features : tuple of FeatureDrift
        One a column, in the order of the reference.
    joint : JointDrift or None
        The dependence of features on each other.
    label : FeatureDrift or None
        The comparison of y.
    concept : tuple of FeatureDrift
        For each feature X, I(Y; D | X), D being "reference or batch", in all rows of both: how
        much the law of Y given X changed. Without cells.
    minimal_detectable : float
        A divergence of any one feature that is at least this is found four times of five.
    broken : tuple of BrokenColumn
        Columns that could not be read, or that only one of both has, with ``on_error="report"``.
        Each is an alarm.
    batch, batch_time : str or None
        Name of the batch, and when it was made.
    profile : str or None
        Name of the profile, for instance its file.
    version : str or None
        Version of this library that made the report.
    notes : tuple of str
        What was odd about the files that were read.
    """

    drifted: bool
    p_value: float
    alpha: float
    correction: str
    divergence: str
    tolerance: float
    base: float | None
    n_reference: float
    n_batch: float
    features: tuple[FeatureDrift, ...]
    joint: JointDrift | None
    label: FeatureDrift | None
    concept: tuple[FeatureDrift, ...]
    minimal_detectable: float
    broken: tuple[BrokenColumn, ...] = ()
    batch: str | None = None
    batch_time: str | None = None
    profile: str | None = None
    version: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """Unit of the divergences; "squared distance" for Hellinger's, which has none."""
        return divergence_unit(self.divergence, self.base)

    @property
    def drifted_features(self) -> list[str]:
        """Names of the features that drifted."""
        return [feature.name for feature in self.features if feature.drifted]

    def to_frame(self) -> pd.DataFrame:
        """Show the features as a table.

        Returns
        -------
        DataFrame
            One row a feature, with the same columns whatever was found: feature, divergence,
            lower, upper, p_value, adjusted_p_value, drifted, minimal_detectable, and moved, the
            cells whose share changed most.
        """
        columns = [*_NUMBERS[:5], "drifted", "minimal_detectable"]
        rows = [
            {"feature": f.name, **{name: getattr(f, name) for name in columns}, "moved": _moves(f)}
            for f in self.features
        ]
        return pd.DataFrame(rows, columns=["feature", *columns, "moved"])

    def to_dict(self) -> dict[str, Any]:
        """Describe the report by what JSON can hold.

        Returns
        -------
        dict
            Strings, finite numbers, booleans, None for numbers that are not finite, lists and
            dictionaries.
        """
        own = {name: getattr(self, name) for name in _OF_REPORT}
        return finite(
            {
                "kind": _KIND,
                "schema": _SCHEMA,
                **own,
                "unit": self.unit,
                "features": [vars(feature) for feature in self.features],
                "joint": None if self.joint is None else _describe_joint(self.joint),
                "label": None if self.label is None else vars(self.label),
                "concept": [vars(feature) for feature in self.concept],
                "broken": [vars(column) for column in self.broken],
                **{name: getattr(self, name) for name in _ABOUT},
                "notes": self.notes,
            }
        )

    @classmethod
    def from_dict(cls, description: dict[str, Any]) -> DriftReport:
        """Restore a report.

        Parameters
        ----------
        description : dict
            What ``to_dict`` returned, for instance after a trip through JSON.

        Returns
        -------
        DriftReport
            The report; numbers that were not finite are NaN.
        """
        check_kind(
            description,
            _KIND,
            _SCHEMA,
            what="report of a KLDriftDetector",
            made_by="DriftReport.to_dict or to_json",
            outdated="Make the report again",
        )
        with reading("The report", "Pass what DriftReport.to_dict returned."):
            return cls._restore(Entry(description))

    @classmethod
    def _restore(cls, entry: Entry) -> DriftReport:
        label, joint, base = entry["label"], entry["joint"], entry["base"]
        return cls(
            drifted=entry["drifted"].flag(),
            p_value=_restore_p_value(entry["p_value"]),
            alpha=entry["alpha"].number(0, 1),
            correction=entry["correction"].one_of(tuple(CORRECTIONS)),
            divergence=entry["divergence"].one_of(tuple(DIVERGENCES)),
            tolerance=entry["tolerance"].number(0),
            base=None if base.is_none else base.number(0),
            n_reference=entry["n_reference"].number(0),
            n_batch=entry["n_batch"].number(0),
            features=tuple(map(_restore_feature, entry["features"].parts())),
            joint=None if joint.is_none else _restore_joint(joint),
            label=None if label.is_none else _restore_feature(label),
            concept=tuple(map(_restore_feature, entry["concept"].parts())),
            minimal_detectable=entry["minimal_detectable"].number_or(np.nan),
            broken=tuple(map(_restore_broken, entry.get("broken", []).parts())),
            notes=tuple(note.text() for note in entry.get("notes", []).parts()),
            **{name: _text_or_none(entry.get(name, None)) for name in _ABOUT},
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
            The JSON text, by RFC 8259: numbers that are not finite are null.
        """
        text = json.dumps(self.to_dict(), allow_nan=False, ensure_ascii=False)
        if path is not None:
            write_atomically(path, text)
        return text

    @classmethod
    def from_json(cls, text: str) -> DriftReport:
        """Read a report that ``to_json`` wrote.

        Parameters
        ----------
        text : str
            The JSON text.

        Returns
        -------
        DriftReport
            The report.
        """
        try:
            description = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(
                f"The text is not valid JSON ({error}), so it is no report, or only a part of one. "
                "Pass what DriftReport.to_json returned."
            ) from error
        return cls.from_dict(description)

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
        from sklearn_infotheory.drift._html import render_html

        page = render_html(self)
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
        from sklearn_infotheory.drift._prometheus import render_prometheus

        return render_prometheus(self)

    def plot(self, ax: Axes | None = None) -> DriftDisplay:
        """Draw the divergence of each feature.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; a new figure by default.

        Returns
        -------
        DriftDisplay
            The display, with ``ax_`` and ``figure_``.
        """
        from sklearn_infotheory.drift._plot import DriftDisplay

        return DriftDisplay.from_report(self, ax=ax)

    def _repr_html_(self) -> str:
        from sklearn_infotheory.drift._html import render_fragment

        return render_fragment(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DriftReport):
            return NotImplemented
        return self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<DriftReport: {summarize(self).splitlines()[0]}>"

    def __str__(self) -> str:
        """Summarise the report in lines that fit a terminal."""
        return summarize(self)


_NUMBERS = ("divergence", "lower", "upper", "p_value", "adjusted_p_value", "minimal_detectable")
_OF_REPORT = (
    "drifted", "p_value", "alpha", "correction", "divergence", "tolerance", "base",
    "n_reference", "n_batch", "minimal_detectable",
)  # fmt: skip


def version_of_package() -> str:
    """Return the version of this library."""
    package = importlib.import_module(__name__.partition(".")[0])  # a layer that none imports
    return str(package.__version__)


_ABOUT = ("batch", "batch_time", "profile", "version")


def _text_or_none(entry: Entry) -> str | None:
    return None if entry.is_none else entry.text()


def _restore_broken(entry: Entry) -> BrokenColumn:
    return BrokenColumn(entry["name"].text(), entry["problem"].text())


def _moves(feature: FeatureDrift, n: int = 3) -> str:
    """Write the cells that moved most in one line."""
    moves = [f"{cell}: {before:.1%} -> {after:.1%}" for cell, before, after in feature.moved(n)]
    return ", ".join([*[feature.remark] * bool(feature.remark), *moves])


def _describe_joint(joint: JointDrift) -> dict[str, Any]:
    return vars(joint) | {"pairs": [vars(pair) for pair in joint.pairs]}


def _restore_p_value(entry: Entry) -> float:
    return np.nan if entry.is_none else entry.number(0, 1)


def _restore_feature(entry: Entry) -> FeatureDrift:
    cells = tuple(cell.text() for cell in entry["cells"].parts())
    before, after = (
        entry[name].numbers(len(cells), least=0, of="counts") for name in ("reference", "batch")
    )
    numbers = {
        name: entry[name].number_or(np.nan)
        for name in ("divergence", "lower", "upper", "minimal_detectable")
    }
    return FeatureDrift(
        name=entry["name"].text(),
        p_value=_restore_p_value(entry["p_value"]),
        adjusted_p_value=_restore_p_value(entry["adjusted_p_value"]),
        drifted=entry["drifted"].flag(),
        cells=cells,
        reference=before,
        batch=after,
        remark=entry.get("remark", "").text(),
        **numbers,
    )


def _restore_joint(entry: Entry) -> JointDrift:
    information, beyond = (
        None if entry[name].is_none else entry[name].number()
        for name in ("information", "beyond_margins")
    )
    return JointDrift(
        method=entry["method"].one_of(("pairs", "classifier")),
        p_value=_restore_p_value(entry["p_value"]),
        adjusted_p_value=_restore_p_value(entry["adjusted_p_value"]),
        drifted=entry["drifted"].flag(),
        pairs=tuple(map(_restore_pair, entry["pairs"].parts())),
        n_pairs=entry["n_pairs"].whole(),
        information=information,
        beyond_margins=beyond,
    )


def _restore_pair(entry: Entry) -> PairDrift:
    first, second = (name.text() for name in entry["names"].parts(2))
    return PairDrift(
        names=(first, second),
        change=entry["change"].number_or(np.nan),
        p_value=_restore_p_value(entry["p_value"]),
        adjusted_p_value=_restore_p_value(entry["adjusted_p_value"]),
        drifted=entry["drifted"].flag(),
    )
