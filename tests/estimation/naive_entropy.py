"""Slow, obvious twins of the estimators of entropy, each written from its definition alone.

They take a list of whole counts, one a state, and return nats.
"""

import math

import numpy as np
from scipy.integrate import quad
from scipy.special import gammaln, polygamma, psi


def plugin(counts, n_states=None):
    n = sum(counts)
    return -math.fsum(c / n * math.log(c / n) for c in counts if c)


def miller_madow(counts, n_states=None):
    m = sum(c > 0 for c in counts) if n_states is None else n_states
    return plugin(counts) + (m - 1) / (2 * sum(counts))


def grassberger88(counts, n_states=None):
    n = sum(counts)
    return math.fsum(c / n * (math.log(n) - psi(c) - (-1) ** c / (c + 1)) for c in counts if c)


def grassberger_g(c):
    """G_1 = -gamma - log 2, G_2 = G_1 + 2, G_(2m+1) = G_2m, G_(2m+2) = G_2m + 2 / (2m + 1)."""
    if c == 1:
        return -np.euler_gamma - math.log(2)
    if c == 2:
        return 2 - np.euler_gamma - math.log(2)
    return grassberger_g(c - 1) if c % 2 else grassberger_g(c - 2) + 2 / (c - 1)


def grassberger03(counts, n_states=None):
    n = sum(counts)
    return math.log(n) - math.fsum(c * grassberger_g(c) for c in counts if c) / n


def chao_shen(counts, n_states=None):
    n, once = sum(counts), sum(c == 1 for c in counts)
    coverage = 1 - (once if once < n else n - 1) / n
    shares = [coverage * c / n for c in counts if c]
    return -math.fsum(p * math.log(p) / (1 - (1 - p) ** n) for p in shares)


def zhang(counts, n_states=None):
    """Sum over v of Z_v / v, Z_v = sum_i p_i prod_(j <= v) (1 - (c_i - 1) / (n - j)) (2012)."""
    n, total = sum(counts), 0.0
    for c in counts:
        product = 1.0
        for v in range(1, n - c + 1):
            product *= 1 - (c - 1) / (n - v)
            total += c / n * product / v
    return total


def chao_wang_jost(counts, n_states=None):
    """Their equation 7, its sums written out."""
    n = sum(counts)
    once, twice = (sum(c == k for c in counts) for k in (1, 2))
    seen = sum(c / n * sum(1 / k for k in range(c, n)) for c in counts if c)
    if once == 0:
        return seen
    a = 2 * twice / ((n - 1) * once + 2 * twice) if twice else 2 / ((n - 1) * (once - 1) + 2)
    if a == 1:
        return seen
    # (1 - a)^(1 - n) (-log a - sum_(r < n) (1 - a)^r / r), the logarithm being the whole series.
    rest = math.fsum((1 - a) ** (j + 1) / (n + j) for j in range(int(50 / a)))
    return seen + once / n * rest


def james_stein(counts, n_states=None):
    counts = [c for c in counts if c]
    n, k = sum(counts), len(counts) if n_states is None else n_states
    p = [c / n for c in counts] + [0.0] * (k - len(counts))
    distance = sum((1 / k - q) ** 2 for q in p)
    share = 1.0 if n == 1 or distance == 0 else (1 - sum(q * q for q in p)) / (n - 1) / distance
    share = min(share, 1.0)
    shrunk = [share / k + (1 - share) * q for q in p]
    return -math.fsum(q * math.log(q) for q in shrunk if q)


def jackknife(counts, n_states=None):
    n = sum(counts)
    if n == 1:
        return 0.0
    without = math.fsum(c / n * plugin(without_one(counts, i)) for i, c in enumerate(counts) if c)
    return n * plugin(counts) - (n - 1) * without


def without_one(counts, state):
    return [c - (i == state) for i, c in enumerate(counts)]


def nsb(counts, n_states):
    """Posterior mean and standard deviation by quadrature over log beta, state by state."""
    c = np.array([*(c for c in counts if c)] + [0] * n_states, float)[:n_states]
    n = c.sum()

    def log_posterior(log_beta):
        b = math.exp(log_beta)
        likelihood = (gammaln(c + b) - gammaln(b)).sum()
        likelihood += gammaln(n_states * b) - gammaln(n + n_states * b)
        density = n_states * polygamma(1, n_states * b + 1) - polygamma(1, b + 1)
        return likelihood + math.log(density) + log_beta

    def moments(log_beta):
        """Wolpert and Wolf (1995), theorems 4 and 5."""
        a = c + math.exp(log_beta)
        total = a.sum()
        mean = psi(total + 1) - (a / total * psi(a + 1)).sum()
        u, away = psi(a + 1) - psi(total + 2), polygamma(1, total + 2)
        pairs = np.outer(a, a) * (np.outer(u, u) - away)
        own = a * (a + 1) * ((psi(a + 2) - psi(total + 2)) ** 2 + polygamma(1, a + 2) - away)
        return mean, (pairs.sum() - np.trace(pairs) + own.sum()) / (total * (total + 1))

    grid = np.linspace(-25, 10, 1000)
    heights = [log_posterior(g) for g in grid]
    peak, height = grid[np.argmax(heights)], max(heights)

    def integral(f):
        def weighted(g):
            return math.exp(log_posterior(g) - height) * f(g)

        return quad(weighted, -25, 10, points=[peak], limit=300)[0]

    whole = integral(lambda g: 1.0)
    mean = integral(lambda g: moments(g)[0]) / whole
    return mean, math.sqrt(integral(lambda g: moments(g)[1]) / whole - mean**2)
