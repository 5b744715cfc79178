"""The criteria by which the next feature is picked: their formulas.

Names and formulas follow Brown et al. (2012) [1]_ and the packages praznik and FEAST. S is what has
been picked, W one of it, X a candidate, Y the target. The first feature is always the most relevant
one, with the score I(X; Y).

References
----------
.. [1] Brown, G., Pocock, A., Zhao, M.-J. and Lujan, M. (2012). Conditional likelihood maximisation:
   a unifying framework for information theoretic feature selection. Journal of Machine Learning
   Research, 13, 27-66.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sklearn_infotheory._types import Floats
from sklearn_infotheory.feature_selection._relations import PairInformation

# Peng's guard against dividing by zero is 1e-4 bits.
_QUOTIENT_GUARD = 1e-4 * np.log(2)


def _total(relevance: Floats, total: Floats, n_picked: int) -> Floats:
    return total


@dataclass(frozen=True)
class PairCriterion:
    """A criterion made of one term for each picked feature.

    Attributes
    ----------
    term : callable
        From the :class:`PairInformation` of the candidates and one picked feature to its term.
    reduce : {"sum", "min"}
        How the terms of all picked features become one number, the total.
    score : callable
        From relevance, total and the number of picked features to the score; the total by default.
    is_ratio : bool
        Whether the score has no unit.
    name : str
        How the criterion is shown.
    """

    term: Callable[[PairInformation], Floats]
    reduce: Literal["sum", "min"] = "sum"
    score: Callable[[Floats, Floats, int], Floats] = _total
    is_ratio: bool = False
    name: str = "PairCriterion"

    def __post_init__(self) -> None:
        if self.reduce not in ("sum", "min"):
            raise ValueError(
                f"reduce={self.reduce!r} is not known. Pass 'sum' or 'min': how the terms of the "
                "picked features become one number."
            )

    @property
    def is_lazy(self) -> bool:
        """Whether some of the terms bound the score, so that not all need to be looked at."""
        return self.reduce == "min" and self.score is _total

    def __repr__(self) -> str:
        return self.name


def _plus_relevance(relevance: Floats, total: Floats, n_picked: int) -> Floats:
    return relevance + total


def _over_redundancy(relevance: Floats, total: Floats, n_picked: int) -> Floats:
    # Estimates that are corrected for bias can be below zero.
    return relevance / (np.maximum(total / n_picked, 0.0) + _QUOTIENT_GUARD)


def _capped_redundancy(pair: PairInformation) -> Floats:
    return -np.maximum(0.0, pair.redundancy - pair.conditional_redundancy)


@dataclass(frozen=True)
class _LinearTerm:
    beta: float
    gamma: float

    def __call__(self, pair: PairInformation) -> Floats:
        return self.gamma * pair.conditional_redundancy - self.beta * pair.redundancy


def linear_criterion(beta: float, gamma: float) -> PairCriterion:
    r"""Make a criterion of the linear family, for ``MutualInfoSelector(criterion=...)``.

    .. math:: J(X) = I(X; Y) - \beta \sum_{W \in S} I(X; W) + \gamma \sum_{W \in S} I(X; W | Y)

    Parameters
    ----------
    beta : float
        The weight of redundancy. ``linear_criterion(1, 0)`` is "mifs".
    gamma : float
        The weight of redundancy within the classes, which is complementarity.
        ``linear_criterion(1, 1)`` is "cife", ``linear_criterion(0, 1)`` is "condred".

    Returns
    -------
    PairCriterion
        A value for the parameter ``criterion``; it can be pickled and cloned.

    References
    ----------
    Brown, G., Pocock, A., Zhao, M.-J. and Lujan, M. (2012). Conditional likelihood maximisation: a
    unifying framework for information theoretic feature selection. Journal of Machine Learning
    Research, 13, 27-66.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn_infotheory.feature_selection import MutualInfoSelector, linear_criterion
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> selector = MutualInfoSelector(4, criterion=linear_criterion(beta=0.7, gamma=0.0))
    >>> selector.fit(X, y).selected_.tolist()
    [22, 26, 1, 4]
    """
    term = _LinearTerm(float(beta), float(gamma))
    name = f"linear_criterion(beta={term.beta}, gamma={term.gamma})"
    return PairCriterion(term, score=_plus_relevance, name=name)


PAIR_CRITERIA: dict[str, PairCriterion] = {
    # I(X;Y) - sum I(X;W). Battiti (1994), beta = 1.
    "mifs": linear_criterion(1.0, 0.0),
    # I(X;Y) - sum I(X;W) + sum I(X;W|Y). Lin and Tang (2006).
    "cife": linear_criterion(1.0, 1.0),
    # I(X;Y) + sum I(X;W|Y). Brown et al. (2012).
    "condred": linear_criterion(0.0, 1.0),
    # I(X;Y) - mean I(X;W). Peng, Long and Ding (2005).
    "mrmr": PairCriterion(
        lambda pair: pair.redundancy, score=lambda relevance, total, n: relevance - total / n
    ),
    # I(X;Y) / (mean I(X;W) + guard). Ding and Peng (2005).
    "mrmr_quotient": PairCriterion(
        lambda pair: pair.redundancy,
        score=_over_redundancy,
        is_ratio=True,
    ),
    # sum I(X,W;Y). Yang and Moody (1999).
    "jmi": PairCriterion(lambda pair: pair.joint_relevance),
    # sum I(X,W;Y) / H(X,W,Y). Meyer and Bontempi (2006).
    "disr": PairCriterion(lambda pair: pair.symmetric_relevance, is_ratio=True),
    # I(X;Y) - sum max(0, I(X;W) - I(X;W|Y)). Jakulin (2005).
    "icap": PairCriterion(_capped_redundancy, score=_plus_relevance),
    # min(I(X;Y), min I(X;Y|W)). Fleuret (2004).
    "cmim": PairCriterion(
        lambda pair: np.minimum(pair.relevance, pair.conditional_relevance), reduce="min"
    ),
    # min I(X,W;Y). Bennasar, Hicks and Setchi (2015).
    "jmim": PairCriterion(lambda pair: pair.joint_relevance, reduce="min"),
    # min I(X,W;Y) / H(X,W,Y). Bennasar, Hicks and Setchi (2015).
    "njmim": PairCriterion(lambda pair: pair.symmetric_relevance, reduce="min", is_ratio=True),
}

CRITERIA = ("mim", *PAIR_CRITERIA, "cmi", "jmi3")


@dataclass(frozen=True)
class SelectionState:
    """What a custom criterion sees: candidates along the last axis, picks along the first.

    Attributes
    ----------
    relevance : ndarray of shape (n_candidates,)
        I(X; Y).
    redundancy : ndarray of shape (n_picked, n_candidates)
        I(X; W).
    conditional_redundancy : ndarray of shape (n_picked, n_candidates)
        I(X; W | Y).
    joint_relevance : ndarray of shape (n_picked, n_candidates)
        I(X, W; Y).
    joint_entropy : ndarray of shape (n_picked, n_candidates)
        H(X, W, Y).
    entropy : ndarray of shape (n_candidates,)
        H(X): with ``method="gaussian"`` and "knn" that of the distinct values in the sample, as in
        ``joint_entropy``.
    picked_entropy : ndarray of shape (n_picked, n_candidates)
        H(W), the same for all candidates.

    Examples
    --------
    NMIFS (Estévez et al., 2009) divides redundancy by the smaller of the two entropies:

    >>> import numpy as np
    >>> from sklearn.datasets import load_wine
    >>> from sklearn_infotheory import MutualInfoSelector
    >>> def nmifs(state):
    ...     if not len(state.redundancy):
    ...         return state.relevance
    ...     most = np.minimum(state.entropy, state.picked_entropy)
    ...     return state.relevance - (state.redundancy / most).mean(axis=0)
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> MutualInfoSelector(3, criterion=nmifs).fit(X, y).get_feature_names_out().tolist()
    ['alcohol', 'flavanoids', 'proline']
    """

    relevance: Floats
    redundancy: Floats
    conditional_redundancy: Floats
    joint_relevance: Floats
    joint_entropy: Floats
    entropy: Floats
    picked_entropy: Floats
