"""From the counts of reference and batch to a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sklearn_infotheory._counts._counter import Counts, pairs_of
from sklearn_infotheory._inference._corrections import adjust_p_values, global_p_value
from sklearn_infotheory._inference._dependence_change_tests import (
    DependenceTest,
    conditional_tests,
    dependence_intervals,
    pair_tests,
)
from sklearn_infotheory._inference._divergences import DIVERGENCES
from sklearn_infotheory._inference._two_sample_tests import (
    TwoSampleTest,
    split_tests,
    two_sample_tests,
)
from sklearn_infotheory._inference._weighted_counts import (
    WeightedSums,
    effective_counts,
    weighted_p_values,
)
from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import nats_per_unit
from sklearn_infotheory.drift._findings import BrokenColumn, FeatureDrift, JointDrift, PairDrift
from sklearn_infotheory.drift._profile import ReferenceProfile
from sklearn_infotheory.drift._report import DriftReport, version_of_package
from sklearn_infotheory.drift._shared_cells import (
    Codes,
    SharedCells,
    find_codes,
    shared_cells,
    shared_label,
    size_of,
    weighted_sums,
)

Correction = Literal["holm", "bonferroni", "bh", "none"]

_FEWEST_SAMPLES = 2  # that can raise an alarm
_STREAMS = ("features", "label", "concept", "pairs")  # of random numbers


@dataclass(frozen=True)
class Settings:
    """How to compare; the parameters of KLDriftDetector, and the seed that ``fit`` drew."""

    divergence: str
    alpha: float
    correction: Correction
    tolerance: float
    base: float | None
    n_permutations: int
    seed: int
    n_threads: int

    def stream(self, name: str) -> int:
        """Return a seed for one kind of test, so that none depends on which others are made."""
        root = np.random.SeedSequence([self.seed, _STREAMS.index(name)])
        return int(root.generate_state(1)[0])

    @property
    def unit_of_divergence(self) -> float:
        """How many nats one unit is; 1 for a divergence that is a number without unit."""
        return DIVERGENCES[self.divergence].nats_per_unit(self.base)


def compare(
    profile: ReferenceProfile,
    batch: Counts,
    settings: Settings,
    joint: JointDrift | None = None,
    broken: Mapping[int, str] | None = None,
) -> DriftReport:
    """Test everything that both have counted, and correct for the number of tests.

    Parameters
    ----------
    joint : JointDrift or None
        The result of a classifier, whose p-value is not adjusted yet.
    broken : mapping from int to str, or None
        Columns of which nothing was counted, and why.
    """
    reference, names = profile.counts, profile.cells.names
    n_batch = size_of(batch)
    with_joint = joint is not None or _have(reference.pairs, batch.pairs)
    with_label = batch.label is not None
    judge = _Judge(settings, 1 + with_joint + 2 * with_label, n_batch >= _FEWEST_SAMPLES)
    features = judge.features(profile, batch)
    if joint is not None:
        joint = judge.classifier(joint)
    elif with_joint:
        joint = judge.pairs(reference, batch, names)
    label = judge.label(profile, batch) if with_label else None
    concept = judge.concept(reference, batch, names) if with_label else ()
    features, concept = (_without(of, broken) for of in (features, concept))
    alarms = [part.drifted for part in (*features, *concept)]
    alarms += [part.drifted for part in (joint, label) if part is not None]
    return DriftReport(
        drifted=any(alarms) or bool(broken),
        p_value=judge.global_p_value,
        alpha=settings.alpha,
        correction=settings.correction,
        divergence=settings.divergence,
        tolerance=settings.tolerance,
        base=settings.base,
        n_reference=size_of(reference),
        n_batch=n_batch,
        features=features,
        joint=joint,
        label=label,
        concept=concept,
        minimal_detectable=_largest_finite([f.minimal_detectable for f in features]),
        broken=tuple(BrokenColumn(names[j], why) for j, why in sorted((broken or {}).items())),
        version=version_of_package(),
    )


def _without(
    features: tuple[FeatureDrift, ...], broken: Mapping[int, str] | None
) -> tuple[FeatureDrift, ...]:
    """Leave out columns of which there is nothing to say."""
    return tuple(f for j, f in enumerate(features) if not broken or j not in broken)


def _largest_finite(values: list[float]) -> float:
    """Return the largest of the columns in which anything can be found; NaN if there is none."""
    finite = [value for value in values if np.isfinite(value)]
    return max(finite, default=np.nan)


def _have(ours: Sequence[Any], others: Sequence[Any]) -> bool:
    return len(ours) > 0 and len(others) > 0


class _Judge:
    """Tests families of hypotheses, each at its part of alpha.

    Features, pairs, the label and what features tell of it are families of their own, so that
    looking at many pairs does not cost the features their power.

    Parameters
    ----------
    settings : Settings
    n_families : int
    may_alarm : bool
        Whether the batch is large enough for any alarm.
    """

    def __init__(self, settings: Settings, n_families: int, may_alarm: bool) -> None:
        self._settings, self._n_families, self._may_alarm = settings, n_families, may_alarm
        self.global_p_value = 1.0

    def features(self, profile: ReferenceProfile, batch: Counts) -> tuple[FeatureDrift, ...]:
        """Test the shares of the cells of each feature."""
        columns = shared_cells(profile, batch)
        codes = [find_codes(profile, batch, j) for j in range(len(columns))]
        return self._shares(profile.cells.names, columns, "features", codes)

    def label(self, profile: ReferenceProfile, batch: Counts) -> FeatureDrift:
        """Test the shares of the classes."""
        return self._shares(["y"], [shared_label(profile, batch)], "label")[0]

    def _shares(
        self,
        names: Sequence[str],
        columns: Sequence[SharedCells],
        stream: str,
        codes: Sequence[Codes | None] = (),
    ) -> tuple[FeatureDrift, ...]:
        test = self._test(columns, stream)
        if codes:
            by_cells = zip(test.p_value.tolist(), codes, strict=True)
            p_values = [p if of is None else of.beside(p) for p, of in by_cells]
            test = replace(test, p_value=np.array(p_values))
        found = self._feature_drifts(names, test, self._settings.unit_of_divergence)
        remarks = ["" if of is None else of.in_words() for of in codes] or [""] * len(columns)
        return tuple(
            replace(drift, cells=of.names, reference=of.reference, batch=of.batch, remark=remark)
            for drift, of, remark in zip(found, columns, remarks, strict=True)
        )

    def concept(
        self, reference: Counts, batch: Counts, names: Sequence[str]
    ) -> tuple[FeatureDrift, ...]:
        """Test whether the classes have the same shares within each cell of a feature."""
        settings = self._settings
        test = compare_concepts(
            reference,
            batch,
            n_permutations=settings.n_permutations,
            random_state=settings.stream("concept"),
            alpha=self._alpha_of_one(len(names)),
            n_threads=settings.n_threads,
        )
        return self._feature_drifts(names, test, nats_per_unit(settings.base))

    def pairs(self, reference: Counts, batch: Counts, names: Sequence[str]) -> JointDrift:
        """Test whether pairs of features depend on each other as before."""
        settings = self._settings
        found = compare_pairs(
            reference,
            batch,
            random_state=settings.stream("pairs"),
            alpha=self._alpha_of_one(len(reference.pairs)),
            n_threads=settings.n_threads,
        )
        adjusted, p_value = self._adjust(found.p_value)
        drifted = self._alarms(adjusted, found.lower / nats_per_unit(settings.base))
        summary = found.summary(names, adjusted, drifted, settings.base)
        return replace(summary, p_value=p_value)

    def classifier(self, joint: JointDrift) -> JointDrift:
        """Adjust what a classifier found for the other families."""
        adjusted, _ = self._adjust(np.array([joint.p_value]))
        beyond = np.array([np.inf if joint.beyond_margins is None else joint.beyond_margins])
        drifted = self._alarms(adjusted, beyond)
        return replace(joint, adjusted_p_value=float(adjusted[0]), drifted=bool(drifted[0]))

    def _test(self, columns: Sequence[SharedCells], stream: str) -> TwoSampleTest:
        settings = self._settings
        test = two_sample_tests(
            [of.reference for of in columns],
            [of.batch for of in columns],
            settings.divergence,
            n_permutations=settings.n_permutations,
            random_state=settings.stream(stream),
            alpha=self._alpha_of_one(len(columns)),
            test="g",  # KL in the limit of vanishing smoothing is blind where cells are rare
            n_threads=settings.n_threads,
        )
        evenness = np.array([of.evenness for of in columns])
        if (evenness == 1).all():
            return test
        pairs = [(of.reference, of.batch) for of in columns]
        moments = split_tests(pairs, "g", n_permutations=0)[2]
        p_value = weighted_p_values(moments[:, 0], moments[:, 1], evenness, test.p_value)
        return replace(test, p_value=p_value)

    def _alpha_of_one(self, n_tests: int) -> float:
        """Level of one test if none rejects more easily than by Bonferroni's correction."""
        # What is detectable is said before the p-values are known: by the level at which Bonferroni
        # rejects, and so does Holm at its first step.
        settings = self._settings
        uncorrected = settings.correction == "none"
        return settings.alpha / (1 if uncorrected else n_tests * self._n_families)

    def _adjust(self, p_values: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """Adjust for the tests of the family and for the number of families."""
        # Within a family by the method; between families by Bonferroni, as they are few and of
        # different size: alpha is shared out evenly, whatever the number of tests in each.
        method = self._settings.correction
        p_value = global_p_value(p_values, method)
        self.global_p_value = min(self.global_p_value, p_value * self._n_families)
        times = 1 if method == "none" else self._n_families
        return np.minimum(adjust_p_values(p_values, method) * times, 1.0), p_value

    def _alarms(
        self, adjusted: NDArray[np.float64], lower: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Decide by the p-value, and by the lower bound where there is a tolerance."""
        settings = self._settings
        # The p-value says that there is a change, the lower bound that it is larger than what the
        # user tolerates: with many rows the first is always true in the end.
        beyond = lower > settings.tolerance if settings.tolerance > 0 else np.ones(len(lower), bool)
        return (adjusted <= settings.alpha) & beyond & self._may_alarm

    def _feature_drifts(
        self, names: Sequence[str], test: TwoSampleTest | Association, unit: float
    ) -> tuple[FeatureDrift, ...]:
        adjusted, _ = self._adjust(test.p_value)
        drifted = self._alarms(adjusted, test.lower / unit)
        return tuple(
            FeatureDrift(
                name=name,
                divergence=float(test.divergence[j] / unit),
                lower=float(test.lower[j] / unit),
                upper=float(test.upper[j] / unit),
                p_value=float(test.p_value[j]),
                adjusted_p_value=float(adjusted[j]),
                drifted=bool(drifted[j]),
                minimal_detectable=float(test.minimal_detectable[j] / unit),
            )
            for j, name in enumerate(names)
        )


# Dependences: of features on each other, and of the label on features ---------------------------

_ERROR = 0.05  # of the confidence intervals
_PAIRS_LISTED = 20


@dataclass(frozen=True)
class Association:
    """Tests of information about "reference or batch", with intervals; arrays of (n_tests,)."""

    divergence: Floats
    lower: Floats
    upper: Floats
    p_value: Floats
    minimal_detectable: Floats


@dataclass(frozen=True)
class PairTests(Association):
    """The same of all pairs of features."""

    def summary(
        self,
        names: Sequence[str],
        adjusted: Floats,
        drifted: NDArray[np.bool_],
        base: float | None,
    ) -> JointDrift:
        """List the pairs with the smallest p-values, and all that drifted."""
        first, second = pairs_of(len(names))
        order = np.lexsort((-self.divergence, self.p_value, ~drifted))
        worst = order[: max(_PAIRS_LISTED, int(drifted.sum()))]
        pairs = tuple(
            PairDrift(
                names=(names[first[j]], names[second[j]]),
                change=float(self.divergence[j] / nats_per_unit(base)),
                p_value=float(self.p_value[j]),
                adjusted_p_value=float(adjusted[j]),
                drifted=bool(drifted[j]),
            )
            for j in worst
        )
        return JointDrift(
            "pairs",
            p_value=float(self.p_value.min()),
            adjusted_p_value=float(adjusted.min()),
            drifted=bool(drifted.any()),
            pairs=pairs,
            n_pairs=len(adjusted),
        )


def compare_concepts(
    reference: Counts,
    batch: Counts,
    *,
    n_permutations: int,
    random_state: int,
    alpha: float,
    n_threads: int,
) -> Association:
    """Test whether the label given each feature has changed: I(Y; D | X)."""
    tables = _scaled(reference, batch, "concept", by_row=True)
    found = conditional_tests(
        tables.reference,
        tables.batch,
        n_permutations=n_permutations,
        random_state=random_state,
        n_threads=n_threads,
    )
    return Association(*_with_interval(found, tables, alpha))


def compare_pairs(
    reference: Counts,
    batch: Counts,
    *,
    random_state: int,
    alpha: float,
    n_threads: int,
) -> PairTests:
    """Test whether pairs of features depend on each other as before, beyond their margins."""
    tables = _scaled(reference, batch, "pairs", by_row=False)
    found = pair_tests(
        tables.reference, tables.batch, random_state=random_state, n_threads=n_threads
    )
    return PairTests(*_with_interval(found, tables, alpha))


@dataclass(frozen=True)
class _Tables:
    """Tables of both samples; of weights, as counts of the rows that they are worth.

    Attributes
    ----------
    reference, batch : list of ndarray
    evenness : ndarray of shape (n_tables,)
        Degrees of freedom as a share of those of counts, see ``effective_counts``.
    """

    reference: list[Floats]
    batch: list[Floats]
    evenness: Floats

    @property
    def sizes(self) -> Floats:
        return np.array(
            [a.sum() + b.sum() for a, b in zip(self.reference, self.batch, strict=True)]
        )


def _scaled(
    reference: Counts, batch: Counts, part: Literal["pairs", "concept"], *, by_row: bool
) -> _Tables:
    sums = [getattr(counts, part) for counts in (reference, batch)]
    if reference.squares is None and batch.squares is None:
        return _Tables(sums[0], sums[1], np.ones(len(sums[0])))
    squares = [getattr(counts.of_squares, part) for counts in (reference, batch)]
    scale = _scale_rows if by_row else effective_counts
    sides = [zip(*side, strict=True) for side in zip(sums, squares, strict=True)]
    scaled = [
        scale(*weighted_sums(tables, reference, batch)) for tables in zip(*sides, strict=True)
    ]
    return _Tables([s[0] for s in scaled], [s[1] for s in scaled], np.array([s[2] for s in scaled]))


def _scale_rows(reference: WeightedSums, batch: WeightedSums) -> tuple[Floats, Floats, float]:
    """Scale each row of a table by itself: what is tested is the distribution within rows."""
    rows = [
        [WeightedSums(*row) for row in zip(of.sums, of.ratios, strict=True)]
        for of in (reference, batch)
    ]
    scaled = [effective_counts(a, b) for a, b in zip(*rows, strict=True)]
    # The mean of the rows that take part, as statistics of rows are summed.
    evenness = [e for a, b, e in scaled if a.any() and b.any()]
    return (
        np.array([a for a, _, _ in scaled]),
        np.array([b for _, b, _ in scaled]),
        float(np.mean(evenness)) if evenness else 1.0,
    )


def _with_interval(
    test: DependenceTest, tables: _Tables, alpha: float
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    sizes = tables.sizes
    lower, upper, detectable = dependence_intervals(test, sizes, _ERROR, alpha)
    # The null mean of G, which was subtracted as its bias, is its degrees of freedom.
    freedom = np.maximum(test.statistic - 2 * sizes * test.information, 0.0)
    p_value = weighted_p_values(test.statistic, freedom, tables.evenness, test.p_value)
    return test.information, lower, upper, p_value, detectable
