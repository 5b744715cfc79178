"""One estimate of I(X; Y) or I(X; Y | Z) from variables of any kinds. All of it in nats."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sklearn_infotheory._inference._contingency_table import ContingencyTable
from sklearn_infotheory._types import Floats
from sklearn_infotheory.estimation._auto_method import choose_method
from sklearn_infotheory.estimation._copula import (
    GaussianInformation,
    gaussian_class_information,
    gaussian_conditional_mutual_information,
    gaussian_entropy_difference,
    gaussian_mutual_information,
)
from sklearn_infotheory.estimation._discrete._entropy_of_counts import (
    DISCRETE_METHODS,
    plugin_entropy,
)
from sklearn_infotheory.estimation._discrete._information_of_counts import (
    NULL_CORRECTED,
    discrete_mutual_information,
)
from sklearn_infotheory.estimation._estimate import ConfidenceInterval, NormalInterval
from sklearn_infotheory.estimation._neighbors._mixed_terms import conditional_terms, mixed_terms
from sklearn_infotheory.estimation._neighbors._neighbor_terms import ksg_terms
from sklearn_infotheory.estimation._neighbors._standard_errors import (
    knn_standard_error,
    mixed_standard_error,
    ordered_mean,
)
from sklearn_infotheory.estimation._variables import (
    Transform,
    Variable,
    combine,
    groups,
    transformed,
)

NEIGHBOR_METHODS = ("knn", "ksg1", "ksg2", "ross", "frenzel_pompe")
COUNT_METHODS = (NULL_CORRECTED, *DISCRETE_METHODS)
GAUSSIAN_METHODS = ("gaussian", "gaussian_mixture")
METHODS = ("auto", *COUNT_METHODS, *NEIGHBOR_METHODS, *GAUSSIAN_METHODS)


@dataclass(frozen=True)
class Settings:
    """How to estimate."""

    method: str = "auto"
    n_neighbors: int = 3
    transform: Transform = "normal_scores"
    n_states: tuple[int | None, int | None] | None = None
    weights: Floats | None = None


_LARGE_TABLE = 100  # cells, from which there may be too few samples without it being plain


@dataclass(frozen=True)
class Finding:
    """An estimate in nats. ``p_value`` is None where the estimator has no test of its own."""

    value: float
    standard_error: float
    p_value: float | None
    interval: Callable[[float], ConfidenceInterval]
    method: str
    terms: Floats | None = None


@dataclass(frozen=True)
class _ChosenInterval:
    """The interval of a Gaussian model that nothing contradicts, and that nobody asked for.

    If it is wrong, there is more information than it says: how much more, the neighbours limit.
    """

    gaussian: Callable[[float], ConfidenceInterval]
    neighbors: Callable[[float], ConfidenceInterval]

    def __call__(self, level: float) -> ConfidenceInterval:
        low, high = self.gaussian(level)
        return ConfidenceInterval(low, max(high, self.neighbors(level).high))


def find_information(x: Variable, y: Variable, z: Variable | None, settings: Settings) -> Finding:
    """Estimate I(X; Y), or I(X; Y | Z)."""
    asked, settings = settings.method, resolved(x, y, z, settings)
    method = settings.method
    if method in COUNT_METHODS:
        if asked == "auto" and z is None:
            _warn_of_few_samples(x, y)
        return _by_counts(x, y, z, settings)
    _refuse_weights(settings)
    if x.is_constant or y.is_constant:
        name = method if method in GAUSSIAN_METHODS else _estimator_name(x, y, z)
        return Finding(0.0, 0.0, 1.0, NormalInterval(0.0, 0.0), name, np.zeros(x.n_samples))
    if method not in GAUSSIAN_METHODS:
        return _by_neighbors(x, y, z, settings)
    found = _by_gaussian_model(x, y, z, settings)
    if asked in GAUSSIAN_METHODS:
        return found
    neighbors = _by_neighbors(x, y, z, replace(settings, method="knn"))
    return replace(found, interval=_ChosenInterval(found.interval, neighbors.interval))


def resolved(x: Variable, y: Variable, z: Variable | None, settings: Settings) -> Settings:
    """Replace "auto" by what the variables call for: counts, "knn" or a Gaussian model."""
    if settings.method != "auto":
        return settings
    if z is None:
        method: str = choose_method(x, y, settings.n_neighbors)
    else:
        all_discrete = x.is_discrete and y.is_discrete and z.is_discrete
        method = "discrete" if all_discrete else "knn"
    return replace(settings, method=NULL_CORRECTED if method == "discrete" else method)


def _refuse_weights(settings: Settings) -> None:
    for name, given in (("sample_weight", settings.weights), ("n_states", settings.n_states)):
        if given is not None:
            raise ValueError(
                f"{name} is for estimates from counts, and method={settings.method!r} is none. "
                f"Pass a method such as 'plugin' with columns that are discrete, or no {name}."
            )


def _by_counts(x: Variable, y: Variable, z: Variable | None, settings: Settings) -> Finding:
    _require_discrete([v for v in (x, y, z) if v is not None], settings.method)
    strata = None if z is None else z.atoms
    counts = ContingencyTable.from_codes(x.atoms, y.atoms, strata, settings.weights)
    return Finding(*discrete_mutual_information(counts, settings.method, settings.n_states))


def _warn_of_few_samples(x: Variable, y: Variable) -> None:
    """Warn where most cells of the table are empty: what they hold is a guess."""
    sizes = [len(np.unique(variable.atoms)) for variable in (x, y)]
    if min(sizes) > 1 and x.n_samples < sizes[0] * sizes[1] >= _LARGE_TABLE:
        warnings.warn(
            f"{x.n_samples} samples are fewer than the {sizes[0]} x {sizes[1]} cells of the table, "
            "so that the estimate and its interval may be far too small. Group categories, or pass "
            "method='nsb', whose error is smaller there.",
            UserWarning,
            stacklevel=2,
        )


def _require_discrete(variables: list[Variable], method: str) -> None:
    for variable in variables:
        if not variable.is_discrete:
            raise ValueError(
                f"method={method!r} counts, but {variable.name} holds continuous numbers. Pass "
                "discrete=True to read every number as a category of its own, or another method."
            )


def _by_gaussian_model(x: Variable, y: Variable, z: Variable | None, settings: Settings) -> Finding:
    found = _gaussian_information(x, y, z, settings)
    return Finding(
        found.value, found.standard_error, found.p_value, found.interval, settings.method,
        found.terms,
    )  # fmt: skip


def _gaussian_information(
    x: Variable, y: Variable, z: Variable | None, settings: Settings
) -> GaussianInformation:
    def scores(variable: Variable) -> Floats:
        return transformed(variable.values, settings.transform)

    if settings.method == "gaussian" and x.is_continuous and y.is_continuous:
        if z is None:
            return gaussian_mutual_information(scores(x), scores(y))
        if z.is_continuous:
            return gaussian_conditional_mutual_information(scores(x), scores(y), scores(z))
    for numbers, classes in ((x, y), (y, x)):
        if z is not None or not (numbers.is_continuous and classes.is_discrete):
            continue
        if settings.method == "gaussian_mixture":
            return gaussian_class_information(scores(numbers), classes.atoms)
        if numbers.values.shape[1] == 1:
            are_scores = settings.transform == "normal_scores"
            column = scores(numbers)[:, 0]
            return gaussian_entropy_difference(column, classes.atoms, are_scores=are_scores)
    raise ValueError(_why_not_gaussian(x, y, z, settings.method))


def _why_not_gaussian(x: Variable, y: Variable, z: Variable | None, method: str) -> str:
    """Say what a Gaussian model takes, what it was given, and how to mend that."""
    got = ", ".join(f"{v.name} {v.kind}" for v in (x, y, z) if v is not None)
    if method == "gaussian_mixture":
        needs = "numbers on one side and classes on the other, and no condition"
    else:
        needs = (
            "continuous columns; one of two may be classes if there is no condition, and the other "
            "is a single column"
        )
    mend = "Pass method='knn', which takes columns of any kind."
    if z is None and x.is_discrete and y.is_discrete:
        mend = "Say which holds numbers: discrete=(False, True) if x does, and y holds classes."
    elif z is None and x.is_discrete != y.is_discrete and method == "gaussian":
        mend = "Pass method='gaussian_mixture' for several columns, or method='knn'."
    return f"method={method!r} needs {needs}. Got {got}. {mend}"


def _kinds(*variables: Variable | None) -> str:
    """Say what the variables are, for messages."""
    return ", ".join(f"{v.name} {v.kind}" for v in variables if v is not None)


def _by_neighbors(x: Variable, y: Variable, z: Variable | None, settings: Settings) -> Finding:
    k, transform = settings.n_neighbors, settings.transform
    name = _estimator_name(x, y, z)
    _check_estimator(settings.method, name, (x, y, z))
    if settings.method == "ksg2":
        name = "ksg2"
        terms = _ksg2_terms(x, y, z, k, transform)
    elif z is None:
        terms = mixed_terms([x, y], k, transform)
    else:
        terms = conditional_terms(x, y, z, k, transform)
    value, highest = ordered_mean(terms), _highest(x, y, z)
    if value > highest:
        terms = terms - (value - highest)
        value = highest
    if z is None or z.is_discrete:
        error = mixed_standard_error(terms, [x, y] if z is None else [x, y, z], k)
    else:
        error = knn_standard_error(terms, "frenzel_pompe", k)
    return Finding(value, error, None, NormalInterval(value, error, 0.0, highest), name, terms)


def _estimator_name(x: Variable, y: Variable, z: Variable | None) -> str:
    """Name the estimator that the kinds of the variables call for."""
    if z is not None and not z.is_discrete:
        continuous = x.is_continuous and y.is_continuous and z.is_continuous
        return "frenzel_pompe" if continuous else "mesner_shalizi"
    if x.is_mixed or y.is_mixed:
        return "chain_rule"
    if x.is_discrete and y.is_discrete:
        return "zhang"
    return "ross" if x.is_discrete or y.is_discrete else "ksg1"


def _check_estimator(method: str, name: str, variables: tuple[Variable | None, ...]) -> None:
    """Raise if an estimator was asked for that is for other kinds of variables."""
    if method in ("knn", name) or (method, name) == ("ksg2", "ksg1"):
        return
    needs = {
        "ross": "one discrete and one continuous side",
        "frenzel_pompe": "continuous columns and a continuous condition",
    }.get(method, "two continuous sides and no condition but a discrete one")
    raise ValueError(
        f"method={method!r} needs {needs}; got {_kinds(*variables)}. "
        f"method='knn' takes columns of any kind: here it is {name!r}."
    )


def _ksg2_terms(
    x: Variable, y: Variable, z: Variable | None, k: int, transform: Transform
) -> Floats:
    """Return the terms of KSG's second estimator, in each stratum of z."""
    terms = np.empty(x.n_samples)
    for rows in groups(np.zeros(x.n_samples, np.intp) if z is None else z.atoms):
        x_scores, y_scores = (transformed(v.values[rows], transform) for v in (x, y))
        terms[rows] = ksg_terms(x_scores, y_scores, k, kind=2)
    return terms


def _highest(x: Variable, y: Variable, z: Variable | None) -> float:
    """Return what no estimate may exceed: the entropy of a discrete side, in the sample."""
    labels = [variable.atoms for variable in (x, y) if variable.is_discrete]
    if z is None or not z.is_discrete:
        entropies = [plugin_entropy(label) for label in labels]
    else:
        alone = plugin_entropy(z.atoms)
        entropies = [plugin_entropy(combine(label, z.atoms)) - alone for label in labels]
    return max(min(entropies, default=np.inf), 0.0)
