"""Means of local terms that come from neighbours, and their standard errors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._types import Floats
from sklearn_infotheory.estimation._variables import Variable, combine

Estimator = Literal["ksg", "ross", "frenzel_pompe", "kozachenko_leonenko"]

# The true standard error over that of independent terms: so much for any number of samples, and so
# much more for each share of them that the neighbours make.
_WIDENING: dict[Estimator, tuple[float, float]] = {
    "ksg": (1.16, 6.0),
    "ross": (1.08, 2.5),
    "frenzel_pompe": (1.33, 6.0),
    "kozachenko_leonenko": (1.15, 3.0),
}
_LARGEST_SHARE = 0.15  # from which on the factors grow no more


def knn_standard_error(
    terms: Floats,
    estimator: Estimator,
    n_neighbors: int,
    sizes: int | NDArray[np.intp] | None = None,
) -> float:
    r"""Return the standard error of the mean of local terms.

    Parameters
    ----------
    terms : ndarray of shape (n_samples,)
    estimator : {"ksg", "ross", "frenzel_pompe", "kozachenko_leonenko"}
        Where the terms come from.
    n_neighbors : int
    sizes : int or ndarray of int, shape (n_samples,), default=None
        Among how many samples the neighbours were found: for "ross", how many are in the class of
        each. All of them by default.

    Notes
    -----
    Samples that are near each other have neighbours in common, and a range counts what lies in
    many others. So the terms are not independent, and their standard deviation s gives an error
    that is too small, by the same share for nearly every law that was tried:

    .. math:: \frac{s}{\sqrt{n}} \left(a + b \frac{k}{m}\right)

    with m the samples among which the neighbours were found. In KSG's estimator the noise of one
    term is :math:`\psi'(k)` and that of the mean :math:`1.33 \psi'(k) / n`, hence a = 1.16. The
    rest makes up for the information that is smoothed out between so many neighbours. The jackknife
    gives 1.2 to 1.7 times the true error, since what only counts in pairs enters twice [1]_; and
    subsamples would have to be drawn. The constants were fitted to simulations; they and the
    coverage of the intervals are measured in ``tests/validation/test_estimation.py``.

    References
    ----------
    .. [1] Efron, B. & Stein, C. (1981). The jackknife estimate of variance. Annals of Statistics 9,
       586-596. :doi:`10.1214/aos/1176345462`
    """
    sizes = len(terms) if sizes is None else sizes
    return _standard_error(terms, _factors(estimator, n_neighbors, np.asarray(sizes)))


def mixed_standard_error(terms: Floats, variables: Sequence[Variable], n_neighbors: int) -> float:
    """Return the standard error of the mean of the terms of the chain rule.

    A sample counts with the factor of the estimator that its term comes from: none if every
    variable is an atom there, Ross's if one is a number, and KSG's if two are. Three and more need
    that of Frenzel and Pompe, who look at three. The neighbours were found among the samples that
    are alike in this.
    """
    labels = reduce(combine, [variable.atoms for variable in variables])
    sizes = np.bincount(labels)[labels]
    n_numbers = np.sum([variable.atoms >= variable.n_atoms for variable in variables], axis=0)
    factors = np.ones(len(terms))
    one, two, more = n_numbers == 1, n_numbers == 2, n_numbers > 2
    factors[one] = _factors("ross", n_neighbors, sizes[one])
    factors[two] = _factors("ksg", n_neighbors, sizes[two])
    factors[more] = _factors("frenzel_pompe", n_neighbors, sizes[more])
    return _standard_error(terms, factors)


def _factors(estimator: Estimator, n_neighbors: int, sizes: NDArray[np.intp]) -> Floats:
    least, slope = _WIDENING[estimator]
    shares = np.minimum(n_neighbors, sizes - 1) / np.maximum(sizes, 1)
    return least + slope * np.clip(shares, 0.0, _LARGEST_SHARE)


def _standard_error(terms: Floats, factors: Floats) -> float:
    """Add up in ascending order: the same to the bit for every order of the rows."""
    n_samples = len(terms)
    if n_samples < 2:
        return np.nan
    deviations = (terms - np.sort(terms).mean()) * factors
    return float(np.sqrt(np.sort(deviations**2).sum() / (n_samples - 1) / n_samples))


def ordered_mean(terms: NDArray[np.float64]) -> float:
    """Average in ascending order: the same to the bit for every order of the rows; 0 of none."""
    return float(np.sort(terms).mean()) if len(terms) else 0.0
