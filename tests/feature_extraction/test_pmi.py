"""PMI of sparse tables against the definition in plain loops."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy import sparse
from sklearn.pipeline import make_pipeline

from sklearn_infotheory.feature_extraction import PMITransformer, _pmi
from sklearn_infotheory.measures import pointwise_mutual_information


def naive_pmi(fitted, table, measure, smoothing, shift, min_count, discount, base):
    """Compute each cell by the formulas of the docstring."""
    columns = [sum(row[c] for row in fitted) for c in range(len(fitted[0]))]
    total, powers = sum(columns), [n**smoothing if n else 0.0 for n in columns]
    out = [[0.0] * len(columns) for _ in table]
    for r, row in enumerate(table):
        for c, n in enumerate(row):
            if n == 0 or n < min_count or columns[c] == 0:
                continue
            row_sum = sum(row)
            value = math.log((n / row_sum) / (powers[c] / sum(powers)))
            if measure == "npmi":
                p = n / row_sum * min(row_sum / total, 1.0)
                value = 1.0 if p >= 1 else max(-1.0, min(1.0, value / -math.log(p)))
            else:
                value = (value - math.log(shift)) / (math.log(base) if base else 1.0)
            if discount:
                m = min(row_sum, columns[c])
                value *= n / (n + 1) * m / (m + 1)
            out[r][c] = max(value, 0.0) if measure == "ppmi" else value
    return out


def some_counts(seed=0, shape=(9, 7)):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(1.2, shape).astype(float)
    counts[:, 3] = counts[4] = 0  # an empty column and an empty row
    return counts


OPTIONS = list(
    product(["pmi", "ppmi", "npmi"], [1.0, 0.75], [(1.0, 1), (3.0, 2)], [False, True], [None, 2])
)


@pytest.mark.parametrize("cells_per_chunk", [1, 10, 1 << 16])
@pytest.mark.parametrize(("measure", "smoothing", "more", "discount", "base"), OPTIONS)
def test_slow_twin(monkeypatch, cells_per_chunk, measure, smoothing, more, discount, base):
    monkeypatch.setattr(_pmi, "CELLS_PER_CHUNK", cells_per_chunk)
    fitted, new = some_counts(0), some_counts(1)
    new[0, 3] = 2.0  # unknown in fit
    settings = {"smoothing": smoothing, "shift": more[0], "min_count": more[1]}
    settings |= {"discount": discount, "base": base}
    ours = PMITransformer(measure, **settings).fit(sparse.csr_matrix(fitted))
    for table in (fitted, new):
        expected = naive_pmi(fitted.tolist(), table.tolist(), measure, **settings)
        found = ours.transform(sparse.csr_matrix(table))
        np.testing.assert_allclose(found.toarray(), expected, rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(ours.transform(table), found.toarray())


@pytest.mark.parametrize("normalized", [False, True])
def test_measure_of_probabilities(normalized):
    counts = np.random.default_rng(0).integers(1, 9, (5, 4))
    expected = pointwise_mutual_information(counts / counts.sum(), normalized=normalized, base=2)
    found = PMITransformer("npmi" if normalized else "pmi", base=2).fit_transform(counts)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_one_cell_is_the_whole_table():
    assert PMITransformer("npmi").fit_transform([[5, 0], [0, 0]])[0, 0] == 1


def test_weighted_mean_of_pmi_is_mutual_information():
    from sklearn_infotheory.measures import mutual_information

    counts = some_counts()
    pmi = PMITransformer("pmi").fit_transform(counts)
    mean = (counts * pmi).sum() / counts.sum()
    assert mean == pytest.approx(mutual_information(counts / counts.sum()), rel=1e-12)


def test_counts_add_up():
    counts = some_counts()
    whole = PMITransformer().fit(counts)
    parts = PMITransformer().partial_fit(counts[:2]).partial_fit(sparse.csr_matrix(counts[2:]))
    np.testing.assert_allclose(whole.transform(counts), parts.transform(counts), rtol=1e-12)
    refitted = parts.fit(counts[:2])
    np.testing.assert_array_equal(refitted.feature_counts_, counts[:2].sum(axis=0))


def test_rows_do_not_depend_on_each_other():
    counts = sparse.csr_matrix(some_counts())
    ours = PMITransformer("npmi", discount=True).fit(counts)
    together = ours.transform(counts).toarray()
    for r in range(counts.shape[0]):
        np.testing.assert_array_equal(ours.transform(counts[[r]]).toarray()[0], together[r])


@pytest.mark.parametrize("make", [sparse.csr_matrix, sparse.csr_array, sparse.csc_matrix])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_sparse_kinds_and_types(make, dtype):
    counts = make(some_counts().astype(dtype))
    before = counts.copy()
    found = PMITransformer().fit_transform(counts)
    assert found.dtype == (np.float32 if dtype == np.float32 else np.float64)
    assert found.format == "csr"
    assert (found.data > 0).all()  # zeros are not stored
    assert (before != counts).nnz == 0
    expected = PMITransformer().fit_transform(some_counts())
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-5)


def test_repeated_cells_and_stored_zeros():
    parts = ([1.0, 2.0, 0.0, 4.0], ([0, 0, 0, 1], [0, 0, 1, 1]))
    untidy = sparse.csr_matrix(sparse.coo_matrix(parts, shape=(2, 2)))
    raw = sparse.csr_matrix((np.array([1.0, 2, 0, 4]), [0, 0, 1, 1], [0, 3, 4]), shape=(2, 2))
    expected = PMITransformer("pmi").fit_transform([[3.0, 0.0], [0.0, 4.0]])
    for table in (untidy, raw):
        found = PMITransformer("pmi").fit_transform(table)
        np.testing.assert_allclose(found.toarray(), expected)
        assert found.nnz == 2


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="Negative values in data passed to PMITransformer"):
        PMITransformer().fit([[1, -1]])


def test_in_a_pipeline_with_text():
    from sklearn.feature_extraction.text import CountVectorizer

    texts = ["tea leaf", "tea cup", "sea wave", "sea ship"]
    model = make_pipeline(CountVectorizer(), PMITransformer(smoothing=0.75))
    assert model.fit_transform(texts).shape == (4, 6)
    assert model.get_feature_names_out().tolist() == ["cup", "leaf", "sea", "ship", "tea", "wave"]
