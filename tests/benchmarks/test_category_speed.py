"""What columns of categories cost, as ratios to the same columns as whole numbers."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from timing import is_compared, seconds

from sklearn_infotheory import EntropyDiscretizer, KLDriftDetector, MutualInfoSelector, mutual_info

pytestmark = pytest.mark.benchmark

N, P, LEVELS = 100_000, 100, 8
RNG = np.random.default_rng(0)
PLACES = RNG.integers(0, LEVELS, (N, P))
Y = (PLACES[:, :5].sum(axis=1) + RNG.normal(0, 3, N) > 17).astype(int)
WORDS = np.array(list("abcdefgh"), object)
NAMES = [f"c{j}" for j in range(P)]
TEXT = pd.DataFrame(
    {name: pd.Series(WORDS[PLACES[:, j]], dtype="str") for j, name in enumerate(NAMES)}
)
MASK = np.ones(P, bool)


def dictionaries():
    return pa.table({name: pa.array(TEXT[name]).dictionary_encode() for name in NAMES})


# How it is made, whether it needs a mask, and the most times that it may cost what integers cost.
KINDS = {
    "pandas category": (lambda: TEXT.astype("category"), False, 2),
    "polars Categorical": (lambda: pl.from_pandas(TEXT.astype("category")), False, 2),
    "Arrow dictionary": (dictionaries, False, 2),
    "integers under a mask": (lambda: PLACES, True, 3),
}
TEXTS = {
    "pandas str": lambda: TEXT,
    "polars String": lambda: pl.from_pandas(TEXT),
    "pandas object": lambda: TEXT.astype(object),
}


def fits(X, **options):
    """Return what is timed in each door, for some columns."""
    discretizer = EntropyDiscretizer(**options).fit(X, Y)
    detector = KLDriftDetector(joint=None, **options).fit(X)
    return {
        "selector, k=20": lambda: MutualInfoSelector(20, **options).fit(X, Y),
        "mutual_info": lambda: mutual_info(X, Y, **options),
        "discretizer, fit": lambda: EntropyDiscretizer(**options).fit(X, Y),
        "discretizer, transform": lambda: discretizer.transform(X),
        "drift, fit": lambda: KLDriftDetector(joint=None, **options).fit(X),
        "drift, detect": lambda: detector.detect(X[: N // 10]),
    }


DOORS = ("selector, k=20", "mutual_info", "discretizer, fit", "discretizer, transform",
         "drift, fit", "drift, detect")  # fmt: skip


def median_of_turns(ours, theirs, rounds=5):
    ours(), theirs()
    times = np.array([(seconds(ours, "ours"), seconds(theirs, "peer")) for _ in range(rounds)])
    return np.median(times, axis=0)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", KINDS)
def test_categories_beside_integers(note, kind, door):
    make, is_masked, most = KINDS[kind]
    options = {"categorical_features": MASK} if is_masked else {}
    ours, peer = median_of_turns(fits(make(), **options)[door], fits(PLACES)[door])
    note(f"{door}: {kind}", f"{ours:.3f} s", f"{peer:.3f} s", f"{ours / peer:.2f}", f"<= {most}")
    assert is_compared() or ours <= most * peer


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", TEXTS)
def test_text_beside_factorize(note, kind, door):
    frame = TEXTS[kind]()
    pandas = frame if isinstance(frame, pd.DataFrame) else TEXT
    call = fits(frame)[door]
    ours, peer = median_of_turns(call, lambda: [pd.factorize(pandas[name]) for name in NAMES])
    integers = fits(PLACES)[door]
    base = float(np.median([seconds(integers, "integers") for _ in range(3)]))
    # The other doors take longer than factorize for integers already: what text adds is compared.
    counted = ours if door in ("selector, k=20", "mutual_info") else ours - base
    note(
        f"{door}: {kind} beside pandas.factorize",
        f"{ours:.3f} s ({base:.3f} s for integers)",
        f"{peer:.3f} s",
        f"{counted / peer:.2f}",
        "<= 1.5",
    )
    assert is_compared() or counted <= 1.5 * peer


@pytest.mark.parametrize("kind", ["pandas str", "polars String", "pandas category"])
def test_memory_of_text(note, kind):
    """A frame of text is read one column at a time: codes are kept, objects are not."""
    frame = KINDS[kind][0]() if kind in KINDS else TEXTS[kind]()
    mutual_info(frame, Y)
    tracemalloc.start()
    mutual_info(frame, Y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    objects = N * P * 8
    note(f"peak memory, {kind}", f"{peak / 1e6:.0f} MB", f"{objects / 1e6:.0f} MB as objects",
         f"{peak / objects:.2f}", "<= 0.75")  # fmt: skip
    assert peak <= 0.75 * objects
