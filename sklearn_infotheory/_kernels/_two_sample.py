"""Two samples of counts, split at random as often as wanted.

If reference and batch come from one law, then every split of the pooled rows into two samples of
the observed sizes is equally likely: the counts of the batch follow the multivariate hypergeometric
law, whatever that law was. Cells are drawn one after the other, each from the ordinary
hypergeometric law of what is left; the largest cell comes last and needs no drawing.
"""

from __future__ import annotations

import math

import numpy as np

from sklearn_infotheory._kernels._compile import kernel, part
from sklearn_infotheory._kernels._independence import cell_moments
from sklearn_infotheory._kernels._joint_counts import n_log_n

KL, REVERSE_KL, JEFFREYS, JS, HELLINGER, G = range(6)

_LOG_TINY = -744.4400719213812  # of the smallest positive float, in place of log 0
_TIE = 1e-12  # statistics this close, relative to 1 + |T|, are equal
_HALF_LOG_2_PI = 0.9189385332046727
NEGLIGIBLE = 1e-17  # probabilities below are left out
_NULL_NEGLIGIBLE = 1e-9  # and from moments
_LARGE_CELL = 50.0  # expected count from which a cell is as good as normal
_CERTAIN = 1e-12  # sums of probabilities above are exact

_STEP, _MIX_1, _MIX_2 = (
    np.uint64(c) for c in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
_S30, _S27, _S31, _S11 = (np.uint64(s) for s in (30, 27, 31, 11))


@part
def uniform(state):
    """Draw from [0, 1) by SplitMix64 (Steele, Lea & Flood 2014); ``state`` is one uint64."""
    state[0] += _STEP
    z = state[0]
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return float((z ^ (z >> _S31)) >> _S11) * 2.0**-53


@part
def _log_factorial(k, table):
    """Look log k! up in ``table``, or take Stirling's series beyond it."""
    if k < table.shape[0]:
        return table[np.int64(k)]
    return (k + 0.5) * math.log(k) - k + _HALF_LOG_2_PI + (1 - 1 / (30 * k * k)) / (12 * k)


@part
def _log_pmf(k, c, n, r, table):
    """Log-probability that k of c special ones are among r drawn from n."""
    return (
        _log_factorial(c, table) - _log_factorial(k, table) - _log_factorial(c - k, table)
        + _log_factorial(n - c, table) - _log_factorial(r - k, table)
        - _log_factorial(n - c - r + k, table)
        - _log_factorial(n, table) + _log_factorial(r, table) + _log_factorial(n - r, table)
    )  # fmt: skip


@part
def _draw(c, n, r, table, state):
    """Draw how many of c special ones are among r drawn from n: inversion from the mode."""
    if r == 0 or c == 0:
        return 0.0
    lowest, highest = max(0.0, r + c - n), min(r, c)
    if lowest == highest:
        return lowest
    mode = min(max(math.floor((r + 1) * (c + 1) / (n + 2)), lowest), highest)
    at_mode = math.exp(_log_pmf(mode, c, n, r, table))
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


@part
def _log(x):
    return math.log(x) if x > 0 else _LOG_TINY


@part
def _term(kind, b, a, m, n):
    """What a cell with b of m in the batch and a of n in the reference adds to the statistic."""
    if kind == G:  # equal to G up to a constant, given the pooled counts
        return (b * math.log(b) if b > 0 else 0.0) + (a * math.log(a) if a > 0 else 0.0)
    q, p = b / m, a / n
    if kind == KL:
        return q * (math.log(q) - _log(p)) if b > 0 else 0.0
    if kind == REVERSE_KL:
        return p * (math.log(p) - _log(q)) if a > 0 else 0.0
    if kind == JEFFREYS:
        return (q - p) * (_log(q) - _log(p))
    if kind == HELLINGER:
        root = math.sqrt(q) - math.sqrt(p)
        return root * root / 2
    middle = (q + p) / 2
    return (
        (q * math.log(q / middle) if b > 0 else 0.0) + (p * math.log(p / middle) if a > 0 else 0.0)
    ) / 2


@part
def _gather(reference, batch, start, stop, whole, a, b, first):
    """Copy the cells of a stratum that occur behind ``first``, by ascending pooled counts.

    With ``whole``, counts are rounded so that their running sums are off by at most one half.
    Returns where the stratum ends: at once, if it cannot be split otherwise.
    """
    last, n, m, n_whole, m_whole = first, 0.0, 0.0, 0.0, 0.0
    for x in range(start, stop):
        n += reference[x]
        m += batch[x]
        u, v = reference[x], batch[x]
        if whole:
            u, v = np.round(n) - n_whole, np.round(m) - m_whole
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


@part
def _statistic(kind, a, b, ends, sums):
    """Sum the terms of all cells; those of stratum s end at ``ends[s]``."""
    total, x = 0.0, 0
    for s in range(ends.shape[0]):
        while x < ends[s]:
            total += _term(kind, b[x], a[x], sums[1, s], sums[0, s])
            x += 1
    return total


@part
def _sum_strata(a, b, ends, sums):
    """Sum the counts of each stratum, and find the least expected count of the smaller sample."""
    least, x = np.inf, 0
    for s in range(ends.shape[0]):
        first = x
        sums[0, s] = sums[1, s] = 0.0
        while x < ends[s]:
            sums[0, s] += a[x]
            sums[1, s] += b[x]
            x += 1
        if x > first:
            smaller = min(sums[0, s], sums[1, s]) / (sums[0, s] + sums[1, s])
            least = min(least, smaller * (a[first] + b[first]))
    return least


@part
def _g_test(a, b, ends, sums, table):
    """G, its null mean and variance, and its degrees of freedom, summed over strata."""
    g, mean, variance, freedom, x = 0.0, 0.0, 0.0, 0.0, 0
    for s in range(ends.shape[0]):
        first, spread, squares = x, 0.0, 0.0
        n, m = sums[0, s], sums[1, s]
        share = m / (n + m)
        while x < ends[s]:
            c = a[x] + b[x]
            g += n_log_n(b[x], table) + n_log_n(a[x], table)
            g -= b[x] * math.log(c * share) + a[x] * math.log(c * (1 - share))
            if n + m >= 2:
                e, v = cell_moments(n + m, c, m, True, table)
                mean += e
                spread += v
                squares += (1 - c / (n + m)) ** 2
            x += 1
        cells = ends[s] - first
        if cells > 0 and n + m >= 2:
            # The variances of large cells sum to 2 sum (1 - f)^2, that of G is 2 (cells - 1).
            variance += spread * (cells - 1) / squares
            freedom += cells - 1
    return 2 * max(g, 0.0), 2 * mean, 4 * variance, freedom


@part
def _as_extreme(statistic, observed, tie):
    """Return 1 for a statistic above the observed one, ``tie`` for one equal to it, else 0."""
    tolerance = _TIE * (1 + abs(observed))
    if statistic > observed + tolerance:
        return 1.0
    return tie if statistic >= observed - tolerance else 0.0


@part
def _count_as_extreme(kind, a, b, ends, sums, n_permutations, tie, state, table):
    """Count the random splits, within strata, whose statistic is at least the observed one."""
    observed = _statistic(kind, a, b, ends, sums)
    found = 0.0
    for _ in range(n_permutations):
        total, x = 0.0, 0
        for s in range(ends.shape[0]):
            n, m = sums[0, s], sums[1, s]
            rest, wanted = n + m, m
            while x < ends[s]:
                c = a[x] + b[x]
                drawn = wanted if x + 1 == ends[s] else _draw(c, rest, wanted, table, state)
                total += _term(kind, drawn, c - drawn, m, n)
                rest -= c
                wanted -= drawn
                x += 1
        found += _as_extreme(total, observed, tie)
    return found


@part
def _share_as_extreme(kind, a, b, n, m, tie, table):
    """P(T >= the T observed) over the splits of two cells, from the mode to negligible ones."""
    first, second, total = a[0] + b[0], a[1] + b[1], n + m
    observed = _term(kind, b[0], a[0], m, n) + _term(kind, b[1], a[1], m, n)
    lowest, highest = max(0.0, m - second), min(m, first)
    mode = min(max(math.floor((m + 1) * (first + 1) / (total + 2)), lowest), highest)
    p = 0.0
    for direction in (1.0, -1.0):
        k = mode if direction > 0 else mode - 1
        while lowest <= k <= highest:
            mass = math.exp(_log_pmf(k, first, total, m, table))
            if mass < NEGLIGIBLE:
                break
            t = _term(kind, k, first - k, m, n) + _term(kind, m - k, second - m + k, m, n)
            p += mass * _as_extreme(t, observed, tie)
            k += direction
    return min(p, 1.0)


@kernel
def split_tests(
    kind, reference, batch, starts, strata, large, n_permutations, tie, seeds, tables, scratch, out
):  # fmt: skip
    """Test whether samples are random splits of their sum, within strata, feature by feature.

    The cells of stratum s begin at ``starts[s]``, the strata of feature j at ``strata[j]``.
    ``tables`` are of log k! and of k log k; ``scratch`` has two rows, as long as the cells of the
    largest feature. A split that ties with the observed one counts as ``tie``. ``out[j]`` receives
    the statistic; G, its mean, variance and freedom; the p-value by splits, and whether any was as
    extreme; then, of two cells, the first, its sum, the batch, and all rows. The p-value is NaN
    where G is enough: where it is tiny, of two cells, or where there are more, each expected to
    have ``large`` rows of the smaller sample.
    """
    log_factorials, n_log_n_table = tables
    for j in range(strata.shape[0] - 1):
        out[j, :] = np.nan
        n_strata = strata[j + 1] - strata[j]
        ends, sums = np.empty(n_strata, np.int64), np.empty((2, n_strata))
        whole = True
        for x in range(starts[strata[j]], starts[strata[j + 1]]):
            whole &= reference[x] % 1 == 0 and batch[x] % 1 == 0
        a, b = scratch
        for rounded in range(2 - whole):
            last = 0
            for s in range(n_strata):
                begin, stop = starts[strata[j] + s], starts[strata[j] + s + 1]
                last = _gather(reference, batch, begin, stop, rounded == 1, a, b, last)
                ends[s] = last
            least = _sum_strata(a, b, ends, sums)
            if rounded == 0:
                out[j, 0] = _statistic(kind, a, b, ends, sums)
                test = _g_test(a, b, ends, sums, n_log_n_table)
                out[j, 1], out[j, 2], out[j, 3], out[j, 4] = test
                exceeds = least >= large
        if last == 2 and whole:
            out[j, 7], out[j, 8] = b[0], a[0] + b[0]
            out[j, 9], out[j, 10] = sums[1].sum(), sums.sum()
        if last == 0:
            out[j, 5], out[j, 6] = 1.0, 1.0
        elif last == 2:
            n, m = sums[0].sum(), sums[1].sum()
            p = _share_as_extreme(kind, a, b, n, m, tie, log_factorials)
            out[j, 5], out[j, 6] = (p, 1.0) if p > _CERTAIN else (np.nan, 0.0)
        elif not exceeds:
            state = np.array([seeds[j]], np.uint64)
            found = _count_as_extreme(
                kind, a, b, ends, sums, n_permutations, tie, state, log_factorials
            )
            out[j, 5], out[j, 6] = (1 + found) / (1 + n_permutations), 1.0 if found > 0 else 0.0


@part
def _smoothed_term(kind, b, a, m, n, cells):
    """What a cell adds to a divergence whose logarithms of the other law are smoothed."""
    if kind in (JS, HELLINGER):
        return _term(kind, b, a, m, n)
    q, p = b / m, a / n
    t = 0.0
    if kind != REVERSE_KL and b > 0:
        t += q * (math.log(q) - math.log((a + 0.5) / (n + cells / 2)))
    if kind != KL and a > 0:
        t += p * (math.log(p) - math.log((b + 0.5) / (m + cells / 2)))
    if kind == KL:
        t += p - q  # cancels over the cells, but not from the variance of one
    elif kind == REVERSE_KL:
        t += q - p
    return t


@part
def _effect_of_smoothing(kind, share, m, n, cells):
    """What smoothing adds to the term of a large cell, to first order; over all cells, nothing."""
    total = 0.0
    if kind in (KL, JEFFREYS):
        total += (share * cells - 1) / (2 * n)
    if kind in (REVERSE_KL, JEFFREYS):
        total += (share * cells - 1) / (2 * m)
    return total


@part
def _null_moments_of_cell(kind, c, total, m, cells, table):
    """Mean and variance of a cell's term if c of all rows are in the cell, whatever the sample."""
    lowest, highest = max(0.0, m + c - total), min(m, c)
    mode = min(max(math.floor((m + 1) * (c + 1) / (total + 2)), math.ceil(lowest)), highest)
    at_mode = math.exp(_log_pmf(mode, c, total, m, table))
    sum_p, sum_t, sum_tt = 0.0, 0.0, 0.0
    for direction in (1.0, -1.0):
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
    return mean, max(sum_tt / sum_p - mean * mean, 0.0)


@kernel
def null_moments_of_divergences(kind, reference, batch, unit, table, out):
    """Mean and variance of smoothed divergences over all splits of the pooled counts, row by row.

    Large cells are taken for ``unit[j]`` times chi-square. The variances of the cells are summed,
    and scaled as those of G are.
    """
    for j in range(reference.shape[0]):
        n, m, cells = reference[j].sum(), batch[j].sum(), 0
        for x in range(reference.shape[1]):
            cells += reference[j, x] + batch[j, x] > 0
        out[j, 0] = out[j, 1] = 0.0
        if cells < 2 or min(n, m) < 1:
            continue
        squares = 0.0
        for x in range(reference.shape[1]):
            c = reference[j, x] + batch[j, x]
            if c == 0:
                continue
            rest = 1 - c / (n + m)
            if c * min(n, m) >= _LARGE_CELL * (n + m):
                mean = unit[j] * rest
                variance = 2 * mean * mean
                mean += _effect_of_smoothing(kind, c / (n + m), m, n, cells)
            else:
                mean, variance = _null_moments_of_cell(kind, c, n + m, m, cells, table)
            squares += rest * rest
            out[j, 0] += mean
            out[j, 1] += variance
        out[j, 1] *= (cells - 1) / squares
