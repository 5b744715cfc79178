"""How many of the 20 relevant features of Madelon does each method find, by each criterion?

Run with ``python -m pytest -m slow tests/validation/test_madelon.py -s``.

Five features are the corners of a hypercube whose sides are marked by XOR, fifteen are linear
combinations of these, and 480 tell nothing.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from feature_selection.reference_selections import MADELON_RELEVANT
from real_data import read_real_data

from sklearn_infotheory.feature_selection._criteria import CRITERIA
from sklearn_infotheory.feature_selection._methods import METHODS, relate
from sklearn_infotheory.feature_selection._rankings import make_ranking
from sklearn_infotheory.feature_selection._relations import PairInformation
from sklearn_infotheory.feature_selection._search import ForwardSelection
from sklearn_infotheory.feature_selection._stopping import JointTest, NoStop

pytestmark = pytest.mark.slow

TRIPLES = ("cmi", "jmi3")


def relations_of(method):
    data = read_real_data("madelon_train")
    X, y = data.drop(columns="Class").to_numpy(float), data["Class"].to_numpy()
    relations = relate(
        X, y, None, method=method, categorical=None, names=None, n_bins="auto", n_neighbors=3,
        target="auto", n_jobs=2,
    )  # fmt: skip
    if method == "knn":
        _remember_pairs(relations)
    return relations


def _remember_pairs(relations):
    """Relate a pick with all features once, for all criteria."""
    everything, compare = np.arange(relations.n_features), relations.pair
    with_all = lru_cache(None)(lambda picked: compare(everything, picked))

    def pair(features, picked):
        found = with_all(picked)
        return PairInformation(*(values[features] for values in vars(found).values()))

    relations.pair = pair


@pytest.mark.parametrize("method", METHODS)
def test_relevant_features_found(method):
    relations = relations_of(method)
    found = {}
    for criterion in CRITERIA:
        if method == "knn" and criterion in TRIPLES:
            continue
        search = ForwardSelection(
            relations,
            make_ranking(criterion, relations, 1.0),
            20,
            NoStop(JointTest(relations, 1.0)),
            0.05,
            lambda step: False,
        )
        picked = search.run("single").steps["feature"]
        found[criterion] = len(set(picked.tolist()) & set(MADELON_RELEVANT))
    print(
        f"\n{method}: of 20 picks are relevant " + ", ".join(f"{c} {n}" for c, n in found.items())
    )
    assert found["jmi"] >= 18
