"""Test the installed package, not the files of the checkout, which are not compiled."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent

# ``python -m pytest`` puts the current folder first on the path; so do processes that tests start.
sys.path[:] = [folder for folder in sys.path if Path(folder or os.curdir).resolve() != CHECKOUT]
os.environ["PYTHONSAFEPATH"] = "1"

if find_spec("sklearn_infotheory") is None:
    raise pytest.UsageError(
        "sklearn_infotheory is not installed, and the checkout is not compiled. Install it with "
        '`python -m pip install ".[test]"`, or editable as CONTRIBUTING.md says.'
    )
