"""Count how often terms occur near each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from numbers import Integral
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_infotheory._types import Codes

_WORDS = re.compile(r"\w\w+")  # as in CountVectorizer
OUTSIDE = -1  # the code of a token that is not in the vocabulary


@validate_params(
    {
        "documents": "no_validation",
        "window": [Interval(Integral, 1, None, closed="left")],
        "vocabulary": ["array-like", None],
        "directed": ["boolean"],
        "weighting": [StrOptions({"uniform", "harmonic"})],
        "tokenizer": [callable, None],
        "min_count": [Interval(Integral, 1, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def cooccurrence_counts(
    documents: Iterable[str] | Iterable[Sequence[str]],
    *,
    window: int = 5,
    vocabulary: Any = None,
    directed: bool = False,
    weighting: Literal["uniform", "harmonic"] = "uniform",
    tokenizer: Callable[[str], Sequence[str]] | None = None,
    min_count: int = 1,
) -> tuple[sparse.csr_matrix, NDArray[Any]]:
    """Count how often terms occur within a window of each other.

    Parameters
    ----------
    documents : iterable of str, or iterable of sequences of str
        Texts, which are split into terms, or terms in their order. No window crosses the end of a
        document.
    window : int, default=5
        Largest distance of two terms in tokens, at least 1; 1 means neighbours.
    vocabulary : array-like of str, default=None
        Terms to count, each once, in the order of rows and columns. None takes all terms with at
        least `min_count` occurrences, sorted.
    directed : bool, default=False
        If True, the cell (a, b) counts b after a. If False, the table is symmetric: each pair of
        positions counts in (a, b) and in (b, a).
    weighting : {"uniform", "harmonic"}, default="uniform"
        What a pair at distance d counts: 1 for "uniform", and 1 / d for "harmonic" [1]_. Only
        "uniform" gives whole numbers, which tests of significance need.
    tokenizer : callable, default=None
        Splits a text into terms. None takes the words of two or more characters in lower case.
    min_count : int, default=1
        Least number of occurrences of a term that is put into the vocabulary; not used if
        `vocabulary` is given.

    Returns
    -------
    counts : csr_matrix of shape (n_terms, n_terms), dtype float64
        Weighted counts of pairs.
    terms : ndarray of shape (n_terms,), dtype object
        The term of each row and column.

    Raises
    ------
    ValueError
        If `documents` is one text, or the vocabulary is empty or has repeated terms.

    See Also
    --------
    PMITransformer : Pointwise mutual information of such a table.
    top_associations : The terms that occur near one of them more often than by chance.

    Notes
    -----
    Tokens outside the vocabulary are not counted but keep their position, so that removing a stop
    word does not bring its neighbours nearer.

    References
    ----------
    .. [1] J. Pennington, R. Socher, C. D. Manning (2014). GloVe: global vectors for word
       representation. EMNLP, 1532-1543. :doi:`10.3115/v1/D14-1162`

    Examples
    --------
    >>> from sklearn_infotheory.feature_extraction import cooccurrence_counts
    >>> counts, terms = cooccurrence_counts(["green tea", "green tea leaf"], window=1)
    >>> terms.tolist()
    ['green', 'leaf', 'tea']
    >>> counts.toarray().astype(int)
    array([[0, 0, 2],
           [0, 0, 1],
           [2, 1, 0]])
    """
    tokens = _tokenize(documents, tokenizer)
    terms = _check_vocabulary(_frequent(tokens, min_count) if vocabulary is None else vocabulary)
    reach = min(window, max((len(document) for document in tokens), default=0))
    codes = _encode(tokens, terms, reach)
    n_terms = len(terms)
    counts = sparse.csr_matrix((n_terms, n_terms), dtype=np.float64)
    for distance in range(1, reach + 1):
        # One distance at a time: memory is that of the text, not of the text times the window.
        weight = 1.0 / distance if weighting == "harmonic" else 1.0
        counts = counts + weight * _pairs_at(codes, distance, n_terms)
    counts = counts if directed else counts + counts.T
    counts = sparse.csr_matrix(counts)
    counts.sort_indices()
    return counts, terms


def _tokenize(documents: Any, tokenizer: Callable[[str], Sequence[str]] | None) -> list[list[str]]:
    if isinstance(documents, str):
        raise ValueError(
            "documents must be an iterable of texts or of lists of terms; got one text. "
            "Pass [text]."
        )
    split = tokenizer or (lambda text: _WORDS.findall(text.lower()))
    return [list(split(d) if isinstance(d, str) else d) for d in documents]


def _frequent(tokens: list[list[str]], min_count: int) -> list[str]:
    found: dict[str, int] = {}
    for document in tokens:
        for token in document:
            found[token] = found.get(token, 0) + 1
    return sorted(term for term, count in found.items() if count >= min_count)


def _check_vocabulary(vocabulary: Any) -> NDArray[Any]:
    listed = list(vocabulary)
    if not listed or len(set(listed)) < len(listed):
        raise ValueError(
            "vocabulary must have at least one term, and each term once; got "
            f"{len(listed)} terms, {len(set(listed))} of them distinct. Lower min_count, pass "
            "documents with terms, or remove repeated terms."
        )
    terms = np.empty(len(listed), dtype=object)
    terms[:] = listed
    return terms


def _encode(tokens: list[list[str]], terms: NDArray[Any], reach: int) -> Codes:
    """Return the codes of all tokens in one array, with a gap between documents.

    The gap is as long as the largest distance, so that no pair crosses it.
    """
    code_of = {term: code for code, term in enumerate(terms.tolist())}
    gap = [OUTSIDE] * reach
    codes: list[int] = []
    for document in tokens:
        codes.extend(code_of.get(token, OUTSIDE) for token in document)
        codes.extend(gap)
    return np.array(codes, dtype=np.intp)


def _pairs_at(codes: Codes, distance: int, n_terms: int) -> sparse.csr_matrix:
    first, second = codes[:-distance], codes[distance:]
    both = (first >= 0) & (second >= 0)
    ones = np.ones(int(both.sum()))
    cells = (first[both], second[both])
    return sparse.coo_matrix((ones, cells), shape=(n_terms, n_terms)).tocsr()
