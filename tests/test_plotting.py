"""Pictures need matplotlib, which the extra ``plot`` installs; nothing else does."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from drift.reports import make_report

from sklearn_infotheory import drift, feature_selection, metrics, preprocessing
from sklearn_infotheory._plotting import check_matplotlib
from sklearn_infotheory.drift import MonitorReport

DOORS = (drift, feature_selection, metrics, preprocessing)
DISPLAYS = [
    getattr(door, name) for door in DOORS for name in door.__all__ if name.endswith("Display")
]
FACTORIES = [
    pytest.param(display, name, id=f"{display.__name__}.{name}")
    for display in DISPLAYS
    for name in vars(display)
    if name.startswith("from_")
]
PLOTTED = {
    "BinningDisplay": lambda cls: cls(np.zeros(1), np.ones(1)),
    "CrossEntropyDecompositionDisplay": lambda cls: cls({}),
    "DriftDisplay": lambda cls: cls(make_report()),
    "InformationCurveDisplay": lambda cls: cls(np.ones(1), {}, 1.0),
    "MonitorDisplay": lambda cls: cls(MonitorReport(False, 0.1, 0.05, 1, None, None, ())),
    "RelevanceDisplay": lambda cls: cls(np.ones(1), np.ones(1), np.ones(1, bool), ["a"]),
    "ReliabilityDisplay": lambda cls: cls([None]),
    "SelectionPathDisplay": lambda cls: cls(np.ones(1), ["a"]),
}
HINT = re.escape('python -m pip install "sklearn-infotheory[plot]"')


@pytest.fixture
def _without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)


@pytest.mark.usefixtures("_without_matplotlib")
@pytest.mark.parametrize(("display", "name"), FACTORIES)
def test_what_draws_names_the_extra_before_any_work(display, name):
    make = getattr(display, name)
    required = {
        parameter.name: None  # nothing that could be worked on
        for parameter in inspect.signature(make).parameters.values()
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    }
    with pytest.raises(ImportError, match=f"^{display.__name__} draws with matplotlib.*{HINT}"):
        make(**required)


@pytest.mark.usefixtures("_without_matplotlib")
@pytest.mark.parametrize("display", DISPLAYS, ids=lambda display: display.__name__)
def test_plot_names_the_extra(display):
    made = PLOTTED[display.__name__](display)
    with pytest.raises(ImportError, match=f"^{display.__name__} draws with matplotlib.*{HINT}"):
        made.plot()


@pytest.mark.usefixtures("_without_matplotlib")
@pytest.mark.parametrize(
    "draw", [lambda r: r.plot(), lambda r: drift.DriftDisplay(r).plot_feature("age")]
)
def test_pictures_of_a_report_name_the_extra(draw):
    with pytest.raises(ImportError, match=HINT):
        draw(make_report())


@pytest.mark.usefixtures("_without_matplotlib")
def test_the_extra_that_is_named_exists():
    file = Path(__file__).parents[1] / "pyproject.toml"
    if not file.is_file():
        pytest.skip("pyproject.toml is not here: this is not a checkout of the repository")
    project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
    with pytest.raises(ImportError) as raised:
        check_matplotlib("A display")
    name, extra = re.search(r'install "([\w-]+)\[(\w+)\]"', str(raised.value)).groups()
    assert name == project["name"]
    assert any(need.startswith("matplotlib") for need in project["optional-dependencies"][extra])
    assert not any(need.startswith("matplotlib") for need in project["dependencies"])


WORK = """
import sys
from pathlib import Path

sys.modules["matplotlib"] = None  # as if it were not installed
import numpy as np
import pandas as pd

import sklearn_infotheory as it
from sklearn_infotheory._cli import main

for door in (it.drift, it.estimation, it.feature_selection, it.measures, it.metrics):
    for name in door.__all__:
        getattr(door, name)

rng = np.random.default_rng(0)
X = pd.DataFrame(rng.normal(size=(80, 2)), columns=["a", "b"])
y = (X["a"] > 0).astype(int)
selector = it.MutualInfoSelector().fit(X, y)
assert selector.get_feature_names_out().tolist() == ["a"]
assert selector._repr_html_()
it.EntropyDiscretizer().fit(X, y).binning_table("a")
report = it.KLDriftDetector(n_permutations=9, random_state=0).fit(X).detect(X[:8] + 5)
assert report.drifted
assert report.to_html() and report._repr_html_() and report.to_prometheus() and str(report)
it.cross_entropy_decomposition(y, np.full(80, 0.5)).to_frame()
it.estimate_mutual_information(X["a"], y)

folder = Path(sys.argv[1])
X.to_csv(folder / "reference.csv", index=False)
X[:8].to_csv(folder / "batch.csv", index=False)
profile = ["--profile", f"{folder}/profile.json"]
assert main(["drift", "fit", f"{folder}/reference.csv", *profile]) == 0
html = ["--html", f"{folder}/report.html"]
assert main(["drift", "detect", f"{folder}/batch.csv", *profile, *html]) == 0
assert not [name for name in sys.modules if name.startswith("matplotlib.")]
"""


def test_all_but_pictures_works_without_matplotlib(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WORK, str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.html").is_file()
