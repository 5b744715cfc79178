"""Are alarms right for categories of many levels, and for sampling weights? Simulated.

Run with ``python -m pytest -m slow tests/validation/test_drift_of_levels_and_weights.py -s``. The
settings were written down before the first run; the tables are kept in docs/validation_drift.md.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from sklearn_infotheory._counts._level_counts import choose_cells
from sklearn_infotheory._inference._two_sample_tests import two_sample_tests
from sklearn_infotheory.drift import DriftMonitor, KLDriftDetector

pytestmark = pytest.mark.slow

ALPHA = 0.05
# levels, exponent of Zipf's law (0: uniform), reference n, batch m: a Latin square of 12 settings.
SETTINGS = [
    (300, 0.0, 5_000, 200),
    (300, 0.7, 20_000, 2_000),
    (300, 1.0, 100_000, 10_000),
    (300, 0.0, 100_000, 2_000),
    (1_000, 0.0, 20_000, 10_000),
    (1_000, 0.7, 100_000, 200),
    (1_000, 1.0, 5_000, 2_000),
    (1_000, 0.7, 5_000, 10_000),
    (10_000, 0.0, 100_000, 2_000),
    (10_000, 0.7, 5_000, 10_000),
    (10_000, 1.0, 20_000, 200),
    (10_000, 1.0, 100_000, 10_000),
]
OF_THE_ISSUE = [(240, 0.0, 20_000, 2_000), (500, 0.0, 20_000, 2_000), (1_000, 0.0, 20_000, 2_000),
                (2_000, 0.0, 10_000, 5_000)]  # fmt: skip


def law(n_levels, exponent):
    shares = np.arange(1.0, n_levels + 1) ** -exponent
    return shares / shares.sum()


def in_cells(reference, batch):
    """Count two samples of levels as KLDriftDetector does: in cells chosen by both."""
    occurs = reference + batch > 0
    a, b = reference[occurs], batch[occurs]
    chosen = choose_cells(a + b, 254)
    return [np.bincount(chosen.cells, counts, chosen.n_cells) for counts in (a, b)]


def run_tests(p, q, n, m, repetitions, seed, rule):
    rng = np.random.default_rng(seed)
    samples = zip(rng.multinomial(n, p, repetitions), rng.multinomial(m, q, repetitions),
                  strict=True)  # fmt: skip
    cells = [rule(a.astype(float), b.astype(float)) for a, b in samples]
    return two_sample_tests(
        [a for a, _ in cells], [b for _, b in cells], n_permutations=99, random_state=0, test="g"
    )


@pytest.mark.parametrize(("n_levels", "exponent", "n", "m"), SETTINGS + OF_THE_ISSUE)
def test_level_of_many_levels(n_levels, exponent, n, m):
    """Level within [.04, .06]; intervals hold a divergence of 0 in .93 to .97 of the cases."""
    p = law(n_levels, exponent)
    repetitions = 2000
    seed = [n_levels, n, m, round(10 * exponent)]
    test = run_tests(p, p, n, m, repetitions, seed, in_cells)
    level, covered = (test.p_value <= ALPHA).mean(), (test.lower <= 0).mean()
    mean = test.divergence.mean()
    print(f"\n| {n_levels} | {exponent:g} | {n} | {m} | {level:.4f} | {covered:.3f} | "
          f"{mean:.5f} |", end="")  # fmt: skip
    if not 0.04 <= level <= 0.06:  # five times as many, as in test_drift_level.py
        test = run_tests(p, p, n, m, 5 * repetitions, [*seed, 1], in_cells)
        level = (test.p_value <= ALPHA).mean()
        print(f" again: {level:.4f} |", end="")
    assert 0.04 <= level <= 0.06
    assert 0.93 <= covered <= 0.975
    assert abs(mean) <= 4 * test.divergence.std() / np.sqrt(repetitions)


def in_cells_of_the_reference(reference, batch):
    """Count in cells for the 254 most frequent levels of the reference, and one for all others."""
    kept = np.argsort(-reference, kind="stable")[:254]
    own = np.isin(np.arange(len(reference)), kept[reference[kept] >= 2])
    return [np.append(counts[own], counts[~own].sum()) for counts in (reference, batch)]


def shifted(p):
    signs = np.where(np.arange(len(p)) % 2, -1, 1) * (np.arange(len(p)) < 20)
    return p * np.exp(0.3 * signs)


POWER_LAWS = {
    "shift of the first 20": shifted,
    "40 new levels, 2 % of rows": lambda p: np.append(0.98 * p, np.full(40, 0.02 / 40)),
    "one new level, 1 % of rows": lambda p: np.append(0.99 * p, 0.01),
}


@pytest.mark.parametrize("name", POWER_LAWS)
@pytest.mark.parametrize("n_levels", [300, 1_000, 10_000])
def test_power_among_levels(n_levels, name):
    """Not less than with cells that the reference chooses, and its wrong level."""
    p = law(n_levels, 1.0)
    q = POWER_LAWS[name](p)
    p, q = np.append(p, np.zeros(len(q) - len(p))), q / q.sum()
    found = [
        (run_tests(p, q, 20_000, 2_000, 500, n_levels, rule).p_value <= ALPHA).mean()
        for rule in (in_cells_of_the_reference, in_cells)
    ]
    print(f"\n| {n_levels} | {name} | {found[0]:.3f} | {found[1]:.3f} |", end="")
    assert found[1] >= found[0] - 0.04


@pytest.mark.parametrize("n_classes", [3, 600])
def test_level_through_the_detector(n_classes):
    """The whole way from frames: 1,000 levels beside singles and identifiers, pairs and labels.

    Of 600 classes, what features tell about them is tested in the cells that the reference chose,
    which errs towards silence.
    """
    names = ("levels", "ids", "pairs", "concept", "label")
    repetitions, p_values = 300, []
    for seed in range(repetitions):
        rng = np.random.default_rng(seed)

        def draw(n, rng=rng):
            frame = pd.DataFrame(
                {
                    "levels": rng.choice(1000, n).astype(str),
                    "ids": rng.integers(0, 2**40, n).astype(str),
                    "x": rng.normal(size=n),
                }
            )
            return frame, rng.choice(n_classes, n).astype(str)

        detector = KLDriftDetector(correction="none", n_permutations=199, random_state=seed)
        report = detector.fit(*draw(20_000)).detect(*draw(1_900))
        p_values.append([*(f.p_value for f in report.features[:2]), report.joint.pairs[0].p_value,
                         report.concept[0].p_value, report.label.p_value])  # fmt: skip
    shares = dict(zip(names, (np.array(p_values) <= ALPHA).mean(axis=0).tolist(), strict=True))
    print(f"\nthrough the detector, {n_classes} classes: {shares}")
    silent = ["ids", "pairs"] + ["concept"] * (n_classes > 3)
    assert all(share <= 0.09 for share in shares.values())
    assert all(share >= 0.02 for name, share in shares.items() if name not in silent)


def test_monitor_of_many_levels():
    """No false alarm of the monitor in 20 runs of 100 batches of 1,000 levels."""
    alarms = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        reference = pd.DataFrame({"levels": rng.choice(1000, 20_000).astype(str)})
        monitor = DriftMonitor(KLDriftDetector(joint=None).fit(reference))
        for _ in range(100):
            monitor.update(pd.DataFrame({"levels": rng.choice(1000, 2000).astype(str)}))
        alarms += monitor.report().drifted
    print(f"\nmonitor of 1,000 levels: {alarms} of 20")
    assert alarms <= 2


# Weights -----------------------------------------------------------------------------------------

WEIGHTS = {
    "1 to 10": lambda X, rng: rng.integers(1, 11, len(X)),
    "1 to 10, by ten": lambda X, rng: rng.integers(1, 11, len(X)) / 10,
    "exp(x / 2)": lambda X, rng: np.exp(0.5 * X[:, 0]),
    "exp(1.5 x)": lambda X, rng: np.exp(1.5 * X[:, 0]),
    "lognormal": lambda X, rng: rng.lognormal(0, 1, len(X)),
    "10 if x > 0, else 1": lambda X, rng: np.where(X[:, 0] > 0, 10, 1),
}
# The heaviest: the squares of exp(1.5 x) have a mean that 2,000 rows hardly know.
LOWEST = {"exp(1.5 x)": 0.0, "lognormal": 0.015}


@pytest.mark.parametrize(("n", "m"), [(20_000, 2_000), (5_000, 500)])
@pytest.mark.parametrize("name", WEIGHTS)
def test_level_with_weights(name, n, m):
    """The level with sampling weights, of the column x that makes them and of one that does not."""
    repetitions, p_values, covered = 500, [], 0
    for seed in range(repetitions):
        rng = np.random.default_rng([seed, n, m])
        X, batch = rng.normal(size=(n, 2)), rng.normal(size=(m, 2))
        weights, of_batch = WEIGHTS[name](X, rng), WEIGHTS[name](batch, rng)
        labels, batch_labels = rng.integers(0, 3, n), rng.integers(0, 3, m)
        detector = KLDriftDetector(n_permutations=99, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            report = detector.fit(X, labels, weights).detect(batch, batch_labels, of_batch)
        p_values.append([*(f.p_value for f in report.features), report.joint.p_value,
                         report.label.p_value, report.concept[0].p_value])  # fmt: skip
        covered += report.features[0].lower <= 0
    shares = (np.array(p_values) <= ALPHA).mean(axis=0)
    row = " | ".join(f"{share:.3f}" for share in [*shares, covered / repetitions])
    print(f"\n| {name} | {n} | {m} | {row} |", end="")
    lowest = LOWEST.get(name, 0.02)  # .05 is seen as less once in a thousand times
    assert ((lowest <= shares[[0, 1, 3]]) & (shares[[0, 1, 3]] <= 0.085)).all()
    assert (shares <= 0.1).all()


def test_power_with_weights():
    """A shift of a quarter of a standard deviation is found with weights 1 to 10."""
    found = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        weights, of_batch = rng.integers(1, 11, 20_000), rng.integers(1, 11, 1000)
        detector = KLDriftDetector(random_state=0).fit(rng.normal(size=(20_000, 1)), None, weights)
        found += detector.detect(rng.normal(0.25, 1, size=(1000, 1)), None, of_batch).drifted
    print(f"\nshift of .25 sd with weights 1 to 10: {found} of 100")
    assert found > 90


def test_monitor_with_weights():
    """No false alarm in 30 runs of 100 batches with weights that depend on x."""
    alarms = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(5000, 1))
        detector = KLDriftDetector(joint=None).fit(X, sample_weight=np.exp(0.5 * X[:, 0]))
        monitor = DriftMonitor(detector)
        for _ in range(100):
            batch = rng.normal(size=(300, 1))
            monitor.update(batch, sample_weight=np.exp(0.5 * batch[:, 0]))
        alarms += monitor.report().drifted
    print(f"\nmonitor with weights: {alarms} of 30")
    assert alarms <= 4
