"""Bounds of the evidence, the game of generator and discriminator, code lengths, softmax."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

from sklearn_infotheory import measures as m

RNG = np.random.default_rng(0)


def test_loss_of_a_variational_autoencoder_as_it_is_usually_written():
    x, p = RNG.random((20, 7)), RNG.uniform(0.01, 0.99, (20, 7))
    mean, logs = RNG.normal(size=(2, 20, 3))
    bce = -np.sum(x * np.log(p) + (1 - x) * np.log(1 - p))
    kl = -0.5 * np.sum(1 + logs - mean**2 - np.exp(logs))
    likelihood = m.bernoulli_log_likelihood(x, special.logit(p))
    bound = m.evidence_lower_bound(likelihood, mean, logs)
    assert_allclose(-bound.sum(), bce + kl, rtol=1e-12)
    weighted = m.evidence_lower_bound(likelihood, mean, logs, beta=4.0)
    assert_allclose(-weighted.sum(), bce + 4 * kl, rtol=1e-12)


def test_log_likelihood_of_numbers():
    x, mean, logs = RNG.normal(size=(3, 5, 4))
    expected = stats.norm(mean, np.exp(logs / 2)).logpdf(x).sum(axis=1)
    assert_allclose(m.gaussian_log_likelihood(x, mean, logs), expected, rtol=1e-12)


def encode(x):  # not the exact posterior, which is N(x / 2, 1 / 2)
    return 0.3 * x, np.log(0.8) + 0 * x


def decode(z):
    return z, 0 * z


def test_simulated_bounds_are_the_exact_ones():
    x = np.array([[-1.0], [0.0], [2.0]])
    evidence = stats.norm(0, np.sqrt(2)).logpdf(x[:, 0])
    mean, logs = encode(x)
    # E log p(x|z) = log N(x; mean, 1) - variance / 2
    likelihood = m.gaussian_log_likelihood(x, mean) - 0.5 * np.exp(logs[:, 0])
    exact = m.evidence_lower_bound(likelihood, mean, logs)
    gap = m.parametric_kl_divergence(
        "normal",
        {"mean": mean[:, 0], "scale": np.exp(logs[:, 0] / 2)},
        {"mean": x[:, 0] / 2, "scale": np.sqrt(0.5)},
    )
    assert_allclose(exact + gap, evidence, rtol=1e-12)  # log p = ELBO + KL
    found = m.importance_weighted_bound(
        x, encode, decode, decoder="gaussian", n_samples=2000, random_state=0
    )
    assert (abs(found.value - exact) < 4 * found.standard_error).all()
    tighter = m.importance_weighted_bound(
        x, encode, decode, decoder="gaussian", n_importance=20, n_samples=500, random_state=0
    )
    assert (tighter.value > exact).all()
    assert (tighter.value < evidence + 4 * tighter.standard_error).all()


def test_bits_and_the_binary_decoder():
    x = np.array([[1.0, 0.0]])
    both = [
        m.importance_weighted_bound(
            x, lambda x: (x[:, :1], -x[:, :1]), lambda z: np.hstack([z, -z]),
            random_state=3, base=base, beta=2.0,
        )
        for base in (None, 2)
    ]  # fmt: skip
    assert_allclose(both[0].value, both[1].value * np.log(2), rtol=1e-12)
    assert_allclose(both[0].standard_error, both[1].standard_error * np.log(2), rtol=1e-12)


def test_value_of_the_game_is_that_of_the_best_discriminator():
    p, q = RNG.dirichlet(np.ones(6), size=2)
    best = m.gan_value(p, q)
    assert_allclose(best, 2 * m.jensen_shannon_divergence(p, q) - 2 * np.log(2), rtol=1e-12)
    optimum = m.optimal_discriminator(p, q)
    assert_allclose(optimum, p / (p + q), rtol=1e-15)
    assert_allclose(m.gan_value(p, q, optimum), best, rtol=1e-14)
    for _ in range(20):
        other = np.clip(optimum + RNG.normal(scale=0.1, size=6), 0.01, 0.99)
        assert m.gan_value(p, q, other) < best
    assert m.gan_value([1.0, 0.0], [0.0, 1.0]) == 0
    tails = [1 - 1e-20, 1e-20], [1e-20, 1 - 1e-20]  # where the best discriminator rounds to 1
    assert -1e-15 < m.gan_value(*tails) < 0
    assert_allclose(m.gan_value(p, p, base=2), -2, rtol=1e-12)


def test_softmax_and_its_gradient():
    logits = RNG.normal(size=(4, 3)) * 5
    assert_allclose(m.softmax(logits), special.softmax(logits, axis=1), rtol=1e-12)
    assert_allclose(m.softmax(logits, 3.0), special.softmax(logits / 3, axis=1), rtol=1e-12)
    assert_allclose(m.softmax([1e300, 0.0, -np.inf]), [1, 0, 0])
    z, step = logits[0], 1e-6 * np.eye(3)
    slopes = [(np.log(m.softmax(z - s)[1]) - np.log(m.softmax(z + s)[1])) / 2e-6 for s in step]
    assert_allclose(slopes, m.softmax(z) - np.eye(3)[1], atol=1e-8)


def test_information_criteria_by_their_definitions():
    L, k, n = np.array([-100.0, -98.5]), np.array([2, 4]), 50
    assert_allclose(m.information_criterion(L, k, criterion="aic"), 2 * k - 2 * L)
    aicc = 2 * k - 2 * L + 2 * k * (k + 1) / (n - k - 1)
    assert_allclose(m.information_criterion(L, k, n, criterion="aicc"), aicc)
    bic = k * np.log(n) - 2 * L
    assert_allclose(m.information_criterion(L, k, n, criterion="bic"), bic)
    assert_allclose(m.information_criterion(L, k, n, criterion="mdl"), bic / 2)
    assert m.information_criterion(-1.0, 3, 4, criterion="aicc") == np.inf
    relative = np.exp(-bic / 2 + bic.min() / 2)
    assert_allclose(m.model_weights(bic), relative / relative.sum())


def test_criterion_of_a_regression_is_that_of_scikit_learn():
    from sklearn.mixture import GaussianMixture

    x = RNG.normal(size=(60, 1))
    model = GaussianMixture(2, random_state=0).fit(x)
    likelihood = model.score(x) * 60
    for criterion in ("aic", "bic"):
        found = m.information_criterion(likelihood, 5, 60, criterion=criterion)
        assert_allclose(found, getattr(model, criterion)(x), rtol=1e-12)


def test_bits_per_character_of_the_chapter():
    assert_allclose(m.bits_per_character(np.log(15), 4.5), np.log2(15) / 4.5, rtol=1e-14)
    assert_allclose(m.bits_per_character([1.0, 2.0], 3, base=2), 1.0, rtol=1e-14)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: m.evidence_lower_bound(np.nan, [0.0], [0.0]), "log_likelihood must not be NaN"),
        (lambda: m.evidence_lower_bound(0.0, [0.0], [0.0], beta=-1), "beta must not be negative"),
        (lambda: m.bernoulli_log_likelihood([2], [0.0]), "within"),
        (lambda: m.gaussian_log_likelihood([np.nan], [0.0]), "must be finite"),
        (
            lambda: m.importance_weighted_bound([[0.0]], encode, decode, decoder="poisson"),
            "decoder must be",
        ),
        (lambda: m.gan_value([1.0], [1.0], [2.0]), "discriminator must hold probabilities"),
        (lambda: m.softmax([0.0], 0), "temperature must be positive"),
        (lambda: m.softmax([np.nan]), "logits must hold neither NaN"),
        (lambda: m.information_criterion(-1.0, 1, criterion="hqc"), "criterion must be"),
        (lambda: m.information_criterion(-1.0, 1), "n_samples must be positive"),
        (lambda: m.information_criterion(np.nan, 1, 5), "log_likelihood must not be NaN"),
        (lambda: m.model_weights([np.inf]), "a finite value"),
        (lambda: m.bits_per_character([-1.0], 3), "token_losses must hold"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
