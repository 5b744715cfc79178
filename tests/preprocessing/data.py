"""Columns of every kind, with what is awkward about them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sklearn_infotheory.preprocessing._encoding import ENCODINGS
from sklearn_infotheory.preprocessing._mdl import CRITERIA, SUPERVISED

__all__ = ["CRITERIA", "ENCODINGS", "SUPERVISED"]  # what tests run over


def mixed_frame(n=400, n_classes=3, missing=True, seed=0):
    """Return a frame with numbers, ties, categories, booleans, noise and missing values, and y."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n)
    level = np.where(rng.random(n) < 0.7, y, rng.integers(0, n_classes, n))
    X = pd.DataFrame(
        {
            "number": rng.normal(size=n) + 1.5 * y,
            "ties": np.round(rng.normal(size=n) + y),
            "level": np.array(["red", "it's", "blue, green", "d"])[level],
            "many": np.array([f"m{k}" for k in range(40)])[rng.integers(0, 40, n)],
            "flag": rng.random(n) < 0.2 + 0.3 * (y == 1),
            "noise": rng.normal(size=n),
            "constant": 1.0,
        }
    )
    if missing:
        X.loc[rng.random(n) < np.where(y == 0, 0.3, 0.05), "number"] = np.nan
        X.loc[rng.random(n) < 0.1, "level"] = None
    return X, y


def dense(output):
    """Return what transform gave as an array or a frame."""
    return output.toarray() if hasattr(output, "toarray") else output


def assert_same(first, second, exact=True):
    """Compare outputs of any kind."""
    first, second = dense(first), dense(second)
    assert first.shape == second.shape
    if exact or first.dtype == object:
        np.testing.assert_array_equal(first, second)
    else:
        np.testing.assert_allclose(first, second, rtol=1e-10, atol=1e-12)
