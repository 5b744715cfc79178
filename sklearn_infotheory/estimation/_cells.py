"""P-values by counts in cells, which are valid whatever the estimator: a G-test of the ranks."""

from __future__ import annotations

import numpy as np

from sklearn_infotheory._columns._learning import learn_bins
from sklearn_infotheory._inference._contingency_table import ContingencyTable
from sklearn_infotheory._types import Codes
from sklearn_infotheory.estimation._variables import Variable, combine

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
        bins = max(2, round(n_bins ** (1 / n_columns)))
        edges = learn_bins(column[present], None, bins).edges
        cell = np.zeros(len(column), np.intp)
        cell[present] = np.searchsorted(edges, column[present], side="left")
        codes = combine(codes, cell)
    return codes
