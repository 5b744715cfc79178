"""Cuts of sequences of blocks: each kernel against its definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from kernels.block_counts import KINDS, cumulated, random_counts

from sklearn_infotheory._kernels import _cuts

NO_TABLE = np.empty(0)


def n_log_n_table(total):
    return np.array([0.0] + [n * math.log(n) for n in range(1, int(total) + 2)])


def groups_of(sums, totals, whole):
    n_groups = (len(totals) - 1) // _cuts.GROUP
    shape = n_groups.bit_length(), n_groups, sums.shape[1]
    low, high = np.full((2, *shape), np.nan)
    _cuts.deviations(sums, totals, low, high)
    return low, high, whole


# --- Blocks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("merge_pure", [False, True])
def test_runs_of_values(merge_pure):
    values = np.array([1.0, 1.0, 2.0, 3.0, 3.0, 4.0, 5.0, 5.0, 6.0])
    codes = np.array([0, 0, 0, 1, 0, 2, 2, 2, 1], np.int32)
    starts, n_values = np.full((2, 10), -1)
    n_blocks = _cuts.runs_of_values(values, codes, merge_pure, starts, n_values)
    if merge_pure:
        assert starts[: n_blocks + 1].tolist() == [0, 3, 5, 8, 9]
        assert n_values[:n_blocks].tolist() == [2, 1, 2, 1]
    else:
        assert starts[: n_blocks + 1].tolist() == [0, 2, 3, 5, 6, 8, 9]
        assert n_values[:n_blocks].tolist() == [1] * 6


@pytest.mark.parametrize("weights", [NO_TABLE, np.array([0.5, 2.0, 1.0, 0.25, 4.0])])
def test_counts_of_blocks(weights):
    codes, starts = np.array([0, 2, 2, 1, 0], np.int32), np.array([0, 1, 4, 5])
    counts = np.zeros((3, 3))
    _cuts.count_blocks(codes, weights, starts, counts)
    a, b, c, d, e = weights if len(weights) else np.ones(5)
    assert counts.tolist() == [[a, 0, 0], [0, d, b + c], [e, 0, 0]]


def test_cumulated_counts_and_whether_they_are_whole():
    sums, totals, whole = cumulated([[1, 2], [0, 3]])
    assert sums.tolist() == [[0, 0], [1, 2], [1, 5]]
    assert totals.tolist() == [0, 3, 6]
    assert whole
    assert not cumulated([[1, 2], [0, 3.5]])[2]


# --- Splits from the top ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_class_counts_stay_within_their_deviations(kind):
    sums, totals, whole = cumulated(random_counts(kind, 300, 3, 0))
    low, high, _ = groups_of(sums, totals, whole)
    for level in range(len(low)):
        size = _cuts.GROUP << level
        for i in range(low.shape[1] >> level):
            inside = slice(i * size, (i + 1) * size + 1)
            counts, weights = sums[inside] - sums[i * size], totals[inside] - totals[i * size]
            lines = weights[:, None] / weights[-1] * counts[-1]
            assert (counts - lines >= low[level, i] - 1e-9).all()
            assert (counts - lines <= high[level, i] + 1e-9).all()
            if level == 0:  # no looser than need be
                np.testing.assert_allclose(low[0, i], (counts - lines).min(axis=0), atol=1e-9)
                np.testing.assert_allclose(high[0, i], (counts - lines).max(axis=0), atol=1e-9)


def spread(sums, totals, start, stop):
    """N1 Ent(S1) + N2 Ent(S2) of every cut in (start, stop), infinite beside an empty part."""
    values = np.zeros(stop - start - 1)
    for part, n in (
        (sums[start + 1 : stop] - sums[start], totals[start + 1 : stop] - totals[start]),
        (sums[stop] - sums[start + 1 : stop], totals[stop] - totals[start + 1 : stop]),
    ):
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(part > 0, part * np.log(part), 0).sum(axis=1)
            values += np.where(n > 0, n * np.log(n) - terms, np.inf)
    return values


@pytest.mark.parametrize("with_table", [False, True])
@pytest.mark.parametrize("n_classes", [2, 3, 9])
@pytest.mark.parametrize("kind", KINDS)
def test_branch_and_bound_finds_the_lowest_best_cut(kind, n_classes, with_table):
    for seed, n_blocks in enumerate((100, 129, 700, 2500)):
        counts = random_counts(kind, n_blocks, n_classes, seed)
        if seed == 2:  # every cut of the whole has an equal on the other side
            counts[n_blocks // 2 :] = counts[: n_blocks - n_blocks // 2][::-1]
        if kind == "fractional":
            counts = np.rint(counts * 2**30) / 2**30  # sums and differences are exact
        sums, totals, whole = cumulated(counts)
        table = n_log_n_table(totals[-1]) if with_table else NO_TABLE
        spans, tests = np.full((2 * n_blocks, 3), -1), np.full((2 * n_blocks, 2), np.nan)
        n_tests = _cuts.split_recursively(
            sums, totals, np.arange(n_blocks + 1), groups_of(sums, totals, whole), _cuts.MDLP,
            _cuts.BY_WEIGHT, 1.0, table, spans, tests,
        )  # fmt: skip
        assert n_tests
        for start, stop, cut in spans[:n_tests]:
            values = spread(sums, totals, start, stop)
            below = totals[start + 1 : stop] - totals[start]
            light = np.minimum(below, totals[stop] - totals[start] - below) < 1 - 1e-9
            values[light] = np.inf
            equal = values <= values.min() + 1e-12 * (1 + totals[stop] * math.log(totals[stop]))
            assert cut == start + 1 + np.flatnonzero(equal)[0]


def test_splits_form_a_tree_with_parents_first():
    sums, totals, whole = cumulated(random_counts("alternating", 200, 2, 0))
    spans, tests = np.full((400, 3), -1), np.full((400, 2), np.nan)
    n_tests = _cuts.split_recursively(
        sums, totals, np.arange(201), groups_of(sums, totals, whole), _cuts.KONONENKO,
        _cuts.BY_WEIGHT, 1.0, NO_TABLE, spans, tests,
    )  # fmt: skip
    waiting = {(0, 200)}
    for (start, stop, cut), (gain, threshold) in zip(spans[:n_tests], tests, strict=False):
        waiting.remove((start, stop))
        if _cuts.is_accepted(gain, threshold):
            waiting |= {(start, cut), (cut, stop)}
    assert all(stop - start == 1 for start, stop in waiting)
    assert len(waiting) == 200
