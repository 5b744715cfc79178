"""What is refused, and whether the message says how to mend it."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pytest
from measures.catalogue import MEASURES, POINTWISE, Measure

from sklearn_infotheory import measures as m

EVERY = MEASURES + POINTWISE

each = pytest.mark.parametrize("measure", EVERY, ids=lambda measure: measure.label)
each_argument = pytest.mark.parametrize(
    ("measure", "position"),
    [(measure, i) for measure in EVERY for i in range(len(measure.arguments))],
    ids=lambda value: getattr(value, "label", None),
)
each_table = pytest.mark.parametrize(
    "measure", [x for x in EVERY if x.kind == "table"], ids=lambda measure: measure.label
)


def good(measure: Measure) -> list[np.ndarray]:
    """Return valid arguments."""
    shape = (2,) * measure.variables if measure.kind == "table" else (4,)
    return [np.full(shape, 1 / np.prod(shape)) for _ in measure.arguments]


def spoilt(measure: Measure, position: int, value: float) -> list[np.ndarray]:
    """Return arguments of which one holds a bad value, at its last index."""
    arrays = good(measure)
    arrays[position].flat[-1] = value
    return arrays


def last_index(array: np.ndarray) -> str:
    return re.escape(str(tuple(k - 1 for k in array.shape)))


@each_argument
@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("value", [-0.25, np.nan, np.inf, -np.inf])
def test_values_that_are_no_probabilities(measure, position, normalize, value):
    arrays = spoilt(measure, position, value)
    message = (
        rf"^{measure.arguments[position]} must hold .*not negative; got {value} at index "
        rf"{last_index(arrays[position])}.*normalize=True"
    )
    with pytest.raises(ValueError, match=message):
        measure(*arrays, normalize=normalize)


@each_argument
@pytest.mark.parametrize("factor", [0.5, 1 + 1e-4, 1 - 1e-4, 10])
def test_a_wrong_sum(measure, position, factor):
    arrays = good(measure)
    arrays[position] *= factor
    name = measure.arguments[position]
    total = re.escape(f"{arrays[position].sum()!r}".removeprefix("np.float64(").removesuffix(")"))
    message = rf"^The sum of {name} over axis=.* must be 1 within \S*e-06; got the sum {total}\. "
    with pytest.raises(ValueError, match=message + r".*normalize=True"):
        measure(*arrays)
    np.testing.assert_allclose(
        measure(*arrays, normalize=True), measure(*good(measure)), rtol=1e-12, atol=1e-15
    )


@each_argument
def test_a_sum_within_the_tolerance(measure, position):
    arrays = good(measure)
    arrays[position] *= 1 + 5e-10
    # It is rescaled, so that not even 5e-10 of a divergence is below zero.
    np.testing.assert_allclose(measure(*arrays), measure(*good(measure)), rtol=1e-12, atol=1e-15)


@each_argument
def test_the_message_finds_the_wrong_distribution_in_a_batch(measure, position):
    batches = [np.stack([array] * 3) for array in good(measure)]
    batches[position][1] *= 2
    name = measure.arguments[position]
    zeros = ", 0" * good(measure)[0].ndim
    message = rf"^The sum of {name} .*got the sum 2\.0 for the distribution at index \(1{zeros}\)"
    with pytest.raises(ValueError, match=message):
        measure(*batches, axis=measure.default_axis)


@each_argument
def test_counts_of_nothing(measure, position):
    arrays = good(measure)
    arrays[position] *= 0
    name = measure.arguments[position]
    message = rf"^The sum of {name} .* must be positive and finite; got the sum 0\.0.*normalize=Tr"
    with pytest.raises(ValueError, match=message):
        measure(*arrays, normalize=True)


@each_argument
@pytest.mark.parametrize("normalize", [False, True])
def test_a_sum_that_overflows(measure, position, normalize):
    arrays = good(measure)
    arrays[position][:] = 1.7e308
    with pytest.raises(ValueError, match=rf"^The sum of {measure.arguments[position]} .*sum inf"):
        measure(*arrays, normalize=normalize)


@each_argument
def test_an_empty_array(measure, position):
    arrays = good(measure)
    arrays[position] = np.zeros((0,) * arrays[position].ndim)
    message = rf"^{measure.arguments[position]} must hold at least one probability; got an empty"
    with pytest.raises(ValueError, match=message):
        measure(*arrays)


@each_argument
def test_a_single_number(measure, position):
    arrays = good(measure)
    arrays[position] = 1.0
    message = rf"^{measure.arguments[position]} must have at least one axis; got a single number"
    with pytest.raises(ValueError, match=message):
        measure(*arrays)


@each_argument
def test_a_ragged_list(measure, position):
    arrays = good(measure)
    arrays[position] = [[0.5, 0.5], [1.0]]
    with pytest.raises(ValueError, match=rf"^{measure.arguments[position]} .*ragged"):
        measure(*arrays)


@each_argument
@pytest.mark.parametrize("dtype", [str, complex, "datetime64[s]"])
def test_types_that_are_no_numbers(measure, position, dtype):
    arrays = good(measure)
    arrays[position] = np.ones(arrays[position].shape, dtype=int).astype(dtype)
    message = rf"^{measure.arguments[position]} must hold real numbers .*; got dtype .*normalize=T"
    with pytest.raises(TypeError, match=message):
        measure(*arrays)


@each_argument
@pytest.mark.parametrize("value", ["0.25", None, 0.25j])
def test_objects_that_are_no_numbers(measure, position, value):
    arrays = good(measure)
    arrays[position] = arrays[position].astype(object)
    arrays[position].flat[-1] = value
    message = rf"^{measure.arguments[position]} must hold real numbers .*; got dtype object"
    with pytest.raises(TypeError, match=message):
        measure(*arrays)


@each
@pytest.mark.parametrize("base", [1, 1.0, True, 0, -2, np.nan, np.inf, "two", "2", 2j, [2]])
def test_a_bad_base(measure, base):
    with pytest.raises(ValueError, match=r"^base must be .* other than 1; got .*base=2 for bits"):
        measure(*good(measure), base=base)


@each
@pytest.mark.parametrize("base", [np.float32(2), np.int64(2), 2.0])
def test_a_base_of_any_real_type(measure, base):
    np.testing.assert_array_equal(
        measure(*good(measure), base=base), measure(*good(measure), base=2)
    )


@each
def test_an_axis_that_is_not_there(measure):
    with pytest.raises(ValueError, match="axis: axis 7 is out of bounds"):
        measure(*good(measure), axis=7)
    with pytest.raises(ValueError, match="repeated axis"):
        measure(*good(measure), axis=(0, 0))
    with pytest.raises(ValueError, match=r"^axis must name at least one axis"):
        measure(*good(measure), axis=())
    with pytest.raises(TypeError):
        measure(*good(measure), axis=0.5)


@each
def test_options_are_keywords_only(measure):
    for name, parameter in inspect.signature(measure.function).parameters.items():
        if name not in (*measure.arguments, "order"):
            assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
    defaults = inspect.signature(measure.function).parameters
    assert defaults["base"].default is None
    assert defaults["normalize"].default is False
    assert defaults["axis"].default == (None if measure.kind == "table" else -1)


# Shapes of pairs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "measure", [x for x in EVERY if x.kind == "pair"], ids=lambda measure: measure.label
)
def test_pairs_of_unequal_shape(measure):
    first, second = measure.arguments
    message = rf"^{first} and {second} must have the same outcomes .*got shapes \(3,\) and \(4,\)"
    with pytest.raises(ValueError, match=message):
        measure(np.ones(3), np.ones(4), normalize=True)
    with pytest.raises(ValueError, match="the same outcomes"):  # no broadcasting of outcomes
        measure(np.ones(3), np.ones(1), normalize=True)
    with pytest.raises(ValueError, match="the same outcomes"):
        measure(np.ones((2, 3)), np.ones((3, 2)), axis=None, normalize=True)
    message = rf"^The axes of {first} and {second} other than axis=-1 must broadcast; .*\(2, 3\)"
    with pytest.raises(ValueError, match=message):
        measure(np.ones((2, 3)), np.ones((4, 3)), normalize=True)


# Variables of tables ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shape", "allowed"),
    [
        ("mutual_information", (3,), "exactly 2 variables, one an axis; got 1"),
        ("mutual_information", (2, 2, 2), "exactly 2 variables, one an axis; got 3"),
        ("normalized_mutual_information", (2, 2, 2), "exactly 2 variables"),
        ("pointwise_mutual_information", (2, 2, 2), "exactly 2 variables"),
        ("conditional_mutual_information", (2, 2), "at least 3 variables, one an axis; got 2"),
        ("conditional_mutual_information", (2, 2, 2, 2), "exactly 3 variables, one an axis; got 4"),
        ("conditional_entropy", (2,), "at least 2 variables"),
        ("total_correlation", (2,), "at least 2 variables"),
        ("co_information", (2,), "at least 2 variables"),
    ],
)
def test_the_number_of_variables(name, shape, allowed):
    message = rf"^p_xyz? must carry {allowed}.*axis=\(-2, -1\)"
    with pytest.raises(ValueError, match=message):
        getattr(m, name)(np.ones(shape), normalize=True)


@pytest.mark.parametrize("name", ["conditional_entropy", "conditional_mutual_information"])
def test_given_must_be_some_of_the_variables(name):
    function, table = getattr(m, name), np.ones((2, 2, 2, 2))
    with pytest.raises(
        ValueError, match=r"^given=0 must name some, not all, of the axes \(1, 2, 3"
    ):
        function(table, axis=(1, 2, 3), given=0, normalize=True)
    with pytest.raises(ValueError, match=r"^given=\(1, 2, 3\) must name some, not all"):
        function(table, axis=(1, 2, 3), given=(1, 2, 3), normalize=True)
    with pytest.raises(ValueError, match="given: axis 4 is out of bounds"):
        function(table, given=4, normalize=True)
    with pytest.raises(ValueError, match=r"^given must name at least one axis"):
        function(table, given=(), normalize=True)


@each_table
def test_a_batch_of_tables_is_not_taken_for_a_table(measure):
    """Without `axis` the first axis is a variable: then either the sum or the count is wrong."""
    batch = np.stack(good(measure) * 3)
    with pytest.raises(ValueError, match=r"got the sum 3\.0"):
        measure(batch)


# Options of single measures -----------------------------------------------------------------------


@pytest.mark.parametrize("order", [-0.5, -np.inf, np.nan, "1", None, 1j])
def test_a_bad_order(order):
    message = r"^order must be a number in \[0, inf\]; got .*Order 1 is the Shannon"
    with pytest.raises(ValueError, match=message):
        m.renyi_entropy([0.5, 0.5], order)
    with pytest.raises(ValueError, match=message):
        m.renyi_divergence([0.5, 0.5], [0.5, 0.5], order)


@pytest.mark.parametrize("method", ["mean", None, ["min"]])
def test_a_bad_average_method(method):
    message = r"^average_method must be one of arithmetic, .*joint; got "
    with pytest.raises(ValueError, match=message):
        m.normalized_mutual_information(np.eye(2) / 2, average_method=method)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ((0.5, 0.6), r"^The sum of weights over axis=-1 .*got the sum 1\.1.*normalize=True"),
        ((1.5, -0.5), r"^weights must hold .*got -0\.5 at index \(1,\)"),
        ((0.5, 0.25, 0.25), r"^weights must hold two numbers.*got shape \(3,\)"),
        ([[0.5, 0.5]], r"^weights must hold two numbers.*got shape \(1, 2\)"),
    ],
)
def test_bad_weights(weights, message):
    with pytest.raises(ValueError, match=message):
        m.jensen_shannon_divergence([0.5, 0.5], [0.9, 0.1], weights=weights)


def test_a_distance_needs_a_base_above_one():
    with pytest.raises(ValueError, match=r"^base must be above 1 for a distance; got 0\.5"):
        m.jensen_shannon_distance([0.5, 0.5], [0.9, 0.1], base=0.5)


@pytest.mark.parametrize(
    ("p", "error", "message"),
    [
        (1.5, ValueError, r"^p must hold probabilities between 0 and 1; got 1\.5.*total"),
        ([0.5, -0.1], ValueError, r"^p must hold .*got -0\.1 at index \(1,\)"),
        (np.nan, ValueError, r"^p must hold .*got nan at index \(\)"),
        ([], ValueError, r"^p must hold at least one probability"),
        ("half", TypeError, r"^p must hold real numbers"),
        (0.5j, TypeError, r"^p must hold real numbers"),
    ],
)
def test_self_information_of_no_probability(p, error, message):
    with pytest.raises(error, match=message):
        m.self_information(p)


@pytest.mark.parametrize("base", [1, 0, -2, "two"])
def test_self_information_in_a_bad_base(base):
    with pytest.raises(ValueError, match=r"^base must be"):
        m.self_information(0.5, base=base)
