"""Pairs of variables whose mutual information is known, in nats."""

import numpy as np


def gaussian(random, n, rho):
    x, noise = random.normal(size=(2, n))
    return x, rho * x + np.sqrt(1 - rho**2) * noise


def _exp_of_gaussian(random, n):
    x, y = gaussian(random, n, 0.75)
    return x, np.exp(y)


def _uniform_noise(width):
    def draw(random, n):
        x = random.random(n)
        return x, x + random.uniform(-width, width, n)

    return draw


def _steps(m):
    def draw(random, n):
        x = random.integers(0, m, n)
        return x, x + 2 * random.random(n)

    return draw


def _two_normals(distance):
    def draw(random, n):
        classes = random.integers(0, 2, n)
        return classes, random.normal(size=n) + distance * classes

    return draw


def _censored(random, n):
    x, y = gaussian(random, n, 0.8)
    return np.maximum(x + 0.5, 0), np.maximum(y + 0.5, 0)


def _half_discrete(random, n):
    x, y = gaussian(random, n, 0.9)
    sign = random.choice([-1.0, 1.0], n)
    other = np.where(random.random(n) < 0.9, sign, -sign)
    is_number = random.random(n) < 0.5
    return np.where(is_number, x, sign), np.where(is_number, y, other)


def _zero_inflated(p):
    def draw(random, n):
        x = random.exponential(size=n)
        return x, np.where(random.random(n) < p, 0, random.poisson(x))

    return draw


def _independent(random, n):
    return random.normal(size=n), random.normal(size=n)


PAIRS = {
    "independent normals": (_independent, 0.0),
    "gaussian": (lambda random, n: gaussian(random, n, 0.8), 0.5108256238),
    "gaussian, one side to exp": (_exp_of_gaussian, 0.4133392866),
    "uniform noise .1": (_uniform_noise(0.1), 1.7094379124),
    "uniform noise .75": (_uniform_noise(0.75), 1 / 3),
    "steps 2": (_steps(2), 0.3465735903),
    "steps 5": (_steps(5), 1.0549201679),
    "steps 10": (_steps(10), 1.6787526),
    "two normals 2": (_two_normals(2), 0.3368308),
    "two normals 4": (_two_normals(4), 0.6327202),
    "two normals 8": (_two_normals(8), 0.6930536),
    "censored normal": (_censored, 0.4254875),
    "half numbers, half signs": (_half_discrete, 1.2923621),
    "poisson of exponential": (_zero_inflated(0.0), 0.3012448),
    "zero-inflated .15": (_zero_inflated(0.15), 0.229776),
    "zero-inflated .5": (_zero_inflated(0.5), 0.1163839),
}
