"""Checks and losses of rows, against plain loops."""

import numpy as np
import pytest

from sklearn_infotheory._kernels._log_loss import find_bad_row, sum_losses


@pytest.mark.parametrize("n_classes", [1, 2, 3, 7, 8, 64, 101])
def test_sum(n_classes):
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.full(n_classes, 0.05), 500)
    y = rng.integers(0, n_classes, 500)
    chosen = p[np.arange(500), y]
    for floor in (1e-300, 1e-12, 0.5):
        bad, total = sum_losses(p, y, floor, 1e-9)
        assert bad == find_bad_row(p, 1e-9) == -1
        assert total == pytest.approx(-np.log(np.maximum(chosen, floor)).sum(), rel=1e-13)
    p[3, y[3]] = 0
    if n_classes == 1:  # a sum of 0 is no rounding
        assert sum_losses(p, y, 0.0, 1e-9)[0] == 3
        return
    assert sum_losses(p, y, 0.0, 10.0)[1] == np.inf


@pytest.mark.parametrize("n_classes", [2, 3, 8, 101])
@pytest.mark.parametrize("change", ["sum", "negative", "nan", "inf", "minus inf", "tiny"])
def test_bad_rows(n_classes, change):
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(n_classes), 50)
    for column in range(n_classes):
        bad = p.copy()
        match change:
            case "sum":
                bad[20, column] += 1e-6
            case "negative":  # the sum stays
                bad[20, column - 1] += bad[20, column] + 0.1
                bad[20, column] = -0.1
            case "nan" | "inf":
                bad[20, column] = float(change)
            case "minus inf":
                bad[20, column] = -np.inf
            case "tiny":
                bad[20, column - 1] += bad[20, column]
                bad[20, column] = -5e-324
        bad[30] = np.nan
        assert find_bad_row(bad, 1e-9) == 20
        assert sum_losses(bad, np.zeros(50, np.intp), 0.0, 1e-9)[0] == 20
