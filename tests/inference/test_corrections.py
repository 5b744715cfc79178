"""Corrections of p-values against their definitions."""

import numpy as np
import pytest

from sklearn_infotheory._inference._corrections import (
    CORRECTIONS,
    adjust_p_values,
    global_p_value,
)


def rejected_by_holm(p, alpha):
    """Step down while the smallest p-value left is at most alpha over the number left."""
    rejected, left = set(), list(np.argsort(p, kind="stable"))
    while left and p[left[0]] <= alpha / len(left):
        rejected.add(left.pop(0))
    return rejected


def rejected_by_bh(p, alpha):
    """Reject up to the largest i with p_(i) <= alpha i / n."""
    order = np.argsort(p, kind="stable")
    passed = [i for i in range(len(p)) if p[order[i]] <= alpha * (i + 1) / len(p)]
    return set(order[: max(passed) + 1]) if passed else set()


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2])
def test_adjusted_p_values_reject_what_the_procedures_do(seed, alpha):
    p = np.random.default_rng(seed).beta(0.4, 3, 12)
    assert set(np.flatnonzero(adjust_p_values(p, "holm") <= alpha)) == rejected_by_holm(p, alpha)
    assert set(np.flatnonzero(adjust_p_values(p, "bh") <= alpha)) == rejected_by_bh(p, alpha)
    assert (adjust_p_values(p, "bonferroni") == np.minimum(12 * p, 1)).all()
    assert (adjust_p_values(p, "none") == p).all()


@pytest.mark.parametrize("method", CORRECTIONS)
def test_order_and_edges(method):
    p = np.random.default_rng(0).random(30)
    adjusted = adjust_p_values(p, method)
    assert (np.diff(adjusted[np.argsort(p)]) >= 0).all()
    assert ((p <= adjusted) & (adjusted <= 1)).all()
    assert adjust_p_values([0.3], method) == [0.3]
    assert len(adjust_p_values([], method)) == 0
    assert global_p_value([], method) == 1
    expected = adjust_p_values(p, "bonferroni" if method == "none" else method).min()
    assert global_p_value(p, method) == expected


@pytest.mark.parametrize("p", [[0.1, np.nan], [-0.1], [1.1]])
def test_bad_p_values(p):
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        adjust_p_values(p)


def test_bad_method():
    with pytest.raises(ValueError, match="Pass one of holm"):
        global_p_value([0.1], "hochberg")
