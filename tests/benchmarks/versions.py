"""Compare the speed of two installed versions of the package, benchmark by benchmark.

    python tests/benchmarks/versions.py OLD_PYTHON NEW_PYTHON [arguments of pytest]

Both interpreters run the same benchmarks side by side, and take turns: whatever one has timed, the
other times next. Where a benchmark compares with a peer, the package alone is timed, eleven times.
A row is the median of the ratios of a pair; tests with a row below 0.95 are run once more.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from multiprocessing.connection import Connection, Listener
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SLOWER = 0.95

Rows = dict[tuple[str, str], list[tuple[float, float]]]


def start(python: str, name: str, address: str, arguments: list[str]) -> subprocess.Popen[bytes]:
    environment = os.environ | {"BENCHMARK_TURNS": f"{address}|{name}", "PYTHONSAFEPATH": "1"}
    command = [python, "-m", "pytest", "-q", "-m", "benchmark", "-n", "0", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


def next_request(connection: Connection) -> tuple[str, str] | None:
    """Return what a version wants to time next, or None at its end."""
    try:
        request: tuple[str, str] = connection.recv()
    except EOFError:
        return None
    return request


def time_in_turn(sides: list[Connection], rows: Rows) -> None:
    """Let both time the same, one after the other, as long as both have something to time."""
    wants = [next_request(side) for side in sides]
    order: dict[str, int] = {}
    turn = 0
    while any(wants):
        for want in wants:
            order.setdefault(want[0] if want else "", len(order))
        if wants[0] == wants[1]:
            now = [turn % 2, 1 - turn % 2]
            turn += 1
        else:  # a test has failed in one of them: let the other one catch up
            behind = min((i for i in (0, 1) if wants[i]), key=lambda i: order[wants[i][0]])  # type: ignore[index]
            now = [behind]
        times = {}
        for i in now:
            sides[i].send("go")
            times[i] = sides[i].recv()
        if len(now) == 2:
            rows.setdefault(wants[0], []).append((times[0], times[1]))  # type: ignore[arg-type]
        for i in now:
            wants[i] = next_request(sides[i])


def measure(pythons: list[str], arguments: list[str]) -> Rows:
    with tempfile.TemporaryDirectory() as folder:
        address, rows = f"{folder}/turns", Rows()
        with Listener(address) as listener:
            processes = [
                start(python, str(i), address, arguments) for i, python in enumerate(pythons)
            ]
            by_name = {}
            for _ in pythons:
                connection = listener.accept()
                by_name[connection.recv()] = connection
            time_in_turn([by_name["0"], by_name["1"]], rows)
            for process in processes:
                process.wait()
    return rows


def ratio(pairs: list[tuple[float, float]]) -> float:
    return statistics.median(old / new for old, new in pairs)


def print_rows(rows: Rows) -> None:
    for (test, what), pairs in rows.items():
        old, new = (1e3 * statistics.median(times) for times in zip(*pairs, strict=True))
        name = f"{test.rpartition('/')[2]}: {what}" if what.startswith("line") else what
        mark = " <-- slower" if ratio(pairs) < SLOWER else ""
        print(f"{old:10.2f} {new:10.2f} ms  {ratio(pairs):6.2f} x  n={len(pairs):<3} {name}{mark}")


def main() -> int:
    pythons, arguments = sys.argv[1:3], sys.argv[3:] or [str(HERE)]
    rows = measure(pythons, arguments)
    again = sorted({key[0] for key, pairs in rows.items() if ratio(pairs) < SLOWER})
    if again:
        print(f"again: {len(again)} tests")
        rows |= measure(pythons, again)
    print("       old        new      old/new")
    print_rows(rows)
    return int(any(ratio(pairs) < SLOWER for pairs in rows.values()))


if __name__ == "__main__":
    raise SystemExit(main())
