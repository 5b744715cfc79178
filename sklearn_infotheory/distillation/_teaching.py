"""What both distilled models share: teachers out of fold, weights, rows, sizes and times."""

from __future__ import annotations

import pickle
import statistics
import time
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, clone
from sklearn.utils import _safe_indexing, check_random_state, indexable
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    _routing_enabled,
    process_routing,
)
from sklearn.utils.validation import (
    _check_method_params,
    _check_sample_weight,
    _num_samples,
    check_consistent_length,
    check_is_fitted,
    has_fit_parameter,
    validate_data,
)

from sklearn_infotheory._base import InformationEstimator
from sklearn_infotheory._types import Floats

Split = tuple[NDArray[np.integer], NDArray[np.integer]]


class DistilledModel(InformationEstimator):
    """A student that was taught; the base of the classifier and the regressor."""

    _required_parameters: ClassVar[list[str]] = ["teacher", "student"]
    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "teacher": [HasMethods(["fit", "predict"])],
        "student": [HasMethods(["fit", "predict"])],
        "alpha": [Interval(Real, 0, 1, closed="both")],
        "cv": ["cv_object", StrOptions({"prefit"})],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }
    teacher: Any
    student: Any
    cv: Any
    n_jobs: int | None
    random_state: Any
    teacher_: Any
    student_: Any

    def _check_rows(self, X: Any, y: Any, sample_weight: Any) -> tuple[Any, Floats]:
        """Return X whose rows can be taken, and weights; the models inside check the values."""
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None."
            )
        validate_data(self, X, skip_check_array=True)
        check_consistent_length(X, y, sample_weight)
        if _num_samples(X) < 2:
            raise ValueError(
                f"{type(self).__name__} needs at least 2 samples to predict out of fold; got "
                "1 sample."
            )
        weights = _check_sample_weight(sample_weight, np.empty((_num_samples(X), 1)))
        return indexable(X)[0], weights

    def _teacher_params(
        self, X: Any, sample_weight: Any, weights: Floats, params: dict[str, Any]
    ) -> dict[str, Any]:
        """Return what `fit` of the teacher gets: routed if routing is on, else only weights."""
        if _routing_enabled():
            if sample_weight is not None:
                params = {**params, "sample_weight": sample_weight}
            return dict(process_routing(self, "fit", **params).teacher.fit)
        if params:
            raise ValueError(
                f"got the fit parameters {sorted(params)}, which are passed on only with "
                "sklearn.set_config(enable_metadata_routing=True)."
            )
        return {} if sample_weight is None else {weight_name(self.teacher): weights}

    def get_metadata_routing(self) -> MetadataRouter:
        """Return what is passed on to the teacher.

        Returns
        -------
        MetadataRouter
            The routing of `fit`.
        """
        mapping = MethodMapping().add(caller="fit", callee="fit")
        return MetadataRouter(owner=self).add(teacher=self.teacher, method_mapping=mapping)

    def _new(self, model: Any) -> Any:
        """Clone a model, and give it the random state where it has none of its own."""
        made = clone(model)
        if self.random_state is not None:
            seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
            names = [n for n, v in made.get_params().items() if _is_seed(n) and v is None]
            made.set_params(**dict.fromkeys(names, seed))
        return made

    def _teach(
        self,
        X: Any,
        y: Any,
        params: dict[str, Any],
        predict: Callable[[Any, Any], Any],
        splits: list[Split],
    ) -> list[Any]:
        """Return the predictions of each test fold by a teacher that has not seen it."""

        def one(train: Any, test: Any) -> Any:
            teacher = self._new(self.teacher)
            own = _check_method_params(X, params, train)
            teacher.fit(_safe_indexing(X, train), _safe_indexing(y, train), **own)
            return predict(teacher, _safe_indexing(X, test))

        made = Parallel(n_jobs=self.n_jobs)(delayed(one)(*split) for split in splits)
        return list(made)

    def _splits(self, X: Any, y: Any, is_classifier: bool) -> list[Split]:
        from sklearn.model_selection import KFold, StratifiedKFold, check_cv

        cv = 5 if self.cv is None else self.cv
        if isinstance(cv, Integral):
            shuffled = {"shuffle": True, "random_state": self.random_state}
            options = shuffled if self.random_state is not None else {}
            fewest = np.unique(y, return_counts=True)[1].min() if is_classifier else 0
            n_splits = min(int(cv), _num_samples(X))
            cv = KFold(n_splits, **options)
            if fewest >= 2:  # else a stratified fold cannot be made
                cv = StratifiedKFold(min(n_splits, int(fewest)), **options)
        splits = list(check_cv(cv, y, classifier=is_classifier).split(X, y))
        tested = np.concatenate([test for _, test in splits])
        if len(tested) != _num_samples(X) or len(np.unique(tested)) != len(tested):
            raise ValueError(
                "cv must put each sample into exactly one test fold, as KFold does; got test folds "
                f"with {len(tested)} samples for {_num_samples(X)} samples."
            )
        return splits

    def predict(self, X: Any) -> Any:
        """Return the predictions of the student.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_features)
            Features.

        Returns
        -------
        ndarray of shape (n_samples,)
            Predictions.
        """
        return self._student_says("predict", X)

    def _student_says(self, method: str, X: Any) -> Any:
        check_is_fitted(self)
        if len(getattr(X, "shape", ())) == 1:
            raise ValueError(
                "X must have rows and columns; got one dimension. Reshape your data: "
                "X.reshape(1, -1) for one sample, X.reshape(-1, 1) for one feature."
            )
        validate_data(self, X, reset=False, skip_check_array=True)
        return getattr(self.student_, method)(X)

    def compression_ratio(self) -> float:
        """Return the size of the pickled teacher divided by that of the pickled student.

        Returns
        -------
        float
            Above 1 if the student is smaller.
        """
        check_is_fitted(self)
        return len(pickle.dumps(self.teacher_)) / len(pickle.dumps(self.student_))

    def speedup(self, X: Any, n_repeats: int = 5) -> float:
        """Measure how many times faster the student predicts; the result differs between calls.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_features)
            Rows to predict.
        n_repeats : int, default=5
            How often both are timed, in turn; the median of the ratios is returned.

        Returns
        -------
        float
            Time of the teacher divided by time of the student.
        """
        check_is_fitted(self)

        def seconds(model: Any) -> float:
            start = time.perf_counter()
            model.predict(X)
            return time.perf_counter() - start

        pairs = [(seconds(self.teacher_), seconds(self.student_)) for _ in range(n_repeats)]
        return statistics.median(teacher / student for teacher, student in pairs)

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import get_tags

        tags = super().__sklearn_tags__()
        inside = [get_tags(self.teacher).input_tags, get_tags(self.student).input_tags]
        tags.input_tags.sparse = all(one.sparse for one in inside)
        tags.input_tags.allow_nan = all(one.allow_nan for one in inside)
        tags.target_tags.required = True
        return tags


def _is_seed(name: str) -> bool:
    return name == "random_state" or name.endswith("__random_state")


def final_step(model: BaseEstimator) -> tuple[str, Any]:
    """Return the last step of a pipeline, and the prefix of its parameters."""
    if hasattr(model, "steps"):
        name, last = model.steps[-1]
        prefix, final = final_step(last)
        return f"{name}__{prefix}", final
    return "", model


def weight_name(model: BaseEstimator) -> str:
    """Return the name by which `fit` of the model takes weights."""
    prefix, final = final_step(model)
    if not has_fit_parameter(final, "sample_weight"):
        raise ValueError(
            f"{type(final).__name__} does not take sample_weight in fit, which is needed here. "
            "Take another model."
        )
    return f"{prefix}sample_weight"


def stack(X: Any, more: Any) -> Any:
    """Put rows below rows, of the same kind of table."""
    if more is None:
        return X
    if sparse.issparse(X):
        return sparse.vstack([X, more], format="csr")
    if hasattr(X, "columns"):
        import narwhals as nw

        frames = [nw.from_native(frame, eager_only=True) for frame in (X, more)]
        return nw.to_native(nw.concat(frames, how="vertical"))
    return np.concatenate([np.asarray(X), np.asarray(more)])
