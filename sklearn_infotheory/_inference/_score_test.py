r"""Does a column inform about the target beyond an additive model of other columns?

The test is a generalised covariance measure (Shah and Peters, 2020): the target is regressed on the
picked columns, the candidate is regressed on the same columns, and the products of both residuals
are summed. If the target does not depend on the candidate given the picked columns, the sum has
mean zero as soon as one of the two regressions is right.

All columns are codes of a byte. What a column contributes to a regression is a number for each of
its levels, so that every sum over the rows is a weighted table of two columns of codes, multiplied
by small matrices: linear in the number of rows, and tables of parts of the rows add up.

References
----------
Shah, R. D. and Peters, J. (2020). The hardness of conditional independence testing and the
generalised covariance measure. Annals of Statistics 48, 1514-1538. :doi:`10.1214/19-AOS1857`

Liu, Y. and Xie, J. (2020). Cauchy combination test: a powerful test with analytic p-value
calculation under arbitrary dependency structures. Journal of the American Statistical Association
115, 393-402. :doi:`10.1080/01621459.2018.1554485`

White, H. (1980). A heteroskedasticity-consistent covariance matrix estimator and a direct test for
heteroskedasticity. Econometrica 48, 817-838. :doi:`10.2307/1912934`
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, fdtrc, ndtri

from sklearn_infotheory._threads import map_chunks
from sklearn_infotheory._types import Floats, Ints, Weights

_PENALTY = 1.0  # on the squares of all coefficients but the intercept
_MOST_STEPS = 25  # of Newton
_SMALL_STEP = 1e-3
_LONGEST_STEP = 4.0
_LARGEST_LOGIT = 15.0
_GRID = 2.0**30  # weights are multiples of 1 / _GRID, so that their sums do not depend on the order
_MOST_CELLS = 64  # of a category in a regression; the other cells are the reference
_MOST_DIRECTIONS = 5  # of a category that is tested
_FEWEST = 5  # rows of a class, of a category or of missing values that are looked at
_SMALLEST_SHARE = 1e-6  # of the variance of a direction that is not redundant
_FEWEST_FREE = 5  # degrees of freedom of a test


@dataclass(frozen=True)
class ScoredColumn:
    """What a column of codes contributes to regressions, a row for each level.

    Attributes
    ----------
    codes : ndarray of uint8 of shape (n_samples,)
    regressors : ndarray of shape (n_levels, n_regressors)
        The cells of the column but one; and of numbers, the normal score z and z^2 - 1.
    directions : ndarray of shape (n_levels, n_directions)
        What is tested: z, z^2 - 1 and whether the value is missing; or the frequent categories.
    """

    codes: NDArray[np.uint8]
    regressors: Floats
    directions: Floats

    @property
    def n_levels(self) -> int:
        return len(self.regressors)

    def square(self, counts: Floats) -> Floats:
        """Sum the products of the directions, given the counts of the levels."""
        return (self.directions.T * counts) @ self.directions


def scored_column(
    codes: NDArray[np.uint8],
    n_levels: int,
    weights: Weights,
    *,
    is_category: bool,
    missing: int,
    n_groups: int,
) -> ScoredColumn:
    """Score the levels of a column.

    Parameters
    ----------
    codes : ndarray of uint8 of shape (n_samples,)
    n_levels : int
    weights : ndarray of shape (n_samples,) or None
        A weight of k counts as k repetitions.
    is_category : bool
        Whether the order of the levels means nothing.
    missing : int
        The level of missing values.
    n_groups : int
        Into how many cells of like counts the levels of a number are joined for regressions.
    """
    counts = np.bincount(codes, weights, n_levels).astype(np.float64)[:n_levels]
    occurring = int((counts > 0).sum())
    if is_category or occurring <= 2:
        cells = np.eye(n_levels)[:, np.argsort(-counts, kind="stable")]
        regressors = cells[:, 1 : min(occurring, _MOST_CELLS + 1)]
        frequent = np.sort(counts)[::-1][1 : 1 + _MOST_DIRECTIONS] >= _FEWEST
        n_tested = max(int(frequent.sum()), min(occurring - 1, 1))
        return ScoredColumn(codes, regressors, cells[:, 1 : 1 + n_tested])
    scores = _normal_scores(counts, missing)
    groups = _groups(counts, missing, n_groups)
    members = np.eye(int(groups.max()) + 1)[groups]
    sizes = counts @ members
    members = members[:, np.argsort(-sizes, kind="stable")[1 : int((sizes > 0).sum())]]
    is_missing = np.arange(n_levels) == missing
    total, n_missing = counts.sum(), counts[missing] if missing < n_levels else 0.0
    directions = [scores[:, 0], _bend(counts, missing)]
    if _FEWEST <= n_missing <= total - _FEWEST:
        directions.append(is_missing.astype(np.float64))
    return ScoredColumn(codes, np.hstack([members, scores]), np.array(directions).T)


def _normal_scores(counts: Floats, missing: int) -> Floats:
    """Return the normal score z of the mid-rank of each level, and z^2 - 1; 0 where missing."""
    present = np.arange(len(counts)) != missing
    n = counts[present].sum()
    z = np.zeros(len(counts))
    middle = np.cumsum(counts[present]) - counts[present] / 2
    z[present] = ndtri(np.clip(middle / n, 0.25 / n, 1 - 0.25 / n))
    return np.array([z, np.where(present, z * z - 1, 0.0)]).T


def _bend(counts: Floats, missing: int) -> Floats:
    """Return (3 v^2 - 1) / 2 of the mid-rank v in [-1, 1]: a bend whose tails are short."""
    present = np.arange(len(counts)) != missing
    v = np.zeros(len(counts))
    v[present] = 2 * (np.cumsum(counts[present]) - counts[present] / 2) / counts[present].sum() - 1
    return np.where(present, (3 * v * v - 1) / 2, 0.0)


def _groups(counts: Floats, missing: int, n_groups: int) -> Ints:
    """Join levels to cells of like counts; missing values have one of their own."""
    present = np.arange(len(counts)) != missing
    middle = np.cumsum(np.where(present, counts, 0.0)) - counts / 2
    share = middle / max(counts[present].sum(), 1.0)
    groups = np.clip((share * n_groups).astype(np.int64), 0, n_groups - 1)
    groups[~present] = n_groups
    return np.unique(groups, return_inverse=True)[1]


def response_of_numbers(values: Floats, weights: Weights) -> Floats:
    """Return the normal scores of the mid-ranks of a target of numbers."""
    distinct, place = np.unique(values, return_inverse=True)
    counts = np.bincount(place, weights, len(distinct))
    middle = np.cumsum(counts) - counts / 2
    scores: Floats = ndtri(middle / counts.sum())
    return scores[place]


def responses_of_classes(codes: NDArray[np.uint16], n_classes: int, weights: Weights) -> Floats:
    """Return an indicator for each class but one of two; classes of few rows are left out."""
    counts = np.bincount(codes, weights, n_classes)
    kept = np.flatnonzero(counts >= _FEWEST)
    if len(kept) <= 1 or int((counts > 0).sum()) <= 2:
        kept = np.argsort(-counts, kind="stable")[1:2]
    return (codes == kept[:, np.newaxis]).astype(np.float64)


@dataclass
class _Fit:
    """A regression of one response on the picked columns."""

    coefficients: Floats
    weights: Floats  # of the rows, on the grid
    residuals: Floats  # on the grid
    inverse: Floats  # of the penalised products of the regressors
    freedom: float  # that the regression takes


@dataclass
class ScoreTest:
    """Tests of candidates in an additive model of the picked columns.

    Parameters
    ----------
    responses : ndarray of shape (n_responses, n_samples)
        Normal scores of a target of numbers; or an indicator for each class, each of which has a
        logistic regression of its own.
    are_classes : bool
    sample_weights : ndarray of shape (n_samples,) or None
        A weight of k counts as k repetitions.
    n_threads : int
    """

    responses: Floats
    are_classes: bool
    sample_weights: Weights = None
    n_threads: int = 1
    picks: list[ScoredColumn] = field(default_factory=list)

    def __post_init__(self) -> None:
        n = self.responses.shape[1]
        one = np.ones((1, 1))
        self.picks = [ScoredColumn(np.zeros(n, np.uint8), one, one)]
        self._fits: list[_Fit] | None = None
        self._before: Sequence[_Fit | None] = [None] * len(self.responses)

    @cached_property
    def n_samples(self) -> float:
        n = self.responses.shape[1]
        return float(n if self.sample_weights is None else self.sample_weights.sum())

    def add(self, column: ScoredColumn) -> None:
        """Take one more column into the model."""
        self.picks.append(column)
        self._before, self._fits = self._fits or self._before, None

    # --- Regressions of the target ----------------------------------------------------------

    @property
    def fits(self) -> list[_Fit]:
        """The regressions of all responses on the picked columns."""
        if self._fits is None:
            before = getattr(self, "_stale", None) or [None] * len(self.responses)
            self._fits = [
                self._fit(response, fit)
                for response, fit in zip(self.responses, before, strict=True)
            ]
        return self._fits

    @property
    def _starts(self) -> Ints:
        """Where the regressors of each pick begin."""
        return np.cumsum([0, *(pick.regressors.shape[1] for pick in self.picks)])

    @property
    def _penalties(self) -> Floats:
        penalties = np.full(self._starts[-1], _PENALTY)
        penalties[0] = 1e-8
        return penalties

    def _fit(self, response: Floats, before: _Fit | None) -> _Fit:
        coefficients = np.zeros(self._starts[-1])
        if before is not None:
            coefficients[: len(before.coefficients)] = before.coefficients
        if not self.are_classes:
            return self._fit_line(response)
        return self._fit_logistic(response, coefficients)

    def _fit_line(self, response: Floats) -> _Fit:
        ones = np.ones(len(response))
        gram = self._gram(ones)
        penalised = gram + np.diag(self._penalties)
        inverse = _inverse(penalised)
        coefficients = inverse @ self._sums(on_grid(response))
        residuals = on_grid(response - self._predict(coefficients))
        return _Fit(coefficients, ones, residuals, inverse, float(np.sum(inverse * gram)))

    def _fit_logistic(self, response: Floats, coefficients: Floats) -> _Fit:
        """Newton's steps, from the coefficients of the model before."""
        penalties = self._penalties
        if not coefficients.any():
            share = self._mean(response)
            coefficients[0] = np.log(max(share, 1e-6) / max(1 - share, 1e-6))
        for _ in range(_MOST_STEPS):
            chance, spread = self._chances(coefficients)
            gram = self._gram(spread)
            inverse = _inverse(gram + np.diag(penalties))
            slope = self._sums(on_grid(response - chance)) - penalties * coefficients
            step = inverse @ slope
            longest = np.abs(step).max()
            if longest < _SMALL_STEP:
                break
            coefficients = coefficients + step * min(1.0, _LONGEST_STEP / longest)
        freedom = float(np.sum(inverse * gram))
        return _Fit(coefficients, spread, on_grid(response - chance), inverse, freedom)

    def _chances(self, coefficients: Floats) -> tuple[Floats, Floats]:
        logits = np.clip(self._predict(coefficients), -_LARGEST_LOGIT, _LARGEST_LOGIT)
        chance: Floats = expit(logits)
        return chance, on_grid(np.maximum(chance * (1 - chance), 1e-6))

    def _mean(self, response: Floats) -> float:
        weights = self.sample_weights
        return float(response.mean() if weights is None else response @ weights / weights.sum())

    def _predict(self, coefficients: Floats) -> Floats:
        """Add up what the level of each pick contributes."""
        total = np.zeros(self.responses.shape[1])
        for pick, start, stop in zip(self.picks, self._starts, self._starts[1:], strict=False):
            total += (pick.regressors @ coefficients[start:stop])[pick.codes]
        return total

    def _sums(self, values: Floats) -> Floats:
        """Sum values times each regressor."""
        weighted = self._weighted(values)
        return np.concatenate(
            [_sums_by_level(pick, weighted) @ pick.regressors for pick in self.picks]
        )

    def _weighted(self, values: Floats) -> Floats:
        """Return values times the weights of the samples, on the grid."""
        return on_grid(values if self.sample_weights is None else values * self.sample_weights)

    def _gram(self, weights: Floats) -> Floats:
        """Sum the products of all regressors, weighted."""
        first, second = np.triu_indices(len(self.picks))
        tables = self._tables(self.picks, first, second, self._weighted(weights))
        starts, gram = self._starts, np.empty((self._starts[-1],) * 2)
        for a, b, table in zip(first, second, tables, strict=True):
            block = self.picks[a].regressors.T @ table @ self.picks[b].regressors
            gram[starts[a] : starts[a + 1], starts[b] : starts[b + 1]] = block
            gram[starts[b] : starts[b + 1], starts[a] : starts[a + 1]] = block.T
        return gram

    def _tables(
        self, columns: Sequence[ScoredColumn], first: Ints, second: Ints, weights: Floats
    ) -> list[Floats]:
        """Count pairs of columns, weighted."""
        from sklearn_infotheory._kernels._pair_counts import count_pairs

        codes = np.stack([column.codes for column in columns])
        levels = np.array([column.n_levels for column in columns], np.int64)
        sizes = levels[first] * levels[second]
        offsets, out = np.cumsum(sizes) - sizes, np.zeros(int(sizes.sum()))
        first, second = first.astype(np.int64), second.astype(np.int64)

        def work(pairs: Ints) -> None:
            count_pairs(codes, first[pairs], second[pairs], levels, offsets[pairs], weights, out)

        map_chunks(work, np.arange(len(first)), self.n_threads)
        return [
            out[start : start + a * b].reshape(a, b)
            for start, a, b in zip(offsets, levels[first], levels[second], strict=True)
        ]

    # --- Tests of candidates ----------------------------------------------------------------

    def p_values(
        self, candidates: Sequence[ScoredColumn], gain: float = 0.0, level: float = 1.0
    ) -> Floats:
        """Test each candidate; the p-values of several responses are combined (Liu and Xie, 2020).

        Parameters
        ----------
        candidates : sequence of ScoredColumn
        gain : float, default=0.0
            Information in nats that is allowed for: the null hypothesis is a gain of at most that.
        level : float, default=1.0
            Above it, a p-value may be smaller than it should be, but not below the level.
        """
        if not len(self.responses):
            return np.ones(len(candidates))
        level = level * len(self.responses)  # one of several may be smaller than all together
        tests = [self._tests_of(candidates, fit, gain, level) for fit in self.fits]
        return tests[0] if len(tests) == 1 else _combined(np.array(tests))

    def _tests_of(
        self, candidates: Sequence[ScoredColumn], fit: _Fit, gain: float, level: float
    ) -> Floats:
        """Test the candidates against the residuals of one response.

        The variance of the sums is taken from the model, and then from the residuals themselves
        (White, 1980). The larger p-value counts: with few rows of a class the second is unstable,
        and where the model does not hold the first is wrong.
        """
        free = self.n_samples - fit.freedom
        found = np.ones(len(candidates))
        if free < _FEWEST_FREE + 1:
            return found
        residuals, picked = self._weighted(fit.residuals), self._sums(fit.residuals)
        tables = self._tables_with_picks(candidates, fit.weights)
        squares = on_grid(fit.residuals**2)
        scale = 1.0 if self.are_classes else float(self._weighted(squares).sum()) / free
        parts = []
        for i, (candidate, table) in enumerate(zip(candidates, tables, strict=True)):
            cross = self._cross(table, candidate.directions)
            slopes = fit.inverse @ cross
            sums = _sums_by_level(candidate, residuals) @ candidate.directions - picked @ slopes
            parts.append((sums, slopes))
            spread = scale * (candidate.square(table[-1]) - cross.T @ slopes)
            found[i] = _p_value(sums, spread, self.n_samples, free, gain)
        near = np.flatnonzero(found <= level).tolist()
        if near:
            gram = self._gram(squares)
            tables = self._tables_with_picks([candidates[i] for i in near], squares)
            for i, table in zip(near, tables, strict=True):
                sums, slopes = parts[i]
                cross = self._cross(table, candidates[i].directions)
                spread = candidates[i].square(table[-1]) - slopes.T @ cross - cross.T @ slopes
                spread += slopes.T @ gram @ slopes - np.outer(sums, sums) / self.n_samples
                spread *= self.n_samples / free
                found[i] = max(found[i], _p_value(sums, spread, self.n_samples, free, gain))
        return found

    def _tables_with_picks(
        self, candidates: Sequence[ScoredColumn], weights: Floats
    ) -> Iterator[list[Floats]]:
        """Yield for each candidate its tables with the picks, then the counts of its levels."""
        k, m = len(self.picks), len(candidates)
        first = np.tile(np.arange(k), m)
        second = np.repeat(np.arange(k, k + m), k)
        weighted = self._weighted(weights)
        tables = self._tables([*self.picks, *candidates], first, second, weighted)
        for i, candidate in enumerate(candidates):
            yield [*tables[i * k : (i + 1) * k], _sums_by_level(candidate, weighted)]

    def _cross(self, tables: Sequence[Floats], own: Floats) -> Floats:
        """Sum the products of the regressors and the directions of a candidate."""
        return np.concatenate(
            [
                pick.regressors.T @ table @ own
                for pick, table in zip(self.picks, tables, strict=False)
            ]
        )


def _sums_by_level(column: ScoredColumn, values: Floats) -> Floats:
    sums: Floats = np.bincount(column.codes, values, column.n_levels).astype(np.float64, copy=False)
    return sums


def _inverse(matrix: Floats) -> Floats:
    inverse: Floats = np.linalg.inv(matrix).astype(np.float64, copy=False)
    return inverse


def on_grid(values: Floats) -> Floats:
    """Round so that sums are exact, and do not depend on the order of the rows."""
    return np.rint(values * _GRID) / _GRID


def _combined(p_values: Floats) -> Floats:
    """Combine dependent p-values, one row for each response, by the mean of their Cauchy scores."""
    p = np.clip(p_values, 1e-300, 0.95)
    # Far in the tail tan((1/2 - p) pi) is 1 / (p pi), which does not lose digits.
    scores = np.where(p < 1e-12, 1 / (p * np.pi), np.tan((0.5 - p) * np.pi)).mean(axis=0)
    tail = np.where(scores > 1e12, 1 / (scores * np.pi), 0.5 - np.arctan(scores) / np.pi)
    return np.clip(tail, 0.0, 1.0)


def _p_value(sums: Floats, spread: Floats, n: float, free: float, gain: float) -> float:
    """Test sums of products of residuals by their estimated covariance: F with what is free."""
    scale = np.sqrt(np.maximum(np.diag(spread), 0.0))
    tested = scale > 1e-9 * np.sqrt(n)
    if not tested.any():
        return 1.0
    sums, scale = sums[tested] / scale[tested], scale[tested]
    values, vectors = np.linalg.eigh(spread[np.ix_(tested, tested)] / np.outer(scale, scale))
    kept = values > _SMALLEST_SHARE
    freedom = int(kept.sum())
    below = free - freedom
    if below < _FEWEST_FREE:
        return 1.0
    statistic = float(((vectors[:, kept].T @ sums) ** 2 / values[kept]).sum())
    f = statistic * below / (freedom * free)
    if gain > 0:
        from scipy.stats import ncf

        return float(ncf.sf(f, freedom, below, 2 * n * gain))
    return float(fdtrc(freedom, below, f))
