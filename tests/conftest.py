"""Settings that must hold before scipy and matplotlib are imported, and what runs in parallel."""

import os

import pytest

os.environ.setdefault("SCIPY_ARRAY_API", "1")  # else scikit-learn skips some of its checks
os.environ.setdefault("MPLBACKEND", "Agg")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Run the whole suite on all cores, but what was named, timed or is watched in this process."""
    is_whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    is_timed = config.option.markexpr == "benchmark"
    is_watched = config.option.usepdb or config.option.capture == "no"
    return None if is_whole and not is_timed and not is_watched else 0
