"""Numbers of teaching texts on information theory: each quantity, its call and its value.

A row is (quantity, call, printed value). Where a text prints a number that does not follow from its
own data, the row holds the right one and a test below says what was wrong.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.special import gammaln

from sklearn_infotheory import (
    InformationBottleneck,
    PMITransformer,
    cross_entropy_loss,
    distillation_loss,
    estimate_kl_divergence,
    estimate_mutual_information,
)
from sklearn_infotheory import measures as m

P, Q = [0.1, 0.5, 0.4], [0.2, 0.4, 0.4]
TABLE = np.array([[0.1, 0.5], [0.1, 0.3]])
ONE_HOT = [0, 1, 0]
PREDICTIONS = [[0.1, 0.8, 0.1], [0.8, 0.1, 0.1], [0.33, 0.34, 0.33]]
LABELS = np.repeat([0, 1, 2], 20)


def normal_kl(shift):
    p, q = {"mean": 0, "scale": 1}, {"mean": shift, "scale": 1}
    return m.parametric_kl_divergence("normal", p, q)


def mutual_information_of_labels(a, b):
    return m.mutual_information(pd.crosstab(a, b), normalize=True)


ROWS = [
    ("information content", lambda: m.self_information([0.9, 0.01, 1 / 64], base=2),
     [0.152, 6.644, 6.0]),
    ("fair and loaded coin", lambda: m.entropy([[0.5, 0.5], [0.9, 0.1], [1, 0]], base=2),
     [1, 0.469, 0]),
    ("eight equal outcomes", lambda: m.entropy(np.full(8, 1 / 8), base=2), 3),
    ("four outcomes", lambda: m.entropy([0.1, 0.5, 0.1, 0.3], base=2), 1.6855),
    ("cross-entropy of predictions", lambda: m.cross_entropy([ONE_HOT] * 3, PREDICTIONS),
     [0.2231, 2.3026, 1.0788]),
    ("binary cross-entropy",
     lambda: cross_entropy_loss([1, 0], [0.9, 0.2], zero=1e-10), -np.log([0.9, 0.8]).mean()),
    ("categorical cross-entropy, sum",
     lambda: cross_entropy_loss([0, 1], [[0.7, 0.3], [0.4, 0.6]], reduction="sum"),
     -np.log(0.7) - np.log(0.6)),
    ("cross-entropy of log-probabilities",
     lambda: cross_entropy_loss([0, 1], np.log([[0.7, 0.3], [0.4, 0.6]]), scale="log"),
     -np.log([0.7, 0.6]).mean()),
    ("normal distributions", lambda: normal_kl(np.array([0, 0.5, 2, 4.5])),
     [0, 0.125, 2, 10.125]),
    ("labels that agree", lambda: mutual_information_of_labels(LABELS, LABELS), 1.0986),
    ("labels that agree in part",
     lambda: m.mutual_information([[1, 0], [0.25, 0.75]], normalize=True),
     m.entropy([1.25, 0.75], normalize=True) - 0.5 * m.entropy([0.25, 0.75])),
    ("card deck", lambda: m.self_information([1, 1 / 4, 1 / 52], base=2), [0, 2, 5.70]),
    ("orders of the deck", lambda: m.self_information(np.exp(-gammaln(53)), base=2), 225.58),
    ("joint entropy", lambda: m.joint_entropy(TABLE, base=2), 1.6855),
    ("mutual information of the table", lambda: m.mutual_information(TABLE, base=2), 0.0074),
    ("a table that sums to 1.1",
     lambda: m.conditional_entropy([[0.1, 0.5], [0.2, 0.3]], base=2, normalize=True), 0.9446),
    ("pointwise mutual information",
     lambda: m.pointwise_mutual_information(TABLE)[0, 0], np.log(0.1 / (0.6 * 0.2))),
    ("monkey with 44 keys", lambda: m.entropy(np.full(44, 1 / 44), base=2), 5.459),
    ("typesetter", lambda: m.entropy(np.full(2000, 1 / 2000), base=2) / 4.5, 2.437),
    ("language model", lambda: m.bits_per_character(np.log(15), 4.5), 0.868),
    ("perplexity", lambda: m.perplexity(np.full(15, 1 / 15)), 15),
    ("differential entropy", lambda: m.parametric_entropy("normal", {"mean": 0, "scale": 1}),
     0.5 * math.log(2 * math.pi * math.e)),
    ("conditional differential entropy",
     lambda: m.gaussian_entropy([[1, 0.8], [0.8, 1]], given=1),
     0.5 * math.log(2 * math.pi * math.e * 0.36)),
    ("softmax", lambda: m.softmax([1.0, 2.0, 3.0]), [0.0900, 0.2447, 0.6652]),
    ("divergence of the latent variables",
     lambda: m.gaussian_kl_to_standard_normal([1.0, 0.0], [0.0, 1.0]), 0.5 + (math.e - 2) / 2),
    ("loss of a variational autoencoder",
     lambda: -m.evidence_lower_bound(
         m.bernoulli_log_likelihood([1.0, 0.0], [2.0, -1.0]), [1.0], [0.0]),
     np.log1p(np.exp(-2)) + np.log1p(np.exp(-1)) + 0.5),
    ("best discriminator", lambda: m.optimal_discriminator(P, Q),
     [1 / 3, 5 / 9, 1 / 2]),
    ("value of the game", lambda: m.gan_value(P, Q),
     2 * m.jensen_shannon_divergence(P, Q) - 2 * math.log(2)),
    ("AIC", lambda: m.information_criterion(-100.0, 2, criterion="aic"), 204),
    ("BIC", lambda: m.information_criterion(-100.0, 2, 50), 2 * np.log(50) + 200),
]  # fmt: skip


@pytest.mark.parametrize(("call", "printed"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_the_number(call, printed):
    digits = 5e-3 if np.any(np.isin(printed, [5.70, 225.58])) else 5.5e-4
    assert_allclose(call(), printed, rtol=0, atol=digits)


def test_divergence_both_ways_and_the_identity():
    for p, q in ((P, P), (P, Q), (Q, P)):
        kl = sum(a * math.log(a / b) for a, b in zip(p, q, strict=True))
        assert_allclose(m.kl_divergence(p, q), kl, atol=1e-15)
        assert_allclose(m.cross_entropy(p, q), m.entropy(p) + kl, rtol=1e-14)
    assert m.kl_divergence(P, Q) != m.kl_divergence(Q, P)


def test_margins_belong_to_their_table():
    """A text takes margins (.2, .8) that are not those of its table: .8635 and .7195 bits."""
    with pytest.raises(ValueError, match=r"sum 1\.1"):
        m.conditional_entropy([[0.1, 0.5], [0.2, 0.3]])
    chain = m.entropy(TABLE.sum(axis=1)) - m.conditional_entropy(TABLE)
    assert_allclose(m.mutual_information(TABLE), chain, rtol=1e-10)


def test_sorted_samples_are_no_probabilities():
    """A text sums p log(p / q) over sorted draws; an estimate of N(0, 1) || N(1, 1) finds 1/2."""
    rng = np.random.default_rng(0)
    found = estimate_kl_divergence(rng.normal(size=2000), rng.normal(1, size=2000))
    assert abs(found.value - normal_kl(1.0)) < 4 * found.standard_error + 0.02
    independent = estimate_mutual_information(rng.integers(0, 3, 99), rng.integers(0, 3, 99))
    assert independent.p_value > 0.01


def test_distillation_loss_as_it_is_written():
    rng = np.random.default_rng(0)
    student, teacher = rng.normal(size=(2, 6, 3))
    y = np.array([0, 1, 2, 0, 1, 2])
    soft = -np.sum(m.softmax(teacher, 3.0) * np.log(m.softmax(student, 3.0))) * 9
    hard = -np.sum(np.log(m.softmax(student)[np.arange(6), y]))
    found = distillation_loss(student, teacher, y, temperature=3.0, alpha=0.5, reduction="sum")
    assert_allclose(found, 0.5 * soft + 0.5 * hard, rtol=1e-12)


def test_criteria_that_are_named_have_an_estimator():
    counts = np.array([[8, 1, 0], [7, 2, 0], [0, 1, 9], [1, 0, 8]])
    labels = InformationBottleneck(2, random_state=0).fit(counts).labels_
    assert labels[0] == labels[1] != labels[2] == labels[3]
    assert PMITransformer().fit_transform(counts).shape == counts.shape
