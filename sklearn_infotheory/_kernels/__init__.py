"""Fast loops on plain arrays: no classes, no validation, no scikit-learn.

Every kernel is compiled when the package is built, and releases the GIL, so that threads scale.
A file ``_name.pyx`` has the functions that Python calls, with what they take and write, and the
bodies below; ``_name.pxd`` has what other kernels call, ``_name.h`` loops that live from vector
instructions, and ``_name.pyi`` the signatures for type checkers. The slow twin of each kernel
stands in ``tests/naive.py``.
"""

from importlib import import_module
from pathlib import Path

try:
    import_module("sklearn_infotheory._kernels._cyutility")
except ImportError as error:
    raise ImportError(
        f"The kernels of sklearn_infotheory are not compiled in {Path(__file__).parent}. If this "
        "is a checkout of the repository, install the package by `python -m pip install .`, and "
        "start Python in another folder or with PYTHONSAFEPATH=1; or install it editable, as "
        "CONTRIBUTING.md says."
    ) from error
