"""Mutual information of samples of any kind."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from estimation.distributions import PAIRS, gaussian
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import psi

from sklearn_infotheory.estimation import (
    estimate_conditional_mutual_information,
    estimate_mutual_information,
    estimate_pointwise_mutual_information,
    estimate_total_correlation,
)
from sklearn_infotheory.estimation._discrete._entropy_of_counts import plugin_entropy
from sklearn_infotheory.estimation._neighbors._mixed_terms import (
    count_terms,
    labelled_terms,
    mixed_terms,
)
from sklearn_infotheory.estimation._neighbors._neighbor_terms import (
    frenzel_pompe_terms,
    ksg_terms,
    ross_terms,
)
from sklearn_infotheory.estimation._variables import normal_scores, read_variable

each_pair = pytest.mark.parametrize("name", PAIRS)


def draw(name, n, seed=0):
    return PAIRS[name][0](np.random.default_rng(seed), n)


@each_pair
@pytest.mark.parametrize("method", ["auto", "knn"])
def test_truth(name, method):
    truth = PAIRS[name][1]
    found = [
        estimate_mutual_information(*draw(name, 10_000, seed), method=method)
        for seed in range(100, 104)
    ]
    error = abs(np.mean([float(estimate) for estimate in found]) - truth)
    single = np.mean([estimate.standard_error for estimate in found])
    assert error < 3 * single
    assert error < 0.03 * truth + 3 * single / 2


@each_pair
@pytest.mark.parametrize("method", ["auto", "knn"])
def test_monotone_maps_change_nothing(name, method):
    x, y = draw(name, 500)
    expected = estimate_mutual_information(x, y, method=method)
    mapped = estimate_mutual_information(np.exp(x / 10), 3 + y.astype(float) ** 3, method=method)
    assert mapped == expected or repr(mapped) == repr(expected)
    assert mapped.value == expected.value
    falling = estimate_mutual_information(-x, y, method=method)
    assert abs(falling.value - expected.value) < 1e-12


@each_pair
@pytest.mark.parametrize("method", ["auto", "knn"])
def test_order_of_rows_and_of_sides_changes_no_bit(name, method):
    x, y = draw(name, 500)
    expected = estimate_mutual_information(x, y, method=method)
    order = np.random.default_rng(1).permutation(500)
    for again in (
        estimate_mutual_information(x[order], y[order], method=method),
        estimate_mutual_information(y, x, method=method),
    ):
        assert again.value == expected.value
        assert again.standard_error == expected.standard_error
        assert again.p_value == pytest.approx(expected.p_value, rel=1e-9)


@pytest.mark.parametrize(
    "y",
    [
        np.random.default_rng(1).normal(size=300),
        np.random.default_rng(1).normal(size=300).round(1),
        np.arange(300) % 3,
        np.array(list("abc") * 100),
        np.maximum(np.random.default_rng(1).normal(size=300), 0),
    ],
)
@pytest.mark.parametrize("constant", [np.zeros(300), np.full(300, "a"), np.full(300, np.nan)])
def test_a_constant_tells_exactly_nothing(y, constant):
    estimate = estimate_mutual_information(constant, y)
    assert estimate.value == 0
    assert estimate.standard_error == 0
    assert estimate.p_value == 1
    assert estimate.confidence_interval() == (0, 0)


def test_a_rare_class_cannot_tell_more_than_it_has():
    y = np.zeros(100_000, int)
    y[:100] = 1
    x = np.random.default_rng(0).normal(size=100_000)
    x[:100] += 100
    estimate = estimate_mutual_information(x, y)
    assert estimate.value <= plugin_entropy(y) < 0.0079 + 1e-4
    assert estimate.value > 0.9 * plugin_entropy(y)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.floats(-3, 3), st.sampled_from([0.0, 1.0, None])),
        min_size=1,
        max_size=40,
    )
)
def test_bounds_of_discrete_sides(rows):
    classes, numbers, others = zip(*rows, strict=True)
    mixed = [number if other is None else other for number, other in zip(numbers, others)]  # noqa: B905
    estimate = estimate_mutual_information(mixed, classes, discrete=(None, True))
    assert np.isfinite(estimate.value)
    assert estimate.value <= plugin_entropy(np.asarray(classes)) + 1e-12
    assert 0 <= estimate.p_value <= 1


def test_a_column_tells_itself():
    x = np.random.default_rng(0).integers(0, 5, 1000)
    assert float(estimate_mutual_information(x, x)) == pytest.approx(plugin_entropy(x))
    number = np.random.default_rng(0).normal(size=1000)
    assert float(estimate_mutual_information(number, number)) > 3


@pytest.mark.parametrize("rounding", [0.01, 0.1, 0.3])
def test_rounded_columns_are_continuous_at_their_resolution(rounding):
    found = []
    for seed in range(10):
        x, y = gaussian(np.random.default_rng(seed), 1000, 0.6)
        x, y = (np.round(side / rounding) for side in (x, y))
        found.append(float(estimate_mutual_information(x, y, method="knn", discrete=False)))
    assert np.mean(found) == pytest.approx(0.2231, abs=0.03)


def test_missing_values_tell():
    x, y = gaussian(np.random.default_rng(0), 2000, 0.0)
    x[y > 1] = np.nan
    share = np.mean(y > 1)
    entropy = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert float(estimate_mutual_information(x, y)) == pytest.approx(entropy, abs=0.04)


def test_frames_of_any_library():
    x, y = gaussian(np.random.default_rng(0), 300, 0.5)
    data = {"number": x, "letter": np.where(y > 0, "u", "v")}
    found = {
        estimate_mutual_information(make(data), y).value
        for make in (pd.DataFrame, pl.DataFrame, pa.table)
    }
    assert len(found) == 1


def test_several_columns_are_one_variable():
    x, y = gaussian(np.random.default_rng(0), 3000, 0.8)
    noise = np.random.default_rng(1).normal(size=3000)
    both = estimate_mutual_information(np.stack([x, noise], axis=1), y, method="knn")
    assert float(both) == pytest.approx(0.5108, abs=0.06)
    letter = np.where(noise > 0, "u", "v")
    frame = pd.DataFrame({"number": x * np.where(noise > 0, 1, -1), "letter": letter})
    assert float(estimate_mutual_information(frame, y)) == pytest.approx(0.5108, abs=0.06)
    assert abs(float(estimate_mutual_information(frame["letter"], y))) < 0.01


def test_methods_are_named():
    x, y = gaussian(np.random.default_rng(0), 400, 0.8)
    classes = (x > 0).astype(int)
    zeros = np.maximum(x, 0)
    found = {
        method: estimate_mutual_information(*pair, method=method).method
        for method, pair in {
            "ksg1": (x, y),
            "ksg2": (x, y),
            "ross": (classes, y),
            "gaussian": (x, y),
            "zhang": (x, y),
            "nsb": (classes, y > 0),
        }.items()
    }
    assert all(method == name for method, name in found.items())
    assert estimate_mutual_information(x, zeros, method="knn").method == "chain_rule"
    assert estimate_mutual_information(classes, classes, method="knn").method == "zhang"
    given_x = estimate_conditional_mutual_information
    assert given_x(x, y, x + y).method == "frenzel_pompe"
    assert given_x(classes, y, x + y).method == "mesner_shalizi"
    assert given_x(x, y, classes).method == "ksg1"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "ross"}, "needs one discrete and one continuous side; got x continuous"),
        ({"method": "frenzel_pompe"}, "a continuous condition"),
        ({"sample_weight": np.full(50, 2.0)}, "sample_weight is for estimates from counts"),
        ({"n_states": (3, 3)}, "n_states is for estimates from counts"),
        ({"discrete": (True,)}, "must have a flag for each of x, y"),
        ({"discrete": ("x", "y")}, "must have a flag for each of x, y"),
        ({"n_states": (3,)}, "must have two whole numbers"),
        ({"n_states": (3, "y")}, "must have two whole numbers"),
        ({"method": "KSG"}, "'method' parameter"),
        ({"n_neighbors": 0}, "'n_neighbors' parameter"),
        ({"base": 1}, "'base' parameter"),
        ({"transform": "ranks"}, "'transform' parameter"),
        ({"condition": np.zeros(7)}, "condition has 7"),
        ({"sample_weight": np.ones(3)}, "sample_weight has 3"),
        ({"sample_weight": np.arange(3)}, "sample_weight has 3"),
    ],
)
def test_wrong_options_are_said(options, message):
    x, y = gaussian(np.random.default_rng(0), 50, 0.5)
    with pytest.raises(ValueError, match=message):
        estimate_mutual_information(x, y, **options)


@pytest.mark.parametrize("k", [np.uint8(3), np.int32(3)])
def test_whole_numbers_of_any_type(k):
    x, y = gaussian(np.random.default_rng(0), 300, 0.5)
    options = {"method": "knn", "n_neighbors": k}
    expected = estimate_mutual_information(x, y, method="knn", n_neighbors=3)
    assert estimate_mutual_information(x, y, **options) == expected


def test_gaussian_needs_numbers():
    x, y = gaussian(np.random.default_rng(0), 500, 0.5)
    with pytest.raises(ValueError, match="Got x mixed, y continuous"):
        estimate_mutual_information(np.where(x < 0, np.nan, x), y, method="gaussian")
    with pytest.raises(ValueError, match="Got x discrete, y discrete"):
        estimate_mutual_information(x > 0, y > 0, method="gaussian")


def test_weights_are_repetitions():
    random = np.random.default_rng(0)
    x, weights = random.integers(0, 4, 200), random.integers(0, 5, 200)
    y = np.where(random.random(200) < 0.5, x, random.integers(0, 4, 200))
    weighted = estimate_mutual_information(x, y, sample_weight=weights)
    repeated = estimate_mutual_information(np.repeat(x, weights), np.repeat(y, weights))
    assert weighted.value == pytest.approx(repeated.value, abs=1e-13)
    assert weighted.p_value == pytest.approx(repeated.p_value)
    assert weighted.n_samples == repeated.n_samples == weights.sum()
    with pytest.raises(ValueError, match="n_permutations needs samples that count alike"):
        estimate_mutual_information(x, y, sample_weight=weights, n_permutations=9)


@pytest.mark.parametrize("level", [0, 1, 95, "0.95", np.nan])
def test_levels_are_probabilities(level):
    estimate = estimate_mutual_information(*gaussian(np.random.default_rng(0), 50, 0.5))
    with pytest.raises(ValueError, match="is not a probability"):
        estimate.confidence_interval(level)


def test_estimates_can_be_stored():
    x, y = gaussian(np.random.default_rng(0), 200, 0.5)
    for method in ("auto", "knn", "gaussian", "plugin"):
        estimate = estimate_mutual_information(x.round(1), y.round(0), method=method)
        stored = pickle.loads(pickle.dumps(estimate))
        assert stored == estimate
        assert stored.confidence_interval() == estimate.confidence_interval()


def test_base_is_a_unit():
    x, y = gaussian(np.random.default_rng(0), 500, 0.5)
    nats = estimate_mutual_information(x, y, method="knn")
    bits = estimate_mutual_information(x, y, method="knn", base=2)
    assert bits.value == pytest.approx(nats.value / np.log(2))
    assert bits.standard_error == pytest.approx(nats.standard_error / np.log(2))
    ends = np.array(nats.confidence_interval()) / np.log(2)
    np.testing.assert_allclose(bits.confidence_interval(), ends)


@pytest.mark.parametrize("kind", ["numbers", "classes", "mixed", "rounded"])
def test_p_values_hold_their_level(kind):
    p = []
    for seed in range(200):
        x, y = gaussian(np.random.default_rng(seed), 100, 0.0)
        x = {
            "numbers": x,
            "classes": (x > 0.5).astype(int),
            "mixed": np.maximum(x, 0),
            "rounded": x.round(1),
        }[kind]
        p.append(estimate_mutual_information(x, y, method="knn").p_value)
    assert np.mean(np.array(p) < 0.05) < 0.09
    assert np.mean(np.array(p) < 0.5) < 0.62


def test_permutations():
    x, y = gaussian(np.random.default_rng(0), 100, 0.6)
    options = {"method": "knn", "n_permutations": 39, "random_state": 0}
    assert estimate_mutual_information(x, y, **options).p_value == 1 / 40
    order = np.random.default_rng(1).permutation(100)
    shuffled = estimate_mutual_information(x, y[order], **options).p_value
    assert shuffled > 1 / 40
    again = np.random.default_rng(2).permutation(100)
    assert estimate_mutual_information(x[again], y[order][again], **options).p_value == shuffled


@pytest.mark.parametrize("discrete", [False, True])
def test_permutations_within_a_condition(discrete):
    z, a, b = np.random.default_rng(0).normal(size=(3, 300))
    if discrete:
        z = 3.0 * (z > 0)
    options = {"n_permutations": 39, "random_state": 0, "method": "knn"}
    given_z = estimate_conditional_mutual_information
    assert given_z(3 * z + a, 3 * z + b, z, **options).p_value > 0.05
    assert given_z(3 * z + a, 3 * z + b + a, z, **options).p_value == 1 / 40


def test_conditions():
    z, a, b = np.random.default_rng(0).normal(size=(3, 4000))
    given_z = estimate_conditional_mutual_information
    truth = 0.5 * np.log(2)
    assert float(given_z(z + a, z + b, z)) == pytest.approx(0, abs=0.03)
    assert float(given_z(z + a, z + a + b, z)) == pytest.approx(truth, abs=0.04)
    assert float(given_z(z + a, z + a + b, z, method="gaussian")) == pytest.approx(truth, abs=0.04)
    classes = (z > 0).astype(int)
    assert float(given_z(4 * classes + a, 4 * classes + b, classes)) == pytest.approx(0, abs=0.03)
    assert np.isnan(given_z(z + a, z + b, z).p_value)
    assert given_z(4 * classes + a, 4 * classes + b, classes).p_value > 0.01
    assert given_z(4 * classes + a, 4 * classes + a, classes).p_value < 1e-10
    same = estimate_mutual_information(z + a, z + b, condition=z)
    assert same.value == given_z(z + a, z + b, z).value


@pytest.mark.parametrize("decimals", [None, 1])
def test_conditions_of_any_kind(decimals):
    z, a, b = np.random.default_rng(0).normal(size=(3, 4000))
    if decimals is not None:
        z, a, b = (side.round(decimals) for side in (z, a, b))
    given_z = estimate_conditional_mutual_information
    for x in (z + a > 0, np.maximum(z + a, 0)):
        for y in (z + b, z + b > 0, np.maximum(z + b, 0)):
            for condition in (z, pd.DataFrame({"z": z, "c": z > 0})):
                assert float(given_z(x, y, condition, method="knn")) == pytest.approx(0, abs=0.03)


def test_xor():
    a, b = np.random.default_rng(0).integers(0, 2, size=(2, 2000))
    assert abs(float(estimate_mutual_information(a, a ^ b, base=2))) < 0.01
    told = estimate_mutual_information(a, a ^ b, condition=b, base=2)
    assert float(told) == pytest.approx(1, abs=0.01)


def test_labels_of_one_kind_change_nothing():
    x, y, z = np.random.default_rng(0).normal(size=(3, 500, 1))
    none = np.zeros(500, int)
    found = labelled_terms((none, none), (x, y), z, 3)
    np.testing.assert_allclose(found, frenzel_pompe_terms(x, y, z, 3), atol=1e-12)
    np.testing.assert_array_equal(found, labelled_terms((none, none), (x, y), z, 3, closed=True))


def test_labelled_terms_from_their_definition():
    random = np.random.default_rng(0)
    x, y = random.integers(0, 2, size=(2, 40))
    z = random.normal(size=(40, 1))
    none = np.empty((40, 0))
    found = labelled_terms((x, y), (none, none), z, 3)
    gaps = abs(z - z.T)
    for i in range(40):
        others = np.arange(40) != i
        alike = others & (x == x[i]) & (y == y[i])
        reach = np.sort(gaps[i][alike])[2]
        near = others & (gaps[i] < reach)
        counts = [(near & (x == x[i])).sum(), (near & (y == y[i])).sum(), near.sum()]
        first, second, alone = psi(np.array(counts) + 1)
        assert found[i] == pytest.approx(psi(3) - first - second + alone)


def test_chain_rule_from_its_definition():
    x, y = (read_variable(side, "x") for side in draw("half numbers, half signs", 600))
    d_x, d_y = x.atoms, y.atoms  # 0 and 1 are signs, 2 is a number
    expected = count_terms([d_x, d_y])
    for side, other in ((x, d_y), (y, d_x)):
        is_number = side.atoms == 2
        scores = normal_scores(side.values[is_number, 0])
        expected[is_number] += ross_terms(scores, other[is_number], 3)
    numbers = (d_x == 2) & (d_y == 2)
    scores = (normal_scores(side.values[numbers, 0]) for side in (x, y))
    expected[numbers] += ksg_terms(*scores, 3)
    np.testing.assert_allclose(mixed_terms([x, y], 3, "normal_scores"), expected, atol=1e-12)


def test_counts_from_their_definition():
    x, y = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 1, 1])
    joint, of_x, of_y = [2, 2, 1, 2, 2, 1], [3, 3, 3, 2, 2, 1], [2, 2, 4, 4, 4, 4]
    expected = psi(6) + psi(joint) - psi(of_x) - psi(of_y)
    np.testing.assert_allclose(count_terms([x, y]), expected, atol=1e-14)


@each_pair
def test_pointwise_information_averages_to_the_estimate(name):
    x, y = draw(name, 400)
    for method in ("knn", "auto"):
        terms = estimate_pointwise_mutual_information(x, y, method=method, base=2)
        assert terms.shape == (400,)
        estimate = estimate_mutual_information(x, y, method=method, base=2)
        assert terms.mean() == pytest.approx(estimate.value, abs=1e-10)


def test_pointwise_information_of_counts():
    x, y, z = np.random.default_rng(0).integers(0, 3, size=(3, 300))
    for condition in (None, z):
        terms = estimate_pointwise_mutual_information(x, y, condition=condition)
        estimate = estimate_mutual_information(x, y, condition=condition, method="plugin")
        assert terms.mean() == pytest.approx(estimate.value)
    share = np.mean((x == x[0]) & (y == y[0])) / np.mean(x == x[0]) / np.mean(y == y[0])
    assert estimate_pointwise_mutual_information(x, y)[0] == pytest.approx(np.log(share))


def test_pointwise_information_follows_its_rows():
    x, y = draw("censored normal", 300)
    order = np.random.default_rng(0).permutation(300)
    terms = estimate_pointwise_mutual_information(x, y, method="knn")
    shuffled = estimate_pointwise_mutual_information(x[order], y[order], method="knn")
    np.testing.assert_array_equal(shuffled, terms[order])


def test_total_correlation():
    x, y = gaussian(np.random.default_rng(0), 3000, 0.8)
    noise = np.random.default_rng(1).normal(size=3000)
    X = np.stack([x, y, noise], axis=1)
    for method in ("knn", "gaussian"):
        assert float(estimate_total_correlation(X, method=method)) == pytest.approx(0.51, abs=0.05)
    pair = estimate_total_correlation(X[:, :2], method="knn")
    assert pair.value == estimate_mutual_information(x, y, method="knn").value
    cut = np.maximum(X, [-np.inf, -0.5, 0.0])
    assert 0.35 < float(estimate_total_correlation(cut)) < 0.52
    assert estimate_total_correlation(X[:, [0, 2]]).p_value > 0.01
    assert float(estimate_total_correlation(cut[:, ::-1])) == pytest.approx(
        float(estimate_total_correlation(cut)), abs=1e-12
    )


def test_total_correlation_of_counts():
    a, b = np.random.default_rng(0).integers(0, 2, size=(2, 1000))
    X = np.stack([a, b, a ^ b], axis=1)
    for method in ("auto", "plugin", "nsb"):
        estimate = estimate_total_correlation(X, method=method, base=2)
        assert float(estimate) == pytest.approx(1, abs=0.02)
        assert estimate.p_value < 1e-9
    assert float(estimate_total_correlation(np.stack([a, a * 0], axis=1))) == 0
    with pytest.raises(ValueError, match="two or more columns"):
        estimate_total_correlation(a)
    with pytest.raises(ValueError, match="column 0 of X is discrete"):
        estimate_total_correlation(X, method="gaussian")


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_tiny_samples(n):
    x, y = np.random.default_rng(0).normal(size=(2, n))
    for pair in ((x, y), (x, y > 0), (np.maximum(x, 0), y), (x.round(), y.round())):
        estimate = estimate_mutual_information(*pair)
        assert np.isfinite(estimate.value)
        low, high = estimate.confidence_interval()
        assert not low > high
    assert np.isfinite(float(estimate_conditional_mutual_information(x, y, x + y)))


def test_columns_that_determine_each_other_share_infinitely_much_by_the_copula():
    x = np.random.default_rng(0).normal(size=300)
    for found in (
        estimate_mutual_information(x, np.exp(x), method="gaussian"),
        estimate_total_correlation(np.stack([x, x**3, -x], axis=1), method="gaussian"),
    ):
        assert found.value == np.inf
        assert np.isnan(found.standard_error)
        assert not np.isfinite(found.confidence_interval().high)
        assert "inf nats" in repr(found)
