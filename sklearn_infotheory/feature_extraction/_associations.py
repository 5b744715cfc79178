"""The columns of a table of counts that are associated with one of its rows."""

from __future__ import annotations

from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.utils._param_validation import Interval, StrOptions, validate_params
from sklearn.utils.validation import check_array, check_non_negative

from sklearn_infotheory._inference._corrections import adjust_p_values
from sklearn_infotheory._types import Floats
from sklearn_infotheory._units import BASE_CONSTRAINT, nats_per_unit

if TYPE_CHECKING:
    from pandas import DataFrame

LARGEST_COUNT = 2.0**53  # beyond it whole numbers are not exact


@validate_params(
    {
        "counts": ["array-like", "sparse matrix"],
        "term": "no_validation",
        "k": [Interval(Integral, 1, None, closed="left")],
        "terms": ["array-like", None],
        "min_count": [Interval(Real, 0, None, closed="left")],
        "correction": [StrOptions({"holm", "bonferroni", "bh", "none"})],
        "base": BASE_CONSTRAINT,
    },
    prefer_skip_nested_validation=True,
)
def top_associations(
    counts: ArrayLike | sparse.spmatrix,
    term: Any,
    k: int = 10,
    *,
    terms: ArrayLike | None = None,
    min_count: float = 1,
    correction: Literal["holm", "bonferroni", "bh", "none"] = "holm",
    base: float | None = None,
) -> DataFrame:
    """List the columns that occur with a row more often than by chance.

    Parameters
    ----------
    counts : {array-like, sparse matrix} of shape (n_terms, n_columns)
        Counts of pairs, as :func:`cooccurrence_counts` returns them.
    term : int, or one of `terms`
        The row: its number, or its name if `terms` is given.
    k : int, default=10
        Largest number of columns to list.
    terms : array-like of shape (n_columns,), default=None
        Names of the columns, and of the rows. None takes their numbers.
    min_count : float, default=1
        Columns with smaller counts in the row are not listed. They are counted among the tests, as
        the choice depends on the data.
    correction : {"holm", "bonferroni", "bh", "none"}, default="holm"
        Correction of the p-values for their number, which is that of the columns that are not
        empty. "holm" and "bonferroni" bound the probability of any false association, "bh" the
        expected share of false ones; "none" corrects nothing.
    base : float, default=None
        Base of the logarithm; None gives nats, and 2 gives bits.

    Returns
    -------
    pandas.DataFrame
        One row per column, by decreasing PMI: "term", "count", "expected" (the count if row and
        column were independent), "pmi" in units of `base`, "p_value" and "corrected_p_value". The
        p-values are NaN if the counts are not whole numbers, because then no test is available.

    Raises
    ------
    ValueError
        If the term is not among `terms`, or `terms` has another length than the table.

    See Also
    --------
    cooccurrence_counts : Counts of terms near terms.
    PMITransformer : PMI of all cells.

    Notes
    -----
    The test is Fisher's exact one, one-sided, of the pair against all others: the probability of a
    count at least this large, given the margins, if row and column are independent. It takes each
    pair for an independent draw. Windows overlap, so that pairs of one passage are not quite
    that: read small p-values as a ranking that takes the number of terms into account.

    Examples
    --------
    >>> from sklearn_infotheory.feature_extraction import cooccurrence_counts, top_associations
    >>> texts = ["river water", "river boat", "river water", "market price", "market price"]
    >>> counts, terms = cooccurrence_counts(texts)
    >>> found = top_associations(counts, "river", 2, terms=terms, base=2)
    >>> print(found[["term", "count", "pmi"]].round(2).to_string(index=False))
     term  count  pmi
     boat    1.0 1.74
    water    2.0 1.74
    """
    import pandas as pd

    table = check_array(counts, accept_sparse="csr", dtype=np.float64)
    check_non_negative(table, "top_associations (counts)")
    table = sparse.csr_matrix(table)
    names = _names(terms, table.shape)
    row = table[[_number(term, names, table.shape[0])]].toarray().ravel()
    columns = np.asarray(table.sum(axis=0)).ravel()
    total, row_sum = float(columns.sum()), float(row.sum())
    shown = np.flatnonzero((row > 0) & (row >= min_count))
    expected = row_sum * columns / max(total, 1e-300)
    pmi = np.log(row[shown] / expected[shown]) / nats_per_unit(base)
    p = _p_values(row, columns, table)
    corrected = np.full(len(row), np.nan)
    tested = columns > 0
    if not np.isnan(p).any():
        corrected[tested] = adjust_p_values(p[tested], correction)
    best = np.argsort(-pmi, kind="stable")[:k]
    chosen = shown[best]
    return pd.DataFrame(
        {
            "term": names[chosen],
            "count": row[chosen],
            "expected": expected[chosen],
            "pmi": pmi[best],
            "p_value": p[chosen],
            "corrected_p_value": corrected[chosen],
        }
    )


def _names(terms: Any, shape: tuple[int, int]) -> NDArray[Any]:
    if terms is None:
        return np.arange(shape[1])
    names = np.empty(len(terms), dtype=object)
    names[:] = list(terms)
    if len(names) != shape[1] or shape[0] != shape[1]:
        raise ValueError(
            f"terms must name all rows and columns of a square table; got {len(names)} names and a "
            f"table of shape {shape}. Pass the terms that cooccurrence_counts returned, or none "
            "and the number of the row."
        )
    return names


def _number(term: Any, names: NDArray[Any], n_rows: int) -> int:
    if names.dtype == object:
        found = np.flatnonzero(names == term)
        if len(found):
            return int(found[0])
    elif isinstance(term, Integral) and 0 <= int(term) < n_rows:
        return int(term)
    raise ValueError(
        f"term must be one of the {n_rows} rows, by its name if terms is given and else by its "
        f"number; got {term!r}."
    )


def _p_values(row: Floats, columns: Floats, table: sparse.csr_matrix) -> Floats:
    """Return P(count >= observed), hypergeometric by the margins; 1 for cells that are empty."""
    from scipy.stats import hypergeom

    p = np.ones(len(row))
    total = columns.sum()
    if (table.data != np.floor(table.data)).any() or total > LARGEST_COUNT:
        return np.full(len(row), np.nan)
    seen = np.flatnonzero(row)
    p[seen] = hypergeom.sf(row[seen] - 1, int(total), columns[seen], int(row.sum()))
    return np.clip(p, 0.0, 1.0)
