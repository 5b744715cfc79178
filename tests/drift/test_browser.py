"""The page in a browser: Debian's chromium, skipped where there is none."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from drift.reports import make_feature, make_full_report

from sklearn_infotheory.drift import DriftMonitor, KLDriftDetector
from sklearn_infotheory.drift._findings import BrokenColumn

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs chromium")

# Added to the page for the test alone: what the browser made of it stands in an attribute.
PROBE = """<script>
addEventListener("load", () => {
  const page = document.documentElement, box = document.querySelector("h1").getBoundingClientRect();
  page.setAttribute("data-overflow", page.scrollWidth - page.clientWidth);
  page.setAttribute("data-headline", box.right <= page.clientWidth + 1);
  page.setAttribute("data-color", getComputedStyle(document.body).color);
  page.setAttribute("data-pictures", document.querySelectorAll("svg").length);
});
</script>"""


def pages():
    long_name = "a_name_of_a_column_that_is_as_long_as_those_of_warehouses_" * 2
    report = make_full_report(
        features=[make_feature(long_name, True), *(make_feature(f"x{i}") for i in range(8))],
        broken=(BrokenColumn("price", "Column 'price' held numbers, and now holds text."),),
        batch="2024-03-04 orders.csv", batch_time="2024-03-04T05:06:07+00:00",
        profile="orders.json", version="0.1.0", notes=("3 rows have too few fields.",),
    )  # fmt: skip
    yield report.to_html()
    rng_free = [[i % 7, i % 11] for i in range(900)]
    yield DriftMonitor(KLDriftDetector(joint=None).fit(rng_free)).update(rng_free[:50]).to_html()


def with_probe(page):
    page = page.replace("default-src 'none'", "default-src 'none'; script-src 'unsafe-inline'")
    return page.replace("</head>", f"{PROBE}</head>")


def look_at(page, path, width, dark):
    """Open a page; return the attributes that the probe has set, and what was logged."""
    path.write_text(page, encoding="utf-8")
    scheme = ["--force-dark-mode", "--blink-settings=preferredColorScheme=0"] * dark
    done = subprocess.run(
        [
            *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"),
            *(f"--user-data-dir={path.parent}/profile", f"--window-size={width},900", *scheme),
            *("--virtual-time-budget=2000", "--dump-dom", path.as_uri()),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    logged = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return dict(re.findall(r'data-(\w+)="([^"]*)"', done.stdout)), logged


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1400, 500])  # chromium has no narrower window
@pytest.mark.parametrize("which", [0, 1])
def test_nothing_is_cut_off(tmp_path, which, width, dark):
    page = with_probe(list(pages())[which])
    found, logged = look_at(page, tmp_path / "page.html", width, dark)
    assert logged == []
    assert int(found["overflow"]) <= 0
    assert found["headline"] == "true"
    assert found["color"] == ("rgb(255, 255, 255)" if dark else "rgb(0, 0, 0)")


def test_nothing_is_cut_off_on_a_telephone(tmp_path):
    """At 390 pixels, as the only frame of a page: a window cannot be so narrow."""
    for which, page in enumerate(pages()):
        inner = page.replace('"', "&quot;")
        frame = f'<h1></h1><iframe style="width: 390px; height: 800px" srcdoc="{inner}"></iframe>'
        measure = """<script>addEventListener("load", () => {
          const d = document.querySelector("iframe").contentDocument;
          const e = d.documentElement, h = d.querySelector("h1").getBoundingClientRect();
          document.documentElement.setAttribute("data-inner", e.scrollWidth - e.clientWidth);
          document.documentElement.setAttribute("data-right", Math.round(h.right));
        });</script>"""
        outer = f"<!DOCTYPE html><html><head>{measure}</head><body>{frame}</body></html>"
        found, _ = look_at(outer, tmp_path / f"page{which}.html", 500, False)
        assert int(found["inner"]) <= 0
        assert int(found["right"]) <= 390
