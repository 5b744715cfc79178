"""Which estimator do the data call for?

Counts for two discrete sides. Between numbers, the correlation of normal scores tells what it can
with the least noise, and among all pairs that have it the Gaussian has the least information [1]_.
So the Gaussian copula is taken unless the data contradict it, and neighbours are otherwise. The
choice is the same for all orders of the rows, for all monotone maps of a column, and for x and y
exchanged.

.. [1] D. V. Foster, P. Grassberger (2011). Lower bounds on mutual information. Physical Review E
   83, 010101. :doi:`10.1103/PhysRevE.83.010101`
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, erf

from sklearn_infotheory._types import Floats
from sklearn_infotheory.estimation._copula import (
    gaussian_class_information,
    gaussian_mutual_information,
)
from sklearn_infotheory.estimation._neighbors._neighbor_terms import ksg_terms, ross_terms
from sklearn_infotheory.estimation._neighbors._standard_errors import knn_standard_error
from sklearn_infotheory.estimation._variables import Variable, transformed

Choice = Literal["discrete", "gaussian", "gaussian_mixture", "knn"]

_FEWEST = 10  # samples, to tell by
_EVIDENT = 0.001  # p-value below which a dependence is taken for real
# How unlikely the moments may be under the model, and how many standard errors neighbours may find
# beyond it. First where a dependence is evident; then where there may be none, and where
# neighbours, called in vain, would make the error larger by a factor of thirty.
_LEVELS = (0.05, 0.0003)
_EXCESSES = (3.0, 4.0)
_DEGREE = 4
_FREE_MOMENTS = 6  # the margins of normal scores are fixed, and so are five of the eleven


def choose_method(x: Variable, y: Variable, n_neighbors: int = 3) -> Choice:
    """Choose the estimator of I(X; Y) for method="auto".

    Returns
    -------
    {"discrete", "gaussian", "gaussian_mixture", "knn"}
        "discrete" for two discrete sides: counts. "gaussian" for two continuous columns whose
        normal scores look like those of a Gaussian pair. "gaussian_mixture" for a continuous column
        and classes if neither Gaussian models of the classes nor neighbours find that one tells of
        the other. "knn" in all other cases: mixed or coarsely rounded columns, several columns on a
        side, and a column with a monotone function of itself.

    Notes
    -----
    Two tests may contradict the Gaussian copula. One looks at the products of Legendre polynomials
    of the two principal components, up to degree four in all, as in Neyman's smooth test. The other
    asks whether neighbours find more information, by more standard errors than chance allows;
    whatever the dependence is, this one sees it in the end. Both are strict where the correlation
    is not significant. ``tests/validation/test_estimation.py`` measures what comes of it.
    """
    if x.is_discrete and y.is_discrete:
        return "discrete"
    if x.n_samples < _FEWEST:
        return "knn"
    if _is_fine(x) and _is_fine(y):
        return "gaussian" if _is_gaussian_pair(_scores(x), _scores(y), n_neighbors) else "knn"
    for numbers, classes in ((x, y), (y, x)):
        if _is_fine(numbers) and classes.is_discrete:
            nothing = _tells_nothing(_scores(numbers), classes.atoms, n_neighbors)
            return "gaussian_mixture" if nothing else "knn"
    return "knn"


def _is_fine(variable: Variable) -> bool:
    """Tell whether this is one column of numbers, most of which occur once or twice."""
    if not variable.is_continuous or variable.values.shape[1] != 1:
        return False
    return 2 * len(np.unique(variable.values)) >= variable.n_samples


def _scores(variable: Variable) -> Floats:
    return transformed(variable.values[:, 0], "normal_scores")


def _is_gaussian_pair(x: Floats, y: Floats, k: int) -> bool:
    found = gaussian_mutual_information(x, y)
    maybe_nothing = int(found.p_value >= _EVIDENT)
    moments = smooth_statistic(x, y)
    if not chdtrc(_FREE_MOMENTS, moments) >= _LEVELS[maybe_nothing]:
        return False
    excess = ksg_terms(x, y, k) - found.terms
    return _in_errors(excess, knn_standard_error(excess, "ksg", k)) <= _EXCESSES[maybe_nothing]


def _tells_nothing(x: Floats, classes: NDArray[np.intp], k: int) -> bool:
    """Tell whether x and the classes may well be independent."""
    found = gaussian_class_information(x, classes)
    sizes = np.bincount(classes)
    freedom = 2 * (np.count_nonzero(sizes > 1) - 1)  # a mean and a variance for each class
    if freedom <= 0:
        return False
    if chdtrc(freedom, max(2 * len(x) * found.value + freedom, 0.0)) < _EVIDENT:
        return False
    excess = ross_terms(x, classes, k) - found.terms
    error = knn_standard_error(excess, "ross", k, sizes[classes])
    return _in_errors(excess, error) <= _EXCESSES[1]


def smooth_statistic(x: Floats, y: Floats) -> float:
    """Return Neyman's smooth statistic of a Gaussian pair; chi-square of six degrees, about.

    Parameters
    ----------
    x, y : ndarray of shape (n_samples,)
        Normal scores.

    Returns
    -------
    float
        Infinite where the scores of one are those of the other, or their negatives: no sample of
        a density is on a line.

    References
    ----------
    Rayner, J. C. W., Thas, O. & Best, D. J. (2009). Smooth Tests of Goodness of Fit: Using R,
    2nd edition. Wiley. :doi:`10.1002/9780470824443`
    """
    x, y = (v / np.sqrt(_mean(v * v)) for v in (x, y))
    # The sum and the difference of a Gaussian pair with unit variances are independent and normal.
    # Their distribution functions make them uniform on [-1, 1], where products of Legendre
    # polynomials have mean 0 and variance 1: n times a squared mean of them is chi-square.
    components = (x + y, x - y)
    if not all(component.any() for component in components):
        return np.inf
    sides = [erf(v / np.sqrt(_mean(v * v)) / np.sqrt(2)) for v in components]
    first, second = map(_legendre_polynomials, sides)
    degrees = [(a, b) for a in range(_DEGREE + 1) for b in range(_DEGREE + 1 - a) if a + b > 1]
    degrees.remove((1, 1))  # zero by the rotation
    return len(x) * sum(_mean(first[a] * second[b]) ** 2 for a, b in degrees)


def _legendre_polynomials(t: Floats) -> list[Floats]:
    """Return them with unit variance on [-1, 1]; the odd ones are odd to the bit."""
    found = [np.ones_like(t), t]
    for a in range(1, _DEGREE):
        found.append(((2 * a + 1) * t * found[a] - a * found[a - 1]) / (a + 1))
    return [np.sqrt(2 * a + 1) * polynomial for a, polynomial in enumerate(found)]


def _in_errors(terms: Floats, error: float) -> float:
    mean = _mean(terms)
    return mean / error if error > 0 else np.inf * np.sign(mean) if mean else 0.0


def _mean(terms: Floats) -> float:
    """Add up by size: the same bits for every order of the rows, and for all signs turned."""
    gains, losses = np.sort(terms[terms > 0]), np.sort(-terms[terms < 0])
    return float(gains.sum() - losses.sum()) / len(terms)
