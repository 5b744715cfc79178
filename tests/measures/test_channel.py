"""Capacity and rate-distortion against closed forms and brute force."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_infotheory import measures as m
from sklearn_infotheory.measures._channel import capacity_step, tilted_channel


def h2(p):
    return m.entropy(np.stack([p, 1 - np.asarray(p)], axis=-1), base=2)


@pytest.mark.parametrize("e", [0.0, 0.11, 0.5, 0.9])
def test_binary_symmetric_channel(e):
    found = m.channel_capacity([[1 - e, e], [e, 1 - e]], base=2)
    assert_allclose(found.capacity, 1 - h2(e), atol=1e-9)


@pytest.mark.parametrize("e", [0.0, 0.3, 1.0])
def test_erasure_channel(e):
    found = m.channel_capacity([[1 - e, e, 0], [0, e, 1 - e]], base=2)
    assert_allclose(found.capacity, 1 - e, atol=1e-9)


@pytest.mark.parametrize("e", [0.1, 0.5, 0.9])
def test_z_channel(e):
    found = m.channel_capacity([[1, 0], [e, 1 - e]], base=2)
    assert_allclose(found.capacity, np.log2(1 + (1 - e) * e ** (e / (1 - e))), atol=1e-8)


def test_capacity_against_all_inputs_on_a_grid():
    channel = np.random.default_rng(0).dirichlet(np.ones(4), size=3)
    found = m.channel_capacity(channel)
    grid = [(a, b, 60 - a - b) for a, b in itertools.product(range(61), repeat=2) if a + b <= 60]
    tables = np.array(grid)[:, :, np.newaxis] / 60 * channel
    best = m.mutual_information(tables, axis=(-2, -1)).max()
    assert best <= found.capacity + found.gap + 1e-12
    assert best > found.capacity - 2e-3
    table = found.input_distribution[:, np.newaxis] * channel
    assert_allclose(m.mutual_information(table), found.capacity, rtol=1e-10)
    assert found.gap <= 1e-9


def test_each_step_raises_the_information():
    channel = np.random.default_rng(1).dirichlet(np.ones(3), size=5)
    inputs, values = np.full(5, 0.2), []
    for _ in range(50):
        inputs, lower, upper = capacity_step(inputs, channel)
        values.append(lower)
        assert lower <= upper
    assert (np.diff(values) >= -1e-15).all()


@pytest.mark.parametrize("p", [0.5, 0.3])
def test_hamming_distortion_of_a_coin(p):
    slopes = np.array([1.0, 2.0, 4.0])
    points = m.rate_distortion([p, 1 - p], 1 - np.eye(2), slopes, base=2)
    distortion = 1 / (1 + np.exp(slopes))
    rates = np.maximum(h2(p) - h2(np.minimum(distortion, p)), 0)
    assert_allclose(points.rate, rates, atol=1e-7)
    assert_allclose(points.distortion, np.minimum(distortion, p), atol=1e-7)
    assert points.channel.shape == (3, 2, 2)


def test_squared_error_of_a_normal_source():
    """On a fine grid the curve is that of the normal density, 1/2 log(1 / D)."""
    grid = np.linspace(-5, 5, 101)
    cost = (grid[:, np.newaxis] - grid) ** 2
    point = m.rate_distortion(np.exp(-(grid**2) / 2), cost, 2.0, normalize=True, tol=1e-4, base=2)
    assert_allclose(point.distortion, 0.25, atol=1e-3)  # slope = 1 / (2 D)
    assert_allclose(point.rate, 1.0, atol=2e-3)


def test_no_channel_on_a_grid_lies_below_the_curve():
    p, cost = np.array([0.3, 0.7]), np.array([[0.0, 1.0], [2.0, 0.5]])
    for slope in (0.5, 1.5, 3.0):
        point = m.rate_distortion(p, cost, slope)
        best = point.rate + slope * point.distortion
        for a, b in itertools.product(np.linspace(0, 1, 41), repeat=2):
            channel = np.array([[a, 1 - a], [b, 1 - b]])
            table = p[:, np.newaxis] * channel
            assert m.mutual_information(table) + slope * (table * cost).sum() >= best - 1e-9


def test_tilted_channel_does_not_underflow():
    rows = tilted_channel(np.array([0.5, 0.5, 0.0]), np.array([[900.0, 901.0, 0.0]]), 1.0)
    assert_allclose(rows, [[np.e / (1 + np.e), 1 / (1 + np.e), 0]], rtol=1e-12)


def test_an_iteration_that_is_stopped_says_so():
    channel = [[1, 0], [0.5, 0.5]]
    with pytest.warns(RuntimeWarning, match="nats apart after 2 iterations"):
        found = m.channel_capacity(channel, max_iter=2)
    assert found.gap > 1e-9
    with pytest.warns(RuntimeWarning, match="Raise max_iter or tol"):
        m.rate_distortion([0.3, 0.7], 1 - np.eye(2), 1.0, max_iter=1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: m.channel_capacity([0.5, 0.5]), "one row per input"),
        (lambda: m.channel_capacity(np.eye(2), tol=0), "tol must be positive"),
        (lambda: m.rate_distortion([0.5, 0.5], np.eye(3), 1), "one row per outcome of p"),
        (lambda: m.rate_distortion([0.5, 0.5], -np.eye(2), 1), "distortion must hold finite"),
        (lambda: m.rate_distortion([0.5, 0.5], np.eye(2), -1), "slope must hold finite"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
