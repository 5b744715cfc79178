"""Two-sample tests against all splits counted one by one; bad input; estimates and intervals."""

import naive
import numpy as np
import pytest
from scipy.stats import chi2, chi2_contingency, ncx2

from sklearn_infotheory._inference._divergence_estimates import estimate_divergences
from sklearn_infotheory._inference._divergences import DIVERGENCES
from sklearn_infotheory._inference._two_sample_tests import split_tests, two_sample_tests
from sklearn_infotheory.measures import kl_divergence

by_divergence = pytest.mark.parametrize("divergence", DIVERGENCES)
SMALL = {
    "two cells": ([7, 5], [1, 6]),
    "two cells, one empty in the batch": ([9, 4], [5, 0]),
    "three cells": ([6, 3, 4], [1, 5, 2]),
    "a new category": ([8, 5, 0], [3, 2, 2]),
    "a lost category": ([8, 4, 3], [4, 3, 0]),
    "nothing in common": ([5, 0, 3, 0], [0, 3, 0, 2]),
    "a cell that neither has": ([5, 0, 3, 2], [1, 0, 3, 2]),
    "rare cells": ([12, 1, 1, 0], [3, 0, 1, 1]),
}


def p_value(reference, batch, divergence, **options):
    return split_tests(
        [(np.array(reference, float), np.array(batch, float))], divergence, **options
    )[1][0]


@by_divergence
@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("mid_p", [False, True])
def test_p_values_are_those_of_all_splits(name, divergence, mid_p):
    reference, batch = SMALL[name]
    expected = naive.two_sample_p_value(reference, batch, divergence, mid_p)
    n_permutations = 20_000
    found = p_value(
        reference, batch, divergence, n_permutations=n_permutations, random_state=0, mid_p=mid_p
    )
    exact = sum(c > 0 for c in np.add(reference, batch)) == 2
    noise = 0 if exact else 5 * np.sqrt(expected / n_permutations) + 1 / n_permutations
    assert found == pytest.approx(expected, abs=1e-9 + noise)


@by_divergence
@pytest.mark.parametrize("name", SMALL)
def test_statistics_are_those_of_the_definition(name, divergence):
    reference, batch = SMALL[name]
    test = two_sample_tests([reference], [batch], divergence)
    expected = naive.two_sample_statistic(reference, batch, divergence)
    assert test.statistic[0] == pytest.approx(expected, rel=1e-12)
    assert np.isfinite([test.divergence, test.lower, test.upper]).all()
    assert 0 <= test.lower[0] <= test.upper[0]


@by_divergence
def test_large_counts_give_the_g_test(divergence):
    reference, batch = [5000, 3000, 2000, 1000], [480, 310, 230, 120]
    peer = chi2_contingency([reference, batch], correction=False, lambda_="log-likelihood")
    found = p_value(reference, batch, divergence)
    assert found == pytest.approx(peer.pvalue, abs=0.02)
    assert found == p_value(reference, batch, divergence, random_state=7)  # nothing is drawn


@by_divergence
def test_tiny_p_values_come_from_the_tail(divergence):
    reference, batch = [500, 300, 200, 50], [20, 20, 160, 40]
    assert 0 < p_value(reference, batch, divergence, n_permutations=99, random_state=0) < 1e-6
    reference, batch = [500, 300, 200, 40], [20, 20, 160, 5]
    assert 0 < p_value(reference, batch, divergence, n_permutations=99, random_state=0) < 1e-6
    assert 0 < p_value([1000, 40], [10, 300], divergence) < 1e-30


def test_g_sees_what_rare_cells_hide_from_divergences():
    """A split that leaves the batch without the rare cell is beyond any finite divergence."""
    counts = [[500, 300, 200, 5]], [[20, 20, 160, 4]]
    assert two_sample_tests(*counts, "jeffreys", random_state=0).p_value[0] > 0.1
    assert two_sample_tests(*counts, "jeffreys", test="g", random_state=0).p_value[0] < 1e-6
    with pytest.raises(ValueError, match="Pass 'divergence' or 'g'"):
        two_sample_tests(*counts, test="chi2")


def test_empty_cells_are_ranked_by_mass_first():
    """Two rows in cells that the reference lacks outweigh any divergence elsewhere."""
    few = two_sample_tests([[500, 500, 0]], [[99, 0, 1]]).statistic
    more = two_sample_tests([[500, 500, 0]], [[49, 49, 2]]).statistic
    assert 7 < few[0] < more[0]


@by_divergence
@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_results_depend_on_the_seed_only(divergence, n_threads):
    rng = np.random.default_rng(0)
    reference = [rng.multinomial(60, np.full(k, 1 / k)) for k in (2, 5, 9, 4, 30)]
    batch = [rng.multinomial(20, np.full(k, 1 / k)) for k in (2, 5, 9, 4, 30)]
    one = two_sample_tests(reference, batch, divergence, random_state=3)
    other = two_sample_tests(reference, batch, divergence, random_state=3, n_threads=n_threads)
    for name in ("p_value", "divergence", "lower", "upper"):
        assert (getattr(one, name) == getattr(other, name)).all()
    alone = two_sample_tests(reference[:1], batch[:1], divergence)
    assert alone.divergence[0] == pytest.approx(one.divergence[0], rel=1e-12)


@by_divergence
@pytest.mark.parametrize(
    ("reference", "batch"), [([5], [3]), ([5, 0], [3, 0]), ([0, 0], [3, 1]), ([3, 1], [0, 0])]
)
def test_what_cannot_be_tested_is_not_significant(divergence, reference, batch):
    test = two_sample_tests([reference], [batch], divergence)
    assert test.p_value[0] == 1
    assert test.divergence[0] == test.lower[0] == test.upper[0] == 0
    assert test.minimal_detectable[0] == np.inf


def test_no_features():
    assert len(two_sample_tests([], []).p_value) == 0


@by_divergence
def test_whole_weights_are_repetitions_and_others_are_rounded(divergence):
    reference, batch = np.array([20.0, 9, 3, 2]), np.array([4.0, 6, 2, 0])
    whole = p_value(reference, batch, divergence, random_state=0)
    nearly = p_value(reference + 1e-9, batch, divergence, random_state=0)
    assert nearly == pytest.approx(whole, abs=1e-6)
    assert 0 < p_value(reference * 0.7, batch * 0.7, divergence, random_state=0) <= 1
    assert 0 < p_value(reference * 100.5, batch * 100.5, divergence) < 1e-6


@pytest.mark.parametrize(
    ("reference", "batch", "message"),
    [
        ([[1, 2]], [], "reference has 1 features, the batch 0"),
        ([[1, 2]], [[1, 2, 3]], "over the same cells"),
        ([[1, -2]], [[1, 2]], "feature 0"),
        ([[1, 2]], [[1, np.nan]], "feature 0"),
    ],
)
def test_bad_counts(reference, batch, message):
    with pytest.raises(ValueError, match=message):
        two_sample_tests(reference, batch)


def test_bad_divergence():
    with pytest.raises(ValueError, match="Pass one of kl, reverse_kl"):
        two_sample_tests([[1, 2]], [[1, 2]], "psi")


@by_divergence
def test_estimates_are_unbiased_and_consistent(divergence):
    rng = np.random.default_rng(0)
    p, q = np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.3, 0.3, 0.15, 0.25])
    for batch_law in (p, q):
        samples = rng.multinomial(2000, p, 500), rng.multinomial(200, batch_law, 500)
        value, lower, upper = estimate_divergences(list(zip(*samples, strict=True)), divergence)
        true = naive.two_sample_statistic(p, batch_law, divergence)
        assert abs(value.mean() - true) < 4 * value.std() / np.sqrt(500)
        assert 0.91 < ((lower <= true + 1e-15) & (true <= upper)).mean() < 0.985


def test_lower_bound_is_above_zero_where_a_test_rejects():
    """Large samples: the interval leaves zero where chi-square does."""
    rng = np.random.default_rng(0)
    p = np.full(5, 0.2)
    pairs = list(zip(rng.multinomial(10**6, p, 300), rng.multinomial(10**5, p, 300), strict=True))
    _, lower, _ = estimate_divergences(pairs, "kl")
    p_values = split_tests(pairs, "kl")[1]
    clear = abs(p_values - 0.05) > 0.005
    assert ((lower > 0) == (p_values <= 0.05))[clear].all()


@by_divergence
@pytest.mark.parametrize("k", [2, 10])
def test_minimal_detectable_divergence(divergence, k):
    """Its noncentral chi-square exceeds the critical value four times in five."""
    n, m = 10_000, 1000
    test = two_sample_tests([np.full(k, n // k)], [np.full(k, m // k)], divergence, alpha=0.01)
    ratio = DIVERGENCES[divergence].kl_ratio
    noncentrality = 2 * n * m / (n + m) * ratio * test.minimal_detectable[0]
    assert ncx2.sf(chi2.isf(0.01, k - 1), k - 1, noncentrality) == pytest.approx(0.8, abs=1e-6)


def test_divergence_of_large_samples_is_the_exact_one():
    reference, batch = np.array([4e6, 3e6, 3e6]), np.array([3e6, 3e6, 4e6])
    value, lower, upper = estimate_divergences([(reference, batch)], "kl")
    exact = kl_divergence(batch, reference, normalize=True)
    assert value[0] == pytest.approx(exact, rel=1e-4)
    assert lower[0] < exact < upper[0]
