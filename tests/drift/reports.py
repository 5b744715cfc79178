"""Reports made by hand."""

from __future__ import annotations

import numpy as np

from sklearn_infotheory.drift._report import DriftReport, FeatureDrift, JointDrift, PairDrift

CELLS = ("(-inf, 1]", "(1, 2]", "(2, inf)", "missing")


def make_feature(name="age", drifted=False, **changes):
    """A column of four cells, of which the first moves where it drifted."""
    values = {
        "name": name,
        "divergence": 0.12 if drifted else -0.001,
        "lower": 0.1 if drifted else 0.0,
        "upper": 0.15 if drifted else 0.004,
        "p_value": 1e-6 if drifted else 0.4,
        "adjusted_p_value": 2e-5 if drifted else 1.0,
        "drifted": drifted,
        "minimal_detectable": 0.01,
        "cells": CELLS,
        "reference": np.array([400.0, 300.0, 300.0, 0.0]),
        "batch": np.array([10.0, 45.0, 45.0, 0.0]) if drifted else np.array([40.0, 30.0, 30.0, 0]),
    }
    return FeatureDrift(**values | changes)


def make_report(features=(), **changes):
    """A report of some columns; of two, one of which drifted, by default."""
    features = tuple(features) or (make_feature("age"), make_feature("income", drifted=True))
    values = {
        "drifted": any(feature.drifted for feature in features),
        "p_value": 2e-5,
        "alpha": 0.05,
        "correction": "holm",
        "divergence": "kl",
        "tolerance": 0.0,
        "base": None,
        "n_reference": 1000.0,
        "n_batch": 100.0,
        "features": features,
        "joint": None,
        "label": None,
        "concept": (),
        "minimal_detectable": 0.012,
    }
    return DriftReport(**values | changes)


def make_full_report(**changes):
    """A report with every part."""
    pairs = (
        PairDrift(("age", "income"), 0.05, 1e-4, 3e-4, True),
        PairDrift(("age", "place"), -0.001, 0.5, 1.0, False),
    )
    parts = {
        "joint": JointDrift("pairs", 1e-4, 2e-4, True, pairs, n_pairs=3),
        "label": make_feature("bought", drifted=True),
        "concept": (
            make_feature("age", True, cells=(), reference=np.empty(0), batch=np.empty(0)),
            make_feature("income", cells=(), reference=np.empty(0), batch=np.empty(0)),
        ),
    }
    return make_report(**parts | changes)
