"""The values of a feature by class, with the cuts between its bins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from sklearn_infotheory._columns import Groups
from sklearn_infotheory._columns._cell_names import MISSING, number_texts
from sklearn_infotheory._columns._validation import check_weights
from sklearn_infotheory._plotting import axes_or_new, check_matplotlib
from sklearn_infotheory._units import unit_name
from sklearn_infotheory.preprocessing._binning_target import check_single_target
from sklearn_infotheory.preprocessing._column_binning import ColumnBinning
from sklearn_infotheory.preprocessing._entropy_discretizer import EntropyDiscretizer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_CLASSES = 10  # more colours cannot be told apart
_MOST_BARS = 60
_MOST_CUT_LABELS = 12


class BinningDisplay:
    """The distribution of a feature in each class, and how it is binned.

    Numbers are drawn as one histogram a class, with a line at each cut point. Categories are drawn
    as one bar a group, divided by class. Where y is continuous, a single histogram is drawn, and
    the mean of y in each bin against an axis of its own.

    Use :meth:`from_estimator` to make one.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Values of the feature, without missing ones; bins of a categorical feature.
    weights : ndarray of shape (n_samples,)
        Their weights.
    labels : ndarray of shape (n_samples,), default=None
        Class of each sample; None to draw all together.
    cuts : ndarray of shape (n_cuts,), default=None
        The cut points; None for categories.
    bin_names : list of str, default=None
        Names of the groups of categories.
    means : ndarray of shape (n_bins,), default=None
        Mean of a continuous target in each bin.
    feature_name : str, default="x"
        Name of the feature.
    title : str, default=""
        What stands above the picture.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_infotheory.preprocessing import BinningDisplay, EntropyDiscretizer
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> discretizer = EntropyDiscretizer(base=2).fit(X, y)
    >>> display = BinningDisplay.from_estimator(discretizer, X, y, feature="petal width (cm)")
    >>> display.ax_.get_title()
    'mdlp: 4 bins, I(bin; Y) = 1.42 bits'
    """

    def __init__(
        self,
        values: NDArray[Any],
        weights: NDArray[np.float64],
        labels: NDArray[Any] | None = None,
        *,
        cuts: NDArray[np.float64] | None = None,
        bin_names: list[str] | None = None,
        means: NDArray[np.float64] | None = None,
        feature_name: str = "x",
        title: str = "",
    ) -> None:
        self.values = values
        self.weights = weights
        self.labels = labels
        self.cuts = cuts
        self.bin_names = bin_names
        self.means = means
        self.feature_name = feature_name
        self.title = title

    @classmethod
    def from_estimator(
        cls,
        estimator: EntropyDiscretizer,
        X: Any,
        y: ArrayLike | None = None,
        *,
        feature: int | str,
        sample_weight: ArrayLike | None = None,
        ax: Axes | None = None,
    ) -> BinningDisplay:
        """Draw a feature of some data, and the bins of a fitted discretizer.

        Parameters
        ----------
        estimator : EntropyDiscretizer
            A fitted discretizer.
        X : array-like or data frame of shape (n_samples, n_features)
            Columns as in ``fit``.
        y : array-like of shape (n_samples,), default=None
            Labels or numbers, as in ``fit``; None to draw all samples together.
        feature : int or str
            Index or name of the feature.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        BinningDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        _check_estimator(estimator)
        place, name = estimator._find(feature)
        values, column = estimator._open(X).one(place), estimator._bins.columns[place]
        codes = column.encode(values)
        weights = check_weights(sample_weight, X)
        weights = np.ones(len(codes)) if weights is None else weights
        labels = None if y is None else np.asarray(check_single_target(y, cls.__name__))
        check_consistent_length(codes, labels)
        cells = column.cells
        is_category = isinstance(cells, Groups)
        there = weights > 0
        if not is_category and values.missing is not None:
            there &= ~values.missing
        means = None
        if column.sums is not None and labels is not None:
            with np.errstate(invalid="ignore"):
                means = (column.sums / column.weights)[: cells.n_bins]
            labels = None
        display = cls(
            (codes if is_category else values.values)[there],
            weights[there],
            None if labels is None else labels[there],
            cuts=None if isinstance(cells, Groups) else cells.cuts,
            bin_names=_group_names(column, codes[there]) if is_category else None,
            means=means,
            feature_name=name,
            title=_title(estimator, estimator.information_[place], column.n_bins),
        )
        return display.plot(ax=ax)

    def plot(self, ax: Axes | None = None) -> BinningDisplay:
        """Draw the distributions and the cuts.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        BinningDisplay
            The display, drawn.
        """
        ax = axes_or_new(ax, type(self).__name__, 7, 4)
        if self.bin_names is not None:
            self._draw_groups(ax, self.bin_names)
        else:
            self._draw_histograms(ax)
            self._draw_cuts(ax)
        ax.set_title(self.title, pad=18 if self.cuts is not None and len(self.cuts) else None)
        if self.means is not None:
            self._draw_means(ax)
        elif ax.get_legend_handles_labels()[1]:
            ax.legend(frameon=True, framealpha=0.85, fontsize=8)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _classes(self) -> list[tuple[Any, NDArray[np.bool_]]]:
        """The classes and their samples; of many, the most frequent."""
        if self.labels is None:
            return [(None, np.ones(len(self.values), bool))]
        classes, codes = np.unique(self.labels, return_inverse=True)
        weight = np.bincount(codes, self.weights)
        shown = np.sort(np.argsort(-weight, kind="stable")[:_MOST_CLASSES])
        return [(classes[k], codes == k) for k in shown]

    def _draw_histograms(self, ax: Axes) -> None:
        """One histogram a class, each of area one."""
        values = np.asarray(self.values, np.float64)
        edges = _bar_edges(values)
        for k, (name, inside) in enumerate(self._classes()):
            color = f"C{k}" if name is not None else "0.5"
            heights, _ = np.histogram(
                values[inside], edges, weights=self.weights[inside], density=True
            )
            ax.stairs(heights, edges, fill=True, alpha=0.3, color=color)
            ax.stairs(heights, edges, color=color, label=_class_label(name))
        ax.set_xlabel(self.feature_name)
        ax.set_ylabel("Density in each class" if self.labels is not None else "Density")
        ax.set_ylim(bottom=0)

    def _draw_cuts(self, ax: Axes) -> None:
        """A line at each cut point; its value above, as long as there is room."""
        cuts = [] if self.cuts is None else self.cuts.tolist()
        for k, cut in enumerate(cuts):
            label = "cut points" if k == 0 else None
            ax.axvline(cut, color="0.15", linestyle="--", linewidth=1.1, label=label)
        if len(cuts) > _MOST_CUT_LABELS:
            return
        low, high = ax.get_xlim()
        last = -np.inf
        for cut, text in zip(cuts, number_texts(cuts, 3), strict=True):
            place = (cut - low) / (high - low)
            if place - last > 0.012 * (len(text) + 1):  # else it would lie over the one before
                ax.annotate(
                    text,
                    (cut, 1.0),
                    xycoords=("data", "axes fraction"),
                    xytext=(0, 2),
                    textcoords="offset points",
                    ha="center",
                    fontsize=8,
                )
                last = place

    def _draw_groups(self, ax: Axes, names: list[str]) -> None:
        """One bar a group, the first on top, divided by class."""
        places = np.arange(len(names))
        base = np.zeros(len(names))
        for k, (name, inside) in enumerate(self._classes()):
            widths = np.bincount(
                self.values[inside].astype(np.intp), self.weights[inside], minlength=len(names)
            )[: len(names)]
            color = f"C{k}" if name is not None else "0.5"
            ax.barh(places, widths, left=base, color=color, alpha=0.8, label=_class_label(name))
            base += widths
        ax.set_yticks(places, [_shorten(name) for name in names])
        ax.invert_yaxis()
        ax.set_xlabel("Samples (sum of weights)")
        ax.set_ylabel(self.feature_name)

    def _draw_means(self, ax: Axes) -> None:
        """The mean of y in each bin, against an axis of its own."""
        means = np.asarray(self.means)
        if self.bin_names is not None:
            other = ax.twiny()
            other.plot(means, np.arange(len(means)), "D", color="tab:red")
            other.set_xlabel("Mean of y in the bin", color="tab:red")
            other.tick_params(axis="x", colors="tab:red")
        else:
            other = ax.twinx()
            low, high = ax.get_xlim()
            bounds = np.concatenate([[low], [] if self.cuts is None else self.cuts, [high]])
            other.stairs(means, bounds, baseline=None, color="tab:red", linewidth=2)
            ax.set_xlim(low, high)
            other.set_ylabel("Mean of y in the bin", color="tab:red")
            other.tick_params(axis="y", colors="tab:red")


def _check_estimator(estimator: EntropyDiscretizer) -> None:
    if not isinstance(estimator, EntropyDiscretizer):
        raise TypeError(
            "BinningDisplay draws the bins of an EntropyDiscretizer; got "
            f"{type(estimator).__name__}. Pass a fitted EntropyDiscretizer."
        )
    check_is_fitted(estimator)


def _bar_edges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of at most so many bars; each of the same number of integers, if all are integers."""
    if len(values) == 0:
        return np.array([0.0, 1.0])
    if (values == np.floor(values)).all() and np.ptp(values) < 2**40:
        low, high = int(values.min()), int(values.max())
        step = -(-(high - low + 1) // _MOST_BARS)
        return np.arange(low, high + step + 1, step, dtype=np.float64) - 0.5
    edges = np.histogram_bin_edges(values, bins="auto")
    if len(edges) > _MOST_BARS + 1:
        edges = np.linspace(edges[0], edges[-1], _MOST_BARS + 1)
    return edges


def _group_names(column: ColumnBinning, codes: NDArray[Any]) -> list[str]:
    """Name the groups, and the bin of missing values if ``fit`` or these samples have any."""
    names = column.labels()
    first_missing = column.missing == "bin" and (codes == len(names)).any()
    return [*names, MISSING] if first_missing else names


def _title(estimator: EntropyDiscretizer, information: float, n_bins: int) -> str:
    what = "H(bin)" if estimator._bins.target_kind == "none" else "I(bin; Y)"
    bins = "1 bin" if n_bins == 1 else f"{n_bins} bins"
    return f"{estimator.criterion}: {bins}, {what} = {information:.3g} {unit_name(estimator.base)}"


def _class_label(name: Any) -> str | None:
    return None if name is None else f"class {name}"


def _shorten(name: str, length: int = 28) -> str:
    return name if len(name) <= length else f"{name[: length - 2]}…}}"
