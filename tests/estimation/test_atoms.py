"""Which numbers are atoms, and which are rounded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine

from sklearn_infotheory.estimation._atoms import find_atoms, most_atoms
from sklearn_infotheory.estimation._variables import read_variable

SIZES = (100, 1000, 10_000)


def atoms_of(values):
    """Return the values that are atoms."""
    distinct, counts = np.unique(values, return_counts=True)
    return distinct[find_atoms(counts)].tolist()


def kind(values):
    variable = read_variable(values, "x")
    return variable.kind, variable.is_rounded


def random(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("rate", [0.5, 1, 3])
def test_small_counts_are_discrete(n, rate):
    assert kind(random().poisson(rate, n)) == ("discrete", False)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("rate", [100, 1000, 1e5])
def test_large_counts_are_rounded(n, rate):
    assert kind(random().poisson(rate, n))[0] == "continuous"


@pytest.mark.parametrize("n", [100, 1000, 10_000])
def test_ages_are_rounded(n):
    ages = 20 + 50 * random().beta(2, 3, size=n)
    assert kind(ages.astype(int)) == ("continuous", True)


def test_ages_that_were_cut_off_have_an_atom():
    ages = np.clip(random().normal(45, 15, size=5000).astype(int), 18, 120)
    assert atoms_of(ages) == [18]


@pytest.mark.parametrize("n", [1000, 10_000, 100_000])
def test_few_prices_that_stand_out_are_atoms(n):
    prices = random().lognormal(3, 1, n).round(2)
    chosen = random(1).random(n) < 0.3
    prices[chosen] = random(2).choice([9.99, 19.99, 49.99], chosen.sum())
    assert atoms_of(prices) == [9.99, 19.99, 49.99]


def test_only_the_most_frequent_of_many_that_stand_out_are_atoms():
    prices = random().lognormal(3, 1, 10_000).round(2)
    chosen = random(1).random(10_000) < 0.6
    prices[chosen] = np.floor(prices[chosen]) + 0.99
    atoms = atoms_of(prices)
    assert 16 <= len(atoms) <= most_atoms(10_000)
    assert all(f"{atom:.2f}".endswith(".99") for atom in atoms)


@pytest.mark.parametrize("n", SIZES)
def test_zeros_among_numbers_are_an_atom(n):
    values = random().normal(size=n)
    values[: n // 8] = 0.0
    assert kind(values) == ("mixed", False)
    assert atoms_of(values) == [0.0]


@pytest.mark.parametrize("n", SIZES)
def test_zeros_among_rounded_numbers_are_an_atom(n):
    rain = random().gamma(0.7, 10, size=n).round(1) + 0.1
    rain[random(1).random(n) < 0.6] = 0.0
    assert atoms_of(rain)[0] == 0.0
    assert len(atoms_of(rain)) == 1


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("decimals", [2, 3, 4, 6])
def test_rounding_makes_no_atoms(seed, decimals):
    generator = random(seed)
    for values in (
        generator.normal(size=10_000),
        generator.random(10_000),
        generator.lognormal(size=10_000),
        generator.exponential(size=10_000),
    ):
        assert kind(values.round(decimals))[0] == "continuous"


def test_birthdays_are_ties_but_not_atoms():
    assert kind(random().random(10_000).round(4)) == ("continuous", True)
    assert kind(random().random(100_000).astype(np.float32)) == ("continuous", True)


def test_repetitions_of_all_samples_are_no_atoms():
    values = random().normal(size=1000)
    assert kind(np.repeat(values, 3)) == ("continuous", True)
    assert kind(random(1).choice(values, 1000)) == ("continuous", True)


@pytest.mark.parametrize("values", [[1.0], [2.0] * 7, [0, 1, 0], [0, 0, 0, 1], [3, 1, 2] * 2])
def test_tiny_columns_of_repeated_values_are_discrete(values):
    assert kind(values) == ("discrete", False)


@pytest.mark.parametrize("values", [[1.0, 2.0], [1.0, 2.0, 3.0], list(range(10))])
def test_tiny_columns_without_ties_are_continuous(values):
    assert kind(values) == ("continuous", False)


@pytest.mark.parametrize("n_classes", [2, 5, 10, 16])
def test_labels_are_discrete(n_classes):
    assert kind(random().integers(0, n_classes, 10 * n_classes))[0] == "discrete"


def found_in(X):
    """Return the atoms of each column that has some, and is not discrete."""
    atoms = {j: atoms_of(column) for j, column in enumerate(X.T)}
    return {j: found for j, found in atoms.items() if 0 < len(found) < len(np.unique(X[:, j]))}


def test_atoms_of_bundled_data():
    cancer = found_in(load_breast_cancer().data)  # 13 tumours of 569 have no concave part
    assert cancer == {j: [0.0] for j in (6, 7, 16, 17, 26, 27)}
    diabetes = load_diabetes(scaled=False)
    # Readings of the blood pressure, and ratios that are whole numbers where they were guessed.
    assert found_in(diabetes.data) == {3: [73, 83, 87, 93, 101], 7: [2, 3, 4, 5, 6, 7]}
    assert kind(diabetes.data[:, 1]) == ("discrete", False)  # sex
    assert kind(diabetes.target) == ("continuous", True)
    assert found_in(load_wine().data) == {3: [16, 18, 20], 5: [2.2], 8: [1.35]}
    assert found_in(load_iris().data) == {2: [1.4, 1.5], 3: [0.2]}
    borders = found_in(load_digits().data)  # no ink, and in two pixels no white
    assert all(0.0 in atoms or 16.0 in atoms for atoms in borders.values())


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=60))
def test_the_rule_knows_no_direction_but_of_position(counts):
    counts = np.array(counts)
    np.testing.assert_array_equal(find_atoms(counts)[::-1], find_atoms(counts[::-1]))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 200), min_size=17, max_size=60))
def test_the_rule_is_what_it_says(counts):
    counts = np.array(counts)
    found = find_atoms(counts)
    if found.all():
        assert len(counts) <= most_atoms(counts.sum())
        return
    assert found.sum() <= most_atoms(counts.sum())
    for i in np.flatnonzero(found):
        near = np.pad(counts, 5, mode="reflect")[i : i + 11]
        assert counts[i] > 4 * np.median(np.delete(near, 5))


@pytest.mark.slow
def test_level_of_atoms_in_rounded_columns():
    found = 0
    for seed in range(2000):
        generator = random(seed)
        cells = generator.integers(200, 20_000)
        counts = np.unique(generator.integers(0, cells, 5000), return_counts=True)[1]
        found += bool(find_atoms(counts).any())
    assert found <= 8
