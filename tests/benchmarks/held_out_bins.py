"""Held-out information of bins, beside Khiops, a cross-validated tree and other binning tools.

    INFOTHEORY_DATA=... python tests/benchmarks/held_out_bins.py [SET ...]

Each numeric column alone: its bins are learned on 60 % of the rows, and the class shares of the
bins, smoothed by one sample of the overall shares, predict the other 40 %. A figure is the
information in millibits per sample, summed over columns, as the mean of 20 splits with its standard
error. Tools that are not installed are left out. At most 12 columns and 3,000
training rows of each set.

The sets were listed here before the first run; none of them was used to choose the default.
"""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.model_selection import GridSearchCV, ShuffleSplit, StratifiedKFold
from sklearn.preprocessing import KBinsDiscretizer
from sklearn.tree import DecisionTreeClassifier

from sklearn_infotheory.preprocessing import EntropyDiscretizer

SMALL = {  # set: target; below 1,500 rows
    "german_credit": "class",
    "titanic1309": "survived",
    "horse_colic": "surgical_lesion",
    "ionosphere": "Class",
    "vehicle": "Class",
    "yeast": "localization",
    "breast_cancer": None,
    "wine": None,
}
LARGE = {
    "credit_data_modeldata": "Status",
    "page_blocks": "class",
    "higgs_train_10k": "response",
    "adult": "income",
}
LOADERS = {"breast_cancer": load_breast_cancer, "wine": load_wine}
N_SPLITS, MOST_COLUMNS, MOST_ROWS = 20, 12, 3000


def load(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the numeric columns of a set, and its classes as numbers."""
    if name in LOADERS:
        X, y = LOADERS[name](return_X_y=True, as_frame=True)
    else:
        frame = pd.read_parquet(Path(os.environ["INFOTHEORY_DATA"]) / f"{name}.parquet")
        target = {**SMALL, **LARGE}[name]
        X, y = frame.drop(columns=target), frame[target]
    X = X.select_dtypes("number").iloc[:, :MOST_COLUMNS]
    return X.to_numpy(float), pd.factorize(y, sort=True)[0]


def held_out(x, y, new_x, new_y, cuts) -> float:
    """Information of the bins about the class of new samples, in millibits."""
    n_classes = max(y.max(), new_y.max()) + 1
    shares = (np.bincount(y, minlength=n_classes) + 1e-9) / len(y)
    counts = np.zeros((len(cuts) + 1, n_classes))
    np.add.at(counts, (np.searchsorted(cuts, x), y), 1)
    predicted = (counts + shares) / (counts.sum(axis=1, keepdims=True) + 1)
    q = predicted[np.searchsorted(cuts, new_x), new_y]
    return float(1000 * np.mean(np.log2(q / shares[new_y])))


def of_discretizer(**parameters) -> Callable:
    def learn(X, y):
        fitted = EntropyDiscretizer(missing_values="ignore", **parameters).fit(X, y)
        return [edges[1:-1] for edges in fitted.bin_edges_]

    return learn


def column_by_column(learn: Callable) -> Callable:
    def all_columns(X, y):
        there = ~np.isnan(X)
        return [learn(X[rows, j], y[rows]) for j, rows in enumerate(there.T)]

    return all_columns


@column_by_column
def tree(x, y):
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    sizes = {"max_leaf_nodes": [2, 3, 4, 6, 8, 12, 20]}
    model = DecisionTreeClassifier(random_state=0, min_samples_leaf=5)
    search = GridSearchCV(model, sizes, cv=folds, scoring="neg_log_loss", error_score=-9.0)
    found = search.fit(x[:, None], y).best_estimator_.tree_
    return np.sort(found.threshold[found.feature >= 0])


@column_by_column
def five_quantiles(x, y):
    bins = KBinsDiscretizer(5, encode="ordinal", quantile_method="averaged_inverted_cdf")
    return bins.fit(x[:, None]).bin_edges_[0][1:-1]


def optbinning(X, y):
    from optbinning import MulticlassOptimalBinning, OptimalBinning

    tool = OptimalBinning if y.max() == 1 else MulticlassOptimalBinning
    return column_by_column(lambda x, y: tool().fit(x, y).splits)(X, y)


def khiops(X, y):
    from khiops import core as kh

    with tempfile.TemporaryDirectory() as folder:
        frame = pd.DataFrame(X, columns=[f"v{j}" for j in range(X.shape[1])])
        frame["y"] = [f"c{k}" for k in y]
        data = f"{folder}/data.txt"
        frame.to_csv(data, sep="\t", index=False)
        kh.build_dictionary_from_data_table(data, "t", f"{folder}/t.kdic", field_separator="\t")
        domain = kh.read_dictionary_file(f"{folder}/t.kdic")
        for name in frame:
            kind = "Categorical" if name == "y" else "Numerical"
            domain.get_dictionary("t").get_variable(name).type = kind
        report = f"{folder}/report.khj"
        kh.train_predictor(
            domain, "t", data, "y", report, field_separator="\t", sample_percentage=100, max_trees=0
        )
        found = kh.read_analysis_results_file(report).preparation_report
        return [_khiops_cuts(found.get_variable_statistics(f"v{j}")) for j in range(X.shape[1])]


def _khiops_cuts(statistics) -> np.ndarray:
    if statistics.data_grid is None:
        return np.empty(0)
    parts = [p for p in statistics.data_grid.dimensions[0].partition if not p.is_missing]
    return np.array([part.upper_bound for part in parts[:-1]], float)


TOOLS = {
    "default": of_discretizer(),
    "samples": of_discretizer(candidate_cost="samples"),
    "candidates": of_discretizer(candidate_cost="candidates"),
    "kononenko": of_discretizer(criterion="kononenko"),
    "modl": of_discretizer(criterion="modl"),
    "tree": tree,
    "5 quantiles": five_quantiles,
    "optbinning": optbinning,
    "khiops": khiops,
}


def measure(name: str, tools: dict[str, Callable]) -> dict[str, np.ndarray]:
    """Return the sum over columns for each tool and split; drop tools that are not installed."""
    X, y = load(name)
    found: dict[str, list[float]] = {}
    splits = list(ShuffleSplit(N_SPLITS, test_size=0.4, random_state=0).split(X))
    for tool, learn in list(tools.items()):
        try:
            for train, test in splits:
                train = train[:MOST_ROWS]
                cuts = learn(X[train], y[train])
                total = 0.0
                for j, edges in enumerate(cuts):
                    a, b = (rows[~np.isnan(X[rows, j])] for rows in (train, test))
                    total += held_out(X[a, j], y[a], X[b, j], y[b], edges)
                found.setdefault(tool, []).append(total)
        except ImportError:
            del tools[tool]
    return {tool: np.array(totals) for tool, totals in found.items()}


def main(names: list[str]) -> None:
    warnings.filterwarnings("ignore")
    tools, sums = dict(TOOLS), {}
    for name in names or [*SMALL, *LARGE]:
        figures = measure(name, tools)
        line = ", ".join(
            f"{tool} {v.mean():.0f} ({v.std(ddof=1) / np.sqrt(len(v)):.0f})"
            for tool, v in figures.items()
        )
        print(f"{name}: {line}", flush=True)
        for tool, totals in figures.items():
            sums[tool] = sums.get(tool, 0.0) + totals.mean()
    print("sum: " + ", ".join(f"{tool} {total:.0f}" for tool, total in sums.items()))
    for peer in sums.keys() - {"default"}:
        print(f"default / {peer}: {sums['default'] / sums[peer]:.3f}")


if __name__ == "__main__":
    main(sys.argv[1:])
