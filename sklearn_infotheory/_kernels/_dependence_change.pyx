"""Tables (domain, a, b) and the model without three-way interaction."""

import numpy as np

from libc.math cimport exp, fabs, floor, INFINITY, lgamma, log, log1p, rint
from libc.stdint cimport int64_t, uint64_t

from sklearn_infotheory._kernels._two_sample cimport NEGLIGIBLE, uniform


cdef struct Shape:
    Py_ssize_t n_a, n_b


cdef double _fit_line(
    double *expected, const double *counts, Py_ssize_t n, Py_ssize_t step
) noexcept nogil:
    """Scale n fitted cells, ``step`` apart, to the sum of the counts; return what it was off."""
    cdef double target = 0.0, fitted = 0.0, factor
    cdef Py_ssize_t i
    for i in range(n):
        target += counts[i * step]
        fitted += expected[i * step]
    factor = target / fitted if fitted > 0 else 0.0
    for i in range(n):
        expected[i * step] *= factor
    return fabs(target - fitted)


cdef double _fit_once(
    double *expected, const double *counts, Shape shape, const double *sums
) noexcept nogil:
    """Scale the fitted table once to each of its three two-way margins; return the largest step."""
    cdef Py_ssize_t size = shape.n_a * shape.n_b, cell, d, a, b
    cdef double largest = 0.0, target, fitted, factor
    for cell in range(size):
        target = counts[cell] + counts[size + cell]
        fitted = expected[cell] + expected[size + cell]
        factor = target / (fitted if fitted > 0 else INFINITY)  # without a branch, several at once
        expected[cell] *= factor
        expected[size + cell] *= factor
    for d in range(2):
        for a in range(shape.n_a):
            cell = d * size + a * shape.n_b
            largest = max(
                largest, _fit_line(expected + cell, counts + cell, shape.n_b, 1) / sums[d]
            )
        for b in range(shape.n_b):
            cell = d * size + b
            largest = max(
                largest, _fit_line(expected + cell, counts + cell, shape.n_a, shape.n_b) / sums[d]
            )
    return largest


cdef double _g_beyond_margins(const double *counts, double *expected, Shape shape) noexcept nogil:
    cdef Py_ssize_t size = shape.n_a * shape.n_b, d, cell
    cdef double[2] sums
    cdef double g = 0.0
    cdef int i
    for d in range(2):
        sums[d] = 0.0
        for cell in range(size):
            sums[d] += counts[d * size + cell]
    for cell in range(2 * size):
        expected[cell] = 1.0
    for i in range(500):
        if _fit_once(expected, counts, shape, sums) < 1e-7:
            break
    for cell in range(2 * size):
        if counts[cell] > 0 and expected[cell] > 0:
            g += counts[cell] * log(counts[cell] / expected[cell])
    return 2 * max(g, 0.0)


def g_beyond_margins(const double[:, :, ::1] counts, double[:, :, ::1] expected):
    """G of a table (domain, a, b) against the model of no three-way interaction.

    ``expected`` receives the model, fitted by iterative proportional scaling (Deming & Stephan
    1940).
    """
    cdef Shape shape = [counts.shape[1], counts.shape[2]]
    cdef double g
    if not shape.n_a * shape.n_b:
        return 0.0
    with nogil:
        g = _g_beyond_margins(&counts[0, 0, 0], &expected[0, 0, 0], shape)
    return g


cdef double _draw_binomial(double n, double p, uint64_t *state) noexcept nogil:
    """Draw from the binomial law, by inversion from the mode."""
    cdef double mode, log_pmf, at_mode, u, odds, up, down, p_up, p_down
    if p <= 0 or n == 0:
        return 0.0
    if p >= 1:
        return n
    mode = min(floor((n + 1) * p), n)
    log_pmf = (
        lgamma(n + 1) - lgamma(mode + 1) - lgamma(n - mode + 1)
        + mode * log(p) + (n - mode) * log1p(-p)
    )
    at_mode = exp(log_pmf)
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


def bootstrap_beyond_margins(
    const double[:, :, ::1] model, int64_t n_draws, uint64_t seed, double[::1] out
):
    """Draw tables from ``model``, the pairs (a, b) given, and write the G of each to ``out``."""
    cdef Shape shape = [model.shape[1], model.shape[2]]
    cdef Py_ssize_t size = shape.n_a * shape.n_b, cell
    cdef double[::1] counts = np.empty(2 * size), expected = np.empty(2 * size)
    cdef const double *fitted
    cdef uint64_t state = seed
    cdef double total, share
    cdef int64_t i
    if not size:
        out[:n_draws] = 0.0
        return
    fitted = &model[0, 0, 0]
    with nogil:
        for i in range(n_draws):
            for cell in range(size):
                total = fitted[cell] + fitted[size + cell]
                share = fitted[size + cell] / total if total > 0 else 0.0
                counts[size + cell] = _draw_binomial(rint(total), share, &state)
                counts[cell] = rint(total) - counts[size + cell]
            out[i] = _g_beyond_margins(&counts[0], &expected[0], shape)
