"""The picks of a selection, one row each, with what each added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from sklearn_infotheory._plotting import check_matplotlib
from sklearn_infotheory._units import unit_name
from sklearn_infotheory.feature_selection._plot._relevance_bars import (
    axes_for_rows,
    mark_zero,
    names_of_features,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sklearn_infotheory.feature_selection._mutual_info_selector import MutualInfoSelector


class SelectionPathDisplay:
    """The path of a selection: relevance, redundancy and complementarity of each pick.

    Use :meth:`from_estimator` to make one.

    Parameters
    ----------
    path : structured ndarray
        ``MutualInfoSelector.path_``.
    feature_names : array-like of str of shape (n_picks,)
        The picked features, in the order of picking.
    unit : str, default="nats"
        Name of the unit.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn_infotheory.feature_selection import MutualInfoSelector, SelectionPathDisplay
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> selector = MutualInfoSelector(5).fit(X, y)
    >>> display = SelectionPathDisplay.from_estimator(selector)
    >>> [tick.get_text() for tick in display.ax_.get_yticklabels()][0]
    '1. flavanoids'
    """

    def __init__(
        self, path: NDArray[np.void], feature_names: ArrayLike, *, unit: str = "nats"
    ) -> None:
        self.path = path
        self.feature_names = feature_names
        self.unit = unit

    @classmethod
    def from_estimator(
        cls, estimator: MutualInfoSelector, *, max_picks: int = 30, ax: Axes | None = None
    ) -> SelectionPathDisplay:
        """Draw the path of a fitted selector.

        Parameters
        ----------
        estimator : MutualInfoSelector
            A fitted selector.
        max_picks : int, default=30
            Only the first picks are drawn.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        SelectionPathDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        check_is_fitted(estimator)
        path = estimator.path_[:max_picks]
        names = names_of_features(estimator)[path["feature"]]
        return cls(path, names, unit=unit_name(estimator.base)).plot(ax=ax)

    def plot(self, ax: Axes | None = None) -> SelectionPathDisplay:
        """Draw one row per pick, the first on top, with the p-value of what it added.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        SelectionPathDisplay
            The display, drawn.
        """
        ax = axes_for_rows(ax, len(self.path), type(self).__name__)
        rows = np.arange(len(self.path))[::-1]
        relevance = self.path["relevance"]
        ax.barh(rows, relevance, height=0.7, color="lightsteelblue", label="relevance I(X; Y)")
        styles = {
            "redundancy": ("v", "tab:red", "redundancy, mean I(X; W)"),
            "complementarity": ("^", "tab:green", "complementarity, mean I(X; W | Y)"),
        }
        for name, (marker, color, label) in styles.items():
            known = ~np.isnan(self.path[name]) & (rows < len(rows) - 1)  # the first has no others
            if known.any():
                ax.plot(self.path[name][known], rows[known], marker, color=color, label=label)
        self._label_rows(ax, rows)
        ax.set_xlabel(f"Information in {self.unit}")
        mark_zero(ax, np.concatenate([self.path[name] for name in ("relevance", *styles)]))
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False, fontsize=8)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _label_rows(self, ax: Axes, rows: NDArray[np.intp]) -> None:
        """Number the picks on the left, and give the p-values on the right."""
        names = np.asarray(self.feature_names)
        ax.set_yticks(rows, [f"{i}. {name}" for i, name in enumerate(names, start=1)])
        ax.set_ylim(-0.6, len(rows) - 0.4)
        right = ax.secondary_yaxis("right")
        right.set_yticks(rows, [format_p_value(p) for p in self.path["p_value"]])
        right.tick_params(length=0)
        right.set_ylabel("p-value given the earlier picks")


def format_p_value(p: float) -> str:
    """Write a p-value in few characters."""
    return f"{p:.2g}" if p >= 1e-3 else (f"{p:.0e}" if p > 1e-300 else "<1e-300")
