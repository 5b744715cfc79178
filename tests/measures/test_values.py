"""Values that are known from elsewhere: closed forms, printed numbers and other programs."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats
from scipy.spatial import distance
from sklearn.metrics import mutual_info_score, normalized_mutual_info_score

from sklearn_infotheory import measures as m

EXACT = {"rtol": 0, "atol": 1e-9}


# Reference values ---------------------------------------------------------------------------------


def test_entropy_of_a_loaded_coin():
    assert_allclose(m.entropy([0.9, 0.1], base=2), 0.46899559358928117, **EXACT)


def test_divergence_and_cross_entropy_of_coins():
    assert_allclose(m.kl_divergence([0.5, 0.5], [0.9, 0.1], base=2), 0.7369655941662062, **EXACT)
    assert_allclose(m.cross_entropy([0.5, 0.5], [0.9, 0.1], base=2), 1.736965594166206, **EXACT)


def test_entropy_of_four_outcomes():
    assert_allclose(m.entropy([0.1, 0.5, 0.1, 0.3], base=2), 1.685475297227334, **EXACT)
    assert_allclose(m.joint_entropy([[0.1, 0.5], [0.1, 0.3]], base=2), 1.685475297227334, **EXACT)


def test_conditional_entropy_of_the_textbook_table():
    """The printed 0.8635472 comes from marginals (.2, .8) and a table that sums to 1.1."""
    table = np.array([[0.1, 0.5], [0.2, 0.3]])
    printed = -(table * np.log2(table / np.array([0.2, 0.8]))).sum()
    assert_allclose(printed, 0.8635472, rtol=0, atol=1e-7)
    with pytest.raises(ValueError, match=r"got the sum 1\.1"):
        m.conditional_entropy(table)
    p = table / 1.1
    by_definition = sum(
        -p[x, y] * math.log2(p[x, y] / (p[0, y] + p[1, y])) for x in (0, 1) for y in (0, 1)
    )
    value = m.conditional_entropy(table, base=2, normalize=True)
    assert_allclose(value, by_definition, **EXACT)
    assert_allclose(value, 0.9445781386875627, **EXACT)


def test_mutual_information_of_the_textbook_table():
    """The printed 0.7194603 comes from marginals (.2, .8) and (.75, .25), not the table's."""
    table = np.array([[0.1, 0.5], [0.1, 0.3]])
    printed = (table * np.log2(table / (np.array([0.2, 0.8]) * np.array([0.75, 0.25])))).sum()
    assert_allclose(printed, 0.7194603, rtol=0, atol=1e-7)
    outer = np.outer([0.6, 0.4], [0.2, 0.8])
    expected = (table * np.log2(table / outer)).sum()
    assert_allclose(m.mutual_information(table, base=2), expected, **EXACT)
    assert_allclose(m.mutual_information(table, base=2), 0.007403392114696591, **EXACT)


def test_log_loss_of_two_predictions_is_a_mean_self_information():
    assert_allclose(m.self_information([0.3, 0.5]).mean(), 0.9485599924429406, **EXACT)


def test_a_card_deck():
    assert m.self_information(1, base=2) == 0
    assert_allclose(m.self_information(1 / 64, base=2), 6.0, **EXACT)
    assert_allclose(m.self_information(13 / 52, base=2), 2.0, **EXACT)
    assert_allclose(m.self_information(1 / 52, base=2), 5.700439718141092, **EXACT)
    shuffled = Fraction(1, math.factorial(52))
    assert_allclose(m.self_information(float(shuffled), base=2), 225.58100312370277, **EXACT)
    assert_allclose(m.self_information(shuffled, base=2), 225.58100312370277, **EXACT)
    assert m.self_information(0) == np.inf


@pytest.mark.parametrize(
    ("counts", "plug_in"), [([1, 2, 3, 2, 1], 1.522955), ([4, 2, 3, 1, 2], 1.517106)]
)
def test_entropy_of_counts_is_the_plug_in_estimate(counts, plug_in):
    assert_allclose(m.entropy(counts, normalize=True), plug_in, rtol=0, atol=5e-7)


def test_xor():
    xor = np.zeros((2, 2, 2))
    xor[[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0]] = 0.25
    for known in range(3):
        assert m.mutual_information(xor.sum(axis=known), base=2) == 0
        assert_allclose(m.conditional_mutual_information(xor, given=known, base=2), 1.0, **EXACT)
    assert_allclose(m.co_information(xor, base=2), -1.0, **EXACT)
    assert_allclose(m.total_correlation(xor, base=2), 1.0, **EXACT)
    assert_allclose(m.joint_entropy(xor, base=2), 2.0, **EXACT)


def test_parity_of_four_has_positive_co_information():
    parity = np.array([[1 - sum(i) % 2 for i in np.ndindex(2, 2, 2, 2)]]).reshape(2, 2, 2, 2)
    assert_allclose(m.co_information(parity, base=2, normalize=True), 1.0, **EXACT)


def test_a_symmetric_channel():
    flip = 0.11
    table = 0.5 * np.array([[1 - flip, flip], [flip, 1 - flip]])
    capacity = 1 + flip * np.log2(flip) + (1 - flip) * np.log2(1 - flip)
    assert_allclose(m.mutual_information(table, base=2), capacity, **EXACT)
    assert_allclose(m.conditional_entropy(table, base=2), 1 - capacity, **EXACT)


def test_distances_of_disjoint_distributions_are_one():
    p, q = [0.25, 0.75, 0, 0], [0, 0, 0.5, 0.5]
    assert_allclose(m.jensen_shannon_divergence(p, q, base=2), 1.0, **EXACT)
    assert_allclose(m.jensen_shannon_distance(p, q, base=2), 1.0, **EXACT)
    assert m.hellinger_distance(p, q) == 1.0
    assert m.kl_divergence(p, q) == m.jeffreys_divergence(p, q) == m.cross_entropy(p, q) == np.inf
    for order in (0, 0.5, 1, 2, np.inf):
        assert m.renyi_divergence(p, q, order) == np.inf


def test_rounding_does_not_push_hellinger_above_one():
    uniform = np.full(100, 0.01)  # whose halved sum of squares is 1 + 4e-16
    assert m.hellinger_distance(np.pad(uniform, (0, 100)), np.pad(uniform, (100, 0))) == 1.0


def test_only_the_second_support_must_cover_the_first():
    p, q = [0.5, 0.5, 0], [0.25, 0.25, 0.5]
    assert_allclose(m.kl_divergence(p, q, base=2), 1.0, **EXACT)
    assert m.kl_divergence(q, p) == np.inf
    assert m.jeffreys_divergence(p, q) == m.population_stability_index(p, q) == np.inf
    assert m.renyi_divergence(q, p, 2) == m.renyi_divergence(q, p, np.inf) == np.inf
    assert_allclose(m.renyi_divergence(q, p, 0.5, base=2), 1.0, **EXACT)


# Other programs -----------------------------------------------------------------------------------


@pytest.fixture
def pairs() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(6), size=(2, 50))
    p[::3, 2] = 0  # stays a distribution only after normalizing, as scipy does by itself
    return p, q


@pytest.mark.parametrize("base", [None, 2, 10])
def test_scipy_entropy(pairs, base):
    p, q = pairs
    expected = stats.entropy(p, base=base, axis=1)
    assert_allclose(m.entropy(p, base=base, normalize=True), expected, rtol=1e-13)
    expected = stats.entropy(p, q, base=base, axis=1)
    assert_allclose(m.kl_divergence(p, q, base=base, normalize=True), expected, rtol=1e-12)


@pytest.mark.parametrize("base", [None, 2])
def test_scipy_jensenshannon(pairs, base):
    p, q = pairs
    expected = distance.jensenshannon(p, q, base=base, axis=1)
    assert_allclose(m.jensen_shannon_distance(p, q, base=base, normalize=True), expected, rtol=1e-7)


def test_scipy_rel_entr(pairs):
    p, q = pairs
    p = p / p.sum(axis=1, keepdims=True)
    forward, backward = special.rel_entr(p, q).sum(axis=1), special.rel_entr(q, p).sum(axis=1)
    assert_allclose(m.kl_divergence(p, q), forward, rtol=1e-12)
    assert_allclose(m.kl_divergence(q, p), backward, rtol=1e-12)
    assert_allclose(m.jeffreys_divergence(p, q), forward + backward, rtol=1e-12)


def test_sklearn_mutual_information():
    rng = np.random.default_rng(1)
    x = rng.integers(0, 4, 300)
    y = (x + rng.integers(0, 3, 300)) % 5
    counts = np.zeros((4, 5), dtype=int)
    np.add.at(counts, (x, y), 1)
    assert_allclose(m.mutual_information(counts, normalize=True), mutual_info_score(x, y), **EXACT)
    for method in ("arithmetic", "geometric", "min", "max"):
        expected = normalized_mutual_info_score(x, y, average_method=method)
        value = m.normalized_mutual_information(counts, average_method=method, normalize=True)
        assert_allclose(value, expected, **EXACT)


# Rényi orders -------------------------------------------------------------------------------------

P, Q = np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.1, 0.3, 0.4, 0.2])


def test_named_renyi_entropies():
    assert_allclose(m.renyi_entropy(P, 0), np.log(3), rtol=1e-15)
    assert_allclose(m.renyi_entropy(P, 1), m.entropy(P), rtol=1e-15)
    assert_allclose(m.renyi_entropy(P, 2), -np.log(0.25 + 0.09 + 0.04), rtol=1e-14)
    assert_allclose(m.renyi_entropy(P, np.inf), np.log(2), rtol=1e-15)


def test_named_renyi_divergences():
    assert_allclose(m.renyi_divergence(P, Q, 0), -np.log(0.8), rtol=1e-14)
    assert_allclose(m.renyi_divergence(P, Q, 1), m.kl_divergence(P, Q), rtol=1e-15)
    assert_allclose(m.renyi_divergence(P, Q, 2), np.log(2.5 + 0.3 + 0.1), rtol=1e-14)
    assert_allclose(m.renyi_divergence(P, Q, np.inf), np.log(5), rtol=1e-15)


@pytest.mark.parametrize("order", [0.1, 0.5, 0.999, 1.001, 1.5, 3, 40])
def test_renyi_from_the_definition(order):
    s = P > 0
    entropy = np.log((P[s] ** order).sum()) / (1 - order)
    divergence = np.log((P[s] ** order * Q[s] ** (1 - order)).sum()) / (order - 1)
    assert_allclose(m.renyi_entropy(P, order), entropy, rtol=1e-11)
    assert_allclose(m.renyi_divergence(P, Q, order), divergence, rtol=1e-11)


@pytest.mark.parametrize(
    ("near", "limit", "gap"),
    [(1e-9, 0, 1e-7), (1 - 1e-13, 1, 1e-12), (1 + 1e-13, 1, 1e-12), (1e12, np.inf, 1e-10)],
)
def test_renyi_approaches_its_limits(near, limit, gap):
    # At 1 + 1e-13 the definition itself keeps three digits only.
    assert_allclose(m.renyi_entropy(P, near), m.renyi_entropy(P, limit), rtol=0, atol=gap)
    at_limit = m.renyi_divergence(P, Q, limit)
    assert_allclose(m.renyi_divergence(P, Q, near), at_limit, rtol=0, atol=gap)


def test_renyi_of_huge_order_is_the_extreme():
    assert m.renyi_entropy(P, 1.7e308) == m.renyi_entropy(P, np.inf)
    assert m.renyi_divergence(P, Q, 1.7e308) == m.renyi_divergence(P, Q, np.inf)


# Edges --------------------------------------------------------------------------------------------


def test_cells_of_pointwise_information():
    table = np.array([[0.5, 0.0, 0.0], [0.0, 0.5, 0.0]])
    nan, inf = np.nan, np.inf
    bits = m.pointwise_mutual_information(table, base=2)
    assert_allclose(bits, [[1, -inf, nan], [-inf, 1, nan]])
    normalized = m.pointwise_mutual_information(table, normalized=True)
    assert_allclose(normalized, [[1, -1, nan], [-1, 1, nan]])
    positive = m.pointwise_mutual_information(table, positive=True, base=2)
    assert_allclose(positive, [[1, 0, 0], [0, 1, 0]])
    assert_allclose(m.pointwise_mutual_information([[1.0]], normalized=True), [[0]])


@pytest.mark.parametrize("method", ["arithmetic", "geometric", "min", "max", "joint"])
def test_a_constant_shares_nothing(method):
    one_row = [[0.1] * 10]  # sums to 1 - 1e-16, so that its one marginal has "entropy" 1e-16
    assert_allclose(m.normalized_mutual_information(one_row, average_method=method), 0, atol=1e-15)
    assert m.normalized_mutual_information([[1.0]], average_method=method) == 0


def test_unlikely_outcomes_do_not_underflow():
    tiny = 1e-200  # its square is 0 in float64
    p = np.diag([tiny, 1.0])
    expected = tiny * (1 - np.log(tiny))
    assert_allclose(m.mutual_information(p), expected, rtol=1e-12)
    assert_allclose(m.total_correlation(p[..., None] * [0.5, 0.5]), expected, rtol=1e-12)
    assert_allclose(m.pointwise_mutual_information(p)[0, 0], -np.log(tiny), rtol=1e-12)


def test_subnormal_probabilities_are_finite():
    tiny = 1e-310  # 1 / tiny overflows
    p, q = [1.0, 0.0], [tiny, 1.0]
    expected = -np.log(tiny)
    assert_allclose(m.kl_divergence(p, q), expected, rtol=1e-12)
    assert_allclose(m.cross_entropy(p, q), expected, rtol=1e-12)
    assert_allclose(m.renyi_divergence(p, q, np.inf), expected, rtol=1e-12)
    assert_allclose(m.renyi_entropy([tiny, 1.0], 0), np.log(2), rtol=1e-12)


def test_weak_dependence_keeps_its_digits():
    shift = 1e-6
    table = 0.25 + shift * np.array([[1, -1], [-1, 1]])
    # 8 shift^2 leads the series; a plain sum of p log p, good to 1e-16, would keep 5 digits.
    assert_allclose(m.mutual_information(table), 8 * shift**2, rtol=1e-9)
    p, q = np.array([0.5 + shift, 0.5 - shift]), np.array([0.5, 0.5])
    assert_allclose(m.kl_divergence(p, q), 2 * shift**2, rtol=1e-9)
    assert_allclose(m.jensen_shannon_divergence(p, q), shift**2 / 2, rtol=1e-9)
    assert_allclose(m.jeffreys_divergence(p, q), 4 * shift**2, rtol=1e-9)


def test_large_tables_sum_exactly():
    k = 200_000
    p = np.full(k, 1 / k)
    assert_allclose(m.entropy(p), np.log(k), rtol=1e-14)
    assert_allclose(m.perplexity(p), k, rtol=1e-12)
    assert m.kl_divergence(p, p) == 0


def test_a_scalar_is_a_float():
    for value in (m.entropy([0.5, 0.5]), m.mutual_information(np.eye(2) / 2), m.perplexity([1])):
        assert isinstance(value, float)
    assert isinstance(m.self_information(0.5), float)


def test_jensen_shannon_weights():
    p, q = [0.5, 0.5, 0], [0, 0.5, 0.5]
    assert m.jensen_shannon_divergence(p, q, weights=(1, 0)) == 0
    equal = m.jensen_shannon_divergence(p, q, weights=[0.5, 0.5])
    assert equal == m.jensen_shannon_divergence(p, q)
    counts = m.jensen_shannon_divergence(p, q, weights=(300, 100), normalize=True)
    assert counts == m.jensen_shannon_divergence(p, q, weights=(0.75, 0.25))
