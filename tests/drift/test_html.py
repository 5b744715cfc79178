"""The report as a page."""

from __future__ import annotations

import math
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from drift.reports import make_feature, make_full_report, make_report

from sklearn_infotheory.drift._html import render_fragment, render_html
from sklearn_infotheory.drift._report import JointDrift, PairDrift

VOID = {"meta", "link", "br", "img", "hr", "path", "rect", "circle"}


class Page(HTMLParser):
    """Checks that tags close in order; collects tags, attributes, text and rows of tables."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.texts = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


def test_page_holds_the_verdict_and_every_part():
    page = Page(render_html(make_full_report(tolerance=0.01)))
    assert page.tags.count("h1") == 1
    verdict = "Drift in 1 of 2 features, the dependence of features, the label, "
    assert verdict in page.text
    for part in ("Features", "Label", "Label given a feature", "Dependence of features"):
        assert part in page.texts
    assert "100 samples against 1,000 of the reference" in page.text
    assert "tolerance 0.01 nats" in page.text
    assert "KL(batch || reference) in nats" in page.text
    assert "The first 2 of 3 pairs." in page.text


def test_quiet_page():
    page = Page(render_html(make_report([make_feature("age")])))
    assert "No drift found" in page.text
    assert ("class", "alarm") not in page.attributes


def test_worst_feature_stands_first_with_its_cells():
    page = Page(render_html(make_report()))
    assert page.texts.index("income") < page.texts.index("age")
    assert "(-inf, 1]: 40.0 % → 10.0 %" in page.text
    assert "missing" not in page.texts  # the cell is empty in both samples


def test_page_fetches_nothing_and_runs_nothing():
    text = render_html(make_full_report())
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert not {name for name, _ in page.attributes} & {"src", "href", "onload", "onclick"}
    assert "url(" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert any("default-src 'none'" in str(value) for _, value in page.attributes)


@pytest.mark.parametrize(
    "evil", ["<script>alert(1)</script>", "</td></table><h1>x", '" onload="x', "a & b", "&lt;"]
)
def test_what_users_named_stays_text(evil):
    pairs = (PairDrift((evil, evil), 0.1, 0.5, 1.0, False),)
    report = make_full_report(
        features=(make_feature(evil, drifted=True, cells=(evil, evil, evil, evil)),),
        label=make_feature(evil),
        concept=(make_feature(evil),),
        joint=JointDrift("pairs", 0.5, 1.0, False, pairs, n_pairs=1),
    )
    page = Page(render_html(report))
    assert evil in page.texts
    assert page.tags.count("h1") == 1
    assert "script" not in page.tags
    assert "onload" not in {name for name, _ in page.attributes}


def test_fragment_is_no_page_of_its_own():
    page = Page(render_fragment(make_report()))
    assert not {"html", "head", "body", "meta", "title"} & set(page.tags)
    assert page.tags[0] == "div"


def test_styles_stay_within_the_report():
    style = re.search(r"<style>(.*?)</style>", render_fragment(make_report()), re.DOTALL)
    assert style is not None
    for rule in re.findall(r"([^{}]+)\{", style[1]):
        assert all(part.strip().startswith(".infotheory-drift") for part in rule.split(","))


def test_classifier():
    joint = JointDrift("classifier", 0.01, 0.02, True, information=0.2, beyond_margins=0.1)
    page = Page(render_html(make_report(joint=joint, base=2)))
    assert "at least 0.2 bits" in page.text
    assert "0.1 bits of it are not in single features" in page.text


def test_numbers_that_are_not_finite():
    features = [
        make_feature("a", divergence=math.inf, upper=math.inf),
        make_feature("b", divergence=math.nan, lower=math.nan, upper=math.nan, p_value=math.nan),
    ]
    page = Page(render_html(make_report(features, minimal_detectable=math.nan)))
    places = [value for name, value in page.attributes if name in ("x", "cx", "width", "d")]
    assert not [place for place in places if "nan" in place or "inf" in place]


def test_all_zero_and_single_cell():
    feature = make_feature(
        divergence=0.0,
        lower=0.0,
        upper=0.0,
        cells=("missing",),
        reference=np.array([5.0]),
        batch=np.array([2.0]),
    )
    page = Page(render_html(make_report([feature])))
    assert "missing: 100.0 % → 100.0 %" in page.text


def test_many_cells_are_cut_to_those_that_moved():
    cells = tuple(f"c{i}" for i in range(50))
    reference, batch = np.full(50, 20.0), np.full(50, 2.0)
    batch[42] = 30
    feature = make_feature(cells=cells, reference=reference, batch=batch)
    page = Page(render_html(make_report([feature])))
    assert "30 cells that moved less left out." in page.text
    assert "c42" in page.texts
    assert "c49" not in page.texts


def test_size_stays_small():
    features = [make_feature(f"column {j}") for j in range(300)]
    assert len(render_html(make_report(features))) < 3000 * 300


def test_every_page_says_which_batch_profile_and_version():
    report = make_report(batch="orders <b>.csv", batch_time="2024-03-04T05:06:07+00:00",
                         profile="orders.json", version="1.2.3",
                         notes=("3 rows have too few fields",))  # fmt: skip
    page = render_html(report)
    assert (
        "batch orders &lt;b&gt;.csv of 2024-03-04T05:06:07+00:00 against profile orders.json"
        in (page)
    )
    assert "(sklearn-infotheory 1.2.3)" in page
    assert "Note: 3 rows have too few fields" in page
    assert 'class="about"' not in render_html(make_report())


def test_the_verdict_stands_beside_the_name_with_a_histogram():
    page = render_html(make_report())
    row = page[page.index('<td class="name">income</td>') :]
    assert row.index('<td class="alarm">drift</td>') < row.index("shares of cells: bars")
    assert row.index("shares of cells: bars") < row.index("<details>")
    assert page.count("shares of cells: bars") == 1  # of what drifted, without a click
    assert page.count('<div class="box"><table>') == page.count("<table>")
