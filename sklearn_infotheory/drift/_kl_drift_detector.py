"""Drift detection by the divergence of a batch from a reference."""

from __future__ import annotations

import warnings
from copy import copy
from dataclasses import replace
from numbers import Integral, Real
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import TransformerMixin, _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from sklearn_infotheory._base import InformationEstimator
from sklearn_infotheory._columns._frames import is_data_frame, resolve_categorical
from sklearn_infotheory._columns._validation import check_features
from sklearn_infotheory._inference._corrections import CORRECTIONS
from sklearn_infotheory._inference._divergence_estimates import estimate_divergences
from sklearn_infotheory._inference._divergences import DIVERGENCES, DivergenceName
from sklearn_infotheory._storage import Entry, read_json, restore_parameters, write_json
from sklearn_infotheory._threads import count_threads
from sklearn_infotheory._types import RandomState
from sklearn_infotheory._units import BASE_CONSTRAINT
from sklearn_infotheory.drift._alarm import DriftError, DriftWarning, alarm_message
from sklearn_infotheory.drift._batch import (
    Batch,
    WeightKind,
    align_with_gaps,
    check_batch,
    read_batch,
)
from sklearn_infotheory.drift._classifier import RowSample, compare_rows, sample_rows
from sklearn_infotheory.drift._comparison import Correction, Settings, compare
from sklearn_infotheory.drift._findings import BrokenColumn
from sklearn_infotheory.drift._profile import Learning, ReferenceProfile, learn_profile
from sklearn_infotheory.drift._profile_json import (
    StoredDetector,
    describe_detector,
    restore_detector,
)
from sklearn_infotheory.drift._report import DriftReport
from sklearn_infotheory.drift._shared_cells import shared_cells, size_of

_MOST_PERMUTATIONS, _MOST_JOBS = 1_000_000, 1024  # of a profile that is read
_LARGEST_SHARE = 0.1  # of the reference, up to which its own randomness matters little


class KLDriftDetector(TransformerMixin, InformationEstimator):
    """Detect that a batch of data is not like the reference.

    The detector keeps a small profile of the reference: which cells each column has (bins of equal
    count, or categories, and cells for missing and unseen values), and how many samples fell into
    each. A batch is counted in the same cells, and tested for having come from the same law, with
    the level that is asked for: in sparse tables and in large ones, for all columns together.

    Parameters
    ----------
    divergence : {"kl", "reverse_kl", "jeffreys", "js", "hellinger"}, default="kl"
        How the distance of the batch from the reference is reported:

        - "kl": D(batch || reference), the Kullback-Leibler divergence;
        - "reverse_kl": D(reference || batch);
        - "jeffreys": the sum of both, the population stability index;
        - "js": the Jensen-Shannon divergence;
        - "hellinger": the squared Hellinger distance, a number from 0 to 1 without unit.
    n_bins : int, default=10
        Most bins a numeric column gets, from 2 to 252. Columns with up to 16 distinct values, and
        five samples for each, keep these. There are two cells more: for values beyond the distinct
        ones, or farther from the others than ten times their range.
    categorical_features : "from_dtype", array-like of bool, int or str, or None, \
default="from_dtype"
        Which columns are categories. "from_dtype": string, object and categorical columns. Or a
        mask, indices, or column names; None for no column. Categories that occur once are pooled
        with those that do not occur in the reference.
    alpha : float, default=0.05
        Probability of a false alarm in a batch that has not drifted, for all tests of a report
        together.
    correction : {"holm", "bonferroni", "bh", "none"}, default="holm"
        How p-values are corrected for the number of tests. "bh" bounds the share of false alarms
        among the alarms instead; "none" corrects nothing. Features, pairs of features, the label,
        and what features tell about it share alpha evenly.
    tolerance : float, default=0.0
        Raise an alarm only if also the lower confidence bound of the divergence exceeds this, in
        the unit of ``base``; of a classifier, what it tells beyond the margins. In large batches
        everything is significant.
    joint : {"pairs", "classifier"} or None, default="pairs"
        How to look for drift that no single column shows:

        - "pairs": compare the dependence of each pair of columns, beyond their margins, in about
          five cells a column, where both samples have two rows a cell, about 50. Of more than 100
          columns, only pairs of near ones are compared;
        - "classifier": cross-fit a classifier that tells batch from reference, with interactions of
          columns and without. Keeps a random sample of at most 5,000 rows of the reference, not
          only counts, and needs them: a profile does not have them;
        - None: do not look.
    n_permutations : int, default=999
        Random splits for tests of small counts. Where counts are large, none are drawn.
    on_drift : {"ignore", "warn", "raise"}, default="warn"
        What ``transform`` does with a batch that drifted: nothing, not even look; warn with a
        :class:`DriftWarning`; or raise a :class:`DriftError`. Both have the ``report``.
    target : {"auto", "discrete", "continuous"}, default="auto"
        How to read y. "auto": numbers with fractions, and more than 100 distinct whole numbers, are
        continuous and cut into 10 bins; dates and durations are numbers, of microseconds. Several
        outputs are one joint label: each is read by itself, and the cells are the combinations of
        classes and bins that occur at least twice in the reference, at most 254. Three and more
        continuous outputs get as many bins as leave 100 combinations.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.
    n_jobs : int, default=None
        Number of threads. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Determines the permutations. A seed is drawn once, in ``fit``, so that ``detect`` gives the
        same report for the same batch every time.
    weight_kind : {"sampling", "repetitions"}, default="sampling"
        What ``sample_weight`` says:

        - "sampling": what a row stands for, as survey, importance and inverse probability weights
          do. Only their ratios matter, and rows are as many as there are. The variance of each
          share is that of a weighted mean;
        - "repetitions": a weight of k says that the row occurred k times, so that ten rows of
          weight 100 are a sample of 1,000.
    on_error : {"raise", "report"}, default="raise"
        What ``detect`` does with a column that cannot be read, is missing, or is new:

        - "raise": an error that names it;
        - "report": an alarm and a line of the report, and all other columns are tested.

    Attributes
    ----------
    n_samples_seen_ : float
        Number of samples of the reference; of weighted ones, their sum of weights if these are
        repetitions, else their effective number :math:`(\\sum w)^2 / \\sum w^2`.
    columns_ : DataFrame
        One row per column, indexed by name: ``read_as`` ("number", "date", "duration" or
        "category"), ``n_cells`` that hold samples, and the shares of values that are ``single``
        (of categories that occurred once) or ``missing``.
    n_features_in_ : int
        Number of features seen in ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, if X has names that are all strings.

    See Also
    --------
    DriftMonitor : Checks batch after batch, with one level for all of them.

    Notes
    -----
    All splits of the pooled rows into samples of the observed sizes are equally likely if nothing
    has changed. The p-value of a column counts the splits in which the cell tells as much about the
    label "reference or batch": it needs only the two vectors of counts, and no smoothing. That
    information, G / 2N, is tested whatever ``divergence`` is reported: KL itself is infinite as
    soon as a random split empties a rare cell, which would hide finite drift. Where every cell is
    expected to hold enough rows, the G-test with exact null moments takes the place of random
    splits.

    A batch of fewer than two samples never raises an alarm.

    Categories that do not all have a cell (rare ones, or more than 254 levels) are counted level by
    level, and compared in cells that are chosen by the rows of reference and batch together: the
    most frequent levels have one each, the others share cells by how frequent they are. Given these
    pooled counts, all splits are equally likely, so that the test is exact for any number of
    levels. The profile keeps a number of 32 bits for each such level, and no name.

    Sampling weights enter by their sums W and the sums of their squares in each cell. Shares of
    weighted rows vary more than shares of as many rows: counts are scaled to the sizes that give
    statistics the right mean, and p-values are corrected for what their variance differs (Rao and
    Scott's second order). With "repetitions", weights with fractions are scaled to sum to their
    effective number, :math:`(\\sum w)^2 / \\sum w^2`.

    The tests account for the reference being a sample, but all batches are compared with the same
    one. If it is not much larger than a batch, false alarms come together: ``detect`` warns of
    batches of more than a tenth of the reference (``transform`` does not).

    References
    ----------
    Dwass, M. (1957). Modified randomization tests for nonparametric hypotheses. Annals of
    Mathematical Statistics, 28, 181-187. :doi:`10.1214/aoms/1177707045`

    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal
    of Statistics, 6, 65-70.

    Rao, J. N. K. and Scott, A. J. (1984). On chi-squared tests for multiway contingency tables with
    cell proportions estimated from survey data. Annals of Statistics, 12, 46-60.
    :doi:`10.1214/aos/1176346391`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_wine
    >>> from sklearn_infotheory import KLDriftDetector
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> mixed = X.sample(frac=1, random_state=0)
    >>> detector = KLDriftDetector(base=2, random_state=0).fit(mixed[16:])
    >>> detector.detect(mixed[:16]).drifted
    False
    >>> broken = mixed[:16].assign(hue=np.nan)
    >>> report = detector.detect(broken)
    >>> report.drifted_features
    ['hue']
    >>> report.features[10].moved(1)
    [('missing', 0.0, 1.0)]
    """

    _profile: ReferenceProfile
    _rows: RowSample | None = None  # only if a classifier needs them
    _seed: int

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "divergence": [StrOptions(set(DIVERGENCES))],
        "n_bins": [Interval(Integral, 2, 252, closed="both")],
        "categorical_features": [StrOptions({"from_dtype"}), "array-like", None],
        "alpha": [Interval(Real, 0, 1, closed="both")],
        "correction": [StrOptions(set(CORRECTIONS))],
        "tolerance": [Interval(Real, 0, None, closed="left")],
        "joint": [StrOptions({"pairs", "classifier"}), None],
        "n_permutations": [Interval(Integral, 1, None, closed="left")],
        "on_drift": [StrOptions({"ignore", "warn", "raise"})],
        "target": [StrOptions({"auto", "discrete", "continuous"})],
        "base": BASE_CONSTRAINT,
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "weight_kind": [StrOptions({"sampling", "repetitions"})],
        "on_error": [StrOptions({"raise", "report"})],
    }

    def __init__(
        self,
        divergence: DivergenceName = "kl",
        *,
        n_bins: int = 10,
        categorical_features: Any = "from_dtype",
        alpha: float = 0.05,
        correction: Correction = "holm",
        tolerance: float = 0.0,
        joint: Literal["pairs", "classifier"] | None = "pairs",
        n_permutations: int = 999,
        on_drift: Literal["ignore", "warn", "raise"] = "warn",
        target: Literal["auto", "discrete", "continuous"] = "auto",
        base: float | None = None,
        n_jobs: int | None = None,
        random_state: RandomState = None,
        weight_kind: WeightKind = "sampling",
        on_error: Literal["raise", "report"] = "raise",
    ) -> None:
        self.divergence = divergence
        self.n_bins = n_bins
        self.categorical_features = categorical_features
        self.alpha = alpha
        self.correction = correction
        self.tolerance = tolerance
        self.joint = joint
        self.n_permutations = n_permutations
        self.on_drift = on_drift
        self.target = target
        self.base = base
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.weight_kind = weight_kind
        self.on_error = on_error

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: Any, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> KLDriftDetector:
        """Learn the profile of the reference.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Columns of any kind, missing values included.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Labels or numbers, for detecting that they drift, or what features tell about them.
        sample_weight : array-like of shape (n_samples,), default=None
            What each sample stands for, or how often it occurred; see ``weight_kind``.

        Returns
        -------
        KLDriftDetector
            The fitted detector.
        """
        X = check_features(self, X, reset=True)
        self._seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        batch = self._read(X, y, sample_weight)
        names = getattr(self, "feature_names_in_", None)
        how = Learning(
            tuple(_check_feature_names_in(self)),
            resolve_categorical(self.categorical_features, self.n_features_in_, names),
            self.n_bins,
            self.joint == "pairs",
            self.target,
            count_threads(self.n_jobs),
        )
        self._keep(learn_profile(batch, how))
        self._profile.warn_of_singles()
        self._rows = self._sample_rows(batch) if self.joint == "classifier" else None
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: Any, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> KLDriftDetector:
        """Add samples to the profile of the reference.

        The first call learns which cells there are, and later ones count in these: the bins are
        those of equal count of the first part.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Columns as in the first call, in the same order.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Labels or numbers; in every call or in none.
        sample_weight : array-like of shape (n_samples,), default=None
            What each sample stands for, or how often it occurred; see ``weight_kind``.

        Returns
        -------
        KLDriftDetector
            The detector.
        """
        if not hasattr(self, "n_samples_seen_"):
            return self.fit(X, y, sample_weight)
        if (y is None) != (self._profile.target is None):
            raise ValueError(
                f"The first call of partial_fit or fit had {'no ' * (y is not None)}y, and this "
                f"one has {'none' * (y is None) or 'one'}. Pass y in every call or in none."
            )
        batch = self._read(check_features(self, X, reset=False), y, sample_weight)
        if self._rows is not None:
            self._rows = self._rows + self._sample_rows(batch)
        self._keep(self._profile.including(batch, count_threads(self.n_jobs)))
        return self

    def detect(
        self, X: Any, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> DriftReport:
        """Compare a batch with the reference.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Columns as in ``fit``; those of a data frame in any order.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Labels or numbers, if ``fit`` had them.
        sample_weight : array-like of shape (n_samples,), default=None
            What each sample stands for, or how often it occurred; see ``weight_kind``.

        Returns
        -------
        DriftReport
            Whether the batch drifted, and where.
        """
        check_is_fitted(self)
        missing: dict[int, str] | None = None
        new: dict[str, str] = {}
        if self.on_error == "report":
            missing = {}
            if is_data_frame(X) and hasattr(self, "feature_names_in_"):
                X, missing, new = align_with_gaps(X, self.feature_names_in_.tolist())
        report = self._compare(check_batch(self, X), y, sample_weight, missing)
        if new:
            broken = [BrokenColumn(name, problem) for name, problem in new.items()]
            report = replace(report, drifted=True, broken=(*report.broken, *broken))
        if report.n_batch > _LARGEST_SHARE * report.n_reference:
            warnings.warn(
                f"The batch has {report.n_batch:,.10g} samples, more than a tenth of the "
                f"{report.n_reference:,.10g} of the reference. The level holds for a reference "
                "and a batch drawn together; but if many such batches are compared with this one "
                "reference, false alarms come together. Use a larger reference.",
                UserWarning,
                stacklevel=2,
            )
        return report

    @property
    def columns_(self) -> pd.DataFrame:
        """What each column was taken for."""
        check_is_fitted(self)
        return self._profile.describe_columns()

    def transform(self, X: Any) -> Any:
        """Hand X on unchanged, and speak up if it drifted.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Columns as in ``fit``.

        Returns
        -------
        array or data frame of shape (n_samples, n_features)
            The values of X; a data frame if the detector was fitted on one.

        Raises
        ------
        DriftError
            If X drifted and ``on_drift="raise"``.

        Warns
        -----
        DriftWarning
            If X drifted and ``on_drift="warn"``.
        """
        check_is_fitted(self)
        X = check_features(self, X, reset=False)
        if self.on_drift != "ignore":
            report = self._compare(X)
            if report.drifted and self.on_drift == "raise":
                raise DriftError(alarm_message(report), report)
            if report.drifted:
                warnings.warn(DriftWarning(alarm_message(report), report), stacklevel=2)
        return X

    def fit_transform(
        self, X: Any, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> Any:
        """Learn the profile, and hand X on; it is not compared with itself.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Columns of any kind, missing values included.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Labels or numbers.
        sample_weight : array-like of shape (n_samples,), default=None
            What each sample stands for, or how often it occurred; see ``weight_kind``.

        Returns
        -------
        array or data frame of shape (n_samples, n_features)
            The values of X.
        """
        self.fit(X, y, sample_weight)
        return check_features(self, X, reset=False)

    def score(
        self, X: Any, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> float:
        """Say how like the reference a batch is.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Columns as in ``fit``.
        y : array-like of shape (n_samples,), default=None
            Not used.
        sample_weight : array-like of shape (n_samples,), default=None
            What each sample stands for, or how often it occurred; see ``weight_kind``.

        Returns
        -------
        float
            Minus the mean divergence of the features, in the unit of ``base``.
        """
        check_is_fitted(self)
        self._profile.check_has_samples()
        batch = self._read(check_features(self, X, reset=False), None, sample_weight)
        counts = self._profile.count(batch, count_threads(self.n_jobs), with_pairs=False)
        pairs = [(of.reference, of.batch) for of in shared_cells(self._profile, counts)]
        divergences, _, _ = estimate_divergences(pairs, self.divergence)  # nothing is tested
        return -float(np.mean(divergences / self._settings().unit_of_divergence))

    def merge(self, other: Self) -> Self:
        """Add the samples that another detector has seen.

        Parameters
        ----------
        other : KLDriftDetector
            A detector with the same cells, for instance made by ``without_counts`` and
            ``partial_fit``.

        Returns
        -------
        KLDriftDetector
            This detector, as if it had seen the samples of both.
        """
        check_is_fitted(self)
        check_is_fitted(other)
        self._keep(self._profile + other._profile)
        if self._rows is not None and other._rows is not None:
            self._rows = self._rows + other._rows
        return self

    def without_counts(self) -> Self:
        """Copy the detector, with its cells and nothing counted in them.

        Returns
        -------
        KLDriftDetector
            A detector for ``partial_fit`` on another part of the reference, in another process
            perhaps, and then for ``merge``.
        """
        check_is_fitted(self)
        other = copy(self)
        other._rows = None if self._rows is None else self._rows.emptied()
        other._keep(self._profile.emptied())
        return other

    def to_dict(self) -> dict[str, Any]:
        """Describe the fitted detector by what JSON can hold.

        Returns
        -------
        dict
            Parameters, codebooks and counts; no rows. A generator in ``random_state`` is not kept;
            the seed that it gave is.
        """
        check_is_fitted(self)
        stored = StoredDetector(
            self.get_params(deep=False),
            getattr(self, "feature_names_in_", None) is not None,
            bool(self._fitted_on_frame),
            self._seed,
            self._profile,
        )
        return describe_detector(stored)

    @classmethod
    def from_dict(cls, description: dict[str, Any]) -> Self:
        """Restore a fitted detector.

        Parameters
        ----------
        description : dict
            What ``to_dict`` returned, for instance after a trip through JSON.

        Returns
        -------
        KLDriftDetector
            A detector that reports as the described one did.
        """
        stored = restore_detector(description, cls._read_parameters)
        detector = cls(**stored.parameters)
        detector.n_features_in_ = len(stored.profile.cells.names)
        if stored.has_names:
            detector.feature_names_in_ = np.array(stored.profile.cells.names, dtype=object)
        detector._fitted_on_frame, detector._seed = stored.fitted_on_frame, stored.seed
        detector._keep(stored.profile)
        return detector

    @classmethod
    def _read_parameters(cls, entry: Entry) -> dict[str, Any]:
        if isinstance(entry.value, dict):  # earlier versions took all weights for repetitions
            earlier = {"weight_kind": "repetitions", "on_error": "raise"}
            entry = replace(entry, value=earlier | entry.value)
        parameters = restore_parameters(cls, entry)
        # Users may ask for more; a file may not, as it would keep whoever reads it waiting.
        entry["n_permutations"].whole(1, _MOST_PERMUTATIONS)
        if parameters["n_jobs"] is not None:
            entry["n_jobs"].whole(-_MOST_JOBS, _MOST_JOBS)
        for name in ("alpha", "tolerance", *["base"] * (parameters["base"] is not None)):
            entry[name].number(0)
        cls(**parameters)._validate_params()
        return parameters

    def save_profile(self, path: str | Path) -> None:
        """Write the fitted detector as JSON.

        Other processes see the old file or the new one, and never a part.

        Parameters
        ----------
        path : str or Path
            The file.
        """
        write_json(path, self.to_dict())

    @classmethod
    def load_profile(cls, path: str | Path) -> Self:
        """Read a detector that ``save_profile`` wrote.

        Parameters
        ----------
        path : str or Path
            The file. Nothing in it is executed.

        Returns
        -------
        KLDriftDetector
            The fitted detector.

        Raises
        ------
        ValueError
            If the file is damaged, of another kind, or of a newer version.
        """
        return cls.from_dict(read_json(path, "profile", "save_profile"))

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Name the columns that ``transform`` returns.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of the features; those seen in ``fit`` by default, or x0, x1, and so on.

        Returns
        -------
        ndarray of str objects
            The names of the features.
        """
        check_is_fitted(self)
        return _check_feature_names_in(self, input_features)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags

    def _keep(self, profile: ReferenceProfile) -> None:
        self._profile = profile
        self.n_samples_seen_ = size_of(profile.counts)

    def _settings(self) -> Settings:
        return Settings(
            divergence=self.divergence,
            alpha=self.alpha,
            correction=self.correction,
            tolerance=self.tolerance,
            base=self.base,
            n_permutations=self.n_permutations,
            seed=self._seed,
            n_threads=count_threads(self.n_jobs),
        )

    def _read(self, X: Any, y: Any, sample_weight: ArrayLike | None) -> Batch:
        return read_batch(X, y, sample_weight, self.weight_kind, type(self).__name__)

    def _compare(
        self,
        X: Any,
        y: Any = None,
        sample_weight: ArrayLike | None = None,
        broken: dict[int, str] | None = None,
    ) -> DriftReport:
        """Compare a validated X with the reference; ``broken`` None raises for bad columns."""
        self._validate_params()
        profile = self._profile
        profile.check_has_samples()
        profile.check_has_target(y)
        if self.joint == "pairs":
            profile.check_has_pairs()
        rows = self._rows_of_reference() if self.joint == "classifier" else None
        batch, n_threads = self._read(X, y, sample_weight), count_threads(self.n_jobs)
        with_pairs = self.joint == "pairs"
        counts = profile.count(batch, n_threads, with_pairs=with_pairs, broken=broken)
        joint = None
        if rows is not None and not broken:
            categorical = profile.cells.are_categories
            sample = self._sample_rows(batch)
            joint = compare_rows(rows, sample, categorical, self._seed, self.base)
        return compare(profile, counts, self._settings(), joint, broken or {})

    def _rows_of_reference(self) -> RowSample:
        if self._rows is None:
            raise ValueError(
                "joint='classifier' needs rows of the reference, which only a detector fitted with "
                "it has; a profile has none. Fit again, or use set_params(joint=None)."
            )
        return self._rows

    def _sample_rows(self, batch: Batch) -> RowSample:
        seed = [self._seed, int(self.n_samples_seen_)]
        return sample_rows(self._profile.cells, batch, seed, count_threads(self.n_jobs))


def profile_of(detector: KLDriftDetector) -> ReferenceProfile:
    """Return the cells and counts of a fitted detector, which others than it do not change."""
    check_is_fitted(detector)
    return detector._profile
