"""The sequential test: its e-values by definition, what it expects, its state."""

import json

import naive
import numpy as np
import pytest

from sklearn_infotheory._inference._sequential_test import SequentialTest, _log_e_values, _thinned


@pytest.mark.parametrize("seed", range(6))
def test_e_values_are_those_of_an_urn(seed):
    rng = np.random.default_rng(seed)
    before, after = rng.integers(0, 9, (2, 4)).astype(float)
    found = _log_e_values(before[None], before + after)[0]
    assert found == pytest.approx(naive.sequential_log_e(before, after), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("pooled", [(5, 4), (6, 3, 2), (9, 1), (3, 3, 1, 1)])
@pytest.mark.parametrize("m", [1, 3, 5])
def test_expectation_over_all_splits_is_at_most_one(pooled, m):
    expectation, total = 0.0, np.array(pooled, float)
    for split, p in naive.all_splits(pooled, m):
        expectation += p * np.exp(_log_e_values((total - split)[None], total)[0])
    assert 0.2 < expectation <= 1 + 1e-12


def test_evidence_never_falls_and_finds_the_beginning():
    rng = np.random.default_rng(0)
    test = SequentialTest([rng.multinomial(2000, [0.5, 0.3, 0.2]), [1000, 1000]])
    evidence = []
    for t in range(60):
        law = [0.5, 0.3, 0.2] if t < 40 else [0.4, 0.3, 0.3]
        test.update([rng.multinomial(200, law), rng.multinomial(200, [0.5, 0.5])])
        evidence.append(test.e_value)
    assert (np.diff(evidence) >= 0).all()
    assert evidence[39] < 20 < evidence[-1]
    assert abs(test.began - 40) <= 2
    assert test.log_e_value == pytest.approx(np.log(np.mean(np.exp(test.log_e))))


def test_state_is_restored_from_json():
    rng = np.random.default_rng(0)
    test = SequentialTest([[50, 30, 20], [60, 40]])
    assert SequentialTest.from_dict(json.loads(json.dumps(test.to_dict()))).began == -1
    for _ in range(20):
        test.update([rng.multinomial(30, [0.4, 0.4, 0.2]), rng.multinomial(30, [0.5, 0.5])])
    other = SequentialTest.from_dict(json.loads(json.dumps(test.to_dict(), allow_nan=False)))
    for either in (test, other):
        either.update([[3, 20, 7], [15, 15]])
    assert (test.log_e == other.log_e).all()
    assert test.to_dict() == other.to_dict()


def test_memory_grows_with_the_logarithm():
    starts = []
    for t in range(5000):
        starts = _thinned([*starts, t])
    assert len(starts) <= 60
    assert starts[0] == 0
    ages = 5000 - np.array(starts[1:])
    assert (ages[:-1] / ages[1:] <= 2.01).all()  # of any age there is a beginning close by


def test_empty_batches_and_no_features():
    test = SequentialTest([[10, 5]])
    test.update([[0, 0]])
    assert test.e_value == pytest.approx(0.5)  # the weight of the first batch
    assert test.n_batches == 1
    empty = SequentialTest([[0, 0]])
    empty.update([[3, 2]])
    assert empty.e_value <= 0.5 + 1e-12


@pytest.mark.parametrize(
    ("batch", "message"),
    [([], "0 features"), ([[1, 2]], "same cells"), ([[1, -1, 0]], "none negative")],
)
def test_bad_batches_change_nothing(batch, message):
    test = SequentialTest([[10, 5, 1]])
    with pytest.raises(ValueError, match=message):
        test.update(batch)
    assert test.n_batches == 0
