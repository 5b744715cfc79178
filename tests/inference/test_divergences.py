"""The table of divergences: its rows agree with themselves, the kernels, and the documentation."""

from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from sklearn_infotheory._cli import main
from sklearn_infotheory._inference import _divergence_estimates, _two_sample_tests
from sklearn_infotheory._inference._divergences import DIVERGENCES, DivergenceName
from sklearn_infotheory._inference._two_sample_tests import split_tests, two_sample_tests
from sklearn_infotheory.drift import KLDriftDetector

ROOT = Path(__file__).parents[2]
each = pytest.mark.parametrize("name", DIVERGENCES)


def two_distributions(seed, n_cells=6):
    return np.random.default_rng(seed).dirichlet(np.full(n_cells, 3.0), size=2)


@each
def test_the_kernel_has_the_terms_of_the_table(name):
    rng = np.random.default_rng(0)
    pairs = [(rng.integers(1, 50, k) * 1.0, rng.integers(1, 9, k) * 1.0) for k in range(3, 30)]
    found = split_tests(pairs, name, n_permutations=1)[0]
    expected = [DIVERGENCES[name].terms(a / a.sum(), b / b.sum()).sum() for a, b in pairs]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@each
@pytest.mark.parametrize("seed", range(3))
def test_slopes_are_derivatives_of_the_terms(name, seed):
    """Along changes of p and q that keep their sums; constants do not count."""
    row, (p, q) = DIVERGENCES[name], two_distributions(seed)
    dp, dq = two_distributions(seed + 10) - two_distributions(seed + 20)
    by_p, by_q = row.slopes(p, q)
    step = 1e-6
    up, down = (row.terms(p + s * dp, q + s * dq).sum() for s in (step, -step))
    assert by_p @ dp + by_q @ dq == pytest.approx((up - down) / (2 * step), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", [name for name, row in DIVERGENCES.items() if row.curvatures])
@pytest.mark.parametrize("seed", range(3))
def test_curvatures_are_second_derivatives_of_the_terms(name, seed):
    row, (p, q) = DIVERGENCES[name], two_distributions(seed)
    step = 1e-4
    by_p = (row.terms(p + step, q) - 2 * row.terms(p, q) + row.terms(p - step, q)) / step**2
    by_q = (row.terms(p, q + step) - 2 * row.terms(p, q) + row.terms(p, q - step)) / step**2
    np.testing.assert_allclose(row.curvatures(p, q), (by_p, by_q), rtol=1e-3)


@pytest.mark.parametrize("name", [name for name, row in DIVERGENCES.items() if row.smoothed])
def test_without_smoothing_smoothed_terms_are_the_terms(name):
    row, (p, q) = DIVERGENCES[name], two_distributions(0)[:, np.newaxis]
    assert row.smoothed(p, q, p, q) == pytest.approx(row.terms(p, q).sum(axis=1), rel=1e-12)


@each
def test_close_distributions_are_at_a_multiple_of_kullback_leibler(name):
    p, other = two_distributions(0)
    q = p + 1e-4 * (other - p)
    ratio = DIVERGENCES["kl"].terms(p, q).sum() / DIVERGENCES[name].terms(p, q).sum()
    assert ratio == pytest.approx(DIVERGENCES[name].kl_ratio, rel=1e-3)


@each
def test_equal_distributions_are_at_no_distance(name):
    p = two_distributions(0)[0]
    assert DIVERGENCES[name].terms(p, p).sum() == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("at_the_end", [True, False])
def test_a_row_without_a_term_in_the_kernel_is_an_error(at_the_end, monkeypatch):
    """Not another divergence, which the kernel has under its number."""
    row = replace(
        DIVERGENCES["hellinger"], title="Made up", terms=lambda p, q: (q - p) ** 2 / (q + p)
    )
    table = {**DIVERGENCES, "new": row} if at_the_end else {"new": row, **DIVERGENCES}
    for module in (_divergence_estimates, _two_sample_tests):
        monkeypatch.setattr(module, "DIVERGENCES", table)
    counts = [[5, 3, 2]], [[2, 3, 4]]
    with pytest.raises(NotImplementedError, match="another divergence than 'new', or none"):
        two_sample_tests(*counts, "new")
    with pytest.raises(NotImplementedError, match="Add its term to _kernels/_two_sample"):
        two_sample_tests(*counts, "new", test="g")


def test_a_row_has_curvatures_or_is_smoothed():
    with pytest.raises(ValueError, match="needs one of curvatures and smoothed"):
        replace(DIVERGENCES["js"], curvatures=None)
    with pytest.raises(ValueError, match="needs one of curvatures and smoothed"):
        replace(DIVERGENCES["js"], smoothed=DIVERGENCES["kl"].smoothed)


def test_types_documentation_and_command_line_know_every_row(capsys):
    assert list(DIVERGENCES) == list(get_args(DivergenceName))
    guide = (ROOT / "docs" / "user_guide" / "drift.rst").read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["drift", "fit", "--help"])
    usage = capsys.readouterr().out
    for name in DIVERGENCES:
        assert f'- "{name}": ' in KLDriftDetector.__doc__
        assert f'* - ``"{name}"``' in guide
        assert name in usage
