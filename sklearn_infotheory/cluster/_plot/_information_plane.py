"""Relevance against compression, with the limits of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_infotheory._plotting import axes_or_new, check_matplotlib
from sklearn_infotheory._units import unit_name
from sklearn_infotheory.cluster._bottleneck_curve import information_curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sklearn_infotheory.cluster._bottleneck_curve import InformationCurve
    from sklearn_infotheory.cluster._information_bottleneck import InformationBottleneck


class InformationPlaneDisplay:
    """The information plane: I(T;Y) against I(X;T), the clusters by beta, I(X;Y) as the limit.

    Use :meth:`from_curve` or :meth:`from_estimator` to make one.

    Parameters
    ----------
    curve : InformationCurve
        What :func:`information_curve` returned.
    estimator : InformationBottleneck, default=None
        A fitted bottleneck, which is marked in the plane; of the same ``base``.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn_infotheory.cluster import InformationPlaneDisplay, information_curve
    >>> counts = [[9, 3, 0, 0], [6, 2, 1, 0], [0, 1, 7, 4], [0, 0, 5, 3], [3, 1, 0, 0]]
    >>> curve = information_curve(counts, [1, 2, 5, 50], base=2, random_state=0)
    >>> display = InformationPlaneDisplay.from_curve(curve)
    >>> display.ax_.get_ylabel()
    'relevance I(T;Y) in bits'
    """

    def __init__(
        self, curve: InformationCurve, *, estimator: InformationBottleneck | None = None
    ) -> None:
        self.curve = curve
        self.estimator = estimator

    @classmethod
    def from_curve(
        cls,
        curve: InformationCurve,
        *,
        estimator: InformationBottleneck | None = None,
        ax: Axes | None = None,
    ) -> InformationPlaneDisplay:
        """Draw a curve.

        Parameters
        ----------
        curve : InformationCurve
            What :func:`information_curve` returned.
        estimator : InformationBottleneck, default=None
            A fitted bottleneck, which is marked in the plane; of the same ``base``.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        InformationPlaneDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        return cls(curve, estimator=estimator).plot(ax=ax)

    @classmethod
    def from_estimator(
        cls,
        estimator: InformationBottleneck,
        X: Any,
        betas: ArrayLike,
        *,
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        random_state: int = 0,
        ax: Axes | None = None,
    ) -> InformationPlaneDisplay:
        """Trace the curve of the rows that a bottleneck was fitted on, and draw both.

        Parameters
        ----------
        estimator : InformationBottleneck
            A fitted bottleneck, whose ``n_clusters``, ``prior`` and ``base`` the curve takes.
        X : array-like, sparse matrix or data frame of shape (n_samples, n_columns)
            The rows.
        betas : array-like of shape (n_betas,)
            Prices above zero.
        y : array-like of shape (n_samples,), default=None
            With a data frame of categories: the labels or numbers.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.
        random_state : int, default=0
            Draws the starts of the curve.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        InformationPlaneDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        curve = information_curve(
            X,
            betas,
            y=y,
            n_clusters=estimator.n_clusters,
            prior=estimator.prior,
            sample_weight=sample_weight,
            base=estimator.base,
            random_state=random_state,
        )
        return cls.from_curve(curve, estimator=estimator, ax=ax)

    def plot(self, ax: Axes | None = None) -> InformationPlaneDisplay:
        """Draw the hull as a line, the points by their number of clusters, and the limits.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        InformationPlaneDisplay
            The display, drawn.
        """
        curve = self.curve
        ax = axes_or_new(ax, type(self).__name__, 6.5, 4.5)
        hull = np.flatnonzero(curve.on_hull)
        hull = hull[np.argsort(curve.compression[hull], kind="stable")]
        ax.plot(
            np.append(0, curve.compression[hull]),
            np.append(0, curve.relevance[hull]),
            color="C0",
            label="concave hull",
        )
        self._draw_points(ax)
        ax.axhline(curve.information, color="0.45", linestyle="--", label="limit I(X;Y)")
        unit = unit_name(curve.base)
        ax.set(xlabel=f"compression I(X;T) in {unit}", ylabel=f"relevance I(T;Y) in {unit}")
        ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _draw_points(self, ax: Axes) -> None:
        """Draw the points, numbered where the number of clusters changes, and the estimator."""
        curve = self.curve
        ax.plot(curve.compression, curve.relevance, "o", color="C0", markersize=4)
        for i in _apart(curve):
            ax.annotate(
                f"clusters: {curve.n_clusters[i]}, beta {curve.betas[i]:.3g}",
                (curve.compression[i], curve.relevance[i]),
                xytext=(6, -10),
                textcoords="offset points",
                fontsize="small",
            )
        if self.estimator is not None:
            ax.plot(
                self.estimator.compression_,
                self.estimator.relevance_,
                "*",
                color="C1",
                markersize=12,
                label=f"{self.estimator.method}, {self.estimator.n_clusters_} clusters",
            )


def _apart(curve: InformationCurve) -> list[int]:
    """List the points where the number of clusters changes, if they are not side by side."""
    gap = 0.25 * np.ptp(curve.compression)
    chosen: list[int] = []
    for i in np.flatnonzero(np.diff(curve.n_clusters, prepend=0)).tolist():
        if not chosen or curve.compression[i] - curve.compression[chosen[-1]] > gap:
            chosen.append(i)
    return chosen
