"""The curve of relevance against compression, and its display."""

import matplotlib.pyplot as plt
import naive
import numpy as np
import pytest

from sklearn_infotheory.cluster import (
    InformationBottleneck,
    InformationPlaneDisplay,
    information_curve,
)
from sklearn_infotheory.cluster._bottleneck_curve import _on_concave_hull

BETAS = [0.5, 1.0, 1.3, 1.7, 2.5, 4.0, 8.0, 20.0, 100.0]


def table(seed=0, n=12, m=6):
    rng = np.random.default_rng(seed)
    return rng.poisson(rng.gamma(0.7, 6.0, (n, m))) + 1.0


@pytest.mark.parametrize("method", ["soft", "deterministic"])
@pytest.mark.parametrize("seed", range(3))
def test_the_curve_rises_within_its_limits(method, seed):
    X = table(seed)
    curve = information_curve(X, BETAS[::-1], n_clusters=6, method=method, random_state=0)
    assert curve.betas.tolist() == BETAS
    assert curve.n_clusters[0] == curve.n_clusters[1] == 1
    assert curve.relevance[0] == pytest.approx(0, abs=1e-9)
    assert (curve.relevance <= np.minimum(curve.information, curve.compression) + 1e-9).all()
    assert (curve.compression <= curve.entropy + 1e-9).all()
    kept = curve.relevance[curve.on_hull]
    assert (np.diff(kept[np.argsort(curve.compression[curve.on_hull])]) >= -1e-6).all()
    assert curve.on_hull.sum() >= len(BETAS) // 2
    # With the optimum at each price, both rise with it.
    assert (np.diff(curve.compression[curve.on_hull]) >= -1e-6).all()


def test_soft_is_never_worse_than_the_best_partition():
    X = table(4, n=7)
    curve = information_curve(X, BETAS, n_clusters=3, prior="counts", random_state=0)
    objective = curve.compression - curve.betas * curve.relevance
    for beta, value in zip(curve.betas, objective, strict=True):
        assert value <= naive.best_bottleneck(X, 3, beta) + 1e-4 * beta * curve.information


def test_a_symmetric_channel_in_closed_form():
    """Of a binary symmetric X - Y, the best T is X through another such channel."""
    error = 0.1
    X = np.array([[1 - error, error], [error, 1 - error]])
    curve = information_curve(X, [2.0, 4.0, 10.0], n_clusters=2, random_state=0, base=2, tol=1e-13)

    def h(p):
        return -p * np.log2(p) - (1 - p) * np.log2(1 - p)

    noise = np.geomspace(1e-12, 0.5, 400_001)
    compression = 1 - h(noise)
    relevance = 1 - h(noise * (1 - error) + (1 - noise) * error)
    for beta, a, b in zip(curve.betas, curve.compression, curve.relevance, strict=True):
        best = (compression - beta * relevance).argmin()
        assert a == pytest.approx(compression[best], abs=1e-3)
        assert b == pytest.approx(relevance[best], abs=1e-3)
        assert a - beta * b == pytest.approx((compression - beta * relevance).min(), abs=1e-8)


def test_hull():
    x = np.array([0.0, 1.0, 1.0, 2.0, 3.0, 4.0])
    y = np.array([0.0, 1.0, 0.5, 1.4, 2.0, 1.0])
    assert _on_concave_hull(x, y).tolist() == [True, True, False, False, True, False]


def test_units_weights_and_messages():
    X = table()
    nats = information_curve(X, [2.0, 9.0], random_state=0)
    bits = information_curve(X, [2.0, 9.0], random_state=0, base=2)
    for name in ("compression", "relevance", "information", "entropy"):
        np.testing.assert_allclose(getattr(nats, name), getattr(bits, name) * np.log(2))
    weights = np.arange(12) % 3
    weighted = information_curve(X, [2.0, 9.0], random_state=0, sample_weight=weights)
    repeated = information_curve(np.repeat(X, weights, axis=0), [2.0, 9.0], random_state=0)
    np.testing.assert_array_equal(weighted.relevance, repeated.relevance)
    for betas in ([], [0.0, 1.0], [np.nan], [np.inf], [-1.0]):
        with pytest.raises(ValueError, match="betas must be finite numbers above zero"):
            information_curve(X, betas)


def test_display():
    X = table()
    fitted = InformationBottleneck(4, random_state=0, base=2).fit(X)
    display = InformationPlaneDisplay.from_estimator(fitted, X, BETAS)
    assert display.ax_.get_xlabel() == "compression I(X;T) in bits"
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert labels == ["concave hull", "sequential, 4 clusters", "limit I(X;Y)"]
    hull, points, star, limit = display.ax_.get_lines()
    assert limit.get_ydata()[0] == pytest.approx(fitted.information_)
    assert star.get_ydata()[0] == fitted.relevance_
    assert len(points.get_xdata()) == len(BETAS)
    assert len(hull.get_xdata()) == display.curve.on_hull.sum() + 1
    numbers = [text.get_text() for text in display.ax_.texts]
    assert numbers[0] == "clusters: 1, beta 0.5"
    _, ax = plt.subplots()
    assert InformationPlaneDisplay.from_curve(display.curve, ax=ax).ax_ is ax
    plt.close("all")
