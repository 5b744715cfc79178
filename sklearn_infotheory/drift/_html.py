"""A drift report as a page: one file, no scripts, nothing fetched from anywhere.

Colours follow the reader's light or dark theme; pictures are drawn in the colour of the text.

The page is a ``string.Template``. Rows and pictures are not: a row has as many cells as there is to
say, each escaped where it is made, and a template engine would be a dependency for these lines.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from string import Template
from typing import TYPE_CHECKING, Any

from sklearn_infotheory._inference._divergences import divergence_title
from sklearn_infotheory._units import unit_name
from sklearn_infotheory.drift._wording import (
    CORRECTIONS,
    about_lines,
    cells_of,
    number_of,
    number_text,
    one_line,
    p_value_text,
    rows_in_words,
    samples_in_words,
    share_text,
    shares_of,
    title_of,
    unit_of,
    verdict_of,
    worst_first,
)

if TYPE_CHECKING:
    from sklearn_infotheory.drift._findings import FeatureDrift, JointDrift
    from sklearn_infotheory.drift._monitor_report import MonitorReport
    from sklearn_infotheory.drift._report import DriftReport

_MOST_CELLS = 20
_MOST_BARS = 40  # of a small histogram
_MOST_PAIRS = 50
_WIDTH = 140  # of a picture of an interval, in pixels

_STYLE = """
.infotheory-drift { font: 14px/1.45 system-ui, sans-serif; }
.infotheory-drift { max-width: 100%; }
.infotheory-drift h1 { font-size: 1.5em; margin: 0 0 .2em; overflow-wrap: anywhere; }
.infotheory-drift h1.alarm { white-space: normal; }
.infotheory-drift h2 { font-size: 1.15em; margin: 1.4em 0 .3em; }
.infotheory-drift p { margin: .3em 0; max-width: 75em; overflow-wrap: anywhere; }
.infotheory-drift .box { overflow-x: auto; max-width: 100%; }
.infotheory-drift .about { opacity: .75; font-size: .92em; }
.infotheory-drift table { border-collapse: collapse; }
.infotheory-drift th, .infotheory-drift td {
  padding: .25em .6em; text-align: left; vertical-align: top;
  border-bottom: 1px solid rgba(128, 128, 128, .35);
}
.infotheory-drift th { white-space: nowrap; overflow-wrap: normal; }
.infotheory-drift td { overflow-wrap: anywhere; }
.infotheory-drift .number { text-align: right; font-variant-numeric: tabular-nums; }
.infotheory-drift td.number { white-space: nowrap; }
.infotheory-drift .name { min-width: 7em; max-width: 22em; }
.infotheory-drift .cells { min-width: 18em; max-width: 40em; }
.infotheory-drift .cell { min-width: 12em; }
.infotheory-drift summary { cursor: pointer; }
.infotheory-drift details td { border: 0; padding: .05em .5em; }
.infotheory-drift .alarm { color: #d62728; font-weight: 600; white-space: nowrap; }
.infotheory-drift .quiet, .infotheory-drift .note { opacity: .75; }
.infotheory-drift svg { vertical-align: middle; }
"""

_PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
</head>
<body style="margin: clamp(.6em, 3vw, 2em)">
$body
</body>
</html>
""")


def render_html(report: DriftReport) -> str:
    """Write the report as a page of its own."""
    return _PAGE.substitute(title=escape(verdict_of(report)), body=render_fragment(report))


def render_fragment(report: DriftReport) -> str:
    """Write the report as a part of a page, for instance of a notebook."""
    sections = [
        f"<style>{_STYLE}</style>",
        _headline(report),
        _broken(report),
        _features(report),
        _label(report),
        _concept(report),
        _joint(report),
        _footnote(report),
    ]
    return "\n".join(['<div class="infotheory-drift">', *filter(None, sections), "</div>"])


def render_monitor(report: MonitorReport) -> str:
    """Write what a monitor knows as a page of its own."""
    title = escape(str(report).splitlines()[0])
    return _PAGE.substitute(title=title, body=render_monitor_fragment(report))


def render_monitor_fragment(report: MonitorReport) -> str:
    """Write what a monitor knows as a part of a page."""
    verdict, *more = str(report).splitlines()
    style = "alarm" if report.drifted else "quiet"
    heads = ["Feature", *_number_heads("evidence (e-value)", "change began with batch")]
    rows = [
        [
            f'<td class="name">{_text(feature.name)}</td>',
            _number(number_text(feature.e_value)),
            _number("–" if feature.began < 0 else str(feature.began)),
        ]
        for feature in report.by_evidence()
    ]
    note = (
        f"An alarm is raised when the evidence of all features reaches {report.alarm_at:.3g}; "
        f"it is false with a probability of at most {report.alpha:g}, ever. Batches are counted "
        "from 0."
    )
    sections = [
        f"<style>{_STYLE}</style>",
        f'<h1 class="{style}">{_text(verdict)}</h1>',
        *(f"<p>{_text(line)}</p>" for line in more),
        _table(heads, rows),
        f'<p class="note">{escape(note)}</p>',
    ]
    return "\n".join(['<div class="infotheory-drift">', *sections, "</div>"])


def _headline(report: DriftReport) -> str:
    """The verdict, and what it rests on."""
    style = "alarm" if report.drifted else "quiet"
    minimal = f"{number_text(report.minimal_detectable)} {unit_of(report)}".strip()
    facts = [
        f"{samples_in_words(report.n_batch)} against {rows_in_words(report.n_reference)} "
        "of the reference",
        f"p-value of the data set {p_value_text(report.p_value)}",
        f"level {report.alpha:g}, {_correction(report)}",
        f"smallest divergence likely to be found in such a batch: {minimal}",
    ]
    if report.tolerance > 0:
        facts.append(f"tolerance {report.tolerance:g} {unit_of(report)}".strip())
    about = "".join(f'<p class="about">{_text(line)}</p>\n' for line in about_lines(report))
    return (
        f'<h1 class="{style}">{escape(verdict_of(report))}</h1>\n{about}'
        f"<p>{escape('; '.join(facts))}.</p>"
    )


def _broken(report: DriftReport) -> str:
    """Columns that were not compared, and what was odd about the files."""
    parts = []
    if report.broken:
        rows = [
            [f'<td class="name">{_text(of.name)}</td>', f"<td>{_text(of.problem)}</td>"]
            for of in report.broken
        ]
        parts.append(f"<h2>Not compared</h2>\n{_table(['Column', 'Problem'], rows)}")
    parts += [f'<p class="note">Note: {_text(note)}</p>' for note in report.notes]
    return "\n".join(parts)


def _correction(report: DriftReport) -> str:
    name = CORRECTIONS.get(report.correction)
    return "p-values not adjusted" if name is None else f"p-values adjusted by {name}"


def _features(report: DriftReport) -> str:
    if not report.features:
        return ""
    table = _table_of_divergences(report.features, title_of(report))
    return f"<h2>Features</h2>\n{table}"


def _label(report: DriftReport) -> str:
    if report.label is None:
        return ""
    return f"<h2>Label</h2>\n{_table_of_divergences([report.label], title_of(report), 'Label')}"


def _concept(report: DriftReport) -> str:
    if not report.concept:
        return ""
    title = f"I(label; domain | feature) in {unit_name(report.base)}"
    return (
        "<h2>Label given a feature</h2>\n"
        "<p>Does the same value of a feature still go with the same label? "
        "The domain is reference or batch.</p>\n"
        f"{_table_of_divergences(report.concept, title)}"
    )


def _table_of_divergences(
    features: Iterable[FeatureDrift], title: str, head: str = "Feature"
) -> str:
    """One row a feature, the worst first."""
    features = worst_first(features)
    scale = _Scale(features)
    with_cells = any(len(feature.cells) for feature in features)
    # The verdict stands beside the name: on a narrow screen, the rest is scrolled to.
    heads = [head, "", *["Reference and batch"] * with_cells]
    heads += [
        *_number_heads("divergence", "95 % interval"),
        "",
        *_number_heads("p-value", "adjusted"),
    ]
    heads += ["The cell that moved most"] * with_cells
    rows = [_row_of_feature(feature, scale, with_cells) for feature in features]
    return f"<p>Divergence: {escape(title)}.</p>\n{_table(heads, rows)}"


def _row_of_feature(feature: FeatureDrift, scale: _Scale, with_cells: bool) -> list[str]:
    interval = f"{number_text(feature.lower)} to {number_text(feature.upper)}"
    return [
        f'<td class="name">{_text(feature.name)}</td>',
        _verdict(feature.drifted),
        *[f"<td>{_histogram(feature) if feature.drifted else ''}</td>"] * with_cells,
        _number(number_text(feature.divergence)),
        _number(interval),
        f"<td>{scale.picture(feature)}</td>",
        _number(p_value_text(feature.p_value)),
        _number(p_value_text(feature.adjusted_p_value)),
        *[f'<td class="cells">{_cells(feature)}</td>'] * with_cells,
    ]


class _Scale:
    """One axis for the intervals of all rows of a table."""

    def __init__(self, features: list[FeatureDrift]) -> None:
        values = [x for f in features for x in (f.divergence, f.lower, f.upper, 0.0)]
        values = [x for x in values if x is not None and math.isfinite(x)]
        self.low, self.high = min(values), max(values)
        if self.high == self.low:
            self.high = self.low + 1.0

    def place(self, value: float | None) -> float:
        """Map a value to pixels; an infinite or unknown one to an end."""
        value = self.low if value is None or math.isnan(value) else value
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(6 + share * (_WIDTH - 12), 1)

    def picture(self, feature: FeatureDrift) -> str:
        """Draw zero as a line, the interval as a bar, and the divergence as a dot."""
        start, end = self.place(feature.lower), self.place(feature.upper)
        zero, value = self.place(0.0), self.place(feature.divergence)
        fill = "#d62728" if feature.drifted else "currentColor"
        return (
            f'<svg width="{_WIDTH}" height="16" role="img" aria-label="interval">'
            f'<path d="M{zero} 0V16" stroke="currentColor" opacity=".4"/>'
            f'<rect x="{start}" y="6" width="{max(end - start, 1):.1f}" height="4" '
            f'fill="{fill}" opacity=".45"/>'
            f'<circle cx="{value}" cy="8" r="3.5" fill="{fill}"/></svg>'
        )


def _cells(feature: FeatureDrift) -> str:
    """The cell that moved most; behind it, on request, all of them."""
    if not len(feature.cells):
        return ""
    reference, batch = shares_of(feature.reference), shares_of(feature.batch)
    most = int(abs(batch - reference).argmax())
    change = f"{share_text(reference[most])} → {share_text(batch[most])}"
    cells = cells_of(feature, _MOST_CELLS)
    highest = max([*cells.reference, *cells.batch, 1e-300])
    rows = [
        [
            f'<td class="cell">{_text(name)}</td>',
            _number(share_text(before)),
            _number(share_text(now)),
            f"<td>{_bars(before / highest, now / highest)}</td>",
        ]
        for name, before, now in zip(cells.names, cells.reference, cells.batch, strict=True)
    ]
    heads = ["Cell", *_number_heads("reference", "batch"), ""]
    left_out = f"{number_of(cells.n_left_out, 'cell')} that moved less left out."
    note = f'<p class="note">{left_out}</p>' if cells.n_left_out else ""
    remark = f"{_text(feature.remark)}; " if feature.remark else ""
    return (
        f"<details><summary>{remark}{_text(feature.cells[most])}: {escape(change)}</summary>"
        f"{_table(heads, rows)}{note}</details>"
    )


def _histogram(feature: FeatureDrift) -> str:
    """Draw the shares of all cells: grey bars of the reference, a line over each for the batch."""
    cells = cells_of(feature, _MOST_BARS)
    highest = max([*cells.reference, *cells.batch, 1e-300])
    width = min(max(96 / max(len(cells.names), 1), 2.0), 14.0)
    color = "#d62728" if feature.drifted else "currentColor"
    parts = []
    for i, (before, now) in enumerate(zip(cells.reference, cells.batch, strict=True)):
        left, height, top = i * width, 30 * before / highest, 32 - 30 * now / highest
        parts.append(
            f'<rect x="{left + 0.5:.1f}" y="{32 - height:.1f}" width="{width - 1:.1f}" '
            f'height="{height:.1f}" fill="currentColor" opacity=".3"/>'
            f'<path d="M{left:.1f} {top:.1f}h{width:.1f}" stroke="{color}" stroke-width="2"/>'
        )
    total = width * len(cells.names)
    label = "shares of cells: bars of the reference, lines of the batch"
    return (
        f'<svg width="{total:.0f}" height="34" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )


def _bars(before: float, now: float) -> str:
    """Draw the share of the reference above that of the batch."""
    return (
        '<svg width="80" height="14" role="img" aria-label="shares">'
        f'<rect y="1" width="{80 * before:.1f}" height="5" fill="currentColor" opacity=".35"/>'
        f'<rect y="8" width="{80 * now:.1f}" height="5" fill="currentColor"/></svg>'
    )


def _joint(report: DriftReport) -> str:
    """What changed between features, beyond what changed in each."""
    joint = report.joint
    if joint is None:
        return ""
    found = "has changed" if joint.drifted else "has not changed noticeably"
    p = f"p-value {p_value_text(joint.p_value)}, adjusted {p_value_text(joint.adjusted_p_value)}"
    lines = ["<h2>Dependence of features</h2>", f"<p>The dependence {found} ({escape(p)}).</p>"]
    unit = unit_name(report.base)
    if joint.information is not None:
        lines.append(f"<p>{escape(_classifier_in_words(joint, unit))}</p>")
    if joint.pairs:
        lines.append(_table_of_pairs(joint, unit))
    return "\n".join(lines)


def _classifier_in_words(joint: JointDrift, unit: str) -> str:
    words = (
        f"A row tells a classifier at least {number_text(joint.information)} {unit} about whether "
        "it is of the batch"
    )
    if joint.beyond_margins is None:
        return f"{words}."
    return f"{words}; {number_text(joint.beyond_margins)} {unit} of it are not in single features."


def _table_of_pairs(joint: JointDrift, unit: str) -> str:
    heads = ["Feature", "Feature", *_number_heads(f"Change in {unit}", "p-value", "adjusted"), ""]
    rows = [
        [
            *(f'<td class="name">{_text(name)}</td>' for name in pair.names),
            _number(number_text(pair.change)),
            _number(p_value_text(pair.p_value)),
            _number(p_value_text(pair.adjusted_p_value)),
            _verdict(pair.drifted),
        ]
        for pair in joint.pairs[:_MOST_PAIRS]
    ]
    count = f"The first {len(rows)} of {number_of(joint.n_pairs, 'pair')}."
    note = f'<p class="note">{count}</p>' if len(rows) < joint.n_pairs else ""
    return _table(heads, rows) + note


def _footnote(report: DriftReport) -> str:
    """How to read the page."""
    title = divergence_title(report.divergence)
    note = (
        f"{title} is corrected for the bias that chance adds, so it can be below zero where there "
        "is no drift. P-values are those of the information between cell and sample, whatever the "
        "divergence: of random splits of the pooled counts, or of the G-test where these are large."
    )
    return f'<p class="note">{escape(note)}</p>'


def _table(heads: list[str], rows: list[list[str]]) -> str:
    """Join cells to a table; heads that are not markup yet are escaped."""
    marked = [head if head.startswith("<th") else f"<th>{escape(head)}</th>" for head in heads]
    lines = [f"<tr>{''.join(cells)}</tr>" for cells in rows]
    body = "\n".join(lines)
    head = f"<thead><tr>{''.join(marked)}</tr></thead>"
    return f'<div class="box"><table>\n{head}\n<tbody>\n{body}\n</tbody>\n</table></div>'


def _number_heads(*texts: str) -> list[str]:
    return [f'<th class="number">{escape(text)}</th>' for text in texts]


def _number(text: str) -> str:
    return f'<td class="number">{escape(text)}</td>'


def _verdict(drifted: bool) -> str:
    if drifted:
        return '<td class="alarm">drift</td>'
    return '<td class="quiet">–</td>'


def _text(text: Any) -> str:
    """Write what users named as text, whatever it holds."""
    return escape(one_line(text))
