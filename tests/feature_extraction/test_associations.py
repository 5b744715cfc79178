"""Counts of pairs of terms, and the tests of their associations, against plain loops."""

from __future__ import annotations

from itertools import product
from math import comb, log2

import numpy as np
import pytest
from scipy import sparse

from sklearn_infotheory.feature_extraction import cooccurrence_counts, top_associations


def naive_cooccurrence(documents, terms, window, directed, weighting):
    counts = np.zeros((len(terms), len(terms)))
    for tokens in documents:
        for i, first in enumerate(tokens):
            for j in range(i + 1, min(i + window, len(tokens) - 1) + 1):
                if first in terms and tokens[j] in terms:
                    a, b = terms.index(first), terms.index(tokens[j])
                    weight = 1 / (j - i) if weighting == "harmonic" else 1
                    counts[a, b] += weight
                    if not directed:
                        counts[b, a] += weight
    return counts


def some_documents():
    rng = np.random.default_rng(0)
    return [list(rng.choice(list("abcdef"), n)) for n in (0, 1, 2, 3, 9, 30)]


@pytest.mark.parametrize(
    ("window", "directed", "weighting"),
    list(product([1, 2, 5, 100], [False, True], ["uniform", "harmonic"])),
)
@pytest.mark.parametrize("vocabulary", [None, ["c", "a"]])
def test_cooccurrence_slow_twin(window, directed, weighting, vocabulary):
    options = {"window": window, "directed": directed, "weighting": weighting}
    found, terms = cooccurrence_counts(some_documents(), vocabulary=vocabulary, **options)
    assert terms.tolist() == (vocabulary or list("abcdef"))
    expected = naive_cooccurrence(some_documents(), terms.tolist(), **options)
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-12)


def test_texts_tokenizer_and_least_count():
    texts = ["Tea, tea and milk", "a milk tea"]
    assert cooccurrence_counts(texts, min_count=2)[1].tolist() == ["milk", "tea"]
    assert cooccurrence_counts(texts, tokenizer=str.split)[1][0] == "Tea,"


@pytest.mark.parametrize(
    ("documents", "options", "message"),
    [
        ("one text", {}, "got one text"),
        ([], {}, "got 0 terms"),
        (["tea"], {"min_count": 2}, "Lower min_count"),
        (["tea"], {"vocabulary": ["tea", "tea"]}, "2 terms, 1 of them distinct"),
    ],
)
def test_cooccurrence_refuses(documents, options, message):
    with pytest.raises(ValueError, match=message):
        cooccurrence_counts(documents, **options)


def naive_tail(n, row, column, total):
    """P(N >= n) of the hypergeometric distribution, in whole numbers."""
    ways = sum(comb(column, i) * comb(total - column, row - i) for i in range(n, row + 1))
    return ways / comb(total, row)


def test_associations_slow_twin():
    counts = np.random.default_rng(1).poisson(2.0, (6, 8))
    found = top_associations(sparse.csr_matrix(counts), 2, 8, correction="bonferroni", base=2)
    total, row = int(counts.sum()), int(counts[2].sum())
    assert len(found) == (counts[2] > 0).sum()
    assert found["pmi"].is_monotonic_decreasing
    for line in found.itertuples():
        n, column = int(counts[2, line.term]), int(counts[:, line.term].sum())
        assert line.count == n
        assert line.pmi == pytest.approx(log2(n * total / row / column))
        assert line.p_value == pytest.approx(naive_tail(n, row, column, total))
        assert line.corrected_p_value == pytest.approx(min(1, 8 * line.p_value))


def test_least_count_does_not_lower_the_number_of_tests():
    counts = np.random.default_rng(1).poisson(2.0, (6, 8))
    every = top_associations(counts, 0, 8).set_index("term")
    frequent = top_associations(counts, 0, 8, min_count=3).set_index("term")
    assert 0 < len(frequent) < len(every)
    assert frequent.equals(every.loc[frequent.index])


def test_weighted_counts_have_no_test():
    found = top_associations([[0.5, 1.0], [1.0, 2.0]], 0)
    assert found[["p_value", "corrected_p_value"]].isna().all(axis=None)
    assert found["pmi"].notna().all()


@pytest.mark.parametrize(
    ("term", "options", "message"),
    [
        ("tea", {}, "got 'tea'"),
        (2, {}, "got 2"),
        ("x", {"terms": ["a", "b"]}, "got 'x'"),
        ("a", {"terms": ["a", "b", "c"]}, "got 3 names"),
    ],
)
def test_associations_refuse(term, options, message):
    with pytest.raises(ValueError, match=message):
        top_associations([[1, 2], [3, 4]], term, **options)


@pytest.mark.slow
@pytest.mark.parametrize("correction", ["holm", "bonferroni"])
def test_false_associations_are_as_rare_as_stated(correction):
    """Independent pairs: any corrected p-value below .05 in at most .05 of 1,000 tables."""
    rng, n_false = np.random.default_rng(0), 0
    shares = 1 / np.arange(1, 31)
    p = np.outer(shares, shares) / shares.sum() ** 2
    for _ in range(1000):
        counts = rng.multinomial(600, p.ravel()).reshape(p.shape)
        found = top_associations(counts, 1, 30, correction=correction)
        n_false += (found["corrected_p_value"] <= 0.05).any()
    print(correction, n_false / 1000)
    assert n_false / 1000 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 1000)
