"""What is tested is what was installed, and it runs where nothing can be written."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import shutil
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

import sklearn_infotheory

CHECKOUT = Path(__file__).resolve().parent.parent
SOURCES = CHECKOUT / "sklearn_infotheory"
INSTALLED = Path(sklearn_infotheory.__file__).parent
in_checkout = pytest.mark.skipif(not SOURCES.is_dir(), reason="no checkout beside the tests")
not_editable = pytest.mark.skipif(
    INSTALLED == SOURCES, reason="an editable installation imports the checkout, and compiles it"
)
STUBS = sorted(path.stem for path in (INSTALLED / "_kernels").glob("_[a-z]*.pyi"))


def run(code, **options):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, **options
    )


# --- Which files ---------------------------------------------------------------------------------


def test_kernels_are_compiled_modules():
    assert STUBS
    for name in STUBS:
        module = importlib.import_module(f"sklearn_infotheory._kernels.{name}")
        assert module.__file__.endswith(tuple(EXTENSION_SUFFIXES))


def test_processes_started_in_the_checkout_import_the_same_files():
    code = "import sklearn_infotheory; print(sklearn_infotheory.__file__)"
    done = run(code, cwd=CHECKOUT)
    assert Path(done.stdout.strip()) == INSTALLED / "__init__.py", done.stderr


@in_checkout
def test_the_installed_files_are_those_of_the_checkout():
    def files(folder):
        paths = [p for p in folder.rglob("*") if p.suffix in (".py", ".pyi", ".typed")]
        return {path.relative_to(folder): path.read_bytes() for path in paths}

    installed, sources = files(INSTALLED), files(SOURCES)
    assert sorted(installed) == sorted(sources)
    changed = [str(path) for path, content in sources.items() if installed[path] != content]
    assert changed == [], "install the package again"


@in_checkout
def test_every_kernel_has_a_stub():
    assert [*STUBS] == sorted(path.stem for path in (SOURCES / "_kernels").glob("*.pyx"))


@in_checkout
@not_editable
def test_a_checkout_that_is_not_compiled_says_what_to_run(tmp_path):
    unbuilt = shutil.copytree(
        SOURCES,
        tmp_path / "sklearn_infotheory",
        ignore=shutil.ignore_patterns(*(f"*{suffix}" for suffix in EXTENSION_SUFFIXES)),
    )
    code = "from sklearn_infotheory import mutual_info; mutual_info([[0], [1], [0]], [0, 1, 0])"
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    message = run(code, env=environment, cwd=tmp_path).stderr.splitlines()[-1]
    assert "not compiled" in message
    assert str(unbuilt / "_kernels") in message
    assert "python -m pip install ." in message


@pytest.mark.parametrize("name", STUBS)
def test_stub_has_the_signatures_of_the_compiled_module(name):
    module = importlib.import_module(f"sklearn_infotheory._kernels.{name}")
    tree = ast.parse((INSTALLED / "_kernels" / f"{name}.pyi").read_text(encoding="utf-8"))
    declared = {node.name: node.args for node in tree.body if isinstance(node, ast.FunctionDef)}
    compiled = {
        key: found
        for key, found in vars(module).items()
        if callable(found) and getattr(found, "__module__", "").endswith(name)
    }
    assert sorted(declared) == sorted(compiled)
    for key, arguments in declared.items():
        assert [a.arg for a in arguments.args] == list(inspect.signature(compiled[key]).parameters)
    constants = [node.target.id for node in tree.body if isinstance(node, ast.AnnAssign)]
    assert all(isinstance(getattr(module, constant), int | float) for constant in constants)


# --- A read-only container -----------------------------------------------------------------------

EVERY_DOOR = """
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn_infotheory import *
rng = np.random.default_rng(0)
X, y = rng.normal(size=(200, 4)), np.arange(200) % 2
X[:, 0] += y
for method in ("binned", "gaussian", "knn"):
    MutualInfoSelector(2, method=method).fit(X, y).transform(X)
mutual_info(X, y)
for criterion in ("mdlp", "modl", "mdl_histogram"):
    EntropyDiscretizer(criterion).fit(X, y).transform(X)
detector = KLDriftDetector().fit(np.tile(X, (20, 1)))
detector.detect(X + 1).to_html()
DriftMonitor(detector).update(X + 1)
proba = LogisticRegression().fit(X, y).predict_proba(X)
cross_entropy_loss(y, proba)
cross_entropy_decomposition(y, proba)
calibration_test(y, proba)
estimate_mutual_information(X[:, 0], y)
estimate_mutual_information(X[:, 0], X[:, 1])
estimate_entropy(y)
print("every door opened")
"""
READ_ONLY = """
for folder in {folders}; do
  mount --bind "$folder" "$folder" && mount -o remount,ro,bind "$folder" || exit 77
done
touch "{home}/probe" 2>/dev/null && exit 77
export HOME="{home}" XDG_CACHE_HOME="{home}/.cache"
exec "$@"
"""


@pytest.fixture
def in_read_only_container(tmp_path):
    """Run a command where neither the installation, nor the checkout, nor HOME can be written."""
    home = tmp_path / "home"
    home.mkdir()
    folders = " ".join(f'"{f}"' for f in {Path(sys.prefix), INSTALLED, CHECKOUT, home})
    script = READ_ONLY.format(folders=folders, home=home)

    def start(*command, cwd=CHECKOUT):
        unshare = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
        whole = [*unshare, "sh", "-c", script, "sh", *command]
        done = subprocess.run(whole, capture_output=True, text=True, check=False, cwd=cwd)
        if done.returncode == 77 or "unshare:" in done.stderr:
            pytest.skip("no folder can be made read-only here")
        return done

    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("read-only folders are made by unshare, on Linux")
    return start


@not_editable
def test_every_door_opens_in_a_read_only_container(in_read_only_container):
    done = in_read_only_container(sys.executable, "-c", EVERY_DOOR)
    assert done.stdout == "every door opened\n", done.stderr


@not_editable
def test_the_command_line_runs_in_a_read_only_container(in_read_only_container, tmp_path):
    rows = "\n".join(f"{i % 7},{i % 3}" for i in range(200))
    (tmp_path / "reference.csv").write_text(f"a,b\n{rows}\n")
    command = sys.executable, "-m", "sklearn_infotheory", "drift"
    files = "reference.csv", "--profile", "reference.json"
    for subcommand in ("fit", "detect"):
        done = in_read_only_container(*command, subcommand, *files, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
