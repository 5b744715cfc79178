"""method="gaussian": closed forms, laws, and what it does with awkward columns."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from scipy.special import digamma, ndtri, xlogy
from scipy.stats import f_oneway, rankdata
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
)

from sklearn_infotheory.estimation import (
    estimate_mutual_information,
    estimate_pointwise_mutual_information,
)
from sklearn_infotheory.feature_selection import MutualInfoSelector, mutual_info
from sklearn_infotheory.feature_selection._criteria import CRITERIA
from sklearn_infotheory.feature_selection._methods import relate
from sklearn_infotheory.feature_selection._rankings import make_ranking
from sklearn_infotheory.feature_selection._search import ForwardSelection
from sklearn_infotheory.feature_selection._stopping import JointTest, NoStop

NAMES = ("relevance", "redundancy", "conditional_redundancy", "joint_relevance", "joint_entropy")


def related(X, y, weights=None, target="auto"):
    return relate(
        X, y, weights, method="gaussian", categorical=None, names=None, n_bins="auto",
        n_neighbors=3, target=target, n_jobs=1,
    )  # fmt: skip


def scores(X):
    return ndtri(rankdata(X, axis=0) / (len(X) + 1))


# --- Twins, from the definitions ------------------------------------------------------------------


def half_log_variance(x, given):
    """Half the logarithm of what is left of x, without bias: a regression on what is given."""
    design = np.column_stack([np.ones(len(x)), *given])
    rest = x - design @ np.linalg.lstsq(design, x, rcond=None)[0]
    freedom = len(x) - design.shape[1]
    return 0.5 * (np.log(rest @ rest) - digamma(freedom / 2) - np.log(2))


def given_numbers(x, given, y):
    return half_log_variance(x, [*given, y])


def given_classes(x, given, y):
    parts = [(y == c) for c in np.unique(y)]
    return sum(p.mean() * half_log_variance(x[p], [g[p] for g in given]) for p in parts)


def naive_information(x, given, y):
    """I(X; Y | given)."""
    of_target = given_numbers if y.dtype == float else given_classes
    return half_log_variance(x, given) - of_target(x, given, y)


def correlated(n, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 5))
    X[:, 1:3] += X[:, :2]
    numbers = X[:, 0] + X[:, 3] * 0.7 + rng.normal(size=n)
    X[:, 2] = np.exp(X[:, 2])
    return X, numbers, np.digitize(numbers, [-1, 1])


@pytest.mark.parametrize("kind", ["numbers", "classes"])
@pytest.mark.parametrize("n", [60, 700])
def test_every_quantity_is_that_of_regressions(kind, n):
    X, numbers, classes = correlated(n)
    target = scores(numbers) if kind == "numbers" else classes
    relations = related(X, numbers if kind == "numbers" else classes)
    s = scores(X)
    # The resolution of the sample counts as spread where classes are compared.
    close = 1e-6 if kind == "numbers" else 1 / n**2
    alone = [naive_information(s[:, j], [], target) for j in range(5)]
    np.testing.assert_allclose(relations.relevance, alone, atol=close)
    pair = relations.pair(np.array([0, 2, 3]), 1)
    for place, j in enumerate([0, 2, 3]):
        shared = half_log_variance(s[:, j], []) - half_log_variance(s[:, j], [s[:, 1]])
        beyond = naive_information(s[:, j], [s[:, 1]], target)
        assert pair.redundancy[place] == pytest.approx(shared, abs=close)
        assert pair.conditional_relevance[place] == pytest.approx(beyond, abs=close)
        assert pair.joint_relevance[place] == pytest.approx(alone[1] + beyond, abs=close)
    both = relations.refine(relations.refine(relations.all_samples(), 1), 4)
    beyond = naive_information(s[:, 0], [s[:, 1], s[:, 4]], target)
    found, _ = relations.conditional_relevance(np.array([0]), both)
    assert found[0] == pytest.approx(beyond, abs=close)
    triple = alone[1] + naive_information(s[:, 4], [s[:, 1]], target) + beyond
    assert relations.triple_relevance(np.array([0]), 1, 4)[0] == pytest.approx(triple, abs=close)


def unequal_variances(x, design, y, of_y):
    """The sums of residuals in all classes but one, weighed by their covariance."""
    hat = design @ np.linalg.pinv(design)
    rest, indicators = x - hat @ x, np.column_stack(of_y).astype(float)
    indicators -= hat @ indicators
    covariance = sum(
        (rest[y == c] ** 2).mean() * indicators[y == c].T @ indicators[y == c] for c in np.unique(y)
    )
    sums = indicators.T @ rest
    return sums @ np.linalg.solve(covariance, sums)


def naive_p_value(x, given, y):
    """An F-test of the target in a regression on what is given and its squares."""
    from scipy.stats import f

    of_y = [y] if y.dtype == float else [y == c for c in np.unique(y)[1:]]
    design = np.column_stack([np.ones(len(x)), *given, *(g**2 for g in given)])
    both = np.column_stack([design, *of_y])
    squares = []
    for d in (design, both):
        rest = x - d @ np.linalg.lstsq(d, x, rcond=None)[0]
        squares.append(rest @ rest)
    above, below = len(of_y), len(x) - both.shape[1]
    if given and y.dtype != float:
        return f.sf(unequal_variances(x, design, y, of_y) / above, above, below)
    return f.sf((squares[0] - squares[1]) / above / squares[1] * below, above, below)


@pytest.mark.parametrize("kind", ["numbers", "classes"])
def test_p_values_are_f_tests(kind):
    X, numbers, classes = correlated(200)
    y, target = (numbers, scores(numbers)) if kind == "numbers" else (classes, classes)
    relations, s = related(X, y), scores(X)
    wanted = [naive_p_value(s[:, j], [], target) for j in range(5)]
    np.testing.assert_allclose(relations.p_values, wanted, rtol=1e-3)
    both = relations.refine(relations.refine(relations.all_samples(), 1), 4)
    _, p = relations.conditional_relevance(np.arange(5), both)
    for j in (0, 2, 3):
        assert p[j] == pytest.approx(naive_p_value(s[:, j], [s[:, 1], s[:, 4]], target), rel=1e-3)
    assert p[1] == p[4] == 1
    if kind == "classes":
        groups = [s[classes == c, 3] for c in range(3)]
        assert relations.p_values[3] == pytest.approx(f_oneway(*groups).pvalue, rel=1e-3)


# --- Laws -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("load", [load_wine, load_diabetes])
def test_chain_rule_and_positive_joint_entropy(load):
    relations = related(*load(return_X_y=True))
    everything = np.arange(relations.n_features)
    for w in everything:
        pair = relations.pair(everything, w)
        np.testing.assert_allclose(
            pair.joint_relevance, relations.relevance[w] + pair.conditional_relevance, atol=1e-10
        )
        assert (pair.joint_entropy > 0).all()


@pytest.mark.parametrize("kind", ["numbers", "classes", "two outputs"])
def test_weights_are_repetitions_and_rows_have_no_order(kind):
    X, numbers, classes = correlated(150)
    X[:, 4] = np.round(X[:, 4])
    y = {"numbers": numbers, "classes": classes, "two outputs": np.c_[numbers, X[:, 1]]}[kind]
    rng = np.random.default_rng(0)
    weights = rng.integers(0, 4, 150).astype(float)
    rows = rng.permutation(np.repeat(np.arange(150), weights.astype(int)))
    a, b = related(X, y, weights), related(X[rows], y[rows])
    for name in NAMES:
        np.testing.assert_array_equal(
            getattr(a.pair(np.arange(5), 0), name), getattr(b.pair(np.arange(5), 0), name)
        )
    given = [r.conditional_relevance(np.arange(5), r.refine(r.all_samples(), 0)) for r in (a, b)]
    np.testing.assert_array_equal(*given)
    np.testing.assert_array_equal(a.p_values, b.p_values)
    np.testing.assert_array_equal(a.standard_errors, b.standard_errors)


def test_weights_that_are_not_whole_count_as_shares():
    X, y, _ = correlated(150)
    whole = mutual_info(X, y, method="gaussian", sample_weight=np.arange(150) % 3 + 1)[0]
    near = mutual_info(X, y, method="gaussian", sample_weight=np.arange(150) % 3 + 1 + 1e-9)[0]
    np.testing.assert_allclose(whole, near, atol=1e-6)


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize("load", [load_wine, load_diabetes])
def test_monotone_maps_threads_and_frames_change_nothing(load, criterion):
    X, y = load(return_X_y=True)
    first = MutualInfoSelector(5, method="gaussian", criterion=criterion).fit(X, y)
    X = X - X.min(axis=0)
    bent = pd.DataFrame(np.arctan(X / X.std(axis=0)) ** 3).add_prefix("x")
    again = MutualInfoSelector(5, method="gaussian", criterion=criterion, n_jobs=2)
    again.fit(bent, y)
    np.testing.assert_array_equal(first.selected_, again.selected_)
    np.testing.assert_array_equal(first.scores_, again.scores_)
    np.testing.assert_array_equal(first.p_values_, again.p_values_)


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.9])
def test_truth(rho):
    rng = np.random.default_rng(0)
    x = rng.normal(size=20_000)
    y = np.exp(rho * x + np.sqrt(1 - rho**2) * rng.normal(size=20_000))
    selector = MutualInfoSelector(1, method="gaussian", base=2).fit(x[:, np.newaxis], y)
    truth = -0.5 * np.log2(1 - rho**2)
    error = selector.relevance_standard_error_[0]
    assert selector.relevance_[0] == pytest.approx(truth, abs=4 * error + 3e-4)


# --- Selection ------------------------------------------------------------------------------------


def test_auto_takes_what_helps_and_leaves_copies_and_noise():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 20))
    X[:, 5], X[:, 6] = X[:, 0], np.exp(X[:, 1])
    y = X[:, 0] + X[:, 1] + rng.normal(size=500)
    for target in (y, (y > 0).astype(int)):
        selected = MutualInfoSelector(method="gaussian").fit(X, target).selected_
        assert set(selected.tolist()) == {0, 1}


def test_pair_finds_what_only_correlation_tells():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 800)
    X = rng.normal(size=(800, 6))
    X[:, 4] = 0.9 * np.where(y, X[:, 2], -X[:, 2]) + 0.4 * X[:, 4]
    selector = MutualInfoSelector(2, method="gaussian", initial="pair").fit(X, y)
    assert set(selector.selected_.tolist()) == {2, 4}


def test_the_second_criterion_is_the_joint_information():
    X, y, _ = correlated(400)
    selector = MutualInfoSelector(3, method="gaussian", criterion="cmi").fit(X, y)
    first, second = selector.selected_[:2]
    wanted = naive_information(scores(X)[:, second], [scores(X)[:, first]], scores(y))
    assert selector.path_["score"][1] == pytest.approx(wanted, abs=1e-6)


# --- Awkward columns ------------------------------------------------------------------------------


def test_constant_columns_and_targets_tell_nothing():
    X, numbers, classes = correlated(80)
    X[:, 3] = 7
    for y in (numbers, classes):
        selector = MutualInfoSelector(5, method="gaussian").fit(X, y)
        assert selector.relevance_[3] == selector.relevance_standard_error_[3] == 0
        assert selector.p_values_[3] == 1
        for criterion in CRITERIA:
            fitted = MutualInfoSelector(5, method="gaussian", criterion=criterion).fit(X, y)
            assert np.isfinite(fitted.scores_).all()
    alike = MutualInfoSelector(2, method="gaussian").fit(X, np.ones(80, int))
    assert (alike.relevance_ == 0).all()
    assert (alike.p_values_ == 1).all()


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_few_rows(n):
    X, numbers, _ = correlated(n)
    for y in (numbers, np.arange(n) % 2):
        selector = MutualInfoSelector(3, method="gaussian", target="auto").fit(X, y)
        assert np.isfinite(selector.scores_).all()


def test_rare_values_are_no_difference_of_spread():
    """A value that occurs in one class only makes the variance of the other zero."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 2000)
    rare = (rng.random(2000) < 0.01) & (y == 1)
    real = rng.normal(size=2000) + 0.5 * y
    information, _ = mutual_info(np.c_[rare, real].astype(float), y, method="gaussian")
    assert 0 <= information[0] < 0.01 < information[1]


def test_a_copy_of_the_target_tells_what_the_sample_can_tell_apart():
    rng = np.random.default_rng(0)
    y = rng.normal(size=300)
    assert mutual_info(y[:, np.newaxis], y, method="gaussian")[0][0] == pytest.approx(
        np.log(300), abs=0.01
    )


def test_more_features_than_samples():
    X, y = np.random.default_rng(0).normal(size=(30, 100)), np.arange(30) % 3
    for criterion in ("jmi", "cmi", "jmi3"):
        selector = MutualInfoSelector(40, method="gaussian", criterion=criterion).fit(X, y)
        assert np.isfinite(selector.scores_).all()
        assert len(set(selector.selected_.tolist())) == 40


# --- Memory and speed -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["numbers", "classes"])
@pytest.mark.parametrize("criterion", ["jmi", "cmi", "jmi3"])
def test_nothing_is_left_for_the_garbage_collector(kind, criterion):
    X, numbers, classes = correlated(60)
    relations = related(X, numbers if kind == "numbers" else classes)
    search = ForwardSelection(
        relations,
        make_ranking(criterion, relations, 1.0),
        None,
        NoStop(JointTest(relations, 1.0)),
        1.0,
        lambda step: False,
    )
    search.run("pair")
    assert relations.p_values.shape == relations.standard_errors.shape == (5,)
    references = weakref.ref(relations), weakref.ref(relations.moments)
    gc.disable()
    try:
        del search, relations
        assert [reference() for reference in references] == [None, None]
    finally:
        gc.enable()


def test_only_wanted_features_are_tested():
    X, numbers, classes = correlated(100)
    for y in (numbers, classes):
        relations = related(X, y)
        given = relations.refine(relations.all_samples(), 1)
        everything = relations.conditional_relevance(np.arange(5), given)[1]
        for wanted in ([3], [4, 0], []):
            wanted = np.array(wanted, np.intp)
            _, p = relations.conditional_relevance(wanted, given)
            np.testing.assert_allclose(p, everything[wanted], rtol=1e-9)


# --- Errors ---------------------------------------------------------------------------------------


def test_columns_that_are_no_numbers():
    frame = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": list("uvuv"), "c": [1, None, 2, 3]})
    problem = r"categories in column 'b' and NaN or another missing value in column 'c'"
    with pytest.raises(ValueError, match=problem):
        MutualInfoSelector(1, method="gaussian").fit(frame, [0, 1, 0, 1])
    with pytest.raises(ValueError, match=r"Use method='binned' or method='knn'"):
        mutual_info(frame, [0, 1, 0, 1], method="gaussian")
    with pytest.raises(ValueError, match="categories in column 0"):
        mutual_info(np.ones((4, 2)), [0, 1, 0, 1], method="gaussian", categorical_features=[0])


def test_outputs_of_which_some_are_labels():
    X, numbers, classes = correlated(60)
    y = pd.DataFrame({"a": numbers, "b": np.array(list("uvw"))[classes]})
    with pytest.raises(ValueError, match="all numbers, or all labels, but y holds both"):
        mutual_info(X, y, method="gaussian")
    assert mutual_info(X, y, method="gaussian", target="discrete")[0].shape == (5,)


def test_long_lists_of_columns_are_cut():
    frame = pd.DataFrame(np.full((4, 30), "a")).add_prefix("x")
    with pytest.raises(ValueError, match=r"in columns 'x0', .*'x9' and 20 more\. Use"):
        mutual_info(frame, [0, 1, 0, 1], method="gaussian")


@pytest.mark.parametrize("method", ["gaussian", "knn"])
def test_sparse_matrices(method):
    X, y = sp.csr_matrix(np.eye(5)), np.arange(5) % 2
    problem = f"method='{method}' needs dense data.* sparse matrix.* Use method='binned'"
    with pytest.raises(TypeError, match=problem):
        MutualInfoSelector(1, method=method).fit(X, y)
    with pytest.raises(TypeError, match=problem):
        mutual_info(X, y, method=method)


# --- The same word in the other door --------------------------------------------------------------


def tied_columns(n, seed=0):
    """Continuous, rounded, counted, and with an excess of zeros; numbers, and classes."""
    rng = np.random.default_rng(seed)
    s = rng.normal(size=n)
    base = s + rng.normal(size=(4, n))
    X = np.stack([base[0], base[1].round(), rng.poisson(np.exp(0.5 * s)), np.maximum(base[2], 0)])
    return X.T.astype(float), s + rng.normal(size=n), np.digitize(base[3], [-1, 1])


@pytest.mark.parametrize("load", [load_wine, load_breast_cancer, load_iris])
def test_classes_are_estimated_alike_in_both_doors(load):
    X, y = load(return_X_y=True)
    relevance, p_values = mutual_info(X, y, method="gaussian")
    errors = MutualInfoSelector(1, method="gaussian").fit(X, y).relevance_standard_error_
    for j, x in enumerate(X.T):
        for one, two in ((x, y), (y, x), (x, y.astype(str))):
            found = estimate_mutual_information(one, two, method="gaussian")
            assert found.method == "gaussian"
            assert found.value == pytest.approx(relevance[j], abs=1e-7)
            assert found.standard_error == pytest.approx(errors[j], abs=1e-7)
            assert found.p_value == pytest.approx(p_values[j], rel=1e-3)


@pytest.mark.parametrize("n", [40, 500])
@pytest.mark.parametrize("kind", ["numbers", "classes", "labels"])
def test_tied_numbers_are_numbers_in_both_doors(kind, n):
    X, numbers, classes = tied_columns(n)
    y = {"numbers": numbers, "classes": classes, "labels": classes.astype(str)}[kind]
    relevance, p_values = mutual_info(X, y, method="gaussian")
    for j, x in enumerate(X.T):
        # Few distinct numbers may be classes as well, unless the other side is text.
        said = (False, kind == "classes") if kind != "labels" else None
        found = estimate_mutual_information(x, y, method="gaussian", discrete=said)
        assert found.value == pytest.approx(relevance[j], abs=1e-6)
        assert found.p_value == pytest.approx(p_values[j], rel=1e-3)


def test_an_excess_of_one_value_is_tied_numbers():
    X, numbers, classes = tied_columns(500)
    for y in (numbers, classes):
        found = estimate_mutual_information(X[:, 3], y, method="gaussian")
        assert float(found) == pytest.approx(
            mutual_info(X[:, [3]], y, method="gaussian")[0][0], abs=1e-7
        )


@pytest.mark.parametrize("load", [load_wine, load_breast_cancer, load_iris, load_digits])
def test_the_mixture_of_classes_says_more_and_never_too_much(load):
    """Of normal scores both are lower bounds, and the difference is the lower one of them.

    Their corrections for bias differ by about one parameter over the number of samples.
    """
    X, y = load(return_X_y=True)
    entropy = -xlogy(shares := np.bincount(y) / len(y), shares).sum()
    for x in X.T[:30]:
        if len(np.unique(x)) < len(x) / 20:
            continue
        difference, mixture = (
            estimate_mutual_information(x, y, method=method, discrete=(False, True))
            for method in ("gaussian", "gaussian_mixture")
        )
        assert mixture.method == "gaussian_mixture"
        assert difference.value <= mixture.value + len(shares) / len(x)
        assert mixture.value <= entropy
        assert difference.value <= entropy
        assert difference.p_value == pytest.approx(mixture.p_value, rel=1e-6)


def test_the_two_definitions_on_one_column():
    X, y = load_wine(return_X_y=True, as_frame=True)
    values = [
        estimate_mutual_information(X["flavanoids"], y, method=method).value
        for method in ("gaussian", "gaussian_mixture")
    ]
    assert np.round(values, 3).tolist() == [0.555, 0.586]


def test_terms_and_bounds_of_the_difference():
    rng = np.random.default_rng(0)
    classes = np.arange(300) % 2
    for distance in (0, 2, 50):
        x = rng.normal(size=300) + distance * classes
        for transform in ("normal_scores", "standardize", None):
            options = {"method": "gaussian", "transform": transform}
            found = estimate_mutual_information(x, classes, **options)
            terms = estimate_pointwise_mutual_information(x, classes, **options)
            assert terms.mean() == pytest.approx(found.value, abs=1e-12)
            assert found.value <= np.log(2) + 1e-12
            assert found.confidence_interval().high <= np.log(2) + 1e-12
            order = rng.permutation(300)
            assert estimate_mutual_information(x[order], classes[order], **options) == found
    assert found.value == pytest.approx(
        np.log(2)
    )  # of numbers that are no scores, a difference has no bound


@pytest.mark.parametrize(
    ("x", "y", "options", "problem"),
    [
        (np.arange(200) % 5, np.arange(200) % 3, {}, r"Say which .* discrete=\(False, True\)"),
        (np.where(np.arange(200) < 9, np.nan, np.arange(200)), np.arange(200), {}, "Got x mixed"),
        (np.random.default_rng(0).normal(size=(200, 2)), np.arange(200) % 3, {}, "for several col"),
        (["a", "b"] * 100, np.arange(200) % 3, {"discrete": True}, "Got x discrete, y discrete"),
    ],
)
def test_what_gaussian_models_of_classes_are_not_for(x, y, options, problem):
    with pytest.raises(ValueError, match=problem):
        estimate_mutual_information(x, y, method="gaussian", **options)


def test_what_a_mixture_is_not_for():
    x, y = np.random.default_rng(0).normal(size=(2, 200))
    with pytest.raises(ValueError, match="needs numbers on one side and classes on the other"):
        estimate_mutual_information(x, y, method="gaussian_mixture")
    with pytest.raises(ValueError, match=r"no condition\. Got x continuous, y discrete, condi"):
        estimate_mutual_information(x, y > 0, condition=y, method="gaussian_mixture")
