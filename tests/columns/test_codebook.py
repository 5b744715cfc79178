"""Codebooks: cells, labels, and the trip through JSON."""

import json

import naive
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_infotheory._columns import Categories, Groups, Intervals, codebook_from_dict

MISSING = [None, np.nan, pd.NA, pd.NaT, float("nan"), np.datetime64("NaT")]


def objects(values):
    array = np.empty(len(values), object)
    array[:] = values
    return array


@pytest.mark.parametrize("edges", [(), (0.0,), (-1.5, 0.0, 2.0), tuple(range(254))])
def test_numbers_fall_between_the_edges(edges):
    """Beyond the training range are the outer cells; the last cell is for what is missing."""
    book = Intervals(edges)
    values = np.array([-np.inf, -1e300, *edges, 0.5, -0.0, 1e300, np.inf])
    codes = book.encode(values)
    np.testing.assert_array_equal(codes, naive.bin_codes(values, edges))
    assert codes.dtype == np.uint8
    assert (codes[0], codes[-1]) == (0, len(edges))
    assert book.encode(np.array([np.nan, 0.0]))[0] == book.missing_code == book.n_cells - 1
    assert len(book.labels()) == book.n_cells <= 256
    assert book.encode(np.empty(0)).shape == (0,)


def test_every_kind_of_missing_shares_a_cell_and_unlisted_categories_share_another():
    book = Categories(("a", "b"))
    codes = book.encode(objects(["b", *MISSING, "a", "c", "", "A", 1, "nan", "None"]))
    assert codes.tolist() == [1, *[2] * len(MISSING), 0, *[3] * 6]
    assert (book.missing_code, book.other_code, book.n_cells) == (2, 3, 4)


def test_the_largest_codebook_fits_a_byte():
    categories = tuple(f"{i:03}" for i in range(254))
    book = Categories(categories)
    codes = book.encode(objects([*categories, None, "?"]))
    assert codes.dtype == np.uint8
    assert codes.tolist() == list(range(256))


def test_a_codebook_without_categories_still_tells_missing_from_other():
    assert Categories(()).encode(objects([None, "a", 1.5])).tolist() == [0, 1, 1]


def test_cells_are_named():
    assert Intervals((1.0, 2.5)).labels() == [
        "(-inf, 1]",
        "(1, 2.5]",
        "(2.5, inf)",
        "missing",
    ]
    assert Intervals(()).labels() == ["(-inf, inf)", "missing"]
    constant = Intervals((float(np.nextafter(1, 0)), 1.0))
    assert constant.labels() == ["(-inf, 1)", "1", "(1, inf)", "missing"]
    close = Intervals((1.7e9, 1.7e9 + 1, 1.7e9 + 2)).labels()
    assert close[1] == "(1700000000, 1700000001]"  # six digits would be the same
    assert Categories(("a", 3, True)).labels() == ["a", "3", "True", "missing", "other"]


finite = st.floats(allow_nan=False, allow_infinity=False)
codebooks = st.one_of(
    st.lists(finite, max_size=12, unique=True).map(lambda e: Intervals(tuple(sorted(e)))),
    st.lists(st.text(max_size=4), max_size=12, unique=True).map(lambda c: Categories(tuple(c))),
    st.lists(st.integers() | finite, max_size=12, unique=True).map(lambda c: Categories(tuple(c))),
    st.just(Categories((False, True, "x"))),
)


@settings(deadline=None, max_examples=50)
@given(codebooks, st.data())
def test_json_keeps_a_codebook_and_its_codes(book, data):
    again = codebook_from_dict(json.loads(json.dumps(book.to_dict(), allow_nan=False)))
    assert again == book
    assert type(again) is type(book)
    assert again.labels() == book.labels()
    if isinstance(book, Intervals):
        values = np.array(data.draw(st.lists(st.floats() | st.sampled_from([*book.edges, 0.0]))))
    else:
        listed = st.sampled_from([*book.categories, None])
        drawn = data.draw(st.lists(listed | st.text(max_size=2) | st.integers()))
        values = objects([*drawn, "text", 0])  # of both kinds, so that no kind is refused
    np.testing.assert_array_equal(again.encode(values), book.encode(values))


@pytest.mark.parametrize("description", [{}, {"kind": "ordinal", "edges": []}])
def test_an_unknown_kind_is_refused(description):
    with pytest.raises(
        ValueError, match=r"'numeric' or 'category'; got .* made by Codebook.to_dict"
    ):
        codebook_from_dict(description)


def test_more_intervals_than_a_byte_can_number():
    book = Intervals(tuple(np.arange(300.0).tolist()))
    codes = book.encode(np.array([-1.0, 0.0, 0.5, 298.5, 1e9, np.nan]))
    assert codes.tolist() == [0, 0, 1, 299, 300, book.missing_code]
    assert book.n_cells == len(book.labels()) == len(book.bin_labels()) + 1 == 302


def test_groups_have_a_cell_for_missing_values():
    book = Groups(("a", "b", "c"), (2, 0, 3, 1), (1, 3), 1)
    assert book.encode(objects(["c", "a", "b", "never", None, np.nan])).tolist() == [
        0,
        1,
        2,
        1,
        3,
        3,
    ]
    assert book.labels() == ["{c}", "{a, other}", "{b}", "missing"]
    assert book.n_cells == book.missing_code + 1 == 4
