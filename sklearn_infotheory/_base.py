"""What every estimator of the package shares."""

from __future__ import annotations

from typing import Any, ClassVar

from sklearn.base import BaseEstimator

try:
    from sklearn.callback import CallbackSupportMixin
except ImportError:  # scikit-learn < 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stands in for scikit-learn's mixin, without callbacks."""


class InformationEstimator(BaseEstimator):
    """A scikit-learn estimator whose HTML representation links to this package's documentation."""

    _doc_link_module: ClassVar[str] = "sklearn_infotheory"
    _doc_link_template: ClassVar[str] = (
        "https://sklearn-infotheory.readthedocs.io/en/stable/api/generated/"
        "{estimator_module}.{estimator_name}.html"
    )


class FitTask:
    """The steps of one fit, told to scikit-learn's callbacks where there are any.

    Parameters
    ----------
    estimator : estimator that has CallbackSupportMixin among its bases
    X, y : the training data, for callbacks that ask for them
    n_steps : int or None
        How many steps there will be at most, if that is known.
    step_name : str, default="pick"
        What callbacks call a step.
    """

    def __init__(
        self,
        estimator: BaseEstimator,
        X: Any,
        y: Any,
        n_steps: int | None,
        step_name: str = "pick",
    ) -> None:
        self.n_steps = 0
        self._step_name = step_name
        self._data = {"estimator": estimator, "X": X, "y": y}
        self._context = None
        if hasattr(estimator, "_init_callback_context"):
            self._context = estimator._init_callback_context(max_subtasks=n_steps)

    def __enter__(self) -> FitTask:
        if self._context is not None:
            self._context.call_on_fit_task_begin(**self._data)
        return self

    def step(self) -> bool:
        """Count a step; return True if a callback asks to stop."""
        self.n_steps += 1
        if self._context is None:
            return False
        step = self._context.subcontext(task_name=self._step_name)
        step.call_on_fit_task_begin(**self._data)
        return bool(step.call_on_fit_task_end(**self._data))

    def __exit__(self, *error: object) -> None:
        if self._context is not None and error[0] is None:
            self._context.call_on_fit_task_end(**self._data)
