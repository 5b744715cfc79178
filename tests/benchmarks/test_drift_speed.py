"""Speed and memory of KLDriftDetector, as ratios to coding the same columns by searchsorted.

Run with ``python -m pytest -m benchmark tests/benchmarks``; one thread.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sklearn_infotheory.drift import KLDriftDetector

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.filterwarnings("ignore:The batch has"),
]

N, P = 100_000, 50
SHARES = np.linspace(0.1, 0.9, 9)


def columns(n=N, p=P, seed=0):
    return np.random.default_rng(seed).normal(size=(n, p))


@pytest.mark.parametrize("order", ["rows", "columns"])
def test_detect(compare, order):
    X = columns()
    contiguous = np.asfortranarray(X)
    edges = np.quantile(X, SHARES, axis=0).T
    detector = KLDriftDetector(joint=None, random_state=0).fit(X)
    data = X if order == "rows" else contiguous
    compare(
        f"detect, {N:,} x {P} float64 by {order}, joint=None, against searchsorted",
        lambda: detector.detect(data),
        lambda: [np.searchsorted(e, x) for e, x in zip(edges, contiguous.T, strict=True)],
        1,
    )


def test_fit(compare):
    X = columns()
    contiguous = np.asfortranarray(X)

    def peer():
        for x in contiguous.T:
            np.searchsorted(np.quantile(x, SHARES), x)

    compare(
        f"fit, {N:,} x {P} float64, joint=None, against quantile and searchsorted",
        lambda: KLDriftDetector(joint=None).fit(X),
        peer,
        1,
    )


def test_pairs(note, benchmark):
    X = columns()
    detector = KLDriftDetector(random_state=0).fit(X)
    detector.detect(X)
    benchmark.pedantic(lambda: detector.detect(X), rounds=3)
    milliseconds = 1e3 * benchmark.stats.stats.median
    note(f"detect, {N:,} x {P} float64, all 1,225 pairs", f"{milliseconds:.0f} ms", "", "", "")


MEMORY = """
import warnings
import numpy as np
from sklearn_infotheory.drift import KLDriftDetector

def kilobytes(field):
    return next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith(field))

warnings.simplefilter("ignore")
random, X = np.random.default_rng(0), np.empty((1_000_000, 100))
for start in range(0, len(X), 10_000):
    X[start : start + 10_000] = random.normal(size=(10_000, 100))
detector = KLDriftDetector(joint={joint}).fit(X[:2000])
detector.detect(X[:100])
open("/proc/self/clear_refs", "w").write("5")  # begin a new peak
before = kilobytes("VmRSS")
{call}
print((kilobytes("VmHWM") - before) / 1024)
"""


@pytest.mark.parametrize("joint", [None, "pairs"])
@pytest.mark.parametrize("call", ["detector.detect(X)", "detector.fit(X)"])
def test_memory_beyond_x(note, joint, call):
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("needs /proc, as Linux has it")
    code = [sys.executable, "-c", MEMORY.format(joint=repr(joint), call=call)]
    megabytes = float(subprocess.run(code, capture_output=True, text=True, check=True).stdout)
    what = f"{call}, 1,000,000 x 100 float64, joint={joint!r}, memory beyond X"
    note(what, f"{megabytes:.0f} MB", "", "", "<= 200 MB")
    assert megabytes <= 200
