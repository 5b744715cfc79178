"""Ratios to a peer in one run, printed as a table at the end."""

from __future__ import annotations

import statistics

import pytest
from timing import is_compared, seconds

ROUNDS_OF_VERSIONS = 11
ROWS = pytest.StashKey[list[tuple[str, str, str, str, str]]]()


def pytest_configure(config):
    config.stash[ROWS] = []


def pytest_terminal_summary(terminalreporter, config):
    rows = config.stash[ROWS]
    if not rows:
        return
    table = [("what", "ours", "peer", "measured", "wanted"), *rows]
    widths = [max(len(row[k]) for row in table) for k in range(5)]
    terminalreporter.write_sep("-", "ratios to a peer in the same run, medians")
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        terminalreporter.write_line("  ".join(cells))


@pytest.fixture
def note(request):
    """Add a row to the table."""

    def add(what, ours, peer, measured, wanted):
        request.config.stash[ROWS].append((what, ours, peer, measured, wanted))

    return add


@pytest.fixture
def compare(benchmark, note):
    """Time ours and a peer in turn, and demand that ours is so many times faster."""

    def run(what, ours, peer, wanted, *, rounds=5, peer_factor=1.0):
        ours()
        if is_compared():
            for _ in range(ROUNDS_OF_VERSIONS):
                seconds(ours, what)
            return
        peer()
        ratios, own, other = [], [], []
        for _ in range(rounds):
            own.append(seconds(ours))
            other.append(seconds(peer) * peer_factor)
            ratios.append(other[-1] / own[-1])
        benchmark.pedantic(ours, rounds=1)
        ratio = statistics.median(ratios)
        benchmark.extra_info["ratio"] = ratio
        milliseconds = [f"{1e3 * statistics.median(times):.1f} ms" for times in (own, other)]
        note(what, *milliseconds, f"{ratio:.1f} x", f">= {wanted:g} x")
        assert ratio >= wanted

    return run
