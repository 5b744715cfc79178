"""Slow, obvious twins of the library, each written from its definition alone.

A *code column* is a 1-d array of integers. Wherever a variable is asked for, a list of code columns
stands for their joint variable. A weight of k equals k repetitions of the row, so a weight of 0
equals its absence. Everything is in nats.
"""

import math
from itertools import combinations

import numpy as np
from scipy.stats import hypergeom

# Scores this close to the best, relative to max(1, |best|), are equal.
TIE_TOLERANCE = 1e-12

# Peng's guard of the quotient, 1e-4 bits.
QUOTIENT_GUARD = 1e-4 * math.log(2)

CRITERIA = (
    "mim",
    "mifs",
    "mrmr",
    "mrmr_quotient",
    "cmim",
    "jmi",
    "jmim",
    "njmim",
    "disr",
    "icap",
    "cife",
    "condred",
    "cmi",
    "jmi3",
    "linear",
)


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
    raise ValueError(f"criterion={criterion!r} is not one of {CRITERIA}.")


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
