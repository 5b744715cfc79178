"""Random columns, and what partitions of them are compared with."""

from __future__ import annotations

from typing import NamedTuple

import naive
import numpy as np

from sklearn_infotheory.preprocessing._mdl import (
    CRITERIA,
    SUPERVISED,
    make_blocks,
)

SPLITS = {"mdlp": naive.mdlp_test, "kononenko": naive.kononenko_test}
UNSUPERVISED = [criterion for criterion in CRITERIA if criterion not in SUPERVISED]
BATCHES = range(20)
BATCH_SIZE = 100  # 2,000 data sets in all


class Sample(NamedTuple):
    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None
    n_classes: int


class Limits(NamedTuple):
    min_samples_bin: float
    max_bins: int | None


def random_weights(rng, n):
    """Return none, whole or fractional weights; some of them 0, not all."""
    kind = rng.integers(5)
    if kind < 2:
        return None
    weights = [rng.integers(0, 4, n), rng.choice([0, 0.25, 1.5, 3], n), rng.exponential(2, n)][
        kind - 2
    ].astype(float)
    weights[rng.integers(n)] = 2.0
    return weights


def random_sample(seed, most_values=60, whole=False):
    """Return one to 120 rows with ties; y random, by x, or of one class only, of up to 12."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 121))
    n_values = int(rng.choice([1, 2, 5, 9, 30, 60]))
    x = rng.integers(0, min(n_values, most_values), n) * rng.choice([1.0, 0.3, -7.25])
    n_classes = int(rng.choice([1, 2, 2, 3, 5, 12]))
    y = rng.integers(0, n_classes, n)
    by_x = (np.argsort(np.argsort(x)) * n_classes // n + rng.integers(0, 2)) % n_classes
    y = np.where(rng.random(n) < rng.choice([0, 0.5, 0.8, 1]), by_x, y)
    weights = random_weights(rng, n)
    if whole and weights is not None:
        weights = np.ceil(weights)
    return Sample(x, y.astype(np.uint16), weights, n_classes)


def random_limits(seed):
    rng = np.random.default_rng([seed, 1])
    min_samples_bin = float(rng.choice([1, 1, 1, 2, 3.5, 10]))
    max_bins = [None, None, 1, 2, 3, 4][rng.integers(6)]
    return Limits(min_samples_bin, max_bins)


def samples(batch, **options):
    for seed in range(batch * BATCH_SIZE, (batch + 1) * BATCH_SIZE):
        yield seed, random_sample(seed, **options), random_limits(seed)


def blocks_of(sample, merge_pure=True):
    x, y, weights, n_classes = sample
    return make_blocks(x, y, n_classes, weights, merge_pure=merge_pure)


def unsupervised_blocks(sample):
    no_classes = np.zeros(len(sample.x), np.uint16)
    return blocks_of(sample._replace(y=no_classes, n_classes=1), merge_pure=False)


def blocks_for(criterion, sample):
    return blocks_of(sample) if criterion in SUPERVISED else unsupervised_blocks(sample)


def counts_of(counts):
    """Return the rows of an array of counts as {class: weight}."""
    return [{j: float(c) for j, c in enumerate(row) if c > 0} for row in np.asarray(counts)]


def random_levels(seed, most_levels):
    """Return counts of classes in levels, in order of the share of the first class."""
    rng = np.random.default_rng([seed, 2])
    n_levels, n_classes = rng.integers(1, most_levels + 1), rng.integers(1, 5)
    shares = rng.dirichlet(np.full(n_classes, 0.5), n_levels)
    counts = np.array([rng.multinomial(rng.integers(1, 40), share) for share in shares])
    counts = counts[np.argsort(counts[:, 0] / counts.sum(axis=1), kind="stable")]
    return np.ascontiguousarray(counts * rng.choice([1.0, 1.0, 0.75]))


def assert_same_tests(found, expected, message=""):
    """Compare the table of tested splits with the twin's, in any order."""
    found = np.sort(found, order=["start", "stop"])
    expected = sorted(expected)
    for name in ("start", "stop", "cut", "accepted"):
        names = [getattr(test, name) for test in expected]
        np.testing.assert_array_equal(found[name], names, f"{name}, {message}")
    for name in ("gain", "threshold"):
        numbers = [getattr(test, name) for test in expected]
        np.testing.assert_allclose(
            found[name], numbers, rtol=1e-11, atol=1e-11, err_msg=f"{name}, {message}"
        )


def cost_of(interval_cost, prior, cuts, n_blocks):
    """Return the cost of a partition from those of its bins and of their number."""
    bins = naive.intervals(cuts, n_blocks)
    return prior(len(bins)) + sum(interval_cost(*bin) for bin in bins)
