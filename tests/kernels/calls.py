"""Calls of kernels with the memory that they need, as their callers in the package make them."""

import numpy as np
from scipy.special import xlogy

from sklearn_infotheory._counts import Strata
from sklearn_infotheory._inference._independence_tests import known_moments
from sklearn_infotheory._kernels import _coding, _independence, _joint_counts, _strata

NO_TABLE = np.zeros(2)  # of n log n: everything is computed
LONG_TABLE = xlogy(np.arange(2000.0), np.arange(2000.0))
NO_WEIGHTS = np.empty(0)


def code_by_edges(values, edges):
    """Code values by edges filled up to a multiple of four."""
    padded = np.append(edges, np.full(-len(edges) % 4, np.inf))
    codes = np.empty(len(values), np.uint8)
    _coding.code_by_edges(values, padded, codes)
    return codes


def refine_strata(strata, codes, n_levels, y):
    """Split strata (rows, labels, number of strata) by codes."""
    codes, y = np.ascontiguousarray(codes, np.uint8), np.asarray(y, np.uint16)
    refined = Strata(*strata).refine(codes, n_levels, y)
    return refined.rows, refined.labels, refined.n_strata


def stratified_g_test(kind, strata, x, y, weights, n_x, n_y, with_moments=True):
    """Return sums over strata: of G, its mean and variance, and the freedom."""
    memory = LONG_TABLE, known_moments(), not weights.size
    columns, lists = np.zeros(n_y), (np.empty(n_x, int), np.empty(n_y, int))
    scratch = (np.zeros(n_x * n_y), np.zeros(n_x), columns, *lists)
    rows, labels, n_strata = (*map(np.ascontiguousarray, strata[:2]), strata[2])
    x, y = np.asarray(x, np.uint8), np.asarray(y, np.uint16)
    if kind == "labelled":
        tables = np.zeros(n_strata * n_x * n_y, float if weights.size else np.uint32)
        _strata.count_strata(rows, labels, x, y, weights, n_x, n_y, tables)
        offsets, out = np.arange(n_strata) * (n_x * n_y), np.full((n_strata, 4), -1.0)
        _independence.g_tests_of_tables(
            tables, offsets, np.full(n_strata, n_x), with_moments, memory, scratch, out
        )
        return tuple(out.sum(axis=0))
    order = rows[np.argsort(labels, kind="stable")]
    starts = np.append(0, np.cumsum(np.bincount(labels, minlength=n_strata)))
    found = _strata.sorted_g_test(order, starts, x, y, weights, scratch, with_moments, memory)
    assert not any(part.any() for part in scratch[:3])  # clean for the next
    return found


def g_test_of_table(table, with_moments=True, whole=False):
    """Return G of a table (x, y), its mean and variance, and the freedom."""
    table = np.asarray(table, np.float64)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    memory = LONG_TABLE if whole else NO_TABLE, known_moments(), whole
    return _independence.g_test_of_table(
        table.ravel(), rows, columns, table.sum(), np.flatnonzero(rows), np.count_nonzero(rows),
        np.flatnonzero(columns), np.count_nonzero(columns), with_moments, memory,
    )  # fmt: skip


def _end_to_end(tables):
    """Lay tables (x, y) end to end as (y, x): the counts, where each begins, and its levels."""
    n_x = np.array([len(table) for table in tables])
    sizes = n_x * tables[0].shape[1]
    counts = np.concatenate([np.asarray(table, np.float64).T.ravel() for table in tables])
    return counts, np.cumsum(sizes) - sizes, n_x


def g_tests_of_tables(tables, wanted=None, whole=False):
    """Return a row for each wanted table: G, its mean and variance, and the freedom."""
    wanted = np.arange(len(tables)) if wanted is None else np.array(wanted)
    counts, offsets, n_x = _end_to_end(tables)
    memory = LONG_TABLE, known_moments(), whole
    levels, n_y = n_x.max(), tables[0].shape[1]
    room = (np.full(size, -1.0) for size in (levels * n_y, levels, n_y))
    lists = np.full(levels, -1), np.full(n_y, -1)
    out = np.full((len(wanted), 4), -1.0)
    counts = counts.astype(np.uint32) if whole else counts
    _independence.g_tests_of_tables(
        counts, offsets[wanted], n_x[wanted], True, memory, (*room, *lists), out
    )
    return out


def sums_of_tables(tables):
    """Return a row for each table: n log n over its cells, and over its rows."""
    counts, offsets, n_x = _end_to_end(tables)
    by_x, out = np.full(n_x.max(), -1.0), np.full((len(tables), 2), -1.0)
    n_y = tables[0].shape[1]
    _joint_counts.sums_of_tables(counts, offsets, n_x, 1, n_y, LONG_TABLE, by_x, out)
    return out
