"""The slow twin of the null moments of one cell."""

import numpy as np
from scipy.special import xlogy
from scipy.stats import hypergeom


def moments_by_definition(n, r, c, both):
    """Mean and variance of g(N), or of g(N) + g(r - N), over all N."""
    k = np.arange(max(0, r + c - n), min(r, c) + 1)
    p = hypergeom.pmf(k, n, r, c)

    def g(count, mean):
        return xlogy(count, count) - mean * np.log(mean) - (1 + np.log(mean)) * (count - mean)

    mean = r * c / n
    value = g(k, mean) + (g(r - k, r - mean) if both else 0)
    expectation = p @ value
    return expectation, p @ (value - expectation) ** 2
