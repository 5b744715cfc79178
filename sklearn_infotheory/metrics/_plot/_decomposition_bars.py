"""The loss of several models as stacked bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_infotheory._plotting import axes_or_new, check_matplotlib
from sklearn_infotheory.metrics._decomposition import (
    CrossEntropyDecomposition,
    cross_entropy_decomposition,
)
from sklearn_infotheory.metrics._plot._held_out import (
    aligned,
    check_classifier,
    classes_of,
    held_out_predictions,
    name_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class CrossEntropyDecompositionDisplay:
    """The loss of each model as a stack: what is left to know, and what miscalibration costs.

    A dashed line marks the uncertainty H(Y), the loss of who knows only how frequent the classes
    are. From there a bar reaches left by the resolution, to what is left to know; the
    reliability is added to it. What bins hide is hatched: taken off where it lies left of the
    stack. The diamond is the score, with its interval.

    Use :meth:`from_estimator`, :meth:`from_predictions` or :meth:`from_cv_results` to make one.

    Parameters
    ----------
    decompositions : dict of str to CrossEntropyDecomposition
        The terms of each model, by its name.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_infotheory.metrics import CrossEntropyDecompositionDisplay
    >>> rng = np.random.default_rng(0)
    >>> truth = rng.random(1000)
    >>> y = (rng.random(1000) < truth).astype(int)
    >>> models = {"true": truth, "too sure": truth**2 / (truth**2 + (1 - truth) ** 2)}
    >>> display = CrossEntropyDecompositionDisplay.from_predictions(y, models, base=2)
    >>> display.ax_.get_xlabel()
    'Cross-entropy in bits a sample'
    """

    def __init__(self, decompositions: Mapping[str, CrossEntropyDecomposition]) -> None:
        self.decompositions = decompositions

    @classmethod
    def from_estimator(
        cls, estimators: Any, X: Any, y: ArrayLike, *, ax: Axes | None = None, **options: Any
    ) -> CrossEntropyDecompositionDisplay:
        """Draw the terms of fitted classifiers on data they were not trained on.

        Parameters
        ----------
        estimators : classifier or dict of str to classifier
            Fitted, with `predict_proba`; by name if there are several.
        X : array-like or data frame of shape (n_samples, n_features)
            Test data.
        y : array-like of shape (n_samples,)
            Labels.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.
        **options : dict
            Passed to :func:`cross_entropy_decomposition`.

        Returns
        -------
        CrossEntropyDecompositionDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        if not isinstance(estimators, Mapping):
            estimators = {name_of(estimators): estimators}
        decompositions = {}
        for name, estimator in estimators.items():
            check_classifier(estimator)
            classes = classes_of(estimator, y)
            proba = aligned(estimator.predict_proba(X), estimator.classes_, classes)
            decompositions[name] = cross_entropy_decomposition(y, proba, labels=classes, **options)
        return cls(decompositions).plot(ax=ax)

    @classmethod
    def from_predictions(
        cls, y_true: ArrayLike, y_proba: Any, *, ax: Axes | None = None, **options: Any
    ) -> CrossEntropyDecompositionDisplay:
        """Draw the terms of given predictions.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,) or (n_samples, n_classes)
            Labels, one-hot rows, or soft targets.
        y_proba : array-like of shape (n_samples, n_classes) or (n_samples,), or dict of them
            Predicted probabilities; by the name of the model if there are several.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.
        **options : dict
            Passed to :func:`cross_entropy_decomposition`.

        Returns
        -------
        CrossEntropyDecompositionDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        if not isinstance(y_proba, Mapping):
            y_proba = {"model": y_proba}
        terms = {
            name: cross_entropy_decomposition(y_true, proba, **options)
            for name, proba in y_proba.items()
        }
        return cls(terms).plot(ax=ax)

    @classmethod
    def from_cv_results(
        cls, cv_results: Any, X: Any, y: ArrayLike, *, ax: Axes | None = None, **options: Any
    ) -> CrossEntropyDecompositionDisplay:
        """Draw the terms of the predictions of all test folds together.

        Parameters
        ----------
        cv_results : dict, or dict of str to dict
            From :func:`~sklearn.model_selection.cross_validate` with ``return_estimator=True`` and
            ``return_indices=True``; by the name of the model if there are several.
        X : array-like or data frame of shape (n_samples, n_features)
            The data that were cross-validated.
        y : array-like of shape (n_samples,)
            Their labels.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.
        **options : dict
            Passed to :func:`cross_entropy_decomposition`.

        Returns
        -------
        CrossEntropyDecompositionDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        if "estimator" in cv_results and not isinstance(cv_results["estimator"], Mapping):
            cv_results = {name_of(cv_results["estimator"][0]): cv_results}
        terms = {}
        for name, results in cv_results.items():
            seen, proba, classes = held_out_predictions(results, X, y)
            terms[name] = cross_entropy_decomposition(seen, proba, labels=classes, **options)
        return cls(terms).plot(ax=ax)

    def plot(self, ax: Axes | None = None) -> CrossEntropyDecompositionDisplay:
        """Draw the bars, the first model on top.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        CrossEntropyDecompositionDisplay
            The display, drawn.
        """
        terms = list(self.decompositions.values())
        is_own_figure = ax is None
        ax = axes_or_new(ax, type(self).__name__, 8, 1.9 + 0.55 * len(terms))
        rows = np.arange(len(terms))[::-1]
        self._draw_bars(ax, rows, terms)
        self._draw_scores(ax, rows, terms)
        ax.set_yticks(rows, list(self.decompositions))
        ax.set_xlabel(f"Cross-entropy in {terms[0].unit} a sample")
        ax.set_xlim(left=0)
        ax.set_ylim(-0.6, len(terms) - 0.4)
        if is_own_figure:
            ax.figure.legend(loc="outside lower center", ncols=2, fontsize="small", frameon=False)
        else:
            ax.legend(fontsize="small")
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _draw_bars(
        self, ax: Axes, rows: NDArray[np.intp], terms: list[CrossEntropyDecomposition]
    ) -> None:
        left = np.array([t.uncertainty - t.resolution for t in terms])
        reliability = np.array([t.reliability for t in terms])
        remainder = np.array([t.remainder for t in terms])
        resolution = np.array([t.resolution for t in terms])
        ax.barh(rows, left, height=0.6, color="#9ecae1", label="left to know, H(Y) − resolution")
        ax.barh(
            rows,
            reliability,
            left=left,
            height=0.6,
            color="tab:orange",
            label="reliability: cost of miscalibration",
        )
        gained: dict[str, Any] = {
            "height": 0.6,
            "facecolor": "none",
            "edgecolor": "0.6",
            "linestyle": ":",
        }
        ax.barh(rows, resolution, left=left, label="resolution: what predictions tell", **gained)
        if (remainder != 0).any():
            hatched: dict[str, Any] = {
                "height": 0.6,
                "facecolor": "none",
                "edgecolor": "0.25",
                "hatch": "////",
            }
            label = "remainder: differences within bins"
            ax.barh(rows, remainder, left=left + reliability, label=label, linewidth=0, **hatched)

    def _draw_scores(
        self, ax: Axes, rows: NDArray[np.intp], terms: list[CrossEntropyDecomposition]
    ) -> None:
        scores = np.array([t.score for t in terms])
        bounds = np.array([t.intervals["score"] for t in terms]).T
        errors = np.abs(bounds - scores)
        level = f"{terms[0].confidence_level:.0%}"
        ax.errorbar(
            scores,
            rows,
            xerr=None if np.isnan(errors).any() else errors,
            fmt="D",
            color="black",
            markersize=5,
            capsize=3,
            linewidth=1,
            label=f"score, with its {level} interval",
        )
        for row, t in zip(rows, terms, strict=True):
            ax.plot(
                [t.uncertainty] * 2,
                [row - 0.42, row + 0.42],
                "--",
                color="0.2",
                linewidth=1.2,
                label="uncertainty, H(Y)" if row == rows[0] else None,
            )
