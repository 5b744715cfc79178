"""Predictions that twins are compared on: random, weighted, constant, soft, tiny."""

from __future__ import annotations

import numpy as np


def _random(n, n_classes, seed, levels=None):
    rng = np.random.default_rng(seed)
    proba = rng.dirichlet(np.ones(n_classes), n)
    if levels is not None:  # so that predictions repeat
        proba = proba[rng.integers(0, levels, n)]
    codes = (rng.random(n)[:, None] > proba.cumsum(axis=1)[:, :-1]).sum(axis=1)
    return proba, np.eye(n_classes)[codes], rng


def _cases():
    for n_classes in (2, 3, 5):
        proba, targets, rng = _random(60, n_classes, n_classes)
        yield f"random, {n_classes} classes", proba, targets
        yield f"weights, {n_classes} classes", proba, targets * rng.integers(0, 4, (60, 1))
        soft = rng.dirichlet(np.ones(n_classes), 60)
        yield f"soft targets, {n_classes} classes", proba, soft * rng.random((60, 1))
        proba, targets, _ = _random(60, n_classes, n_classes, levels=6)
        yield f"few predictions, {n_classes} classes", proba, targets
    proba, targets, _ = _random(40, 3, 0)
    yield "constant predictions", np.full((40, 3), [0.5, 0.3, 0.2]), targets
    yield "an absent class", proba, np.eye(3)[targets[:, 0].astype(int)]
    yield "one class happened", proba, np.full((40, 3), [0.0, 1.0, 0.0])
    impossible = np.where(targets > 0, 1.0, 0.0) * 0.5
    impossible[:, 1] += 0.5
    yield "probabilities of 0 and 1", impossible, targets
    yield "one row", np.array([[0.3, 0.7]]), np.array([[0.0, 1.0]])
    yield "two rows", np.array([[0.3, 0.7], [0.6, 0.4]]), np.array([[0.0, 1.0], [0.0, 1.0]])
    yield "one class", np.ones((4, 1)), np.ones((4, 1))


CASES = {name: (proba, targets.astype(float)) for name, proba, targets in _cases()}
