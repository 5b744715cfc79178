"""Bars of what each feature tells about the target alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from sklearn_infotheory._plotting import axes_or_new, check_matplotlib
from sklearn_infotheory._units import unit_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sklearn_infotheory.feature_selection._mutual_info_selector import MutualInfoSelector


class RelevanceDisplay:
    """Relevance of the features as bars, the picked ones in full colour.

    Use :meth:`from_estimator` to make one.

    Parameters
    ----------
    relevance : ndarray of shape (n_features,)
        I(X; Y) of each feature.
    standard_error : ndarray of shape (n_features,)
        Its standard error, in the same unit.
    support : ndarray of bool of shape (n_features,)
        Which features were picked.
    feature_names : ndarray of str of shape (n_features,)
        Their names.
    unit : str, default="nats"
        Name of the unit.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    bars_ : matplotlib BarContainer

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn_infotheory.feature_selection import MutualInfoSelector, RelevanceDisplay
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> selector = MutualInfoSelector(base=2).fit(X, y)
    >>> display = RelevanceDisplay.from_estimator(selector)
    >>> display.ax_.get_xlabel()
    'Relevance I(X; Y) in bits'
    """

    def __init__(
        self,
        relevance: NDArray[np.float64],
        standard_error: NDArray[np.float64],
        support: NDArray[np.bool_],
        feature_names: ArrayLike,
        *,
        unit: str = "nats",
    ) -> None:
        self.relevance = relevance
        self.standard_error = standard_error
        self.support = support
        self.feature_names = feature_names
        self.unit = unit

    @classmethod
    def from_estimator(
        cls,
        estimator: MutualInfoSelector,
        *,
        max_features: int = 20,
        ax: Axes | None = None,
        **bar_kw: Any,
    ) -> RelevanceDisplay:
        """Draw the relevance of the features of a fitted selector.

        Parameters
        ----------
        estimator : MutualInfoSelector
            A fitted selector.
        max_features : int, default=20
            Only the most relevant features are drawn.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.
        **bar_kw : dict
            Passed to ``Axes.barh``.

        Returns
        -------
        RelevanceDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        check_is_fitted(estimator)
        order = np.argsort(-estimator.relevance_, kind="stable")[:max_features]
        display = cls(
            estimator.relevance_[order],
            estimator.relevance_standard_error_[order],
            estimator.support_[order],
            names_of_features(estimator)[order],
            unit=unit_name(estimator.base),
        )
        return display.plot(ax=ax, **bar_kw)

    def plot(self, ax: Axes | None = None, **bar_kw: Any) -> RelevanceDisplay:
        """Draw the bars, the most relevant feature on top.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.
        **bar_kw : dict
            Passed to ``Axes.barh``.

        Returns
        -------
        RelevanceDisplay
            The display, drawn.
        """
        ax = axes_for_rows(ax, len(self.relevance), type(self).__name__)
        rows = np.arange(len(self.relevance))[::-1]
        colors = np.where(self.support, "tab:blue", "lightgray").tolist()
        style = {"color": colors, "height": 0.7, "xerr": self.standard_error, "capsize": 2}
        style["error_kw"] = {"elinewidth": 1, "ecolor": "0.3"}
        self.bars_ = ax.barh(rows, self.relevance, **{**style, **bar_kw})
        ax.set_yticks(rows, [str(name) for name in np.asarray(self.feature_names)])
        ax.set_xlabel(f"Relevance I(X; Y) in {self.unit}")
        mark_zero(ax, self.relevance)
        self._add_legend(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _add_legend(self, ax: Axes) -> None:
        from matplotlib.patches import Patch

        labels = {"tab:blue": "selected", "lightgray": "not selected"}
        handles = [Patch(color=color, label=label) for color, label in labels.items()]
        ax.legend(handles=handles, loc="lower right", title="whiskers: 1 standard error")


def mark_zero(ax: Axes, values: NDArray[np.float64]) -> None:
    """Begin the axis at zero, or draw a line there if an estimate lies below."""
    if np.nanmin(values, initial=0.0) < 0:
        ax.axvline(0.0, color="0.3", linewidth=0.8)
    else:
        ax.set_xlim(left=0)


def names_of_features(estimator: MutualInfoSelector) -> NDArray[Any]:
    """Names from the training frame, or x0, x1, ..."""
    names = getattr(estimator, "feature_names_in_", None)
    if names is None:
        names = [f"x{j}" for j in range(estimator.n_features_in_)]
    return np.asarray(names, dtype=object)


def axes_for_rows(ax: Axes | None, n_rows: int, caller: str) -> Any:
    """Return ``ax``, or new axes tall enough for so many labelled rows."""
    return axes_or_new(ax, caller, 7, 1.2 + 0.28 * n_rows)
