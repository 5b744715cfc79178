"""The parts of a report: columns, pairs of columns, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class FeatureDrift:
    """The comparison of one column.

    Attributes
    ----------
    name : str
        Name of the column.
    divergence : float
        Divergence of the batch from the reference, corrected for bias: below zero where the
        samples differ less than chance lets them.
    lower, upper : float
        Confidence interval of the divergence, at 95 %.
    p_value : float
        Probability, if nothing has changed, that the cell of a row tells as much about whether it
        is of the reference or of the batch; whichever divergence is reported.
    adjusted_p_value : float
        The same, corrected for the number of tests.
    drifted : bool
        Whether the adjusted p-value is at most alpha, and ``lower`` above a positive tolerance.
    minimal_detectable : float
        The smallest divergence that is found four times of five in a batch of this size.
    cells : tuple of str
        Intervals, categories, and the cells for missing and unseen values; empty where the
        comparison is not of shares of cells.
    reference, batch : ndarray of shape (n_cells,)
        Samples in each cell, or their sum of weights.
    remark : str
        What was found beside the cells: values beyond all of the reference, or one that repeats.
    """

    name: str
    divergence: float
    lower: float
    upper: float
    p_value: float
    adjusted_p_value: float
    drifted: bool
    minimal_detectable: float
    cells: tuple[str, ...] = ()
    reference: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    batch: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    remark: str = ""

    def moved(self, n: int = 3) -> list[tuple[str, float, float]]:
        """List the cells whose share changed most.

        Changes of small shares weigh more, as they do in a divergence: a category that is new in
        one of a hundred rows comes before one whose share went from 0.2 to 0.22.

        Parameters
        ----------
        n : int, default=3
            The most cells to list.

        Returns
        -------
        list of (str, float, float)
            Name, share in the reference and share in the batch, the largest change first. Cells
            whose share is the same are not listed.
        """
        before, after = _shares(self.reference), _shares(self.batch)
        change = (after - before) ** 2 / np.maximum(after + before, np.finfo(float).tiny)
        order = np.argsort(-change, kind="stable")[:n]
        return [
            (self.cells[i], float(before[i]), float(after[i]))
            for i in order
            if before[i] != after[i]
        ]


@dataclass(frozen=True)
class BrokenColumn:
    """A column that could not be compared.

    Attributes
    ----------
    name : str
        Name of the column.
    problem : str
        What is wrong with it.
    """

    name: str
    problem: str


@dataclass(frozen=True)
class PairDrift:
    """The comparison of the dependence of two columns.

    Attributes
    ----------
    names : tuple of str
        The two columns.
    change : float
        What the pair tells about "reference or batch" beyond what each column alone tells, in all
        rows of both; corrected for bias.
    p_value, adjusted_p_value : float
        Probability of so much change if the dependence is the same; corrected for all tests. Both
        are 1 where one of the samples has less than two rows a cell.
    drifted : bool
        Whether the adjusted p-value is at most alpha.
    """

    names: tuple[str, str]
    change: float
    p_value: float
    adjusted_p_value: float
    drifted: bool


@dataclass(frozen=True)
class JointDrift:
    """The comparison of how columns depend on each other, beyond their margins.

    Attributes
    ----------
    method : {"pairs", "classifier"}
        How it was tested.
    p_value : float
        Of all pairs together, or of the classifier.
    adjusted_p_value : float
        Corrected for the other parts of the report.
    drifted : bool
        Whether any pair drifted, or the classifier sees more than the margins show.
    pairs : tuple of PairDrift
        The pairs with the smallest p-values first, at most 20 and all that drifted.
    n_pairs : int
        Number of pairs that were tested.
    information : float or None
        Of a classifier: a lower bound of I(D; X), D telling batch from reference.
    beyond_margins : float or None
        Of a classifier: how much of it a classifier without interactions does not see.
    """

    method: Literal["pairs", "classifier"]
    p_value: float
    adjusted_p_value: float
    drifted: bool
    pairs: tuple[PairDrift, ...] = ()
    n_pairs: int = 0
    information: float | None = None
    beyond_margins: float | None = None


def _shares(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    total = counts.sum()
    return counts / total if total > 0 else np.zeros(len(counts))
