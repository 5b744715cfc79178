"""Slow, obvious twins of the private formulas of ``metrics``, each from its definition, in nats.

Targets of a row are what happened, times the weight of the row: one class, or a distribution. A
row of weight zero was not there.
"""

import itertools
import math

from scipy import stats

LEAST = 2.2250738585072014e-308  # the smallest normal number stands for probability 0


# --- Losses ----------------------------------------------------------------------------------


def plogp(p):
    """p log p, with 0 log 0 = 0."""
    return p * math.log(p) if p > 0 else 0.0


def entropy(shares):
    """H = -sum p log p."""
    return -math.fsum(plogp(p) for p in shares)


def divergence(p, q):
    """D(p || q) = sum p log(p / q)."""
    return math.fsum(a * math.log(a / b) for a, b in zip(p, q, strict=True) if a > 0)


def mean_loss(targets, proba):
    """Weighted mean of -sum_k t_k log p_k."""
    terms, weight = [], 0.0
    for row, predicted in zip(targets, proba, strict=True):
        for t, p in zip(row, predicted, strict=True):
            terms.append(-t * math.log(max(p, LEAST)))
            weight += t
    return math.fsum(terms) / weight


def loss_of_row(target, predicted):
    """The loss of a row, as if it weighed 1; 0 of a row that was not there."""
    weight = sum(target)
    if weight == 0:
        return 0.0
    pairs = zip(target, predicted, strict=True)
    return math.fsum(-t / weight * math.log(max(p, LEAST)) for t, p in pairs)


def distribution(values):
    """Divide by the sum; nothing stays nothing."""
    total = sum(values)
    return [v / total if total > 0 else 0.0 for v in values]


def gain_of_row(target, predicted, prior):
    """The loss of the prior minus that of the prediction; -inf if that ruled out what happened."""
    gain = 0.0
    for t, p, q in zip(target, predicted, prior, strict=True):
        if t > 0 and p == 0:
            return -math.inf
        if t > 0:
            gain += math.inf if q == 0 else t * math.log(p / q)
    return gain


# --- Bins of predictions ---------------------------------------------------------------------


def default_n_bins(n_samples, n_classes):
    """The cube root of n, at most one bin for 10 samples of each free cell, at least 2."""
    bins = round(n_samples ** (1 / 3))
    while bins > 2 and bins * 10 * max(n_classes - 1, 1) > n_samples:
        bins -= 1
    return max(bins, 2)


def partition(proba, weights, n_bins):
    """Groups of rows: halve along the class that varies most, where weights part as bins do."""
    rows = [i for i, w in enumerate(weights) if w > 0]
    return _halved(proba, weights, rows, n_bins)


def _halved(proba, weights, rows, n_bins):
    if n_bins == 1 or all(list(proba[i]) == list(proba[rows[0]]) for i in rows):
        return [rows]
    total = sum(weights[i] for i in rows)
    spreads = []
    for k in range(len(proba[0])):
        mean = sum(weights[i] * proba[i][k] for i in rows) / total
        spreads.append(sum(weights[i] * (proba[i][k] - mean) ** 2 for i in rows))
    axis = next(k for k, s in enumerate(spreads) if s > max(spreads) * (1 - 1e-9))
    wanted, best = total * (n_bins // 2) / n_bins, None
    for edge in sorted({proba[i][axis] for i in rows})[:-1]:
        gap = abs(sum(weights[i] for i in rows if proba[i][axis] <= edge) - wanted)
        if best is None or gap < best[0]:
            best = gap, edge
    left = [i for i in rows if proba[i][axis] <= best[1]]
    right = [i for i in rows if proba[i][axis] > best[1]]
    return [
        *_halved(proba, weights, left, n_bins // 2),
        *_halved(proba, weights, right, n_bins - n_bins // 2),
    ]


# --- Terms of a loss -------------------------------------------------------------------------


def _shares(rows, targets):
    """The shares of the classes in some rows, and the weight of these rows."""
    n_classes = len(targets[0])
    sums = [math.fsum(targets[i][k] for i in rows) for k in range(n_classes)]
    return distribution(sums), sum(sums)


def _mean_prediction(rows, targets, proba):
    """The weighted mean prediction of some rows."""
    weights = {i: sum(targets[i]) for i in rows}
    total = sum(weights.values())
    return [math.fsum(weights[i] * proba[i][k] for i in rows) / total for k in range(len(proba[0]))]


def terms_of_bins(groups, targets, proba):
    """Uncertainty, resolution, reliability, remainder and score of predictions in bins."""
    groups = [rows for rows in groups if any(sum(targets[i]) > 0 for i in rows)]
    overall, total = _shares(range(len(targets)), targets)
    resolution = reliability = binned_loss = 0.0
    for rows in groups:
        shares, weight = _shares(rows, targets)
        mean = _mean_prediction(rows, targets, proba)
        resolution += weight / total * divergence(shares, overall)
        reliability += weight / total * divergence(shares, mean)
        binned_loss += weight / total * (entropy(shares) + divergence(shares, mean))
    score = mean_loss(targets, proba)
    return [entropy(overall), resolution, reliability, score - binned_loss, score]


def terms_of_map(fitted, targets, proba):
    """The same of predictions and their recalibrated selves, without a remainder."""
    uncertainty = entropy(_shares(range(len(targets)), targets)[0])
    score, left = mean_loss(targets, proba), mean_loss(targets, fitted)
    return [uncertainty, uncertainty - left, score - left, 0.0, score]


def recalibrated_in_bins(groups, targets, proba):
    """Predictions times observed shares over mean predictions of their bin, made to sum to 1."""
    out = {}
    for rows in groups:
        shares, mean = _shares(rows, targets)[0], _mean_prediction(rows, targets, proba)
        for i in rows:
            triples = zip(proba[i], shares, mean, strict=True)
            out[i] = distribution([p * o / m if m > 0 else 0.0 for p, o, m in triples])
    return [out[i] for i in sorted(out)]


def increasing_fit(x, means, weights):
    """The increasing function of x that is nearest to the means: pool adjacent violators.

    Rows of equal x are one. A row without weight takes the value of the next lower x that has
    some, else that of the lowest.
    """
    pools = []  # value, weight, xs
    for level in sorted(set(x)):
        rows = [i for i, v in enumerate(x) if v == level and weights[i] > 0]
        if not rows:
            continue
        weight = sum(weights[i] for i in rows)
        pools.append([sum(weights[i] * means[i] for i in rows) / weight, weight, [level]])
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            value, weight, levels = pools.pop()
            below = pools[-1]
            below[0] = (below[0] * below[1] + value * weight) / (below[1] + weight)
            below[1] += weight
            below[2] += levels
    fit = [(level, value) for value, _, levels in pools for level in levels]
    return [[value for level, value in fit if level <= max(v, fit[0][0])][-1] for v in x]


def isotonic(targets, proba):
    """Increasing fits of each class against the rest, made to sum to 1; of two classes, one fit."""
    weights = [sum(row) for row in targets]
    n_classes = len(proba[0])
    columns = []
    for k in [1] if n_classes == 2 else range(n_classes):
        means = [row[k] / w if w > 0 else 0.0 for row, w in zip(targets, weights, strict=True)]
        columns.append(increasing_fit([row[k] for row in proba], means, weights))
    if n_classes == 2:
        return [[1 - p, p] for p in columns[0]]
    return [distribution(list(row)) for row in zip(*columns, strict=True)]


def scaled(parameters, proba):
    """Predictions with a temperature and a shift of each class but the first."""
    shifts = [0.0, *parameters[1:]]
    out = []
    for row in proba:
        powers = [
            parameters[0] * math.log(max(p, LEAST)) + b for p, b in zip(row, shifts, strict=True)
        ]
        out.append(distribution([math.exp(v - max(powers)) for v in powers]))
    return out


# --- What the terms are too large by ---------------------------------------------------------


def _mean(values, weights):
    return math.fsum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)


def label_noise(groups, targets):
    """Sum of Var(t) / mean(t) over classes and bins; of labels, the cells that occur minus bins."""
    noise = 0.0
    for rows in groups:
        weights = [sum(targets[i]) for i in rows]
        if sum(weights) == 0:
            continue
        for k in range(len(targets[0])):
            values = [distribution(targets[i])[k] for i in rows]
            mean = _mean(values, weights)
            if mean > 0:
                noise += _mean([(v - mean) ** 2 for v in values], weights) / mean
    return noise


def prediction_noise(groups, targets, proba):
    """Sum of o Var(p) / m^2 - 2 Cov(t, p) / m over classes and bins, with the mean prediction m."""
    noise = 0.0
    for rows in groups:
        weights = [sum(targets[i]) for i in rows]
        if sum(weights) == 0:
            continue
        for k in range(len(targets[0])):
            t = [distribution(targets[i])[k] for i in rows]
            p = [proba[i][k] for i in rows]
            o, m = _mean(t, weights), _mean(p, weights)
            if m > 0:
                both = [(a - o) * (b - m) for a, b in zip(t, p, strict=True)]
                variance = _mean([(b - m) ** 2 for b in p], weights)
                noise += o * variance / m**2 - 2 * _mean(both, weights) / m
    return noise


def bias_of_uncertainty(targets):
    """Minus half the noise of the shares of the classes, for each sample (Miller 1955)."""
    n = sum(sum(row) for row in targets)
    return -label_noise([range(len(targets))], targets) / (2 * n)


def bias_of_bins(groups, targets, proba):
    """Second-order bias of all terms; as the score has none, that of the remainder is the rest."""
    n = sum(sum(row) for row in targets)
    uncertainty = bias_of_uncertainty(targets)
    resolution = label_noise(groups, targets) / (2 * n) + uncertainty
    noise = label_noise(groups, targets) + prediction_noise(groups, targets, proba)
    reliability = noise / (2 * n)
    return [uncertainty, resolution, reliability, resolution - reliability - uncertainty, 0.0]


def bias_of_temperature(targets):
    """Half of the variance of labels for each of K parameters of K classes, of those that occur."""
    uncertainty = -bias_of_uncertainty(targets)
    n_seen = sum(any(row[k] > 0 for row in targets) for k in range(len(targets[0])))
    fitted = uncertainty * n_seen / (n_seen - 1) if n_seen > 1 else 0.0
    return [-uncertainty, fitted - uncertainty, fitted, 0.0, 0.0]


# --- Drawing ---------------------------------------------------------------------------------


def draw_label(predicted, u):
    """The class in whose part of the unit interval u lies, parts being in the order of classes."""
    below = 0.0
    for k, p in enumerate(predicted):
        below += p
        if u * sum(predicted) < below:
            return k
    return len(predicted) - 1


def resampled(world, weights, labels, random_state):
    """Targets of as many rows as weigh together, drawn by weight, their labels from the world."""
    n = max(1, round(sum(weights)))
    rows = [draw_label(weights, u) for u in random_state.random_sample(n)]
    counts = [[0.0] * len(world[0]) for _ in world]
    if not labels:
        for i in rows:
            counts[i] = [c + p for c, p in zip(counts[i], world[i], strict=True)]
        return counts
    for i, u in zip(rows, random_state.random_sample(n), strict=True):
        counts[i][draw_label(world[i], u)] += 1
    return counts


# --- The calibration test --------------------------------------------------------------------


def excess_loss(proba, codes, weights):
    """Sum of weights times surprisal minus entropy."""
    rows = zip(proba, codes, weights, strict=True)
    return math.fsum(w * (-math.log(p[k]) - entropy(p)) for p, k, w in rows)


def exact_p_value(proba, codes, weights):
    """Twice the smaller tail of the excess loss, over all outcomes; weights are whole numbers."""
    observed = excess_loss(proba, codes, weights)
    proba = [p for p, w in zip(proba, weights, strict=True) for _ in range(w)]
    entropies = sum(entropy(p) for p in proba)
    lower = upper = 0.0
    for outcome in itertools.product(range(len(proba[0])), repeat=len(proba)):
        seen = [p[k] for p, k in zip(proba, outcome, strict=True)]
        chance = math.prod(seen)
        if chance > 0:
            excess = -sum(map(math.log, seen)) - entropies
            lower += chance * (excess <= observed + 1e-9)
            upper += chance * (excess >= observed - 1e-9)
    return min(1.0, 2 * lower, 2 * upper)


def cumulants(t, proba, weights):
    """log E exp(t X) of the excess loss X, and its first two derivatives."""
    value = slope = curvature = 0.0
    for p, w in zip(proba, weights, strict=True):
        s = [-math.log(v) for v in p if v > 0]
        top = max(t * v for v in s)
        tilted = [v * math.exp(-t * math.log(v) - top) for v in p if v > 0]
        total = sum(tilted)
        mean = sum(a * b for a, b in zip(tilted, s, strict=True)) / total
        square = sum(a * (b - mean) ** 2 for a, b in zip(tilted, s, strict=True)) / total
        value += w * (math.log(total) + top - t * entropy(p))
        slope += w * (mean - entropy(p))
        curvature += w * square
    return value, slope, curvature


def saddlepoint_p_value(excess, proba, weights):
    """Lugannani and Rice (1980), eq. 10, with the saddlepoint found by halving."""
    low, high = -1.0, 1.0
    while cumulants(low, proba, weights)[1] > excess:
        low *= 2
    while cumulants(high, proba, weights)[1] < excess:
        high *= 2
    for _ in range(100):
        t = (low + high) / 2
        low, high = (t, high) if cumulants(t, proba, weights)[1] < excess else (low, t)
    value, _, curvature = cumulants(t, proba, weights)
    r = math.copysign(math.sqrt(2 * (t * excess - value)), t)
    u = t * math.sqrt(curvature)
    density = math.exp(-r * r / 2) / math.sqrt(2 * math.pi)
    upper = math.erfc(r / math.sqrt(2)) / 2 + density * (1 / u - 1 / r)
    return 2 * min(upper, 1 - upper)


# --- Labels and columns ----------------------------------------------------------------------


def loss_by_label(happened, predicted):
    """The loss of a row from what happened and what was predicted, both by label.

    A label that was not predicted has probability 0.
    """
    loss = 0.0
    for label, t in happened.items():
        p = predicted.get(label, 0.0)
        if t > 0:
            loss += math.inf if p == 0 else -t * math.log(p)
    return loss


def losses_of_labels(y, proba, labels):
    """The loss of each label in a list, from predictions whose columns have these labels."""
    rows = zip(y, proba, strict=True)
    return [loss_by_label({k: 1.0}, dict(zip(labels, p, strict=True))) for k, p in rows]


def losses_of_indicators(y, proba):
    """The loss of each row of yes-or-no outputs, each with the probability of a yes."""
    return [
        math.fsum(-math.log(p if happened else 1 - p) for happened, p in zip(*row, strict=True))
        for row in zip(y, proba, strict=True)
    ]


# --- Intervals of a divergence ---------------------------------------------------------------


def divergence_interval(value, bias, variance, level, center):
    """All divergences under which the estimate is neither too small nor too large, by halving.

    The estimate is noncentral chi-square over 2N' with 2N' bias degrees of freedom, where N' is
    such that its variance at the center is the given one. Too large is a tail of half the error,
    which grows to all of it where the divergence is 0 and no estimate is too small.
    """
    error = 1 - level
    scale = 2 * (bias + 2 * max(center, 0.0)) / variance
    freedom = scale * bias

    def upper_error(d):
        return error / 2 * (1 + math.exp(-scale * d / math.sqrt(2 * freedom)))

    def below(x, d):
        return stats.ncx2.cdf(x, freedom, scale * d) if d > 0 else stats.chi2.cdf(x, freedom)

    observed = max(scale * (value + bias), 0.0)
    # What is smaller than a divergence of 0 makes it counts as the least that is not too small.
    plausible = max(observed, stats.chi2.ppf(error, freedom))
    lower = _halving(lambda d: 1 - below(observed, d) >= upper_error(d))
    upper = _halving(lambda d: below(plausible, d) <= error - upper_error(d))
    return lower, upper


def _halving(holds):
    """The least divergence for which a condition holds, which then holds for all larger ones."""
    if holds(0.0):
        return 0.0
    low, high = 0.0, 1e-6
    while not holds(high):
        low, high = high, 2 * high
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
