"""Counts of columns, pairs and columns with a target; in chunks, with weights, as text."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_infotheory._counts._compressed import pack_tables, unpack_tables
from sklearn_infotheory._counts._counter import Counter, count_coarse, pairs_of
from sklearn_infotheory._storage import Damaged, Entry

N_CELLS = np.array([3, 5, 2], np.int64)
COARSE = ((0, 1, 1), (0, 0, 1, 1, 2), (0, 1))


def plain_table(first, second, weights, shape):
    """Count a pair of columns row by row."""
    table = np.zeros(shape)
    for a, b, w in zip(first, second, weights, strict=True):
        table[a, b] += w
    return table


def count_chunks(chunks, counter):
    for chunk in chunks:
        counter.add(*chunk)
    return counter.counts()


def draw(n, seed):
    rng = np.random.default_rng(seed)
    codes = np.array([rng.integers(0, k, n) for k in N_CELLS], np.uint8)
    return codes, rng.integers(0, 4, n).astype(np.uint8), rng.integers(0, 4, n).astype(float)


@given(n=st.integers(0, 60), seed=st.integers(0, 99), weighted=st.booleans())
@settings(max_examples=60, deadline=None)
def test_counter_is_plain_counting(n, seed, weighted):
    codes, label, weights = draw(n, seed)
    counter = Counter(N_CELLS, COARSE, 4)
    counter.add(codes, label, weights if weighted else None)
    counts = counter.counts()
    w = weights if weighted else np.ones(n)
    assert counts.n_samples == w.sum()
    for j, k in enumerate(N_CELLS):
        np.testing.assert_array_equal(counts.concept[j], plain_table(codes[j], label, w, (k, 4)))
        np.testing.assert_array_equal(counts.features[j], counts.concept[j].sum(axis=1))
    np.testing.assert_array_equal(counts.label, np.bincount(label, w, 4))
    coarse = [np.array(cells)[c] for cells, c in zip(COARSE, codes, strict=True)]
    sizes = count_coarse(COARSE)
    for table, i, j in zip(counts.pairs, *pairs_of(3), strict=True):
        expected = plain_table(coarse[i], coarse[j], w, (sizes[i], sizes[j]))
        np.testing.assert_array_equal(table, expected)


def test_chunks_threads_and_sums_of_parts_give_the_same():
    codes, label, weights = draw(500, 1)
    chunks = [(codes[:, s], label[s], weights[s]) for s in (slice(0, 130), slice(130, 500))]
    whole = count_chunks([(codes, label, weights)], Counter(N_CELLS, COARSE, 4))
    by_chunks = count_chunks(chunks, Counter(N_CELLS, COARSE, 4, n_threads=2))
    first, second = (count_chunks([c], Counter(N_CELLS, COARSE, 4)) for c in chunks)
    for counts in (by_chunks, first + second):
        assert counts.n_samples == whole.n_samples
        for part in ("features", "pairs", "concept"):
            for a, b in zip(getattr(counts, part), getattr(whole, part), strict=True):
                np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(counts.label, whole.label)


def test_what_is_not_asked_for_is_not_counted():
    codes, _, _ = draw(50, 0)
    counts = count_chunks([(codes, None, None)], Counter(N_CELLS))
    assert (counts.pairs, counts.label, counts.concept) == ([], None, [])
    assert (counts + counts).n_samples == 100


@pytest.mark.parametrize("largest", [1, 255, 256, 65_536, 2**33, 0.5])
def test_tables_survive_compression(largest):
    tables = [np.array([[largest, 0.0], [1, 2]]), np.array([[largest + 3.0]])]
    packed = json.loads(json.dumps(pack_tables(tables)))
    back = unpack_tables(Entry(packed), [(2, 2), (1, 1)], largest + 3.0)
    for a, b in zip(back, tables, strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(Damaged, match="counts sum to"):
        unpack_tables(Entry(packed), [(2, 2), (1, 1)], 2 * largest + 8.0)
    with pytest.raises(Damaged, match="number of packed counts"):
        unpack_tables(Entry(packed), [(2, 2)], largest + 3.0)


@pytest.mark.parametrize("change", [{"packed": "AAAA"}, {"packed": "?"}, {"dtype": "O"},
                                    {"packed": 3}, {"size": 2.0}])  # fmt: skip
def test_damaged_tables_are_refused(change):
    packed = pack_tables([np.array([[3.0, 1.0]])])
    with pytest.raises(Damaged):
        unpack_tables(Entry(packed | change), [(1, 2)], 4)


def test_no_tables():
    assert unpack_tables(Entry(pack_tables([])), [], 7) == []
