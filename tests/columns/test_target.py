"""Targets of any kind become classes, or bins."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from sklearn_infotheory._columns import encode_target


def encoded(y, kind="auto", n_bins=4, weights=None):
    target = encode_target(y, kind, n_bins, weights)
    assert target.codes.dtype == np.uint16
    assert target.codes.ndim == 1
    assert target.codes.max() < target.n_classes
    return target


def same_partition(codes, other):
    pairs = set(zip(np.asarray(codes).tolist(), np.asarray(other).tolist(), strict=True))
    return len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


@pytest.mark.parametrize(
    ("y", "n_classes"),
    [
        (["b", "a", "b", "c"], 3),
        (np.array(["b", "a", "b", "c"], object), 3),
        (np.array([b"x", b"y", b"x", b"x"]), 2),
        ([True, False, True, True], 2),
        ([3, -1, 3, 7], 3),
        ([3.0, -1.0, 3.0, 7.0], 3),
        ([5, 5, 5, 5], 1),
        (np.array([2, 1, 2, 200], np.uint8), 3),
        (np.array([[3], [1], [3], [2]]), 3),
        (pd.Series(["b", "a", "b", "a"], dtype="category"), 2),
        (pd.Series([1, 2, 1, 3], dtype="Int64"), 3),
        (pd.DataFrame({"y": ["b", "a", "b", "c"]}), 3),
        (pl.DataFrame({"y": [True, False, True, True]}), 2),
        (np.array(["b", 1, "b", 2.5], object), 3),
    ],
    ids=str,
)
def test_labels_are_classes(y, n_classes):
    target = encoded(y)
    labels = y.to_numpy().ravel() if hasattr(y, "to_numpy") else np.ravel(y)
    assert target.n_classes == n_classes
    assert not target.is_binned
    assert same_partition(target.codes, labels)
    assert sorted(set(target.codes.tolist())) == list(range(n_classes))


@pytest.mark.parametrize(
    ("y", "is_binned"),
    [
        (np.arange(100), False),
        (np.arange(101), True),  # more whole numbers than a classification has classes
        (np.arange(101.0), True),
        (np.array([0, 0.5, 1, 2]), True),
        (np.repeat([1.0, 2.0], 300), False),
        (pd.date_range("2024", periods=101).to_numpy(), True),
        (np.array([f"{i}" for i in range(500)]), False),
        (np.arange(4).astype(np.float32) / 3, True),
    ],
)
def test_numbers_of_many_values_or_with_fractions_are_binned(y, is_binned):
    target = encoded(y)
    assert target.is_binned == is_binned
    assert target.n_classes == (4 if is_binned else len(np.unique(y)))
    if is_binned:
        assert (np.diff(target.codes.astype(int)) >= 0).all()
        assert np.ptp(np.bincount(target.codes)) <= 1


def test_the_kind_of_target_can_be_said():
    fractions, many = np.repeat([0.25, 0.5, 0.75], 5), np.arange(300)
    assert not encoded(fractions, "discrete").is_binned
    assert encoded(fractions, "discrete").n_classes == 3
    assert encoded(many, "discrete").n_classes == 300
    for y in (many[:50], many > 20, fractions):
        target = encoded(y, "continuous", n_bins=3)
        assert target.is_binned
        assert target.n_classes == len(np.unique(y)[:3])
    constant = encoded(np.full(9, 2.5), "continuous")
    assert (constant.n_classes, constant.codes.any()) == (1, False)


def test_weights_move_the_bins():
    y = np.random.default_rng(0).normal(size=101)
    weights = np.random.default_rng(1).integers(0, 4, 101)
    weighted = encoded(y, weights=weights.astype(float)).codes
    np.testing.assert_array_equal(
        np.repeat(weighted, weights), encoded(np.repeat(y, weights)).codes
    )
    assert not np.array_equal(weighted, encoded(y).codes)


# --- Several outputs -------------------------------------------------------------------------


@pytest.mark.parametrize("make", [np.array, pd.DataFrame])
def test_several_outputs_are_one_joint_class(make):
    rng = np.random.default_rng(0)
    outputs = rng.integers(0, 3, (60, 2))
    target = encoded(make(outputs))
    assert same_partition(target.codes, outputs @ [1, 3])
    assert target.n_classes == 9
    indicator = (rng.random((60, 4)) < 0.5).astype(int)
    assert same_partition(encoded(make(indicator)).codes, indicator @ [1, 2, 4, 8])


def test_outputs_of_several_kinds_are_coded_each_in_its_way():
    rng = np.random.default_rng(0)
    y = pd.DataFrame({"s": rng.choice(["a", "b"], 90), "x": rng.normal(size=90)})
    target = encoded(y, n_bins=3)
    assert target.is_binned
    assert target.n_classes == 6
    one_by_one = encoded(y["s"]).codes * 3 + encoded(y["x"], n_bins=3).codes
    assert same_partition(target.codes, one_by_one)


@pytest.mark.parametrize("is_weighted", [False, True])
def test_rare_combinations_are_pooled(is_weighted):
    rng = np.random.default_rng(0)
    frequency = np.arange(40) + 1
    y = np.stack([np.arange(40) // 7, np.arange(40) % 7], axis=1)
    if is_weighted:
        target = encoded(y, weights=frequency.astype(float))
        codes = target.codes
    else:
        order = rng.permutation(frequency.sum())
        target = encoded(np.repeat(y, frequency, axis=0)[order])
        codes = np.empty(40, int)
        codes[np.repeat(np.arange(40), frequency)[order]] = target.codes
    assert target.n_classes == 32
    assert len(set(codes[9:].tolist())) == 31  # the most frequent each keep a class
    assert set(codes[:9].tolist()) == {31}  # the nine rarest share the last


def test_32_combinations_are_all_kept():
    y = np.stack([np.arange(32) // 4, np.arange(32) % 4], axis=1)
    assert encoded(y).n_classes == len(set(encoded(y).codes.tolist())) == 32


def test_order_of_rows_does_not_decide_what_is_pooled():
    """All combinations are equally frequent: the first by value are kept, not the first met."""
    rng = np.random.default_rng(0)
    y = np.stack([rng.permuted(np.tile(np.arange(40), 3)), np.zeros(120, int)], axis=1)
    y = y.astype(str).astype(object)
    codes = encoded(y).codes
    order = rng.permutation(120)
    np.testing.assert_array_equal(encoded(y[order]).codes, codes[order])


# --- What is not taken -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["auto", "discrete", "continuous"])
@pytest.mark.parametrize(
    "y",
    [
        [1.0, np.nan],
        np.array(["a", None], object),
        np.array(["a", np.nan], object),
        pd.Series([1, None], dtype="Int64"),
        pl.DataFrame({"y": ["a", None]}),
        np.array(["2024-01-01", "NaT"], "M8[s]"),
        np.array([[0, 1.0], [1, np.nan]]),
    ],
    ids=str,
)
def test_missing_targets_are_refused(y, kind):
    with pytest.raises(ValueError, match=r"Input y contains NaN or another missing value\. Drop"):
        encode_target(y, kind, 4, None)


@pytest.mark.parametrize("kind", ["auto", "discrete", "continuous"])
@pytest.mark.parametrize("infinite", [np.inf, -np.inf])
def test_infinite_targets_are_refused(infinite, kind):
    with pytest.raises(ValueError, match=r"Input y contains infinity .* Replace it by a finite"):
        encode_target(np.array([1.0, infinite, 2.0]), kind, 4, None)


def test_labels_are_not_continuous():
    with pytest.raises(
        ValueError, match=r"target='continuous' needs numbers.* Use target='discrete'"
    ):
        encode_target(["a", "b"], "continuous", 4, None)


def test_identifiers_are_refused():
    y = np.array([f"id{i}" for i in range((1 << 16) + 1)])
    with pytest.raises(ValueError, match=r"y has 65537 classes, more than the 65536 .* drop y if"):
        encode_target(y, "auto", 4, None)
    assert encode_target(y[1:], "auto", 4, None).n_classes == 1 << 16
