"""Laws of information, held by every measure of the catalogue on generated distributions."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from measures.catalogue import MEASURES, OTHERS, POINTWISE, RESULTS, Measure, entropy_of, of_kind
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_infotheory import measures as m

laws = settings(derandomize=True, max_examples=30, deadline=None, database=None)
CLOSE = {"rtol": 1e-10, "atol": 1e-12}

# Integers give exact zeros and ties, floats the rest, powers of ten the extremes.
WEIGHT = st.one_of(
    st.integers(0, 6).map(float),
    st.floats(1e-3, 1.0),
    st.integers(-300, 0).map(lambda exponent: 10.0**exponent),
)


def weights_of_shape(shape: tuple[int, ...]) -> st.SearchStrategy[np.ndarray]:
    size = int(np.prod(shape))
    filled = st.lists(WEIGHT, min_size=size, max_size=size).filter(any)
    return filled.map(lambda values: np.array(values).reshape(shape))


def probabilities(shape: tuple[int, ...]) -> st.SearchStrategy[np.ndarray]:
    return weights_of_shape(shape).map(lambda weights: weights / weights.sum())


@st.composite
def inputs(draw: st.DrawFn, measure: Measure) -> list[np.ndarray]:
    """Draw the arguments of a measure: one distribution, two of equal length, or a table."""
    if measure.kind == "table":
        return [
            draw(probabilities(tuple(draw(st.integers(1, 3)) for _ in range(measure.variables))))
        ]
    shape = (draw(st.integers(1, 5)),)
    return [draw(probabilities(shape)) for _ in measure.arguments]


def over(measures: list[Measure]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("measure", measures, ids=lambda measure: measure.label)


def where(condition: str) -> list[Measure]:
    return [measure for measure in MEASURES if getattr(measure, condition)]


def random_table(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(np.prod(shape))).reshape(shape)


def test_the_catalogue_names_every_public_function():
    named = {measure.name for measure in MEASURES + POINTWISE}
    assert named | {*OTHERS} | RESULTS == set(m.__all__)


@pytest.mark.parametrize("name", OTHERS)
def test_each_other_measure_has_a_twin(name):
    file = Path(__file__).parent / OTHERS[name]
    assert f"m.{name}(" in file.read_text(encoding="utf-8")


# Bounds -------------------------------------------------------------------------------------------


@over(where("non_negative"))
@laws
@given(data=st.data())
def test_no_value_is_negative(measure, data):
    assert measure(*data.draw(inputs(measure))) >= 0


@over(where("upper_bound"))
@laws
@given(data=st.data())
def test_the_upper_bound_holds(measure, data):
    arrays = data.draw(inputs(measure))
    assert measure(*arrays) <= measure.upper_bound(*arrays) * (1 + 1e-12) + 1e-14


@over(of_kind("distribution"))
@pytest.mark.parametrize("k", [1, 2, 7])
def test_the_uniform_distribution_meets_the_upper_bound(measure, k):
    p = np.full(k, 1 / k)
    assert_allclose(measure(p), measure.upper_bound(p), rtol=1e-14, atol=1e-15)


@over(where("zero_if_same"))
@laws
@given(data=st.data())
def test_a_distribution_does_not_diverge_from_itself(measure, data):
    p = data.draw(inputs(measure))[0]
    # Weights of 1/4 and 3/4 round p; all else is exact.
    assert 0 <= measure(p, p) <= (1e-29 if measure.options else 0)


@over(where("zero_if_same"))
def test_different_distributions_diverge(measure):
    p, q = [0.2, 0.3, 0.5], [0.3, 0.3, 0.4]
    assert measure(p, q) > 1e-3 or measure.positional == (0,)


def test_co_information_may_be_negative():
    assert m.co_information(xor_table()) < -0.6


@laws
@given(p_x=probabilities((3,)), p_y=probabilities((2,)), p_z=probabilities((2,)))
def test_independent_variables_share_nothing(p_x, p_y, p_z):
    table = p_x[:, None, None] * p_y[:, None] * p_z
    assert 0 <= m.mutual_information(table.sum(axis=2)) <= 1e-29
    assert 0 <= m.conditional_mutual_information(table) <= 1e-29
    assert 0 <= m.total_correlation(table) <= 1e-29
    assert abs(m.co_information(table)) <= 1e-29


# Symmetry -----------------------------------------------------------------------------------------


@over(where("symmetric"))
@laws
@given(data=st.data())
def test_symmetric_measures_are_symmetric(measure, data):
    arrays = data.draw(inputs(measure))
    assume_entropies(measure, *arrays)
    exchanged = arrays[::-1] if measure.kind == "pair" else [arrays[0].swapaxes(0, 1)]
    assert_allclose(measure(*exchanged), measure(*arrays), **CLOSE)


@pytest.mark.parametrize("name", ["total_correlation", "co_information"])
def test_all_orders_of_the_variables_give_the_same(name):
    table = random_table(2, 3, 2, 2)
    values = [
        getattr(m, name)(table.transpose(order)) for order in itertools.permutations(range(4))
    ]
    assert_allclose(values, values[0], **CLOSE)


@over([measure for measure in of_kind("pair") if not measure.symmetric])
def test_asymmetric_divergences_have_a_counterexample(measure):
    p, q = np.array([0.5, 0.5, 0.0]), np.array([0.2, 0.3, 0.5])
    assert abs(measure(p, q) - measure(q, p)) > 0.01


def test_conditional_entropy_has_a_counterexample_to_symmetry():
    table = np.array([[0.25, 0.0], [0.25, 0.0], [0.0, 0.5]])
    assert_allclose(m.conditional_entropy(table, base=2), 0.5)
    assert_allclose(m.conditional_entropy(table.T, base=2), 0.0, atol=1e-15)


# Identities ---------------------------------------------------------------------------------------


def xor_table() -> np.ndarray:
    table = np.zeros((2, 2, 2))
    table[[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0]] = 0.25
    return table


@laws
@given(table=probabilities((3, 2)))
def test_four_forms_of_mutual_information(table):
    p_x, p_y = table.sum(axis=1), table.sum(axis=0)
    information = m.mutual_information(table)
    by_knowing_y = m.entropy(p_x) - m.conditional_entropy(table)
    by_knowing_x = m.entropy(p_y) - m.conditional_entropy(table, given=0)
    by_joint = m.entropy(p_x) + m.entropy(p_y) - m.joint_entropy(table)
    assert_allclose([by_knowing_y, by_knowing_x, by_joint], information, **CLOSE)
    assume(np.outer(p_x, p_y)[table > 0].all())  # the product must not underflow
    assert_allclose(m.kl_divergence(table, np.outer(p_x, p_y), axis=None), information, **CLOSE)


@laws
@given(table=probabilities((2, 3, 2)))
def test_chain_rule_of_entropy(table):
    first = m.entropy(table.sum(axis=(1, 2)))
    second = m.conditional_entropy(table.sum(axis=2), given=0)
    third = m.conditional_entropy(table, given=(0, 1))
    assert_allclose(first + second + third, m.joint_entropy(table), **CLOSE)


@laws
@given(table=probabilities((2, 3, 2)))
def test_chain_rule_of_mutual_information(table):
    with_z = m.mutual_information(table.sum(axis=1))
    with_y_given_z = m.conditional_mutual_information(table)
    with_both = m.mutual_information(table.reshape(2, 6))
    assert_allclose(with_z + with_y_given_z, with_both, **CLOSE)


@laws
@given(table=probabilities((2, 3, 2)))
def test_conditional_mutual_information_by_entropies(table):
    def H(*kept):
        return entropy_of(table, *kept)

    expected = {
        0: H(0, 1) + H(0, 2) - H(0),
        1: H(0, 1) + H(1, 2) - H(1),
        2: H(0, 2) + H(1, 2) - H(2),
    }
    for known, sum_of_parts in expected.items():
        assert_allclose(
            m.conditional_mutual_information(table, given=known),
            sum_of_parts - H(0, 1, 2),
            **CLOSE,
        )


def test_conditioning_on_several_variables_is_conditioning_on_their_joint_code():
    table = random_table(2, 3, 2, 2)
    by_code = m.conditional_mutual_information(table.reshape(2, 3, 4))
    assert_allclose(m.conditional_mutual_information(table, given=(2, 3)), by_code, **CLOSE)
    assert_allclose(
        m.conditional_entropy(table, given=(2, 3)),
        m.conditional_entropy(table.reshape(6, 4)),
        **CLOSE,
    )


@laws
@given(table=probabilities((2, 2, 2, 2)))
def test_many_variables_by_inclusion_and_exclusion(table):
    co_information = sum(
        (-1) ** (size + 1) * entropy_of(table, *kept)
        for size in range(1, 5)
        for kept in itertools.combinations(range(4), size)
    )
    total = sum(entropy_of(table, i) for i in range(4)) - entropy_of(table, 0, 1, 2, 3)
    assert_allclose(m.co_information(table), co_information, **CLOSE)
    assert_allclose(m.total_correlation(table), total, **CLOSE)


@laws
@given(p=probabilities((4,)), q=probabilities((4,)))
def test_cross_entropy_is_entropy_plus_divergence(p, q):
    assert_allclose(m.cross_entropy(p, q), m.entropy(p) + m.kl_divergence(p, q), **CLOSE)
    assert_allclose(m.cross_entropy(p, p), m.entropy(p), **CLOSE)


@laws
@given(p=probabilities((4,)), q=probabilities((4,)), share=st.floats(0, 1))
def test_jensen_shannon_is_the_divergence_from_the_mixture(p, q, share):
    assume(share in (0, 1) or 1e-6 < share < 1 - 1e-6)
    mixture = share * p + (1 - share) * q
    expected = 0.0
    if share > 0:
        expected += share * m.kl_divergence(p, mixture)
    if share < 1:
        expected += (1 - share) * m.kl_divergence(q, mixture)
    value = m.jensen_shannon_divergence(p, q, weights=(share, 1 - share))
    assert_allclose(value, expected, **CLOSE)


@laws
@given(p=probabilities((4,)), q=probabilities((4,)))
def test_relations_among_divergences(p, q):
    both_ways = m.kl_divergence(p, q) + m.kl_divergence(q, p)
    assert_allclose(m.jeffreys_divergence(p, q), both_ways, rtol=1e-10, atol=1e-12)
    assert m.population_stability_index(p, q) == m.jeffreys_divergence(p, q)
    divergence = m.jensen_shannon_divergence(p, q)
    assert_allclose(m.jensen_shannon_distance(p, q) ** 2, divergence, **CLOSE)
    affinity = 1 - m.hellinger_distance(p, q) ** 2
    assert_allclose(np.exp(-m.renyi_divergence(p, q, 0.5) / 2), affinity, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("distance", [m.jensen_shannon_distance, m.hellinger_distance])
@laws
@given(p=probabilities((3,)), q=probabilities((3,)), r=probabilities((3,)))
def test_the_triangle_inequality_of_the_distances(distance, p, q, r):
    assert distance(p, r) <= distance(p, q) + distance(q, r) + 1e-7


@laws
@given(p=probabilities((4,)), q=probabilities((4,)), a=st.floats(0, 20), b=st.floats(0, 20))
def test_renyi_is_monotone_in_its_order(p, q, a, b):
    low, high = min(a, b), max(a, b)
    assert m.renyi_entropy(p, low) >= m.renyi_entropy(p, high) * (1 - 1e-12) - 1e-12
    assert m.renyi_divergence(p, q, low) <= m.renyi_divergence(p, q, high) * (1 + 1e-12) + 1e-12


@laws
@given(p=probabilities((5,)))
def test_perplexity_is_the_exponential_of_entropy(p):
    assert_allclose(np.log2(m.perplexity(p)), m.entropy(p, base=2), **CLOSE)


@laws
@given(table=probabilities((3, 3)))
def test_pointwise_information_averages_to_mutual_information(table):
    cells, shares = (m.pointwise_mutual_information(table, normalized=n) for n in (False, True))
    met = table > 0
    assert_allclose((table[met] * cells[met]).sum(), m.mutual_information(table), **CLOSE)
    surprise = m.self_information(table[met])
    assert_allclose(shares[met] * surprise, cells[met] * (surprise > 0), **CLOSE)
    assert np.all(np.abs(shares[met]) <= 1 + 1e-12)


@laws
@given(table=probabilities((3, 2)))
def test_normalized_information_is_a_share_of_the_entropies(table):
    h_x, h_y, h_xy = entropy_of(table, 0), entropy_of(table, 1), entropy_of(table, 0, 1)
    assume(min(h_x, h_y) > 1e-6)
    divisors = {
        "arithmetic": (h_x + h_y) / 2,
        "geometric": np.sqrt(h_x * h_y),
        "min": min(h_x, h_y),
        "max": max(h_x, h_y),
        "joint": h_xy,
    }
    for method, divisor in divisors.items():
        share = m.normalized_mutual_information(table, average_method=method)
        assert_allclose(share * divisor, m.mutual_information(table), **CLOSE)


# Data processing and other changes of the outcomes ------------------------------------------------


def assume_entropies(measure: Measure, *arrays: np.ndarray) -> None:
    """Leave out shares of almost nothing, which magnify the rounding of 1 - p."""
    if measure.name == "normalized_mutual_information" or "normalized" in measure.options:
        assume(min(entropy_of(arrays[0], 0), entropy_of(arrays[0], 1)) > 1e-4)


def merge_last_two(array: np.ndarray, axis: int) -> np.ndarray:
    last = array.shape[axis] - 1
    return np.add.reduceat(array, range(last), axis=axis) if last else array


@over(where("mergeable"))
@laws
@given(data=st.data())
def test_merging_outcomes_never_raises_information(measure, data):
    arrays = data.draw(inputs(measure))
    whole = measure(*arrays)
    slack = 1e-7 if "distance" in measure.name else 1e-12
    for axis in measure.mergeable[: arrays[0].ndim]:
        merged = measure(*(merge_last_two(a, axis) for a in arrays))
        assert merged <= whole * (1 + slack) + slack


def test_merging_what_is_known_may_raise_information():
    copy = np.diag([0.5, 0.5])
    assert m.conditional_entropy(copy.sum(axis=1, keepdims=True)) > m.conditional_entropy(copy)
    common_cause = np.zeros((2, 2, 2))
    common_cause[[0, 1], [0, 1], [0, 1]] = 0.5
    assert m.conditional_mutual_information(common_cause) == 0
    assert m.conditional_mutual_information(common_cause.sum(axis=2, keepdims=True)) > 0.6


@over(MEASURES + POINTWISE)
@laws
@given(data=st.data())
def test_the_order_of_the_outcomes_does_not_matter(measure, data):
    arrays = data.draw(inputs(measure))
    assume_entropies(measure, *arrays)
    orders = [data.draw(st.permutations(range(k))) for k in arrays[0].shape]
    permuted = measure(*(a[np.ix_(*orders)] for a in arrays))
    expected = measure(*arrays)
    if np.ndim(expected):
        expected = expected[np.ix_(*orders)]
    assert_allclose(permuted, expected, **loose_roots(measure))


@over(MEASURES + POINTWISE)
@laws
@given(data=st.data())
def test_impossible_outcomes_do_not_matter(measure, data):
    arrays = data.draw(inputs(measure))
    assume_entropies(measure, *arrays)
    padded = measure(*(np.pad(a, 1) for a in arrays))
    if np.ndim(padded):
        padded = padded[(slice(1, -1),) * arrays[0].ndim]
    assert_allclose(padded, measure(*arrays), **loose_roots(measure))


def loose_roots(measure: Measure) -> dict[str, float]:
    """Return tolerances: a root turns rounding of 1e-16 into 1e-8."""
    return CLOSE | ({"atol": 1e-7} if measure.in_base == "root" else {})


# The interface: base, axis, normalize, types ------------------------------------------------------


@over(MEASURES + POINTWISE)
@laws
@given(data=st.data())
def test_change_of_base(measure, data):
    arrays = data.draw(inputs(measure))
    nats = np.asarray(measure(*arrays))
    for base in (2, 10, 1.5) if measure.in_base == "root" else (2, 10, 1.5, 0.5):
        nat = np.log(base)
        unit = {"scales": nat, "root": np.sqrt(abs(nat)), "free": 1.0}[measure.in_base]
        assert_allclose(measure(*arrays, base=base), nats / unit, rtol=1e-12)


def batch_for(measure: Measure, batch: tuple[int, ...]) -> list[np.ndarray]:
    """Return random inputs with zeros: a batch of arguments of the measure."""
    rng = np.random.default_rng(3)
    shape = tuple(range(2, 2 + measure.variables)) if measure.kind == "table" else (4,)
    axes = tuple(range(-len(shape), 0))
    arrays = [rng.integers(0, 4, (*batch, *shape)) + 0.0 for _ in measure.arguments]
    for array in arrays:
        array[(..., *(0 for _ in shape))] += 1
    return [array / array.sum(axis=axes, keepdims=True) for array in arrays]


def loop(measure: Measure, arrays: list[np.ndarray], batch: tuple[int, ...]) -> np.ndarray:
    single = {i: measure(*(a[i] for a in arrays)) for i in np.ndindex(*batch)}
    assert all(isinstance(value, float) or np.ndim(value) for value in single.values())
    return np.array([single[i] for i in np.ndindex(*batch)]).reshape(
        *batch, *np.shape(single[0, 0])
    )


@over(MEASURES + POINTWISE)
def test_a_batch_equals_a_loop(measure):
    arrays = batch_for(measure, (3, 2))
    values = measure(*arrays, axis=measure.default_axis)
    assert values.dtype == np.float64
    assert_allclose(values, loop(measure, arrays, (3, 2)), rtol=1e-13, atol=1e-15)


@over(MEASURES)
def test_the_axes_may_stand_anywhere(measure):
    arrays = batch_for(measure, (3, 2))
    n_axes = arrays[0].ndim - 2
    moved = [np.moveaxis(a, range(2, 2 + n_axes), range(n_axes)) for a in arrays]
    axis = tuple(range(n_axes)) if measure.kind == "table" else 0
    expected = measure(*arrays, axis=measure.default_axis)
    assert_allclose(measure(*moved, axis=axis), expected, rtol=1e-13, atol=1e-15)


@over(of_kind("table"))
def test_the_order_of_the_axes_is_the_order_of_the_variables(measure):
    (table,) = batch_for(measure, ())
    reverse = tuple(range(table.ndim))[::-1]
    assert_allclose(measure(table, axis=reverse), measure(table.transpose(reverse)), **CLOSE)


@over(of_kind("distribution", "pair"))
def test_several_axes_together_are_one_distribution(measure):
    arrays = [np.reshape(a, (2, 2)) for a in batch_for(measure, ())]
    expected = measure(*(a.ravel() for a in arrays))
    assert measure(*arrays, axis=None) == expected
    assert measure(*arrays, axis=(0, 1)) == expected


@over(of_kind("pair"))
def test_one_distribution_is_compared_with_many(measure):
    p, q = batch_for(measure, (3, 2))
    expected = measure(np.broadcast_to(p[0, 0], p.shape), q)
    assert_array_equal(measure(p[0, 0], q), expected)
    assert_array_equal(measure(p[:, :1], q[:1]), measure(*np.broadcast_arrays(p[:, :1], q[:1])))


@over(MEASURES + POINTWISE)
@laws
@given(data=st.data())
def test_counts_normalized_equal_probabilities(measure, data):
    counts = [np.round(100 * a).astype(int) + 1 for a in data.draw(inputs(measure))]
    expected = measure(*(c / c.sum() for c in counts))
    for same in (counts, [c.tolist() for c in counts], [c.astype(np.float32) for c in counts]):
        assert_allclose(measure(*same, normalize=True), expected, **loose_roots(measure))


@over(MEASURES + POINTWISE)
@pytest.mark.parametrize("normalize", [False, True])
def test_the_input_is_not_modified(measure, normalize):
    arrays = [a * (1 + normalize) for a in batch_for(measure, ())]
    copies = [a.copy() for a in arrays]
    for array in arrays:
        array.flags.writeable = False
    result = measure(*arrays, normalize=normalize)
    for array, copy in zip(arrays, copies, strict=True):
        assert_array_equal(array, copy)
        assert not np.shares_memory(result, array)


@over(MEASURES + POINTWISE)
@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint64, np.float16, np.float32, object])
def test_other_types_give_float64(measure, dtype):
    size = 3 if measure.kind != "table" else (2,) * measure.variables
    array = np.zeros(size)
    array.flat[0] = 1
    arrays = [array] * len(measure.arguments)
    result = measure(*(a.astype(dtype) for a in arrays))
    assert np.asarray(result).dtype == np.float64
    assert_array_equal(result, measure(*arrays))


@over(MEASURES)
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_probabilities_of_low_precision_pass_as_they_are(measure, dtype):
    arrays = [a.astype(dtype) for a in batch_for(measure, ())]
    expected = measure(*(a.astype(float) / a.astype(float).sum() for a in arrays))
    assert_allclose(measure(*arrays), expected, **CLOSE)


@over(MEASURES + POINTWISE)
def test_no_negative_zeros(measure):
    array = np.ones((1,) * (measure.variables if measure.kind == "table" else 1))
    assert not np.signbit(measure(*([array] * len(measure.arguments)))).any()
