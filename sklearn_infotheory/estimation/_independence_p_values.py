"""P-values of independence that are valid whatever the estimator: by cells, and by permutation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.spatial import cKDTree
from sklearn.utils import check_random_state

from sklearn_infotheory._columns._learning import learn_bins
from sklearn_infotheory._inference._contingency_table import ContingencyTable
from sklearn_infotheory._types import Codes
from sklearn_infotheory.estimation._variables import Variable, combine, groups, normal_scores

_SAMPLES_A_CELL = 5
_FEWEST_BINS, _MOST_BINS = 2, 10


def independence_p_value(x: Variable, y: Variable, z: Variable | None = None) -> float:
    """Return the p-value of independence, in every stratum of a discrete z.

    Numbers are cut into cells of equal count, as many as MutualInfoSelector makes. NaN where z is
    continuous: what two variables have from a third they also share within its cells.
    """
    if z is not None and not z.is_discrete:
        return np.nan
    n_strata = 1 if z is None else z.n_labels
    n_bins = _choose_n_bins(x, y, n_strata)
    return codes_p_value(cells(x, n_bins), cells(y, n_bins), None if z is None else z.atoms)


def codes_p_value(x: Codes, y: Codes, z: Codes | None = None) -> float:
    """Return the p-value of independence of two codes, in every stratum of a third."""
    return ContingencyTable.from_codes(x, y, z).p_value


def _choose_n_bins(x: Variable, y: Variable, n_strata: int) -> int:
    """As many as leave five samples a cell with a third side of as many cells."""
    per_stratum = x.n_samples / n_strata / _SAMPLES_A_CELL
    discrete = [variable for variable in (x, y) if variable.is_discrete]
    bins = (per_stratum / discrete[0].n_labels) ** 0.5 if discrete else per_stratum ** (1 / 3)
    return int(np.clip(bins + 1e-9, _FEWEST_BINS, _MOST_BINS))


def cells(variable: Variable, n_bins: int) -> Codes:
    """Number the atoms, and cells of about equal count of the numbers: n_bins in all columns."""
    codes = variable.atoms
    n_columns = variable.values.shape[1]
    for column in variable.values.T:
        present = ~np.isnan(column)
        # Cells of several columns are boxes: as many in all as one column would have.
        bins = max(2, round(n_bins ** (1 / n_columns)))
        edges = learn_bins(column[present], None, bins).edges
        cell = np.zeros(len(column), np.intp)
        cell[present] = np.searchsorted(edges, column[present], side="left")
        codes = combine(codes, cell)
    return codes


# --- By permutation ------------------------------------------------------------------------------


Value = Callable[[Variable, Variable, Variable | None], float]

_NEIGHBORS = 5  # among which a sample may change places, if they are to have about the same z


def permutation_p_value(
    value: Value, x: Variable, y: Variable, z: Variable | None, n_permutations: int, seed: Any
) -> float:
    """Return how often the value is as large when y is permuted, within equal or similar z.

    The samples are sorted first, so that their order does not matter.
    """
    order = canonical_order([x, y] if z is None else [x, y, z])
    x, y = x.take(order), y.take(order)
    z = None if z is None else z.take(order)
    random = check_random_state(seed)
    # Equal values may differ by rounding: they count as large. The observed order is one of those
    # that were drawn, so that p is never 0 and the test is exact (Phipson and Smyth 2010).
    observed = value(x, y, z)
    shuffle = _shuffler(x.n_samples, z)
    as_large = sum(
        value(x, y.take(shuffle(random)), z) >= observed - 1e-12 * (1 + abs(observed))
        for _ in range(n_permutations)
    )
    return (1 + as_large) / (1 + n_permutations)


def canonical_order(variables: list[Variable]) -> Codes:
    """Return an order of the samples that does not depend on the order they have."""
    keys = [key for variable in variables for key in (variable.atoms, *variable.values.T)]
    return np.lexsort(keys)


def _shuffler(n: int, z: Variable | None) -> Callable[[np.random.RandomState], Codes]:
    if z is None:
        return lambda random: random.permutation(n)
    blocks = list(groups(z.atoms))
    near = [None if z.atoms[b[0]] < z.n_atoms else _similar(z.take(b)) for b in blocks]

    def shuffle(random: np.random.RandomState) -> Codes:
        order = np.empty(n, np.intp)
        for block, similar in zip(blocks, near, strict=True):
            if similar is None:
                order[block] = random.permutation(block)
            else:
                order[block] = block[_exchanged(similar, random)]
        return order

    return shuffle


def _similar(z: Variable) -> Codes:
    """Return the nearest samples of each, itself among them."""
    scores = np.stack([normal_scores(column) for column in z.present_values.T], axis=1)
    k = min(_NEIGHBORS + 1, len(scores))
    return cKDTree(scores).query(scores, k=np.arange(1, k + 1), p=np.inf)[1]


def _exchanged(similar: Codes, random: np.random.RandomState) -> Codes:
    """Give each sample a similar one, each but once if possible.

    References
    ----------
    Runge, J. (2018). Conditional independence testing based on a nearest-neighbor estimator of
    conditional mutual information. AISTATS, PMLR 84, 938-947.
    """
    # Permuting y among all would break its dependence on z as well; among neighbours in z it does
    # not. Each sample is given once where that is possible, which keeps the margin of y.
    shuffled = np.argsort(random.uniform(size=similar.shape), axis=1)
    candidates = np.take_along_axis(similar, shuffled, axis=1)
    order = np.empty(len(similar), np.intp)
    taken = np.zeros(len(similar), bool)
    for i in random.permutation(len(similar)).tolist():
        free = candidates[i][~taken[candidates[i]]]
        order[i] = free[0] if len(free) else candidates[i][-1]
        taken[order[i]] = True
    return order
