"""Relations from counts: columns are coded, and what is coded is counted. In nats."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_consistent_length

from sklearn_infotheory._columns import (
    ColumnCoder,
    DenseCodes,
    EncodedTarget,
    SparseCodes,
    encode_target,
)
from sklearn_infotheory._columns._fine_codes import FineCodes
from sklearn_infotheory._columns._frames import of_positive_weight, open_table
from sklearn_infotheory._columns._learning import choose_n_bins
from sklearn_infotheory._columns._target import TargetKind
from sklearn_infotheory._counts import (
    NO_WEIGHTS,
    FeatureCounter,
    FeatureTables,
    Strata,
    sum_n_log_n,
)
from sklearn_infotheory._inference._independence_tests import (
    exact_two_by_two_p_values,
    g_test_p_values,
    known_moments,
    mutual_information_standard_errors,
)
from sklearn_infotheory._threads import count_threads, map_chunks
from sklearn_infotheory._types import Features, Floats, Weights
from sklearn_infotheory.feature_selection._relations import PairInformation

_FINE_BINS = (16, 128)  # fewest and most, for scores of numbers


def relate_binned(
    X: Any,
    y: NDArray[Any],
    weights: Weights,
    *,
    categorical: NDArray[np.bool_] | None,
    n_bins: int | Literal["auto"],
    target: TargetKind,
    n_jobs: int | None,
) -> BinnedRelations:
    """Code X and y, and relate them by counts."""
    check_consistent_length(X, y)
    n_threads = count_threads(n_jobs)
    weights, X, y = of_positive_weight(weights, X, y)
    n_samples = float(len(y) if weights is None else weights.sum())
    target_bins = choose_n_bins(n_samples, None) if n_bins == "auto" else n_bins
    encoded = encode_target(y, target, target_bins, weights)
    if n_bins == "auto":
        n_bins = choose_n_bins(n_samples, None if encoded.is_binned else encoded.n_classes)
    n_fine = int(np.clip(2 * np.sqrt(n_samples), *_FINE_BINS))
    coder = ColumnCoder(n_bins, categorical=categorical, n_threads=n_threads, n_fine=n_fine)
    codes = coder.fit_encode(X, weights)
    table = None if isinstance(codes, SparseCodes) else open_table(X, categorical)
    fine = FineCodes(table, codes, coder.codebooks, coder.fine_bins)
    return BinnedRelations(
        codes, encoded, NO_WEIGHTS if weights is None else weights, n_threads, fine, n_bins
    )


@dataclass(frozen=True)
class BinnedRelations:
    """Relations of coded features and a coded target.

    Parameters
    ----------
    codes : DenseCodes or SparseCodes
    target : EncodedTarget
    weights : ndarray of float64
        Empty for a weight of one each; a weight of k counts as k repetitions.
    n_threads : int
    fine : FineCodes or None
        The same features in codes as fine as scores need them.
    n_bins : int
        Into how many cells numbers are cut.
    """

    codes: DenseCodes | SparseCodes
    target: EncodedTarget
    weights: Floats
    n_threads: int = 1
    fine: FineCodes | None = None
    n_bins: int = 10

    pairs_are_symmetric = True

    @property
    def n_features(self) -> int:
        return self.codes.n_features

    @cached_property
    def n_samples(self) -> float:
        """The number of samples, or the sum of their weights."""
        return float(self.weights.sum()) if self.weights.size else float(self.codes.n_samples)

    @cached_property
    def _counter(self) -> FeatureCounter:
        typical = int(np.median(self.codes.n_levels))
        y, n_y = self.target.codes, self.target.n_classes
        return FeatureCounter(self.codes, self.weights, y, n_y, typical, self.n_threads)

    @cached_property
    def _target_counts(self) -> Floats:
        weights = self.weights if self.weights.size else None
        return np.bincount(self.target.codes, weights, self.target.n_classes).astype(np.float64)

    @cached_property
    def _tests(self) -> Floats:
        """G, its null mean, variance and freedom of every feature."""
        tables, out = self._tables, np.empty((self.n_features, 4))
        counts = tables.counts.astype(self._counter.count_type, copy=False)

        def work(features: Features) -> None:
            out[features] = self._g_tests(counts, tables.offsets[features], features)

        map_chunks(work, np.arange(self.n_features), self.n_threads)
        return out

    def _g_tests(
        self, tables: NDArray[Any], offsets: Features, features: Features, with_moments: bool = True
    ) -> Floats:
        """Test the tables (y, x) that begin at these offsets, one a feature, for independence."""
        from sklearn_infotheory._kernels._independence import g_tests_of_tables

        n_levels, out = self.codes.n_levels[features], np.empty((len(features), 4))
        g_tests_of_tables(
            tables, offsets, n_levels, with_moments, self._memory,
            _room_for_a_table(int(n_levels.max()), self.target.n_classes), out,
        )  # fmt: skip
        return out

    @property
    def _memory(self) -> tuple[Any, ...]:
        """What tests look up: n log n, moments of small tables, whether counts are whole."""
        return self._counter.n_log_n, known_moments(), not self.weights.size

    @cached_property
    def _tables(self) -> FeatureTables:
        return self._counter.tables()

    @cached_property
    def relevance(self) -> Floats:
        """I(X; Y) of every feature."""
        return self._tests[:, 0] / (2 * self.n_samples)

    @cached_property
    def p_values(self) -> Floats:
        """The p-value of I(X; Y) of every feature: exact in two by two tables, else a G-test."""
        g, mean, variance, freedom = self._tests.T
        two_by_two = np.flatnonzero(freedom == 1)
        k, r, c = self._tables.first_cells(two_by_two)
        exact = np.full(self.n_features, np.nan)
        exact[two_by_two] = exact_two_by_two_p_values(k, self.n_samples, r, c)
        return np.where(np.isnan(exact), g_test_p_values(g, mean, variance, freedom), exact)

    @cached_property
    def standard_errors(self) -> Floats:
        """The standard error of I(X; Y) of every feature."""
        return mutual_information_standard_errors(self._tables, self._target_counts)

    @property
    def entropies(self) -> Floats:
        """H(X) of every feature."""
        return self._entropies[0]

    @cached_property
    def _entropies(self) -> tuple[Floats, Floats]:
        """H(X) and H(X, Y) of every feature."""
        sums = self._counter.sums_of(self._tables)
        joint, alone = np.log(self.n_samples) - sums.T / self.n_samples
        return alone, joint

    def _entropy(self, counts: Floats) -> float:
        return np.log(self.n_samples) - sum_n_log_n(counts) / self.n_samples

    def pair(self, features: Features, picked: int) -> PairInformation:
        """Relate every wanted feature to one picked feature and the target."""
        w, n_w = self.codes.column(picked), int(self.codes.n_levels[picked])
        h_xwy, h_xw = self._joint_entropies(features, w, n_w)
        h_x, h_xy = self._entropies
        h_y = self._entropy(self._target_counts)
        return PairInformation(
            relevance=self.relevance[features],
            redundancy=h_x[features] + h_x[picked] - h_xw,
            conditional_redundancy=h_xy[features] + h_xy[picked] - h_y - h_xwy,
            joint_relevance=h_xw + h_y - h_xwy,
            joint_entropy=h_xwy,
            entropy=h_x[features],
            picked_entropy=np.full(len(features), h_x[picked]),
        )

    def triple_relevance(self, features: Features, first: int, second: int) -> Floats:
        """I(X, U, W; Y) of every wanted feature X with two picked ones."""
        n_first, n_second = (int(self.codes.n_levels[j]) for j in (first, second))
        both = self.codes.column(first).astype(np.int64) * n_second + self.codes.column(second)
        h_xwy, h_xw = self._joint_entropies(features, both, n_first * n_second)
        return h_xw + self._entropy(self._target_counts) - h_xwy

    def _joint_entropies(
        self, features: Features, w: NDArray[Any], n_w: int
    ) -> tuple[Floats, Floats]:
        """H(X, W, Y) and H(X, W)."""
        sums = self._counter.sums(features, w, n_w)
        entropies = np.log(self.n_samples) - sums / self.n_samples
        return entropies[:, 0], entropies[:, 1]

    @cached_property
    def n_occupied(self) -> NDArray[np.intp]:
        """How many levels of each feature occur."""
        tables = (self._tables.table(j) for j in range(self.n_features))
        return np.array([np.count_nonzero(table.sum(axis=1)) for table in tables])

    @cached_property
    def n_classes(self) -> int:
        """How many classes of the target occur."""
        return int(np.count_nonzero(self._target_counts))

    def bias_of_pair(self, features: Features, picked: int) -> Floats:
        """First-order bias of I(X, W; Y): cells less one, times classes less one, over 2 n."""
        cells = self.n_occupied[features] * self.n_occupied[picked]
        return (cells - 1) * (self.n_classes - 1) / (2 * self.n_samples)

    def all_samples(self) -> Strata:
        """One stratum: no condition."""
        n = self.codes.n_samples
        return Strata.whole(np.flatnonzero(self.weights) if self.weights.size else np.arange(n))

    def strata_of(self, picked: int) -> Strata:
        """Condition on a single feature, whose levels are the strata."""
        rows = (
            np.flatnonzero(self.weights) if self.weights.size else np.arange(self.codes.n_samples)
        )
        labels = self.codes.column(picked)[rows].astype(np.int32)
        return Strata(rows.astype(np.uint32), labels, int(self.codes.n_levels[picked]))

    def refine(self, strata: Strata, picked: int) -> Strata:
        """Condition on one more feature."""
        n_levels = int(self.codes.n_levels[picked])
        return strata.refine(self.codes.column(picked), n_levels, self.target.codes)

    def p_values_of_gain(self, gain: float) -> Floats:
        """The p-value of an I(X; Y) of at most ``gain`` of every feature."""
        if gain == 0:
            return self.p_values
        g, mean, variance, freedom = self._tests.T
        return g_test_p_values(g, mean, variance, freedom, 2 * self.n_samples * gain)

    def conditional_relevance(
        self,
        features: Features,
        strata: Strata,
        *,
        with_p_values: bool = True,
        gain: float = 0.0,
    ) -> tuple[Floats, Floats]:
        """I(X; Y | condition) of every wanted feature, and the p-value of at most ``gain``."""
        tests = np.zeros((len(features), 4))

        def work(chunk: NDArray[np.intp]) -> None:
            for i in chunk if strata.n_strata else ():
                tests[i] = self._stratified_test(int(features[i]), strata, with_p_values)

        map_chunks(work, np.arange(len(features)), self.n_threads)
        g, mean, variance, freedom = tests.T
        p = (
            g_test_p_values(g, mean, variance, freedom, 2 * self.n_samples * gain)
            if with_p_values
            else np.full(len(g), np.nan)
        )
        return g / (2 * self.n_samples), p

    def _stratified_test(self, feature: int, strata: Strata, with_moments: bool) -> Floats:
        """G of one feature given the condition, its null mean and variance, and its freedom."""
        from sklearn_infotheory._kernels._strata import count_strata, sorted_g_test

        x, n_x = self.codes.column(feature), int(self.codes.n_levels[feature])
        y, n_y, weights = self.target.codes, self.target.n_classes, self.weights
        if strata.takes_much_room(n_x * n_y):
            order, starts = strata.in_order
            room = _room_for_a_table(n_x, n_y)
            sums = sorted_g_test(order, starts, x, y, weights, room, with_moments, self._memory)
            return np.array(sums, np.float64)
        tables = np.zeros(strata.n_strata * n_x * n_y, self._counter.count_type)
        count_strata(strata.rows, strata.labels, x, y, weights, n_x, n_y, tables)
        offsets = np.arange(0, len(tables), n_x * n_y)
        same = np.full(strata.n_strata, feature)
        tests: Floats = self._g_tests(tables, offsets, same, with_moments).sum(axis=0)
        return tests


def _room_for_a_table(n_x: int, n_y: int) -> tuple[NDArray[Any], ...]:
    """Make zeros for the counts, rows and columns of a table, and lists of the occupied ones."""
    lists = np.empty(n_x, np.int64), np.empty(n_y, np.int64)
    return np.zeros(n_x * n_y), np.zeros(n_x), np.zeros(n_y), *lists
