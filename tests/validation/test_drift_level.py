"""Are alarms right as often as they say? Simulated; the tables are printed, and kept in docs/.

Run with ``python -m pytest -m slow tests/validation/test_drift_level.py -s``; ten minutes, about.
"""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from sklearn_infotheory._inference._corrections import adjust_p_values
from sklearn_infotheory._inference._dependence_change_tests import conditional_tests, pair_tests
from sklearn_infotheory._inference._divergence_estimates import estimate_divergences
from sklearn_infotheory._inference._divergences import DIVERGENCES
from sklearn_infotheory._inference._sequential_test import SequentialTest
from sklearn_infotheory._inference._two_sample_tests import split_tests, two_sample_tests
from sklearn_infotheory.measures import (
    hellinger_distance,
    jeffreys_divergence,
    jensen_shannon_divergence,
    kl_divergence,
)

pytestmark = pytest.mark.slow

ALPHA, REPETITIONS = 0.05, 2000
N_PERMUTATIONS = 99  # the level of a permutation test does not depend on their number
LOWEST, HIGHEST = 0.04, 0.06
STATISTICS = (*DIVERGENCES, "g")  # the last is what KLDriftDetector tests
SIZES, RATIOS = (30, 100, 1000, 5000), (0.02, 0.1, 1)
TRUE = {
    "kl": lambda p, q: kl_divergence(q, p),
    "reverse_kl": kl_divergence,
    "jeffreys": jeffreys_divergence,
    "js": jensen_shannon_divergence,
    "hellinger": lambda p, q: hellinger_distance(p, q) ** 2,
}


def law(k, kind, missing=0.0):
    """K cells, equally frequent or by Zipf's law; and one of missing values, if any are."""
    shares = np.ones(k) if kind == "uniform" else 1 / np.arange(1, k + 1)
    shares = (1 - missing) * shares / shares.sum()
    return np.append(shares, missing) if missing else shares


def draw(p, q, n, m, repetitions, seed):
    rng = np.random.default_rng(seed)
    samples = rng.multinomial(n, p, repetitions), rng.multinomial(m, q, repetitions)
    return list(zip(*(sample.astype(float) for sample in samples), strict=True))


def share_of_alarms(pairs, divergence, **options):
    p_values = split_tests(pairs, divergence, N_PERMUTATIONS, 0, **options)[1]
    return (p_values <= ALPHA).mean()


def error_of(share, repetitions):
    return 2 * math.sqrt(share * (1 - share) / repetitions)


@pytest.mark.parametrize("missing", [0.0, 0.05])
@pytest.mark.parametrize("kind", ["uniform", "zipf"])
@pytest.mark.parametrize("k", [2, 3, 10, 30, 50])
def test_level(k, kind, missing):
    """At most .06; at least .04 where there are more than 50 splits of the pooled rows.

    With 2,000 repetitions a share of .05 is seen as more than .06 once in fifty times, of the 1,440
    shares here. What is outside is drawn again, five times as often, and must be inside then.
    """
    p = law(k, kind, missing)
    outside = []
    for m, ratio in product(SIZES, RATIOS):
        n = round(m / ratio)
        seed = [k, m, n, kind == "zipf", missing > 0]
        pairs = draw(p, p, n, m, REPETITIONS, seed)
        shares = [share_of_alarms(pairs, statistic) for statistic in STATISTICS]
        row = " | ".join(f"{share:.4f}" for share in shares)
        print(f"\n| {k} {kind} | {missing:g} | {m} | {n} | {row} |", end="")
        lowest = LOWEST if math.comb(m + len(p) - 1, m) > 50 else 0.0
        outside += [
            (m, n, statistic, lowest)
            for statistic, share in zip(STATISTICS, shares, strict=True)
            if not lowest <= share <= HIGHEST
        ]
    failed = []
    for m, n, statistic, lowest in outside:
        pairs = draw(p, p, n, m, 5 * REPETITIONS, [k, m, n, 1234])
        share = share_of_alarms(pairs, statistic)
        setting = f"{k} {kind}, {missing:g} missing, m={m}, n={n}, {statistic}"
        print(f"\nagain, {5 * REPETITIONS} times: {setting}: {share:.4f}")
        failed += [f"{setting}: {share:.4f}"] if not lowest <= share <= HIGHEST else []
    assert not failed


SHIFTS = (0.0, 0.1, 0.3, 1.0)


@pytest.mark.parametrize("kind", ["uniform", "zipf"])
@pytest.mark.parametrize("k", [10, 50])
def test_power_of_divergences(k, kind):
    """Share of alarms as every other cell loses: printed, to compare statistics."""
    p = law(k, kind)
    q = p * np.exp(0.3 * np.where(np.arange(k) % 2, 1, -1))
    for m, ratio in product((100, 1000), (0.1, 1)):
        n = round(m / ratio)
        pairs = draw(p, q / q.sum(), n, m, 500, [k, m, n])
        shares = [share_of_alarms(pairs, divergence) for divergence in STATISTICS]
        row = " | ".join(f"{share:.3f}" for share in shares)
        print(f"\npower | {k} {kind} | {m} | {n} | {row} |", end="")
        assert shares[-1] > ALPHA


@pytest.mark.parametrize("kind", ["uniform", "zipf"])
@pytest.mark.parametrize("k", [2, 3, 10, 30])
def test_coverage(k, kind):
    """Within [.93, .97] where each cell is expected to have 10 rows of the smaller sample.

    In sparser tables the figures are printed, and only a gross miss fails.
    """
    p = law(k, kind)
    for (m, n), shift in product(
        [(100, 1000), (1000, 1000), (1000, 10_000), (5000, 50_000)], SHIFTS
    ):
        q = p * np.exp(shift * np.where(np.arange(k) % 2, 1, -1))
        q = q / q.sum() if shift else p
        pairs = draw(p, q, n, m, REPETITIONS, [k, m, n, kind == "zipf", round(10 * shift)])
        coverage = []
        for divergence in DIVERGENCES:
            true = TRUE[divergence](p, q)
            _, lower, upper = estimate_divergences(pairs, divergence)
            coverage.append(((lower <= true) & (true <= upper)).mean())
        least = min(np.min(m * q), np.min(n * p))
        row = " | ".join(f"{share:.3f}" for share in coverage)
        print(f"\n| {k} {kind} | {m} | {n} | {shift} | {least:.1f} | {row} |", end="")
        assert min(coverage) >= 0.85
        if least >= 10:
            assert min(coverage) >= 0.93
            assert max(coverage) <= 0.97


def test_family_of_correlated_features():
    """Any alarm among 30 features of correlation one half, ten bins each; Holm's correction."""
    rng = np.random.default_rng(0)
    edges = np.quantile(rng.normal(size=100_000), np.arange(1, 10) / 10)
    alarms, repetitions = 0, 500
    for seed in range(repetitions):
        samples = [
            np.sqrt(0.5) * (rng.normal(size=(size, 1)) + rng.normal(size=(size, 30)))
            for size in (2000, 200)
        ]
        counts = [
            [np.bincount(np.searchsorted(edges, x), minlength=10) for x in sample.T]
            for sample in samples
        ]
        test = two_sample_tests(*counts, test="g", random_state=seed)
        alarms += (adjust_p_values(test.p_value) <= ALPHA).any()
    print(f"\nany of 30 correlated features: {alarms / repetitions:.4f} ({repetitions} batches)")
    assert alarms / repetitions <= ALPHA + error_of(ALPHA, repetitions)


def pair_tables(n, rho, repetitions, rng, edges=(-0.84, -0.25, 0.25, 0.84), shift=0.0):
    """Draw tables of two normal columns, in five cells each."""
    tables = []
    for _ in range(repetitions):
        x, noise = rng.normal(size=(2, n))
        y = rho * x + np.sqrt(1 - rho**2) * noise
        cells = 5 * np.searchsorted(edges, x + shift) + np.searchsorted(edges, y)
        tables.append(np.bincount(cells, minlength=25).reshape(5, 5))
    return tables


def pair_law(rng):
    """Draw a law of two dependent columns, and one whose margins alone have changed."""
    before = rng.dirichlet(np.full(25, 2.0)).reshape(5, 5)
    after = before * np.exp(0.5 * (rng.normal(size=(5, 1)) + rng.normal(size=(1, 5))))
    return before.ravel(), (after / after.sum()).ravel()


@pytest.mark.parametrize(("n", "m"), [(2000, 1000), (10_000, 1000), (1000, 100), (300, 30)])
def test_level_of_pairs_whose_margins_drift(n, m):
    rng = np.random.default_rng(0)
    laws = [pair_law(rng) for _ in range(REPETITIONS)]
    reference = [rng.multinomial(n, p).reshape(5, 5) for p, _ in laws]
    batch = [rng.multinomial(m, q).reshape(5, 5) for _, q in laws]
    p_values = pair_tests(reference, batch, random_state=0).p_value
    shares = {alpha: float((p_values <= alpha).mean()) for alpha in (0.05, 0.01, 0.001)}
    print(f"\npairs, margins drift, n={n}, m={m}: {shares}")
    assert shares[0.05] <= HIGHEST
    assert shares[0.01] <= 0.01 + error_of(0.01, REPETITIONS)


def test_power_of_pairs():
    """Ten pairs, one of which becomes dependent; Holm's correction."""
    rng = np.random.default_rng(0)
    found, repetitions = 0, 400
    for seed in range(repetitions):
        reference = pair_tables(2000, 0.0, 10, rng)
        batch = pair_tables(1000, 0.0, 9, rng) + pair_tables(1000, 0.4, 1, rng)
        p_values = pair_tests(reference, batch, random_state=seed).p_value
        found += adjust_p_values(p_values)[-1] <= ALPHA
    print(f"\nrho 0 to .4, n=2000, m=1000, of 10 pairs: found {found / repetitions:.4f}")
    assert found / repetitions >= 0.95


@pytest.mark.parametrize("shift", [0.1, 0.3, 1.0])
def test_level_of_pairs_that_shift(shift):
    """A normal column moves: its cells are other parts of the normal law, and odds ratios move."""
    rng = np.random.default_rng(0)
    reference = pair_tables(2000, 0.4, REPETITIONS, rng)
    batch = pair_tables(1000, 0.4, REPETITIONS, rng, shift=shift)
    share = (pair_tests(reference, batch, random_state=0).p_value <= ALPHA).mean()
    print(f"\nrho .4 kept, one column moves by {shift} sd: {share:.4f} (no null hypothesis)")


@pytest.mark.parametrize(("n", "m"), [(2000, 1000), (1000, 100), (300, 30)])
def test_level_of_concept_drift_tests(n, m):
    """The law of x drifts, that of y given x does not."""
    rng = np.random.default_rng(0)
    pairs = []
    for _ in range(REPETITIONS):
        of_y = rng.dirichlet(np.full(3, 1.0), size=6)
        laws = [rng.dirichlet(np.full(6, 2.0))[:, None] * of_y for _ in range(2)]
        pairs.append([rng.multinomial(s, p.ravel()).reshape(6, 3)
                      for s, p in zip((n, m), laws, strict=True)])  # fmt: skip
    test = conditional_tests(*zip(*pairs, strict=True), n_permutations=199, random_state=0)
    share = (test.p_value <= ALPHA).mean()
    print(f"\nI(Y; D | X), margins drift, n={n}, m={m}: {share:.4f}")
    assert LOWEST <= share <= HIGHEST
    error = test.information.std() / math.sqrt(REPETITIONS)
    assert abs(test.information.mean()) <= 4 * error


@pytest.mark.parametrize(
    ("k", "n", "m", "n_features"),
    [(3, 100, 30, 1), (10, 1000, 100, 1), (10, 1000, 1000, 3), (30, 5000, 100, 1)],
)
def test_level_of_the_sequential_test(k, n, m, n_features):
    """Any alarm in 1,000 batches."""
    p, alarms, repetitions = law(k, "zipf"), 0, 60
    for seed in range(repetitions):
        rng = np.random.default_rng(seed)
        test = SequentialTest(rng.multinomial(n, p, n_features))
        for _ in range(1000):
            test.update(rng.multinomial(m, p, n_features))
        alarms += test.e_value >= 1 / ALPHA  # it never falls
    print(f"\n{k} cells, n={n}, m={m}, 1,000 batches: {alarms} false alarms in {repetitions} runs")
    assert alarms / repetitions <= ALPHA


@pytest.mark.parametrize("shift", [0.1, 0.2, 0.5])
@pytest.mark.parametrize("start", [0, 100])
def test_delay_of_the_sequential_test(start, shift):
    """Batches from the change to the alarm, for ten cells, n=5000 and m=200."""
    p = law(10, "uniform")
    q = p * np.exp(shift * np.where(np.arange(10) % 2, 1, -1))
    q /= q.sum()
    delays, errors = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        test = SequentialTest([rng.multinomial(5000, p)])
        while test.e_value < 1 / ALPHA and test.n_batches < start + 400:
            test.update([rng.multinomial(200, p if test.n_batches < start else q)])
        delays.append(test.n_batches - start)
        errors.append(abs(test.began - start))
    print(
        f"\nchange of {kl_divergence(q, p):.4f} nats at batch {start}: alarm after "
        f"{np.median(delays):.0f} batches (at most {max(delays)}), beginning off by "
        f"{np.median(errors):.0f}"
    )
    assert shift < 0.2 or max(delays) < 60


def test_power():
    rng = np.random.default_rng(0)
    nulled = unseen = 0
    for seed in range(20):
        reference = [rng.multinomial(2000, law(10, "uniform", 0.02))]
        batch = [rng.multinomial(200, law(10, "uniform", 0.9))]
        nulled += two_sample_tests(reference, batch, random_state=seed).p_value[0] <= ALPHA
        reference = [np.append(rng.multinomial(10_000, law(10, "zipf")), 0)]
        batch = [np.append(rng.multinomial(990, law(10, "zipf")), 10)]
        unseen += two_sample_tests(reference, batch, random_state=seed).p_value[0] <= ALPHA
    edges = np.quantile(rng.normal(size=100_000), np.arange(1, 10) / 10)
    counts = [np.bincount(np.searchsorted(edges, rng.normal(size=10**s) + shift), minlength=10)
              for s, shift in ((6, 0.0), (5, 0.05))]  # fmt: skip
    test = two_sample_tests(counts[:1], counts[1:])
    lower = test.lower[0] / math.log(2)
    print(f"\n90 % nulled: {nulled}/20; unseen category in 1 % of 1,000 rows: {unseen}/20; "
          f".05 sd at 1e5 rows: p={test.p_value[0]:.2g}, lower bound {lower:.5f} bits")  # fmt: skip
    assert nulled == unseen == 20
    assert test.p_value[0] <= ALPHA
    assert 0 < lower < 0.01
