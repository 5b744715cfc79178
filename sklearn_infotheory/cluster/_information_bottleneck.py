"""Clusters of rows that keep what the rows say about the columns."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from numbers import Integral, Real
from typing import Any, ClassVar, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike
from scipy.special import softmax
from sklearn.base import (
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, check_non_negative, validate_data

from sklearn_infotheory._base import CallbackSupportMixin, FitTask, InformationEstimator
from sklearn_infotheory._columns._frames import is_data_frame
from sklearn_infotheory._columns._validation import check_features, check_target, check_weights
from sklearn_infotheory._threads import count_threads
from sklearn_infotheory._types import Codes, Floats, RandomState
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit, unit_name
from sklearn_infotheory.cluster._alternating import cross_entropies, log_merits
from sklearn_infotheory.cluster._category_counts import CategoryCounts, is_frame_of_categories
from sklearn_infotheory.cluster._clustering import Clustering, Price, relevance_of, tidy
from sklearn_infotheory.cluster._joint_distribution import (
    JointDistribution,
    as_sparse_rows,
    normalize_rows,
    read_joint,
    scale_rows,
)
from sklearn_infotheory.cluster._sequential import kernel_clusters
from sklearn_infotheory.cluster._starts import METHODS, finish, run_start, run_starts


class InformationBottleneck(
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
    CallbackSupportMixin,
    InformationEstimator,
):
    """Cluster rows so that the clusters keep what the rows say about the columns.

    A row x of X is a distribution p(y|x) over the columns y, up to a factor: the counts of words in
    a document, or of classes in a category. The clusters T have a small compression I(X;T), the
    information that is stored about the rows, and a large relevance I(T;Y), the information that is
    kept about the columns.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters; with ``beta``, the most.
    method : {"sequential", "deterministic", "soft", "agglomerative"}, default="sequential"
        How the clusters are found.

        - "sequential": each row in turn is drawn out of its cluster and put into the best one [1]_.
          The best objective of the four for documents and other sparse counts.
        - "deterministic": all rows at once, by H(T) - beta I(T;Y) [2]_. For dense tables: a cluster
          that lacks a column takes no row that has it, so on sparse rows it stops early.
        - "soft": rows belong to all clusters with probabilities p(t|x), by I(X;T) - beta I(T;Y)
          [3]_. Needs ``beta`` for that; without it, it is "deterministic".
        - "agglomerative": from one cluster per row, the pair that loses least is merged, again and
          again [4]_. Draws nothing at random, and keeps all merges. Time grows by the square of the
          number of distinct rows, so up to a few thousand.
    beta : float, default=None
        The price: how many nats of compression a nat of relevance is worth. None: compression is
        free, only ``n_clusters`` bounds it, and the objective is -I(T;Y).
    prior : {"uniform", "counts"}, default="uniform"
        Probability of a row. "uniform": all rows weigh the same, as documents do. "counts": a row
        weighs its sum, so that X is a joint distribution up to a factor. In a data frame of
        categories every row is one sample, and both are the same.
    n_init : int, default=10
        Number of random starts, of which the lowest objective is kept.
    max_iter : int, default=100
        The most iterations of a start.
    tol : float, default=1e-4
        A start ends when an iteration lowers the objective by at most this share of I(X;Y), times
        ``beta`` if there is one. The best start of "sequential" goes on to a hundredth of that, and
        "deterministic" until no row moves.
    base : float, default=None
        Base of the logarithm: None for nats, 2 for bits.
    n_jobs : int, default=None
        Number of threads, for starts. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Draws the starts and the orders of rows. Pass an int for the same clusters each time.
    verbose : int, default=0
        Print a line for each start if positive.

    Attributes
    ----------
    labels_ : ndarray of shape (n_samples,)
        The cluster of each row; with "soft" the most probable one. Cluster 0 is the most probable.
    n_clusters_ : int
        Number of clusters found: fewer than ``n_clusters`` where ``beta`` does not pay for more, or
        where X has fewer distinct rows.
    cluster_probabilities_ : ndarray of shape (`n_clusters_`,)
        p(t).
    cluster_centers_ : ndarray of shape (`n_clusters_`, n_columns)
        p(y|t). The columns are those of X, or the classes of y in sorted order.
    compression_ : float
        I(X;T).
    relevance_ : float
        I(T;Y).
    information_ : float
        I(X;Y), which no relevance exceeds.
    objective_ : ndarray of shape (`n_iter_` + 1,)
        The objective of the best start: at its beginning and after each iteration (of
        "agglomerative": each merge). It never rises, except by merges.
    merges_ : structured ndarray of shape (n_merges,)
        Of "agglomerative" alone: the ``first`` and ``second`` cluster of each merge, as indices of
        rows of X that are in them, and the ``loss``.
    n_iter_ : int
        Number of iterations of the best start.
    n_features_in_ : int
        Number of columns seen in ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if X has names that are all strings.

    See Also
    --------
    information_curve : Relevance against compression over many ``beta``.
    GaussianInformationBottleneck : The closed form for jointly normal columns.

    Notes
    -----
    Rows of equal distribution are one x. Therefore a weight of k is k repetitions, and results do
    not depend on the order of rows. Rows that hold nothing weigh nothing, and are predicted as if
    they were distributed as all rows are.

    References
    ----------
    .. [1] Slonim, N., Friedman, N. and Tishby, N. (2002). Unsupervised document classification
       using sequential information maximization. SIGIR 2002, 129-136.
       :doi:`10.1145/564376.564401`
    .. [2] Strouse, D. J. and Schwab, D. J. (2017). The deterministic information bottleneck.
       Neural Computation 29, 1611-1630. :doi:`10.1162/NECO_a_00961`
    .. [3] Tishby, N., Pereira, F. C. and Bialek, W. (1999). The information bottleneck method.
       37th Allerton Conference, 368-377. :doi:`10.48550/arXiv.physics/0004057`
    .. [4] Slonim, N. and Tishby, N. (1999). Agglomerative information bottleneck. Advances in
       Neural Information Processing Systems 12, 617-623.

    Examples
    --------
    >>> from sklearn_infotheory.cluster import InformationBottleneck
    >>> counts = [[9, 3, 0, 0], [6, 2, 1, 0], [0, 1, 7, 4], [0, 0, 5, 3], [3, 1, 0, 0]]
    >>> bottleneck = InformationBottleneck(2, base=2, random_state=0).fit(counts)
    >>> bottleneck.labels_.tolist()
    [0, 0, 1, 1, 0]
    >>> print(f"{bottleneck.relevance_:.2f} of {bottleneck.information_:.2f} bits")
    0.78 of 0.84 bits
    >>> bottleneck.predict([[2, 1, 0, 0], [0, 0, 1, 1]]).tolist()
    [0, 1]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "n_clusters": [Interval(Integral, 1, None, closed="left")],
        "method": [StrOptions(set(METHODS))],
        "beta": [Interval(Real, 0, None, closed="neither"), None],
        "prior": [StrOptions({"uniform", "counts"})],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "base": BASE_CONSTRAINT,
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        method: Literal["sequential", "deterministic", "soft", "agglomerative"] = "sequential",
        beta: float | None = None,
        prior: Literal["uniform", "counts"] = "uniform",
        n_init: int = 10,
        max_iter: int = 100,
        tol: float = 1e-4,
        base: float | None = None,
        n_jobs: int | None = None,
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.n_clusters = n_clusters
        self.method = method
        self.beta = beta
        self.prior = prior
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.base = base
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: Any, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> InformationBottleneck:
        """Find the clusters.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_columns)
            Counts or probabilities, none below zero. Or a data frame of categories (strings or a
            categorical dtype), each row one sample with its y.
        y : array-like of shape (n_samples,), default=None
            With a frame of categories: labels or numbers, of which the clusters keep information.
            Else not used.
        sample_weight : array-like of shape (n_samples,), default=None
            A weight of k counts as k repetitions of the row.

        Returns
        -------
        InformationBottleneck
            The fitted estimator.

        Raises
        ------
        ValueError
            If X has negative numbers, fewer rows than ``n_clusters``, or categories without y.
        """
        joint = self._read(X, y, sample_weight)
        n_clusters = min(self.n_clusters, joint.n_rows)
        price = Price(self.beta)
        tol = self.tol * joint.information * (self.beta or 1.0)

        def run(seed: int) -> Clustering:
            return run_start(
                self.method, joint, n_clusters, price, max_iter=self.max_iter, tol=tol, seed=seed
            )

        n_starts = 1 if self.method == "agglomerative" else self.n_init
        with FitTask(self, X, y, n_starts, step_name="start") as task:
            found = run_starts(
                run, n_starts, self.random_state, count_threads(self.n_jobs), self._reporter(task)
            )
        if self.method == "sequential":
            found = finish(found, joint, price, max_iter=self.max_iter, tol=tol, seed=0)
        if not found.converged:
            warnings.warn(
                f"The best start had not converged after max_iter={self.max_iter} iterations. "
                "Pass a larger max_iter, or a larger tol.",
                ConvergenceWarning,
                stacklevel=2,
            )
        self._keep(found, joint)
        return self

    def predict(self, X: Any) -> Codes:
        """Find the cluster of new rows.

        With "sequential" and "agglomerative" that is the cluster whose objective is best when the
        row joins it; with "deterministic" and "soft" the most probable one, as in ``transform``.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_columns)
            Rows as in ``fit``.

        Returns
        -------
        ndarray of shape (n_samples,)
            Numbers of clusters.
        """
        return self._merits(self._check(X)).argmax(axis=1)

    def transform(self, X: Any) -> Floats:
        """Compute p(t|x) of new rows: with "soft" probabilities, else 0 or 1.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_columns)
            Rows as in ``fit``.

        Returns
        -------
        ndarray of shape (n_samples, `n_clusters_`)
            The rows sum to one.
        """
        merits = self._merits(self._check(X))
        if self.method == "soft" and self.beta is not None:
            return softmax(merits, axis=1)
        return np.eye(self.n_clusters_)[merits.argmax(axis=1)]

    def score(self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None) -> float:
        """Compute the relevance I(T;Y) of new rows in the clusters that they are predicted for.

        Parameters
        ----------
        X : array-like, sparse matrix or data frame of shape (n_samples, n_columns)
            Rows as in ``fit``; of a frame of categories, with the counts of ``fit``.
        y : array-like, default=None
            Not used, present for consistency.
        sample_weight : array-like of shape (n_samples,), default=None
            A weight of k counts as k repetitions of the row.

        Returns
        -------
        float
            In the unit of ``base``; larger is better.
        """
        rows = self._check(X)
        joint = read_joint(rows, check_weights(sample_weight, rows), self.prior)
        memberships = self._memberships_of_distinct(joint)
        return relevance_of(joint.cells_of(memberships), joint) / nats_per_unit(self.base)

    def _memberships_of_distinct(self, joint: JointDistribution) -> Floats:
        merits = self._merits(joint.conditional)
        if self.method == "soft" and self.beta is not None:
            return softmax(merits, axis=1)
        return np.eye(self.n_clusters_)[merits.argmax(axis=1)]

    def _read(self, X: Any, y: Any, sample_weight: ArrayLike | None) -> JointDistribution:
        """Validate X and the rest, and return the distribution to compress."""
        if is_frame_of_categories(X):
            rows = self._count_categories(X, y, sample_weight)
        else:
            self._counts: CategoryCounts | None = None
            rows = self._check_numbers(X, reset=True)
        if rows.shape[0] < self.n_clusters and self._counts is None:
            raise ValueError(
                f"n_samples={rows.shape[0]} should be >= n_clusters={self.n_clusters}. "
                "Ask for fewer clusters."
            )
        if self._counts is not None:
            joint = read_joint(self._counts.table, None, "counts")
            joint = replace(joint, mass_of_sample=1 / float(self._counts.table.sum()))
        else:
            joint = read_joint(rows, check_weights(sample_weight, rows), self.prior)
        self._row_mass: float = joint.mass_of_sample
        return joint

    def _count_categories(self, X: Any, y: Any, sample_weight: ArrayLike | None) -> Any:
        X = check_features(self, X, reset=True)
        if y is None:
            raise ValueError(
                "X is a data frame of categories, and y is None: clusters of categories keep "
                "information about y. Pass the labels or numbers of y, or a table of counts as X."
            )
        y = check_target(y, type(self).__name__)
        if len(y) != X.shape[0]:
            raise ValueError(
                f"X has {X.shape[0]} rows, and y has {len(y)}. Pass one value of y for each row."
            )
        self._counts, self._combination = CategoryCounts.count(
            X, y, check_weights(sample_weight, X), count_threads(self.n_jobs)
        )
        return X

    def _check_numbers(self, X: Any, *, reset: bool) -> Any:
        X = validate_data(self, X, reset=reset, accept_sparse="csr", dtype=np.float64)
        check_non_negative(X, f"{type(self).__name__} (input X)")
        return X

    def _check(self, X: Any) -> sp.csr_array:
        """Return p(y|x) of new rows."""
        check_is_fitted(self)
        if self._counts is None:
            return normalize_rows(as_sparse_rows(self._check_numbers(X, reset=False)))
        if not is_data_frame(X):
            raise ValueError(
                f"{type(self).__name__} was fitted on a data frame of categories, and needs one "
                f"again; got {type(X).__name__}."
            )
        X = check_features(self, X, reset=False)
        return normalize_rows(as_sparse_rows(self._counts.rows_of(X)))

    def _merits(self, conditional: sp.csr_array) -> Floats:
        """By how much each row (of p(y|x)) would rather be in each cluster."""
        cells = self.cluster_centers_ * self.cluster_probabilities_[:, np.newaxis]
        conditional = _fill_empty(conditional, cells.sum(axis=0))
        if self.method in ("deterministic", "soft"):
            distortion = cross_entropies(conditional, cells)
            return log_merits(distortion, self.cluster_probabilities_, Price(self.beta))
        from sklearn_infotheory._kernels._bottleneck import gains_of_joining

        masses = np.full(conditional.shape[0], self._row_mass)
        joint = scale_rows(conditional, masses)
        gains = np.empty((conditional.shape[0], len(cells)))
        gains_of_joining(
            joint.indptr.astype(np.int64),
            joint.indices.astype(np.int32),
            joint.data,
            masses,
            *kernel_clusters(cells),
            *Price(self.beta).of_terms,
            gains,
        )
        return gains

    def _keep(self, found: Clustering, joint: JointDistribution) -> None:
        """Write the fitted attributes, in the unit of ``base``."""
        unit = nats_per_unit(self.base)
        members = joint.members if self._counts is None else joint.members[self._combination]
        clusters = tidy(found, joint)
        self.cluster_probabilities_ = clusters.masses
        self.cluster_centers_ = clusters.cells / clusters.masses[:, np.newaxis]
        self.n_clusters_ = self._n_features_out = len(clusters.masses)
        self.compression_ = clusters.compression / unit
        self.relevance_ = clusters.relevance / unit
        self.information_ = joint.information / unit
        self.objective_ = np.array(found.objective) / unit
        self.n_iter_ = len(found.objective) - 1
        self.labels_ = clusters.labels[members]
        if (members < 0).any():
            nothing = sp.csr_array((1, joint.conditional.shape[1]))
            self.labels_[members < 0] = self._merits(nothing).argmax(axis=1)
        if self.method == "agglomerative":
            self.merges_ = _merges_of_samples(found, members, joint.n_rows, unit)

    def _reporter(self, task: FitTask) -> Callable[[int, Clustering], bool]:
        """Make what is called after each start: print a line, tell the callbacks."""
        unit = nats_per_unit(self.base)

        def report(start: int, found: Clustering) -> bool:
            if self.verbose:
                print(
                    f"[{type(self).__name__}] start {start + 1}: "
                    f"{len(found.objective) - 1} iterations, objective "
                    f"{found.objective[-1] / unit:.6g}, compression "
                    f"{found.compression / unit:.4g}, relevance {found.relevance / unit:.4g} of "
                    f"{unit_name(self.base)}"
                )
            return task.step()

        return report

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        return tags


def _fill_empty(conditional: sp.csr_array, marginal: Floats) -> sp.csr_array:
    """Give rows that hold nothing the distribution of all rows."""
    empty = np.diff(conditional.indptr) == 0
    if not empty.any():
        return conditional
    filling = sp.csr_array(np.where(empty, 1.0, 0.0)[:, np.newaxis]) @ sp.csr_array(
        (marginal / marginal.sum())[np.newaxis]
    )
    return (conditional + filling).tocsr()


def _merges_of_samples(found: Clustering, members: Codes, n_rows: int, unit: float) -> Any:
    """Return the merges, each cluster named by the first sample of its first row."""
    first = np.empty(n_rows, np.intp)
    samples = np.flatnonzero(members >= 0)[::-1]
    first[members[samples]] = samples
    merges = np.empty(
        len(found.merges), [("first", np.intp), ("second", np.intp), ("loss", np.float64)]
    )
    for i, (a, b, loss) in enumerate(found.merges):
        merges[i] = first[a], first[b], loss / unit
    return merges
