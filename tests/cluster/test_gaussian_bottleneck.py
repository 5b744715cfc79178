"""The Gaussian bottleneck against the analytic curve, determinants, CCA and a numeric search."""

import numpy as np
import pytest
from scipy.linalg import eig, subspace_angles
from scipy.optimize import minimize
from sklearn.cross_decomposition import CCA

from sklearn_infotheory.cluster import GaussianInformationBottleneck


def normal_sample(n=400, p=5, q=3, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) @ rng.normal(size=(p, p)) + rng.normal(size=p)
    y = X @ rng.normal(size=(p, q)) / 3 + 2 * rng.normal(size=(n, q))
    return X, y


def covariances(X, y):
    both = np.cov(X.T, y.reshape(len(X), -1).T, bias=True)
    p = X.shape[1]
    return both[:p, :p], both[:p, p:], both[p:, p:]


def logdet(a):
    return np.linalg.slogdet(a)[1]


def informations(A, X, y):
    """I(X;T) and I(T;Y) of T = A X + noise of unit covariance, from determinants."""
    s_x, s_xy, s_y = covariances(X, y)
    eye = np.eye(len(A))
    s_t = A @ s_x @ A.T + eye
    s_t_given_y = s_t - A @ s_xy @ np.linalg.solve(s_y, s_xy.T) @ A.T
    return 0.5 * logdet(s_t), 0.5 * (logdet(s_t) - logdet(s_t_given_y))


@pytest.mark.parametrize("beta", [1.1, 2.0, 5.0, 30.0, 1e3])
@pytest.mark.parametrize("q", [1, 3])
def test_informations_are_those_of_determinants_and_of_the_curve(beta, q):
    X, y = normal_sample(q=q)
    found = GaussianInformationBottleneck(beta).fit(X, y)
    compression, relevance = informations(found.components_, X, y)
    assert found.compression_ == pytest.approx(compression, abs=1e-8)
    assert found.relevance_ == pytest.approx(relevance, abs=1e-8)
    # Equation 28 of the paper, by the eigenvalues of S(x|y) S(x)^-1.
    s_x, s_xy, s_y = covariances(X, y)
    conditional = s_x - s_xy @ np.linalg.solve(s_y, s_xy.T)
    eigenvalues = np.sort(eig(conditional @ np.linalg.inv(s_x))[0].real)
    paid = eigenvalues[beta * (1 - eigenvalues) > 1]
    curve = 0.5 * np.log((beta - 1) * (1 - paid) / paid).sum()
    assert found.compression_ == pytest.approx(curve, abs=1e-8)
    assert found.relevance_ == pytest.approx(
        curve - 0.5 * np.log(beta * (1 - paid)).sum(), abs=1e-8
    )
    np.testing.assert_allclose(found.critical_betas_, 1 / (1 - eigenvalues[:q]), rtol=1e-8)


@pytest.mark.parametrize("beta", [3.0, 20.0])
def test_no_other_map_is_better(beta):
    X, y = normal_sample(p=3, q=2)
    found = GaussianInformationBottleneck(beta).fit(X, y)

    def objective(flat):
        compression, relevance = informations(flat.reshape(2, 3), X, y)
        return compression - beta * relevance

    rng = np.random.default_rng(0)
    best = min(minimize(objective, rng.normal(size=6)).fun for _ in range(5))
    assert found.compression_ - beta * found.relevance_ == pytest.approx(best, abs=1e-6)
    assert found.compression_ - beta * found.relevance_ <= best + 1e-8


def test_the_limit_spans_what_cca_finds():
    X, y = normal_sample()
    found = GaussianInformationBottleneck(np.inf).fit(X, y)
    cca = CCA(3, scale=False, max_iter=10_000, tol=1e-12).fit(X, y)
    assert subspace_angles(found.components_.T, cca.x_rotations_).max() < 1e-6
    scores = cca.transform(X, y)
    correlations = [np.corrcoef(scores[0][:, i], scores[1][:, i])[0, 1] for i in range(3)]
    np.testing.assert_allclose(found.canonical_correlations_, correlations, atol=1e-8)
    assert found.relevance_ == pytest.approx(found.information_)
    assert found.compression_ == np.inf
    np.testing.assert_allclose(np.cov(found.transform(X).T, bias=True), np.eye(3), atol=1e-10)
    near = GaussianInformationBottleneck(1e9).fit(X, y)
    assert near.relevance_ == pytest.approx(found.information_, abs=1e-6)
    assert subspace_angles(near.components_.T, found.components_.T).max() < 1e-8


def test_components_enter_at_their_critical_beta():
    X, y = normal_sample()
    critical = GaussianInformationBottleneck().fit(X, y).critical_betas_
    assert (np.diff(critical) > 0).all()
    for i, beta in enumerate(critical):
        before = GaussianInformationBottleneck(0.999 * beta).fit(X, y)
        after = GaussianInformationBottleneck(1.001 * beta).fit(X, y)
        assert (np.abs(before.components_).sum(axis=1) > 0).sum() == i
        assert len(after.components_) == i + 1
    assert GaussianInformationBottleneck(1).fit(X, y).relevance_ == 0


def test_correlation_in_closed_form():
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=(2, 500))
    y = 0.8 * x + 0.6 * noise
    found = GaussianInformationBottleneck(base=2).fit(x[:, np.newaxis], y)
    r = np.corrcoef(x, y)[0, 1]
    assert found.information_ == pytest.approx(-0.5 * np.log2(1 - r**2), abs=1e-12)
    assert found.critical_betas_[0] == pytest.approx(1 / r**2)


def test_weights_are_repetitions():
    X, y = normal_sample(n=60)
    weights = np.random.default_rng(1).integers(0, 4, 60)
    weighted = GaussianInformationBottleneck().fit(X, y, sample_weight=weights)
    repeated = GaussianInformationBottleneck().fit(
        np.repeat(X, weights, axis=0), np.repeat(y, weights, axis=0)
    )
    np.testing.assert_allclose(weighted.components_, repeated.components_, rtol=1e-9)
    assert weighted.relevance_ == pytest.approx(repeated.relevance_)


def test_scale_and_dependent_and_constant_columns_play_no_part():
    X, y = normal_sample()
    plain = GaussianInformationBottleneck().fit(X, y)
    other = np.column_stack([1e6 * X[:, 0], X[:, 1:], X[:, 0] + X[:, 1], np.full(len(X), 1e9)])
    found = GaussianInformationBottleneck().fit(other, 1e-5 * y)
    assert found.relevance_ == pytest.approx(plain.relevance_, abs=1e-8)
    assert found.compression_ == pytest.approx(plain.compression_, abs=1e-8)
    np.testing.assert_allclose(found.transform(other)[:, 0].std(), plain.transform(X)[:, 0].std())


def test_n_components_keeps_the_first():
    X, y = normal_sample()
    every = GaussianInformationBottleneck(1e4).fit(X, y)
    first = GaussianInformationBottleneck(1e4, n_components=1).fit(X, y)
    np.testing.assert_allclose(first.components_, every.components_[:1])
    assert first.relevance_ < every.relevance_ <= every.information_
    compression, relevance = informations(first.components_, X, y)
    assert first.relevance_ == pytest.approx(relevance, abs=1e-8)
    assert first.compression_ == pytest.approx(compression, abs=1e-8)


def test_constant_y_and_determined_y():
    X, _ = normal_sample()
    nothing = GaussianInformationBottleneck().fit(X, np.ones(len(X)))
    assert nothing.relevance_ == nothing.compression_ == nothing.information_ == 0
    assert (nothing.transform(X) == 0).all()
    with pytest.warns(UserWarning, match="y is a linear function of X in this sample"):
        found = GaussianInformationBottleneck().fit(X, X[:, 0])
    assert np.isfinite([found.relevance_, found.compression_, found.information_]).all()
