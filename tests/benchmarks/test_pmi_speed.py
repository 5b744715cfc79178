"""Cells per second and memory of PMITransformer; one thread.

Run with ``OMP_NUM_THREADS=1 python -m pytest -m benchmark tests/benchmarks``.
"""

from __future__ import annotations

import statistics
import tracemalloc
from functools import cache

import numpy as np
import pytest
from scipy import sparse
from timing import seconds

from sklearn_infotheory.feature_extraction import PMITransformer

pytestmark = pytest.mark.benchmark

VARIANTS = {
    "ppmi": {},
    "npmi": {"measure": "npmi"},
    "smoothed, shifted": {"smoothing": 0.75, "shift": 5},
    "discounted": {"discount": True},
}


@cache
def problem(dtype):
    rng = np.random.default_rng(0)
    table = sparse.random(50_000, 20_000, density=5e-3, format="csr", rng=rng)  # 5 million cells
    table.data = np.ceil(9 * table.data).astype(dtype)
    return table


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("variant", VARIANTS)
def test_speed(note, variant, dtype):
    table, transformer = problem(dtype), PMITransformer(**VARIANTS[variant])
    transformer.fit_transform(table)
    took = statistics.median(seconds(lambda: transformer.fit_transform(table)) for _ in range(7))
    rate = table.nnz / took / 1e6
    what = f"PMITransformer, {variant}, {np.dtype(dtype)}"
    note(what, f"{1e3 * took:.0f} ms", "", f"{rate:.1f} million cells/s", ">= 10")
    assert rate >= 10


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
def test_memory(note, dtype):
    table, transformer = problem(dtype), PMITransformer(smoothing=0.75)
    size = table.data.nbytes + table.indices.nbytes + table.indptr.nbytes
    tracemalloc.start()
    transformer.fit_transform(table)
    ratio = tracemalloc.get_traced_memory()[1] / size
    tracemalloc.stop()
    note(f"PMITransformer, memory with output, {np.dtype(dtype)}", "", "", f"{ratio:.2f} x", "<= 2")
    assert ratio <= 2
