"""Each layer imports only from the layers above it, and importing the package is cheap."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import sklearn_infotheory

PACKAGE = "sklearn_infotheory"
ROOT = Path(sklearn_infotheory.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

# What each layer may import from the package, besides itself. Whatever is not listed is a door.
LEAVES = {"_base", "_units", "_threads", "_storage"}
MAY_IMPORT = {
    "measures": set(),
    "_kernels": set(),
    **{leaf: set() for leaf in LEAVES},
    "_columns": {"measures", "_kernels", *LEAVES},
    "_tables": {"measures", "_kernels", "_columns", *LEAVES},
    "estimation": {"measures", "_kernels", "_columns", "_tables", *LEAVES},
}
ABOVE_THE_DOORS = set(MAY_IMPORT)
MAY_IMPORT |= {
    "_cli": {"drift", "_columns", "_storage"},
    "__main__": {"_cli"},
}  # nothing imports these


class Import(NamedTuple):
    module: str
    in_function: bool


def imports_of(source, package):
    """List the modules that a file of ``package`` imports, also within functions."""
    found = []

    def visit(node, in_function):
        if isinstance(node, ast.Import):
            found.extend(Import(alias.name, in_function) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1]
            parts = (base if node.level else []) + ([node.module] if node.module else [])
            module = ".".join(parts)
            # ``from package import layer`` imports the layer.
            names = node.names if module == PACKAGE else [None]
            found.extend(
                Import(f"{module}.{name.name}" if name else module, in_function) for name in names
            )
        inside = in_function or isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
        )
        for child in ast.iter_child_nodes(node):
            visit(child, inside)

    visit(ast.parse(source), False)
    return found


def layer_of(module):
    """Name the layer of a module of the package; "" is the package itself."""
    return module.split(".")[1] if "." in module else ""


def module_of(path):
    parts = [PACKAGE, *path.relative_to(ROOT).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of_file(path):
    package = ".".join([PACKAGE, *path.relative_to(ROOT).parent.parts])
    return imports_of(path.read_text(encoding="utf-8"), package)


def forbidden(layer, imported):
    """List the layers that a file of ``layer`` must not import, but does."""
    allowed = MAY_IMPORT.get(layer, ABOVE_THE_DOORS) | {layer}
    layers = {layer_of(i.module) for i in imported if i.module.split(".")[0] == PACKAGE}
    return sorted(layers - allowed)


by_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))


def test_the_reader_of_imports_sees_all_of_them():
    source = """
import numpy as np, math
from . import _cuts
from .._tables import JointCounts
from sklearn_infotheory import drift
class A:
    import pandas
    def f(self):
        from sklearn_infotheory.feature_selection._search import x
        def g():
            import matplotlib.pyplot as plt
"""
    found = imports_of(source, "sklearn_infotheory._columns")
    assert [i.module for i in found if not i.in_function] == [
        "numpy",
        "math",
        "sklearn_infotheory._columns",
        "sklearn_infotheory._tables",
        "sklearn_infotheory.drift",
        "pandas",
    ]
    assert [i.module for i in found if i.in_function] == [
        "sklearn_infotheory.feature_selection._search",
        "matplotlib.pyplot",
    ]
    assert forbidden("_columns", found) == ["_tables", "drift", "feature_selection"]
    assert forbidden("feature_selection", found) == ["drift"]


def test_all_layers_are_there():
    layers = {layer_of(module_of(path)) for path in FILES}
    assert layers >= {*MAY_IMPORT, "feature_selection"}


@by_file
def test_layers_import_only_from_above(path):
    layer = layer_of(module_of(path))
    if layer:  # the package itself loads its doors by name, when they are asked for
        assert forbidden(layer, imports_of_file(path)) == []


@by_file
def test_only_kernels_import_numba_and_little_else(path):
    layer = layer_of(module_of(path))
    outer = {i.module.split(".")[0] for i in imports_of_file(path)} - {"__future__"}
    if layer == "_kernels":
        assert outer <= {"numpy", "math", "numba", "typing", PACKAGE}
    else:
        assert not outer & {"numba", "llvmlite"}
        # Kernels compile, or load, when first called: never on import.
        top = {layer_of(i.module) for i in imports_of_file(path) if not i.in_function}
        assert "_kernels" not in top


@by_file
def test_matplotlib_is_imported_only_when_drawing(path):
    assert not [
        i
        for i in imports_of_file(path)
        if i.module.split(".")[0] == "matplotlib" and not i.in_function
    ]


def modules_after(statement):
    code = f"import sys; {statement}; print(*sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(printed.stdout.split())


def test_importing_the_package_loads_nothing_heavy():
    loaded = modules_after("import sklearn_infotheory")
    assert "sklearn_infotheory" in loaded
    assert not loaded & {"numba", "pandas", "narwhals", "matplotlib", "scipy", "sklearn", "numpy"}


def test_importing_an_estimator_loads_neither_numba_nor_matplotlib():
    loaded = modules_after(
        "from sklearn_infotheory import EntropyDiscretizer, MutualInfoSelector, measures"
    )
    assert "sklearn_infotheory.feature_selection" in loaded
    assert not loaded & {"numba", "matplotlib"}


def test_type_checkers_see_every_public_name():
    """Names are loaded on first use; checkers and editors read the imports that never run."""
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    assert ast.unparse(block.test) == "TYPE_CHECKING"
    seen = {alias.name: node.module for node in block.body for alias in node.names}
    for name, module in seen.items():
        assert getattr(importlib.import_module(module), name) is getattr(sklearn_infotheory, name)
    assert {*seen, "__version__"} == set(sklearn_infotheory.__all__)
