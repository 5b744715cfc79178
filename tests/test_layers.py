"""Each layer imports only from the layers above it, and importing the package is cheap."""

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import sklearn_infotheory

PACKAGE = "sklearn_infotheory"
ROOT = Path(sklearn_infotheory.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
KERNELS = sorted((Path(__file__).parent.parent / PACKAGE / "_kernels").glob("*.p[yx][xd]"))

# What each layer may import from the package, besides itself. Whatever is not listed is a door.
LEAVES = {"_base", "_lazy", "_storage", "_threads", "_types", "_units"}
MAY_IMPORT = {
    "measures": set(),
    "_kernels": set(),
    **{leaf: set() for leaf in LEAVES},
    "_columns": {"measures", "_kernels", *LEAVES},
    "_counts": {"measures", "_kernels", "_columns", *LEAVES},
    "_inference": {"measures", "_kernels", "_columns", "_counts", *LEAVES},
    "estimation": {"measures", "_kernels", "_columns", "_counts", "_inference", *LEAVES},
}
MAY_IMPORT |= {"_plotting": set()}  # doors alone import it
ABOVE_THE_DOORS = set(MAY_IMPORT)
MAY_IMPORT |= {  # nothing imports these
    "_data_files": set(),
    "_cli": {"drift", "_columns", "_inference", "_storage", "_data_files"},
    "__main__": {"_cli"},
}

# Large parts of other packages, which only some calls need: imported within functions.
LARGE = {
    "matplotlib",
    "scipy.optimize",
    "scipy.stats",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "sklearn.preprocessing",
}


class Import(NamedTuple):
    module: str
    in_function: bool
    for_types: bool = False


def imports_of(source, package):
    """List the modules that a file of ``package`` imports, also within functions."""
    found = []

    def visit(node, in_function, for_types):
        if isinstance(node, ast.Import):
            found.extend(Import(alias.name, in_function, for_types) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1]
            parts = (base if node.level else []) + ([node.module] if node.module else [])
            module = ".".join(parts)
            # ``from package import layer`` imports the layer.
            names = node.names if module == PACKAGE else [None]
            found.extend(
                Import(f"{module}.{name.name}" if name else module, in_function, for_types)
                for name in names
            )
        inside = in_function or isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
        )
        types = for_types or (
            isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        )
        for child in ast.iter_child_nodes(node):
            visit(child, inside, types)

    visit(ast.parse(source), False, False)
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
from .._counts import FeatureTables
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
        "sklearn_infotheory._counts",
        "sklearn_infotheory.drift",
        "pandas",
    ]
    assert [i.module for i in found if i.in_function] == [
        "sklearn_infotheory.feature_selection._search",
        "matplotlib.pyplot",
    ]
    assert forbidden("_columns", found) == ["_counts", "drift", "feature_selection"]
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
def test_kernels_are_loaded_when_first_called(path):
    if layer_of(module_of(path)) != "_kernels":
        top = {layer_of(i.module) for i in imports_of_file(path) if not i.in_function}
        assert "_kernels" not in top


@pytest.mark.parametrize("path", KERNELS, ids=lambda path: path.name)
def test_kernels_import_numpy_c_and_each_other(path):
    source = path.read_text(encoding="utf-8")
    modules = re.findall(r"^\s*(?:from|c?import) ([\w.]+)", source, re.MULTILINE)
    allowed = rf"numpy|libc\.\w+|{PACKAGE}\._kernels\.\w+"
    assert [module for module in modules if not re.fullmatch(allowed, module)] == []


def is_of(module, names):
    return any(module == name or module.startswith(f"{name}.") for name in names)


@by_file
def test_large_imports_wait_until_they_are_needed(path):
    is_display = "_plot" in path.relative_to(ROOT).parts  # itself loaded when it is needed
    waits = {"matplotlib"} if is_display else LARGE
    run = [i for i in imports_of_file(path) if not i.for_types]
    assert not [i for i in run if is_of(i.module, waits) and not i.in_function]
    if not is_display and path.name != "_plotting.py":
        assert not [i for i in run if is_of(i.module, {"matplotlib"})]


def modules_of(statement, before=""):
    """List the modules that a statement loads in a process of its own."""
    code = (
        f"import sys\n{before}\nold = set(sys.modules)\n{statement}\nprint(*set(sys.modules) - old)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(printed.stdout.split())


def test_importing_the_package_loads_nothing_heavy():
    loaded = modules_of("import sklearn_infotheory")
    assert "sklearn_infotheory" in loaded
    assert not loaded & {"pandas", "narwhals", "matplotlib", "scipy", "sklearn", "numpy"}


DOORS = {
    "datasets": {"datasets"},
    "cross_entropy_loss": {"_columns", "measures", "metrics"},
    "estimate_mutual_information": {"_columns", "_counts", "_inference", "estimation"},
    "GaussianInformationBottleneck": {"_columns", "cluster"},
    "InformationBottleneck": {"_columns", "cluster"},
    "EntropyDiscretizer": {"_columns", "_counts", "preprocessing"},
    "KLDriftDetector": {"_columns", "_counts", "_inference", "drift"},
    "mutual_info": {"_columns", "_counts", "_inference", "feature_selection"},
    "measures": {"measures"},
}


@pytest.mark.parametrize("name", DOORS)
def test_a_door_loads_only_what_it_needs(name):
    loaded = modules_of(f"from sklearn_infotheory import {name}", before="import sklearn")
    own = {module for module in loaded if is_of(module, {PACKAGE})}
    assert not [module for module in loaded - own if is_of(module, LARGE)]
    assert {layer_of(module) for module in own} - {"", *LEAVES} == DOORS[name]
    assert not [module for module in own if "._plot" in module]


def test_a_selection_by_counts_loads_no_estimators():
    loaded = modules_of("from sklearn_infotheory import MutualInfoSelector, mutual_info")
    assert not [module for module in loaded if ".estimation" in module]
    assert "matplotlib" not in loaded


LAZY = [
    module_of(path)
    for path in FILES
    if path.name == "__init__.py" and "load_on_first_use(" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("package", LAZY)
def test_type_checkers_see_every_public_name(package):
    """Names are loaded on first use; checkers and editors read the imports that never run."""
    module = importlib.import_module(package)
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    assert ast.unparse(block.test) == "TYPE_CHECKING"
    seen = {alias.name: node.module for node in block.body for alias in node.names}
    for name, home in seen.items():
        assert getattr(importlib.import_module(home), name) is getattr(module, name)
    assert {*seen} == {*module.__all__} - {"__version__"}
    assert {*module.__all__} <= {*dir(module)}
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'entrpy'"):
        module.entrpy  # noqa: B018
