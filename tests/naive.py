"""Slow, obvious twins of the library, each written from its definition alone.

A *code column* is a 1-d array of integers. Wherever a variable is asked for, a list of code columns
stands for their joint variable. A weight of k equals k repetitions of the row, so a weight of 0
equals its absence. Everything is in nats.
"""

import math
from collections import namedtuple
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise

import numpy as np
from scipy.stats import hypergeom

# Scores this close to the best, relative to max(1, |best|), are equal.
TIE_TOLERANCE = 1e-12

# Peng's guard of the quotient, 1e-4 bits.
QUOTIENT_GUARD = 1e-4 * math.log(2)


# --- Information -----------------------------------------------------------------------------


def _columns(variable):
    """List the code columns of a variable: itself, or those of a joint one."""
    is_joint = isinstance(variable, (list, tuple)) and all(np.ndim(c) == 1 for c in variable)
    return list(variable) if is_joint else [variable]


def _marginal(counts, positions):
    """Sum the counts of joint cells over all but the given positions of the cell."""
    marginal = {}
    for cell, count in counts.items():
        part = tuple(cell[position] for position in positions)
        marginal[part] = marginal.get(part, 0.0) + count
    return marginal


def joint_counts(*codes, weights=None):
    """Count every occupied cell: {(a, b, ...): sum of the weights of its rows}."""
    columns = [np.asarray(column).tolist() for column in codes]
    weights = np.ones(len(columns[0])) if weights is None else np.asarray(weights, dtype=float)
    counts = {}
    for cell, weight in zip(zip(*columns, strict=True), weights.tolist(), strict=True):
        if weight > 0:
            counts[cell] = counts.get(cell, 0.0) + weight
    return counts


def entropy(*codes, weights=None):
    """Entropy of the joint variable, H = -sum p ln p (Shannon 1948)."""
    counts = joint_counts(*codes, weights=weights)
    n = sum(counts.values())
    return -math.fsum(count / n * math.log(count / n) for count in counts.values())


def mutual_information(x, y, weights=None):
    """I(X;Y) = sum p(x,y) ln[p(x,y) / (p(x) p(y))] (Shannon 1948)."""
    xs, ys = _columns(x), _columns(y)
    n_xy = joint_counts(*xs, *ys, weights=weights)
    n_x = _marginal(n_xy, range(len(xs)))
    n_y = _marginal(n_xy, range(len(xs), len(xs) + len(ys)))
    n = sum(n_xy.values())
    return math.fsum(
        count / n * math.log(count * n / (n_x[cell[: len(xs)]] * n_y[cell[len(xs) :]]))
        for cell, count in n_xy.items()
    )


def conditional_mutual_information(x, y, z, weights=None):
    """I(X;Y|Z) = sum p(x,y,z) ln[p(x,y,z) p(z) / (p(x,z) p(y,z))]; given [], it is I(X;Y)."""
    xs, ys, zs = _columns(x), _columns(y), _columns(z)
    n_xyz = joint_counts(*xs, *ys, *zs, weights=weights)
    at_x = tuple(range(len(xs)))
    at_y = tuple(range(len(xs), len(xs) + len(ys)))
    at_z = tuple(range(len(xs) + len(ys), len(xs) + len(ys) + len(zs)))
    n_xz, n_yz = _marginal(n_xyz, at_x + at_z), _marginal(n_xyz, at_y + at_z)
    n_z = _marginal(n_xyz, at_z)
    n = sum(n_xyz.values())
    terms = []
    for cell, count in n_xyz.items():
        in_x, in_y = tuple(cell[i] for i in at_x), tuple(cell[i] for i in at_y)
        in_z = tuple(cell[i] for i in at_z)
        ratio = count * n_z[in_z] / (n_xz[in_x + in_z] * n_yz[in_y + in_z])
        terms.append(count / n * math.log(ratio))
    return math.fsum(terms)


# --- Greedy selection ------------------------------------------------------------------------


def _ratio(numerator, denominator):
    """Divide, with 0 / 0 = 0: a variable without entropy carries no information."""
    return 0.0 if denominator == 0 else numerator / denominator


def criterion_score(criterion, x, y, selected, weights=None, beta=1.0, gamma=0.0):
    """Score candidate X given the list of selected code columns S; without any, I(X;Y).

    Named as in Brown et al. (2012), JMLR 13:27-66, and in praznik (Kursa 2021).
    """

    def info(a, b, given=None):
        if given is None:
            return mutual_information(a, b, weights)
        return conditional_mutual_information(a, b, given, weights)

    def H(*codes):
        return entropy(*codes, weights=weights)

    S = selected
    if len(S) == 0:
        return info(x, y)
    match criterion:
        case "mim":  # Lewis 1992
            return info(x, y)
        case "mifs":  # Battiti 1994
            return info(x, y) - beta * sum(info(x, w) for w in S)
        case "mrmr":  # Peng, Long & Ding 2005
            return info(x, y) - sum(info(x, w) for w in S) / len(S)
        case "mrmr_quotient":  # Ding & Peng 2005
            return info(x, y) / (sum(info(x, w) for w in S) / len(S) + QUOTIENT_GUARD)
        case "cmim":  # Fleuret 2004
            return min(info(x, y), min(info(x, y, given=w) for w in S))
        case "jmi":  # Yang & Moody 1999
            return sum(info([x, w], y) for w in S)
        case "jmim":  # Bennasar, Hicks & Setchi 2015
            return min(info([x, w], y) for w in S)
        case "njmim":  # Bennasar, Hicks & Setchi 2015
            return min(_ratio(info([x, w], y), H(x, w, y)) for w in S)
        case "disr":  # Meyer & Bontempi 2006
            return sum(_ratio(info([x, w], y), H(x, w, y)) for w in S)
        case "icap":  # Jakulin 2005
            return info(x, y) - sum(max(0.0, info(x, w) - info(x, w, given=y)) for w in S)
        case "cife":  # Lin & Tang 2006
            return info(x, y) - sum(info(x, w) for w in S) + sum(info(x, w, given=y) for w in S)
        case "condred":  # Brown et al. 2012
            return info(x, y) + sum(info(x, w, given=y) for w in S)
        case "cmi":  # Brown et al. 2012
            return info(x, y, given=list(S))
        case "jmi3":  # Sechidis et al. 2019
            if len(S) == 1:
                return info([x, S[0]], y)
            return sum(info([x, u, w], y) for u, w in combinations(S, 2))
        case "linear":  # Brown et al. 2012
            redundancy = sum(info(x, w) for w in S)
            return info(x, y) - beta * redundancy + gamma * sum(info(x, w, given=y) for w in S)
    raise ValueError(f"criterion={criterion!r} has no twin.")


def lowest_best(scores):
    """Return the lowest key of {key: score} whose score equals the best, up to rounding."""
    best = max(scores.values())
    tolerance = TIE_TOLERANCE * max(1.0, abs(best))
    return min(key for key, score in scores.items() if score >= best - tolerance)


def best_pair(columns, y, weights=None):
    """Return the (i, j), i < j, of largest I(Xi,Xj;Y) - (cells - 1)(classes - 1) / 2n.

    The subtracted term is the bias of a plug-in mutual information (Miller 1955), with one cell for
    each pair of occupied levels; n is the total weight. The member of larger I(X;Y) comes first.
    """
    classes = joint_counts(y, weights=weights)
    n = sum(classes.values())
    scores = {}
    for i, j in combinations(range(len(columns)), 2):
        pair = [columns[i], columns[j]]
        cells = np.prod([len(joint_counts(column, weights=weights)) for column in pair])
        bias = (cells - 1) * (len(classes) - 1) / (2 * n)
        scores[i, j] = mutual_information(pair, y, weights) - bias
    pair = lowest_best(scores)
    first = lowest_best({i: mutual_information(columns[i], y, weights) for i in pair})
    return (first, pair[1] if first == pair[0] else pair[0])


def greedy_selection(codes, y, k, criterion, weights=None, beta=1.0, gamma=0.0, initial="single"):
    """Select k of the columns (2-d array, or list of code columns) forward, one at a time.

    Every step scores every candidate anew from all selected; equal scores go to the lowest index.
    Returns the selected indices and their scores at selection, the first of which is I(X;Y).
    """
    columns = list(codes.T) if isinstance(codes, np.ndarray) else list(codes)
    planned = best_pair(columns, y, weights) if initial == "pair" and len(columns) > 1 else ()
    selected, scores = [], []
    for step in range(k):
        S = [columns[i] for i in selected]
        candidates = [i for i in range(len(columns)) if i not in selected]
        if step < len(planned):
            candidates = [planned[step]]
        score = {
            i: criterion_score(criterion, columns[i], y, S, weights, beta, gamma)
            for i in candidates
        }
        winner = lowest_best(score)
        selected.append(winner)
        scores.append(score[winner])
    return selected, scores


# --- Significance ----------------------------------------------------------------------------


def contingency_table(x, y, z=None):
    """Count the rows of every (x, y) or (x, y, z); level k of an axis is its k-th smallest code."""
    variables = [x, y] if z is None else [x, y, z]
    levels = [np.unique(codes).tolist() for codes in variables]
    table = np.zeros([len(level) for level in levels], dtype=int)
    for cell, count in joint_counts(*variables).items():
        table[tuple(level.index(code) for level, code in zip(levels, cell, strict=True))] = count
    return table


def g_statistic(table):
    """G = 2 sum n_ij ln[n_ij n / (r_i c_j)] of a 2-d table (Wilks 1935)."""
    table = np.asarray(table, dtype=float)
    rows, columns, n = table.sum(axis=1), table.sum(axis=0), table.sum()
    terms = [
        count * math.log(count * n / (rows[i] * columns[j]))
        for (i, j), count in np.ndenumerate(table)
        if count > 0
    ]
    return 2 * math.fsum(terms)


def conditional_g_statistic(table):
    """Sum of the G of the strata table[:, :, z] of a 3-d table."""
    table = np.asarray(table)
    return sum(g_statistic(table[:, :, z]) for z in range(table.shape[2]))


def expected_g_statistic(row_margins, column_margins):
    """E[G] over the tables of these margins, X and Y independent.

    Given its margins, n_ij is hypergeometric (Fisher 1935), so that
    E[G] = 2 sum_ij sum_k P(n_ij = k) k ln[k n / (r_i c_j)].
    """
    n = int(sum(row_margins))
    expectation = 0.0
    for r in map(int, row_margins):
        for c in map(int, column_margins):
            k = np.arange(1, min(r, c) + 1)
            terms = hypergeom.pmf(k, n, r, c) * k * np.log(k * n / (r * c))
            expectation += 2 * math.fsum(terms)
    return expectation


def expected_conditional_g_statistic(table):
    """E[G] summed over the strata table[:, :, z], each with its own fixed margins."""
    table = np.asarray(table)
    strata = [table[:, :, z] for z in range(table.shape[2])]
    return sum(expected_g_statistic(t.sum(axis=1), t.sum(axis=0)) for t in strata)


def permutation_p_value(x, y, z=None, n_permutations=999, rng=None):
    """P = (1 + #{I(X;Y*|Z) >= I(X;Y|Z)}) / (1 + B), with Y* = Y shuffled within each stratum of Z.

    Phipson & Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9:39. A permuted
    statistic equal to the observed one up to rounding counts as reaching it.
    """
    rng = np.random.default_rng(rng)
    y = np.asarray(y)
    z = np.zeros(len(y), dtype=int) if z is None else np.asarray(z)
    observed = conditional_mutual_information(x, y, z)
    reached = 0
    for _ in range(n_permutations):
        permuted = y.copy()
        for stratum in np.unique(z):
            permuted[z == stratum] = rng.permutation(y[z == stratum])
        reached += conditional_mutual_information(x, permuted, z) >= observed - TIE_TOLERANCE
    return (1 + reached) / (1 + n_permutations)


# --- Bins ------------------------------------------------------------------------------------


def weighted_quantiles(values, weights, probabilities):
    """Smallest value v with W(v) >= p W, W(v) the weight of all values <= v (inverted CDF)."""
    values, weights = np.asarray(values), np.asarray(weights, dtype=float)
    if np.all(weights == np.floor(weights)):
        repeated = np.repeat(values, weights.astype(int))
        return np.quantile(repeated, probabilities, method="inverted_cdf")
    rows = sorted((value, weight) for value, weight in zip(values, weights, strict=True) if weight)
    reached = np.cumsum([weight for _, weight in rows])
    quantiles = []
    for p in np.atleast_1d(probabilities):
        row = next(i for i, weight in enumerate(reached) if weight >= p * reached[-1])
        quantiles.append(rows[row][0])
    return np.array(quantiles).reshape(np.shape(probabilities))


def bin_codes(values, edges):
    """Number of edges strictly below each value: cell i holds edge[i-1] < x <= edge[i]."""
    return np.array([sum(edge < value for edge in edges) for value in values], dtype=int)


# --- Discretization --------------------------------------------------------------------------

# A run of neighbouring distinct values: its lowest and highest, how many, and {class: weight}.
Block = namedtuple("Block", "lowest highest n_values counts")

# A split of the blocks [start, stop), of this weight, before block `cut`; nats per sample.
SplitTest = namedtuple("SplitTest", "start stop cut weight gain threshold accepted")


def add_counts(counts):
    """Add several {class: weight} up."""
    total = {}
    for part in counts:
        for label, weight in part.items():
            total[label] = total.get(label, 0.0) + weight
    return total


def make_blocks(x, y, weights=None, merge_pure=True):
    """List the blocks of x: one a distinct value, neighbours of one and the same class merged.

    What is merged has no boundary point between (Fayyad & Irani 1992, Machine Learning 8:87).
    """
    cells = joint_counts(x, y, weights=weights)
    blocks = []
    for value in sorted({value for value, _ in cells}):
        counts = {label: weight for (v, label), weight in cells.items() if v == value}
        before = blocks[-1] if blocks else None
        if merge_pure and before and len(counts) == 1 and before.counts.keys() == counts.keys():
            merged = add_counts([before.counts, counts])
            blocks[-1] = Block(before.lowest, value, before.n_values + 1, merged)
        else:
            blocks.append(Block(value, value, 1, counts))
    return blocks


def midpoint(low, high):
    """Round the middle to a float that is at least ``low`` and less than ``high``."""
    middle = float((Fraction(low) + Fraction(high)) / 2)
    return middle if middle < high else low


def cut_values(blocks, before):
    """Return the cut point before each of the given blocks."""
    return [midpoint(blocks[cut - 1].highest, blocks[cut].lowest) for cut in before]


def _entropy_of(counts):
    n = sum(counts.values())
    return -math.fsum(count / n * math.log(count / n) for count in counts.values())


def _log_factorial(n):
    return math.lgamma(n + 1)


def _log_binomial(n, k):
    return _log_factorial(n) - _log_factorial(k) - _log_factorial(n - k)


def _log_multinomial(counts):
    """ln(n! / prod_j n_j!): which of the samples are of which class, given how many are."""
    return _log_factorial(sum(counts)) - sum(map(_log_factorial, counts))


def mdlp_test(parent, left, right, log_choices):
    """Gain and threshold of Fayyad & Irani (1993), IJCAI 1022; k counts the classes of a subset."""
    n, n_left, n_right = (sum(counts.values()) for counts in (parent, left, right))
    H, H_left, H_right = map(_entropy_of, (parent, left, right))
    k, k_left, k_right = map(len, (parent, left, right))
    gain = H - n_left / n * H_left - n_right / n * H_right
    delta = math.log(3**k - 2) - (k * H - k_left * H_left - k_right * H_right)
    return gain, (log_choices + delta) / n


def kononenko_test(parent, left, right, log_choices):
    """What the classes cost less, and the model more, in Kononenko (1995), IJCAI 1034.

    A subset of N samples costs ln C(N + k - 1, k - 1) for its class frequencies, k the classes of
    the parent, and ln(N! / prod_j N_j!) for the classes given those.
    """
    k = len(parent)
    n, n_left, n_right = (sum(counts.values()) for counts in (parent, left, right))
    gain = _log_multinomial(parent.values())
    gain -= _log_multinomial(left.values()) + _log_multinomial(right.values())
    frequencies = [_log_binomial(m + k - 1, k - 1) for m in (n, n_left, n_right)]
    threshold = log_choices + frequencies[1] + frequencies[2] - frequencies[0]
    return gain / n, threshold / n


def split_tests(counts, test, log_choices, min_samples_bin=1, start=0, stop=None):
    """List the splits that the recursion from the top tries, parents before children.

    Each interval is tried at the candidate of least class entropy, the lowest of equal ones;
    log_choices(start, stop, weight) is the cost of naming it.
    """
    stop = len(counts) if stop is None else stop
    sides = {
        cut: (add_counts(counts[start:cut]), add_counts(counts[cut:stop]))
        for cut in range(start + 1, stop)
    }
    information = {
        cut: -sum(sum(side.values()) * _entropy_of(side) for side in pair)
        for cut, pair in sides.items()
        if all(sum(side.values()) >= min_samples_bin for side in pair)
    }
    if not information:
        return []
    cut = lowest_best(information)
    parent = add_counts(counts[start:stop])
    n = sum(parent.values())
    gain, threshold = test(parent, *sides[cut], log_choices(start, stop, n))
    accepted = gain - threshold > TIE_TOLERANCE * max(1.0, abs(threshold))
    tests = [SplitTest(start, stop, cut, n, gain, threshold, accepted)]
    if accepted:
        tests += split_tests(counts, test, log_choices, min_samples_bin, start, cut)
        tests += split_tests(counts, test, log_choices, min_samples_bin, cut, stop)
    return tests


def block_split_tests(blocks, test, n_candidates_as_cost=False, min_samples_bin=1):
    """Split blocks: a cut is one of N - 1, or of the places between distinct values (Weka's -E)."""

    def log_choices(start, stop, n):
        n_places = sum(block.n_values for block in blocks[start:stop]) - 1
        # Less than two samples leave one choice.
        return math.log(n_places if n_candidates_as_cost else max(n - 1, 1))

    return split_tests([block.counts for block in blocks], test, log_choices, min_samples_bin)


def level_split_tests(counts, test, min_samples_bin=1):
    """Split a sequence of levels: a cut is one of 2^(L - 1) - 1 ways to divide L levels in two."""

    def log_choices(start, stop, n):
        return math.log(2 ** (stop - start - 1) - 1)

    return split_tests(counts, test, log_choices, min_samples_bin)


def accepted_cuts(tests, max_bins=None):
    """Take accepted splits, those of largest N * gain first, until there are max_bins bins."""
    accepted = {(test.start, test.stop): test for test in tests if test.accepted}
    open_intervals = [(tests[0].start, tests[0].stop)] if tests else []
    cuts = []
    while max_bins is None or len(cuts) < max_bins - 1:
        waiting = [accepted[interval] for interval in open_intervals if interval in accepted]
        if not waiting:
            break
        cut = lowest_best({test.cut: test.weight * test.gain for test in waiting})
        taken = next(test for test in waiting if test.cut == cut)
        cuts.append(cut)
        open_intervals.remove((taken.start, taken.stop))
        open_intervals += [(taken.start, cut), (cut, taken.stop)]
    return sorted(cuts)


def mdlp_cuts(x, y, weights=None, n_candidates_as_cost=False, min_samples_bin=1, max_bins=None):
    """Cut points of Fayyad & Irani (1993)."""
    blocks = make_blocks(x, y, weights)
    tests = block_split_tests(blocks, mdlp_test, n_candidates_as_cost, min_samples_bin)
    return cut_values(blocks, accepted_cuts(tests, max_bins))


def kononenko_cuts(
    x, y, weights=None, n_candidates_as_cost=False, min_samples_bin=1, max_bins=None
):
    """Cut points of Kononenko (1995)."""
    blocks = make_blocks(x, y, weights)
    tests = block_split_tests(blocks, kononenko_test, n_candidates_as_cost, min_samples_bin)
    return cut_values(blocks, accepted_cuts(tests, max_bins))


def mdlp_grouping(counts, min_samples_bin=1, max_bins=None):
    """Cuts of the given sequence of levels."""
    return accepted_cuts(level_split_tests(counts, mdlp_test, min_samples_bin), max_bins)


def kononenko_grouping(counts, min_samples_bin=1, max_bins=None):
    """Cuts of the given sequence of levels."""
    return accepted_cuts(level_split_tests(counts, kononenko_test, min_samples_bin), max_bins)


def modl_interval_cost(counts, n_classes):
    """ln C(N_i + J - 1, J - 1) + ln(N_i! / prod_j N_ij!)."""
    n = sum(counts.values())
    return _log_binomial(n + n_classes - 1, n_classes - 1) + _log_multinomial(counts.values())


def log_divisions(n_levels, n_groups):
    """ln B(V, I): the ways to divide V levels into at most I groups, by Stirling numbers."""
    stirling = [1]  # of the second kind, S(0, .)
    for v in range(1, n_levels + 1):
        below = [*stirling, 0]
        stirling = [0] + [i * below[i] + below[i - 1] for i in range(1, v + 1)]
    return math.log(sum(stirling[: n_groups + 1]))


def modl_prior(n_bins, n, n_levels=None):
    """Cost of the number of bins and of their bounds, or of the division of levels.

    ln N + ln C(N + I - 1, I - 1) of Boullé (2006), Machine Learning 65:131; and
    ln V + ln B(V, I) of Boullé (2005), JMLR 6:1431.
    """
    if n_levels is None:
        return math.log(n) + _log_binomial(n + n_bins - 1, n_bins - 1)
    return math.log(n_levels) + log_divisions(n_levels, n_bins)


def modl_cost(x, y, cuts, weights=None):
    """Cost of Boullé (2006) of the bins between the given cut points."""
    cells = joint_counts(bin_codes(x, cuts), y, weights=weights)
    n_classes = len({label for _, label in cells})
    bins = [
        {label: weight for (code, label), weight in cells.items() if code == i}
        for i in range(len(cuts) + 1)
    ]
    cost = modl_prior(len(bins), sum(cells.values()))
    return cost + sum(modl_interval_cost(counts, n_classes) for counts in bins)


def all_partitions(n_blocks, max_bins=None):
    """Yield every choice of cuts of a sequence, fewest cuts first, then the lowest ones first."""
    most = n_blocks if max_bins is None else min(max_bins, n_blocks)
    for n_bins in range(1, most + 1):
        yield from combinations(range(1, n_blocks), n_bins - 1)


def intervals(cuts, n_blocks):
    """Return the (start, stop) of the bins between the cuts."""
    return list(pairwise((0, *cuts, n_blocks)))


def best_partitions(n_blocks, interval_cost, prior, max_bins=None):
    """Return all partitions of least cost, up to rounding, as all_partitions orders them; the cost.

    The cost is prior(number of bins) + the sum of interval_cost(start, stop).
    """
    interval_cost, prior = cache(interval_cost), cache(prior)
    costs = {
        cuts: prior(len(cuts) + 1) + sum(interval_cost(*bin) for bin in intervals(cuts, n_blocks))
        for cuts in all_partitions(n_blocks, max_bins)
    }
    least = min(costs.values())
    tolerance = TIE_TOLERANCE * max(1.0, abs(least))
    return [cuts for cuts, cost in costs.items() if cost <= least + tolerance], least


def least_costs(n_blocks, interval_cost, max_bins=None):
    """Least sum of interval_cost over the partitions into 1, 2, ... bins, by the last bin of each.

    The best partition of the first blocks does not depend on the bins that follow.
    """
    interval_cost = cache(interval_cost)
    best = [0.0] + [math.inf] * n_blocks  # of the first blocks, in no bin
    costs = []
    for n_bins in range(1, (max_bins or n_blocks) + 1):
        best = [math.inf] * n_bins + [
            min(best[start] + interval_cost(start, stop) for start in range(n_bins - 1, stop))
            for stop in range(n_bins, n_blocks + 1)
        ]
        costs.append(best[n_blocks])
    return costs


def modl_parts(counts, unordered=False, min_samples_bin=1):
    """Return interval_cost(start, stop) and prior(n_bins) of blocks, or of levels."""
    total = add_counts(counts)
    n_levels = len(counts) if unordered else None

    def interval_cost(start, stop):
        inside = add_counts(counts[start:stop])
        if sum(inside.values()) < min_samples_bin and stop - start < len(counts):
            return math.inf
        return modl_interval_cost(inside, len(total))

    return interval_cost, lambda n_bins: modl_prior(n_bins, sum(total.values()), n_levels)


def modl_partitions(counts, unordered=False, min_samples_bin=1, max_bins=None):
    """Return all partitions of least cost of the blocks (or levels), and that cost."""
    return best_partitions(len(counts), *modl_parts(counts, unordered, min_samples_bin), max_bins)


def modl_cuts(x, y, weights=None, min_samples_bin=1, max_bins=None, merge_pure=True):
    """Cut points and cost of the best of all partitions, the first of all_partitions if equal."""
    blocks = make_blocks(x, y, weights, merge_pure)
    counts = [block.counts for block in blocks]
    best, cost = modl_partitions(counts, False, min_samples_bin, max_bins)
    return cut_values(blocks, best[0]), cost


def modl_grouping(counts, min_samples_bin=1, max_bins=None):
    """Cuts of the given sequence of levels, and cost (Boullé 2005)."""
    best, cost = modl_partitions(counts, True, min_samples_bin, max_bins)
    return list(best[0]), cost


def equal_entropy_parts(bin_weights, min_samples_bin=1):
    """Return minus the share of entropy of [start, stop), and a prior of 0."""
    n = sum(bin_weights)

    def interval_cost(start, stop):
        inside = sum(bin_weights[start:stop])
        if inside < min_samples_bin and stop - start < len(bin_weights):
            return math.inf
        return inside / n * math.log(inside / n)

    return interval_cost, lambda n_bins: 0.0


def equal_entropy_partitions(bin_weights, n_bins, min_samples_bin=1):
    """Return all partitions into at most n_bins of largest entropy, and that entropy."""
    parts = equal_entropy_parts(bin_weights, min_samples_bin)
    best, cost = best_partitions(len(bin_weights), *parts, n_bins)
    return best, -cost


def equal_entropy_cuts(x, n_bins, weights=None, min_samples_bin=1):
    """Cut points of the bins of largest entropy, by trying every choice."""
    blocks = make_blocks(x, np.zeros(len(x)), weights, merge_pure=False)
    bin_weights = [block.counts[0.0] for block in blocks]
    best, _ = equal_entropy_partitions(bin_weights, n_bins, min_samples_bin)
    return cut_values(blocks, best[0])


@cache
def multinomial_complexity(n_bins, n):
    """Sum the maximized likelihood of all n samples in K bins, by the counts of one bin after one.

    sum over h_1 + ... + h_K = n of n! / prod h_i! prod (h_i / n)^h_i (Shtarkov 1987).
    """
    if n_bins == 1:
        return 1.0
    return math.fsum(
        math.comb(n, h)
        * (h / n) ** h
        * ((n - h) / n) ** (n - h)
        * (multinomial_complexity(n_bins - 1, n - h) if h < n else 1.0)
        for h in range(n + 1)
    )


def nml_histogram_parts(blocks, min_samples_bin=1):
    """Return interval_cost(start, stop) and prior(n_bins) of histograms; whole weights.

    -sum_i h_i ln[h_i / (n w_i)] + ln C(K, n) + ln binom(E, K - 1) of Kontkanen & Myllymäki (2007),
    AISTATS, with E candidate cuts midway between the distinct values and w the share of the range.
    """
    inner = cut_values(blocks, range(1, len(blocks)))
    bounds = [blocks[0].lowest, *inner, blocks[-1].highest]
    n = sum(sum(block.counts.values()) for block in blocks)

    def interval_cost(start, stop):
        inside = sum(sum(block.counts.values()) for block in blocks[start:stop])
        if stop - start == len(blocks):
            return 0.0
        if inside < min_samples_bin:
            return math.inf
        width = (bounds[stop] - bounds[start]) / (bounds[-1] - bounds[0])
        return -inside * math.log(inside / (n * width))

    def prior(n_bins):
        choices = math.comb(len(inner), n_bins - 1)
        return math.log(multinomial_complexity(n_bins, round(n))) + math.log(choices)

    return interval_cost, prior


def nml_histogram_partitions(blocks, min_samples_bin=1, max_bins=None):
    """Return all histograms of least stochastic complexity, and that complexity; whole weights."""
    return best_partitions(len(blocks), *nml_histogram_parts(blocks, min_samples_bin), max_bins)


def nml_histogram_cost(x, cuts, weights=None):
    """Stochastic complexity of the histogram with the given ones of all midpoints; whole weights.

    -sum_i h_i ln[h_i / (n w_i)] + ln C(K, n) + ln binom(E, K - 1), see nml_histogram_parts.
    """
    blocks = make_blocks(x, np.zeros(len(x)), weights, merge_pure=False)
    inner = cut_values(blocks, range(1, len(blocks)))
    before = [inner.index(cut) + 1 for cut in cuts]
    interval_cost, prior = nml_histogram_parts(blocks)
    bins = intervals(before, len(blocks))
    return prior(len(bins)) + sum(interval_cost(*bin) for bin in bins)


def nml_histogram_cuts(x, weights=None, min_samples_bin=1, max_bins=None):
    """Cut points and cost of the best histogram, by trying every choice; whole weights."""
    blocks = make_blocks(x, np.zeros(len(x)), weights, merge_pure=False)
    best, cost = nml_histogram_partitions(blocks, min_samples_bin, max_bins)
    return cut_values(blocks, best[0]), cost


# --- Two samples -----------------------------------------------------------------------------

SMALLEST_LOG = math.log(5e-324)  # of an empty cell


def _log(p):
    return math.log(p) if p > 0 else SMALLEST_LOG


def two_sample_statistic(reference, batch, divergence):
    """Plug-in divergence of batch from reference, a zero read as the smallest positive float."""
    n, m = sum(reference), sum(batch)
    pairs = [(a / n, b / m) for a, b in zip(reference, batch, strict=True)]
    forward = math.fsum(q * (_log(q) - _log(p)) for p, q in pairs if q > 0)
    backward = math.fsum(p * (_log(p) - _log(q)) for p, q in pairs if p > 0)
    middles = [(p, q, (p + q) / 2) for p, q in pairs]
    return {
        "kl": forward,
        "reverse_kl": backward,
        "jeffreys": forward + backward,
        "js": math.fsum(
            x * math.log(x / middle) / 2 for p, q, middle in middles for x in (p, q) if x > 0
        ),
        "hellinger": math.fsum((math.sqrt(q) - math.sqrt(p)) ** 2 / 2 for p, q in pairs),
        "g": math.fsum(
            x * math.log(x / (size * c / (n + m)))
            for a, b in zip(reference, batch, strict=True)
            for x, size, c in ((a, n, a + b), (b, m, a + b))
            if x > 0
        ),
    }[divergence]


def all_splits(pooled, m):
    """List all ways to draw m rows from pooled counts, and the probability of each."""
    if len(pooled) == 1:
        return [((m,), 1.0)] if m <= pooled[0] else []
    n, rest = sum(pooled), sum(pooled[1:])
    return [
        ((k, *others), hypergeom.pmf(k, n, pooled[0], m) * p)
        for k in range(max(0, m - rest), min(m, pooled[0]) + 1)
        for others, p in all_splits(pooled[1:], m - k)
    ]


def two_sample_p_value(reference, batch, divergence, mid_p=False):
    """P(T >= the T observed) over all splits of the pooled rows; ties count half with mid_p."""
    pooled = [a + b for a, b in zip(reference, batch, strict=True)]
    observed = two_sample_statistic(reference, batch, divergence)
    p = 0.0
    for split, probability in all_splits(pooled, sum(batch)):
        rest = [c - b for c, b in zip(pooled, split, strict=True)]
        statistic = two_sample_statistic(rest, split, divergence)
        tie = abs(statistic - observed) <= TIE_TOLERANCE * (1 + abs(observed))
        p += probability * ((0.5 if mid_p else 1.0) if tie else statistic > observed)
    return p


def model_of_no_interaction(table, steps=2000):
    """Fit the table (domain, a, b) by its two-way margins, one after the other."""
    fitted = np.ones(np.shape(table))
    for _ in range(steps):
        for axis in range(3):
            margin, now = (np.sum(t, axis=axis, keepdims=True) for t in (table, fitted))
            fitted = fitted * np.divide(margin, now, out=np.zeros(now.shape), where=now > 0)
    return fitted


def g_beyond_margins(table):
    """Return twice the sum of n log(n / fitted)."""
    fitted = model_of_no_interaction(table)
    return 2 * math.fsum(
        n * math.log(n / f) for n, f in zip(np.ravel(table), fitted.ravel(), strict=True) if n > 0
    )


def sequential_log_e(before, after, concentrations=(1 / 64, 1 / 16, 1 / 4, 1.0)):
    """Log e-value of the smaller sample against the pooled shares: a Dirichlet mixture."""
    pooled = [a + b for a, b in zip(before, after, strict=True)]
    sample = before if sum(before) < sum(after) else after
    size, n = sum(sample), sum(pooled)
    e_values = []
    for concentration in concentrations:
        drawn, log_e = 0, 0.0
        seen = [0] * len(sample)
        for x, count in enumerate(sample):  # one row after the other, by Polya's urn
            for _ in range(int(count)):
                strength = concentration * size
                urn = strength * pooled[x] / n + seen[x]
                log_e += math.log(urn / (strength + drawn)) - math.log(pooled[x] / n)
                seen[x] += 1
                drawn += 1
        e_values.append(math.exp(log_e))
    return math.log(sum(e_values) / len(e_values))


def smoothed_divergence(reference, batch, divergence):
    """Plug-in divergence; in the logarithm of the other law every pooled cell gains half a row."""
    cells = [(a, b) for a, b in zip(reference, batch, strict=True) if a + b > 0]
    n, m, half = sum(reference), sum(batch), len(cells) / 2

    def one_way(pairs, size, other_size):
        return math.fsum(
            x / size * math.log(x / size * (other_size + half) / (other + 0.5))
            for x, other in pairs
            if x > 0
        )

    forward = one_way([(b, a) for a, b in cells], m, n)
    backward = one_way(cells, n, m)
    both = {"kl": forward, "reverse_kl": backward, "jeffreys": forward + backward}
    return both.get(divergence, two_sample_statistic(reference, batch, divergence))


def bottleneck_objective(table, labels, beta=None):
    """H(T) - beta I(T; Y) of rows in clusters, or -I(T; Y), from p(x, y) cell by cell."""
    total = sum(sum(row) for row in table)
    joint, p_t, p_y = {}, {}, {}
    for row, t in zip(table, labels, strict=True):
        for y, count in enumerate(row):
            joint[t, y] = joint.get((t, y), 0.0) + count / total
            p_t[t] = p_t.get(t, 0.0) + count / total
            p_y[y] = p_y.get(y, 0.0) + count / total
    relevance = sum(p * math.log(p / (p_t[t] * p_y[y])) for (t, y), p in joint.items() if p > 0)
    entropy = -sum(p * math.log(p) for p in p_t.values() if p > 0)
    return -relevance if beta is None else entropy - beta * relevance


def partitions(n, most):
    """All ways to put n rows into at most so many clusters, each way once."""
    if n == 0:
        yield ()
        return
    for labels in partitions(n - 1, most):
        for t in range(min(max(labels, default=-1) + 2, most)):
            yield (*labels, t)


def best_bottleneck(table, n_clusters, beta=None):
    """The lowest objective of all partitions."""
    every = partitions(len(table), n_clusters)
    return min(bottleneck_objective(table, labels, beta) for labels in every)


def sequential_pass(table, labels, n_clusters, order, beta=None):
    """Put each row in turn where the objective is lowest; its own cluster, if none is better."""
    labels = list(labels)
    for row in order:
        costs = []
        for t in range(n_clusters):
            costs.append(bottleneck_objective(table, [*labels[:row], t, *labels[row + 1 :]], beta))
        if min(costs) < costs[labels[row]] - 1e-13:
            labels[row] = costs.index(min(costs))
    return labels
