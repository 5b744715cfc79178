"""The estimator: input of every kind, weights, new rows, units, messages."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from sklearn_infotheory.cluster import InformationBottleneck
from sklearn_infotheory.cluster._starts import METHODS

OPTIONS = [(method, beta) for method in METHODS for beta in (None, 30.0)]
each_method = pytest.mark.parametrize(("method", "beta"), OPTIONS)


def topics(n=60, m=12, seed=0):
    """Rows of three distributions over the columns, and which one each has."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 3, n)
    return rng.poisson(rng.dirichlet(np.full(m, 0.3), 3)[kinds] * 60), kinds


def make(method, beta, **options):
    options = {"n_init": 4, "random_state": 0, "max_iter": 5000, **options}
    return InformationBottleneck(3, method=method, beta=beta, **options)


def assert_same(a, b):
    np.testing.assert_array_equal(a.labels_, b.labels_)
    for name in ("cluster_probabilities_", "cluster_centers_", "objective_"):
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), atol=1e-13)
    assert a.relevance_ == pytest.approx(b.relevance_, abs=1e-13)
    assert a.compression_ == pytest.approx(b.compression_, abs=1e-13)


@each_method
def test_finds_topics(method, beta):
    X, kinds = topics()
    found = make(method, beta).fit(X)
    table = pd.crosstab(found.labels_, kinds).to_numpy()
    if (method, beta) != ("deterministic", None):  # stays where a cluster lacks columns
        assert (table > 0).sum() == found.n_clusters_ == 3
    assert 0 < found.relevance_ <= found.information_
    assert found.relevance_ <= found.compression_ + 1e-12
    assert (np.diff(found.cluster_probabilities_) <= 1e-12).all()
    np.testing.assert_allclose(found.cluster_centers_.sum(axis=1), 1)


@each_method
def test_labels_are_those_that_predict_finds(method, beta):
    X, _ = topics()
    found = make(method, beta).fit(X)
    np.testing.assert_array_equal(found.predict(X), found.labels_)
    shares = found.transform(X)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_array_equal(shares.argmax(axis=1), found.labels_)
    assert found.score(X) == pytest.approx(found.relevance_, rel=1e-3)
    names = found.get_feature_names_out().tolist()
    assert names == [f"informationbottleneck{t}" for t in range(found.n_clusters_)]


@each_method
@pytest.mark.parametrize("kind", [sp.csr_matrix, sp.csc_array, sp.coo_array, pd.DataFrame])
def test_sparse_and_frames_are_as_dense(method, beta, kind):
    X, _ = topics()
    dense, other = make(method, beta).fit(X), make(method, beta).fit(kind(X))
    assert_same(dense, other)
    np.testing.assert_array_equal(dense.predict(X), other.predict(kind(X)))


def test_sparse_stays_sparse(monkeypatch):
    def refuse(self, *args, **kwargs):
        raise AssertionError("X was made dense")

    X = sp.random_array((300, 5000), density=0.01, rng=np.random.default_rng(0), format="csr")
    big = X.shape[0] * X.shape[1]
    dense = sp.csr_array.toarray
    monkeypatch.setattr(
        sp.csr_array,
        "toarray",
        lambda self, *a, **k: refuse(self) if np.prod(self.shape) >= big else dense(self, *a, **k),
    )
    for method, beta in OPTIONS:
        if method != "agglomerative":
            found = make(method, beta, n_init=1).fit(X)
            assert found.transform(X).shape == (300, found.n_clusters_)


@each_method
def test_weights_are_repetitions_and_order_plays_no_part(method, beta):
    X, _ = topics()
    rng = np.random.default_rng(1)
    weights = rng.integers(0, 4, len(X))
    weights[0] = 2
    weighted = make(method, beta).fit(X, sample_weight=weights)
    rows = rng.permutation(np.repeat(np.arange(len(X)), weights))
    repeated = make(method, beta).fit(X[rows])
    np.testing.assert_array_equal(weighted.labels_[rows], repeated.labels_)
    np.testing.assert_array_equal(weighted.cluster_centers_, repeated.cluster_centers_)
    np.testing.assert_array_equal(weighted.objective_, repeated.objective_)
    np.testing.assert_array_equal(weighted.predict(X), repeated.predict(X))
    assert weighted.score(X, sample_weight=weights) == repeated.score(X[rows])


@each_method
def test_results_do_not_depend_on_n_jobs(method, beta):
    X, _ = topics()
    one = make(method, beta, n_init=5).fit(X)
    for n_jobs in (2, 3):
        other = make(method, beta, n_init=5, n_jobs=n_jobs).fit(X)
        np.testing.assert_array_equal(one.labels_, other.labels_)
        np.testing.assert_array_equal(one.objective_, other.objective_)


@each_method
def test_base_converts_once(method, beta):
    X, _ = topics()
    nats, bits = make(method, beta).fit(X), make(method, beta, base=2).fit(X)
    np.testing.assert_array_equal(nats.labels_, bits.labels_)
    for name in ("relevance_", "compression_", "information_", "objective_"):
        np.testing.assert_allclose(getattr(nats, name), getattr(bits, name) * np.log(2))


@each_method
def test_objective_is_that_of_its_parts(method, beta):
    found = make(method, beta, tol=1e-9).fit(topics()[0])
    value = -found.relevance_ if beta is None else found.compression_ - beta * found.relevance_
    assert found.objective_[-1] == pytest.approx(value, abs=1e-10)


@each_method
def test_rows_that_hold_nothing(method, beta):
    X, _ = topics()
    X[[3, 5]] = 0
    found = make(method, beta).fit(X)
    without = make(method, beta).fit(np.delete(X, [3, 5], axis=0))
    np.testing.assert_array_equal(np.delete(found.labels_, [3, 5]), without.labels_)
    assert found.labels_[3] == found.labels_[5] == found.predict(X[[3]])[0]
    unseen = np.zeros((2, X.shape[1]))
    unseen[1, 0] = 1
    assert np.isfinite(found.transform(unseen)).all()


def test_new_columns_of_a_cluster_do_not_rule_it_out():
    X = np.array([[8, 2, 0, 0], [7, 3, 0, 0], [0, 0, 5, 5], [0, 0, 6, 4]])
    for method, beta in OPTIONS:
        found = InformationBottleneck(2, method=method, beta=beta, random_state=0).fit(X)
        if found.n_clusters_ == 2:
            near = found.predict([[9, 1, 1, 0], [1, 0, 9, 5]])
            assert near.tolist() == [found.labels_[0], found.labels_[2]]


@pytest.mark.parametrize("method", METHODS)
def test_priors(method):
    X, _ = topics()
    sums = X.sum(axis=1)
    a = make(method, None, prior="counts").fit(X)
    b = make(method, None).fit(X, sample_weight=sums)
    np.testing.assert_allclose(a.cluster_centers_, b.cluster_centers_, atol=1e-12)
    assert a.relevance_ == pytest.approx(b.relevance_, abs=1e-12)


@pytest.mark.parametrize("method", ["sequential", "deterministic", "soft"])
def test_a_low_price_leaves_one_cluster(method):
    X, _ = topics()
    found = InformationBottleneck(4, method=method, beta=0.9, max_iter=5000, random_state=0).fit(X)
    assert found.n_clusters_ == 1
    assert found.relevance_ == pytest.approx(0, abs=1e-12)
    assert found.compression_ == pytest.approx(0, abs=1e-12)


def test_fewer_distinct_rows_than_clusters():
    found = InformationBottleneck(3).fit([[1, 0], [2, 0], [0, 1], [0, 3]])
    assert found.n_clusters_ == 2
    assert found.labels_[0] == found.labels_[1] != found.labels_[2] == found.labels_[3]
    assert found.relevance_ == pytest.approx(found.information_)


# Categories with a target


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize("method", METHODS)
def test_categories_with_a_target(method, frame):
    rng = np.random.default_rng(0)
    town = rng.integers(0, 9, 900)
    y = (rng.random(900) < np.array([0.1, 0.5, 0.9])[town % 3]).astype(int)
    X = frame({"town": [f"t{i}" for i in town]})
    weights = rng.integers(1, 3, 900)
    found = make(method, None).fit(X, y, sample_weight=weights)
    table = np.zeros((9, 2))
    np.add.at(table, (town, y), weights)
    counts = make(method, None, prior="counts").fit(table)
    assert found.relevance_ == pytest.approx(counts.relevance_, abs=1e-12)
    np.testing.assert_allclose(found.cluster_centers_, counts.cluster_centers_, atol=1e-12)
    np.testing.assert_array_equal(found.labels_, counts.labels_[town])
    np.testing.assert_array_equal(found.predict(X), found.labels_)
    assert found.score(X) <= found.information_ + 1e-9


def test_combinations_of_categories_and_new_ones():
    X = pd.DataFrame({"a": ["u", "u", "v", "v"] * 25, "b": ["x", "z", "x", "z"] * 25})
    y = ((X["a"] == "u") ^ (X["b"] == "x")).astype(int)
    found = InformationBottleneck(2, random_state=0, base=2).fit(X, y)
    assert found.relevance_ == pytest.approx(1)  # XOR: the columns tell it together
    new = pd.DataFrame({"a": ["u", "w"], "b": ["x", None]})
    labels = found.predict(new)
    assert labels[0] == found.labels_[0]
    assert labels[1] in (0, 1)


# Messages, callbacks, verbose


def test_messages():
    X = pd.DataFrame({"a": ["u", "v"]})
    with pytest.raises(ValueError, match="y is None: clusters of categories keep information"):
        InformationBottleneck(2).fit(X)
    with pytest.raises(ValueError, match="X mixes categories and numbers: 'b' hold numbers"):
        InformationBottleneck(2).fit(X.assign(b=[1, 2]), [0, 1])
    with pytest.raises(ValueError, match="X has 2 rows, and y has 3"):
        InformationBottleneck(2).fit(X, [0, 1, 1])
    with pytest.raises(ValueError, match=r"n_samples=2 should be >= n_clusters=8\. Ask for fewer"):
        InformationBottleneck().fit([[1, 2], [2, 1]])
    with pytest.raises(ValueError, match="Negative values in data passed to InformationBottleneck"):
        InformationBottleneck(1).fit([[1, -2], [2, 1]])
    with pytest.raises(ValueError, match="X holds no positive number"):
        InformationBottleneck(1).fit([[0, 0], [0, 0]])
    fitted = InformationBottleneck(2).fit(X, [0, 1])
    with pytest.raises(ValueError, match="was fitted on a data frame of categories"):
        fitted.predict([[1], [2]])


def test_warns_where_it_has_not_converged():
    X, _ = topics()
    with pytest.warns(ConvergenceWarning, match="not converged after max_iter=1 iterations"):
        make("soft", 30.0, max_iter=1).fit(X)


def test_verbose_prints_each_start(capsys):
    make("sequential", None, verbose=1, base=2).fit(topics()[0])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("[InformationBottleneck] start 1: ")
    assert lines[0].endswith("of bits")


def test_callbacks_see_every_start_and_can_stop():
    pytest.importorskip("sklearn.callback", reason="callbacks came with scikit-learn 1.9")

    class StopAfterTwo:
        def __init__(self):
            self.starts = 0

        def setup(self, estimator, context):
            pass

        def on_fit_task_begin(self, estimator, context):
            pass

        def on_fit_task_end(self, estimator, context):
            self.starts += context.task_name == "start"
            return self.starts == 2

        def teardown(self, estimator, context):
            pass

    callback = StopAfterTwo()
    make("sequential", None, n_init=6).set_callbacks(callback).fit(topics()[0])
    assert callback.starts == 2


def test_a_clone_with_the_same_seed_is_the_same():
    X, _ = topics()
    first = make("sequential", None).fit(X)
    assert_same(first, clone(first).fit(X))
