"""The documentation agrees with the code."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from numpydoc.docscrape import get_doc_object
from numpydoc.validate import validate

import sklearn_infotheory

ROOT = Path(__file__).resolve().parent.parent
API = ROOT / "docs" / "api"
MODULES = (
    "sklearn_infotheory",
    "sklearn_infotheory.measures",
    "sklearn_infotheory.feature_selection",
    "sklearn_infotheory.preprocessing",
    "sklearn_infotheory.drift",
    "sklearn_infotheory.metrics",
    "sklearn_infotheory.estimation",
    "sklearn_infotheory.datasets",
    "sklearn_infotheory.feature_extraction",
    "sklearn_infotheory.cluster",
    "sklearn_infotheory.distillation",
)

IGNORED = {
    "GL01": "numpydoc before 1.9 wants the summary below the opening quotes, not beside them.",
    "ES01": "Where the summary says all, an extended summary would repeat it.",
    "RT02": "Returned values have names, which say what they are.",
    "SA01": "Not every function has a relative.",
    "SA04": "The summary of a relative is one click away.",
}
DATA_HOLDERS = {  # made by the library, handed to the user
    *("ChannelCapacity", "EvidenceBound", "RateDistortion"),
    "SelectionState",
    *("BrokenColumn", "DriftReport", "FeatureDrift", "JointDrift", "PairDrift"),
    *("MonitorReport", "FeatureEvidence", "DriftError", "DriftWarning"),
    "Estimate",
    "InformationCurve",
    *("CalibrationTest", "CrossEntropyComparison", "CrossEntropyDecomposition"),
}


def _public_names() -> Iterator[str]:
    """Full names: of modules, functions, classes, and ``__version__``."""
    for module in MODULES:
        for name in importlib.import_module(module).__all__:
            yield f"{module}.{name}"


def _our_methods(found: type) -> list[str]:
    """List the methods that a class has from this package."""
    ours = (base for base in found.__mro__ if base.__module__.startswith("sklearn_infotheory"))
    return [name for base in ours for name, what in vars(base).items() if inspect.isroutine(what)]


def _documented_objects() -> dict[str, Any]:
    """Public functions and classes by full name, and their methods that this package defines."""
    objects: dict[str, Any] = {}
    for path in _public_names():
        module, _, name = path.rpartition(".")
        found = getattr(importlib.import_module(module), name)
        if module == "sklearn_infotheory" or not (
            inspect.isclass(found) or inspect.isroutine(found)
        ):
            continue
        objects[path] = found
        for method in _our_methods(found) if inspect.isclass(found) else ():
            if not method.startswith("_") and not re.fullmatch(r"set_\w+_request", method):
                objects[f"{path}.{method}"] = getattr(found, method)
    return objects


OBJECTS = _documented_objects()
FUNCTIONS_AND_CLASSES = {
    path: found for path, found in OBJECTS.items() if path.rpartition(".")[0] in MODULES
}
each_object = pytest.mark.parametrize("path", OBJECTS)


def _is_data_holder(path: str) -> bool:
    return path.rpartition(".")[2] in DATA_HOLDERS


def _read(*parts: str) -> str:
    """Read a file of the repository; skip where only the package is."""
    file = ROOT.joinpath(*parts)
    if not file.is_file():
        pytest.skip(f"{'/'.join(parts)} is not here: this is not a checkout of the repository")
    return file.read_text(encoding="utf-8")


def _reference_entries() -> set[str]:
    """Full names in the lists of docs/api, and names that its text sets in double backticks."""
    if not API.is_dir():
        pytest.skip("docs/api is not here: this is not a checkout of the repository")
    entries = set()
    for page in sorted(API.glob("*.rst")):
        text, module = page.read_text(encoding="utf-8"), ""
        entries |= set(re.findall(r"``([\w.]+)``", text))
        entries |= set(re.findall(r"automodule:: ([\w.]+)", text))
        for line in text.splitlines():
            if line.startswith(".. currentmodule:: "):
                module = line.split()[-1]
            elif re.fullmatch(r"   \w+", line):
                entries.add(f"{module}.{line.strip()}")
    return entries


@pytest.mark.parametrize("path", list(_public_names()))
def test_public_name_stands_in_the_reference(path):
    entries = _reference_entries()
    home = path.removeprefix("sklearn_infotheory.")
    assert path in entries or ("." not in home and home in entries)


def test_html_representation_links_to_the_page_of_the_class():
    link = sklearn_infotheory.MutualInfoSelector()._get_doc_link()
    folder, _, page = link.rpartition("/")
    assert folder.endswith("/api/generated")
    assert page.removesuffix(".html") in _reference_entries()


def _default_in_words(type_in_words: str) -> str | None:
    """Return what stands behind ``default=``, "None" for "optional", None for neither."""
    stated = re.search(r"\bdefault\s*=\s*(.+)$", type_in_words)
    if stated:
        return stated[1].strip()
    return "None" if re.search(r"\boptional$", type_in_words) else None


@each_object
def test_documented_defaults_are_those_of_the_code(path):
    found = OBJECTS[path]
    if _is_data_holder(path):
        pytest.skip("has attributes, and no parameters to set")
    documented = {
        name: _default_in_words(parameter.type)
        for parameter in get_doc_object(found)["Parameters"]
        for name in re.split(r",\s*", parameter.name)
    }
    for name, parameter in inspect.signature(found).parameters.items():
        if name in ("self", "cls") or parameter.kind.name.startswith("VAR_"):
            continue
        stated = documented[name]
        if parameter.default is inspect.Parameter.empty:
            assert stated is None, f"{name} has no default, and {stated} is documented"
        else:
            assert stated is not None, f"the default {parameter.default!r} of {name} is missing"
            value = ast.literal_eval(stated)
            assert (type(value), value) == (type(parameter.default), parameter.default), name


@each_object
def test_docstring_is_valid_numpydoc(path):
    ignored = set(IGNORED)
    if path not in FUNCTIONS_AND_CLASSES:
        ignored.add("EX01")  # the examples of a class show its methods
    if _is_data_holder(path):
        ignored |= {"EX01", "PR01"}
    errors = [f"{code}: {why}" for code, why in validate(path)["errors"] if code not in ignored]
    assert not errors


@pytest.mark.parametrize("path", FUNCTIONS_AND_CLASSES)
def test_docstring_has_examples_that_run(path):
    if _is_data_holder(path):
        pytest.skip("is made by the library")
    examples = "\n".join(get_doc_object(FUNCTIONS_AND_CLASSES[path])["Examples"])
    assert ">>> " in examples
    assert "+SKIP" not in examples


def test_versions_agree():
    version = sklearn_infotheory.__version__
    assert tomllib.loads(_read("pyproject.toml"))["project"]["version"] == version
    cited = re.search(r"^version: (\S+)$", _read("CITATION.cff"), re.MULTILINE)
    assert cited is not None
    assert cited[1].strip("'\"") == version


def test_workflow_runs_the_commands_of_the_readme():
    workflow = _read(".github", "workflows", "ci.yml")
    commands = re.findall(
        r"^<!-- ci: command \d -->\n```bash\n(.+)\n```$", _read("README.md"), re.MULTILINE
    )
    assert len(commands) == 2
    for command in commands:
        assert f"run: {command}\n" in workflow
