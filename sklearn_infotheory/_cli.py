"""The command line: learn a profile of reference data, and test batches against it.

Exit codes are 0 for no drift, 1 for drift and 2 for an error of any kind, so that a script that
only looks at the code never takes an error for an answer.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sklearn_infotheory._data_files import Data, FileError, Format, Held, read_files

if TYPE_CHECKING:
    from sklearn_infotheory.drift import (
        DriftMonitor,
        DriftReport,
        KLDriftDetector,
        MonitorReport,
    )

NO_DRIFT, DRIFT, ERROR = 0, 1, 2

_EXAMPLES = """examples:
  %(prog)s fit reference.parquet --profile reference.json
  %(prog)s detect today.csv --profile reference.json --html today.html
  %(prog)s monitor update today.csv --state monitor.json --profile reference.json

exit codes of detect and monitor: 0 no drift, 1 drift, 2 error
"""

_FORMS = {"json": "as JSON", "html": "as a web page", "prometheus": "for Prometheus"}


class CommandError(Exception):
    """What the user can mend; its text is all that is printed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return its exit code."""
    options = _make_parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # a name that the terminal lacks must not fail
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        with _warnings_in_one_line():
            code: int = options.run(options)
        sys.stdout.flush()
        return code
    except Exception as error:  # an uncaught exception would exit with 1, which means drift
        if options.traceback:
            raise SystemExit(_print_traceback()) from None
        print(f"error: {_describe(error)}", file=sys.stderr)
        return ERROR


def _describe(error: Exception) -> str:
    """Write an error in one paragraph; name its type where it was not foreseen."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.strerror}: {error.filename}"
    foreseen = isinstance(error, CommandError | FileError | ValueError | TypeError | ImportError)
    return str(error) if foreseen and str(error) else f"{type(error).__name__}: {error}"


def _print_traceback() -> int:
    import traceback

    traceback.print_exc()
    return ERROR


@contextlib.contextmanager
def _warnings_in_one_line() -> Iterator[None]:
    """Print warnings meant for users without file and line; drop those meant for developers."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        yield
    for warning in caught:
        print(f"warning: {warning.message}", file=sys.stderr)


# The parser ----------------------------------------------------------------------------------


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sklearn-infotheory", description="Information theory for scikit-learn."
    )
    parser.add_argument("--version", action=_PrintVersion, help="print the version")
    doors = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    drift = doors.add_parser(
        "drift",
        help="tell whether new data are like reference data",
        description="Tell whether new data are like reference data.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = drift.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_fit(commands)
    _add_detect(commands)
    _add_monitor(commands)
    return parser


class _PrintVersion(argparse.Action):
    """Prints the version, which is looked up only then."""

    def __init__(self, option_strings: Sequence[str], dest: str, **options: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from sklearn_infotheory.drift._report import version_of_package

        print(f"sklearn-infotheory {version_of_package()}")
        parser.exit()


def _add_fit(commands: Any) -> None:
    from sklearn_infotheory._inference._divergences import DIVERGENCES

    text = "Learn a profile of reference data. It holds bins and counts, and no rows."
    parser = commands.add_parser("fit", help="learn a profile of reference data", description=text)
    parser.set_defaults(run=_fit)
    _add_data(parser, "REFERENCE")
    _add_profile(parser, "file to write the profile to")
    _add_columns(parser)
    parser.add_argument(
        "--categorical",
        metavar="COLUMN",
        action="append",
        default=[],
        help="column of numbers that are categories, as text always is; may be repeated",
    )
    parser.add_argument(
        "--n-bins", metavar="N", type=int, help="most bins of a numeric column (default: 10)"
    )
    parser.add_argument(
        "--divergence",
        choices=list(DIVERGENCES),
        help="(default: kl)",
    )
    parser.add_argument(
        "--joint",
        choices=["pairs", "none"],
        help="whether to test the dependence of pairs of columns (default: pairs)",
    )
    parser.add_argument(
        "--base", metavar="NUMBER", type=float, help="base of the logarithm (default: e, for nats)"
    )
    parser.add_argument(
        "--random-state",
        metavar="SEED",
        type=int,
        default=0,
        help="seed of the permutations (default: 0)",
    )
    _add_decision(parser)


def _add_detect(commands: Any) -> None:
    text = "Test a batch against a profile. Exits with 0 for no drift, 1 for drift, 2 for an error."
    parser = commands.add_parser("detect", help="test a batch of new data", description=text)
    parser.set_defaults(run=_detect)
    _add_data(parser, "BATCH")
    _add_profile(parser, "profile to compare with")
    _add_columns(parser)
    _add_decision(parser)
    parser.add_argument("--name", metavar="TEXT", help="of the batch (default: its files)")
    parser.add_argument(
        "--time", metavar="TEXT", help="of the batch (default: when its last file was written)"
    )
    _add_forms(parser)


def _add_monitor(commands: Any) -> None:
    text = "Gather evidence batch after batch, with one level for all of them."
    monitor = commands.add_parser("monitor", help="test batch after batch", description=text)
    steps = monitor.add_subparsers(title="commands", required=True, metavar="COMMAND")
    text = (
        "Add a batch to the evidence, and keep it in a file. Exits with 0 for no alarm, 1 if there "
        "has been one, 2 for an error; then, the file is as it was."
    )
    parser = steps.add_parser("update", help="add a batch to the evidence", description=text)
    parser.set_defaults(run=_update)
    _add_data(parser, "BATCH")
    parser.add_argument(
        "--state", metavar="FILE", type=Path, required=True, help="file that keeps the evidence"
    )
    parser.add_argument(
        "--profile",
        metavar="FILE",
        type=Path,
        help="profile to compare with; needed for the first batch only",
    )
    parser.add_argument(
        "--alpha",
        metavar="SHARE",
        type=float,
        help="probability of a false alarm, ever; with the first batch (default: 0.05)",
    )
    parser.add_argument(
        "--reset", action="store_true", help="first forget all batches, and the alarm"
    )
    _add_traceback(parser)
    _add_columns(parser)
    _add_forms(parser)


def _add_forms(parser: argparse.ArgumentParser) -> None:
    for name, words in _FORMS.items():
        text = f"write the report {words}; - prints it instead of the table"
        parser.add_argument(f"--{name}", metavar="FILE", help=text)
    parser.add_argument(
        "--quiet", action="store_true", help="print the table only if there is drift"
    )


def _add_data(parser: argparse.ArgumentParser, metavar: str) -> None:
    parser.add_argument(
        "data",
        metavar=metavar,
        nargs="+",
        help="CSV or Parquet files, whose rows are taken together; patterns in quotes, "
        "or - for standard input",
    )


def _add_profile(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--profile", metavar="FILE", type=Path, required=True, help=text)
    _add_traceback(parser)


def _add_traceback(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--traceback", action="store_true", help="print where in the code an error arose"
    )


def _add_columns(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--target", metavar="COLUMN", help="column that the others should predict")
    parser.add_argument("--weight", metavar="COLUMN", help="column of sample weights")
    parser.add_argument(
        "--ignore",
        metavar="COLUMN",
        action="append",
        default=[],
        help="column to leave out; may be repeated",
    )
    parser.add_argument(
        "--separator", metavar="TEXT", default=",", help="between the fields of a CSV (default: ,)"
    )
    parser.add_argument(
        "--decimal", metavar="TEXT", default=".", help="decimal point of a CSV (default: .)"
    )
    parser.add_argument(
        "--encoding", metavar="NAME", default="utf-8", help="of a CSV (default: utf-8)"
    )
    parser.add_argument(
        "--na-value",
        metavar="TEXT",
        action="append",
        default=[],
        help="what stands for a missing value in a CSV, besides NA, nan, null and the like; may be "
        "repeated",
    )


def _add_decision(parser: argparse.ArgumentParser) -> None:
    """Options that ``fit`` keeps in the profile, and that ``detect`` may overrule."""
    default = "" if parser.prog.endswith("fit") else " (default: that of the profile)"
    parser.add_argument(
        "--alpha", metavar="SHARE", type=float, help=f"share of false alarms allowed{default}"
    )
    parser.add_argument(
        "--correction",
        choices=["holm", "bonferroni", "bh", "none"],
        help=f"how to correct p-values for the number of tests{default}",
    )
    parser.add_argument(
        "--tolerance",
        metavar="NUMBER",
        type=float,
        help=f"divergence up to which there is no alarm{default}",
    )
    parser.add_argument(
        "--n-permutations", metavar="N", type=int, help=f"permutations of sparse columns{default}"
    )
    parser.add_argument(
        "--weight-kind",
        choices=["sampling", "repetitions"],
        help="whether weights say what a row stands for, or how often it occurred (default: "
        "sampling, or that of the profile)",
    )
    parser.add_argument(
        "--on-error",
        choices=["raise", "report"],
        help="whether a column that cannot be read is an error, or an alarm beside the others "
        "(default: raise, or that of the profile)",
    )
    parser.add_argument("--n-jobs", metavar="N", type=int, help="number of threads (default: 1)")


_DECISION = (
    "alpha",
    "correction",
    "tolerance",
    "n_permutations",
    "n_jobs",
    "weight_kind",
    "on_error",
)


# The commands --------------------------------------------------------------------------------


def _fit(options: argparse.Namespace) -> int:
    """Learn a profile, write it, and say what is in it."""
    from sklearn_infotheory._storage import is_device
    from sklearn_infotheory.drift import KLDriftDetector

    parameters = _given(options, (*_DECISION, "n_bins", "divergence", "base", "random_state"))
    if options.joint == "none":
        parameters["joint"] = None
    if is_device(options.profile):
        raise CommandError(f"Cannot write a profile to {options.profile}. Name a file.")
    read = _read_columns(options, None, options.categorical)
    _check_columns(options.categorical, read.X, read.name, "--categorical")
    X = read.X.astype(dict.fromkeys(options.categorical, "category"))
    detector = KLDriftDetector(**parameters).fit(X, read.y, sample_weight=read.weights)
    _write(options.profile, lambda: detector.save_profile(options.profile))
    size = options.profile.stat().st_size / 1000
    print(
        f"Profile of {X.shape[0]:,} samples of {X.shape[1]:,} features written to "
        f"{options.profile} ({size:,.1f} kB)"
    )
    print(detector.columns_.to_string(float_format="{:.1%}".format, max_colwidth=40))
    return NO_DRIFT


def _detect(options: argparse.Namespace) -> int:
    """Test a batch, and write the report in every form that was asked for."""

    printed = _printed(options)
    detector = _load_profile(options).set_params(**_given(options, _DECISION))
    read = _read_columns(options, _held(detector, options.target))
    if detector.on_error == "raise":
        _check_known(detector, read.X, read.name)
    report = detector.detect(read.X, read.y, sample_weight=read.weights)
    report = replace(
        report,
        batch=options.name or read.name,
        batch_time=options.time or read.time,
        profile=options.profile.name,
        notes=tuple(read.notes),
    )
    if not printed and (report.drifted or not options.quiet):
        print(report)
    _write_report(report, options)
    return DRIFT if report.drifted else NO_DRIFT


def _update(options: argparse.Namespace) -> int:
    """Add a batch to the state of a monitor, which other processes wait for."""
    from sklearn_infotheory._storage import locked

    printed = _printed(options)
    if not options.state.parent.is_dir():
        raise CommandError(f"There is no folder {options.state.parent} for {options.state}.")
    with locked(options.state):
        monitor = _open_monitor(options)
        if options.reset:
            monitor.reset()
        read = _read_columns(options, _held(monitor.detector, options.target))
        _check_known(monitor.detector, read.X, read.name)
        report = monitor.update(read.X, read.y, read.weights)
        _write(options.state, lambda: monitor.save(options.state))
    if not printed and (report.drifted or not options.quiet):
        print(report)
    _write_report(report, options)
    return DRIFT if report.drifted else NO_DRIFT


def _open_monitor(options: argparse.Namespace) -> DriftMonitor:
    """Load a monitor, or begin one with a profile."""
    from sklearn_infotheory.drift import DriftMonitor

    if options.state.exists():
        if options.alpha is not None:
            raise CommandError(
                f"{options.state} has its --alpha already, which must not change between batches. "
                "Leave --alpha out, or begin with another --state."
            )
        return DriftMonitor.load(options.state)
    if options.profile is None:
        raise CommandError(
            f"There is no file {options.state} yet. Name the profile to compare with by --profile."
        )
    alpha = 0.05 if options.alpha is None else options.alpha
    return DriftMonitor(_load_profile(options), alpha)


def _printed(options: argparse.Namespace) -> list[str]:
    """Name the form of the report that is printed instead of the table."""
    printed = [name for name in _FORMS if getattr(options, name) == "-"]
    if len(printed) > 1:
        raise CommandError(f"Only one of --{' and --'.join(printed)} can be printed. Name a file.")
    return printed


def _load_profile(options: argparse.Namespace) -> KLDriftDetector:
    from sklearn_infotheory.drift import KLDriftDetector

    detector = KLDriftDetector.load_profile(options.profile)
    if not hasattr(detector, "feature_names_in_"):
        raise CommandError(
            f"The profile {options.profile} has no column names, so the columns of "
            f"{', '.join(options.data)} cannot be told apart. Fit it on a data frame."
        )
    return detector


def _given(options: argparse.Namespace, names: Sequence[str]) -> dict[str, Any]:
    """Collect the options that were given; the rest keeps its defaults."""
    values = {name: getattr(options, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _write_report(report: DriftReport | MonitorReport, options: argparse.Namespace) -> None:
    texts: dict[str, Callable[[], str]] = {
        "json": lambda: json.dumps(report.to_dict(), allow_nan=False),
        "html": report.to_html,
        "prometheus": report.to_prometheus,
    }
    for name, make in texts.items():
        target = getattr(options, name)
        if target == "-":
            print(make().rstrip("\n"))
        elif target is not None:
            _write_text(Path(target), make())


def _write_text(path: Path, text: str) -> None:
    from sklearn_infotheory._storage import write_atomically

    _write(path, lambda: write_atomically(path, text))


def _write(path: Path, write: Callable[[], Any]) -> None:
    if path.is_dir():
        raise CommandError(f"Cannot write {path}: it is a folder. Name a file.")
    try:
        write()
    except OSError as error:
        raise CommandError(f"Cannot write {path}: {error.strerror}.") from error


# The data ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Columns:
    """Features, target and weights of the files that were read."""

    X: Any
    y: Any
    weights: Any
    name: str
    time: str
    notes: list[str]


def _read_columns(
    options: argparse.Namespace, held: dict[str, Held] | None, texts: Sequence[str] = ()
) -> _Columns:
    """Read files into features, target and weights."""
    of = Format(options.separator, options.decimal, options.encoding, options.na_value)
    data: Data = read_files(options.data, of, held, texts)
    for note in data.notes:
        warnings.warn(note, UserWarning, stacklevel=1)
    frame = data.frame
    if not len(frame):
        raise CommandError(f"{data.name} has no rows.")
    for option in ("target", "weight"):
        if getattr(options, option) is not None:
            _check_columns([getattr(options, option)], frame, data.name, f"--{option}")
    special = [name for name in (options.target, options.weight) if name is not None]
    X = frame.drop(columns=[*options.ignore, *special], errors="ignore")
    if not X.shape[1]:
        left_out = ", ".join(map(repr, [*special, *options.ignore]))
        raise CommandError(f"{data.name} has no columns besides {left_out}.")
    y, weights = (
        None if name is None else frame[name] for name in (options.target, options.weight)
    )
    return _Columns(X, y, weights, data.name, data.time, data.notes)


def _check_columns(names: Sequence[str], frame: Any, path: str, option: str) -> None:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise CommandError(
            f"{path} has no column {', '.join(map(repr, missing))}, which {option} names. "
            f"Its columns are {_listed(frame.columns)}."
        )


def _check_known(detector: KLDriftDetector, X: Any, path: str) -> None:
    """Raise for columns that the profile does not have; it may be a forgotten --target."""
    known = set(detector.feature_names_in_)
    unknown = [name for name in X.columns if name not in known]
    if unknown:
        raise CommandError(
            f"{path} has columns that the profile does not have: {_listed(unknown)}. "
            "Name them after --target or --weight, leave them out by --ignore, or add "
            "--on-error report."
        )


def _held(detector: KLDriftDetector, target: str | None) -> dict[str, Held]:
    """Say what columns held; text of digits only, and dates, would be read as something else."""
    from sklearn_infotheory._columns import Categories, Codebook
    from sklearn_infotheory.drift._kl_drift_detector import profile_of

    profile = profile_of(detector)
    cells = profile.cells
    columns = zip(cells.codebooks, cells.kinds, strict=True)
    books: dict[str, tuple[Codebook, str]] = dict(zip(cells.names, columns, strict=True))
    if target is not None and profile.target is not None:
        books[target] = (profile.target.outputs[0], profile.target.kinds[0])
    held: dict[str, Held] = {}
    for name, (book, kind) in books.items():
        if kind == "date":
            held[name] = "date"
        elif isinstance(book, Categories) and (
            not book.categories or any(isinstance(c, str) for c in book.categories)
        ):
            held[name] = "text"
        else:
            held[name] = "number"
    return held


def _listed(names: Sequence[str], most: int = 20) -> str:
    shown = ", ".join(repr(name) for name in list(names)[:most])
    return f"{shown}, ..." if len(names) > most else shown
