"""Predictions as they come: rounded, as logarithms, as logits, in named columns, masked."""

from __future__ import annotations

from io import StringIO

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax, softmax

from sklearn_infotheory import measures
from sklearn_infotheory.metrics import (
    calibration_test,
    compare_cross_entropy,
    cross_entropy_decomposition,
    cross_entropy_loss,
    information_gain_score,
    perplexity_score,
)

FORMS = {
    "float64": lambda p: p.astype(np.float64),
    "list": lambda p: p.tolist(),
    "text": lambda p: pd.DataFrame(p).to_csv(index=False, header=False),
    "frame": lambda p: pd.DataFrame(p.astype(np.float64)),
    "float32": lambda p: p,
    "object": lambda p: p.astype(object),
}


def as_form(form, proba):
    found = FORMS[form](proba)
    return pd.read_csv(StringIO(found), header=None).to_numpy() if form == "text" else found


@given(
    n_classes=st.integers(2, 400),
    spread=st.floats(0.1, 30),
    form=st.sampled_from(list(FORMS)),
    seed=st.integers(0, 10**6),
)
@settings(max_examples=60, deadline=None)
def test_what_float32_rounds_is_accepted_and_divided_out(n_classes, spread, form, seed):
    rng = np.random.default_rng(seed)
    logits = (spread * rng.standard_normal((20, n_classes))).astype(np.float32)
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    single = exponentials / exponentials.sum(axis=1, keepdims=True)
    assert single.dtype == np.float32
    exact = softmax(logits.astype(np.float64), axis=1)
    y = (rng.random(20)[:, None] > exact.cumsum(axis=1)[:, :-1]).sum(axis=1)
    labels = np.arange(n_classes)
    given_form = as_form(form, single)
    wide = np.array(given_form, dtype=np.float64)
    wide /= wide.sum(axis=1, keepdims=True)
    expected = -np.log(wide[np.arange(20), y])
    loss = cross_entropy_loss(y, given_form, labels=labels)
    np.testing.assert_allclose(loss, expected.mean(), rtol=1e-9, atol=1e-12)
    each = cross_entropy_loss(y, given_form, labels=labels, reduction="none")
    np.testing.assert_allclose(each, expected, rtol=1e-9, atol=1e-12)
    entropies = measures.entropy(given_form, axis=1)
    np.testing.assert_allclose(entropies, measures.entropy(wide, axis=1), rtol=1e-6, atol=1e-9)


def test_more_than_rounding_is_refused():
    for off in (1e-4, 0.01):
        with pytest.raises(ValueError, match=r"must sum to 1 within"):
            cross_entropy_loss([0, 1], [[0.5, 0.5], [0.5 - off, 0.5]])
        with pytest.raises(ValueError, match=r"must be 1 within"):
            measures.entropy([0.5, 0.5 - off])


@pytest.fixture
def network():
    rng = np.random.default_rng(0)
    logits = 3 * rng.standard_normal((300, 4))
    proba = softmax(logits, axis=1)
    y = (rng.random(300)[:, None] > proba.cumsum(axis=1)[:, :-1]).sum(axis=1)
    return y, logits, proba


def test_scales_are_the_same_predictions(network):
    y, logits, proba = network
    for scale, given_form in (("logit", logits), ("log", log_softmax(logits, axis=1))):
        for score, more in (
            (cross_entropy_loss, {}),
            (perplexity_score, {}),
            (information_gain_score, {"prior": [0.25] * 4}),
        ):
            assert score(y, given_form, scale=scale, **more) == pytest.approx(
                score(y, proba, **more), rel=1e-12
            )
        ours = calibration_test(y, given_form, scale=scale)
        assert ours.p_value == pytest.approx(calibration_test(y, proba).p_value, rel=1e-8)
        both = [
            cross_entropy_decomposition(y, p, n_bootstrap=20, scale=s)
            for p, s in ((given_form, scale), (proba, "probability"))
        ]
        assert both[0].reliability == pytest.approx(both[1].reliability, rel=1e-9)
        comparison = compare_cross_entropy(y, given_form, given_form, scale=scale)
        assert comparison.loss_a == pytest.approx(cross_entropy_loss(y, proba), rel=1e-12)


def test_a_single_column_of_logits_is_before_a_sigmoid():
    z = np.array([-800.0, -1.0, 0.0, 2.0])
    y = np.array([1, 0, 1, 0])
    expected = np.logaddexp(0, np.where(y == 1, -z, z))
    for shape in (z, z[:, None]):
        each = cross_entropy_loss(y, shape, scale="logit", reduction="none")
        np.testing.assert_allclose(each, expected, rtol=1e-14)
    log_p = np.log([1e-300, 0.3, 1.0, 1 - 1e-12])
    each = cross_entropy_loss([0, 1, 1, 0], log_p, scale="log", reduction="none")
    np.testing.assert_allclose(each, [0, -np.log(0.3), 0, -np.log(1e-12)], rtol=1e-4, atol=1e-15)


def test_losses_beyond_the_smallest_double_are_finite():
    loss = cross_entropy_loss([0, 1], [[0.0, 2000.0], [0.0, 1.0]], scale="logit", reduction="none")
    assert loss[0] == 2000
    floored = cross_entropy_loss([0], [[0.0, 2000.0]], labels=[0, 1], scale="logit", zero=1e-3)
    assert floored == pytest.approx(-np.log(1e-3))


@pytest.mark.parametrize(
    ("values", "scale", "message"),
    [
        ([[0.0, np.nan]], "logit", "numbers below infinity"),
        ([[0.0, np.inf]], "log", "numbers below infinity"),
        ([[-np.inf, -np.inf]], "logit", "holds -inf only"),
        ([[-0.5, -0.5]], "log", "must sum to 1 within 1.4e-06.*scale='logit'"),
        ([[0.5, 0.5]], "odds", "scale must be one of .*'odds'"),
    ],
)
def test_bad_logarithms(values, scale, message):
    with pytest.raises(ValueError, match=message):
        cross_entropy_loss([1], values, labels=[0, 1], scale=scale)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_columns_named_by_classes_have_any_order(make, network):
    y, _, proba = network
    names = np.array(["d", "a", "c", "b"])  # of the columns of proba
    y = names[y]
    sorted_proba = proba[:, np.argsort(names)]
    frame = make({name: proba[:, j] for j, name in enumerate(names)})
    expected = cross_entropy_loss(y, sorted_proba)
    assert cross_entropy_loss(y, frame) == pytest.approx(expected, rel=1e-14)
    assert cross_entropy_loss(y, frame, labels=sorted(names)) == pytest.approx(expected, rel=1e-14)
    both = (calibration_test(y, p).p_value for p in (frame, frame[list("abcd")]))
    assert next(both) == pytest.approx(next(both), rel=1e-9)
    rest = y != "d"  # a class that has a column and did not occur
    part = frame.loc[rest] if make is pd.DataFrame else frame.filter(rest)
    assert cross_entropy_loss(y[rest], part) == pytest.approx(
        cross_entropy_loss(y[rest], sorted_proba[rest], labels=sorted(names))
    )


def test_names_of_integers_and_their_texts(network):
    y, _, proba = network
    order = [2, 0, 3, 1]
    expected = cross_entropy_loss(y, proba)
    frame = pd.DataFrame(proba, columns=np.arange(4))[order]
    assert cross_entropy_loss(y, frame) == pytest.approx(expected, rel=1e-14)
    frame.columns = frame.columns.astype(str)
    assert cross_entropy_loss(y, frame) == pytest.approx(expected, rel=1e-14)


def test_other_names_and_plain_numbers_are_places(network):
    y, _, proba = network
    expected = cross_entropy_loss(y, proba)
    assert cross_entropy_loss(y, pd.DataFrame(proba)) == expected
    assert cross_entropy_loss(y, pd.DataFrame(proba, columns=list("wxyz"))) == expected
    backwards = pd.DataFrame(proba[:, ::-1])  # numbered by pandas, labelled by the user
    assert cross_entropy_loss(y, backwards, labels=[3, 2, 1, 0]) == pytest.approx(expected)


def test_soft_targets_and_predictions_with_the_same_names(network):
    _, _, proba = network
    target = pd.DataFrame(proba[::-1], columns=list("abcd"))
    frame = pd.DataFrame(proba, columns=list("abcd"))
    expected = cross_entropy_loss(proba[::-1], proba)
    assert cross_entropy_loss(target[list("dbca")], frame) == pytest.approx(expected, rel=1e-12)


def test_a_single_column_with_the_name_of_the_first_class():
    y, p = ["no", "yes", "yes"], [0.7, 0.2, 0.4]
    expected = cross_entropy_loss(y, [[q, 1 - q] for q in p])
    assert cross_entropy_loss(y, pd.DataFrame({"no": p})) == pytest.approx(expected)
    assert cross_entropy_loss(y, pd.Series(p, name="no")) == pytest.approx(expected)
    assert cross_entropy_loss(y, pd.Series(1 - np.array(p), name="yes")) == pytest.approx(expected)


def test_categories_that_do_not_occur(network):
    y, _, proba = network
    kept = y != 2
    categories = pd.Categorical(y[kept], categories=range(4))
    expected = cross_entropy_loss(y[kept], proba[kept], labels=range(4))
    for given_form in (categories, pd.Series(categories)):
        assert cross_entropy_loss(given_form, proba[kept]) == pytest.approx(expected, rel=1e-14)


def test_masked_arrays_are_refused():
    masked = np.ma.array([[0.5, 0.25], [0.25, 0.1]], mask=[[0, 0], [0, 1]])
    with pytest.raises(ValueError, match=r"must not have masked values.*filled"):
        measures.mutual_information(masked, normalize=True)
    with pytest.raises(ValueError, match=r"must not have masked values.*filled"):
        cross_entropy_loss([0, 1], masked)
    whole = np.ma.array([0.5, 0.5])
    assert measures.entropy(whole) == pytest.approx(np.log(2))
