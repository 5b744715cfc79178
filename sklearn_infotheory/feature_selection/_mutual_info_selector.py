"""Feature selection by mutual information."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, ClassVar, Literal

import narwhals as nw
import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import _fit_context
from sklearn.feature_selection import SelectorMixin
from sklearn.utils import _safe_indexing
from sklearn.utils._param_validation import Interval, RealNotInt, StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_infotheory._base import CallbackSupportMixin, FitTask, InformationEstimator
from sklearn_infotheory._columns._frames import is_data_frame, resolve_categorical
from sklearn_infotheory._columns._validation import (
    check_features,
    check_target,
    check_weights,
)
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit, unit_name
from sklearn_infotheory.feature_selection._binned import BinnedRelations
from sklearn_infotheory.feature_selection._criteria import (
    CRITERIA,
    PairCriterion,
    SelectionState,
)
from sklearn_infotheory.feature_selection._methods import METHODS, check_method, relate
from sklearn_infotheory.feature_selection._rankings import Ranking, make_ranking
from sklearn_infotheory.feature_selection._relations import Relations
from sklearn_infotheory.feature_selection._search import (
    ForwardSelection,
    SelectionPath,
    resolve_n_to_select,
)
from sklearn_infotheory.feature_selection._stopping import (
    EitherTest,
    JointTest,
    NoStop,
    ScreenedTest,
    StoppingTest,
)


class MutualInfoSelector(SelectorMixin, CallbackSupportMixin, InformationEstimator):
    """Select features that together tell most about the target.

    Features are picked one after the other. A criterion weighs what a candidate tells about the
    target (relevance) against what the picked features have told already (redundancy), and for
    what it tells only together with them (complementarity). By default the search stops when no
    candidate adds significant information to the picked features.

    Parameters
    ----------
    n_features_to_select : "auto", int or float, default="auto"
        - "auto": stop when no remaining feature adds significant information about the target at
          level ``alpha``, by a score test in an additive model of all picked features, or by a test
          given each single picked feature.
        - int: the number of features; if there are fewer, all are selected, with a warning.
        - float in (0, 1]: the share of features.
    criterion : str or callable, default="jmi"
        How candidates X are scored, given the picked features W in S and the target Y:

        - "mim": I(X; Y);
        - "mifs": I(X; Y) - sum I(X; W);
        - "mrmr": I(X; Y) - mean I(X; W);
        - "mrmr_quotient": I(X; Y) / mean I(X; W);
        - "cmim": min(I(X; Y), min I(X; Y | W));
        - "jmi": sum I(X, W; Y);
        - "jmim": min I(X, W; Y);
        - "njmim": min I(X, W; Y) / H(X, W, Y);
        - "disr": sum I(X, W; Y) / H(X, W, Y);
        - "icap": I(X; Y) - sum max(0, I(X; W) - I(X; W | Y));
        - "cife": I(X; Y) - sum I(X; W) + sum I(X; W | Y);
        - "condred": I(X; Y) + sum I(X; W | Y);
        - "cmi": I(X; Y | S);
        - "jmi3": sum I(X, U, W; Y) over the pairs U, W of S;
        - an object made by :func:`linear_criterion`;
        - a callable from a :class:`SelectionState` to one score per candidate.

        The first feature is always the one with the largest I(X; Y). Ties go to the lowest index.
    method : {"binned", "gaussian", "knn"}, default="binned"
        How information is estimated.

        - "binned" counts: numeric columns are cut into bins of equal count, categories and missing
          values are cells.
        - "gaussian" takes normal scores for jointly normal, within each class if there are any.
          Fast, and precise where relations are monotone. Numbers without missing values, tied or
          not. The same as ``method="gaussian"`` of
          :func:`~sklearn_infotheory.estimation.estimate_mutual_information`.
        - "knn" measures distances to nearest neighbours, for relations of any shape; slow. Columns
          of any kind: categories, missing values and values that stand out (an excess of zeros)
          are counted. All criteria but "cmi" and "jmi3".
    categorical_features : "from_dtype", array-like of bool, int or str, or None, \
default="from_dtype"
        Which columns are categories. "from_dtype": string, object and categorical columns. Or a
        mask, indices, or column names; None for no column. Categories that occur once are pooled.
    n_bins : int or "auto", default="auto"
        Most bins a numeric column gets, from 2 to 254. "auto": as many as leave five samples a cell
        in a table of two features and the target, from 2 to 10. Columns with up to 16 distinct
        values, and five samples for each, keep these.
    n_neighbors : int, default=3
        For ``method="knn"``: more neighbours make less noise, and more bias.
    initial : {"single", "pair"}, default="single"
        Start from the most relevant feature, or from the pair that tells most jointly. The pair
        finds features that tell nothing alone (XOR), and costs a look at all pairs.
    alpha : float, default=0.05
        Level of the tests by which "auto" stops: the probability that anything is picked if no
        feature is informative.
    tolerance : float, default=0.0
        Information in the unit of ``base`` that a feature has to add for "auto" to go on: it stops
        when the lower confidence bound of the gain is below. With millions of rows every feature
        is significant, and few are useful. For ``method="binned"`` and "knn", without
        ``initial="pair"`` and the criteria "cmi" and "jmi3".
    target : {"auto", "discrete", "continuous"}, default="auto"
        How to read y. "auto": numbers with fractions, and more than 100 distinct whole numbers, are
        continuous; dates and durations are numbers, of microseconds. "binned" cuts a continuous y
        into bins. Several outputs are one joint target: each is read by itself, and the classes are
        the combinations of classes and bins, of which the 31 most frequent are told apart.
        "gaussian" and "knn" do not cut; if an output is continuous, they read all as numbers.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.
    n_jobs : int, default=None
        Number of threads. The result does not depend on it.
    verbose : int, default=0
        Print a line for each pick if positive.

    Attributes
    ----------
    selected_ : ndarray of shape (`n_features_`,)
        Indices of the picked features, in the order of picking.
    support_ : ndarray of shape (`n_features_in_`,)
        Mask of the picked features.
    n_features_ : int
        Number of picked features.
    scores_ : ndarray of shape (`n_features_in_`,)
        Score of each feature by ``criterion``: when it was picked, or in the last round. Criteria
        that take a minimum ("cmim", "jmim", "njmim") are evaluated lazily: their scores of features
        that were not picked are bounds from above.
    relevance_ : ndarray of shape (`n_features_in_`,)
        I(X; Y) of each feature alone. "gaussian" and "knn" correct it for bias, so that it may be
        below zero.
    relevance_standard_error_ : ndarray of shape (`n_features_in_`,)
        Its standard error, by the delta method or from the terms of the samples; that of "binned"
        and "gaussian" is too small where the feature tells nothing.
    p_values_ : ndarray of shape (`n_features_in_`,)
        Probability of so much relevance if feature and target are independent, not corrected for
        the number of features.
    ranking_ : ndarray of shape (`n_features_in_`,)
        1 for the first pick, 2 for the second, and so on; then the other features by their score.
    path_ : structured ndarray of shape (`n_features_`,)
        One row for each pick, ready for ``pandas.DataFrame(path_)``: feature, score, relevance,
        redundancy (mean I(X; W) with the picks before it), complementarity (mean I(X; W | Y)), and
        p_value (not corrected for the number of features), and test. Redundancy and complementarity
        are NaN for criteria that do not look at pairs. ``test`` is the test that admitted the pick:
        "score" (in an additive model of all picks before it), "screened" (the largest p-value of
        I(X; Y | W) given a single earlier pick W; also with a number of features), "joint" (given
        all picks at once, for ``initial="pair"``, "cmi" and "jmi3"), or "partial" (F-test of
        ``method="gaussian"``).
    n_features_in_ : int
        Number of features seen in ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, if X has names that are all strings.

    See Also
    --------
    mutual_info : Relevance and p-values for the univariate selectors of scikit-learn.

    Notes
    -----
    With ``method="binned"`` scores are plug-in estimates from counts, equal to those of the R
    package praznik and of FEAST on the same codes. "auto" tests candidates in the order of their
    scores, and picks the first one that passes one of two tests at ``alpha`` divided by twice the
    number of features. The score test is a generalised covariance measure [2]_: target and
    candidate are regressed on all picked features, and the products of the residuals are summed.
    The screened test is a G-test of I(X; Y | W) given each single pick W, with null moments that
    belong to the tables at hand. If no feature is informative, nothing is picked with a
    probability of at least ``1 - alpha``. Interactions without main effects can be missed: ask for
    a number of features, or use ``initial="pair"``. The levels and the power are measured in
    ``tests/validation``.

    With "knn" the estimates rank, and the same tests on the same bins decide. With "gaussian" the
    p-values are those of F-tests of the target (of the means of its classes) in a regression of the
    candidate on the picked features and their squares; given picks, each class has a variance of
    its own. Of the classes they compare only means: ask for a number where variances or
    correlations tell. Their level is measured in ``tests/validation/test_gaussian_level.py``.

    With "gaussian", I(X; Y) of classes is the difference of the Gaussian entropies of all samples
    and of the classes [1]_, so that the chain rule holds between all quantities. Differences of
    variance are counted only where they exceed what ties can produce. The estimate
    ``method="gaussian_mixture"`` of
    :func:`~sklearn_infotheory.estimation.estimate_mutual_information` is another lower bound of the
    same information, and at least as large up to its correction for bias. With "gaussian" and
    "knn", H(X, W, Y) in "disr" and "njmim" is that of the distinct values in the sample: the sum of
    the three entropies, each log n without ties, minus their total correlation.

    References
    ----------
    .. [1] Ince, R. A. A. et al. (2017). A statistical framework for neuroimaging data analysis
       based on mutual information estimated via a Gaussian copula. Human Brain Mapping 38,
       1541-1573. :doi:`10.1002/hbm.23471`

    .. [2] Shah, R. D. and Peters, J. (2020). The hardness of conditional independence testing and
       the generalised covariance measure. Annals of Statistics 48, 1514-1538.
       :doi:`10.1214/19-AOS1857`

    Brown, G., Pocock, A., Zhao, M.-J. and Lujan, M. (2012). Conditional likelihood maximisation: a
    unifying framework for information theoretic feature selection. Journal of Machine Learning
    Research, 13, 27-66.

    Kursa, M. B. (2021). Praznik: high performance information-based feature selection. SoftwareX,
    16, 100819. :doi:`10.1016/j.softx.2021.100819`

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn_infotheory import MutualInfoSelector
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> selector = MutualInfoSelector(base=2).fit(X, y)
    >>> selector.get_feature_names_out().tolist()  # doctest: +NORMALIZE_WHITESPACE
    ['mean concave points', 'worst texture', 'worst perimeter', 'worst smoothness',
     'worst concave points']
    >>> MutualInfoSelector(3, method="gaussian").fit(X, y).get_feature_names_out().tolist()
    ['radius error', 'worst perimeter', 'worst concave points']
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "n_features_to_select": [
            StrOptions({"auto"}),
            Interval(Integral, 1, None, closed="left"),
            Interval(RealNotInt, 0, 1, closed="right"),
        ],
        "criterion": [StrOptions(set(CRITERIA)), callable, PairCriterion],
        "method": [StrOptions(set(METHODS))],
        "categorical_features": [StrOptions({"from_dtype"}), "array-like", None],
        "n_bins": [StrOptions({"auto"}), Interval(Integral, 2, 254, closed="both")],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "initial": [StrOptions({"single", "pair"})],
        "alpha": [Interval(Real, 0, 1, closed="both")],
        "tolerance": [Interval(Real, 0, None, closed="left")],
        "target": [StrOptions({"auto", "discrete", "continuous"})],
        "base": BASE_CONSTRAINT,
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        n_features_to_select: Literal["auto"] | int | float = "auto",
        *,
        criterion: str | PairCriterion | Callable[[SelectionState], Any] = "jmi",
        method: Literal["binned", "gaussian", "knn"] = "binned",
        categorical_features: Any = "from_dtype",
        n_bins: Literal["auto"] | int = "auto",
        n_neighbors: int = 3,
        initial: Literal["single", "pair"] = "single",
        alpha: float = 0.05,
        tolerance: float = 0.0,
        target: Literal["auto", "discrete", "continuous"] = "auto",
        base: float | None = None,
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.n_features_to_select = n_features_to_select
        self.criterion = criterion
        self.method = method
        self.categorical_features = categorical_features
        self.n_bins = n_bins
        self.n_neighbors = n_neighbors
        self.initial = initial
        self.alpha = alpha
        self.tolerance = tolerance
        self.target = target
        self.base = base
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> MutualInfoSelector:
        """Select features.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_features)
            Columns of any kind, as far as ``method`` takes them; sparse ones for "binned".
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Labels or numbers.
        sample_weight : array-like of shape (n_samples,), default=None
            A weight of k counts as k repetitions of the sample. For "knn" 0 or 1: whole numbers
            above 1 are taken, with a warning.

        Returns
        -------
        MutualInfoSelector
            The fitted selector.

        Raises
        ------
        ValueError
            If X, y, the weights or the criterion are not what the method takes.
        """
        check_method(self.method, X, self.criterion)
        X = self._check_features(X, reset=True)
        names = getattr(self, "feature_names_in_", None)
        relations = relate(
            X,
            check_target(y, type(self).__name__),
            check_weights(sample_weight, X),
            method=self.method,
            categorical=resolve_categorical(self.categorical_features, X.shape[1], names),
            names=names,
            n_bins=self.n_bins,
            n_neighbors=self.n_neighbors,
            target=self.target,
            n_jobs=self.n_jobs,
        )
        n_to_select = resolve_n_to_select(self.n_features_to_select, self.n_features_in_)
        ranking = make_ranking(self.criterion, relations, nats_per_unit(self.base))
        with FitTask(self, X, y, n_to_select) as task:
            search = ForwardSelection(
                relations, ranking, n_to_select, self._stopping_test(relations, n_to_select),
                self.alpha, self._step_reporter(task),
            )  # fmt: skip
            path = search.run(self.initial)
        self.relevance_ = relations.relevance / nats_per_unit(self.base)
        self.relevance_standard_error_ = relations.standard_errors / nats_per_unit(self.base)
        self.p_values_ = relations.p_values
        self._keep_path(path, ranking)
        return self

    def transform(self, X: Any) -> Any:
        """Keep the selected features.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_features)
            Columns as in ``fit``.

        Returns
        -------
        array, sparse matrix or data frame of shape (n_samples, `n_features_`)
            A data frame stays a data frame of the same kind, with its dtypes, if the selector was
            fitted on a data frame.
        """
        check_is_fitted(self)
        X = self._check_features(X, reset=False)
        selected = np.flatnonzero(self.support_)
        if not len(selected):
            warnings.warn(
                "No features were selected: none has significant information about the target. "
                "Pass a number as n_features_to_select to select the best ones all the same.",
                UserWarning,
                stacklevel=2,
            )
        if is_data_frame(X) and not hasattr(X, "iloc"):
            return nw.from_native(X, eager_only=True)[:, selected.tolist()].to_native()
        return _safe_indexing(X, selected, axis=1)  # keeps the rows even if no column is left

    def _check_features(self, X: Any, *, reset: bool) -> Any:
        is_gaussian = self.method == "gaussian"
        return check_features(
            self,
            X,
            reset=reset,
            accept_sparse=("csr", "csc") if self.method == "binned" else False,
            # When fitted, the columns with missing values are named.
            ensure_all_finite=is_gaussian and not reset,
        )

    def _stopping_test(self, relations: Relations, n_to_select: int | None) -> StoppingTest:
        """Make what admits candidates, and gives picks their p-values."""
        stops = n_to_select is None and self.alpha < 1
        binned = getattr(relations, "binned", relations)
        if not isinstance(binned, BinnedRelations):
            test: Any = JointTest(relations, self.alpha, "partial")
        elif self.criterion in ("cmi", "jmi3") or self.initial == "pair":
            test = JointTest(relations, self.alpha)
        elif stops:
            test = EitherTest(binned, self.alpha, self.tolerance * nats_per_unit(self.base))
        else:
            test = ScreenedTest(binned)
        return test if stops else NoStop(test)

    def _step_reporter(self, task: FitTask) -> Callable[[NDArray[np.void]], bool]:
        """Make what is called after each pick: print a line, tell the callbacks."""
        names = getattr(self, "feature_names_in_", None)
        unit = nats_per_unit(self.base)

        def report(step: NDArray[np.void]) -> bool:
            if self.verbose:
                j = int(step["feature"])
                name = f"feature {j}" if names is None else f"{names[j]!r} (feature {j})"
                print(
                    f"[{type(self).__name__}] pick {task.n_steps + 1}: {name}, "
                    f"relevance {step['relevance'] / unit:.4g} {unit_name(self.base)}, "
                    f"p-value given the earlier picks {step['p_value']:.3g}"
                )
            return task.step()

        return report

    def _keep_path(self, path: SelectionPath, ranking: Ranking) -> None:
        """Write the fitted attributes, in the unit of ``base``."""
        unit = nats_per_unit(self.base)
        self.path_ = path.steps
        for name in ("relevance", "redundancy", "complementarity"):
            self.path_[name] /= unit
        # The first score is I(X; Y) for every criterion.
        self.path_["score"][: 1 if ranking.is_ratio else None] /= unit
        self.selected_ = self.path_["feature"].copy()
        self.n_features_ = len(self.selected_)
        self.support_ = np.zeros(self.n_features_in_, bool)
        self.support_[self.selected_] = True
        self.scores_ = np.empty(self.n_features_in_)
        self.scores_[self.selected_] = self.path_["score"]
        in_unit = not ranking.is_ratio or not ranking.picked
        self.scores_[path.rest] = path.rest_scores / (unit if in_unit else 1.0)
        by_score = path.rest[np.argsort(-path.rest_scores, kind="stable")]
        self.ranking_ = np.empty(self.n_features_in_, np.intp)
        self.ranking_[np.concatenate([self.selected_, by_score])] = np.arange(
            1, self.n_features_in_ + 1
        )

    def _get_support_mask(self) -> NDArray[np.bool_]:
        check_is_fitted(self)
        return self.support_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = self.method == "binned"
        takes_any_kind = self.method != "gaussian"
        tags.input_tags.allow_nan = takes_any_kind
        tags.input_tags.string = takes_any_kind
        tags.input_tags.categorical = takes_any_kind
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        return tags
