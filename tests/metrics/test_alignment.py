"""Predictions and what happened, label by label, against dictionaries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from metrics import naive_metrics as naive
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_infotheory.metrics._alignment import (
    Output,
    holds_unseen,
    raise_unseen,
    split_outputs,
    with_unseen_classes,
)
from sklearn_infotheory.metrics._probabilities import losses
from sklearn_infotheory.metrics._training_prior import prior_losses

LABELS = {
    "text": np.array(["e", "b", "a", "d", "c"]),
    "numbers": np.array([30, -1, 7, 0, 12]),
    "objects": np.array(["e", "b", "a", "d", "c"], dtype=object),
    "mixed": np.array([1, "b", 2.5, (1, 2), None], dtype=object)[:4],
}


class Classifier:
    """Has classes, and nothing else."""

    def __init__(self, classes, multilabel=False):
        self.classes_ = classes
        if multilabel:
            self.multilabel_ = True


def sample(kind, n_seen, n, seed):
    """Return labels, those of the classifier, targets among all of them, and predictions."""
    rng = np.random.default_rng(seed)
    labels = LABELS[kind]
    y = labels[rng.integers(0, len(labels), n)]
    return labels, labels[:n_seen], y, rng.dirichlet(np.ones(n_seen), n)


@pytest.mark.parametrize("kind", LABELS)
@pytest.mark.parametrize("n_seen", [1, 2, 3])
@pytest.mark.parametrize("n", [1, 25])
def test_labels(kind, n_seen, n):
    for seed in range(5):
        _, classes, y, proba = sample(kind, n_seen, n, seed)
        found = with_unseen_classes(Output(y, proba, classes))
        rows = [dict(zip(classes.tolist(), p, strict=True)) for p in proba]
        expected = [naive.loss_by_label({k: 1}, p) for k, p in zip(y.tolist(), rows, strict=True)]
        assert_allclose(losses(found), expected, rtol=1e-12, atol=1e-15)
        unseen = [k not in classes.tolist() for k in y.tolist()]
        assert_array_equal(holds_unseen(found, n_seen), unseen)
        assert found.classes[:n_seen].tolist() == classes.tolist()
        assert set(found.classes[n_seen:].tolist()) == set(y.tolist()) - set(classes.tolist())
        assert found.classes[found.codes].tolist() == y.tolist()


@pytest.mark.parametrize("kind", ["text", "numbers"])
@pytest.mark.parametrize("n_labels", [2, 4, 5])
def test_soft_targets_of_labels_in_any_order(kind, n_labels):
    for seed in range(5):
        labels, classes, _, proba = sample(kind, 3, 20, seed)
        rng = np.random.default_rng(seed)
        columns = rng.permutation(labels)[:n_labels]
        targets = rng.dirichlet(np.full(n_labels, 0.3), 20)
        targets[targets < 0.05] = 0.0
        targets /= targets.sum(axis=1, keepdims=True)
        found = with_unseen_classes(Output(targets, proba, classes, columns))
        happened = [dict(zip(columns.tolist(), t, strict=True)) for t in targets]
        predicted = [dict(zip(classes.tolist(), p, strict=True)) for p in proba]
        pairs = zip(happened, predicted, strict=True)
        assert_allclose(losses(found), [naive.loss_by_label(*pair) for pair in pairs], rtol=1e-9)
        unseen = [any(t > 0 and k not in classes for k, t in row.items()) for row in happened]
        assert_array_equal(holds_unseen(found, 3), unseen)
        prior = dict(zip(found.classes.tolist(), [0.5, 0.3, 0.2, 0.0, 0.0, 0.0], strict=False))
        shares = np.array([prior[k] for k in found.classes.tolist()])
        expected = [naive.loss_by_label(row, prior) for row in happened]
        assert_allclose(prior_losses(found, shares), expected, rtol=1e-12)


@pytest.mark.parametrize("soft", [False, True])
def test_the_first_unseen_label_is_named(soft):
    target = np.array(["a", "b", "z", "y"])
    labels = None
    if soft:
        labels = np.array(["z", "a", "b", "y"])
        target = np.eye(4)[[1, 2, 0, 3]] * 0.8 + np.array([0, 0.2, 0, 0])
    found = with_unseen_classes(Output(target, np.full((4, 2), 0.5), np.array(["a", "b"]), labels))
    missed = holds_unseen(found, 2)
    assert missed.tolist() == [False, False, True, True]
    with pytest.raises(ValueError, match=r"holds 'z' in row 2, .* its classes are \['a', 'b'\]"):
        raise_unseen(found, missed, 2)


def outputs_by_hand(y, proba, classes):
    """Return the loss of each row, summed over columns, of which each is a variable of its own."""
    return sum(
        np.array(naive.losses_of_labels(y[:, j].tolist(), proba[j], classes[j].tolist()))
        for j in range(len(proba))
    )


def test_multi_output():
    rng = np.random.default_rng(0)
    classes = [LABELS["text"][:3], np.array(["no", "yes"])]
    proba = [rng.dirichlet(np.ones(len(c)), 30) for c in classes]
    y = np.column_stack([c[rng.integers(0, len(c), 30)] for c in classes])
    outputs = split_outputs(Classifier(classes), y, proba, None)
    found = sum(losses(with_unseen_classes(output)) for output in outputs)
    assert_allclose(found, outputs_by_hand(y, proba, classes), rtol=1e-12)


@pytest.mark.parametrize("n_ones", ["any", "one"])
def test_multilabel(n_ones):
    """One probability of a 1 for each column; one-hot rows are told by the sum of these."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, (30, 3)) if n_ones == "any" else np.eye(3, dtype=int)[[0, 1, 2] * 10]
    proba = rng.random((30, 3))
    outputs = split_outputs(Classifier(np.arange(3)), y, proba, None)
    found = sum(losses(with_unseen_classes(output)) for output in outputs)
    assert_allclose(found, naive.losses_of_indicators(y, proba), rtol=1e-12)


def test_one_hot_rows_are_one_output_unless_the_classifier_is_multilabel():
    y, proba = np.eye(3, dtype=int), np.array([[0.5, 0.3, 0.2]] * 3)
    assert len(split_outputs(Classifier(np.arange(3)), y, proba, None)) == 1
    assert len(split_outputs(Classifier(np.arange(3), multilabel=True), y, proba, None)) == 3
    assert len(split_outputs(Classifier(np.arange(3)), y.astype(str), proba, None)) == 1
    assert len(split_outputs(Classifier(np.arange(3)), proba, proba, None)) == 1


def test_extension_types():
    y = pd.array(["a", "z", "b"], dtype="string")
    found = with_unseen_classes(Output(y, np.full((3, 2), 0.5), np.array(["a", "b"])))
    assert losses(found).tolist() == [np.log(2), np.inf, np.log(2)]
