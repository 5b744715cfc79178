"""Predictions of several outputs, read one by one, against plain loops."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from metrics import naive_metrics as naive
from numpy.testing import assert_allclose

from sklearn_infotheory.metrics._outputs import is_list_of_outputs, read_outputs
from sklearn_infotheory.metrics._probabilities import losses

NAMES = np.array(["b", "d", "a", "c"])


def summed(outputs):
    """Return the loss of each row, summed over outputs."""
    return np.sum([losses(output) for output in outputs], axis=0)


def several(n, sizes, seed=0):
    """Return columns of labels and a list of predictions, one array for each output."""
    rng = np.random.default_rng(seed)
    proba = [rng.dirichlet(np.ones(k), n) for k in sizes]
    return np.column_stack([rng.integers(0, k, n) for k in sizes]), proba


@pytest.mark.parametrize("n", [1, 2, 30])
@pytest.mark.parametrize("names", [False, True])
def test_a_list_of_outputs(n, names):
    sizes = (2, 3, 4)
    codes, proba = several(n, sizes)
    labels = [NAMES[:k] if names else np.arange(k) for k in sizes]
    y = np.column_stack([labels[j][codes[:, j]] for j in range(3)])
    outputs = read_outputs(y, proba, labels=[list(k) for k in labels])
    assert [len(output.classes) for output in outputs] == list(sizes)
    for j, output in enumerate(outputs):
        expected = naive.losses_of_labels(y[:, j].tolist(), proba[j], labels[j].tolist())
        assert_allclose(losses(output), expected, rtol=1e-12)
    weights = np.arange(n) + 2
    weighted = read_outputs(y, proba, labels=[list(k) for k in labels], sample_weight=weights)
    assert all(output.weights.tolist() == weights.tolist() for output in weighted)


def test_labels_of_outputs_are_found():
    codes, proba = several(40, (3, 4))
    outputs = read_outputs(NAMES[codes], proba)  # sorted: the columns are a, b, d and a, b, c, d
    for j, k in enumerate((3, 4)):
        expected = naive.losses_of_labels(NAMES[codes[:, j]], proba[j], sorted(NAMES[:k]))
        assert_allclose(losses(outputs[j]), expected, rtol=1e-12)


@pytest.mark.parametrize("kind", [int, bool, float, np.uint8])
@pytest.mark.parametrize("n_outputs", [2, 5])
def test_indicators(kind, n_outputs):
    rng = np.random.default_rng(1)
    y, proba = rng.integers(0, 2, (30, n_outputs)), rng.random((30, n_outputs))
    expected = naive.losses_of_indicators(y, proba)
    columns = [column.reshape(-1, 1) for column in proba.T]
    both = [np.column_stack([1 - column, column]) for column in proba.T]
    for form in (proba, columns, both, tuple(columns), pd.DataFrame(proba)):
        assert_allclose(summed(read_outputs(y.astype(kind), form)), expected, rtol=1e-12)
    named = read_outputs(y.astype(kind), proba, labels=list("abcde"[:n_outputs]))
    assert_allclose(summed(named), expected, rtol=1e-12)


def test_rows_with_a_single_one_are_one_output():
    proba = np.random.default_rng(0).dirichlet(np.ones(3), 6)
    (output,) = read_outputs(np.eye(3)[[0, 2, 1, 1, 0, 2]], proba)
    expected = naive.losses_of_labels([0, 2, 1, 1, 0, 2], proba, [0, 1, 2])
    assert_allclose(losses(output), expected, rtol=1e-12)


def test_one_column_of_labels_and_a_list():
    codes, proba = several(20, (3,))
    (output,) = read_outputs(codes[:, 0], proba, labels=[[0, 1, 2]])
    expected = naive.losses_of_labels(codes[:, 0], proba[0], [0, 1, 2])
    assert_allclose(losses(output), expected, rtol=1e-12)


def test_ones_alone_do_not_say_what_the_other_class_is():
    with pytest.raises(ValueError, match=r"holds 1 classes \(1\)"):
        read_outputs(np.ones((3, 2), int), [np.full((3, 1), 0.5)] * 2)
    assert len(read_outputs(np.ones((3, 2), int), np.full((3, 2), 0.5))) == 2


def test_lists_of_lists_are_rows():
    assert not is_list_of_outputs([[0.5, 0.5], [0.2, 0.8]])
    assert is_list_of_outputs([np.ones((2, 1))])
    assert not is_list_of_outputs(np.ones((2, 2, 1)))
