"""Changes of dependence: the fitted model, the conditional test, edges."""

import naive
import numpy as np
import pytest
from scipy.stats import chi2

from sklearn_infotheory._inference._dependence_change_tests import conditional_tests, pair_tests


def tables(seed, n=2000, m=1000, shape=(4, 3)):
    rng = np.random.default_rng(seed)
    laws = rng.dirichlet(np.full(np.prod(shape), 2.0), size=2)
    return [rng.multinomial(size, p).reshape(shape) for size, p in zip((n, m), laws, strict=True)]


@pytest.mark.parametrize("seed", range(5))
def test_pair_statistic_is_that_of_the_model_without_interaction(seed):
    reference, batch = tables(seed)
    test = pair_tests([reference], [batch])
    expected = naive.g_beyond_margins(np.array([reference, batch]))
    assert test.statistic[0] == pytest.approx(expected, rel=1e-4)


def test_large_pairs_give_chi_square():
    reference, batch = 1000 * np.ones((3, 4)), 1000 * np.ones((3, 4))
    batch[0, 0] += 100
    test = pair_tests([reference], [batch])
    assert test.p_value[0] == pytest.approx(chi2.sf(test.statistic[0], 6), rel=1e-9)


def test_margins_alone_are_no_change_of_dependence():
    reference = np.array([[400.0, 200, 100], [100, 300, 200], [50, 150, 250]])
    batch = reference * np.array([[0.5], [1], [2]]) * np.array([2, 1, 0.4])
    test = pair_tests([reference], [batch])
    assert test.statistic[0] == pytest.approx(0, abs=1e-3)
    assert test.p_value[0] > 0.999
    assert test.information[0] < 0


@pytest.mark.parametrize(
    ("reference", "batch"),
    [
        ([[5, 3]], [[2, 2]]),
        ([[5, 0], [3, 0]], [[2, 0], [2, 0]]),
        ([[5, 1], [0, 0]], [[2, 2], [2, 1]]),
        ([[5, 1], [2, 3]], [[0, 0], [0, 0]]),
        ([[5, 0], [0, 3]], [[2, 0], [0, 4]]),
    ],
)
def test_pairs_that_cannot_be_tested(reference, batch):
    test = pair_tests([reference], [batch])
    assert test.p_value[0] == 1
    assert test.information[0] == 0


@pytest.mark.parametrize("function", [pair_tests, conditional_tests])
def test_results_do_not_depend_on_threads(function):
    pairs = [tables(seed, 100, 40) for seed in range(7)]
    one, other = (function(*zip(*pairs, strict=True), random_state=0, n_threads=n) for n in (1, 3))
    assert (one.p_value == other.p_value).all()
    assert (one.information == other.information).all()


@pytest.mark.parametrize("seed", range(5))
def test_conditional_information(seed):
    """G is 2 N I(Y; D | X); its null mean is that of all permutations within x."""
    reference, batch = tables(seed, 60, 30)
    test = conditional_tests([reference], [batch], random_state=0)
    rows = np.stack([reference, batch], axis=-1)  # x, y, domain
    cells = np.repeat(np.arange(24), rows.ravel())
    x, y, domain = np.unravel_index(cells, rows.shape)
    n = len(cells)
    information = naive.conditional_mutual_information(y, domain, x)
    assert test.statistic[0] == pytest.approx(2 * n * information, rel=1e-9)
    mean = sum(
        naive.expected_g_statistic(rows[i].sum(axis=1), rows[i].sum(axis=0)) for i in range(4)
    )
    assert test.information[0] == pytest.approx(information - mean / (2 * n), rel=1e-6, abs=1e-9)
    by_permutation = naive.permutation_p_value(y, domain, x, 999, np.random.default_rng(0))
    assert test.p_value[0] == pytest.approx(by_permutation, abs=0.06)


def test_concept_drift_is_found_and_drift_of_x_is_not():
    of_y = np.array([[0.9, 0.1], [0.5, 0.5], [0.1, 0.9]])
    before, after = np.array([[600], [300], [100]]) * of_y, np.array([[10], [30], [60]]) * of_y
    assert conditional_tests([before], [after]).p_value[0] > 0.9
    assert conditional_tests([before], [after[:, ::-1]]).p_value[0] < 1e-6
