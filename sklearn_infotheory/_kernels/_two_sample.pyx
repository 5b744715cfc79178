"""Two samples of counts, split at random as often as wanted.

If reference and batch come from one law, then every split of the pooled rows into two samples of
the observed sizes is equally likely: the counts of the batch follow the multivariate hypergeometric
law, whatever that law was. Cells are drawn one after the other, each from the ordinary
hypergeometric law of what is left; the largest cell comes last and needs no drawing.
"""

import numpy as np

from libc.math cimport ceil, exp, fabs, floor, INFINITY, log, NAN, rint, sqrt
from libc.stdint cimport int64_t, uint64_t

from sklearn_infotheory._kernels._independence cimport Moments, Test, moments_of_cell
from sklearn_infotheory._kernels._joint_counts cimport Table, as_table, n_log_n


cdef enum:  # as callers number them
    KL
    REVERSE_KL
    JEFFREYS
    JS
    HELLINGER
    G

cdef double _LOG_TINY = -744.4400719213812  # of the smallest positive float, in place of log 0
cdef double _TIE = 1e-12  # statistics this close, relative to 1 + |T|, are equal
cdef double _HALF_LOG_2_PI = 0.9189385332046727
NEGLIGIBLE = 1e-17
cdef double _NULL_NEGLIGIBLE = 1e-9  # probabilities below are left out of moments
cdef double _LARGE_CELL = 50.0  # expected count from which a cell is as good as normal
cdef double _CERTAIN = 1e-12  # sums of probabilities above are exact


cdef struct Samples:
    double *a  # counts of the reference in the cells of one stratum after the other
    double *b  # counts of the batch
    int64_t *ends  # where the cells of each stratum end
    double *n  # sum of a in each stratum
    double *m  # sum of b, behind those of a
    Py_ssize_t n_strata


cdef inline double _log_factorial(double k, Table table) noexcept nogil:
    """Look log k! up in ``table``, or take Stirling's series beyond it."""
    if k < <double> table.size:
        return table.values[<int64_t> k]
    return (k + 0.5) * log(k) - k + _HALF_LOG_2_PI + (1 - 1 / (30 * k * k)) / (12 * k)


cdef inline double _log_pmf(double k, double c, double n, double r, Table table) noexcept nogil:
    """Log-probability that k of c special ones are among r drawn from n."""
    return (
        _log_factorial(c, table) - _log_factorial(k, table) - _log_factorial(c - k, table)
        + _log_factorial(n - c, table) - _log_factorial(r - k, table)
        - _log_factorial(n - c - r + k, table)
        - _log_factorial(n, table) + _log_factorial(r, table) + _log_factorial(n - r, table)
    )


cdef double _draw(double c, double n, double r, Table table, uint64_t *state) noexcept nogil:
    """Draw how many of c special ones are among r drawn from n: inversion from the mode."""
    cdef double lowest, highest, mode, at_mode, u, up, down, p_up, p_down
    if r == 0 or c == 0:
        return 0.0
    lowest, highest = max(0.0, r + c - n), min(r, c)
    if lowest == highest:
        return lowest
    mode = min(max(floor((r + 1) * (c + 1) / (n + 2)), lowest), highest)
    at_mode = exp(_log_pmf(mode, c, n, r, table))
    u = uniform(state) - at_mode
    if u < 0:
        return mode
    up, down, p_up, p_down = mode, mode, at_mode, at_mode
    while p_up > NEGLIGIBLE or p_down > NEGLIGIBLE:
        # Where a border is reached, its factor is 0, and so is what follows.
        p_up *= (c - up) * (r - up) / ((up + 1) * (n - c - r + up + 1))
        up += 1
        u -= p_up
        if u < 0:
            return up
        p_down *= down * (n - c - r + down) / ((c - down + 1) * (r - down + 1))
        down -= 1
        u -= p_down
        if u < 0:
            return down
    return mode  # rounding errors only


cdef inline double _log(double x) noexcept nogil:
    return log(x) if x > 0 else _LOG_TINY


cdef inline double _term(int kind, double b, double a, double m, double n) noexcept nogil:
    """What a cell with b of m in the batch and a of n in the reference adds to the statistic."""
    cdef double q, p, root, middle
    if kind == G:  # equal to G up to a constant, given the pooled counts
        return (b * log(b) if b > 0 else 0.0) + (a * log(a) if a > 0 else 0.0)
    q, p = b / m, a / n
    if kind == KL:
        return q * (log(q) - _log(p)) if b > 0 else 0.0
    if kind == REVERSE_KL:
        return p * (log(p) - _log(q)) if a > 0 else 0.0
    if kind == JEFFREYS:
        return (q - p) * (_log(q) - _log(p))
    if kind == HELLINGER:
        root = sqrt(q) - sqrt(p)
        return root * root / 2
    if kind != JS:
        return NAN  # a divergence whose term is missing here is no other one
    middle = (q + p) / 2
    return (
        (q * log(q / middle) if b > 0 else 0.0) + (p * log(p / middle) if a > 0 else 0.0)
    ) / 2


cdef Py_ssize_t _gather(
    const double *reference, const double *batch, int64_t n_cells, bint whole, Samples *to,
    Py_ssize_t first,
) noexcept nogil:
    """Copy the cells of a stratum that occur behind ``first``, by ascending pooled counts.

    With ``whole``, counts are rounded so that their running sums are off by at most one half.
    Returns where the stratum ends: at once, if it cannot be split otherwise.
    """
    cdef double *a = to.a
    cdef double *b = to.b
    cdef double n = 0.0, m = 0.0, n_whole = 0.0, m_whole = 0.0, u, v
    cdef Py_ssize_t x, y, last = first
    for x in range(n_cells):
        u, v = reference[x], batch[x]
        n += u
        m += v
        if whole:
            u, v = rint(n) - n_whole, rint(m) - m_whole
            n_whole += u
            m_whole += v
        if u + v == 0:
            continue
        y = last
        while y > first and a[y - 1] + b[y - 1] > u + v:
            a[y], b[y] = a[y - 1], b[y - 1]
            y -= 1
        a[y], b[y] = u, v
        last += 1
    return last if last - first > 1 and min(n, m) > 0 else first


cdef double _statistic(int kind, Samples *of) noexcept nogil:
    """Sum the terms of all cells."""
    cdef double total = 0.0
    cdef Py_ssize_t s, x = 0
    for s in range(of.n_strata):
        while x < of.ends[s]:
            total += _term(kind, of.b[x], of.a[x], of.m[s], of.n[s])
            x += 1
    return total


cdef double _sum_strata(Samples *of) noexcept nogil:
    """Sum the counts of each stratum, and find the least expected count of the smaller sample."""
    cdef double least = INFINITY, n, m
    cdef Py_ssize_t s, first, x = 0
    for s in range(of.n_strata):
        first, n, m = x, 0.0, 0.0
        while x < of.ends[s]:
            n += of.a[x]
            m += of.b[x]
            x += 1
        of.n[s], of.m[s] = n, m
        if x > first:
            least = min(least, min(n, m) / (n + m) * (of.a[first] + of.b[first]))
    return least


cdef Test _g_test(Samples *of, Table table) noexcept nogil:
    """G, its null mean and variance, and its degrees of freedom, summed over strata."""
    cdef double g = 0.0, mean = 0.0, variance = 0.0, freedom = 0.0
    cdef double spread, squares, n, m, share, a, b, c, rest
    cdef Py_ssize_t s, first, cells, x = 0
    cdef Moments moments
    cdef Test found
    for s in range(of.n_strata):
        first, spread, squares = x, 0.0, 0.0
        n, m = of.n[s], of.m[s]
        share = m / (n + m)
        while x < of.ends[s]:
            a, b = of.a[x], of.b[x]
            c = a + b
            g += n_log_n(b, table) + n_log_n(a, table)
            g -= b * log(c * share) + a * log(c * (1 - share))
            if n + m >= 2:
                moments = moments_of_cell(n + m, c, m, True, table)
                mean += moments.mean
                spread += moments.variance
                rest = 1 - c / (n + m)
                squares += rest * rest
            x += 1
        cells = of.ends[s] - first
        if cells > 0 and n + m >= 2:
            # The variances of large cells sum to 2 sum (1 - f)^2, that of G is 2 (cells - 1).
            variance += spread * (cells - 1) / squares
            freedom += cells - 1
    found.g, found.mean, found.variance = 2 * max(g, 0.0), 2 * mean, 4 * variance
    found.freedom = freedom
    return found


cdef inline double _as_extreme(double statistic, double observed, double tie) noexcept nogil:
    """Return 1 for a statistic above the observed one, ``tie`` for one equal to it, else 0."""
    cdef double tolerance = _TIE * (1 + fabs(observed))
    if statistic > observed + tolerance:
        return 1.0
    return tie if statistic >= observed - tolerance else 0.0


cdef double _count_as_extreme(
    int kind, Samples *of, int64_t n_permutations, double tie, uint64_t seed, Table table
) noexcept nogil:
    """Count the random splits, within strata, whose statistic is at least the observed one."""
    cdef double observed = _statistic(kind, of), found = 0.0
    cdef double total, n, m, rest, wanted, c, drawn
    cdef uint64_t state = seed
    cdef int64_t i
    cdef Py_ssize_t s, x
    for i in range(n_permutations):
        total, x = 0.0, 0
        for s in range(of.n_strata):
            n, m = of.n[s], of.m[s]
            rest, wanted = n + m, m
            while x < of.ends[s]:
                c = of.a[x] + of.b[x]
                drawn = wanted if x + 1 == of.ends[s] else _draw(c, rest, wanted, table, &state)
                total += _term(kind, drawn, c - drawn, m, n)
                rest -= c
                wanted -= drawn
                x += 1
        found += _as_extreme(total, observed, tie)
    return found


cdef double _share_as_extreme(
    int kind, const double *a, const double *b, double n, double m, double tie, Table table
) noexcept nogil:
    """P(T >= the T observed) over the splits of two cells, from the mode to negligible ones."""
    cdef double first = a[0] + b[0], second = a[1] + b[1], total = n + m
    cdef double observed = _term(kind, b[0], a[0], m, n) + _term(kind, b[1], a[1], m, n)
    cdef double lowest = max(0.0, m - second), highest = min(m, first)
    cdef double mode = min(max(floor((m + 1) * (first + 1) / (total + 2)), lowest), highest)
    cdef double p = 0.0, k, mass, t
    cdef int direction
    for direction in range(1, -2, -2):  # up, down
        k = mode if direction > 0 else mode - 1
        while lowest <= k <= highest:
            mass = exp(_log_pmf(k, first, total, m, table))
            if mass < NEGLIGIBLE:
                break
            t = _term(kind, k, first - k, m, n) + _term(kind, m - k, second - m + k, m, n)
            p += mass * _as_extreme(t, observed, tie)
            k += direction
    return min(p, 1.0)


cdef inline bint _is_whole(double x) noexcept nogil:
    return x - floor(x) == 0  # infinity is not


cdef double _sum(const double *values, Py_ssize_t n) noexcept nogil:
    cdef double total = 0.0
    cdef Py_ssize_t i
    for i in range(n):
        total += values[i]
    return total


def split_tests(
    int kind, const double[::1] reference, const double[::1] batch, const int64_t[::1] starts,
    const int64_t[::1] strata, double large, int64_t n_permutations, double tie,
    const uint64_t[::1] seeds, tuple tables, double[:, ::1] scratch, double[:, ::1] out,
):
    """Test whether samples are random splits of their sum, within strata, feature by feature.

    The cells of stratum s begin at ``starts[s]``, the strata of feature j at ``strata[j]``.
    ``tables`` are of log k! and of k log k; ``scratch`` has two rows, as long as the cells of the
    largest feature. A split that ties with the observed one counts as ``tie``. ``out[j]`` receives
    the statistic; G, its mean, variance and freedom; the p-value by splits, and whether any was as
    extreme; then, of two cells, the first, its sum, the batch, and all rows. The p-value is NaN
    where G is enough: where it is tiny, of two cells, or where there are more, each expected to
    have ``large`` rows of the smaller sample.
    """
    cdef const double[::1] log_factorials = tables[0], n_log_n_table = tables[1]
    cdef Table factorials = as_table(log_factorials), logs = as_table(n_log_n_table)
    cdef Py_ssize_t most = np.diff(strata).max(initial=0)
    cdef int64_t[::1] ends = np.empty(most, np.int64)
    cdef double[::1] sums = np.empty(2 * most)
    cdef bint has_cells = scratch.shape[1] > 0
    cdef const double *all_of_reference = &reference[0] if reference.shape[0] else NULL
    cdef const double *all_of_batch = &batch[0] if batch.shape[0] else NULL
    cdef Samples both
    cdef Py_ssize_t j, s, x, last = 0
    cdef int64_t begin
    cdef double least, p, found
    cdef bint whole, exceeds = False
    cdef int rounded
    cdef Test test
    both.a, both.b = &scratch[0, 0] if has_cells else NULL, &scratch[1, 0] if has_cells else NULL
    both.ends, both.n = &ends[0] if most else NULL, &sums[0] if most else NULL
    with nogil:
        for j in range(strata.shape[0] - 1):
            out[j, :] = NAN
            both.n_strata = strata[j + 1] - strata[j]
            both.m = both.n + both.n_strata
            whole = True
            for x in range(starts[strata[j]], starts[strata[j + 1]]):
                whole &= _is_whole(reference[x]) and _is_whole(batch[x])
            for rounded in range(2 - whole):
                last = 0
                for s in range(both.n_strata):
                    begin = starts[strata[j] + s]
                    last = _gather(
                        all_of_reference + begin, all_of_batch + begin,
                        starts[strata[j] + s + 1] - begin, rounded, &both, last,
                    )
                    both.ends[s] = last
                least = _sum_strata(&both)
                if not rounded:
                    out[j, 0] = _statistic(kind, &both)
                    test = _g_test(&both, logs)
                    out[j, 1], out[j, 2], out[j, 3], out[j, 4] = (
                        test.g, test.mean, test.variance, test.freedom
                    )
                    exceeds = least >= large
            if last == 2 and whole:
                out[j, 7], out[j, 8] = both.b[0], both.a[0] + both.b[0]
                out[j, 9] = _sum(both.m, both.n_strata)
                out[j, 10] = _sum(both.n, 2 * both.n_strata)
            if last == 0:
                out[j, 5], out[j, 6] = 1.0, 1.0
            elif last == 2:
                p = _share_as_extreme(
                    kind, both.a, both.b, _sum(both.n, both.n_strata),
                    _sum(both.m, both.n_strata), tie, factorials,
                )
                out[j, 5], out[j, 6] = p if p > _CERTAIN else NAN, p > _CERTAIN
            elif not exceeds:
                found = _count_as_extreme(
                    kind, &both, n_permutations, tie, seeds[j], factorials
                )
                out[j, 5], out[j, 6] = (1 + found) / (1 + n_permutations), found > 0


cdef inline double _smoothed_term(
    int kind, double b, double a, double m, double n, Py_ssize_t cells
) noexcept nogil:
    """What a cell adds to a divergence whose logarithms of the other law are smoothed."""
    cdef double q, p, t = 0.0, half = <double> cells / 2
    if kind == JS or kind == HELLINGER:
        return _term(kind, b, a, m, n)
    q, p = b / m, a / n
    if kind != REVERSE_KL and b > 0:
        t += q * (log(q) - log((a + 0.5) / (n + half)))
    if kind != KL and a > 0:
        t += p * (log(p) - log((b + 0.5) / (m + half)))
    if kind == KL:
        t += p - q  # cancels over the cells, but not from the variance of one
    elif kind == REVERSE_KL:
        t += q - p
    return t


cdef double _effect_of_smoothing(
    int kind, double share, double m, double n, Py_ssize_t cells
) noexcept nogil:
    """What smoothing adds to the term of a large cell, to first order; over all cells, nothing."""
    cdef double total = 0.0
    if kind == KL or kind == JEFFREYS:
        total += (share * cells - 1) / (2 * n)
    if kind == REVERSE_KL or kind == JEFFREYS:
        total += (share * cells - 1) / (2 * m)
    return total


cdef Moments _null_moments_of_cell(
    int kind, double c, double total, double m, Py_ssize_t cells, Table table
) noexcept nogil:
    """Mean and variance of a cell's term if c of all rows are in the cell, whatever the sample."""
    cdef double lowest = max(0.0, m + c - total), highest = min(m, c)
    cdef double mode = min(max(floor((m + 1) * (c + 1) / (total + 2)), ceil(lowest)), highest)
    cdef double at_mode = exp(_log_pmf(mode, c, total, m, table))
    cdef double sum_p = 0.0, sum_t = 0.0, sum_tt = 0.0, k, mass, t, mean
    cdef int direction
    cdef Moments found
    for direction in range(1, -2, -2):  # up, down
        k, mass = mode, at_mode
        while mass >= _NULL_NEGLIGIBLE:
            if direction > 0 or k < mode:  # the mode counts once
                t = _smoothed_term(kind, k, c - k, m, total - m, cells)
                sum_p += mass
                sum_t += mass * t
                sum_tt += mass * t * t
            if direction > 0:
                mass *= (c - k) * (m - k) / ((k + 1) * (total - c - m + k + 1))
            else:
                mass *= k * (total - c - m + k) / ((c - k + 1) * (m - k + 1))
            k += direction
    mean = sum_t / sum_p
    found.mean, found.variance = mean, max(sum_tt / sum_p - mean * mean, 0.0)
    return found


cdef Moments _null_moments(
    int kind, const double *reference, const double *batch, Py_ssize_t n_cells, double unit,
    Table table,
) noexcept nogil:
    """Mean and variance of one smoothed divergence, see below."""
    cdef double n = _sum(reference, n_cells), m = _sum(batch, n_cells)
    cdef double c, rest, squares = 0.0
    cdef Py_ssize_t x, cells = 0
    cdef Moments cell, total = [0.0, 0.0]
    for x in range(n_cells):
        cells += reference[x] + batch[x] > 0
    if cells < 2 or min(n, m) < 1:
        return total
    for x in range(n_cells):
        c = reference[x] + batch[x]
        if c == 0:
            continue
        rest = 1 - c / (n + m)
        if c * min(n, m) >= _LARGE_CELL * (n + m):
            cell.mean = unit * rest
            cell.variance = 2 * cell.mean * cell.mean
            cell.mean += _effect_of_smoothing(kind, c / (n + m), m, n, cells)
        else:
            cell = _null_moments_of_cell(kind, c, n + m, m, cells, table)
        squares += rest * rest
        total.mean += cell.mean
        total.variance += cell.variance
    total.variance *= (cells - 1) / squares
    return total


def null_moments_of_divergences(
    int kind, const double[:, ::1] reference, const double[:, ::1] batch, const double[::1] unit,
    const double[::1] table, double[:, ::1] out,
):
    """Mean and variance of smoothed divergences over all splits of the pooled counts, row by row.

    Large cells are taken for ``unit[j]`` times chi-square. The variances of the cells are summed,
    and scaled as those of G are.
    """
    cdef Table factorials = as_table(table)
    cdef Py_ssize_t j, n_cells = reference.shape[1]
    cdef Moments found
    if not n_cells:
        out[:] = 0.0
        return
    with nogil:
        for j in range(reference.shape[0]):
            found = _null_moments(
                kind, &reference[j, 0], &batch[j, 0], n_cells, unit[j], factorials
            )
            out[j, 0], out[j, 1] = found.mean, found.variance
