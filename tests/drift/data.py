"""Columns of every kind."""

from __future__ import annotations

import numpy as np
import pandas as pd


def mixed(n, seed=0):
    """Numbers with missing values, whole numbers, strings, booleans and dates; and classes."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "amount": np.where(rng.random(n) < 0.05, np.nan, rng.lognormal(size=n)),
            "items": rng.integers(0, 6, n),
            "plan": rng.choice(["basic", "plus", "pro"], n, p=[0.6, 0.3, 0.1]),
            "active": rng.random(n) < 0.7,
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 365, n), unit="D"),
        }
    )
    return frame, rng.integers(0, 3, n)


def normal(n, p=3, rho=0.0, seed=0):
    """Columns of a normal law; the first two are correlated."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    if rho:
        X[:, 1] = rho * X[:, 0] + np.sqrt(1 - rho**2) * X[:, 1]
    return X
