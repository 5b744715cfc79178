"""What selectors keep of the information that a model finds in all columns, on real data.

The data sets, splits and models below were fixed before the first run; nothing was chosen on them.
100 (L0 - L) / (L0 - Lall) is the information kept: L is the held-out loss with the selected columns
(log loss, or squared error of a number), Lall with all columns, and L0 that of predicting the class
shares or the mean. Peers that are not installed are left out.

Run ``python tests/benchmarks/selection_in_practice.py [METHOD ...] [--sets A,B]``; INFOTHEORY_DATA
names the folder of the data.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.feature_selection import (
    SelectFdr,
    f_classif,
    f_regression,
    mutual_info_classif,
    mutual_info_regression,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from sklearn_infotheory import MutualInfoSelector

FOLDER = Path(os.environ.get("INFOTHEORY_DATA", Path(__file__).parents[3] / "shared" / "data"))
SPLITS, TRAINING_ROWS, TRAINING_SHARE = 3, 5000, 0.7

# name: target, columns that are left out, whether the target is a number
DATA_SETS: dict[str, tuple[str, tuple[str, ...], bool]] = {
    "adult": ("income", ("split",), False),
    "bank_marketing": ("y", ("duration",), False),
    "bike_sharing_hour": ("cnt", ("casual", "registered", "instant", "dteday"), True),
    "california_housing_nannyml": (
        "clf_target", ("y_pred_proba", "y_pred", "timestamp", "partition", "identifier"), False,
    ),
    "diamonds": ("price", (), True),
    "elec2_nsw": ("class", (), False),
    "higgs_train_10k": ("response", (), False),
    "hotel_rates": ("avg_price_per_room", ("arrival_date",), True),
    "letter": ("lettr", (), False),
    "satimage": ("classes", (), False),
    "spambase": ("class", (), False),
    "telco_churn": ("Churn", ("customerID",), False),
    "waveform5000": ("class", (), False),
    "wine_quality": ("quality", (), False),
}  # fmt: skip


def read(name):
    target, dropped, is_number = DATA_SETS[name]
    frame = pd.read_parquet(FOLDER / f"{name}.parquet")
    X = frame.drop(columns=[c for c in (target, *dropped) if c in frame])
    X = X.select_dtypes(exclude=["datetime", "datetimetz"])
    booleans = X.select_dtypes("bool").columns
    X = X.astype(dict.fromkeys(booleans, float))
    return X, frame[target].to_numpy(), is_number


def boosting(is_number):
    kind = HistGradientBoostingRegressor if is_number else HistGradientBoostingClassifier
    text = make_column_selector(dtype_exclude=np.number)
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=np.nan, max_categories=100
    )
    return make_pipeline(
        make_column_transformer((encoder, text), remainder="passthrough"), kind(random_state=0)
    )


def linear(is_number):
    number = make_column_selector(dtype_include=np.number)
    text = make_column_selector(dtype_exclude=np.number)
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    categories = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5)
    model = Ridge() if is_number else LogisticRegression(max_iter=500)
    return make_pipeline(make_column_transformer((numbers, number), (categories, text)), model)


MODELS = {"boosting": boosting, "linear": linear}


def loss_of(make_model, is_number, train, test, columns):
    (X, y), (X_test, y_test) = train, test
    if not len(columns):
        if is_number:
            return mean_squared_error(y_test, np.full(len(y_test), y.mean()))
        classes, counts = np.unique(y, return_counts=True)
        proba = np.tile((counts + 0.5) / (counts + 0.5).sum(), (len(y_test), 1))
        return log_loss(y_test, proba, labels=classes)
    model = make_model(is_number).fit(X[columns], y)
    if is_number:
        return mean_squared_error(y_test, model.predict(X_test[columns]))
    return log_loss(y_test, model.predict_proba(X_test[columns]), labels=model.classes_)


def as_numbers(X):
    """What scikit-learn's filters take: no strings, nothing missing."""
    text = X.select_dtypes(exclude="number").columns
    X = X.copy()
    for column in text:
        X[column] = pd.factorize(X[column])[0]
    return X.fillna(X.median())


def auto(X, y, is_number):
    return X.columns[MutualInfoSelector().fit(X, y).selected_]


def jmi10(X, y, is_number):
    return X.columns[MutualInfoSelector(min(10, X.shape[1])).fit(X, y).selected_]


def select_fdr(X, y, is_number):
    test = f_regression if is_number else f_classif
    return X.columns[SelectFdr(test).fit(as_numbers(X), y).get_support()]


def select_k_best(X, y, is_number):
    score = mutual_info_regression if is_number else mutual_info_classif
    numbers = as_numbers(X)
    found = score(numbers, y, random_state=0)
    return X.columns[np.argsort(-found)[:10]]


def mrmr(X, y, is_number):
    from mrmr import mrmr_classif, mrmr_regression

    select = mrmr_regression if is_number else mrmr_classif
    target = pd.Series(y if is_number else pd.factorize(y)[0], index=X.index)
    return pd.Index(select(as_numbers(X), target, K=min(10, X.shape[1]), show_progress=False))


def boruta(X, y, is_number):
    from boruta import BorutaPy
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    forest = RandomForestRegressor if is_number else RandomForestClassifier
    model = forest(max_depth=5, random_state=0)
    chosen = BorutaPy(model, n_estimators="auto", random_state=0, max_iter=50)
    codes = y if is_number else pd.factorize(y)[0]
    return X.columns[chosen.fit(as_numbers(X).to_numpy(), codes).support_]


METHODS = {
    "auto": auto,
    "jmi, k=10": jmi10,
    "SelectFdr": select_fdr,
    "SelectKBest(mutual_info), k=10": select_k_best,
    "mrmr_selection, k=10": mrmr,
    "Boruta": boruta,
}


def splits(X, y, is_number):
    size = min(TRAINING_ROWS, int(TRAINING_SHARE * len(X)))
    for seed in range(SPLITS):
        rows = np.arange(len(X))
        train, test = train_test_split(
            rows, train_size=size, random_state=seed, stratify=None if is_number else y
        )
        test = test[:5000]
        yield tuple((X.iloc[part].reset_index(drop=True), y[part]) for part in (train, test))


def run(methods, names):
    rows = []
    for name in names:
        X, y, is_number = read(name)
        for split, (train, test) in enumerate(splits(X, y, is_number)):
            worst = loss_of(None, is_number, train, test, [])
            best = {
                model: loss_of(make, is_number, train, test, X.columns)
                for model, make in MODELS.items()
            }
            for method in methods:
                start = time.process_time()
                try:
                    columns = METHODS[method](*train, is_number)
                except ImportError:
                    continue
                took = time.process_time() - start
                for model, make in MODELS.items():
                    loss = loss_of(make, is_number, train, test, columns)
                    kept = 100 * (worst - loss) / (worst - best[model])
                    share = len(columns) / X.shape[1]
                    rows.append((name, split, method, model, kept, len(columns), share, took))
        found = pd.DataFrame(rows, columns=COLUMNS)
        print(found[found["set"] == name].groupby(["method", "model"])[VALUES].mean().round(2)
              .to_string(header=name == names[0]), flush=True)  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


VALUES = ["kept %", "columns", "share", "seconds"]
COLUMNS = ["set", "split", "method", "model", *VALUES]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("methods", nargs="*", default=list(METHODS))
    parser.add_argument("--sets", default=",".join(DATA_SETS))
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    found = run(arguments.methods or list(METHODS), arguments.sets.split(","))
    groups = found.groupby(["method", "model"], sort=False)
    table = groups[VALUES].mean()
    table.insert(1, "worst %", groups["kept %"].min())
    table.insert(2, "median %", groups["kept %"].median())
    print(table.round(2).to_string())


if __name__ == "__main__":
    main()
