"""The command line, as a script or cron would use it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from prometheus_client.parser import text_string_to_metric_families

from sklearn_infotheory._cli import main
from sklearn_infotheory.drift import DriftMonitor, DriftReport, KLDriftDetector, MonitorReport

NO_DRIFT, DRIFT, ERROR = 0, 1, 2


def make_frame(n_samples, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": rng.normal(40, 10, n_samples).round(1),
            "place": rng.choice(["north", "south", "Øst <b>"], n_samples),
            "zip": [f"{number:04d}" for number in rng.integers(1, 12, n_samples)],
            "member": rng.random(n_samples) < 0.3,
        }
    )
    frame.loc[rng.random(n_samples) < 0.1, "age"] = np.nan
    frame["bought"] = (rng.random(n_samples) < 0.5).astype(int)
    return frame


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Reference, profile and batches; tests write elsewhere."""
    folder = tmp_path_factory.mktemp("files")
    reference, batch = make_frame(3000, 0), make_frame(200, 1)
    reference.to_csv(folder / "reference.csv", index=False)
    reference.to_parquet(folder / "reference.parquet")
    batch.to_csv(folder / "batch.csv", index=False)
    batch.to_csv(folder / "batch.csv.gz", index=False)
    batch.to_csv(folder / "batch.tsv", index=False, sep="\t")
    batch.to_parquet(folder / "batch.parquet")
    batch.assign(age=batch["age"] + 15).to_csv(folder / "moved.csv", index=False)
    batch.drop(columns="place").to_csv(folder / "narrow.csv", index=False)
    batch[:0].to_csv(folder / "headers.csv", index=False)
    (folder / "empty.csv").touch()
    (folder / "ragged.csv").write_text("a,b\n1,2\n1,2,3,4\n")
    (folder / "binary.csv").write_bytes(bytes(range(256)) * 20)
    (folder / "broken.parquet").write_bytes(b"PAR1 and nothing else")
    run = ["drift", "fit", f"{folder}/reference.csv", "--profile", f"{folder}/reference.json"]
    assert main([*run, "--target", "bought", "--categorical", "zip"]) == NO_DRIFT
    return folder


@pytest.fixture
def detect(folder, capsys):
    """Run ``drift detect`` on a file; return exit code, output and errors."""

    def run(name, *options, profile="reference.json", target="bought"):
        arguments = ["drift", "detect", f"{folder}/{name}", "--profile", f"{folder}/{profile}"]
        target_options = [] if target is None else ["--target", target]
        code = main([*arguments, *target_options, *options])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, printed.out, printed.err

    return run


@pytest.mark.parametrize("name", ["batch.csv", "batch.csv.gz", "batch.parquet"])
def test_quiet_batch(detect, name):
    code, out, err = detect(name)
    assert (code, err) == (NO_DRIFT, "")
    assert "no drift" in out
    assert "age" in out


def test_moved_batch(detect):
    code, out, err = detect("moved.csv")
    assert (code, err) == (DRIFT, "")
    assert "DRIFT" in out


def test_separator(detect):
    assert detect("batch.tsv", "--separator", "\t")[0] == NO_DRIFT


def test_profile_is_that_of_the_class(folder):
    reference = make_frame(3000, 0)
    X = reference.drop(columns="bought").astype({"zip": "category"})
    detector = KLDriftDetector(random_state=0).fit(X, reference["bought"])
    loaded = KLDriftDetector.load_profile(folder / "reference.json")
    batch = make_frame(200, 5)
    features = batch.drop(columns="bought")
    expected = detector.detect(features, batch["bought"]).to_dict()
    assert loaded.detect(features, batch["bought"]).to_dict() == expected


def test_codes_of_digits_keep_their_zeros(detect, folder):
    categories = json.loads((folder / "reference.json").read_text())["columns"][2]["codebook"]
    assert "0001" in categories["categories"]
    out = detect("batch.csv", "--json", "-")[1]
    zips = DriftReport.from_json(out).features[2]
    assert zips.batch[-1] == 0  # the cell of unseen values


def test_options_of_fit_reach_the_detector(folder, tmp_path, capsys):
    options = (
        "--n-bins 4 --divergence js --joint none --base 2 --alpha 0.01 --correction bh "
        "--tolerance 0.1 --n-permutations 99 --random-state 7 --ignore zip --ignore place"
    )
    profile = str(tmp_path / "p.json")
    run = ["drift", "fit", f"{folder}/reference.parquet", "--profile", profile, *options.split()]
    assert main(run) == NO_DRIFT
    assert "Profile of 3,000 samples of 3 features" in capsys.readouterr().out
    detector = KLDriftDetector.load_profile(profile)
    assert detector.feature_names_in_.tolist() == ["age", "member", "bought"]
    expected = KLDriftDetector(
        "js",
        n_bins=4,
        joint=None,
        base=2,
        alpha=0.01,
        correction="bh",
        tolerance=0.1,
        n_permutations=99,
        random_state=7,
    )
    assert detector.get_params() == expected.get_params()


def test_detect_overrules_the_decision(detect):
    out = detect("batch.csv", "--json", "-", "--alpha", "0.2", "--tolerance", "0.3")[1]
    report = DriftReport.from_json(out)
    assert (report.alpha, report.tolerance) == (0.2, 0.3)
    assert detect("moved.csv", "--tolerance", "50")[0] == NO_DRIFT


def test_weights(folder, tmp_path, capsys):
    frame = make_frame(3000, 0).drop(columns=["zip"])
    frame.assign(w=2).to_csv(tmp_path / "weighted.csv", index=False)
    profile = ["--profile", str(tmp_path / "p.json")]
    fit = ["drift", "fit", str(tmp_path / "weighted.csv"), *profile, "--weight", "w"]
    for options, n in ([], 3000), (["--weight-kind", "repetitions"], 6000):
        assert main([*fit, *options]) == 0
        assert KLDriftDetector.load_profile(tmp_path / "p.json").n_samples_seen_ == n


def test_reports_in_every_form(detect, tmp_path):
    files = {name: tmp_path / f"report.{name}" for name in ("json", "html", "prometheus")}
    options = [text for name, file in files.items() for text in (f"--{name}", str(file))]
    code, out, _ = detect("moved.csv", *options)
    assert code == DRIFT
    assert "DRIFT" in out
    report = DriftReport.from_json(files["json"].read_text())
    assert report.drifted_features == ["age"]
    assert report.label is not None
    assert files["html"].read_text(encoding="utf-8") == report.to_html()
    text = files["prometheus"].read_text(encoding="utf-8")
    assert len(list(text_string_to_metric_families(text))) > 10
    assert sorted(tmp_path.iterdir()) == sorted(files.values())  # nothing temporary is left


def test_report_instead_of_the_table(detect):
    report = json.loads(detect("moved.csv", "--json", "-")[1])
    assert report["drifted"] is True
    assert detect("moved.csv", "--html", "-")[1].startswith("<!DOCTYPE html>")
    code, _, err = detect("moved.csv", "--html", "-", "--json", "-")
    assert code == ERROR
    assert "Only one of --json and --html" in err


def test_quiet_prints_only_drift(detect):
    assert detect("batch.csv", "--quiet") == (NO_DRIFT, "", "")
    assert "DRIFT" in detect("moved.csv", "--quiet")[1]


def test_device_files_are_not_replaced(detect, folder, capsys):
    assert detect("batch.csv", "--json", os.devnull)[0] == NO_DRIFT
    run = ["drift", "fit", f"{folder}/reference.csv", "--profile", os.devnull]
    assert main(run) == ERROR
    assert "Cannot write a profile to" in capsys.readouterr().err
    assert not os.path.isfile(os.devnull)


def test_warning_is_one_line(folder, tmp_path, detect):
    make_frame(900, 3).to_csv(folder / "large.csv", index=False)
    code, _, err = detect("large.csv")
    assert code == NO_DRIFT
    assert err.startswith("warning: The batch has 900 samples")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere.csv", "There is no file"),
        ("empty.csv", "is empty"),
        ("headers.csv", "has no rows"),
        ("ragged.csv", "as CSV"),
        ("binary.csv", "as CSV"),
        ("broken.parquet", "as Parquet"),
        ("narrow.csv", "lacks 'place'"),
    ],
)
def test_bad_data(detect, name, words):
    code, out, err = detect(name, target=None if name[0] in "rb" else "bought")
    assert (code, out) == (ERROR, "")
    assert err.startswith("error: ")
    assert words in err


def test_columns_that_are_not_there(detect):
    code, _, err = detect("batch.csv", "--weight", "nonsense")
    assert code == ERROR
    assert "no column 'nonsense', which --weight names. Its columns are 'age'," in err
    assert detect("batch.csv", "--ignore", "nonsense")[0] == NO_DRIFT  # it is not there, as wished
    assert detect("batch.csv", target="nonsense")[0] == ERROR


def test_forgotten_target(detect):
    code, _, err = detect("batch.csv", target=None)
    assert code == ERROR
    assert "columns that the profile does not have: 'bought'. Name them after --target" in err
    assert detect("batch.csv", "--ignore", "bought", target=None)[0] == NO_DRIFT


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"kind": "something else"}', "\0"])
def test_bad_profile(folder, detect, text):
    (folder / "bad.json").write_text(text)
    code, out, err = detect("batch.csv", profile="bad.json")
    assert (code, out) == (ERROR, "")
    assert err.startswith("error: ")
    assert "profile" in err


def test_profile_that_is_not_there_or_has_no_names(folder, detect):
    code, _, err = detect("batch.csv", profile="nowhere.json")
    assert code == ERROR
    assert "nowhere.json" in err
    KLDriftDetector().fit(np.arange(100.0).reshape(-1, 2)).save_profile(folder / "nameless.json")
    code, _, err = detect("batch.csv", profile="nameless.json")
    assert code == ERROR
    assert "has no column names" in err


@pytest.mark.parametrize("target", ["no/such/folder/report.html", "."])
def test_cannot_write(detect, tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    code, out, err = detect("moved.csv", "--html", target)
    assert code == ERROR
    assert "Cannot write" in err
    assert "DRIFT" in out  # what was found is not lost


def test_cannot_write_profile(folder, tmp_path, capsys):
    run = ["drift", "fit", f"{folder}/reference.csv", "--profile", str(tmp_path / "no" / "p.json")]
    assert main(run) == ERROR
    assert capsys.readouterr().err.startswith("error: Cannot write")


def test_only_the_target_is_there(folder, tmp_path, capsys):
    make_frame(50, 0)[["bought"]].to_csv(tmp_path / "x.csv", index=False)
    run = ["drift", "fit", str(tmp_path / "x.csv"), "--profile", str(tmp_path / "p.json")]
    assert main([*run, "--target", "bought"]) == ERROR
    assert "no columns besides 'bought'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options", [["--alpha", "7"], ["--tolerance", "-1"], ["--n-permutations", "0"]]
)
def test_parameters_out_of_range(detect, options):
    code, _, err = detect("batch.csv", *options)
    assert code == ERROR
    assert options[0].removeprefix("--").replace("-", "_") in err


@pytest.mark.parametrize(
    "arguments",
    [[], ["drift"], ["drift", "detect"], ["drift", "detect", "x"], ["drift", "fit", "x", "--no"]],
)
def test_usage_errors_exit_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == ERROR
    assert "usage: sklearn-infotheory" in capsys.readouterr().err


def test_unforeseen_errors_exit_with_2(detect, monkeypatch, capsys):
    def fail(*_args, **_options):
        raise RuntimeError("out of order")

    monkeypatch.setattr(KLDriftDetector, "detect", fail)
    code, _, err = detect("batch.csv")
    assert (code, err) == (ERROR, "error: RuntimeError: out of order\n")


def test_traceback_on_request(folder, capsys):
    run = ["drift", "detect", f"{folder}/nowhere.csv", "--profile", f"{folder}/reference.json"]
    with pytest.raises(SystemExit) as stopped:
        main([*run, "--traceback"])
    assert stopped.value.code == ERROR
    assert "Traceback" in capsys.readouterr().err


def test_without_pyarrow(detect, monkeypatch):
    def refuse(*_args, **_options):
        raise ImportError("Unable to find a usable engine")

    monkeypatch.setattr(pd, "read_parquet", refuse)
    code, _, err = detect("batch.parquet")
    assert code == ERROR
    assert "pip install pyarrow" in err


def test_as_a_process_of_its_own(folder):
    """Exit codes, and names that the terminal cannot show."""
    command = [sys.executable, "-m", "sklearn_infotheory", "drift", "detect"]
    options = ["--profile", f"{folder}/reference.json", "--target", "bought"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    for name, expected in [("batch.csv", NO_DRIFT), ("moved.csv", DRIFT), ("nowhere.csv", ERROR)]:
        done = subprocess.run(
            [*command, f"{folder}/{name}", *options],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        assert done.returncode == expected
        assert "Traceback" not in done.stderr
        assert bool(done.stdout) == (expected != ERROR)


def test_codes_are_the_same_in_csv_and_parquet(tmp_path, capsys):
    codes = pd.DataFrame({"code": np.arange(600) % 7, "x": np.arange(600) % 11})
    codes.loc[::50, "code"] = np.nan  # which makes floats of the others
    codes.astype({"code": "Int64"}).to_csv(tmp_path / "codes.csv", index=False)
    codes.to_parquet(tmp_path / "floats.parquet")
    codes.astype({"code": "Int64"}).to_parquet(tmp_path / "integers.parquet")
    profile = ["--profile", f"{tmp_path}/codes.json"]
    for reference in ("codes.csv", "floats.parquet"):
        fit = ["drift", "fit", f"{tmp_path}/{reference}", *profile, "--categorical", "code"]
        assert main(fit) == NO_DRIFT
        for batch in ("codes.csv", "floats.parquet", "integers.parquet"):
            capsys.readouterr()
            assert main(["drift", "detect", f"{tmp_path}/{batch}", *profile, "--json", "-"]) == 0
            code = json.loads(capsys.readouterr().out)["features"][0]
            assert code["cells"] == [*"0123456", "missing", "other"]
            assert code["batch"] == code["reference"]


def test_separator_as_shells_pass_it(detect):
    for separator in ("\t", "\\t"):
        assert detect("batch.tsv", "--separator", separator)[0] == NO_DRIFT


def test_text_among_numbers(folder, detect):
    frame = pd.read_csv(folder / "batch.csv").astype({"age": object})
    frame.loc[3, "age"] = "unknown"
    frame.to_csv(folder / "unknown.csv", index=False)
    code, _, err = detect("unknown.csv")
    assert code == ERROR
    assert "'age' held numbers in the reference, and now holds text" in err


# Files as they come ------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path):
    """A profile of a file with codes, dates and decimals, and a batch in every kind of file."""
    rng = np.random.default_rng(0)

    def frame(n):
        day = pd.Timestamp("2024-03-01") + pd.to_timedelta(rng.integers(0, 30, n), unit="D")
        return pd.DataFrame(
            {
                "code": rng.choice([10040, 20010, 30050], n).astype(str),
                "day": day.strftime("%Y-%m-%d"),
                "price": rng.normal(10, 2, n).round(2),
                "place": rng.choice(["Köln", "Bonn"], n),
            }
        )

    reference, batch = frame(3000), frame(250)
    reference.to_csv(tmp_path / "reference.csv", index=False)
    fit = ["drift", "fit", str(tmp_path / "reference.csv"), "--categorical", "code"]
    assert main([*fit, "--profile", str(tmp_path / "profile.json")]) == 0
    return tmp_path, batch


def test_the_profile_knows_dates(shop, capsys):
    folder, _ = shop
    fit = ["drift", "fit", str(folder / "reference.csv"), "--categorical", "code"]
    assert main([*fit, "--profile", str(folder / "profile.json")]) == NO_DRIFT
    printed = capsys.readouterr().out
    table = KLDriftDetector.load_profile(folder / "profile.json").columns_
    assert table["read_as"].tolist() == ["category", "date", "number", "category"]
    assert [line.split()[1] for line in printed.splitlines()[-4:]] == table["read_as"].tolist()


def written(batch, path, **options):
    batch.to_csv(path, index=False, **options)


def with_code_missing(batch, path):
    """What pandas writes if one code is missing: 10040.0."""
    written(batch.assign(code=batch["code"].astype(float).mask(batch.index == 3)), path)


def with_changes(column, value, row=5):
    def write(batch, path):
        changed = batch.astype({column: object})
        changed.loc[row, column] = value
        written(changed, path)

    return write


def with_lines(change):
    def write(batch, path):
        written(batch, path)
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    return write


KINDS_OF_FILES = [  # name, how it is written, options, exit code, words in what is printed
    ("plain", written, [], NO_DRIFT, "no drift"),
    ("code missing", with_code_missing, [], NO_DRIFT, "no drift"),
    ("semicolons", lambda b, p: written(b, p, sep=";"), [], ERROR, "Add --separator ';'"),
    ("semicolons, told", lambda b, p: written(b, p, sep=";"), ["--separator", ";"], NO_DRIFT, ""),
    ("decimal commas", lambda b, p: written(b, p, sep=";", decimal=","), ["--separator", ";"],
     ERROR, "now holds text, such as '"),
    ("decimal commas, told", lambda b, p: written(b, p, sep=";", decimal=","),
     ["--separator", ";", "--decimal", ","], NO_DRIFT, ""),
    ("latin-1", lambda b, p: written(b, p, encoding="latin-1"), [], ERROR, "--encoding latin-1"),
    ("latin-1, told", lambda b, p: written(b, p, encoding="latin-1"), ["--encoding", "latin-1"],
     NO_DRIFT, ""),
    ("unknown encoding", written, ["--encoding", "klingon"], ERROR, "is not known"),
    ("byte order mark", lambda b, p: written(b, p, encoding="utf-8-sig"), [], NO_DRIFT, ""),
    ("a dash", with_changes("price", "-"), [], ERROR, "such as '-' in row 5"),
    ("a dash, told", with_changes("price", "-"), ["--na-value", "-"], NO_DRIFT, ""),
    ("a dash, reported", with_changes("price", "-"), ["--on-error", "report"], DRIFT,
     "price: NOT COMPARED. Column 'price' held numbers"),
    ("infinite", with_changes("price", "inf"), [], NO_DRIFT, ""),
    ("no date", with_changes("day", "soon"), [], ERROR, "such as 'soon' in row 5"),
    ("no date, reported", with_changes("day", "soon"), ["--on-error", "report"], DRIFT, "day: NOT"),
    ("column missing", lambda b, p: written(b.drop(columns="day"), p), [], ERROR, "lacks 'day'"),
    ("column missing, reported", lambda b, p: written(b.drop(columns="day"), p),
     ["--on-error", "report"], DRIFT, "day: NOT COMPARED. The batch does not have this column"),
    ("new column", lambda b, p: written(b.assign(x=1), p), [], ERROR, "does not have: 'x'"),
    ("new column, reported", lambda b, p: written(b.assign(x=1), p), ["--on-error", "report"],
     DRIFT, "x: NOT COMPARED. The reference does not have this column"),
    ("new column, ignored", lambda b, p: written(b.assign(x=1), p), ["--ignore", "x"], NO_DRIFT,
     ""),
    ("short rows", with_lines(lambda text: text + "10040,2024-03-02\n"), [], NO_DRIFT,
     "1 row has too few fields"),
    ("long rows", with_lines(lambda text: text + "1,2,3,4,5,6\n"), [], ERROR, "as CSV"),
    ("all rows long", with_lines(lambda text: text.replace("\n", ",x\n").replace(",x", "", 1)), [],
     ERROR, "more fields than its header"),
    ("cut off", with_lines(lambda text: text[:-3]), [], NO_DRIFT, "ends within a line"),
    ("columns in another order", lambda b, p: written(b[b.columns[::-1]], p), [], NO_DRIFT, ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "write", "options", "code", "words"), KINDS_OF_FILES)
def test_kinds_of_files(shop, capsys, name, write, options, code, words):
    folder, batch = shop
    write(batch, folder / "batch.csv")
    capsys.readouterr()
    profile = ["--profile", str(folder / "profile.json")]
    assert main(["drift", "detect", str(folder / "batch.csv"), *profile, *options]) == code
    printed = capsys.readouterr()
    assert words in printed.out + printed.err
    assert "Traceback" not in printed.err


def test_dates_that_move_are_found(shop, capsys):
    folder, batch = shop
    written(batch.assign(day=batch["day"].str.replace("2024-03", "2025-03")), folder / "later.csv")
    profile = ["--profile", str(folder / "profile.json")]
    assert main(["drift", "detect", str(folder / "later.csv"), *profile]) == DRIFT
    assert "day" in capsys.readouterr().out


def test_several_files_patterns_and_standard_input(shop, capsys, monkeypatch):
    folder, batch = shop
    written(batch[:100], folder / "day-1.csv")
    batch[100:].to_parquet(folder / "day-2.parquet")
    profile = ["--profile", str(folder / "profile.json"), "--json", "-"]
    both = [str(folder / "day-1.csv"), str(folder / "day-2.parquet")]
    reports = []
    for data in (both, [str(folder / "day-*")]):
        assert main(["drift", "detect", *data, *profile]) == NO_DRIFT
        reports.append(json.loads(capsys.readouterr().out))
    assert reports[0] == reports[1]
    assert (reports[0]["n_batch"], reports[0]["batch"]) == (250, "day-1.csv, day-2.parquet")
    assert (reports[0]["profile"], len(reports[0]["batch_time"])) == ("profile.json", 25)

    class Input:
        buffer = io.BytesIO((folder / "day-1.csv").read_bytes())

    monkeypatch.setattr("sys.stdin", Input)
    named = ["--name", "monday", "--time", "2024-03-04"]
    assert main(["drift", "detect", "-", *profile, *named]) == NO_DRIFT
    report = json.loads(capsys.readouterr().out)
    assert (report["batch"], report["batch_time"], report["n_batch"]) == (
        "monday",
        "2024-03-04",
        100,
    )
    assert main(["drift", "detect", str(folder / "night-*.csv"), *profile]) == ERROR
    assert "No file matches" in capsys.readouterr().err
    written(batch.assign(x=1), folder / "day-3.csv")
    assert main(["drift", "detect", str(folder / "day-*"), *profile]) == ERROR
    assert "do not have the same columns: 'x'" in capsys.readouterr().err


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith("sklearn-infotheory 0.")


def test_fit_says_what_will_never_drift(tmp_path, capsys):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "id": [f"order {i}" for i in range(500)],
            "when": [f"{d}/03/2024" for d in rng.integers(1, 29, 500)],
            "price": [f"{p:.2f}".replace(".", ",") for p in rng.normal(9, 1, 500)],
        }
    )
    frame.to_csv(tmp_path / "odd.csv", index=False)
    fit = ["drift", "fit", str(tmp_path / "odd.csv"), "--profile", str(tmp_path / "p.json")]
    assert main(fit) == NO_DRIFT
    err = capsys.readouterr().err
    assert "'id' (100%)" in err
    assert "Column 'when' holds text that looks like dates, such as '" in err
    assert "Column 'price' holds text that looks like numbers with decimal commas" in err
    assert "Add --decimal ," in err


# The monitor -------------------------------------------------------------------------------------


@pytest.fixture
def update(folder, tmp_path, capsys):
    """Run ``drift monitor update`` on a file; return exit code, output and errors."""

    def run(name, *options, state="monitor.json"):
        arguments = [f"{folder}/{name}", "--state", f"{tmp_path}/{state}", "--target", "bought"]
        code = main(["drift", "monitor", "update", *arguments, *options])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, printed.out, printed.err

    return run


def test_monitor_goes_on_from_night_to_night(folder, tmp_path, update):
    profile = ["--profile", f"{folder}/reference.json"]
    assert "There is no file" in update("batch.csv")[2]
    code, out, _ = update("batch.csv", *profile, "--alpha", "0.01")
    assert (code, out.split(",")[0]) == (NO_DRIFT, out.split(",")[0])
    assert "after 1 batch, alarm at 100" in out
    assert update("batch.csv", "--quiet") == (NO_DRIFT, "", "")
    assert "must not change" in update("batch.csv", "--alpha", "0.5")[2]
    before = (tmp_path / "monitor.json").read_bytes()
    assert update("narrow.csv")[0] == ERROR
    assert (tmp_path / "monitor.json").read_bytes() == before
    for _ in range(5):
        code, out, _ = update("moved.csv", "--quiet")
    assert (code, "DRIFT since batch" in out) == (DRIFT, True)
    assert update("batch.csv")[0] == DRIFT  # it lasts
    monitor = DriftMonitor.load(tmp_path / "monitor.json")
    assert monitor.report().n_batches == 8
    assert update("batch.csv", "--reset")[0] == NO_DRIFT
    assert DriftMonitor.load(tmp_path / "monitor.json").report().n_batches == 1


def test_monitor_in_every_form(folder, tmp_path, update):
    files = [f"{tmp_path}/r.{ending}" for ending in ("json", "html", "prom")]
    forms = ["--json", files[0], "--html", files[1], "--prometheus", files[2]]
    code, _, _ = update("moved.csv", "--profile", f"{folder}/reference.json", *forms)
    report = DriftMonitor.load(tmp_path / "monitor.json").report()
    assert code == (DRIFT if report.drifted else NO_DRIFT)
    text = (tmp_path / "r.json").read_text()
    assert MonitorReport.from_dict(json.loads(text)) == report
    assert "<h1" in (tmp_path / "r.html").read_text()
    families = {
        f.name: f for f in text_string_to_metric_families((tmp_path / "r.prom").read_text())
    }
    (sample,) = families["sklearn_infotheory_drift_monitor_e_value"].samples
    assert sample.value == pytest.approx(report.e_value)
    printed = json.loads(update("batch.csv", "--json", "-")[1])
    assert printed["n_batches"] == 2


def test_two_writers_lose_no_batch(folder, tmp_path):
    command = [
        *(sys.executable, "-m", "sklearn_infotheory", "drift", "monitor", "update"),
        *(f"{folder}/batch.csv", "--state", f"{tmp_path}/monitor.json", "--target", "bought"),
        *("--profile", f"{folder}/reference.json", "--quiet"),
    ]
    writers = [subprocess.Popen(command) for _ in range(3)]
    assert [writer.wait(120) for writer in writers] == [NO_DRIFT] * 3
    assert DriftMonitor.load(tmp_path / "monitor.json").report().n_batches == 3


def test_no_folder_for_the_state(update):
    assert "There is no folder" in update("batch.csv", state="nowhere/monitor.json")[2]
