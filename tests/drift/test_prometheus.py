"""The report for Prometheus, read by the parser of its own Python client."""

from __future__ import annotations

import math

import numpy as np
import pytest
from drift.reports import make_feature, make_full_report, make_report
from prometheus_client.parser import text_string_to_metric_families

PREFIX = "sklearn_infotheory_drift"


def read(report):
    """Map (metric, labels) to values, and check what every metric must have."""
    text = report.to_prometheus()
    assert text.endswith("\n")
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families)
    samples = {}
    for family in families:
        assert family.type == "gauge"
        assert family.documentation
        for sample in family.samples:
            key = (sample.name.removeprefix(f"{PREFIX}_"), frozenset(sample.labels.items()))
            assert key not in samples
            samples[key] = sample.value
    return samples


def key(name, **labels):
    return name, frozenset(labels.items())


def test_figures_of_the_whole_report():
    report = make_report(tolerance=0.01)
    samples = read(report)
    assert samples[key("detected")] == 1
    assert samples[key("p_value")] == report.p_value
    assert samples[key("alpha")] == 0.05
    assert samples[key("reference_samples")] == 1000
    assert samples[key("batch_samples")] == 100
    assert samples[key("tolerance_nats")] == 0.01
    assert samples[key("minimal_detectable_nats")] == report.minimal_detectable


def test_figures_of_each_feature():
    report = make_report()
    samples = read(report)
    for feature in report.features:
        measured = {"feature": feature.name, "measure": "kl"}
        assert samples[key("feature_divergence_nats", **measured)] == feature.divergence
        assert samples[key("feature_divergence_lower_nats", **measured)] == feature.lower
        assert samples[key("feature_divergence_upper_nats", **measured)] == feature.upper
        name = {"feature": feature.name}
        assert samples[key("feature_p_value", **name)] == feature.p_value
        assert samples[key("feature_adjusted_p_value", **name)] == feature.adjusted_p_value
        assert samples[key("feature_detected", **name)] == feature.drifted


def test_label_concept_and_pairs():
    report = make_full_report()
    samples = read(report)
    assert samples[key("label_detected", label="bought")] == 1
    assert samples[key("concept_divergence_nats", feature="income")] == -0.001
    assert samples[key("joint_detected", method="pairs")] == 1
    assert samples[key("pair_change_nats", first="age", second="income")] == 0.05
    assert samples[key("pair_detected", first="age", second="place")] == 0


@pytest.mark.parametrize(
    ("base", "divergence", "suffix"),
    [
        (2, "kl", "_bits"),
        (10, "js", "_hartleys"),
        (3, "kl", "_log_base_3"),
        (2, "hellinger", ""),
    ],
)
def test_units_are_in_the_names(base, divergence, suffix):
    samples = read(make_full_report(base=base, divergence=divergence))
    assert key(f"minimal_detectable{suffix}") in samples
    labels = {"feature": "age", "measure": divergence}
    assert key(f"feature_divergence{suffix}", **labels) in samples
    information = "log_base_3" if base == 3 else {2: "bits", 10: "hartleys"}[base]
    assert key(f"concept_divergence_{information}", feature="age") in samples


@pytest.mark.parametrize(
    "name", ['say "age"', "a\\b", "two\nlines", "größe", "{a=1,b}", "", "#", "\\n", "a\rb\u2028c"]
)
def test_names_of_features_are_escaped(name):
    samples = read(make_report([make_feature(name)]))
    assert key("feature_detected", feature=name) in samples


def test_numbers_that_are_not_finite():
    feature = make_feature(divergence=math.inf, lower=np.float64(0), upper=math.nan)
    samples = read(make_report([feature], minimal_detectable=math.inf))
    labels = {"feature": "age", "measure": "kl"}
    assert samples[key("feature_divergence_nats", **labels)] == math.inf
    assert math.isnan(samples[key("feature_divergence_upper_nats", **labels)])
    assert samples[key("minimal_detectable_nats")] == math.inf
