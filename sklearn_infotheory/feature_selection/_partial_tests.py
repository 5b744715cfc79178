"""Does a feature tell anything beyond the picked ones? Tests from second moments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import fdtrc

from sklearn_infotheory._types import Features, Floats
from sklearn_infotheory.feature_selection._moments import DETERMINED, FIRST_CLASS, Moments
from sklearn_infotheory.feature_selection._recent_findings import Recent

_KEPT = 256
_MOST_CLASSES = 32  # of which each has a variance of its own in the test


class PartialTests:
    """F-tests of the target in the regression of each feature on the picked ones.

    The squares of the picked features take part in the regression, but not in the information: a
    column that only repeats what was picked does so by a straight line in the scores if all is
    normal, and else by a curve, which would look like something new where classes are one-sided.

    Parameters
    ----------
    moments : Moments
    n_features : int
        How many of its columns are features; the others are the target.
    """

    def __init__(self, moments: Moments, n_features: int) -> None:
        self.moments = moments
        self.outputs = list(range(n_features, len(moments.scores)))
        self._squares: Recent[Floats] = Recent(_KEPT)
        self._with_squares: Recent[Floats] = Recent(_KEPT)
        self._of_squares: Recent[Floats] = Recent(None)

    def _square(self, column: int) -> Floats:
        return self._squares.find(column, lambda: self.moments.square_of(column))

    def _with_square(self, column: int) -> Floats:
        return self._with_squares.find(
            column, lambda: self.moments.products_with(self._square(column))
        )

    def _inner(self, first: int, second: int) -> Floats:
        pair = min(first, second), max(first, second)
        return self._of_squares.find(pair, lambda: self.moments.inner(*map(self._square, pair)))

    def p_values(self, features: Features, picks: tuple[int, ...]) -> Floats:
        """Return the p-value of every wanted feature; 1 where the picked ones determine it."""
        alone = self.moments.unconditioned.squares[0, features]
        given = self._regression(features, picks, [])
        varies = given.rest(0) > DETERMINED * alone
        f, above, below = self._statistics(features, picks, given)
        if below < 1:
            return np.ones(len(features))
        tested = varies & (np.asarray(above) >= 1)
        return np.where(tested, fdtrc(np.maximum(above, 1), below, np.maximum(f, 0.0)), 1.0)

    def _statistics(
        self, features: Features, picks: tuple[int, ...], given: _Regression
    ) -> tuple[Floats, Floats | float, float]:
        """F, and its degrees of freedom."""
        freedom = self.moments.unconditioned.freedom
        if picks and not self.outputs and len(self.moments.sizes) <= _MOST_CLASSES:
            return self._of_unequal_classes(features, picks, given)
        if self.outputs:
            both = self._regression(features, picks, self.outputs)
            above, below = both.rank(0) - given.rank(0), freedom[0] - both.rank(0)
            return _ratio(given.rest(0), both.rest(0), above, below), above, below
        below = freedom[1] - given.rank(1)
        above = freedom[0] - given.rank(0) - below
        return _ratio(given.rest(0), given.rest(1), above, below), above, below

    def _regression(
        self, features: Features, picks: tuple[int, ...], outputs: list[int]
    ) -> _Regression:
        """Regress the features on the picked ones, their squares, and outputs."""
        lines = [*picks, *outputs]
        total = self.moments.unconditioned.squares[:, features]
        of_lines = [self.moments.products(j)[: len(total)] for j in lines]
        of_squares = [self._with_square(j) for j in picks]
        n_groups = min([len(total), *map(len, of_squares)])
        cross = np.array([rows[:n_groups] for rows in (*of_lines, *of_squares)])
        cross = cross.reshape(len(lines) + len(picks), n_groups, len(self.moments.scores))
        gram = np.zeros((n_groups, len(cross), len(cross)))
        gram[:, :, : len(lines)] = cross[:, :, lines].transpose(1, 0, 2)
        gram[:, : len(lines)] = gram[:, :, : len(lines)].transpose(0, 2, 1)
        for a, i in enumerate(picks, len(lines)):
            for b, j in enumerate(picks, len(lines)):
                gram[:, a, b] = self._inner(i, j)
        return _Regression(total, cross[:, :, features].transpose(1, 0, 2), gram)

    def _of_unequal_classes(
        self, features: Features, picks: tuple[int, ...], given: _Regression
    ) -> tuple[Floats, Floats, float]:
        """Test the means of the classes, each of which has a variance of its own.

        As White (1980), with one variance for each class in place of one for each sample: the sums
        of the residuals in the classes are weighed by the inverse of their covariance.
        """
        moments = self.moments
        sizes, shares = moments.sizes, moments.sizes / moments.n_samples
        columns = [moments.scores[j] for j in picks] + [self._square(j) for j in picks]
        means = np.array([moments.deviations(column) for column in columns]).T  # classes, columns
        sums = moments.sums[:, features]
        sums = sums - np.outer(shares, sums.sum(axis=0))
        # Sums of products about the means of all samples, in each class.
        gram = given.gram[FIRST_CLASS:] + means[:, :, np.newaxis] * (
            means[:, np.newaxis] / sizes[:, np.newaxis, np.newaxis]
        )
        cross = given.cross[FIRST_CLASS:] + means[:, :, np.newaxis] * (
            sums[:, np.newaxis] / sizes[:, np.newaxis, np.newaxis]
        )
        squares = given.total[FIRST_CLASS:] + sums**2 / sizes[:, np.newaxis]
        slopes = given.inverse @ given.cross[0]
        variances = squares - 2 * np.einsum("zp,czp->cp", slopes, cross)
        variances += np.einsum("zp,czw,wp->cp", slopes, gram, slopes, optimize=True)
        variances = np.maximum(variances, 0.0) / sizes[:, np.newaxis]
        covariances = _covariances_of_sums(sizes, means, gram, given.inverse @ means.T)
        residuals = (sums - means @ slopes)[:-1]
        below = moments.n_samples - len(sizes) - given.rank(0)
        return *_quadratic_form(residuals, variances, covariances[:, :-1, :-1]), below


@dataclass(frozen=True)
class _Regression:
    """Sums of products of features and regressors, and what follows from them.

    Attributes
    ----------
    total : ndarray of shape (n_groups, n_features)
    cross : ndarray of shape (n_groups, n_regressors, n_features)
    gram : ndarray of shape (n_groups, n_regressors, n_regressors)
    """

    total: Floats
    cross: Floats
    gram: Floats

    def _factor(self, group: int) -> Floats:
        """Rows that turn the regressors into independent ones, of which there may be fewer."""
        gram = self.gram[group]
        if not len(gram):
            return gram
        scale = np.sqrt(np.maximum(np.diag(gram), np.finfo(float).tiny))
        values, vectors = np.linalg.eigh(gram / np.outer(scale, scale))
        kept = values > DETERMINED
        factor: Floats = vectors[:, kept].T / np.sqrt(values[kept])[:, np.newaxis] / scale
        return factor

    @cached_property
    def inverse(self) -> Floats:
        factor = self._factor(0)
        return factor.T @ factor

    def rank(self, group: int) -> int:
        return len(self._factor(group))

    def rest(self, group: int) -> Floats:
        """Sums of the squared residuals of all features."""
        if not self.gram.shape[1]:
            return self.total[group]
        explained = ((self._factor(group) @ self.cross[group]) ** 2).sum(axis=0)
        return np.maximum(self.total[group] - explained, 0.0)


def _ratio(without: Floats, rest: Floats, above: float, below: float) -> Floats:
    """F of what the target takes from the residuals; infinite where it takes all."""
    with np.errstate(divide="ignore", invalid="ignore"):
        f = (without - rest) / max(above, 1) / rest * below
    return np.where(rest > 0, f, np.inf)


def _covariances_of_sums(sizes: Floats, means: Floats, gram: Floats, slopes: Floats) -> Floats:
    """Return what samples of each class add to the covariance of the sums of all classes.

    The sum of the residuals in a class is that of all samples weighed by the residuals of its
    indicator; ``slopes`` are those of the regression of the indicators.
    """
    shares = sizes / sizes.sum()
    fitted = np.outer(sizes, shares) + means @ slopes
    lines = means @ slopes
    products = np.einsum("za,czw,wb->cab", slopes, gram, slopes, optimize=True)
    products += sizes[:, np.newaxis, np.newaxis] * np.outer(shares, shares)
    mixed = lines[:, :, np.newaxis] * shares
    products += mixed + mixed.transpose(0, 2, 1)
    for c in range(len(sizes)):
        products[c, c, :] -= fitted[c]
        products[c, :, c] -= fitted[c]
        products[c, c, c] += sizes[c]
    return products


def _quadratic_form(sums: Floats, variances: Floats, covariances: Floats) -> tuple[Floats, Floats]:
    """Weigh the sums of each feature by the inverse of their covariance; return F and its rank."""
    whole = np.einsum("cp,cab->pab", variances, covariances, optimize=True)
    values, vectors = np.linalg.eigh(whole)
    kept = values > DETERMINED * np.maximum(values[:, -1:], np.finfo(float).tiny)
    turned = np.einsum("pab,ap->pb", vectors, sums)
    terms = np.where(kept, turned**2 / np.where(kept, values, 1.0), 0.0)
    rank = kept.sum(axis=1)
    return terms.sum(axis=1) / np.maximum(rank, 1), rank
