"""Cross-entropy loss, information gain and perplexity, against definitions and scikit-learn."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import xlogy
from sklearn.metrics import log_loss

from sklearn_infotheory.measures import cross_entropy, entropy, kl_divergence
from sklearn_infotheory.metrics import (
    cross_entropy_loss,
    information_gain_score,
    perplexity_score,
)
from sklearn_infotheory.metrics._probabilities import check_predictions, losses

EPS = float(np.finfo(np.float64).eps)
REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "information.json"
COLORS = np.array(["red", "green", "blue", "grey", "black", "white", "pink"])


def problem(n=200, n_classes=3, seed=0):
    """Return classes, all of which occur, and probabilities."""
    rng = np.random.default_rng(seed)
    y = np.concatenate([np.arange(n_classes), rng.integers(0, n_classes, n - n_classes)])
    return y, rng.dirichlet(np.ones(n_classes), n)


def naive(y, p, floor=0.0):
    """Add up the definition."""
    with np.errstate(divide="ignore"):
        return np.array(
            [-np.log(max(row[k] / sum(row), floor)) for k, row in zip(y, p, strict=True)]
        )


def test_reference_value():
    p = [[0.3, 0.6, 0.1], [0.2, 0.3, 0.5]]
    expected = 0.9485599924429406
    if REFERENCE.exists():
        exact = json.loads(REFERENCE.read_text())["exact"]
        key = "cross_entropy_loss labels [0,2], predictions [[.3,.6,.1],[.2,.3,.5]]"
        assert exact[key] == expected
    assert cross_entropy_loss([0, 2], p, labels=[0, 1, 2]) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("n_classes", [1, 2, 3, 10, 101])
def test_definition(n_classes):
    y, p = problem(n_classes=n_classes)
    own = naive(y, p)
    labels = range(n_classes)
    assert cross_entropy_loss(y, p, labels=labels) == pytest.approx(own.mean(), rel=1e-13)
    assert cross_entropy_loss(y, p, labels=labels, reduction="sum") == pytest.approx(own.sum())
    np.testing.assert_allclose(
        cross_entropy_loss(y, p, labels=labels, reduction="none", base=2), own / np.log(2)
    )


def test_products_of_many_tiny_probabilities_do_not_underflow():
    tiny = np.array([1e-99, 1e-101, 1e-300, 5e-324, 1e-50, 1.0] * 50)
    p = np.column_stack([tiny, 1 - tiny])
    loss = cross_entropy_loss(np.zeros(300, int), p, labels=[0, 1])
    assert loss == pytest.approx(-np.log(tiny).mean(), rel=1e-14)


def test_all_forms_agree():
    """Binary, categorical and sparse labels, and the loss as entropy plus divergence."""
    y, p = problem(n_classes=2)
    onehot = np.eye(2)[y]
    forms = [
        cross_entropy_loss(y, p),
        cross_entropy_loss(y, p[:, 1]),
        cross_entropy_loss(y, p[:, [1]]),
        cross_entropy_loss(y.reshape(-1, 1), p),
        cross_entropy_loss(onehot, p),
        cross_entropy_loss(onehot.astype(np.uint8), p),
        cross_entropy_loss(y == 1, p),
        cross_entropy_loss(COLORS[y], p, labels=COLORS[:2]),
        cross_entropy_loss(onehot * (1 - 1e-15) + 1e-15 / 2, p),
        np.log(perplexity_score(y, p)),
        np.mean(cross_entropy(onehot, p)),
        np.mean(entropy(onehot) + kl_divergence(onehot, p)),
    ]
    np.testing.assert_allclose(forms, forms[0], rtol=0, atol=1e-12)


def test_soft_targets():
    _, p = problem(n_classes=4)
    _, t = problem(n_classes=4, seed=1)
    expected = entropy(t) + kl_divergence(t, p)
    own = cross_entropy_loss(t, p, reduction="none")
    np.testing.assert_allclose(own, expected, rtol=0, atol=1e-12)
    assert cross_entropy_loss(t, p) == pytest.approx(expected.mean(), abs=1e-12)
    assert cross_entropy_loss(t, p, labels=COLORS[:4]) == pytest.approx(expected.mean())


def test_soft_targets_of_two_classes_in_one_dimension():
    t, p = np.array([0.2, 1.0, 0.5]), np.array([0.3, 0.6, 0.9])
    both = np.column_stack([1 - t, t]), np.column_stack([1 - p, p])
    assert cross_entropy_loss(t, p) == pytest.approx(np.mean(cross_entropy(*both)), abs=1e-12)
    assert cross_entropy_loss(t, p, labels=["no", "yes"]) == cross_entropy_loss(t, p)


def test_a_target_of_zero_may_have_probability_zero():
    assert cross_entropy_loss([[0.5, 0.5, 0]], [[0.5, 0.5, 0]]) == pytest.approx(np.log(2))
    assert cross_entropy_loss([[0.5, 0.4, 0.1]], [[0.5, 0.5, 0]]) == np.inf


@pytest.mark.parametrize(
    "kind",
    [
        np.array,
        list,
        tuple,
        lambda y: y.astype(object),
        lambda y: y.astype("S"),
        lambda y: y.astype("S").astype(object),
        lambda y: pd.Series(y, index=y),
        lambda y: pd.Series(y).astype("category"),
        lambda y: pd.Categorical(y, categories=COLORS[::-1]),
        pl.Series,
        pd.Series(COLORS).array._from_sequence,
    ],
)
def test_labels_of_any_kind(kind):
    y, p = problem(n_classes=7)
    expected = cross_entropy_loss(y, p)
    assert cross_entropy_loss(kind(np.sort(COLORS)[y]), p) == expected  # columns are sorted
    assert cross_entropy_loss(kind(COLORS[y]), p, labels=kind(COLORS)) == expected


@pytest.mark.parametrize(
    "values",
    [
        [-1, 1, 5],
        [10**12, 10**12 + 1, 10**12 + 7],
        [0.0, 1.0, 2.0],
        [0.25, 0.5, 7.5],
        pd.to_datetime(["2020-01-01", "2021-01-01", "2022-01-01"]),
        [("a", 1), ("a", 2), ("b", 1)],
    ],
)
def test_labels_of_other_types(values):
    y, p = problem()
    labels = pd.Index(values, tupleize_cols=False)
    assert cross_entropy_loss(labels[y], p, labels=labels) == cross_entropy_loss(y, p)
    series = pd.Series(labels[y])
    assert cross_entropy_loss(series, p, labels=list(values)) == cross_entropy_loss(y, p)


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_frames(frame):
    y, p = problem(n_classes=7)
    expected = cross_entropy_loss(y, p)
    column, table = frame({"y": np.sort(COLORS)[y]}), frame(p)
    assert cross_entropy_loss(column, table) == expected
    assert cross_entropy_loss(frame(np.eye(7)[y]), table) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64, ">i8", float, "Int64"])
def test_number_types_of_labels(dtype):
    y, p = problem()
    own = pd.array(y, dtype=dtype) if dtype == "Int64" else y.astype(dtype)
    assert cross_entropy_loss(own, p) == cross_entropy_loss(y, p)
    assert cross_entropy_loss(own, p, labels=[0, 1, 2]) == cross_entropy_loss(y, p)


def test_booleans_and_numbers_are_the_same_labels():
    y, p = problem(n_classes=2)
    expected = cross_entropy_loss(y, p)
    assert cross_entropy_loss(y == 1, p, labels=[0, 1]) == expected
    assert cross_entropy_loss(y, p, labels=[False, True]) == expected
    assert cross_entropy_loss([True], [[0.2, 0.8]]) == cross_entropy_loss([True], [0.8])


def test_columns_follow_labels_in_their_order():
    p = [[0.9, 0.1]]
    assert cross_entropy_loss(["b"], p, labels=["b", "a"]) == pytest.approx(-np.log(0.9))
    assert cross_entropy_loss(["b"], p, labels=["a", "b"]) == pytest.approx(-np.log(0.1))


def test_types_of_probabilities_agree():
    """Powers of two are the same number in all types."""
    y = np.array([0, 1, 0])
    p = np.array([[0.5, 0.5], [0.75, 0.25], [1.0, 0.0]])
    kinds = [p, p.astype(np.float32), p.astype(np.float16), p.astype(object), p.tolist()]
    kinds += [p.astype(np.longdouble), p.astype(">f8"), pd.DataFrame(p), pl.DataFrame(p)]
    for zero in ("inf", 1e-9):
        results = {cross_entropy_loss(y, kind, zero=zero) for kind in kinds}
        assert len(results) == 1
    assert cross_entropy_loss([0, 1], np.eye(2, dtype=int)) == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_a_zero_costs_the_same_in_all_types(dtype):
    p = np.array([[1, 0], [0.5, 0.5]], dtype)
    expected = (-np.log(1e-15) + np.log(2)) / 2
    assert cross_entropy_loss([1, 0], p, zero=1e-15) == pytest.approx(expected, abs=1e-12)
    assert cross_entropy_loss([1, 0], p) == np.inf
    one_column = cross_entropy_loss([False, True], p[:, 1], zero=1e-15)
    assert one_column == pytest.approx(np.log(2) / 2)


def test_memory_layouts_agree():
    y, p = problem(n=20_000, n_classes=5)
    frozen, frozen_y = p.copy(), y.copy()
    frozen.flags.writeable = frozen_y.flags.writeable = False
    expected = cross_entropy_loss(y, p)
    wide = np.repeat(p, 2, axis=1)[:, ::2]
    for labels in (y, frozen_y, np.repeat(y, 2)[::2]):
        for proba in (p, frozen, np.asfortranarray(p), wide, p[::-1][::-1]):
            assert cross_entropy_loss(labels, proba) == pytest.approx(expected, rel=1e-14)


def test_arguments_stay_as_they_are():
    y, p = problem()
    t, w = p[::-1].copy(), np.arange(200.0)
    kept = [a.copy() for a in (y, p, t, w)]
    for reduction in ("mean", "none"):
        cross_entropy_loss(y, p, sample_weight=w, reduction=reduction, zero=0.01)
        cross_entropy_loss(t, p, sample_weight=w, reduction=reduction, zero=0.01)
    for now, before in zip((y, p, t, w), kept, strict=True):
        np.testing.assert_array_equal(now, before)


@pytest.mark.parametrize("soft", [False, True])
def test_weights_are_repetitions(soft):
    y, p = problem()
    target = p[::-1].copy() if soft else y
    weights = np.random.default_rng(0).integers(0, 4, 200)
    again = np.repeat(np.arange(200), weights)
    for f in (cross_entropy_loss, perplexity_score):
        result = f(target, p, labels=[0, 1, 2], sample_weight=weights)
        assert result == pytest.approx(f(target[again], p[again], labels=[0, 1, 2]))
    total = cross_entropy_loss(target, p, sample_weight=weights, reduction="sum")
    assert total == pytest.approx(cross_entropy_loss(target[again], p[again], reduction="sum"))
    own = cross_entropy_loss(target, p, sample_weight=weights, reduction="none")
    np.testing.assert_array_equal(own, cross_entropy_loss(target, p, reduction="none"))


def test_what_weighs_nothing_costs_nothing():
    p = [[1.0, 0.0], [0.5, 0.5]]
    for zero in ("inf", "raise"):
        loss = cross_entropy_loss([1, 0], p, sample_weight=[0, 2], zero=zero)
        assert loss == pytest.approx(np.log(2))


def test_zero():
    y, p = [0, 0, 1], [[0.5, 0.5], [0.0, 1.0], [0.9, 0.1]]
    assert cross_entropy_loss(y, p) == np.inf
    assert cross_entropy_loss(y, p, reduction="none").tolist()[1] == np.inf
    assert perplexity_score(y, p) == np.inf
    expected = np.mean(naive(y, p, 0.2))
    assert cross_entropy_loss(y, p, zero=0.2) == pytest.approx(expected)
    for reduction in ("mean", "none"):
        with pytest.raises(ValueError, match=r"probability 0 to what happened in row 1.*zero='inf"):
            cross_entropy_loss(y, p, zero="raise", reduction=reduction)
    assert cross_entropy_loss([0], [[1.0, 0.0]], labels=[0, 1], zero="raise") == 0


def test_results_are_plain_and_not_minus_zero():
    loss = cross_entropy_loss([0, 1], np.eye(2))
    assert type(loss) is float
    assert str(loss) == "0.0"
    assert type(perplexity_score([0, 1], np.eye(2))) is float
    assert str(cross_entropy_loss([0, 1], np.eye(2), reduction="none")[0]) == "0.0"


def test_rounding_above_one_costs_nothing():
    assert cross_entropy_loss([0], [[1 + 1e-9, 0]], labels=[0, 1]) == 0


class TestMultilabel:
    y = np.array([[1, 1, 0], [0, 1, 0], [1, 0, 1], [0, 0, 0]])
    p = np.random.default_rng(0).random((4, 3))

    def expected(self):
        return [cross_entropy_loss(self.y[:, j], self.p[:, j], labels=[0, 1]) for j in range(3)]

    def test_losses_of_outputs_add_up(self):
        both = [np.column_stack([1 - c, c]) for c in self.p.T]
        own = cross_entropy_loss(self.y, self.p, reduction="none")
        for loss in (
            cross_entropy_loss(self.y, self.p),
            cross_entropy_loss(self.y, self.p, labels=["a", "b", "c"]),
            cross_entropy_loss(self.y, both),
            cross_entropy_loss(self.y, [c.reshape(-1, 1) for c in self.p.T]),
            own.mean(),
        ):
            assert loss == pytest.approx(sum(self.expected()))

    def test_a_list_says_that_columns_are_outputs(self):
        y = np.eye(3, dtype=int)
        columns = [c.reshape(-1, 1) for c in self.p[:3].T]
        assert cross_entropy_loss(y, columns) == pytest.approx(
            -(xlogy(y, self.p[:3]) + xlogy(1 - y, 1 - self.p[:3])).sum(axis=1).mean()
        )
        with pytest.raises(ValueError, match=r"row 0 of y_proba sums to .*pass a list of one arr"):
            cross_entropy_loss(y, self.p[:3])

    def test_outputs_of_several_classes(self):
        (y1, p1), (y2, p2) = problem(), problem(n_classes=4, seed=1)
        y = np.column_stack([COLORS[y1], COLORS[y2]])
        labels = [COLORS[:3], COLORS[:4]]
        expected = cross_entropy_loss(y1, p1) + cross_entropy_loss(y2, p2)
        assert cross_entropy_loss(y, [p1, p2], labels=labels) == pytest.approx(expected)
        shares = [np.full(3, 1 / 3), dict.fromkeys(COLORS[:4], 0.25)]
        gain = information_gain_score(y, [p1, p2], labels=labels, prior=shares)
        assert gain == pytest.approx(np.log(12) - expected)
        with pytest.raises(ValueError, match="prior must have one entry for each of 2 outputs"):
            information_gain_score(y, [p1, p2], labels=labels, prior=shares[:1])

    def test_gain(self):
        prior = [0.5, 0.25, 0.1]
        before = np.tile(prior, (4, 1))
        gain = information_gain_score(self.y, self.p, prior=prior)
        losses = [cross_entropy_loss(self.y, p) for p in (before, self.p)]
        assert gain == pytest.approx(losses[0] - losses[1])

    def test_errors(self):
        with pytest.raises(ValueError, match="one column for each output of y_proba"):
            cross_entropy_loss(self.y, [self.p[:, [0]]])
        with pytest.raises(ValueError, match="2 labels and 3 outputs"):
            cross_entropy_loss(self.y, self.p, labels=["a", "b"])


class TestInformationGain:
    def test_definition(self):
        y, p = problem()
        prior = np.array([0.5, 0.3, 0.2])
        expected = -np.log(prior[y]) - naive(y, p)
        gain = information_gain_score(y, p, prior=prior)
        assert gain == pytest.approx(expected.mean())
        for same in (dict(enumerate(prior)), prior.tolist(), pd.Series(prior)):
            assert information_gain_score(y, p, prior=same) == pytest.approx(gain)
        own = information_gain_score(y, p, prior=prior, reduction="none", base=2)
        np.testing.assert_allclose(own, expected / np.log(2))
        total = information_gain_score(y, p, prior=prior, reduction="sum")
        assert total == pytest.approx(expected.sum())
        w = np.arange(200)
        weighted = information_gain_score(y, p, prior=prior, sample_weight=w)
        assert weighted == pytest.approx(np.average(expected, weights=w))

    def test_the_prior_gains_nothing(self):
        y, _ = problem()
        prior = np.array([0.5, 0.3, 0.2])
        assert information_gain_score(y, np.tile(prior, (200, 1)), prior=prior) == 0

    def test_finite_in_a_fold_of_one_class(self):
        p = [[0.9, 0.1], [0.8, 0.2]]
        gain = information_gain_score([0, 0], p, labels=[0, 1], prior=[0.6, 0.4], base=2)
        assert gain == pytest.approx(np.mean(np.log2([0.9 / 0.6, 0.8 / 0.6])))

    def test_soft_targets(self):
        t, p, prior = [[0.5, 0.5, 0.0]], [[0.25, 0.75, 0.0]], [0.5, 0.5, 0.0]
        gain = information_gain_score(t, p, prior=prior)
        assert gain == pytest.approx(np.log(2) - cross_entropy(t, p)[0])

    def test_one_number_is_the_share_of_the_second_class(self):
        y, p = [0, 1, 1], [0.2, 0.9, 0.6]
        whole = information_gain_score(y, p, prior=[0.25, 0.75])
        assert information_gain_score(y, p, prior=0.75) == whole

    def test_infinite(self):
        labels, certain = [0, 1], [[1.0, 0.0]]
        assert information_gain_score([1], certain, labels=labels, prior=[0.5, 0.5]) == -np.inf
        assert information_gain_score([1], certain, labels=labels, prior=[1.0, 0.0]) == -np.inf
        assert information_gain_score([0], certain, labels=labels, prior=[0.0, 1.0]) == np.inf
        floored = information_gain_score([1], certain, labels=labels, prior=[1, 0], zero=1e-9)
        assert floored == 0

    @pytest.mark.parametrize(
        "prior",
        [[0.5, 0.4, 0.2], [0.5, 0.5], [1.5, -0.5, 0], {0: 0.5, 1: 0.5}, [0.5, 0.5, np.nan], 0.5],
    )
    def test_bad_prior(self, prior):
        y, p = problem()
        with pytest.raises(ValueError, match=r"prior must hold the share of each class"):
            information_gain_score(y, p, prior=prior)


@pytest.mark.parametrize(
    ("y", "p", "options", "problem"),
    [
        ([0, 1], [[0.5, 0.5], [0.5, 0.4]], {}, r"within 1.4e-06; row 1 of y_proba sums to 0.9"),
        ([0, 1], [[0.5, 0.5], [1.5, -0.5]], {}, r"not negative; got -0.5 in row 1.*column 1"),
        ([0, 1], [[0.5, 0.5], [np.nan, 1]], {}, r"finite.*got nan in row 1 of y_proba, column 0"),
        ([0, 1], [[0.5, 0.5], [np.inf, 0]], {}, r"got inf in row 1"),
        ([0, 1], [0.5, 1.1], {}, r"between 0 and 1; got 1.1 in row 1 of y_proba"),
        ([0, 1], [0.5, -0.1], {}, r"got -0.1 in row 1"),
        ([0, 1], [0.5, np.nan], {}, r"got nan in row 1"),
        ([0, 1], np.float32([[0.5, 0.5], [0.5, 0.499]]), {}, r"within 0.00035; row 1"),
        ([0, 3], [[0.5, 0.5], [0.5, 0.5]], {"labels": [0, 1]}, r"holds 3 in row 1, .*=\[0, 1\]"),
        (["a", "z"], [0.5, 0.5], {"labels": ["a", "b"]}, r"holds .*'z'.* in row 1"),
        ([0, 2], [[0.3, 0.6, 0.1]] * 2, {}, r"2 classes \(0, 2\), but y_proba is about 3. Pass"),
        ([1, 1], [0.5, 0.5], {}, r"1 classes \(1\), but y_proba is about 2"),
        ([0, 1, 2], [0.5, 0.5, 0.1], {}, r"3 classes \(0, 1, 2\)"),
        ([0, 1], [[0.5, 0.5]], {}, r"same number of samples; got 2 and 1"),
        ([0, 1], [[0.5, 0.5]] * 2, {"labels": [0, 1, 2]}, r"got 3 labels and 2 classes"),
        ([0, 1], [[0.5, 0.5]] * 2, {"labels": [1, 1]}, r"different from each other; got \[1, 1\]"),
        ([0, 1], [[0.5, 0.5]] * 2, {"labels": [0, None]}, r"none of them missing"),
        ([0, 1], [[0.5, 0.5]] * 2, {"labels": []}, r"one label for each column"),
        ([0, np.nan], [[0.5, 0.5]] * 2, {}, r"NaN or another missing value; got one in row 1"),
        (["a", None], [[0.5, 0.5]] * 2, {}, r"missing value; got one in row 1"),
        (np.ones((2, 3)) / 3, [[0.5, 0.5]] * 2, {}, r"got \(2, 3\) and \(2, 2\)"),
        ([[0.5, 0.5], [0.5, 0.2]], [[0.5, 0.5]] * 2, {}, r"row 1 of y_true sums to 0.7"),
        ([[0.5, 0.5], [1.5, -0.5]], [[0.5, 0.5]] * 2, {}, r"got -0.5 in row 1 of y_true"),
        ([["a", "b"]], [[0.5, 0.5]], {}, r"y_true must be an array of numbers|must hold numbers"),
        ([0.5, 1.5], [[0.5, 0.5]] * 2, {}, r"got 1.5 in row 1. Cut a continuous target"),
        (np.zeros((2, 2, 2)), [[0.5, 0.5]] * 2, {}, r"got shape \(2, 2, 2\)"),
        ([0, 1], [["a", "b"]] * 2, {}, r"y_proba must hold numbers"),
        ([0, 1], [[0.5, 0.5], [1.0]], {}, r"rows of equal lengths"),
        ([], np.empty((0, 2)), {}, r"got dtype float64 and shape \(0, 2\)"),
        ([0, 1], 0.5, {}, r"shape \(\)"),
        ([0, 1], [[0.5, 0.5]] * 2, {"zero": 0}, r"zero must be 'inf', 'raise' or a least prob"),
        ([0, 1], [[0.5, 0.5]] * 2, {"zero": "floor"}, r"got 'floor'"),
        ([0, 1], [[0.5, 0.5]] * 2, {"zero": 1}, r"got 1"),
        ([0, 1], [[0.5, 0.5]] * 2, {"base": 1}, r"'base' parameter"),
        ([0, 1], [[0.5, 0.5]] * 2, {"reduction": "max"}, r"'reduction' parameter"),
        ([0, 1], [[0.5, 0.5]] * 2, {"sample_weight": [1, -1]}, r"Negative values"),
        ([0, 1], [[0.5, 0.5]] * 2, {"sample_weight": [0, 0]}, r"All weights"),
        ([0, 1], [[0.5, 0.5]] * 2, {"sample_weight": [1]}, r"sample_weight.shape"),
    ],
)
def test_bad_input(y, p, options, problem):
    with pytest.raises(ValueError, match=problem):
        cross_entropy_loss(y, p, **options)
    if "reduction" not in options:
        with pytest.raises(ValueError, match=problem):
            cross_entropy_loss(y, p, reduction="none", **options)


def test_labels_without_an_order():
    y = np.array([1, "a"], dtype=object)
    with pytest.raises(TypeError, match=r"types int, str.* Pass labels"):
        cross_entropy_loss(y, [[0.5, 0.5]] * 2)
    assert cross_entropy_loss(y, [[0.5, 0.5]] * 2, labels=[1, "a"]) == pytest.approx(np.log(2))


def test_the_first_bad_row_is_found_wherever_it_is():
    y, p = problem(n=100_000)
    for row in (0, 77_777, 99_999):
        bad = p.copy()
        bad[row, 2] += 0.1
        for proba in (bad, np.asfortranarray(bad), bad.astype(np.float32)):
            with pytest.raises(ValueError, match=f"row {row} of y_proba"):
                cross_entropy_loss(y, proba)
            with pytest.raises(ValueError, match=f"row {row} of y_proba"):
                check_predictions(y, proba)


def test_checked_predictions():
    y, p = problem()
    found = check_predictions(COLORS[y], p, labels=COLORS[:3], sample_weight=np.arange(200))
    assert found.proba is p
    assert found.targets is None
    np.testing.assert_array_equal(found.codes, y)
    np.testing.assert_array_equal(found.classes, COLORS[:3])
    np.testing.assert_array_equal(found.weights, np.arange(200))
    np.testing.assert_allclose(losses(found), naive(y, p))
    soft = check_predictions(p, p)
    assert soft.codes is None
    np.testing.assert_allclose(losses(soft), entropy(p))
    assert check_predictions(y == 1, p[:, 0]).proba.shape == (200, 2)


@st.composite
def what_sklearn_accepts(draw):
    """Draw labels, probabilities with zeros and ones, and what else log_loss takes."""
    n_classes, n = draw(st.integers(2, 5)), draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    p = rng.dirichlet(np.full(n_classes, draw(st.sampled_from([0.01, 0.3, 1.0, 30.0]))), n)
    certain = rng.random(n) < draw(st.sampled_from([0, 0.5]))
    p[certain] = np.eye(n_classes)[rng.integers(0, n_classes, certain.sum())]
    kind = draw(st.sampled_from(["integers", "text", "objects", "floats", "bools", "onehot"]))
    y = rng.integers(0, n_classes, n)
    names = {
        "integers": rng.permutation(100)[:n_classes] - 50,
        "text": COLORS[:n_classes],
        "objects": COLORS[:n_classes].astype(object),
        "floats": np.arange(n_classes) - 1.0,
        "bools": np.array([False, True]) if n_classes == 2 else np.arange(n_classes),
        "onehot": np.arange(n_classes),
    }
    labels = np.sort(names[kind])
    weights = rng.integers(1, 5, n) / 2 if draw(st.booleans()) else None
    target = np.eye(n_classes, dtype=int)[y] if kind == "onehot" else labels[y]
    if n_classes == 2 and kind != "onehot" and draw(st.booleans()):
        p = p[:, 1]
    options = {"sample_weight": weights}
    complete = len(np.unique(y)) == n_classes
    if kind != "onehot" and (not complete or draw(st.booleans())):
        options["labels"] = labels
    return target, p, options


@settings(max_examples=300, deadline=None)
@given(case=what_sklearn_accepts(), mean=st.booleans())
def test_same_as_sklearn(case, mean):
    y, p, options = case
    expected = log_loss(y, p, normalize=mean, **options)
    own = cross_entropy_loss(y, p, zero=EPS, reduction="mean" if mean else "sum", **options)
    assert own == pytest.approx(expected, rel=1e-12, abs=1e-13)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6), n_classes=st.integers(2, 40), scale=st.floats(0.05, 50))
def test_float32_that_sklearn_accepts_is_accepted(seed, n_classes, scale):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(n_classes, scale), 20)
    y = rng.integers(0, n_classes, 20)
    labels = np.arange(n_classes)
    single = cross_entropy_loss(y, p.astype(np.float32), labels=labels, zero=1e-6)
    assert single == pytest.approx(cross_entropy_loss(y, p, labels=labels, zero=1e-6), rel=1e-5)
    assert np.isfinite(
        cross_entropy_loss(y, p.astype(np.float16), labels=labels, zero=1e-6, base=10)
    )
