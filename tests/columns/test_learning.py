"""What codebooks are learned: bins of equal mass, few values kept, frequent categories listed."""

import naive
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sklearn_infotheory._columns import Categories, Intervals, _learning
from sklearn_infotheory._columns._column import column_of_array
from sklearn_infotheory._columns._learning import learn_bins

STRATEGIES = ["quantile", "uniform"]

# Halves, with many ties; small enough that x -> exp(x) keeps them apart.
tied = st.integers(-60, 60).map(lambda k: k / 2)
columns = st.lists(tied, min_size=1, max_size=60).map(np.array)
n_bins_of = st.integers(2, 12)


def learn_categories(values, weights):
    return _learning.learn_categories(column_of_array(values, True, "column"), weights)


def quantile_edges(values, weights, n_bins):
    """Distinct inverted-CDF quantiles k / n_bins, without the maximum."""
    shares = np.arange(1, n_bins) / n_bins
    edges = np.unique(naive.weighted_quantiles(values, weights, shares))
    return tuple(edges[edges < values[weights > 0].max()].tolist())


@pytest.mark.parametrize("weighting", ["none", "whole", "fractional"])
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize(("n", "n_bins"), [(101, 10), (101, 3), (211, 7), (128, 2), (128, 8)])
def test_edges_are_quantiles(n, n_bins, ties, weighting):
    # Either n is prime, so that no share k / n_bins of it is whole, or the shares are exact.
    rng = np.random.default_rng(n)
    values = rng.integers(0, 40, n) / 4.0 if ties else rng.normal(size=n)
    weights = None
    if weighting == "whole":
        weights = rng.integers(0, 4, n).astype(float)
        weights[0] += (211 if n_bins == 7 else 256 if n == 128 else 307) - weights.sum()
        weights[0] += 256 if weights[0] < 0 else 0
    elif weighting == "fractional":
        weights = rng.exponential(size=n) * (rng.random(n) < 0.8)
    expected = quantile_edges(values, np.ones(n) if weights is None else weights, n_bins)
    assert learn_bins(values, weights, n_bins) == Intervals(expected)


@settings(deadline=None, max_examples=100)
@given(columns, n_bins_of, st.sampled_from(STRATEGIES), st.data())
def test_whole_weights_equal_repetitions_exactly(values, n_bins, strategy, data):
    weights = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(values),
                                          max_size=len(values))))  # fmt: skip
    weighted = learn_bins(values, weights.astype(float), n_bins, strategy)
    assert weighted == learn_bins(np.repeat(values, weights), None, n_bins, strategy)
    # Rows of weight zero have no influence at all.
    more = np.append(values, [1e9, -3.25, 0.125])
    assert learn_bins(more, np.append(weights, [0, 0, 0.0]), n_bins, strategy) == weighted


@settings(deadline=None, max_examples=100)
@given(columns, n_bins_of, st.booleans())
def test_quantile_bins_are_few_filled_and_independent_of_order(values, n_bins, is_weighted):
    weights = None if not is_weighted else np.arange(1.0, len(values) + 1)
    book = learn_bins(values, weights, n_bins)
    codes = book.encode(values)
    n_distinct = len(np.unique(values))
    assert len(book.edges) < max(n_bins, min(16, n_distinct) + 1)
    assert np.unique(codes).tolist() == list(range(len(book.edges) + 1))
    if n_distinct <= n_bins:  # kept as they are
        np.testing.assert_array_equal(codes, np.unique(values, return_inverse=True)[1])
    order = np.random.default_rng(0).permutation(len(values))
    assert learn_bins(values[order], None if weights is None else weights[order], n_bins) == book


@settings(deadline=None, max_examples=50)
@given(columns, n_bins_of, st.sampled_from([np.exp, np.arctan, lambda x: 3 * x - 7, np.cbrt]))
def test_codes_ignore_monotone_maps(values, n_bins, rising):
    mapped = rising(values)
    assume(len(np.unique(mapped)) == len(np.unique(values)))
    codes = learn_bins(values, None, n_bins).encode(values)
    np.testing.assert_array_equal(learn_bins(mapped, None, n_bins).encode(mapped), codes)


def test_codes_ignore_monotone_maps_of_continuous_columns():
    values = np.random.default_rng(0).normal(size=5000)
    codes = learn_bins(values, None, 10).encode(values)
    assert np.bincount(codes).tolist() == [500] * 10
    np.testing.assert_array_equal(
        learn_bins(np.exp(values), None, 10).encode(np.exp(values)), codes
    )


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_constant_and_empty_columns_have_no_edges(strategy):
    for values in (np.full(7, 3.5), np.array([2.0]), np.empty(0)):
        for weights in (None, np.full(len(values), 0.5), np.zeros(len(values))):
            assert learn_bins(values, weights, 5, strategy) == Intervals(())


def test_heavy_ties_get_a_bin_of_their_own():
    rng = np.random.default_rng(0)
    values = np.where(rng.random(1000) < 0.7, 0.0, rng.normal(size=1000))
    book = learn_bins(values, None, 10)
    codes = book.encode(values)
    assert 0.0 in book.edges
    assert 2 <= len(book.edges) < 9
    # All zeros together, with the few negative numbers since the edge before at most.
    assert len(np.unique(codes[values == 0])) == 1
    assert (codes == codes[values == 0][0]).mean() < 0.81


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize(
    ("n_distinct", "n", "kept"),
    [
        (3, 3, True),
        (4, 19, False),
        (4, 20, True),
        (16, 79, False),
        (16, 80, True),
        (17, 900, False),
    ],
)
def test_few_distinct_values_are_kept(n_distinct, n, kept, strategy):
    """Up to n_bins always, up to 16 where each is supported by five samples."""
    values = np.append(np.arange(n_distinct), np.zeros(n - n_distinct)) ** 3.0
    found = [
        learn_bins(values, None, 3, strategy),
        learn_bins(values[::-1], np.ones(n), 3, strategy),
    ]
    assert found[0] == found[1]
    distinct = np.unique(values)
    middle = Intervals(tuple(((distinct[1:] + distinct[:-1]) / 2).tolist()))
    assert (found[0] == middle) == kept


def test_many_rows_do_not_hide_a_rare_value():
    """Only a sample of a long column is looked at to see that it has many values."""
    values = np.append(np.zeros(50_000), np.arange(1, 5.0))
    assert learn_bins(values, None, 2).edges == (0.5, 1.5, 2.5, 3.5)
    assert learn_bins(np.append(values, np.arange(5, 30.0)), None, 2).edges == (0.0,)


@pytest.mark.parametrize(
    "distinct",
    [
        [1.0, np.nextafter(1.0, 2)],
        [-5e-324, 0.0, 5e-324],
        [-1.7e308, 1.7e308],
        [-np.inf, 0.0, np.inf],
        [-np.inf, np.inf],
    ],
)
def test_neighbours_are_told_apart_without_overflow(distinct):
    values = np.repeat(distinct, 10)
    codes = learn_bins(values, None, 5).encode(values)
    np.testing.assert_array_equal(codes, np.repeat(np.arange(len(distinct)), 10))


def test_uniform_bins_are_of_equal_width():
    values = np.append(np.random.default_rng(0).exponential(size=500), [0.0, 10.0])
    book = learn_bins(values, None, 4, "uniform")
    assert book.edges == (2.5, 5.0, 7.5)
    assert book.encode(np.array([-1, 2.5, 2.6, 7.5, 99.0])).tolist() == [0, 0, 1, 2, 3]
    weights = np.append(np.ones(500), [1, 0])  # without its largest value
    assert learn_bins(values, weights, 4, "uniform").edges[-1] < 7


# --- Categories ------------------------------------------------------------------------------


def objects(values):
    array = np.empty(len(values), object)
    array[:] = values
    return array


def test_categories_that_occur_once_are_pooled():
    book = learn_categories(objects(["b", "a", None, "c", "b", "a", "d", np.nan]), None)
    assert book == Categories(("a", "b"))
    identifiers = objects([f"id{i}" for i in range(100)])
    assert learn_categories(identifiers, None).encode(identifiers).tolist() == [1] * 100


@pytest.mark.parametrize(
    ("weights", "listed"),
    [
        ([1, 1, 1, 1], ("a",)),
        ([2, 0, 1, 1], ("a",)),
        ([1, 0, 2, 0], ("b",)),
        ([0.5, 0.5, 1.5, 2.5], ("c",)),
        ([0, 0, 0, 0], ()),
    ],
)
def test_weights_count_as_repetitions_of_categories(weights, listed):
    assert learn_categories(objects(["a", "a", "b", "c"]), np.array(weights, float)) == (
        Categories(listed)
    )


def test_the_254_most_frequent_of_many_categories_are_kept():
    names = [f"{i:03}" for i in range(300)]
    frequency = np.random.default_rng(0).permutation(np.arange(300) // 2 + 2)
    values = objects(np.repeat(names, frequency).tolist())
    # The cut falls between two equal frequencies: the first by name is kept.
    ranked = sorted(range(300), key=lambda i: (-frequency[i], names[i]))
    expected = Categories(tuple(sorted(names[i] for i in ranked[:254])))
    rng = np.random.default_rng(1)
    for _ in range(3):
        rng.shuffle(values)
        assert learn_categories(values, None) == expected
    assert learn_categories(objects(names), frequency.astype(float)) == expected
    codes = expected.encode(values)
    assert codes.max() == expected.other_code == 255
    assert (codes == 255).sum() == frequency[ranked[254:]].sum()


@pytest.mark.parametrize(
    "values",
    [
        [3, 1, 2, 3, 1, 2],
        [2.5, 1.0, 2.5, 1.0],
        [True, False, True, False],
        [1, 2.0, 1.0, 2, 3, 3],  # one number, two types
        ["b", 2, "a", 1.5, "a", 1.5, 2, "b", True, False, False, True, False],
    ],
)
def test_order_of_categories_does_not_depend_on_the_order_of_rows(values):
    values = objects(values)
    book = learn_categories(values, None)
    codes = book.encode(values)
    assert len(book.categories) == len(set(values.tolist()))
    rng = np.random.default_rng(0)
    for _ in range(5):
        order = rng.permutation(len(values))
        again = learn_categories(values[order], None)
        assert again == book
        np.testing.assert_array_equal(again.encode(values[order]), codes[order])
