"""Tables (domain, a, b) and the model without three-way interaction."""

from __future__ import annotations

import math

import numpy as np

from sklearn_infotheory._kernels._compile import kernel, part
from sklearn_infotheory._kernels._two_sample import NEGLIGIBLE, uniform


@part
def _fit_once(expected, counts, rows_sums):
    """Scale the fitted table once to each of its three two-way margins; return the largest step."""
    n_a, n_b = counts.shape[1], counts.shape[2]
    largest = 0.0
    for a in range(n_a):
        for b in range(n_b):
            target = counts[0, a, b] + counts[1, a, b]
            fitted = expected[0, a, b] + expected[1, a, b]
            factor = target / fitted if fitted > 0 else 0.0
            expected[0, a, b] *= factor
            expected[1, a, b] *= factor
    for d in range(2):
        for a in range(n_a):
            target, fitted = 0.0, 0.0
            for b in range(n_b):
                target += counts[d, a, b]
                fitted += expected[d, a, b]
            factor = target / fitted if fitted > 0 else 0.0
            largest = max(largest, abs(target - fitted) / rows_sums[d])
            for b in range(n_b):
                expected[d, a, b] *= factor
        for b in range(n_b):
            target, fitted = 0.0, 0.0
            for a in range(n_a):
                target += counts[d, a, b]
                fitted += expected[d, a, b]
            factor = target / fitted if fitted > 0 else 0.0
            largest = max(largest, abs(target - fitted) / rows_sums[d])
            for a in range(n_a):
                expected[d, a, b] *= factor
    return largest


@kernel
def g_beyond_margins(counts, expected):
    """G of a table (domain, a, b) against the model of no three-way interaction.

    ``expected`` receives the model, fitted by iterative proportional scaling (Deming & Stephan
    1940).
    """
    sums = np.empty(2)
    for d in range(2):
        sums[d] = counts[d].sum()
    expected[:] = 1.0
    for _ in range(500):
        if _fit_once(expected, counts, sums) < 1e-7:
            break
    g = 0.0
    for d in range(2):
        for a in range(counts.shape[1]):
            for b in range(counts.shape[2]):
                if counts[d, a, b] > 0 and expected[d, a, b] > 0:
                    g += counts[d, a, b] * math.log(counts[d, a, b] / expected[d, a, b])
    return 2 * max(g, 0.0)


@part
def _draw_binomial(n, p, state):
    """Draw from the binomial law, by inversion from the mode."""
    if p <= 0 or n == 0:
        return 0.0
    if p >= 1:
        return n
    mode = min(math.floor((n + 1) * p), n)
    log_pmf = (
        math.lgamma(n + 1) - math.lgamma(mode + 1) - math.lgamma(n - mode + 1)
        + mode * math.log(p) + (n - mode) * math.log1p(-p)
    )  # fmt: skip
    at_mode = math.exp(log_pmf)
    u = uniform(state) - at_mode
    if u < 0:
        return mode
    odds = p / (1 - p)
    up, down, p_up, p_down = mode, mode, at_mode, at_mode
    while p_up > NEGLIGIBLE or p_down > NEGLIGIBLE:
        p_up *= (n - up) / (up + 1) * odds
        up += 1
        u -= p_up
        if u < 0:
            return up
        p_down *= down / ((n - down + 1) * odds)
        down -= 1
        u -= p_down
        if u < 0:
            return down
    return mode


@kernel
def bootstrap_beyond_margins(model, n_draws, seed, out):
    """Draw tables from ``model``, the pairs (a, b) given, and write the G of each to ``out``."""
    n_a, n_b = model.shape[1], model.shape[2]
    counts, expected = np.empty((2, n_a, n_b)), np.empty((2, n_a, n_b))
    state = np.array([seed], np.uint64)
    for i in range(n_draws):
        for a in range(n_a):
            for b in range(n_b):
                total = model[0, a, b] + model[1, a, b]
                share = model[1, a, b] / total if total > 0 else 0.0
                counts[1, a, b] = _draw_binomial(np.round(total), share, state)
                counts[0, a, b] = np.round(total) - counts[1, a, b]
        out[i] = g_beyond_margins(counts, expected)
