"""The transformer of counts to pointwise mutual information."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.base import OneToOneFeatureMixin, TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, check_non_negative, validate_data

from sklearn_infotheory._base import InformationEstimator
from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit
from sklearn_infotheory.feature_extraction._pmi import Formula, fill_pmi, make_margins


class PMITransformer(OneToOneFeatureMixin, TransformerMixin, InformationEstimator):
    r"""Replace counts by pointwise mutual information of row and column.

    The value of a cell says how much more often row and column occur together than they would if
    they were independent. Counts of terms in documents, of terms near terms, or any other table.

    Parameters
    ----------
    measure : {"ppmi", "pmi", "npmi"}, default="ppmi"
        "pmi" is :math:`\log p(r, c) / (p(r) p(c))`. "ppmi" sets negative values to 0, which keeps
        the table sparse [1]_. "npmi" divides by :math:`-\log p(r, c)` and lies in [-1, 1] [2]_.
    smoothing : float, default=1.0
        Power, in (0, 1], to which the counts of columns are raised before they are normalised.
        0.75 lowers the values of rare columns, which are otherwise too large [3]_.
    shift : float, default=1.0
        At least 1. Its logarithm is subtracted from "pmi" and "ppmi": shifted PPMI, where it is the
        number of negative samples of word2vec [3]_. Not used by "npmi".
    min_count : float, default=1
        Cells with smaller counts are set to 0.
    discount : bool, default=False
        Multiply by :math:`\frac{n_{rc}}{n_{rc} + 1} \frac{m}{m + 1}`, where m is the smaller of the
        margins of row and column, because small counts give large values by chance [4]_.
    base : float, default=None
        Base of the logarithm; None gives nats, and 2 gives bits. Not used by "npmi".

    Attributes
    ----------
    feature_counts_ : ndarray of shape (n_features,)
        Sum of each column over all rows fitted so far.
    total_count_ : float
        Sum of all counts.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if all are strings.

    See Also
    --------
    cooccurrence_counts : Counts of terms near terms.
    top_associations : The columns that are most associated with a row, with p-values.
    sklearn_infotheory.measures.pointwise_mutual_information : The same of given probabilities.

    Notes
    -----
    The value is computed as :math:`\log p(c | r) - \log p(c)`, where p(c | r) is of the row itself
    and p(c) of the rows that were fitted. A new row therefore has the same value whatever rows
    come with it. Cells with count 0 stay 0 with every measure, although their PMI is minus infinity
    and their NPMI -1; so do columns that were empty in `fit`. For "npmi", the probability of a new
    row is its sum by the fitted total, at most 1; values outside [-1, 1], which only new rows or
    smoothing can give, are set to the bound.

    Time and memory are proportional to the number of cells that are not zero. Sparse input gives a
    sparse matrix, float32 gives float32.

    References
    ----------
    .. [1] K. W. Church, P. Hanks (1990). Word association norms, mutual information, and
       lexicography. Computational Linguistics 16(1), 22-29.
    .. [2] G. Bouma (2009). Normalized (pointwise) mutual information in collocation extraction.
       GSCL, 31-40.
    .. [3] O. Levy, Y. Goldberg, I. Dagan (2015). Improving distributional similarity with lessons
       learned from word embeddings. TACL 3, 211-225. :doi:`10.1162/tacl_a_00134`
    .. [4] P. Pantel, D. Lin (2002). Discovering word senses from text. KDD, 613-619.
       :doi:`10.1145/775047.775138`

    Examples
    --------
    >>> from sklearn_infotheory.feature_extraction import PMITransformer
    >>> counts = [[6, 2], [0, 4]]
    >>> PMITransformer("pmi", base=2).fit_transform(counts).round(3)
    array([[ 0.585, -1.   ],
           [ 0.   ,  1.   ]])
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "measure": [StrOptions({"pmi", "ppmi", "npmi"})],
        "smoothing": [Interval(Real, 0, 1, closed="right")],
        "shift": [Interval(Real, 1, None, closed="left")],
        "min_count": [Interval(Real, 0, None, closed="left")],
        "discount": ["boolean"],
        "base": BASE_CONSTRAINT,
    }

    def __init__(
        self,
        measure: Literal["pmi", "ppmi", "npmi"] = "ppmi",
        *,
        smoothing: float = 1.0,
        shift: float = 1.0,
        min_count: float = 1,
        discount: bool = False,
        base: float | None = None,
    ) -> None:
        self.measure = measure
        self.smoothing = smoothing
        self.shift = shift
        self.min_count = min_count
        self.discount = discount
        self.base = base

    def fit(self, X: ArrayLike | sparse.spmatrix, y: Any = None) -> PMITransformer:
        """Sum the columns.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_rows, n_features)
            Counts, at least 0; they need not be whole numbers.
        y : object, default=None
            Not used.

        Returns
        -------
        self : PMITransformer
            The fitted transformer.
        """
        self._validate_params()
        self.__dict__.pop("feature_counts_", None)
        return self._add(X, first=True)

    def partial_fit(self, X: ArrayLike | sparse.spmatrix, y: Any = None) -> PMITransformer:
        """Add the counts of more rows to those fitted so far.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_rows, n_features)
            Counts of rows that have not been fitted yet.
        y : object, default=None
            Not used.

        Returns
        -------
        self : PMITransformer
            The fitted transformer.
        """
        self._validate_params()
        return self._add(X, first=not hasattr(self, "feature_counts_"))

    def _add(self, X: Any, first: bool) -> PMITransformer:
        table = self._check(X, reset=first)
        counts = np.asarray(table.sum(axis=0, dtype=np.float64)).ravel()
        if not first:
            counts = self.feature_counts_ + counts
        self.feature_counts_: Floats = counts
        self.total_count_ = float(counts.sum())
        return self

    def _check(self, X: Any, reset: bool) -> Any:
        X = validate_data(self, X, accept_sparse="csr", dtype=[np.float64, np.float32], reset=reset)
        check_non_negative(X, f"{type(self).__name__} (counts)")
        return X

    def transform(self, X: ArrayLike | sparse.spmatrix) -> Any:
        """Return the measure of each cell, by the column sums that were fitted.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_rows, n_features)
            Counts.

        Returns
        -------
        {ndarray, csr_matrix or csr_array} of shape (n_rows, n_features)
            PMI, PPMI (at least 0) or NPMI (in [-1, 1]); sparse if X is.
        """
        check_is_fitted(self)
        given, X = X, self._check(X, reset=False)
        table = _positive_cells(X)
        formula = Formula(
            self.measure, self.shift, self.min_count, self.discount, nats_per_unit(self.base)
        )
        margins = make_margins(self.feature_counts_, self.smoothing)
        made = _empty_like(table) if _shares_cells(table, given) else table
        fill_pmi(table, margins, formula, made.data)
        if sparse.issparse(X):
            made.eliminate_zeros()
            return made
        return made.toarray()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _positive_cells(X: Any) -> Any:
    """Return the table with each cell once and no zeros; the caller's own if it is like that."""
    if not sparse.issparse(X):
        return sparse.csr_matrix(X)
    if X.has_canonical_format and (X.nnz == 0 or X.data.min() > 0):
        return X
    table = X.copy()
    table.sum_duplicates()
    table.eliminate_zeros()
    return table


def _shares_cells(table: Any, given: Any) -> bool:
    """Tell whether the caller's data would be overwritten; what was converted is ours."""
    return any(
        isinstance(array, np.ndarray) and np.may_share_memory(array, mine)
        for array in (getattr(given, name, None) for name in ("data", "indices", "indptr"))
        for mine in (table.data, table.indices, table.indptr)
    )


def _empty_like(table: Any) -> Any:
    cells = (np.empty_like(table.data), table.indices.copy(), table.indptr.copy())
    return type(table)(cells, shape=table.shape, copy=False)
