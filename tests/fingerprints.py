"""Record what every public door of the package gives on real data, and compare two records.

Usage, before and after a change that must not change results::

    python tests/fingerprints.py record before.json.gz --jobs 2
    python tests/fingerprints.py record after.json.gz --jobs 2
    python tests/fingerprints.py compare before.json.gz after.json.gz

The record runs whichever ``sklearn_infotheory`` is importable, and uses only its public API: fitted
attributes, reports and profiles. For each door, data set, set of options and attribute it keeps a
hash of the exact value, a hash of all that is not a float, and the floats themselves (of more than
``LIMIT`` floats, sums over blocks). Errors and warnings are values like any other. What is left
out: times, versions, paths, the bits of a NaN, and the order of an array in memory.

``compare`` exits with 1 if a float differs by more than ``TOLERANCE`` relatively, or if anything
else differs. Data sets that are not there are skipped; ``INFOTHEORY_DATA`` names their folder.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import json
import math
import os
import re
import sys
import time
import warnings
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from inspect import signature
from itertools import chain, product
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is imported

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, issparse
from sklearn import datasets
from sklearn.model_selection import KFold, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

import sklearn_infotheory
from sklearn_infotheory import estimation, measures, metrics
from sklearn_infotheory.drift import DriftMonitor, KLDriftDetector
from sklearn_infotheory.feature_selection import MutualInfoSelector, linear_criterion, mutual_info
from sklearn_infotheory.preprocessing import EntropyDiscretizer

FOLDER = Path(os.environ.get("INFOTHEORY_DATA", Path(__file__).parents[2] / "shared" / "data"))
BUNDLED = ("iris", "wine", "breast_cancer", "diabetes", "digits")
MOST_ROWS, MOST_COLUMNS = 3000, 60
# Read with all rows and columns; each is larger than the limits.
WHOLE = (
    "madelon_train", "skf_lung_small", "musk1", "digits", "satimage",
    "adult", "shuttle", "letter", "mushroom", "page_blocks",
)  # fmt: skip
KNN = ("iris", "wine", "diabetes", "titanic1309", "horse_colic")

FORMAT = 1
LIMIT, BLOCKS = 2000, 500
TOLERANCE = 1e-12
LISTED = 40
# Attributes that say what was selected, cut or alarmed.
DECISIONS = {
    "selected_", "support_", "n_features_", "ranking_", "n_bins_", "bin_edges_", "groups_",
    "is_exact_", "decisions",
}  # fmt: skip

Values = dict[str, Any]
Run = Callable[[], Values]
Case = tuple[str, Run]


class Key(NamedTuple):
    """Where a value stands in a record."""

    door: str
    name: str
    options: str
    attribute: str


# Values to fingerprints -----------------------------------------------------------------------


class Text(str):
    """A text for people, whose numbers are compared as numbers."""


_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?!\w)")
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class Parts:
    """A value taken apart into its floats and a hash of everything else.

    Within dictionaries, which are made for JSON, whole numbers are compared like floats.
    """

    def __init__(self) -> None:
        self._rest = hashlib.sha256()
        self._floats: list[np.ndarray] = [np.empty(0)]
        self._depth = 0

    @property
    def rest(self) -> str:
        """Hash of all that is not a float."""
        return self._rest.hexdigest()

    @property
    def floats(self) -> np.ndarray:
        """All floats in the order in which they were added."""
        return np.concatenate(self._floats)

    def say(self, *words: Any) -> None:
        """Take in what is not a float."""
        self._rest.update(repr(words).encode())

    def add(self, value: Any) -> None:
        """Take in a value of any kind."""
        for kinds, reader in _READERS:
            if isinstance(value, kinds):
                return reader(self, value)
        if type(value).__module__.split(".")[0] == "sklearn_infotheory":
            return self._add_public(value)
        return self.say(type(value).__name__, _ADDRESS.sub("", repr(value)))

    def _add_floats(self, values: Any) -> None:
        """Take in finite numbers as floats, and the place and kind of all others as text."""
        numbers = np.array(values, np.float64).ravel()
        if not np.isfinite(numbers).all():
            kind = np.isnan(numbers) + 2 * np.isposinf(numbers) + 3 * np.isneginf(numbers)
            self.say("not finite", kind.astype(np.uint8).tobytes())
            numbers[kind > 0] = 0.0
        self._floats.append(numbers)

    def _add_number(self, value: Any) -> None:
        if isinstance(value, bool | np.bool_):
            self.say("bool", bool(value))
        elif self._depth or isinstance(value, float | np.floating):
            self.say("number")
            self._add_floats([value])
        else:
            self.say("integer", int(value))

    def _add_text(self, value: str) -> None:
        text = str(value)
        if isinstance(value, Text):
            self.say(_NUMBER.sub("#", text))
            self._add_floats([float(number) for number in _NUMBER.findall(text)])
        else:
            self.say(text)

    def _add_sequence(self, values: Sequence[Any]) -> None:
        self.say("sequence", len(values))
        kinds = set(map(type, values))
        if kinds == {str}:
            self.say(*values)
        elif kinds == {float} or (self._depth and kinds and kinds <= {int, float}):
            self.say("numbers")
            self._add_floats(values)
        else:
            for value in values:
                self.add(value)

    def _add_mapping(self, values: dict[Any, Any]) -> None:
        self.say("mapping", len(values))
        self._depth += 1
        for key in sorted(values, key=str):
            self.say(str(key))
            self.add(values[key])
        self._depth -= 1

    def _add_array(self, values: np.ndarray) -> None:
        self.say("array", values.shape)
        if values.dtype.names:
            for name in values.dtype.names:
                self.say(name)
                self._add_array(values[name])
        elif values.dtype.kind == "f":
            self.say(values.dtype.str)
            self._add_floats(values)
        elif values.dtype.kind in "OUS":
            self.say(values.dtype.kind)
            self._add_sequence(values.ravel().tolist())
        else:
            self.say(values.dtype.str, values.tobytes())

    def _add_frame(self, values: pd.DataFrame) -> None:
        self.say("frame", values.shape)
        self.add(values.index.to_numpy())
        for j, name in enumerate(values.columns):
            self.say(str(name))
            self._add_series(values.iloc[:, j])

    def _add_series(self, values: pd.Series) -> None:
        self.say(str(values.dtype))
        if isinstance(values.dtype, pd.CategoricalDtype):
            self._add_sequence(values.cat.categories.tolist())
            self._add_array(values.cat.codes.to_numpy())
        else:
            self._add_array(values.to_numpy())

    def _add_sparse(self, values: Any) -> None:
        self.say(values.format, values.shape)
        for part in (values.data, values.indices, values.indptr):
            self._add_array(part)

    def _add_public(self, value: Any) -> None:
        """Take in an object of the package by its public attributes."""
        self.say(type(value).__name__)
        for name, own in public(value).items():
            self.say(name)
            self.add(own)


_READERS: tuple[tuple[Any, Callable[[Parts, Any], None]], ...] = (
    (str, Parts._add_text),
    ((bool, int, float, np.bool_, np.integer, np.floating), Parts._add_number),
    (np.ndarray, Parts._add_array),
    (dict, Parts._add_mapping),
    ((list, tuple), Parts._add_sequence),
    (pd.DataFrame, Parts._add_frame),
    (pd.Series, Parts._add_series),
    (csr_matrix, Parts._add_sparse),
)


def fingerprint(value: Any) -> Values:
    """Return the hashes of a value, its floats, and what it looks like if that is short."""
    parts = Parts()
    parts.add(value.tocsr() if issparse(value) else value)
    floats = parts.floats
    length = 1 if len(floats) <= LIMIT else math.ceil(len(floats) / BLOCKS)
    sums = np.add.reduceat(floats, np.arange(0, len(floats), length)) if length > 1 else floats
    return {
        "hash": hashlib.sha256(parts.rest.encode() + floats.tobytes()).hexdigest(),
        "rest": parts.rest[:16],
        "length": length,
        "floats": base64.b64encode(zlib.compress(sums.tobytes())).decode() if len(sums) else "",
        "show": _show(value),
    }


def floats_of(found: Values) -> np.ndarray:
    """Unpack the floats of a fingerprint; of a long value, the sums of its blocks."""
    packed = base64.b64decode(found["floats"])
    return np.frombuffer(zlib.decompress(packed) if packed else b"")


def _show(value: Any) -> str:
    is_short = not isinstance(value, dict | np.ndarray | pd.DataFrame) or (
        isinstance(value, np.ndarray) and value.dtype.kind in "biuO" and value.size <= 100
    )
    text = str(value) if is_short and not isinstance(value, Text) else ""
    return text if len(text) <= 300 else text[:300] + " ..."


def public(thing: Any) -> Values:
    """Return the public attributes of an object that are values."""
    names = [name for name in dir(thing) if not name.startswith("_")]
    return {name: own for name in names if not callable(own := getattr(thing, name))}


def fitted(estimator: Any) -> Values:
    """Return the public fitted attributes of an estimator."""
    names = [name for name in dir(estimator) if name.endswith("_") and not name.startswith("_")]
    return {name: getattr(estimator, name) for name in names}


def split(name: str, description: Values) -> Values:
    """Return each entry of a description on its own, without the version of its format."""
    kept = [key for key in description if key not in ("version", "schema")]
    return {f"{name}.{key}": {key: description[key]} for key in kept}


# Data -----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Table:
    """A data set with a target of classes and, if it has any, a target of numbers."""

    name: str
    X: pd.DataFrame
    labels: pd.Series
    amounts: pd.Series | None = None

    @cached_property
    def numbers(self) -> pd.DataFrame:
        """The numeric columns without missing values."""
        numeric = self.X.select_dtypes("number")
        return numeric.loc[:, numeric.notna().all()]

    @cached_property
    def codes(self) -> np.ndarray:
        """All columns as numbers, for models of scikit-learn."""
        columns = [self.X.iloc[:, j] for j in range(self.X.shape[1])]
        return np.column_stack([_as_numbers(column) for column in columns])

    @cached_property
    def predictions(self) -> tuple[np.ndarray, list[np.ndarray]]:
        """Codes of the labels, and their probabilities by a small tree and by naive Bayes."""
        labels = pd.factorize(self.labels, sort=True)[0]
        tree = DecisionTreeClassifier(max_depth=4, min_samples_leaf=5, random_state=0)
        models = (tree, GaussianNB(var_smoothing=1e-2))
        return labels, [model.fit(self.codes, labels).predict_proba(self.codes) for model in models]

    def data(self, kind: str) -> Any:
        """Return the features as ``kind`` says."""
        if kind == "array":
            return self.X.to_numpy()
        if kind == "sparse":
            return csr_matrix(self.numbers.to_numpy(np.float64))
        return {"frame": self.X, "numbers": self.numbers}[kind]

    def y(self, kind: str) -> Any:
        """Return the target as ``kind`` says."""
        if kind == "both":
            parts = [pd.factorize(self.labels)[0], self.amounts > self.amounts.median()]
            return np.column_stack(parts).astype(np.intp)
        return {"labels": self.labels, "amounts": self.amounts, "none": None}[kind]

    def weights(self, kind: str) -> Any:
        """Return the sample weights as ``kind`` says."""
        rows = np.arange(len(self.X))
        return {"none": None, "integer": rows % 4, "fractional": 0.5 + (rows % 7) / 3}[kind]

    @property
    def targets(self) -> list[str]:
        """Kinds of targets that there are."""
        return ["labels"] if self.amounts is None else ["labels", "amounts"]

    def part(self, n_rows: int, n_columns: int) -> Table:
        """Return a table of so many rows and columns at most, evenly spaced."""
        rows, columns = evenly(len(self.X), n_rows), evenly(self.X.shape[1], n_columns)
        amounts = None if self.amounts is None else self.amounts.iloc[rows]
        return Table(self.name, self.X.iloc[rows, columns], self.labels.iloc[rows], amounts)

    @cached_property
    def small(self) -> Table:
        """A part that is small enough for all options."""
        return self.part(600, 10)


def evenly(n: int, most: int) -> np.ndarray:
    """Return at most ``most`` evenly spaced indices below ``n``."""
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).round().astype(np.intp)


def _as_numbers(column: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(column):
        return column.fillna(-1).to_numpy(np.float64)
    return pd.factorize(column, sort=True)[0].astype(np.float64)


def make_table(name: str, frame: pd.DataFrame, target: str | None) -> Table:
    """Choose rows, columns and targets of a data set."""
    if name not in WHOLE:
        frame = frame.iloc[evenly(len(frame), MOST_ROWS)]
        features = [column for column in frame.columns if column != target]
        features = [features[j] for j in evenly(len(features), MOST_COLUMNS)]
        frame = frame[features if target is None else [*features, target]]
    frame = frame.reset_index(drop=True)
    if target is None or (_is_numeric(frame[target]) and frame[target].nunique() > 30):
        amounts = frame.pop(target or _most_distinct(frame))
        labels = pd.qcut(amounts.rank(method="first"), 3, labels=False).rename("third")
        return Table(name, frame, labels, amounts)
    labels, column = frame.pop(target), _most_distinct(frame)
    return Table(name, frame, labels, None if column is None else frame.pop(column))


def _is_numeric(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column)


def _most_distinct(frame: pd.DataFrame) -> Any:
    """Return the complete numeric column with the most values, if these are enough and not all."""
    complete = frame.select_dtypes("number").dropna(axis=1)
    counts = complete.nunique()
    counts = counts[counts > min(100, len(frame) // 2)]
    return counts.idxmax() if len(counts) and frame.shape[1] > 2 else None


@cache
def catalog() -> dict[str, str | None]:
    """Return the data sets of the folder with their targets; none if there is no folder."""
    file = FOLDER / "CATALOG.md"
    if not file.exists():
        return {}
    rows = re.findall(r"^\| (\w+) \| \d+ x \d+ \| (\S+)", file.read_text(encoding="utf-8"), re.M)
    return {
        name: None if target == "-" else target
        for name, target in rows
        if (FOLDER / f"{name}.parquet").exists()
    }


def read_table(name: str) -> Table:
    """Read a data set of scikit-learn or of the folder."""
    if name not in BUNDLED:
        return make_table(name, pd.read_parquet(FOLDER / f"{name}.parquet"), catalog()[name])
    bunch = getattr(datasets, f"load_{name}")(as_frame=True)
    return make_table(name, bunch.frame, "target")


# Doors: what is run, in words and as a function -----------------------------------------------


def case(function: Callable[..., Values], table: Table, **options: Any) -> Case:
    """Name a call by the size of the table and its options."""
    words = ", ".join(f"{name}={value}" for name, value in options.items())
    n_rows, n_columns = table.X.shape
    return f"{n_rows} x {n_columns}: {words}", partial(function, table, **options)


def choices(owner: Any, parameter: str) -> list[str]:
    """Return the names that a parameter may have, as the package declares them."""
    name = "_parameter_constraints" if isinstance(owner, type) else "_skl_parameter_constraints"
    allowed = getattr(owner, name)[parameter]
    return sorted(chain(*(c.options for c in allowed if hasattr(c, "options"))))


def select(
    table: Table, y: str, data: str = "frame", weights: str = "none", **params: Any
) -> Values:
    """Fit a selector."""
    selector = MutualInfoSelector(**params)
    selector.fit(table.data(data), table.y(y), table.weights(weights))
    return fitted(selector) | {"names": selector.get_feature_names_out()}


def selector_cases(table: Table) -> Iterator[Case]:
    """All criteria and methods, with a number and without."""
    fit, small = partial(case, select, table), partial(case, select, table.small)
    binned, gaussian = _selector_sizes(table)
    of_small = _selector_sizes(table.small)
    for y, criterion in product(table.targets, choices(MutualInfoSelector, "criterion")):
        yield fit(y=y, criterion=criterion, **binned)
        yield fit(y=y, criterion=criterion, **gaussian)
        for method in of_small:
            yield small(y=y, criterion=criterion, **method | {"n_features_to_select": "auto"})
        if table.name in KNN:
            yield fit(y=y, criterion=criterion, **binned | {"method": "knn"})
    for y in table.targets:
        for criterion in ("jmi", "cmi"):
            yield fit(y=y, criterion=criterion)
        for options in _selector_options(*of_small):
            yield small(y=y, **options)
    if table.amounts is not None:
        yield fit(y="both", **binned)


def _selector_sizes(table: Table) -> tuple[Values, Values]:
    """Return options that select a few features by counts, and as many by normal scores."""
    n, n_numbers = (max(1, min(5, X.shape[1])) for X in (table.X, table.numbers))
    gaussian = {"method": "gaussian", "data": "numbers", "n_features_to_select": n_numbers}
    return {"n_features_to_select": n}, gaussian


def _selector_options(binned: Values, gaussian: Values) -> Iterator[Values]:
    for criterion, method in product(("jmi", "cmi", "cmim", "cife", "jmi3"), (binned, gaussian)):
        yield {"criterion": criterion, "weights": "integer", **method}
        yield {"criterion": criterion, "initial": "pair", **method}
    yield {"method": "gaussian"}  # an error if the frame has categories or missing values
    yield {"criterion": "mrmr", "data": "array", **binned}
    yield {"criterion": "mrmr", **gaussian, "method": "binned", "data": "sparse"}
    yield {"data": "sparse"}
    yield {"criterion": linear_criterion(0.7, 0.2), **binned}
    yield {"weights": "fractional"}
    yield {"weights": "fractional", **gaussian}
    yield {"base": 2, "n_bins": 7, **binned}
    yield {"alpha": 1e-4, "n_jobs": 2}
    yield {"n_features_to_select": 0.5, "criterion": "mim"}
    yield {"categorical_features": [0], **binned}
    yield {"target": "continuous"}


def score(table: Table, y: str, data: str, weights: str = "none", **params: Any) -> Values:
    """Measure the relevance of all features."""
    given = {"sample_weight": table.weights(weights), **params}
    scores, p_values = mutual_info(table.data(data), table.y(y), **given)
    return {"scores": scores, "p_values": p_values}


def score_cases(table: Table) -> Iterator[Case]:
    """``mutual_info`` by all methods."""
    measure = partial(case, score, table)
    for y in table.targets:
        for data, weights in product(("frame", "array", "sparse"), ("none", "integer")):
            yield measure(y=y, data=data, weights=weights)
        yield measure(y=y, data="frame", n_bins=6, base=2, weights="fractional")
        for weights in ("none", "integer"):
            yield measure(y=y, data="numbers", method="gaussian", weights=weights)
        if table.name in KNN:
            for n_neighbors in (1, 3, 5):
                yield measure(y=y, data="frame", method="knn", n_neighbors=n_neighbors)
            yield measure(y=y, data="array", method="knn")


def discretize(
    table: Table, y: str, data: str = "frame", weights: str = "none", **params: Any
) -> Values:
    """Fit a discretizer, and ask it for all that it can say."""
    X = table.data(data)
    discretizer = EntropyDiscretizer(**{"missing_values": "bin"} | params)
    discretizer.fit(X, table.y(y), table.weights(weights))
    shown = evenly(X.shape[1], 8).tolist()
    description = discretizer.to_dict()
    restored = EntropyDiscretizer.from_dict(json.loads(json.dumps(description)))
    return {
        **fitted(discretizer),
        **split("to_dict", description),
        "tables": [discretizer.binning_table(j) for j in shown],
        "sql": Text("\n".join(discretizer.to_sql(j) for j in shown)),
        "transform": discretizer.transform(X),
        "restored": restored.transform(X[:50]),
    }


def encode(table: Table, y: str, weights: str = "none", output: str = "", **params: Any) -> Values:
    """Encode by a discretizer, and back."""
    discretizer = EntropyDiscretizer(missing_values="bin", random_state=0, **params)
    if output:
        discretizer.set_output(transform=output)
    encoded = discretizer.fit_transform(table.X, table.y(y), table.weights(weights))
    part = discretizer.transform(table.X[:100])
    return {
        "fit_transform": encoded,
        "transform": part,
        "inverse_transform": discretizer.inverse_transform(part),
        "names": discretizer.get_feature_names_out(),
        "sql": Text(discretizer.to_sql(0)),
    }


def discretizer_cases(table: Table) -> Iterator[Case]:
    """All criteria with all targets, and all encodings."""
    small, encoded = (partial(case, function, table.small) for function in (discretize, encode))
    for criterion, y in product(choices(EntropyDiscretizer, "criterion"), [*table.targets, "none"]):
        yield case(discretize, table, y=y, criterion=criterion)
        yield small(y=y, criterion=criterion, weights="integer")
    for encoding in choices(EntropyDiscretizer, "encode"):
        for y in table.targets:
            yield encoded(y=y, encode=encoding)
        yield encoded(y="none", encode=encoding, criterion="equal_entropy", max_bins=4)
    yield encoded(y="labels", encode="woe", weights="integer", smooth=5.0, base=2)
    for encoding in ("ordinal", "interval"):
        yield encoded(y="labels", encode=encoding, output="pandas")
    for missing, criterion in product(("error", "ignore", "merge"), ("mdlp", "modl")):
        yield small(y="labels", criterion=criterion, missing_values=missing)
    for y, options in product(table.targets, _discretizer_options()):
        yield small(y=y, **options)
    yield small(y="labels", data="array")


def _discretizer_options() -> Iterator[Values]:
    yield {"max_bins": 3, "base": 2}
    yield {"max_bins": 3, "criterion": "modl"}
    yield {"min_samples_bin": 25, "n_jobs": 2}
    yield {"candidate_cost": "candidates", "criterion": "kononenko"}
    yield {"candidate_cost": "candidates"}
    yield {"dtype": np.float32, "categorical_features": [0]}
    yield {"target": "continuous", "criterion": "modl", "min_samples_bin": 5}
    yield {"weights": "fractional"}


def report_values(report: Any) -> Values:
    """Return all forms of a drift report."""
    page = re.sub(r"<style>.*?</style>", " ", report.to_html(), flags=re.S)
    joint = report.joint
    return {
        **split("report", report.to_dict()),
        "decisions": [
            report.drifted,
            report.drifted_features,
            None if report.label is None else report.label.drifted,
            [feature.name for feature in report.concept if feature.drifted],
            [] if joint is None else [joint.drifted, *(p.names for p in joint.pairs if p.drifted)],
        ],
        "frame": report.to_frame(),
        "json": json.loads(report.to_json()) == json.loads(json.dumps(report.to_dict())),
        "html": Text(" ".join(re.sub(r"<[^>]*>", " ", page).split())),
        "text": Text(report),
        "prometheus": Text(report.to_prometheus()),
    }


def _sides(table: Table, n_batch: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the first two thirds of the rows, and all or some of the last third."""
    n = len(table.X) * 2 // 3
    last = np.arange(n, len(table.X))
    return np.arange(n), last[evenly(len(last), n_batch or len(last))]


def _part(values: Any, rows: np.ndarray) -> Any:
    if values is None:
        return None
    return values.iloc[rows] if hasattr(values, "iloc") else values[rows]


def detect(
    table: Table,
    y: str = "none",
    data: str = "frame",
    weights: str = "none",
    n_batch: int | None = None,
    **params: Any,
) -> Values:
    """Compare the last third of the rows with the others."""
    given = [table.data(data), table.y(y), table.weights(weights)]
    reference, batch = _sides(table, n_batch)
    detector = KLDriftDetector(**{"random_state": 0} | params)
    detector.fit(*(_part(values, reference) for values in given))
    report = detector.detect(*(_part(values, batch) for values in given))
    return {
        **fitted(detector),
        **split("profile", detector.to_dict()),
        **report_values(report),
        "score": detector.score(_part(given[0], batch)),
    }


def alarm(table: Table, on_drift: str) -> Values:
    """Pass a batch through ``transform``; the warning or the error is what is recorded."""
    reference, batch = _sides(table)
    detector = KLDriftDetector(joint=None, on_drift=on_drift, random_state=0)
    detector.fit(table.X.iloc[reference])
    return {"transform": detector.transform(table.X.iloc[batch])}


def merge(table: Table, joint: str | None) -> Values:
    """Learn a reference in parts, merge them, and send the profile through JSON."""
    reference, batch = _sides(table)
    parts = [table.X.iloc[rows] for rows in np.array_split(reference, 3)]
    detector = KLDriftDetector(joint=joint, random_state=0).partial_fit(parts[0])
    other = detector.without_counts().partial_fit(parts[1])
    detector.merge(other).partial_fit(parts[2])
    restored = KLDriftDetector.from_dict(json.loads(json.dumps(detector.to_dict())))
    report = restored.detect(table.X.iloc[batch])
    return {**split("profile", detector.to_dict()), **report_values(report)}


def drift_cases(table: Table) -> Iterator[Case]:
    """All divergences and corrections; pairs, a classifier, labels and concepts."""
    fit, small = partial(case, detect, table), partial(case, detect, table.small)
    for divergence in choices(KLDriftDetector, "divergence"):
        yield fit(y="labels", divergence=divergence, joint=None, n_permutations=199)
        yield small(y="none", divergence=divergence)
    for y in table.targets:
        yield small(y=y)
    yield fit(joint=None)
    yield case(detect, table.part(MOST_ROWS, 30), y="labels", n_permutations=199)
    for correction in choices(KLDriftDetector, "correction"):
        yield small(y="labels", correction=correction, n_batch=40)
    for weights in ("integer", "fractional"):
        yield small(y="labels", weights=weights)
    yield small(y="labels", divergence="js", base=2, tolerance=0.02)
    yield small(y="labels", n_bins=4, n_jobs=2, alpha=0.2, n_batch=100)
    yield small(data="array", joint=None)
    yield small(joint="classifier")
    for on_drift in ("warn", "raise", "ignore"):
        yield case(alarm, table.small, on_drift=on_drift)
    for joint in ("pairs", None):
        yield case(merge, table.small, joint=joint)


def monitor(table: Table, y: str, alpha: float) -> Values:
    """Take in four batches, the last of them after a trip through JSON."""
    rows = np.array_split(np.arange(len(table.X)), 8)
    X, target = table.X, table.y(y)
    reference = np.concatenate(rows[:4])
    detector = KLDriftDetector(joint=None, random_state=0)
    detector.fit(X.iloc[reference], _part(target, reference))
    watch, found = DriftMonitor(detector, alpha), {}
    for i, batch in enumerate(rows[4:]):
        if i == 3:
            watch = DriftMonitor.from_dict(json.loads(json.dumps(watch.to_dict())))
        report = watch.update(X.iloc[batch], _part(target, batch))
        found |= split(f"report {i}", report.to_dict())
        found |= {f"text {i}": Text(report), f"frame {i}": report.to_frame()}
    decisions = [report.drifted, report.alarm_since, report.began]
    return found | split("to_dict", watch.to_dict()) | {"decisions": decisions}


def monitor_cases(table: Table) -> Iterator[Case]:
    """Monitors of features alone, and of a target."""
    for y in [*table.targets, "none"]:
        yield case(monitor, table, y=y, alpha=0.05)
    yield case(monitor, table, y="labels", alpha=0.001)


def columns_of(table: Table) -> dict[str, Any]:
    """Return columns of several kinds by their role, as far as the table has them."""
    numeric, other = table.numbers, table.X.select_dtypes(exclude="number")
    found: dict[str, Any] = {"labels": table.labels, "amounts": table.amounts}
    found |= {f"number {j}": numeric.iloc[:, j] for j in evenly(numeric.shape[1], 2)}
    found |= {f"category {j}": other.iloc[:, j] for j in evenly(other.shape[1], 1)}
    if numeric.shape[1] > 1:
        found["two numbers"] = numeric.iloc[:, [0, -1]]
    return {role: column for role, column in found.items() if column is not None}


def estimate(
    table: Table, measure: str, roles: tuple[str, ...], weights: str = "none", **params: Any
) -> Values:
    """Estimate a measure of some columns."""
    columns = [columns_of(table)[role] for role in roles]
    if "divergence" in measure:
        columns = [_part(columns[0], rows) for rows in _sides(table)]
    if measure == "estimate_total_correlation":
        columns = [pd.concat([c.rename(None) for c in columns], axis=1, ignore_index=True)]
    if weights != "none":
        params["sample_weight"] = table.weights(weights)
    found = getattr(estimation, measure)(*columns, **params)
    if isinstance(found, np.ndarray):
        return {"values": found}
    intervals = [tuple(found.confidence_interval(level)) for level in (0.5, 0.95)]
    return public(found) | {"intervals": intervals, "text": Text(repr(found))}


def estimation_cases(table: Table) -> Iterator[Case]:
    """All functions with all of their methods, on a part of the rows."""
    table = table.part(300, MOST_COLUMNS)
    roles = list(columns_of(table))
    yield from _method_cases(table, "estimate_entropy", [(role,) for role in roles])
    singles = [role for role in roles if role != "two numbers"]
    pairs = [(x, y) for i, x in enumerate(singles) for y in singles[:i]][:7]
    yield from _method_cases(table, "estimate_mutual_information", pairs)
    yield from _method_cases(table, "estimate_pointwise_mutual_information", pairs[:3])
    triples = [(x, y, singles[0]) for x, y in pairs if "labels" not in (x, y)][:2]
    triples += [("labels", singles[-1], role) for role in singles[1:-1]]
    yield from _method_cases(table, "estimate_conditional_mutual_information", triples)
    sets = [tuple(singles), tuple(role for role in singles if "number" in role)]
    yield from _method_cases(table, "estimate_total_correlation", sets)
    for measure in ("estimate_kl_divergence", "estimate_jensen_shannon_divergence"):
        for role, transform in product(roles, ("normal_scores", "standardize", None)):
            yield case(estimate, table, measure=measure, roles=(role,), transform=transform)
    yield from _estimate_options(table, pairs)


def _method_cases(table: Table, measure: str, of: list[tuple[str, ...]]) -> Iterator[Case]:
    for roles, method in product(of, choices(getattr(estimation, measure), "method")):
        yield case(estimate, table, measure=measure, roles=roles, method=method)


def _estimate_options(table: Table, pairs: list[tuple[str, ...]]) -> Iterator[Case]:
    shared = partial(case, estimate, table, measure="estimate_mutual_information")
    for roles in pairs:
        for transform, n_neighbors in (("standardize", 5), (None, 1)):
            yield shared(roles=roles, method="knn", transform=transform, n_neighbors=n_neighbors)
        yield shared(roles=roles, n_permutations=19, random_state=0)
        yield shared(roles=roles, discrete=True, base=2)
        yield shared(roles=roles, method="nsb", n_states=(3000, 3000))
        yield shared(roles=roles, method="plugin", weights="fractional")
        yield shared(roles=roles, method="null_corrected", weights="integer")


def loss(table: Table, model: int, weights: str = "none", **params: Any) -> Values:
    """Score predictions in all reductions, and against the class shares."""
    labels, probabilities = table.predictions
    prior = np.bincount(labels) / len(labels)
    given = (labels, probabilities[model])
    params |= {"sample_weight": table.weights(weights)}
    found = {
        f"{measure.__name__} {reduction}": measure(*given, reduction=reduction, **own, **params)
        for measure, own in (
            (metrics.cross_entropy_loss, {}),
            (metrics.information_gain_score, {"prior": prior}),
        )
        for reduction in ("mean", "sum", "none")
    }
    params.pop("base", None)
    return found | {"perplexity": metrics.perplexity_score(*given, **params)}


def binary_loss(table: Table) -> Values:
    """Score the probability of the first class as one column."""
    labels, (proba, _) = table.predictions
    of_first = (labels == 0).astype(int)
    decomposition = metrics.cross_entropy_decomposition(of_first, proba[:, 0], zero=1e-3)
    return {
        "loss": metrics.cross_entropy_loss(of_first, proba[:, 0], zero=1e-9),
        "decomposition": public(decomposition),
        "calibration": public(metrics.calibration_test(of_first, proba[:, 0])),
    }


def decompose(table: Table, model: int, weights: str = "none", **params: Any) -> Values:
    """Split the loss into its terms."""
    labels, probabilities = table.predictions
    params |= {"sample_weight": table.weights(weights), "zero": 1e-3}
    found = metrics.cross_entropy_decomposition(labels, probabilities[model], **params)
    return public(found) | {"frame": found.to_frame()}


def calibrate(table: Table, model: int, weights: str = "none", **params: Any) -> Values:
    """Test the calibration."""
    labels, probabilities = table.predictions
    params |= {"sample_weight": table.weights(weights)}
    found = metrics.calibration_test(labels, probabilities[model], **params)
    return public(found) | {"frame": found.to_frame()}


def versus(table: Table, weights: str = "none", n_folds: int = 0, **params: Any) -> Values:
    """Compare the two models, on samples or over folds."""
    labels, probabilities = table.predictions
    if n_folds:
        params["splits"] = list(KFold(n_folds).split(labels))
    params |= {"sample_weight": table.weights(weights), "zero": 1e-3}
    found = metrics.compare_cross_entropy(labels, *probabilities, **params)
    return public(found) | {"frame": found.to_frame()}


def score_model(table: Table, measure: str, **params: Any) -> Values:
    """Cross-validate a pipeline by a scorer, and score a fitted one."""
    labels, _ = table.predictions
    scorer = metrics.make_cross_entropy_scorer(measure, **params)
    model = make_pipeline(metrics.TrainingPrior(), DecisionTreeClassifier(max_depth=3))
    model.set_params(decisiontreeclassifier__random_state=0)
    scores = cross_val_score(model, table.codes, labels, scoring=scorer, cv=KFold(3))
    model.fit(table.codes, labels)
    ready = getattr(metrics, f"{measure}_scorer")
    return {
        "scores": scores,
        "score": scorer(model, table.codes, labels, sample_weight=table.weights("integer")),
        "ready": ready(model, table.codes, labels),
        **fitted(model[0]),
    }


def metric_cases(table: Table) -> Iterator[Case]:
    """All metrics on the predictions of two models that do not depend on the package."""
    table = table.part(500, MOST_COLUMNS)
    for model, weights in ((0, "none"), (1, "none"), (0, "integer"), (1, "fractional")):
        options: Values = {"model": model, "weights": weights}
        yield case(loss, table, **options)
        yield case(loss, table, **options, base=2, zero=1e-3)
        yield case(calibrate, table, **options)
        for method in choices(metrics.cross_entropy_decomposition, "method"):
            yield case(decompose, table, **options, method=method, n_bootstrap=20)
    yield case(decompose, table, model=0, n_bins=5, debias=False, base=2, n_bootstrap="none")
    yield case(calibrate, table, model=1, base=2)
    yield case(binary_loss, table)
    for weights, n_folds in (("none", 0), ("integer", 0), ("none", 5), ("integer", 5)):
        yield case(versus, table, weights=weights, n_folds=n_folds)
    yield case(versus, table, base=2, confidence_level=0.8)
    for measure in choices(metrics.CrossEntropyScorer.__init__, "measure"):
        yield case(score_model, table, measure=measure)
        yield case(score_model, table, measure=measure, base=2, zero=1e-3, unseen="floor")


def joint_counts(table: Table) -> np.ndarray:
    """Count the labels by two features in four cells each."""
    codes = [pd.factorize(table.labels)[0]]
    for column in table.codes[:, [0, -1]].T:
        codes.append(np.searchsorted(np.quantile(column, [0.25, 0.5, 0.75]), column))
    counts = np.zeros((codes[0].max() + 1, 4, 4))
    np.add.at(counts, tuple(codes), 1.0)
    return counts


def measured(table: Table, measure: str, **params: Any) -> Values:
    """Compute an exact measure of shares of the table, by which arguments it takes."""
    counts = joint_counts(table)
    function = getattr(measures, measure)
    by_label = counts.reshape(len(counts), -1)
    if measure == "self_information":
        return {"value": function(counts / counts.sum(), **params)}
    if re.search("_distance|_divergence|cross_entropy|_index", measure):
        given: tuple[np.ndarray, ...] = (by_label, by_label[::-1] + 0.5 * (by_label.sum() > 500))
    elif measure in ("entropy", "perplexity", "renyi_entropy"):
        given = (by_label,)
    elif measure in ("total_correlation", "co_information", "conditional_mutual_information"):
        given = (counts,)
    else:
        given = (counts.sum(axis=2),)
    return {"value": function(*given, normalize=True, **params)}


def measure_cases(table: Table) -> Iterator[Case]:
    """All measures of counts of the labels and two features."""
    for measure in measures.__all__:
        parameters = signature(getattr(measures, measure)).parameters
        if "normalize" not in parameters and measure != "self_information":
            continue  # takes no counts: closed forms, bounds and channels
        if measure.startswith("renyi"):
            for order in (0, 0.5, 1, 2, np.inf):
                yield case(measured, table, measure=measure, order=order)
        else:
            yield case(measured, table, measure=measure)
            yield case(measured, table, measure=measure, base=2)
    pointwise = partial(case, measured, table, measure="pointwise_mutual_information")
    yield pointwise(normalized=True)
    yield pointwise(positive=True)
    for average in ("arithmetic", "geometric", "min", "max"):
        yield case(measured, table, measure="normalized_mutual_information", average_method=average)


def data_cases(table: Table) -> Iterator[Case]:
    """The data set itself, so that a difference of data is not taken for one of results."""
    yield "", lambda: {"X": table.X, "labels": table.labels, "amounts": table.amounts}


DOORS: dict[str, Callable[[Table], Iterator[Case]]] = {
    "data": data_cases,
    "selector": selector_cases,
    "mutual_info": score_cases,
    "discretizer": discretizer_cases,
    "drift": drift_cases,
    "monitor": monitor_cases,
    "estimation": estimation_cases,
    "metrics": metric_cases,
    "measures": measure_cases,
}


# Record ---------------------------------------------------------------------------------------


def run_case(run: Run) -> dict[str, Values]:
    """Return the fingerprints of what a call gives, its warnings and its error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = run()
        except Exception as error:
            found = {"error": f"{type(error).__name__}: {error}"}
    kinds = (UserWarning, RuntimeWarning)
    texts = {f"{w.category.__name__}: {w.message}" for w in caught if issubclass(w.category, kinds)}
    if texts:
        found = found | {"warnings": sorted(texts)}
    return {name: fingerprint(value) for name, value in found.items()}


def run_set(name: str, doors: Sequence[str]) -> tuple[str, Values, dict[str, float]]:
    """Run doors on a data set; return all fingerprints, and seconds by door."""
    table, found, seconds = read_table(name), {}, {}
    for door in doors:
        start = time.process_time()
        found[door] = {words: run_case(run) for words, run in DOORS[door](table)}
        seconds[door] = time.process_time() - start
    return name, found, seconds


def run_sets(
    names: Sequence[str], doors: Sequence[str], jobs: int
) -> Iterator[tuple[str, Values, dict[str, float]]]:
    """Run data sets one after the other, or in several processes."""
    if jobs == 1:
        yield from (run_set(name, doors) for name in names)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(run_set, name, doors) for name in names]
        yield from (future.result() for future in as_completed(waiting))


@dataclass
class Record:
    """Fingerprints by data set, door, options and attribute; each different one is kept once."""

    about: Values
    entries: Values = field(default_factory=dict)
    values: list[Values] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, found: Values) -> None:
        """Take in what a data set gave."""
        self.entries[name] = {
            door: {
                words: {attribute: self._keep(value) for attribute, value in values.items()}
                for words, values in cases.items()
            }
            for door, cases in found.items()
        }

    def _keep(self, value: Values) -> int:
        place = self._places.setdefault(value["hash"], len(self.values))
        if place == len(self.values):
            self.values.append(value)
        return place

    def save(self, path: str | Path) -> None:
        """Write the record as compressed JSON, in sorted order."""
        content = {"about": self.about, "entries": self.entries, "values": self.values}
        with gzip.open(path, "wt", encoding="utf-8", compresslevel=6) as file:
            json.dump(content, file, separators=(",", ":"))

    @classmethod
    def load(cls, path: str | Path) -> Record:
        """Read a record."""
        with gzip.open(path, "rt", encoding="utf-8") as file:
            content = json.load(file)
        if content["about"].get("format") != FORMAT:
            raise SystemExit(f"{path} is no record of format {FORMAT}. Record it again.")
        return cls(**content)

    def flat(self, scope: set[tuple[str, str]]) -> dict[Key, Values]:
        """Return the fingerprints of some doors of data sets by (door, set, options, attribute)."""
        return {
            Key(door, name, words, attribute): self.values[place]
            for name, doors in self.entries.items()
            for door, cases in doors.items()
            if (name, door) in scope
            for words, values in cases.items()
            for attribute, place in values.items()
        }

    @property
    def scope(self) -> set[tuple[str, str]]:
        """Data sets and doors that were run."""
        return {(name, door) for name, doors in self.entries.items() for door in doors}


def record(path: str, doors: Sequence[str], names: Sequence[str], jobs: int) -> int:
    """Run doors on data sets, and write down what they give."""
    print(f"sklearn_infotheory from {sklearn_infotheory.__file__}", flush=True)
    if not catalog():
        print(f"no data in {FOLDER}: only the sets of scikit-learn are run")
    done: dict[str, Values] = {}
    total: dict[str, float] = defaultdict(float)
    start = time.perf_counter()
    for name, done[name], seconds in run_sets(names, doors, jobs):
        slowest = ", ".join(f"{door} {s:.1f}" for door, s in seconds.items() if s > 0.5)
        print(f"{name:28s} {sum(seconds.values()):6.1f} s  ({slowest})", flush=True)
        for door, s in seconds.items():
            total[door] += s
    out = Record({"format": FORMAT, "package": sklearn_infotheory.__file__})
    for name in names:
        out.add(name, done[name])
    out.save(path)
    n_entries = len(out.flat(out.scope))
    print(", ".join(f"{door} {s:.0f} s" for door, s in total.items()))
    print(
        f"{n_entries:,} entries, {len(out.values):,} different values, "
        f"{sum(total.values()):.0f} s of CPU, {time.perf_counter() - start:.0f} s elapsed"
    )
    return 0


# Compare --------------------------------------------------------------------------------------


class Change(NamedTuple):
    """How a value differs between two records."""

    key: Key
    relative: float  # of floats; infinite if anything else differs
    is_block: bool
    before: Values
    after: Values

    @property
    def is_other(self) -> bool:
        """Whether something differs that is not a float."""
        return self.before["rest"] != self.after["rest"]

    @property
    def is_decision(self) -> bool:
        """Whether a selection, a cut or an alarm has changed."""
        return self.key.attribute in DECISIONS and self.relative > TOLERANCE


def largest_difference(before: Values, after: Values) -> float:
    """Return the largest relative difference of the floats of two values.

    Of sums over blocks, it is what the difference would be if one float of the block made it.
    """
    if before["rest"] != after["rest"]:
        return math.inf
    a, b = floats_of(before), floats_of(after)
    if len(a) != len(b):
        return math.inf
    scale = np.maximum(np.maximum(abs(a), abs(b)), np.finfo(float).tiny)
    return float((abs(a - b) / scale).max(initial=0.0)) * before["length"]


def changes(before: Record, after: Record) -> tuple[list[Change], list[Key], list[Key], int]:
    """Return what differs, what is missing, what is new, and the number of values in both."""
    scope = before.scope & after.scope
    old, new = before.flat(scope), after.flat(scope)
    found = [
        Change(key, largest_difference(old[key], new[key]), old[key]["length"] > 1, old[key], value)
        for key, value in new.items()
        if key in old and value["hash"] != old[key]["hash"]
    ]
    missing = [key for key in old if key not in new]
    return found, missing, [key for key in new if key not in old], len(old) - len(missing)


def compare(path: str, other: str) -> int:
    """Print how two records differ; return 1 if they differ by more than rounding."""
    before, after = Record.load(path), Record.load(other)
    found, missing, new, n_common = changes(before, after)
    more = [change for change in found if change.relative > TOLERANCE]
    others = [change for change in more if change.is_other]
    print(f"{path}: {before.about['package']}\n{other}: {after.about['package']}")
    left_out = before.scope ^ after.scope
    if left_out:
        print(f"{len(left_out)} pairs of data set and door are in one record only, and left out")
    print(
        f"{n_common:8,} entries in both\n"
        f"{n_common - len(found):8,} equal\n"
        f"{len(found) - len(more):8,} with floats that differ by at most {TOLERANCE:g} relatively\n"
        f"{len(more) - len(others):8,} with floats that differ by more\n"
        f"{len(others):8,} where something differs that is not a float\n"
        f"{sum(change.is_decision for change in found):8,} of these are selections, cuts, alarms\n"
        f"{len(missing):8,} missing\n{len(new):8,} new"
    )
    _print_groups(found)
    _print_keys("missing", missing)
    _print_keys("new", new)
    return int(bool(more or missing or new))


def _print_groups(found: list[Change]) -> None:
    """List the differences by door and attribute, the largest of each, decisions first."""
    groups: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in found:
        groups[change.key.door, change.key.attribute].append(change)
    worst = {group: max(own, key=lambda change: change.relative) for group, own in groups.items()}
    order = sorted(worst.items(), key=lambda e: (e[1].is_decision, e[1].relative), reverse=True)
    for group, change in order[:LISTED]:
        size = "not a float" if change.is_other else f"{change.relative:.2g}"
        size += " (at most, from sums of blocks)" if change.is_block else ""
        mark = "DECISION " if change.is_decision else ""
        door, attribute = group
        print(f"\n{mark}{door} {attribute}: {len(groups[group])} differ, the largest by {size}")
        print(f"    {change.key.name}: {change.key.options}")
        if change.before["show"] != change.after["show"]:
            print(f"    before {change.before['show']}\n    after  {change.after['show']}")
    if len(order) > LISTED:
        print(f"\nand {len(order) - LISTED} more groups")


def _print_keys(what: str, keys: list[Key]) -> None:
    counts = Counter((key.door, key.attribute) for key in keys)
    for (door, attribute), n in counts.most_common(LISTED):
        print(f"{what}: {door} {attribute}, {n} times")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, and record or compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, dest="command")
    recording = commands.add_parser("record", help="run every door, and write down what it gives")
    recording.add_argument("file", metavar="FILE")
    recording.add_argument("--doors", default=",".join(DOORS), help="default: %(default)s")
    recording.add_argument("--sets", help="default: those of scikit-learn and of the folder")
    recording.add_argument("--jobs", type=int, default=1, help="number of processes")
    comparing = commands.add_parser("compare", help="compare two records")
    comparing.add_argument("old", metavar="OLD")
    comparing.add_argument("new", metavar="NEW")
    options = parser.parse_args(arguments)
    if options.command == "compare":
        return compare(options.old, options.new)
    known = sorted({*BUNDLED, *catalog()}, key=lambda name: (name not in WHOLE, name))
    names = options.sets.split(",") if options.sets else known
    doors = options.doors.split(",")
    for word in (set(names) - set(known)) | (set(doors) - set(DOORS)):
        parser.error(f"{word!r} is neither a door nor a data set that is there")
    return record(options.file, doors, names, options.jobs)


if __name__ == "__main__":
    sys.exit(main())
