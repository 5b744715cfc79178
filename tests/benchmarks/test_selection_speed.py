"""Speed and memory of MutualInfoSelector, as ratios to scikit-learn's univariate functions.

Run with ``python -m pytest -m benchmark tests/benchmarks``; one thread unless said.
"""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sklearn.feature_selection import mutual_info_classif
from timing import seconds

from sklearn_infotheory.feature_selection import MutualInfoSelector

pytestmark = pytest.mark.benchmark


def discrete(n, p, levels):
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, levels, (n, p)), rng.integers(0, 2, n)
    X[:, :5] = np.where(rng.random((n, 5)) < 0.3, y[:, None], X[:, :5])
    return X, y


def continuous(n, p):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(n, p)), rng.integers(0, 2, n)
    X[:, :5] += y[:, None]
    return X, y


@pytest.mark.parametrize(
    ("criterion", "wanted"), [("mim", 35), ("jmi", 15), ("mrmr", 15), ("cmim", 15)]
)
def test_many_rows_of_codes(compare, criterion, wanted):
    X, y = discrete(100_000, 100, 8)
    compare(
        f"100,000 x 100 int64, 8 levels, {criterion}, k=20",
        lambda: MutualInfoSelector(20, criterion=criterion).fit(X, y),
        lambda: mutual_info_classif(X, y, discrete_features=True),
        wanted,
    )


def test_many_columns_of_codes(compare):
    X, y = discrete(10_000, 1000, 10)
    compare(
        "10,000 x 1,000 int64, 10 levels, jmi, k=20",
        lambda: MutualInfoSelector(20).fit(X, y),
        lambda: mutual_info_classif(X, y, discrete_features=True),
        8,
    )


def test_continuous_columns(compare):
    X, y = continuous(100_000, 100)
    few = X[:, :5].copy()
    compare(
        "100,000 x 100 float64, defaults, k=20, against kNN (5 columns, times 20)",
        lambda: MutualInfoSelector(20).fit(X, y),
        lambda: mutual_info_classif(few, y, n_jobs=1),
        100,
        rounds=3,
        peer_factor=20,
    )


def test_two_threads(compare):
    X, y = continuous(100_000, 100)
    compare(
        "100,000 x 100 float64, defaults, k=20, two threads against one",
        lambda: MutualInfoSelector(20, n_jobs=2).fit(X, y),
        lambda: MutualInfoSelector(20).fit(X, y),
        1.7,
        rounds=9,
    )


def test_what_two_threads_give_here(note):
    """Sorting half of the columns in each thread: nothing is shared, nothing waits."""
    columns = continuous(100_000, 100)[0].T.copy()

    def sort(part):
        np.sort(part, axis=1)

    with ThreadPoolExecutor(1) as pool:

        def two():
            other = pool.submit(sort, columns[50:])
            sort(columns[:50])
            other.result()

        rounds = [(seconds(lambda: sort(columns)), seconds(two)) for _ in range(9)]
    alone, both = np.median(rounds, axis=0)
    ratio = np.median([one / other for one, other in rounds])
    what = "sorting the same columns by numpy, two threads against one"
    note(what, f"{1e3 * both:.0f} ms", f"{1e3 * alone:.0f} ms", f"{ratio:.1f} x", "")


def test_cost_is_linear_in_rows_and_columns(note):
    def cost(n, p):
        X, y = discrete(n, p, 8)
        MutualInfoSelector(10).fit(X, y)
        return min(seconds(lambda: MutualInfoSelector(10).fit(X, y)) for _ in range(3))

    rows = {n: cost(n, 50) for n in (10_000, 100_000, 1_000_000)}
    columns = {p: cost(5000, p) for p in (100, 1000, 10_000)}
    for name, costs in (("rows", rows), ("columns", columns)):
        sizes = list(costs)
        slopes = np.diff(np.log(list(costs.values()))) / np.diff(np.log(sizes))
        times = ", ".join(f"{1e3 * t:.0f}" for t in costs.values())
        what = f"growth with {name} {', '.join(f'{s:,}' for s in sizes)}"
        measured = "exponents " + ", ".join(f"{s:.2f}" for s in slopes)
        note(what, f"{times} ms", "", measured, "<= 1.15")
        assert max(slopes) <= 1.15


def test_memory_beyond_x(note):
    X, y = continuous(100_000, 100)
    MutualInfoSelector(20).fit(X[:1000], y[:1000])  # modules are loaded before counting
    tracemalloc.start()
    MutualInfoSelector(20).fit(X, y)
    peak = tracemalloc.get_traced_memory()[1] / X.nbytes
    tracemalloc.stop()
    note("peak memory beyond X, float64", f"{peak:.2f} of X", "", "", "<= 0.50")
    assert peak <= 0.5


def run_python(code):
    """Run code in a new process and return what it prints as a number."""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(out.stdout)


def test_import_and_first_call(note):
    clock = "import time; import sklearn; start = time.perf_counter();"
    stop = "print(time.perf_counter() - start)"
    light = min(run_python(f"{clock} import sklearn_infotheory; {stop}") for _ in range(5))
    data = (
        "import numpy as np; from sklearn.feature_selection import mutual_info_classif;"
        "import pandas, narwhals;"
        "X = np.random.default_rng(0).normal(size=(200, 5)); y = np.arange(200) % 2;"
    )
    call = "from sklearn_infotheory import MutualInfoSelector; MutualInfoSelector(2).fit(X, y);"
    timed = f"{data} {clock} {call} {stop}"
    first = min(run_python(timed) for _ in range(5))
    note("import, beyond sklearn", f"{1e3 * light:.0f} ms", "", "", "<= 50 ms")
    note("first fit of a process", f"{first:.2f} s", "", "", "<= 0.3 s")
    assert light <= 0.05
    assert first <= 0.3
