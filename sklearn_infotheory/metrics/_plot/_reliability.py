"""Observed shares of each class against predicted probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri
from sklearn.base import BaseEstimator

from sklearn_infotheory._plotting import check_matplotlib, new_figure
from sklearn_infotheory._types import Floats
from sklearn_infotheory.metrics._calibration import calibration_test
from sklearn_infotheory.metrics._class_labels import places_of
from sklearn_infotheory.metrics._decomposition import cross_entropy_decomposition
from sklearn_infotheory.metrics._forecasts import Forecasts, check_forecasts
from sklearn_infotheory.metrics._plot._held_out import (
    aligned,
    check_classifier,
    classes_of,
    held_out_predictions,
    name_of,
)
from sklearn_infotheory.metrics._prediction_bins import default_n_bins, partition
from sklearn_infotheory.metrics._recalibration import Isotonic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Strategy: TypeAlias = Literal["quantile", "uniform", "isotonic"]

_MOST_PANELS = 12
_SMALLEST = 1e-15
_IN_PANEL: dict[str, Any] = {
    "loc": "upper left",
    "fontsize": "small",
    "frameon": False,
    "handlelength": 0,
}
_HISTOGRAM_BARS = 20


class ReliabilityCurve(NamedTuple):
    """One class: each array has one entry per bin, in the order of the predictions.

    The reliability of the class against the rest is in bits, with a 95 % interval and the p-value
    of `calibration_test`.
    """

    label: Any
    predicted: Floats
    observed: Floats
    lower: Floats
    upper: Floats
    histogram: Floats
    reliability: tuple[float, float, float, float] = (np.nan, np.nan, np.nan, np.nan)


class ReliabilityDisplay:
    """Observed shares against predicted probabilities, one panel a class.

    Each point is a bin, by default of about equal count. Of a calibrated model, the points lie in
    the consistency band, each with the probability `consistency_level`: the band is wide where few
    samples or unsure predictions make shares vary. Beneath, a histogram of the predictions.

    Use :meth:`from_estimator`, :meth:`from_predictions` or :meth:`from_cv_results` to make one.

    Parameters
    ----------
    curves : list of ReliabilityCurve
        One a class: its label, the mean prediction and the observed share of each bin, the lower
        and upper end of the consistency band there, and the histogram of the predictions.
    consistency_level : float, default=0.95
        Probability of a point to lie in its band.
    estimator_name : str, default=None
        Name of the model, for the title.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One a class, or a single one that was given.
    figure_ : matplotlib Figure

    Notes
    -----
    The number of samples of a class in a bin is the sum of independent labels with the predicted
    probabilities. The band is between quantiles of its share, from its mean, variance and skewness
    (Cornish and Fisher), about the mean prediction of the bin [1]_.

    References
    ----------
    .. [1] Bröcker, J. and Smith, L. A. (2007). Increasing the reliability of reliability diagrams.
       Weather and Forecasting 22. :doi:`10.1175/WAF993.1`

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.model_selection import cross_validate
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn_infotheory.metrics import ReliabilityDisplay
    >>> X, y = load_wine(return_X_y=True)
    >>> results = cross_validate(GaussianNB(), X, y, return_estimator=True, return_indices=True)
    >>> display = ReliabilityDisplay.from_cv_results(results, X, y)
    >>> [ax.get_title() for ax in display.axes_]
    ['class 0', 'class 1', 'class 2']
    """

    def __init__(
        self,
        curves: list[ReliabilityCurve],
        *,
        consistency_level: float = 0.95,
        estimator_name: str | None = None,
    ) -> None:
        self.curves = curves
        self.consistency_level = consistency_level
        self.estimator_name = estimator_name

    @classmethod
    def from_estimator(
        cls,
        estimator: BaseEstimator,
        X: Any,
        y: ArrayLike,
        *,
        n_bins: int | str = "auto",
        strategy: Strategy = "quantile",
        classes: ArrayLike | None = None,
        consistency_level: float = 0.95,
        sample_weight: ArrayLike | None = None,
        estimator_name: str | None = None,
        ax: Axes | None = None,
    ) -> ReliabilityDisplay:
        """Draw the reliability of a fitted classifier on data it was not trained on.

        Parameters
        ----------
        estimator : classifier
            Fitted, with `predict_proba`.
        X : array-like or data frame of shape (n_samples, n_features)
            Test data.
        y : array-like of shape (n_samples,)
            Labels.
        n_bins : int or "auto", default="auto"
            Number of bins; "auto" takes the cube root of n. Not used by ``strategy="isotonic"``.
        strategy : {"quantile", "uniform", "isotonic"}, default="quantile"
            Bins of about equal count; bins of equal width, some of which may hold few samples, as
            models need that are sure of nearly everything; or the parts on which the increasing
            fit is constant, which are as many as the labels justify (CORP).
        classes : array-like, default=None
            Labels of the classes to draw, in this order. None for all; of two classes, the second.
        consistency_level : float, default=0.95
            Probability of a point to lie in its band, if the model is calibrated.
        sample_weight : array-like of shape (n_samples,), default=None
            A weight of k counts as k repetitions of the sample.
        estimator_name : str, default=None
            Name of the model, for the title; None takes that of its class.
        ax : matplotlib Axes, default=None
            Where to draw all classes together; None makes a figure with a panel a class.

        Returns
        -------
        ReliabilityDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        check_classifier(estimator)
        labels = classes_of(estimator, y)
        return cls.from_predictions(
            y,
            aligned(estimator.predict_proba(X), estimator.classes_, labels),
            labels=labels,
            n_bins=n_bins,
            strategy=strategy,
            classes=classes,
            consistency_level=consistency_level,
            sample_weight=sample_weight,
            estimator_name=estimator_name or name_of(estimator),
            ax=ax,
        )

    @classmethod
    def from_predictions(
        cls,
        y_true: ArrayLike,
        y_proba: ArrayLike,
        *,
        labels: ArrayLike | None = None,
        n_bins: int | str = "auto",
        strategy: Strategy = "quantile",
        classes: ArrayLike | None = None,
        consistency_level: float = 0.95,
        sample_weight: ArrayLike | None = None,
        estimator_name: str | None = None,
        ax: Axes | None = None,
    ) -> ReliabilityDisplay:
        """Draw the reliability of given predictions.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,) or (n_samples, n_classes)
            Labels, one-hot rows, or soft targets.
        y_proba : array-like of shape (n_samples,) or (n_samples, n_classes)
            Predicted probabilities; of the second class if 1-d.
        labels : array-like of shape (n_classes,), default=None
            Class of each column; None for the sorted labels in ``y_true``.
        n_bins : int or "auto", default="auto"
            Number of bins; "auto" takes the cube root of n. Not used by ``strategy="isotonic"``.
        strategy : {"quantile", "uniform", "isotonic"}, default="quantile"
            Bins of about equal count; bins of equal width, some of which may hold few samples, as
            models need that are sure of nearly everything; or the parts on which the increasing
            fit is constant, which are as many as the labels justify (CORP).
        classes : array-like, default=None
            Labels of the classes to draw, in this order. None for all; of two classes, the second.
        consistency_level : float, default=0.95
            Probability of a point to lie in its band, if the predictions are calibrated.
        sample_weight : array-like of shape (n_samples,), default=None
            A weight of k counts as k repetitions of the sample.
        estimator_name : str, default=None
            Name of the model, for the title.
        ax : matplotlib Axes, default=None
            Where to draw all classes together; None makes a figure with a panel a class.

        Returns
        -------
        ReliabilityDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        forecasts = check_forecasts(y_true, y_proba, labels, sample_weight, "inf")
        weights = forecasts.weights
        _check_strategy(strategy)
        if n_bins == "auto":
            n_bins = default_n_bins(weights.sum(), 2)
        curves = [
            _curve(forecasts, k, _bins_of(forecasts, k, int(n_bins), strategy), consistency_level)
            for k in _columns_of(forecasts.classes, classes)
        ]
        display = cls(curves, consistency_level=consistency_level, estimator_name=estimator_name)
        return display.plot(ax=ax)

    @classmethod
    def from_cv_results(
        cls,
        cv_results: Any,
        X: Any,
        y: ArrayLike,
        *,
        n_bins: int | str = "auto",
        strategy: Strategy = "quantile",
        classes: ArrayLike | None = None,
        consistency_level: float = 0.95,
        estimator_name: str | None = None,
        ax: Axes | None = None,
    ) -> ReliabilityDisplay:
        """Draw the reliability of the predictions of all test folds together.

        Parameters
        ----------
        cv_results : dict
            From :func:`~sklearn.model_selection.cross_validate` with ``return_estimator=True`` and
            ``return_indices=True``.
        X : array-like or data frame of shape (n_samples, n_features)
            The data that were cross-validated.
        y : array-like of shape (n_samples,)
            Their labels.
        n_bins : int or "auto", default="auto"
            Number of bins; "auto" takes the cube root of n. Not used by ``strategy="isotonic"``.
        strategy : {"quantile", "uniform", "isotonic"}, default="quantile"
            Bins of about equal count; bins of equal width, some of which may hold few samples, as
            models need that are sure of nearly everything; or the parts on which the increasing
            fit is constant, which are as many as the labels justify (CORP).
        classes : array-like, default=None
            Labels of the classes to draw, in this order. None for all; of two classes, the second.
        consistency_level : float, default=0.95
            Probability of a point to lie in its band, if the model is calibrated.
        estimator_name : str, default=None
            Name of the model, for the title; None takes that of its class.
        ax : matplotlib Axes, default=None
            Where to draw all classes together; None makes a figure with a panel a class.

        Returns
        -------
        ReliabilityDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        seen, proba, labels = held_out_predictions(cv_results, X, y)
        return cls.from_predictions(
            seen,
            proba,
            labels=labels,
            n_bins=n_bins,
            strategy=strategy,
            classes=classes,
            consistency_level=consistency_level,
            estimator_name=estimator_name or name_of(cv_results["estimator"][0]),
            ax=ax,
        )

    def plot(self, ax: Axes | None = None) -> ReliabilityDisplay:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw all classes together; None makes a figure with a panel a class.

        Returns
        -------
        ReliabilityDisplay
            The display, drawn.
        """
        if ax is not None:
            for i, curve in enumerate(self.curves):
                self._draw(ax, curve, f"C{i}", f"class {curve.label}{_cost_text(curve)}")
            ax.legend(loc="upper left")
            ax.set_title(self.estimator_name or "")
            self.axes_ = np.array([ax])
        else:
            self.axes_ = _panels(min(len(self.curves), _MOST_PANELS), type(self).__name__)
            for panel, curve in zip(self.axes_, self.curves, strict=False):
                self._draw(panel, curve, "C0", "observed")
                _draw_histogram(panel, curve.histogram)
                panel.set_title(f"class {curve.label}")
                if not np.isnan(curve.reliability[0]):
                    panel.plot([], [], " ", label="_nolegend_")
                    panel.legend([panel.lines[-1]], [_cost_text(curve).strip(", ")], **_IN_PANEL)
            figure = self.axes_[0].figure
            handles, names = self.axes_[0].get_legend_handles_labels()
            columns = min(len(self.axes_), 3)
            figure.legend(handles, names, loc="outside lower center", ncols=columns, frameon=False)
            figure.suptitle(self.estimator_name or "")
        self.figure_ = self.axes_[0].figure
        return self

    def _draw(self, ax: Axes, curve: ReliabilityCurve, color: str, label: str) -> None:
        band = f"consistent with calibration ({self.consistency_level:.0%})"
        several = label != "observed"
        ax.plot([0, 1], [0, 1], color="0.6", linewidth=1, linestyle="--", zorder=1)
        ax.fill_between(
            curve.predicted,
            curve.lower,
            curve.upper,
            color=color if several else "0.85",
            alpha=0.15 if several else 1.0,
            linewidth=0,
            label=None if several else band,
            zorder=0,
        )
        ax.plot(curve.predicted, curve.observed, "o-", color=color, markersize=4, label=label)
        ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
        ax.set_xlabel("Predicted probability")
        ax.set_ylabel("Observed share")


def _cost_text(curve: ReliabilityCurve) -> str:
    """Return what miscalibration costs, for a legend."""
    value, low, high, p_value = curve.reliability
    if np.isnan(value):
        return ""
    return f", reliability {value:.3f} bits\n({max(low, 0):.3f} to {high:.3f}), p = {p_value:.2g}"


def _check_strategy(strategy: Strategy) -> None:
    if strategy not in get_args(Strategy):
        raise ValueError(
            f"strategy must be one of {list(get_args(Strategy))}; got {strategy!r}. The default is "
            "'quantile'."
        )


def _columns_of(labels: NDArray[Any], chosen: ArrayLike | None) -> list[int]:
    """Return the columns of the chosen classes."""
    if chosen is None:
        return [1] if len(labels) == 2 else list(range(len(labels)))
    wanted = np.asarray(chosen).ravel()
    places = places_of(wanted, labels)
    if not len(places) or (places < 0).any():
        raise ValueError(
            f"classes must be some of the labels {labels.tolist()}; got {wanted.tolist()}."
        )
    return [int(place) for place in places]


def _bins_of(forecasts: Forecasts, k: int, n_bins: int, strategy: Strategy) -> NDArray[np.intp]:
    """Return the bin of each prediction of class k; no bin is empty."""
    proba, weights = forecasts.proba[:, k], forecasts.weights
    if strategy == "quantile":
        return partition(proba[:, None], weights, n_bins)
    if strategy == "uniform":
        values = np.minimum((proba * n_bins).astype(np.intp), n_bins - 1).astype(np.float64)
    else:
        pair = np.column_stack([1 - proba, proba])
        own = forecasts.targets[:, k]
        values = Isotonic(pair).recalibrate(np.column_stack([weights - own, own]))[:, 1]
    bins: NDArray[np.intp] = np.unique(values, return_inverse=True)[1]
    return bins


def _cost_of(forecasts: Forecasts, k: int) -> tuple[float, float, float, float]:
    """Return the reliability of class k against the rest in bits, its interval and the p-value."""
    proba, own, weights = forecasts.proba[:, k], forecasts.targets[:, k], forecasts.weights
    pair = np.clip(np.column_stack([1 - proba, proba]), _SMALLEST, 1.0)
    pair /= pair.sum(axis=1, keepdims=True)
    share = own / weights
    if not np.isin(share, (0, 1)).all():
        return np.nan, np.nan, np.nan, np.nan
    options: dict[str, Any] = {"labels": [0, 1], "sample_weight": weights, "base": 2}
    y = share.astype(np.intp)
    terms = cross_entropy_decomposition(y, pair, n_bootstrap=100, **options)
    low, high = terms.intervals["reliability"]
    return terms.reliability, low, high, calibration_test(y, pair, **options).p_value


def _curve(forecasts: Forecasts, k: int, bins: NDArray[np.intp], level: float) -> ReliabilityCurve:
    label, proba, weights = forecasts.classes[k], forecasts.proba[:, k], forecasts.weights
    targets = forecasts.targets[:, k]
    mass = np.bincount(bins, weights).astype(np.float64)
    order = np.argsort(np.bincount(bins, weights * proba) / mass)
    mass = mass[order]

    def means(values: Floats) -> Floats:
        return np.bincount(bins, values)[order] / mass

    predicted = means(weights * proba)
    spread = proba * (1 - proba)
    lower, upper = _band(
        predicted, means(weights * spread), means(weights * spread * (1 - 2 * proba)), mass, level
    )
    counts, _ = np.histogram(proba, _HISTOGRAM_BARS, (0, 1), weights=weights)
    histogram = counts / weights.sum()
    cost = _cost_of(forecasts, k)
    return ReliabilityCurve(label, predicted, means(targets), lower, upper, histogram, cost)


def _band(
    mean: Floats, variance: Floats, third: Floats, mass: Floats, level: float
) -> tuple[Floats, Floats]:
    """Return quantiles of the share of independent labels, from three moments of one label."""
    z = float(ndtri((1 + level) / 2))
    error = np.sqrt(variance / mass)
    skewness = np.divide(third / mass**2, error**3, out=np.zeros_like(error), where=error > 0)
    shift = np.clip(skewness, -1, 1) * (z**2 - 1) / 6
    # Shares are multiples of 1 / n: half of one on either side.
    half = np.where(error > 0, 0.5 / mass, 0.0)
    lower = mean + error * (shift - z) - half
    upper = mean + error * (shift + z) + half
    return np.clip(lower, 0, 1), np.clip(upper, 0, 1)


def _panels(n: int, caller: str) -> NDArray[Any]:
    """Make a figure of so many panels."""
    n_columns = min(n, 3 if n != 4 else 2)
    n_rows = -(-n // n_columns)
    width, height = 3.6 * n_columns + 0.6, 3.9 * n_rows + 1.1
    axes = new_figure(caller, width, height, n_rows=n_rows, n_columns=n_columns)
    for unused in axes.flat[n:]:
        unused.set_visible(False)
    panels: NDArray[Any] = axes.flatten()[:n]
    return panels


def _draw_histogram(ax: Axes, histogram: Floats) -> None:
    """Draw the shares of predictions along the bottom of the panel, a fifth of its height."""
    left = np.arange(_HISTOGRAM_BARS) / _HISTOGRAM_BARS
    height = 0.2 * histogram / max(histogram.max(), np.finfo(float).tiny)
    ax.bar(
        left,
        height,
        width=1 / _HISTOGRAM_BARS,
        bottom=-0.02,
        align="edge",
        color="C0",
        alpha=0.25,
        label="predictions",
        zorder=0,
    )
