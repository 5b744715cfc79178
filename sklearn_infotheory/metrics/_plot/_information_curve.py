"""The loss against the number of training samples or iterations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import check_cv
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing

from sklearn_infotheory._plotting import axes_or_new, check_matplotlib
from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import unit_name
from sklearn_infotheory.metrics._cross_entropy import cross_entropy_loss
from sklearn_infotheory.metrics._plot._held_out import aligned, folds_of, name_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZES = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
_AXES = {"training_size": "Training samples", "iteration": "Iterations"}


class InformationCurveDisplay:
    """Mean loss of training and test data, against training size or iterations.

    Where the curve of the test data falls, the model still learns; where it rises while that of
    the training data falls, it learns by heart. The dashed line is the entropy of the classes,
    the loss of who knows only how frequent they are.

    Use :meth:`from_estimator`, :meth:`from_predictions` or :meth:`from_cv_results` to make one.

    Parameters
    ----------
    steps : ndarray of shape (n_steps,)
        Training sizes or numbers of iterations.
    losses : dict of str to ndarray of shape (n_folds, n_steps)
        Mean loss of each fold by the name of its data.
    entropy : float
        Entropy of the classes, in the same unit.
    along : {"training_size", "iteration"}, default="iteration"
        What the steps are.
    unit : str, default="nats"
        Name of the unit.
    estimator_name : str, default=None
        Name of the model, for the title.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.ensemble import GradientBoostingClassifier
    >>> from sklearn_infotheory.metrics import InformationCurveDisplay
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = GradientBoostingClassifier(n_estimators=30, random_state=0)
    >>> display = InformationCurveDisplay.from_estimator(
    ...     model, X, y, along="iteration", cv=3, base=2
    ... )
    >>> display.ax_.get_ylabel()
    'Cross-entropy in bits a sample'
    >>> display.losses["test"].shape
    (3, 30)
    """

    def __init__(
        self,
        steps: NDArray[Any],
        losses: dict[str, Floats],
        entropy: float,
        *,
        along: str = "iteration",
        unit: str = "nats",
        estimator_name: str | None = None,
    ) -> None:
        self.steps = steps
        self.losses = losses
        self.entropy = entropy
        self.along = along
        self.unit = unit
        self.estimator_name = estimator_name

    @classmethod
    def from_estimator(
        cls,
        estimator: BaseEstimator,
        X: Any,
        y: ArrayLike,
        *,
        along: Literal["training_size", "iteration"] = "training_size",
        cv: Any = None,
        train_sizes: Sequence[float] = _SIZES,
        n_iterations: int = 50,
        zero: float | str = "inf",
        base: float | None = None,
        ax: Axes | None = None,
    ) -> InformationCurveDisplay:
        """Train copies of a classifier on the folds of a cross-validation, and draw their losses.

        Parameters
        ----------
        estimator : classifier
            With `predict_proba`; need not be fitted. Along iterations, it must have
            `staged_predict_proba` or `partial_fit`; of a pipeline, its last step.
        X : array-like or data frame of shape (n_samples, n_features)
            The data.
        y : array-like of shape (n_samples,)
            Labels.
        along : {"training_size", "iteration"}, default="training_size"
            What the curve is drawn against.
        cv : int, splitter or iterable, default=None
            As in :func:`~sklearn.model_selection.cross_validate`.
        train_sizes : sequence of float, default=(0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
            Shares of the training fold; its first samples in a random order that is always the
            same.
        n_iterations : int, default=50
            Number of passes of `partial_fit`; ignored where `staged_predict_proba` is.
        zero : {"inf", "raise"} or float, default="inf"
            As in :func:`cross_entropy_loss`.
        base : float, default=None
            Base of the logarithm: None for nats, 2 for bits.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        InformationCurveDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        y = np.asarray(y)
        classes = np.unique(y)
        folds = []
        for rows in check_cv(cv, y, classifier=True).split(X, y):
            train, test = ((_safe_indexing(X, r), y[r]) for r in rows)
            if along == "iteration":
                stages = _stages(clone(estimator), train, test, n_iterations)
            else:
                stages = _sizes(estimator, train, test, train_sizes)
            folds.append(list(_losses(stages, classes, zero, base)))
        return cls._of_folds(folds, y, along, base, estimator).plot(ax=ax)

    @classmethod
    def from_predictions(
        cls,
        y_true: ArrayLike,
        y_probas: Sequence[ArrayLike],
        *,
        steps: ArrayLike | None = None,
        along: Literal["training_size", "iteration"] = "iteration",
        labels: ArrayLike | None = None,
        zero: float | str = "inf",
        base: float | None = None,
        ax: Axes | None = None,
    ) -> InformationCurveDisplay:
        """Draw the losses of given predictions, one array a step.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,) or (n_samples, n_classes)
            Labels, one-hot rows, or soft targets.
        y_probas : sequence of array-like of shape (n_samples, n_classes) or (n_samples,)
            Predicted probabilities of each step.
        steps : array-like of shape (n_steps,), default=None
            Training sizes or numbers of iterations; None for 1, 2, ...
        along : {"training_size", "iteration"}, default="iteration"
            What the steps are.
        labels : array-like of shape (n_classes,), default=None
            Class of each column; None for the sorted labels in ``y_true``.
        zero : {"inf", "raise"} or float, default="inf"
            As in :func:`cross_entropy_loss`.
        base : float, default=None
            Base of the logarithm: None for nats, 2 for bits.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        InformationCurveDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        options: dict[str, Any] = {"labels": labels, "zero": zero, "base": base}
        losses = np.array([cross_entropy_loss(y_true, proba, **options) for proba in y_probas])
        steps = np.arange(1, len(losses) + 1) if steps is None else np.asarray(steps)
        if len(steps) != len(losses):
            raise ValueError(
                f"steps must have one number for each of the {len(losses)} predictions; got "
                f"{len(steps)}."
            )
        display = cls(
            steps,
            {"test": losses[None, :]},
            _entropy(y_true, base),
            along=along,
            unit=unit_name(base),
        )
        return display.plot(ax=ax)

    @classmethod
    def from_cv_results(
        cls,
        cv_results: Any,
        X: Any,
        y: ArrayLike,
        *,
        zero: float | str = "inf",
        base: float | None = None,
        ax: Axes | None = None,
    ) -> InformationCurveDisplay:
        """Draw the losses of the stages of estimators that were fitted in a cross-validation.

        Parameters
        ----------
        cv_results : dict
            From :func:`~sklearn.model_selection.cross_validate` with ``return_estimator=True`` and
            ``return_indices=True``, of an estimator with `staged_predict_proba`.
        X : array-like or data frame of shape (n_samples, n_features)
            The data that were cross-validated.
        y : array-like of shape (n_samples,)
            Their labels.
        zero : {"inf", "raise"} or float, default="inf"
            As in :func:`cross_entropy_loss`.
        base : float, default=None
            Base of the logarithm: None for nats, 2 for bits.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        InformationCurveDisplay
            The display, drawn.
        """
        check_matplotlib(cls.__name__)
        y = np.asarray(y)
        classes = np.unique(y)
        folds = []
        for fitted, X_train, y_train, X_test, y_test in folds_of(cv_results, X, y):
            stages = _fitted_stages(fitted, (X_train, y_train), (X_test, y_test))
            folds.append(list(_losses(stages, classes, zero, base)))
        fitted = cv_results["estimator"][0]
        return cls._of_folds(folds, y, "iteration", base, fitted).plot(ax=ax)

    @classmethod
    def _of_folds(
        cls,
        folds: list[list[Losses]],
        y: Any,
        along: str,
        base: float | None,
        estimator: BaseEstimator,
    ) -> InformationCurveDisplay:
        """Cut folds to the fewest steps that all of them have: some stop early."""
        n_steps = min(len(fold) for fold in folds)
        table = np.array([fold[:n_steps] for fold in folds], dtype=np.float64)
        return cls(
            table[:, :, 0].mean(axis=0),
            {"training": table[:, :, 1], "test": table[:, :, 2]},
            _entropy(y, base),
            along=along,
            unit=unit_name(base),
            estimator_name=name_of(estimator),
        )

    def plot(self, ax: Axes | None = None) -> InformationCurveDisplay:
        """Draw the mean of the folds, and a band of one standard error of it.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        InformationCurveDisplay
            The display, drawn.
        """
        ax = axes_or_new(ax, type(self).__name__, 7, 4.2)
        colors = {"training": "tab:gray", "test": "tab:blue"}
        marker = "o" if len(self.steps) <= 20 else None
        for name, losses in self.losses.items():
            mean, n_folds = losses.mean(axis=0), len(losses)
            color = colors.get(name)
            ax.plot(self.steps, mean, color=color, marker=marker, markersize=4, label=name)
            if n_folds > 1 and np.isfinite(losses).all():
                error = losses.std(axis=0, ddof=1) / np.sqrt(n_folds)
                ax.fill_between(
                    self.steps, mean - error, mean + error, color=color, alpha=0.2, linewidth=0
                )
        ax.axhline(self.entropy, color="0.3", linestyle="--", linewidth=1, label="entropy H(Y)")
        ax.set_xlabel(_AXES[self.along])
        ax.set_ylabel(f"Cross-entropy in {self.unit} a sample")
        ax.set_ylim(bottom=0)
        ax.set_title(self.estimator_name or "")
        several = max(len(losses) for losses in self.losses.values()) > 1
        ax.legend(title="bands: 1 standard error" if several else None)
        self.ax_, self.figure_ = ax, ax.figure
        return self


Losses = tuple[float, float, float]
"""Step, training loss and test loss."""

Stage = tuple[float, NDArray[Any], Any, Any, Any, Any]
"""Step, classes, predictions and labels of training data, and of test data."""


def _losses(
    stages: Iterator[Stage], classes: NDArray[Any], zero: Any, base: float | None
) -> Iterator[Losses]:
    """Yield the losses of each stage."""
    options: dict[str, Any] = {"labels": classes, "zero": zero, "base": base}
    for step, seen, proba, y, test_proba, y_test in stages:
        yield (
            step,
            cross_entropy_loss(y, aligned(proba, seen, classes), **options),
            cross_entropy_loss(y_test, aligned(test_proba, seen, classes), **options),
        )


def _sizes(
    estimator: BaseEstimator, train: tuple[Any, Any], test: tuple[Any, Any], shares: Sequence[float]
) -> Iterator[Stage]:
    (X, y), (X_test, y_test) = train, test
    order = np.random.RandomState(0).permutation(len(y))
    for share in shares:
        if not 0 < share <= 1:
            raise ValueError(
                f"train_sizes must be shares in (0, 1] of the training fold; got {share!r}."
            )
        rows = order[: max(1, round(share * len(y)))]
        X_part, y_part = _safe_indexing(X, rows), y[rows]
        fitted = clone(estimator).fit(X_part, y_part)
        proba, test_proba = fitted.predict_proba(X_part), fitted.predict_proba(X_test)
        yield len(rows), fitted.classes_, proba, y_part, test_proba, y_test


def _stages(
    estimator: BaseEstimator, train: tuple[Any, Any], test: tuple[Any, Any], n_iterations: int
) -> Iterator[Stage]:
    """Fit an estimator and yield its stages, or its state after each pass of partial_fit."""
    if hasattr(_last(estimator), "staged_predict_proba"):
        yield from _fitted_stages(estimator.fit(*train), train, test)
        return
    if not hasattr(_last(estimator), "partial_fit"):
        raise ValueError(
            f"{type(_last(estimator)).__name__} has neither staged_predict_proba nor partial_fit. "
            "Choose along='training_size', or a classifier that is trained by iterations."
        )
    (X, y), (X_test, y_test) = train, test
    if isinstance(estimator, Pipeline) and len(estimator) > 1:
        before = estimator[:-1]
        X, X_test = before.fit_transform(X, y), before.transform(X_test)
    learner = _last(estimator)
    for iteration in range(n_iterations):
        learner.partial_fit(X, y, classes=np.unique(y) if iteration == 0 else None)
        proba, test_proba = learner.predict_proba(X), learner.predict_proba(X_test)
        yield iteration + 1, learner.classes_, proba, y, test_proba, y_test


def _fitted_stages(fitted: Any, train: tuple[Any, Any], test: tuple[Any, Any]) -> Iterator[Stage]:
    learner = _last(fitted)
    if not hasattr(learner, "staged_predict_proba"):
        raise ValueError(
            f"{type(learner).__name__} has no staged_predict_proba, so that its stages are lost. "
            "Use from_estimator, which trains anew."
        )
    (X, y), (X_test, y_test) = train, test
    if isinstance(fitted, Pipeline) and len(fitted) > 1:
        X, X_test = fitted[:-1].transform(X), fitted[:-1].transform(X_test)
    both = zip(learner.staged_predict_proba(X), learner.staged_predict_proba(X_test), strict=True)
    for i, (proba, test_proba) in enumerate(both):
        yield i + 1, learner.classes_, proba, y, test_proba, y_test


def _last(estimator: BaseEstimator) -> Any:
    return estimator[-1] if isinstance(estimator, Pipeline) else estimator


def _entropy(y: Any, base: float | None) -> float:
    """Return the entropy of the classes: of their shares, or of the mean of soft targets."""
    y = np.asarray(y)
    if y.ndim == 2:
        shares = y.mean(axis=0)
    elif y.dtype.kind == "f" and (y != np.floor(y)).any():
        shares = np.array([1 - y.mean(), y.mean()])
    else:
        shares = np.unique(y, return_counts=True)[1] / len(y)
    from sklearn_infotheory.measures import entropy

    return float(entropy(shares, base=base))
