"""Levels of categories: keys, counts that add up in any order, cells that both samples choose."""

import itertools
import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_infotheory._columns._column import column_of_array
from sklearn_infotheory._columns._level_keys import count_levels, level_keys
from sklearn_infotheory._counts import _level_counts
from sklearn_infotheory._counts._level_counts import LevelCounts, SharedLevels, choose_cells
from sklearn_infotheory._storage import Damaged, Entry


def counted(texts):
    column = column_of_array(np.array([*texts, None], object)[:-1], True, "column")
    found = count_levels(column, None)
    return LevelCounts.of(found.keys, found.sums, found.names)


def same(a, b):
    ours, others = ((of.bits, of.keys.tolist(), of.counts.tolist()) for of in (a, b))
    return ours == others


def test_keys_are_the_same_for_ever():
    assert level_keys(["a", "b", ""]).tolist() == [3611759792, 2161684836, 2828067172]
    assert len(set(level_keys(["1", 1, 1.5, -1]).tolist())) == 4
    assert len(set(level_keys([1, 1.0, True, np.float64(1)]).tolist())) == 1
    assert level_keys([]).tolist() == []
    assert len(set(level_keys(map(str, range(10_000))).tolist())) >= 9_999


def test_counts_are_those_of_the_names():
    texts = np.random.default_rng(0).choice(list("abcdefgh"), 300).tolist()
    levels = counted(texts)
    expected = {int(level_keys([name])[0]): n for name, n in Counter(texts).items()}
    assert dict(zip(levels.keys.tolist(), levels.counts.tolist(), strict=True)) == expected
    assert [int(level_keys([name])[0]) for name in levels.names] == levels.keys.tolist()


def test_weights_are_summed_and_squared():
    column = column_of_array(np.array(["a", "b", "a", None], object), True, "column")
    found = count_levels(column, np.array([2.0, 0.0, 3.0, 9.0]))
    assert (found.names.tolist(), found.sums.tolist(), found.squares.tolist()) == (["a"], [5], [13])


@pytest.mark.parametrize("most", [16, 100])
def test_sums_do_not_depend_on_how_rows_are_shared_out(monkeypatch, most):
    monkeypatch.setattr(_level_counts, "MOST_LEVELS", most)
    texts = np.random.default_rng(1).integers(0, 300, 900).astype(str).tolist()
    whole = counted(texts)
    assert len(whole.keys) <= most
    for cuts in ([100], [1, 500], [300, 600, 899]):
        parts = [counted(part) for part in np.split(np.array(texts, object), cuts)]
        for order in itertools.permutations(parts):
            assert same(sum(order[1:], start=order[0]), whole)


def test_buckets_sum_to_the_counts():
    levels = counted(map(str, range(500)))
    assert levels.in_buckets(8).sum() == 500
    assert len(levels.in_buckets(8)) == 256
    expected = np.bincount(level_keys(map(str, range(500))) >> 24, minlength=256)
    np.testing.assert_array_equal(levels.in_buckets(8), expected)
    np.testing.assert_array_equal(levels.cut(5).in_buckets(8).reshape(32, 8)[:, 1:], 0)


def test_levels_survive_json():
    levels = counted(map(str, range(50)))
    entry = Entry(json.loads(json.dumps(levels.to_dict())))
    assert same(LevelCounts.from_entry(entry, 50.0), levels)
    for change in ({"bits": 3}, {"bits": 33}, {"keys": levels.to_dict()["counts"]}):
        with pytest.raises(Damaged):
            LevelCounts.from_entry(Entry(levels.to_dict() | change), 50.0)
    with pytest.raises(Damaged, match="sum to 50"):
        LevelCounts.from_entry(entry, 51.0)


def test_levels_side_by_side():
    shared = SharedLevels.of(counted("aab"), counted("bcc").cut(31))
    assert shared.bits == 31
    assert sorted(zip(shared.reference, shared.batch, strict=True)) == [(0, 2), (1, 1), (2, 0)]


@given(pooled=st.lists(st.integers(1, 40), min_size=1, max_size=60), most=st.integers(1, 20))
@settings(max_examples=200, deadline=None)
def test_cells_are_chosen_by_pooled_counts_alone(pooled, most):
    pooled = np.array(pooled, float)
    chosen = choose_cells(pooled, most)
    assert len(chosen.own) <= most
    assert chosen.cells.max() + 1 == chosen.n_cells
    own = np.isin(np.arange(len(pooled)), chosen.own)
    # Levels of one count are treated alike; a level with a cell has more rows than one without.
    assert pooled[own].min(initial=np.inf) > pooled[~own].max(initial=1.0) or own.all()
    for cell, (least, highest) in enumerate(chosen.ranges, len(chosen.own)):
        held = pooled[chosen.cells == cell]
        assert len(held)
        assert least <= held.min()
        assert held.max() <= highest
    turned = choose_cells(pooled[::-1], most)
    assert sorted(pooled[::-1][turned.own]) == sorted(pooled[chosen.own])
    assert turned.ranges == chosen.ranges


def test_given_pooled_counts_all_splits_have_the_same_cells():
    """The p-value is uniform over the splits of a small table, by enumerating them all."""
    rows = list("aaabbccd")
    cells = set()
    for batch in itertools.combinations(range(len(rows)), 3):
        ours = counted([rows[i] for i in range(len(rows)) if i not in batch])
        shared = SharedLevels.of(ours, counted([rows[i] for i in batch]))
        chosen = choose_cells(shared.reference + shared.batch, 2)
        cells.add((tuple(shared.keys.tolist()), tuple(chosen.cells.tolist())))
    assert len(cells) == 1
