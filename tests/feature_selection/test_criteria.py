"""Every criterion against its slow twin, which scores each candidate anew at every step."""

from __future__ import annotations

import pickle
from operator import attrgetter

import naive
import numpy as np
import pytest

from sklearn_infotheory.estimation import estimate_mutual_information
from sklearn_infotheory.feature_selection import MutualInfoSelector, linear_criterion
from sklearn_infotheory.feature_selection._criteria import CRITERIA, PAIR_CRITERIA, PairCriterion
from sklearn_infotheory.feature_selection._methods import relate
from sklearn_infotheory.feature_selection._rankings import first_best, make_ranking


def codes_and_target(seed, n_samples=200, n_features=9, n_classes=3):
    """Codes of 1 to 6 levels, some of which inform about the target."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n_samples)
    X = np.column_stack(
        [rng.integers(0, levels, n_samples) for levels in rng.integers(1, 7, n_features)]
    )
    X[:, 2] = np.where(rng.random(n_samples) < 0.5, y, X[:, 2])
    X[:, 4] = np.where(rng.random(n_samples) < 0.4, y, X[:, 4] % 2)
    X[:, 7] = X[:, 2] + (rng.random(n_samples) < 0.3)
    return X, y


def agree(selector, expected):
    features, scores = expected
    assert selector.selected_.tolist() == features
    np.testing.assert_allclose(selector.path_["score"], scores, rtol=0, atol=1e-10)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("criterion", CRITERIA)
def test_criterion_equals_its_twin(criterion, seed):
    X, y = codes_and_target(seed)
    selector = MutualInfoSelector(7, criterion=criterion).fit(X, y)
    agree(selector, naive.greedy_selection(X, y, 7, criterion))


@pytest.mark.parametrize("criterion", CRITERIA)
def test_whole_weights_are_repetitions(criterion):
    X, y = codes_and_target(5)
    weights = np.random.default_rng(0).integers(0, 4, len(y))
    weighted = MutualInfoSelector(6, criterion=criterion).fit(X, y, sample_weight=weights)
    repeated = MutualInfoSelector(6, criterion=criterion).fit(
        np.repeat(X, weights, axis=0), np.repeat(y, weights)
    )
    assert weighted.selected_.tolist() == repeated.selected_.tolist()
    for name in ("scores_", "relevance_", "p_values_", "relevance_standard_error_"):
        np.testing.assert_allclose(getattr(weighted, name), getattr(repeated, name), atol=1e-10)
    assert weighted.path_["test"].tolist() == repeated.path_["test"].tolist()
    for name in set(weighted.path_.dtype.names) - {"test"}:
        np.testing.assert_allclose(weighted.path_[name], repeated.path_[name], atol=1e-10)


@pytest.mark.parametrize("criterion", ["mim", "jmi", "cmim", "mrmr", "cmi", "jmi3"])
def test_fractional_weights_equal_the_twin(criterion):
    X, y = codes_and_target(6)
    weights = np.random.default_rng(1).uniform(0.5, 3.0, len(y))
    selector = MutualInfoSelector(6, criterion=criterion).fit(X, y, sample_weight=weights)
    agree(selector, naive.greedy_selection(X, y, 6, criterion, weights=weights))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("criterion", ["mim", "jmi", "cmim", "cmi"])
def test_best_pair_first_equals_the_twin(criterion, seed):
    X, y = codes_and_target(seed)
    selector = MutualInfoSelector(5, criterion=criterion, initial="pair").fit(X, y)
    agree(selector, naive.greedy_selection(X, y, 5, criterion, initial="pair"))


def test_linear_family():
    X, y = codes_and_target(1)
    criterion = linear_criterion(beta=0.3, gamma=0.8)
    expected = naive.greedy_selection(X, y, 6, "linear", beta=0.3, gamma=0.8)
    agree(MutualInfoSelector(6, criterion=criterion).fit(X, y), expected)
    for name, beta, gamma in (("mifs", 1, 0), ("cife", 1, 1), ("condred", 0, 1)):
        named = MutualInfoSelector(6, criterion=name).fit(X, y)
        linear = MutualInfoSelector(6, criterion=linear_criterion(beta, gamma)).fit(X, y)
        np.testing.assert_array_equal(named.scores_, linear.scores_)


def test_custom_criterion_sees_the_same_quantities_in_the_unit_of_base():
    X, y = codes_and_target(2)
    seen = []

    def jmi(state):
        seen.append(state)
        if not len(state.joint_relevance):
            return state.relevance
        return state.joint_relevance.sum(axis=0)

    custom = MutualInfoSelector(5, criterion=jmi, base=2).fit(X, y)
    named = MutualInfoSelector(5, criterion="jmi", base=2).fit(X, y)
    assert custom.selected_.tolist() == named.selected_.tolist()
    np.testing.assert_allclose(custom.path_["score"], named.path_["score"])
    last = seen[-1]
    assert last.redundancy.shape == last.joint_entropy.shape == (4, len(last.relevance))
    conditional = last.relevance - last.redundancy + last.conditional_redundancy
    w = named.selected_[0]
    rest = [j for j in range(X.shape[1]) if j not in named.selected_]
    expected = [naive.conditional_mutual_information(X[:, j], y, X[:, w]) for j in rest]
    np.testing.assert_allclose(conditional[0] * np.log(2), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("result", "problem"), [(np.zeros(2), "shape \\(2,\\)"), (None, "with NaN")]
)
def test_custom_criterion_that_returns_nonsense(result, problem):
    X, y = codes_and_target(2)

    def criterion(state):
        return np.full(len(state.relevance), np.nan) if result is None else result

    with pytest.raises(ValueError, match=problem):
        MutualInfoSelector(3, criterion=criterion).fit(X, y)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_ties_go_to_the_lowest_index(criterion):
    X, y = codes_and_target(3)
    twice = np.hstack([X, X])
    order = MutualInfoSelector(8, criterion=criterion).fit(twice, y).ranking_
    selected = np.argsort(order)[:8]
    copies = [j for j in selected if j >= X.shape[1]]
    assert all(order[j - X.shape[1]] < order[j] for j in copies)


def test_first_best_overlooks_rounding_and_nothing_else():
    assert first_best(np.array([0.3, 0.1 + 0.2, 0.3 + 1e-15])) == 0
    assert first_best(np.array([0.3, 0.3 + 1e-9])) == 1
    assert first_best(np.array([-np.inf, -np.inf])) == 0


@pytest.mark.parametrize("criterion", ["cmim", "jmim", "njmim"])
def test_lazy_scores_bound_the_exact_ones_from_above(criterion):
    X, y = codes_and_target(4, n_features=40)
    selector = MutualInfoSelector(6, criterion=criterion).fit(X, y)
    picked = [X[:, j] for j in selector.selected_[:-1]]
    for j in np.flatnonzero(~selector.support_):
        exact = naive.criterion_score(criterion, X[:, j], y, picked)
        assert selector.scores_[j] >= exact - 1e-12


@pytest.mark.parametrize("criterion", ["cmim", "jmim", "njmim"])
@pytest.mark.parametrize("method", ["binned", "gaussian", "knn"])
def test_lazy_search_finds_what_all_pairs_would(method, criterion):
    """Also where the spread of the classes differs, and ties: then not every pair is symmetric."""
    rng = np.random.default_rng(3)
    y = rng.integers(0, 2, 60)
    X = rng.normal(size=(60, 25)) * (1 + y[:, np.newaxis] * rng.random(25))
    X[:, :12] += rng.normal(size=(60, 1)) + y[:, np.newaxis] / 2
    X[:, ::2] = np.round(X[:, ::2])
    relations = relate(
        X, y, None, method=method, categorical=None, names=None, n_bins="auto", n_neighbors=3,
        target="auto", n_jobs=1,
    )  # fmt: skip
    if relations.pairs_are_symmetric:
        pairs = [relations.pair(np.arange(25), w) for w in range(25)]
        for name in ("redundancy", "conditional_redundancy", "joint_relevance", "joint_entropy"):
            matrix = np.array([getattr(pair, name) for pair in pairs])
            np.testing.assert_allclose(matrix, matrix.T, atol=1e-12)
    term = PAIR_CRITERIA[criterion].term
    ranking, rest = make_ranking(criterion, relations, 1.0), np.arange(25)
    while len(rest) > 5:
        found, score = ranking.best(rest)
        if ranking.picked:
            exact = np.min([term(relations.pair(rest, w)) for w in ranking.picked], axis=0)
            assert found == rest[first_best(exact)]
            assert score == pytest.approx(exact.max(), abs=1e-10)
        ranking.add(found)
        rest = rest[rest != found]


# --- Criteria of the user -------------------------------------------------------------------------


def nmifs(state):
    """Estévez et al. (2009): redundancy over the smaller of the two entropies, on average."""
    if not len(state.redundancy):
        return state.relevance
    return state.relevance - _ratio(state).mean(axis=0)


def _ratio(state):
    most = np.minimum(state.entropy, state.picked_entropy)
    return np.divide(state.redundancy, most, out=np.zeros_like(most), where=most > 0)


NMIFS = PairCriterion(
    lambda pair: pair.normalized_redundancy,
    score=lambda relevance, total, n_picked: relevance - total / n_picked,
)


def naive_nmifs(relevance, shared, entropies, k):
    """Pick by the formula, from I(X; Y), all I(X; W) and all H(X)."""
    picked = [int(np.argmax(relevance))]
    scores = [relevance[picked[0]]]
    while len(picked) < k:
        best = None
        for j in range(len(relevance)):
            if j in picked:
                continue
            parts = [
                shared[j][w] / min(entropies[j], entropies[w])
                if min(entropies[j], entropies[w]) > 0
                else 0.0
                for w in picked
            ]
            score = relevance[j] - sum(parts) / len(parts)
            if best is None or score > best[1] + 1e-12:
                best = j, score
        picked.append(best[0])
        scores.append(best[1])
    return picked, scores


def binned_quantities():
    X, y = codes_and_target(4)
    relevance = [naive.mutual_information(x, y) for x in X.T]
    shared = [[naive.mutual_information(a, b) for b in X.T] for a in X.T]
    return X, y, relevance, shared, [naive.entropy(x) for x in X.T]


def estimated_quantities(method):
    """Of continuous columns and columns of few values, by the estimates of the other door."""
    rng = np.random.default_rng(0)
    y = rng.normal(size=150)
    X = y[:, np.newaxis] * rng.uniform(0, 1, 6) + rng.normal(size=(150, 6))
    X[:, 3] += X[:, 2]
    X[:, 5] = X[:, 5].round(1)
    discrete = None if method == "knn" else False

    def information(a, b):
        return estimate_mutual_information(a, b, method=method, discrete=discrete).value

    shared = [[0.0 if a is b else information(a, b) for b in X.T] for a in X.T]
    return X, y, [information(x, y) for x in X.T], shared, [naive.entropy(x) for x in X.T]


@pytest.mark.parametrize("criterion", [nmifs, NMIFS], ids=["function", "pair criterion"])
@pytest.mark.parametrize("method", ["binned", "gaussian", "knn"])
def test_a_criterion_of_entropies_equals_its_formula(method, criterion):
    X, y, *quantities = binned_quantities() if method == "binned" else estimated_quantities(method)
    picked, scores = naive_nmifs(*quantities, k=5)
    selector = MutualInfoSelector(5, criterion=criterion, method=method).fit(X, y)
    assert selector.selected_.tolist() == picked
    np.testing.assert_allclose(selector.path_["score"], scores, atol=1e-6)


@pytest.mark.parametrize("method", ["binned", "gaussian", "knn"])
def test_entropies_of_pairs_in_both_directions(method):
    """And in bits, as a criterion of the user sees them."""
    X, y, *_, entropies = (
        binned_quantities() if method == "binned" else estimated_quantities(method)
    )
    seen = []

    def criterion(state):
        seen.append(state)
        return state.relevance

    MutualInfoSelector(3, criterion=criterion, method=method, base=2).fit(X, y)
    last, rest = seen[-1], len(seen[-1].relevance)
    assert last.entropy.shape == (rest,)
    assert last.picked_entropy.shape == last.redundancy.shape
    assert (last.picked_entropy == last.picked_entropy[:, :1]).all()
    known = np.round(np.array(entropies) / np.log(2), 9)
    assert set(np.round(last.entropy, 9)) <= set(known)
    assert set(np.round(last.picked_entropy[:, 0], 9)) <= set(known)
    assert (last.redundancy <= np.minimum(last.entropy, last.picked_entropy) + 1e-9).all()


def relevance_less_excess(relevance, total, n_picked):
    return relevance - np.abs(total - 0.02) * n_picked  # does not rise with the total


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("reduce", ["sum", "min"])
def test_score_and_reduce_of_a_pair_criterion(reduce, seed):
    """The score may fall where the total rises, so that no bound of the total bounds the score."""
    X, y = codes_and_target(seed)
    criterion = PairCriterion(
        lambda pair: pair.redundancy, reduce=reduce, score=relevance_less_excess
    )

    def the_same(state):
        if not len(state.redundancy):
            return state.relevance
        total = getattr(state.redundancy, reduce)(axis=0)
        return relevance_less_excess(state.relevance, total, len(state.redundancy))

    found = MutualInfoSelector(6, criterion=criterion).fit(X, y)
    expected = MutualInfoSelector(6, criterion=the_same).fit(X, y)
    assert found.selected_.tolist() == expected.selected_.tolist()
    np.testing.assert_allclose(found.scores_, expected.scores_, atol=1e-12)


def test_an_unknown_reduction_is_refused():
    with pytest.raises(ValueError, match=r"reduce='max' is not known\. Pass 'sum' or 'min'"):
        PairCriterion(lambda pair: pair.redundancy, reduce="max")


@pytest.mark.parametrize("reduce", ["sum", "min"])
@pytest.mark.parametrize("bad", ["term", "score"])
def test_a_pair_criterion_that_returns_nonsense(bad, reduce):
    X, y = codes_and_target(2)
    parts = {"term": lambda pair: pair.redundancy, "score": lambda relevance, total, n: total}
    for nonsense in (lambda *_: np.full(3, 0.5), lambda first, *_: np.nan * first):
        parts[bad] = nonsense if bad == "score" else lambda pair: nonsense(pair.redundancy)  # noqa: B023
        criterion = PairCriterion(reduce=reduce, **parts)
        with pytest.raises(ValueError, match="one number that is not NaN for each of the"):
            MutualInfoSelector(3, criterion=criterion).fit(X, y)


def test_pair_criteria_can_be_pickled():
    for reduce in ("sum", "min"):
        criterion = PairCriterion(attrgetter("redundancy"), reduce=reduce)
        again = pickle.loads(pickle.dumps(criterion))
        assert again.score is criterion.score
        assert again.is_lazy == criterion.is_lazy == (reduce == "min")
