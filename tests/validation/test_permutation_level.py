"""Do p-values by permutation hold their level? Simulated.

Run with ``python -m pytest -m slow tests/validation/test_permutation_level.py -s``.
"""

from __future__ import annotations

import numpy as np
import pytest

from sklearn_infotheory.estimation import estimate_mutual_information

pytestmark = pytest.mark.slow

N, N_PERMUTATIONS = 200, 99


def _normals(rng):
    return *rng.normal(size=(2, N)), None


def _classes(rng):
    return rng.normal(size=N), rng.integers(0, 3, N), None


def _given_class(rng):
    z = rng.integers(0, 3, N)
    return z + rng.normal(size=N), 2 * z + rng.normal(size=N), z


def _given_number(slope):
    def draw(rng):
        z, a, b = rng.normal(size=(3, N))
        return slope * z + a, slope * z + b, z

    return draw


def _given_square(rng):
    z, a, b = rng.normal(size=(3, N))
    return z**2 + 0.3 * a, z**2 + 0.3 * b, z


LAWS = {  # draw, samples, and the most that a share at .05 is allowed
    "independent normals": (_normals, 1500, 0.06),
    "normals, three classes": (_classes, 1500, 0.06),
    "z of three classes": (_given_class, 200, 0.08),
    "z normal": (_given_number(1), 200, 0.08),
    "z normal, three times": (_given_number(3), 200, 0.1),
    "z squared": (_given_square, 200, 0.16),  # too many, and known to be
}


@pytest.mark.parametrize("name", LAWS)
def test_level(name):
    draw, repetitions, most = LAWS[name]
    p_values = np.empty(repetitions)
    for seed in range(repetitions):
        x, y, z = draw(np.random.default_rng(seed))
        p_values[seed] = estimate_mutual_information(
            x, y, condition=z, method="knn", n_permutations=N_PERMUTATIONS, random_state=seed
        ).p_value
    shares = [(p_values <= level).mean() for level in (0.05, 0.1)]
    print(f"\n| {name} | {shares[0]:.3f} | {shares[1]:.3f} |")
    assert shares[0] <= most + 2 * np.sqrt(0.05 * 0.95 / repetitions)
