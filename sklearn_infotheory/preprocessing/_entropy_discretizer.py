"""Bins that keep what a column tells about the target."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, ClassVar, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import TransformerMixin, _fit_context
from sklearn.utils._param_validation import Interval, Options, RealNotInt, StrOptions
from sklearn.utils._set_output import _get_output_config
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from sklearn_infotheory._base import InformationEstimator
from sklearn_infotheory._columns._validation import check_features, find_feature
from sklearn_infotheory._columns._values import Columns
from sklearn_infotheory._threads import count_threads
from sklearn_infotheory._types import RandomState
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit
from sklearn_infotheory.preprocessing._binning_table import make_binning_table, summarise
from sklearn_infotheory.preprocessing._binning_target import check_single_target
from sklearn_infotheory.preprocessing._column_binning import (
    MissingPolicy,
    UnknownPolicy,
    as_objects,
)
from sklearn_infotheory.preprocessing._encoding import (
    CROSS_FITTED,
    ENCODINGS,
    Encoding,
    EncodingRule,
    categorical_frame,
    decode,
    enum_frame,
    one_hot_matrix,
)
from sklearn_infotheory.preprocessing._fitted_bins import FittedBins, describe, restore
from sklearn_infotheory.preprocessing._mdl import CRITERIA, SUPERVISED, CandidateCost
from sklearn_infotheory.preprocessing._rule import BinningRule
from sklearn_infotheory.preprocessing._sql import Dialect, SqlRule
from sklearn_infotheory.preprocessing._training import (
    TrainingData,
    check_dtype,
    check_parameters,
    code_columns,
    cross_encode_columns,
    encode_columns,
    learn_columns,
    open_columns,
    read_training_data,
    split_folds,
)

FixedValues = dict[Any, Any] | None  # lists of values by the index or the name of a feature


class EntropyDiscretizer(TransformerMixin, InformationEstimator):
    """Put values into bins that keep what a column tells about the target.

    Cut points are set where they pay: a criterion weighs what a cut tells about the target against
    what it costs to describe the cut, so that the number of bins follows from the data. A column
    that tells nothing becomes one bin. Numbers are cut, categories are grouped, and missing values
    get a bin, join one, or stay missing.

    Parameters
    ----------
    criterion : {"mdlp", "kononenko", "modl", "equal_entropy", "mdl_histogram"}, default="mdlp"
        Where to cut:

        - "mdlp": in two where the class entropy is least, and so on in both halves, as long as the
          gain pays for the description of the cut (Fayyad and Irani, 1993);
        - "kononenko": the same cuts, judged by the exact length of a description of the classes
          (Kononenko, 1995);
        - "modl": the bins that are most probable of all, given the data (Boullé, 2006);
        - "equal_entropy": so many bins (``max_bins``, or 10) whose entropy is largest; those of
          equal count where there are no ties. Does not look at y;
        - "mdl_histogram": the histogram of least stochastic complexity (Kontkanen and Myllymäki,
          2007). Does not look at y.
    encode : {"ordinal", "onehot", "onehot-dense", "thermometer", "interval", "woe", \
"target_mean", "self_information"}, default="ordinal"
        What bins become:

        - "ordinal": their number, from 0;
        - "onehot": a column for each bin, as a CSR matrix; "onehot-dense": as an array;
        - "thermometer": a column for each cut, with 1 above it, and one for each special value and
          for missing values;
        - "interval": labels such as "(0.8, 1.75]"; ordered categories if ``set_output`` asks for
          pandas, and an Enum for polars;
        - "woe": weight of evidence, the log odds of the second of two classes in the bin less its
          log odds among all samples. For more classes, a column for each against the rest;
        - "target_mean": the mean of a continuous target in the bin, or the share of the second of
          two classes. For more classes, the shares of all, a column for each;
        - "self_information": minus the logarithm of the share of the bin.
    max_bins : int, default=None
        The most bins a column gets, without those of missing, special and unknown values; None for
        no limit.
    min_samples_bin : int or float, default=1
        The least sum of weights in a bin, except that of missing values; a number between 0 and 1
        is a share of all samples.
    candidate_cost : {"grid", "candidates", "samples"}, default="grid"
        What "mdlp" and "kononenko" pay for the place of a cut among numbers:

        - "grid": the less of "candidates" and of the place on a grid that halves the samples until
          it holds the cut, so that a cut near the middle costs little however many samples there
          are; and one bit for having a cut at all. Noise is cut in fewer than 1 % of columns;
        - "candidates": one of the places between distinct values, which are fewer where values tie
          (option -E of Weka);
        - "samples": one of the N - 1 places between samples, as published (Fayyad and Irani).
          Careful on small data.
    missing_values : {"error", "bin", "ignore", "merge"}, default="error"
        What happens to missing values:

        - "error": ``fit`` and ``transform`` raise. ``transform`` also raises for infinite values,
          which otherwise fall in the outer bins;
        - "bin": they have a bin of their own, after the others, whether or not ``fit`` saw some.
          Where it saw none, "woe" is zero, "target_mean" the mean of all samples, and
          "self_information" that of an empty bin;
        - "ignore": they stay missing: NaN, None for "interval", and zeros in one-hot and
          thermometer columns. They count nowhere;
        - "merge": they join the bin whose classes lose least information by that; where ``fit``
          saw none, or y is not looked at, the largest bin.
    handle_unknown : {"prior", "largest", "own", "error"}, default="prior"
        What happens to categories that ``fit`` has seen once or never:

        - "prior": "woe" gives zero and "target_mean" the mean of all samples, because nothing is
          known of them. The other encodings put them where "largest" does;
        - "largest": they join the group of the categories that occurred once; where there were
          none, the largest group;
        - "own": they have a group of their own, behind the others, whether or not ``fit`` saw some;
        - "error": ``transform`` raises for categories that ``fit`` has never seen. All categories
          are kept then, also those that occur once.
    cuts : dict from feature to list, default=None
        Cut points of some features, by name or index: these are not learned. A value that equals a
        cut point lies below it. Dates are given as dates.
    category_groups : dict from feature to list of lists, default=None
        Groups of categories of some features, by name or index: these are not learned. Categories
        that are in no group are treated as ``handle_unknown`` says.
    special_values : dict from feature to list, default=None
        Values of some features, by name or index, that stand for something else than their size,
        such as -1 for "no answer". Each has a bin of its own, between the others and that of
        missing values, and has no influence on where the others are cut.
    categorical_features : "from_dtype", array-like of bool, int or str, or None, \
default="from_dtype"
        Which columns are categories. "from_dtype": string, object and categorical columns. Or a
        mask, indices, or column names; None for no column.
    target : {"auto", "discrete", "continuous"}, default="auto"
        How to read y, which has one output. "auto": numbers with fractions, and more than 100
        distinct whole numbers, are continuous; dates and durations are numbers, of microseconds.
        For several outputs, fit one discretizer each, or pass the numbers of their combinations:
        ``np.unique(y, axis=0, return_inverse=True)[1]``.
    smooth : float, default=1.0
        Samples that are added to each bin for "woe" and "target_mean", with the mean of all
        samples; and to all bins together, evenly, for "self_information".
    cv : int, cross-validation generator or iterable, default=5
        Folds by which ``fit_transform`` keeps the target of a sample out of its own encoding, for
        "woe" and "target_mean". A number means shuffled folds, stratified by class.
    dtype : {np.float64, np.float32, np.int64, np.int32}, default=None
        Type of the numbers that ``transform`` returns; None for float64.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.
    n_jobs : int, default=None
        Number of threads. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Shuffles the folds of ``cv``. Nothing else is drawn.

    Attributes
    ----------
    n_bins_ : ndarray of int of shape (`n_features_in_`,)
        Number of bins, with those of special values, and with that of missing values if
        ``missing_values="bin"``.
    bin_edges_ : ndarray of object of shape (`n_features_in_`,)
        For each feature minus infinity, the cut points, and infinity; None for categories. A value
        that equals a cut point lies below it. Cut points are the shortest decimals, or dates, in
        the middle half of the gap between two values; midpoints for "mdl_histogram". Dates are
        microseconds since 1970, durations microseconds, and booleans 0 and 1.
    groups_ : ndarray of object of shape (`n_features_in_`,)
        For each feature a tuple of groups of categories; None for numbers. Categories that occur
        once, and beyond the 254 most frequent, are not listed.
    information_ : ndarray of shape (`n_features_in_`,)
        I(bin; Y) by the counts in the bins; H(bin) without y. A continuous target counts in ten
        parts of equal count.
    criterion_cost_ : ndarray of shape (`n_features_in_`,)
        Length of the description of all bins, for "modl" and "mdl_histogram"; NaN for the others.
    level_ : ndarray of shape (`n_features_in_`,)
        For "modl", 1 - cost / cost of one bin; NaN for the others.
    is_exact_ : ndarray of bool of shape (`n_features_in_`,)
        Whether the bins are the optimum of the criterion. False where a column was so large that
        a heuristic took its place.
    classes_ : ndarray of shape (n_classes,)
        The classes, if y holds classes.
    n_features_in_ : int
        Number of features seen in ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, if X has names that are all strings.

    See Also
    --------
    BinningDisplay : Draw a feature by class, with its cut points.
    sklearn.preprocessing.KBinsDiscretizer : Bins of equal width or equal count.
    sklearn.preprocessing.TargetEncoder : Means of the target for categories.

    Notes
    -----
    *Categories* are put in an order and then joined with their neighbours by the same criterion,
    which pays for the choice of a group instead of that of a cut. The order is that of the class
    share for two classes, which is optimal (Breiman et al., 1984), that of the first principal
    component of the class shares for more (Coppersmith, Hong and Hosking, 1999), and that of the
    mean of a continuous target. Categories that occur once count as one. Where y is not looked at,
    each category is a bin, and the rarest are pooled for ``max_bins`` and ``min_samples_bin``.

    *A continuous target* is cut into 2 to 10 parts of equal count, and the criterion finds the bins
    for each number of parts. The grid of bins by parts that describes the target in the fewest nats
    is kept (Boullé and Hue, 2006), if that is fewer than without any bins.

    *Weights.* A weight of k is k repetitions, and one of zero absence, for all criteria and
    encodings; folds of ``cv`` are of rows, however. So weights that sum to 1 are one sample, which
    pays for no cut: let them sum to the number of samples that they stand for.

    References
    ----------
    Fayyad, U. M. and Irani, K. B. (1993). Multi-interval discretization of continuous-valued
    attributes for classification learning. IJCAI, 1022-1027.

    Kononenko, I. (1995). On biases in estimating multi-valued attributes. IJCAI, 1034-1040.

    Boullé, M. (2006). MODL: a Bayes optimal discretization method for continuous attributes.
    Machine Learning, 65, 131-165. :doi:`10.1007/s10994-006-8364-x`

    Boullé, M. and Hue, C. (2006). Optimal Bayesian 2D-discretization for variable ranking in
    regression. Discovery Science, 218-229. :doi:`10.1007/11893318_22`

    Kontkanen, P. and Myllymäki, P. (2007). MDL histogram density estimation. AISTATS, 219-226.

    Coppersmith, D., Hong, S. J. and Hosking, J. R. M. (1999). Partitioning nominal attributes in
    decision trees. Data Mining and Knowledge Discovery, 3, 197-217.
    :doi:`10.1023/A:1009869804967`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_infotheory import EntropyDiscretizer
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> discretizer = EntropyDiscretizer(base=2).fit(X, y)
    >>> discretizer.bin_edges_[3].tolist()
    [-inf, 0.8, 1.35, 1.75, inf]
    >>> discretizer.information_.round(2).tolist()
    [0.65, 0.39, 1.39, 1.42]
    >>> discretizer.transform(X)[[0, 60, 120]].tolist()
    [[0.0, 2.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0], [2.0, 1.0, 3.0, 3.0]]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "criterion": [StrOptions(set(CRITERIA))],
        "encode": [StrOptions(set(ENCODINGS))],
        "max_bins": [Interval(Integral, 2, None, closed="left"), None],
        "min_samples_bin": [
            Interval(Integral, 1, None, closed="left"),
            Interval(RealNotInt, 0, 1, closed="neither"),
        ],
        "candidate_cost": [StrOptions({"grid", "candidates", "samples"})],
        "missing_values": [StrOptions({"error", "bin", "ignore", "merge"})],
        "handle_unknown": [StrOptions({"prior", "largest", "own", "error"})],
        "cuts": [dict, None],
        "category_groups": [dict, None],
        "special_values": [dict, None],
        "categorical_features": [StrOptions({"from_dtype"}), "array-like", None],
        "target": [StrOptions({"auto", "discrete", "continuous"})],
        "smooth": [Interval(Real, 0, None, closed="neither")],
        "cv": [Interval(Integral, 2, None, closed="left"), "cv_object"],
        "dtype": [Options(type, {np.float64, np.float32, np.int64, np.int32}), None],
        "base": BASE_CONSTRAINT,
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        criterion: Literal["mdlp", "kononenko", "modl", "equal_entropy", "mdl_histogram"] = "mdlp",
        *,
        encode: Encoding = "ordinal",
        max_bins: int | None = None,
        min_samples_bin: float = 1,
        candidate_cost: CandidateCost = "grid",
        missing_values: MissingPolicy = "error",
        handle_unknown: UnknownPolicy = "prior",
        cuts: FixedValues = None,
        category_groups: FixedValues = None,
        special_values: FixedValues = None,
        categorical_features: Any = "from_dtype",
        target: Literal["auto", "discrete", "continuous"] = "auto",
        smooth: float = 1.0,
        cv: Any = 5,
        dtype: Any = None,
        base: float | None = None,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.criterion = criterion
        self.encode = encode
        self.max_bins = max_bins
        self.min_samples_bin = min_samples_bin
        self.candidate_cost = candidate_cost
        self.missing_values = missing_values
        self.handle_unknown = handle_unknown
        self.cuts = cuts
        self.category_groups = category_groups
        self.special_values = special_values
        self.categorical_features = categorical_features
        self.target = target
        self.smooth = smooth
        self.cv = cv
        self.dtype = dtype
        self.base = base
        self.n_jobs = n_jobs
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: Any, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> EntropyDiscretizer:
        """Find the bins of all columns.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Columns of numbers or categories.
        y : array-like of shape (n_samples,), default=None
            Labels or numbers. Needed by "mdlp", "kononenko" and "modl", and by the encodings "woe"
            and "target_mean".
        sample_weight : array-like of shape (n_samples,), default=None
            A weight of k counts as k repetitions of the sample.

        Returns
        -------
        EntropyDiscretizer
            The fitted discretizer.
        """
        self._learn(X, y, sample_weight)
        return self

    def transform(self, X: Any) -> Any:
        """Put values into bins, and encode these.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Columns as in ``fit``.

        Returns
        -------
        array, CSR matrix or data frame of shape (n_samples, n_outputs)
            A matrix for ``encode="onehot"``, an array of labels for "interval", and an array of
            ``dtype`` for all others. A data frame if ``set_output`` asks for one.
        """
        check_is_fitted(self)
        columns = self._open(X)
        n_threads = count_threads(self.n_jobs)
        if self.encode == "onehot":
            codes = code_columns(columns, self._bins.columns, n_threads)
            return one_hot_matrix(codes, self.n_bins_, self._output_dtype())
        out = self._make_output(columns.table.n_samples)
        encode_columns(columns, self._bins.columns, self._encoding(), out, n_threads)
        if self.encode == "interval":
            container = _get_output_config("transform", self)["dense"]
            if container == "pandas":
                return categorical_frame(out, self._bins.columns, getattr(X, "index", None))
            if container == "polars":
                return enum_frame(out, self._bins.columns)
        return out

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(
        self, X: Any, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> Any:
        """Find the bins, and transform the same data.

        For ``encode="woe"`` and ``"target_mean"`` this differs from ``fit(X, y).transform(X)``:
        each of the folds of ``cv`` is encoded by bins and counts of the other folds, so that no
        sample is encoded by its own target. What is kept for ``transform`` is learned from all
        samples.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Columns of numbers or categories.
        y : array-like of shape (n_samples,), default=None
            Labels or numbers.
        sample_weight : array-like of shape (n_samples,), default=None
            A weight of k counts as k repetitions of the sample.

        Returns
        -------
        array, CSR matrix or data frame of shape (n_samples, n_outputs)
            As from ``transform``.
        """
        data = self._learn(X, y, sample_weight)
        if self.encode not in CROSS_FITTED:
            return self.transform(X)
        n_samples = data.columns.table.n_samples
        is_continuous = data.target.kind == "continuous"
        labels = np.asarray(check_single_target(y, type(self).__name__))
        folds = split_folds(self.cv, labels, is_continuous, self.random_state, n_samples)
        out = self._make_output(n_samples)
        rules, n_threads = BinningRule.of_columns(self), count_threads(self.n_jobs)
        cross_encode_columns(data, folds, rules, self._encoding(), out, n_threads)
        return out

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Name the columns that ``transform`` returns.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of the features; those seen in ``fit`` by default, or x0, x1, and so on.

        Returns
        -------
        ndarray of str objects
            The name of the feature. Where it has several columns, the number of the bin follows,
            as in "alcohol_0", or "missing", or the class. Names hold nothing else, so that LightGBM
            and XGBoost take them; ``binning_table`` says which interval a bin is.
        """
        check_is_fitted(self)
        names = _check_feature_names_in(self, input_features)
        encoding = self._encoding()
        return as_objects(
            [
                f"{name}{suffix}"
                for name, column in zip(names, self._bins.columns, strict=True)
                for suffix in encoding.suffixes(column, self._bins.classes)
            ]
        )

    def inverse_transform(self, X: Any) -> NDArray[Any]:
        """Put a typical value in the place of each bin.

        That is the weighted mean of the training values in the bin, or its most frequent category.
        Values that are not exactly what ``transform`` gives stand for the nearest bin, the lowest
        of equally near ones: so do missing values that a thermometer ignores.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_outputs)
            What ``transform`` returned.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Finite numbers; NaN only where the value was missing and stayed so. An array of objects
            if a column holds categories, with None for missing ones.
        """
        check_is_fitted(self)
        return decode(X, self._bins.columns, self._encoding())

    def binning_table(self, feature: int | str) -> pd.DataFrame:
        """Show the bins of a feature, and why there are no others.

        Parameters
        ----------
        feature : int or str
            Index or name of the feature.

        Returns
        -------
        DataFrame
            First a row for each bin, with ``row`` "bin":

            - ``interval``: the values in the bin, or its categories;
            - ``count``: sum of the weights of its training samples; ``share``: its part of all;
            - ``mean``: of a continuous target;
            - ``share of ...``: of each class; of each tenth of a continuous target;
            - ``entropy``: of these shares;
            - ``information``: what the bin contributes to I(bin; Y).

            Then a row for each cut that was tested, with ``row`` "rejected cut", "accepted cut", or
            "dropped cut" where it gave way to better ones, for the sake of ``max_bins``, or because
            no bins at all describe a continuous target best:

            - ``interval``: what it would split; ``cut``: where;
            - ``gain``: what the split saves for each sample in describing the target;
            - ``threshold``: what its own description costs; a cut is accepted if it gains more;
            - ``deficit``: threshold less gain.
        """
        check_is_fitted(self)
        place, _ = self._find(feature)
        return make_binning_table(
            self._bins.columns[place], self._bins.classes, nats_per_unit(self.base)
        )

    def summary(self) -> pd.DataFrame:
        """Compare all features: how many bins they have, and what these say about the target.

        Returns
        -------
        DataFrame
            A row for each feature, by its name, with

            - ``bins``: their number; ``missing``: the share of missing values, where they have a
              bin of their own;
            - ``information``: I(bin; Y) in the unit of ``base``, with its ``standard error``;
            - ``p-value``: a bound of the probability that independent columns have bins so
              informative. The chi-square tail is multiplied by the number of ways to choose the
              cuts, or groups, because they were chosen on the same samples. NaN without y and for
              bins that do not look at it;
            - ``information value``: the sum over bins of the difference of the shares of two
              classes times the log of their ratio, half a sample added to each; NaN for other
              targets;
            - ``level``: of "modl";
            - ``why one bin``: empty where there are several.

        Examples
        --------
        >>> from sklearn.datasets import load_breast_cancer
        >>> from sklearn_infotheory import EntropyDiscretizer
        >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
        >>> summary = EntropyDiscretizer(base=2).fit(X, y).summary()
        >>> summary.loc["mean radius", ["bins", "information"]].round(2).tolist()
        [4.0, 0.53]
        >>> summary.loc["mean fractal dimension", "why one bin"]
        'the best cut gains 0.019 per sample, and costs 0.02'
        """
        check_is_fitted(self)
        is_tested = self.criterion in SUPERVISED and self._bins.target_kind != "none"
        return summarise(
            self._bins.columns,
            _check_feature_names_in(self).tolist(),
            nats_per_unit(self.base),
            is_tested,
        )

    def to_sql(
        self,
        feature: int | str | None = None,
        column: str | None = None,
        *,
        alias: str | None = None,
        table: str | None = None,
        dialect: Dialect = "standard",
    ) -> str:
        """Write ``transform`` as SQL: a SELECT of all features, or an expression for one of them.

        An expression gives the number of the bin if ``encode`` is "onehot", "onehot-dense" or
        "thermometer". Encodings with one column per class give one expression for each, separated
        by commas.

        Parameters
        ----------
        feature : int or str, default=None
            Index or name of the feature; None for a SELECT of all.
        column : str, default=None
            Name of the column in the database; that of the feature by default.
        alias : str, default=None
            Name of the result. With several results, each is named, by default as by
            ``get_feature_names_out``.
        table : str, default=None
            Name of the table that the SELECT of all features reads; None leaves FROM out.
        dialect : {"standard", "sqlite"}, default="standard"
            How dates and durations are written. "standard": as TIMESTAMP and INTERVAL, as in
            PostgreSQL and DuckDB; "sqlite": dates as text and durations as microseconds, because
            SQLite has neither type.

        Returns
        -------
        str
            SQL. NULL and NaN stand for missing values; where ``missing_values="error"``, they give
            NULL, as do unknown categories where ``handle_unknown="error"``.
        """
        check_is_fitted(self)
        if dialect not in get_args(Dialect):
            raise ValueError(f"dialect must be one of {get_args(Dialect)}; got {dialect!r}.")
        bins = self._bins
        rule = SqlRule(self._encoding(), bins.classes, dialect)
        if feature is None:
            if column is not None or alias is not None:
                raise ValueError(
                    "column and alias are names for one feature, and feature=None writes all. "
                    "Pass a feature."
                )
            return rule.select(bins.columns, _check_feature_names_in(self).tolist(), table)
        place, name = self._find(feature)
        return rule.column(bins.columns[place], column or name, alias, name)

    def to_dict(self) -> dict[str, Any]:
        """Describe the fitted discretizer by what JSON can hold.

        Returns
        -------
        dict
            Strings, whole and finite numbers, booleans, None, lists and dictionaries. A splitter
            in ``cv`` and a generator in ``random_state`` are not kept: only ``fit`` uses them.
        """
        check_is_fitted(self)
        names = getattr(self, "feature_names_in_", None)
        parameters = self.get_params(deep=False)
        return describe(parameters, names, bool(self._fitted_on_frame), self._bins)

    @classmethod
    def from_dict(cls, description: dict[str, Any]) -> EntropyDiscretizer:
        """Restore a fitted discretizer.

        Parameters
        ----------
        description : dict
            What ``to_dict`` returned, for instance after a trip through JSON.

        Returns
        -------
        EntropyDiscretizer
            A discretizer that transforms as the described one did.
        """
        parameters, names, fitted_on_frame, bins = restore(description, cls)
        discretizer = cls(**parameters)
        discretizer._validate_params()
        check_dtype(discretizer)
        discretizer.n_features_in_ = len(bins.columns)
        if names is not None:
            discretizer.feature_names_in_ = as_objects(names)
        discretizer._fitted_on_frame = fitted_on_frame
        return discretizer._keep(bins)

    def _learn(self, X: Any, y: Any, sample_weight: ArrayLike | None) -> TrainingData:
        """Fit, and return what was learned from."""
        check_parameters(self, y)
        X = check_features(self, X, reset=True)
        data = read_training_data(self, X, y, sample_weight)
        columns = learn_columns(data, BinningRule.of_columns(self), count_threads(self.n_jobs))
        self._keep(FittedBins(tuple(columns), data.target.kind, data.target.classes))
        return data

    def _keep(self, bins: FittedBins) -> EntropyDiscretizer:
        """Write the fitted attributes."""
        unit, columns = nats_per_unit(self.base), bins.columns
        self.__dict__.pop("classes_", None)  # of an earlier fit
        if bins.target_kind == "classes":
            self.classes_ = bins.classes
        self._bins = bins
        self.n_bins_ = np.array([column.n_bins for column in columns], dtype=np.intp)
        self.bin_edges_ = as_objects([column.bin_edges() for column in columns])
        self.groups_ = as_objects([column.groups() for column in columns])
        self.information_ = np.array([column.information() for column in columns]) / unit
        self.criterion_cost_ = np.array([column.cost for column in columns]) / unit
        self.level_ = np.array([column.level for column in columns])
        self.is_exact_ = np.array([column.is_exact for column in columns])
        return self

    def _encoding(self) -> EncodingRule:
        return EncodingRule(self.encode, self.smooth, nats_per_unit(self.base))

    def _find(self, feature: int | str) -> tuple[int, str]:
        """Return the place of a feature, and its name."""
        names = _check_feature_names_in(self)
        place = find_feature(feature, names)
        return place, str(names[place])

    def _open(self, X: Any) -> Columns:
        """Read X as ``fit`` did."""
        X = check_features(self, X, reset=False)
        return open_columns(self, X, self._bins.are_categories)

    def _output_dtype(self) -> Any:
        return object if self.encode == "interval" else (self.dtype or np.float64)

    def _make_output(self, n_samples: int) -> NDArray[Any]:
        """Make room for the output, column by column, as it is written."""
        encoding = self._encoding()
        n_outputs = sum(len(encoding.suffixes(c, self._bins.classes)) for c in self._bins.columns)
        return np.empty((n_samples, n_outputs), self._output_dtype(), order="F")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self.missing_values != "error"
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.target_tags.required = self.criterion in SUPERVISED or self.encode in CROSS_FITTED
        tags.transformer_tags.preserves_dtype = []
        # What fit_transform cross-fits differs from what fit and transform give.
        tags.non_deterministic = self.encode in CROSS_FITTED
        # The common checks compare numbers to a tolerance, which labels do not have.
        tags._skip_test = self.encode == "interval"
        return tags
