"""Every allowed option, and every number in words, agrees with the code wherever it is written."""

from __future__ import annotations

import argparse
import contextlib
import inspect
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from numpydoc.docscrape import get_doc_object
from sklearn.utils._param_validation import Options
from test_docs import FUNCTIONS_AND_CLASSES, MODULES, ROOT, _is_data_holder, _read

import sklearn_infotheory
from sklearn_infotheory import (
    CrossEntropyScorer,
    KLDriftDetector,
    _cli,
    estimation,
    metrics,
)
from sklearn_infotheory._inference._divergences import DIVERGENCES
from sklearn_infotheory.estimation._discrete._entropy_of_counts import DISCRETE_METHODS
from sklearn_infotheory.feature_selection._criteria import CRITERIA
from sklearn_infotheory.feature_selection._methods import METHODS
from sklearn_infotheory.preprocessing._encoding import ENCODINGS
from sklearn_infotheory.preprocessing._mdl import CRITERIA as CUT_CRITERIA
from sklearn_infotheory.preprocessing._mdl import SUPERVISED

GUIDE_OF = {"preprocessing": "discretization"}  # others have the name of their module


def _constraints(found: Any) -> dict[str, list[Any]]:
    """Return what scikit-learn validates, of estimators, functions and other classes."""
    if hasattr(found, "_parameter_constraints"):
        return found._parameter_constraints
    function = found.__init__ if inspect.isclass(found) else found
    return getattr(function, "_skl_parameter_constraints", {})


def _strings(constraint: Any) -> set[str]:
    if not isinstance(constraint, list):
        return set()
    options = [c.options for c in constraint if isinstance(c, Options)]
    return {option for some in options for option in some if isinstance(option, str)}


def _literals(annotation: Any) -> set[str]:
    """Return the strings of all Literals in a type."""
    if typing.get_origin(annotation) is typing.Literal:
        return {value for value in typing.get_args(annotation) if isinstance(value, str)}
    return set().union(*(_literals(part) for part in typing.get_args(annotation)))


def _annotations(found: Any) -> dict[str, Any]:
    """Return the types of the parameters; a class without a constructor has none."""
    function = inspect.unwrap(found.__init__ if inspect.isclass(found) else found)
    names, types = getattr(function, "__globals__", {}), {}
    for name, text in getattr(function, "__annotations__", {}).items():
        with contextlib.suppress(NameError):  # what only type checkers import has no options
            types[name] = eval(text, names)
    return types


def _allowed() -> Iterator[tuple[str, str, set[str], set[str]]]:
    """Yield each parameter with options: as they are validated, and as they are typed."""
    for path, found in FUNCTIONS_AND_CLASSES.items():
        if _is_data_holder(path):
            continue
        validated = {name: _strings(c) for name, c in _constraints(found).items()}
        typed = {name: _literals(a) for name, a in _annotations(found).items()}
        for name in inspect.signature(found).parameters:
            if validated.get(name) or typed.get(name):
                yield path, name, validated.get(name, set()), typed.get(name, set())


ALLOWED = list(_allowed())
each_parameter = pytest.mark.parametrize(
    ("path", "name", "validated", "typed"),
    ALLOWED,
    ids=[f"{path.removeprefix('sklearn_infotheory.')}-{name}" for path, name, *_ in ALLOWED],
)


def _documented(path: str, name: str) -> tuple[str, str]:
    """Return the type and the description of a parameter."""
    for parameter in get_doc_object(FUNCTIONS_AND_CLASSES[path])["Parameters"]:
        if name in re.split(r",\s*", parameter.name):
            return parameter.type, " ".join(parameter.desc)
    raise KeyError(f"{path} does not document {name}")


def _with_what_it_refers_to(path: str, name: str) -> str:
    """Return a description, and those of the parameters of this name that it refers to."""
    kind, text = _documented(path, name)
    for role in re.findall(r":(?:func|class):`(\w+)`", text):
        other = f"{path.rpartition('.')[0]}.{role}"
        if name in inspect.signature(FUNCTIONS_AND_CLASSES[other]).parameters:
            text += _with_what_it_refers_to(other, name)
    return f"{kind} {text}"


def test_all_doors_have_options():
    doors = {path.split(".")[1] for path, *_ in ALLOWED}
    assert doors == {module.rpartition(".")[2] for module in MODULES[1:]}
    assert len(ALLOWED) > 40


@each_parameter
def test_types_name_what_is_validated(path, name, validated, typed):
    if validated and typed:
        assert typed == validated


@each_parameter
def test_docstring_names_every_option(path, name, validated, typed):
    allowed = validated | typed
    text = _with_what_it_refers_to(path, name)
    assert {option for option in allowed if f'"{option}"' not in text} == set()
    listed = re.search(r"\{(.*)\}", _documented(path, name)[0])
    if listed:
        assert set(re.findall(r'"([^"]*)"', listed[1])) == allowed


@each_parameter
def test_user_guide_names_every_option(path, name, validated, typed):
    door = path.split(".")[1]
    page = _read("docs", "user_guide", f"{GUIDE_OF.get(door, door)}.rst")
    assert f"``{name}" in page, f"the page does not name the parameter {name}"
    missing = [option for option in validated | typed if f'"{option}"' not in page]
    assert missing == []


def _choices(parser: argparse.ArgumentParser) -> dict[str, set[str]]:
    """Return the choices of the options of a parser and of all commands beneath it."""
    found: dict[str, set[str]] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                found |= _choices(command)
        elif action.choices is not None:
            found[action.dest] = set(action.choices)
    return found


def test_command_line_offers_every_option():
    constraints = KLDriftDetector._parameter_constraints
    expected = {
        "divergence": _strings(constraints["divergence"]),
        "correction": _strings(constraints["correction"]),
        # A classifier needs the rows of the reference, which a profile does not hold.
        "joint": _strings(constraints["joint"]) - {"classifier"} | {"none"},
        "weight_kind": _strings(constraints["weight_kind"]),
        "on_error": _strings(constraints["on_error"]),
    }
    assert _choices(_cli._make_parser()) == expected


# Numbers in words -----------------------------------------------------------------------------

NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen", "twenty"),
)
ESTIMATES = [name for name in estimation.__all__ if name.startswith("estimate_")]
SCORERS = [m for m in metrics.__all__ if isinstance(getattr(metrics, m), CrossEntropyScorer)]
COUNTED = {
    ("fourteen", "criteria"): len(CRITERIA),
    ("five", "criteria"): len(CUT_CRITERIA),
    ("three", "criteria"): len(SUPERVISED),
    ("eight", "encodings"): len(ENCODINGS),
    ("five", "divergences"): len(DIVERGENCES),
    ("ten", "estimators"): len(DISCRETE_METHODS),
    ("six", "relatives"): len(ESTIMATES) - 1,
    ("ten", "modules"): len(MODULES) - 1,
    ("two", "scorers"): len(SCORERS),
    ("three", "ways"): len(METHODS),
}
NOUNS = sorted({noun for _, noun in COUNTED})
PHRASE = re.compile(
    rf"\b({'|'.join(NUMBERS)})\b(?:\s[a-z-]+){{0,2}}?\s({'|'.join(NOUNS)})\b", re.IGNORECASE
)


def _texts() -> Iterator[tuple[str, str]]:
    """Yield what users read: pages, examples and docstrings, but no measured figures."""
    if not (ROOT / "docs").is_dir():
        pytest.skip("docs is not here: this is not a checkout of the repository")
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "examples").glob("*.py")]
    pages += [p for p in (ROOT / "docs").rglob("*.*") if p.suffix in (".rst", ".md")]
    pages += Path(sklearn_infotheory.__file__).parent.rglob("*.py")
    for page in pages:
        is_made = {"generated", "auto_examples", "_build"} & set(page.parts)
        if not is_made and not re.match(r"validation|benchmarks", page.name):
            yield page.name, page.read_text(encoding="utf-8")


def _claims() -> set[tuple[str, str, str]]:
    return {
        (page, number.lower(), noun.lower())
        for page, text in _texts()
        for number, noun in PHRASE.findall(text)
    }


def test_numbers_in_words_are_those_of_the_code():
    claims = _claims()
    assert {claim for claim in claims if claim[1:] not in COUNTED} == set()
    assert {claim[1:] for claim in claims} == set(COUNTED), "a claim is not made any more"
    for (number, noun), count in COUNTED.items():
        assert NUMBERS.index(number) == count, f"there are {count} {noun}, not {number}"


def test_the_reader_of_numbers_sees_them_all():
    text = "Fourteen criteria, eight encodings; by ten good\nestimators."
    found = [(number.lower(), noun) for number, noun in PHRASE.findall(text)]
    assert found == [
        ("fourteen", "criteria"),
        ("eight", "encodings"),
        ("ten", "estimators"),
    ]


def test_glossary_defines_each_word_once():
    text = _read("docs", "user_guide", "glossary.rst")
    words = re.findall(r"^   (?! )(.+)$", text, re.MULTILINE)
    assert len(words) == len(set(words))
    vocabulary = "bin, category, cell, stratum, class, label, relevance, redundancy"
    assert {*vocabulary.split(", "), "complementarity", "nat", "bit", "p-value"} <= set(words)
    assert "\n   glossary\n" in _read("docs", "user_guide", "index.rst")
