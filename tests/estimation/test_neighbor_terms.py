"""Information from neighbours, against plain loops and known truths."""

import numpy as np
import pytest
from estimation import naive_neighbors as naive
from scipy.stats import norm
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

from sklearn_infotheory.estimation._neighbors import _neighbor_counts
from sklearn_infotheory.estimation._neighbors import _neighbor_terms as fast
from sklearn_infotheory.estimation._neighbors._differential_entropy import kozachenko_leonenko_terms
from sklearn_infotheory.estimation._neighbors._divergence_terms import Samples, kl_terms
from sklearn_infotheory.estimation._neighbors._sorted_columns import SortedColumn
from sklearn_infotheory.estimation._neighbors._standard_errors import ordered_mean
from sklearn_infotheory.estimation._variables import read_variable, transformed


def numbers(kind, n, seed=0):
    """Two columns that depend on each other, and a third one."""
    rng = np.random.default_rng(seed)
    x, noise, z = rng.normal(size=(3, n))
    y = 0.8 * x + 0.6 * noise
    match kind:
        case "normal":
            return x, y, z
        case "lognormal":
            return np.exp(3 * x), np.exp(-3 * y), np.exp(z)
        case "clustered":
            places = rng.integers(0, 4, (3, n)) * 1000.0
            return x + places[0], y + places[1], z + places[2]
        case "nearly equal":
            return x, x + 1e-9 * noise, x - 1e-9 * z
        case "equal":
            return x, x.copy(), x.copy()
        case "flat":
            return x, 1e-7 * noise, z
        case "steep":
            return 1e-7 * x, noise, z
        case "rounded":
            return np.round(x, 1), np.round(y, 1), np.round(z, 1)
        case "grid":
            return np.round(2 * x), np.round(2 * y), np.round(2 * z)
        case "half rounded":
            return x, np.round(y), np.round(z, 1)
        case "constant":
            return np.zeros(n), y, z
        case "all constant":
            return np.zeros(n), np.ones(n), np.ones(n)


KINDS = ("normal", "lognormal", "clustered", "nearly equal", "equal", "flat", "steep", "rounded",
         "grid", "half rounded", "constant", "all constant")  # fmt: skip
SIZES = ((2, 1), (3, 5), (5, 3), (40, 1), (120, 3), (120, 10), (120, 119))
every_kind = pytest.mark.parametrize("kind", KINDS)
every_size = pytest.mark.parametrize(("n", "k"), SIZES)


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-11)


# --- Twins ---------------------------------------------------------------------------------------


@every_kind
@every_size
def test_ksg(kind, n, k):
    x, y, _ = numbers(kind, n)
    expected = naive.total_correlation([x, y], k)
    close(fast.ksg_terms(x, y, k), expected)
    close(fast.ksg_value(x, y, k), expected.mean())
    close(fast.ksg_terms(x, y, k, kind=2), naive.ksg2(x, y, k))


@every_kind
@every_size
def test_ksg_of_ties(kind, n, k):
    x, y, _ = numbers(kind, n)
    expected = naive.over_ties([x, y], [(0,), (1,)], [1, 1], k) + naive.digamma(n)
    close(fast.ksg_terms(x, y, k, closed=True), expected)
    close(fast.ksg_value(x, y, k, closed=True), expected.mean())


@every_kind
@every_size
def test_conditional_and_total(kind, n, k):
    x, y, z = numbers(kind, n)
    close(fast.frenzel_pompe_terms(x, y, z, k), naive.frenzel_pompe(x, y, z, k))
    sides = [(0, 2), (1, 2), (2,)]
    expected = naive.over_ties([x, y, z], sides, [1, 1, -1], k)
    close(fast.frenzel_pompe_terms(x, y, z, k, closed=True), expected)
    columns = [x, y, z]
    close(fast.multi_information_terms(columns, k), naive.total_correlation(columns, k))
    expected = naive.over_ties(columns, [(0,), (1,), (2,)], [1, 1, 1], k) + 2 * naive.digamma(n)
    close(fast.multi_information_terms(columns, k, closed=True), expected)


@every_kind
@every_size
@pytest.mark.parametrize("n_classes", [1, 2, 7, 60])
def test_ross(kind, n, k, n_classes):
    x, _, z = numbers(kind, n)
    classes = np.random.default_rng(1).integers(0, n_classes, n)
    classes[x > 1] = 0
    expected = naive.ross(x, classes, k)
    close(fast.ross_terms(x, classes, k), expected)
    close(fast.ross_value(x, classes, k), expected.mean())
    several = np.stack([x, z], axis=1)
    close(fast.ross_terms(several, classes, k), naive.ross(several, classes, k))


@pytest.mark.parametrize("levels", [1, 2, 4])
@pytest.mark.parametrize("k", [1, 3])
def test_ross_of_ties_is_the_average_over_their_orders(levels, k):
    rng = np.random.default_rng(0)
    for _ in range(10):
        n = int(rng.integers(4, 9))
        x, classes = rng.integers(0, levels, n).astype(float), rng.permutation(np.arange(n) % 2)
        expected = naive.ross_over_all_orders(x, classes, k)
        close(fast.ross_terms(x, classes, k, closed=True), expected)
        several = np.stack([x, x], axis=1)
        close(fast.ross_terms(several, classes, k, closed=True), expected)


@pytest.mark.parametrize("k", [1, 3, 20])
def test_average_over_many_ties(k):
    rng = np.random.default_rng(0)
    x = np.repeat(rng.normal(size=30), rng.integers(1, 40, 30))
    classes = rng.choice(4, len(x), p=[0.05, 0.1, 0.15, 0.7])
    d = naive.distances(x)
    expected = []
    for i in range(len(x)):
        others = np.delete(np.arange(len(x)), i)
        own = others[classes[others] == classes[i]]
        reach = np.sort(d[i, own])[min(k, len(own)) - 1]
        average = naive.average_digamma(
            np.count_nonzero(d[i, others] < reach),
            min(k, len(own)) - np.count_nonzero(d[i, own] < reach),
            np.count_nonzero(d[i, own] == reach),
            np.count_nonzero(d[i, others] == reach),
        )
        expected.append(naive.digamma(min(k, len(own))) - naive.digamma(len(own) + 1) - average)
    expected = np.array(expected) + naive.digamma(len(x))
    close(fast.ross_terms(x, classes, k, closed=True), expected)


@every_kind
@every_size
def test_densities(kind, n, k):
    x, y, z = numbers(kind, n)
    several = np.stack([x, y], axis=1)
    with np.errstate(all="ignore"):
        close(kozachenko_leonenko_terms(x, k), naive.kozachenko_leonenko(x, k))
        close(kozachenko_leonenko_terms(several, k), naive.kozachenko_leonenko(several, k))
    for a, b in ((x, z), (several, np.stack([z, x], axis=1)), (x, z[: n // 2 + 1])):
        pooled = read_variable(np.concatenate([a, b]), "X")
        if pooled.is_continuous and len(a) > 1:
            close(kl_terms(Samples(pooled, len(a)), k, None), naive.divergence(a, b, k))


@pytest.mark.parametrize("kind", ["normal", "rounded", "clustered"])
def test_many_neighbors_and_several_columns(kind):
    x, y, z = numbers(kind, 150)
    several = np.stack([x, z], axis=1)
    for k in (2, 70):
        close(fast.ksg_terms(several, y, k), naive.total_correlation([several, y], k))
        close(fast.ksg_terms(several, y, k, kind=2), naive.ksg2(several, y, k))
        close(fast.ksg_terms(x, y, k), naive.total_correlation([x, y], k))
        for a in (several, x):
            expected = naive.over_ties([a, y], [(0,), (1,)], [1, 1], k) + naive.digamma(150)
            close(fast.ksg_terms(a, y, k, closed=True), expected)


@pytest.mark.parametrize("n", [3000, 20_000])
@pytest.mark.parametrize("kind", ["normal", "lognormal", "clustered", "flat", "steep", "rounded"])
def test_the_plane_finds_what_a_tree_finds(kind, n):
    x, y, _ = numbers(kind, n)
    for k in (1, 3, 12):
        tree = _neighbor_counts.kth_distances(np.stack([x, y], axis=1), k)
        plane = _neighbor_counts.as_plane([x, y], k)
        np.testing.assert_array_equal(plane.distances, tree[plane.rows])
        for side, values in enumerate((x, y)):
            points = np.stack([values, np.zeros(n)], axis=1)
            column = (plane.x, plane.y)[side]
            nearer, tied = column.count_near_and_tied(plane.distances_by(side))
            np.testing.assert_array_equal(nearer, plane.counts(side))
            for closed, counts in ((False, nearer), (True, nearer + tied)):
                expected = _neighbor_counts.count_near(points, tree, closed=closed)
                np.testing.assert_array_equal(counts, expected[plane.orders[side]])


# --- Rules ---------------------------------------------------------------------------------------


def all_values(x, y, z, classes, k=3):
    several = np.stack([x, z], axis=1)
    values = [ordered_mean(kozachenko_leonenko_terms(several, k))]
    for closed in (False, True):
        values += [
            fast.ksg_value(x, y, k, closed=closed),
            fast.ksg_value(x, y, k, kind=2, closed=closed),
            fast.ksg_value(several, y, k, closed=closed),
            ordered_mean(fast.frenzel_pompe_terms(x, y, z, k, closed=closed)),
            ordered_mean(fast.multi_information_terms([x, y, z], k, closed=closed)),
            fast.ross_value(x, classes, k, closed=closed),
            fast.ross_value(several, classes, k, closed=closed),
        ]
    return values


@pytest.mark.parametrize("kind", ["normal", "rounded", "half rounded", "grid"])
def test_same_bits_for_every_order_of_the_rows_and_labels(kind):
    x, y, z = numbers(kind, 300)
    classes = np.digitize(x + z, [-2.3, 0, 1])
    rng = np.random.default_rng(0)
    expected = all_values(x, y, z, classes)
    for _ in range(3):
        rows, labels = rng.permutation(300), rng.permutation(4)
        shuffled = all_values(x[rows], y[rows], z[rows], labels[classes[rows]])
        assert shuffled == expected


@every_kind
def test_symmetric_to_the_bit(kind):
    x, y, z = numbers(kind, 200)
    for closed in (False, True):
        for kind_of in (1, 2):
            first = fast.ksg_value(x, y, 3, kind=kind_of, closed=closed)
            assert first == fast.ksg_value(y, x, 3, kind=kind_of, closed=closed)
            assert first == fast.ksg_value(-y, x, 3, kind=kind_of, closed=closed)
        first = ordered_mean(fast.frenzel_pompe_terms(x, y, z, 3, closed=closed))
        assert first == ordered_mean(fast.frenzel_pompe_terms(y, x, z, 3, closed=closed))


def test_closed_changes_nothing_without_ties():
    x, y, z = numbers("normal", 500)
    classes = np.digitize(z, [-1, 0, 1])
    close(fast.ksg_terms(x, y, 3, closed=True), fast.ksg_terms(x, y, 3))
    close(fast.ksg_terms(x, y, 3, kind=2, closed=True), fast.ksg_terms(x, y, 3, kind=2))
    close(fast.ross_terms(x, classes, 3, closed=True), fast.ross_terms(x, classes, 3))
    close(fast.frenzel_pompe_terms(x, y, z, 3, closed=True), fast.frenzel_pompe_terms(x, y, z, 3))


def test_what_is_constant_tells_exactly_nothing():
    x, _, z = numbers("normal", 400)
    nothing = np.full(400, 7.0)
    assert fast.ross_value(nothing, np.arange(400) % 3, 3, closed=True) == 0
    for closed in (False, True):
        assert fast.ross_value(x, np.zeros(400, int), 3, closed=closed) == 0
    for y in (x, np.round(x)):
        assert abs(fast.ksg_value(nothing, y, 3, closed=True)) < 1e-14
    assert abs(fast.ksg_value(nothing, x, 3)) < 1e-14
    signs = np.sign(x), np.sign(z)
    terms = fast.frenzel_pompe_terms(nothing, *signs, 3, closed=True)
    assert abs(ordered_mean(terms)) < 1e-14


def test_one_sample_and_classes_of_one():
    one = np.zeros(1)
    assert fast.ksg_value(one, one, 3) == fast.ross_value(one, np.zeros(1, int), 3) == 0
    assert fast.frenzel_pompe_terms(one, one, one, 3).tolist() == [0]
    assert np.isnan(kozachenko_leonenko_terms(one, 3)).all()
    x = np.random.default_rng(0).normal(size=50)
    assert fast.ross_value(x, np.arange(50), 3) == 0
    classes = np.append(np.arange(50) % 2, 2)
    expected = fast.ross_value(x, classes[:50], 3)
    assert fast.ross_value(np.append(x, 9.0), classes, 3) == pytest.approx(expected, abs=1e-15)


def test_sorted_columns_stand_for_arrays():
    x, y, _ = numbers("rounded", 300)
    classes = np.digitize(y, [0])
    for transform in ("normal_scores", "standardize", None):
        columns = [SortedColumn.of(a, transform) for a in (x, y)]
        scores = [transformed(a, transform) for a in (x, y)]
        for column, score in zip(columns, scores, strict=True):
            np.testing.assert_array_equal(column.values[column.ranks], score)
            assert column.has_ties
        for closed in (False, True):
            ours = fast.ksg_value(*columns, 3, closed=closed)
            assert ours == fast.ksg_value(*scores, 3, closed=closed)
            ours = fast.ross_value(columns[0], classes, 3, closed=closed)
            assert ours == fast.ross_value(scores[0], classes, 3, closed=closed)
    assert not SortedColumn.of(np.arange(5.0)).has_ties


# --- Truths --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("k", [1, 3, 10])
def test_agrees_with_scikit_learn(seed, k):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=3000)
    y, classes = np.exp(x + rng.normal(size=3000)), np.digitize(x + rng.normal(size=3000), [-1, 1])
    u, v = transformed(x, "standardize"), transformed(y, "standardize")
    # Its noise, of 1e-10, exchanges a neighbour now and then where numbers are dense.
    theirs = mutual_info_classif(x[:, None], classes, n_neighbors=k)[0]
    assert fast.ross_value(u, classes, k) == pytest.approx(theirs, abs=1e-6)
    theirs = mutual_info_regression(x[:, None], y, n_neighbors=k)[0]
    assert fast.ksg_value(u, v, k) == pytest.approx(theirs, abs=1e-6)


def test_known_truths():
    rng = np.random.default_rng(0)
    n = 20_000
    x, y, z, noise = rng.normal(size=(4, n))
    y, truth = 0.75 * x + np.sqrt(1 - 0.75**2) * y, -0.5 * np.log(1 - 0.75**2)
    assert fast.ksg_value(x, y, 3) == pytest.approx(truth, abs=0.02)
    assert fast.ksg_value(x, y, 3, kind=2) == pytest.approx(truth, abs=0.02)
    assert fast.frenzel_pompe_terms(x, y, z, 3).mean() == pytest.approx(truth, abs=0.05)
    assert fast.frenzel_pompe_terms(x + z, z + noise, z, 3).mean() == pytest.approx(0, abs=0.03)
    assert fast.multi_information_terms([x, y, z], 3).mean() == pytest.approx(truth, abs=0.05)
    entropy = kozachenko_leonenko_terms(x, 3).mean()
    assert entropy == pytest.approx(norm.entropy(), abs=0.02)
    two = Samples(read_variable(np.concatenate([x, 1 + z]), "X"), n)
    assert kl_terms(two, 3, None).mean() == pytest.approx(0.5, abs=0.05)
    classes = rng.integers(0, 2, n)
    assert fast.ross_value(x + 2 * classes, classes, 3) == pytest.approx(0.3368308, abs=0.02)


@pytest.mark.parametrize("step", [0.01, 0.1, 0.3, 1.0])
@pytest.mark.parametrize("transform", ["normal_scores", None])
def test_rounding_makes_no_information(step, transform):
    rng = np.random.default_rng(0)
    values, of_classes = [], []
    for _ in range(20):
        x, y = np.round(rng.normal(size=(2, 400)) / step)
        u, v = transformed(x, transform), transformed(y, transform)
        values.append(fast.ksg_value(u, v, 3, closed=True))
        of_classes.append(fast.ross_value(u, rng.integers(0, 5, 400), 3, closed=True))
    # On a grid of the same step in x and y, corners count as if they were sides in part.
    assert np.mean(values) == pytest.approx(0, abs=0.02 if transform else 0.06)
    assert np.mean(of_classes) == pytest.approx(0, abs=0.02)
