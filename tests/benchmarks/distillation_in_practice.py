"""Does a student learn more from a teacher than from the labels? Held-out bits, ten splits each.

A random forest is distilled into a tree of depth 5 and into a logistic regression, and compared
with the same student fitted to the labels, on three data sets of scikit-learn. The interval is that
of the corrected resampled t-test (Nadeau and Bengio, 2003). Positive: the distilled student is
better. Data sets, models and splits were fixed before the first run.

Run ``python tests/benchmarks/distillation_in_practice.py``.
"""

from __future__ import annotations

import warnings

import numpy as np
from scipy import stats
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from sklearn_infotheory.distillation import DistilledClassifier

SEEDS, TEST_SHARE, SMALLEST = 10, 0.3, 1e-3
DATA_SETS = {"breast cancer": load_breast_cancer, "wine": load_wine, "digits": load_digits}
STUDENTS = {
    "tree of depth 5": lambda seed: DecisionTreeClassifier(max_depth=5, random_state=seed),
    "logistic regression": lambda seed: LogisticRegression(max_iter=2000),
}


def bits(model, X, y):
    """Return the held-out cross-entropy, with probabilities of at least .001."""
    proba = np.clip(model.predict_proba(X), SMALLEST, None)
    return log_loss(y, proba / proba.sum(axis=1, keepdims=True)) / np.log(2)


def losses(load, student, seed):
    X, y = load(return_X_y=True)
    parts = train_test_split(X, y, test_size=TEST_SHARE, random_state=seed, stratify=y)
    scaler = StandardScaler().fit(parts[0])
    train, test, y_train, y_test = *map(scaler.transform, parts[:2]), *parts[2:]
    forest = RandomForestClassifier(200, random_state=seed)
    fitted = (
        forest,
        student(seed),
        DistilledClassifier(forest, student(seed), random_state=seed),
        DistilledClassifier(forest, student(seed), alpha=0.5, random_state=seed),
    )
    return [bits(model.fit(train, y_train), test, y_test) for model in fitted]


def interval(differences):
    """Return the mean, and half the width of its 95 % interval."""
    share = 1 / SEEDS + TEST_SHARE / (1 - TEST_SHARE)
    width = stats.t.ppf(0.975, SEEDS - 1) * np.sqrt(share * np.var(differences, ddof=1))
    return np.mean(differences), width


def main():
    warnings.simplefilter("ignore")
    print("| data | student | teacher | student alone | distilled | half and half | gain, 95 % |")
    print("|---|---|---|---|---|---|---|")
    for name, load in DATA_SETS.items():
        for kind, student in STUDENTS.items():
            found = np.array([losses(load, student, seed) for seed in range(SEEDS)])
            gain, width = interval(found[:, 1] - found[:, 2])
            cells = " | ".join(f"{value:.3f}" for value in found.mean(axis=0))
            print(f"| {name} | {kind} | {cells} | {gain:+.3f} ± {width:.3f} |", flush=True)


if __name__ == "__main__":
    main()
