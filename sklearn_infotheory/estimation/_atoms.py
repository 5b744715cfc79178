"""Which numbers of a column are atoms: values that a density could not make so often?

The rule reads the numbers of repetitions of the distinct values in ascending order, and nothing
else, so that a monotone map of the column changes nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtrc

from sklearn_infotheory._types import Counts

FEW_VALUES = 16
SAMPLES_A_VALUE = 5
_REACH = 5  # neighbours on either side that a count is compared with
_WIDE_REACH = 20
_FACTOR = 4.0
_LEVEL = 1e-3  # of finding any atom in a rounded column that has none


def find_atoms(counts: Counts) -> NDArray[np.bool_]:
    """Tell which distinct values are atoms.

    Parameters
    ----------
    counts : ndarray of int or float, shape (n_values,)
        How often each distinct value occurs, or the sum of its weights, in the order of the values.

    Returns
    -------
    ndarray of bool, shape (n_values,)
        All true: the column is discrete. All false: it is continuous, at its resolution if some
        values are tied.

    Notes
    -----
    Few values that are tied many times are all atoms. In a column of more values, a value is an
    atom if it stands out of its neighbours: it occurs more than four times as often as the median
    of the five values on either side, and so often as a Poisson count about that level (or that of
    twenty values on either side, if it is higher) would in none of the values. In numbers without
    ties that takes about ten equal ones. The counts of rounded numbers (ages, prices, four
    decimals) run on smoothly, and make no atom.
    """
    n_values, n = len(counts), float(counts.sum())
    few = most_atoms(n)
    if _is_discrete(counts, n, few):
        return np.ones(n_values, bool)
    found = _standing_out(counts)
    if np.count_nonzero(found) > few:  # where so many stand out, only the most frequent count
        found &= counts > np.partition(counts[found], -few - 1)[-few - 1]
    return found


def most_atoms(n: float) -> int:
    """Return how many atoms n samples can tell apart: tables of two such columns stay filled."""
    return max(FEW_VALUES, int(np.cbrt(n)))


def _is_discrete(counts: Counts, n: float, few: int) -> bool:
    n_values = len(counts)
    if n_values <= 1:
        return True
    if n_values >= n:
        return False
    if n_values > few:
        return False
    return n_values <= 2 or n >= SAMPLES_A_VALUE * n_values or bool(counts.min() >= 2)


def _standing_out(counts: Counts) -> NDArray[np.bool_]:
    """Compare with the median of the neighbours, which a few atoms among them do not move."""
    found = np.zeros(len(counts), bool)
    candidates = np.flatnonzero(counts > _FACTOR)  # no level is below one
    if not len(candidates):
        return found
    level = _median_around(counts, candidates, _REACH)
    # Of few small counts the median is uncertain; that of more neighbours is less so.
    safe = np.maximum(level, _median_around(counts, candidates, _WIDE_REACH))
    often = counts[candidates]
    chance = pdtrc(often - 1, safe) * len(counts)
    found[candidates] = (often > _FACTOR * level) & (chance < _LEVEL)
    return found


def _median_around(counts: Counts, places: NDArray[np.intp], reach: int) -> NDArray[np.float64]:
    """Return the median of the neighbours of each place, mirrored at the ends."""
    padded = np.pad(counts, reach, mode="reflect")
    around = np.delete(np.arange(2 * reach + 1), reach)
    medians: NDArray[np.float64] = np.median(padded[places[:, np.newaxis] + around], axis=1)
    return medians
