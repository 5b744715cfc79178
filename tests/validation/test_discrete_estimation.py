"""Estimates from counts: error of every method, and coverage of the intervals."""

from __future__ import annotations

import numpy as np
import pytest

from sklearn_infotheory._inference._contingency_table import ContingencyTable
from sklearn_infotheory.estimation._discrete._entropy_of_counts import (
    DISCRETE_METHODS,
    auto_discrete_method,
    entropy_of_counts,
)
from sklearn_infotheory.estimation._discrete._information_of_counts import (
    NULL_CORRECTED,
    discrete_mutual_information,
)

pytestmark = pytest.mark.slow

REPETITIONS = 400
STRENGTHS = (0.0, 0.02, 0.1, 0.2, 0.4, 0.9, 0.98)


def shares(law, k):
    rank = np.arange(1, k + 1)
    p = {"uniform": np.ones(k), "zipf": 1 / rank, "geometric": 0.9**rank}[law]
    return p / p.sum()


def joint_law(shape, margins, strength):
    """Mix an independent table with its diagonal, whose width is what the shape leaves."""
    rows, columns = (shares(margins, k) for k in shape)
    i, j = np.indices(shape)
    diagonal = (i * shape[1] // shape[0] == j) | (j * shape[0] // shape[1] == i)
    diagonal = diagonal * rows[:, None]
    return (1 - strength) * np.outer(rows, columns) + strength * diagonal / diagonal.sum()


def information(p):
    expected = np.outer(p.sum(axis=1), p.sum(axis=0))
    return float((p * np.log(np.where(p > 0, p / expected, 1))).sum())


def root_mean_square(errors):
    return {name: np.sqrt(np.mean(np.square(e))) for name, e in errors.items()}


def print_table_of_ratios(rows):
    """Print the geometric mean of RMSE over the best of the row, and how often it is near."""
    ratios = {m: np.array([row[m] / min(row.values()) for row in rows]) for m in rows[0]}
    means = {m: float(np.exp(np.log(r).mean())) for m, r in ratios.items()}
    print(f"\n{len(rows)} laws: RMSE over that of the best method of each")
    for m in sorted(means, key=means.__getitem__):
        near = (ratios[m] <= 1.1).mean()
        print(f"  {m:<15} {means[m]:6.2f}, within 10 %: {near:.2f}, at most {ratios[m].max():.1f}")
    return means


def test_entropy_of_every_method():
    rng, rows = np.random.default_rng(0), []
    for law in ("uniform", "zipf", "geometric"):
        for k in (2, 5, 10, 30, 100, 1000):
            p = shares(law, k)
            truth = -(p[p > 0] @ np.log(p[p > 0]))
            for n in (20, 50, 200, 500, 2000):
                draws = rng.multinomial(n, p, 60)
                errors = {
                    m: [entropy_of_counts(c, m)[0] - truth for c in draws] for m in DISCRETE_METHODS
                }
                rows.append(root_mean_square(errors))
                print(f"{law:<9} K={k:<4} n={n:<4} H={truth:.3f} RMSE "
                      + " ".join(f"{m} {e:.4f}" for m, e in rows[-1].items()))  # fmt: skip
    means = print_table_of_ratios(rows)
    assert min(means, key=means.__getitem__) == auto_discrete_method(is_whole=True)


def test_information_of_every_method():
    rng, rows = np.random.default_rng(0), []
    methods = (NULL_CORRECTED, *(m for m in DISCRETE_METHODS if m != "nsb"))
    for shape in [(2, 2), (3, 4), (2, 10), (10, 10), (30, 30), (3, 100)]:
        for margins in ("uniform", "zipf"):
            for strength in (0.0, 0.1, 0.4, 0.9):
                p = joint_law(shape, margins, strength)
                truth = information(p)
                for n in (50, 200, 1000):
                    errors = {m: [] for m in methods}
                    for draw in rng.multinomial(n, p.ravel(), 40):
                        counts = ContingencyTable.from_table(draw.reshape(shape))
                        for m in methods:
                            found = discrete_mutual_information(counts, m)
                            errors[m].append(found.value - truth)
                    rows.append(root_mean_square(errors))
    means = print_table_of_ratios(rows)
    ordered = sorted(means, key=means.__getitem__)
    assert NULL_CORRECTED in ordered[:2]


@pytest.mark.parametrize("margins", ["uniform", "zipf"])
@pytest.mark.parametrize("shape", [(2, 2), (3, 4), (10, 10)])
def test_coverage_of_the_information(shape, margins):
    rng, n = np.random.default_rng(0), 1000
    print(f"\n{shape[0]} x {shape[1]}, {margins} margins, n={n}")
    for strength in STRENGTHS:
        p = joint_law(shape, margins, strength)
        truth = max(information(p), 0.0) if strength else 0.0
        found = [
            discrete_mutual_information(ContingencyTable.from_table(draw.reshape(shape)))
            for draw in rng.multinomial(n, p.ravel(), REPETITIONS)
        ]
        ends = np.array([f.interval(0.95) for f in found])
        values = np.array([f.value for f in found])
        coverage = ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()
        error = np.mean([f.standard_error for f in found])
        size = np.mean([f.p_value <= 0.05 for f in found])
        print(f"  I={truth:.4f}: coverage {coverage:.3f}, bias {values.mean() - truth:+.5f}, "
              f"sd {values.std():.5f}, error {error:.5f}, p <= .05: {size:.3f}")  # fmt: skip
        chance = 2 * np.sqrt(0.02 * 0.98 / REPETITIONS)
        assert 0.90 - chance <= coverage <= 0.98 + chance
        if strength == 0:
            assert size <= 0.075


@pytest.mark.parametrize("law", ["zipf", "geometric"])
@pytest.mark.parametrize("k", [5, 30, 100])
def test_coverage_of_the_entropy(law, k):
    rng, p = np.random.default_rng(0), shares(law, k)
    truth = -(p @ np.log(p))
    print(f"\n{law}, K={k}, H={truth:.3f}")
    for n in (200, 1000):
        found = [entropy_of_counts(c, "chao_wang_jost") for c in rng.multinomial(n, p, REPETITIONS)]
        values, errors = np.array(found).T
        coverage = (abs(values - truth) <= 1.96 * errors).mean()
        print(f"  n={n}: coverage {coverage:.3f}, bias {values.mean() - truth:+.4f}, "
              f"sd {values.std():.4f}, standard error {errors.mean():.4f}")  # fmt: skip
        assert 0.88 <= coverage <= 0.99
