"""Kernels compile where nothing can be written."""

import subprocess
import sys

NOWHERE_TO_WRITE = """
from numba.core import caching
for name in [name for name in vars(caching) if name.endswith("CacheImpl")]:
    getattr(caching, name)._locator_classes = []
import numpy as np
from sklearn_infotheory._kernels._labels import mark_present
present = np.zeros(3, bool)
print(mark_present(np.array([0, 2]), present), present)
"""


def test_kernels_run_without_a_cache():
    printed = subprocess.run(
        [sys.executable, "-c", NOWHERE_TO_WRITE], capture_output=True, text=True, check=False
    )
    assert printed.stdout == "True [ True False  True]\n", printed.stderr
