"""Data sets that are not part of the project; what needs them is skipped without them."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(os.environ.get("INFOTHEORY_DATA", Path(__file__).parents[2] / "shared" / "data"))


def read_real_data(name: str) -> pd.DataFrame:
    """Read a data set, or skip the test."""
    file = FOLDER / f"{name}.parquet"
    if not file.exists():
        pytest.skip(f"needs the data file {file}; set INFOTHEORY_DATA to a folder that has it")
    return pd.read_parquet(file)
