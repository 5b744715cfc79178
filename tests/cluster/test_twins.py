"""Each method against plain loops, and against all partitions of small tables."""

import naive
import numpy as np
import pytest
import scipy.sparse as sp
from scipy.special import rel_entr

from sklearn_infotheory import measures
from sklearn_infotheory._kernels._bottleneck import (
    gains_of_joining,
    losses_of_merging,
    reassign_rows,
)
from sklearn_infotheory.cluster import InformationBottleneck
from sklearn_infotheory.cluster._agglomerative import _Merging
from sklearn_infotheory.cluster._alternating import divergences, run_soft
from sklearn_infotheory.cluster._clustering import (
    Price,
    best_join,
    compression_of,
    measure,
    one_hot,
)
from sklearn_infotheory.cluster._joint_distribution import read_joint
from sklearn_infotheory.cluster._sequential import kernel_clusters, kernel_rows
from sklearn_infotheory.cluster._starts import METHODS, random_memberships

BETAS = (None, 0.7, 3.0, 20.0)


def small_table(seed, n=8, m=5, rate=2.0):
    table = np.random.default_rng(seed).poisson(rate, (n, m)).astype(float)
    table[table.sum(axis=1) == 0, 0] = 1
    return np.unique(table, axis=0)


def joint_table(joint):
    return joint.joint.toarray()


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("seed", range(6))
def test_a_pass_is_that_of_plain_loops(seed, beta):
    joint = read_joint(small_table(seed, n=12), None, "counts")
    rng = np.random.default_rng(seed)
    n_clusters = 2 + seed
    labels = rng.integers(0, n_clusters, joint.n_rows)
    order = rng.permutation(joint.n_rows)
    expected = naive.sequential_pass(joint_table(joint), labels, n_clusters, order, beta)
    found = labels.copy()
    clusters = kernel_clusters(joint.cells_of(one_hot(labels, n_clusters)))
    n_moves = reassign_rows(
        *kernel_rows(joint), joint.masses, order, found, *clusters, *Price(beta).of_terms
    )
    assert found.tolist() == expected
    assert n_moves == sum(a != b for a, b in zip(labels, expected, strict=True))
    # The cells were kept up to date.
    cells = joint.cells_of(one_hot(found, n_clusters))
    np.testing.assert_allclose(clusters[0][:, :n_clusters].T, cells, atol=1e-15)
    np.testing.assert_allclose(clusters[2], cells.sum(axis=1), atol=1e-15)


@pytest.mark.parametrize("beta", BETAS)
def test_gains_of_joining(beta):
    joint = read_joint(small_table(0, n=10), None, "uniform")
    price = Price(beta)
    cells = joint.cells_of(one_hot(np.arange(joint.n_rows) % 3, 3))
    gains = np.empty((joint.n_rows, 3))
    gains_of_joining(
        *kernel_rows(joint), joint.masses, *kernel_clusters(cells), *price.of_terms, gains
    )

    def value(cells):
        relevance, size = price.of_terms
        f = np.where(cells > 0, cells * np.log(np.where(cells > 0, cells, 1)), 0)
        masses = cells.sum(axis=1)
        return relevance * f.sum() - size * (masses * np.log(masses)).sum()

    for x, row in enumerate(joint_table(joint)):
        for t in range(3):
            after = cells.copy()
            after[t] += row
            assert gains[x, t] == pytest.approx(value(after) - value(cells), abs=1e-13)


@pytest.mark.parametrize("beta", BETAS)
def test_losses_of_merging_all_pairs(beta):
    joint = read_joint(small_table(1, n=9), None, "counts")
    table, n = joint_table(joint), joint.n_rows
    terms = table * np.log(np.where(table > 0, table, 1))
    before = naive.bottleneck_objective(table, range(n), beta)
    for i in range(n):
        others = np.array([j for j in range(n) if j != i])
        out, room = np.empty(n - 1), np.empty(table.shape[1], np.int32)
        losses_of_merging(table, terms, joint.masses, others, i, *Price(beta).of_terms, room, out)
        for j, loss in zip(others, out, strict=True):
            labels = [i if x == j else x for x in range(n)]
            after = naive.bottleneck_objective(table, labels, beta)
            assert loss == pytest.approx(after - before, abs=1e-13)


def test_a_merge_loses_the_divergence_of_jensen_and_shannon():
    joint = read_joint(small_table(2), None, "counts")
    merging = _Merging(joint, Price(None))
    i, j, loss = merging.best_pair()
    masses = joint.masses[[i, j]]
    shares = masses / masses.sum()
    rows = joint.conditional[[i, j]].toarray()
    within = shares @ measures.entropy(rows, axis=1)
    assert loss == pytest.approx(
        masses.sum() * float(measures.entropy(shares @ rows) - within), rel=1e-10
    )


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("seed", range(4))
def test_every_merge_is_the_best_of_all_pairs(seed, beta):
    table = small_table(seed, n=9)
    joint = read_joint(table, None, "counts")
    found = InformationBottleneck(2, method="agglomerative", beta=beta, prior="counts").fit(table)
    assert len(found.merges_) == joint.n_rows - 2
    labels = list(range(len(table)))
    value = naive.bottleneck_objective(table, labels, beta)
    for first, second, loss in found.merges_:
        clusters = sorted(set(labels))
        after = {
            (a, b): naive.bottleneck_objective(table, [a if t == b else t for t in labels], beta)
            for a in clusters
            for b in clusters
            if a != b
        }
        pair = labels[first], labels[second]
        assert after[pair] == pytest.approx(min(after.values()), abs=1e-12)
        assert loss == pytest.approx(after[pair] - value, abs=1e-12)
        value = after[pair]
        labels = [pair[0] if t == pair[1] else t for t in labels]
    assert found.objective_[-1] == pytest.approx(value, abs=1e-12)
    same = [(a == b) for a in labels for b in labels]
    assert same == [(a == b) for a in found.labels_ for b in found.labels_]


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("seed", range(5))
def test_sequential_finds_the_best_of_all_partitions(seed, beta):
    table = small_table(seed)
    found = InformationBottleneck(
        3, beta=beta, prior="counts", n_init=30, tol=0, random_state=0
    ).fit(table)
    best = naive.best_bottleneck(table, 3, beta)
    assert found.objective_[-1] == pytest.approx(best, abs=1e-12)
    assert naive.bottleneck_objective(table, found.labels_, beta) == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(3))
def test_no_partition_is_better_than_the_best(method, seed, beta):
    """Of tables of positive cells, where "deterministic" can move every row."""
    table = small_table(seed, n=7, rate=4.0) + 1
    found = InformationBottleneck(
        3,
        method=method,
        beta=beta,
        prior="counts",
        n_init=30,
        tol=0,
        max_iter=10_000,
        random_state=0,
    ).fit(table)
    best = naive.best_bottleneck(table, 3, beta)
    if method == "soft" and beta is not None:  # partitions are some of what it minimises over
        start = InformationBottleneck(3, beta=beta, prior="counts", random_state=0).fit(table)
        joint = read_joint(table, None, "counts")
        hard = start.transform(joint.conditional.toarray())
        blurred = 0.99 * hard + 0.01 / start.n_clusters_
        again = run_soft(joint, blurred, Price(beta), max_iter=10_000, tol=1e-14)
        assert min(found.objective_[-1], again.objective[-1]) <= best + 1e-9
    else:
        assert found.objective_[-1] >= best - 1e-12
        hard = naive.bottleneck_objective(table, found.labels_, beta)
        assert found.objective_[-1] == pytest.approx(hard, abs=1e-12)


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("method", ["sequential", "deterministic", "soft"])
@pytest.mark.parametrize("seed", range(8))
def test_the_objective_never_rises(method, seed, beta):
    rng = np.random.default_rng(seed)
    table = rng.poisson(rng.gamma(0.5, 2.0, (40, 15)))
    found = InformationBottleneck(
        5, method=method, beta=beta, n_init=3, tol=0, max_iter=10_000, random_state=seed
    ).fit(table)
    assert found.n_iter_ >= 1
    assert (np.diff(found.objective_) <= 1e-12).all()


@pytest.mark.parametrize("beta", [1.5, 6.0])
def test_one_soft_step_is_that_of_plain_loops(beta):
    joint = read_joint(small_table(3), None, "uniform")
    start = random_memberships(joint.n_rows, 3, np.random.RandomState(0))
    table, masses = joint_table(joint), joint.masses
    p_t = masses @ start
    centers = (start.T @ table) / p_t[:, np.newaxis]
    expected = np.empty_like(start)
    for x in range(joint.n_rows):
        for t in range(3):
            kl = rel_entr(table[x] / masses[x], centers[t]).sum()
            expected[x, t] = p_t[t] * np.exp(-beta * kl)
        expected[x] /= expected[x].sum()
    found = run_soft(joint, start, Price(beta), max_iter=1, tol=0)
    np.testing.assert_allclose(found.memberships, expected, rtol=1e-12)
    p_xt = masses[:, np.newaxis] * expected
    compression = measures.mutual_information(p_xt)
    assert found.compression == pytest.approx(float(compression), abs=1e-14)
    relevance = measures.mutual_information(expected.T @ table)
    assert found.relevance == pytest.approx(float(relevance), abs=1e-14)


@pytest.mark.parametrize("beta", [0.5, 2.0, 9.0])
def test_joining_changes_the_objective_as_it_says(beta):
    joint = read_joint(small_table(4), None, "uniform")
    price = Price(beta)
    start = random_memberships(joint.n_rows, 4, np.random.RandomState(1))
    cells, _, _, before = measure(start, joint, price)
    values = {}
    for s in range(4):
        for t in range(s + 1, 4):
            joined = np.delete(start, t, axis=1)
            joined[:, s] += start[:, t]
            values[s, t] = measure(joined, joint, price)[-1]
    best = min(values, key=values.get)
    assert best_join(start, cells, joint, price) == (best if values[best] <= before else None)


def test_divergences_are_huge_where_a_cluster_lacks_a_column():
    joint = read_joint([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]], None, "uniform")
    found = divergences(joint, joint.cells_of(one_hot(np.array([0, 1]), 2)))
    np.testing.assert_allclose(np.diag(found), 0, atol=1e-15)
    assert np.isfinite(found).all()
    assert (found[[0, 1], [1, 0]] > 1e90).all()


def test_information_of_a_joint_distribution():
    table = small_table(5)
    joint = read_joint(sp.csr_array(table), None, "counts")
    assert joint.information == pytest.approx(
        float(measures.mutual_information(table / table.sum())), abs=1e-14
    )
    entropy = float(measures.entropy(joint.masses))
    assert compression_of(np.eye(joint.n_rows), joint.masses, joint) == pytest.approx(entropy)
