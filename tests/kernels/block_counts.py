"""Sequences of class counts for the tests of cuts and divisions."""

import numpy as np

from sklearn_infotheory._kernels import _cuts


def cumulated(counts):
    counts = np.ascontiguousarray(counts, np.float64)
    sums, totals = np.full((2, len(counts) + 1, counts.shape[1]), -1.0)
    totals = np.ascontiguousarray(totals[:, 0])
    whole = _cuts.cumulate(counts, sums, totals)
    return sums, totals, whole


def random_counts(kind, n_blocks, n_classes, seed):
    """Return class counts of blocks whose classes are noise, follow the place, or alternate."""
    rng = np.random.default_rng(seed)
    place = np.arange(n_blocks)
    counts = np.zeros((n_blocks, n_classes))
    match kind:
        case "noise":
            counts[:] = rng.integers(0, 3, counts.shape)
        case "pure":
            counts[place, rng.integers(0, n_classes, n_blocks)] = rng.integers(1, 5, n_blocks)
        case "steps":
            shares = rng.dirichlet(np.full(n_classes, 0.4), 6)[place * 6 // n_blocks]
            counts[:] = [rng.multinomial(3, share) for share in shares]
        case "alternating":
            counts[place, place % n_classes] = 35
        case "rare":
            counts[:, 0] = 1
            counts[rng.choice(n_blocks, 4, replace=False), -1] = 1
        case "fractional":
            counts[:] = rng.exponential(1, counts.shape) * (rng.random(counts.shape) < 0.4)
    return counts


KINDS = ["noise", "pure", "steps", "alternating", "rare", "fractional"]
